"""单位查询: one agency at a time, chosen from a drop-down: its tables, looked up in 单位明细, and its lines of 问题清单.

It is as large for ten agencies as for ten thousand. What stands on it are formulas that every spreadsheet program knows;
cells are marked by conditions, from texts that hold the codes of the numbers to be marked.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from msgspec import Struct

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.form.live import quote
from workbook_tool.model.season.agency import FiledAgency
from workbook_tool.model.workbook.book import Book, BookSheet, Condition, Print, Validation, Value
from workbook_tool.model.workbook.headers import CODE, STATE
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.workbook.detail_list import CATEGORY
from workbook_tool.steps.workbook.findings import FindingLine, findings_range
from workbook_tool.steps.workbook.number_roles import CORRECTED, mark_of, marks, number_role
from workbook_tool.steps.workbook.pages import SMALL, add_table, make_room, unit
from workbook_tool.steps.workbook.plan import FINDINGS, NAVY, Plan, heading

LOOK_UP = "单位查询"
MEANING = (
    "在黄色的格里点下拉选一个单位（也可以直接键入代码和名称）：下面是它填报的各张表和它的问题。红底白字是一定要改的数。"
)
CHOOSE, STANDS, TABLES = 2, 3, 5
"""The rows of the drop-down, of how the agency stands, and of the first table."""
LIST_TOP = 10
"""The row in which the hidden list of all agencies begins."""
MARKED = ("located", CORRECTED, "bad", "warn", "info")
"""The roles of marked numbers, those first that hide others."""
LEAST, MOST = 32.0, 120.0
"""How high a line of 问题清单 is here."""
MOST_LINES, SHORT = 40, 8
"""So many lines of 问题清单 are shown; the rest is named by its number."""
SEVERITY, WORDS = "程度", "说明"


class LookUp(Struct, frozen=True, dict=True):
    """Where things stand on the sheet. Right of the grid, hidden: the codes of the numbers in the places where they are
    shown, then what is known of the chosen agency, and the list of all."""

    plan: Plan

    @cached_property
    def filed(self) -> tuple[FiledAgency, ...]:
        """Who can be chosen."""
        return self.plan.result.filed

    @property
    def mirror(self) -> int:
        """How far right of a number its code stands."""
        return self.plan.pages.width + 1

    @property
    def aside(self) -> int:
        """The first of the hidden columns behind the codes."""
        return 2 * self.mirror

    @property
    def last_column(self) -> int:
        """The last hidden column."""
        return self.aside + 1 + len(MARKED) + len(self.remarks)

    @cached_property
    def remarks(self) -> dict[int, int]:
        """The texts and dates of the tables, each with its column in the list of all agencies: 单位明细 has numbers alone."""
        every = (index for table in self.plan.form.tables for index in self.plan.layouts[table.id].remarks)
        return {index: number for number, index in enumerate(every, 2 + len(MARKED))}

    def listed(self, number: int) -> str:
        """A column of the list of all agencies: 0 what is chosen, 1 the code, then the marks of each role, then texts."""
        column = self.aside + number
        return f"{absolute(LIST_TOP, column)}:{absolute(LIST_TOP + max(len(self.filed), 2) - 1, column)}"

    def known(self, number: int) -> str:
        """What is known of the chosen agency: 0 its place in the list, 1 its code, then the marks of each role, and last
        its row in 单位明细."""
        return absolute(number, self.aside)

    @property
    def row(self) -> str:
        """The cell with its row in 单位明细."""
        return self.known(2 + len(MARKED))

    @cached_property
    def first(self) -> FiledAgency:
        """Who is chosen when the workbook is opened: somebody of whom there is something to see."""
        return next((record for record in self.filed if record.agency.code in self.plan.first_finding), self.filed[0])

    @cached_property
    def heights(self) -> list[float]:
        """Of the lines of 问题清单: as many as one agency has, within limits, each as high as the longest that any agency
        has there."""
        found, seen = [LEAST], Counter[str]()
        room = unit(self.plan) * (self.plan.pages.width - 1)
        for place, (owner, _) in enumerate(self.plan.findings, 1):
            number = seen[owner.agency.code]
            seen[owner.agency.code] += 1
            if number >= MOST_LINES or not isinstance(owner, FiledAgency):
                continue
            found += [LEAST] * (number + 1 - len(found))
            found[number] = max(found[number], min(text_height(texts_of(self, place)[1], room, SMALL), MOST))
        return found


def add_look_up(book: Book, plan: Plan) -> None:
    """Add the sheet, where anybody has filed."""
    if not plan.result.filed:
        return
    at = LookUp(plan)
    widths = dict.fromkeys(range(plan.pages.width), unit(plan))
    hidden = set(range(plan.pages.width, at.last_column + 1))
    sheet = book.sheet(LOOK_UP, tab=NAVY, widths=widths, hidden_columns=hidden, freeze=(STANDS + 1, 0))
    heading(sheet, LOOK_UP, MEANING, plan.pages.width)
    add_list_of_all(sheet, at)
    add_chosen(sheet, at)
    row = TABLES
    for table in plan.form.tables:
        last = add_table(sheet, plan, table, row + 1)
        add_numbers(sheet, at, table.id, row + 1)
        add_remarks(sheet, at, table.id, row + 1)
        row = last + 2
    add_conditions(sheet, at, row)
    end = add_lines(sheet, at, row)
    sheet.print = Print(tall=int(len(at.heights) <= SHORT), area=((0, 0), (end, plan.pages.width - 1)))
    sheet.start = (CHOOSE, 2)


def add_list_of_all(sheet: BookSheet, at: LookUp) -> None:
    """The hidden list: what can be chosen, the code, by role the codes of the numbers that are marked so, and the texts."""
    for row, record in enumerate(at.filed, LIST_TOP):
        sheet.put(row, at.aside, choice_of(record))
        sheet.put(row, at.aside + 1, record.agency.code)
        submission, cells = record.file.submission, at.plan.form.cells
        texts = [submission.remark(cells[index]).shown for index in at.remarks]
        for column, text in enumerate([*marked_codes(at.plan, record), *texts], at.aside + 2):
            if text:
                sheet.put(row, column, text)


def choice_of(record: FiledAgency) -> str:
    """An agency as it stands in the drop-down: no two are alike."""
    return f"{record.agency.code} {record.agency.name}"


def marked_codes(plan: Plan, record: FiledAgency) -> list[str]:
    """By role the codes of an agency's marked numbers, each between bars: blanks at the end of a formula's result get lost."""
    submission, found = record.file.submission, marks(record.findings)
    blank = (index for index, reading in enumerate(submission.readings) if reading.number is None)
    codes: dict[str, list[str]] = {role: [] for role in MARKED}
    for index in sorted({*found, *submission.corrected, *blank}):
        item = plan.form.items[index]
        role, _ = mark_of(submission, item, found.get(index))
        if role in codes:  # a blank may be plain
            codes[role].append(item.code)
    return [f"|{'|'.join(listed)}|" if listed else "" for listed in codes.values()]


def add_chosen(sheet: BookSheet, at: LookUp) -> None:
    """The drop-down, and what is looked up of the agency that is chosen."""
    plan, first, width = at.plan, at.first, at.plan.pages.width
    sheet.put(CHOOSE, 0, "选择单位", "head", span=(1, 2))
    chosen = sheet.put(CHOOSE, 2, choice_of(first), "input_choice", span=(1, width - 2))
    place = (chosen.row, chosen.column)
    source, error = f"={at.listed(0)}", "请从下拉中选择。"
    sheet.validations.append(Validation(place, place, "list", source=source, error_title="没有这个单位", error=error))
    position = at.filed.index(first)
    known: list[tuple[Value, str]] = [
        (position + 1, f"MATCH({absolute(*place)},{at.listed(0)},0)"),
        (first.agency.code, f"INDEX({at.listed(1)},{at.known(0)})"),
        *(
            (codes, f'INDEX({at.listed(number)},{at.known(0)})&""')
            for number, codes in enumerate(marked_codes(plan, first), 2)
        ),
        (position + 1, f"MATCH({at.known(1)},{plan.detail(CODE)},0)"),
    ]
    for row, (value, formula) in enumerate(known):
        sheet.put(row, at.aside, value, formula=f'=IFERROR({formula},"")')
    stands = ((STATE, first.layer_state.label), (CATEGORY, first.agency.category))
    for number, (header, value) in enumerate(stands):
        sheet.put(STANDS, 5 * number, header, "head", span=(1, 2))
        sheet.put(STANDS, 5 * number + 2, value, "cell_center", span=(1, 3), formula=f"={looked_up(at, header)}")
    sheet.heights |= {CHOOSE: 26, STANDS: 22}


def looked_up(at: LookUp, header: str) -> str:
    """What stands under a header of 单位明细 for the chosen agency; a blank stays blank."""
    cell = f"INDEX({at.plan.detail(header)},{at.row})"
    return f'IF({cell}="","",{cell})'


def add_numbers(sheet: BookSheet, at: LookUp, table: str, top: int) -> None:
    """The numbers of a table, and beside the grid their codes."""
    plan, submission, edges = at.plan, at.first.file.submission, at.plan.pages.edges[table]
    for index, slot in plan.layouts[table].slots.items():
        item, row, column = plan.form.items[index], top + slot.row, edges[slot.column]
        span = (slot.span[0], edges[slot.column + slot.span[1]] - column)
        value, formula = submission.number(item), f"={looked_up(at, item.code)}"
        sheet.put(row, column, value, number_role(item), formula=formula, span=span)
        sheet.put(row, column + at.mirror, f"|{item.code}|")


def add_remarks(sheet: BookSheet, at: LookUp, table: str, top: int) -> None:
    """The texts and dates of a table, in rows that are high enough for those of any agency."""
    edges, cells = at.plan.pages.edges[table], at.plan.form.cells
    for index, slot in at.plan.layouts[table].remarks.items():
        row, column, end = top + slot.row, edges[slot.column], edges[slot.column + slot.span[1]]
        formula = f'=IFERROR(INDEX({at.listed(at.remarks[index])},{at.known(0)})&"","")'
        text = at.first.file.submission.remark(cells[index]).shown
        sheet.put(row, column, text, "cell_wrap", formula=formula, span=(slot.span[0], end - column))
        for record in at.filed:
            make_room(sheet, row, record.file.submission.remark(cells[index]).shown, unit(at.plan) * (end - column))


def add_conditions(sheet: BookSheet, at: LookUp, end: int) -> None:
    """What marks a number: that its code stands among those of a role."""
    first, last = (TABLES, 0), (end - 1, at.plan.pages.width - 1)
    code = address(TABLES, at.mirror)
    for number, role in enumerate(MARKED, 2):
        formula = f'=AND({code}<>"",ISNUMBER(FIND({code},{at.known(number)})))'
        sheet.conditions.append(Condition(first, last, formula, role, stop=True))


def add_lines(sheet: BookSheet, at: LookUp, top: int) -> int:
    """The agency's lines of 问题清单; returns the last row."""
    width, column, codes = at.plan.pages.width, at.mirror, findings_range(at.plan, CODE)
    sheet.put(top, 0, "问题", "section", span=(1, width))
    sheet.heights[top] = 22.0
    own = [number for number, (owner, _) in enumerate(at.plan.findings, 1) if owner.agency.code == at.first.agency.code]
    for number, height in enumerate(at.heights):
        row, place = top + 1 + number, own[number] if number < len(own) else ""
        here, above = absolute(row, column), absolute(row - 1, column)
        sheet.put(row, column, place, formula=f'=IFERROR({next_line(at, codes, above if number else "")},"")')
        shown = texts_of(at, int(place)) if place else ("", "")
        for start, share, header, text in zip((0, 1), (1, width - 1), (SEVERITY, WORDS), shown, strict=True):
            formula = f'=IFERROR(INDEX({findings_range(at.plan, header)},{here}),"")'
            sheet.put(row, start, text, "small_wrap", span=(1, share), formula=formula)
        sheet.heights[row] = height
    end = top + 1 + len(at.heights)
    count = f"COUNTIF({codes},{at.known(1)})"
    words = f"共 {len(own)} 条，都在“{FINDINGS}”。"
    formula = f"={quote('共 ')}&{count}&{quote(f' 条，都在“{FINDINGS}”。')}"
    sheet.put(end, 0, words, "note", span=(1, width), formula=formula)
    return end


def next_line(at: LookUp, codes: str, above: str) -> str:
    """The place of the agency's next line of 问题清单 behind the one that stands ``above``; of its first where there is
    none."""
    if not above:
        return f"MATCH({at.known(1)},{codes},0)"
    rest = f"INDEX({codes},{above}+1):INDEX({codes},{max(1, len(at.plan.findings))})"
    return f"IF({above}<{len(at.plan.findings)},{above}+MATCH({at.known(1)},{rest},0),NA())"


def texts_of(at: LookUp, place: int) -> tuple[str, str]:
    """Severity and words of a line, as 问题清单 shows them."""
    line = FindingLine(at.plan, place, "", *at.plan.findings[place - 1])
    return line.finding.severity.label, line.words
