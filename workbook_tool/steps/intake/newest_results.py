"""Of several results of one lower level only its newest run counts, as a whole."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.submission import Submission
from workbook_tool.model.workbook.manifest import run_order


def newest_results(read: Sequence[Submission | FileRecord]) -> list[Submission | FileRecord]:
    """The same files; of several results of one region for one form and period only the filings of its newest run are left:
    an agency that it does not pass on any more must not be counted from an older one."""
    newest: dict[tuple[object, ...], Submission] = {}
    for one in read:
        if isinstance(one, Submission) and one.relay and one.relay.added_up:
            newest[about(one)] = max(newest.get(about(one), one), one, key=age)
    return [
        superseded(one, newest[about(one)])
        if isinstance(one, Submission) and one.relay and age(one) < age(newest[about(one)])
        else one
        for one in read
    ]


def about(one: Submission) -> tuple[object, ...]:
    """Of which region a filing was relayed, and for which form and period."""
    assert one.relay is not None
    return one.relay.sender, one.identity.form, one.identity.period


def age(one: Submission) -> tuple[str, int]:
    """What sorts the region's results by the runs that they are of."""
    return run_order(one.relay.run if one.relay else "")


def superseded(one: Submission, newest: Submission) -> FileRecord:
    """The line of a filing out of an older result."""
    assert one.relay is not None and newest.relay is not None
    path = newest.source.path.rpartition("!")[0]
    reason = f"{one.relay.sender}又报来更新的汇总结果“{path}”（{newest.relay.run}，这份是 {one.relay.run}），以新的为准"
    return FileRecord(one.source, State.SUPERSEDED, reason, one.agency, one.identity.period, one.identity.form)
