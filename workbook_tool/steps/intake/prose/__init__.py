"""Prose: the running text of a report that came as a document: what it says of the form's numbers, and what must not
stand in it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from workbook_tool.model.form.texts import Texts
from workbook_tool.model.intake.claim import Claim, Said
from workbook_tool.model.intake.submission import Agency, Identity, Sheet
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import TEXT
from workbook_tool.steps.intake.prose.breakdowns import breakdown_findings
from workbook_tool.steps.intake.prose.citations import citation_findings, section_findings
from workbook_tool.steps.intake.prose.claims import claims_of
from workbook_tool.steps.intake.prose.gathered import gather
from workbook_tool.steps.intake.prose.private import left_findings, private_findings
from workbook_tool.steps.intake.prose.sentences import Sentence, sentences

__all__ = ["Prose", "read_prose"]


class Prose(Struct, frozen=True):
    """What a text claims of the form's numbers, what else is gathered from it, and what is to be said of it."""

    claims: tuple[Claim, ...] = ()
    said: tuple[Said, ...] = ()
    findings: tuple[Finding, ...] = ()


def read_prose(
    sheets: Sequence[Sheet], rulebook: Rulebook, identity: Identity, year: int, agencies: Sequence[Agency] = ()
) -> Prose:
    """What the text of a document says, and what is to be said of the text itself. ``agencies`` are all that report."""
    text = next((sheet for sheet in sheets if sheet.document and sheet.name == TEXT), None)
    if text is None:
        return Prose()
    lines = [str(text.cells.get((row, 0), "")) for row in range(max((row for row, _ in text.cells), default=-1) + 1)]
    texts, read = rulebook.form.texts, sentences(lines)
    findings = [
        *private_findings([one for one in sheets if one.document], rulebook),
        *left_findings(lines, texts.hints if texts else (), rulebook, identity.agency, agencies),
    ]
    if texts is None:
        return Prose(findings=tuple(findings))
    findings += declared(texts, read, lines, identity, year, rulebook)
    return Prose(tuple(claims_of(read, texts, year)), tuple(gather(lines, texts.gathered, year)), tuple(findings))


def declared(
    texts: Texts, read: Sequence[Sentence], lines: Sequence[str], identity: Identity, year: int, rulebook: Rulebook
) -> list[Finding]:
    """What is to be said by the rules that the form declares."""
    return [
        *citation_findings(texts, read, identity, year, rulebook),
        *section_findings(texts, lines, rulebook),
        *breakdown_findings(texts, read, rulebook),
    ]
