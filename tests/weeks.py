"""Weeks of an office for the tests: what lay in the inbox on each run's date, as text, and what came of it, as text.

Runs here read in this process and write no workbook: what they count and remember is what matters.
"""

from __future__ import annotations

import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.grids import ROOT
from tests.offices import CASES, CONFIG, issued, mailed
from workbook_tool import batch, commands
from workbook_tool.batch import Outcome
from workbook_tool.files.intake.engine import InProcess
from workbook_tool.model.season.versions import Chain
from workbook_tool.model.workbook.result import Consolidation

Draft = tuple[tuple[str, str], ...]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = commands.open_office
    monkeypatch.setattr(commands, "open_office", lambda *told: replace(opened(*told), engine=InProcess))
    monkeypatch.setattr("workbook_tool.dispatch.returns_of", lambda _: ())
    monkeypatch.setattr("workbook_tool.publication.write_workbooks", named)


def named(folder: Path, result: Consolidation, *_: object) -> tuple[str, str]:
    """A workbook that holds nothing but the name of its run."""
    name = f"汇总_{result.run.name}.xlsx"
    with zipfile.ZipFile(folder / name, "w") as package:
        package.writestr(zipfile.ZipInfo("run"), result.run.name)
    return name, ""


def new_office(folder: Path) -> Path:
    """An office with an empty inbox. Returns its config.toml."""
    (folder / "inbox").mkdir(parents=True)
    shutil.copytree(ROOT / "templates", folder / "templates")
    shutil.copy(CASES / "roster.csv", folder / "roster.csv")
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    return folder / "config.toml"


@lru_cache
def filing(draft: Draft) -> bytes:
    """The bytes of a filing; one with 发件人 comes as the only attachment of a mail."""
    given = dict(draft)
    if "发件人" in given:
        return mailed({"年报.xlsx": filing(tuple(p for p in draft if p[0] not in ("发件人", "主题", "日期")))}, given)
    return issued(given)


def lay(config: Path, files: Mapping[str, Mapping[str, str]]) -> None:
    """Make the inbox hold exactly these files, changed in this order."""
    inbox = config.parent / "inbox"
    for path in inbox.iterdir():
        path.unlink()
    for number, (name, draft) in enumerate(files.items()):
        (inbox / name).write_bytes(filing(tuple(draft.items())))
        os.utime(inbox / name, (1_700_000_000 + number,) * 2)


def run(config: Path, day: str, **options: Any) -> Outcome:
    return batch.run(commands.open_office(config), date.fromisoformat(day), **options)


def snapshots(text: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """``2024-01-22：a.xlsx=初稿、b.xlsx=改稿``: by day, the files and their drafts."""
    for line in text.strip().splitlines():
        day, _, listed = line.strip().partition("：")
        pairs = [pair.partition("=") for pair in listed.split("、") if pair]
        yield day, [(name, draft) for name, _, draft in pairs]


def told(config: Path, weeks: str, drafts: Mapping[str, Mapping[str, str]], code: str = "020") -> str:
    """What the weeks came to for one agency, as text."""
    lines = []
    for day, files in snapshots(weeks):
        lay(config, {name: drafts[draft] for name, draft in files})
        result = run(config, day).result
        (record,) = [a for a in result.agencies if a.agency.code == code]
        filed = f" {record.filed_on}（{record.source}）" if record.filed_on else ""
        late = f" 迟 {record.days_late} 天" if record.days_late else ""
        lines.append(
            f"{result.run.name} {record.state.label} {record.timeliness}{filed}{late} {record.remark}".rstrip()
        )
        lines += [f"  {f.source.path} {f.state.label} {f.reason}".rstrip() for f in result.files]
        lines += [f"  [{f.rule}] {f.message}" for f in record.findings if f.rule in ("P-VERSION", "P-REVISED")]
        lines += [f"  {words}" for chain in result.chains for words in chain_words(chain)]
    return "\n".join(lines)


def chain_words(chain: Chain) -> Iterator[str]:
    for version in chain.versions:
        said = [f"{version.seen}", version.state, f"改 {len(version.changes)} 处" if version.changes else ""]
        said += ["未改动重报" if version.unaltered else "", "改甲坏乙" if version.swapped else ""]
        said += ["计入" if version.counts else "", "" if version.present else "已不在"]
        yield f"链 {version.path}：" + " ".join(filter(None, said))
