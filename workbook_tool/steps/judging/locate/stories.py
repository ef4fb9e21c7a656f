"""From what fails to stories: which failures have one cause, and how surely it is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from math import prod

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.judging.diagnosis import Certainty, Doubt, Repair, Story, WholeFault
from workbook_tool.steps.judging.locate.follow import Parts, reduced, unseen_sums
from workbook_tool.steps.judging.locate.hypotheses import Hypotheses
from workbook_tool.steps.judging.locate.likely import Places, explained, is_move, unlikelihood, with_totals
from workbook_tool.steps.judging.locate.search import Fix, pairs, singles
from workbook_tool.steps.judging.locate.slips import beside_one, neighbours, twice
from workbook_tool.steps.judging.locate.system import System, bits, groups, union
from workbook_tool.steps.judging.locate.whole import whole_fault

LISTED = 3
APART = 3
"""With more groups of failures than this that hang together, it is one mistake that nobody can name."""
Search = Callable[[System, Places, int], Iterator[Fix]]


class Question(Struct, frozen=True):
    """A filing's system with what is known beside it. ``base`` is the system before totals were replaced by ``parts``;
    ``veiled`` says that totals may follow parts in sums that nobody can check for blanks."""

    system: System
    places: Places
    hypotheses: Hypotheses
    last_year: Mapping[int, int]
    base: System
    parts: Parts
    veiled: bool = False

    def story(self, part: int, fixes: list[Fix], whole: WholeFault | None = None) -> Story:
        """The story of what fails in ``part``. ``unique`` needs one explanation alone, with one number for each cell, and
        none of as few slips beside it."""
        explanations = [explained(self.system, self.places, self.last_year, fix) for fix in fixes]
        if self.certainty(part, explanations, whole) is Certainty.UNIQUE:
            beside = self.as_few_slips(part, explanations, whole)
            explanations += [explained(self.system, self.places, self.last_year, fix) for fix in beside]
        explanations.sort(key=lambda e: unlikelihood(e, self.places))
        return Story(
            tuple(self.system.numbers_of[bit] for bit in bits(part)),
            self.certainty(part, explanations, whole),
            tuple(with_totals(e, self.system.numbers, self.parts) for e in explanations[:LISTED]),
            len(explanations) + ways(whole),
            whole,
            self.place(part, explanations),
        )

    def certainty(self, part: int, explanations: list[Repair], whole: WholeFault | None) -> Certainty:
        """Counting decides: likelihood never turns a tie into ``unique``.

        The only explanation must also be confirmed: with no more failing relations than unknown amounts (a number that
        moved is one) something always fits, and one change may well stand for what two faults did together.
        """
        count = len(explanations) + ways(whole)
        if not count or (whole and not whole.changes):
            return Certainty.OPEN
        confirmed = all(part.bit_count() > self.amounts(e) for e in explanations)
        confirmed = confirmed and (whole is None or whole.confirmed)
        only = count == 1 and all(e.exact and len(e.changes) <= 2 for e in explanations) and not self.veiled
        return Certainty.UNIQUE if only and confirmed else Certainty.TIED

    def as_few_slips(self, part: int, explanations: list[Repair], whole: WholeFault | None) -> list[Fix]:
        """What explains ``part`` with as few slips as the only explanation, in more cells."""
        system, places = self.system, self.places
        if whole:
            searches: list[Search] = [beside_one, neighbours]
        elif explanations[0].moved:
            searches = [neighbours]
        elif len(explanations[0].changes) == 2:
            searches = [beside_one]
        else:
            searches = [twice] if part.bit_count() == 2 else []
        same = {(change.item, -change.difference) for change in (whole.changes if whole else ())}
        found = {fix.cells: fix for search in searches for fix in search(system, places, part)}
        return [fix for fix in found.values() if set(fix.deltas) != same]

    def two_slips(self, part: int) -> list[Fix]:
        """A number one place off beside a wrong cell, where no two cells explain ``part``: worth naming, never certain."""
        found = {fix.cells: fix for fix in beside_one(self.system, self.places, part)}
        return list(found.values())

    def amounts(self, explanation: Repair) -> int:
        """How many amounts an explanation leaves to be known; one more where two cells stand in an equation that blanks
        leave undecided."""
        if explanation.moved or len(explanation.changes) == 1:
            return 1
        cells = [change.item for change in explanation.changes]
        return len(cells) + self.unseen(cells)

    def unseen(self, cells: Iterable[int]) -> bool:
        """Whether blanks leave an equation of these cells undecided: another mistake could hide behind it."""
        decided, relations = set(self.base.numbers_of), self.hypotheses.relations.constraints
        own = union(self.hypotheses.masks[cell] for cell in cells)
        return any(relations[n].operator == "==" and n not in decided for n in bits(own))

    def place(self, part: int, explanations: list[Repair]) -> tuple[int, ...]:
        """The cells of all explanations; without any, those where failing relations cross, if they do."""
        if explanations:
            return tuple(sorted({change.item for e in explanations for change in e.changes}))
        seen = Counter(cell for bit in bits(part) for cell in self.system.cells(bit))
        crossing = [cell for cell, times in seen.items() if times > 1]
        return tuple(sorted(crossing or seen))

    def judged(self, part: int, fixes: list[Fix]) -> Story:
        """The story of ``part`` beside the mistakes with a whole line that would explain it. One of these is named, beside
        a few cells that explain it only if it is the one; where several do, no cells are certain."""
        fault, lines = self.whole(part)
        if not (fixes and (fault is None or fault.rivals)):
            return self.story(part, fixes, fault)
        story = self.story(part, fixes)
        unsure = lines > 0 and story.certainty is Certainty.UNIQUE
        return replace(story, certainty=Certainty.TIED, doubt=Doubt.LINES) if unsure else story

    def whole(self, part: int) -> tuple[WholeFault | None, int]:
        """The mistake with a whole line that would explain ``part``, and how many could be named."""
        return whole_fault(self.hypotheses, self.base, self.base.part(self.system.numbers_of[b] for b in bits(part)))


def ways(whole: WholeFault | None) -> int:
    """How many mistakes with a whole line explain it."""
    return 1 + whole.rivals if whole else 0


def stories_of(question: Question, region: int) -> list[Story]:
    """The stories of failures that hang together, or might."""
    if follow := reduced(question.system, region):
        base, (system, parts) = question.system, follow
        veiled = unseen_sums(question.hypotheses.relations, base, region)
        question = replace(question, system=system, parts=parts, veiled=veiled)
        region = system.part(base.numbers_of[bit] for bit in bits(region))
    system = question.system
    if fixes := singles(system, region):
        return [question.story(region, fixes)]
    fixes = pairs(system, region)
    if len(fixes) == 1 and fixes[0].exact and (split := apart(question, region, fixes[0])):
        return split
    if fixes:
        return [question.judged(region, fixes)]
    whole, _ = question.whole(region)
    groups = [region] if whole else joined(system, region)
    if len(groups) == 1 or len(groups) > APART:
        return [question.story(region, [] if whole else question.two_slips(region), whole)]
    return certain_beside(question.places, [told(question, group) for group in groups])


def certain_beside(places: Places, stories: list[Story]) -> list[Story]:
    """Stories of one table side by side: none is certain whose cell may stand in a line with what another, uncertain one
    is about, for one mistake with that line, which nobody could name, may be behind both."""
    vague = {cell for story in stories if story.certainty is not Certainty.UNIQUE for cell in story.place}
    found = []
    for story in stories:
        cells = [change.item for e in story.explanations[:1] for change in e.changes]
        certain = story.certainty is Certainty.UNIQUE
        doubted = certain and any(places.in_line(cell, other) for cell in cells for other in vague)
        found.append(replace(story, certainty=Certainty.TIED, doubt=Doubt.BESIDE) if doubted else story)
    return found


def together(question: Question, stories: list[Story]) -> list[Story]:
    """Stories of relations that nothing ties together, as one where one mistake with a whole line of a block explains
    them all: then that stands beside the cells found one by one."""
    by_block: dict[tuple[int, int], list[Story]] = {}
    for story in stories:
        cells = {i for n in story.broken for i, _ in question.hypotheses.relations.constraints[n].terms}
        blocks = {question.places.lines[cell][0][0] for cell in cells}
        by_block.setdefault((min(blocks), max(blocks)), []).append(story)
    found = []
    for own in by_block.values():
        part = question.base.part(n for story in own for n in story.broken)
        whole = question.whole(part)[0] if len(own) > 1 and not any(s.whole for s in own) else None
        found += [whole_story(own, whole)] if whole else own
    return sorted(found, key=lambda story: story.broken)


def whole_story(own: list[Story], whole: WholeFault) -> Story:
    """One story for what several were told of: the mistake with a whole line, and the changes cell by cell."""
    broken = tuple(sorted(n for story in own for n in story.broken))
    firsts = [story.explanations[0] for story in own if story.explanations]
    cells = Repair(tuple(c for e in firsts for c in e.changes), exact=all(e.exact for e in firsts))
    choices = prod(story.count for story in own)
    place = tuple(sorted({cell for story in own for cell in story.place}))
    only = whole.changes and whole.confirmed and not choices
    certainty = Certainty.UNIQUE if only else Certainty.TIED if whole.changes else Certainty.OPEN
    return Story(broken, certainty, (cells,) if choices else (), choices + 1, whole, place)


def told(question: Question, part: int) -> Story:
    """The story of one group among several."""
    fixes = smallest(question.system, part)
    certain = len(fixes) == 1 and len(fixes[0].deltas) == 1 and fixes[0].exact
    return question.story(part, fixes) if certain else question.judged(part, fixes)


def smallest(system: System, part: int) -> list[Fix]:
    """All explanations of the smallest size, up to two cells."""
    return singles(system, part) or pairs(system, part)


def apart(question: Question, region: int, fix: Fix) -> list[Story]:
    """The only pair as two stories, where each of its cells is the one cell that can explain its own failures."""
    system, found = question.system, []
    if is_move(fix, question.places):
        return []
    for cell in sorted(fix.cells):
        part = system.touch[cell] & region
        alone = singles(system, part) if part and part != region else []
        others = union(system.touch[c] for c in fix.cells - {cell})
        if [a.cells for a in alone] != [{cell}] or others & system.touch[cell]:
            return []
        found.append((part, alone))
    if union(part for part, _ in found) != region:
        return []
    return [question.story(part, alone) for part, alone in found]


def joined(system: System, region: int) -> list[int]:
    """The groups of failures that share no cell, those put together again that one smaller or equally small explanation
    might join (n moved from one column to another leaves two failing columns that share no cell)."""
    parts = groups(system, region)
    if len(parts) > 2 * APART:
        return parts
    alone = {part: smallest(system, part) for part in parts}
    merged = {part: {part} for part in parts}
    for one, other in combinations(parts, 2):
        if joins(system, one, other, alone):
            together = merged[one] | merged[other]
            for part in together:
                merged[part] = together
    return sorted({union(group) for group in merged.values()})


def joins(system: System, one: int, other: int, alone: dict[int, list[Fix]]) -> bool:
    """Whether two groups might have a cause in common: a pair that is none of the combinations of their own cells."""
    both = pairs(system, one | other)
    if not both:
        return False
    product = {a.cells | b.cells for a in alone[one] for b in alone[other]}
    return any(fix.cells not in product for fix in both)
