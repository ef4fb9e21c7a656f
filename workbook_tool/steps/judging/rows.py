"""Judges lists row by row: what follows from other columns, the rules of every row, and records that are there twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from workbook_tool.model.cells import areas
from workbook_tool.model.form.condition import Condition, Facts, Row, Worth, worth
from workbook_tool.model.form.register import Register, RegisterColumn, RowRule
from workbook_tool.model.form.rules import KINDS
from workbook_tool.model.intake.records import Held, Record, RecordList, key_of, name_of_record, words_of, worth_of
from workbook_tool.model.judging.finding import Finding, RecordSpot, Where
from workbook_tool.model.judging.row_note import RowNote
from workbook_tool.model.judging.rulebook import Rulebook

ONE_BY_ONE = 6
"""Up to so many cells of one column are told one by one; more of them in one line, with their rows named."""
NAMED_ROWS = 12


def judge_rows(
    lists: Sequence[RecordList], notes: Sequence[RowNote], rulebook: Rulebook, facts: Facts
) -> tuple[tuple[RecordList, ...], list[Finding]]:
    """The lists with what follows in each row filled in, and everything that is to be said of their rows; ``notes`` are
    what the reading said."""
    judged, told = [], list(notes)
    for one in lists:
        register = next(r for r in rulebook.form.registers if r.id == one.register)
        records = []
        for record in one.records:
            record, said = complete(register, record, facts)
            records.append(record)
            told += said
            told += [note for rule in register.rules if (note := hold(register, record, rule, facts))]
            told += out_of_turn(register, record)
        told += twice(register, records)
        judged.append(replace(one, records=tuple(records)))
    return tuple(judged), findings_of(told, rulebook)


def reader(register: Register, record: Record) -> Row:
    """What the columns of a record say, for conditions."""
    columns, places, values = register.by_id, register.places, record.values
    return lambda id: worth_of(columns[id], values[places[id]])


def unread_of(condition: Condition, register: Register, record: Record) -> bool:
    """Whether a condition needs a cell that is not blank and could not be read."""
    return bool(record.unread) and any(register.places[id] in record.unread for id in condition.columns)


def complete(register: Register, record: Record, facts: Facts) -> tuple[Record, list[RowNote]]:
    """The record with what follows from its other columns, and what is to be said where something else is typed there."""
    notes: list[RowNote] = []
    for number, column in enumerate(register.columns):
        if column.of is None or unread_of(column.of, register, record):
            continue
        row = reader(register, record)
        found, typed = worth(column.of.tree, row, facts), record.values[number]
        if found is None:
            notes += unknown_year(register, record, column.of, row, column.id)
            continue
        held = as_held(column, found)
        if typed is None and number not in record.unread:
            record = replace(record, values=(*record.values[:number], held, *record.values[number + 1 :]))
        elif typed is not None and typed != held:
            said = f"填“{words_of(column, typed)}”，按“{column.of.text}”应为“{words_of(column, held)}”"
            figures = [worth_of(column, one) for one in (typed, held)] if column.kind == "number" else [None, None]
            filed, expected = (one if isinstance(one, Decimal) else None for one in figures)
            brief = f"与“{column.of.text}”不符"
            notes.append(RowNote("row_derived", register.id, column.id, record, said, brief, filed, expected))
    return record, notes


def as_held(column: RegisterColumn, found: Worth) -> Held:
    """What a column holds that follows from others: a number rounded to its decimals."""
    if isinstance(found, date):
        return found.toordinal()
    if isinstance(found, Decimal):
        return int(found.scaleb(column.decimals).to_integral_value())
    return found


def unknown_year(register: Register, record: Record, condition: Condition, row: Row, column: str) -> list[RowNote]:
    """The remark that working days of a year are not known, where nothing else is missing."""
    if "workdays" not in condition.text or any(row(id) is None for id in condition.columns):
        return []
    return [RowNote("row_calendar", register.id, column, record, "所在年份没有工作日历", "所在年份没有工作日历")]


def hold(register: Register, record: Record, rule: RowRule, facts: Facts) -> RowNote | None:
    """The remark that a rule of every row does not hold in this one; None where it does, is not asked, or is undecided."""
    conditions = [rule.formula, *([rule.when] if rule.when else [])]
    if any(unread_of(condition, register, record) for condition in conditions):
        return None
    row = reader(register, record)
    if rule.when and worth(rule.when.tree, row, facts) is not True:
        return None
    found = worth(rule.formula.tree, row, facts)
    if found is not False:
        told = unknown_year(register, record, rule.formula, row, rule.at) if found is None else []
        return told[0] if told else None
    told_columns = (register.by_id[id] for id in rule.formula.columns)
    told_values = "、".join(
        f"{c.label} {words_of(c, record.values[register.places[c.id]]) or '空白'}" for c in told_columns
    )
    return RowNote(rule.rule, register.id, rule.at, record, f"不符：{told_values}", "不符")


def out_of_turn(register: Register, record: Record) -> Iterator[RowNote]:
    """Choices that may not follow what was chosen in the column that they depend on."""
    for number, column in enumerate(register.columns):
        on = column.choices.on
        if not on or (value := record.values[number]) is None:
            continue
        first = record.values[register.places[on]]
        allowed = column.choices.after.get(str(first), ())
        if first is not None and value not in allowed:
            said = f"填“{value}”，{register.by_id[on].label}是“{first}”时可选：{'、'.join(allowed) or '无'}"
            yield RowNote("row_type", register.id, column.id, record, said, f"与“{register.by_id[on].label}”不配")


def twice(register: Register, records: Iterable[Record]) -> Iterator[RowNote]:
    """Records that are there before, each but the first."""
    first: dict[str, Record] = {}
    for record in records:
        earlier = first.setdefault(key_of(register, record), record)
        if earlier is not record:
            here = "" if earlier.sheet == record.sheet else f"工作表「{earlier.sheet}」"
            same = "、".join(register.by_id[id].label for id in register.key) or "各列"
            said = f"与{here}第 {earlier.row + 1} 行重复（{same}都相同）"
            at = register.key[0] if register.key else register.columns[0].id
            yield RowNote("row_twice", register.id, at, record, said, f"与前面的行重复（{same}都相同）")


def findings_of(notes: Sequence[RowNote], rulebook: Rulebook) -> list[Finding]:
    """The findings that remarks come down to: many of one kind in one column are one."""
    together: dict[tuple[str, str, str, str], list[RowNote]] = defaultdict(list)
    for note in notes:
        brief = note.brief if note.rule == "row_type" else ""
        together[note.rule, note.register, note.column, brief].append(note)
    found: list[Finding] = []
    for group in together.values():
        single = len(group) <= ONE_BY_ONE
        found += [finding_of([note], rulebook) for note in group] if single else [finding_of(group, rulebook)]
    return found


def finding_of(group: Sequence[RowNote], rulebook: Rulebook) -> Finding:
    """One finding for one remark, or for many of one kind and column."""
    note, form = group[0], rulebook.form
    register = next(r for r in form.registers if r.id == note.register)
    rule = rulebook.of_kind(note.rule) if note.rule in KINDS else form.rule(note.rule)
    label = register.by_id[note.column].label if note.column else ""
    spots = tuple(spot_of(register, one) for one in group)
    sheets = list(dict.fromkeys(one.record.sheet for one in group))
    cells = areas(place for one in group if one.record.sheet == sheets[0] and (place := cell_of(register, one)))
    name = name_of_record(register, note.record)
    where = Where(register.name, name if len(group) == 1 else f"{len(group)} 行", label, sheets[0], cells)
    column = f"「{label}」" if label else ""
    if len(group) == 1:
        said = f"{register.name}第 {note.record.row + 1} 行{column}{where.in_file}{note.said}。"
    else:
        said = f"{register.name}{column}共 {len(group)} 行{note.brief}：{rows_named(group)}。"
    made = rulebook.finding(rule, said, where, usually=note.usually, filed=note.filed if len(group) == 1 else None,
                            expected=note.expected if len(group) == 1 else None)  # fmt: skip
    return replace(made, records=spots)


def rows_named(group: Sequence[RowNote]) -> str:
    """The rows of many remarks, by sheet: of very many the first ones."""
    by_sheet: dict[str, list[int]] = defaultdict(list)
    for note in group:
        by_sheet[note.record.sheet].append(note.record.row + 1)
    told = []
    for sheet, rows in by_sheet.items():
        named = "、".join(map(str, rows[:NAMED_ROWS]))
        told.append(f"工作表「{sheet}」第 {named} {'行' if len(rows) <= NAMED_ROWS else '等行'}")
    return "；".join(told)


def spot_of(register: Register, note: RowNote) -> RecordSpot:
    """Where one remark points: the record, by what it is known again, and its cell."""
    place = cell_of(register, note)
    key, name = key_of(register, note.record), name_of_record(register, note.record)
    return RecordSpot(key, name, note.record.sheet, areas([place]) if place else "", note.said)


def cell_of(register: Register, note: RowNote) -> tuple[int, int] | None:
    """The cell that a remark points to; the first of its row where it is about all of it."""
    if note.column:
        return note.record.place(register.places[note.column])
    return (note.record.row, min(column for column in note.record.columns if column >= 0))
