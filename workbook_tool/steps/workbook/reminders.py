"""催报名单: who has not filed, and the words to send."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

from workbook_tool.model.returns.reminder import REMINDERS as DRAFTS
from workbook_tool.model.returns.reminder import is_chased, reminder
from workbook_tool.model.season.agency import OVERDUE, AgencyRecord, Timeliness
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.headers import CODE
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.steps.workbook.agencies import AS_OF
from workbook_tool.steps.workbook.lists import add_list
from workbook_tool.steps.workbook.plan import RED, REMINDERS, Plan

EARLIER = "欠前期"
"""That an earlier period is owed, and the reported one perhaps too."""
BELOW = "所属未报"
"""That the region itself has filed, but not all below it."""
OPEN_FIRST = "请先按“收件清单”所说把打不开的文件夹或文件打开，再运行一次："


class ReminderLine(Struct, frozen=True):
    """A row of the list, its ``number`` counted from 1."""

    plan: Plan
    number: int
    record: AgencyRecord

    @property
    def state(self) -> str:
        """Whether anything is due yet, and since when."""
        if self.record.agency.code in self.plan.result.owed:
            return EARLIER
        if self.record in self.plan.result.lacking:
            return BELOW
        if self.record.timeliness is Timeliness.NOT_DUE:
            return "将到期" if is_chased(self.record, self.plan.result) else "未到期"
        return OVERDUE if self.record.deadline else "未报"

    @property
    def caller(self) -> str:
        """Whom to ring up."""
        return " ".join(filter(None, (self.record.agency.contact, self.record.agency.phone)))

    @property
    def draft(self) -> ListCell:
        """The way to the draft of the mail, with the blank form in it."""
        name = self.plan.reminders.get(self.record.agency.code, "")
        return ListCell("打开", file=f"{DRAFTS}/{name}") if name else ListCell(None, "cell")

    @property
    def deadline(self) -> date | None:
        """By when it was due; where earlier periods are owed, the oldest of these."""
        earlier = self.plan.result.owed.get(self.record.agency.code, ())
        return earlier[0].deadline if self.state == EARLIER else self.record.deadline

    @property
    def days_late(self) -> ListCell:
        """The days since the deadline, which go on counting when the date in 说明 is changed."""
        if (deadline := self.deadline) is None:
            return ListCell(None)
        due = REMINDER_LIST.cell(REMINDER_LIST.row(self.number - 1), "截止日期")
        if self.state == BELOW:
            return ListCell(None, "cell")
        return ListCell(max(0, (self.plan.result.as_of - deadline).days), formula=f"=MAX(0,{AS_OF}-{due})")


REMINDER_LIST = Listing[ReminderLine](
    REMINDERS,
    "tblReminders",
    (
        Column("序号", "cell_center", 6, lambda line: line.number),
        Column(CODE, "cell_center", (8, 25), lambda line: line.record.agency.code),
        Column("单位", "cell_wrap", (20, 34), lambda line: line.record.agency.name),
        Column("类别", "cell_center", (10, 14), lambda line: line.record.agency.category, optional=True),
        Column("上级", "cell_wrap", (8, 24), lambda line: line.record.agency.parent, optional=True),
        Column("情况", "state", 9, lambda line: line.state),
        Column("截止日期", "date", 13, lambda line: line.deadline),
        Column("逾期天数", "cell_number", 9, lambda line: line.days_late),
        Column("邮件草稿", "cell_link", 10, lambda line: line.draft),
        Column("邮箱", "cell_wrap", (16, 26), lambda line: line.record.agency.mail, optional=True),
        Column("联系人和电话", "cell_wrap", (12, 22), lambda line: line.caller, optional=True),
        Column("催报语（可复制）", "cell_wrap", 130, lambda line: reminder(line.plan.result, line.record)),
    ),
    frozen="单位",
    paper="联系人和电话",  # a letter for each agency would take a page for ten of them
)


def add_reminders(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    listed, below = plan.chased, plan.result.lacking
    rows = [ReminderLine(plan, number, record) for number, record in enumerate(listed, 1)]
    overdue = sum(bool(record.days_late) for record in plan.missing)
    earlier = f"，{len(plan.result.owed)} 家还欠以前各期的" if plan.result.owed else ""
    meaning = (
        f"未报 {len(plan.missing)} 家，其中已逾期 {overdue} 家{earlier}；逾期久的在前。“打开”是写好的邮件草稿，附空白填报表；"
        "催报语也可以直接复制。邮箱、联系人取自名录。"
    )
    if below:
        meaning += f"另有 {len(below)} 个地区报来了汇总结果，所属还有未报的，请其催报。"
    if not plan.result.run.roster.given:
        meaning = "没有名录，无从得知谁还没有报；登记名录后，未报的单位列在这里。"
    elif plan.result.unlisted:
        meaning = f"{OPEN_FIRST}收件夹里有打不开的文件夹或文件，没有报表的单位是否已报无法确定，所以都不催报。"
    elif not plan.chased:
        meaning = "名录中的单位都已报送，没有需要催报的。"
    add_list(book, REMINDER_LIST, rows, meaning, tab=RED)
