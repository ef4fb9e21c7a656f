"""Changes of the issued workbook itself: told once, in words, and never where a program only rewrote the file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from tests import offices
from tests.grids import annual_report, year
from tests.office_tools import needs_office, recalculated
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.files.workbook.render import render
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.skeleton import FRAME, INPUTS, SEAL, read_skeleton, seal
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Agency, Content, Sheet
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Policy, Rulebook
from workbook_tool.model.office.settings import Limits
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.intake.explanations import put_aside
from workbook_tool.steps.intake.parse import parse
from workbook_tool.steps.intake.tamper import tamper
from workbook_tool.steps.intake.tamper.align import MOST_LINES, align, lines, unmoved

FORM = annual_report()
OTHER = load_form(Path(__file__).parent / "forms", "shushe")
AGENCY = Agency("020", "示例县教育局", scope="本单位")
Alteration = Callable[[openpyxl.Workbook], object]


def issued(folder: Path, form: Form = FORM, **options: bool) -> Path:
    """An issued workbook, every cell that a clerk fills filled with 0."""
    path = folder / "020.xlsx"
    kind = (form.id, *options.items())
    if kind not in FILLED:
        render(blank_book(form, year(2023), date(2024, 1, 1), AGENCY, **options), path)
        book = openpyxl.load_workbook(path)
        for item in form.items:
            ((sheet, cell),) = book.defined_names[item.cell_name].destinations
            if book[sheet][cell.replace("$", "")].value is None:
                book[sheet][cell.replace("$", "")] = 0
        book.save(path)
        FILLED[kind] = path.read_bytes()
    path.write_bytes(FILLED[kind])
    return path


FILLED: dict[tuple[object, ...], bytes] = {}
"""What was made already."""


def read(path: Path, with_formulas: bool = True) -> list[Sheet]:
    """The sheets of a workbook, as of a format that tells the places of formulas or of one that does not."""
    sheets, _ = put_aside(read_sheets(path.read_bytes(), Limits()), FORM)
    return sheets if with_formulas else [replace(sheet, formulas={}) for sheet in sheets]


def found(path: Path, form: Form = FORM, *, with_formulas: bool = True) -> list[Finding]:
    """All that is said of the structure of a file: by the reading, then by the comparison."""
    sheets = read(path, with_formulas)
    told = [f for f in parse(sheets, Rulebook(form)).findings if f.rule.startswith("P-")]
    return told + tamper(sheets, Rulebook(form), told)


def changed(path: Path, change: Alteration) -> list[tuple[str, str, str]]:
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return [(f.rule, f.severity.value, f.message) for f in found(path)]


def put(sheet: str, **cells: Content) -> Alteration:
    def change(book: openpyxl.Workbook) -> None:
        for cell, value in cells.items():
            book[sheet][cell] = value

    return change


def insert(sheet: str, row: int = 0, column: int = 0, count: int = 1) -> Alteration:
    return lambda book: offices.insert(book, sheet, row, column, count)


def together(*changes: Alteration) -> Alteration:
    return lambda book: [change(book) for change in changes]


@pytest.mark.parametrize("form", [FORM, OTHER], ids=lambda form: form.id)
@pytest.mark.parametrize("computed", [False, True])
def test_a_filled_workbook_is_not_changed(tmp_path: Path, form: Form, computed: bool) -> None:
    assert found(issued(tmp_path, form, total_formulas=computed), form) == []


@needs_office
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_what_a_program_rewrites_on_saving_is_no_change(tmp_path: Path, kind: str) -> None:
    saved = recalculated(issued(tmp_path), kind)
    assert found(saved, with_formulas=kind == "xlsx") == []
    # The skeleton survived, so that the silence means something.
    sheets = [s for s in read(saved, with_formulas=False) if s.name != "表四"]
    assert [f.message[:10] for f in tamper(sheets, Rulebook(FORM))] == ["少了工作表「表四」。"]


def notes(book: openpyxl.Workbook) -> None:
    """What clerks leave behind without changing anything."""
    sheet = book["表三"]
    sheet["D9"].comment = Comment("已核", "张三")
    sheet["N12"], sheet["N13"], sheet["K20"], sheet["B40"] = "见附件", 12, "？", "经办人：张三"
    sheet["N14"], sheet["B42"], sheet["C43"] = "总计", "其他", 7  # words of the form, beside and below the table
    sheet["D9"].fill = PatternFill("solid", fgColor="FFFF00")
    sheet["A9"] = " 一、本年新收\n政府信息公开申请数量 "
    sheet["J7"], sheet["I3"] = "合计", "单位:（件）"
    sheet.column_dimensions["D"].width = 30
    sheet.unmerge_cells("A1:J1")
    sheet["D1"], sheet["A1"] = sheet["A1"].value, None
    book.create_sheet("备注")["A1"] = "本表已核"
    book.create_sheet("Sheet1")


def test_a_clerks_notes_and_colours_are_no_change(tmp_path: Path) -> None:
    assert changed(issued(tmp_path), notes) == []


WORDS = "下发的填报表不应增删行列、改动文字或清除核对公式。"


@pytest.mark.parametrize(
    ("change", "severity", "said"),
    [
        (insert("表三", row=12), "note", "工作表「表三」第 12 行前插入了 1 行。"),
        (insert("表三", row=12, count=2), "note", "工作表「表三」第 12 行前插入了 2 行。"),
        (insert("表三", column=6), "note", "工作表「表三」F 列前插入了 1 列。"),
        (insert("表四", column=3), "note", "工作表「表四」C 列前插入了 1 列。"),
        (insert("表二", row=1), "note", "工作表「表二」第 1 行前插入了 1 行。"),
        (lambda b: b["表四"].delete_rows(11), "note", "工作表「表四」第 11 行（依据：国办公开办函〔2021〕30号。填表说明…）被删去。"),
        (put("表二", C3="单位：元"), "explain", "工作表「表二」C3 的单位由“件”改成了“元”（原为「单位：件（另有注明的除外）」，现为「单位：元」）。"),
        (put("表四", F6="行政赔偿"), "note", "工作表「表四」F6 的「行政诉讼」改成了「行政赔偿」。"),
        (put("表三", B13="（四）无法提供", B21="（三）不予公开"), "explain", "互换了位置（B13、B21）"),
        (put("表三", B13=5), "explain", "工作表「表三」B13 的「（三）不予公开」被改为“5”。"),
        (together(lambda b: b["表三"].unmerge_cells("A11:A32"), put("表三", A12=3)), "explain", "A12 不是填数的格，却填了数，没有读取。"),
        (put("表三", D34=None, E34=7), "note", "工作表「表三」D34:E34 的核对公式被清除。"),
        (lambda b: setattr(b["表四"], "title", "Sheet4"), "note", "工作表「Sheet4」原名「表四」，被改名。"),
        (lambda b: b.remove(b["封面"]), "note", "少了工作表「封面」。"),
        (lambda b: put("附表", A1=3)(b) if b.create_sheet("附表") else None, "note", "多了有数的工作表「附表」。"),
    ],
)  # fmt: skip
def test_a_change_is_told_once(tmp_path: Path, change: Alteration, severity: str, said: str) -> None:
    ((rule, weight, message),) = changed(issued(tmp_path), change)
    assert (rule, weight) == ("P-TAMPER", severity)
    assert said in message and message.endswith(WORDS)


def test_a_number_in_an_inserted_row_is_told_by_the_reading(tmp_path: Path) -> None:
    ((rule, weight, message),) = changed(issued(tmp_path), together(insert("表三", row=12), put("表三", D12=4)))
    assert (rule, weight) == ("P-LABEL", "must")
    assert message.startswith("表三（工作表「表三」）D12 有数，却不在表的任何一格里，没有读取。")


def test_many_changes_of_a_sheet_are_one_finding_the_weightiest_first(tmp_path: Path) -> None:
    reworded = put("表三", A1="申请情况表", A36="无", D34=None, I3="单位：万件")
    renamed = lambda book: setattr(book["表三"], "title", "表3")  # noqa: E731
    ((_, weight, message),) = changed(issued(tmp_path), together(reworded, insert("表三", row=20), renamed))
    assert weight == "explain"
    assert message.startswith("工作表「表3」I3 的单位由“件”改成了“万件”")
    assert message.index("单位由") < message.index("第 20 行前插入了 1 行") < message.index("；另有 3 处。")


def test_what_the_reading_tells_is_not_told_again(tmp_path: Path) -> None:
    def rules(change: Alteration) -> list[str]:
        return [rule for rule, *_ in changed(issued(tmp_path), change)]

    assert rules(lambda b: b.remove(b["表四"])) == ["P-TABLE"]
    assert rules(lambda b: setattr(b.copy_worksheet(b["表四"]), "title", "表四 (2)")) == ["P-TABLE"]
    assert rules(lambda b: b["表三"].delete_rows(10)) == ["P-LABEL"]
    assert rules(lambda b: b["表三"].delete_rows(9, 20)) == ["P-TABLE"]
    assert rules(put("表三", B11="（二）部分公开", B12="（一）予以公开")) == ["P-ORDER"]
    assert rules(together(put("表三", A9="一、新收"), insert("表三", row=12))) == ["P-LABEL"]


def test_formulas_are_not_missed_where_the_format_cannot_tell(tmp_path: Path) -> None:
    path = issued(tmp_path)
    changed(path, put("表三", D34=None))
    assert found(path, with_formulas=False) == []


@pytest.mark.parametrize("cell", ["A11", "B11", "C12", "B10"])
def test_an_altered_skeleton_proves_nothing(tmp_path: Path, cell: str) -> None:
    assert changed(issued(tmp_path), together(insert("表三", row=12), put(IDENTITY_SHEET, **{cell: "x"}))) == []


def test_a_forged_skeleton_is_ignored(tmp_path: Path) -> None:
    for rows in ([(INPUTS, "表三", "A1:XFD1048576")], [(FRAME, "表三", "x")], [(INPUTS, "表三", "甲")]):
        forged = [(SEAL, seal(rows), ""), *rows]
        cells = {(r, c): text for r, row in enumerate(forged) for c, text in enumerate(row)}
        assert read_skeleton(cells) == ()


def test_a_workbook_without_a_skeleton_is_not_judged(tmp_path: Path) -> None:
    bare = lambda book: book[IDENTITY_SHEET].delete_rows(8, 400)  # noqa: E731
    assert changed(issued(tmp_path), together(bare, insert("表三", row=12))) == []


def test_the_offices_own_weight_holds(tmp_path: Path) -> None:
    path = issued(tmp_path)
    changed(path, put("表三", B13=5))
    policy = Policy({"P-TAMPER": Severity.MUST})
    assert [f.severity for f in tamper(read(path), Rulebook(FORM, policy))] == [Severity.MUST]


def test_places_are_those_of_the_filed_sheet(tmp_path: Path) -> None:
    changed(path := issued(tmp_path), together(insert("表三", row=3), put("表三", B14=5)))
    (one,) = found(path)
    assert (one.place, one.table) == ("表三!B14", "表三")
    assert "B14 的「（三）不予公开」被改为“5”" in one.message


def test_what_stands_where_it_stood_needs_no_search() -> None:
    keys = {(0, 1): "甲", (2, 0): "乙", (2, 3): "甲"}
    for axis in (0, 1):
        assert unmoved(keys, axis) == align(lines(keys, axis), lines(keys, axis))
    assert unmoved({(MOST_LINES, 0): "甲"}, 0) is None
