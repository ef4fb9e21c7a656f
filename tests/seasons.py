"""An office over several weeks without files: filings are numbers, everything after reading is the real thing."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct, field
from msgspec.structs import replace
from python_calamine import CalamineWorkbook

from tests.grids import year
from tests.test_compose import RULE
from tests.workbooks import Parts, packed, type_into, unpacked
from workbook_tool import batch
from workbook_tool.batch import Outcome
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.intake.engine import Engine, InProcess
from workbook_tool.files.season.run_folders import read_manifest
from workbook_tool.files.season.signing import sign
from workbook_tool.model.cells import address
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import KINDS, OPTIONAL
from workbook_tool.model.intake.explanation import Explanation
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency, Identity, Reading, ReadingState, Submission
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.workbook.manifest import Published
from workbook_tool.office import Office, Report

FORM = """
id = "fruit"
title = "果品"
version = "1"
cover = [{ id = "a", label = "单位", kind = "agency" }, { id = "c", label = "代码", kind = "code" },
         { id = "y", label = "年度", kind = "year" }]
[[table]]
id = "A"
name = "甲"
title = "苹果"
[[table.block]]
unit = "个"
columns = [{ id = "big", label = "大" }, { id = "small", label = "小" }, { id = "all", label = "共", total = true }]
rows = [{ id = "red", label = "红" }, { id = "green", label = "青" }]
"""
SUM = 'table = "A"\nchecks = [{ over = "rows", formula = "big + small == all", at = "all" }]'
MORE = 'table = "A"\nchecks = [{ formula = "A.red.all >= A.green.all", at = "A.red.all" }]'
GOOD = {"A.red.big": 3, "A.red.small": 4, "A.red.all": 7, "A.green.big": 1, "A.green.small": 0, "A.green.all": 1}
AGENCIES = (Agency("001", "甲园"), Agency("002", "乙园"), Agency("003", "丙园"))


@pytest.fixture
def form(tmp_path: Path) -> Form:
    return declared(tmp_path)


def declared(office: Path) -> Form:
    """Two rows by three columns; 合计 must be right (SUM), and more green than red wants an explanation (MORE)."""
    folder = office / "templates"
    folder.mkdir()
    rules = [RULE.format(id="SUM", what=SUM), RULE.format(id="MORE", what=MORE).replace('"must"', '"explain"')]
    rules += [RULE.format(id=f"V-{k}", what=f'kind = "{k}"') for k in KINDS if k not in OPTIONAL]
    rules += [RULE.format(id="P-CORRECTED", what='kind = "corrected"').replace('"must"', '"explain"')]
    (folder / "fruit.toml").write_text(FORM + "".join(rules), encoding="utf-8")
    return load_form(folder, "fruit")


def published(folder: Path) -> Published:
    """What a run's own run.json tells."""
    manifest = read_manifest(folder)
    assert manifest is not None
    return manifest


class Season(Struct):
    """An office over the weeks: what each agency filed last. The ledger knows the rest."""

    form: Form
    settings: Settings
    roster: Roster = field(default_factory=lambda: Roster(AGENCIES))
    filed: dict[str, Submission] = field(default_factory=dict)
    outcome: Outcome | None = None
    engine: Engine = InProcess
    held: dict[Path, Parts] | None = None

    def happen_together(self, lines: Sequence[str]) -> None:
        """Several lines, each workbook opened and saved once."""
        self.held = {}
        for line in lines:
            self.happen(line)
        self.save_held()
        self.held = None

    def save_held(self) -> None:
        for path, parts in (self.held or {}).items():
            path.write_bytes(packed(parts))

    def happen(self, line: str) -> None:
        """One line of a story."""
        for pattern, act in ACTS.items():
            if told := re.fullmatch(pattern, line):
                return act(self, *told.groups())
        raise ValueError(line)

    def file(self, code: str, changes: str) -> None:
        numbers = GOOD | {key: int(value) for key, value in re.findall(r"(\S+)=(\d+)", changes)}
        places = {item.code: (item.index // 3, item.index % 3) for item in self.form.items}
        blank = re.findall(r"(\S+)=空", changes)
        readings = tuple(
            Reading(ReadingState.BLANK, sheet="甲", place=place)
            if c in blank
            else Reading(ReadingState.NUMBER, numbers[c], str(numbers[c]), "甲", place)
            for c, place in places.items()
        )
        sha = hashlib.sha256(f"{code}{changes}".encode()).hexdigest()
        agency = next(a for a in self.roster.agencies if a.code == code)
        source = SourceFile(f"{agency.name}.xlsx", Path("x"), sha, 1)
        self.filed[agency.name] = Submission(source, Identity("fruit", agency, agency.name, year(2023)), readings)

    def explain(self, code: str, rule: str, item: str, text: str) -> None:
        name = next(a.name for a in self.roster.agencies if a.code == code)
        index = self.form.by_code[item].index if item else None
        self.filed[name] = replace(self.filed[name], explanations=(Explanation(rule, index, text),))

    def withdraw(self, code: str) -> None:
        del self.filed[next(a.name for a in self.roster.agencies if a.code == code)]

    def rename(self, old: str, new: str) -> None:
        agencies = [replace(a, code=new, former=(old,)) if a.code == old else a for a in self.roster.agencies]
        self.roster = Roster(tuple(agencies))
        for name, submission in self.filed.items():
            agency = next(a for a in agencies if a.name == name)
            self.filed[name] = replace(submission, identity=replace(submission.identity, agency=agency))

    def drop(self, code: str) -> None:
        """Out of the roster; the file it sent is then nobody's."""
        self.withdraw(code)
        self.roster = Roster(tuple(a for a in self.roster.agencies if a.code != code))

    def workbook(self, run: str) -> Path:
        return next((self.settings.outbox / run).glob("汇总_*.xlsx"))

    def type(self, run: str, saved_as: str, code: str, what: str, first: str, second: str, change: bool) -> None:
        """Type into the workbook of a run, or into a copy of it in the folder of decisions: an opinion and a remark, or a
        number and on whose word."""
        path = self.workbook(run)
        if saved_as:
            path = self.settings.decisions / f"{saved_as}.xlsx"
            path.parent.mkdir(exist_ok=True)
            if not path.exists():
                self.save_held()
                shutil.copy(self.workbook(run), path)
        held = {} if self.held is None else self.held
        parts = held[path] = held.get(path) or unpacked(path.read_bytes())
        whole = what == "整份"
        sheet, remarks = ("报送情况", "审核备注") if whole else ("问题清单", "备注")
        headers = ("改为", "依据") if change else ("处理意见", remarks)
        rows = CalamineWorkbook.from_path(path).get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        columns = {label: column for column, label in enumerate(rows[3])}
        typed = {
            address(row, columns[header]): text
            for row, cells in enumerate(rows[4:], 4)
            if (key := str(cells[columns["键"]])).split("|")[0] == code and (whole or what in key)
            for header, text in zip(headers, (first, second), strict=True)
        }
        type_into(parts, sheet, typed)
        if self.held is None:
            path.write_bytes(packed(parts))

    def open(self, run: str) -> None:
        path = self.workbook(run)
        path.with_name(f"~${path.name}").write_bytes(b"")

    def run(self, day: date) -> None:
        self.outcome = batch.run(Office((Report(self.settings, self.form),), self.roster, engine=self.engine), day)

    def sign(self) -> None:
        assert self.outcome and self.outcome.folder
        sign(self.outcome.folder, published(self.outcome.folder), date(2024, 3, 1))


ACTS: dict[str, Any] = {
    r"(\d+) 报(?:：(.*))?": lambda season, code, changes: season.file(code, changes or ""),
    r"(\d+) 说明 (\S+?) ?(A\.\S+)?：(.*)": Season.explain,
    r"(\d+) 撤回": Season.withdraw,
    r"名录 (\d+) 改为 (\d+)": Season.rename,
    r"名录 (\d+) 去掉": Season.drop,
    r"在 (\S+) (?:另存为 (\S+) )?填 (\d+) (.+?) 改为 ?(.*?)：(.*)": lambda season, *told: season.type(
        *(part or "" for part in told), change=True
    ),
    r"在 (\S+) (?:另存为 (\S+) )?填 (\d+) (.+?)：(\S*?)(?: / (.*))?": lambda season, *told: season.type(
        *(part or "" for part in told), change=False
    ),
    r"(\S+) 还开着": Season.open,
    r"定稿": Season.sign,
}


@pytest.fixture
def season(form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Season:
    return begun(form, tmp_path, monkeypatch)


def begun(form: Form, folder: Path, patch: pytest.MonkeyPatch) -> Season:
    """An office whose inbox is what the story says; workers are spared."""
    places = {name: folder / name for name in ("inbox", "outbox", "templates", "decisions")}
    places["inbox"].mkdir()
    places["ledger"] = folder / "ledger.sqlite"
    season = Season(form, Settings("某乡", "fruit", year(2023), None, folder, roster=None, **places))
    patch.setattr(batch, "take_in_all", lambda *_: list(season.filed.values()))
    return season
