"""The localiser: against exhaustive search, on honest filings, on seeded faults, and in full as a clerk reads it."""

from __future__ import annotations

import random
import re
from collections.abc import Collection, Iterator
from itertools import combinations, product
from pathlib import Path

import pytest
import tomli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults import KINDS, MIXED, SINGLE, WHOLE, Faults
from tests.filings import LAYOUTS, Maker, Numbers, broken, honest
from tests.grids import ROOT, annual_report, filled, submission
from tests.tables import read_tables, typed
from workbook_tool.files.form.declaration import load_form, read_form
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.constraints import PREVIOUS, Constraint
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Block, Table
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.rules import Rule, Severity
from workbook_tool.model.judging.diagnosis import Certainty, Doubt, Slip, Story, Whole, WholeFault
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.filing import Checked
from workbook_tool.steps.judging.check import check
from workbook_tool.steps.judging.locate import Locator, locate
from workbook_tool.steps.judging.locate.search import Fix, pairs, singles
from workbook_tool.steps.judging.locate.system import Relations, system_of
from workbook_tool.steps.judging.locate.words import OwnFile, also

ANNUAL = annual_report()
SCHOOLS = load_form(ROOT / "tests" / "forms", "shushe")
WEEKLY = load_form(ROOT / "templates", "zdgk-zb")
FORMS = [ANNUAL, SCHOOLS]
MAKERS = {form.id: Maker(form) for form in FORMS}
EXAMPLES = Path(__file__).parent / "locate.md"
HIGHEST = 12
"""How far exhaustive search looks."""

# ── Against exhaustive search ────────────────────────────────────────────────


def small_form(cells: int, constraints: list[Constraint], below: Collection[int] = ()) -> Form:
    """A form of one row with these relations, all of which must hold; the numbers ``below`` may be less than 0."""
    columns = tuple(Line(f"c{n}", f"c{n}", negative=n in below) for n in range(cells))
    table = Table("T", "T", "T", (Block((Line("r", "r"),), columns),))
    rule = Rule("R", "R", "", "", Severity.MUST, "D")
    return Form("small", "small", "1", "", (table,), (), (rule,), tuple(constraints))


@st.composite
def questions(draw: st.DrawFn) -> tuple[Form, Numbers]:
    """A small form with any linear relations, and numbers with blanks among them."""
    cells = draw(st.integers(2, 5))
    constraints = []
    for _ in range(draw(st.integers(1, 4))):
        inside = draw(st.lists(st.integers(0, cells - 1), min_size=1, max_size=cells, unique=True))
        factor = st.sampled_from([1, 1, 1, -1, -1, 2, -2, 3])
        terms = tuple((i, draw(factor)) for i in sorted(inside))
        operator = draw(st.sampled_from(["==", "==", "==", "<=", ">="]))
        constraints.append(Constraint("R", terms, draw(st.integers(-3, 3)), operator, terms[0][0]))
    below = draw(st.frozensets(st.integers(0, cells - 1), max_size=2)) if draw(st.booleans()) else frozenset[int]()
    numbers = {i: draw(st.integers(-4 * (i in below), 4)) for i in range(cells) if draw(st.integers(0, 6))}
    return small_form(cells, constraints, below), numbers


def exhaustive(form: Form, numbers: Numbers, count: int) -> dict[frozenset[int], int]:
    """Every set of ``count`` cells that, all of them changed, lets every decided rule hold, and in how many ways."""
    found: dict[frozenset[int], int] = {}
    for cells in combinations(sorted(numbers), count):
        for values in product(*(range(-HIGHEST * form.items[cell].negative, HIGHEST + 1) for cell in cells)):
            if all(numbers[c] != v for c, v in zip(cells, values, strict=True)) and honest(
                form, numbers | dict(zip(cells, values, strict=True))
            ):
                found[frozenset(cells)] = found.get(frozenset(cells), 0) + 1
    return found


def weekly(**own: int) -> tuple[Numbers, Numbers]:
    """A week of one channel after one of 100 items, and that week; ``own`` are cells filed otherwise."""
    filed = {f"{row}_{column}": 40 for row in ("site", "total") for column in ("news", "all")}
    filed |= {f"{row}_year": 140 for row in ("site", "total")} | own
    now = {item.index: filed.get(f"{item.row.id}_{item.column.id}", 0) for item in WEEKLY.items}
    return now, {
        PREVIOUS + i.index: 100 * (i.row.id in ("site", "total")) for i in WEEKLY.items if i.column.id == "year"
    }


def test_what_is_counted_on_from_the_period_before_tells_where_the_fault_is() -> None:
    """The sum of a week and what is counted on from it had been told apart, as two problems that contradict each other."""
    (story,) = Locator(WEEKLY).stories(*weekly(site_all=45, total_all=45))
    assert [WEEKLY.items[c.item].code for c in story.explanations[0].changes] == ["W.site.all", "W.total.all"]
    assert {WEEKLY.constraints[n].rule_id for n in story.broken} == {"W-ROW", "W-YEAR"}


def test_what_only_the_period_before_contradicts_is_never_located_for_certain() -> None:
    (story,) = Locator(WEEKLY).stories(*weekly(site_year=150))
    assert (story.certainty, story.doubt) == (Certainty.TIED, Doubt.EARLIER)
    now, _ = weekly(site_year=150, total_year=150)
    assert not Locator(WEEKLY).stories(now, {}), "undecided without it"


@given(questions())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_smallest_sets_are_those_of_exhaustive_search(question: tuple[Form, Numbers]) -> None:
    form, numbers = question
    system = system_of(Relations.of(form), numbers, {})
    if system is None:
        assert honest(form, numbers)
        return
    one = singles(system, system.failing)
    agree(form, numbers, one, 1)
    if not one:
        agree(form, numbers, pairs(system, system.failing), 2)


def agree(form: Form, numbers: Numbers, fixes: list[Fix], count: int) -> None:
    """These fixes are all there are: each works, none is missing, and ``exact`` says whether it is the only way."""
    expected = exhaustive(form, numbers, count)
    assert len({fix.cells for fix in fixes}) == len(fixes)
    assert expected.keys() <= {fix.cells for fix in fixes}
    for fix in fixes:
        after = {**numbers, **{cell: numbers[cell] + delta for cell, delta in fix.deltas}}
        assert honest(form, after)
        assert all(number >= 0 or form.items[cell].negative for cell, number in after.items())
        assert all(delta for _, delta in fix.deltas)
        if fix.cells not in expected:
            assert max(abs(after[cell]) for cell in fix.cells) > HIGHEST, "exhaustive search would have seen it"
        elif fix.exact:
            assert expected[fix.cells] == 1


def test_a_cell_that_only_a_bound_ties_to_the_fault_can_be_its_partner() -> None:
    """The first must be 5, and may not exceed the second."""
    constraints = [Constraint("R", ((0, 1),), -5, "==", 0), Constraint("R", ((0, 1), (1, -1)), 0, "<=", 0)]
    (story,) = Locator(small_form(3, constraints)).stories({0: 3, 1: 4, 2: 9})
    assert [(c.item, c.due) for c in story.explanations[0].changes] == [(0, 5), (1, 5)]
    assert (story.certainty, story.count) == (Certainty.TIED, 1), "the second may be 5 or more"


@given(questions())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_said_to_be_unique_is_the_only_way(question: tuple[Form, Numbers]) -> None:
    form, numbers = question
    stories = Locator(form).stories(numbers)
    assert bool(stories) == any(broken(c, numbers) for c in form.constraints)
    assert sorted(n for s in stories for n in s.broken) == [
        n for n, c in enumerate(form.constraints) if broken(c, numbers)
    ]
    if len(stories) == 1 and stories[0].certainty is Certainty.UNIQUE and not stories[0].whole:
        changes = stories[0].explanations[0].changes
        ways = exhaustive(form, numbers, len(changes))
        if max(abs(c.due) for c in changes) <= HIGHEST:
            assert ways == {frozenset(c.item for c in changes): 1}


WATER = """id = "x"
title = "水费"
[[table]]
name = "水费"
rows = ["水费收入", "补助", "收入合计 =", "支出", { label = "结余", is = "收入合计 - 支出", negative = true }]
columns = ["上年", "本年", { label = "增减额", is = "本年 - 上年", negative = true }]
"""


@pytest.mark.parametrize(
    ("cell", "number", "due", "slip"),
    [("收入合计.本年", 29, 26, Slip.DIGIT), ("结余.本年", 4, -4, Slip.SIGN), ("水费收入.增减额", 9, -5, None)],
)
def test_numbers_that_may_be_below_0_do_not_hide_the_wrong_one(
    cell: str, number: int, due: int, slip: Slip | None
) -> None:
    """A difference that may be below 0 had been solved for nothing: three problems, and four ways to mend one of them."""
    form = read_form(Keys(tomli.loads(WATER), "x"))
    filed = [15, 10, -5, 20, 16, -4, 35, 26, -9, 25, 30, 5, 10, -4, -14]
    numbers = dict(enumerate(filed)) | {form.by_code[f"水费.{cell}"].index: number}
    (story,) = Locator(form).stories(numbers)
    ((change,),) = [one.changes for one in story.explanations]
    assert (story.certainty, form.items[change.item].code) == (Certainty.UNIQUE, f"水费.{cell}")
    assert (change.due, change.slip) == (due, slip)


# ── Honest filings, seeded faults ────────────────────────────────────────────


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_honest_filings_have_no_story(form: Form, layout: str) -> None:
    locator = Locator(form)
    for filing in MAKERS[form.id].filings(150):
        assert honest(form, filing)
        assert locator.stories(LAYOUTS[layout](form, filing)) == []


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", SINGLE)
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_one_fault_is_never_located_wrongly(form: Form, kind: str, layout: str) -> None:
    locator, faults = Locator(form), Faults(form, layout)
    for number, filing in enumerate(MAKERS[form.id].filings(60)):
        faulty = faults.apply(kind, filing, random.Random(f"{kind}/{number}"))
        for story in locator.stories(faulty.numbers) if faulty else ():
            assert story.count, "one fault can always be explained"
            if faulty and story.certainty is Certainty.UNIQUE:
                assert all(c.due == faulty.honest[c.item] for e in story.explanations for c in e.changes)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_proposed_mends_its_story_and_breaks_nothing(kind: str, layout: str) -> None:
    """Lines that slipped, swapped lines and totals that follow included."""
    for form in FORMS:
        locator, faults = Locator(form), Faults(form, layout)
        for number, filing in enumerate(MAKERS[form.id].filings(25, seed=5)):
            faulty = faults.apply(kind, filing, random.Random(f"{kind}/{number}"))
            if not faulty:
                continue
            stories = locator.stories(faulty.numbers)
            before = failing(locator, faulty.numbers, alone=True)
            for story in stories:
                whole = [story.whole.changes] if story.whole and story.whole.changes else []
                for changes in (*whole, *((*e.changes, *e.following) for e in story.explanations)):
                    after = {**faulty.numbers, **{c.item: c.due for c in changes}}
                    left = failing(locator, after, alone=len(stories) == 1)
                    assert not left & set(story.broken)
                    assert left <= before
                    assert all(number >= 0 or form.items[cell].negative for cell, number in after.items())
                    assert all(faulty.numbers.get(c.item) == c.filed != c.due for c in changes)


@pytest.mark.parametrize("layout", ["typed", "detail totals blank"])
@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_no_mistake_is_taken_for_another(form: Form, layout: str) -> None:
    """A number one row off beside a wrong total is no shift of whole columns, and a shift is no swap."""
    locator, faults = Locator(form), Faults(form, layout)
    for number, filing in enumerate(MAKERS[form.id].filings(14, seed=3)):
        for kind in (*MIXED, *WHOLE):
            faulty = faults.apply(kind, filing, random.Random(f"{kind}/{number}"))
            for story in locator.stories(faulty.numbers) if faulty else ():
                if faulty and story.certainty is Certainty.UNIQUE:
                    changes = story.whole.changes if story.whole else story.explanations[0].changes
                    assert all(c.due == faulty.honest[c.item] for c in changes), (kind, number)


def failing(locator: Locator, numbers: Numbers, alone: bool) -> set[int]:
    """The must-relations that fail; beside other faults without fallbacks, which follow from what still fails there."""
    relations = locator.relations.constraints.items()
    return {n for n, c in relations if broken(c, numbers) and (alone or not c.fallback)}


def test_with_typed_totals_one_wrong_cell_of_a_table_with_two_totals_is_certain() -> None:
    """It follows from the algebra: no two cells of 表三 are in the same equations."""
    locator, faults = Locator(ANNUAL), Faults(ANNUAL)
    inside = {item.index for item in ANNUAL.by_table["T3"]}
    seen = 0
    for number, filing in enumerate(MAKERS[ANNUAL.id].filings(120)):
        faulty = faults.apply("one wrong detail cell", filing, random.Random(number))
        if faulty and faulty.truth.keys() <= inside:
            (story,) = locator.stories(faulty.numbers)
            (change,) = story.explanations[0].changes
            assert (story.certainty, {change.item: change.due}) == (Certainty.UNIQUE, faulty.truth)
            seen += 1
    assert seen > 50


def test_the_same_seed_gives_the_same_filings_and_faults() -> None:
    one, other = (list(Maker(ANNUAL).filings(5, seed=7)) for _ in range(2))
    assert one == other
    assert one != list(Maker(ANNUAL).filings(5, seed=8))
    for kind in KINDS:
        faulty = [Faults(ANNUAL).apply(kind, one[3], random.Random(3)) for _ in range(2)]
        assert faulty[0] == faulty[1]


# ── Particular cases ─────────────────────────────────────────────────────────


def good() -> Numbers:
    """The filing that the stories share, ``tests/cases/good.md``."""
    cells = read_tables((ROOT / "tests" / "cases" / "good.md").read_text(encoding="utf-8"))
    return {
        i.index: int(float(cells[i.table.name, i.row.label, i.column.label]) * 10**i.decimals) for i in ANNUAL.items
    }


def item(code: str) -> int:
    return ANNUAL.by_code[code].index


def test_likelihood_orders_but_decides_nothing() -> None:
    """A tie stays a tie, however telling one of its explanations is."""
    numbers = good() | {item("T4.d.g1"): 21, item("T4.d.g5"): 13}
    (story,) = Locator(ANNUAL).stories(numbers)
    assert (story.certainty, story.count) == (Certainty.TIED, 2)
    assert [(c.item, c.due) for c in story.explanations[0].changes] == [(item("T4.d.g1"), 12)], "21 for 12 is likelier"


def test_last_year_helps_to_order() -> None:
    numbers = good() | {item("T4.d.g2"): 16, item("T4.d.g3"): 16}
    numbers[item("T4.d.g5")] = 18
    for copied in ("T4.d.g2", "T4.d.g3"):
        (story,) = Locator(ANNUAL).stories(numbers, {item(copied): 16})
        assert story.explanations[0].changes[0].item == item(copied)
        assert story.certainty is Certainty.TIED


def test_a_blank_is_never_changed() -> None:
    numbers = good()
    del numbers[item("T3.r3.c1")]
    numbers[item("T3.r24.c7")] += 5
    (story,) = Locator(ANNUAL).stories(numbers)
    assert all(c.item in numbers for e in story.explanations for c in e.changes)


def test_what_a_shift_would_overwrite_speaks_against_it() -> None:
    """All columns one to the left fit as well as two columns swapped, where the column that fell off was 0. A number
    that stands where the gap would be fits neither."""
    numbers = good()
    for line in ANNUAL.by_table["T3"]:
        if line.column.id == "c7":
            numbers[item(f"T3.{line.row.id}.c6")], numbers[line.index] = numbers[line.index], 0
    (story,) = Locator(ANNUAL).stories(numbers)
    assert story.whole is not None
    assert (story.certainty, story.whole.kind) == (Certainty.TIED, Whole.SWAPPED_LINES)
    assert story.whole.rivals
    for row in ("r1", "r24"):
        numbers[item(f"T3.{row}.c7")] = 1
    assert not any(s.whole for s in Locator(ANNUAL).stories(numbers))


def test_blanks_move_with_their_line() -> None:
    """自然人 and 总计 swapped, whose totals are blank but for a few: 商业企业, with the same numbers, may be meant."""
    numbers = LAYOUTS["detail totals blank"](ANNUAL, dict.fromkeys(good(), 0))
    for code, number in {"r1": 6, "r5": 1, "r24": 6}.items():
        numbers[item(f"T3.{code}.c2")] = numbers[item(f"T3.{code}.c7")] = number
    for row in {line.row.id for line in ANNUAL.by_table["T3"]}:
        one, other = item(f"T3.{row}.c2"), item(f"T3.{row}.c7")
        swapped = {i: n for i, n in ((one, numbers.get(other)), (other, numbers.get(one))) if n is not None}
        numbers = {i: n for i, n in numbers.items() if i not in (one, other)} | swapped
    for row, number in {"r1": 6, "r5": 1, "r24": 6}.items():
        numbers[item(f"T3.{row}.c4")] = number
    assert all(s.certainty is not Certainty.UNIQUE for s in Locator(ANNUAL).stories(numbers))


def test_two_cells_are_not_certain_where_blanks_may_hide_more() -> None:
    numbers = LAYOUTS["detail totals blank"](ANNUAL, good()) | {item("T3.r1.c7"): 50, item("T3.r24.c7"): 60}
    (story,) = Locator(ANNUAL).stories(numbers)
    assert {(c.item, c.due) for c in story.explanations[0].changes} == {(item("T3.r1.c7"), 55), (item("T3.r24.c7"), 52)}
    assert (story.certainty, story.count) == (Certainty.TIED, 1)
    (story,) = Locator(ANNUAL).stories(good() | {item("T3.r1.c7"): 50, item("T3.r25.c7"): 9})
    assert story.certainty is Certainty.UNIQUE, "with all totals typed nothing is hidden"


def test_two_cells_are_not_certain_where_several_lines_may_have_been_swapped() -> None:
    """结转 swapped with any row of zeros: too many to be named, and yet no pair of totals is the only explanation."""
    numbers = good()
    numbers[item("T3.r5.c1")], numbers[item("T3.r25.c1")] = 4, 0
    numbers[item("T3.r5.c7")], numbers[item("T3.r25.c7")] = 4, 0
    for code in ("T3.r25.c2", "T3.r25.c5"):
        line = code.rpartition(".")[2]
        for row in ("r1", "r25"):
            numbers[item(f"T3.{row}.{line}")] -= good()[item(code)]
            numbers[item(f"T3.{row}.c7")] -= good()[item(code)] if row == "r1" else 0
    numbers[item("T3.r5.c7")], numbers[item("T3.r25.c7")] = 4, 0
    (story,) = Locator(ANNUAL).stories(numbers)
    assert {c.item for c in story.explanations[0].changes} == {item("T3.r24.c1"), item("T3.r24.c7")}
    assert (story.certainty, story.doubt) == (Certainty.TIED, Doubt.LINES)


def test_a_whole_line_that_little_speaks_for_says_so() -> None:
    fault = WholeFault(Whole.SHIFTED_BLOCK, ((item("T3.r1.c1"),),), (), "up", confirmed=False)
    page = OwnFile(submission(ANNUAL, filled(ANNUAL, {})), ANNUAL, "表三")
    assert also(Story((0,), Certainty.TIED, count=1, whole=fault), page) == "但可以印证的勾稽关系太少，不能断定。"
    assert also(Story((0,), Certainty.UNIQUE, count=1, whole=fault), page) == ""


def test_a_small_number_may_be_there_twice_rather_than_missing_once() -> None:
    numbers = dict.fromkeys((i.index for i in SCHOOLS.items), 0)
    cells = {code: SCHOOLS.by_code[code].index for code in ("H.teach.own", "H.sum.all")}
    for row in ("teach", "live"):
        del numbers[SCHOOLS.by_code[f"H.{row}.all"].index]
    (story,) = Locator(SCHOOLS).stories(numbers | dict.fromkeys(cells.values(), 2))
    assert (story.certainty, story.count) == (Certainty.TIED, 2)
    (story,) = Locator(SCHOOLS).stories(numbers | dict.fromkeys(cells.values(), 1280))
    assert story.certainty is Certainty.UNIQUE, "that two large numbers agree is no chance"


def test_faults_in_unrelated_tables_are_separate_stories() -> None:
    numbers = good() | {item("T3.r3.c1"): 12, item("T4.d.g5"): 0}
    assert [(s.certainty, s.count) for s in Locator(ANNUAL).stories(numbers)] == [
        (Certainty.UNIQUE, 1),
        (Certainty.TIED, 1),  # nothing but one relation speaks for it
    ]


def test_a_number_in_the_wrong_row_is_one_story() -> None:
    numbers = good()
    numbers[item("T3.r1.c1")] -= 3
    numbers[item("T3.r3.c1")] += 3
    (story,) = Locator(ANNUAL).stories(numbers)
    assert story.certainty is Certainty.UNIQUE
    assert story.explanations[0].moved


def test_two_numbers_in_wrong_columns_are_two_stories() -> None:
    """The four failing columns share no cell; each pair of them has a cause in common."""
    numbers = good()
    for right, wrong, amount in (("T3.r3.c1", "T3.r3.c2", 3), ("T3.r3.c5", "T3.r3.c4", 2)):
        numbers[item(right)] -= amount
        numbers[item(wrong)] += amount
    stories = Locator(ANNUAL).stories(numbers)
    told = [[(ANNUAL.items[c.item].code, c.difference) for c in s.explanations[0].changes] for s in stories]
    assert told == [[("T3.r3.c2", 3), ("T3.r3.c1", -3)], [("T3.r3.c4", 2), ("T3.r3.c5", -2)]]


def test_amounts_in_another_unit() -> None:
    numbers = next(f for f in MAKERS[SCHOOLS.id].filings(50) if min(f[i] for i in range(9)) > 0)
    wrong = numbers | {i: numbers[i] * 10_000 for i in (0, 1, 2)}
    (story,) = Locator(SCHOOLS).stories(wrong)
    assert story.whole is not None
    assert story.whole.kind is Whole.SCALED
    assert {c.item: c.due for c in story.whole.changes} == {i: numbers[i] for i in (0, 1, 2)}


def test_rules_that_an_office_weighs_less_are_not_demanded() -> None:
    numbers = good() | {item("T3.r3.c7"): 99}
    lenient = Locator(ANNUAL, lambda rule: Severity.NOTE if rule.startswith("T3") else ANNUAL.rule(rule).severity)
    assert lenient.stories(numbers) == []


# ── In full, as a clerk reads it ─────────────────────────────────────────────


def told(section: str) -> list[str]:
    """Every finding of the filing that a section describes, in full."""
    given = dict(re.findall(r"^(T\S+) =(.*)$", section, re.MULTILINE))
    cells = read_tables((ROOT / "tests" / "cases" / "good.md").read_text(encoding="utf-8"))
    contents = {i.code: typed(cells[i.table.name, i.row.label, i.column.label]) for i in ANNUAL.items}
    filing = submission(ANNUAL, filled(ANNUAL, contents | {code: typed(text.strip()) for code, text in given.items()}))
    before = check([filing], Rulebook(ANNUAL))
    (after,) = locate(before, Rulebook(ANNUAL))
    assert_same_findings(before[0], after)
    return [
        f"→ {f.story or '–'} {(f.certainty and f.certainty.label) or '–'} {f.rule} {f.place}\n  {f.message}\n  {f.suggestion}"
        for f in after.findings
    ]


def assert_same_findings(before: Checked, after: Checked) -> None:
    """Nothing is found that was not found before, and nothing weighs differently."""

    def figures(checked: Checked) -> list[tuple[object, ...]]:
        return sorted((f.rule, f.place, f.filed, f.expected, f.severity) for f in checked.findings)

    assert figures(before) == figures(after)
    assert (before.state, before.reason, before.verdicts) == (after.state, after.reason, after.verdicts)
    numbers = [f.story for f in after.findings if f.story is not None]
    assert numbers == sorted(numbers), "the findings of a story stand together"
    firsts = {f.story: f for f in reversed(after.findings) if f.story is not None}
    assert sorted(firsts) == list(range(1, len(firsts) + 1))


def sections(text: str) -> Iterator[str]:
    yield from re.split(r"(?m)^(?=## )", text)[1:]


def bare(section: str) -> str:
    return re.sub(r"(?m)^(→|  ).*\n?", "", section).rstrip()


def test_the_examples_read_as_they_should(accept: bool) -> None:
    text = EXAMPLES.read_text(encoding="utf-8")
    now = re.split(r"(?m)^(?=## )", text)[0] + "\n".join(
        "\n".join([bare(section), "", *told(section)]) + "\n" for section in sections(text)
    )
    if accept:
        EXAMPLES.write_text(now, encoding="utf-8")
    assert now == EXAMPLES.read_text(encoding="utf-8")
