"""Lists are declared by their columns: these may be put in any order, and everything that refers to them follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import openpyxl
import pytest
from msgspec.structs import replace

from tests.grids import annual_report
from tests.seasons import Season, form, season
from workbook_tool.files.season.decisions import read_decisions
from workbook_tool.files.season.ledger import open_ledger
from workbook_tool.files.workbook.render import render
from workbook_tool.model.cells import position
from workbook_tool.model.form.check_code import shown
from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.workbook.book import Book, BookSheet
from workbook_tool.model.workbook.listing import Listing
from workbook_tool.model.workbook.measure import line_count
from workbook_tool.steps.workbook import (
    agencies,
    compose,
    corrections,
    findings,
    inbox,
    reminders,
    rules,
    score,
    versions,
)

__all__ = ["form", "season"]
LISTS = [
    agencies.AGENCY_LIST,
    corrections.CORRECTION_LIST,
    findings.FINDING_LIST,
    inbox.file_list(PeriodKind.YEAR),
    reminders.REMINDER_LIST,
    rules.RULE_LIST,
    score.SCORE_LIST,
    versions.version_list(20),
]
REFERENCE = re.compile(r"(?:'?([^'!(),=<>*]+)'?!)?(\$?\b[A-Z]{1,2}\$?[1-9]\d*\b)(?::(\$?[A-Z]{1,2}\$?[1-9]\d*))?")


@pytest.fixture
def week(season: Season) -> Season:
    """001 must change a total, 002 is in order, 003 has not filed."""
    season.happen("001 报：A.red.all=8")
    season.happen("002 报")
    season.run(date(2024, 2, 5))
    return season


def composed(week: Season) -> Book:
    assert week.outcome and week.outcome.result
    return compose(week.outcome.result)


def by_header(book: Book) -> dict[tuple[str, int, str], tuple[object, str, str]]:
    """Every cell below the header row of a list: value, formula and link, with headers for the columns of lists."""
    sheets = {sheet.name: sheet for sheet in book.sheets}
    found = {}
    for sheet in book.sheets:
        for cell in sheet.every_cell:
            if head := header(sheet, cell.row, cell.column):
                formula = REFERENCE.sub(lambda m, home=sheet: said(m, sheets, home), cell.formula)
                found[sheet.name, cell.row, head] = (cell.value, formula, cell.link)
    return found


def header(sheet: BookSheet, row: int, column: int) -> str:
    """The header over a cell of a list; the row below belongs to it too, where a range of one row ends."""
    for listed in sheet.lists:
        if listed.first[0] < row <= listed.last[0] + 1 and listed.first[1] <= column <= listed.last[1]:
            return listed.headers[column - listed.first[1]]
    return ""


def said(match: re.Match[str], sheets: dict[str, BookSheet], home: BookSheet) -> str:
    """A cell or a range by the headers of the columns that it names, where these stand in a list."""
    sheet = sheets.get(match[1], home) if match[1] else home
    ends = [position(end.replace("$", "")) for end in match.groups()[1:] if end]
    return f"{sheet.name}!" + ":".join(f"{header(sheet, *place) or place[1]}{place[0]}" for place in ends)


def reverse(monkeypatch: pytest.MonkeyPatch) -> None:
    """问题清单 and 报送情况 with their columns from right to left."""
    for module, name in ((findings, "FINDING_LIST"), (rules, "FINDING_LIST"), (agencies, "AGENCY_LIST")):
        listing = getattr(module, name)
        monkeypatch.setattr(module, name, replace(listing, columns=listing.columns[::-1]))


@pytest.mark.parametrize("listing", LISTS, ids=lambda listing: listing.sheet)
def test_no_two_columns_of_a_list_have_one_header(listing: Listing[object]) -> None:
    assert len(listing.places) == len(listing.columns)
    assert listing.frozen in listing.places
    assert listing.paper in ("", *listing.headers)


def test_a_column_that_moves_takes_along_what_refers_to_it(week: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    before = by_header(composed(week))
    reverse(monkeypatch)
    after = by_header(composed(week))
    assert before == after
    assert after["问题清单", 4, "差额"][1] == "=ROUND(问题清单!填报值4-问题清单!应为4,6)"
    assert "问题清单!代码4" in after["报送情况", 4, "必须改"][1]


def test_decisions_are_read_back_wherever_their_columns_stand(week: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    reverse(monkeypatch)
    week.settings.decisions.mkdir()
    path = week.settings.decisions / "意见.xlsx"
    render(composed(week), path)
    book = openpyxl.load_workbook(path)
    for sheet, words in (("问题清单", "备注"), ("报送情况", "审核备注")):
        columns = {cell.value: cell.column for cell in book[sheet][4]}
        assert columns["单位"] > columns["处理意见"]
        book[sheet].cell(5, columns["处理意见"]).value, book[sheet].cell(5, columns[words]).value = "退回", "附件缺页"
    book.save(path)
    assert list(typed(week)) == [("001|2023|SUM|A.red.all", "退回", "附件缺页"), ("001|2023|file", "退回", "附件缺页")]


def typed(week: Season) -> Iterator[tuple[str, str, str]]:
    with open_ledger(week.settings.ledger) as ledger:
        reviewed = read_decisions(week.settings, ledger.reviews())
    for workbook in reviewed:
        for one in workbook.typed:
            yield one.decision.key, one.decision.opinion.value, one.decision.remark


ACROSS, UNIT = 792, 5.25
"""The breadth of A4 between our margins, in points, and that of a unit of a column."""


@pytest.mark.parametrize("listing", LISTS[:-1], ids=lambda listing: listing.table)
def test_no_list_prints_too_small_to_read(listing: Listing[object]) -> None:
    printed = listing.columns[: listing.edge + 1]
    broad = UNIT * sum(column.limits[0] for column in printed if not (column.hidden or column.folded))
    assert broad * 0.7 <= ACROSS


def test_a_check_code_takes_one_line() -> None:
    (column,) = (column for column in agencies.AGENCY_LIST.columns if column.header == "校验码")
    assert line_count(shown("422722"), column.limits[0], agencies.AGENCY_LIST.size) == 1


def test_who_did_not_sign_is_told_where_somebody_did() -> None:
    """A note that says of every agency that nobody did says nothing, and a thousand of them take long to open."""
    steps = [field.id for field in annual_report().cover if field.kind == "sign"]

    def told(*signed: str) -> tuple[object, int]:
        identity = SimpleNamespace(signed=signed)
        file = SimpleNamespace(submission=SimpleNamespace(relay=None, identity=identity))
        line = SimpleNamespace(plan=SimpleNamespace(form=annual_report()), record=SimpleNamespace(file=file))
        cell = agencies.AgencyLine.signed.fget(line)  # type: ignore[attr-defined]
        return cell.value, cell.note.count("、") + 1 if cell.note else 0

    assert [told(), told(*steps[:1]), told(*steps)] == [("0/4", 0), ("1/4", 3), ("4/4", 0)]
