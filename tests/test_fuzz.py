"""A sample of the fuzzing that ``python -m tests.fuzz 20000`` does in full, and the cases that it once found."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import pytest

from tests import fuzz
from tests.fuzz import DIFFERENT, LOST, SAME, SILENT, Bench, Case, Verdict
from tests.grids import submission
from tests.layouts import reworded
from tests.mutations import BYTES, PARTS
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.office.settings import Limits

SAMPLE, SEED = 150, 2
ONCE_FOUND = [
    Case("xls", "byte_run", 10_000_094),  # no row label left: the reader of subtotals crashed
    Case("ods", "attribute_changed", 70_000_294),  # office:value=" 7 ", which only one reader takes for a number
    Case("ods", "attribute_added", 30_000_151),  # one label in 16,384 columns: 20 seconds were not enough
]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return fuzz.prepare(tmp_path_factory.mktemp("fuzz"))


@pytest.fixture(scope="module")
def verdicts(bench: Bench) -> Sequence[tuple[Case, Verdict]]:
    if missing := fuzz.MUTATIONS.keys() - bench.sources.keys():
        warnings.warn(f"without LibreOffice there is no {missing} to damage: NOT CHECKED", stacklevel=1)
    known = [case for case in ONCE_FOUND if case.source in bench.sources]
    return fuzz.run(
        [*known, *fuzz.cases(SAMPLE, SEED, list(bench.sources))], bench, Limits(workers=2, wall_seconds=600)
    )


def test_damage_never_makes_other_numbers(verdicts: Sequence[tuple[Case, Verdict]]) -> None:
    bad = [f"{case}: {verdict}" for case, verdict in verdicts if verdict.outcome in (DIFFERENT, LOST)]
    assert not bad, "\n".join(bad)


def test_a_label_damaged_wherever_it_stands_is_refused(bench: Bench) -> None:
    """What ``xls/byte_run/10000094`` comes to: the reader of subtotals once crashed on the table that was left."""
    sheets = read_sheets(bench.sources["xlsx"], Limits())
    damaged = [reworded(s, lambda t: t.replace("结果", "䷓朘", 1) if "维持" in t else t) for s in sheets]
    read = submission(bench.terms.form, damaged)
    assert "P-LABEL" in {finding.rule for finding in read.findings}


def test_the_sample_reaches_readers_and_refusals(verdicts: Sequence[tuple[Case, Verdict]]) -> None:
    outcomes = {verdict.outcome for _, verdict in verdicts}
    assert {SAME, "unreadable", "must"} <= outcomes
    changed = [case for case, verdict in verdicts if verdict.outcome != SAME]
    assert len(changed) > len(verdicts) // 3, "most mutations must hit something"


def test_only_formats_without_checksums_may_be_silent(verdicts: Sequence[tuple[Case, Verdict]]) -> None:
    assert {case.source for case, verdict in verdicts if verdict.outcome == SILENT} <= {"xls"}


def test_the_oracle_sees_a_wrong_number(bench: Bench) -> None:
    """A good file judged as the damaged one of a filing with another number is told apart."""
    code, (number, *place) = next(iter(bench.figures["xlsx"].items()))
    assert number is not None
    other = {**bench.figures["xlsx"], code: (number + 1, *place)}
    wrong = Bench(bench.sources, {"xlsx": other}, bench.terms, bench.folder)
    case = Case("xlsx", "something_after", 1)
    assert fuzz.judge(case, bench).outcome == SAME
    assert fuzz.judge(case, wrong).outcome == DIFFERENT  # type: ignore[arg-type]


def test_every_mutation_is_seeded(bench: Bench) -> None:
    for mutation in (*BYTES, *PARTS):
        case = Case("xlsx", mutation, 7)
        assert len(bench.content(case)) == len(bench.content(case))
    assert bench.content(Case("xlsx", "one_bit", 7)) == bench.content(Case("xlsx", "one_bit", 7))
    assert bench.content(Case("xlsx", "one_bit", 7)) != bench.content(Case("xlsx", "one_bit", 8))
