"""出错说明: where an agency says why a number that looks wrong is right; read back by rule and cell."""

from __future__ import annotations

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.form.live import on_sheet
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.explanation import CELL_HEAD, EXPLANATIONS_SHEET, RULE_HEAD, SHEET_HEAD, WORDS_HEAD
from workbook_tool.model.workbook.book import Book, BookSheet, Condition, Print, Validation
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.form.issue import Issue

TAB = "#C58B2A"
PROBLEM_HEAD = "问题（选填）"
HEADS = ("序号", RULE_HEAD, SHEET_HEAD, CELL_HEAD, PROBLEM_HEAD, WORDS_HEAD)
WIDTHS = (6.0, 12.0, 9.0, 12.0, 17.0, 44.0)
LAST = len(HEADS) - 1
GUIDE_TOP, HEAD_ROW = 3, 8
LINES, LINE = 15, 42.0
NOTHING_TOLD = "没有要说明的，可以不填"
LIST_LIMIT = 255
"""Excel takes no longer list of choices."""

PROMPTS = {
    RULE_HEAD: "照抄退改说明或审核意见上的规则编号；不知道的可以不填。",
    CELL_HEAD: "数所在的格，如 {cell}；几格同一原因的写在一起，用逗号隔开，连续的写成 D9:F9。",
    PROBLEM_HEAD: "简要写明是哪个问题，便于审核人核对。",
    WORDS_HEAD: "写清原因和依据，如：原数报错，已于 3 月更正；本年新划入职能，见××文件。",
}


def add_explanations(book: Book, issue: Issue) -> None:
    """Add the sheet: a short guide and lines that are open to type."""
    sheet = book.sheet(EXPLANATIONS_SHEET, protected=True, tab=TAB)
    sheet.widths = dict(enumerate(WIDTHS))
    sheet.put(0, 0, EXPLANATIONS_SHEET, "title", span=(1, LAST + 1))
    sheet.put(1, 0, "没有要说明的，本页留空，不影响报送", "subtitle", span=(1, LAST + 1))
    sheet.heights |= {0: 38.0, 1: 19.0, 2: 6.0}
    for number, text in enumerate(guide(issue), 1):
        row, line = GUIDE_TOP + number - 1, f"{number}. {text}"
        sheet.put(row, 0, line, "text_wrap", span=(1, LAST + 1))
        sheet.heights[row] = text_height(line, sum(WIDTHS))
    sheet.heights[HEAD_ROW - 1] = 6.0
    add_lines(sheet, issue)
    sheet.freeze, sheet.start = (HEAD_ROW + 1, 0), (HEAD_ROW + 1, 1)
    sheet.print = Print(False, 1, 1, ((0, 0), (HEAD_ROW + LINES, LAST)), footer=issue.footer)


def explained_status() -> str:
    """The formula that says on the cover how many lines are filled."""
    words = f"{on_sheet(EXPLANATIONS_SHEET)}{absolute(HEAD_ROW + 1, LAST)}:{absolute(HEAD_ROW + LINES, LAST)}"
    return f'=IF(COUNTA({words})=0,"{NOTHING_TOLD}","已填 "&COUNTA({words})&" 条")'


def guide(issue: Issue) -> list[str]:
    """What a clerk has to know, with a problem of this form as the example."""
    rule, sheet, cell = example(issue)
    written = f"，如规则 {rule}、工作表 {sheet}、单元格 {cell}" if rule else ""
    return [
        "审核后列为“需说明”的问题：数字有误的，直接在表中改正；数字属实的，在下面写明情况，随表报回。",
        "列为“必须改”的问题要改正数字，不能以说明代替。",
        f"规则、工作表、单元格照抄退改说明{written}。",
        "一行写一件事，写不下时可拉高行。",
    ]


def example(issue: Issue) -> tuple[str, str, str]:
    """A rule that asks to explain, with the place that it points to; empty where the form has none."""
    for constraint in issue.form.constraints:
        if issue.form.rule(constraint.rule_id).severity is Severity.EXPLAIN and constraint.at in issue.places:
            sheet, row, column = issue.places[constraint.at]
            return constraint.rule_id, sheet, address(row, column)
    return "", "", ""


def add_lines(sheet: BookSheet, issue: Issue) -> None:
    """The lines in which an agency explains what is not put right."""
    for column, head in enumerate(HEADS):
        sheet.put(HEAD_ROW, column, head, "head")
    sheet.heights[HEAD_ROW] = 24.0
    first, last = HEAD_ROW + 1, HEAD_ROW + LINES
    for row in range(first, last + 1):
        sheet.put(row, 0, row - HEAD_ROW, "cell_center")
        for column in range(1, LAST + 1):
            sheet.put(row, column, None, "input_note")
        sheet.heights[row] = LINE
    for column in range(1, LAST + 1):
        sheet.validations.append(validation(issue, HEADS[column], (first, column), (last, column)))
    sheet.conditions.append(Condition((first, 1), (last, LAST), f'={address(first, 1)}<>""', "done"))


def validation(issue: Issue, head: str, first: tuple[int, int], last: tuple[int, int]) -> Validation:
    """The prompt of a column, and the list of sheets to choose from."""
    names = (*(one.name for one in issue.form.registers), *(one.name for one in issue.form.typed))
    if head == SHEET_HEAD and len(",".join(names)) <= LIST_LIMIT:
        error = f"请从下拉列表中选择：{'、'.join(names)}。"
        return Validation(first, last, "list", names, None, None, head, "数在哪张工作表。", "填写有误", error)
    cell = example(issue)[2] or "D9"
    return Validation(first, last, "any", prompt_title=head, prompt=PROMPTS.get(head, "").format(cell=cell))
