"""The regional workbook as programs see it: recalculated, validated, followed link by link, read back."""

from __future__ import annotations

import csv
import io
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from openxml_audit import OpenXmlValidator
from python_calamine import CalamineWorkbook

from tests.grids import ROOT
from tests.office_tools import needs_office, recalculated, without_results
from tests.offices import CASES, make_office
from tests.pivot_lint import pivot_problems, shown
from workbook_tool import batch, commands
from workbook_tool.batch import Outcome
from workbook_tool.files.intake.containers import content_of
from workbook_tool.model.cells import address
from workbook_tool.model.office.settings import Limits
from workbook_tool.model.season.filing import Filing
from workbook_tool.steps.workbook.plan import Plan

OFFICES = ["sample", "empty", *(path.parent.name for path in sorted(CASES.glob("*/inbox.md")))]


@pytest.fixture(scope="module", params=OFFICES)
def outcome(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """A finished run: of the sample office, of an office whose inbox is empty, and of each story."""
    folder = tmp_path_factory.mktemp(request.param) / "office"
    if request.param == "sample":
        shutil.copytree(ROOT / "inbox", folder / "inbox")
        shutil.copytree(ROOT / "templates", folder / "templates")
        shutil.copy(ROOT / "config.toml", folder)
    elif request.param == "empty":
        make_office(folder, CASES / "ten_wrong_ways")
        shutil.rmtree(folder / "inbox")
        (folder / "inbox").mkdir()
    else:
        make_office(folder, CASES / request.param)
    return batch.run(commands.open_office(folder / "config.toml"), date(2024, 2, 5))


@pytest.fixture
def path(outcome: Outcome) -> Path:
    assert outcome.folder is not None
    return outcome.folder / outcome.manifest["workbook"]


def cells(path: Path) -> dict[tuple[str, str], object]:
    book = openpyxl.load_workbook(path, data_only=True)
    return {(s.title, c.coordinate): c.value for s in book for row in s for c in row if c.value not in (None, "")}


@needs_office
def test_a_recalculation_changes_nothing_and_shows_no_error(path: Path) -> None:
    before, after = cells(path), cells(recalculated(without_results(path)))
    assert {key: (value, after.get(key)) for key, value in before.items() if not same(value, after.get(key))} == {}
    assert not [key for key, value in after.items() if str(value).startswith("#")]


def same(one: object, other: object) -> bool:
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return abs(one - other) < 1e-9
    return one == other


def test_the_validator_finds_nothing(path: Path) -> None:
    result = OpenXmlValidator().validate(str(path))
    assert not list(result.errors)
    assert pivot_problems(path.read_bytes()) == []


def links(sheet: Worksheet) -> Iterator[tuple[str, str]]:
    """Where the links of a sheet lead: sheet and cell."""
    for cell in (cell for row in sheet for cell in row if cell.hyperlink):
        if cell.hyperlink.target is None:
            yield destination(cell)
        else:
            assert cell.hyperlink.target.startswith("returns\\"), "a link may lead out only to a copy of ours"


def destination(cell: Any) -> tuple[str, str]:
    target, _, place = str(cell.hyperlink.location).rpartition("!")
    return target.strip("'"), place


def test_every_link_leads_to_a_cell_that_is_there(path: Path) -> None:
    book = openpyxl.load_workbook(path)
    found = [link for sheet in book for link in links(sheet)]
    assert len(found) >= 1
    for target, cell in found:
        assert target in book.sheetnames
        assert re.fullmatch(r"[A-Z]+\d+", cell)
        assert book[target][cell].row <= book[target].max_row


def test_a_finding_leads_to_its_figure(outcome: Outcome, path: Path) -> None:
    book = openpyxl.load_workbook(path, data_only=True)
    detail, listed = book["单位明细"], book["问题清单"]
    headers = [cell.value for cell in listed[4]]
    for row, (record, finding) in enumerate(outcome.result.findings, 5):
        cell = detail[destination(listed.cell(row, headers.index("定位") + 1))[1]]
        assert detail.cell(cell.row, 1).value == record.agency.code
        if finding.item is not None:
            assert detail.cell(6, cell.column).value == outcome.result.form.items[finding.item].code
        if finding.filed is not None:
            assert Decimal(str(cell.value)) == finding.filed


def test_two_readers_find_the_totals_of_the_run(outcome: Outcome, path: Path) -> None:
    result = outcome.result
    with (path.parent / "values.csv").open(encoding="utf-8-sig", newline="") as stream:
        values = list(csv.DictReader(stream))
    book = CalamineWorkbook.from_path(str(path))
    other = cells(path)
    for table in result.form.tables:
        rows = book.get_sheet_by_name(f"汇总{table.name}").to_python(skip_empty_area=False)
        for item in result.form.by_table[table.id]:
            where = (table.name, item.row.label, item.column.label)
            total = sum(Decimal(v["value"]) for v in values if (v["table"], v["row"], v["column"]) == where)
            row, column = Plan(result).totals_cell("passed", item.index)
            assert Decimal(str(rows[row][column])) == total
            assert Decimal(str(other[f"汇总{table.name}", address(row, column)])) == total


def test_every_number_of_values_csv_stands_on_its_agency_s_page(outcome: Outcome, path: Path) -> None:
    form, pages, shown = outcome.result.form, Plan(outcome.result).pages, cells(path)
    items = {(i.table.name, i.row.label, i.column.label): i.index for i in form.items}
    with (path.parent / "values.csv").open(encoding="utf-8-sig", newline="") as stream:
        for value in csv.DictReader(stream):
            index = items[value["table"], value["row"], value["column"]]
            sheet, row, column = pages.place(value["agency_code"], index)
            assert Decimal(str(shown[sheet, address(row, column)])) == Decimal(value["value"])


def test_the_pivots_show_the_sums_of_values_csv(outcome: Outcome, path: Path) -> None:
    """Added up from the other result file, by the captions that the statutory form prints over its rows."""
    sums = Counter[tuple[str, str]]()
    kinds = {record.agency.code: record.agency.category or "（未分类）" for record in outcome.result.agencies}
    rows = outcome.result.form.table("T3").rows
    captions = {row.label: row.under[-1] if len(row.under) > 1 else row.name for row in rows if row.under}
    with (path.parent / "values.csv").open(encoding="utf-8-sig", newline="") as stream:
        for value in csv.DictReader(stream):
            parts = value["row"] in captions and value["row"] != "（七）总计" and value["column"] != "总计"
            for line in (kinds[value["agency_code"]], "总计") if parts else ():
                sums[line, captions[value["row"]]] += int(value["value"])
                sums[line, "总计"] += int(value["value"])
    wanted = {place: number for place, number in sums.items() if number}
    assert shown(path, "单位类别 × 办理结果") == wanted
    found = Counter((record.agency.name, finding.rule) for record, finding in outcome.result.findings)
    assert {place: n for place, n in shown(path, "单位 × 规则").items() if "总计" not in place} == found


def test_every_number_of_values_csv_stands_in_the_file_it_names(outcome: Outcome, path: Path) -> None:
    contents = {
        f.source.path: content_of(f.source, Limits(), ()) for f in outcome.result.files if isinstance(f, Filing)
    }
    with (path.parent / "values.csv").open(encoding="utf-8-sig", newline="") as stream:
        values = list(csv.DictReader(stream))
    names = {value["file"] for value in values}
    books = {name: openpyxl.load_workbook(io.BytesIO(contents[name]), data_only=True) for name in names}
    for value in values:
        cell = books[value["file"]][value["sheet"]][value["cell"]].value
        signed_nil = cell is None and value["value"] == "0"
        as_text = isinstance(cell, str)
        filed = value["stored"] or value["value"]  # a story has an amount in 元
        assert signed_nil or as_text or Decimal(str(cell)) == Decimal(filed)


def test_nothing_leads_out_and_nothing_can_run(path: Path) -> None:
    names = zipfile.ZipFile(path).namelist()
    assert not [name for name in names if "externalLink" in name or "vbaProject" in name]
