"""What an office settles in its config.toml and roster."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from workbook_tool.model.rules import Rule, Severity
from workbook_tool.model.submission import Agency


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
    """How this office weighs: severities that differ from the form's, and which blanks count as 0."""

    severity: dict[str, Severity] = field(default_factory=dict)
    blank_is_zero: bool = False
    zero_marks: tuple[str, ...] = ()

    def weigh(self, rule: Rule) -> Severity:
        """The severity of a rule in this office."""
        return self.severity.get(rule.id, rule.severity)

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

    def by_code(self, code: str) -> Agency | None:
        return next((a for a in self.agencies if a.code == code), None)


@dataclass(frozen=True)
class Settings:
    """config.toml, checked, with absolute paths."""

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

    @property
    def logs(self) -> Path:
        return self.root / "logs"
