"""What the values alone do not tell of an .xlsx: error cells, formulas and their missing results, hidden parts.

It also tells where there must be a value and which numbers are stored, so that whoever read the values can be checked:
a cell that two readers see differently is never counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import chain
from math import isfinite

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.files.intake.formats.cell_styles import PLAIN, CellStyles, Pieces, pieces_of
from workbook_tool.files.intake.formats.conditional import conditional_looks, conditions
from workbook_tool.files.intake.formats.looks import lying_under
from workbook_tool.files.intake.formats.package import parse_xml, stream_xml
from workbook_tool.files.intake.formats.plain_cells import LARGE, take_plain_cells
from workbook_tool.files.intake.formats.unseen import (
    TRUE,
    hides_rows,
    merged_areas,
    place_in,
    place_of,
    too_low,
    unseen_columns,
    unsized,
)
from workbook_tool.files.opc import main
from workbook_tool.model.cells import area, moved
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.look import Look
from workbook_tool.model.intake.submission import Content, ErrorValue, Place, Sheet, Uncomputed

MAIN = main("")
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS, MOST_CELLS = 1 << 20, 1 << 14, 256, 5_000_000
"""What honest files stay within; MOST_CELLS is the area from A1 to the last cell with content."""
HIDDEN_BEYOND = 1024
"""Hidden rows and columns are told up to the last one with content, and at least up to this one."""
KINDS = ("n", "s", "str", "inlineStr", "b", "e", "d")
MOST_TOGETHER = 100_000
"""So many cells are told of the array formulas of a sheet; one with more is no form."""
BROKEN = "文件内部结构已损坏；请用 Excel 或 WPS 重新保存为 .xlsx 后再报"
END_OF_CELLS, END_OF_SHEET = b"</sheetData>", b"</worksheet>"


class Markup(Struct):
    """What the markup of one sheet tells. ``numbers`` are the stored ones, ``filled`` all places that hold anything.

    ``shared`` are the formulas that several cells share, by their index: where each was written, and its text.
    ``hides_rows`` says that rows are not shown of which nothing is said; ``named`` are the numbers by which cells name their style,
    with the pieces of their text; ``rounding`` tells how numbers with decimals are shown;
    ``together`` counts the places that array formulas claim.
    """

    hidden: bool = False
    rows: int = 0
    columns: int = 0
    special: dict[Place, ErrorValue | Uncomputed] = field(default_factory=dict)
    numbers: dict[Place, float] = field(default_factory=dict)
    filled: dict[Place, tuple[str, str | None]] = field(default_factory=dict)
    formulas: dict[Place, str] = field(default_factory=dict)
    shared: dict[str, tuple[Place, str]] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    hides_rows: bool = False
    named: dict[Place, tuple[str, Pieces | None]] = field(default_factory=dict)
    looks: dict[Place, Look] = field(default_factory=dict)
    rounding: dict[Place, Look] = field(default_factory=dict)
    covered: set[Place] = field(default_factory=set)
    reaches: dict[Place, Place] = field(default_factory=dict)
    together: int = 0
    notes: dict[Place, str] = field(default_factory=dict)

    def merge(self, first: Place, last: Place) -> None:
        """Take note of a merged area: what lies under it, and how far its first cell goes."""
        self.covered.update(lying_under(first, last, self.filled))
        if first in self.filled:
            self.reaches[first] = last

    def take(self, place: Place, kind: str, value: str | None) -> None:
        """Take note of a cell. Raises Unreadable where it stands there twice, or beyond the grid."""
        if place[0] >= MOST_ROWS or place[1] >= MOST_COLUMNS:
            raise Unreadable(BROKEN)
        told = kind, value
        if self.filled.setdefault(place, told) != told:
            raise Unreadable(
                f"单元格 {area(place, place)} 在文件里出现两次，内容不同；请用 Excel 或 WPS 重新保存为 .xlsx 后再报"
            )
        if kind == "n" and value is not None and (number := as_number(value)) is not None:
            self.numbers[place] = number

    def has_decimals(self, place: Place) -> bool:
        """Whether the number stored at a place has any."""
        return not self.numbers.get(place, 0.0).is_integer()

    def complete(self, name: str, cells: Mapping[Place, Content]) -> Sheet:
        """The sheet with these values, once they agree with the markup, and all that the values do not tell."""
        refuse_disagreement(name, self, cells)
        hidden = frozenset(self.hidden_rows), frozenset(self.hidden_columns)
        cells, under = {**cells, **self.special}, frozenset(self.covered)
        rounded = {at: look for at, look in self.rounding.items() if at not in self.looks and self.has_decimals(at)}
        looks = self.looks | rounded if rounded else self.looks
        return Sheet(name, cells, self.hidden, *hidden, self.formulas, looks, under, self.reaches, notes=self.notes)


def scan(name: str, xml: bytes, hidden: bool, styles: CellStyles = PLAIN) -> Markup:
    """One pass over a sheet's markup."""
    markup, styles = Markup(hidden), replace(styles, inline=True) if b"rPr" in xml else styles
    rich = ("s",) * bool(styles.rich) + ("inlineStr",) * styles.inline
    kinds = "" if styles.watched else "n" if styles.rich else "ns"  # the others are to be looked at
    xml = take_plain_cells(xml, markup.take, styles.looks, styles.rounding, kinds)
    rows, rest = (stream_xml(xml, "{*}row"), b"") if len(xml) > LARGE else parse_sheet(xml, styles.watched)
    top = next(rows)
    root = top.getroottree().getroot()
    space = STRICT if root.tag.startswith(STRICT) else MAIN
    try:
        markup.hides_rows = hides_rows(root, space)
        scan_rows(markup, lines_of(root, space, chain((top,), rows)), space, styles, rich)
        if root.tag != f"{space}worksheet" or len(root.findall(f"{space}sheetData")) > 1:
            raise Unreadable(BROKEN)
        if hides_rows(root, space) is not markup.hides_rows:  # said behind the rows that it is about
            raise Unreadable(BROKEN)
        measure(name, markup)
        markup.hidden_columns |= unseen_columns(root, space, max(markup.columns, HIDDEN_BEYOND))
        for first, last in merged_areas(root, rest, space):
            markup.merge(first, last)
        if styles.watched:
            found = list(conditions(root, space, styles))
            shown = conditional_looks(found, markup.numbers, styles, markup.named)
            markup.looks = {place: look for place, look in {**markup.looks, **shown}.items() if look}
    except (ValueError, KeyError) as error:
        raise Unreadable(BROKEN) from error
    return markup


def parse_sheet(xml: bytes, whole: bool) -> tuple[Iterator[etree._Element], bytes]:
    """The rows of a sheet and its root, without what follows its cells where that can be left out, and what was left out:
    half of a form's markup is there (conditional formats, validations), and little of it is looked at."""
    end = xml.rfind(END_OF_CELLS) + len(END_OF_CELLS)
    if not whole and end > len(END_OF_CELLS) and xml.endswith(END_OF_SHEET):
        with suppress(Unreadable):  # then the whole is asked
            return rows_and_root(parse_xml(xml[:end] + END_OF_SHEET)), xml[end:]
    return rows_and_root(parse_xml(xml)), b""


def rows_and_root(root: etree._Element) -> Iterator[etree._Element]:
    """As ``stream_xml`` gives them, of a tree that is there."""
    for data in root.iterchildren("{*}sheetData"):
        yield from data.iterchildren("{*}row")
    yield root


def lines_of(root: etree._Element, space: str, rows: Iterable[etree._Element]) -> Iterator[etree._Element]:
    """Those of the elements that are rows of the sheet, and nothing else by their name."""
    for row in rows:
        data = row.getparent()
        inside = data is not None and data.tag == f"{space}sheetData" and data.getparent() is root
        if inside and row.tag == f"{space}row":
            yield row


def measure(name: str, markup: Markup) -> None:
    """Sets the extent of the content. Raises Unreadable where it is larger than any honest form."""
    if markup.filled:
        markup.rows = max(row for row, _ in markup.filled) + 1
        markup.columns = max(column for _, column in markup.filled) + 1
    if markup.rows * markup.columns > MOST_CELLS:
        far = f"第 {markup.rows} 行第 {markup.columns} 列"
        raise Unreadable(f"工作表「{name}」的内容远到{far}，不是正常的填报表；请删去多余的行和列后另存为 .xlsx")


def scan_rows(
    markup: Markup, lines: Iterable[etree._Element], space: str, styles: CellStyles, rich: tuple[str, ...]
) -> None:
    """Rows and cells in the order of the file; those without an address follow the one before. ``rich`` are the kinds of
    cells that may hold a text of several pieces."""
    cell_tag, tags = f"{space}c", (f"{space}v", f"{space}f")
    row = -1
    for line in lines:
        told = line.get("r")
        row, column = (int(told) - 1 if told else row + 1), -1
        if not 0 <= row < MOST_ROWS:
            raise Unreadable(BROKEN)
        if line.get("hidden") in TRUE or too_low(line) or (markup.hides_rows and unsized(line)):
            markup.hidden_rows.add(row)
        own = str(row + 1)
        for node in line.iterchildren(cell_tag):
            told = node.get("r")
            place = place_in(own, told) if told else (row, column + 1)
            column = place[1]
            if place[0] != row or column >= MOST_COLUMNS:
                raise Unreadable(BROKEN)
            if len(node):
                scan_cell(markup, place, node, *tags)
                number, kind = node.get("s", "0"), node.get("t")
                if number in styles.looks or number in styles.rounding or kind in rich or styles.watched:
                    scan_look(markup, place, node, number, styles)


def scan_look(markup: Markup, place: Place, node: etree._Element, number: str, styles: CellStyles) -> None:
    """How a cell with something in it is shown, where it is not shown plainly."""
    kind, pieces = node.get("t"), None
    if kind == "s" and place in markup.filled:
        pieces = styles.rich.get(markup.filled[place][1] or "")
    elif kind == "inlineStr":
        pieces = pieces_of(node[-1], styles.colours)
    if styles.watched:
        markup.named[place] = number, pieces
    if number in styles.rounding:
        markup.rounding[place] = styles.rounding[number]
    if (pieces or number in styles.looks) and (look := styles.look(number, pieces)):
        markup.looks[place] = look


def scan_cell(markup: Markup, place: Place, node: etree._Element, value_tag: str, formula_tag: str) -> None:
    """A cell with something in it."""
    kind = node.get("t", "n")
    formula = stored = None
    for child in node:
        tag = child.tag
        if tag == value_tag and stored is None:
            stored = child
        elif tag == formula_tag and formula is None:
            formula = child
        elif tag in (value_tag, formula_tag):
            raise Unreadable(BROKEN)
    if kind not in KINDS:
        raise Unreadable(BROKEN)
    value = None if stored is None else stored.text
    if formula is None and value is None and kind != "inlineStr":
        return
    markup.take(place, kind, value)
    if formula is not None:
        add_formula(markup, place, formula)
    if kind == "e":
        markup.special[place] = ErrorValue(value or "#ERR")
    elif formula is not None and value is None and (kind != "str" or stored is None):
        markup.special[place] = Uncomputed(markup.formulas[place])


def add_formula(markup: Markup, place: Place, formula: etree._Element) -> None:
    """The text of a formula; one that is shared is written once, and moves along with the cells that share it."""
    text, index = formula.text or "", formula.get("si", "")
    if formula.get("t") == "shared":
        home, shared = markup.shared.setdefault(index, (place, text)) if text else markup.shared.get(index, (place, ""))
        text = text or moved(shared, place[0] - home[0], place[1] - home[1])
    told = "" if formula.get("t") == "dataTable" else text
    if formula.get("ref"):
        markup.formulas.update(dict.fromkeys(covered(markup, formula), told))
    markup.formulas[place] = told


def covered(markup: Markup, formula: etree._Element) -> Iterator[Place]:
    """The places that an array formula or a data table fills together. No two of them overlap in an honest sheet, so there
    is a bound to all that they claim."""
    first, _, last = formula.get("ref", "").partition(":")
    if last and formula.get("t") in ("array", "dataTable"):
        (top, left), (bottom, right) = place_of(first), place_of(last)
        markup.together += (bottom - top + 1) * (right - left + 1)
        if markup.together <= MOST_TOGETHER:
            yield from ((r, c) for r in range(top, bottom + 1) for c in range(left, right + 1))


def as_number(text: str) -> float | None:
    """The stored number; None where the text is none, which readers then give as text."""
    try:
        number = float(text)
    except ValueError:
        return None
    if not isfinite(number):
        raise Unreadable(f"文件里存有不是数的“{text}”；请用 Excel 或 WPS 改正并重新保存为 .xlsx 后再报")
    return number


def refuse_disagreement(name: str, markup: Markup, cells: Mapping[Place, Content]) -> None:
    """Raises Unreadable where the values are not those of the markup: then nobody knows what was filed."""
    for place, number in markup.numbers.items():
        value = cells.get(place)
        if value != number and (value is None or isinstance(value, (str, float))):  # the rest are dates
            raise Unreadable(disagreement(name, place))
    if not cells.keys() <= markup.filled.keys():
        raise Unreadable(disagreement(name, min(cells.keys() - markup.filled.keys())))


def disagreement(name: str, place: Place) -> str:
    """What the clerk is told of a cell that two ways of reading the file do not agree on."""
    where = f"工作表「{name}」单元格 {area(place, place)}"
    return f"{where} 的内容有两种读法，不能确定；请用 Excel 或 WPS 重新保存为 .xlsx 后再报"
