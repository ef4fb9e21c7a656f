"""What happens to a form on its way through an office: every way a layout may be changed without changing a number.

A mutation takes the sheets of a filing and gives changed ones. ``REFUSED`` names those that lose or double something,
so that the filing must go back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.grids import TOP, annual_report, distinct, filled
from workbook_tool.model.form.layout import lay_out
from workbook_tool.model.form.line import Line
from workbook_tool.model.intake.submission import Content, Place, Sheet

Mutation = Callable[[list[Sheet]], list[Sheet]]
Cells = dict[Place, Content]
FORM = annual_report()
TWO, THREE, FOUR = FORM.tables
FIRST = TOP + min(slot.row for slot in lay_out(FORM, THREE).slots.values())
LEFT = min(slot.column for slot in lay_out(FORM, THREE).slots.values())
RIGHT = LEFT + 6
"""Where the numbers of the big table start, and its last column."""


def moved(sheet: Sheet, place: Callable[[int, int], Place | None]) -> Sheet:
    cells = {place(*at): content for at, content in sheet.cells.items()}
    return Sheet(sheet.name, {at: content for at, content in cells.items() if at is not None})


def reworded(sheet: Sheet, word: Callable[[str], str]) -> Sheet:
    return Sheet(sheet.name, {at: word(c) if isinstance(c, str) else c for at, c in sheet.cells.items()})


def numbers(write: Callable[[float], Content]) -> Mutation:
    return each(lambda s: Sheet(s.name, {at: write(c) if isinstance(c, float) else c for at, c in s.cells.items()}))


def each(change: Callable[[Sheet], Sheet]) -> Mutation:
    return lambda sheets: [change(sheet) for sheet in sheets]


def words(change: Callable[[str], str]) -> Mutation:
    return each(lambda sheet: reworded(sheet, change))


def big(change: Callable[[Sheet], Sheet]) -> Mutation:
    """Only the sheet of the big table is changed."""
    return each(lambda sheet: change(sheet) if sheet.name.startswith(THREE.name) else sheet)


def small(change: Callable[[Sheet], Sheet]) -> Mutation:
    """Only the sheet of the table that lies on its side is changed."""
    return each(lambda sheet: change(sheet) if sheet.name.startswith(FOUR.name) else sheet)


def row_of(line: str) -> int:
    """The sheet row of a line of the big table."""
    return FIRST + [row.id for row in THREE.rows].index(line)


def with_cells(sheet: Sheet, cells: Cells) -> Sheet:
    return Sheet(sheet.name, {at: c for at, c in {**sheet.cells, **cells}.items() if c is not None})


def insert_row(sheet: Sheet, at: int, cells: dict[int, Content]) -> Sheet:
    down = moved(sheet, lambda r, c: (r + (r >= at), c))
    return with_cells(down, {(at, column): content for column, content in cells.items()})


def insert_column(sheet: Sheet, at: int, cells: dict[int, Content]) -> Sheet:
    right = moved(sheet, lambda r, c: (r, c + (c >= at)))
    return with_cells(right, {(row, at): content for row, content in cells.items()})


def swap_rows(a: int, b: int) -> Mutation:
    return big(lambda s: moved(s, lambda r, c: ({a: b, b: a}.get(r, r), c)))


def on_one_sheet(sheets: list[Sheet]) -> list[Sheet]:
    """All tables one below the other."""
    cells: Cells = {}
    top = 0
    for sheet in sheets:
        cells |= {(top + row, column): content for (row, column), content in sheet.cells.items()}
        top += max(row for row, _ in sheet.cells) + 3
    return [Sheet("年报", cells)]


def beside_each_other(sheets: list[Sheet]) -> list[Sheet]:
    cells: Cells = {}
    left = 0
    for sheet in sheets:
        cells |= {(row, left + column): content for (row, column), content in sheet.cells.items()}
        left += max(column for _, column in sheet.cells) + 3
    return [Sheet("年报", cells)]


def again(sheets: list[Sheet], name: str, change: Callable[[float], Content]) -> list[Sheet]:
    """The big table there a second time, its numbers changed."""
    (three,) = (s for s in sheets if s.name == THREE.name) if len(sheets) == 3 else (sheets[0],)
    copy = {at: change(c) if isinstance(c, float) else c for at, c in three.cells.items()}
    return [*sheets, Sheet(name, {at: c for at, c in copy.items() if c is not None})]


def sum_of(sheet: Sheet, rows: Sequence[int], column: int) -> float:
    return float(sum(float(str(sheet.cells.get((row, column), 0))) for row in rows))


def subtotal_row(first: str, last: str, label: str) -> Callable[[Sheet], Sheet]:
    """A row of subtotals put in below a group."""

    def change(sheet: Sheet) -> Sheet:
        if (row_of(first), LEFT) not in sheet.cells:
            return sheet
        rows = range(row_of(first), row_of(last) + 1)
        sums: dict[int, Content] = {c: sum_of(sheet, rows, c) for c in range(LEFT, RIGHT + 1)}
        return insert_row(sheet, row_of(last) + 1, {LEFT - 1: label, **sums})

    return change


def caption_with_sums(sheet: Sheet) -> Sheet:
    """A caption on a row of its own, above its group, with the sums of the group."""
    rows = range(row_of("r5"), row_of("r12") + 1)
    sums: dict[int, Content] = {c: sum_of(sheet, rows, c) for c in range(LEFT, RIGHT + 1)}
    return insert_row(sheet, row_of("r5"), {LEFT - 2: "（三）不予公开", **sums})


def subtotal_column(sheet: Sheet, name: str = "小计", lines: int = len(THREE.rows)) -> Sheet:
    """A column of subtotals after the columns under one heading."""
    rows = range(FIRST, FIRST + lines)
    sums: dict[int, Content] = {
        r: float(sum(float(str(sheet.cells.get((r, c), 0))) for c in range(LEFT + 1, RIGHT))) for r in rows
    }
    return insert_column(sheet, RIGHT, {FIRST - 1: name, **sums})


def crossing_subtotals(sheet: Sheet) -> Sheet:
    """A row of subtotals below each group, and a column of subtotals that crosses them."""
    for first, last in (("r21", "r23"), ("r16", "r20"), ("r13", "r15"), ("r5", "r12")):
        sheet = subtotal_row(first, last, "小计")(sheet)
    return subtotal_column(sheet, lines=len(THREE.rows) + 4)


def pushed(line: str, step: int, label_too: bool) -> Mutation:
    """A row pushed to the left or the right, as pasting from a text document does."""
    row, last_label = row_of(line), LEFT - 1

    def place(r: int, c: int) -> Place:
        return (r, c + step) if r == row and (c >= LEFT or (label_too and c == last_label)) else (r, c)

    return big(lambda s: moved(s, place))


def split_heads(sheet: Sheet) -> Sheet:
    """自然 above 人, each in its own cell."""
    down = moved(sheet, lambda r, c: (r + (r >= FIRST), c))
    cells = dict(down.cells)
    for column in (LEFT, LEFT + 3):
        place = next((r, column) for r in range(FIRST - 1, 0, -1) if isinstance(cells.get((r, column)), str))
        text = str(cells.pop(place)).replace("\n", "")
        cells[FIRST - 1, column], cells[FIRST, column] = text[:2], text[2:]
    return Sheet(sheet.name, cells)


def split_label(sheet: Sheet) -> Sheet:
    """A long row label continued on a row of its own; the numbers stay in the first."""
    row = row_of("r21")
    text = str(sheet.cells[row, LEFT - 1])
    longer = insert_row(sheet, row + 1, {LEFT - 1: text[12:]})
    return with_cells(longer, {(row, LEFT - 1): text[:12]})


def split_across(sheet: Sheet) -> Sheet:
    """A row label typed over two cells of its row."""
    row = row_of("r1")
    wider = moved(sheet, lambda r, c: (r, c + (c >= LEFT)))
    text = str(wider.cells[row, 0])
    return with_cells(wider, {(row, 0): None, (row, LEFT - 1): text[:6], (row, LEFT): text[6:]})


def flat(lines: Sequence[Line]) -> dict[str, str]:
    return {line.label: "".join((*line.under, line.label)) for line in lines if line.under}


def flat_rows(sheet: Sheet) -> Sheet:
    """Captions and labels of rows in one cell, the captions' own cells gone."""
    names, captions = flat(THREE.rows), {caption for line in THREE.rows for caption in line.under}
    cells = {at: c for at, c in sheet.cells.items() if c not in captions}
    return Sheet(sheet.name, {at: names.get(c, c) if isinstance(c, str) else c for at, c in cells.items()})


def flat_columns(sheet: Sheet) -> Sheet:
    names = {line.label: f"{line.label}（{line.under[0]}）" for line in THREE.blocks[0].columns if line.under}
    cells = {at: c for at, c in sheet.cells.items() if c != "法人或其他组织"}
    return Sheet(
        sheet.name,
        {
            at: names.get(c.replace("\n", ""), c) if isinstance(c, str) and at[0] < FIRST else c
            for at, c in cells.items()
        },
    )


def rows_of_four() -> list[tuple[int, Place]]:
    layout = lay_out(FORM, FOUR)
    return [(index, (TOP + slot.row, slot.column)) for index, slot in layout.slots.items()]


def as_issued(sheet: Sheet) -> None:
    """Some mutations go by address. Raises ValueError for a sheet in which the addresses are others already."""
    if set(sheet.cells) != set(next(s for s in filled(FORM, distinct(FORM)) if s.name == FOUR.name).cells):
        raise ValueError("not as issued")


def flat_heads(sheet: Sheet) -> Sheet:
    """The table on its side with one line of heads: 行政复议结果维持, 行政复议结果纠正 …"""
    as_issued(sheet)
    cells: Cells = {(0, 0): FOUR.title}
    for index, (row, column) in rows_of_four():
        item = FORM.items[index]
        cells[TOP, column] = "".join((*item.row.under, item.row.label, item.column.label))
        cells[TOP + 1, column] = sheet.cells.get((row, column))
    return with_cells(Sheet(sheet.name, {}), cells)


def a_row_per_kind(sheet: Sheet) -> Sheet:
    """The table on its side as an ordinary one: a row for each kind."""
    as_issued(sheet)
    (block,) = FOUR.blocks
    cells: Cells = {(0, 0): FOUR.title}
    cells |= {(TOP, 1 + n): column.label for n, column in enumerate(block.columns)}
    for number, (_, place) in enumerate(rows_of_four()):
        row, column = divmod(number, len(block.columns))
        cells[TOP + 1 + row, 0] = block.rows[row].label
        cells[TOP + 1 + row, 1 + column] = sheet.cells.get(place)
    return with_cells(Sheet(sheet.name, {}), cells)


def counted_columns(sheet: Sheet) -> Sheet:
    """栏次: a row that numbers the columns, between the heads and the numbers."""
    row = rows_of_four()[0][1][0]
    return insert_row(sheet, row, {place[1]: float(n + 1) for n, (_, place) in enumerate(rows_of_four())})


def counted_rows(sheet: Sheet) -> Sheet:
    """行次: a column that numbers the rows, between the labels and the numbers."""
    rows: dict[int, Content] = {FIRST + n: float(n + 1) for n in range(len(THREE.rows))}
    return insert_column(sheet, LEFT, {FIRST - 1: "行次", **rows})


def heads_again(sheet: Sheet) -> Sheet:
    """The heads repeated after a page break, with the number of the page."""
    at = row_of("r13")
    above = {c: sheet.cells.get((FIRST - 1, c), sheet.cells.get((FIRST - 2, c))) for c in range(LEFT, RIGHT + 1)}
    return insert_row(insert_row(sheet, at, above), at, {LEFT + 2: "— 3 —"})


def other_marks(text: str) -> str:
    """Other numbering: ③ for 3., ( 三 ) for （三）, 三. for 三、"""
    for number, circled in enumerate("①②③④⑤⑥⑦⑧", 1):
        text = circled + text.removeprefix(f"{number}.") if text.startswith(f"{number}.") else text
    return text.replace("（", "( ").replace("）", " )")


def slip(at: int) -> Callable[[str], str]:
    """One wrong character in every label of 6 or more."""
    return lambda text: text[:at] + "猫" + text[at + 1 :] if len(text) >= 6 else text


def yuan(sheet: Sheet) -> Sheet:
    """The amount in 元, and its heading says so."""
    cells = {at: c.replace("万", "") if isinstance(c, str) else c for at, c in sheet.cells.items()}
    amount = max((at for at, c in cells.items() if isinstance(c, float)), key=lambda at: at[0])
    return Sheet(sheet.name, cells | {amount: float(str(cells[amount])) * 10_000})


def last_year_instead(sheets: list[Sheet]) -> list[Sheet]:
    """The big table left blank, and last year's numbers on a sheet of their own."""
    last = again(sheets, "上年数据", lambda n: n + 500)[-1]
    return [
        *big(lambda s: Sheet(s.name, {at: c for at, c in s.cells.items() if not isinstance(c, float)}))(sheets),
        last,
    ]


def years_beside(sheet: Sheet) -> Sheet:
    """Last year's columns at the left, this year's further right, under the same row labels."""
    off = RIGHT - LEFT + 3
    cells: Cells = {(r, c + off): content for (r, c), content in sheet.cells.items() if c >= LEFT}
    last = {at: c + 500 if isinstance(c, float) else c for at, c in sheet.cells.items()}
    return Sheet(sheet.name, last | cells)


def years_below(sheet: Sheet) -> Sheet:
    """Last year's rows above, this year's below a gap, with the heads only once."""
    off = len(THREE.rows) + 4
    cells: Cells = {(r + off, c): content for (r, c), content in sheet.cells.items() if r >= FIRST}
    last = {at: c + 500 if isinstance(c, float) else c for at, c in sheet.cells.items()}
    return Sheet(sheet.name, last | cells)


def last_years_line(sheet: Sheet) -> Sheet:
    """This year's line blank, last year's below it under its name."""
    row = rows_of_four()[0][1][0]
    last: Cells = {(row + 2, c): n + 500 for (r, c), n in sheet.cells.items() if r == row and isinstance(n, float)}
    kept = {at: c for at, c in sheet.cells.items() if at[0] != row}
    return Sheet(sheet.name, kept | last | {(row + 1, 0): "上年数据"})


def another_line(sheet: Sheet) -> Sheet:
    """Last year's numbers right below this year's."""
    row = rows_of_four()[0][1][0]
    return with_cells(
        sheet, {(row + 1, c): n + 500 for (r, c), n in sheet.cells.items() if r == row and isinstance(n, float)}
    )


def with_remarks(sheets: list[Sheet]) -> list[Sheet]:
    """A sheet that lists every number again, as a list of objections does: which, where, filed, should be."""
    cells: Cells = {(0, c): text for c, text in enumerate(("表", "行", "列", "单元格", "填报值", "应为"))}
    for row, item in enumerate(FORM.items, 1):
        texts: tuple[Content, ...] = (item.table.name, item.row.label, item.column.label, "D9", 5.0, 7.0)
        cells |= {(row, column): text for column, text in enumerate(texts)}
    return [Sheet("退改说明", cells), *sheets]


MUTATIONS: dict[str, Mutation] = {
    "a row above": each(lambda s: moved(s, lambda r, c: (r + 1, c))),
    "a column at the left": each(lambda s: moved(s, lambda r, c: (r, c + 1))),
    "a blank row in the middle": each(lambda s: moved(s, lambda r, c: (r + (r >= 12), c))),
    "a blank column in the middle": big(lambda s: moved(s, lambda r, c: (r, c + (c >= LEFT + 2)))),
    "a row deleted": each(lambda s: moved(s, lambda r, c: None if r == 10 else (r - (r > 10), c))),
    "a column deleted": each(lambda s: moved(s, lambda r, c: None if c == 4 else (r, c - (c > 4)))),
    "cut off after a row": big(lambda s: moved(s, lambda r, c: (r, c) if r <= FIRST else None)),
    "cut off in the middle": big(lambda s: moved(s, lambda r, c: (r, c) if r <= row_of("r16") else None)),
    "a table missing": lambda sheets: sheets[:2],
    "on its head": big(lambda s: moved(s, lambda r, c: (c, r))),
    "sheets renamed": lambda sheets: [Sheet(f"Sheet{n}", s.cells) for n, s in enumerate(sheets, 1)],
    "sheets reversed": lambda sheets: sheets[::-1],
    "one sheet": on_one_sheet,
    "beside each other": beside_each_other,
    "a sheet twice": lambda sheets: again(sheets, "表三 (2)", lambda n: n),
    "a sheet of remarks": with_remarks,
    "a blank copy": lambda sheets: again(sheets, "表三 (2)", lambda n: None),
    "another copy": lambda sheets: again(sheets, "表三 (2)", lambda n: n + 1),
    "two forms": lambda sheets: (
        sheets
        + [Sheet(f"{s.name}乙", moved(s, lambda r, c: (r, c)).cells | {}) for s in numbers(lambda n: n + 7)(sheets)]
    ),
    "last year's sheet beside a blank one": last_year_instead,
    "every table twice": lambda sheets: sheets + [Sheet(f"{s.name} (2)", dict(s.cells)) for s in sheets],
    "two years beside each other": big(years_beside),
    "two years below each other": big(years_below),
    "last year's line below": small(last_years_line),
    "another line of numbers": small(another_line),
    "a total of the legal persons": big(lambda s: subtotal_column(s, "合计")),
    "half-width brackets": words(lambda t: t.replace("（", "(").replace("）", ")")),
    "spaces in labels": words(lambda t: " ".join(t)),
    "wide spaces in labels": words(lambda t: "\u3000".join(t)),
    "unbreakable spaces": words(lambda t: "\xa0".join(t) + "\t"),
    "line breaks in labels": words(lambda t: "\n".join(t)),
    "full-width digits": words(lambda t: t.translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})),
    "other quotes": words(lambda t: t.replace("“", "「").replace("”", "」")),
    "other numbering": words(other_marks),
    "a known slip": words(lambda t: t.replace("本年废止件数", "本年度止件数")),
    "another word": words(lambda t: t.replace("总计", "合 计").replace("其他", "其它")),
    "no numbering": words(lambda t: t.removeprefix("（七）").removeprefix("3.")),
    "a slip in some labels": words(lambda t: slip(4)(t) if t[0] in "2四行总" else t),
    "another slip in some labels": words(lambda t: slip(6)(t) if t[0] in "一4（" else t),
    "a slip in every label": words(slip(3)),
    "heads split": big(split_heads),
    "a label split over rows": big(split_label),
    "a label split over cells": big(split_across),
    "captions in the labels": big(flat_rows),
    "captions in the heads": big(flat_columns),
    "two rows swapped": swap_rows(12, 14),
    "two columns swapped": big(lambda s: moved(s, lambda r, c: (r, {3: 5, 5: 3}.get(c, c)))),
    "columns reversed": big(lambda s: moved(s, lambda r, c: (r, LEFT + RIGHT - c if c >= LEFT else c))),
    "a row pushed left": pushed("r23", -1, label_too=True),
    "two rows pushed left": lambda sheets: pushed("r24", -1, True)(pushed("r23", -1, True)(sheets)),
    "a row of numbers pushed right": pushed("r7", 1, label_too=False),
    "a row of numbers pushed far right": pushed("r7", 2, label_too=False),
    "heads again": big(heads_again),
    "columns counted": small(counted_columns),
    "rows counted": big(counted_rows),
    "a subtotal row": big(subtotal_row("r5", "r12", "小计")),
    "a named subtotal row": big(subtotal_row("r13", "r15", "无法提供小计")),
    "a caption with sums": big(caption_with_sums),
    "a subtotal column": big(subtotal_column),
    "subtotals that cross": big(crossing_subtotals),
    "an unknown row": big(lambda s: insert_row(s, row_of("r9"), {LEFT - 1: "9.不详", LEFT: 5.0, RIGHT: 5.0})),
    "a number on a row of its own": big(lambda s: insert_row(s, row_of("r9"), {LEFT: 10.0})),
    "a row per kind": small(a_row_per_kind),
    "one line of heads": small(flat_heads),
    "a blank line below the heads": small(lambda s: insert_row(s, rows_of_four()[0][1][0], {})),
    "a note below": small(
        lambda s: with_cells(
            s, {(rows_of_four()[0][1][0] + 1, 0): "注：以上数据经本单位主要领导审定后报出，请勿外传。"}
        )
    ),
    "numbers as text": numbers(lambda n: f"{n:.0f}"),
    "numbers in full width": numbers(lambda n: f"{n:.0f}".translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)})),
    "thousands": numbers(lambda n: f"{n:,.0f}"),
    "numbers with spaces": numbers(lambda n: f"\xa0{n:.0f} "),
    "numbers with their unit": big(lambda s: numbers(lambda n: f"{n:.0f}件")([s])[0]),
    "元 for 万元": each(lambda s: yuan(s) if s.name == TWO.name else s),
}
"""By name: what is done to the sheets."""

APART = frozenset({"last year's sheet beside a blank one", "two years below each other", "last year's line below"})
"""Those that another change may leave without a trace of what was done."""

REFUSED = frozenset(
    {
        "a row deleted",
        "a column deleted",
        "cut off after a row",
        "cut off in the middle",
        "a table missing",
        "on its head",
        "columns reversed",
        "a slip in every label",
        "another copy",
        "two forms",
        "an unknown row",
        "a number on a row of its own",
        "last year's sheet beside a blank one",
        "every table twice",
        "two years beside each other",
        "two years below each other",
        "last year's line below",
        "another line of numbers",
    }
)
"""Those that lose or double something: the filing must go back."""
