"""Decide: which decision holds where several workbooks speak of one problem.

The newer run's workbook wins; of one run's the one put into the folder of decisions, then the one saved later. Whoever
changed words that were already there knew them; whoever typed others without having seen them disagrees.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from msgspec.structs import replace

from workbook_tool.model.judging.correction import TypedNumber
from workbook_tool.model.judging.follow_up import Decision
from workbook_tool.model.season.history import UNDONE, Conflict, Decided, Reviewed, Typed
from workbook_tool.model.text import squash

Ages = Mapping[str, tuple[str, int]]
"""By name of a run, what sorts it among the others."""


def decide(
    workbooks: Sequence[Reviewed],
    remembered: Iterable[Decision] = (),
    ages: Ages = MappingProxyType({}),
    corrected: Sequence[TypedNumber] = (),
) -> Decided:
    """The decisions of all workbooks together, and the numbers typed for 代改. ``remembered`` and ``corrected`` are those
    of earlier runs: they live on where their row is not there any more, because the workbook is gone, cannot be read, or is
    another run's under the same name by now. ``ages`` tell of the runs that the ledger knows which is newer: a withdrawn
    one may bear any date."""
    there = {(standing(workbook.file), workbook.run): workbook.keys for workbook in workbooks}
    lost = [
        Reviewed(decision.file, decision.run, typed=(Typed(decision),))
        for decision in sorted(remembered, key=lambda d: (d.run, d.file, d.key))
        if decision.key not in there.get((standing(decision.file), decision.run), ())
    ]
    understood = {typed.spot: typed.item for typed in corrected}
    lost += [
        Reviewed(typed.file, typed.run, numbers=(typed,))
        for typed in sorted(corrected, key=lambda t: (t.run, t.file, t.key, t.cell))
        if typed.key not in there.get((standing(typed.file), typed.run), ())
    ]
    decisions: dict[str, Decision] = {}
    conflicts: list[Conflict] = []
    for workbook in sorted([*lost, *workbooks], key=lambda workbook: rank(workbook, ages)):
        for typed in workbook.typed:
            new, old = typed.decision, decisions.get(typed.decision.key)
            if old and disagree(old, typed):
                conflicts.append(Conflict(new, old))
            decisions[new.key] = new
    warnings = (
        warning for workbook in sorted(workbooks, key=lambda one: rank(one, ages)) for warning in workbook.warnings
    )
    ordered = sorted([*lost, *workbooks], key=lambda one: rank(one, ages))
    numbers = (replace(typed, item=understood.get(typed.spot, "")) for one in ordered for typed in one.numbers)
    return Decided(dict(sorted(decisions.items())), tuple(conflicts), tuple(dict.fromkeys(warnings)), tuple(numbers))


def rank(workbook: Reviewed, ages: Ages) -> tuple[str, int, bool, str, str]:
    """What decides between workbooks, the weightiest first: ``2024-02-05-10`` is newer than ``2024-02-05-9``."""
    day, _, number = workbook.run.rpartition("-")
    age = ages.get(workbook.run) or (day, int(number) if number.isdecimal() else 0)
    return *age, workbook.aside, workbook.modified, workbook.file


def standing(file: str) -> str:
    """Where a workbook lay before its run was withdrawn: it is the same one."""
    return file.replace(f"{UNDONE}/", "")


def disagree(old: Decision, typed: Typed) -> bool:
    """Whether this was typed on the same values, in other words, by someone who did not see the older decision."""
    new = typed.decision
    same_words = (old.opinion, squash(old.remark)) == (new.opinion, squash(new.remark))
    saw = squash(typed.was) == squash(f"{old.opinion}\n{old.remark}")
    return old.grounds == new.grounds and not same_words and not saw
