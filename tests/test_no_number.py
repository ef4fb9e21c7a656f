"""Promise 13: an error cell, an uncomputed formula, NaN or a hidden row is never counted as blank or 0, whatever the cover
or the configuration says of blanks, in any format."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests.grids import annual_report, filled, submission, year, zeros
from tests.hostile_filings import good
from tests.office_tools import converted, needs_office
from tests.offices import CASES
from tests.tables import put
from tests.workbooks import changed
from workbook_tool import checking
from workbook_tool.files.intake.engine import InProcess
from workbook_tool.files.office.roster import load_roster
from workbook_tool.intake import Terms
from workbook_tool.model.intake.submission import Content, ErrorValue, Sheet, Uncomputed
from workbook_tool.model.judging.rulebook import Policy, Rulebook
from workbook_tool.model.office.settings import Limits
from workbook_tool.model.season.filing import Filing
from workbook_tool.steps.judging.check import check

FORM = annual_report()
CODE = "T4.e.g2"
CLERKS = {
    "as issued": (Policy(), ()),
    "nil on the cover": (Policy(), ("T4",)),
    "blanks are 0": (Policy(blank_is_zero=True), ()),
    "marks are 0": (Policy(zero_marks=("—", "0")), ("T4",)),
    "all of it": (Policy(blank_is_zero=True, zero_marks=("—", "#N/A")), ("T2", "T3", "T4")),
}
NO_NUMBERS: dict[str, tuple[Content, str]] = {
    "#REF!": (ErrorValue("#REF!"), "must V-TYPE"),
    "#N/A": (ErrorValue("#N/A"), "must V-TYPE"),
    "#DIV/0!": (ErrorValue("#DIV/0!"), "must V-TYPE"),
    "no name": (ErrorValue(""), "must V-TYPE"),
    "a formula that nobody computed": (Uncomputed("VLOOKUP(A1,B:C,2)"), "explain V-FORMULA"),
    "one over a blank": (Uncomputed("SUM(Z98:Z99)"), "explain V-FORMULA"),
    "one over an error": (Uncomputed("A1"), "explain V-FORMULA"),
    "one that is not told": (Uncomputed(""), "explain V-FORMULA"),
    "NaN": (float("nan"), "must V-TYPE"),
    "infinity": (float("inf"), "must V-TYPE"),
    "false": (False, "must V-TYPE"),
    "a day": (date(1900, 1, 1), "must V-TYPE"),
}


@pytest.mark.parametrize("clerk", CLERKS)
@pytest.mark.parametrize("name", NO_NUMBERS)
def test_what_is_no_number_is_neither_blank_nor_0(name: str, clerk: str) -> None:
    (content, said), (policy, nil) = NO_NUMBERS[name], CLERKS[clerk]
    two, three, four = filled(FORM, {**zeros(FORM), CODE: content})
    read = submission(FORM, [two, three, Sheet(four.name, {(0, 30): ErrorValue("#REF!"), **four.cells})], policy, nil)
    reading = read.readings[FORM.by_code[CODE].index]
    assert (reading.state, reading.number, reading.signed_nil) == ("unusable", None, False)
    assert [f"{f.severity.value} {f.rule}" for f in read.findings] == [said]
    (checked,) = check([read], Rulebook(FORM, policy))
    assert checked.state.value == {"must": "returned", "explain": "held"}[said.split()[0]]
    over = [rule for rule, counts in checked.verdicts.items() if rule.startswith("T4") and counts.get("undecided", 0)]
    assert over, "a rule that needs this number is undecided"


@pytest.mark.parametrize("clerk", CLERKS)
def test_a_hidden_number_counts_as_itself_and_is_told(clerk: str) -> None:
    policy, nil = CLERKS[clerk]
    two, three, four = filled(FORM, {**zeros(FORM), CODE: 7.0})
    row = next(place[0] for place, content in four.cells.items() if content == 7.0)
    for hidden in (
        Sheet(four.name, four.cells, hidden_rows=frozenset({row})),
        Sheet(four.name, four.cells, hidden=True),
    ):
        read = submission(FORM, [two, three, hidden], policy, nil)
        assert read.readings[FORM.by_code[CODE].index].number == 7
        assert [f.rule for f in read.findings] == ["P-HIDDEN"]


def filing(path: Path, content: str) -> Path:
    """A good filing in which this stands in one cell of table 4, though the cover says that there is nothing in it."""
    book = openpyxl.load_workbook(io.BytesIO(good("020")))
    book["表四"]["G9"] = content
    put(book, "COVER_nil_t4", "是")
    book.save(path)
    return path


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Filing]:
    """One with an error cell and one with a formula that nobody computed, in every format that LibreOffice saves."""
    folder = tmp_path_factory.mktemp("filings")
    wrong, bare = filing(folder / "error.xlsx", "=1/0"), filing(folder / "formula.xlsx", "=LEN(A1)*0")
    saved = dict[str, Path]()
    for kind in ("xlsx", "xls", "ods"):
        saved[f"error {kind}"], saved[f"formula {kind}"] = converted([wrong, bare], kind, folder / kind)
    saved["formula xlsx"] = bare
    ods = saved["formula ods"]
    ods.write_bytes(without_result(ods.read_bytes()))
    terms = Terms(FORM, load_roster(CASES / "roster.csv"), year(2023), Policy(blank_is_zero=True), Limits(workers=1))
    records = dict(zip(saved, checking.check_files(list(saved.values()), terms, engine=InProcess), strict=True))
    return {name: record for name, record in records.items() if isinstance(record, Filing)}


@needs_office
@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_an_error_cell_is_returned_in_every_format(kind: str, judged: dict[str, Filing]) -> None:
    record = judged[f"error {kind}"]
    assert record.state.value == "returned"
    assert ("must", "V-TYPE", "G9", "是错误值 #DIV/0!") in told(record)


@needs_office
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_formula_without_its_result_is_held_in_every_format(kind: str, judged: dict[str, Filing]) -> None:
    record = judged[f"formula {kind}"]
    assert record.state.value == "held"
    assert ("explain", "V-FORMULA", "G9", "") in told(record)


def without_result(content: bytes) -> bytes:
    """The .ods, its formula there but what came out of it not."""
    cell = re.compile(rb'(<table:table-cell[^>]*table:formula="of:=LEN[^"]*")[^>]*>.*?</table:table-cell>', re.DOTALL)
    return changed(content, "content.xml", lambda data: cell.sub(rb"\1/>", data))


def told(record: Filing) -> set[tuple[str, str, str, str]]:
    """Severity, rule, cell and the reason in the message, where it gives one."""
    return {
        (f.severity.value, f.rule, f.cell, (re.search(r"是错误值 [^，。]*", f.message) or [""])[0])
        for f in record.checked.findings
    }
