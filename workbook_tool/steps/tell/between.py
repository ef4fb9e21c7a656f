"""Tell: what changed between two published runs: where agencies stand, their problems, their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from workbook_tool.model.form.period import named
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.published import PublishedRun

PLACE = ("table", "row", "column")
PROBLEM = ("rule", *PLACE)
Row = Mapping[str, str]
About = tuple[str, str]
"""A form and a period."""


def between(before: PublishedRun, after: PublishedRun) -> str:
    """Everything that differs, by agency, each period held against itself; a period that only one of the two judged is a
    line."""
    both = [about for about in after.judged if about in before.judged]
    names = {
        code: agency.name
        for run in (before, after)
        for (code, *about), agency in run.agencies.items()
        if tuple(about) in both
    }
    lines, count = list[str](), 0
    for code in sorted(names):
        listed = [one for one in both if (code, *one) in {**before.agencies, **after.agencies}]
        if told := [line for one in listed for line in differences(before, after, code, one, len(both) > 1)]:
            count += 1
            lines += [f"{code} {names[code]}", *(f"  {line}" for line in told)]
    told = [line for about in both for line in problems(before, after, "", about)]
    lines += ["全区", *(f"  {line}" for line in told)] if told else []
    head = [f"{before.name} → {after.name}"]
    head += [f"新的一期：{stands(after, about)}" for about in after.judged if about not in both]
    head += [f"后一次没有审核：{stands(before, about)}" for about in before.judged if about not in both]
    if both or not names:
        head.append(f"有变化的 {count} 家，没有变化的 {len(names) - count} 家。")
    return safe_text("\n".join([*head, *lines])) + "\n"


def stands(run: PublishedRun, about: About) -> str:
    """How the agencies of a form and period stand, in a line."""
    counts = Counter(agency.state for (_, *own), agency in run.agencies.items() if tuple(own) == about)
    form, period = about
    figures = "，".join(f"{label(state)} {counts[state]}" for state in AgencyState if counts[state])
    return f"{named(period)}（{form}）：{figures}"


def differences(before: PublishedRun, after: PublishedRun, code: str, about: About, several: bool) -> list[str]:
    """What differs about an agency in a form and period, which are named where there are ``several``."""
    was, now = (run.state(code, *about) for run in (before, after))
    told = [f"状态：{label(was)} → {label(now)}"] if was != now else []
    told += [*problems(before, after, code, about), *numbers(before, after, code, about)]
    form, period = about
    return [f"{named(period)}（{form}）{line}" for line in told] if several else told


def label(state: str) -> str:
    """The word for a state, of whatever program."""
    known = {each.value: each.label for each in AgencyState}
    return known.get(state, state or "不在名单")


def keyed(rows: Sequence[Row], code: str, about: About, key: Sequence[str]) -> dict[tuple[str, ...], Row]:
    """An agency's rows of a form and period, by what makes them the same in another run."""
    own = (code, *about)
    found = (row for row in rows if tuple(row.get(part, "") for part in ("agency_code", "form", "period")) == own)
    return {tuple(row.get(part, "") for part in key): row for row in found}


def problems(before: PublishedRun, after: PublishedRun, code: str, about: About) -> list[str]:
    """The problems that came, those that weigh more or less now, and those that went."""
    was, now = (
        {key: row for key, row in keyed(run.findings, code, about, PROBLEM).items() if row.get("status") != "fixed"}
        for run in (before, after)
    )
    came = [f"新出现的问题 {row['rule']}：{row['message']}" for key, row in now.items() if key not in was]
    weighed = [
        f"问题 {row['rule']} 由{weight(was[key])}变为{weight(row)}：{row['message']}"
        for key, row in now.items()
        if key in was and weight(was[key]) != weight(row)
    ]
    went = [f"没有了的问题 {row['rule']}：{row['message']}" for key, row in was.items() if key not in now]
    return [*came, *weighed, *went]


def weight(row: Row) -> str:
    """The word for what a problem asks of the agency, of whatever program."""
    known = {each.value: each.label for each in Severity}
    severity = row.get("severity", "")
    return known.get(severity, severity)


def numbers(before: PublishedRun, after: PublishedRun, code: str, about: About) -> list[str]:
    """The numbers that are not what they were."""
    was, now = (keyed(run.values, code, about, PLACE) for run in (before, after))
    if not was or not now:
        return [f"计入的数：{len(was)} 个 → {len(now)} 个"] if len(was) != len(now) else []
    told = []
    for key in dict.fromkeys((*was, *now)):
        old, new = (rows[key].get("value", "") if key in rows else "空白" for rows in (was, now))
        if old != new:
            table, row, column = key
            told.append(f"{table}「{row}」×「{column}」：{old} → {new}")
    return told
