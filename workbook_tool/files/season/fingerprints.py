"""A hash of each thing that a run depends on, so that two runs can be told to have had the same inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import msgspec
from msgspec.structs import replace

from workbook_tool.files.form.declared_texts import text_declaration
from workbook_tool.files.intake.program import program
from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.season.changes import NO_PAST, Past
from workbook_tool.model.season.filing import AnyFile
from workbook_tool.model.season.history import Decided, History
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.model.text import safe_text

Inputs = dict[str, str | None]
"""By input, a hash of what a result depends on; None for what an office does not have."""


def input_hashes(
    settings: Settings,
    form: Form,
    roster: Roster,
    files: Sequence[AnyFile],
    last: LastYear,
    past: Past = NO_PAST,
    as_of: date = date.max,
) -> Inputs:
    """By input; None for what an office does not have."""
    inbox = "\n".join(map(of_file, (file for file in files if file.state is not State.IGNORED)))
    return {
        "inbox": digest(inbox),
        "configuration": digest(repr(without_places(settings))),
        "roster": digest(repr(roster)) if roster.given else None,
        "form": digest(declaration(settings.templates, form.id)),
        "last_year": last.sha256,
        **({"previous": digest(repr(last.previous))} if last.previous else {}),
        "ledger": of_history(past.history, [f.source for f in files if f.state is not State.ARRIVING], as_of),
        "decisions": of_decided(past.decided),
        "signed": past.signed.sha256 if past.signed else None,
    }


def declaration(templates: Path, form_id: str) -> str:
    """What a form declares, with what it declares of the text of its reports."""
    paths = [templates / f"{form_id}.toml", text_declaration(templates, form_id)]
    return "\n".join(path.read_text(encoding="utf-8-sig") for path in paths if path is paths[0] or path.is_file())


def of_decided(decided: Decided) -> str | None:
    """What reviewers decided and corrected; None where they did neither."""
    told = (decided.decisions, decided.as_typed.numbers) if decided.numbers else decided.decisions
    return digest(repr(told)) if told else None


def of_file(file: AnyFile) -> str:
    """Bytes and path of a file, and what its times decided.

    The times themselves are left out: a copied inbox has others and the same result. Where they make one version older
    than another, or a file still arriving, the record says so, and that is what the result depends on.
    """
    timed = file.reason if file.state in (State.SUPERSEDED, State.ARRIVING) else ""
    return safe_text(f"{file.source.sha256} {file.source.path} {timed}".rstrip())


def of_history(history: History, sources: Sequence[SourceFile], as_of: date) -> str:
    """What the ledger knows of earlier dates, and when it first saw these files.

    Of the runs of this very date only the day is told: a rerun knows no more than they did. What they knew as an older
    version shows in the reasons of the files.
    """
    seen = {source.sha256: history.sighting(source.sha256, as_of) for source in sources if source.sha256}
    first = [(sha256, s.run if s.day < as_of else "", s.day, s.after) for sha256, s in sorted(seen.items())]
    known = (history.runs, history.problems, history.versions, first)
    return hashlib.sha256(msgspec.msgpack.encode(known, order="deterministic")).hexdigest()


def together(inputs: Sequence[Inputs]) -> Inputs:
    """The inputs of several reports as one: each as it is where there is one, else a hash over all."""
    return {name: whole([one.get(name) for one in inputs]) for name in dict.fromkeys(n for one in inputs for n in one)}


def whole(parts: Sequence[str | None]) -> str | None:
    """A hash over several, in their order; of one that one, and None where none is there."""
    if not any(parts):
        return None
    return parts[0] if len(parts) == 1 else digest(repr(list(parts)))


def fingerprint(
    settings: Settings,
    form: Form,
    roster: Roster,
    last: LastYear,
    past: Past,
    sources: Sequence[SourceFile],
    as_of: date,
) -> str:
    """A hash of all that a run depends on, before anything is read: where it is equal, so is the run. Here times count
    as they are."""
    hashes = input_hashes(settings, form, roster, (), last, past, as_of)
    listed = [(s.path, s.sha256, s.size, s.modified) for s in sources]
    known = (of_history(past.history, sources, as_of), past.decided.as_typed, last.words)
    return digest(repr((hashes, known, listed, as_of.isoformat(), program())))


def digest(text: str) -> str:
    """The sha256 of a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def without_places(settings: Settings) -> Settings:
    """The same office in another folder has the same hash, and so has one with another mailbox: no run looks there."""
    here = Path()
    return replace(
        settings,
        root=here,
        inbox=here,
        outbox=here,
        templates=here,
        roster=None,
        last_year=None,
        ledger=here,
        decisions=here,
        mail=None,
    )
