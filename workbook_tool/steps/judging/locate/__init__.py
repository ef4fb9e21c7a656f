"""Locate: which cell is most likely wrong and what it should be, where numbers do not agree.

The form is a parity code: most cells stand in more than one relation, so what fails together tells where the fault is.
Fellegi & Holt (1976, J. Am. Stat. Assoc. 71) ask for the fewest changes that make every edit hold; ``search`` finds
them in closed form, over any form's linear rules, exactly. Blanks are unknown and stay so. It proposes and never
changes a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.judging.diagnosis import Certainty, Doubt, Story
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.filing import Checked
from workbook_tool.model.season.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.steps.judging.locate.hypotheses import Hypotheses
from workbook_tool.steps.judging.locate.likely import Places
from workbook_tool.steps.judging.locate.stories import Question, stories_of, together
from workbook_tool.steps.judging.locate.system import Relations, regions, system_of
from workbook_tool.steps.judging.locate.words import OwnFile, advice, certain, likely, with_cause

Numbers = Mapping[int, int]


def locate(checked: Sequence[Checked], rulebook: Rulebook, last: LastYear = NO_LAST_YEAR) -> list[Checked]:
    """The filings with their broken relations told as stories. ``last`` only helps to order ties.

    States and verdicts stay as they are: nothing is found here that was not found before.
    """
    form, policy = rulebook.form, rulebook.policy
    locator = Locator(form, lambda rule_id: policy.weigh(form.rule(rule_id)))
    return [located(one, locator, last) for one in checked]


def located(checked: Checked, locator: Locator, last: LastYear) -> Checked:
    """One filing with the findings of a story together, the one to read first."""
    broken = {f.relation: f for f in checked.findings if f.relation in locator.relations.constraints}
    if not broken:
        return checked
    agency = checked.submission.identity.agency
    stories = locator.stories(checked.submission.numbers(), last.of(agency))
    told: dict[int | None, list[Finding]] = {}
    owned = [(story, [broken[n] for n in story.broken if n in broken]) for story in stories]
    for number, (story, own) in enumerate(((s, own) for s, own in owned if own), 1):
        told |= dict.fromkeys((f.relation for f in own), retold(story, own, checked, number, locator.relations.form))
    return replace(checked, findings=tuple(in_order(checked.findings, told)))


def in_order(findings: Sequence[Finding], told: dict[int | None, list[Finding]]) -> list[Finding]:
    """All findings, a story's together where its first one stood."""
    found: list[Finding] = []
    stories: set[int | None] = set()
    for finding in findings:
        story = told.get(finding.relation)
        if story is None:
            found.append(finding)
        elif story[0].story not in stories:
            stories.add(story[0].story)
            found += story
    return found


def retold(story: Story, own: list[Finding], checked: Checked, number: int, form: Form) -> list[Finding]:
    """The findings of one story, that of the relation nearest to the fault first, with what is to be said of it."""
    submission = checked.submission
    fault = [c.item for e in story.explanations[:1] for c in e.changes] or list(story.place[:1])
    first, *rest = sorted(own, key=lambda f: distance(f, fault, form))
    page = OwnFile(submission, form, first.sheet)
    message, brief = (with_cause(text, story, page, len(own)) for text in (first.message, first.brief))
    head = replace(first, message=message, brief=brief)
    return [
        replace(
            finding,
            suggestion=advice(story, OwnFile(submission, form, finding.sheet), finding.suggestion, finding is head),
            certainty=story.certainty,
            story=number,
            likely=likely(story) if finding is head else (),
            located=certain(story),
        )
        for finding in (head, *rest)
    ]


def distance(finding: Finding, fault: list[int], form: Form) -> int:
    """How many cells lie between what a finding points to and the located fault."""
    if not fault or finding.item is None:
        return 0
    here, there = form.items[finding.item], form.items[fault[0]]
    if here.block is not there.block:
        return len(form.items)
    rows, columns = here.block.rows, here.block.columns
    return abs(rows.index(here.row) - rows.index(there.row)) + abs(
        columns.index(here.column) - columns.index(there.column)
    )


class Locator:
    """The localiser for one form: what only the form decides is worked out once."""

    def __init__(self, form: Form, severity: Callable[[str], Severity] | None = None) -> None:
        self.relations = Relations.of(form, severity)
        self.hypotheses = Hypotheses(self.relations)
        self.places = Places(form)

    def stories(self, numbers: Numbers, last_year: Numbers | None = None) -> list[Story]:
        """What fails in these numbers (item index to exact number, blanks left out), told by cause; empty where all
        decided must-relations hold. ``last_year`` holds earlier numbers: last year's only help to order ties, those of the
        period before are counted on from."""
        system = system_of(self.relations, numbers, last_year or {})
        if system is None:
            return []
        question = Question(system, self.places, self.hypotheses, last_year or {}, system, {})
        found = [stories_of(question, region) for region in regions(system)]
        alone = [stories[0] for stories in found if len(stories) == 1]
        split = [story for stories in found if len(stories) > 1 for story in stories]
        told = [self.beside_others(story) for story in together(question, alone) + split]
        return sorted(told, key=lambda story: story.broken)

    def beside_others(self, story: Story) -> Story:
        """A story that is certain only by what is counted from a list, or filed for the period before, is not: a record or
        an earlier number may be wrong, which nobody tried."""
        form, constraints = self.relations.form, self.relations.constraints
        broken = [constraints[number] for number in story.broken]
        counted = [c for c in broken if any(form.items[index].table.id in form.counted for index, _ in c.terms)]
        earlier = [c for c in broken if c.last_terms]
        changes = max((len(one.changes) for one in story.explanations), default=0)
        leaning = len(counted) + len(earlier)
        if not leaning or len(broken) - leaning > changes or story.certainty is not Certainty.UNIQUE:
            return story
        return replace(story, certainty=Certainty.TIED, doubt=Doubt.RECORDS if counted else Doubt.EARLIER)
