"""A hash of each thing that a run depends on, so that two runs can be told to have had the same inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbook_tool.files.inbox import is_ignored
from workbook_tool.model.form import Form
from workbook_tool.model.last_year import LastYear
from workbook_tool.model.settings import Roster, Settings
from workbook_tool.model.submission import SourceFile
from workbook_tool.model.text import safe_text


def input_hashes(
    settings: Settings, form: Form, roster: Roster, sources: Sequence[SourceFile], last: LastYear
) -> dict[str, str | None]:
    """By input; None for what an office does not have."""
    inbox = "\n".join(f"{s.sha256} {safe_text(s.path)}" for s in sources if not is_ignored(s.path))
    return {
        "inbox": digest(inbox),
        "configuration": digest(repr(without_places(settings))),
        "roster": digest(repr(roster)) if roster.given else None,
        "form": digest((settings.templates / f"{form.id}.toml").read_text(encoding="utf-8-sig")),
        "last_year": last.sha256,
        "ledger": None,
        "decisions": None,
    }


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def without_places(settings: Settings) -> Settings:
    """The same office in another folder has the same hash."""
    here = Path()
    return replace(settings, root=here, inbox=here, outbox=here, templates=here, roster=None, last_year=None)
