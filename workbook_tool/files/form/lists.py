"""Reads what a form declares of lists: the lists themselves, the rules of their rows, and what is counted from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workbook_tool.files.form.choices import Forms
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

    def with_form(self, form: Form) -> Form:
        """The form with its lists."""
        return replace(form, registers=self.registers, tallies=self.tallies, rules=(*form.rules, *self.rules))


def read_lists(keys: Keys, forms: Forms) -> tuple[Lists, list[Keys], list[Keys]]:
    """The lists of a form, and the declarations of its grids and of the rules of those, still to be read.

    Raises OfficeError where something of a list is not declared or makes no sense.
    """
    declared = keys.tables("table", required=True)
    grids = [table for table in declared if not is_list(table)]
    lists = [table for table in declared if is_list(table)]
    registers = [read_register(table, number, forms) for number, table in enumerate(lists, 1)]
    keys.unique("table.name", [register.name for register in registers])
    counted = [read_tally(table, registers, forms) for table in keys.tables("tally")]
    rules: list[Rule] = [rule for _, _, rule in counted if rule]
    others: list[Keys] = []
    for one in keys.tables("rule"):
        register = register_of(one, registers, alone=not grids) if "formula" in one.values else None
        if register is None:
            others.append(one)
            continue
        rule, row_rule = read_row_rule(one, register)
        rules.append(rule)
        place = next(n for n, r in enumerate(registers) if r.id == register.id)
        registers[place] = replace(registers[place], rules=(*registers[place].rules, row_rule))
    keys.unique("rule.id", [rule.id for rule in rules])
    tables, tallies = tuple(t for t, _, _ in counted), tuple(t for _, t, _ in counted)
    return Lists(tuple(registers), tables, tallies, tuple(rules)), grids, others


def standing_of(registers: Sequence[Register]) -> list[Path]:
    """The files of the standing rules that a form with these lists needs beside those that every form has."""
    return [STANDING_OF_LISTS] if registers else []
