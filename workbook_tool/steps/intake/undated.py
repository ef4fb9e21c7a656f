"""Undated: a file that does not say its period is of the one that was reported when it came, not of every later one too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.text import safe_text

Read = Submission | FileRecord
Places = Mapping[tuple[str, str], Period]
"""By sha256 and path, the period that was reported when a file was first seen there."""


def dated_by_arrival(read: Sequence[Read], reported: Mapping[str, Period], seen: Mapping[str, Places]) -> list[Read]:
    """The same files; those of a form that say no period, and lay in the same place in an earlier one, or in one from which
    they were moved since, as filings of that. What came since says itself what it is, or is of the period that is
    ``reported`` now."""
    there = {place_of(one) for one in read}
    moved = {form: {key[0]: then for key, then in places.items() if key not in there} for form, places in seen.items()}
    return [dated(one, reported, seen, moved) if isinstance(one, Submission) else one for one in read]


def place_of(one: Read) -> tuple[str, str]:
    """The bytes of a file and where it lies, as the ledger knows them."""
    return one.source.sha256, safe_text(one.source.path)


def dated(
    one: Submission,
    reported: Mapping[str, Period],
    seen: Mapping[str, Places],
    moved: Mapping[str, Mapping[str, Period]],
) -> Read:
    """A filing, of the period in which it came where it says none."""
    of = one.identity
    then = seen.get(of.form, {}).get(place_of(one)) or moved.get(of.form, {}).get(one.source.sha256)
    now = reported.get(of.form)
    if of.period is not None or then is None or now is None or then == now:
        return one
    if then.kind is PeriodKind.YEAR:
        reason = f"没有写明报告年度，{then.spaced}的汇总时已经收到，本次汇总 {now.spaced}"
        return FileRecord(one.source, State.FOREIGN, reason, of.agency, then, of.form)
    findings = tuple(told(finding, now, then) for finding in one.findings)
    return replace(one, identity=replace(of, period=then), findings=findings)


def told(finding: Finding, now: Period, then: Period) -> Finding:
    """What is said of it, with the period that it counts for."""
    return replace(finding, message=finding.message.replace(f"暂按 {now.spaced}计入。", f"暂按 {then.spaced}计入。"))
