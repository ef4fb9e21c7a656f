"""Misnamed: files whose names say another period than they do themselves, mostly last week's workbook filled in anew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.inbox import FileRecord
from workbook_tool.model.intake.stated_period import Stated, in_two_words
from workbook_tool.model.intake.submission import Agency, Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.filing import Filing, is_misnamed
from workbook_tool.model.season.history import NO_HISTORY, History

Read = Submission | FileRecord


class OtherPeriods(Struct, frozen=True):
    """What came of a form for other periods than the one at hand, and when the ledger first saw it."""

    read: Sequence[Read] = ()
    as_of: date = date.max
    history: History = NO_HISTORY

    def filed(self, agency: Agency, period: Period) -> list[Read]:
        """What the agency filed for another period."""
        return [one for one in self.read if whose(one) == (agency, period)]

    def naming(self, period: Period) -> Iterator[Read]:
        """The files whose names say this period although they say another."""
        for one in self.read:
            if any(said.period == period and self.odd(one, said) for said in names_of(one)):
                yield one

    def odd(self, one: Read, said: Stated) -> bool:
        """Whether a name needs a reason: what came in the first half of the period that it says may be called by the time
        of filing."""
        period = said.period
        return not period.first <= self.came(one) < period.first + (period.next.first - period.first) / 2

    def came(self, one: Read) -> date:
        """The day on which a file came, as far as that is known."""
        sent = one.source.mail.sent if one.source.mail else None
        return sent.date() if sent else self.history.sighting(one.source.sha256, self.as_of).day

    def settled(self, one: Submission) -> bool:
        """Whether the agency has filed since what a misnamed file may be: the same numbers for the period of its name, or
        any that came later."""
        others = [other for said in one.identity.misnamed for other in self.filed(one.agency, said.period)]
        return any(
            self.later(other, one) or (isinstance(other, Submission) and other.numbers() == one.numbers())
            for other in others
        )

    def later(self, one: Read, other: Read) -> bool:
        """Whether a file came after another: on a later day, or on the same one when a run had seen the other already."""
        seen, before = (self.history.sighting(each.source.sha256, self.as_of).order for each in (one, other))
        return (self.came(one), seen) > (self.came(other), before)


NO_OTHER_PERIODS = OtherPeriods()


def whose(one: Read) -> tuple[Agency | None, Period | None]:
    """Whose a file is, and for which period."""
    return (one.identity.agency, one.identity.period) if isinstance(one, Submission) else (one.agency, one.period)


def names_of(one: Read) -> tuple[Stated, ...]:
    """The names of a file that say another period."""
    return one.identity.misnamed if isinstance(one, Submission) else one.misnamed


def without_dated(filings: Sequence[Filing], elsewhere: OtherPeriods) -> list[Filing]:
    """The filings, without the names that may tell when they were filed: they speak against nothing."""
    return [undated(filing, elsewhere) if filing.submission.identity.misnamed else filing for filing in filings]


def undated(filing: Filing, elsewhere: OtherPeriods) -> Filing:
    """A filing without such names."""
    submission = filing.submission
    left = tuple(said for said in submission.identity.misnamed if elsewhere.odd(submission, said))
    submission = replace(submission, identity=replace(submission.identity, misnamed=left))
    return replace(filing, checked=replace(filing.checked, submission=submission))


def tell_misnamed(filings: Sequence[Filing], elsewhere: OtherPeriods, rulebook: Rulebook) -> list[Filing]:
    """The filings; those that count with what is to be said of names: of their own, and of the files that did not take
    their place for it."""
    aside: dict[str, list[Filing]] = {}
    for filing in filings:
        if is_misnamed(filing) and filing.behind and not filing.behind.same_numbers:
            aside.setdefault(filing.behind.newest, []).append(filing)
    return [told(filing, aside.get(filing.source.path, ()), elsewhere, rulebook) for filing in filings]


def told(filing: Filing, aside: Sequence[Filing], elsewhere: OtherPeriods, rulebook: Rulebook) -> Filing:
    """A filing with these findings; one that does not count as it is."""
    if filing.behind is not None:
        return filing
    found = [of_aside(filing, one, elsewhere, rulebook) for one in aside if not elsewhere.settled(one.submission)]
    if filing.submission.identity.misnamed:
        found.append(of_itself(filing, elsewhere, rulebook))
    checked = filing.checked
    return replace(filing, checked=replace(checked, findings=(*checked.findings, *found))) if found else filing


def of_aside(counts: Filing, filing: Filing, elsewhere: OtherPeriods, rulebook: Rulebook) -> Finding:
    """That a file with other numbers came, and did not take the place of what counts."""
    identity, rule = filing.submission.identity, rulebook.of_kind("period")
    (named, *_), own = identity.misnamed, identity.period
    said = (
        f"{elsewhere.came(filing.submission)} 又收到“{filing.source.path}”，{in_two_words(identity.period, identity.misnamed)}，"
        f"数字与先前的“{counts.source.path}”（{elsewhere.came(counts.submission)}）不同，没有取代它。"
    )
    return rulebook.plain(rule, said, advice(named.period, own, rulebook, counts=False))


def of_itself(filing: Filing, elsewhere: OtherPeriods, rulebook: Rulebook) -> Finding:
    """That the file that counts has a name that says otherwise: a note where that is only an old name, for what it says
    was filed by itself."""
    identity, rule = filing.submission.identity, rulebook.of_kind("period")
    (named, *_), own = identity.misnamed, identity.period
    said = f"{in_two_words(identity.period, identity.misnamed)}，按里面写的计入。"
    old = own is not None and all(
        one.period < own and elsewhere.filed(filing.agency, one.period) for one in identity.misnamed
    )
    make = rulebook.note if old else rulebook.plain
    return make(rule, said, advice(named.period, own, rulebook))


def advice(named: Period, own: Period | None, rulebook: Rulebook, *, counts: bool = True) -> str:
    """What to do about a file between two periods: an explanation leaves it as it is, whether it ``counts`` or not."""
    said = f"确是 {named.spaced}的，请改正报告{rulebook.form.period.label}后重新报送；"
    rest = "，或说明" if counts else "，只作说明的不会计入；两者都不是的，说明即可"
    return f"{said}确是 {own.spaced if own else ''}的，请改正名称后重新报送{rest}。"


def named_for(period: Period, elsewhere: OtherPeriods) -> dict[str, tuple[str, ...]]:
    """By agency's code, what is to be said of files whose names say this period, and that stand in another."""
    found: dict[str, tuple[str, ...]] = {}
    for one in elsewhere.naming(period):
        agency, own = whose(one)
        if agency:
            said = (
                f"收到“{one.source.path}”，{in_two_words(own, names_of(one))}，没有作为 {period.spaced}的计入；"
                f"确是 {period.spaced}的，请改正报告{period.kind.label}"
            )
            found[agency.code] = (*found.get(agency.code, ()), said)
    return found


def doubt_revised(filings: Sequence[Filing], elsewhere: OtherPeriods, rulebook: Rulebook) -> list[Filing]:
    """The filings; where one changed what had been passed and its agency has filed nothing for the period after, which is
    over, it is said that the head may be an old one. That is no ground of the change itself: who accepted it is not asked
    again when the next period comes."""
    return [doubted(filing, elsewhere, rulebook) for filing in filings]


def doubted(filing: Filing, elsewhere: OtherPeriods, rulebook: Rulebook) -> Filing:
    """A filing with that doubt behind its change, where it is to be said."""
    period, rules = filing.period, [rule.id for rule in rulebook.form.rules if rule.kind == "revised"]
    if filing.behind is not None or period is None or period.kind is PeriodKind.YEAR:
        return filing
    due = filing.agency.due(period.next, rulebook.form.id) and period.next.last < elsewhere.as_of
    if not due or elsewhere.filed(filing.agency, period.next):
        return filing
    doubt = (
        f"还没有收到 {period.next.spaced}的，请先看这是不是 {period.next.spaced}的数，没有改报告{period.kind.label}。"
    )
    findings = tuple(f.going_on(doubt) if f.rule in rules else f for f in filing.checked.findings)
    return replace(filing, checked=replace(filing.checked, findings=findings))
