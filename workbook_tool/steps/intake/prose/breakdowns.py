"""Wholes and their parts in one sentence: only what cannot be true is told, for a sentence need not name all parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from workbook_tool.model.form.texts import Breakdown, Texts
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.regex import regex
from workbook_tool.steps.intake.prose.sentences import BRACKETED, Sentence

CLOSE = Decimal("0.5")
"""Half a point: nobody rounds a percentage more coarsely."""
AGAIN = regex(r"其中|[比占%]")
"""A second breakdown within the first, or a comparison: then nobody can tell what is a part of what."""


def breakdown_findings(texts: Texts, read: Sequence[Sentence], rulebook: Rulebook) -> Iterator[Finding]:
    """What is to be said of sentences that divide a whole."""
    for sentence in read:
        for rule in rulebook.form.rules:
            if rule.kind == "breakdown" and (said := larger_parts(sentence, texts.breakdown)):
                yield rulebook.finding(rule, said, sentence.where)
            if rule.kind == "share" and (said := wrong_share(sentence, texts.breakdown)):
                yield rulebook.finding(rule, said, sentence.where)


def larger_parts(sentence: Sentence, breakdown: Breakdown) -> str:
    """What is wrong where the parts that a sentence names are more than the whole; empty where they are not."""
    bare = BRACKETED.sub("", sentence.text)
    for match in re.finditer(breakdown.whole, bare):
        parts = re.compile(breakdown.parts).match(bare, match.end())
        if not parts or AGAIN.search(bare[parts.end() :]):
            continue
        unit, named = re.escape(match["u"]), re.split(breakdown.ends, bare[parts.end() :])[0]
        found = [int(number) for number in re.findall(rf"(?<![\d.])(\d+){unit}", named)]
        if len(found) > 1 and sum(found) > int(match["n"]):
            return f"正文写“{match[0]}”，其中各项之和却是 {sum(found)}（{' + '.join(map(str, found))}），比总数大。"
    return ""


def wrong_share(sentence: Sentence, breakdown: Breakdown) -> str:
    """What is wrong where a percentage is not what its part and its whole come to; empty where it is, where no whole
    stands before it, or where it is right of another number before it."""
    for match in re.finditer(breakdown.share, sentence.text):
        before = [m for m in re.finditer(breakdown.whole, sentence.text[: match.start()]) if m["u"] == match["u"]]
        if not before or not int(before[-1]["n"]):
            continue
        part, whole = int(match["n"]), int(before[-1]["n"])
        share = Decimal(100 * part) / whole
        others = re.findall(rf"(?<![\d.])(\d+){re.escape(match['u'])}", sentence.text[: match.start()])
        near = [
            other
            for n in others
            if (other := int(n)) and abs(Decimal(100 * part) / other - Decimal(match["q"])) <= CLOSE
        ]
        if part <= whole and not near:
            return f"正文写“{match[0]}”，{part} 占 {whole} 应为 {share:.1f}%。"
    return ""
