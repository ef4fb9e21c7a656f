"""Where things stand in the regional workbook, so that sheets can refer to each other before they are drawn."""

from __future__ import annotations

from functools import cached_property

from workbook_tool.model.book import Sheet, Value
from workbook_tool.model.cells import absolute, address
from workbook_tool.model.finding import Finding
from workbook_tool.model.form import Table
from workbook_tool.model.layout import Layout, lay_out
from workbook_tool.model.live import Places
from workbook_tool.model.measure import text_height
from workbook_tool.model.result import AgencyRecord, Consolidation, Layer, State
from workbook_tool.model.rules import Constraint
from workbook_tool.model.submission import as_decimal

OVERVIEW, AGENCIES, FINDINGS, DETAIL, CROSSES, FILES, RULES = (
    "总览",
    "报送情况",
    "问题清单",
    "单位明细",
    "交叉汇总",
    "收件清单",
    "规则",
)
TOTALS = "汇总"
CHANGES, DRIFT = "本周变化", "定稿差异"
NAVY, GREEN, RED, AMBER, GREY = "#1F3864", "#6B8E5A", "#A65353", "#C58B2A", "#7A869A"

CODE, NAME, CATEGORY, STATE, FIRST_ITEM = range(5)
"""Columns of 单位明细."""
DETAIL_TOP, LIST_TOP = 6, 3
"""First row of figures in 单位明细; header row of the lists."""
TOTALS_TOP = 4
"""First row of a table's frame in its sheet of totals."""

LAYER_STATES = {"passed": (State.COUNTED, State.HELD), "held": (State.HELD,), "all": ()}


class Plan:
    """The result with the places of its figures: detail rows by agency, and totals by layer and item."""

    def __init__(self, result: Consolidation) -> None:
        self.result, self.form = result, result.form
        self.detail_row = {record.agency.code: DETAIL_TOP + n for n, record in enumerate(result.filed)}
        self.detail_last = DETAIL_TOP + max(1, len(result.filed)) - 1
        self.agency_row = {record.agency.code: LIST_TOP + 1 + n for n, record in enumerate(result.agencies)}
        self.layouts: dict[str, Layout] = {t.id: lay_out(result.form, t) for t in result.form.tables}

    @cached_property
    def first_finding(self) -> dict[str, int]:
        """The row of an agency's first finding in 问题清单."""
        rows: dict[str, int] = {}
        for number, (record, _) in enumerate(self.result.findings):
            rows.setdefault(record.agency.code, LIST_TOP + 1 + number)
        return rows

    def column(self, index: int) -> int:
        """The column of an item in 单位明细."""
        return FIRST_ITEM + index

    def detail(self, column: int, last_column: int | None = None) -> str:
        """All agencies' cells of a column (or of neighbouring columns) of 单位明细, as an absolute reference."""
        last = column if last_column is None else last_column
        return f"'{DETAIL}'!{absolute(DETAIL_TOP, column)}:{absolute(self.detail_last, last)}"

    def totals_sheet(self, table: Table) -> str:
        return TOTALS + table.name

    def totals_places(self, layer: str) -> Places:
        """Where each item's total of a layer stands."""
        return {
            item.index: (self.totals_sheet(item.table), *self.totals_cell(layer, item.index))
            for item in self.form.items
        }

    def totals_cell(self, layer: str, index: int) -> tuple[int, int]:
        """Row and column of an item's figure in its sheet of totals."""
        item = self.form.items[index]
        layout = self.layouts[item.table.id]
        slot = layout.slots[index]
        if item.table.side_by_side:
            return TOTALS_TOP + layout.first_row + self.side_rows[layer], 1 + slot.column
        return TOTALS_TOP + slot.row, slot.column + self.shift(item.table, layer)

    def shift(self, table: Table, layer: str) -> int:
        """How far right of its statutory place a layer's block stands, for tables whose rows are stacked."""
        layout = self.layouts[table.id]
        breadth = layout.width - layout.stub
        checks = self.row_checks(table)
        starts = {"passed": 0, "held": breadth + 1 + checks}
        held = breadth if self.shows_held else 0
        starts["all"] = starts["held"] + held
        starts["missing"] = starts["all"] + breadth + checks
        return starts[layer]

    @property
    def side_rows(self) -> dict[str, int]:
        """Where the layers of a table whose rows stand side by side are, below each other, each with its checks."""
        names = ["passed", "passed_check", *(["held"] if self.shows_held else []), "all", "all_check", "missing"]
        return {name: number for number, name in enumerate(names)}

    def row_checks(self, table: Table) -> int:
        """How many columns of checks the rules that run along the rows of this table need."""
        return len({self.check_key(c) for c in self.equations(table) if c.line.startswith("r:")})

    def check_key(self, constraint: Constraint) -> tuple[str, str]:
        """What shares a line of checks: a rule and the line of totals that it points to, of which it may have several."""
        at = self.form.items[constraint.at]
        return constraint.rule_id, at.column.id if constraint.line.startswith("r:") else at.row.id

    def equations(self, table: Table) -> list[Constraint]:
        """The equations whose finding would point into this table."""
        at = {item.index for item in self.form.by_table[table.id]}
        return [c for c in self.form.constraints if c.operator == "==" and c.this_year and c.at in at]

    @property
    def shows_held(self) -> bool:
        """The part still to be explained is shown where there is any."""
        return self.result.held.agencies > 0

    def layer(self, name: str) -> Layer:
        return {"passed": self.result.passed, "held": self.result.held, "all": self.result.all_filed}[name]

    def total_formula(self, layer: str, index: int) -> str:
        """The live total of an item over 单位明细."""
        figures, states = self.detail(self.column(index)), self.detail(STATE)
        by_state = [f'SUMIFS({figures},{states},"{state.label}")' for state in LAYER_STATES[layer]]
        return f"=SUM({figures})" if layer == "all" else "=" + "+".join(by_state)

    def total(self, layer: str, index: int) -> Value:
        return as_decimal(self.layer(layer).sums[index], self.form.items[index])

    def figure_link(self, record: AgencyRecord, finding: Finding) -> str:
        """Where the figure of a finding stands in this workbook: its cell in 单位明细, else the agency's row;
        of the region, its cell in the totals; of an agency that is in no total, its row in 报送情况."""
        if finding in self.result.region_findings and finding.item is not None:
            sheet, row, column = self.totals_places("passed")[finding.item]
            return f"{sheet}!{address(row, column)}"
        if record.agency.code not in self.detail_row:
            return f"{AGENCIES}!{address(self.agency_row[record.agency.code], 0)}"
        row = self.detail_row[record.agency.code]
        return f"{DETAIL}!{address(row, NAME if finding.item is None else self.column(finding.item))}"


def heading(sheet: Sheet, title: str, subtitle: str, width: int) -> None:
    """The title of a sheet, what it shows, and the way back."""
    sheet.put(0, 0, title, "sheet_title", span=(1, width))
    sheet.heights[0] = 30
    sheet.put(1, 0, subtitle, "note", span=(1, width))
    room = sum(sheet.widths.get(column, 9) for column in range(width))
    sheet.heights[1] = text_height(subtitle, room, 9.5)
