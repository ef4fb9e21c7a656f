"""Rules: what is said of them to people. What the linear ones come down to: ``constraints.py``."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from workbook_tool.model.form.comparisons import COMPARISONS


class Severity(StrEnum):
    """What a finding asks of the agency."""

    MUST = "must"
    EXPLAIN = "explain"
    NOTE = "note"

    @property
    def label(self) -> str:
        """The word that clerks and reviewers know."""
        return {"must": "必须改", "explain": "需说明", "note": "提示"}[self.value]

    @property
    def rank(self) -> int:
        """0 for the weightiest."""
        return list(Severity).index(self)


class Verdict(StrEnum):
    """What checking one rule on one filing gives. Blank is not 0: what needs a missing number is undecided."""

    PASS = "pass"
    FAIL = "fail"
    UNDECIDED = "undecided"

    __hash__ = str.__hash__  # an enumeration's own is slow, and verdicts are counted by the thousand


ORIGINS = {
    "F": "表式自带的勾稽关系",
    "L": "法规要求",
    "D": "由“总计”的含义推出",
    "P": "实务经验",
    "R": "凭经验，引用前请核对原文",
}
"""Where a rule comes from, by the letter that the declaration gives."""

LINEAR = "linear"
PROSE = {
    "claim": "the text states another number than the table",
    "citation": "the text cites a number, a year or a name that is not the right one",
    "section": "a part of the report says nothing, or not what it must",
    "breakdown": "the parts that a sentence names are more than their whole",
    "share": "a percentage is not what its numbers come to",
    "private": "the text holds what must not be published",
    "left": "the text holds what was to be deleted",
}
"""Rule kinds about the running text of a document."""
OF_LISTS = {
    "row": "what every row of a list must keep, declared by a formula",
    "yearly": "a number of the year is the sum of another form's periods",
    "equals": "what is counted from a list is what another form says",
    "row_blank": "a cell that every record needs is blank",
    "row_type": "the cell holds nothing that its column takes",
    "row_text": "the cell is read, but written otherwise than its column is",
    "row_stray": "a cell beside the list has no head",
    "row_extra": "a column that the list does not have",
    "row_derived": "what follows from other columns says otherwise than is typed",
    "row_twice": "a record is there twice",
    "row_sum": "a line of totals is not the sum of its rows",
    "row_calendar": "working days of a year of which nothing is known",
    "row_none": "a list without a single record",
}
"""The kinds of rules about lists, which a form without a list does without."""
OPTIONAL = frozenset(
    {
        LINEAR,
        "only_total",
        "subcol",
        "subrow",
        "revised",
        "corrected",
        "beside",
        *COMPARISONS,
        *OF_LISTS,
        *PROSE.keys() - {"private", "left"},
    }
)
"""Kinds that a form may do without."""
KINDS = {
    LINEAR: "a relation between numbers, declared by checks",
    "only_total": "a total is filled and its parts are blank",
    "type": "the cell holds no usable number",
    "blank": "the cell is blank",
    "text": "a number is written as text",
    "approx": "an approximate number",
    "formula": "a formula without a stored value",
    "stale": "the stored result of a formula is not what it comes to, or rests on what cannot be seen",
    "shown": "the cell shows another number than is stored, or a unit beside it",
    "struck": "a number, or a part of it, is struck through or raised",
    "nil": "a nil answer on the cover and numbers in the table disagree",
    "subcol": "an extra row of subtotals is not the sum of its group",
    "subrow": "an extra column of subtotals is not the sum of its group",
    "wording": "a label was misspelt and read as the only one it can mean",
    "table": "a table is missing or there twice",
    "label": "a row or column is missing or there twice",
    "order": "rows or columns were moved",
    "agency": "name, code and file disagree about the agency",
    "name": "the agency's name is spelled otherwise than in the roster",
    "sender": "the mail came from an address that is not the agency's",
    "period": "the file does not say its year",
    "hidden": "numbers that nobody sees",
    "tamper": "the issued workbook was changed in meaning",
    "code": "the check code in a file is not that of its numbers",
    "version": "which of several files is the newest is uncertain",
    "document": "a document came alone, without the form",
    "beside": "a workbook holds another of the office's forms too",
    "differs": "a document says another number than the workbook beside it",
    "revised": "numbers that had been passed were changed afterwards",
    "corrected": "a reviewer corrected a number, or had corrected it",
    **PROSE,
    **{kind: compared.words for kind, compared in COMPARISONS.items()},
    **OF_LISTS,
}
"""Rule kinds. ``linear`` needs no code; each other kind is one function of the program, and every form words it."""


class Rule(Struct, frozen=True):
    """A rule as people meet it: a stable id, a title, what it says, where it comes from and what to do.

    ``together``: all its lines that fail are one finding. ``trial``: its findings are notes until it has proved itself.
    The rest is what a rule kind needs (``model/form/comparisons.py``); where a rule of ``unless`` spoke, it is silent.
    """

    id: str
    title: str
    words: str
    advice: str
    severity: Severity
    origin: str
    kind: str = LINEAR
    table: str = ""
    example: str = ""
    legal_basis: str = ""
    fallback: tuple[str, ...] = ()
    together: bool = False
    trial: bool = False
    items: tuple[str, ...] = ()
    limits: tuple[tuple[str, Decimal], ...] = ()
    scope: str = ""
    unless: tuple[str, ...] = ()

    @property
    def counted(self) -> bool:
        """Whether it is said how often the rule held, failed and could not be decided."""
        return self.kind == LINEAR or self.kind in COMPARISONS

    @property
    def source(self) -> str:
        """Where the rule comes from, in words."""
        return self.legal_basis or ORIGINS[self.origin]
