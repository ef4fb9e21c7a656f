"""Stories from the desk, run as a whole: ``tests/cases/<story>/inbox.md`` in, ``expected.txt`` out.
A story of two years has the inbox of the year before in ``last_year/``.

After a change on purpose: ``pytest --accept``, then read the diff.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.offices import CASES
from tests.stories import STORIES, Tell
from workbook_tool.batch import Outcome
from workbook_tool.steps.tell import outcomes as tell


def dump(outcome: Outcome) -> Iterator[str]:
    """What a person would learn from the run, as text."""
    yield tell.outcomes(outcome.results, written=False) + tell.closing([]).rstrip()
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


@pytest.mark.parametrize("story", STORIES)
def test_a_story_ends_as_told(story: str, run_of: Tell, accept: bool) -> None:
    run, expected = run_of(story), CASES / story / "expected.txt"
    assert run.after == run.before, "the inbox is a record: nothing in it may change"
    files = run.outcome.result.files
    assert len({f.source.path for f in files}) == len(files)
    assert sum(not f.source.member for f in files) == len(run.before)
    named = [f.message for r, f in run.outcome.result.findings if f.message.startswith(f"{r.agency.name}：")]
    assert not named, "whoever shows a message says whose it is"
    told = "\n".join(dump(run.outcome)) + "\n"
    if accept:
        expected.write_text(told, encoding="utf-8")
    assert told == expected.read_text(encoding="utf-8")
