"""The records of a list, those of all agencies on one sheet, each with where it stands in which file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice

from msgspec import Struct

from workbook_tool.model.form.register import Register, RegisterColumn
from workbook_tool.model.intake.records import Record, worth_of
from workbook_tool.model.workbook.book import Book, Cell, Lines, ListTable, MadeRow, Print, Value
from workbook_tool.model.workbook.decimals import figure_role
from workbook_tool.model.workbook.headers import CODE
from workbook_tool.model.workbook.measure import text_height, text_width
from workbook_tool.model.workbook.record_places import MOST_RECORDS, RECORDS_TOP, Listed, listed, records_name
from workbook_tool.steps.workbook.lists import HIGHEST, pages_across
from workbook_tool.steps.workbook.plan import GREY, Plan, heading

ABOUT = (CODE, "单位", "工作表", "行", "问题")
"""The columns before those of the list itself."""
ABOUT_WIDTHS = (7.0, 16.0, 10.0, 6.0, 6.0)
"""Of these the name alone takes more where it needs more."""
ABOUT_ROLES = ("cell_center", "cell", "cell", "cell_number", "cell_count")
FILE, FILE_WIDTH = "文件", 48.0
"""The last column, which is not printed: a file's name is long, and rarely looked for."""
ROLES = {"date": "date", "yesno": "cell_center"}
NAME, LOOKED_AT = 1, 200
"""The column of the agency's name; so many rows say how broad a column is."""


def add_records(book: Book, plan: Plan, register: Register) -> None:
    """Add the sheet of one list."""
    found = listed(plan.result, register)
    shown = found[:MOST_RECORDS]
    labels = heads_of(register)
    first = list(islice(Rows(register, shown, {}, ()).values(), LOOKED_AT))
    own = (width(label, [row[n] for row in first]) for n, label in enumerate(labels, len(ABOUT)))
    widths = dict(enumerate((*ABOUT_WIDTHS, *own, FILE_WIDTH)))
    widths[NAME] = max(widths[NAME], width("", [row[NAME] for row in first]))
    rows = Rows(register, shown, problems_of(plan, register), tuple(widths.values()))
    sheet = book.sheet(records_name(register), tab=GREY, widths=widths)
    more = f"；只列出前 {MOST_RECORDS} 行，其余见 records.csv" if len(found) > len(shown) else ""
    below = sum(record.from_below for record in plan.result.filed)
    kept = (
        f"；下级转来的 {below} 家只有统计数，它们的每一行（可能有个人信息）留在下级，见那里的 records.csv"
        if below
        else ""
    )
    meaning = f"共 {len(found)} 行，每个单位报来的每一行；红字“问题”是这一行有几条问题，逐条见问题清单{more}{kept}。"
    heading(sheet, records_name(register), meaning, min(8, len(widths)))
    heads = (*ABOUT, *labels, FILE)
    for number, label in enumerate(heads):
        sheet.put(RECORDS_TOP, number, label, "list_head")
    sheet.heights[RECORDS_TOP] = max(24.0, *(text_height(label, widths[n], 10) for n, label in enumerate(heads)))
    sheet.lines.append(Lines(RECORDS_TOP + 1, max(1, len(shown)), 0, rows.made))
    last = RECORDS_TOP + max(1, len(shown))
    sheet.lists.append(ListTable((RECORDS_TOP, 0), (last, len(heads) - 1), f"Records_{register.plain_id}", heads))
    sheet.freeze = (RECORDS_TOP + 1, 2)
    area = ((0, 0), (last, len(heads) - 2))
    sheet.print = Print(
        landscape=True,
        wide=pages_across([widths[column] for column in range(len(heads) - 1)], NAME + 1),
        area=area,
        repeat_rows=(RECORDS_TOP, RECORDS_TOP),
        repeat_columns=(0, NAME),
    )


def heads_of(register: Register) -> list[str]:
    """The heads of the columns, each once: one that two columns share is told with its captions."""
    labels = Counter(column.label.casefold() for column in register.columns)
    taken = {head.casefold() for head in (*ABOUT, FILE)}
    return [
        column.id if labels[column.label.casefold()] > 1 else f"{column.label}（表）" if column.label.casefold() in taken else column.label
        for column in register.columns
    ]  # fmt: skip


def role_of(column: RegisterColumn) -> str:
    """How a column looks."""
    if column.kind == "number":
        return figure_role(column.decimals, "cell_number", "cell_number_amount")
    return ROLES.get(column.kind, "cell_wrap")


def width(label: str, values: list[Value]) -> float:
    """So broad that most of a column takes one line, and its head two."""
    longest = max([text_width(label) / 2, *(text_width(str(value)) for value in values if value is not None)])
    return round(min(max(8.0, longest + 3), 36.0), 1)


def problems_of(plan: Plan, register: Register) -> Counter[tuple[str, str, int]]:
    """How many problems there are with each record, by agency, sheet and row."""
    spots = (
        (owner.agency.code, spot.sheet, spot.row)
        for owner, finding in plan.findings
        if finding.table == register.name
        for spot in finding.records
    )
    return Counter(spots)


class Rows(Struct, frozen=True):
    """The records of a list as rows of the sheet, as high as texts of these ``widths`` need, made when they are written; a
    blank one where there is none."""

    register: Register
    shown: Sequence[Listed]
    problems: Mapping[tuple[str, str, int], int]
    widths: tuple[float, ...]

    def made(self) -> Iterator[MadeRow]:
        """The rows with their cells."""
        roles = (*ABOUT_ROLES, *map(role_of, self.register.columns), "cell")
        for row, values in enumerate(self.values(), RECORDS_TOP + 1):
            cells = zip(values, roles, strict=True)
            yield MadeRow(self.height(values), tuple(Cell(row, column, *cell) for column, cell in enumerate(cells)))

    def height(self, values: tuple[Value, ...]) -> float | None:
        """Of a row whose texts are broader than their columns; of others the usual one, without reckoning."""
        texts = [
            (value, width)
            for value, width in list(zip(values, self.widths, strict=True))[len(ABOUT) : -1]
            if isinstance(value, str) and 2.05 * len(value) > width - 2.4
        ]
        return min(max(text_height(*text) for text in texts), HIGHEST) if texts else None

    def values(self) -> Iterator[tuple[Value, ...]]:
        """What stands in each row."""
        for owner, record in self.shown:
            code = owner.agency.code
            count = self.problems.get((code, record.sheet, record.row), 0)
            about = (code, owner.agency.name, record.sheet, record.row + 1, count)
            yield (*about, *values_of(self.register, record), owner.file.source.path)
        if not self.shown:
            yield (None,) * (len(ABOUT) + len(self.register.columns) + 1)


def values_of(register: Register, record: Record) -> Iterator[Value]:
    """What stands in a record, as what it is; a cell that could not be read as its words."""
    unread = record.unread
    for number, (column, held) in enumerate(zip(register.columns, record.values, strict=True)):
        value = worth_of(column, held)
        if number in unread:
            yield unread[number]
        elif isinstance(value, bool):
            yield "是" if value else "否"
        else:
            yield value if not isinstance(value, date) or value.year >= 1900 else value.isoformat()
