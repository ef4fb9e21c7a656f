"""What is different: from the last run of an earlier date, and from the result that was signed."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.follow_up import Status
from workbook_tool.model.season.history import NO_HISTORY, NOTHING_DECIDED, Decided, History, PastProblem, PastRun
from workbook_tool.model.season.last_year import Values


class Changes(Struct, frozen=True):
    """What changed since ``since``.

    ``filed`` are the agencies whose first file came since, ``gone`` those that had filed and have no file any more,
    ``left`` the codes that had filed and are in the roster no more. ``counts`` has the problems by status, those that
    are fixed too, as people are told them: as in ``fixed_told``, where several that were ``fixed`` may be one line. ``trend`` are the runs of the season, one a day, oldest first, this one last.
    """

    since: PastRun
    filed: tuple[Agency, ...] = ()
    gone: tuple[Agency, ...] = ()
    left: tuple[str, ...] = ()
    fixed: tuple[PastProblem, ...] = ()
    fixed_told: tuple[PastProblem, ...] = ()
    counts: Mapping[Status, int] = field(default_factory=dict)
    trend: tuple[PastRun, ...] = ()


class Signed(Struct, frozen=True):
    """The signed result of a year: the run, the day it was signed and by whom (empty where nobody said), and its accepted
    values and agencies' names by code. ``sha256`` is that of the mark; ``problem`` says why its values cannot be
    compared."""

    run: str
    day: str
    sha256: str
    values: Mapping[str, Values] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    by: str = ""


class Past(Struct, frozen=True):
    """What a run knows from before: the ledger's history, the reviewers' decisions, and the signed result if there is
    one."""

    history: History = NO_HISTORY
    decided: Decided = NOTHING_DECIDED
    signed: Signed | None = None


NO_PAST = Past()


class Drift(Struct, frozen=True):
    """What passed now and is not as signed.

    ``items`` are (item, signed, now) of the totals that differ; ``changed`` the agencies with such differences of their
    own numbers (None where there is none), ``new`` those that were not in the signed result, ``gone`` (code, name) those
    that no longer pass.
    """

    signed: Signed
    items: tuple[tuple[int, int, int], ...] = ()
    changed: tuple[tuple[Agency, tuple[tuple[int, int | None, int | None], ...]], ...] = ()
    new: tuple[Agency, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()

    @property
    def same(self) -> bool:
        """Whether everything is as signed; False where that cannot be known."""
        return not (self.signed.problem or self.items or self.changed or self.new or self.gone)

    @property
    def words(self) -> str:
        """The banner."""
        by = f"，{self.signed.by} {self.signed.day} 签" if self.signed.by else ""
        signed = f"已定稿（{self.signed.run}{by}）"
        if self.signed.problem:
            return f"{signed}，但未能比较：{self.signed.problem}。"
        if self.same:
            return f"{signed}；本次已通过的数与定稿完全相同。"
        if not self.items:
            return f"{signed}；合计与定稿相同，但有单位的数变了，见“定稿差异”。"
        return f"{signed}；本次已通过的数有 {len(self.items)} 项与定稿不同，见“定稿差异”。"
