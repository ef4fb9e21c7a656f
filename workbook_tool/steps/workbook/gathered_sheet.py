"""问题与举措: what the agencies' own reports say beside the tables, an agency in each row, with what they promised a year
ago beside it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from msgspec import Struct

from workbook_tool.model.form.texts import Gathered
from workbook_tool.model.season.agency import FiledAgency
from workbook_tool.model.season.last_year import Passages
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.headers import CODE
from workbook_tool.model.workbook.listing import Column, Listing
from workbook_tool.steps.workbook.lists import add_list
from workbook_tool.steps.workbook.plan import GATHERED, GREEN, Plan


class SaidLine(Struct, frozen=True):
    """What an agency's report says, and what its report of a year ago said."""

    record: FiledAgency
    said: Passages
    before: Passages


def add_gathered(book: Book, plan: Plan) -> None:
    """Add the sheet, where any report says something of it."""
    result = plan.result
    if not (result.form.texts and result.said):
        return
    last = result.run.last_year
    whole = [SaidLine(one, result.said.get(one.agency.code, {}), last.said_by(one.agency)) for one in result.filed]
    lines = [line for line in whole if line.said or line.before]
    columns = [column for one in result.form.texts.gathered for column in columns_of(one, lines, last.word)]
    listing = Listing[SaidLine](
        GATHERED,
        "tblGathered",
        (
            Column(CODE, "cell_center", (8, 25), lambda line: line.record.agency.code),
            Column("单位", "cell_wrap", (18, 30), lambda line: line.record.agency.name),
            *columns,
        ),
        frozen="单位",
    )
    add_list(
        book, listing, lines, f"{len(lines)} 家的报告文档，照录原文；号码已遮去。只报了表格的不在此列。", tab=GREEN
    )


def columns_of(one: Gathered, lines: list[SaidLine], last_year: str) -> list[Column[SaidLine]]:
    """The column of what is gathered, behind it that of what was promised a year ago; none where nobody says anything."""
    found = []
    if any(one.id in line.said for line in lines):
        found = [figure_column(one) if one.unit else passage_column(one.title, lambda line: line.said.get(one.id))]
    if one.promised and any(one.id in line.before for line in lines):
        found.append(passage_column(f"{last_year}的{one.title}", lambda line: line.before.get(one.id)))
    return found


def passage_column(title: str, value: Callable[[SaidLine], str | None]) -> Column[SaidLine]:
    """The column of what is told in words."""
    return Column(title, "cell_wrap", (24, 60), value)


def figure_column(one: Gathered) -> Column[SaidLine]:
    """The column of a figure."""
    title = f"{one.title}（{one.unit}）"
    return Column(title, "cell_number", 16, lambda line: Decimal(line.said[one.id]) if one.id in line.said else None)
