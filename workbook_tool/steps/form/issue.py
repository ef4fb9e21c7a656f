"""What one issued workbook is about, and where its numbers stand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct, field

from workbook_tool.model.form.check_code import CODE, SUM, sums
from workbook_tool.model.form.conditions import Derivation
from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.form import CoverField, Form
from workbook_tool.model.form.items import Item, Table
from workbook_tool.model.form.layout import Layout, lay_out
from workbook_tool.model.form.live import Places, ratio_formula, sum_formula
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.season.last_year import Values
from workbook_tool.model.season.periods import Known
from workbook_tool.model.text import shortened

TOP = 5
"""The sheet row where a table's own layout starts: title, period, agency, status and a thin line come first."""
STATUS_ROW = 3
CODE_CELL = f"ID_{CODE}"
"""The defined name of the cell that holds the check code."""
YES, NO = "是", "否"


def sum_cell(number: int) -> str:
    """The defined name of the cell that holds a sum of the check code."""
    return f"ID_{SUM.format(number)}"


def cover_name(field: CoverField) -> str:
    """The defined name of a cover field's cell."""
    return f"COVER_{field.id}"


class Issue(Struct, frozen=True, dict=True):
    """One issued workbook: a form for a period, for one agency or for any, with totals typed or computed; ``last`` are
    what the agency filed before; ``known`` what the office knows besides. What answers a number is typed in where it is
    ``prefilled``."""

    form: Form
    period: Period
    agency: Agency | None = None
    total_formulas: bool = False
    last: Values = field(default_factory=dict)
    known: Mapping[int, Known] = field(default_factory=dict)
    prefilled: bool = False

    @cached_property
    def layouts(self) -> dict[str, Layout]:
        """The layout of each table."""
        return {table.id: lay_out(self.form, table) for table in self.form.tables}

    @cached_property
    def places(self) -> Places:
        """Where every number stands."""
        return {
            index: (layout.table.name, TOP + slot.row, slot.column)
            for layout in self.layouts.values()
            for index, slot in layout.slots.items()
        }

    @cached_property
    def formulas(self) -> dict[int, str]:
        """The formulas of computed totals, by item; a sum over a row is preferred where a total has two."""
        if not self.total_formulas:
            return {}
        sums = sorted(self.form.sums, key=lambda c: c.line.startswith("r:"))
        return {
            c.at: sum_formula(c, self.form, self.places, self.places[c.at][0])
            for c in sums
            if self.form.items[c.at].total
        }

    @cached_property
    def answers(self) -> dict[int, Known]:
        """The numbers that are known before anybody types them: those that simply repeat an earlier one, and what the
        office knows besides."""
        found: dict[int, Known] = {}
        for constraint in self.form.constraints:
            before = constraint.carried
            if before is not None and before in self.last and constraint.guard is None:
                source, called = self.form.earlier(before)
                told = f"{called}「{source.row_name}」的{source.column_name}"
                found[constraint.at] = Known(told, as_decimal(self.last[before], source))
        return {**found, **self.known}

    def inputs(self, table: Table) -> list[Item]:
        """The numbers that a clerk types."""
        return [item for item in self.form.by_table[table.id] if item.index not in self.formulas]

    def needed(self, table: Table) -> list[Item]:
        """The numbers that a clerk must type: all but the optional ones."""
        return [item for item in self.inputs(table) if not item.optional]

    def checks(self, table: Table) -> list[Constraint | Derivation]:
        """What the live checks of a table say: its equations, and its ratios where they can be computed here."""
        found: list[Constraint | Derivation] = [c for c in self.form.constraints if c.operator == "==" and c.this_year]
        found += [d for d in self.form.derivations if ratio_formula(d, self.form, self.places, table.name)]
        return [one for one in found if self.form.items[one.at].table is table]

    def nil_answer(self, table: Table) -> CoverField | None:
        """The cover's question whether there is nothing to report in this table."""
        return next((f for f in self.form.cover if f.kind == "nil" and f.table == table.id), None)

    @cached_property
    def sums(self) -> dict[str, int]:
        """The formulas that the check code is made of, with how many patches each has; none where no number is filled in."""
        return sums(self.form, self.places)

    @property
    def footer(self) -> str:
        """Form, version and agency at the left, pages in the middle, the sheet at the right."""
        mark = " ".join([self.form.id, f"v{self.form.version}", self.agency.code if self.agency else ""]).rstrip()
        return f"&L&8{shortened(mark).replace('&', '&&')}&C&8第 &P 页，共 &N 页&R&8&A"
