"""What a report cites word by word: numbers of documents, years and names; and the parts that must say something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbook_tool.model.form.texts import Citation, ReportPart, Texts
from workbook_tool.model.intake.submission import Identity
from workbook_tool.model.judging.finding import NOWHERE, Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import TEXT, cells_in
from workbook_tool.steps.intake.prose.sentences import Sentence, even, in_year

NAME = "{name}"
OWN = "我本该"
"""What may stand before a name that is one's own."""


def citation_findings(
    texts: Texts, read: Sequence[Sentence], identity: Identity, year: int, rulebook: Rulebook
) -> Iterator[Finding]:
    """What is cited and is not right, once for each wrong one."""
    told: set[tuple[str, str]] = set()
    for citation in texts.citations:
        right = {in_year(one, year) for one in citation.right}
        for sentence in read:
            for pattern in citation.patterns:
                for match in re.finditer(in_year(pattern, year), sentence.text):
                    cited = "-".join(match.groups())
                    if (citation.rule, cited) in told or is_right(cited, right, identity):
                        continue
                    told.add((citation.rule, cited))
                    yield cited_wrongly(citation, sentence, match, in_year(citation.meant, year), identity, rulebook)


def is_right(cited: str, right: set[str], identity: Identity) -> bool:
    """Whether it is what should stand there; of a name, whether it is one of the agency's, or one in short."""
    if NAME not in right or identity.agency is None:
        return cited in right or NAME in right
    names = {even(name) for name in (identity.agency.name, *identity.agency.aliases)}
    return any(name in cited or is_short_for(cited.lstrip(OWN), name) for name in names)


def is_short_for(cited: str, name: str) -> bool:
    """Whether its letters stand in the name in the same order, as those of ``县人社局`` do in the name in full."""
    rest = iter(name)
    return all(letter in rest for letter in cited)


def cited_wrongly(
    citation: Citation, sentence: Sentence, match: re.Match[str], meant: str, identity: Identity, rulebook: Rulebook
) -> Finding:
    """The finding for one."""
    name = identity.agency.name if identity.agency else identity.name
    said = f"正文写“{sentence.around(*match.span())}”，应为{meant.replace(NAME, name)}。"
    return rulebook.finding(rulebook.form.rule(citation.rule), said, sentence.where)


def section_findings(texts: Texts, lines: Sequence[str], rulebook: Rulebook) -> Iterator[Finding]:
    """The parts of a report that say nothing, or not what they must."""
    told = [even(line) for line in lines]
    starts = {
        n: next((i for i, line in enumerate(told) if re.match(s.head, line)), None)
        for n, s in enumerate(texts.sections)
    }
    if not any(start is not None for start in starts.values()):
        return  # no whole report, which lacks none of its parts
    for number, section in enumerate(texts.sections):
        start = starts[number]
        if start is None:
            where, body = NOWHERE, ""
        else:
            ends = [other for other in starts.values() if other is not None and other > start]
            body = "".join(told[start + 1 : min(ends, default=len(told))])
            body = re.sub(f"^(?:{section.head})", "", told[start]) + body
            where = Where(sheet=TEXT, cells=cells_in(TEXT, [(start, 0)]))
        if lacking(section, body):
            yield rulebook.finding(rulebook.form.rule(section.rule), f"{section.lacks}。", where)


def lacking(section: ReportPart, body: str) -> bool:
    """Whether a part lacks what it must say."""
    return len(body) < section.least or bool(section.must and not re.search(section.must, body))
