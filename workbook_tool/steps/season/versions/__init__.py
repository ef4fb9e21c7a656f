"""Versions: the one state of every file, which of an agency's files counts, and where each agency stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.history import NO_HISTORY, History, Sighting
from workbook_tool.model.workbook.result import Checked, FileRecord, State
from workbook_tool.steps.season.versions.agencies import UNSURE, agency_records
from workbook_tool.steps.season.versions.dates import filed_on, moment, round_of, sent_at, sent_moment

__all__ = ["agency_records", "choose_versions"]


def choose_versions(
    records: Sequence[FileRecord], rulebook: Rulebook, history: History = NO_HISTORY
) -> list[FileRecord]:
    """Of several readable files of one agency the newest counts; the others are superseded, with the reason.

    Newest: the higher round of the hidden identity, else the later mail, else the later first sight of the ledger, else
    the later modification time; and what an earlier run knew as an older version never wins over what it did not. Where
    a modification time decided, or the cover's date says otherwise, there is an explain. An empty form is no version
    beside a filled one, and neither is a file that may be another agency's beside one that is certain.
    """
    by_agency: dict[str, list[FileRecord]] = defaultdict(list)
    for record in records:
        if record.checked and record.agency:
            by_agency[record.agency.name].append(record)
    settled = {r.source.path: r for r in records}
    for versions in by_agency.values():
        if len(versions) > 1:
            for record in Contest(rulebook, history).ranked(versions):
                settled[record.source.path] = record
    return [settled[r.source.path] for r in records]


BLANK_FORM = "空白表，未作为新的一版"


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
    reason = f"{why}；以“{newest.source.path}”为准"
    return replace(record, state=State.SUPERSEDED, reason=reason, unsure=why == UNSURE)


BY_ROUND, BY_MAIL, BY_SIGHT, BY_LEDGER = "轮次", "邮件日期", "台账首见", "台账"
BY_TIME, BY_NAME, BY_HABIT = "文件修改时间", "文件名", "以前的取舍"
GUESSES = (BY_TIME, BY_NAME, BY_HABIT)
"""What any copying changes, or an earlier run had to guess: it tells two files apart, but people are asked."""
ALL_RULES = (BY_LEDGER, BY_ROUND, BY_MAIL, BY_SIGHT, *GUESSES)


@dataclass(frozen=True)
class Contest:
    """The files of one agency against each other."""

    rulebook: Rulebook
    history: History

    def ranked(self, versions: list[FileRecord]) -> list[FileRecord]:
        """The newest first, the others superseded by it."""
        filled = [r for r in versions if has_figures(r, self.rulebook.form)] or versions
        sure = [r for r in filled if not disputed(r, self.rulebook.form)] or filled
        newest, lost = self.decided(sure)
        aside = [set_aside(r, newest, BLANK_FORM) for r in versions if r not in filled]
        aside += [set_aside(r, newest, UNSURE) for r in filled if r not in sure]
        doubted = [
            (r, by) for r, by in lost if by in GUESSES or cover_disagrees(newest, r) or self.came_later(r, newest)
        ]
        doubted = [(r, by) for r, by in doubted if not same_numbers(newest, r)]
        counts = self.doubt(newest, doubted) if doubted else newest
        return [counts, *(self.supersede(record, counts, by) for record, by in lost), *aside]

    def decided(self, versions: list[FileRecord]) -> tuple[FileRecord, list[tuple[FileRecord, str]]]:
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

    def beside(self, newest: FileRecord, older: FileRecord) -> str:
        """The rule that tells two apart, of which the ledger may know better which is the older."""
        left, rules = self.newest([newest, older])
        if left is newest:
            return rules[older.source.path]
        return BY_HABIT if rules[newest.source.path] in GUESSES else BY_LEDGER

    def newest(self, versions: list[FileRecord]) -> tuple[FileRecord, dict[str, str]]:
        """The newest by each rule in turn, and by path the rule by which each of the others fell behind."""
        left, rules = versions, dict[str, str]()
        turns: tuple[tuple[str, Callable[[FileRecord], Any]], ...] = (
            (BY_ROUND, round_of),
            (BY_MAIL, sent_moment),
            (BY_SIGHT, lambda r: self.seen(r).order),
            (BY_TIME, moment),
            (BY_TIME, lambda r: r.source.modified),
            (BY_NAME, lambda r: r.source.path),
        )
        for rule, order in turns:
            ranks = {r.source.path: order(r) for r in left}
            top = max((rank for rank in ranks.values() if rank is not None), default=None)
            behind = [path for path, rank in ranks.items() if rank is not None and rank != top]
            rules |= dict.fromkeys(behind, rule)
            left = [r for r in left if r.source.path not in behind]
        return left[0], rules

    def came_later(self, older: FileRecord, newest: FileRecord) -> bool:
        """Whether what the round makes the older one was sent, or first seen, after the other."""
        ours, theirs = sent_moment(newest), sent_moment(older)
        if ours is not None and theirs is not None:
            return theirs > ours
        return not self.seen(older).superseded and self.seen(older).order > self.seen(newest).order

    def seen(self, record: FileRecord) -> Sighting:
        return self.history.sighting(record.source.sha256, date.max)

    def doubt(self, newest: FileRecord, others: list[tuple[FileRecord, str]]) -> FileRecord:
        """The newest file with a finding that people should look: only its modification time says so, or a cover, a
        mail or the ledger says otherwise."""
        assert newest.checked is not None
        names = "、".join(f"“{r.source.path}”" for r, _ in others)
        by = max((by for _, by in others), key=ALL_RULES.index)
        doubtful = "".join(self.against(r, newest) for r, _ in others[:1] if by not in GUESSES)
        later = [r for r, _ in others if cover_disagrees(newest, r)]
        doubtful = doubtful or (
            f"但“{later[0].source.path}”封面的填报日期更晚（{filed_on(later[0])}）。" if later else ""
        )
        said = f"按{by}以“{newest.source.path}”为准，{names}作旧版。{doubtful}"
        finding = self.rulebook.finding(self.rulebook.of_kind("version"), said)
        checked = Checked(newest.checked.submission, (*newest.checked.findings, finding), newest.checked.verdicts)
        return replace(newest, state=checked.state, reason=checked.reason, checked=checked)

    def against(self, older: FileRecord, newest: FileRecord) -> str:
        """What speaks for the other file, in a sentence; empty where nothing but a cover does."""
        if not self.came_later(older, newest):
            return ""
        sent = sent_at(older)
        when = f"邮件日期更晚（{sent:%Y-%m-%d}）" if sent else f"收到得更晚（{self.seen(older).day}）"
        return f"但“{older.source.path}”{when}。"

    def supersede(self, record: FileRecord, newest: FileRecord, by: str) -> FileRecord:
        sent, seen = sent_at(record), self.seen(record)
        equal = "轮次和邮件日期都相同" if sent and sent == sent_at(newest) else "轮次相同"
        why = {
            BY_ROUND: f"轮次 {round_of(record)}，早于 {round_of(newest)}",
            BY_MAIL: f"轮次相同，邮件日期较早：{sent:%Y-%m-%d %H:%M}" if sent else "",
            BY_SIGHT: f"轮次相同，台账首见于 {seen.run}，较早",
            BY_TIME: f"{equal}，文件修改时间较早",
            BY_NAME: "轮次和文件修改时间都相同，按文件名排列",
            BY_HABIT: "以前的汇总已把它作旧版",
            BY_LEDGER: "台账中早已是旧版",
        }[by]
        same = "；数字完全相同" if same_numbers(newest, record) else ""
        passed = "；上一版曾通过" if newest.state is State.RETURNED and record.state is not State.RETURNED else ""
        reason = f"已由“{newest.source.path}”取代（{why}）{same}{passed}"
        return replace(record, state=State.SUPERSEDED, reason=reason, replaced_by=newest.source.path)


def cover_disagrees(newest: FileRecord, older: FileRecord) -> bool:
    """Whether the older of the two has the later date on its cover."""
    ours, theirs = filed_on(newest), filed_on(older)
    return ours is not None and theirs is not None and theirs > ours
