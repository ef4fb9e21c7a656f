"""The rulebook: a form's rules as one office weighs them, and the one maker of findings."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.model.form.calendar import NATIONAL, Calendar
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Rule, Severity
from workbook_tool.model.judging.finding import NOWHERE, Finding, Where

ON_TRIAL = "（试行）"
"""What the message of a rule on trial begins with."""
ALONE = "请核对 {parts}，或改 {cell}"
"""What an advice says of a number and its parts; of a number that has none only the second half."""
WHOLE_REPORT = "报表"
"""What there is to look at where a finding has no cell."""


class Documents(StrEnum):
    """What this office makes of a document (Word, PDF …) that came without the form: it counts like a form, it counts
    once the agency or a reviewer has confirmed it, or it is no filing at all."""

    COUNT = "count"
    HELD = "held"
    ATTACHMENT = "attachment"


class Policy(Struct, frozen=True):
    """How this office weighs: severities and limits that differ from the form's, rules on trial, which blanks count
    as 0, which days are worked, and what documents are."""

    severity: dict[str, Severity] = field(default_factory=dict)
    blank_is_zero: bool = False
    zero_marks: tuple[str, ...] = ()
    limits: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    trial: tuple[str, ...] = ()
    calendar: Calendar = NATIONAL
    documents: Documents = Documents.HELD

    def weigh(self, rule: Rule, usually: Severity | None = None) -> Severity:
        """The severity of a rule in this office. ``usually`` is what the case at hand weighs where the office has
        settled nothing, if that is not what the form gives the rule."""
        return Severity.NOTE if self.on_trial(rule) else self.severity.get(rule.id, usually or rule.severity)

    def on_trial(self, rule: Rule) -> bool:
        """Whether the rule is still being tried out: then it only notes."""
        return rule.trial or rule.id in self.trial

    def limit(self, rule: Rule, name: str) -> Decimal:
        """A limit of a rule in this office."""
        return self.limits.get(rule.id, {}).get(name, dict(rule.limits).get(name, Decimal(0)))

    @property
    def words(self) -> str:
        """The blanks policy as the workbook says it."""
        marks = "、".join(f"“{mark}”" for mark in self.zero_marks)
        if self.blank_is_zero:
            return "按本单位配置，空白格" + (f"和 {marks}" if marks else "") + "按 0 计入，并逐一提示。"
        if marks:
            return f"空白不等于 0，空白须补报；按本单位配置，{marks} 按 0 计入，并逐一提示。"
        return "空白不等于 0：空白格须补报，涉及空白的勾稽关系一律记为“无法判定”。"


class Rulebook(Struct, frozen=True):
    """The rules that filings are judged by: what the form says of them, and how this office weighs them.

    Every finding is made here, so that none forgets what all have: the office's severity, the mark of a rule on trial,
    the rule's own words and its advice. A message never names the agency whose file it is about: whoever shows it to
    others does.
    """

    form: Form
    policy: Policy = field(default_factory=Policy)

    def of_kind(self, kind: str) -> Rule:
        """The rule that words and weighs the findings of a built-in kind (``blank``, ``type`` …)."""
        return self.form.rule_of_kind(kind)

    def finding(
        self,
        rule: Rule,
        said: str,
        where: Where = NOWHERE,
        *,
        usually: Severity | None = None,
        parts: str = "",
        filed: Decimal | None = None,
        expected: Decimal | None = None,
        relation: int | None = None,
    ) -> Finding:
        """What a rule objects to: ``said``, in whole sentences, and then the rule's own words.

        ``usually`` is the severity of this case where the office has settled none, if it is not the rule's. ``parts``
        are the cells that the advice sends people to beside those of ``where``.
        """
        told = (
            rule.advice if parts else rule.advice.replace("{parts} 和 {cell}", "{cell}").replace(ALONE, "请改 {cell}")
        )
        advice = told.format(cell=where.cells or WHOLE_REPORT, parts=parts)
        made = self.plain(rule, f"{said}{rule.words}", advice, where, usually=usually)
        difference = filed - expected if filed is not None and expected is not None else None
        brief = made.message.removesuffix(rule.words)
        return replace(made, brief=brief, filed=filed, expected=expected, difference=difference, relation=relation)

    def plain(
        self, rule: Rule, said: str, advice: str, where: Where = NOWHERE, *, usually: Severity | None = None
    ) -> Finding:
        """A finding whose case has words and advice of its own, since the rule's would not fit it."""
        return Finding(
            rule.id,
            self.policy.weigh(rule, usually),
            f"{ON_TRIAL if self.policy.on_trial(rule) else ''}{said}",
            advice,
            where.table,
            where.row,
            where.column,
            where.sheet,
            where.cells,
            where.item,
        )

    def note(self, rule: Rule, said: str, advice: str, where: Where = NOWHERE) -> Finding:
        """What a rule has to say where nothing is wrong: a note, whatever the rule weighs."""
        return replace(self.plain(rule, said, advice, where), severity=Severity.NOTE)
