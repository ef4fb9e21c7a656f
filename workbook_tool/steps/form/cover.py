"""The cover: who reports, for which period and scope, what there is nothing of, who signed, and how each table stands."""

from __future__ import annotations

from datetime import date, timedelta

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.form.form import PERIOD_FIELDS, CoverField
from workbook_tool.model.form.live import on_sheet, quote
from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.intake.explanation import EXPLANATIONS_SHEET
from workbook_tool.model.workbook.book import Book, BookSheet, Condition, Print, Validation, Value
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.form.code_line import put_code
from workbook_tool.steps.form.explain import HEAD_ROW, NOTHING_TOLD, explained_status
from workbook_tool.steps.form.issue import NO, STATUS_ROW, YES, Issue, cover_name
from workbook_tool.steps.form.list_sheet import nothing_yet
from workbook_tool.steps.form.status_line import color_status, opening_status

COVER, ASKED, TAB = "封面", "填报信息", "#1F3864"
WIDTHS = (17.0, 29.0, 17.0, 29.0)
LAST = len(WIDTHS) - 1
LINE, SMALL = 25.0, 9.5
STATUS_LINE = 32.0
USUAL_DAYS = {
    PeriodKind.WEEK: 0,
    PeriodKind.MONTH: 2,
    PeriodKind.QUARTER: 9,
    PeriodKind.HALF: 9,
    PeriodKind.YEAR: 19,
}
"""How many days after its period a form is filled in, for the example of a date."""
PAIRED = ("code", *PERIOD_FIELDS, "text", "sign", "date")
"""Kinds of fields that share a line with their neighbour."""


def add_cover(book: Book, issue: Issue) -> None:
    """Add the cover sheet."""
    sheet = book.sheet(COVER, protected=True, tab=TAB)
    sheet.widths = dict(enumerate(WIDTHS))
    row = add_title(sheet, issue)
    row = add_fields(sheet, issue, row)
    row = add_statuses(sheet, issue, row)
    row = add_guide(sheet, issue, row)
    sheet.print = Print(False, 1, 1, ((0, 0), (row - 1, LAST)), footer=issue.footer)
    sheet.start = min((v.first for v in sheet.validations), default=sheet.start)


def add_title(sheet: BookSheet, issue: Issue) -> int:
    """The title of the workbook and where the form comes from; the next row."""
    sheet.put(0, 0, f"{issue.period.name}{issue.form.title}", "title", span=(1, LAST + 1))
    sheet.put(
        1,
        0,
        f"填报表（{issue.form.legal_basis}）" if issue.form.legal_basis else "填报表",
        "subtitle",
        span=(1, LAST + 1),
    )
    sheet.heights |= {0: 46.0, 1: 22.0, 2: 8.0}
    return 3


def add_section(sheet: BookSheet, row: int, text: str) -> int:
    """A heading of the cover; the row below it."""
    sheet.put(row, 0, text, "section", span=(1, LAST + 1))
    sheet.heights |= {row: 26.0, row + 1: 4.0}
    return row + 2


def add_fields(sheet: BookSheet, issue: Issue, row: int) -> int:
    """What the agency fills in about itself; the next row."""
    row = add_section(sheet, row, ASKED)
    for group in field_lines(issue.form.cover):
        for place, field in enumerate(group):
            alone = len(group) == 1
            put_field(sheet, issue, field, row, place * 2, LAST if alone else 1)
        sheet.heights[row] = LINE
        row += 1 + bool(hint_row(group))
    sheet.heights[row] = 8.0
    return row + 1


def field_lines(fields: tuple[CoverField, ...]) -> list[list[CoverField]]:
    """The fields as lines of the cover, one or two on each."""
    lines: list[list[CoverField]] = []
    for field in fields:
        if lines and len(lines[-1]) == 1 and field.kind in PAIRED and lines[-1][0].kind in PAIRED:
            lines[-1].append(field)
        else:
            lines.append([field])
    return lines


def hint_row(group: list[CoverField]) -> str:
    """The hint that gets a row of its own: below the answer, never beside it, where a reader would take it for one."""
    return group[0].hint if len(group) == 1 and group[0].kind not in PAIRED else ""


def put_field(sheet: BookSheet, issue: Issue, field: CoverField, row: int, column: int, width: int) -> None:
    """One question of the cover with its place to answer, and its hint below."""
    hint = hint_row([field])
    value = prefilled(issue, field)
    settled = value is not None and (field.kind in ("agency", "code") or field.tells_period)
    sheet.put(row, column, field.label, "head", span=(2, 1) if hint else (1, 1))
    role = (
        "cell"
        if settled
        else {"date": "input_date", "scope": "input_choice", "nil": "input_choice"}.get(field.kind, "input_text")
    )
    sheet.put(row, column + 1, value, role, span=(1, width), name=cover_name(field))
    if hint:
        sheet.put(row + 1, column + 1, hint, "hint", span=(1, width))
        sheet.heights[row + 1] = text_height(hint, sum(WIDTHS[column + 1 :]), SMALL)
    if not settled:
        first, last = (row, column + 1), (row, column + width)
        sheet.validations.append(validation(issue, field, first, last))
        sheet.conditions.append(Condition(first, last, f'={absolute(*first)}<>""', "done"))


def prefilled(issue: Issue, field: CoverField) -> Value:
    """What the office already knows."""
    if field.tells_period:
        return issue.period.year if issue.period.kind is PeriodKind.YEAR else issue.period.name
    if not issue.agency:
        return None
    known = {"agency": issue.agency.name, "code": issue.agency.code, "scope": issue.agency.scope}.get(field.kind)
    return known if known and (field.kind != "scope" or known in field.choices) else None


def validation(issue: Issue, field: CoverField, first: tuple[int, int], last: tuple[int, int]) -> Validation:
    """What a line of the cover accepts."""
    prompt = field.hint or f"请填写{field.label}。"
    choices = {"scope": field.choices, "nil": (YES, NO)}.get(field.kind, ())
    if choices:
        error = f"请从下拉列表中选择：{'、'.join(choices)}。"
        return Validation(first, last, "list", choices, None, None, field.label, prompt, "填写有误", error)
    if field.kind == "date":
        earliest = issue.period.next.first
        latest, usual = date(earliest.year + 1, 12, 31), earliest + timedelta(days=USUAL_DAYS[issue.period.kind])
        example = f"请填日期，如 {usual.year}-{usual.month}-{usual.day}。"
        return Validation(first, last, "date", (), earliest, latest, field.label, example, "填写有误", example)
    return Validation(first, last, "any", prompt_title=field.label, prompt=prompt)


def add_statuses(sheet: BookSheet, issue: Issue, row: int) -> int:
    """A line for each table, linked to it, with its own status; and one for the explanations."""
    row = add_asked(sheet, issue, add_section(sheet, row, "各表填报情况"))
    lists = [(register.name, nothing_yet(register)) for register in issue.form.registers]
    for name, opening in (*lists, *((table.name, opening_status(issue, table)) for table in issue.form.typed)):
        status = f"={on_sheet(name)}{absolute(STATUS_ROW, 0)}"
        sheet.put(row, 0, name, "head", link=f"{name}!{address(STATUS_ROW, 0)}")
        sheet.put(row, 1, opening, "status", formula=status, span=(1, LAST))
        color_status(sheet, (row, 1), (row, LAST))
        sheet.heights[row] = STATUS_LINE
        row += 1
    place = f"{EXPLANATIONS_SHEET}!{address(HEAD_ROW + 1, 1)}"
    sheet.put(row, 0, EXPLANATIONS_SHEET, "head", link=place)
    sheet.put(row, 1, NOTHING_TOLD, "status", formula=explained_status(), span=(1, LAST))
    sheet.heights[row] = LINE
    put_code(sheet, issue, row + 1, LAST + 1)
    return row + 2


def add_asked(sheet: BookSheet, issue: Issue, row: int) -> int:
    """A line that says whether it is told who reports, where the office does not know it: without that no table counts,
    however full; the next row."""
    asked = [field for field in issue.form.cover if field.kind == "agency" and prefilled(issue, field) is None]
    for field in asked:
        opening, well = f"还有 1 格未填：没有写明{field.label}的，不能计入", "✔ 已填写"
        formula = f'=IF({cover_name(field)}="",{quote(opening)},{quote(well)})'
        sheet.put(row, 0, ASKED, "head")  # not the label: a reader would take what stands beside it for the answer
        sheet.put(row, 1, opening, "status", formula=formula, span=(1, LAST))
        color_status(sheet, (row, 1), (row, LAST))
        sheet.heights[row] = LINE
        row += 1
    return row


def add_guide(sheet: BookSheet, issue: Issue, row: int) -> int:
    """How to fill in the form, as its declaration says it; the next row."""
    if not issue.form.guide:
        return row
    row = add_section(sheet, row, "填表说明")
    for number, text in enumerate(issue.form.guide, 1):
        line = f"{number}. {text}"
        sheet.put(row, 0, line, "text_wrap", span=(1, LAST + 1))
        sheet.heights[row] = text_height(line, sum(WIDTHS)) + 1
        row += 1
    return row
