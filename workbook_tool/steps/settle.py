"""Settle: the one state of every file, and which of an agency's files counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from workbook_tool.model.finding import Finding
from workbook_tool.model.form import Form
from workbook_tool.model.result import MISSING, AgencyRecord, Checked, FileRecord, State
from workbook_tool.model.settings import Policy, Roster, Settings
from workbook_tool.model.submission import Agency, SourceFile


def duplicates(sources: Sequence[SourceFile]) -> dict[str, str]:
    """Files with the same bytes as another: path to the path that keeps its state (the first in byte order)."""
    first: dict[str, str] = {}
    twice: dict[str, str] = {}
    for source in sorted(sources, key=lambda s: s.path.encode("utf-8", "surrogateescape")):
        if source.sha256 in first:
            twice[source.path] = first[source.sha256]
        else:
            first[source.sha256] = source.path
    return twice


def settle(records: Sequence[FileRecord], form: Form, policy: Policy) -> list[FileRecord]:
    """Of several readable files of one agency the newest counts; the others are superseded, with the reason.

    Newest: the higher round of the hidden identity, else the later modification time, which is then an explain.
    """
    by_agency: dict[str, list[FileRecord]] = defaultdict(list)
    for record in records:
        if record.checked and record.agency:
            by_agency[record.agency.name].append(record)
    settled = {r.source.path: r for r in records}
    for versions in by_agency.values():
        if len(versions) > 1:
            for record in rank(versions, form, policy):
                settled[record.source.path] = record
    return [settled[r.source.path] for r in records]


def rank(versions: list[FileRecord], form: Form, policy: Policy) -> list[FileRecord]:
    """The newest first, the others superseded by it."""
    ordered = sorted(versions, key=lambda r: (round_of(r), r.source.modified, r.source.path))
    newest, older = ordered[-1], ordered[:-1]
    rivals = [r for r in older if round_of(r) == round_of(newest)]
    if rivals:
        newest = doubt(newest, rivals, form, policy)
    return [newest, *(supersede(record, newest) for record in older)]


def round_of(record: FileRecord) -> int:
    assert record.checked is not None
    return record.checked.submission.identity.round


def filed_on(record: FileRecord) -> date:
    """The date on the cover; the beginning of time where there is none."""
    assert record.checked is not None
    return record.checked.submission.identity.filed_on or date.min


def supersede(record: FileRecord, newest: FileRecord) -> FileRecord:
    if round_of(record) != round_of(newest):
        why = f"轮次 {round_of(record)}，早于 {round_of(newest)}"
    elif record.source.modified < newest.source.modified:
        why = "轮次相同，文件修改时间较早"
    else:
        why = "轮次和文件修改时间都相同，按文件名排列"
    passed = "；上一版曾通过" if newest.state is State.RETURNED and record.state is not State.RETURNED else ""
    return replace(record, state=State.SUPERSEDED, reason=f"已由“{newest.source.path}”取代（{why}）{passed}")


def doubt(newest: FileRecord, others: list[FileRecord], form: Form, policy: Policy) -> FileRecord:
    """The newest file with a finding that only its modification time says so."""
    assert newest.checked is not None
    rule = form.rule_of_kind("version")
    names = "、".join(f"“{r.source.path}”" for r in others)
    later = [r for r in others if filed_on(r) > filed_on(newest)]
    doubtful = f"但“{later[0].source.path}”封面的填报日期更晚（{filed_on(later[0])}）。" if later else ""
    message = f"{newest.checked.submission.identity.name}：按文件修改时间以“{newest.source.path}”为准，{names}作旧版。{doubtful}{rule.words}"
    finding = Finding(rule.id, policy.weigh(rule), message, rule.advice)
    checked = Checked(newest.checked.submission, (*newest.checked.findings, finding), newest.checked.verdicts)
    return replace(newest, state=checked.state, reason=checked.reason, checked=checked)


def agency_records(
    records: Iterable[FileRecord], roster: Roster, settings: Settings, as_of: date
) -> list[AgencyRecord]:
    """Where each agency stands, in roster order (without a roster: those that filed, by code)."""
    files = list(records)
    counting = {r.agency.name: r for r in files if r.agency and r.state in (State.COUNTED, State.HELD, State.RETURNED)}
    known = roster.agencies or tuple(sorted({r.agency for r in counting.values() if r.agency}, key=lambda a: a.code))
    return [
        agency_record(
            agency,
            counting.get(agency.name),
            [r for r in files if r.agency and r.agency.name == agency.name],
            settings,
            as_of,
        )
        for agency in known
        if agency.due(settings.year) or agency.name in counting
    ]


def agency_record(
    agency: Agency, file: FileRecord | None, files: list[FileRecord], settings: Settings, as_of: date
) -> AgencyRecord:
    deadline = agency.deadline or settings.deadline
    remark = remarks(file, files)
    if file is None or file.checked is None:
        overdue = deadline is None or as_of > deadline
        return AgencyRecord(agency, MISSING, "missing" if overdue else "not_due", "", None, remark)
    filed_on = file.checked.submission.identity.filed_on
    if filed_on is None or deadline is None:
        return AgencyRecord(agency, file.state.value, "unknown", "", file, remark)
    timeliness = "on_time" if filed_on <= deadline else "late"
    return AgencyRecord(agency, file.state.value, timeliness, "封面日期", file, remark)


def remarks(file: FileRecord | None, files: list[FileRecord]) -> str:
    """What else there is of this agency: files that could not be used, and earlier versions."""
    said = [
        f"“{r.source.path}”{r.state.label}：{r.reason}" for r in files if r.state in (State.UNREADABLE, State.FOREIGN)
    ]
    older = [r for r in files if r.state is State.SUPERSEDED]
    if older and any("上一版曾通过" in r.reason for r in older):
        said.insert(0, "上一版曾通过")
    elif older:
        said.append(f"另有旧版 {len(older)} 份")
    return "；".join(said)
