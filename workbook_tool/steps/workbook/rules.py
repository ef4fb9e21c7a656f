"""规则: what was checked, how often each rule held, failed, or could not be decided; what never spoke stands back."""

from __future__ import annotations

from collections import Counter

from workbook_tool.model.cells import address
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.workbook.book import Book, Condition, Value
from workbook_tool.model.workbook.result import RuleCount
from workbook_tool.steps.workbook.detail import MARKS
from workbook_tool.steps.workbook.findings import PLACE as FINDING_PLACE
from workbook_tool.steps.workbook.findings import findings_range
from workbook_tool.steps.workbook.lists import ListCell, add_list, fitted
from workbook_tool.steps.workbook.plan import FINDINGS, GREY, LIST_TOP, RULES, Plan, heading

COLUMNS = {
    "规则": ("cell_center", 12, 16),
    "名称": ("cell_wrap", 20, 32),
    "程度": ("cell_center", 9, 9),
    "情况": ("cell_center", 10, 10),
    "问题条数": ("cell_count", 10, 10),
    "单位数": ("cell_count", 9, 9),
    "查看": ("cell_link", 9, 9),
    "相符": ("cell_number", 9, 9),
    "不符": ("cell_count", 9, 9),
    "无法判定": ("cell_count", 10, 10),
    "内容": ("cell_wrap", 56, 56),
    "来源": ("cell_wrap", 20, 32),
}
PLACE = {header: number for number, header in enumerate(COLUMNS)}
SPOKE, HELD, UNDECIDED, SILENT = "有问题", "全部相符", "无法判定", "未触发"


def spoke(rule: Rule, count: RuleCount) -> bool:
    """Whether figures say something of a rule: it was asked at all, and if it is a fallback, it was needed."""
    asked = count.passed + count.failed + (0 if rule.fallback else count.undecided)
    return rule.counted and asked > 0


def add_rules(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    rows = [rule_row(plan, LIST_TOP + 1 + n, rule) for n, rule in enumerate(plan.form.rules)]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
    widths = {n: fitted(columns[n], *limits) for n, (_, *limits) in enumerate(COLUMNS.values())}
    sheet = book.sheet(RULES, tab=GREY, widths=widths)
    told = (
        "相符、不符、无法判定是逐行逐列核对的次数，含已汇总、待核、退回的报表；未触发的为灰字。"
        "“查看”到该规则的第一条问题；要看全部，在“问题清单”的“规则”列筛选同一编号。"
    )
    policy, last_year = plan.result.run.settings.policy.words, plan.result.run.last_year.words
    heading(sheet, "规则", f"{told}{policy}{last_year}", len(COLUMNS))
    add_list(sheet, "tblRules", tuple(COLUMNS), rows, [role for role, *_ in COLUMNS.values()])
    quiet = f'=${address(LIST_TOP + 1, PLACE["情况"])}="{SILENT}"'
    last = (LIST_TOP + max(1, len(rows)), len(COLUMNS) - 1)
    sheet.conditions.append(Condition((LIST_TOP + 1, 0), last, quiet, "quiet"))


def rule_row(plan: Plan, line: int, rule: Rule) -> list[Value | ListCell]:
    policy, count = plan.result.run.settings.policy, next(c for c in plan.result.rules if c.rule_id == rule.id)
    fired = [record.agency.code for record, finding in plan.findings if finding.rule == rule.id]
    told: list[Value] = [count.passed, count.failed, count.undecided] if spoke(rule, count) else [None] * 3
    severity = policy.weigh(rule)
    link = f"{FINDINGS}!{address(plan.first_of_rule[rule.id], FINDING_PLACE['规则'])}" if fired else ""
    found, passed, undecided = (address(line, PLACE[header]) for header in ("问题条数", "相符", "无法判定"))
    stands = f'=IF({found}>0,"{SPOKE}",IF(N({passed})>0,"{HELD}",IF(N({undecided})>0,"{UNDECIDED}","{SILENT}")))'
    return [
        rule.id,
        rule.title + ("（试行）" if policy.on_trial(rule) else ""),
        ListCell(severity.label, MARKS[severity] if fired else ""),
        ListCell(spoken_words(len(fired), told), formula=stands),
        ListCell(len(fired), formula=f"=COUNTIF({findings_range(plan, '规则')},{address(line, 0)})"),
        len(Counter(fired)),
        ListCell("看问题", link=link) if fired else ListCell(None, "cell"),
        *told,
        rule.words,
        rule.source,
    ]


def spoken_words(fired: int, told: list[Value]) -> str:
    if fired:
        return SPOKE
    return HELD if told[0] else UNDECIDED if told[2] else SILENT
