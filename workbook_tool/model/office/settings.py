"""What an office settles in its config.toml and roster."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from workbook_tool.model.form.rules import Rule, Severity
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.season.score import Weights


@dataclass(frozen=True)
class Limits:
    """What an honest file never exceeds, and how many workers read (0: one for each processor)."""

    file_mib: int = 20
    unpacked_mib: int = 300
    seconds: int = 20
    memory_mib: int = 1024
    workers: int = 0


@dataclass(frozen=True)
class Policy:
    """How this office weighs: severities and limits that differ from the form's, rules on trial, and which blanks count
    as 0."""

    severity: dict[str, Severity] = field(default_factory=dict)
    blank_is_zero: bool = False
    zero_marks: tuple[str, ...] = ()
    limits: dict[str, dict[str, Decimal]] = field(default_factory=dict)
    trial: tuple[str, ...] = ()

    def weigh(self, rule: Rule) -> Severity:
        """The severity of a rule in this office."""
        return Severity.NOTE if self.on_trial(rule) else self.severity.get(rule.id, rule.severity)

    def on_trial(self, rule: Rule) -> bool:
        """Whether the rule is still being tried out: then it only notes."""
        return rule.trial or rule.id in self.trial

    def told(self, finding: Finding, rule: Rule) -> Finding:
        """The finding as people see it: of a rule on trial a note, and marked as such."""
        if not self.on_trial(rule):
            return finding
        return replace(finding, message=f"（试行）{finding.message}", severity=Severity.NOTE)

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


@dataclass(frozen=True)
class Roster:
    """Who must report. ``given`` is False where the office has no roster: then every agency found is accepted."""

    agencies: tuple[Agency, ...] = ()
    given: bool = True

    @cached_property
    def by_word(self) -> dict[str, Agency]:
        """The agencies by every word that may stand for one: its aliases, its code and its name."""
        return {word: a for a in self.agencies for word in (*a.aliases, a.code, a.name)}

    def by_code(self, code: str) -> Agency | None:
        return next((a for a in self.agencies if a.code == code), None)

    def known_as(self, agency: Agency) -> tuple[str, ...]:
        """What an agency goes by over the weeks: its code (its name where it has none), then its former codes that are
        nobody else's now."""
        taken = {a.code for a in self.agencies}
        return (agency.code or agency.name, *(code for code in agency.former if code not in taken))


@dataclass(frozen=True)
class Settings:
    """config.toml, checked, with absolute paths. ``contact`` is whom an agency calls; ``scorecard`` is None where the
    office does not assess its agencies."""

    region: str
    form: str
    year: int
    deadline: date | None
    root: Path
    inbox: Path
    outbox: Path
    templates: Path
    roster: Path | None
    policy: Policy = Policy()
    limits: Limits = Limits()
    passwords: tuple[str, ...] = ()
    last_year: Path | None = None
    ledger: Path = Path("ledger.sqlite")
    decisions: Path = Path("decisions")
    region_code: str = ""
    contact: str = ""
    scorecard: Weights | None = None

    @property
    def logs(self) -> Path:
        return self.root / "logs"
