"""Settle: the one state of every file, and which of an agency's files counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from workbook_tool.model.finding import Finding
from workbook_tool.model.form import Form
from workbook_tool.model.result import MISSING, AgencyRecord, Checked, FileRecord, State
from workbook_tool.model.rules import Severity
from workbook_tool.model.settings import Policy, Roster, Settings
from workbook_tool.model.submission import Agency


def settle(records: Sequence[FileRecord], form: Form, policy: Policy) -> list[FileRecord]:
    """Of several readable files of one agency the newest counts; the others are superseded, with the reason.

    Newest: the higher round of the hidden identity, else the later mail, else the later modification time. Where that
    decided, or the cover's date says otherwise, there is an explain. An empty form is no version beside a filled one,
    and neither is a file that may be another agency's beside one that is certain.
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
    filled = [r for r in versions if has_figures(r, form)] or versions
    sure = [r for r in filled if not disputed(r, form)] or filled
    *older, newest = sorted(sure, key=recency)
    aside = [set_aside(r, newest, BLANK_FORM) for r in versions if r not in filled]
    aside += [set_aside(r, newest, UNSURE) for r in filled if r not in sure]
    doubted = [r for r in older if (guessed(newest, r) or cover_disagrees(newest, r)) and not same_numbers(newest, r)]
    counts = doubt(newest, doubted, form, policy) if doubted else newest
    return [counts, *(supersede(record, counts) for record in older), *aside]


BLANK_FORM, UNSURE = "空白表，未作为新的一版", "单位存疑，不取代单位明确的一份"


def has_figures(record: FileRecord, form: Form) -> bool:
    """Whether anything was filled in or answered; sums that formulas made of nothing are no figures."""
    assert record.checked is not None
    submission = record.checked.submission
    if submission.identity.nil:
        return True
    return any(
        (reading.state == "number" and not reading.signed_nil and (reading.number or not item.total))
        or (reading.state == "unusable" and not item.total)
        for item, reading in zip(form.items, submission.readings, strict=True)
    )


def disputed(record: FileRecord, form: Form) -> bool:
    """Whether it is to be explained whose file this is."""
    assert record.checked is not None
    rule = form.rule_of_kind("agency").id
    return any(f.rule == rule and f.severity is not Severity.NOTE for f in record.checked.findings)


def same_numbers(one: FileRecord, other: FileRecord) -> bool:
    """Whether two files report the same: it does not matter then which of them counts."""
    return reported(one) == reported(other)


def reported(record: FileRecord) -> tuple[object, ...]:
    """What a file comes to, wherever its cells stand."""
    assert record.checked is not None
    identity, readings = record.checked.submission.identity, record.checked.submission.readings
    values = tuple((r.state, r.number, r.shown if r.state == "unusable" else "") for r in readings)
    return identity.agency, identity.year, identity.scope, frozenset(identity.nil), values


def set_aside(record: FileRecord, newest: FileRecord, why: str) -> FileRecord:
    """A file that is no version beside the one that counts, whatever its date."""
    return replace(record, state=State.SUPERSEDED, reason=f"{why}；以“{newest.source.path}”为准")


def recency(record: FileRecord) -> tuple[int, float, float, str]:
    """What decides between versions, the weightiest first. A modification time stands in for a mail's date only where
    there is none, and decides between two files of one mail."""
    sent, modified = sent_at(record), record.source.modified
    return round_of(record), sent.timestamp() if sent else modified, modified, record.source.path


def round_of(record: FileRecord) -> int:
    assert record.checked is not None
    return record.checked.submission.identity.round


def filed_on(record: FileRecord) -> date | None:
    """The date on the cover."""
    assert record.checked is not None
    return record.checked.submission.identity.filed_on


def sent_at(record: FileRecord) -> datetime | None:
    """When the mail was sent that brought the file."""
    return record.source.mail.sent if record.source.mail else None


BY_ROUND, BY_MAIL, BY_TIME, BY_NAME = "轮次", "邮件日期", "文件修改时间", "文件名"


def decided_by(newest: FileRecord, older: FileRecord) -> str:
    """The first rule that tells the two apart."""
    if round_of(newest) != round_of(older):
        return BY_ROUND
    if sent_at(newest) and sent_at(older) and sent_at(newest) != sent_at(older):
        return BY_MAIL
    return BY_TIME if recency(newest)[:-1] != recency(older)[:-1] else BY_NAME


def guessed(newest: FileRecord, older: FileRecord) -> bool:
    """Whether only something that any copying changes tells the two apart."""
    return decided_by(newest, older) in (BY_TIME, BY_NAME)


def cover_disagrees(newest: FileRecord, older: FileRecord) -> bool:
    """Whether the older of the two has the later date on its cover."""
    ours, theirs = filed_on(newest), filed_on(older)
    return ours is not None and theirs is not None and theirs > ours


def supersede(record: FileRecord, newest: FileRecord) -> FileRecord:
    equal = "轮次和邮件日期都相同" if sent_at(record) and sent_at(record) == sent_at(newest) else "轮次相同"
    why = {
        BY_ROUND: f"轮次 {round_of(record)}，早于 {round_of(newest)}",
        BY_MAIL: f"轮次相同，邮件日期较早：{sent_at(record):%Y-%m-%d %H:%M}" if sent_at(record) else "",
        BY_TIME: f"{equal}，文件修改时间较早",
        BY_NAME: "轮次和文件修改时间都相同，按文件名排列",
    }[decided_by(newest, record)]
    same = "；数字完全相同" if same_numbers(newest, record) else ""
    passed = "；上一版曾通过" if newest.state is State.RETURNED and record.state is not State.RETURNED else ""
    return replace(record, state=State.SUPERSEDED, reason=f"已由“{newest.source.path}”取代（{why}）{same}{passed}")


def doubt(newest: FileRecord, others: list[FileRecord], form: Form, policy: Policy) -> FileRecord:
    """The newest file with a finding that only its modification time says so, or that a cover says otherwise."""
    assert newest.checked is not None
    rule = form.rule_of_kind("version")
    names = "、".join(f"“{r.source.path}”" for r in others)
    by = max((decided_by(newest, r) for r in others), key=(BY_ROUND, BY_MAIL, BY_TIME, BY_NAME).index)
    later = [r for r in others if cover_disagrees(newest, r)]
    doubtful = f"但“{later[0].source.path}”封面的填报日期更晚（{filed_on(later[0])}）。" if later else ""
    message = (
        f"{newest.checked.submission.identity.name}：按{by}以“{newest.source.path}”为准，{names}作旧版。"
        f"{doubtful}{rule.words}"
    )
    finding = Finding(rule.id, policy.weigh(rule), message, rule.advice)
    checked = Checked(newest.checked.submission, (*newest.checked.findings, finding), newest.checked.verdicts)
    return replace(newest, state=checked.state, reason=checked.reason, checked=checked)


def agency_records(
    records: Iterable[FileRecord], roster: Roster, settings: Settings, as_of: date
) -> list[AgencyRecord]:
    """Where each agency stands, in roster order (without a roster: those that filed, by code)."""
    files = list(records)
    standing = (State.COUNTED, State.HELD, State.RETURNED, State.EXCLUDED)
    counting = {r.agency.name: r for r in files if r.agency and r.state in standing}
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
    sent = sent_at(file)
    came, source = (sent.date(), "邮件日期") if sent else (filed_on(file), "封面日期")
    if came is None or deadline is None:
        return AgencyRecord(agency, file.state.value, "unknown", "", file, remark)
    return AgencyRecord(agency, file.state.value, "on_time" if came <= deadline else "late", source, file, remark)


def remarks(file: FileRecord | None, files: list[FileRecord]) -> str:
    """What else there is of this agency: files that could not be used, and earlier versions."""
    said = [
        f"“{r.source.path}”{r.state.label}：{r.reason}"
        for r in files
        if r.state in (State.UNREADABLE, State.FOREIGN, State.ARRIVING)
    ]
    older = [r for r in files if r.state is State.SUPERSEDED]
    said += [f"“{r.source.path}”{r.reason}" for r in older if r.reason.startswith(UNSURE)]
    if older and any("上一版曾通过" in r.reason for r in older):
        said.insert(0, "上一版曾通过")
    elif older:
        said.append(f"另有旧版 {len(older)} 份")
    return "；".join(said)
