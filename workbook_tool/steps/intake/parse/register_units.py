"""In which unit the numbers of a list are: as the head of their column says, or the texts around the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.register import Register, RegisterColumn
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Content
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in
from workbook_tool.model.text import unglossed
from workbook_tool.steps.intake.parse.found_table import HEAD_ROWS, Statement
from workbook_tool.steps.intake.parse.labels import LONGEST_LABEL, Label
from workbook_tool.steps.intake.parse.register_heads import RegisterHead, Rows
from workbook_tool.steps.intake.parse.unit_words import is_known, scaled, without_currency
from workbook_tool.steps.intake.parse.units import (
    Odd,
    concerns,
    convertible,
    decide,
    for_period,
    is_money,
    scaled_as,
    statements,
)
from workbook_tool.steps.intake.parse.value import is_figure

OddUnits = dict[Odd, list[RegisterColumn]]
"""The units that are not the form's, and the columns that they are said of."""


def set_units(form: Form, register: Register, head: RegisterHead, rows: Rows, end: int) -> OddUnits:
    """Set the unit of every column of numbers, as the nearest text says it; tells those that are not the form's."""
    columns = [c for c in register.columns if c.kind == "number" and c.unit and c.id in head.columns]
    known = form.units | {column.unit for column in columns}
    above, below = above_head(head, rows), below_head(head, rows, end)
    odd: OddUnits = {}
    for column in columns:
        own, money = column.unit, is_money(column.unit)
        others = {scaled(other.unit)[1] for other in columns if other.unit != own}
        scopes = [*in_head(known, head, rows, column), *(statements(known, texts, money) for texts in (above, below))]
        stated = [[for_period(form, own, one) for one in scope] for scope in scopes]
        meant = [[one for one in scope if concerns(known, one, scope, own, others)] for scope in stated]
        decided = decide(own, meant)
        unit = decided.unit if decided and convertible(decided.unit, own) else ""
        head.units[column.id] = unit
        for one in dict.fromkeys(one for scope in meant for one in scope):
            if scaled_as(one.unit, own) != scaled(own):
                odd.setdefault(Odd(one, own, (), unit), []).append(column)
    return odd


def in_head(known: frozenset[str], head: RegisterHead, rows: Rows, column: RegisterColumn) -> Iterator[list[Statement]]:
    """The units in the head of a column, and in the captions over it, the lowest first."""
    at = head.columns[column.id]
    for text in reversed(head.paths[at]):
        row, left = max(
            (row, c)
            for row in range(head.bottom + 1)
            for c, content in rows.get(row, {}).items()
            if c <= at and content == text
        )
        gloss = without_currency(unglossed(text)[1])
        said = statements(known, [Label("", row, left, text)], is_money(column.unit))
        yield said or ([Statement(gloss, (row, left))] if is_known(gloss, known) else [])


def above_head(head: RegisterHead, rows: Rows) -> list[Label]:
    """The texts above a list, down from the last row of numbers."""
    found: list[Label] = []
    for row in range(head.top - 1, max(head.top - HEAD_ROWS, 0) - 1, -1):
        cells = rows.get(row, {})
        if sum(not isinstance(content, str) and is_figure(content) for content in cells.values()) > 1:
            break
        found += texts_in(cells, row)
    return found


def below_head(head: RegisterHead, rows: Rows, end: int) -> list[Label]:
    """The texts that stand alone in a row below the head: notes to the list, be it among its rows."""
    alone = (row for row in range(head.bottom + 1, end) if len(rows.get(row, {})) == 1)
    return [label for row in alone for label in texts_in(rows[row], row)]


def texts_in(cells: Mapping[int, Content], row: int) -> Iterator[Label]:
    """The short texts of a row."""
    for column, content in cells.items():
        if isinstance(content, str) and len(content) <= LONGEST_LABEL:
            yield Label("", row, column, content)


def unit_findings(rulebook: Rulebook, register: Register, head: RegisterHead, odd: OddUnits) -> Iterator[Finding]:
    """How the numbers were read of which another unit is said."""
    rule = rulebook.of_kind("row_text")
    for one, columns in odd.items():
        place, own = one.statement.place, one.own
        stated = cells_in(head.sheet.name, [place])
        if one.read and head.top <= place[0] <= head.bottom and len(columns) == 1:
            where = Where(register.name, "", columns[0].label, head.sheet.name, stated)
            said = f"{register.name}「{columns[0].label}」{where.in_file}表头写的单位是{one.statement.unit}，已换算为{own}。"
            yield rulebook.finding(rule, said, where)
            continue
        where = Where(register.name, sheet=head.sheet.name, cells=stated)
        names = "".join(f"「{column.label}」" for column in columns)
        said = f"{register.name}{where.in_file}写的单位是{one.statement.unit}，{names}应以{own}计，{how_read(one)}。"
        advice = f"请核对 {stated} 的单位和{names}各行的数，应以{own}计；不是的请改正后重新填报{'' if one.contested else '，或说明'}。"
        yield rulebook.plain(rule, said, advice, where, usually=Severity.MUST if one.contested else Severity.EXPLAIN)


def how_read(odd: Odd) -> str:
    """What became of the numbers."""
    if odd.contested:
        return f"表里又写了别的单位，断定不了是哪一个，暂按{odd.own}读取"
    if odd.converted:
        return f"已{'' if odd.read else f'按{odd.unit}'}换算为{odd.own}"
    return f"没有换算，按{odd.own}读取"
