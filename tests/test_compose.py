"""The regional workbook of a form that stands only here: what is composed, and what LibreOffice makes of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl import Workbook
from xlsxwriter.worksheet import Worksheet

from tests.grids import year
from tests.office_tools import needs_office, recalculation_changes
from tests.results import NOTHING_SAID, consolidated, missing, of_run
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.workbook.own_sheet import OwnSheet
from workbook_tool.files.workbook.render import render
from workbook_tool.model.cells import address, position
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import KINDS, OPTIONAL, Severity
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency, Identity, Reading, ReadingState, Submission
from workbook_tool.model.judging.finding import Blank, Finding
from workbook_tool.model.judging.follow_up import Decision, FollowUp, Opinion, Status
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.returns.returned import Point, Return, return_name
from workbook_tool.model.season.agency import AgencyRecord, AgencyState, FiledAgency, Timeliness
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.model.season.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.model.workbook.book import Book, BookSheet, Cell, FilePath
from workbook_tool.model.workbook.measure import line_count
from workbook_tool.model.workbook.result import Consolidation, Run
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.returns.notice import PointLine
from workbook_tool.steps.workbook import compose
from workbook_tool.steps.workbook.plan import Plan
from workbook_tool.steps.workbook.trend import label_sides

FORM = """
id = "fruit"
title = "果品"
version = "1"
cover = [{ id = "a", label = "单位", kind = "agency" }, { id = "c", label = "代码", kind = "code" },
         { id = "y", label = "年度", kind = "year" }]
figure = [{ label = "苹果", items = ["A.red.all"] }]

[[facet]]
label = "颜色"
table = "A"
groups = [{ label = "红", rows = "red" }, { label = "青", rows = "green" }]

[[pivot]]
title = "果园 × 颜色"
down = "类别"
across = "颜色"

[[table]]
id = "A"
name = "甲"
title = "苹果"
[[table.block]]
unit = "个"
columns = [{ id = "big", label = "大" }, { id = "small", label = "小" }, { id = "all", label = "共", total = true }]
rows = [{ id = "red", label = "红" }, { id = "green", label = "青" }]

[[table]]
id = "B"
name = "乙"
title = "梨"
layout = "side"
[[table.block]]
unit = "吨"
decimals = 2
columns = [{ id = "sold", label = "售" }, { id = "kept", label = "存" }, { id = "all", label = "共", total = true }]
rows = [{ id = "snow", label = "雪梨" }, { id = "fragrant", label = "香梨" }]
"""
RULE = """
[[rule]]
id = "{id}"
title = "规则"
severity = "must"
origin = "D"
words = "应当相符。"
advice = "请改。"
{what}
"""
CHECKS = {
    "A-ROW": ("A", '{ over = "rows", formula = "big + small == all", at = "all" }'),
    "B-ROW": ("B", '{ over = "rows", formula = "sold + kept == all", at = "all" }'),
}
FULL = {
    **{"A.red.big": 3, "A.red.small": 4, "A.red.all": 7, "A.green.big": 1, "A.green.small": 0, "A.green.all": 1},
    **{"B.snow.sold": 10, "B.snow.kept": 20, "B.snow.all": 30},
    **{"B.fragrant.sold": 110, "B.fragrant.kept": 220, "B.fragrant.all": 330},
}
"""Counts of the smallest unit: the pears are in hundredths of a ton."""
EVIL = "=1+1"


@pytest.fixture
def form(tmp_path: Path) -> Form:
    """Two tables of two rows by three columns."""
    return declared(tmp_path, FORM, CHECKS)


def declared(folder: Path, text: str, checks: Mapping[str, tuple[str, str]]) -> Form:
    """The form of this text with these rules, and one rule of each kind that every form must word."""
    rules = [RULE.format(id=i, what=f'table = "{t}"\nchecks = [{c}]') for i, (t, c) in checks.items()]
    rules += [RULE.format(id=f"V-{k}", what=f'kind = "{k}"') for k in KINDS if k not in OPTIONAL]
    (folder / "fruit.toml").write_text(text + "".join(rules), encoding="utf-8")
    return load_form(folder, "fruit")


def filing(form: Form, agency: Agency, numbers: Mapping[str, int | None], *findings: Finding) -> FiledAgency:
    """An agency that filed these numbers; None is a blank cell."""
    found = {True: ReadingState.BLANK, False: ReadingState.NUMBER}
    readings = tuple(Reading(found[numbers[i.code] is None], numbers[i.code]) for i in form.items)
    source = SourceFile(f"{agency.code}.xlsx", Path("x.xlsx"), agency.code * 16, 1)
    submission = Submission(source, Identity(form.id, agency, agency.name, year(2023)), readings)
    return FiledAgency(agency, Timeliness.ON_TIME, Filing(Checked(submission, findings, {})), NOTHING_SAID)


def settings(form: Form, folder: Path) -> Settings:
    places = dict.fromkeys(("root", "inbox", "outbox", "templates"), folder)
    return Settings("某乡", form.id, year(2023), None, **places, roster=None)


def result(form: Form, folder: Path, *records: AgencyRecord) -> Consolidation:
    run = Run("2024-02-05-1", date(2024, 2, 5), settings(form, folder), form, Roster(), NO_LAST_YEAR)
    return consolidated(run, records)


def finding(form: Form, code: str, severity: Severity, filed: int | None, expected: int | None) -> Finding:
    item = form.by_code[code]
    where = {"table": item.table.name, "row": item.row.label, "column": item.column.label}
    numbers = [None if n is None else Decimal(n) for n in (filed, expected)]
    difference = None if filed is None or expected is None else Decimal(filed - expected)
    return Finding("A-ROW", severity, EVIL, EVIL, **where, sheet="甲", cell="D5", item=item.index,
                   filed=numbers[0], expected=numbers[1], difference=difference)  # fmt: skip


@pytest.fixture
def mixed(form: Form, tmp_path: Path) -> Consolidation:
    """One agency in order, one to explain, one returned with a blank and a wrong total, one missing."""
    wrong = {**FULL, "A.red.big": None, "A.green.all": 5}
    must = finding(form, "A.green.all", Severity.MUST, 5, 1)
    return result(
        form,
        tmp_path,
        filing(form, Agency("001", EVIL, category="山上"), FULL),
        filing(form, Agency("002", "乙园", category="山下"), FULL, finding(form, "A.red.big", Severity.EXPLAIN, 3, 2)),
        filing(form, Agency("003", "丙园", category="山下"), wrong, must),
        missing(Agency("004", "丁园", category="山下")),
    )


def sheet_of(book: Book, name: str) -> BookSheet:
    return next(sheet for sheet in book.sheets if sheet.name == name)


def cell_at(sheet: BookSheet, row: int, column: int) -> Cell:
    (found,) = [cell for cell in sheet.every_cell if (cell.row, cell.column) == (row, column)]
    return found


def total(book: Book, plan: Plan, layer: str, code: str) -> Cell:
    """The cell of an item's total in a layer."""
    item = plan.form.by_code[code]
    return cell_at(sheet_of(book, plan.totals_sheet(item.table)), *plan.totals_cell(layer, item.index))


def written(
    consolidation: Consolidation,
    folder: Path,
    returns: Mapping[str, FilePath] = MappingProxyType({}),
    name: str = "book.xlsx",
) -> Path:
    path = folder / name
    render(compose(consolidation, returns), path)
    return path


@needs_office
def test_recalculation_changes_nothing(mixed: Consolidation, form: Form, tmp_path: Path) -> None:
    """Nor where nobody has filed, or nobody is known."""
    due = [missing(Agency(str(n), f"园{n}")) for n in range(2)]
    paths = [written(mixed, tmp_path, name="mixed.xlsx")]
    paths += [written(result(form, tmp_path, *due[:n]), tmp_path, name=f"{n} due.xlsx") for n in (0, 2)]
    assert recalculation_changes(*paths) == {}


def test_the_layers_of_totals(mixed: Consolidation) -> None:
    book, plan = compose(mixed), Plan(mixed)
    values = {layer: total(book, plan, layer, "A.green.all").value for layer in ("passed", "held", "all")}
    assert values == {"passed": 2, "held": 1, "all": 7}
    assert total(book, plan, "passed", "B.fragrant.all").value == Decimal("6.6")


def test_a_missing_number_is_blank_and_counted_not_zero(mixed: Consolidation) -> None:
    book, plan = compose(mixed), Plan(mixed)
    index = plan.form.by_code["A.red.big"].index
    detail = sheet_of(book, "单位明细")
    assert cell_at(detail, plan.detail_row["003"], plan.column(index)).value is None
    assert total(book, plan, "missing", "A.red.big").value == 1
    assert total(book, plan, "missing", "A.red.small").value == 0


def test_an_equation_over_missing_numbers_is_undecided(mixed: Consolidation) -> None:
    book, plan = compose(mixed), Plan(mixed)
    row, column = plan.totals_cell("all", plan.form.by_code["A.red.all"].index)
    sheet = sheet_of(book, "汇总甲")
    assert cell_at(sheet, row, column + 1).value == "无法判定"
    assert cell_at(sheet, row + 1, column + 1).value == 4


def test_every_total_is_a_formula_over_exactly_the_agencies_that_filed(mixed: Consolidation) -> None:
    book, plan = compose(mixed), Plan(mixed)
    for item in plan.form.items:
        for layer in ("passed", "held", "all", "missing"):
            formula = total(book, plan, layer, item.code).formula
            column = address(0, plan.column(item.index))[:-1]
            assert f"'单位明细'!${column}$7:${column}$9" in formula


def test_text_of_agencies_stays_text(mixed: Consolidation, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(mixed, tmp_path))
    found = [cell for sheet in book for row in sheet for cell in row if cell.value == EVIL]
    assert {"报送情况", "问题清单", "单位明细", "收件清单"} <= {cell.parent.title for cell in found}
    assert {cell.data_type for cell in found} == {"s"}


def link_targets(book: Workbook) -> list[tuple[str, str]]:
    links = [cell.hyperlink for sheet in book for row in sheet for cell in row if cell.hyperlink]
    links = [link for link in links if link.target is None]
    return [(str(link.location).rpartition("!")[0].strip("'"), str(link.location).rpartition("!")[2]) for link in links]


def test_every_link_leads_to_a_written_cell(mixed: Consolidation, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(mixed, tmp_path))
    targets = link_targets(book)
    assert len(targets) >= 5
    for sheet, cell in targets:
        row, column = position(cell)
        assert book[sheet].max_row > row and book[sheet].max_column > column


def test_a_finding_leads_to_its_figure(mixed: Consolidation) -> None:
    plan = Plan(mixed)
    findings = sheet_of(compose(mixed), "问题清单")
    links = [cell.link for cell in findings.every_cell if cell.value in ("看明细", "看汇总")]
    places = [
        (plan.detail_row["003"], "A.green.all"),
        (plan.detail_row["002"], "A.red.big"),
    ]  # what must be changed first
    assert links == [f"单位明细!{address(row, plan.column(plan.form.by_code[code].index))}" for row, code in places]


def test_without_findings_the_list_says_so(form: Form, tmp_path: Path) -> None:
    book = compose(result(form, tmp_path, filing(form, Agency("001", "甲园"), FULL)))
    assert any("没有问题" in str(cell.value) for cell in sheet_of(book, "问题清单").every_cell)


def test_a_missing_roster_is_said(mixed: Consolidation) -> None:
    texts = [
        str(cell.value) for cell in sheet_of(compose(of_run(mixed, roster=Roster(given=False))), "总览").every_cell
    ]
    assert any("未提供名录" in text for text in texts)


def shared_places(book: Book) -> list[tuple[str, int, int]]:
    """Where two cells would overwrite each other."""
    taken = Counter(
        (sheet.name, cell.row + row, cell.column + column)
        for sheet in book.sheets
        for cell in sheet.every_cell
        for row in range(cell.span[0])
        for column in range(cell.span[1])
    )
    return [place for place, count in taken.items() if count > 1]


def test_no_two_cells_share_a_place(mixed: Consolidation) -> None:
    assert shared_places(compose(mixed)) == []


def test_formulas_are_written_as_xlsxwriter_would_write_them(mixed: Consolidation) -> None:
    """It is spared the look through each of them: none uses a function that it would rename."""
    books = (compose(mixed), blank_book(mixed.form, year(2023), date(2024, 1, 1), total_formulas=True))
    formulas = {cell.formula for book in books for sheet in book.sheets for cell in sheet.every_cell if cell.formula}
    assert len(formulas) > 200
    for formula in formulas:
        assert OwnSheet()._prepare_formula(formula) == Worksheet()._prepare_formula(formula), formula


def test_a_rule_with_two_equations_in_a_column_shows_both(tmp_path: Path) -> None:
    three = '{ id = "green", label = "青" }, { id = "both", label = "计" }, { id = "whole", label = "总" }'
    sums = '{ over = "columns", formula = "red + green == both", at = "both" }'
    sums += ', { over = "columns", formula = "both + red == whole", at = "whole" }'
    form = declared(tmp_path, FORM.replace('{ id = "green", label = "青" }', three), {"A-COL": ("A", sums)})
    columns = {"big": (3, 1), "small": (4, 0), "all": (7, 1)}
    more = {f"A.both.{c}": red + green for c, (red, green) in columns.items()}
    more |= {f"A.whole.{c}": 99 for c in columns}
    book = compose(result(form, tmp_path, filing(form, Agency("001", "甲园"), FULL | more)))
    checks = [c.value for c in sheet_of(book, "汇总甲").every_cell if c.role == "check" and c.column in (1, 2, 3)]
    assert shared_places(book) == []
    assert checks == [0, 0, 0, 92, 91, 84]


def test_counts_on_the_first_page(mixed: Consolidation) -> None:
    overview = sheet_of(compose(mixed), "总览")
    cards = {
        cell_at(overview, c.row - 1, c.column).value: c.value for c in overview.every_cell if c.role == "kpi_value"
    }
    assert cards == {"应报": 4, "已报": 3, "已通过": 2, "其中待核": 1, "退回": 1, "未报": 1}
    (answer,) = [cell.value for cell in overview.every_cell if cell.role == "answer"]
    assert answer == (
        "应报 4 家，已报 3 家；已通过 2 家（其中待核 1 家），退回 1 家，未报 1 家。在已通过的数中，全部 4 项勾稽关系成立。"
    )


def test_problems_are_counted_alike_wherever_they_are_counted(form: Form, tmp_path: Path) -> None:
    """Two to explain, one of them accepted: two on every sheet, and the first page says that one is done with."""
    open_one = finding(form, "A.green.all", Severity.EXPLAIN, 5, 1)
    accepted = replace(open_one, follow_up=FollowUp("键", "据", Status.WAIVED, date(2024, 2, 5)))
    book = compose(result(form, tmp_path, *(filing(form, Agency("001", "甲园"), FULL, *[open_one, accepted]),)))
    notes = [cell.value for cell in sheet_of(book, "总览").every_cell if cell.role == "kpi_note"]
    assert [note for note in notes if str(note).startswith("需说明")] == ["需说明 2 条，办结 1"]
    (heat,) = [c.value for c in sheet_of(book, "问题热图").every_cell if c.role == "heat_total" and c.column == 3][:1]
    listed = sheet_of(book, "说明")
    counts = dict(zip(column_values(listed, "规则"), column_values(listed, "问题条数"), strict=True))
    assert (heat, counts["A-ROW"]) == (2, 2)


def test_every_kind_of_work_is_named_however_many_agencies_it_waits_for(form: Form, tmp_path: Path) -> None:
    must = finding(form, "A.green.all", Severity.MUST, 5, 1)
    returned = [filing(form, Agency(f"{n:03}", f"园{n}"), {**FULL, "A.green.all": 5}, must) for n in range(300)]
    unfiled = [missing(Agency(f"m{n:03}", f"缺{n}"), days_late=n % 9) for n in range(300)]
    overview = sheet_of(compose(result(form, tmp_path, *returned, *unfiled)), "总览")
    shown = [str(cell.value) for cell in overview.every_cell]
    assert {"催报 300 家", "退回 300 家"} <= set(shown)
    assert any(
        text.startswith("把退改件发回，改正后重报\n园0、园1、") and text.endswith(" 等 300 家") for text in shown
    )
    late = "最长逾期 8 天：按催报名单发出催报\n缺8、缺17、"
    assert any(text.startswith(late) and text.endswith(" 等 300 家") for text in shown)


def test_the_contents_lead_to_every_other_sheet(mixed: Consolidation) -> None:
    book = compose(mixed)
    links = [cell.link for cell in sheet_of(book, "总览").every_cell if cell.role == "contents"]
    assert sorted(links) == sorted(f"{sheet.name}!A1" for sheet in book.sheets[1:] if sheet.in_view)
    without = [s.name for s in book.sheets[1:] if s.in_view and "总览!A1" not in [c.link for c in s.every_cell]]
    assert not without, "no way back"


def column_values(sheet: BookSheet, header: str) -> list[object]:
    """A column of a list, from its first row on."""
    (listed,) = sheet.lists
    column = listed.first[1] + listed.headers.index(header)
    rows = range(listed.first[0] + 1, listed.last[0] + 1)
    return [next((c.value for c in sheet.every_cell if (c.row, c.column) == (row, column)), None) for row in rows]


def test_findings_of_one_cause_stand_together_under_the_one_to_read(form: Form, tmp_path: Path) -> None:
    def told(message: str, severity: Severity, story: int | None) -> Finding:
        return replace(finding(form, "A.green.all", severity, 5, 1), message=message, story=story)

    must, explain = Severity.MUST, Severity.EXPLAIN
    found = [
        told("甲", explain, 1),
        told("乙", must, None),
        told("丙", must, 2),
        told("丁", must, 1),
        told("戊", explain, None),
    ]
    listed = sheet_of(compose(result(form, tmp_path, filing(form, Agency("007", "园"), FULL, *found))), "问题清单")
    told_of = list(zip(column_values(listed, "说明"), column_values(listed, "组"), strict=True))
    assert told_of == [("乙", ""), ("丙", ""), ("甲", "007-1（1/2）"), ("丁", "007-1（2/2）"), ("戊", "")]


def test_what_was_decided_stands_in_the_list_and_can_be_changed_there(form: Form, tmp_path: Path) -> None:
    decision = Decision("键一", "据一", Opinion.NOTIFIED, "已打电话")
    life = FollowUp("键一", "据一", Status.STILL, date(2024, 1, 8), 3, "机构改革", decision)
    known = replace(finding(form, "A.green.all", Severity.MUST, 5, 1), follow_up=life)
    fresh = replace(known, follow_up=FollowUp("键二", "据二", Status.NEW, date(2024, 2, 5)))
    agency = filing(form, Agency("001", "园"), FULL, known, fresh, finding(form, "A.red.big", Severity.MUST, 5, 1))
    listed = sheet_of(compose(result(form, tmp_path, agency)), "问题清单")
    headers = ("状态", "单位说明", "处理意见", "备注", "键", "据", "原意见")
    assert listed.start == (listed.lists[0].first[0] + 1, listed.lists[0].headers.index("处理意见"))
    rows = list(zip(*(column_values(listed, header) for header in headers), strict=True))
    assert rows == [
        ("仍存（3 周）", "机构改革", "已通知", "已打电话", "键一", "据一", "已通知\n已打电话"),
        ("新增", "", "", "", "键二", "据二", "\n"),
        ("",) * 7,
    ]
    names = listed.lists[0].headers
    assert {names[column] for column in listed.hidden_columns} == {"键", "据", "原意见", "格", "原改"}
    (offered,) = listed.validations
    assert (names[offered.first[1]], offered.choices) == ("处理意见", tuple(Opinion))
    assert not listed.protected


def test_links_out_lead_only_to_copies_that_we_named(form: Form, tmp_path: Path) -> None:
    must = finding(form, "A.green.all", Severity.MUST, 5, 1)
    evil = filing(form, Agency("../x", "a/..\\b:c#%?*园"), FULL, must)
    name = return_name(
        Return(evil, "示例县", form, year(2023), date(2024, 2, 5), None, ""),
        "xlsx",
        own_file=True,
    )
    found = result(form, tmp_path, evil, filing(form, Agency("2", "乙"), FULL))
    book = openpyxl.load_workbook(written(found, tmp_path, {"../x": lambda: f"returns/{name}"}))
    links = {cell.hyperlink.target for sheet in book for row in sheet for cell in row if cell.hyperlink} - {None}
    assert name == "_x_a_.._b_c#%__园_第2轮退改.xlsx"
    assert links == {"returns/_x_a_.._b_c%23%25__园_第2轮退改.xlsx"}


def test_a_return_copy_asks_for_as_many_changes_as_there_are_cells_to_change(form: Form, tmp_path: Path) -> None:
    blank = finding(form, "A.green.big", Severity.MUST, None, None)
    blanks = replace(blank, blank=Blank((0, 1, 3), (), (), "", ""))
    cause = replace(finding(form, "A.red.all", Severity.MUST, 8, 5), story=1, located=(0,))
    follows = replace(finding(form, "A.green.all", Severity.MUST, 5, 1), story=1, located=(0,))
    asked = finding(form, "A.red.big", Severity.EXPLAIN, 5, 1)
    record = filing(form, Agency("1", "园"), FULL, blanks, cause, follows, asked)
    given = Return(record, "示例县", form, year(2023), date(2024, 2, 5), None, "")
    assert given.asks == "退回：请改 4 处，请说明 1 处，请尽快发回", (
        "three blanks, and one cell that two findings have in common"
    )


def test_the_way_to_many_cells_is_the_name_of_their_sheet(form: Form) -> None:
    """LibreOffice shows the beginning of a link alone, where it would take several lines."""
    found = replace(finding(form, "A.red.all", Severity.MUST, None, 1), sheet="表")
    given = Return(filing(form, Agency("1", "园"), FULL, found), "示例县", form, year(2023), date(2024, 2, 5), None, "")
    told = [PointLine(given, Point(1, True, replace(found, cell=cells))) for cells in ("J10,H13,H20,H25", "B9,O9")]
    assert [(line.sheet.link, line.cell.value, line.cell.link) for line in told] == [
        ("表!J10", "J10, H13, H20, H25", ""),
        ("", "B9, O9", "表!B9"),
    ]


def test_a_row_has_room_for_cells_that_are_not_parted() -> None:
    cells = "（D13、J13、E18、G18、D19、F19、F23、I23、G24、I27:I28、F29）"
    assert line_count(f"表三共 12 格空白{cells}。", 58, 9.5) == 3, "LibreOffice begins a new line with them"
    assert line_count("空白" * 20, 44.4, 10.5) == 2, "what parts anywhere takes no more than its length"


def test_who_has_not_filed_is_reminded_in_words_that_can_be_sent(form: Form, tmp_path: Path) -> None:
    def absent(code: str, **more: object) -> AgencyRecord:
        timeliness = Timeliness.MISSING if more.get("days_late") else Timeliness.NOT_DUE
        return missing(Agency(code, f"园{code}", mail="a@b.cn"), timeliness, **more)

    early = absent("1", deadline=date(2024, 2, 20), days_late=0)
    late = absent("2", deadline=date(2024, 1, 31), days_late=5, remark="“表.xlsx”无法读取：已损坏")
    plain = result(form, tmp_path, early, late)
    told = of_run(plain, settings=replace(plain.run.settings, contact="张三 0537-1234567"))
    listed = sheet_of(compose(told), "催报名单")
    assert column_values(listed, "逾期天数") == [5, 0]
    hidden = {listed.lists[0].headers[column] for column in listed.hidden_columns}
    assert hidden == {"类别", "上级", "联系人和电话"}, "a column in which nothing stands is out of sight, 邮箱 is not"
    assert column_values(listed, "催报语（可复制）") == [
        "园2：贵单位 2023 年度果品应不迟于 2024 年 1 月 31 日报送，截至 2024 年 2 月 5 日仍未收到可以计入的报表，已逾期 5 天。请尽快填报并发回；"
        "已经发出的，请告知发出日期和邮箱，以便查找。此前情况：“表.xlsx”无法读取：已损坏。联系：张三 0537-1234567。",
        "园1：贵单位 2023 年度果品应不迟于 2024 年 2 月 20 日报送，截至 2024 年 2 月 5 日尚未收到，还有 15 天。请按时填报并发回；"
        "已经发出的，请告知发出日期和邮箱，以便查找。联系：张三 0537-1234567。",
    ]


def test_a_rule_that_never_spoke_says_so(mixed: Consolidation) -> None:
    listed = sheet_of(compose(mixed), "说明")
    stands = dict(zip(column_values(listed, "规则"), column_values(listed, "情况"), strict=True))
    assert stands["A-ROW"] == "有问题"
    assert stands["V-blank"] == "未触发"


def test_last_year_is_compared_with_the_same_agencies_only(form: Form, tmp_path: Path) -> None:
    """001 has no last year; 002 had 5 red apples and has 7."""
    both = [filing(form, Agency("001", "甲园"), FULL), filing(form, Agency("002", "乙园"), FULL)]
    red = form.by_code["A.red.all"].index
    told = Decision("", "", Opinion.EXCLUDE, "重复")
    out = filing(form, Agency("003", "丙园"), FULL)
    out = replace(out, file=replace(out.file, on_file=told))
    last = LastYear(year(2022), "去年", {"002": {red: 5}, "003": {red: 9}})
    known = of_run(result(form, tmp_path, *both, out), last_year=last)
    states = [cell for cell in sheet_of(compose(known), "上年明细").every_cell if cell.value in ("不计入", "已汇总")]
    assert [bool(cell.formula) for cell in states] == [True, False], "what is left out is not looked up where it is not"
    overview = sheet_of(compose(known), "总览")
    row = next(cell.row for cell in overview.every_cell if cell.value == "苹果（个）")
    assert [cell.value for cell in overview.every_cell if cell.row == row] == ["苹果（个）", 14, 0, 14, 0, 5, 2]


def test_states_are_words_not_colours_alone(mixed: Consolidation) -> None:
    listed = sheet_of(compose(mixed), "报送情况")
    words = [r.file.state.label if r.file else "未报" for r in mixed.agencies]
    assert [c.value for c in listed.every_cell if c.column == 4 and c.value in words] == words


def test_no_list_is_wrong_once_it_is_sorted(mixed: Consolidation) -> None:
    """A formula that names its own row absolutely still names that row when the list is sorted and it stands elsewhere."""
    for sheet in compose(mixed).sheets:
        for table in sheet.lists:
            rows = range(table.first[0] + 1, table.last[0] + 1)
            fixed = [
                c
                for c in sheet.every_cell
                if c.row in rows and re.search(rf"(?<![!:])\$[A-Z]+\${c.row + 1}\b(?!:)", c.formula)
            ]
            assert not fixed, (sheet.name, fixed[0].formula)


def test_each_list_of_a_form_is_a_table_of_its_own(tmp_path: Path) -> None:
    """Two lists with Chinese names stopped the run: their Tables had one name."""
    form = load_form(Path(__file__).parent / "cases" / "lists", "sqmy-zb")
    tables = [table.name for sheet in compose(result(form, tmp_path)).sheets for table in sheet.lists]
    records = [name for name in tables if name.startswith("Records_")]
    assert len(records) == 2 and len(set(tables)) == len(tables) and all(map(str.isascii, tables))


def test_lines_that_end_close_together_have_their_figures_apart() -> None:
    missing, returned, counted = AgencyState.MISSING, AgencyState.RETURNED, AgencyState.COUNTED
    apart = label_sides({missing: 10, returned: 12, counted: 40})
    assert apart == {counted: "above", returned: "right", missing: "below"}
    assert label_sides({missing: 0, counted: 1}) == {counted: "above", missing: "right"}  # below stand the dates
