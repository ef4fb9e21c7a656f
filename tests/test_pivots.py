"""PivotTables: no reason for Excel to repair, the figures of the detail in their cells, and a refresh that follows."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from msgspec.structs import replace
from openxml_audit import OpenXmlValidator
from python_calamine import CalamineWorkbook

from tests.grids import year as of_year
from tests.office_tools import needs_office, saved_as
from tests.pivot_lint import pivot_problems, shown
from tests.results import missing, of_run
from tests.test_compose import CHECKS, EVIL, FORM, FULL, declared, filing, finding, result, sheet_of
from tests.workbooks import changed, unpacked
from workbook_tool.files.season.last_year import collect, csv_entries
from workbook_tool.files.workbook.render import render
from workbook_tool.files.workbook.results import VALUE_COLUMNS, value_rows
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.headers import CODE
from workbook_tool.model.workbook.pivot import Source
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.workbook import IN_VIEW, compose, facts, put_away
from workbook_tool.steps.workbook.plan import Plan
from workbook_tool.steps.workbook.verdict import MATCH

MORE = """
[[facet]]
label = "品种"
adds = false
groups = [{ label = "苹果（个）", table = "A" }, { label = "雪梨（吨）", table = "B", rows = "snow" }]

[[pivot]]
title = "单位 × 颜色"
down = "单位"
across = "颜色"

[[pivot]]
title = "两年"
down = "品种"
across = "年度"

[[pivot]]
title = "上级 × 品种"
down = "上级"
across = "品种"
"""
ODD_NAMES = [EVIL, '“引号”"<&>\'', "Abc 站", "ABC 站", "ａｂｃ 站", "长" * 300, "长" * 300 + "！", "坏\ud800字_x000D_",
             "多\n行  名", "总计", "(全部)", "", " ", "某乡"]  # fmt: skip
BEFORE = {**FULL, "A.red.big": 1, "A.red.all": 5}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Consolidation:
    """Agencies whose names, codes and kinds do their worst; last year known of the first three, one returned."""
    folder = tmp_path_factory.mktemp("odd")
    form = declared(folder, FORM.replace('\n[[table]]\nid = "A"', MORE + '\n[[table]]\nid = "A"'), CHECKS)
    records = []
    for n, name in enumerate(ODD_NAMES):
        must = [finding(form, "A.green.all", Severity.MUST, 5, 1)] if n == 1 else []
        agency = Agency(f"{'aA'[n % 2]}{n // 2}", name, category=["山上", "", "Ab", "aB"][n % 4], parent=EVIL * (n % 2))
        records.append(filing(form, agency, FULL, *must))
    last = LastYear(of_year(2022), "x", {c: {i.index: BEFORE[i.code] for i in form.items} for c in ("a0", "A0", "a1")})
    return of_run(result(form, folder, *records), last_year=last)


@pytest.fixture(scope="module")
def odd_path(odd: Consolidation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "book.xlsx"
    render(compose(odd), path)
    return path


def test_excel_has_no_reason_to_repair(odd_path: Path) -> None:
    assert pivot_problems(odd_path.read_bytes()) == []
    assert [str(error) for error in OpenXmlValidator().validate(str(odd_path)).errors] == []


def test_same_content_same_bytes(odd: Consolidation, odd_path: Path, tmp_path: Path) -> None:
    render(compose(odd), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == odd_path.read_bytes()


def test_the_cache_says_what_the_source_says(odd: Consolidation, odd_path: Path) -> None:
    """Row by row, as both are stored: a text that looks like an escaped character (坏_x000D_) is escaped in both."""
    parts = unpacked(odd_path.read_bytes())
    number = [sheet.name for sheet in compose(odd).sheets].index("透视数据") + 1
    strings = ["".join(si.itertext()) for si in etree.fromstring(parts["xl/sharedStrings.xml"]).iter("{*}si")]
    rows = etree.fromstring(parts[f"xl/worksheets/sheet{number}.xml"]).iter("{*}row")
    table = [[v.text for v in row.iter("{*}v")] for row in rows if int(row.get("r")) > 4]
    items = [[s.get("v") for s in field.iter("{*}s")] for field in etree.fromstring(parts[CACHE]).iter("{*}cacheField")]
    records = etree.fromstring(parts[CACHE.replace("Definition", "Records")])
    kept = [[items[n][int(v.get("v"))] for n, v in enumerate(record[:-1])] for record in records]
    assert kept == [[strings[int(index)] for index in row[:-1]] for row in table]
    assert [record[-1].get("v") for record in records] == [row[-1] for row in table]
    assert any("_x005F_x000D_" in text for row in kept for text in row)


TABLE, CACHE = "xl/pivotTables/pivotTable1.xml", "xl/pivotCache/pivotCacheDefinition1.xml"
DAMAGE: dict[str, tuple[str, str, str, str]] = {
    "a count": (TABLE, r'<rowItems count="\d+"', '<rowItems count="99"', "tells of 99"),
    "an area": (TABLE, r'(ref="A\d+:)[A-Z]+', r"\1Z", "its area is not"),
    "a total too many": (TABLE, "<pivotTableDefinition ", '<pivotTableDefinition rowGrandTotals="0" ', "rowGrandTotals"),
    "a caption": (TABLE, '<dataField name="[^"]+"', '<dataField name="单位"', "is a field's name"),
    "an item": (TABLE, '<item x="1"/>', '<item x="77"/>', "are not those of the cache"),
    "a hidden item": (TABLE, '<item x="0"/>', '<item h="1" x="0"/>', "is hidden"),
    "a filter": (TABLE, r'(<pageField [^>]*item=)"0"', r'\1"9"', "a filter names"),
    "a cache": (TABLE, 'cacheId="1"', 'cacheId="7"', "leads to no cache"),
    "a case": (CACHE, '<s v="Ab"/>', '<s v="Ab"/><s v="aB"/>', "the same but for case"),
    "a long text": (CACHE, '<s v="Ab"/>', f'<s v="{"长" * 256}"/>', "longer than 255"),
    "a field": (CACHE, 'cacheField name="单位"', 'cacheField name="单元"', "differ from the columns"),
    "a record": ("xl/pivotCache/pivotCacheRecords1.xml", '<r><x v="0"/>', '<r><x v="500"/>', "points to an item"),
    "a row": ("xl/pivotCache/pivotCacheRecords1.xml", "<r>.*?</r>", "", "records, recordCount and rows"),
    "a content type": ("[Content_Types].xml", "pivotCacheRecords[+]xml", "pivotTable+xml", "is declared as"),
    "a relation": ("xl/pivotTables/_rels/pivotTable1.xml.rels", "pivotCacheDefinition1", "none", "which is not there"),
    "an order": ("xl/workbook.xml", "(<calcPr[^>]*>)(<pivotCaches.*</pivotCaches>)", r"\2\1", "does not follow"),
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGE)
def test_what_excel_would_repair_is_seen(odd_path: Path, name: str) -> None:
    part, old, new, said = DAMAGE[name]
    content = odd_path.read_bytes()
    assert re.search(old, unpacked(content)[part].decode())
    broken = changed(content, part, lambda data: re.sub(old, new, data.decode(), count=1).encode())
    assert any(said in problem for problem in pivot_problems(broken))


def test_only_numbers_known_of_both_years_are_compared(odd_path: Path) -> None:
    """Of three agencies with numbers of both years one is returned; the pears are filed in hundredths."""
    two = {"2022年": 2 * (1 + 4 + 1), "2023年": 2 * (3 + 4 + 1)}
    assert shown(odd_path, "两年") == {
        **{("苹果（个）", year): number for year, number in two.items()},
        **{("雪梨（吨）", year): Decimal("0.6") for year in two},
    }


def test_what_does_not_add_up_has_no_total(odd_path: Path) -> None:
    """Apples and pears stand side by side: each has its total below, and there is none to the right."""
    figures = shown(odd_path, "上级 × 品种")
    assert {head for _, head in figures} == {"苹果（个）", "雪梨（吨）"}
    assert figures["总计", "苹果（个）"] == 8 * (len(ODD_NAMES) - 1)


def test_agencies_that_excel_cannot_tell_apart_stay_apart(odd_path: Path) -> None:
    """One line each, the same name with the code behind it; what was returned can be filtered in, and is not shown."""
    lines = [line for line, head in shown(odd_path, "单位 × 颜色") if head == "红"]
    assert len(lines) == len({line.casefold() for line in lines}) == len(ODD_NAMES) - 1 + 1  # the total
    assert {EVIL, "Abc 站", "总计", "总计（A4（2））", "(全部)", "多 行 名"} <= set(lines)
    cells = [cell for row in openpyxl.load_workbook(odd_path)["透视 单位 × 颜色"] for cell in row if cell.value == EVIL]
    assert [cell.data_type for cell in cells] == ["s"]


def test_where_nothing_passed_everything_filed_is_shown(odd: Consolidation, tmp_path: Path) -> None:
    returned = [record for record in odd.agencies if record.state is AgencyState.RETURNED]
    book = compose(result(odd.form, tmp_path, *returned))
    pivots = [pivot for sheet in book.sheets for pivot in sheet.pivots]
    assert ("审核结论", "") in pivots[0].pages and pivots[0].sum_of() == len(returned) * 8
    assert all(
        cell.value == "✔" for sheet in book.sheets for cell in sheet.cells if sheet.pivots and cell.role == "check"
    )
    render(book, tmp_path / "book.xlsx")
    assert pivot_problems((tmp_path / "book.xlsx").read_bytes()) == []


def test_where_nobody_filed_it_is_said(odd: Consolidation, tmp_path: Path) -> None:
    book = compose(result(odd.form, tmp_path, missing(Agency("1", "园"))))
    assert not [pivot for sheet in book.sheets for pivot in sheet.pivots]
    assert "单位 × 颜色（没有填报的数）" in " ".join(str(c.value) for c in sheet_of(book, "透视数据").cells[:4])


def test_whoever_has_figures_has_three(tmp_path: Path) -> None:
    """Also with no problem, no parent and no year before: then by the form's own groups, and a table as it stands."""
    form = declared(tmp_path, FORM, CHECKS)
    book = compose(result(form, tmp_path, filing(form, Agency("1", "园"), FULL)))
    named = [sheet.name for sheet in book.sheets if sheet.pivots]
    assert named == ["透视 果园 × 颜色", "透视 单位 × 颜色", "透视 甲 项目 × 列"]
    (table,) = [pivot for sheet in book.sheets for pivot in sheet.pivots if pivot.down == "项目"]
    assert table.cells["红", "小"] == 4 and not (table.total_row or table.total_column)


def test_who_filed_nothing_but_totals_has_them(tmp_path: Path) -> None:
    form = declared(tmp_path, FORM, CHECKS)
    totals = {code: number * form.by_code[code].column.total for code, number in FULL.items()}
    book = compose(result(form, tmp_path, filing(form, Agency("1", "园"), totals)))
    pivots = [pivot for sheet in book.sheets for pivot in sheet.pivots]
    assert len(pivots) == 3 and not any(pivot.total_row or pivot.total_column for pivot in pivots)
    red = totals["A.red.all"]
    assert red and pivots[0].cells["红", "共"] == red
    checks = [cell.value for sheet in book.sheets if sheet.pivots for cell in sheet.cells if cell.role == "check"]
    assert checks == [MATCH] * 3


def test_of_many_sheets_the_last_pivots_stand_back(odd: Consolidation) -> None:
    """Three stay in view however many sheets there are."""
    book, plan = compose(odd), Plan(odd)
    pages = set(plan.pages.sheets.values()) if not plan.pages.stacked else set()
    pivots = [sheet.name for sheet in book.sheets if sheet.pivots]
    assert len(pivots) > 3
    there = sum(not sheet.hidden and sheet.name not in pages for sheet in book.sheets)
    for more in range(IN_VIEW - there + 1):
        book.sheet(f"另{more}")
    put_away(book, plan, ())
    assert [sheet.name for sheet in book.sheets if sheet.pivots and sheet.hidden]
    for more in range(20):
        book.sheet(f"再{more}")
    put_away(book, plan, ())
    assert [sheet.name for sheet in book.sheets if sheet.pivots and not sheet.hidden] == pivots[:3]


REPEATED = """
id = "fruit"
title = "月报"

[[table]]
id = "T"
name = "月报"
corner = "项目"
rows = ["农业", "  甲", "  乙", "  小计 =", "社保", "  丙", "  小计 =", "合计"]
columns = [
  { label = "户数", under = ["本月"] },
  { label = "户数", under = ["累计"], stock = true },
  { label = "金额", under = ["累计"], stock = true, was = ["款额"] },
]
"""


def test_lines_of_one_label_are_told_apart(tmp_path: Path) -> None:
    """In PivotTables, where their numbers would be added under one item, and in values.csv, which is read again."""
    form = declared(tmp_path, REPEATED, {})
    numbers = {item.code: item.index + 1 for item in form.items}
    told = result(form, tmp_path, filing(form, Agency("1", "园"), numbers))
    (table,) = [pivot for sheet in compose(told).sheets for pivot in sheet.pivots if pivot.down == "项目"]
    assert [table.cells["甲", head] for head in table.heads] == [1, 2, 3] and table.heads == (
        "本月·户数",
        "累计·户数",
        "金额",
    )
    assert "上级" not in table.source.fields, "nobody has one"
    assert not [c for c in sheet_of(compose(told), "说明").cells if "（）" in str(c.value)], "no document, no brackets"
    rows = list(value_rows(told))
    assert [row[4] for row in rows[::3]] == ["甲", "乙", "农业·小计", "丙", "社保·小计", "合计"]
    assert form.items[6].label == "月报「农业·小计」×「本月·户数」"
    written = {row[3:6]: int(row[6]) - 1 for row in rows}
    assert len(written) == len(form.items)
    assert {labels: form.by_labels[labels].index for labels in written} == written
    assert form.by_labels["月报", "甲", "款额"].index == 2
    content = "\n".join(",".join(row) for row in (VALUE_COLUMNS, *rows)).encode()
    values, _ = collect(csv_entries(content, told.period, form))
    assert values == {"1": {index: index + 1 for index in range(len(form.items))}}


def test_without_last_year_no_years_are_compared(odd: Consolidation, tmp_path: Path) -> None:
    book = compose(result(odd.form, tmp_path, *odd.agencies))
    assert "透视 两年" not in [sheet.name for sheet in book.sheets]
    assert "两年（没有可比的上年数）" in " ".join(str(cell.value) for cell in sheet_of(book, "透视数据").cells[:4])
    (table, *_) = [pivot for sheet in book.sheets for pivot in sheet.pivots]
    assert "上级" in table.source.fields and "可比" not in table.source.fields, "what every row would say alike"


@pytest.mark.parametrize("items", [("甲", "甲 "), ("abc", "ABC"), ("甲" * 256,), ("",), ("坏\x00",)])
def test_items_that_excel_does_not_hold_are_refused(items: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="Excel"):
        Source("tbl", ("名", "数"), {"名": items}, ([0],), [Decimal(1)])


@pytest.mark.parametrize(("most", "listed"), [("MOST_FACTS", True), ("MANY_FACTS", False)])
def test_of_too_many_rows_those_of_all_agencies_become_one(
    odd: Consolidation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: str, listed: bool
) -> None:
    """Past a million rows the run ended without a workbook; past 25,000 they were most of what opening it took. Where a
    PivotTable lists agencies their rows stay as long as they fit."""
    pivots = [pivot for pivot in odd.form.pivots if listed or "单位" not in (pivot.down, pivot.across)]
    many = of_run(odd, form=replace(odd.form, pivots=tuple(pivots)))
    alone = compose(many)
    monkeypatch.setattr(facts, "MANY_FACTS", 10)
    monkeypatch.setattr(facts, most, 10)
    book, path = compose(many), tmp_path / "merged.xlsx"
    render(book, path)
    assert pivot_problems(path.read_bytes()) == []
    each, merged = (sheet_of(one, "透视数据").lists[0].source for one in (alone, book))
    assert each and merged and len(merged.numbers) < len(each.numbers) and sum(merged.numbers) == sum(each.numbers)
    assert not {CODE, "单位"} & {*merged.fields} and len({*merged.facts}) == len(merged.numbers)
    shown = {sheet.name: sheet.pivots[0].cells for sheet in alone.sheets if sheet.pivots}
    still = {sheet.name: sheet.pivots[0].cells for sheet in book.sheets if sheet.pivots}
    assert shown.keys() - still.keys() == ({"透视 单位 × 颜色"} if listed else set())
    assert all(shown[name] == cells for name, cells in still.items())
    checks = [cell.value for sheet in book.sheets if sheet.pivots for cell in sheet.cells if cell.role == "check"]
    assert checks == [MATCH] * len(still)
    told = " ".join(str(cell.value) for cell in sheet_of(book, "透视数据").cells[:4])
    assert "不分单位（各单位的数见“单位明细”）" in told and ("（单位太多）" in told) is listed


def test_rows_of_agencies_that_a_pivot_lists_stay_while_they_fit(
    odd: Consolidation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "MANY_FACTS", 10)
    book = compose(odd)
    source = sheet_of(book, "透视数据").lists[0].source
    assert source and "单位" in source.fields and "透视 单位 × 颜色" in [sheet.name for sheet in book.sheets]


def test_of_many_agencies_there_are_three_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one table without groups and problems, where none can list agencies."""
    monkeypatch.setattr(facts, "MANY_FACTS", 1)
    form = declared(tmp_path, REPEATED, {})
    numbers = {item.code: item.index + 1 for item in form.items}
    book = compose(result(form, tmp_path, *(filing(form, Agency(code, code), numbers) for code in "12")))
    named = [sheet.name for sheet in book.sheets if sheet.pivots]
    assert named == ["透视 月报 项目 × 列", "透视 月报 类别 × 列", "透视 月报 状态 × 列"]


def test_a_protected_sheet_holds_no_pivot(odd: Consolidation, tmp_path: Path) -> None:
    book = compose(odd)
    sheet_of(book, "透视 两年").protected = True
    with pytest.raises(ValueError, match="PivotTable"):
        render(book, tmp_path / "book.xlsx")


@needs_office
def test_a_refresh_in_libreoffice_follows_the_source(odd: Consolidation, odd_path: Path, tmp_path: Path) -> None:
    """One number of the source becomes 1000 more; on opening every PivotTable of it follows, and its check says so."""
    book = compose(odd)
    source = sheet_of(book, "透视数据").lists[0].source
    assert source is not None
    first = next(source.facts)
    assert (first.texts[1], first.number) == (EVIL, 3)
    content = with_source_changed(odd_path.read_bytes(), book, 1003)
    path = tmp_path / "changed.xlsx"
    path.write_bytes(content)
    seen = saved_as(path, "ods", tmp_path)
    listed = etree.fromstring(zipfile.ZipFile(seen).read("content.xml")).iter("{*}data-pilot-table")
    pivots = {pivot.name: (sheet.name, pivot) for sheet in book.sheets for pivot in sheet.pivots}
    assert {one.get(f"{{{one.nsmap['table']}}}name") for one in listed} == set(pivots)
    reread = CalamineWorkbook.from_path(str(seen))
    for sheet, pivot in pivots.values():
        rows = reread.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        numbers = [cell for row in rows[pivot.place[0] + 2 :] for cell in row[1:] if isinstance(cell, float)]
        times = (1 + pivot.total_row) * (1 + pivot.total_column)
        more = 0 if pivot.caption == "问题条数" else 1000
        assert sum(numbers) == pytest.approx(times * (float(pivot.sum_of()) + more))
        both_changed = sheet == "透视 两年"  # whose check adds up the source too
        assert rows[2][1] == ("✘ 差 1000" if more and not both_changed else "✔"), sheet


def with_source_changed(content: bytes, book: Book, number: int) -> bytes:
    """The first number of 透视数据 changed as in a spreadsheet, and the stored results of the checks gone."""
    parts = [f"xl/worksheets/sheet{n}.xml" for n, sheet in enumerate(book.sheets, 1) if sheet.pivots]
    source = next(n for n, sheet in enumerate(book.sheets, 1) if sheet.name == "透视数据")
    drop: Callable[[bytes], bytes] = lambda data: re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", data)  # noqa: E731
    for part in parts:
        content = changed(content, part, drop)
    cell = rb'(<c r="[A-Z]+5"[^>]*><v>)3(</v></c></row>)'
    return changed(
        content, f"xl/worksheets/sheet{source}.xml", lambda data: re.sub(cell, rb"\g<1>%d\g<2>" % number, data, count=1)
    )
