"""What is said to an agency that has not filed: the same words in the workbook and in a mail."""

from __future__ import annotations

from datetime import date

from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.turnout import first_of
from workbook_tool.model.season.agency import AgencyRecord, AgencyState
from workbook_tool.model.season.periods import Owed
from workbook_tool.model.workbook.result import Consolidation

NAMED = 50
"""So many agencies a letter to a region names; the region knows the others."""
REMINDERS = "reminders"
"""The folder of the drafts, below the run folder."""


def is_chased(record: AgencyRecord, result: Consolidation) -> bool:
    """Whether an agency is to be reminded of the reported period: it has no file, and is past its deadline or near it, or
    has none."""
    if record.state is not AgencyState.MISSING or is_left_alone(record, result):
        return False
    return record.is_near(result.as_of)


def is_left_alone(record: AgencyRecord, result: Consolidation) -> bool:
    """Whether an agency is to be reminded of nothing: a file of it is arriving, or there are folders that could not be
    looked into."""
    came = result.came_from.get(record.agency, ())
    return bool(result.unlisted) or any(file.state is State.ARRIVING for file in came)


def owing(record: AgencyRecord, result: Consolidation) -> tuple[Owed, ...]:
    """All that an agency is to be reminded of, the oldest first."""
    earlier = () if is_left_alone(record, result) else result.owed.get(record.agency.code, ())
    return (*earlier, Owed(result.period, record.deadline)) if is_chased(record, result) else earlier


def reminder(result: Consolidation, record: AgencyRecord) -> str:
    """The words to send, ready to copy, and whom to ask."""
    if record in result.lacking:
        return f"{record.agency.name}：{plea_below(result, record)}"
    also = f"此前情况：{record.remark}。" if record.remark and record.file is None else ""
    call = f"联系：{result.run.settings.contact}。" if result.run.settings.contact else ""
    return f"{record.agency.name}：{plea(result, record)}{also}{call}"


def plea(result: Consolidation, record: AgencyRecord) -> str:
    """What is due, since when, and what to do."""
    owed = owing(record, result) or (Owed(result.period, record.deadline),)
    what = "可以计入的报表" if record.remark and record.file is None else ""
    stands = f"截至 {day(result.as_of)}"
    late = any(one.deadline is None or one.deadline < result.as_of for one in owed)
    then = f"请{'尽快' if late else '按时'}填报并发回；已经发出的，请告知发出日期和邮箱，以便查找。"
    if len(owed) > 1:
        listed = "；".join(f"{one.period.said}（{by_when(one, result.as_of)}）" for one in owed)
        return f"贵单位的{result.form.title}，{stands}有 {len(owed)} 期没有收到{what}：{listed}。{then}"
    (one,) = owed
    due = f"应不迟于 {day(one.deadline)}报送" if one.deadline else "应当报送"
    left = "，".join(filter(None, (f"{'仍' if one.deadline and late else '尚'}未收到{what}", one.words(result.as_of))))
    return f"贵单位 {one.period.said}{result.form.title}{due}，{stands}{left}。{then}"


def by_when(owed: Owed, today: date) -> str:
    """``应不迟于 2024 年 2 月 5 日报送，已逾期 7 天``."""
    return f"应不迟于 {day(owed.deadline)}报送，{owed.words(today)}" if owed.deadline else "应当报送"


def plea_below(result: Consolidation, record: AgencyRecord) -> str:
    """What a region is asked whose result came without all that is due there: whom to chase, as it tells that itself."""
    told = result.told_below[record.agency.code or record.agency.name]
    within = {one.code: f"{one.name.removeprefix(f'{told[0].name}·')}·" for one in told[1:]}
    names = tuple(f"{within.get(one.code, '')}{name}" for one in told for name in one.missing)
    back = sum(len(one.returned) for one in told)
    due = f"，应不迟于 {day(record.deadline)}报送" if record.deadline else ""
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
