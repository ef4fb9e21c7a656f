"""上报表: the region's own result as a filled form, read by the level above and by nobody else."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace

from tests.grids import ROOT
from tests.office_tools import needs_office, place, saved_as
from tests.offices import CASES, CONFIG, issue
from workbook_tool import batch, checking, commands
from workbook_tool.batch import Outcome
from workbook_tool.files.intake.engine import InProcess
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.season.filing import AnyFile, Filing
from workbook_tool.steps.form.region_report import region_report

DAY = date(2024, 2, 5)
AGENCY = "020"
"""An agency of the roster of the stories."""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Outcome]:
    """A county of two filings in order, one that is returned, and many missing; its config.toml and what came of it."""
    config = new_office(tmp_path_factory.mktemp("county"), "示例县", (CASES / "roster.csv").read_text(encoding="utf-8"))
    for code, changes in (("020", {}), ("027", {}), ("021", {"T3.r24.c7": "1"})):
        issue(config.parent / "inbox" / f"{code}.xlsx", {"单位": code, **changes})
    return config, batch.run(commands.open_office(config), DAY)


def new_office(folder: Path, region: str, roster: str) -> Path:
    (folder / "inbox").mkdir(parents=True)
    shutil.copytree(ROOT / "templates", folder / "templates")
    (folder / "config.toml").write_text(CONFIG.replace("示例县", region), encoding="utf-8")
    (folder / "roster.csv").write_text(roster, encoding="utf-8")
    return folder / "config.toml"


def report(outcome: Outcome) -> Path:
    assert outcome.folder is not None
    (found,) = outcome.folder.glob("上报表_*.xlsx")
    return found


def workbook(outcome: Outcome) -> Path:
    assert outcome.folder is not None
    return outcome.folder / outcome.manifest["workbook"]


def test_it_holds_what_has_passed_and_says_whom_it_covers(county: tuple[Path, Outcome]) -> None:
    _, outcome = county
    result, book = outcome.result, openpyxl.load_workbook(report(outcome))
    for item in result.form.items:
        sheet, cell = place(book, item.cell_name)
        assert Decimal(str(book[sheet][cell].value)).scaleb(item.decimals) == result.totals.passed.sums[item.index]
        assert "#,##0" in book[sheet][cell].number_format
    cover = book["封面"]
    told = str(cover["A3"].value)
    assert f"应报 {len(result.agencies)} 家中已通过 {result.totals.passed.agencies} 家" in told
    assert "退回" in told
    assert [cover[place(book, name)[1]].value for name in ("COVER_agency", "COVER_scope")] == ["示例县", "全域汇总"]


def test_its_stored_checks_are_what_the_numbers_come_to(county: tuple[Path, Outcome]) -> None:
    book = openpyxl.load_workbook(report(county[1]), data_only=True)
    statuses = [str(book[name]["A4"].value) for name in ("表二", "表三", "表四")]
    assert statuses == ["✔ 本表已填全", "✔ 本表已填全，勾稽相符", "✔ 本表已填全，勾稽相符"]


def city(folder: Path, roster: str, file: Path) -> AnyFile:
    """What the level above, whose roster holds this line, makes of this file."""
    config = new_office(folder, "示例市", f"代码,名称,报告口径\n{roster}\n")
    (record,) = checking.check_files([file], commands.open_office(config).terms, engine=InProcess)
    return record


def test_the_level_above_reads_it_as_the_region_s_filing(county: tuple[Path, Outcome], tmp_path: Path) -> None:
    read = city(tmp_path / "city", "01,示例县,全域汇总", report(county[1]))
    assert (read.state, read.agency and read.agency.code) == (State.COUNTED, "01")
    assert isinstance(read, Filing)
    submission = read.checked.submission
    assert tuple(r.number for r in submission.readings) == county[1].result.totals.passed.sums
    assert (submission.identity.scope, submission.identity.source) == ("全域汇总", "隐藏标识")
    assert read.checked.findings == ()


def test_a_level_above_that_does_not_know_the_region_says_so(county: tuple[Path, Outcome], tmp_path: Path) -> None:
    read = city(tmp_path / "city", "01,别县,全域汇总", renamed(report(county[1]), tmp_path, "01_别县"))
    assert read.state is State.FOREIGN
    assert read.reason.startswith("是“示例县”的上报表，不是单位自己的填报表；名录中没有“示例县”")


def made_at_home(county: tuple[Path, Outcome], files: list[Path]) -> tuple[AnyFile, ...]:
    """What the county makes of its own products."""
    return checking.check_files(files, commands.open_office(county[0]).terms, engine=InProcess)


def renamed(file: Path, folder: Path, name: str) -> Path:
    folder.mkdir(exist_ok=True)
    return Path(shutil.copy(file, folder / f"{name}{file.suffix}"))


@needs_office
def test_at_home_neither_is_ever_a_filing(county: tuple[Path, Outcome], tmp_path: Path) -> None:
    """Also under an agency's file name, and saved by another program in another format."""
    for made, kind, reason in (
        (report(county[1]), "ods", "是本地区（示例县）自己的上报表"),
        (workbook(county[1]), "xls", "是“示例县”的汇总工作簿"),
    ):
        as_agency = renamed(made, tmp_path / kind, f"{AGENCY}_示例县教育局")
        for found in made_at_home(county, [as_agency, saved_as(as_agency, kind, tmp_path)]):
            assert (found.state, found.reason[: len(reason)]) == (State.FOREIGN, reason), found.source.path


def test_without_its_hidden_sheet_the_cover_says_whose_it_is(county: tuple[Path, Outcome], tmp_path: Path) -> None:
    book = openpyxl.load_workbook(report(county[1]))
    del book["_identity"]
    copied = tmp_path / f"{AGENCY}_示例县教育局.xlsx"
    book.save(copied)
    (found,) = made_at_home(county, [copied])
    assert (found.state, found.reason[:8]) == (State.FOREIGN, "是本地区（示例县")


def test_filled_in_for_an_agency_it_is_still_the_region_s(county: tuple[Path, Outcome], tmp_path: Path) -> None:
    """Somebody took it for a blank form: the hidden sheet says what it was, and the agency still has to file."""
    book = openpyxl.load_workbook(report(county[1]))
    for name, value in (("COVER_agency", "示例县教育局"), ("COVER_code", AGENCY), ("COVER_scope", "本单位")):
        book["封面"][place(book, name)[1]].value = value
    borrowed = tmp_path / f"{AGENCY}.xlsx"
    book.save(borrowed)
    (found,) = made_at_home(county, [borrowed])
    assert (found.state, found.reason[:8]) == (State.FOREIGN, "是本地区（示例县")


def test_a_number_that_an_accepted_filing_lacks_stays_blank(county: tuple[Path, Outcome]) -> None:
    result = county[1].result
    item = result.form.by_code["T3.r5.c2"]
    missing = tuple(int(i == item.index) for i in range(len(result.form.items)))
    book = region_report(
        replace(result, totals=replace(result.totals, passed=replace(result.totals.passed, missing=missing)))
    )
    cells = {
        (sheet.name, cell.name or cell.formula or cell.row): cell.value for sheet in book.sheets for cell in sheet.cells
    }
    assert cells["表三", item.cell_name] is None
    assert cells["表三", "T3_r5_c1"] is not None
    told = str(next(c.value for c in book.sheets[0].cells if c.row == 2))
    assert told.endswith(f"有 1 个数因已通过的报表中有缺，留空未填：{item.label}（缺 1 家）。")
    status = next(c.value for c in book.sheets[2].cells if c.role == "status")
    assert status == "还有 1 格未填（没有发生的填 0）"
