"""Follow up: what became of every problem over the weeks, and what the reviewers' decisions make of its file.

A problem keeps its key while agency, year, rule and place in the form stay the same, whatever the layout of the file. A
decision holds while the numbers under the problem stay the same (its grounds); after that the problem is open again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from workbook_tool.model.form.comparisons import COMPARISONS
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Agency, Submission
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import WHOLE_FILE, Decision, FollowUp, Opinion, Status
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.history import Decided, History, PastProblem
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.model.workbook.result import AgencyRecord, Checked, Consolidation, FileRecord, State

RULINGS = ((Opinion.RETURN, State.RETURNED, "审核人退回"), (Opinion.EXCLUDE, State.EXCLUDED, "审核人决定不计入"))
"""What a decision makes of a file, the strongest last."""


@dataclass(frozen=True)
class Memory:
    """What problems are followed up by: what earlier runs knew, what reviewers decided, last year, and who is who."""

    form: Form
    year: int
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
        found = (self.decided.decisions.get(f"{name}|{tail}") for name in names)
        return next((decision for decision in found if decision), None)


def follow_up(files: Sequence[FileRecord], memory: Memory) -> list[FileRecord]:
    """Every finding of the files that count with its follow-up, and the state that a file has after the decisions."""
    judged = (State.COUNTED, State.HELD, State.RETURNED)
    return [followed_up(f, f.checked, memory) if f.checked and f.state in judged else f for f in files]


def followed_up(record: FileRecord, checked: Checked, memory: Memory) -> FileRecord:
    agency, submission = record.agency, checked.submission
    if agency is None:
        return record
    names = memory.roster.known_as(agency)
    findings = tuple(
        replace(
            finding,
            follow_up=follow_up_of(finding, tail, grounds_of(finding, submission, memory), names, submission, memory),
        )
        for finding, tail in zip(checked.findings, tails(checked.findings, memory), strict=True)
    )
    return ruled(record, replace(checked, findings=findings), rulings(findings, on_file(agency, record, memory)))


def tails(findings: Sequence[Finding], memory: Memory) -> list[str]:
    """The keys without the agency. Where several problems are at one place, their numbers and words tell them apart."""
    places = [f"{memory.year}|{f.rule}|{place(f, memory.form)}" for f in findings]
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
    if form.rule(finding.rule).together:
        return ""
    return form.items[finding.item].code if finding.item is not None else label_place(finding)


def label_place(finding: Finding) -> str:
    return "/".join((finding.table, finding.row, finding.column))


def grounds_of(finding: Finding, submission: Submission, memory: Memory) -> str:
    """A digest of what the problem rests on: the numbers of its relations, or its own, or all and its words; and last
    year's where the rule looks at them."""
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
    told += [f"last {form.items[i].code}={before.get(i)}" for i in earlier]
    told += [named(finding, submission)] if not relations and finding.item is None else []
    return digest([*told, f"{finding.filed}", f"{finding.expected}"])


def named(finding: Finding, submission: Submission) -> str:
    """The message with the agency's name in front, as messages once were: what a digest in a ledger or a workbook was
    made of, so that decisions of then still hold."""
    return f"{submission.identity.name}：{finding.message}"


def value_words(submission: Submission, index: int) -> str:
    reading = submission.readings[index]
    return f"{reading.state} {reading.shown}" if reading.number is None else str(reading.number)


def digest(told: Iterable[str]) -> str:
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
    holds = decision is not None and decision.grounds == grounds and not refused(finding, decision)
    if finding.severity is not Severity.MUST:
        status = Status.EXPLAINED if explanation else status
        status = Status.WAIVED if holds and decision and decision.opinion is Opinion.ACCEPTED else status
    return FollowUp(
        key=f"{names[0]}|{tail}",
        grounds=grounds,
        status=status,
        since=since,
        weeks=(memory.as_of - since).days // 7,
        explanation=explanation,
        decision=decision if holds else None,
        reopened=decision if decision and decision.grounds != grounds else None,
    )


def explained(finding: Finding, submission: Submission, form: Form) -> str:
    """What the agency says of this problem; of a rule that speaks once of all its lines, wherever it says it."""
    return submission.explained(finding.rule, None if form.rule(finding.rule).together else finding.item)


def said_besides(record: AgencyRecord, form: Form) -> str:
    """What the agency explains that no problem of it asks about: nothing that it wrote is lost."""
    checked = record.file.checked if record.file else None
    if checked is None:
        return ""
    told = checked.submission.explanations
    asked = [
        one
        for f in checked.findings
        for one in checked.submission.explaining(f.rule, None if form.rule(f.rule).together else f.item)
    ]
    words = dict.fromkeys(f"{f'{e.rule} ' if e.rule else ''}{e.text}" for e in told if e not in asked)
    return f"单位另有说明：{'；'.join(words)}" if words else ""


def refused(finding: Finding, decision: Decision) -> bool:
    """Whether a decision cannot be followed: what must be changed is not put right by an explanation."""
    return finding.severity is Severity.MUST and decision.opinion is Opinion.ACCEPTED


def on_file(agency: Agency, record: FileRecord | None, memory: Memory) -> AgencyRecord:
    """What was decided on an agency's file as a whole, or on its not having filed."""
    names, tail = memory.roster.known_as(agency), f"{memory.year}|{WHOLE_FILE}"
    checked = record.checked if record else None
    items = memory.form.items
    grounds = ""
    if checked:
        numbers = digest(value_words(checked.submission, item.index) for item in items)
        grounds = f"{numbers}-{checked.submission.source.sha256[:16]}"
    decision = memory.decision(names, tail)
    holds = decision is not None and same_file(decision, grounds)
    return AgencyRecord(
        agency,
        "",
        "",
        "",
        key=f"{names[0]}|{tail}",
        grounds=grounds,
        decision=decision if holds else None,
        reopened=None if holds else decision,
    )


def same_file(decision: Decision, grounds: str) -> bool:
    """Whether a decision on a whole file holds for what there is now: what was excluded stays so while its numbers are
    the same; what was sent back is answered by any other file."""
    if decision.opinion is Opinion.EXCLUDE:
        return decision.grounds.partition("-")[0] == grounds.partition("-")[0]
    return decision.grounds == grounds


def rulings(findings: Iterable[Finding], whole: AgencyRecord) -> list[Decision]:
    """The decisions that hold, on the file as a whole first."""
    held = [whole.decision, *(finding.follow_up.decision for finding in findings if finding.follow_up)]
    return [decision for decision in held if decision]


def ruled(record: FileRecord, checked: Checked, decisions: Sequence[Decision]) -> FileRecord:
    """The file in the state that the decisions give it, with the reviewer's words."""
    state = checked.state
    for opinion, becomes, _ in RULINGS:
        if any(decision.opinion is opinion for decision in decisions):
            state = becomes
    reason = "；".join(filter(None, (ruling_words(decisions), checked.reason)))
    return replace(record, state=state, reason=reason, checked=checked)


def ruling_words(decisions: Sequence[Decision]) -> str:
    """``审核人退回：附件缺页``, or empty."""
    told = []
    for opinion, _, words in RULINGS:
        given = [decision for decision in decisions if decision.opinion is opinion]
        remarks = "、".join(dict.fromkeys(decision.remark for decision in given if decision.remark))
        told += [f"{words}：{remarks}" if remarks else words] if given else []
    return "；".join(told)


def follow_up_agencies(agencies: Sequence[AgencyRecord], memory: Memory) -> list[AgencyRecord]:
    """The agencies with what was decided on their files as a whole."""
    found = []
    for record in agencies:
        whole = on_file(record.agency, record.file, memory)
        said = ruling_words(rulings(record.findings, whole)) if record.file else ""
        remark = "；".join(filter(None, (said, record.remark, said_besides(record, memory.form))))
        decided = {"key": whole.key, "grounds": whole.grounds, "decision": whole.decision, "reopened": whole.reopened}
        found.append(replace(record, remark=remark, **decided))  # type: ignore[arg-type]
    return found


def follow_up_region(result: Consolidation, memory: Memory) -> Consolidation:
    """The result with the follow-up of the region's own findings, and with what the reviewers should look at."""
    findings = result.region_findings
    followed = (
        follow_up_of(f, tail, digest([label_place(f), f"{f.filed}", f"{f.expected}"]), ("",), None, memory)
        for f, tail in zip(findings, tails(findings, memory), strict=True)
    )
    result = replace(
        result, region_findings=tuple(replace(f, follow_up=one) for f, one in zip(findings, followed, strict=True))
    )
    there = dict(decidable(result, memory.roster))
    conflicts = tuple(
        replace(c, followed=replace(c.followed, key=there[c.followed.key]))
        for c in memory.decided.conflicts
        if c.followed.key in there
    )
    warnings = (*memory.decided.warnings, *refusals(result, memory))
    return replace(result, decided=replace(memory.decided, conflicts=conflicts, warnings=warnings))


def decidable(result: Consolidation, roster: Roster) -> Iterator[tuple[str, str]]:
    """The keys of all that may be decided on, each also by those it had under former codes."""
    keys = [(a, a.key) for a in result.agencies] + [(a, f.follow_up.key) for a, f in result.findings if f.follow_up]
    for record, key in keys:
        first, *former = roster.known_as(record.agency)
        yield key, key
        yield from ((f"{name}|{key.removeprefix(f'{first}|')}", key) for name in former)


def refusals(result: Consolidation, memory: Memory) -> Iterator[str]:
    """The decisions that could not be followed."""
    for record, finding in result.findings:
        if finding.follow_up and finding.severity is Severity.MUST:
            names = memory.roster.known_as(record.agency)
            decision = memory.decision(names, finding.follow_up.key.removeprefix(f"{names[0]}|"))
            if decision and refused(finding, decision) and decision.grounds == finding.follow_up.grounds:
                yield (
                    f"必须改的不能同意：{record.agency.name} {finding.rule} {finding.table}「{finding.row}」"
                    f"填了“{Opinion.ACCEPTED}”，没有采用；请单位改正后重报，或改填“{Opinion.EXCLUDE}”。"
                )
