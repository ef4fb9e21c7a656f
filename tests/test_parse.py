"""Reading by label: whatever is done to the layout, the same numbers come out, or a refusal; never other numbers."""

from __future__ import annotations

from decimal import Decimal

import pytest
import tomli
from msgspec.structs import replace

from tests.effort import effort
from tests.grids import annual_report, distinct, filled, submission
from tests.layouts import MUTATIONS, moved, reworded, swap_rows
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.office.toml import Keys
from workbook_tool.intake import no_filing
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.look import Look
from workbook_tool.model.intake.submission import Sheet, Submission, Uncomputed
from workbook_tool.model.judging.rulebook import Policy, Rulebook
from workbook_tool.steps.intake.parse.labels import labels_of
from workbook_tool.steps.intake.parse.seen import read_cell
from workbook_tool.steps.intake.parse.value import read_text, several
from workbook_tool.steps.judging.check import check

FORM = annual_report()
NUMBERS = {code: int(float(str(content))) for code, content in distinct(FORM).items()}


def right_or_refused(form: Form, read: Submission) -> bool:
    """Every number that was read is the one that was filed, and where one was not read there is a must-finding."""
    wrong = [
        item.code
        for item, reading in zip(form.items, read.readings, strict=True)
        if reading.number is not None and reading.number != NUMBERS[item.code] * 10**item.decimals
    ]
    assert not wrong, f"other numbers: {wrong}"
    unread = any(reading.number is None for reading in read.readings)
    return (
        not unread
        or any(f.severity is Severity.MUST for f in read.findings)
        or "blank" in {r.state for r in read.readings}
    )


def test_the_form_as_issued_gives_every_number_with_its_cell() -> None:
    sheets = filled(FORM, distinct(FORM))
    read = submission(FORM, sheets)
    assert not read.findings
    by_name = {sheet.name: sheet for sheet in sheets}
    for item, reading in zip(FORM.items, read.readings, strict=True):
        assert reading.place is not None
        assert by_name[reading.sheet].cells[reading.place] == NUMBERS[item.code]
        assert reading.number == NUMBERS[item.code] * 10**item.decimals


def test_moved_rows_are_read_by_label_and_noted() -> None:
    read = submission(FORM, swap_rows(12, 14)(filled(FORM, distinct(FORM))))
    assert {f.rule for f in read.findings} == {"P-ORDER"}


def test_a_table_twice_is_refused_and_both_places_are_named() -> None:
    (finding,) = submission(FORM, MUTATIONS["another copy"](filled(FORM, distinct(FORM)))).findings
    assert (finding.rule, finding.severity) == ("P-TABLE", Severity.MUST)
    assert "（工作表“表三”、工作表“表三 (2)”）" in finding.message


def doubled(sheet: Sheet, row: int) -> Sheet:
    """The sheet with a row there a second time, its numbers one higher, below the first."""
    down = moved(sheet, lambda r, c: (r + (r > row), c))
    copy = {(row + 1, c): v + 1 if isinstance(v, float) else v for (r, c), v in sheet.cells.items() if r == row}
    return Sheet(sheet.name, down.cells | copy)


def test_a_row_there_twice_is_refused_and_named() -> None:
    two, three, four = filled(FORM, distinct(FORM))
    read = submission(FORM, [two, doubled(three, 14), four])
    assert [f.rule for f in read.findings] == ["P-LABEL"]
    assert "没有找到唯一的「4.保护第三方合法权益」" in read.findings[0].message
    assert sum(reading.number is None for reading in read.readings) == 7
    assert right_or_refused(FORM, read)


def test_a_second_row_above_or_below_or_by_another_name_is_refused_too() -> None:
    two, three, four = filled(FORM, distinct(FORM))
    first, last = 6, 17  # 规章 and 行政事业性收费, the outermost rows of the table without any sums
    above = {(3, 0): "行政事业性收费", (3, 1): 9.0}
    alias = {(5, 4): "制发件数", (6, 4): 9.0, (7, 4): 9.0}
    for sheet in (
        doubled(two, first),
        doubled(two, last),
        Sheet(two.name, two.cells | above),
        Sheet(two.name, two.cells | alias),
    ):
        read = submission(FORM, [sheet, three, four])
        assert right_or_refused(FORM, read), sheet
        assert any(f.rule == "P-LABEL" for f in read.findings) or all(r.number is not None for r in read.readings)


def test_a_row_moved_and_there_twice_is_refused() -> None:
    two, three, four = filled(FORM, distinct(FORM))
    swapped = moved(three, lambda r, c: ({12: 14, 14: 12}.get(r, r), c))
    assert right_or_refused(FORM, submission(FORM, [two, doubled(swapped, 14), four]))


def test_a_column_there_twice_is_refused() -> None:
    two, three, four = filled(FORM, distinct(FORM))
    extra = {(r, 15): v for (r, c), v in four.cells.items() if c == 14} | four.cells
    read = submission(FORM, [two, three, Sheet(four.name, extra)])
    assert [f.rule for f in read.findings] == ["P-LABEL"]
    assert right_or_refused(FORM, read)


def test_a_number_beside_its_cell_is_pointed_out_even_where_blanks_count_as_zero() -> None:
    contents = distinct(FORM) | {"T2.L.n": None}
    two, three, four = filled(FORM, contents)
    shifted = Sheet(two.name, two.cells | {(10, 2): 5.0})
    read = submission(FORM, [shifted, three, four], Policy(blank_is_zero=True))
    assert [(f.rule, f.severity, f.place) for f in read.findings] == [("P-LABEL", Severity.MUST, "表二!C11")]


def test_what_answers_a_name_beside_the_table_is_no_number_of_it() -> None:
    """A real form holds 电话：88011836 right of its table: the row beside it was not read."""
    first = next(item for item in FORM.by_table["T3"] if item.row.id == "r5")
    two, three, four = filled(FORM, distinct(FORM) | {first.code: None})
    beside = Sheet(three.name, three.cells | {(11, 11): "电话：", (11, 12): 88011836.0})
    read = submission(FORM, [two, beside, four], Policy(blank_is_zero=True))
    assert "P-LABEL" not in [f.rule for f in read.findings]


def test_captions_below_their_heads_are_told_to_be_no_table() -> None:
    """Damaged drawings found it: no head stood below its caption, and reading stopped with an error."""
    two, three, four = filled(FORM, distinct(FORM))
    moved = {(8 if place in ((4, 0), (4, 5)) else place[0], place[1]): v for place, v in four.cells.items()}
    assert {f.rule for f in submission(FORM, [two, three, Sheet(four.name, moved)]).findings} == {"P-TABLE"}


def test_a_label_under_a_merged_cell_is_no_rival_of_one_that_is_seen() -> None:
    """A real form holds another 总计 under the head of its second column: the column of that name was not read."""
    two, three, four = filled(FORM, distinct(FORM))
    below = {(r, 15): v for (r, c), v in four.cells.items() if c == 14 and isinstance(v, str)}
    assert submission(FORM, [two, three, Sheet(four.name, four.cells | below, covered=frozenset(below))]).findings == ()


def test_a_label_filled_over_a_whole_row_takes_no_time() -> None:
    """Fuzzing found it: one label in 16,384 columns took half a minute, for each was compared with each."""
    two, three, four = filled(FORM, distinct(FORM))
    row = max(row for row, _ in four.cells) - 1

    def over(count: int) -> Submission:
        more = {(row, 16 + n): "结果维持" for n in range(count)}
        return submission(FORM, [two, three, Sheet(four.name, four.cells | more)])

    assert effort(lambda: over(2000)) < 3 * effort(lambda: over(1000))
    assert right_or_refused(FORM, over(16_368))


HALVES = """id = "h"
title = "统计表"
[[table]]
name = "情况"
rows = ["国有 ?", "民营 ?", "外资 ?"]
columns = [
  { label = "件数", id = "a", under = ["上半年"] }, { label = "人次", id = "b", under = ["上半年"] },
  { label = "件数", id = "c", under = ["下半年"] }, { label = "人次", id = "d", under = ["下半年"] },
]
"""


def test_heads_of_one_name_are_told_apart_by_their_captions() -> None:
    form = read_form(Keys(tomli.loads(HALVES), "h"))
    (sheet,) = filled(form, distinct(form))
    halves = moved(sheet, lambda row, column: (row, {1: 3, 2: 4, 3: 1, 4: 2}.get(column, column)))
    centred = replace(halves, cells={{(4, 1): (4, 2), (4, 3): (4, 4)}.get(p, p): c for p, c in halves.cells.items()})
    assert (4, 2) in centred.cells and (4, 1) not in centred.cells
    for one in (halves, centred):
        read = submission(form, [one])
        assert [read.number(item) for item in form.items] == [1001 + item.index for item in form.items]
        assert ["位置变动：「件数」、「人次」" in finding.message for finding in read.findings] == [True]


def test_labels_that_slipped_down_by_one_are_noticed() -> None:
    form = read_form(Keys(tomli.loads(HALVES), "h"))
    (sheet,) = filled(form, distinct(form))
    slipped = moved(sheet, lambda row, column: (row + (row >= 6 and not column), column))
    (finding,) = submission(form, [slipped]).findings
    assert (finding.rule, finding.severity.value, finding.cell) == ("P-LABEL", "must", "B7:E7")


def test_numbers_pushed_out_of_the_table_by_an_inserted_cell_are_pointed_out() -> None:
    two, three, four = filled(FORM, distinct(FORM))
    row = max(row for row, _ in four.cells)
    for at in (3, 14):  # fuzzing found it: every later number under a wrong heading, and the last one out
        cells = {(r, c + (r == row and c >= at)): v for (r, c), v in four.cells.items()} | {(row, at): 7.0}
        (finding,) = submission(FORM, [two, three, Sheet(four.name, cells)]).findings
        assert (finding.rule, finding.severity, finding.place) == ("P-LABEL", Severity.MUST, f"表四!P{row + 1}")
    for beside in ({(row, 15): 7.0, (row - 1, 15): "上年"}, {(row, 16): 7.0}, {(row, 15): "相符"}):
        assert not submission(FORM, [two, three, Sheet(four.name, four.cells | beside)]).findings
    check_cell = Sheet(four.name, four.cells | {(row, 15): 7.0}, formulas={(row, 15): ""})
    assert not submission(FORM, [two, three, check_cell]).findings


GLOSSES = {
    "现行有效件数(历史累计)": ["P-WORDING"],
    "现行有效件数\n（截至 12 月 31 日）": ["P-WORDING"],
    "现行有效件数（件）": [],
    "现行有效件数（单位：件）": [],
    "现行（历史累计）有效件数": ["P-WORDING"],
}


@pytest.mark.parametrize("label", GLOSSES)
def test_a_label_with_a_gloss_is_that_label(label: str) -> None:
    two, three, four = filled(FORM, distinct(FORM))
    place = next(at for at, content in two.cells.items() if content == "现行有效件数")
    read = submission(FORM, [Sheet(two.name, two.cells | {place: label}), three, four])
    assert [f.rule for f in read.findings] == GLOSSES[label]
    assert all(f.severity is Severity.NOTE for f in read.findings)
    assert read.numbers() == submission(FORM, filled(FORM, distinct(FORM))).numbers()


def test_a_gloss_that_tells_two_labels_apart_stays() -> None:
    two, three, four = filled(FORM, distinct(FORM))
    (place,) = (at for at, content in two.cells.items() if content == "现行有效件数")
    twice = {place: "现行有效件数（全部）", (place[0], place[1] + 1): "现行有效件数（新增）"}
    (finding,) = submission(FORM, [Sheet(two.name, two.cells | twice), three, four]).findings
    assert (finding.rule, finding.severity) == ("P-LABEL", Severity.MUST)
    block = FORM.tables[0].blocks[0]
    rows = tuple(replace(row, label=f"文件（{name}）", also=()) for row, name in zip(block.rows, "甲乙", strict=True))
    apart = replace(FORM, tables=(replace(FORM.tables[0], blocks=(replace(block, rows=rows),)),))
    sheet = Sheet("表二", {(0, 0): "文件（甲）", (1, 0): "文件（丙）", (2, 0): "规章（其他）"})
    assert [label.gloss for label in labels_of(sheet, apart)] == ["", "", ""]


def test_a_formula_without_its_result_is_computed_or_undecided() -> None:
    sums = filled(FORM, distinct(FORM) | {"T4.d.g5": Uncomputed("SUM(A8:D8)"), "T4.e.g5": Uncomputed("A8^2")})
    read = submission(FORM, sums)
    total = sum(NUMBERS[f"T4.d.g{n}"] for n in range(1, 5))
    assert [read.readings[FORM.by_code[code].index].number for code in ("T4.d.g5", "T4.e.g5")] == [total, None]
    assert [f.rule for f in read.findings] == ["V-FORMULA", "V-FORMULA"]


def test_hidden_numbers_are_pointed_out() -> None:
    two, three, four = filled(FORM, distinct(FORM))
    hidden = Sheet(three.name, three.cells, hidden_rows=frozenset({12}))
    (finding,) = submission(FORM, [two, hidden, four]).findings
    assert (finding.rule, finding.place) == ("P-HIDDEN", "表三!D13:J13")


def test_blanks_count_as_zero_only_where_the_office_says_so() -> None:
    contents = distinct(FORM) | {"T2.L.n": "—", "T2.P.n": None}
    at = [FORM.by_code["T2.L.n"].index, FORM.by_code["T2.P.n"].index]
    strict = submission(FORM, filled(FORM, contents))
    marks = submission(FORM, filled(FORM, contents), Policy(zero_marks=("—",)))
    every = submission(FORM, filled(FORM, contents), Policy(blank_is_zero=True))
    read = [[s.readings[i].number for i in at] for s in (strict, marks, every)]
    assert read == [[None, None], [0, None], [0, 0]]
    policy = Policy(blank_is_zero=True)
    (checked,) = check([every], Rulebook(FORM, policy))
    blanks = [(f.rule, f.severity, f.place) for f in checked.findings if f.rule == "V-BLANK"]
    assert blanks == [("V-BLANK", Severity.NOTE, "表二!B11"), ("V-BLANK", Severity.NOTE, "表二!B14")]


def test_an_older_layout_is_named_even_where_its_tables_look_alike() -> None:
    two, three, four = filled(FORM, distinct(FORM))
    older = reworded(
        two, lambda t: t.replace("本年制发件数", "本年新制作数量").replace("现行有效件数", "对外公开总数量")
    )
    cited = Sheet(two.name, two.cells | {(30, 0): "依据国办公开办函〔2019〕60号等文件编制。"})
    assert "旧表（国办公开办函〔2019〕60号" in no_filing([older, three, four], FORM, 3, "")
    assert no_filing([cited, three, four], FORM, 3, "") == ""
    assert "没有找到" in no_filing([Sheet("a", {(0, 0): "会议记录"})], FORM, 0, "")


def test_a_cell_full_of_digits_or_blanks_takes_no_time() -> None:
    """32,767 of them are what a cell can hold; looking for two numbers in one took minutes."""
    for text in ("9" * 32_767, "1," * 16_000, "1" + "\n" * 32_000 + "x", "1" + " " * 32_000 + "x", "1 " * 16_000 + "x"):
        assert read_text(text, FORM.items[0]).number is None


@pytest.mark.parametrize(
    "text", ["89 123", "12 345", "１２　３４５", "1 234 567", "12\N{NO-BREAK SPACE}500", "12 500 件"]
)
def test_groups_of_three_may_be_two_numbers_and_are_asked_about(text: str) -> None:
    value = read_text(text, FORM.items[0])
    assert value.number == int("".join(filter(str.isdigit, text)))
    assert value.weighty and "中间有空格，当作一个数" in value.why
    for plain in ("12", " 12 ", "12 件", "12345", "12（其中 3 4）", "12,345"):
        assert "空格" not in read_text(plain, FORM.items[0]).why


def test_two_numbers_in_one_cell_are_not_one() -> None:
    for text in ("12 15", "56 7", "2024 12", "89.5 3", "1\n2", "1 2\n3", "12 15 件", "1 23"):
        assert several(text), text
    for text in ("1 234", "1 234 567", "12 345.5", ". 5", "12", "12 件", "共 12 件", "12（其中 3 件）"):
        assert not several(text), text


@pytest.mark.parametrize(
    ("stored", "code", "number", "problem"),
    [
        (25.1, '0.0"万"', "25.1", ""),
        (25.1, '0.0"元"', "0.00251", "shown"),
        (251000.0, '0!.0,"万元"', "25.1", "shown"),
    ],
)
def test_an_amount_with_a_unit_in_its_format(stored: float, code: str, number: str, problem: str) -> None:
    value = read_cell(stored, Look(code), FORM.by_code["T2.F.n"])
    assert (value.number, value.problem) == (Decimal(number), problem)


@pytest.mark.parametrize(
    ("stored", "code", "number", "problem"),
    [
        (112000.0, '0,"千件"', 112000, ""),
        (112.0, '0"宗"', 112, ""),
        (112.0, '0"条"', 112, ""),
        (112.0, '0"万"', 1120000, "shown"),
        (112.0, '0"(含3)"', 112, "shown"),
        (112400.0, '0,"千件"', None, "shown"),
        (112.0, '0"余"', None, "approx"),
    ],
)
def test_a_count_that_is_shown_as_what_it_is_needs_no_word(
    stored: float, code: str, number: int | None, problem: str
) -> None:
    value = read_cell(stored, Look(code), FORM.by_code["T2.L.n"])
    assert (value.number, value.problem) == (number, problem)
