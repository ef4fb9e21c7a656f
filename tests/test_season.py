"""Stories of several weeks: ``tests/cases/seasons/*.md`` says what came and what reviewers typed, and what 本周变化 then
shows. The form is a small one (``tests/seasons.py``).

After a change on purpose: ``pytest --accept``, then read the diff.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.seasons import Season, form, season
from tests.workbooks import Parts, unpacked
from workbook_tool.steps.season.asked import asked
from workbook_tool.steps.tell.season import work_lines

__all__ = ["form", "season"]
SEASONS = sorted((Path(__file__).parent / "cases" / "seasons").glob("*.md"))


def shown(book: openpyxl.Workbook, name: str, parts: Parts) -> Iterator[str]:
    """A sheet as text, a line a row. Nothing in it is computed, or leads out of the workbook."""
    number = book.sheetnames.index(name) + 1
    assert b"TargetMode" not in parts.get(f"xl/worksheets/_rels/sheet{number}.xml.rels", b"")
    for row in book[name].iter_rows(min_row=2):
        assert not [cell.value for cell in row if cell.data_type == "f"]
        if texts := [str(cell.value) for cell in row if cell.value not in (None, "")]:
            yield " | ".join(texts)


def told(season: Season) -> str:
    """What a week came to."""
    assert season.outcome and season.outcome.folder
    result = season.outcome.result
    path = season.workbook(result.run.name)
    book, parts = openpyxl.load_workbook(path, read_only=True), unpacked(path.read_bytes())
    lines = [f"{a.agency.code} {a.agency.name}：{a.state.label} {a.remark}".rstrip() for a in result.agencies]
    for record, f in result.findings:
        assert f.follow_up
        kept = (
            f"，意见 {f.follow_up.decision.opinion} {f.follow_up.decision.remark}".rstrip()
            if f.follow_up.decision
            else ""
        )
        lines.append(f"{record.agency.code} {f.rule} {f.row}：{f.follow_up.words}{kept}")
    lines.append(f"已通过 {result.totals.passed.sums}")
    mails = sorted(season.outcome.folder.glob("returns/*_请确认代改.eml"))
    lines += [f"邮件 {mail.name}" for mail in mails]
    lines += [line for work in asked(result) for line in work_lines("请人看", work)]
    for sheet in ("代改", "定稿差异", "本周变化"):
        if sheet in book.sheetnames and (page := list(shown(book, sheet, parts))):
            lines += [f"〔{sheet}〕", *page]
    return "\n".join(lines)


@pytest.mark.parametrize("story", SEASONS, ids=lambda path: path.stem)
def test_a_season_goes_as_told(story: Path, season: Season, accept: bool) -> None:
    text = story.read_text(encoding="utf-8")
    weeks = re.split(r"(?m)^(## \d{4}-\d\d-\d\d.*\n)", text)
    parts = [weeks[0]]
    for head, body in zip(weeks[1::2], weeks[2::2], strict=True):
        before = {path: path.read_bytes() for path in season.settings.outbox.rglob("*.*")}
        lines = re.findall(r"(?m)^- (.*)$", body)
        season.happen_together(lines)
        season.run(date.fromisoformat(head[3:13]))
        written = {path for path in before if path.read_bytes() != before[path]}
        assert all(path.suffix == ".xlsx" for path in written), "old run folders are never written to"
        parts += [head, "\n", *(f"- {line}\n" for line in lines), f"\n```\n{told(season)}\n```\n\n"]
    now = "".join(parts).rstrip() + "\n"
    if accept:
        story.write_text(now, encoding="utf-8")
    assert now == text
