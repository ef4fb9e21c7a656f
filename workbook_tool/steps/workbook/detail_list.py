"""The columns of 单位明细 and 上年明细: who it is, then a column for each number of the form, headed by its code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.agency import FiledAgency
from workbook_tool.model.workbook.book import Value
from workbook_tool.model.workbook.headers import CODE, NAME, STATE
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.model.workbook.measure import text_width
from workbook_tool.steps.workbook.last_rows import LastRow
from workbook_tool.steps.workbook.number_roles import Marked, in_decimals, mark_of, number_role

DETAIL = "单位明细"
CATEGORY, PARENT = "类别", "上级"
CODE_ROW = 5
"""The header row of both; the labels of the numbers stand above it."""


def last_detail(form: Form) -> str:
    """The sheet with the numbers of a year ago."""
    return f"{form.period.year_ago}明细"


def state_now(form: Form) -> str:
    """The header there of where an agency stands now. It is not 状态: what reads last year's values out of a workbook must
    find them in 单位明细 alone."""
    return f"{form.period.this}状态"


class DetailLine(Struct, frozen=True):
    """A row of 单位明细: an agency with what it filed, the name of the one ``above`` it, its ``page``, and what marks each
    number."""

    record: FiledAgency
    above: str
    page: str
    marked: Mapping[int, Marked]

    def figure(self, item: Item) -> Value | ListCell:
        """A number, marked where a finding points to it or a reviewer corrected it, with why."""
        submission, marked = self.record.file.submission, self.marked.get(item.index)
        number = submission.number(item)
        if number is not None and marked is None and not submission.corrections:
            return number  # as most are, and it is asked a million times
        role, note = mark_of(submission, item, marked)
        return ListCell(number, in_decimals(role, item), note=note)


class LastLine(Struct, frozen=True):
    """A row of 上年明细: last year's numbers, the ``page`` and the ``state`` of the agency this year."""

    last: LastRow
    page: str
    state: ListCell

    def figure(self, item: Item) -> Value:
        """A number of last year; blank where there is none."""
        number = self.last.values.get(item.index)
        return None if number is None else as_decimal(number, item)


def detail_list(form: Form) -> Listing[DetailLine]:
    """单位明细 for this form."""
    who = (
        Column[DetailLine](CODE, "cell_center", 9, lambda line: line.record.agency.code, wraps=False),
        Column[DetailLine](NAME, "cell_link_left", (26, 34), lambda line: linked(line.record.agency.name, line.page)),
        Column[DetailLine](
            CATEGORY, "cell_center", 11, lambda line: line.record.agency.category, wraps=False, optional=True
        ),
        Column[DetailLine](PARENT, "cell_center", 11, lambda line: line.above, wraps=False, optional=True),
        Column[DetailLine](STATE, "cell_center", 9, lambda line: line.record.layer_state.label, wraps=False),
    )
    columns = (*who, *(detail_figures(form, item) for item in form.items))
    return Listing(DETAIL, "tblDetail", columns, frozen=STATE, top=CODE_ROW, lowest=19.0)


def last_list(form: Form) -> Listing[LastLine]:
    """上年明细 for this form."""
    who = (
        Column[LastLine](CODE, "cell_center", 9, lambda line: line.last.agency.code, wraps=False),
        Column[LastLine](NAME, "cell_wrap", (26, 34), lambda line: linked(line.last.agency.name, line.page)),
        Column[LastLine](
            CATEGORY, "cell_center", 11, lambda line: line.last.agency.category, wraps=False, optional=True
        ),
        Column[LastLine](state_now(form), "cell_center", 11, lambda line: line.state, wraps=False),
    )
    columns = (*who, *(last_figures(form, item) for item in form.items))
    return Listing(last_detail(form), "tblLastYear", columns, frozen=state_now(form), top=CODE_ROW, lowest=19.0)


def linked(name: str, page: str) -> ListCell:
    """A name that leads to the agency's page, where it has one."""
    return ListCell(name, "cell_link_left" if page else "", link=page)


def detail_figures(form: Form, item: Item) -> Column[DetailLine]:
    """The column of a number in 单位明细."""
    return Column(
        item.code, number_role(item), breadth(form, item), lambda line: line.figure(item), wraps=False, leads=False
    )


def last_figures(form: Form, item: Item) -> Column[LastLine]:
    """The column of a number in 上年明细."""
    return Column(
        item.code, number_role(item), breadth(form, item), lambda line: line.figure(item), wraps=False, leads=False
    )


def breadth(form: Form, item: Item) -> float:
    """How broad the column of a number is: the title of a table has no more room than its columns."""
    title = (text_width(item.table.title) + 2) / len(form.by_table[item.table.id])
    return max(10.0 if item.decimals else 7.0, min(round(title, 1), 16.0))


def name_width(names: Iterable[str], least: float, most: float) -> float:
    """So broad that most names take one line."""
    return min(max([least, *(text_width(name) + 3.5 for name in names)]), most)
