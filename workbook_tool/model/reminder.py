"""What is said to an agency that has not filed: the same words in the workbook and in a mail."""

from __future__ import annotations

from datetime import date

from workbook_tool.model.result import AgencyRecord, Consolidation


def reminder(result: Consolidation, record: AgencyRecord) -> str:
    """The words to send, ready to copy: what is due, since when, what to do, and whom to ask."""
    title = f" {result.year} 年度{result.form.title}"
    due = f"应于 {day(record.deadline)}前报送" if record.deadline else "应当报送"
    if record.days_late:
        stands = f"截至 {day(result.as_of)}仍未收到，已逾期 {record.days_late} 天。请尽快填报并发回"
    elif record.deadline and not record.days_late:
        stands = f"截至 {day(result.as_of)}尚未收到。请按时填报并发回"
    else:
        stands = f"截至 {day(result.as_of)}尚未收到。请尽快填报并发回"
    also = f"此前情况：{record.remark}。" if record.remark else ""
    call = f"联系：{result.contact}。" if result.contact else ""
    return (
        f"{record.agency.name}：贵单位{title}{due}，{stands}；已经发出的，请告知发出日期和邮箱，以便查找。{also}{call}"
    )


def day(on: date) -> str:
    """``2024 年 1 月 31 日``."""
    return f"{on.year} 年 {on.month} 月 {on.day} 日"
