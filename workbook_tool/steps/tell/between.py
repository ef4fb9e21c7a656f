"""Tell: what changed between two published runs: where agencies stand, their problems, their numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.published import PublishedRun

NUMBER = ("period", "form", "agency_code", "table", "row", "column")
PROBLEM = ("period", "form", "agency_code", "rule", "table", "row", "column")
Row = Mapping[str, str]


def between(before: PublishedRun, after: PublishedRun) -> str:
    """Everything that differs, by agency."""
    names = {code: agency.name for run in (before, after) for (code, *_), agency in run.agencies.items()}
    codes = sorted(names)
    lines = [f"{before.name} → {after.name}"]
    count = 0
    for code in codes:
        told = [*states(before, after, code), *problems(before, after, code), *numbers(before, after, code)]
        if told:
            count += 1
            lines += [f"{code} {names[code]}", *(f"  {line}" for line in told)]
    lines += region(before, after)
    lines.insert(1, f"有变化的 {count} 家，没有变化的 {len(codes) - count} 家。")
    return safe_text("\n".join(lines)) + "\n"


def states(before: PublishedRun, after: PublishedRun, code: str) -> list[str]:
    """Where the agency stood, and stands."""
    told = []
    for key in sorted({key for run in (before, after) for key in run.agencies if key[0] == code}):
        was, now = (run.agencies[key].state if key in run.agencies else "" for run in (before, after))
        what = "，".join(part for part in key[1:] if part)
        told += [f"状态{f'（{what}）' if what else ''}：{label(was)} → {label(now)}"] if was != now else []
    return told


def label(state: str) -> str:
    """The word for a state, of whatever program."""
    known = {each.value: each.label for each in AgencyState}
    return known.get(state, state or "不在名单")


def keyed(rows: Sequence[Row], code: str, key: Sequence[str]) -> dict[tuple[str, ...], Row]:
    """An agency's rows by what makes them the same in another run."""
    return {tuple(row.get(part, "") for part in key): row for row in rows if row.get("agency_code", "") == code}


def problems(before: PublishedRun, after: PublishedRun, code: str) -> list[str]:
    """The problems that came, and those that went."""
    was = {key: row for key, row in keyed(before.findings, code, PROBLEM).items() if row.get("status") != "fixed"}
    now = {key: row for key, row in keyed(after.findings, code, PROBLEM).items() if row.get("status") != "fixed"}
    came = [f"新出现的问题 {row['rule']}：{row['message']}" for key, row in now.items() if key not in was]
    went = [f"没有了的问题 {row['rule']}：{row['message']}" for key, row in was.items() if key not in now]
    return [*came, *went]


def numbers(before: PublishedRun, after: PublishedRun, code: str) -> list[str]:
    """The numbers that are not what they were."""
    was, now = (keyed(run.values, code, NUMBER) for run in (before, after))
    if not was or not now:
        return [f"计入的数：{len(was)} 个 → {len(now)} 个"] if len(was) != len(now) else []
    told = []
    for key in dict.fromkeys((*was, *now)):
        old, new = (rows[key].get("value", "") if key in rows else "空白" for rows in (was, now))
        if old != new:
            *_, table, row, column = key
            told.append(f"{table}「{row}」×「{column}」：{old} → {new}")
    return told


def region(before: PublishedRun, after: PublishedRun) -> list[str]:
    """What concerns no single agency."""
    told = problems(before, after, "")
    return ["全区", *(f"  {line}" for line in told)] if told else []
