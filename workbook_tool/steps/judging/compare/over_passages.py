"""What a report says beside its tables against what the agency's report said a year ago: copied sentences are told."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import TEXT, cells_in
from workbook_tool.model.regex import regex
from workbook_tool.model.season.filing import Checked
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.model.text import squash

SENTENCE = regex(r"[^。；;！!？?]+")
LEAST = 15
"""Shorter sentences are in every report."""
SHOWN = 30


def copied(filing: Checked, rulebook: Rulebook, last: LastYear) -> Iterator[Finding]:
    """The passages more than half of which is last year's, sentence by sentence."""
    before = last.said_by(filing.submission.identity.agency)
    declared = {one.id: one for one in rulebook.form.texts.gathered} if rulebook.form.texts else {}
    for said in filing.submission.said if before else ():
        if declared[said.id].patterns:
            continue
        old = {squash(one) for one in SENTENCE.findall(before.get(said.id, ""))}
        told = [one for one in SENTENCE.findall(said.text) if len(squash(one)) >= LEAST]
        same = [one for one in told if squash(one) in old]
        if 2 * sum(map(len, same)) > sum(map(len, told)):
            words = (
                f"“{declared[said.id].title}”有 {len(same)} 句与{last.word}的报告相同，如“{same[0].strip()[:SHOWN]}…”。"
            )
            where = Where(sheet=TEXT, cells=cells_in(TEXT, [(said.line, 0)]))
            yield rulebook.finding(rulebook.of_kind("left"), words, where)
