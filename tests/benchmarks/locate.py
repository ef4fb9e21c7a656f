"""How well faults are located: ``python -m tests.benchmarks.locate [filings a kind]`` prints a table for each layout,
and at its end how often a claim of ``unique`` was wrong: never for one fault, once in a thousand at most for two wrong
cells and for the mixed kinds.

- found: share of faulty filings in which some must-relation fails.
- right: share with every wrong cell located as ``unique``, with its true number.
- listed: share where the truth is among the explanations that a person reads (three a story at most).
- wrong: share with a claim of ``unique`` that is not the truth.
- stories: median (and worst) number of stories in a faulty filing.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Sequence

from msgspec import Struct, field

from tests.faults import DOUBLE, KINDS, MIXED, SINGLE, Faults, Faulty
from tests.filings import LAYOUTS, Maker, Numbers
from tests.grids import ROOT, annual_report
from workbook_tool.files.form.declaration import load_form
from workbook_tool.model.form.form import Form
from workbook_tool.model.judging.diagnosis import Certainty, Story
from workbook_tool.steps.judging.locate import Locator

SEED = 2024


class Score(Struct):
    """What was seen of one kind of fault."""

    tried: int = 0
    found: int = 0
    right: int = 0
    listed: int = 0
    wrong: int = 0
    certain: dict[str, int] = field(default_factory=dict)
    stories: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def add(self, stories: Sequence[Story], faulty: Faulty, seconds: float) -> None:
        self.tried += 1
        self.seconds.append(seconds)
        if not stories:
            return
        self.found += 1
        self.stories.append(len(stories))
        self.wrong += any(s.certainty is Certainty.UNIQUE and not true(told(s)[0], faulty) for s in stories)
        unique = all(s.certainty is Certainty.UNIQUE for s in stories)
        listed = among(stories, faulty)
        self.right += unique and listed
        self.listed += listed

    def row(self, kind: str) -> str:
        def share(part: int) -> str:
            return f"{100 * part / self.found:.1f} %" if self.found else "–"

        times = sorted(1000 * s for s in self.seconds)
        cells = [
            kind,
            str(self.tried),
            f"{100 * self.found / self.tried:.1f} %" if self.tried else "–",
            share(self.right),
            share(self.listed),
            f"{self.wrong} ({share(self.wrong)})",
            f"{statistics.median(self.stories):.0f} (≤ {max(self.stories)})" if self.stories else "–",
            f"{statistics.fmean(times):.2f}" if times else "–",
            f"{times[len(times) * 99 // 100]:.2f}" if times else "–",
        ]
        return "| " + " | ".join(cells) + " |"


HEAD = "| fault | filings | found | right | listed | wrong unique | stories | ms mean | ms p99 |\n|---|---|---|---|---|---|---|---|---|"


def told(story: Story) -> list[dict[int, int]]:
    """What each listed explanation says: the numbers that cells should have."""
    whole = [{c.item: c.due for c in story.whole.changes}] if story.whole else []
    return [*whole, *({c.item: c.due for c in (*e.changes, *e.following)} for e in story.explanations)]


def true(way: dict[int, int], faulty: Faulty) -> bool:
    return all(faulty.honest[item] == number for item, number in way.items())


def among(stories: Sequence[Story], faulty: Faulty) -> bool:
    """Whether the truth is put together from one listed explanation of each story. A blank for 0 is told by V-BLANK."""
    said: set[int] = set()
    for story in stories:
        fitting = [way for way in told(story) if way and true(way, faulty)]
        if not fitting:
            return False
        said |= set(fitting[0])
    return {item for item in faulty.truth if faulty.numbers.get(item, 0) != faulty.honest[item]} <= said


def measure(form: Form, layout: str, honest: list[Numbers], kind: str) -> Score:
    locator, faults, score = Locator(form), Faults(form, layout), Score()
    len(locator.hypotheses.mending)
    for number, filing in enumerate(honest):
        faulty = faults.apply(kind, filing, random.Random(f"{SEED}/{kind}/{number}"))
        if faulty:
            start = time.process_time()
            stories = locator.stories(faulty.numbers)
            score.add(stories, faulty, time.process_time() - start)
    return score


def clean(form: Form, honest: list[Numbers]) -> str:
    """Honest filings, in every layout: how many have a story at all (none should)."""
    locator = Locator(form)
    counts = []
    for name, layout in LAYOUTS.items():
        filings = [layout(form, filing) for filing in honest]
        start = time.process_time()
        told = sum(bool(locator.stories(filing)) for filing in filings)
        counts.append(f"{name} {told} of {len(filings)} ({1000 * (time.process_time() - start) / len(filings):.2f} ms)")
    return "Honest filings with a story: " + ", ".join(counts)


def claims(scores: dict[str, Score]) -> str:
    """How many claims were wrong, by how many faults there were."""
    groups = {"one fault": SINGLE, "two wrong cells": DOUBLE, "mixed": tuple(MIXED)}
    told = []
    for name, kinds in groups.items():
        wrong, tried = sum(scores[k].wrong for k in kinds), sum(scores[k].tried for k in kinds)
        told.append(f"{name} {wrong} of {tried}" + (f" ({100 * wrong / tried:.2f} %)" if tried else ""))
    return ", ".join(told)


def main(count: int) -> None:
    for form in (annual_report(), load_form(ROOT / "tests" / "forms", "shushe")):
        honest = list(Maker(form).filings(count, SEED))
        print(f"\n## {form.id}, {count} filings a kind\n\n{clean(form, honest)}")
        for layout in LAYOUTS:
            print(f"\n### Totals: {layout}\n\n{HEAD}")
            scores = {kind: measure(form, layout, honest, kind) for kind in (*KINDS, *MIXED)}
            print("\n".join(score.row(kind) for kind, score in scores.items() if score.tried))
            print(f"\nWrong claims of unique: {claims(scores)}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
