"""Reads what a yearly form says of another form's periods: ``is = "year(form:line)"`` of a line, or a rule whose formula is
``cell == year(form:cell)``."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.form.choices import Forms
from workbook_tool.files.form.derived import rule_id
from workbook_tool.files.form.entries import Entry
from workbook_tool.files.form.names import Names
from workbook_tool.files.form.rules import read_words
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.grammar import spelt
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.form.yearly import RELATION, YEAR, YEARLY, YearSum, speaks_of_year

ADVICE = "请核对各期的报表和 {cell}，改正不对的一处，或说明原因。"


class OfYear(Struct, frozen=True):
    """What speaks of the periods of a year: lines, and rules."""

    lines: tuple[Entry, ...]
    rules: tuple[Keys, ...]


def with_year_sums(form: Form, told: OfYear, forms: Forms) -> Form:
    """The form with what its lines and rules say of other forms' periods."""
    rules, sums = list[Rule](), list[YearSum]()
    for entry in told.lines:
        with entry.keys.going_on():
            rule, other, name = line_rule(entry, form, forms)
            rules.append(rule)
            sums += [YearSum(rule.id, own.index, other.id, code) for own, code in beside(entry, form, other, name)]
    for keys in told.rules:
        with keys.going_on():
            rule, one = cell_rule(keys, form, forms)
            rules.append(rule)
            sums.append(one)
    return replace(form, rules=(*form.rules, *rules), year_sums=tuple(sums))


def other_form(keys: Keys, key: str, text: str, form: Form, forms: Forms) -> tuple[Form, str]:
    """The form that ``year(…)`` speaks of, and the name in it. Raises OfficeError where it is no form of shorter periods, or
    this one is none of years."""
    match = YEAR.fullmatch(text)
    if not match:
        raise keys.fail(key, f"= “{text}” 看不懂：写作 year(表式:行.列) 或 year(表式:列)")
    other = forms(match[1])
    if form.period is not PeriodKind.YEAR or other.period is PeriodKind.YEAR:
        raise keys.fail(key, "里的 year(…) 只能写在按年报的表里，引用按周、月、季或半年报的表")
    return other, match[2]


def line_rule(entry: Entry, form: Form, forms: Forms) -> tuple[Rule, Form, str]:
    """The rule of a line, the other form, and the name in it."""
    other, name = other_form(entry.keys, "is", entry.formula, form, forms)
    said = f"全年各{other.period.this[1:]}《{other.title}》“{name}”之和"
    words = f"“{entry.line.label}”等于{said}。"
    rule = Rule(
        rule_id(entry), f"{entry.line.name}＝{said}", words, ADVICE, entry.severity, "D", YEARLY, table=entry.table
    )
    return rule, other, name


def beside(entry: Entry, form: Form, other: Form, name: str) -> list[tuple[Item, str]]:
    """Each number of a line with the code of the one in the other form that crosses a line of the same label."""
    along = "row" if entry.axis == "rows" else "column"
    across = "column" if along == "row" else "row"
    there = [item for item in other.items if is_called(getattr(item, along), name)]
    found = []
    for own in form.by_table[entry.table]:
        if getattr(own, along).id == entry.line.id:
            hits = [item.code for item in there if getattr(item, across).keys & getattr(own, across).keys]
            if len(hits) != 1:
                raise entry.keys.fail(
                    "is", f"：《{other.title}》里没有唯一的与“{getattr(own, across).label}”对应的“{name}”"
                )
            found.append((own, hits[0]))
    return found


def is_called(line: Line, name: str) -> bool:
    """Whether a line goes by this name."""
    return spelt(name) in {spelt(word) for word in (line.id, line.label, line.short) if word}


def cell_rule(keys: Keys, form: Form, forms: Forms) -> tuple[Rule, YearSum]:
    """A declared rule about one cell."""
    formula = keys.need("formula")
    own, told = RELATION.fullmatch(formula).groups()  # type: ignore[union-attr]
    other, name = other_form(keys, "formula", told, form, forms)
    mine, theirs = cell(keys, form, own), cell(keys, other, name)
    said = f"全年各{other.period.this[1:]}《{other.title}》“{name}”之和"
    usual = {
        "title": f"{own}＝{said}",
        "words": f"“{own}”等于{said}。",
        "advice": ADVICE,
        "severity": "explain",
        "origin": "D",
    }
    rule = read_words(keys.with_usual(usual), YEARLY)
    return rule, YearSum(rule.id, mine.index, other.id, theirs.code)


def cell(keys: Keys, form: Form, name: str) -> Item:
    """The number of this name. Raises OfficeError where there is none."""
    cells = Names(form).of_cells
    keys.known_name("formula", name, [*cells]) if spelt(name) not in cells else None
    return form.by_code[cells[spelt(name)]]


def apart(entries: Sequence[Entry], rules: Sequence[Keys]) -> tuple[list[Entry], list[Keys], OfYear]:
    """What speaks of the periods of a year, apart from all else."""
    lines = tuple(entry for entry in entries if speaks_of_year(entry.formula))
    told = tuple(keys for keys in rules if speaks_of_year(keys.values.get("formula")))
    return [e for e in entries if e not in lines], [k for k in rules if k not in told], OfYear(lines, told)
