"""The blank workbook: everything in its place, unlocked only where clerks write, and its checks tell the truth."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook

from tests.gnumeric import gnumeric_changes, needs_gnumeric
from tests.grids import year
from tests.office_tools import converted, fill, needs_office, place, recalculation_changes
from tests.workbooks import unpacked
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.workbook.render import render
from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Block, Table
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.live import check_formula, sum_formula
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.explanation import EXPLANATIONS_SHEET
from workbook_tool.model.intake.skeleton import FRAME, INPUTS, SEAL
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Agency
from workbook_tool.model.text import label_key
from workbook_tool.model.workbook.measure import text_width
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.form.explain import HEAD_ROW, LINES
from workbook_tool.steps.form.typed_in import prefilled_book

FORM = load_form(Path(__file__).parents[1] / "templates", "zfxxgk-2021")
OTHER = load_form(Path(__file__).parent / "forms", "shushe")
MADE = date(2024, 1, 2)
AGENCY = Agency("A&02", "示例市应急管理局", scope="本单位")


def issued(folder: Path, **options: object) -> Path:
    path = folder / "blank.xlsx"
    render(blank_book(FORM, year(2023), MADE, **options), path)  # type: ignore[arg-type]
    return path


def zeros(form: Form = FORM) -> dict[str, object]:
    return {item.cell_name: 0 for item in form.items}


RIGHT = zeros() | {"T3_r1_c1": 3, "T3_r1_c7": 3, "T3_r25_c1": 3, "T3_r25_c7": 3, "T2_F_n": 12.345678}
WRONG = {"T3_r25_c1": 2, "T4_d_g1": 5, "T2_A_x1": 1.5, "T2_F_n": 0.1234567, "T4_f_g2": -1, "T3_r5_c2": "2件"}
SOME = {"COVER_nil_t4": "是", "T3_r9_c3": None, **{item.cell_name: None for item in FORM.by_table["T4"]}}
PARTS = {item.cell_name: 1 for item in FORM.items if not item.total}
FILLED = {"right": RIGHT, "wrong": zeros() | WRONG, "some blank": zeros() | SOME, "parts": PARTS}


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What clerks filled in, as LibreOffice computes and saves it."""
    folder = tmp_path_factory.mktemp("filled")
    paths = [fill(issued(folder, total_formulas=name == "parts"), FILLED[name], f"{name}.xlsx") for name in FILLED]
    return dict(zip(FILLED, converted(paths, "xlsx", folder / "computed"), strict=True))


def shown(path: Path) -> dict[str, object]:
    """By defined name, and for the status lines by table: what a client computed."""
    book = load_workbook(path, data_only=True)
    found = {name: book[place(book, name)[0]][place(book, name)[1]].value for name in book.defined_names}
    return found | {table.name: book[table.name]["A4"].value for table in FORM.tables}


def check_value(path: Path, name: str, down: int = 0, right: int = 0) -> object:
    """The check that stands so many cells below or right of a named cell, in a file with results."""
    book = load_workbook(path, data_only=True)
    sheet, cell = place(book, name)
    return book[sheet][cell].offset(down, right).value


def test_every_number_has_its_name_beside_its_labels(tmp_path: Path) -> None:
    book = load_workbook(issued(tmp_path))
    places = set()
    for item in FORM.items:
        sheet, cell = place(book, item.cell_name)
        assert sheet == item.table.name
        places.add((sheet, cell))
        row, column = book[sheet][cell].row, book[sheet][cell].column
        above = {label_key(str(book[sheet].cell(r, column).value)) for r in range(1, row)}
        left = {label_key(str(book[sheet].cell(row, c).value)) for c in range(1, column)}
        assert above & item.column.keys
        assert item.table.side_by_side or left & item.row.keys
    assert len(places) == len(FORM.items)


def test_only_what_clerks_fill_is_unlocked(tmp_path: Path) -> None:
    book = load_workbook(issued(tmp_path, agency=AGENCY))
    names = [item.cell_name for item in FORM.items]
    names += [f"COVER_{field.id}" for field in FORM.cover if field.kind not in ("agency", "code", "year")]
    expected = {place(book, name) for name in names}
    expected |= {(EXPLANATIONS_SHEET, f"{c}{HEAD_ROW + 1 + n}") for c in "BCDEF" for n in range(1, LINES + 1)}
    unlocked = set()
    for sheet in book:
        assert sheet.protection.sheet and sheet.protection.password is None
        inside = {cell for area in sheet.merged_cells.ranges for row in area.rows for cell in row}
        tops = {area.coord.split(":")[0] for area in sheet.merged_cells.ranges}
        unlocked |= {
            (sheet.title, cell.coordinate)
            for row in sheet.iter_rows()
            for cell in row
            if not cell.protection.locked and ((cell.row, cell.column) not in inside or cell.coordinate in tops)
        }
    assert unlocked == expected


def test_computed_totals_are_locked(tmp_path: Path) -> None:
    book = load_workbook(issued(tmp_path, total_formulas=True))
    for item in FORM.items:
        sheet, cell = place(book, item.cell_name)
        assert book[sheet][cell].protection.locked is item.total
        assert str(book[sheet][cell].value or "").startswith("=") is item.total


def test_hidden_sheet_says_what_it_is(tmp_path: Path) -> None:
    book = load_workbook(issued(tmp_path, agency=AGENCY, round=3))
    sheet = book[IDENTITY_SHEET]
    assert sheet.sheet_state == "veryHidden"
    keys = {key.value: value.value for key, value, _ in sheet.iter_rows() if key.value not in (FRAME, INPUTS, SEAL)}
    assert (keys.pop("sum1")[:7], keys.pop("check")[:6]) == ("=ROUND(", "=TEXT(")
    assert keys == {
        "tool": "workbook-tool",
        "form": "zfxxgk-2021",
        "version": "1.0",
        "agency": "A&02",
        "name": "示例市应急管理局",
        "year": 2023,
        "round": 3,
    }


def test_nothing_stands_right_of_a_blank_answer(tmp_path: Path) -> None:
    """A reader takes what stands right of a label for its answer, so hints stand elsewhere."""
    book = load_workbook(issued(tmp_path))
    labels = {field.label for field in FORM.cover}
    for name in (f"COVER_{field.id}" for field in FORM.cover if field.kind != "year"):
        sheet, cell = place(book, name)
        right = [c.value for c in book[sheet][book[sheet][cell].row][book[sheet][cell].column :] if c.value is not None]
        assert not right or right[0] in labels
    told = [c.value for line in book[sheet].iter_rows() for c in line if c.value in labels]
    assert len(told) == len(labels), "and no label stands there twice"


@pytest.mark.parametrize("form", [FORM, OTHER], ids=lambda form: form.id)
def test_labels_have_room(form: Form) -> None:
    """No label is wider than its cell's lines: about two width units and 14 points of height for each character."""
    book = blank_book(form, year(2023), MADE)
    for sheet in book.sheets[1:-1]:
        for cell in sheet.cells:
            if cell.role not in ("stub", "group", "head", "corner", "stub_head", "stub_total", "check_label"):
                continue
            width = sum(sheet.widths[cell.column + i] for i in range(cell.span[1]))
            height = sum(sheet.heights[cell.row + i] for i in range(cell.span[0]))
            lines = sum(-(-len(line) * 2 // int(width - 1)) for line in str(cell.value).split("\n"))
            assert lines * 13.5 <= height, cell


@needs_office
def test_recalculation_changes_nothing(tmp_path: Path) -> None:
    kinds: dict[str, dict[str, object]] = {"all": {}, "one": {"agency": AGENCY}, "computed": {"total_formulas": True}}
    paths = [issued(tmp_path, **options).rename(tmp_path / f"{name}.xlsx") for name, options in kinds.items()]
    for path in paths:
        formulas = sum(data.count(b"<f>") for data in unpacked(path.read_bytes()).values())
        assert formulas > len([c for c in FORM.constraints if c.operator == "==" and c.this_year])
    assert recalculation_changes(*paths) == {}


@needs_gnumeric
def test_a_second_client_computes_what_is_stored(tmp_path: Path) -> None:
    """Of an area Gnumeric asks no function of each cell; and a check of lines that may all be blank is decided."""
    weekly = load_form(Path(__file__).parents[1] / "templates", "zdgk-zb")
    filled, _ = prefilled_book(weekly, Period.parse("2023-W52"), MADE, AGENCY, 2, {0: 3, 1: 1})
    for name, book in {"annual": blank_book(FORM, year(2023), MADE), "weekly": filled}.items():
        render(book, path := tmp_path / f"{name}.xlsx")
        assert gnumeric_changes(path) == {}


@needs_office
def test_right_numbers_are_called_right(computed: dict[str, Path]) -> None:
    found = shown(computed["right"])
    assert found["表二"] == "✔ 本表已填全"
    assert found["表三"] == found["表四"] == "✔ 本表已填全，勾稽相符"


@needs_office
def test_wrong_numbers_are_called_wrong(computed: dict[str, Path]) -> None:
    results = computed["wrong"]
    found = shown(results)
    assert found["表二"] == "请更正：2 格填的不是可用的数（标红）"
    titles = {rule.id: rule.title for rule in FORM.rules}
    assert found["表三"] == (
        f"请更正：1 格填的不是可用的数（标红）；“{titles['T3-ID']}”不平：自然人；“{titles['T3-ROW']}”不平：四、结转下年度"
    )
    assert f"“{titles['T4-SUM']}”不平：行政复议、复议后起诉" in str(found["表四"])
    assert check_value(results, "T3_r25_c1", down=1) == 2
    assert check_value(results, "T3_r25_c7", right=2) == -2
    assert check_value(results, "T3_r25_c2", down=2) == "—", "a text in the column leaves its sum undecided"
    assert check_value(results, "T4_d_g5", down=1) == -5


def test_a_check_says_too_much_or_too_little(tmp_path: Path) -> None:
    assert load_workbook(issued(tmp_path))["表三"]["D34"].number_format == '"多 "#,##0;"少 "#,##0;"✔"'


@needs_office
def test_blanks_are_counted_and_a_nil_answer_explains_them(computed: dict[str, Path]) -> None:
    found = shown(computed["some blank"])
    assert found["表三"] == "还有 1 格未填（没有发生的填 0）"
    assert found["表四"] == "封面已答“无复议诉讼”，本表空白按 0 计"


@needs_office
def test_totals_are_computed_where_asked(computed: dict[str, Path]) -> None:
    found = shown(computed["parts"])
    assert (found["T3_r24_c1"], found["T3_r24_c7"], found["T4_e_g5"]) == (21, 126, 4)
    assert str(found["表三"]).endswith("不平：7 处")


def test_a_rule_over_different_units_is_exact() -> None:
    """Coefficients count smallest units: 2 decimals beside none are 1 to 100."""
    line, other = Line("a", "甲"), Line("b", "乙")
    blocks = (Block((line,), (Line("n", "件"),)), Block((other,), (Line("m", "元"),), decimals=2))
    form = replace(FORM, tables=(Table("T", "表", "表", blocks),))
    places = {0: ("表", 0, 1), 1: ("另", 2, 1)}
    rule = Constraint("X", ((0, 100), (1, -1)), 0, "==", 1)
    assert check_formula(rule, form, places, "另") == "=IF(COUNT('表'!B1,B3)<2,\"—\",ROUND(B3-'表'!B1,2))"
    assert sum_formula(rule, form, places, "表") == '=IF(COUNT(B1)<1,"",ROUND(SUM(B1),2))'


def test_the_name_of_the_agency_has_room_beside_the_unit_of_one_column() -> None:
    lines, block = (Line("a", "甲"), Line("b", "乙")), Line("n", "数量")
    table = Table("A", "甲表", "甲表", (Block(lines, (block,), unit="件"),))
    book = blank_book(
        replace(FORM, tables=(table,), rules=(), constraints=(), derivations=()),
        year(2023),
        MADE,
        replace(AGENCY, code="001"),
    )
    sheet = next(sheet for sheet in book.sheets if sheet.name == "甲表")
    cell = next(cell for cell in sheet.cells if (cell.row, cell.column) == (2, 0))
    assert text_width(str(cell.value)) <= sum(sheet.widths[column] for column in range(cell.span[1]))
