"""Reads the lists that a form declares, their columns, what must hold in every row, and what is counted from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, get_args

from workbook_tool.files.form.choices import Forms, line_id, read_choices
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.row_formula import RowFormula, RowFormulaError, read_row_formula
from workbook_tool.model.form.form import Line
from workbook_tool.model.form.register import Kind, Register, RegisterColumn, RowRule
from workbook_tool.model.form.rules import ORIGINS, Rule, Severity

LIST = "list"
"""The key that makes a table a list."""
ROW = "row"
"""The kind of a rule that every row of a list must keep."""
SHEET_REFUSED = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 24
"""Of the name of a list: that of a sheet may have 31 characters, and some put a word before it."""


def is_list(keys: Keys) -> bool:
    """Whether a table is declared as a list."""
    return keys.values.get(LIST) is True


def read_register(keys: Keys, number: int, forms: Forms) -> Register:
    """A list. Raises OfficeError where two of its columns cannot be told apart, or one speaks of what is not declared."""
    keys.get(LIST, bool)
    name = keys.need("name")
    if len(name) > LONGEST_NAME or SHEET_REFUSED.search(name):
        raise keys.fail("name", f"要作工作表名，至多 {LONGEST_NAME} 个字，不能有 [ ] : * ? / \\")
    declared = [read_column(k, forms) for k in column_tables(keys)]
    keys.unique("columns.label", [column.id for column in declared])
    bare = Register(keys.text("id", f"L{number}"), name, keys.text("title", name), tuple(declared))
    columns = [replace(c, of=derived(keys, c, k, bare)) for c, k in zip(declared, column_tables(keys), strict=True)]
    columns = [replace(c, choices=read_choices(k, c.id, bare, forms)) if "choices" in k.values else c
               for c, k in zip(columns, column_tables(keys), strict=True)]  # fmt: skip
    key = keys.texts("key")
    for label in key:
        keys.known_name("key", label, list(bare.names.columns))
    found = replace(bare, columns=tuple(columns), key=tuple(bare.names.columns[k][0] for k in key), note=keys.text("note"))
    keys.done()
    return found


def column_tables(keys: Keys) -> list[Keys]:
    """The columns as tables; one that is a bare text has only its label, and a ``?`` behind it makes it optional."""
    told = keys.get("columns", list, [], True)
    if not told:
        raise keys.fail("columns", "不能为空")
    return [Keys(as_table(one), f"{keys.path}.columns[{n}]") for n, one in enumerate(told, 1)]


def as_table(one: Any) -> dict[str, Any]:
    """A column that is declared by its label alone, as a table."""
    if isinstance(one, dict):
        return one
    label = str(one).strip()
    return {"label": label.removesuffix("?").strip(), "optional": label.endswith("?")}


COLUMN_KEYS = ("choices", "depends", "is")
"""The keys of a column that are read once all columns are known."""


def read_column(keys: Keys, forms: Forms) -> RegisterColumn:
    """A column without what depends on the others. Raises OfficeError where its keys do not go together."""
    label, under = keys.need("label"), keys.texts("under")
    usual = "choice" if "choices" in keys.values else "number" if {"unit", "decimals"} & keys.values.keys() else "text"
    kind: Kind = keys.choice("kind", list(get_args(Kind)), usual)  # type: ignore[assignment]
    if (kind == "choice") != ("choices" in keys.values):
        raise keys.fail("choices", "必须写明" if kind == "choice" else "只用于 kind = “choice” 的列")
    line = Line("".join((*under, label)), label, under, keys.texts("also"), keys.text("short"))
    decimals = keys.get("decimals", int, 0)
    if not 0 <= decimals <= 6:
        raise keys.fail("decimals", "应在 0 到 6 之间")
    least, most = (bound(keys, name, decimals) for name in ("min", "max"))
    if least is not None and most is not None and least > most:
        raise keys.fail("min", "比 max 大，没有任何数能满足")
    negative = keys.get("negative", bool, False)
    optional, pattern = keys.get("optional", bool, False), keys.text("pattern")
    try:
        re.compile(pattern)
    except re.error as error:
        raise keys.fail("pattern", f"不是正确的正则表达式：{error}") from None
    keys.known += COLUMN_KEYS
    keys.done()
    return RegisterColumn(
        line, kind, keys.text("unit"), decimals, negative, least, most, optional, pattern=pattern
    )


def bound(keys: Keys, name: str, decimals: int) -> int | None:
    """A bound of a number in its smallest unit; None where there is none."""
    keys.known.append(name)
    value = keys.values.get(name)
    if value is None:
        return None
    if type(value) not in (int, float) or round(value * 10**decimals) != value * 10**decimals:
        raise keys.fail(name, f"应为数，至多 {decimals} 位小数，现为 {value!r}")
    return round(value * 10**decimals)


def derived(keys: Keys, column: RegisterColumn, own: Keys, register: Register) -> RowFormula | None:
    """What a column follows from. Raises OfficeError where that is not of its kind."""
    text = own.text("is")
    if not text:
        return None
    found = condition(own, "is", text, register)
    if found.kind != column.holds:
        raise own.fail("is", f"“{text}” 得出的不是这一列的内容（kind = “{column.kind}”）")
    if column.id in found.columns:
        raise own.fail("is", f"“{text}” 不能用到这一列自己")
    return found


def condition(keys: Keys, key: str, text: str, register: Register) -> RowFormula:
    """A condition over the columns of a list. Raises OfficeError where it cannot be understood."""
    try:
        return read_row_formula(text, register.names)
    except RowFormulaError as error:
        raise keys.fail(key, str(error)) from None


def register_of(keys: Keys, registers: Sequence[Register], alone: bool) -> Register | None:
    """The list that a rule or a tally speaks of (``table``): the only one where it names none and nothing else could be
    meant; None where it speaks of something else."""
    name = keys.values.get("table", "")
    named = next((register for register in registers if name and name in (register.id, register.name)), None)
    return named or (registers[0] if not name and alone and len(registers) == 1 else None)


def read_row_rule(keys: Keys, register: Register) -> tuple[Rule, RowRule]:
    """A rule of every row. Raises OfficeError where it cannot be understood."""
    id, title, formula = keys.need("id"), keys.need("title"), keys.need("formula")
    keys.text("table")
    held = condition(keys, "formula", formula, register)
    if held.kind != "bool":
        raise keys.fail("formula", f"“{formula}” 不是条件：要有比较符号，如 ==、>=")
    when = condition(keys, "when", keys.text("when"), register) if keys.text("when") else None
    if when and when.kind != "bool":
        raise keys.fail("when", f"“{when.text}” 不是条件")
    if not held.columns:
        raise keys.fail("formula", f"“{formula}” 没有用到任何一列")
    at = keys.text("at", register.by_id[held.columns[0]].label)
    keys.known_name("at", at, list(register.names.columns))
    rule = Rule(
        id,
        title,
        keys.text("words", f"{title}。"),
        keys.text("advice", "请核对 {cell} 和同一行的有关各格，改正后重报。"),
        Severity(keys.choice("severity", [s.value for s in Severity], "must")),
        keys.choice("origin", list(ORIGINS), "F"),
        ROW,
        table=register.name,
        example=keys.text("example"),
        legal_basis=keys.text("basis"),
        trial=keys.get("trial", bool, False),
    )
    keys.done()
    return rule, RowRule(id, held, register.names.columns[at][0], when)
