"""The lists: 报送情况, 收件清单 and 规则."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.book import Book, ListTable, Print, Sheet, Value
from workbook_tool.model.cells import address
from workbook_tool.model.measure import text_height
from workbook_tool.model.result import TIMELINESS_LABELS, RuleCount, State
from workbook_tool.model.rules import Rule, Severity
from workbook_tool.steps.compose.decided import DECIDED, decision_values, offer_decisions
from workbook_tool.steps.compose.plan import AGENCIES, FILES, FINDINGS, GREEN, GREY, LIST_TOP, RULES, Plan, heading

STATE_ROLES = {
    "已汇总": "ok",
    "待核": "warn",
    "退回": "bad",
    "未报": "bad",
    "不计入": "bad",
    "旧版": "info",
    "重复": "info",
    "到达中": "warn",
}
RULE_COLUMN = 7
"""The column of 问题清单 that holds rule ids; see findings.py."""


def add_list(
    sheet: Sheet, name: str, headers: Sequence[str], rows: Sequence[Sequence[Value]], roles: Sequence[str]
) -> None:
    """A list that can be filtered, its rows as high as their longest text needs."""
    for column, header in enumerate(headers):
        sheet.put(LIST_TOP, column, header, "head")
    sheet.heights[LIST_TOP] = 22
    for number, row in enumerate(rows):
        line = LIST_TOP + 1 + number
        for column, (value, role) in enumerate(zip(row, roles, strict=True)):
            sheet.put(line, column, value, STATE_ROLES.get(str(value), "cell_center") if role == "state" else role)
        sheet.heights[line] = row_height(sheet, row)
    if not rows:
        for column in range(len(headers)):
            sheet.put(LIST_TOP + 1, column, None, "cell")
    last = (LIST_TOP + max(1, len(rows)), len(headers) - 1)
    sheet.lists.append(ListTable((LIST_TOP, 0), last, name, tuple(headers)))
    sheet.freeze = (LIST_TOP + 1, 2)
    sheet.print = Print(landscape=True, wide=1, tall=0, repeat_rows=(LIST_TOP, LIST_TOP))


def row_height(sheet: Sheet, row: Sequence[Value], size: float = 10.5) -> float:
    texts = [(str(value), sheet.widths.get(column, 9)) for column, value in enumerate(row) if isinstance(value, str)]
    return max([20, *(text_height(text, width, size) for text, width in texts)])


def add_agencies(book: Book, plan: Plan) -> None:
    """报送情况: where each agency of the roster stands."""
    told = ("代码", "单位", "类别", "上级", "状态", "时效", "时效依据", "文件", "必须改", "需说明", "提示", "备注")
    headers = (*told, *DECIDED)
    widths = dict(enumerate((9, 26, 12, 16, 9, 9, 10, 34, 8, 8, 8, 44, 12, 26, 40, 40, 40)))
    sheet = book.sheet(AGENCIES, tab=GREEN, widths=widths)
    result = plan.result
    due = f"应报 {len(result.agencies)} 家" if result.roster_given else "未提供名录，只列出报来的单位，未核对是否报全"
    heading(
        sheet,
        "报送情况",
        f"{due}。时效按邮件日期（没有邮件的按封面填报日期）与截止日期比较；都没有的记为“无日期”。",
        len(headers),
    )
    rows: list[list[Value]] = []
    for record in result.agencies:
        counts: list[Value] = [record.count(severity) for severity in Severity]
        agency, path = record.agency, record.file.source.path if record.file else ""
        timeliness = TIMELINESS_LABELS[record.timeliness]
        rows.append(
            [
                agency.code,
                agency.name,
                agency.category,
                agency.parent,
                record.state_label,
                timeliness,
                record.source,
                path,
                *counts,
                record.remark,
                *decision_values(record),
            ]
        )
    roles = ("cell_center", "cell_wrap", "cell_center", "cell_wrap", "state", "cell_center", "cell_center", "cell_wrap")
    add_list(
        sheet, "tblAgencies", headers, rows, (*roles, "number", "number", "number", "cell_wrap", *DECIDED.values())
    )
    offer_decisions(sheet, headers, LIST_TOP + max(1, len(rows)))


def add_files(book: Book, plan: Plan) -> None:
    """收件清单: every file of the inbox and where it ended."""
    headers = ("文件", "状态", "原因", "代码", "单位", "年度", "大小（字节）", "SHA-256（前 12 位）")
    sheet = book.sheet(FILES, tab=GREY, widths=dict(enumerate((44, 13, 54, 9, 26, 8, 14, 22))))
    heading(
        sheet,
        "收件清单",
        "收件夹中的每一份文件都有且只有一个状态，压缩包和邮件里的也一样；临时文件和系统文件只记在 run.json。",
        len(headers),
    )
    shown = [record for record in plan.result.files if record.state is not State.IGNORED]
    rows: list[list[Value]] = [
        [
            record.source.path,
            record.state.label,
            record.reason,
            record.agency.code if record.agency else "",
            record.agency.name if record.agency else "",
            record.year,
            record.source.size,
            record.source.sha256[:12],
        ]
        for record in shown
    ]
    roles = ("cell_wrap", "state", "cell_wrap", "cell_center", "cell_wrap", "cell_center", "number", "cell_center")
    add_list(sheet, "tblFiles", headers, rows, roles)


def spoke(rule: Rule, count: RuleCount) -> bool:
    """Whether figures say something of a rule: it was asked at all, and if it is a fallback, it was needed."""
    asked = count.passed + count.failed + (0 if rule.fallback else count.undecided)
    return rule.counted and asked > 0


def add_rules(book: Book, plan: Plan) -> None:
    """规则: what was checked, and how often each rule held, failed, or could not be decided."""
    headers = ("规则", "名称", "程度", "内容", "来源", "相符", "不符", "无法判定", "问题条数")
    sheet = book.sheet(RULES, tab=GREY, widths=dict(enumerate((15, 32, 9, 60, 34, 9, 9, 10, 10))))
    heading(
        sheet,
        "规则",
        f"逐行逐列核对的次数，含已汇总、待核、退回的报表。{plan.result.policy.words}{plan.result.last_year.words}",
        len(headers),
    )
    counts = {count.rule_id: count for count in plan.result.rules}
    fired = [finding.rule for _, finding in plan.result.findings]
    rows: list[list[Value]] = []
    for rule in plan.form.rules:
        count = counts[rule.id]
        told: list[Value] = [count.passed, count.failed, count.undecided] if spoke(rule, count) else [None] * 3
        severity = plan.result.policy.weigh(rule).label
        title = rule.title + ("（试行）" if plan.result.policy.on_trial(rule) else "")
        rows.append([rule.id, title, severity, rule.words, rule.source, *told, None])
    roles = ("cell_center", "cell_wrap", "cell_center", "cell_wrap", "cell_wrap", "number", "number", "number", "skip")
    add_list(sheet, "tblRules", headers, rows, roles)
    first, last = address(LIST_TOP + 1, RULE_COLUMN), address(LIST_TOP + max(1, len(fired)), RULE_COLUMN)
    sheet.cells = [cell for cell in sheet.cells if cell.role != "skip"]
    for number, rule in enumerate(plan.form.rules):
        line = LIST_TOP + 1 + number
        formula = f"=COUNTIF('{FINDINGS}'!{first}:{last},{address(line, 0)})"
        sheet.put(line, len(headers) - 1, fired.count(rule.id), "number", formula=formula)
