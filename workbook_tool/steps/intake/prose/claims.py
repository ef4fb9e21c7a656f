"""What the sentences of a report say of the form's numbers, by the patterns that the form declares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from workbook_tool.model.form.texts import Saying, Texts
from workbook_tool.model.intake.claim import Claim
from workbook_tool.steps.intake.prose.sentences import Sentence, in_year, of_another_time, stray

Pattern = re.Pattern[str]
NUMBER = "n"
"""The group of a pattern that is the number."""


def claims_of(read: Sequence[Sentence], texts: Texts, year: int) -> list[Claim]:
    """Every claim once. Where one sentence states a number and that there is none, the number counts: it stands there."""
    found: dict[tuple[object, ...], Claim] = {}
    for sentence in read:
        told = [claim for number in range(len(texts.sayings)) for claim in said(sentence, number, texts, year)]
        stated = {texts.sayings[c.saying].means for c in told if texts.sayings[c.saying].value is None}
        for claim in told:
            saying = texts.sayings[claim.saying]
            if saying.value is None or saying.means not in stated:
                found.setdefault((saying.rule, saying.means, claim.number), claim)
    return list(found.values())


def said(sentence: Sentence, number: int, texts: Texts, year: int) -> Iterator[Claim]:
    """What a sentence says in this way."""
    saying = texts.sayings[number]
    topic, unless, patterns = compiled(saying, year)
    if topic and not (topic.search(sentence.text) or topic.search(sentence.heading)):
        return
    if unless and unless.search(sentence.text):
        return
    for pattern in patterns:
        for match in pattern.finditer(sentence.text):
            start = match.start() if saying.value is not None else match.start(NUMBER)
            if of_another_time(sentence, start, texts.guards, year):
                continue
            if saying.value is not None:
                yield Claim(number, saying.value, sentence.around(*match.span()), sentence.line)
            elif not stray(sentence, *match.span(NUMBER), texts.guards):
                digits = match[NUMBER].replace(",", "")
                told = int(digits) if digits.isdigit() else 0
                yield Claim(number, told, sentence.around(*match.span()), sentence.line)


@lru_cache(maxsize=256)
def compiled(saying: Saying, year: int) -> tuple[Pattern | None, Pattern | None, tuple[Pattern, ...]]:
    """What must stand in a sentence, what must not, and the patterns, for a report of this year."""
    topic, unless = (re.compile(in_year(one, year)) if one else None for one in (saying.topic, saying.unless))
    return topic, unless, tuple(re.compile(in_year(pattern, year)) for pattern in saying.patterns)
