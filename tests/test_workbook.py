"""The regional workbook as programs see it: recalculated, validated, followed link by link, read back."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from openxml_audit import OpenXmlValidator
from python_calamine import CalamineWorkbook

from tests.gnumeric import gnumeric_changes, needs_gnumeric, results
from tests.office_tools import Values, needs_office, recalculation_changes
from tests.pivot_lint import pivot_problems
from tests.pivot_lint import shown as figures
from tests.stories import EMPTY, OFFICES, SAMPLE, Tell
from tests.workbooks import unpacked
from workbook_tool.batch import Outcome
from workbook_tool.files.intake.containers import content_of
from workbook_tool.files.intake.lower_results import parts_of_results
from workbook_tool.model.cells import address, position
from workbook_tool.model.office.settings import Limits
from workbook_tool.model.season.filing import Filing
from workbook_tool.model.text import as_meant
from workbook_tool.model.workbook.result import Region
from workbook_tool.steps.workbook.plan import Plan

RECALCULATED = [SAMPLE, EMPTY, "two_years", "ten_wrong_ways", "mails_and_archives"]
"""The offices whose workbooks hold formulas of every sort; those of the others are like one of them."""


@pytest.fixture(scope="module", params=OFFICES)
def outcome(request: pytest.FixtureRequest, run_of: Tell) -> Outcome:
    """A finished run: of the sample office, of an office whose inbox is empty, and of each story."""
    return run_of(request.param).outcome


@pytest.fixture(scope="module")
def path(outcome: Outcome) -> Path:
    assert outcome.folder is not None
    return outcome.folder / outcome.manifest["workbook"]


@pytest.fixture(scope="module")
def shown(path: Path) -> Values:
    """What its cells show, by openpyxl."""
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    return {(s.title, c.coordinate): c.value for s in book for row in s.rows for c in row if c.value not in (None, "")}


@pytest.fixture(scope="module")
def accepted(outcome: Outcome, path: Path) -> list[dict[str, str]]:
    """The rows of values.csv that are of the first report."""
    with (path.parent / "values.csv").open(encoding="utf-8-sig", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["form"] == outcome.result.form.id]


def test_the_level_above_knows_every_file_of_a_run_folder(outcome: Outcome) -> None:
    """What it does not know it would take for a filing."""
    assert outcome.folder
    paths = {
        f"甲县/{path.relative_to(outcome.folder).as_posix()}" for path in outcome.folder.rglob("*") if path.is_file()
    }
    assert parts_of_results(paths) == paths - {"甲县/run.json"}


@needs_office
@pytest.mark.parametrize("name", RECALCULATED)
def test_a_recalculation_changes_nothing_and_shows_no_error(name: str, run_of: Tell, tmp_path: Path) -> None:
    outcome = run_of(name).outcome
    assert outcome.folder is not None
    assert recalculation_changes(Path(shutil.copy(outcome.folder / outcome.manifest["workbook"], tmp_path))) == {}


@needs_gnumeric
def test_a_second_client_computes_the_same(run_of: Tell, tmp_path: Path) -> None:
    """Gnumeric, of the office whose workbook has most kinds of formulas."""
    path = Path(shutil.copy(run_of("two_years").path, tmp_path))
    assert len(results(path)) > 1000
    assert gnumeric_changes(path) == {}


@pytest.mark.parametrize("name", RECALCULATED)
def test_the_validator_finds_nothing(name: str, run_of: Tell) -> None:
    assert not list(OpenXmlValidator().validate(str(run_of(name).path)).errors)


def test_excel_has_no_reason_to_throw_a_pivot_away(path: Path) -> None:
    assert pivot_problems(path.read_bytes()) == []


Place = tuple[str, str]
"""A sheet and a cell."""


@pytest.fixture(scope="module")
def sheets(path: Path) -> dict[str, etree._Element]:
    """The markup of each sheet."""
    parts = unpacked(path.read_bytes())
    names = [sheet.get("name") for sheet in etree.fromstring(parts["xl/workbook.xml"]).iter("{*}sheet")]
    return {name: etree.fromstring(parts[f"xl/worksheets/sheet{n}.xml"]) for n, name in enumerate(names, 1)}


@pytest.fixture(scope="module")
def links(sheets: dict[str, etree._Element]) -> dict[Place, Place]:
    """Where the links that stay in the workbook lead."""
    found = {}
    for name, sheet in sheets.items():
        for link in sheet.iter("{*}hyperlink"):
            if link.get("location"):
                target, _, cell = link.get("location").rpartition("!")
                found[name, link.get("ref")] = target.strip("'"), cell
    return found


def test_every_link_leads_to_a_cell_that_is_there(sheets: dict[str, etree._Element], links: dict[Place, Place]) -> None:
    written = {(name, cell.get("r")) for name, sheet in sheets.items() for cell in sheet.iter("{*}c")}
    assert links
    assert links.keys() | set(links.values()) <= written


def test_a_link_leads_out_only_to_a_copy_of_ours(path: Path) -> None:
    rels = [data for name, data in unpacked(path.read_bytes()).items() if name.endswith(".rels")]
    leading = [node for data in rels for node in etree.fromstring(data) if node.get("TargetMode") == "External"]
    assert [
        node.get("Target") for node in leading if not node.get("Target").startswith(("returns/", "reminders/"))
    ] == []


def test_a_finding_leads_to_its_figure(outcome: Outcome, links: dict[Place, Place], shown: Values) -> None:
    (column,) = [cell.rstrip("4") for (sheet, cell), value in shown.items() if (sheet, value) == ("问题清单", "定位")]
    for row, (record, finding) in enumerate(Plan(outcome.result).findings, 5):
        sheet, cell = links["问题清单", f"{column}{row}"]
        if isinstance(record, Region):
            assert sheet.startswith("汇总表")
            continue
        assert (sheet, shown[sheet, f"A{position(cell)[0] + 1}"]) == ("单位明细", record.agency.code)
        if finding.item is not None:
            assert shown[sheet, address(5, position(cell)[1])] == outcome.result.form.items[finding.item].code
        if finding.filed is not None:
            assert Decimal(str(shown[sheet, cell])) == finding.filed


def test_two_readers_find_the_totals_of_the_run(
    outcome: Outcome, path: Path, shown: Values, accepted: list[dict[str, str]]
) -> None:
    result, sums = outcome.result, defaultdict[tuple[str, str, str], Decimal](Decimal)
    for value in accepted:
        sums[value["table"], value["row"], value["column"]] += Decimal(value["value"])
    book, plan = CalamineWorkbook.from_path(str(path)), Plan(result)
    for table in result.form.tables:
        rows = book.get_sheet_by_name(f"汇总{table.name}").to_python(skip_empty_area=False)
        for item in result.form.by_table[table.id]:
            total = sums[table.name, item.row.label, item.column.label]
            row, column = plan.totals_cell("passed", item.index)
            assert Decimal(str(rows[row][column])) == total
            assert Decimal(str(shown[f"汇总{table.name}", address(row, column)])) == total


def test_every_number_of_values_csv_stands_on_its_agency_s_page(
    outcome: Outcome, shown: Values, accepted: list[dict[str, str]]
) -> None:
    form, pages = outcome.result.form, Plan(outcome.result).pages
    items = {(i.table.name, i.row.label, i.column.label): i.index for i in form.items}
    for value in accepted:
        index = items[value["table"], value["row"], value["column"]]
        sheet, row, column = pages.place(value["agency_code"], index)
        assert Decimal(str(shown[sheet, address(row, column)])) == Decimal(value["value"])


def test_the_pivots_show_the_sums_of_values_csv(outcome: Outcome, path: Path, accepted: list[dict[str, str]]) -> None:
    """Added up from the other result file, by the captions that the statutory form prints over its rows."""
    sums = Counter[tuple[str, str]]()
    kinds = {record.agency.code: record.agency.category or "（未分类）" for record in outcome.result.agencies}
    rows = outcome.result.form.table("T3").rows
    captions = {row.label: row.under[-1] if len(row.under) > 1 else row.name for row in rows if row.under}
    for value in accepted:
        parts = value["row"] in captions and value["row"] != "（七）总计" and value["column"] != "总计"
        for line in (kinds[value["agency_code"]], "总计") if parts else ():
            sums[line, captions[value["row"]]] += int(value["value"])
            sums[line, "总计"] += int(value["value"])
    wanted = {place: number for place, number in sums.items() if number}
    assert figures(path, "单位类别 × 办理结果") == wanted
    found = Counter(
        (kinds.get(owner.agency.code, "（全地区）"), f"{finding.rule} {outcome.result.form.rule(finding.rule).title}")
        for owner, finding in outcome.result.told
    )
    assert {place: n for place, n in figures(path, "类别 × 规则").items() if "总计" not in place} == found


def test_every_number_of_values_csv_stands_in_the_file_it_names(
    outcome: Outcome, accepted: list[dict[str, str]]
) -> None:
    filings = [file.source for file in outcome.result.files if isinstance(file, Filing)]
    contents = {source.path: content_of(source, Limits(), ()) for source in filings}
    names = {value["file"] for value in accepted}
    books = {name: openpyxl.load_workbook(io.BytesIO(contents[as_meant(name)]), data_only=True) for name in names}
    for value in accepted:
        cell = books[value["file"]][value["sheet"]][value["cell"]].value
        signed_nil = cell is None and value["value"] == "0"
        as_text = isinstance(cell, str)
        filed = value["stored"] or value["value"]  # a story has an amount in 元
        assert signed_nil or as_text or Decimal(str(cell)) == Decimal(filed)


def test_nothing_leads_out_and_nothing_can_run(path: Path) -> None:
    names = zipfile.ZipFile(path).namelist()
    assert not [name for name in names if "externalLink" in name or "vbaProject" in name]


def test_no_more_sheets_than_people_find_their_way_in(outcome: Outcome, path: Path, links: dict[Place, Place]) -> None:
    """Twenty, with one for the agencies' pages (a small office has one for each of them). What only feeds other sheets is
    out of view, and no link leads there."""
    listed = etree.fromstring(unpacked(path.read_bytes())["xl/workbook.xml"]).iter("{*}sheet")
    states = {sheet.get("name"): sheet.get("state", "visible") for sheet in listed}
    seen, hidden = ({name for name, state in states.items() if state == told} for told in ("visible", "hidden"))
    assert len(seen - set(Plan(outcome.result).pages.sheets.values())) < 20
    assert hidden <= {"分组小计", "透视数据", "透视问题", "上年明细"}
    assert {target for (sheet, _), (target, _) in links.items() if sheet in seen} <= seen
