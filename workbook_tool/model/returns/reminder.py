"""What is said to an agency that has not filed: the same words in the workbook and in a mail."""

from __future__ import annotations

from datetime import date

from workbook_tool.model.intake.inbox import State
from workbook_tool.model.season.agency import AgencyRecord, AgencyState
from workbook_tool.model.workbook.result import Consolidation

REMINDERS = "reminders"
"""The folder of the drafts, below the run folder."""


NEAR = 7
"""So many days before its deadline an agency is reminded of it."""


def is_chased(record: AgencyRecord, result: Consolidation) -> bool:
    """Whether an agency without a file, and with none arriving, is past its deadline or near it, or has none. Nobody is
    while there are folders that could not be looked into."""
    if result.unlisted or record.state is not AgencyState.MISSING:
        return False
    if any(file.agency == record.agency and file.state is State.ARRIVING for file in result.files):
        return False
    return record.deadline is None or (record.deadline - result.as_of).days <= NEAR


def reminder(result: Consolidation, record: AgencyRecord) -> str:
    """The words to send, ready to copy, and whom to ask."""
    also = f"此前情况：{record.remark}。" if record.remark else ""
    call = f"联系：{result.run.settings.contact}。" if result.run.settings.contact else ""
    return f"{record.agency.name}：{plea(result, record)}{also}{call}"


def plea(result: Consolidation, record: AgencyRecord) -> str:
    """What is due, since when, and what to do."""
    due = f"应不迟于 {day(record.deadline)}报送" if record.deadline else "应当报送"
    stands, what = f"截至 {day(result.as_of)}", "可以计入的报表" if record.remark else ""
    if record.days_late:
        stands += f"仍未收到{what}，已逾期 {record.days_late} 天。请尽快填报并发回"
    elif record.deadline:
        left = (record.deadline - result.as_of).days
        stands += f"尚未收到{what}，{f'还有 {left} 天' if left else '今天到期'}。请按时填报并发回"
    else:
        stands += f"尚未收到{what}。请尽快填报并发回"
    return (
        f"贵单位 {result.period.said}{result.form.title}{due}，{stands}；已经发出的，请告知发出日期和邮箱，以便查找。"
    )


def day(on: date) -> str:
    """``2024 年 1 月 31 日``."""
    return f"{on.year} 年 {on.month} 月 {on.day} 日"
