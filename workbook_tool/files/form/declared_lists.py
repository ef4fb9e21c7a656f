"""Reads what a form declares of lists: the lists themselves, the rules of their rows, and what is counted from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.form.choices import Elsewhere
from workbook_tool.files.form.names import Names, speaks
from workbook_tool.files.form.questions import STANDING
from workbook_tool.files.form.registers import is_list, read_register, read_row_rule, register_of, tell_unused
from workbook_tool.files.form.tallies import read_tally, row_count
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.constraints import Constraint, common_scale
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.grammar import WORD, spelt
from workbook_tool.model.form.items import Block, Table
from workbook_tool.model.form.register import Register, Tally
from workbook_tool.model.form.rules import Rule

STANDING_OF_LISTS = Path(__file__).with_name("standing_lists.toml")
"""The rules that every form with a list has, in neutral words."""


class Lists(Struct, frozen=True):
    """The lists of a form, the tables that are counted from them and how, and the rules that speak of either;
    ``equal_rules`` is the one that compares each tally with other numbers, empty where none does."""

    registers: tuple[Register, ...] = ()
    tables: tuple[Table, ...] = ()
    tallies: tuple[Tally, ...] = ()
    rules: tuple[Rule, ...] = ()
    equal_rules: tuple[str, ...] = ()

    @property
    def standing(self) -> list[Path]:
        """The files of the rules that a form with these lists has without declaring them."""
        return [STANDING, STANDING_OF_LISTS] if self.registers else [STANDING]

    def with_form(self, form: Form) -> Form:
        """The form with its lists. What is counted and what another table of the form says are one relation more."""
        rules, relations = (*form.rules, *self.rules), (*form.constraints, *self.relations(form))
        return replace(form, registers=self.registers, tallies=self.tallies, rules=rules, constraints=relations)

    def relations(self, form: Form) -> Iterator[Constraint]:
        """Each number that is counted equals the one that is typed, at which the finding points."""
        items = {item.code: item for item in form.items}
        for tally, rule in zip(self.tallies, self.equal_rules, strict=True):
            for counted, typed in tally.equals if rule and not tally.form else ():
                pair = items[counted], items[typed]
                scales = common_scale([item.decimals for item in pair])
                terms = tuple(sorted((i.index, k) for i, k in zip(pair, (-scales[0], scales[1]), strict=True)))
                yield Constraint(rule, terms, 0, "==", items[typed].index)


def read_lists(keys: Keys, title: str, usual: Block, elsewhere: Elsewhere) -> Lists:
    """The lists of a form, and what is counted from them; ``usual`` is what the form says for all its numbers. What cannot
    be read is told and left out."""
    registers: list[Register] = []
    declared = [table for table in keys.tables("table", required=True) if is_list(table)]
    for table in declared:
        with table.going_on():
            registers.append(read_register(table, title, usual, elsewhere))
    keys.unique("table.name", [register.name for register in registers])
    if len(registers) == len(keys.tables("table", required=True)):
        tell_unused(keys, [column for register in registers for column in register.columns])
    unread = bool(declared) and not registers
    counted = [] if unread else keys.each("tally", lambda one: read_tally(one, registers, elsewhere))
    counted += [row_count(one) for one in registers if all(tally.register != one.id for _, tally, _ in counted)]
    rules = [rule for _, _, rule in counted if rule]
    tables, tallies, equal = zip(*counted, strict=True) if counted else ((), (), ())
    return Lists(tuple(registers), tables, tallies, tuple(rules), tuple(rule.id if rule else "" for rule in equal))


def with_row_rules(keys: Keys, lists: Lists, names: Names) -> tuple[Lists, list[Keys]]:
    """The lists with the rules of their rows; and the rules that speak of something else."""
    registers, rules, others = list(lists.registers), list(lists.rules), list[Keys]()
    for one in keys.tables("rule"):
        with one.going_on():
            register = list_of(one, registers, names) if "formula" in one.values else None
            if register:
                rule, row_rule = read_row_rule(one, register)
                registers[registers.index(register)] = replace(register, rules=(*register.rules, row_rule))
                rules.append(rule)
            elif not speaks_of_rows(one, keys):
                others.append(one)
            elif registers and "table" not in one.values:
                raise one.fail("table", f"应写明是哪一张清单的规则：{'、'.join(one.name for one in registers)}")
    keys.unique("rule.id", [rule.id for rule in rules])
    return replace(lists, registers=tuple(registers), rules=tuple(rules)), others


def list_of(rule: Keys, registers: Sequence[Register], names: Names) -> Register | None:
    """The list of whose rows a rule speaks: the one that it names, the only one, or the one whose columns are in its
    formula; None where there is none. ``names`` are those of the tables. Raises OfficeError where others have them too."""
    named = register_of(rule, registers, alone=not names.form.typed)
    if named or "table" in rule.values:
        return named
    texts = [text for key in ("formula", "when") if isinstance(text := rule.values.get(key, ""), str) and text]
    also = any(all(speaks(text, names.vocabulary(lines, text)) for text in texts) for lines in names.axes)
    speaking = [one for one in registers if is_of(texts, one, whole=also)]
    if speaking and (also or len(speaking) > 1):
        told = "、".join(f"清单 {one.name} " for one in speaking) + ("和别的表" if also else "")
        raise rule.fail("formula", f"“{texts[0]}” 的名称在{told}里都有，请写 table")
    return speaking[0] if speaking else None


def is_of(texts: Sequence[str], register: Register, whole: bool) -> bool:
    """Whether formulas speak of columns of a list; where they are ``whole`` without it, of nothing else."""
    columns = {spelt(name) for name in register.names.columns}
    known = not whole or all(speaks(text, register.names.vocabulary) for text in texts)
    return known and not columns.isdisjoint(word for text in texts for word in WORD.findall(spelt(text)))


def speaks_of_rows(rule: Keys, document: Keys) -> bool:
    """Whether a rule is one of the rows of a list whatever its formula says: it names one, or there is nothing else that it
    could speak of."""
    tables = document.tables("table")
    lists = {table.values.get(key) for table in tables if is_list(table) for key in ("name", "id")} - {None}
    named = rule.values.get("table")
    return "formula" in rule.values and (named in lists or (named is None and all(map(is_list, tables))))
