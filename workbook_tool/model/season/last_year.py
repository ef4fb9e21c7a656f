"""Last year: the accepted values of the year before, by agency. Where nothing is known, rules are silent."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.model.form.constraints import PREVIOUS
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.submission import Agency

LARGEST = 10**15
"""Sums that reach this are not what any form holds; beyond it the arithmetic of rules would not be exact."""
Values = Mapping[int, int]
"""Item index to exact number, counted in the smallest unit of its item."""
Passages = Mapping[str, str]
"""What the text of a report says, by the id of what is gathered."""


class Previous(Struct, frozen=True):
    """What agencies filed for the ``period`` directly before, by their codes, as they filed it last; ``unaccepted`` are
    those whose filing was not accepted. ``restarts`` are the items that begin at 0 with the period that follows."""

    period: Period
    values: Mapping[str, Values] = field(default_factory=dict)
    unaccepted: frozenset[str] = frozenset()
    restarts: frozenset[int] = frozenset()

    def of(self, agency: Agency) -> Values:
        """The agency's numbers, under the index that says that they are of the period before."""
        found = dict(self.values.get(agency.code, {})) | dict.fromkeys(self.restarts, 0)
        return {PREVIOUS + index: number for index, number in found.items()}


class LastYear(Struct, frozen=True):
    """Accepted values of a ``period`` by the agencies' codes of that time, and the ``source`` they come from.

    ``names`` are the agencies' names as the source has them, by code. ``sha256`` is that of the source. ``problem`` says
    why a source that was found could not be read; then all is unknown. ``doubts`` are sentences about what people should
    look at in it. ``said`` is what their reports said, by code. ``previous`` is what is known of the period
    directly before, of forms that are filed more than once a year. ``apart`` are the items that are never added, such as
    percentages. ``claimed`` are the codes that were another agency's then: who has one of them now was not there.
    """

    period: Period | None = None
    source: str = ""
    values: Mapping[str, Values] = field(default_factory=dict)
    sha256: str | None = None
    problem: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()
    previous: Previous | None = None
    apart: frozenset[int] = frozenset()
    said: Mapping[str, Passages] = field(default_factory=dict)
    claimed: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        """Whether there is any value of the year before; without one the rules over two years keep silent."""
        return bool(self.values)

    def named(self, source: str) -> LastYear:
        """The same under another name of its source."""
        return replace(self, source=source)

    def of(self, agency: Agency | None) -> Values:
        """What this agency filed before: a year ago, and for the period directly before."""
        known = self.year_ago(agency)
        return {**known, **self.previous.of(agency)} if self.previous and agency else known

    def year_ago(self, agency: Agency | None) -> Values:
        """What this agency filed a year ago, under its former codes where it had others; merged agencies are added up, and
        a number that one of them lacks, or that cannot be added, is unknown."""
        if agency is None:
            return {}
        renamed = any(code in self.values for code in agency.former if code != agency.code)
        own = () if agency.code in self.claimed.difference(agency.former) else (agency.code,)
        parts = [self.values.get(code, {}) for code in (agency.former if renamed else own)] or [{}]
        shared = set(parts[0]).intersection(*parts[1:]) - (self.apart if len(parts) > 1 else set())
        sums = {index: sum(part[index] for part in parts) for index in sorted(shared)}
        return {index: number for index, number in sums.items() if number < LARGEST}

    def said_by(self, agency: Agency | None) -> Passages:
        """What this agency's report said a year ago, under its former codes where it had others."""
        codes = (agency.code, *agency.former) if agency else ()
        return next((self.said[code] for code in codes if code in self.said), {})

    def after(self, filed: Previous) -> LastYear:
        """The same where these have filed anew for the period before."""
        if self.previous is None:
            return self
        old = self.previous
        unaccepted = (old.unaccepted - filed.values.keys()) | filed.unaccepted
        return replace(self, previous=replace(old, values={**old.values, **filed.values}, unaccepted=unaccepted))

    def doubtful(self, agency: Agency | None) -> bool:
        """Whether the agency's filing for the period before was not accepted."""
        return self.previous is not None and agency is not None and agency.code in self.previous.unaccepted

    @property
    def kind(self) -> PeriodKind:
        """How long its period is."""
        return self.period.kind if self.period else PeriodKind.YEAR

    @property
    def word(self) -> str:
        """What a sentence calls its period: 上年, 上年同期."""
        return self.kind.year_ago

    @property
    def called(self) -> str:
        """What a sentence calls its period, and which that is: ``上年（2023 年）``."""
        return f"{self.word}（{self.period.spaced}）" if self.period else self.word

    @property
    def words(self) -> str:
        """What the workbook and the summary say of it."""
        if self.known:
            return f"{self.called}的数取自“{self.source}”，共 {len(self.values)} 家。{''.join(self.doubts)}"
        if self.problem:
            return f"{self.word}的数没有用上：{self.problem}，跨{self.kind.label}的规则未核对。"
        return f"没有{self.word}的数，跨{self.kind.label}的规则未核对。"


NO_LAST_YEAR = LastYear()
