"""Reads the lists of a form from the sheets of a file: which heads are whose, and how far down each goes."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from workbook_tool.model.form.register import Register
from workbook_tool.model.intake.records import RecordList
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Sheet
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import TEXT
from workbook_tool.steps.intake.parse.arithmetic import Arithmetic
from workbook_tool.steps.intake.parse.register_blocks import Claim, overlap, side_by_side
from workbook_tool.steps.intake.parse.register_found import above_findings, head_findings, headless, other_periods
from workbook_tool.steps.intake.parse.register_heads import MUCH_ALIKE, RegisterHead, Rows, find_heads, fit, rows_of
from workbook_tool.steps.intake.parse.register_reader import Read, RegisterReader
from workbook_tool.steps.intake.parse.register_units import (
    Elsewhere,
    ListPage,
    parted,
    set_units,
    texts_in,
    unit_findings,
    unstated_findings,
)
from workbook_tool.steps.intake.parse.unit_words import said_in, words_of
from workbook_tool.steps.intake.parse.value import is_figure


def read_registers(
    sheets: Sequence[Sheet], rulebook: Rulebook, arithmetic: Arithmetic, names: Sequence[str] = ()
) -> Read:
    """Every list of the form, wherever in the file it stands; one may go on from sheet to sheet. ``names`` are those of the
    agency."""
    form = rulebook.form
    if not form.registers:
        return Read()
    counted = {table.name for table in form.tables if table.id in form.counted}
    present = [(sheet, rows_of(sheet)) for sheet in sheets if sheet.name not in (IDENTITY_SHEET, *counted)]
    claims = side_by_side(
        [
            (register, head, rows)
            for register in form.registers
            for sheet, rows in present
            for head in find_heads(register, sheet, rows)
        ]
    )
    heads = [head for register, head, _ in claims if belongs(register, head, claims)]
    around, read = Surroundings(heads, (form.title, *names), elsewhere(present, heads)), Read()
    for register in form.registers:
        own = [(head, rows) for one, head, rows in claims if one is register and belongs(one, head, claims)]
        read_register(rulebook, register, own, around, arithmetic, read)
        headed = {head.sheet.name for _, head, _ in claims}
        others = [(sheet, rows) for sheet, rows in present if sheet.name not in headed]
        read.findings += headless(rulebook, register, [head for head, _ in own if head.readable], others)
    return read


def head_rows(registers: Sequence[Register], sheet: Sheet) -> range | None:
    """The rows of the first head in a sheet that is meant as that of one of these lists."""
    rows = rows_of(sheet)
    heads = ((one, head) for one in registers for head in find_heads(one, sheet, rows))
    meant = (head for one, head in heads if head.readable or head.share(one) >= MUCH_ALIKE)
    return next((range(head.top, head.bottom + 1) for head in meant), None)


class Surroundings(Struct, frozen=True):
    """What stands around the lists of a file: every ``head`` that is of one, what the form and the agency are called
    (``names``), and what other sheets say that may be about them (``elsewhere``)."""

    heads: Sequence[RegisterHead]
    names: Sequence[str]
    elsewhere: Elsewhere


def elsewhere(present: Sequence[tuple[Sheet, Rows]], heads: Sequence[RegisterHead]) -> Elsewhere:
    """The paragraphs of a document; of a workbook what sheets without a table say of units, as a cover does."""
    found = []
    for sheet, rows in present:
        text = bool(sheet.document) and sheet.name == TEXT
        figured = any(sum(map(is_figure, cells.values())) > 1 for cells in rows.values())
        if text or not (sheet.document or figured or any(head.sheet is sheet for head in heads)):
            labels = [label for row, cells in rows.items() for label in texts_in(cells, row)]
            found.append((sheet.name, [one for one in labels if text or words_of(one.text) or said_in(one.text)]))
    return [(name, labels) for name, labels in found if labels]


def belongs(register: Register, head: RegisterHead, claims: Sequence[Claim]) -> bool:
    """Whether no other list of the form fits a head better: lists may share most of their columns."""
    rivals = ((other, one) for other, one, _ in claims if overlap(one, head))
    here = [(fit(other, one), other) for other, one in rivals]
    return max(here, key=lambda pair: pair[0])[1] is register


def read_register(
    rulebook: Rulebook,
    register: Register,
    heads: Sequence[tuple[RegisterHead, Rows]],
    around: Surroundings,
    arithmetic: Arithmetic,
    read: Read,
) -> None:
    """Read one list from the heads that are its own, each down to the next head of any list. Where some of them
    can be read, one that cannot be is another list that looks like it: that is told, and not read."""
    filled = [(h, rows) for h, rows in heads if any(row > h.bottom for row in rows)] or list(heads[:1])
    readable = [(head, rows) for head, rows in filled if head.readable]
    weaker = [head for head, _ in filled if not head.readable] if readable else []
    read.findings += head_findings(rulebook, register, [head for head, _ in readable or filled], weaker)
    read.findings += other_periods(rulebook, register, readable)
    if not readable:
        read.unread += any(head.share(register) >= MUCH_ALIKE for head, _ in filled)
        read.lists.append(RecordList(register.id, found=False))
        return
    reader = RegisterReader(rulebook, register, arithmetic, read)
    pages = [page_of(head, rows, around) for head, rows in readable]
    units = set_units(rulebook.form, register, pages)
    for page in pages:
        first = not any(head.sheet is page.head.sheet and head.top < page.head.top for head in around.heads)
        read.findings += above_findings(rulebook, register, page.head, page.rows) if first else []
        reader.take(page, around.names)
    reader.finish()
    read.lists.append(RecordList(register.id, tuple(reader.records), denied=reader.denied))
    read.findings += unit_findings(rulebook, register, units)
    read.findings += unstated_findings(rulebook, register, units, pages, reader.records)
    read.findings += reader.hidden_findings()


def page_of(head: RegisterHead, rows: Rows, around: Surroundings) -> ListPage:
    """A head with what belongs to it, down to the next one in its sheet."""
    beside = [other for other in around.heads if other.sheet is head.sheet]
    above = max((other.bottom for other in beside if other.bottom < head.top), default=None)
    below = min((other.top for other in beside if other.top > head.bottom), default=None)
    start = 0 if above is None else parted(rows, above, head.top)
    end = max(rows) + 1 if below is None else below
    foot = end if below is None else parted(rows, head.bottom, below)
    folded = any(head.goes_on_in(other) for other in beside)
    return ListPage(head, rows, start, foot, end, below is not None, around.elsewhere, folded)
