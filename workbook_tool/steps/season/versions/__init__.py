"""Versions: which of an agency's files counts and why the others do not, and where each agency stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.stated_period import in_two_words
from workbook_tool.model.intake.submission import ReadingState
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.filing import Because, Behind, Filing
from workbook_tool.model.season.history import NO_HISTORY, History, Sighting
from workbook_tool.steps.season.versions.agencies import agency_records
from workbook_tool.steps.season.versions.dates import filed_on, moment, round_of, sent_at, sent_moment

__all__ = ["agency_records", "choose_versions"]


def choose_versions(
    filings: Sequence[Filing], rulebook: Rulebook, as_of: date, history: History = NO_HISTORY
) -> list[Filing]:
    """Of several readable files of one agency the newest counts; the others are superseded, with the reason.

    Newest: the higher round of the hidden identity, else the later mail, else the later first sight of the ledger, else
    the later modification time; and what an earlier run knew as an older version never wins over what it did not. Where
    a modification time decided, or the cover's date says otherwise, there is an explain. An empty form is no version
    beside a filled one, and neither is a document beside a workbook, what a lower level passed on beside what came directly,
    or a file that may be another agency's, or for another period, beside one that is certain.
    """
    by_agency: dict[str, list[Filing]] = defaultdict(list)
    for filing in filings:
        by_agency[filing.agency.name].append(filing)
    settled = {filing.source.path: filing for filing in filings}
    for versions in by_agency.values():
        if len(versions) > 1:
            for filing in Contest(rulebook, as_of, history).ranked(versions):
                settled[filing.source.path] = filing
    return [settled[filing.source.path] for filing in filings]


def has_figures(filing: Filing, form: Form) -> bool:
    """Whether anything was filled in or answered; sums that formulas made of nothing are no figures."""
    submission = filing.submission
    if submission.identity.nil or any(one.records for one in submission.lists):
        return True
    return any(
        (reading.state is ReadingState.NUMBER and not reading.signed_nil and (reading.number or is_typed(item, form)))
        or (reading.state is ReadingState.UNUSABLE and not item.total)
        for item, reading in zip(form.items, submission.readings, strict=True)
    )


def is_typed(item: Item, form: Form) -> bool:
    """Whether a 0 there is an answer: sums and counts come to 0 by themselves."""
    return not item.total and item.table.id not in form.counted


def disputed(filing: Filing, form: Form) -> bool:
    """Whether it is to be explained whose file this is."""
    rule = form.rule_of_kind("agency").id
    return any(f.rule == rule and f.severity is not Severity.NOTE for f in filing.checked.findings)


def same_numbers(one: Filing, other: Filing) -> bool:
    """Whether two files report the same: it does not matter then which of them counts."""
    return reported(one) == reported(other)


def reported(filing: Filing) -> tuple[object, ...]:
    """What a file itself comes to, wherever its cells stand."""
    identity, readings = filing.submission.identity, filing.submission.as_filed.readings
    values = tuple((r.state, r.number, r.shown if r.state is ReadingState.UNUSABLE else "") for r in readings)
    records = tuple(record.values for one in filing.submission.lists for record in one.records)
    return identity.agency, identity.period, identity.scope, frozenset(identity.nil), values, records


def set_aside(filing: Filing, newest: Filing, because: Because) -> Filing:
    """A file that is no version beside the one that counts, whatever its date."""
    return replace(filing, behind=Behind(newest.source.path, because))


def misnamed(filing: Filing, newest: Filing) -> Filing:
    """A file that is set aside since its names say another period."""
    why = in_two_words(filing.period, filing.submission.identity.misnamed)
    return replace(filing, behind=Behind(newest.source.path, Because.MISNAMED, why, same_numbers(newest, filing)))


Rank = tuple[object, ...]
"""What sorts files by one rule."""


class Contest(Struct, frozen=True):
    """The files of one agency against each other."""

    rulebook: Rulebook
    as_of: date
    history: History

    def ranked(self, versions: list[Filing]) -> list[Filing]:
        """The newest first, the others superseded by it."""
        filled = [r for r in versions if has_figures(r, self.rulebook.form)] or versions
        books = [r for r in filled if not r.submission.document] or filled
        direct = [r for r in books if not r.submission.relay] or books
        sure = [r for r in direct if not disputed(r, self.rulebook.form)] or direct
        clear = [r for r in sure if not r.submission.identity.misnamed] or sure
        again = self.said_again(clear)
        newest, lost = self.decided([r for r in clear if r not in again])
        lost += [(r, Because.AGAIN) for r in again]
        aside = [set_aside(r, newest, Because.BLANK) for r in versions if r not in filled]
        aside += self.documents([r for r in filled if r not in books], newest)
        aside += [set_aside(r, newest, Because.RELAYED) for r in books if r not in direct]
        aside += [set_aside(r, newest, Because.UNSURE) for r in direct if r not in sure]
        aside += [misnamed(r, newest) for r in sure if r not in clear]
        doubted = [
            (r, by)
            for r, by in lost
            if by.guessed
            or by is Because.AGAIN
            or cover_disagrees(newest, r)
            or self.came_later(r, newest)
            or self.came_again(r, newest)
        ]
        doubted = [(r, by) for r, by in doubted if not same_numbers(newest, r)]
        counts = self.doubt(newest, doubted) if doubted else newest
        counts = self.told_of_unsure(counts, [r for r in direct if r not in sure])
        return [counts, *(self.supersede(filing, counts, by) for filing, by in lost), *aside]

    def said_again(self, versions: list[Filing]) -> list[Filing]:
        """Of the newest those that only say again what was said before another said otherwise: an old version, saved anew
        and sent once more, as its very bytes may be (``came_again``). People are asked, and what stood is not undone.

        One of a higher round answers us, as does one behind a version that went back; then it counts.
        """
        left = list(versions)
        while len(left) > 2:
            newest, rules = self.newest(left)
            others = [r for r in left if not same_numbers(newest, r)]
            if not others:
                break
            between, _ = self.newest(others)
            sure = not rules[between.source.path].guessed and round_of(between) == round_of(newest)
            old = [r for r in left if r is not newest and same_numbers(newest, r) and self.surely_before(r, between)]
            if not (sure and old) or self.went_back(between):
                break
            left.remove(newest)
        return [r for r in versions if r not in left]

    def surely_before(self, one: Filing, other: Filing) -> bool:
        """Whether the first is the older of the two, and not by a guess."""
        newest, rules = self.newest([one, other])
        return newest is other and not rules[one.source.path].guessed

    def went_back(self, filing: Filing) -> bool:
        """Whether a file goes back to its agency, or did in an earlier run."""
        past = self.history.versions.get(filing.agency.code, ())
        returned = {one.sha256 for one in past if one.state is State.RETURNED}
        return filing.state is State.RETURNED or filing.source.sha256 in returned

    def documents(self, found: list[Filing], counts: Filing) -> list[Filing]:
        """The documents beside the workbook that counts: the newest is compared with it, and what says the same in another
        format; an older one is an old version of it, and its text is nobody's word any more."""
        if not found:
            return []
        newest, lost = self.decided(found)
        beside = [newest, *(r for r, _ in lost if same_numbers(newest, r))]
        older = [self.supersede(r, newest, by) for r, by in lost if r not in beside]
        return [*(set_aside(r, counts, Because.DOCUMENT) for r in beside), *older]

    def told_of_unsure(self, newest: Filing, unsure: list[Filing]) -> Filing:
        """The file that counts with a note on each that may be another agency's and did not take its place."""
        rule = self.rulebook.of_kind("agency")
        notes = [
            self.rulebook.note(rule, f"另收到“{r.source.path}”，没有计入：{f.message}", rule.advice)
            for r in unsure
            for f in r.checked.findings
            if f.rule == rule.id
        ]
        return replace(newest, checked=replace(newest.checked, findings=(*newest.checked.findings, *notes)))

    def decided(self, versions: list[Filing]) -> tuple[Filing, list[tuple[Filing, Because]]]:
        """The newest, and the others each with the rule that told it apart.

        Nothing that was an older version wins again while there is anything else. Where that changes nothing, the
        reasons are those that hold without it, so that a rerun gives them too.
        """
        fresh = [r for r in versions if not self.seen(r).superseded] or versions
        newest, _ = self.newest(fresh)
        natural, rules = self.newest(versions)
        lost = [r for r in versions if r is not newest]
        if natural is newest:
            return newest, [(r, rules[r.source.path]) for r in lost]
        return newest, [(r, self.beside(newest, r)) for r in lost]

    def beside(self, newest: Filing, older: Filing) -> Because:
        """The rule that tells two apart, of which the ledger may know better which is the older."""
        left, rules = self.newest([newest, older])
        if left is newest:
            return rules[older.source.path]
        return Because.HABIT if rules[newest.source.path].guessed else Because.LEDGER

    def newest(self, versions: list[Filing]) -> tuple[Filing, dict[str, Because]]:
        """The newest by each rule in turn, and by path the rule by which each of the others fell behind."""
        left, rules = versions, dict[str, Because]()
        turns: tuple[tuple[Because, Callable[[Filing], Rank | None]], ...] = (
            (Because.ROUND, lambda r: (round_of(r),)),
            (Because.MAIL, lambda r: None if (sent := sent_moment(r)) is None else (sent,)),
            (Because.SIGHT, lambda r: self.seen(r).order),
            (Because.TIME, lambda r: (moment(r),)),
            (Because.TIME, lambda r: (r.source.modified,)),
            (Because.NAME, lambda r: (r.source.path,)),
        )
        for rule, order in turns:
            ranks = {r.source.path: order(r) for r in left}
            top = max((rank for rank in ranks.values() if rank is not None), default=None)
            behind = [path for path, rank in ranks.items() if rank is not None and rank != top]
            rules |= dict.fromkeys(behind, rule)
            left = [r for r in left if r.source.path not in behind]
        return left[0], rules

    def came_later(self, older: Filing, newest: Filing) -> bool:
        """Whether what the round makes the older one was sent, or first seen, after the other."""
        ours, theirs = sent_moment(newest), sent_moment(older)
        if ours is not None and theirs is not None:
            return theirs > ours
        return not self.seen(older).superseded and self.seen(older).order > self.seen(newest).order

    def came_again(self, older: Filing, newest: Filing) -> SourceFile | None:
        """A copy of the older file that came after the newest one: somebody may have gone back to it.

        By its mail; else by the run that first saw it under its path, where another copy had been seen before.
        """
        ours = sent_moment(newest)
        for copy in older.source.repeats:
            theirs = copy.mail.sent.timestamp() if copy.mail and copy.mail.sent else None
            if ours is not None and theirs is not None:
                if theirs > ours:
                    return copy
            elif self.came(copy) > self.seen(newest).day:
                return copy
        return None

    def came(self, copy: SourceFile) -> date:
        """The day on which these bytes were first seen under this path."""
        return self.history.paths.get((copy.sha256, copy.path), self.as_of)

    def seen(self, filing: Filing) -> Sighting:
        """When the ledger first saw the bytes of a file; this run where it never did."""
        return self.history.sighting(filing.source.sha256, self.as_of)

    def doubt(self, newest: Filing, others: list[tuple[Filing, Because]]) -> Filing:
        """The newest file with a finding that people should look: only its modification time says so, or a cover, a
        mail or the ledger says otherwise."""
        names = "、".join(f"“{r.source.path}”" for r, _ in others)
        by = max((by for _, by in others), key=list(Because).index)
        doubtful = "".join(self.against(r, newest, by) for r, by in others[:1] if not by.guessed)
        later = [r for r, _ in others if cover_disagrees(newest, r)]
        doubtful = doubtful or (
            f"但“{later[0].source.path}”封面的填报日期更晚（{filed_on(later[0])}）。" if later else ""
        )
        said = f"按{by}以“{newest.source.path}”为准，{names}作旧版。{doubtful}"
        finding = self.rulebook.finding(self.rulebook.of_kind("version"), said)
        return replace(newest, checked=replace(newest.checked, findings=(*newest.checked.findings, finding)))

    def against(self, older: Filing, newest: Filing, by: Because) -> str:
        """What speaks for the other file, in a sentence; empty where nothing but a cover does."""
        if by is Because.AGAIN:
            again, first = came_on(older.source, self.seen(older).day), came_on(newest.source, self.seen(newest).day)
            return f"但“{older.source.path}”（{again}）又报来与旧版相同的数字，晚于“{newest.source.path}”（{first}）。"
        if copy := self.came_again(older, newest):
            again, first = came_on(copy, self.came(copy)), came_on(newest.source, self.seen(newest).day)
            return f"但“{copy.path}”（{again}）又发来与旧版完全相同的内容，晚于“{newest.source.path}”（{first}）。"
        if not self.came_later(older, newest):
            return ""
        sent = sent_at(older)
        when = f"邮件日期更晚（{sent:%Y-%m-%d}）" if sent else f"收到得更晚（{self.seen(older).day}）"
        return f"但“{older.source.path}”{when}。"

    def supersede(self, filing: Filing, newest: Filing, by: Because) -> Filing:
        """A file as an older version of the one that counts, with the rule that told so in words."""
        sent, seen = sent_at(filing), self.seen(filing)
        equal = "轮次和邮件日期都相同" if sent and sent == sent_at(newest) else "轮次相同"
        why = {
            Because.ROUND: f"轮次 {round_of(filing)}，早于 {round_of(newest)}",
            Because.MAIL: f"轮次相同，邮件日期较早：{sent:%Y-%m-%d %H:%M}" if sent else "",
            Because.SIGHT: f"轮次相同，台账首见于 {seen.words}，较早",
            Because.AGAIN: "数字与更早的一版相同",
            Because.TIME: f"{equal}，文件修改时间较早",
            Because.NAME: "轮次和文件修改时间都相同，按文件名排列",
            Because.HABIT: "以前的汇总已把它作旧版",
            Because.LEDGER: "台账中早已是旧版",
        }[by]
        undone = newest.state is State.RETURNED and filing.state is not State.RETURNED
        return replace(filing, behind=Behind(newest.source.path, by, why, same_numbers(newest, filing), undone))


def came_on(source: SourceFile, seen: date) -> str:
    """``邮件 2026-01-14``, or the day of the first run that saw it."""
    return f"邮件 {source.mail.sent:%Y-%m-%d}" if source.mail and source.mail.sent else f"首见 {seen}"


def cover_disagrees(newest: Filing, older: Filing) -> bool:
    """Whether the older of the two has the later date on its cover."""
    ours, theirs = filed_on(newest), filed_on(older)
    return ours is not None and theirs is not None and theirs > ours
