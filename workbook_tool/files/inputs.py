"""A hash of each thing that a run depends on, so that two runs can be told to have had the same inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from workbook_tool.model.changes import Signed
from workbook_tool.model.form import Form
from workbook_tool.model.history import NOTHING_DECIDED, Decided
from workbook_tool.model.last_year import LastYear
from workbook_tool.model.result import FileRecord, State
from workbook_tool.model.settings import Roster, Settings
from workbook_tool.model.text import safe_text


def input_hashes(
    settings: Settings,
    form: Form,
    roster: Roster,
    files: Sequence[FileRecord],
    last: LastYear,
    decided: Decided = NOTHING_DECIDED,
    signed: Signed | None = None,
) -> dict[str, str | None]:
    """By input; None for what an office does not have."""
    inbox = "\n".join(map(of_file, (file for file in files if file.state is not State.IGNORED)))
    return {
        "inbox": digest(inbox),
        "configuration": digest(repr(without_places(settings))),
        "roster": digest(repr(roster)) if roster.given else None,
        "form": digest((settings.templates / f"{form.id}.toml").read_text(encoding="utf-8-sig")),
        "last_year": last.sha256,
        "ledger": None,
        "decisions": digest(repr(decided.decisions)) if decided.decisions else None,
        "signed": signed.sha256 if signed else None,
    }


def of_file(file: FileRecord) -> str:
    """Bytes and path of a file, and what its times decided.

    The times themselves are left out: a copied inbox has others and the same result. Where they make one version older
    than another, or a file still arriving, the record says so, and that is what the result depends on.
    """
    timed = file.reason if file.state in (State.SUPERSEDED, State.ARRIVING) else ""
    return safe_text(f"{file.source.sha256} {file.source.path} {timed}".rstrip())


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def without_places(settings: Settings) -> Settings:
    """The same office in another folder has the same hash."""
    here = Path()
    return replace(
        settings, root=here, inbox=here, outbox=here, templates=here, roster=None, last_year=None, decisions=here
    )
