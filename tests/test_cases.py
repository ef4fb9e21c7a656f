"""Stories from the desk, run as a whole: ``tests/cases/<story>/inbox.md`` in, ``expected.txt`` out.
A story of two years has the inbox of the year before in ``last_year/``.

After a change on purpose: ``pytest --accept``, then read the diff.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.offices import CASES, make_office
from workbook_tool import batch, commands
from workbook_tool.batch import Outcome
from workbook_tool.steps import tell

STORIES = sorted(path.parent for path in CASES.glob("*/inbox.md"))
AS_OF = date(2024, 2, 5)


def dump(outcome: Outcome) -> Iterator[str]:
    """What a person would learn from the run, as text."""
    yield tell.outcome(outcome.result, written=False) + tell.closing("").rstrip()
    yield "\n# 单位"
    for record in outcome.result.agencies:
        yield f"{record.agency.code} {record.agency.name}：{record.state} {record.timeliness} {record.remark}".rstrip()
    yield "\n# 文件"
    for file in outcome.result.files:
        yield f"{file.source.path}：{file.state.value} {file.reason}".rstrip()
    yield "\n# 问题"
    for record, finding in outcome.result.findings:
        figures = "/".join("" if n is None else f"{n:f}" for n in (finding.filed, finding.expected, finding.difference))
        yield f"{record.agency.code} {finding.severity.value} {finding.rule} {finding.place} {figures}"
        yield f"    {finding.message}{finding.suggestion}"


def snapshot(folder: Path) -> dict[str, tuple[str, float, int]]:
    return {
        str(path): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime, path.stat().st_mode)
        for path in folder.rglob("*")
        if path.is_file()
    }


def run_last_year(folder: Path, story: Path) -> None:
    """The run of the year before, left in the outbox of this office."""
    earlier = make_office(folder.parent / "earlier", story)
    batch.run(commands.open_office(earlier, AS_OF.year - 2), AS_OF.replace(year=AS_OF.year - 1))
    (earlier.parent / "outbox").rename(folder / "outbox")


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.name)
def test_a_story_ends_as_told(story: Path, tmp_path: Path, accept: bool) -> None:
    config = make_office(tmp_path / "office", story)
    if (story / "last_year").is_dir():
        run_last_year(config.parent, story / "last_year")
    before = snapshot(config.parent / "inbox")
    outcome = batch.run(commands.open_office(config), AS_OF)
    assert snapshot(config.parent / "inbox") == before, "the inbox is a record: nothing in it may change"
    files = outcome.result.files
    assert len({f.source.path for f in files}) == len(files)
    assert sum(not f.source.member for f in files) == len(before)
    named = [f.message for r, f in outcome.result.findings if f.message.startswith(f"{r.agency.name}：")]
    assert not named, "whoever shows a message says whose it is"
    told = "\n".join(dump(outcome)) + "\n"
    if accept:
        (story / "expected.txt").write_text(told, encoding="utf-8")
    assert told == (story / "expected.txt").read_text(encoding="utf-8")
