"""Judges lists row by row: what follows from other columns, the rules of every row, and records that are there twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType

from msgspec.structs import replace

from workbook_tool.model.form.register import Register, RegisterColumn, RowRule
from workbook_tool.model.form.row_formula import Given, Row, RowFormula, Worth, compiled
from workbook_tool.model.form.rules import KINDS, Severity
from workbook_tool.model.intake.records import (
    Held,
    Record,
    RecordList,
    key_of,
    name_of_record,
    out_of_turn,
    spot_of,
    words_of,
    worth_of,
)
from workbook_tool.model.intake.row_note import RowNote
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in, said_place

ONE_BY_ONE = 6
"""Up to so many cells of one column are told one by one; more of them in one line, with their rows named."""
NAMED_ROWS = 12
MOST_AREAS = 60
"""So many cells or areas are listed in one line; the return copy marks every one, and findings.csv has them all."""


Values = tuple[tuple[Held, ...], tuple[tuple[int, str], ...]]
"""What a record says: what its columns hold, and what of it could not be read."""


def judge_rows(
    lists: Sequence[RecordList],
    notes: Sequence[RowNote],
    rulebook: Rulebook,
    given: Given,
    options: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
) -> tuple[tuple[RecordList, ...], list[Finding]]:
    """The lists with what follows in each row filled in, and everything that is to be said of their rows; ``notes`` are
    what the reading said, ``options`` what the roster lets this agency choose from."""
    judged, told, again = [], list(notes), list[Finding]()
    for one in lists:
        register = next(r for r in rulebook.form.registers if r.id == one.register)
        judge = RowJudge(register.with_options(options), given, rulebook)
        records = [judge.complete(record) for record in one.records]
        for record in records:
            judge.hold_all(record)
        copies = copied(records)
        again += [copy_told(register, sheet, copies[sheet], rulebook) for sheet in copies]
        told += [*judge.notes, *twice(register, [one for one in records if one.sheet not in copies])]
        judged.append(replace(one, records=tuple(records)))
    empty = [one for one in judged if one.found and not one.records and not one.denied]
    nothing = (nothing_listed(one, rulebook) for one in empty)
    return tuple(judged), [*again, *findings_of(told, rulebook), *nothing]


def nothing_listed(one: RecordList, rulebook: Rulebook) -> Finding:
    """The finding for a list without a single record: nobody can tell whether there is none, or it was forgotten."""
    register = next(r for r in rulebook.form.registers if r.id == one.register)
    said = f"{register.name}没有登记任何一行。"
    return rulebook.finding(rulebook.of_kind("row_none"), said, Where(register.name))


class RowJudge:
    """Judges the rows of one list, its conditions made ready once for all of them."""

    def __init__(self, register: Register, given: Given, rulebook: Rulebook) -> None:
        self.register, self.notes = register, list[RowNote]()
        self.titles = {rule.rule: rulebook.form.rule(rule.rule).title for rule in register.rules}
        self.comes_back = rulebook.policy.weigh(rulebook.of_kind("row_derived")) is Severity.MUST
        self.wrong: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.derived = [
            (number, column, column.of, compiled(column.of.expression, given))
            for number, column in enumerate(register.columns)
            if column.of
        ]
        self.rules = [
            (rule, compiled(rule.formula.expression, given), rule.when and compiled(rule.when.expression, given))
            for rule in register.rules
        ]
        self.dependent = [(n, column) for n, column in enumerate(register.columns) if column.choices.on]
        self.own = [(n, column) for n, column in enumerate(register.columns) if column.choices.roster]

    def row(self, record: Record) -> Row:
        """What the columns of a record say, for conditions."""
        pairs = zip(self.register.columns, record.values, strict=True)
        return {column.id: worth_of(column, held) for column, held in pairs}

    def note(self, rule: str, column: str, record: Record, said: str, brief: str) -> None:
        """Keep a remark."""
        self.notes.append(RowNote(rule, self.register.id, column, record, said, brief))

    def complete(self, record: Record) -> Record:
        """The record with what follows from its other columns; where something else is typed there, that is said."""
        row = self.row(record) if self.derived else {}
        for number, column, condition, found_in in self.derived:
            if unread_of(condition, self.register, record):
                continue
            found, typed = found_in(row), record.values[number]
            if found is None:
                self.unknown_year(record, condition, row, column.id)
                continue
            held = as_held(column, found)
            if typed is None and number not in record.unread:
                record = replace(record, values=(*record.values[:number], held, *record.values[number + 1 :]))
                row = {**row, column.id: worth_of(column, held)}
            elif typed is not None and typed != held:
                right = words_of(column, held)
                said = f"填“{words_of(column, typed)}”，按“{condition.said}”应为“{right}”"
                self.note("row_derived", column.id, record, said, f"与“{condition.said}”不符")
                self.wrong[record.sheet, record.row].add(column.id)
        return record

    def unknown_year(self, record: Record, condition: RowFormula, row: Row, column: str) -> None:
        """Say that working days of a year are not known, where nothing else is missing."""
        if "workdays" in condition.text and all(row[id] is not None for id in condition.columns):
            self.note("row_calendar", column, record, "所在年份没有工作日历", "所在年份没有工作日历")

    def hold_all(self, record: Record) -> None:
        """Hold every rule, and every choice that depends on another, against a record."""
        row = self.row(record) if self.rules else {}
        for rule, holds, asked in self.rules:
            if not self.waits(rule, record):
                if asked and asked(row) is not True:
                    continue
                found = holds(row)
                if found is None:
                    self.unknown_year(record, rule.formula, row, rule.at)
                elif not found:
                    brief = f"不符合“{self.titles[rule.rule]}”"
                    self.note(rule.rule, rule.at, record, f"{brief}：{self.values_in(rule, record)}", brief)
        for number, column in self.dependent:
            self.in_turn(number, column, record)
        for number, column in self.own:
            value, labels = record.values[number], [line.label for line in column.choices.lines]
            if isinstance(value, str) and labels and not column.choices.meant(value):
                offered = f"，可选：{'、'.join(labels[:NAMED_ROWS])}"
                said = f"填“{value}”，不在本单位的选项中{offered}"
                self.note("row_type", column.id, record, said, "不在本单位的选项中")

    def waits(self, rule: RowRule, record: Record) -> bool:
        """Whether nobody can tell yet if a record keeps a rule: a cell could not be read, or it must be corrected because it
        does not follow from others. Then the record comes back, and one mistake is told once."""
        said = [condition for condition in (rule.formula, rule.when) if condition]
        if any(unread_of(condition, self.register, record) for condition in said):
            return True
        wrong = self.wrong.get((record.sheet, record.row), set()) if self.comes_back else set()
        return any(not wrong.isdisjoint(condition.columns) for condition in said)

    def values_in(self, rule: RowRule, record: Record) -> str:
        """What stands in the columns that a rule speaks of, first those for which it is asked: ``甲 3、乙 空白``."""
        asked = rule.when.columns if rule.when else ()
        ids = dict.fromkeys((*asked, *rule.formula.columns))
        columns = [(self.register.by_id[id], record.values[self.register.places[id]]) for id in ids]
        return "、".join(f"{column.label} {words_of(column, held) or '空白'}" for column, held in columns)

    def in_turn(self, number: int, column: RegisterColumn, record: Record) -> None:
        """Say where a choice may not follow what was chosen in the column that it depends on."""
        on = self.register.by_id[column.choices.on]
        chosen = words_of(on, record.values[self.register.places[on.id]])
        if said := out_of_turn(column, on.label, chosen, words_of(column, record.values[number])):
            self.note("row_type", column.id, record, said, f"与“{on.label}”不配")


def unread_of(condition: RowFormula, register: Register, record: Record) -> bool:
    """Whether a condition needs a cell that is not blank and could not be read."""
    return bool(record.refused) and any(register.places[id] in record.unread for id in condition.columns)


def as_held(column: RegisterColumn, found: Worth) -> Held:
    """What a column holds that follows from others: a number rounded to its decimals."""
    if isinstance(found, date):
        return found.toordinal()
    if isinstance(found, Decimal):
        return int(found.scaleb(column.decimals).to_integral_value(ROUND_HALF_UP))
    return found


def copied(records: Sequence[Record]) -> dict[str, tuple[str, int]]:
    """The sheets of which every row stands in another one too, as where a copy is left in the workbook or 1月 beside
    1—2月: in which one, and how many rows. One row alone says nothing."""
    sheets: dict[str, Counter[Values]] = {}
    for record in records:
        sheets.setdefault(record.sheet, Counter())[record.values, record.refused] += 1
    found: dict[str, tuple[str, int]] = {}
    for sheet, own in reversed(sheets.items()):
        there = (name for name, other in sheets.items() if name != sheet and name not in found and own <= other)
        if own.total() > 1 and (whole := next(there, "")):
            found[sheet] = whole, own.total()
    return found


def copy_told(register: Register, sheet: str, copy: tuple[str, int], rulebook: Rulebook) -> Finding:
    """The finding for a sheet whose rows all count twice. Without a key two months may be alike."""
    said = f"{register.name}：{said_place(sheet, '')}的 {copy[1]} 行在{said_place(copy[0], '')}里都有，各列都相同，计了两次。"
    advice = "请删去其中一张工作表（隐藏的也要删），改正后重新填报"
    usually = Severity.MUST if register.key else Severity.EXPLAIN
    advice = f"{advice}。" if register.key else f"{advice}；确是两批的，请说明。"
    where = Where(register.name, sheet=sheet)
    return rulebook.plain(rulebook.of_kind("row_twice"), said, advice, where, usually=usually)


def twice(register: Register, records: Iterable[Record]) -> Iterator[RowNote]:
    """Records that are there before, each but the first."""
    first: dict[str, Record] = {}
    for record in records:
        earlier = first.setdefault(key_of(register, record), record)
        if earlier is not record:
            here = "" if earlier.sheet == record.sheet else said_place(earlier.sheet, "")
            same = "、".join(register.by_id[id].label for id in register.key) or "各列"
            said = f"与{here}第 {earlier.row + 1} 行重复（{same}都相同）"
            at = register.key[0] if register.key else register.columns[0].id
            yield RowNote("row_twice", register.id, at, record, said, f"与前面的行重复（{same}都相同）")


def findings_of(notes: Sequence[RowNote], rulebook: Rulebook) -> list[Finding]:
    """The findings that remarks come down to: many of one kind in one column are one."""
    together: dict[tuple[object, ...], list[RowNote]] = defaultdict(list)
    for note in notes:
        brief = note.brief if note.rule == "row_type" else ""
        together[note.rule, note.register, note.column, brief, note.usually].append(note)
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
    label = register.called(note.column) if note.column else ""
    spots = tuple(
        spot_of(register, one.record, register.places[one.column] if one.column else None, one.said) for one in group
    )
    sheets = list(dict.fromkeys(one.record.sheet for one in group))
    here = (one for one in group if one.record.sheet == sheets[0])
    cells = cells_in(sheets[0], (place for one in here if (place := cell_of(register, one))), MOST_AREAS)
    name = name_of_record(register, note.record)
    where = Where(register.name, name if len(group) == 1 else f"{len(group)} 行", label, sheets[0], cells)
    column = f"「{label}」" if label else ""
    if len(group) == 1:
        said = f"{register.name}第 {note.record.row + 1} 行{column}{where.in_file}{note.said}。"
    else:
        said = f"{register.name}{column}共 {len(group)} 行{note.brief}：{rows_named(group)}。"
    if rule.words in (f"{rule.title}。", f"应有：{rule.title}。"):  # the remark has said it
        rule = replace(rule, words="")
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
        told.append(said_place(sheet, f"第 {named} {'行' if len(rows) <= NAMED_ROWS else '等行'}"))
    return "；".join(told)


def cell_of(register: Register, note: RowNote) -> tuple[int, int] | None:
    """The cell that a remark points to; the first of its row where it is about all of it."""
    if note.column:
        return note.record.place(register.places[note.column])
    return (note.record.row, min(column for column in note.record.columns if column >= 0))
