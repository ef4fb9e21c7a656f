"""What is said to an agency that has not filed: the same words in the workbook and in a mail."""

from __future__ import annotations

from datetime import date

from workbook_tool.model.intake.turnout import first_of
from workbook_tool.model.season.agency import AgencyRecord
from workbook_tool.model.workbook.result import Consolidation

NAMED = 50
"""So many agencies a letter to a region names; the region knows the others."""
REMINDERS = "reminders"
"""The folder of the drafts, below the run folder."""


def reminder(result: Consolidation, record: AgencyRecord) -> str:
    """The words to send, ready to copy, and whom to ask."""
    if record in result.lacking:
        return f"{record.agency.name}：{plea_below(result, record)}"
    also = f"此前情况：{record.remark}。" if record.remark else ""
    call = f"联系：{result.run.settings.contact}。" if result.run.settings.contact else ""
    return f"{record.agency.name}：{plea(result, record)}{also}{call}"


def plea(result: Consolidation, record: AgencyRecord) -> str:
    """What is due, since when, and what to do."""
    due = f"应于 {day(record.deadline)}前报送" if record.deadline else "应当报送"
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


def plea_below(result: Consolidation, record: AgencyRecord) -> str:
    """What a region is asked whose result came without all that is due there: whom to chase, as it tells that itself."""
    told = result.told_below[record.agency.code or record.agency.name]
    within = {one.code: f"{one.name.removeprefix(f'{told[0].name}·')}·" for one in told[1:]}
    names = tuple(f"{within.get(one.code, '')}{name}" for one in told for name in one.missing)
    back = sum(len(one.returned) for one in told)
    due = f"，应于 {day(record.deadline)}前报送" if record.deadline else ""
    late = (result.as_of - record.deadline).days if record.deadline else 0
    stands = f"，已逾期 {late} 天" if late > 0 else ""
    more = f"；另有 {back} 家退回待改" if back else ""
    return (
        f"贵地区报来的 {result.period.said}{result.form.title}汇总结果（{told[0].run}）中，还有 {len(names)} 家没有报{due}{stands}："
        f"{first_of(names, NAMED)}{more}。请催报、审核，收齐以后重新汇总，把新的结果文件夹报来。"
    )


def day(on: date) -> str:
    """``2024 年 1 月 31 日``."""
    return f"{on.year} 年 {on.month} 月 {on.day} 日"
