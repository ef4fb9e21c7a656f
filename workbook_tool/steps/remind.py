"""Remind: the words to send to every agency that has not filed and is past or near its deadline (催报)."""

from __future__ import annotations

from datetime import date

from workbook_tool.model.letter import Letter
from workbook_tool.model.result import MISSING, AgencyRecord, Consolidation, State

NEAR = 7
"""So many days before its deadline an agency is reminded of it."""


def remind(result: Consolidation) -> tuple[Letter, ...]:
    """A letter for each agency to be chased, in roster order. Whoever need not report this year, or whose file is just
    arriving, is left alone."""
    return tuple(letter(record, result) for record in result.agencies if is_chased(record, result))


def is_chased(record: AgencyRecord, result: Consolidation) -> bool:
    if record.state != MISSING or files_of(record, result, State.ARRIVING):
        return False
    return record.deadline is None or (record.deadline - result.as_of).days <= NEAR


def files_of(record: AgencyRecord, result: Consolidation, *states: State) -> list[str]:
    """What came from the agency for this year and ended in one of these states: the file and why."""
    return [
        f"“{file.source.path}”{file.state.label}：{file.reason}"
        for file in result.files
        if file.agency == record.agency and file.state in states and file not in result.of_other_years
    ]


def letter(record: AgencyRecord, result: Consolidation) -> Letter:
    agency, form = record.agency, result.form
    what = f"{result.year}年度《{form.title}》"
    subject = f"{'催报' if is_late(record, result.as_of) else '提醒'}：{what}（{agency.name}）"
    unusable = files_of(record, result, State.UNREADABLE, State.FOREIGN, State.ATTACHMENT)
    came = [f"此前收到过贵单位的文件，但没有能计入：{'；'.join(unusable)}。请据此更正后重新报送。"] if unusable else []
    basis = f"（{form.basis}）" if form.basis else ""
    lines = [
        f"{agency.name}：",
        "",
        f"贵单位（代码 {agency.code}）{what}{basis}填报表：{standing(record, result.as_of)}",
        *came,
        f"请用下发给贵单位的填报表（文件名以 {agency.code} 开头）填报，核对各表上方显示“✔”后，以 .xlsx 文件发回本邮箱。"
        "没有收到或找不到填报表的，请回复本邮件，我们重新发送。",
        "确实没有发生的事项填 0；本年不应报送的，请来函说明。已经报送的，请告知报送日期和方式，以便查找。",
        "",
        *([f"联系人：{result.contact}"] if result.contact else []),
        result.region,
        chinese(result.as_of),
    ]
    return Letter(agency, subject, "\n".join(lines) + "\n")


def is_late(record: AgencyRecord, as_of: date) -> bool:
    return record.deadline is None or as_of > record.deadline


def standing(record: AgencyRecord, as_of: date) -> str:
    """How the agency stands against its deadline, in a sentence."""
    if record.deadline is None:
        return "至今没有收到，请尽快报送。"
    due, days = f"报送截止日期为{chinese(record.deadline)}", (as_of - record.deadline).days
    if days > 0:
        return f"{due}，至今没有收到，已逾期 {days} 天，请尽快报送。"
    return f"{due}，" + (f"还有 {-days} 天，请按时报送。" if days else "今天到期，请今天报送。")


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
