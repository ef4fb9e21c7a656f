"""问题清单: every finding with what a reviewer needs to act on it, and a link to the figure."""

from __future__ import annotations

from workbook_tool.model.book import Book, ListTable, Print, Sheet, Validation, Value
from workbook_tool.model.cells import address
from workbook_tool.model.finding import Finding
from workbook_tool.model.history import Life, Opinion
from workbook_tool.model.measure import text_height
from workbook_tool.model.result import AgencyRecord
from workbook_tool.steps.compose.detail import MARKS
from workbook_tool.steps.compose.plan import FINDINGS, LIST_TOP, RED, Plan, heading

COLUMNS = {
    "序号": 6,
    "程度": 8.5,
    "代码": 8,
    "单位": 20,
    "表": 7,
    "行": 22,
    "列": 12,
    "规则": 13,
    "填报值": 10,
    "应为": 10,
    "差额": 9,
    "说明": 50,
    "建议": 32,
    "定位": 9,
    "文件": 22,
    "工作表": 9,
    "单元格": 14,
    "定位程度": 9,
    "组": 6,
    "状态": 13,
    "单位说明": 26,
    "处理意见": 14,
    "备注": 26,
    "键": 9,
    "据": 9,
    "原意见": 9,
}
HIDDEN = ("键", "据", "原意见")
SIZE = 10.0
WRAPPED = ("单位", "行", "列", "说明", "建议", "文件", "单元格", "单位说明", "备注")


def add_findings(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    sheet = book.sheet(FINDINGS, tab=RED, widths=dict(enumerate(COLUMNS.values())))
    found = plan.result.findings
    told = f"共 {len(found)} 条，按单位排列，重的在前。点“看明细”到“单位明细”中的数；“工作表”“单元格”是单位自己文件里的位置。"
    heading(sheet, "问题清单", told if found else "没有问题：所有计入的报表都通过了审核。", 13)
    for column, header in enumerate(COLUMNS):
        sheet.put(LIST_TOP, column, header, "head")
    sheet.heights[LIST_TOP] = 22
    for number, (record, finding) in enumerate(found, 1):
        add_finding(sheet, plan, number, record, finding)
    if not found:
        for column in range(len(COLUMNS)):
            sheet.put(LIST_TOP + 1, column, None, "cell")
    last = (LIST_TOP + max(1, len(found)), len(COLUMNS) - 1)
    at = list(COLUMNS)
    sheet.hidden_columns |= {at.index(header) for header in HIDDEN}
    column = at.index("处理意见")
    sheet.validations.append(
        Validation((LIST_TOP + 1, column), (last[0], column), "list", tuple(Opinion), error="请从列表中选一项。")
    )
    sheet.lists.append(ListTable((LIST_TOP, 0), last, "tblFindings", tuple(COLUMNS)))
    sheet.freeze = (LIST_TOP + 1, 4)
    # 说明 names sheet and cell too, so the columns behind it need no paper.
    area = ((0, 0), (last[0], list(COLUMNS).index("定位")))
    sheet.print = Print(landscape=True, wide=1, tall=0, area=area, repeat_rows=(LIST_TOP, LIST_TOP))


def life_values(life: Life | None) -> dict[str, Value]:
    """What became of the problem, what a reviewer decided, and the marks by which the next run knows the row again."""
    decision = life.decision if life else None
    opinion, remark = (decision.opinion.value, decision.remark) if decision else ("", "")
    return {
        "状态": life.words if life else "",
        "单位说明": life.explanation if life else "",
        "处理意见": opinion,
        "备注": remark,
        "键": life.key if life else "",
        "据": life.basis if life else "",
        "原意见": f"{opinion}\n{remark}" if decision else "",
    }


def add_finding(sheet: Sheet, plan: Plan, number: int, record: AgencyRecord, finding: Finding) -> None:
    line = LIST_TOP + number
    values: dict[str, Value] = {
        "序号": number,
        "程度": finding.severity.label,
        "代码": record.agency.code,
        "单位": record.agency.name,
        "表": finding.table,
        "行": finding.row,
        "列": finding.column,
        "规则": finding.rule,
        "填报值": finding.filed,
        "应为": finding.expected,
        "差额": finding.difference,
        "说明": finding.message.removeprefix(f"{record.agency.name}："),
        "建议": finding.suggestion,
        "定位": "看明细" if record.file else "看汇总",
        "文件": record.file.source.path if record.file else "",
        "工作表": finding.sheet,
        "单元格": finding.cell.replace(",", ", "),
        "定位程度": finding.certainty,
        "组": finding.story,
        **life_values(finding.life),
    }
    for column, (header, value) in enumerate(values.items()):
        formula = ""
        role = "small_wrap" if header in WRAPPED else "small"
        if header == "程度":
            role = MARKS[finding.severity]
        elif header == "差额" and finding.difference is not None:
            filed, expected = (address(line, column - back) for back in (2, 1))
            formula = f"=ROUND({filed}-{expected},6)"
        link = plan.figure_link(record, finding) if header == "定位" else ""
        sheet.put(line, column, value, "cell_link" if link else role, formula=formula, link=link)
    heights = [text_height(str(values[h] or ""), COLUMNS[h], SIZE) for h in WRAPPED]
    sheet.heights[line] = min(max(24.0, *heights), 400)
