"""The texts and dates beside the numbers of a table: read as they stand, asked for where they may not be left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from msgspec.structs import replace

from workbook_tool.model.form.items import Item
from workbook_tool.model.form.register import RegisterColumn, as_column
from workbook_tool.model.intake.records import out_of_turn, words_of
from workbook_tool.model.intake.submission import Content, Reading, ReadingState, Sheet
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.text import shortened
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.register_cells import BLANK, DASHES, Told, read_day, read_row_cell
from workbook_tool.steps.intake.parse.value import BLANK_MARKS, is_figure

NO_DATE = "应为日期，如 2024-3-31"
RULES = {
    "row_type": ("type", "请改正 {cell}。"),
    "row_text": ("text", "请核对 {cell}；下次请按所要求的内容填写。"),
    "formula": ("formula", "请用 Excel 或 WPS 打开文件，核对 {cell} 后重新保存。"),
    "struck": ("struck", "请在 {cell} 只留下正确的内容，去掉删除线和上标。"),
}
"""What is said of a cell of a list: the rule that says it of one of a table, and what to do there."""
MISSING = Reading(ReadingState.MISSING)


def read_remarks(rulebook: Rulebook, found: FoundTable, remarks: dict[int, Reading]) -> list[Finding]:
    """Put what stands at the places of a table where it belongs; what is missing, and what is no date, is told."""
    findings = []
    for index, place in found.remarks.items():
        item = rulebook.form.cells[index]
        reading, told_of = read_remark(found.sheet, place, item)
        remarks[index] = reading
        if reading.state is ReadingState.BLANK and not item.optional and is_asked(rulebook, found, item):
            findings.append(told(rulebook, item, reading, "blank", "空白", "请补填 {cell}。"))
        elif told_of.problem:
            said = f"填“{shortened(text_of(found.sheet.cells.get(place)))}”" + (
                f"，{told_of.why}" if told_of.why else ""
            )
            rule, advice = RULES[told_of.problem]
            advice = "请把 {cell} 改为日期。" if item.kind == "date" else advice
            findings.append(told(rulebook, item, reading, rule, said, advice))
    return [*findings, *turn_findings(rulebook, found, remarks)]


def turn_findings(rulebook: Rulebook, found: FoundTable, remarks: Mapping[int, Reading]) -> Iterator[Finding]:
    """What is to be said of choices that may not follow what is chosen in the row, or the column, that they depend on."""
    items = {(item.row.id, item.column.id): item for item in map(rulebook.form.cells.__getitem__, found.remarks)}
    for item in items.values():
        line, reading = item.asked, remarks[item.index]
        across = (item.row.id, line.depends) if line is item.column else (line.depends, item.column.id)
        on = items.get(across) if line.depends else None
        if on and reading.state is remarks[on.index].state is ReadingState.TEXT:
            (rule, advice), chosen = RULES["row_type"], remarks[on.index].shown
            if said := out_of_turn(as_column(item), on.asked.label, chosen, reading.shown):
                yield told(rulebook, item, reading, rule, said, advice)


def is_asked(rulebook: Rulebook, found: FoundTable, item: Item) -> bool:
    """Whether its row holds a number, or has no place for one, as a question of a card; what is to be said of a row that
    lacks its numbers is said of them."""
    numbers = ((rulebook.form.items[index], place) for index, place in found.places.items())
    row = [place for one, place in numbers if one.block is item.block and one.row is item.row]
    return not row or any(is_figure(found.sheet.cells.get(place)) for place in row)


def read_remark(sheet: Sheet, place: tuple[int, int], item: Item) -> tuple[Reading, Told]:
    """What stands at one place, and what is to be said of it. A mark for nothing is nothing; 无 is an answer in words."""
    if item.kind not in ("text", "date") or item.asked.pattern:
        return read_answer(sheet, place, as_column(item))
    content = sheet.cells.get(place)
    shown = text_of(content)
    if not shown or shown in (DASHES if item.kind == "text" else BLANK_MARKS):
        return Reading(ReadingState.BLANK, None, "", sheet.name, place), BLANK
    if item.kind == "text":
        return Reading(ReadingState.TEXT, None, shown, sheet.name, place), BLANK
    day = read_day(content).held if content is not None else None
    if not isinstance(day, int):
        return Reading(ReadingState.UNUSABLE, None, shown, sheet.name, place), Told(None, "row_type", NO_DATE)
    return Reading(ReadingState.TEXT, day, date.fromordinal(day).isoformat(), sheet.name, place), BLANK


def read_answer(sheet: Sheet, place: tuple[int, int], column: RegisterColumn) -> tuple[Reading, Told]:
    """The same of an answer that is read as in a list: chosen, yes or no, or of a pattern."""
    content = sheet.cells.get(place)
    said = read_row_cell(content, sheet.looks.get(place), column)
    if said.held is None:
        state, shown = (ReadingState.UNUSABLE, text_of(content)) if said.problem else (ReadingState.BLANK, "")
    else:
        state, shown = ReadingState.TEXT, words_of(column, said.held)
    return Reading(state, None, shown, sheet.name, place), said


def text_of(content: Content | None) -> str:
    """The content as a text."""
    if content is None:
        return ""
    if isinstance(content, float) and content.is_integer():
        return str(int(content))
    if isinstance(content, date):
        return f"{content:%Y-%m-%d}"
    return str(getattr(content, "text", content)).strip()


def told(rulebook: Rulebook, item: Item, reading: Reading, kind: str, said: str, advice: str) -> Finding:
    """What is to be said of one text or date."""
    where = Where.of([item], reading.sheet, [reading.place] if reading.place else [])
    finding = rulebook.plain(
        rulebook.of_kind(kind), f"{item.label}{where.in_file}{said}。", advice.format(cell=where.cells), where
    )
    return replace(finding, item=None)
