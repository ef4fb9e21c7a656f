"""Makes out the table of an empty workbook: its heads in one row or several, its rows or that it is a list, its sums."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from workbook_tool.model.cells import within
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.text import SERIAL_HEAD, label_key, label_unit
from workbook_tool.steps.form.drafted import Drafted, DraftLine
from workbook_tool.steps.form.nested import nest
from workbook_tool.steps.form.units_made_out import UNIT, share_units, unit_behind, units_over

SUMMING = re.compile(r"^\s*SUM\(\s*\$?[A-Z]{1,3}\$?\d+\s*:\s*\$?[A-Z]{1,3}\$?\d+\s*\)\s*$", re.IGNORECASE)
TOTAL = re.compile(r".*[合总共小累]计$")
"""What totals are called in any form."""
WHOLE = re.compile(r".*[合总共小]计$")
"""The same without what is counted on from one period to the next (累计)."""
TITLE = re.compile("[表册账单录](?:（.*）|[(].*[)])?$")
SERIAL = re.compile(r"\d+|[一二三四五六七八九十]+")
ABOUT = re.compile(r"(?!其中|内含|#)[^（()）]{1,16}[:：]|[注说][明：:]?\s*\d?[.、：:]|附[件表]\s*\d*$")
"""How a line begins that is about the table and no head or label: who fills it in, when, a note."""
CODED = re.compile("行次|栏次|代码|序号|编号")
"""What a column is called that only numbers the rows, if that is all that stands in it."""
MEASURED = re.compile("(?:计量|计算)?单位")
"""What the column is called that says in what each row is counted."""
COUNTING = re.compile(r"\d+(?:\.0)?|[甲乙丙丁戊]")
"""What stands in a row that only numbers the columns."""

LONG = 6
"""So many digits as text are a code."""


class Labelled:
    """A sheet with its labels, all texts but those that are about the table, and how far each merged one reaches."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.shown = {place: content for place, content in sheet.cells.items() if place not in sheet.covered}
        texts = {place: " ".join(text.split()) for place, text in self.shown.items() if isinstance(text, str)}
        self.said = [(place[0], texts[place]) for place in sorted(texts)]
        self.texts = {p: text for p, text in texts.items() if is_label(sheet, p, text) and not ABOUT.match(text)}
        self.by_row: dict[int, list[int]] = {}
        for row, column in sorted(self.texts):
            self.by_row.setdefault(row, []).append(column)
        self.over = {
            (row, column): (top, left)
            for (top, left), (bottom, right) in sheet.reaches.items()
            for row in range(top, bottom + 1)
            for column in range(left, right + 1)
        }

    def label(self, row: int, column: int) -> str:
        """The text of a cell, or of the merged one that covers it."""
        return self.texts.get(self.over.get((row, column), (row, column)), "")

    def end(self, row: int, column: int) -> Place:
        """How far a cell goes."""
        return self.sheet.reaches.get((row, column), (row, column))

    def width(self, row: int) -> int:
        """Over how many columns the labels of a row stretch."""
        return sum(self.end(row, column)[1] - column + 1 for column in self.by_row[row])

    def top(self) -> int | None:
        """The first row of heads: it has several labels, and they go over more than half of the widest such row."""
        wide = [row for row, columns in self.by_row.items() if len(columns) > 1]
        widest = max((self.width(row) for row in wide), default=0)
        return next((row for row in sorted(wide) if 2 * self.width(row) > widest), None)

    def bottom(self, top: int) -> int:
        """The last row of heads: as far down as merged ones reach, and the row below captions that has the heads under
        them."""
        bottom, row = top, top
        while row <= bottom:
            bottom = max([bottom, *(self.end(row, column)[0] for column in self.by_row.get(row, []))])
            if row == bottom and self.under_captions(row):
                bottom += 1
            row += 1
        return bottom

    def under_captions(self, row: int) -> bool:
        """Whether the labels of the next row all stand below labels that stretch over several columns."""
        below, here = self.by_row.get(row + 1, []), self.by_row.get(row, [])
        starts = [*here, 1 + max((self.end(row, column)[1] for column in here), default=0)]
        wide = [(start, following) for start, following in pairwise(starts) if following - start > 1]
        spread = {column for start, following in wide for column in range(start, following)}
        return bool(below and here) and min(below) > min(here) and {*below} <= spread

    def spread(self, top: int, bottom: int) -> range:
        """The columns of the table: from the first head to where two columns have none."""
        first = min(self.by_row[top])
        last = max(self.end(row, column)[1] for row in range(top, bottom + 1) for column in self.by_row.get(row, []))
        headed = [any(self.label(row, c) for row in range(top, bottom + 1)) for c in range(first, last + 1)]
        gap = next((n for n in range(len(headed) - 1) if not headed[n] and not headed[n + 1]), len(headed))
        return range(first, first + gap)

    def counts(self, row: int, spread: range) -> bool:
        """Whether a row only numbers the columns."""
        told = [str(self.shown[row, column]).strip() for column in spread if (row, column) in self.shown]
        numbers = [int(float(text)) for text in told if COUNTING.fullmatch(text) and text[0].isdigit()]
        letters = [text for text in told if COUNTING.fullmatch(text) and not text[0].isdigit()]
        steady = not numbers or numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        counted = steady and (len(numbers) > 1 or len(letters) > 1)
        return counted and all(COUNTING.fullmatch(text) or len(text) <= 2 for text in told)


def make_out(sheet: Sheet) -> Drafted | None:
    """The table of a sheet; None where there is nothing like one."""
    page = Labelled(sheet)
    top = page.top()
    if top is None:
        return None
    if card := card_from(page, top):
        return card
    bottom = page.bottom(top)
    spread = page.spread(top, bottom)
    first = bottom + 1 + page.counts(bottom + 1, spread)
    body = body_rows(page, first, spread)
    columns = [head_of(page, range(top, bottom + 1), column) for column in spread]
    numbering = {c.at for c in columns if c.path and SERIAL_HEAD.fullmatch(label_key(c.path[-1]))}
    numbering |= {column for column in spread if is_numbering(page, body, column)}
    measured = next(
        (c.at for c in columns if c.path and MEASURED.fullmatch(label_key(c.path[-1])) and is_named(page, body, c.at)),
        -1,
    )
    stub = stub_of(page, body, [column for column in spread if column not in numbering and column != measured])
    others = [c for c in columns if c.path and c.at not in numbering and c.at not in stub and c.at != measured]
    above = [text for (row, _), text in sorted(page.texts.items()) if row < top and not UNIT.fullmatch(text)]
    units = units_over([text for row, text in page.said if row <= bottom])
    over = tuple(text for row, text in page.said if row < top)
    found = Drafted(sheet.name, title_of(above), tuple(units), bottom=max([bottom, *body]), over=over)
    if stub and others and not is_filled(page, body, [c.at for c in others]):
        found.rows = [row for row in (row_head(page, row, stub, measured) for row in body) if row.path]
        nest(found.rows, {row.at: str(page.shown.get((row.at, stub[-1]), "")) for row in found.rows})
        found.corner = next((column.path[0] for column in columns if column.at in stub and column.path), "")
        found.columns = others
    if not found.rows:
        heads = [c.path[-1] for c in columns if c.at in numbering and c.path and CODED.fullmatch(label_key(c.path[-1]))]
        found.serial = "".join(heads[:1])
        found.summed = any(TOTAL.fullmatch(label_key(page.label(row, c))) for row in body for c in spread)
        found.columns = list({c.path: c for c in reversed(columns) if c.path and c.at not in numbering}.values())[::-1]
    mark_sums(sheet, found)
    share_units(found)
    return found if found.columns else None


def is_label(sheet: Sheet, place: Place, text: str) -> bool:
    """Whether a cell holds words of the form itself: no number, and nothing that a formula shows."""
    return bool(text.strip()) and place not in sheet.formulas and not is_figure(text)


def is_figure(text: str) -> bool:
    """Whether a text is only a number, or a mark for none."""
    return re.fullmatch(r"[-+\d.,%/—…\s]*", text) is not None


def body_rows(page: Labelled, first: int, spread: range) -> list[int]:
    """The rows below the heads, to the first that is blank or speaks about the table."""
    inside = [(row, column) for row, column in (*page.shown, *page.over) if row >= first and column in spread]
    cells = {row for row, _ in inside}
    about = {row for row, column in inside if ABOUT.match(str(page.shown.get((row, column), "")).strip())}
    rows: list[int] = []
    while first + len(rows) in cells - about:
        rows.append(first + len(rows))
    return rows


def is_numbering(page: Labelled, body: Sequence[int], column: int) -> bool:
    """Whether a column numbers the rows, one after another."""
    told = [str(page.shown[row, column]).strip() for row in body if (row, column) in page.shown]
    numbers = [int(float(text)) for text in told if COUNTING.fullmatch(text) and text[0].isdigit()]
    return len(numbers) > 1 and len(numbers) == len(told) and numbers == list(range(1, len(numbers) + 1))


FEWEST_ANSWERS = 3


def card_from(page: Labelled, top: int) -> Drafted | None:
    """A card: rows of questions, each with a blank beside it for its answer; None where the table is none."""
    rows = [row for row in sorted(page.by_row) if row >= top]
    asked = [(row, column) for row in rows for column in page.by_row[row]]
    beside = [(row, page.end(row, column)[1] + 1) for row, column in asked]
    answers = [place for place in beside if place not in page.shown]
    if len(rows) < FEWEST_ANSWERS or len(answers) < len(asked) or any(page.label(*place) for place in beside):
        return None
    above = [text for (row, _), text in sorted(page.texts.items()) if row < top]
    lines = [
        DraftLine(row, (page.texts[row, column],), unit=label_unit(page.texts[row, column])) for row, column in asked
    ]
    return Drafted(page.sheet.name, title_of(above), rows=lines, bottom=max(rows))


def rest_below(sheet: Sheet, bottom: int) -> Sheet:
    """What of a sheet stands below a row."""
    return replace(
        sheet,
        cells={place: content for place, content in sheet.cells.items() if place[0] > bottom},
        formulas={place: text for place, text in sheet.formulas.items() if place[0] > bottom},
        reaches={place: end for place, end in sheet.reaches.items() if place[0] > bottom},
    )


def is_named(page: Labelled, body: Sequence[int], column: int) -> bool:
    """Whether words stand in most rows of a column."""
    return 2 * sum(page.label(row, column) != "" for row in body) > len(body)


def title_of(above: Sequence[str]) -> str:
    """The title among the texts above a table: the last that is called a table or a list, or else the first."""
    return next((text for text in reversed(above) if TITLE.search(text)), above[0] if above else "")


def stub_of(page: Labelled, body: Sequence[int], columns: Sequence[int]) -> list[int]:
    """The first columns, as long as most of the rows have a label there."""
    stub: list[int] = []
    for column in columns:
        if not body or 2 * sum(page.label(row, column) != "" for row in body) <= len(body):
            break
        stub.append(column)
    return stub


def is_filled(page: Labelled, body: Sequence[int], columns: Sequence[int]) -> bool:
    """Whether texts or days stand where the rows of a table would be blank: then it is a list, with rows in it."""
    typed = [row for row in body if any(is_typed(page.shown.get((row, column))) for column in columns)]
    return 3 * len(typed) > len(body)


def is_typed(content: Content | None) -> bool:
    """Whether a cell holds something that is no number: a text of many digits is a code."""
    if isinstance(content, str):
        return not is_figure(content) or len(content) >= LONG
    return content is not None and not isinstance(content, int | float)


def path_of(labels: Iterable[str]) -> tuple[str, ...]:
    """Captions and a label, each once."""
    return tuple(dict.fromkeys(label for label in labels if label))


def head_of(page: Labelled, heads: Iterable[int], column: int) -> DraftLine:
    """The column under its heads."""
    path = path_of(page.label(row, column) for row in heads)
    looks = page.sheet.looks
    look = next((looks[place].format for place in sorted(looks) if place[1] == column), "")
    kind = "date" if re.search("[yY]", look) else ""
    unit = unit_behind(path[-1]) if path else ""
    return DraftLine(column, path, unit="%" if "%" in look and not kind else unit, kind=kind)


def row_head(page: Labelled, row: int, stub: Sequence[int], measured: int) -> DraftLine:
    """The row behind its labels; its number in the order is none. In the column ``measured`` its unit may stand."""
    labels = [page.label(row, column) for column in stub]
    named = [label for label in labels if not SERIAL.fullmatch(label)]
    path = path_of(named or labels)
    unit = str(page.shown.get((row, measured), "")).strip()
    return DraftLine(row, path, unit=unit or (unit_behind(path[-1]) if path else ""))


def mark_sums(sheet: Sheet, table: Drafted) -> None:
    """Which lines are sums: those whose cells hold one, and those that are called so and stand at an end of their group."""
    for lines, axis in ((table.rows, 0), (table.columns, 1)):
        for line in lines:
            cells = [text for place, text in sheet.formulas.items() if place[axis] == line.at and SUMMING.match(text)]
            along = [text for text in cells if runs(text) != axis]
            group = [other for other in lines if other.path[: len(line.path) - 1] == line.path[:-1]]
            ends = len(group) > 1 and line in (group[0], group[-1])
            called = WHOLE.fullmatch(label_key(line.path[-1])) is not None
            line.total = bool(along) or (ends and called and not line.sign and not line.depth)


def runs(formula: str) -> int:
    """Along which axis a sum runs: 0 along a row, 1 down a column."""
    places = within(re.sub(r"[$\s]|SUM\(|\)", "", formula.upper()))
    return 0 if len({row for row, _ in places}) == 1 else 1
