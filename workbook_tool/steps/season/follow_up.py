"""Follow up: what became of every problem over the weeks, and what the reviewers' decisions make of its file.

A problem keeps its key while agency, year, rule and place in the form stay the same, whatever the layout of the file. A
decision holds while the numbers under the problem stay the same (its grounds); after that the problem is open again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.comparisons import COMPARISONS
from workbook_tool.model.form.constraints import PREVIOUS
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Agency, Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import WHOLE_FILE, Decision, FollowUp, OnFile, Opinion, Status
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.filing import Filing
from workbook_tool.model.season.history import Decided, History, PastProblem
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.model.workbook.result import Judged, Owner, Region, known_as


class Memory(Struct, frozen=True):
    """What problems are followed up by: what earlier runs knew, what reviewers decided, last year, and who is who."""

    form: Form
    period: Period
    as_of: date
    roster: Roster
    last: LastYear
    history: History
    decided: Decided

    def past(self, names: Sequence[str], tail: str) -> PastProblem | None:
        """The problem as earlier runs knew it, under any of the agency's codes."""
        found = [p for name in names if (p := self.history.problems.get(f"{name}|{tail}"))]
        return max(found, key=lambda problem: problem.last, default=None)

    def decision(self, names: Sequence[str], tail: str) -> Decision | None:
        """The decision on a problem under the first of the codes that has one, whether it still holds; None without one."""
        found = (self.decided.decisions.get(f"{name}|{tail}") for name in names)
        return next((decision for decision in found if decision), None)

    def held(self, finding: Finding, tail: str, grounds: str, names: Sequence[str]) -> Decision | None:
        """The decision on a problem, where it holds."""
        decision = self.decision(names, tail)
        holds = decision and decision.grounds == grounds and not refused(finding, decision)
        return decision if holds else None

    def answered(
        self, finding: Finding, tail: str, grounds: str, names: Sequence[str], submission: Submission | None
    ) -> Decision | None:
        """The same; of blanks that a correction left, the one on the block as it was filed holds for them too."""
        held, block = self.held(finding, tail, grounds, names), finding.rest_of
        if held or block is None or submission is None:
            return held
        (tail,) = tails([block], self)
        return self.held(block, tail, grounds_of(block, submission.as_filed, self), names)

    def on_file(self, agency: Agency, filing: Filing | None) -> OnFile:
        """What was decided on an agency's file as a whole, or on its not having filed."""
        names, tail = self.roster.known_as(agency), f"{self.period}|{WHOLE_FILE}"
        grounds = file_grounds(filing, self.form) if filing else ""
        decision = self.decision(names, tail)
        holds = decision is not None and same_file(decision, grounds)
        return OnFile(f"{names[0]}|{tail}", grounds, decision if holds else None, reopened=None if holds else decision)


def file_grounds(filing: Filing, form: Form) -> str:
    """A digest of what a decision on a whole file rests on: its numbers and records, and its bytes."""
    submission = filing.submission.as_filed
    told = [value_words(submission, item.index) for item in form.items]
    numbers = digest([*told, *(f"{record.values}" for one in submission.lists for record in one.records)])
    return f"{numbers}-{filing.source.sha256[:16]}"


def same_file(decision: Decision, grounds: str) -> bool:
    """Whether a decision on a whole file holds for what there is now: while its numbers are the same, however often they
    are saved and sent again."""
    return decision.grounds.partition("-")[0] == grounds.partition("-")[0]


def excluded(filings: Sequence[Filing], memory: Memory) -> frozenset[str]:
    """The paths of the files that a reviewer does not let count, by what is known before agencies are compared."""
    decisions = memory.decided.decisions.values()
    spoken_of = {decision.key.partition("|")[0] for decision in decisions if decision.opinion is Opinion.EXCLUDE}
    asked = (f for f in filings if f.behind is None and not spoken_of.isdisjoint(memory.roster.known_as(f.agency)))
    return frozenset(f.source.path for f in asked if is_excluded(f, memory))


def is_excluded(filing: Filing, memory: Memory) -> bool:
    """Whether a decision that still holds, on the file or on one of its problems, keeps it from counting."""
    names = memory.roster.known_as(filing.agency)
    held = [memory.answered(*told, names, filing.submission) for told in keyed(filing, memory)]
    whole = memory.on_file(filing.agency, filing).decision
    return any(decision.opinion is Opinion.EXCLUDE for decision in (whole, *held) if decision)


def follow_up(filings: Sequence[Filing], memory: Memory) -> list[Filing]:
    """The filings, those that count with what became of each of their problems, and with what reviewers decided."""
    return [filing if filing.behind else followed_up(filing, memory) for filing in filings]


def followed_up(filing: Filing, memory: Memory) -> Filing:
    """A filing with what became of each of its problems, and what was decided on the file itself."""
    names, submission = memory.roster.known_as(filing.agency), filing.submission
    findings = tuple(
        replace(finding, follow_up=follow_up_of(finding, tail, grounds, names, submission, memory))
        for finding, tail, grounds in keyed(filing, memory)
    )
    whole = memory.on_file(filing.agency, filing)
    return replace(filing, checked=replace(filing.checked, findings=findings), on_file=whole.decision)


def keyed(filing: Filing, memory: Memory) -> Iterator[tuple[Finding, str, str]]:
    """Every finding with its key (without the agency) and its grounds."""
    findings = filing.checked.findings
    for finding, tail in zip(findings, tails(findings, memory), strict=True):
        submission = filing.submission.as_filed if finding.corrected else filing.submission
        yield finding, tail, grounds_of(finding, submission, memory)


def tails(findings: Sequence[Finding], memory: Memory) -> list[str]:
    """The keys without the agency. Where several problems are at one place, their numbers and words tell them apart."""
    places = [f"{memory.period}|{f.rule}|{place(f, memory.form)}" for f in findings]
    order = sorted(range(len(findings)), key=lambda n: (places[n], findings[n].relation or 0, findings[n].message))
    seen: Counter[str] = Counter()
    for number in order:
        seen[places[number]] += 1
        if seen[places[number]] > 1:
            places[number] += f"#{seen[places[number]]}"
    return places


def place(finding: Finding, form: Form) -> str:
    """Where in the form: the number's code, else the labels; nowhere for a rule that speaks once of all its lines, since
    which of them fail may change."""
    rule = form.rule(finding.rule)
    if rule.together or rule.kind == "region_carry":
        return ""
    if finding.records:  # a record is known by its key, in whichever row it stands
        own = finding.records[0].key if len(finding.records) == 1 else ""
        return "/".join((finding.table, own, finding.column))
    return form.items[finding.item].code if finding.item is not None else label_place(finding)


def label_place(finding: Finding) -> str:
    """The labels of a finding's table, row and column, where no number says the place."""
    return "/".join((finding.table, finding.row, finding.column))


def grounds_of(finding: Finding, submission: Submission, memory: Memory) -> str:
    """A digest of what the problem rests on: the numbers of its relations, or its own, or all and its words; and last
    year's where the rule looks at them. Of records it is what stands in them."""
    if finding.records:
        return digest(f"{record.key} {record.said}" for record in finding.records)
    form, rule = memory.form, memory.form.rule(finding.rule)
    relations = [form.constraints[finding.relation]] if finding.relation is not None else []
    if rule.together:
        relations = [c for c in form.constraints if c.rule_id == rule.id]
    if relations:
        items = sorted({index for c in relations for index, _ in c.terms})
        earlier = sorted({index for c in relations for index, _ in c.last_terms})
    else:
        items = [finding.item] if finding.item is not None else list(range(len(form.items)))
        earlier = items if rule.kind in COMPARISONS else []
    before = memory.last.of(submission.identity.agency)
    told = [f"{form.items[i].code}={value_words(submission, i)}" for i in items]
    told += [f"{'prev' if i >= PREVIOUS else 'last'} {form.earlier(i)[0].code}={before.get(i)}" for i in earlier]
    told += [named(finding, submission)] if not relations and finding.item is None else []
    return digest([*told, f"{finding.filed}", f"{finding.expected}"])


def named(finding: Finding, submission: Submission) -> str:
    """The message with the agency's name in front, as messages once were: what a digest in a ledger or a workbook was
    made of, so that decisions of then still hold."""
    return f"{submission.identity.name}：{finding.message}"


def value_words(submission: Submission, index: int) -> str:
    """A number, or what stands in its place, in a form that is the same as long as the filing says the same."""
    reading = submission.readings[index]
    return f"{reading.state} {reading.shown}" if reading.number is None else str(reading.number)


def digest(told: Iterable[str]) -> str:
    """A short fingerprint; it is kept in ledgers and workbooks, so its making may never change."""
    return hashlib.sha256("\n".join(told).encode("utf-8", "replace")).hexdigest()[:16]


def follow_up_of(
    finding: Finding, tail: str, grounds: str, names: Sequence[str], submission: Submission | None, memory: Memory
) -> FollowUp:
    """Where this problem stands. What a reviewer accepted weighs more than what the agency explained, and that more
    than how long it has been there."""
    past, last_run = memory.past(names, tail), memory.history.last_run
    before = memory.history.last_filed(names[0]) or (last_run.as_of if last_run else None)
    unbroken = past is not None and before is not None and past.last >= before
    since = past.since if past and unbroken else memory.as_of
    status = Status.STILL if unbroken else Status.BACK if past else Status.NEW
    explanation = explained(finding, submission, memory.form) if submission else ""
    decision = memory.decision(names, tail)
    held = memory.answered(finding, tail, grounds, names, submission)
    if finding.severity is not Severity.MUST:
        status = Status.EXPLAINED if explanation else status
        status = Status.WAIVED if held and held.opinion is Opinion.ACCEPTED else status
    status = Status.CORRECTED if finding.corrected else status
    return FollowUp(
        key=f"{names[0]}|{tail}",
        grounds=grounds,
        status=status,
        since=since,
        weeks=(memory.as_of - since).days // 7,
        explanation=explanation,
        decision=held,
        reopened=decision if decision and not held and decision.grounds != grounds else None,
    )


def explained(finding: Finding, submission: Submission, form: Form) -> str:
    """What the agency says of this problem, at any of its cells or where it is located; of a rule that speaks once of all
    its lines, wherever it says it."""
    if finding.records:
        return submission.explained_rows(finding.rule, [record.key for record in finding.records])
    if form.rule(finding.rule).together:
        return submission.explained(finding.rule, None)
    items = (finding.item, *finding.located, *(finding.blank.items if finding.blank else ()))
    said = (submission.explained(finding.rule, item) for item in dict.fromkeys(items))
    return "；".join(dict.fromkeys(filter(None, said)))


def refused(finding: Finding, decision: Decision) -> bool:
    """Whether a decision cannot be followed: what must be changed is not put right by an explanation."""
    return finding.severity is Severity.MUST and decision.opinion is Opinion.ACCEPTED


def follow_up_region(region: Region, memory: Memory) -> Region:
    """The region with what became of each of its own problems."""
    findings = region.findings
    followed = (
        follow_up_of(f, tail, digest([label_place(f), f"{f.filed}", f"{f.expected}"]), ("",), None, memory)
        for f, tail in zip(findings, tails(findings, memory), strict=True)
    )
    return replace(region, findings=tuple(replace(f, follow_up=one) for f, one in zip(findings, followed, strict=True)))


def heard(judged: Judged, memory: Memory, refused: Sequence[str] = ()) -> Decided:
    """What the reviewers decided, with what they should look at themselves, such as the corrections that were
    ``refused``."""
    there = dict(decidable(judged))
    conflicts = tuple(
        replace(c, followed=replace(c.followed, key=there[c.followed.key]))
        for c in memory.decided.conflicts
        if c.followed.key in there
    )
    warnings = (*memory.decided.warnings, *refused, *refusals(judged, memory))
    return replace(memory.decided, conflicts=conflicts, warnings=warnings)


def decidable(judged: Judged) -> Iterator[tuple[str, str]]:
    """The keys of all that may be decided on, each also by those it had under former codes."""
    keys: list[tuple[Owner, str]] = [(record, record.on_file.key) for record in judged.agencies]
    keys += [(owner, finding.follow_up.key) for owner, finding in judged.findings if finding.follow_up]
    for owner, key in keys:
        first, *former = known_as(owner, judged.run.roster)
        yield key, key
        yield from ((f"{name}|{key.removeprefix(f'{first}|')}", key) for name in former)


def refusals(judged: Judged, memory: Memory) -> Iterator[str]:
    """The decisions that could not be followed."""
    for owner, line in judged.told:
        finding = line.members[0]
        if finding.follow_up and finding.severity is Severity.MUST:
            names = known_as(owner, judged.run.roster)
            decision = memory.decision(names, finding.follow_up.key.removeprefix(f"{names[0]}|"))
            if decision and refused(finding, decision) and decision.grounds == finding.follow_up.grounds:
                yield (
                    f"必须改的不能同意：{owner.agency.name} {finding.rule} {finding.table}{line.row and f'「{line.row}」'}"
                    f"填了“{Opinion.ACCEPTED}”，没有采用；请单位改正后重报，或改填“{Opinion.EXCLUDE}”并在备注写明理由。"
                )
