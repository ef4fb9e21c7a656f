"""Score: the assessment (考核) of every agency from the facts of its filings, each point traceable."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from msgspec.structs import replace

from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Status
from workbook_tool.model.season.agency import AgencyRecord, AgencyState, Timeliness
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.model.season.history import NO_HISTORY, History, PastVersion
from workbook_tool.model.season.score import UNASSESSED, Score, Scorecard, Weights
from workbook_tool.model.workbook.result import Judged

TENTH = Decimal("0.1")
NONE = Decimal(0)


def score(judged: Judged, weights: Weights, history: History = NO_HISTORY) -> Scorecard:
    """The scorecard. What an agency filed first comes from ``history``, else from the file that counts
    now."""
    cells = len(judged.form.items)
    scored = [
        pointed(facts(record, judged, history, weights), weights, cells)
        for record in judged.agencies
        if not record.from_below
    ]
    totals = [s.total for s in scored if s.total is not None]
    ranked = [s if s.total is None else replace(s, rank=1 + sum(t > s.total for t in totals)) for s in scored]
    best_first = sorted(ranked, key=lambda s: s.rank or len(ranked) + 1)  # of one rank in roster order
    return Scorecard(weights, cells, tuple(best_first))


def facts(record: AgencyRecord, judged: Judged, history: History, weights: Weights) -> Score:
    """What the points are made of."""
    past = history.versions.get(record.agency.code, ())
    checked = record.file.checked if record.file else None
    came = first_day(record, judged, past) if checked else None
    explains = [f for f in record.findings if f.severity is Severity.EXPLAIN]
    return Score(
        code=record.agency.code,
        name=record.agency.name,
        state=record.state,
        not_due=record.timeliness is Timeliness.NOT_DUE,
        deadline=record.deadline,
        filed_on=came,
        days_late=max(0, (came - record.deadline).days) if came and record.deadline else None,
        blanks=(len(judged.form.items) - len(past[0].numbers) if past else blanks(checked)) if checked else None,
        musts=(len(past[0].musts) if past else sum(f.severity is Severity.MUST for f in record.findings))
        if checked
        else None,
        returned=times_returned(record, past),
        explains=len(explains),
        explained=sum(is_explained(f, checked) for f in explains) if checked else 0,
        counted=tuple(counted(checked, judged, weights)) if checked else (),
    )


def counted(checked: Checked, judged: Judged, weights: Weights) -> Iterator[tuple[str, Decimal]]:
    """The numbers of this form, above 0, that the office takes points off for, with their labels."""
    for code in weights.counted:
        item = judged.form.by_code.get(code)
        if item and (number := checked.submission.number(item)):
            yield item.table.name if item.row.total else item.label, number


def first_day(record: AgencyRecord, judged: Judged, past: tuple[PastVersion, ...]) -> date | None:
    """When the agency first filed: a corrected copy sent after the deadline is not late."""
    days = [record.filed_on, past[0].day if past else None]
    for file in judged.files:
        older = isinstance(file, Filing) and file.behind and file.submission.numbers() and not file.is_beside
        if older and file.agency == record.agency and file.source.mail and file.source.mail.sent:
            days.append(file.source.mail.sent.date())
    return min((day for day in days if day), default=None)


def blanks(checked: Checked) -> int:
    """How many numbers of the form a filing lacks."""
    return sum(reading.number is None for reading in checked.submission.as_filed.readings)


def times_returned(record: AgencyRecord, past: tuple[PastVersion, ...]) -> int:
    """How many different files of the agency went back."""
    back = {version.sha256 for version in past if version.state is State.RETURNED}
    if record.file and record.state is AgencyState.RETURNED:
        back.add(record.file.source.sha256)
    return len(back)


def is_explained(finding: Finding, checked: Checked) -> bool:
    """Whether the agency has said something about it, or the reviewer accepts it."""
    follow_up = finding.follow_up
    if follow_up and (follow_up.explanation or follow_up.status in (Status.EXPLAINED, Status.WAIVED)):
        return True
    return bool(checked.submission.explained(finding.rule, finding.item))


def pointed(told: Score, weights: Weights, cells: int) -> Score:
    """The points for these facts, and why they are not full."""
    if told.not_due:
        return replace(told, reasons="未到期，暂不计分")
    if why := UNASSESSED.get(told.state):
        return replace(told, reasons=why)
    if told.blanks is None or told.musts is None:
        return replace(told, timely=NONE, complete=NONE, accurate=NONE, explain=NONE, reasons="未报，不得分")
    open_points = told.explains - told.explained
    timely = max(NONE, weights.timely - weights.late_per_day * (told.days_late or 0))
    complete = share(weights.complete, cells - told.blanks, cells)
    off = weights.per_must * told.musts + weights.per_return * told.returned
    accurate = max(NONE, weights.accurate - off - weights.per_counted * told.counted_in_all)
    explain = share(weights.explained, told.explained, told.explains)
    lost = {
        f"迟报 {told.days_late} 天": weights.timely - timely if told.days_late else NONE,
        f"首次报送缺数 {told.blanks} 格": weights.complete - complete if told.blanks else NONE,
        faults(told): weights.accurate - accurate,
        f"需说明 {told.explains} 条，未说明 {open_points} 条": weights.explained - explain if open_points else NONE,
    }
    reasons = [f"{why}，扣 {plain(points)} 分" for why, points in lost.items() if points]
    if told.days_late is None:
        reasons.insert(0, "没有截止日期或报送日期，及时不扣分")
    return replace(
        told, timely=timely, complete=complete, accurate=accurate, explain=explain, reasons="；".join(reasons)
    )


def faults(told: Score) -> str:
    """Why accuracy lost points, in words; empty where it lost none."""
    parts = [
        f"首次报送必须改 {told.musts} 条" if told.musts else "",
        f"退回 {told.returned} 次" if told.returned else "",
        *(f"{label} {plain(number)}" for label, number in told.counted),
    ]
    return "、".join(filter(None, parts))


def share(points: Decimal, part: int, whole: int) -> Decimal:
    """A share of the points to one decimal, as Excel's ROUND gives it; all of them where there is nothing to do."""
    return (points * part / whole).quantize(TENTH, ROUND_HALF_UP) if whole else points


def plain(points: Decimal) -> str:
    """Points without exponent or trailing zeros."""
    return f"{points.normalize():f}"
