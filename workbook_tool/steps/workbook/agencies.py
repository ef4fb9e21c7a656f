"""报送情况: where each agency stands; 催报名单: who has not filed, and the words to send."""

from __future__ import annotations

from dataclasses import replace

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.returns.reminder import reminder
from workbook_tool.model.returns.returned import RETURNS
from workbook_tool.model.season.agency import AgencyRecord, Timeliness
from workbook_tool.model.workbook.book import Book, Value
from workbook_tool.steps.workbook.decided import DECIDED, decision_values, offer_decisions
from workbook_tool.steps.workbook.findings import findings_range
from workbook_tool.steps.workbook.lists import ListCell, add_list, fitted
from workbook_tool.steps.workbook.plan import (
    AGENCIES,
    DETAIL,
    FINDINGS,
    GREEN,
    LIST_TOP,
    NAME,
    RED,
    REMINDERS,
    Plan,
    heading,
)

COLUMNS = {
    "代码": ("cell_center", 8, 25),
    "单位": ("cell_wrap", 20, 34),
    "类别": ("cell_center", 10, 14),
    "上级": ("cell_wrap", 8, 24),
    "状态": ("state", 9, 9),
    "时效": ("state", 9, 9),
    "截止日期": ("date", 13, 13),
    "报送日期": ("date", 13, 13),
    "迟报天数": ("cell_count", 10, 10),
    "日期依据": ("cell_center", 11.5, 11.5),
    "必须改": ("cell_count", 8, 8),
    "需说明": ("cell_count", 8, 8),
    "提示": ("cell_count", 7, 7),
    "查看": ("cell_link", 9, 9),
    "退改件": ("cell_link", 9, 9),
    "文件": ("cell_wrap", 12, 30),
    "备注": ("cell_wrap", 14, 40),
    **DECIDED,
}
"""Role and limits of width of each column."""
PLACE = {header: number for number, header in enumerate(COLUMNS)}
AS_OF = "AsOf"
"""The defined name of the run's date, which stands in 说明."""


def agencies_range(plan: Plan, header: str) -> str:
    """A column of 报送情况, as an absolute reference."""
    last = LIST_TOP + max(1, len(plan.result.agencies))
    return f"'{AGENCIES}'!{absolute(LIST_TOP + 1, PLACE[header])}:{absolute(last, PLACE[header])}"


def add_agencies(book: Book, plan: Plan) -> None:
    """报送情况: where each agency of the roster stands."""
    result = plan.result
    rows = [agency_row(plan, LIST_TOP + 1 + n, record) for n, record in enumerate(result.agencies)]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(COLUMNS)
    widths = {n: fitted(columns[n], *limits) for n, (_, *limits) in enumerate(COLUMNS.values())}
    sheet = book.sheet(AGENCIES, tab=GREEN, widths=widths)
    due = (
        f"应报 {len(result.agencies)} 家" if result.run.roster.given else "未提供名录，只列出报来的单位，未核对是否报全"
    )
    told = (
        "报送日期是最早一份的邮件日期；没有邮件的按封面日期，并与台账首次见到它的日期核对；都没有的记为“无日期”。"
        "未报单位的迟报天数算到汇总当日。对整份报表的“处理意见”填在右边，与问题清单的一起读回（见“说明”）。"
    )
    heading(sheet, "报送情况", f"{due}。{told}", len(COLUMNS))
    add_list(sheet, "tblAgencies", tuple(COLUMNS), rows, [role for role, *_ in COLUMNS.values()])
    offer_decisions(sheet, PLACE, LIST_TOP + max(1, len(rows)))
    area = (0, 0), (LIST_TOP + max(1, len(rows)), PLACE["审核备注"])
    sheet.print = replace(sheet.print, area=area)


def agency_row(plan: Plan, line: int, record: AgencyRecord) -> list[Value | ListCell]:
    agency = record.agency
    due, filed = (address(line, PLACE[header]) for header in ("截止日期", "报送日期"))
    came = filed if record.filed_on else AS_OF
    late = ListCell(record.days_late, formula=f"=MAX(0,{came}-{due})" if record.days_late is not None else "")
    copy, page = plan.returns.get(agency.code, ""), plan.page_link(record)
    return [
        agency.code,
        ListCell(agency.name, "cell_link_left" if page else "", link=page),
        agency.category,
        agency.parent,
        record.state.label,
        record.timeliness.label,
        record.deadline,
        record.filed_on,
        late,
        record.source,
        *(severity_count(plan, line, record, severity) for severity in Severity),
        look_up(plan, record),
        ListCell("退改件", file=f"{RETURNS}/{copy}") if copy else ListCell(None, "cell"),
        record.file.source.path if record.file else "",
        record.remark,
        *decision_values(record),
    ]


def severity_count(plan: Plan, line: int, record: AgencyRecord, severity: Severity) -> ListCell:
    """Counted live in 问题清单. BesideLastYear, not COUNTIFS: that takes the code 007 for the number 7."""
    codes, words = findings_range(plan, "代码"), findings_range(plan, "程度")
    own = address(line, PLACE["代码"])  # relative: it moves with its row when the list is sorted
    formula = f'=SUMPRODUCT(({codes}={own})*({words}="{severity.label}"))'
    return ListCell(record.count(severity), formula=formula)


def look_up(plan: Plan, record: AgencyRecord) -> ListCell:
    """To the agency's first finding, else to its figures."""
    code = record.agency.code
    if record.findings:
        return ListCell("看问题", link=f"{FINDINGS}!{address(plan.first_finding[code], 0)}")
    if code in plan.detail_row:
        return ListCell("看明细", link=f"{DETAIL}!{address(plan.detail_row[code], NAME)}")
    if code in plan.reminder_row:
        return ListCell("催报", link=f"{REMINDERS}!{address(plan.reminder_row[code], 0)}")
    return ListCell(None, "cell")


REMINDER_COLUMNS = {
    "序号": ("cell_center", 6, 6),
    "代码": ("cell_center", 8, 25),
    "单位": ("cell_wrap", 20, 34),
    "类别": ("cell_center", 10, 14),
    "上级": ("cell_wrap", 8, 24),
    "情况": ("state", 9, 9),
    "截止日期": ("date", 13, 13),
    "逾期天数": ("cell_number", 9, 9),
    "邮箱": ("cell_wrap", 16, 26),
    "催报语（可复制）": ("cell_wrap", 72, 72),
}


def add_reminders(book: Book, plan: Plan) -> None:
    """催报名单."""
    listed = plan.missing
    rows = [reminder_row(plan, n, record) for n, record in enumerate(listed)]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(REMINDER_COLUMNS)
    widths = {n: fitted(columns[n], *limits) for n, (_, *limits) in enumerate(REMINDER_COLUMNS.values())}
    sheet = book.sheet(REMINDERS, tab=RED, widths=widths)
    overdue = sum(bool(record.days_late) for record in listed)
    told = f"未报 {len(listed)} 家，其中已逾期 {overdue} 家；逾期久的在前。催报语可以直接复制。邮箱取自名录。"
    if not plan.result.run.roster.given:
        told = "没有名录，无从得知谁还没有报；登记名录后，未报的单位列在这里。"
    elif not listed:
        told = "名录中的单位都已报送，没有需要催报的。"
    heading(sheet, "催报名单", told, len(REMINDER_COLUMNS))
    add_list(sheet, "tblReminders", tuple(REMINDER_COLUMNS), rows, [role for role, *_ in REMINDER_COLUMNS.values()])
    sheet.freeze = (LIST_TOP + 1, 3)


def reminder_row(plan: Plan, number: int, record: AgencyRecord) -> list[Value | ListCell]:
    agency, line = record.agency, LIST_TOP + 1 + number
    stands = "未到期" if record.timeliness is Timeliness.NOT_DUE else "已逾期" if record.deadline else "未报"
    due = address(line, list(REMINDER_COLUMNS).index("截止日期"))
    return [
        number + 1,
        agency.code,
        agency.name,
        agency.category,
        agency.parent,
        stands,
        record.deadline,
        ListCell(record.days_late, formula=f"=MAX(0,{AS_OF}-{due})" if record.deadline else ""),
        agency.mail,
        reminder(plan.result, record),
    ]
