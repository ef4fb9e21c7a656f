"""Explanations: what an agency says about its problems (出错说明), from any sheet that has the columns for it.

Such a sheet is put aside before anything else is read, so that its figures and names never count as the form's. What a
clerk types is taken as it comes: a place or rule that is not known is told with the words, and never an error.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.cells import position
from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.explanation import (
    CELL_HEAD,
    EXPLANATIONS_SHEET,
    MARKER,
    RETURN_SHEET,
    RULE_HEAD,
    SHEET_HEAD,
    WORDS_HEAD,
    Explanation,
)
from workbook_tool.model.intake.records import RecordList, key_of
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Content, Place, Reading, Sheet
from workbook_tool.model.regex import regex
from workbook_tool.model.text import label_key, squash

HEADS = (RULE_HEAD, SHEET_HEAD, CELL_HEAD, WORDS_HEAD)
LONGEST_HEAD = 20
LABELS_OF_A_TABLE = 3
"""So many labels of the form beside the explanations make a sheet one of the form's all the same."""
MOST = 500
"""Nobody explains more in one file."""
CELLS = regex(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})(?:\s*[:~至到—–-]\s*\$?([A-Z]{1,3})\$?([1-9]\d{0,6}))?")
BRACKETS = regex(r"[()\[\]〔〕【】!]")


class TypedLine(Struct, frozen=True):
    """A line as the agency typed it."""

    rule: str
    sheet: str
    cell: str
    text: str


def put_aside(sheets: Sequence[Sheet], form: Form) -> tuple[list[Sheet], list[TypedLine]]:
    """The sheets that are to be read as the form, and the lines of explanation that stood beside them.

    What stands above the explanations is kept where it is a table of the form.
    """
    kept: list[Sheet] = []
    said: list[TypedLine] = []
    for sheet in sheets:
        heads = [] if sheet.name == IDENTITY_SHEET else heads_of(sheet)
        if not heads and squash(sheet.name) not in (EXPLANATIONS_SHEET, RETURN_SHEET):
            kept.append(sheet)
            continue
        for (row, columns), (end, _) in pairwise((*heads, (last_row(sheet) + 1, {}))):
            said += lines(sheet, columns, range(row + 1, end))
        above = {place: c for place, c in sheet.cells.items() if not heads or place[0] < heads[0][0]}
        if len(form.line_keys & {label_key(c) for c in above.values() if isinstance(c, str)}) >= LABELS_OF_A_TABLE:
            kept.append(replace(sheet, cells=above))
    return kept, said[:MOST]


def last_row(sheet: Sheet) -> int:
    """The last row with any content; 0 where there is none."""
    return max((row for row, _ in sheet.cells), default=0)


def heads_of(sheet: Sheet) -> list[tuple[int, dict[str, int]]]:
    """The rows that head explanations, each with the column of every head."""
    rows: dict[int, dict[str, int]] = defaultdict(dict)
    for (row, column), text in sheet.texts.items():
        if len(text) <= LONGEST_HEAD:
            head = head_of(text)
            if head in HEADS:
                rows[row].setdefault(head, column)
    return sorted((row, columns) for row, columns in rows.items() if len(columns) == len(HEADS))


@lru_cache(maxsize=1 << 14)
def head_of(text: str) -> str:
    """What a text is called as a head, without what stands in brackets behind it."""
    return squash(re.sub(r"[(（].*", "", text))


def lines(sheet: Sheet, columns: dict[str, int], rows: Iterable[int]) -> Iterator[TypedLine]:
    """The rows in which something is explained."""
    filled = {row for row, column in sheet.cells if column == columns[WORDS_HEAD]}
    for row in rows:
        if row in filled:
            told = TypedLine(*(words(sheet.cells.get((row, columns[head]))) for head in HEADS))
            if told.text:
                yield told


def words(content: Content | None) -> str:
    """A cell as words: a number or a date that stands for some too."""
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    return str(content).strip() if isinstance(content, (str, int, float, date)) else ""


def explanations(
    said: Sequence[TypedLine],
    form: Form,
    readings: Sequence[Reading],
    lists: Sequence[RecordList] = (),
    problems: Collection[tuple[str, str]] = (),
) -> tuple[Explanation, ...]:
    """The lines as explanations: by rule, and by the number, or the record of a list, that was read in the cell which they
    name. ``problems`` are the records with a problem, with its rule: where the rule that is named has none with the record
    in that cell, rows were put in or taken out since, and what is said is about the rule."""
    found = []
    for line in said:
        rules, items = rules_of(line.rule, form), items_of(line, form, readings)
        if not items and (records := records_of(line, form, lists)):
            for rule in rules or [""]:
                hits = [record for record in records if not rule or (rule, record) in problems]
                found += [Explanation(rule, None, line.text, record) for record in hits or [""]]
            continue
        unknown = [f"规则 {line.rule}"] if line.rule and not rules else []
        unknown += [" ".join(filter(None, (line.sheet, line.cell)))] if line.cell and not items else []
        text = f"（{'，'.join(unknown)}）{line.text}" if unknown else line.text
        found += [Explanation(rule, item, text) for rule in rules or [""] for item in items or [None]]
    return tuple(dict.fromkeys(found))


def noted(sheets: Sequence[Sheet], readings: Sequence[Reading]) -> tuple[Explanation, ...]:
    """What the agency noted on the cells of its numbers, as comments; our own notes of an earlier round are none of its
    words."""
    notes = {
        (sheet.name, place): text.partition(MARKER)[0].strip()
        for sheet in sheets
        for place, text in sheet.notes.items()
    }
    told = (
        (index, notes.get((reading.sheet, reading.place))) for index, reading in enumerate(readings) if reading.place
    )
    return tuple(Explanation("", index, f"批注：{text}") for index, text in told if text)


def rules_of(typed: str, form: Form) -> list[str]:
    """The rules that a cell names, by id or title."""
    text = key(typed)
    found = {rule.id: key(rule.id) for rule in form.rules if key(rule.id) in text}
    longest = [rule for rule, own in found.items() if not any(own in other != own for other in found.values())]
    return longest or [rule.id for rule in form.rules if key(rule.title) == text]


def items_of(line: TypedLine, form: Form, readings: Sequence[Reading]) -> list[int | None]:
    """The numbers that stand in the cells which a line names: ``D10``, ``D10,J10``, ``D10:E12``, ``表三!D10``."""
    before, mark, after = unicodedata.normalize("NFKC", line.cell).upper().rpartition("!")
    areas = [corners(*found) for found in CELLS.findall(after)]
    sheets = sheets_named(line.sheet or (before if mark else ""), line, form, readings)
    return [
        index
        for index, reading in enumerate(readings)
        if reading.place and reading.sheet in sheets and any(inside(reading.place, *area) for area in areas)
    ]


def records_of(line: TypedLine, form: Form, lists: Sequence[RecordList]) -> list[str]:
    """The records whose rows a line names, by their fingerprints: ``D10``, ``D10:D12``, ``台账!D10``."""
    before, mark, after = unicodedata.normalize("NFKC", line.cell).upper().rpartition("!")
    areas = [corners(*found) for found in CELLS.findall(after)]
    rows = {row for (first, _), (last, _) in areas for row in range(first, min(last, first + MOST) + 1)}
    named = key(line.sheet or (before if mark else ""))
    registers = {register.id: register for register in form.registers}
    there = [(one, record) for one in lists for record in one.records if record.row in rows]
    sheets = {record.sheet for one in lists for record in one.records}
    meant = {sheet for sheet in sheets if key(sheet) == named} or (sheets if not named and len(sheets) == 1 else set())
    return [key_of(registers[one.register], record) for one, record in there if record.sheet in meant]


def corners(column: str, row: str, to_column: str, to_row: str) -> tuple[Place, Place]:
    """The first and last cell of an area, whichever corner was typed first; of a single cell both are that cell."""
    one, other = position(column + row), position((to_column or column) + (to_row or row))
    return (min(one[0], other[0]), min(one[1], other[1])), (max(one[0], other[0]), max(one[1], other[1]))


def inside(place: Place, first: Place, last: Place) -> bool:
    """Whether a cell lies in the area between two corners."""
    return first[0] <= place[0] <= last[0] and first[1] <= place[1] <= last[1]


def sheets_named(typed: str, line: TypedLine, form: Form, readings: Sequence[Reading]) -> set[str]:
    """The sheets of the file that a name means: its own, that of a table so named, or the one it is part of. Without a
    name, those of the rule's table; of several sheets nobody could tell which."""
    tables = {(r.sheet, item.table.id) for item, r in zip(form.items, readings, strict=True) if r.place}
    there = {sheet for sheet, _ in tables}
    if not typed:
        about = {form.rule(rule).table for rule in rules_of(line.rule, form)}
        return {sheet for sheet, table in tables if table in about} or (there if len(there) == 1 else set())
    name = key(typed).removeprefix("工作表")
    exact = {sheet for sheet in there if key(sheet) == name}
    meant = {table.id for table in form.tables if name in (key(table.name), key(table.title))}
    exact = exact or {sheet for sheet, table in tables if table in meant}
    within = {sheet for sheet in there if name and (key(sheet) in name or name in key(sheet))}
    return exact or (within if len(within) == 1 else set())


def key(text: str) -> str:
    """What two spellings of a sheet or a rule have in common."""
    return BRACKETS.sub("", squash(text)).casefold()
