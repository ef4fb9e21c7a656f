"""Levels: a whole and its parts are never added. Which of them counts, where both have filed.

Three scopes must never be added together: an agency's own report, its office's, and the consolidated one that holds both.
A whole is a filing whose cover (else the roster) gives it the form's consolidated scope; its parts are the agencies below it
in the roster. The parts count where all that are due are accepted, else the whole where that is accepted. What a lower
level passed on are such parts; the sum of them, which we made, never counts beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import Agency, Submission
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.filing import PASSING, Covered, Filing

STANDING = (*PASSING, State.RETURNED)
WHOLE_COUNTS = "以本表计入合计，所属单位的报表只比对，不重复计入"


def choose_levels(filings: Sequence[Filing], form: Form, roster: Roster, period: Period) -> list[Filing]:
    """The filings, each whole whose parts count and each part whose whole counts marked as covered; what is said of
    both (G-LEVEL) says which counts."""
    rule = next((rule for rule in form.rules if rule.kind == "level"), None)
    if rule is None and not any(f.submission.relay for f in filings):
        return list(filings)
    filings = with_rulings_on_regions(filings, roster)
    standing = {f.agency.code: f for f in filings if f.state in STANDING}
    covered = Levels(standing, roster, rule.scope if rule else "", period, form.id).covered()
    if not covered:
        return list(filings)
    stands = {id(f): covered.get(code) for code, f in standing.items()}
    return [with_level(f, stands[id(f)], rule.id if rule else "") if id(f) in stands else f for f in filings]


def with_relayed(roster: Roster, read: Iterable[object]) -> Roster:
    """The roster with the agencies of lower levels whose numbers were passed on, each behind its region; where the office
    has no roster, with all that filed."""
    filed = [one for one in read if isinstance(one, Submission) and one.identity.agency]
    if not any(one.relay for one in filed):
        return roster
    known = {agency.name for agency in roster.agencies}
    new: dict[str, dict[str, Agency]] = {}
    for agency in (one.agency for one in filed if one.agency.name not in known):
        new.setdefault(agency.parent, {})[agency.name] = agency
    top = [*roster.agencies, *new.pop("", {}).values()]
    told = [one for agency in top for one in (agency, *new.get(agency.name, {}).values())]
    return replace(roster, agencies=tuple(told))


def with_rulings_on_regions(filings: Sequence[Filing], roster: Roster) -> list[Filing]:
    """The filings; what a reviewer decided on the sum of what was passed on of a region holds for each of its parts."""
    ruled = {f.agency.name: f.on_file for f in filings if f.submission.added_up and f.on_file}
    return [
        replace(f, on_file=f.on_file or next((ruled[a.name] for a in roster.above(f.agency) if a.name in ruled), None))
        if ruled and f.submission.from_below
        else f
        for f in filings
    ]


def with_level(filing: Filing, covered: Covered | None, rule: str) -> Filing:
    """The filing with what it is covered by; its note on wholes and parts, if any, says which of the two counts."""
    counts = covered.words if covered else WHOLE_COUNTS
    findings = tuple(f.going_on(f"本次{counts}。") if f.rule == rule else f for f in filing.checked.findings)
    return replace(filing, covered=covered, checked=replace(filing.checked, findings=findings))


class Levels(Struct, frozen=True):
    """The filings that stand for their agencies, by code, in the tree of the roster."""

    standing: dict[str, Filing]
    roster: Roster
    scope: str
    period: Period
    form: str

    def covered(self) -> dict[str, Covered]:
        """Why the numbers of an agency stand in no total, by its code."""
        found: dict[str, Covered] = {}
        for top in self.roster.agencies:
            if not self.roster.above(top):
                self.cover(top, found)
        return found

    def cover(self, agency: Agency, found: dict[str, Covered]) -> bool:
        """Whether the numbers of an agency and of all below it are in the totals, once each."""
        own, parts = self.standing.get(agency.code), self.roster.below.get(agency.code, ())
        below = [self.cover(part, found) for part in parts]  # each of them, whatever stands beside it
        whole = all(below)
        accepted = own is not None and own.state in PASSING
        if not self.is_whole(agency):
            return whole and (accepted or not agency.due(self.period, self.form))
        filed = [part.name for part in self.all_below(agency) if self.stands(part)]
        if own is not None and own.submission.added_up:
            found[agency.code] = Covered(True, tuple(filed))
            return whole
        if own is None or not filed:
            return accepted or (whole and bool(parts))
        if accepted and not whole:
            name = own.submission.identity.name
            found |= {
                part.code: Covered(False, (name,)) for part in self.all_below(agency) if part.code in self.standing
            }
        else:
            found[agency.code] = Covered(True, tuple(filed))
        return accepted or whole

    def is_whole(self, agency: Agency) -> bool:
        """Whether the cover, or else the roster, says that this is a consolidated report; of a form that knows no scopes,
        whether there are parts of it that were passed on."""
        filing = self.standing.get(agency.code)
        if filing and filing.submission.added_up:
            return True
        if not self.scope:
            parts = (self.standing.get(part.code) for part in self.roster.below.get(agency.code, ()))
            return any(part.submission.from_below for part in parts if part)
        return ((filing.submission.identity.scope if filing else "") or agency.scope) == self.scope

    def stands(self, part: Agency) -> bool:
        """Whether there is a filing of it that somebody made."""
        return part.code in self.standing and not self.standing[part.code].submission.added_up

    def all_below(self, agency: Agency) -> Iterator[Agency]:
        """The agencies below one, however deep."""
        for part in self.roster.below.get(agency.code, ()):
            yield part
            yield from self.all_below(part)
