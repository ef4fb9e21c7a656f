"""Cards as offices draw them: read by their questions wherever the answers stand, and never a wrong answer."""

from __future__ import annotations

import pytest
import tomli
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tables import sheet_of
from workbook_tool.files.form.declaration import read_form
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.intake.submission import Reading, ReadingState
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.steps.intake.parse import Parsed, parse

CARD = """id = "x"
title = "登记卡"
[[table]]
name = "登记卡"
rows = [
  { label = "工程名称", kind = "text" },
  { label = "开工日期", kind = "date" },
  { label = "供水规模（m³/d）", unit = "m³/d" },
  { label = "是否收费", kind = "yesno" },
  { label = "总投资", unit = "万元", decimals = 2 },
  { label = "联系电话", kind = "phone", optional = true },
  { label = "存在问题", kind = "text", optional = true },
]
[[table]]
name = "水量"
rows = ["地表水", "地下水"]
columns = ["上半年", "下半年"]
"""
RULES = Rulebook(read_form(Keys(tomli.loads(CARD), "x")))
AREA = """id = "y"
title = "情况卡"
[[table]]
name = "情况卡"
rows = [
  { label = "覆盖面积", unit = "平方公里" },
  { label = "日供水量", unit = "立方米/日" },
  { label = "户数", unit = "户" },
]
"""
AREA_RULES = Rulebook(read_form(Keys(tomli.loads(AREA), "y")))
LABELS = [row.printed for row in RULES.form.tables[0].rows]
ANSWERS = ["青山工程", "2018-03-01", "1200", "是", "356.5", "'13800138000", "管网老化"]
BELOW = [
    ["二、分水源"],
    ["水源", "上半年", "下半年"],
    ["地表水", "13", "12"],
    ["地下水", "5", "6"],
    ["注：没有的不填。"],
]
CAPTION = ["一、工程概况", "<", "<", "<", "<", "<"]


def drawn(rows: list[list[str]]) -> Parsed:
    return parse([sheet_of("原表", rows)], RULES)


def readings(parsed: Parsed) -> dict[str, Reading]:
    """What is read of each question."""
    every = [*parsed.readings, *parsed.remarks]
    return {c.row.printed: every[c.index] for c in RULES.form.cells if c.table.name == "登记卡"}


def answers(parsed: Parsed) -> list[str | None]:
    """What is read in its words; None where it was not found, empty where nothing stands."""
    found = readings(parsed)
    return [None if found[one].state is ReadingState.MISSING else filed(found[one]) for one in LABELS]


def filed(reading: Reading) -> str:
    """What was typed; the apostrophe before digits says that they are a text."""
    return f"'{reading.shown}" if reading.shown.startswith("13800") else reading.shown


def said(parsed: Parsed) -> list[str]:
    return [f"{one.rule} {one.message}" for one in parsed.findings]


def in_lines(many: int, answers: list[str]) -> list[list[tuple[str, str]]]:
    """Each label with its answer, so many a line."""
    pairs = list(zip(LABELS, answers, strict=True))
    return [pairs[start : start + many] for start in range(0, len(pairs), many)]


def beside(many: int, answers: list[str] = ANSWERS, wide: int = 0) -> list[list[str]]:
    """Answers right of their labels, each over ``wide`` more cells."""
    return [[text for pair in line for text in (*pair, *["<"] * wide)] for line in in_lines(many, answers)]


def above(many: int, answers: list[str] = ANSWERS) -> list[list[str]]:
    """Answers below their labels."""
    return [list(texts) for line in in_lines(many, answers) for texts in zip(*line, strict=True)]


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3), st.integers(0, 2), st.booleans(), st.booleans(), st.sets(st.sampled_from([5, 6])))
def test_a_card_is_read_however_many_questions_stand_in_a_line(
    many: int, wide: int, captioned: bool, followed: bool, blank: set[int]
) -> None:
    given = ["" if n in blank else one for n, one in enumerate(ANSWERS)]
    lines = beside(many, given, wide)
    parsed = drawn([*([["登记卡"], CAPTION] if captioned else []), *lines, *(BELOW if followed else [])])
    assert answers(parsed) == given
    assert [one for one in said(parsed) if "没有找到水量" not in one] == []


@settings(max_examples=12, deadline=None)
@given(st.integers(2, 4), st.booleans(), st.booleans())
def test_answers_below_their_labels_are_read(many: int, captioned: bool, followed: bool) -> None:
    lines = above(many)
    assert answers(drawn([*([CAPTION] if captioned else []), *lines, *(BELOW if followed else [])])) == ANSWERS


def test_a_question_as_broad_as_the_card_is_answered_below() -> None:
    lines = beside(2, ANSWERS, 1)[:-1]
    assert answers(drawn([*lines, ["存在问题", *["<"] * 5], ["管网老化", *["<"] * 5], *BELOW])) == ANSWERS


@pytest.mark.parametrize(
    "line",
    [
        ["总投资", "3565000", "元", "联系电话", ANSWERS[5], "万元"],
        ["总投资", "356.5", "万元", "联系电话", ANSWERS[5], "元"],
        ["总投资", "万元", "356.5", "联系电话", ANSWERS[5]],
        ["总投资（元）", "3565000", "联系电话", ANSWERS[5]],
    ],
)
def test_the_unit_of_an_answer_is_the_one_that_stands_with_it(line: list[str]) -> None:
    rows = beside(1)
    assert readings(drawn([*rows[:4], line, rows[6]]))[LABELS[4]].number == 35650


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([[*line, "另一年"] for line in beside(1)], id="two columns of answers"),
        pytest.param([LABELS, ANSWERS, ANSWERS], id="rows of a list"),
        pytest.param(beside(2) + beside(2, ["乙工程", *ANSWERS[1:]]), id="two cards on one sheet"),
    ],
)
def test_what_may_be_two_cards_is_none(rows: list[list[str]]) -> None:
    nothing_read(rows)


def test_a_question_whose_answer_may_be_another_is_not_found() -> None:
    rows = beside(2)
    rows[1] = ["供水规模（m³/d）", "1200", "1300", "是否收费", "是"]
    rows[2] = [LABELS[4], "356.5", "联系电话", "", "传真", "0537-2223333"]
    parsed = drawn(rows)
    assert answers(parsed) == [*ANSWERS[:2], None, *ANSWERS[3:5], None, ANSWERS[6]]
    assert "没有找到唯一的「供水规模（m³/d）」、「联系电话」" in said(parsed)[0]


SOME = st.sets(st.integers(0, len(LABELS) - 1))
SEVERAL = st.sampled_from([("上年数", "本年数"), ("2024年", "2025年"), ("1", "2"), ("本期", "累计"), ("示例", "填报")])


def nothing_read(rows: list[list[str]]) -> None:
    """The card is not found, and that is said."""
    parsed = drawn(rows)
    assert set(answers(parsed)) == {None}
    assert any(one.startswith("P-TABLE") for one in said(parsed))


@settings(max_examples=25, deadline=None)
@given(SEVERAL, SOME, st.booleans(), st.booleans(), st.integers(0, 2))
def test_answers_under_heads_that_name_several_are_none(
    heads: tuple[str, str], filled: set[int], extra: bool, spaced: bool, apart: int
) -> None:
    """However few of the second column are filled: the first may be last year's."""
    lines = [
        [label, one, one if n in filled else ""] for n, (label, one) in enumerate(zip(LABELS, ANSWERS, strict=True))
    ]
    over = [
        ["登记卡", "", "单位：万元"],
        *([[]] if spaced else []),
        ["指标", *heads],
        *([["水源地", "一号井"]] if extra else []),
        *([[]] * apart),
    ]
    nothing_read([*over, *lines])


@settings(max_examples=12, deadline=None)
@given(st.integers(2, 7), SEVERAL, SOME)
def test_lines_of_answers_that_names_tell_apart_are_none(many: int, names: tuple[str, str], filled: set[int]) -> None:
    rows: list[list[str]] = []
    for line in in_lines(many, ANSWERS):
        second = [one if LABELS.index(label) in filled else "" for label, one in line]
        rows += [["", *(q for q, _ in line)], [names[0], *(a for _, a in line)], [names[1], *second]]
    nothing_read(rows)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param([LABELS, ["1", "2", "3", "4", "5", "6", "7"]], id="columns counted"),
        pytest.param([LABELS, ["'01", "'02", "'03", "'04", "'05", "'06", "'07"]], id="columns counted in texts"),
        pytest.param([[label, str(n)] for n, label in enumerate(LABELS, 1)], id="lines counted"),
        pytest.param(
            [[LABELS[n], str(n + 1), "", LABELS[n + 1], str(n + 2), ""] for n in (0, 2, 4)], id="pairs counted"
        ),
        pytest.param(
            [["1200", LABELS[2], "356.5", LABELS[4]], ["7", LABELS[6], "8", LABELS[3]]],
            id="answers left of the questions",
        ),
        pytest.param([LABELS, ANSWERS, ["", "", "1300", "", "400"]], id="another line, filled for two"),
        pytest.param([LABELS, ["示例"], ANSWERS], id="another line, below an example"),
        pytest.param(
            [[*one, "1300"] if n in (2, 4) else one for n, one in enumerate(beside(1))], id="another column for two"
        ),
    ],
)
def test_what_only_counts_or_goes_on_is_no_answer(rows: list[list[str]]) -> None:
    nothing_read(rows)


def test_what_stands_over_a_card_is_no_head_where_it_names_one_column() -> None:
    over = [["填报单位：", "青山镇", "日期：", "2025-01-05"], ["登记卡", "2025年", "单位：万元"], ["指标", "填写"]]
    assert answers(drawn([*over, *beside(1)])) == ANSWERS
    assert answers(drawn([*BELOW[1:4], CAPTION, *beside(1)])) == ANSWERS


@settings(max_examples=12, deadline=None)
@given(st.booleans(), st.booleans(), st.sets(st.sampled_from([0, 1, 2])))
def test_numbers_behind_their_units_are_read(counted: bool, headed: bool, blank: set[int]) -> None:
    """Whatever the units are called: they are what the form says."""
    lines = [["覆盖面积", "平方公里"], ["日供水量", "立方米/日"], ["户数", "户"]]
    figures = ["" if n in blank else one for n, one in enumerate(["12", "300", "88"])]
    rows = [["指标", "计量单位", "数量"]] * headed + [[*line, one] for line, one in zip(lines, figures, strict=True)]
    rows = [[str(n) if n >= headed else "序号", *row] for n, row in enumerate(rows, not headed)] if counted else rows
    parsed = parse([sheet_of("卡", rows)], AREA_RULES)
    assert [reading.shown for reading in parsed.readings] == figures
    assert {one.rule for one in parsed.findings} <= {"V-BLANK"}
    blanks = [reading.state is ReadingState.BLANK for reading in parsed.readings]
    assert blanks == [n in blank for n in range(3)]


def test_a_blank_before_its_unit_is_blank() -> None:
    rows = [["覆盖面积", "", "平方公里", "日供水量", "300", "立方米/日"], ["户数", "88", "户"]]
    readings = parse([sheet_of("卡", rows)], AREA_RULES).readings
    assert (readings[0].state, readings[0].place) == (ReadingState.BLANK, (0, 1))
    assert [one.shown for one in readings[1:]] == ["300", "88"]


NAMES, UNITS, FIGURES = ["覆盖面积", "日供水量", "户数"], ["平方公里", "立方米/日", "户"], ["12", "300", "88"]
BESIDE = {"单位": UNITS, "代码": ["101", "102", "103"], "备注": ["", "约", "13"], "序号": ["1", "2", "3"]}
COLUMNS = st.permutations(["数量", *BESIDE]).flatmap(lambda every: st.sampled_from([every[n:] for n in range(4)]))


def headed(columns: list[str], figures: list[str], apart: int) -> list[list[str]]:
    """The card of areas with these columns, the questions behind the numbering or first."""
    cells = {**BESIDE, "指标": NAMES, "数量": figures}
    first = int(columns[0] == "序号")
    heads = [*columns[:first], "指标", *columns[first:]]
    return [heads, *[[]] * apart, *([cells[head][n] for head in heads] for n in range(3))]


def areas(rows: list[list[str]]) -> list[str | None]:
    """What is read of the card of areas; None where it was not found."""
    found = parse([sheet_of("卡", rows)], AREA_RULES).readings
    return [None if one.state is ReadingState.MISSING else one.shown for one in found]


@settings(max_examples=40, deadline=None)
@given(COLUMNS, st.sets(st.integers(0, 2)), st.integers(0, 1))
def test_heads_say_which_column_is_filled_in(columns: list[str], blank: set[int], apart: int) -> None:
    figures = ["" if n in blank else one for n, one in enumerate(FIGURES)]
    if "数量" in columns:
        assert areas(headed(columns, figures, apart)) == figures
    else:
        assert set(areas(headed(columns, figures, apart))) <= {None, ""}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["指标", "上年", "本年"], *([one, "1", "2"] for one in NAMES)], "B1“上年”、C1“本年”是几列或几行的名称"),
        ([["指标", "数量", "数量"], *([one, "1", ""] for one in NAMES)], "B1“数量”、C1“数量”是几列或几行的名称"),
        ([[one, "1", "2"] for one in NAMES], "B1“1”、C1“2”：一问有两处可以是答案"),
        ([["指标", "", "数量"], *([one, "1", "2"] for one in NAMES)], "B2“1”、C2“2”：一问有两处可以是答案"),
        ([[one, n] for one, n in zip(NAMES, "123", strict=True)], "B1“1”、B2“2”、B3“3”像是编号"),
    ],
)
def test_why_a_card_is_not_read_is_said_with_its_cells(rows: list[list[str]], told: str) -> None:
    (finding,) = parse([sheet_of("卡", rows)], AREA_RULES).findings
    assert finding.rule == "P-TABLE" and told in finding.message


CELLS = st.tuples(st.integers(0, 5), st.integers(0, 7))


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 3), st.booleans(), CELLS, CELLS, st.sampled_from(["", "附件", "77", "联系电话", "工程名称"]))
def test_no_damage_makes_a_wrong_answer(
    many: int, upright: bool, one: tuple[int, int], other: tuple[int, int], put: str
) -> None:
    """A cell put elsewhere, something else in its place: what is read is what was filed, or stands there now."""
    rows = above(many + 1) if upright else beside(many)
    grid = [[*line, *[""] * (9 - len(line))] for line in [*rows, []]]
    (row, column), (to_row, to_column) = ((at[0] % len(rows), at[1]) for at in (one, other))
    grid[row][column], grid[to_row][to_column] = put, grid[row][column]
    for label, found, right in zip(LABELS, answers(drawn(grid)), ANSWERS, strict=True):
        at = [(r, c) for r, line in enumerate(grid) for c, text in enumerate(line) if text == label]
        assert found in (None, "", right, *(grid[r + upright][c + (not upright)] for r, c in at))


@settings(max_examples=60, deadline=None)
@given(
    COLUMNS.filter(lambda one: "数量" in one), CELLS, CELLS, st.sampled_from(["", "附件", "77", "数量", "上年", "户数"])
)
def test_no_damage_to_heads_makes_a_wrong_number(
    columns: list[str], one: tuple[int, int], other: tuple[int, int], put: str
) -> None:
    """What is read is what was filed, or what stands now right of its question or under the one head of numbers."""
    grid = [[*line, *[""] * (9 - len(line))] for line in [*headed(columns, FIGURES, 0), []]]
    (row, column), (to_row, to_column) = ((at[0] % 4, at[1]) for at in (one, other))
    grid[row][column], grid[to_row][to_column] = put, grid[row][column]
    for label, found, right in zip(NAMES, areas(grid), FIGURES, strict=True):
        lines = [line for line in grid if label in line]
        under = [line[c] for line in lines for c, head in enumerate(grid[0]) if head == "数量"]
        assert found in (None, "", right, *under, *(line[line.index(label) + 1] for line in lines))
