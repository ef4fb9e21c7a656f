"""Reads what a form declares of lists: the lists themselves, the rules of their rows, and what is counted from them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from workbook_tool.files.form.choices import Forms
from workbook_tool.files.form.questions import STANDING
from workbook_tool.files.form.registers import is_list, read_register, read_row_rule, register_of
from workbook_tool.files.form.tallies import read_tally
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.form import Form, Table
from workbook_tool.model.form.register import Register, Tally
from workbook_tool.model.form.rules import Rule

STANDING_OF_LISTS = Path(__file__).with_name("standing_lists.toml")
"""The rules that every form with a list has, in neutral words."""


@dataclass(frozen=True)
class Lists:
    """The lists of a form, the tables that are counted from them and how, and the rules that speak of either."""

    registers: tuple[Register, ...] = ()
    tables: tuple[Table, ...] = ()
    tallies: tuple[Tally, ...] = ()
    rules: tuple[Rule, ...] = ()

    @property
    def standing(self) -> list[Path]:
        """The files of the rules that a form with these lists has without declaring them."""
        return [STANDING, STANDING_OF_LISTS] if self.registers else [STANDING]

    def with_form(self, form: Form) -> Form:
        """The form with its lists."""
        return replace(form, registers=self.registers, tallies=self.tallies, rules=(*form.rules, *self.rules))


def read_lists(keys: Keys, title: str, forms: Forms) -> Lists:
    """The lists of a form, what is counted from them, and the rules of their rows. What cannot be read is told and left
    out."""
    registers: list[Register] = []
    for table in keys.tables("table", required=True):
        if is_list(table):
            with table.going_on():
                registers.append(read_register(table, title, forms))
    keys.unique("table.name", [register.name for register in registers])
    counted = keys.each("tally", lambda one: read_tally(one, registers, forms))
    rules = [rule for _, _, rule in counted if rule]
    for one in keys.tables("rule"):
        if speaks_of_rows(one, keys):
            with one.going_on():
                rules.append(take_row_rule(one, registers))
    keys.unique("rule.id", [rule.id for rule in rules])
    return Lists(tuple(registers), tuple(t for t, _, _ in counted), tuple(t for _, t, _ in counted), tuple(rules))


def take_row_rule(keys: Keys, registers: list[Register]) -> Rule:
    """Read a rule of rows and put it to its list. Raises OfficeError where it cannot be understood."""
    register = register_of(keys, registers, alone=True)
    if register is None:
        raise keys.fail("table", f"应写明是哪一张清单的规则：{'、'.join(one.name for one in registers)}")
    rule, row_rule = read_row_rule(keys, register)
    registers[registers.index(register)] = replace(register, rules=(*register.rules, row_rule))
    return rule


def speaks_of_rows(rule: Keys, document: Keys) -> bool:
    """Whether a rule is one of the rows of a list: it names one, or there is nothing else that it could speak of."""
    tables = document.tables("table")
    lists = {table.values.get(key) for table in tables if is_list(table) for key in ("name", "id")} - {None}
    named = rule.values.get("table")
    return "formula" in rule.values and (named in lists or (named is None and all(map(is_list, tables))))
