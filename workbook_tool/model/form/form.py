"""A form as its declaration says it: its tables, a cover, and the rules that its numbers must keep."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.conditions import Derivation, Requirement
from workbook_tool.model.form.constraints import PREVIOUS, Constraint
from workbook_tool.model.form.drafting import Drafting
from workbook_tool.model.form.items import Item, Table
from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.form.register import Register, Tally
from workbook_tool.model.form.rules import Rule
from workbook_tool.model.form.summaries import DeclaredPivot, Facet, KeyFigure
from workbook_tool.model.form.texts import Texts
from workbook_tool.model.form.yearly import YearSum
from workbook_tool.model.text import cover_key, label_key, unglossed

PERIOD_FIELDS = ("period", "year")
"""The kinds of a line of the cover that says which period a filing is about."""


class CoverField(Struct, frozen=True, dict=True):
    """A line of the cover.

    ``kind``: ``agency``, ``code``, ``period`` (``year`` is the same of a yearly form), ``scope`` (one of ``choices``), ``nil`` (an answer 是 that says: nothing
    to report in table ``table``, whose rows ``zero`` must then be 0), ``text``, ``date`` or ``sign`` (a step of the review, where whoever
    took it puts a name). ``also`` are other labels
    that real covers have for it.
    """

    id: str
    label: str
    kind: Literal["agency", "code", "period", "year", "scope", "nil", "text", "date", "sign"] = "text"
    choices: tuple[str, ...] = ()
    table: str = ""
    zero: tuple[str, ...] = ()
    hint: str = ""
    also: tuple[str, ...] = ()

    @property
    def tells_period(self) -> bool:
        """Whether it says which period the filing is about."""
        return self.kind in PERIOD_FIELDS

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label that this field goes by, its own first."""
        return (self.label, *self.also)

    @cached_property
    def keys(self) -> frozenset[str]:
        """The normalised spellings under which this field is found on a cover."""
        return frozenset(map(cover_key, self.labels))


class Outdated(Struct, frozen=True, dict=True):
    """An older layout that still turns up: its name, the mark that its texts carry, and labels that only it has."""

    name: str
    mark: str
    labels: tuple[str, ...] = ()

    @cached_property
    def keys(self) -> frozenset[str]:
        """Its labels as they are compared."""
        return frozenset(map(label_key, self.labels))


class Form(Struct, frozen=True, dict=True):
    """A declared form. Everything else is derived from it: the blank workbook, the reader, the rules, the totals.

    ``guide`` are the notes for clerks; ``outdated`` are older layouts of the same form; ``period`` is how often it is
    filed, ``due`` within how many working days after its end (None: the office says until when). ``registers`` are its
    lists, and ``tallies`` say which of its tables are counted from them. ``texts`` is what the text of its reports says
    of its numbers, ``drafting`` how the region's own report is drafted; None where that is not declared.
    """

    id: str
    title: str
    version: str
    legal_basis: str
    tables: tuple[Table, ...]
    cover: tuple[CoverField, ...]
    rules: tuple[Rule, ...]
    constraints: tuple[Constraint, ...] = ()
    derivations: tuple[Derivation, ...] = ()
    conditions: tuple[Requirement, ...] = ()
    facets: tuple[Facet, ...] = ()
    pivots: tuple[DeclaredPivot, ...] = ()
    figures: tuple[KeyFigure, ...] = ()
    guide: tuple[str, ...] = ()
    outdated: tuple[Outdated, ...] = ()
    period: PeriodKind = PeriodKind.YEAR
    due: int | None = None
    texts: Texts | None = None
    drafting: Drafting | None = None
    registers: tuple[Register, ...] = ()
    tallies: tuple[Tally, ...] = ()
    year_sums: tuple[YearSum, ...] = ()

    def __hash__(self) -> int:
        """Quickly: two forms of one name and version are mostly the same one."""
        return hash((self.id, self.version))

    @cached_property
    def counted(self) -> frozenset[str]:
        """The ids of the tables whose numbers are counted from a list: nobody types them."""
        return frozenset(tally.table for tally in self.tallies)

    @cached_property
    def compared_with(self) -> tuple[str, ...]:
        """The ids of the other forms that what is counted from lists should agree with, and whose periods make up a year
        of this one."""
        told = (*(tally.form for tally in self.tallies), *(one.form for one in self.year_sums))
        return tuple(dict.fromkeys(form for form in told if form))

    @cached_property
    def typed(self) -> tuple[Table, ...]:
        """The tables that a clerk fills with numbers."""
        return tuple(table for table in self.tables if table.id not in self.counted)

    @property
    def without_lists(self) -> Form:
        """The form as a region files it that has counted its lists: what was counted is typed, and whoever stands in a
        list stays with the agencies."""
        return replace(self, registers=(), tallies=())

    @cached_property
    def cells(self) -> tuple[Item, ...]:
        """Every place of the form, its numbers first; each kind table by table, block by block, row by row."""
        crossings = [
            (t, b, row, column) for t in self.tables for b in t.blocks for row in b.rows for column in b.columns
        ]
        crossings.sort(key=lambda crossing: Item(0, *crossing).kind != "number")
        return tuple(Item(index, *crossing) for index, crossing in enumerate(crossings))

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Every number of the form, table by table, block by block, row by row."""
        return tuple(item for item in self.cells if item.kind == "number")

    @property
    def remarks(self) -> tuple[Item, ...]:
        """The texts and dates beside the numbers: read and shown, never added."""
        return self.cells[len(self.items) :]

    @cached_property
    def by_code(self) -> dict[str, Item]:
        """Every item by its code."""
        return {item.code: item for item in self.items}

    @cached_property
    def by_labels(self) -> dict[tuple[str, str, str], Item]:
        """Every item by its table and the labels of its row and column, as values.csv has them, by the former ones too."""
        every = {
            (item.table.name, row, column): item
            for item in self.items
            for row in (*item.row.was, item.row_label)
            for column in (*item.column.was, item.column_label)
        }
        return every | {(item.table.name, item.row_label, item.column_label): item for item in self.items}

    @cached_property
    def by_table(self) -> dict[str, tuple[Item, ...]]:
        """The items of each table, in order."""
        return {t.id: tuple(i for i in self.items if i.table.id == t.id) for t in self.tables}

    @cached_property
    def whole_scope(self) -> str:
        """The scope of a report that contains those of others; empty where the form knows none."""
        return next((rule.scope for rule in self.rules if rule.scope), "")

    def table(self, table_id: str) -> Table:
        """The table of this id."""
        return next(t for t in self.tables if t.id == table_id)

    def rule(self, rule_id: str) -> Rule:
        """The rule of this id. Raises KeyError where the form has none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)

    def rule_of_kind(self, kind: str) -> Rule:
        """The rule that words and weighs the findings of a built-in kind (``blank``, ``type`` …)."""
        return self.rules_by_kind[kind]

    @cached_property
    def rules_by_kind(self) -> dict[str, Rule]:
        """The first rule of each kind."""
        return {rule.kind: rule for rule in reversed(self.rules)}

    @cached_property
    def vocabulary(self) -> frozenset[tuple[str, str]]:
        """Every label of the form as a key, with the key of the label it is another spelling of (mostly itself): what
        a misspelt label must be held apart from."""
        lines = [line for t in self.tables for b in t.blocks for line in (*b.rows, *b.columns)]
        spelt = [(text, line.label) for line in lines for text in (line.label, *line.also)]
        others = [caption for line in lines for caption in line.under]
        others += [text for t in self.tables for text in (t.name, t.title, *t.subtotals)]
        others += [text for t in self.tables for b in t.blocks for text in (b.caption, b.corner, b.heading)]
        spelt += [(text, field.label) for field in self.cover for text in field.labels]
        pairs = (*spelt, *((text, text) for text in others if text))
        return frozenset((label_key(text), label_key(meant)) for text, meant in pairs)

    @cached_property
    def frame_keys(self) -> frozenset[str]:
        """Every label in and around the tables and lists of the form, which says nothing of a filing: 下半年 over a column
        is no period."""
        blocks = [block for table in self.tables for block in table.blocks]
        lines = [line for block in blocks for line in (*block.rows, *block.columns)]
        lines += [column.line for register in self.registers for column in register.columns]
        around = [text for block in blocks for text in (block.caption, block.corner, block.heading)]
        captions = [caption for line in lines for caption in line.under]
        return frozenset().union(map(label_key, (*around, *captions)), *(line.keys for line in lines)) - {""}

    @cached_property
    def cover_labels(self) -> dict[str, CoverField]:
        """The fields of the cover by every spelling of their labels, the first where several share one."""
        return {key: field for field in reversed(self.cover) for key in field.keys}

    @cached_property
    def line_keys(self) -> frozenset[str]:
        """Every spelling under which a row or a column of the form is found."""
        lines = (line for t in self.tables for b in t.blocks for line in (*b.rows, *b.columns))
        heads = (line for t in self.tables if t.side_by_side for line in t.heads)
        return frozenset().union(*(line.keys for line in (*lines, *heads)))

    @cached_property
    def one_key(self) -> dict[str, str]:
        """Spellings of a line by the key of its own label, where they are not the label of another."""
        lines = [line for table in self.tables for block in table.blocks for line in (*block.rows, *block.columns)]
        first = {label_key(line.label) for line in lines}
        return {key: label_key(line.label) for line in lines for key in line.keys if key not in first}

    @cached_property
    def told_apart(self) -> frozenset[str]:
        """The labels that stand for several lines unless what stands in brackets behind them is read too."""
        meant: dict[str, set[str]] = {}
        for table in self.tables:
            for line in (line for block in table.blocks for line in (*block.rows, *block.columns)):
                for text in (line.label, *line.also):
                    meant.setdefault(label_key(unglossed(text)[0]), set()).add(label_key(line.label))
        return frozenset(key for key, lines in meant.items() if len(lines) > 1)

    @cached_property
    def units(self) -> frozenset[str]:
        """What the form counts in."""
        return frozenset(item.unit for item in self.items if item.unit)

    @cached_property
    def ratios(self) -> dict[int, Derivation]:
        """The numbers that are never added but computed again from totals, with how."""
        return {derived.at: derived for derived in self.derivations if self.items[derived.at].adds == "ratio"}

    @cached_property
    def cumulatives(self) -> frozenset[int]:
        """The numbers that are counted on from period to period and begin anew with each year; a stock goes on."""
        return frozenset(
            c.at
            for c in self.constraints
            if c.cumulative and not (self.items[c.at].row.stock or self.items[c.at].column.stock)
        )

    def earlier(self, index: int) -> tuple[Item, str]:
        """The item of an earlier number, and what a sentence calls its period: 上年, 上周."""
        if index >= PREVIOUS:
            return self.items[index - PREVIOUS], self.period.before
        return self.items[index], self.period.year_ago

    @cached_property
    def sums(self) -> tuple[Constraint, ...]:
        """The equations that say how a total follows from its parts."""
        return tuple(c for c in self.constraints if c.operator == "==" and c.is_sum)
