"""Reads the lists that a form declares, their columns, what must hold in every row, and what is counted from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, get_args

from msgspec.structs import replace

from workbook_tool.files.form.choices import Elsewhere, read_choices
from workbook_tool.files.form.dependents import tell_dependents
from workbook_tool.files.form.names import understood
from workbook_tool.files.form.outline import id_of, read_pattern, tell_choices
from workbook_tool.files.form.rules import neutral
from workbook_tool.files.form.spoken import spoken
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.expression import as_share
from workbook_tool.model.form.items import Block
from workbook_tool.model.form.line import PERCENT, Kind, Line
from workbook_tool.model.form.register import Register, RegisterColumn, RowRule
from workbook_tool.model.form.row_formula import YES_NO, RowFormula, read_row_formula
from workbook_tool.model.form.rules import ORIGINS, Rule, Severity
from workbook_tool.model.regex import regex

REGISTER_KEYS = ("list", "id", "name", "title", "unit", "decimals", "key", "columns", "total", "group", "sign", "note")
COLUMN_KEYS = (
    *("label", "under", "also", "short", "kind", "unit", "decimals", "negative", "min", "max"),
    *("optional", "pattern", "choices", "depends", "is"),
)
RULE_KEYS = (
    *("id", "title", "table", "formula", "when", "at", "severity"),
    *("words", "advice", "origin", "basis", "example", "trial"),
)
LIST = "list"
"""The key that makes a table a list."""
ROW = "row"
"""The kind of a rule that every row of a list must keep."""
SHEET_REFUSED = regex(r"[\[\]:*?/\\]")
MOST_DECIMALS = 6
SERIAL = regex("序号|行号|项次")
"""A column of this name alone numbers the rows."""
LONGEST_NAME = 24
"""Of the name of a list: that of a sheet may have 31 characters, and some put a word before it."""


def is_list(keys: Keys) -> bool:
    """Whether a table is declared as a list."""
    return keys.values.get(LIST) is True


def read_register(keys: Keys, title: str, usual: Block, elsewhere: Elsewhere) -> Register:
    """A list; ``title`` and ``usual`` are what the form says of it. Says where two of its columns cannot be told apart, or
    one speaks of what is not declared."""
    keys.expect(REGISTER_KEYS)
    keys.get(LIST, bool)
    name = keys.need("name")
    if len(name) > LONGEST_NAME or SHEET_REFUSED.search(name):
        keys.wrong("name", f"要作工作表名，至多 {LONGEST_NAME} 个字，不能有 [ ] : * ? / \\")
    usual = replace(usual, unit=keys.text("unit", usual.unit), decimals=decimals_of(keys, usual.decimals))
    serial, told = column_tables(keys)
    declared = [read_column(one, usual) for one in told]
    tell_unused(keys, declared)
    keys.unique("columns.label", [column.id for column in declared])
    bare = Register(keys.text("id") or id_of(name), name, keys.text("title", title), tuple(declared))
    named = named_by_label(bare)
    bare = replace(
        bare, columns=tuple(with_choices(c, k, named, elsewhere) for c, k in zip(declared, told, strict=True))
    )
    for column, k in zip(bare.columns, told, strict=True):
        on = bare.by_id.get(column.choices.on)
        if on and not on.choices.roster:
            tell_dependents(k, k.text("depends"), offered_in(on), list(column.choices.after))
    columns = [replace(c, of=derived(k, c, bare)) for c, k in zip(bare.columns, told, strict=True)]
    for label in keys.texts("key"):
        keys.known_name("key", label, list(named))
    key = tuple(named[label] for label in keys.texts("key"))
    whole = replace(
        bare, columns=tuple(columns), key=key, serial=serial, note=keys.text("note"), sign=keys.texts("sign")
    )
    whole = with_sums(keys, whole, named)
    keys.done()
    return whole


def with_sums(keys: Keys, register: Register, named: dict[str, str]) -> Register:
    """The list with the sums that its blank shows. Says where there is nothing to sum, or no choice to sum by."""
    group = keys.text("group")
    if group:
        keys.known_name("group", group, list(named))
        if not register.by_id[named[group]].choices.lines:
            keys.wrong("group", f"“{group}” 没有写明选项，不能按它小计")
    total = keys.get("total", bool, bool(group))
    if total and not register.summed:
        keys.wrong("group" if group else "total", "用不到：没有可以相加的列（数的列，单位不是 %）")
    return replace(register, total=total, group=named.get(group, ""))


def offered_in(column: RegisterColumn) -> tuple[str, ...]:
    """What may be chosen in a column, in words."""
    return tuple(YES_NO) if column.kind == "yesno" else tuple(line.label for line in column.choices.lines)


def named_by_label(register: Register) -> dict[str, str]:
    """The id of each column by what the declaration calls it."""
    return {label: id for label, (id, _) in register.names.columns.items()}


def with_choices(column: RegisterColumn, keys: Keys, named: dict[str, str], elsewhere: Elsewhere) -> RegisterColumn:
    """The column with what may be chosen in it; where that cannot be read it is told, and there is none."""
    if "choices" not in keys.values:
        return column
    with keys.going_on():
        return replace(column, choices=read_choices(keys, named, elsewhere))
    return column


def column_tables(keys: Keys) -> tuple[str, list[Keys]]:
    """The head of the column that numbers the rows (empty: there is none), and all others as tables; one that is a bare
    text has only its label, and a ``?`` behind it makes it optional."""
    told = keys.get("columns", list, [], True)
    serial = str(told[0]).strip() if told and SERIAL.fullmatch(str(told[0]).strip()) else ""
    if len(told) == bool(serial):
        raise keys.fail("columns", "不能为空")
    for late in [one for one in told[1:] if isinstance(one, str) and SERIAL.fullmatch(one.strip())]:
        keys.wrong("columns", f"“{late}” 应是第一列（只给各行编号，不用填）", late)
    return serial, [keys.inner(as_table(one), "columns", n) for n, one in enumerate(told) if n >= bool(serial)]


def as_table(one: Any) -> dict[str, Any]:
    """A column that is declared by its label alone, as a table."""
    if isinstance(one, dict):
        return one
    label = str(one).strip()
    return {"label": label.removesuffix("?").strip(), "optional": label.endswith("?")}


def tell_unused(keys: Keys, columns: Sequence[RegisterColumn]) -> None:
    """Say where a unit or decimals are declared for numbers that are not there."""
    if not any(column.kind == "number" for column in columns):
        for key in sorted({"unit", "decimals"} & keys.values.keys()):
            keys.wrong(key, "用不到：清单里没有数的列（写了 unit 或 kind = “number” 的才是）")


def decimals_of(keys: Keys, usual: int) -> int:
    """How many decimals are declared."""
    decimals = keys.get("decimals", int, usual)
    if 0 <= decimals <= MOST_DECIMALS:
        return decimals
    keys.wrong("decimals", f"应在 0 到 {MOST_DECIMALS} 之间")
    return usual


def read_column(keys: Keys, usual: Block) -> RegisterColumn:
    """A column without what depends on the others; a number is counted as the list is (``usual``), unless it says in what.
    Says where its keys do not go together."""
    keys.expect(COLUMN_KEYS)
    label, under = keys.need("label"), keys.texts("under")
    likely = "choice" if "choices" in keys.values else "number" if {"unit", "decimals"} & keys.values.keys() else "text"
    kind: Kind = keys.choice("kind", list(get_args(Kind)), likely)  # type: ignore[assignment]
    tell_choices(keys, kind)
    line = Line("".join((*under, label)), label, under, keys.texts("also"), keys.text("short"))
    unit, negative = keys.text("unit"), keys.get("negative", bool, False)
    own = bool(unit and unit != usual.unit)
    if kind == "number" and not unit:
        unit = usual.unit
    decimals = decimals_of(keys, 2 if unit in PERCENT else 0 if own or kind != "number" else usual.decimals)
    least, most = (bound(keys, name, decimals) for name in ("min", "max"))
    if least is not None and most is not None and least > most:
        keys.wrong("min", "比 max 大，没有任何数能满足")
    if kind != "number" and (unit or least is not None or most is not None or negative):
        keys.wrong("kind", "= “number” 的列才有 unit、min、max、negative")
    column = RegisterColumn(line, kind, unit, decimals, negative, least, most, keys.get("optional", bool, False))
    pattern = read_pattern(keys)
    keys.text("depends")
    keys.text("is")
    keys.known.append("choices")
    keys.done()
    return replace(column, pattern=pattern)


def bound(keys: Keys, name: str, decimals: int) -> int | None:
    """A bound of a number in its smallest unit; None where there is none."""
    value = keys.number(name)
    if value is None:
        return None
    exact = value.scaleb(decimals)
    if exact != int(exact):
        keys.wrong(name, f"至多 {decimals} 位小数，现为 {value}")
    return int(exact)


def derived(keys: Keys, column: RegisterColumn, register: Register) -> RowFormula | None:
    """What a column follows from; None where it follows from nothing, or cannot be read, which is told."""
    text = keys.text("is")
    if not text:
        return None
    with keys.going_on():
        found = condition(keys, "is", text, register)
        if found.kind != column.holds:
            raise keys.fail("is", f"“{text}” 得出的不是这一列的内容（kind = “{column.kind}”）")
        if column.id in found.columns:
            raise keys.fail("is", f"“{text}” 不能用到这一列自己")
        with understood(keys, "is", register.names.vocabulary):
            return replace(found, expression=as_share(found.expression, column.unit))
    return None


def condition(keys: Keys, key: str, text: str, register: Register) -> RowFormula:
    """A condition over the columns of a list. Raises OfficeError where it cannot be understood."""
    with understood(keys, key, register.names.vocabulary):
        return replace(read_row_formula(text, register.names), said=said(text, register))


def said(formula: str, register: Register) -> str:
    """A formula over the columns of a list in words."""
    return spoken(formula, register.names.vocabulary, register.called)


def register_of(keys: Keys, registers: Sequence[Register], alone: bool) -> Register | None:
    """The list that a rule or a tally speaks of (``table``): the only one where it names none and nothing else could be
    meant; None where it speaks of something else."""
    name = keys.values.get("table", "")
    named = next((register for register in registers if name and name in (register.id, register.name)), None)
    return named or (registers[0] if not name and alone and len(registers) == 1 else None)


def read_row_rule(keys: Keys, register: Register) -> tuple[Rule, RowRule]:
    """A rule of every row. Raises OfficeError where it cannot be understood."""
    keys.expect(RULE_KEYS)
    id, formula = keys.need("id"), keys.need("formula")
    usual = neutral([keys], must=True, said=partial(said, register=register))
    title = keys.text("title", usual["title"])
    keys.text("table")
    held = condition(keys, "formula", formula, register)
    if held.kind != "bool":
        raise keys.fail("formula", f"“{formula}” 不是条件：要有比较符号，如 ==、>=")
    when = condition(keys, "when", keys.text("when"), register) if keys.text("when") else None
    if when and when.kind != "bool":
        raise keys.fail("when", f"“{when.text}” 不是条件")
    if not held.columns:
        raise keys.fail("formula", f"“{formula}” 没有用到任何一列")
    named, at = named_by_label(register), keys.text("at")
    if at:
        keys.known_name("at", at, list(named))
    severity = Severity(keys.choice("severity", [s.value for s in Severity], "must"))
    then = "改正后重报" if severity is Severity.MUST else "改正或说明原因"
    rule = Rule(
        id,
        title,
        keys.text("words", f"{title}。" if "title" in keys.values else usual["words"]),
        keys.text("advice", f"请核对 {{cell}} 和同一行的有关各格，{then}。"),
        severity,
        keys.choice("origin", list(ORIGINS), "F"),
        ROW,
        table=register.id,
        example=keys.text("example"),
        legal_basis=keys.text("basis"),
        trial=keys.get("trial", bool, False),
    )
    keys.done()
    return rule, RowRule(id, held, named[at] if at else held.columns[0], when)
