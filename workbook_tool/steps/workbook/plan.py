"""Where things stand in the regional workbook, so that sheets can refer to each other before they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import accumulate
from types import MappingProxyType

from workbook_tool.model.cells import address
from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.items import Table
from workbook_tool.model.form.layout import Layout, lay_out
from workbook_tool.model.form.live import Places, quote, ratio_formula
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.season.agency import ACCEPTED, AgencyRecord, AgencyState
from workbook_tool.model.workbook.book import BookSheet, FilePath, Value
from workbook_tool.model.workbook.headers import NAME, STATE
from workbook_tool.model.workbook.listing import list_row
from workbook_tool.model.workbook.measure import text_height, text_width
from workbook_tool.model.workbook.record_places import record_rows
from workbook_tool.model.workbook.result import Consolidation, Owner, Region
from workbook_tool.model.workbook.sums import Layer
from workbook_tool.steps.workbook.detail_list import detail_list, last_list
from workbook_tool.steps.workbook.last_rows import last_rows
from workbook_tool.steps.workbook.places import place_pages
from workbook_tool.steps.workbook.turns import Turn, in_turn, turn_of

OVERVIEW, NOTES = "总览", "说明"
AGENCIES, REMINDERS, FINDINGS, FILES = "报送情况", "催报名单", "问题清单", "收件清单"
CORRECTIONS, GATHERED, VERSIONS = "代改", "问题与举措", "重报"
TOTALS, HEATMAP = "汇总", "问题热图"
CHANGES, DRIFT = "本周变化", "定稿差异"
NAVY, GREEN, RED, AMBER, GREY = "#1F3864", "#6B8E5A", "#A65353", "#C58B2A", "#7A869A"

TOTALS_TOP = 4
"""First row of a table's frame in its sheet of totals."""

TITLE_SIZE, BACK, BACK_WIDTH = 15, "← 返回总览", 12
SCREEN = 175.0
"""So broad is what a small screen shows at once, beside the numbers of the rows."""
LAYER_STATES = {"passed": ACCEPTED, "held": (AgencyState.HELD,), "all": ()}


NO_COPIES: Mapping[str, FilePath] = MappingProxyType({})
"""Where nothing goes back."""
NO_DRAFTS: Mapping[str, str] = MappingProxyType({})
"""Where nobody is reminded."""


class Plan:
    """The result with the places of its figures: detail rows by agency, and totals by layer and item. ``returns`` are the
    paths of the return copies, ``reminders`` the names of the drafts in ``reminders/``, by the agency's code.

    Lists that other sheets refer to are placed here by their rows; where a column stands, the list says."""

    def __init__(
        self,
        result: Consolidation,
        returns: Mapping[str, FilePath] = NO_COPIES,
        reminders: Mapping[str, str] = NO_DRAFTS,
    ) -> None:
        self.result, self.form, self.returns, self.reminders = result, result.form, returns, reminders
        self.detail_list, self.last_list = detail_list(result.form), last_list(result.form)
        self.detail_row = {record.agency.code: self.detail_list.row(n) for n, record in enumerate(result.filed)}
        self.agency_row = {record.agency.code: list_row(n) for n, record in enumerate(result.agencies)}
        self.layouts: dict[str, Layout] = {t.id: lay_out(result.form, t) for t in result.form.tables}
        self.last_rows = last_rows(result)
        self.known_places: dict[str, Places] = {}
        along = {t.id: [c for c in self.equations(t) if c.line.startswith("r:")] for t in result.form.tables}
        self.known_checks = {table: len({self.check_key(c) for c in found}) for table, found in along.items()}
        self.pages = place_pages(result, self.layouts)

    @cached_property
    def total_rows(self) -> dict[str, set[int]]:
        """The rows of totals in the frame of each table."""
        frames = self.layouts.items()
        return {id: {s.row for i, s in f.slots.items() if self.form.items[i].row.total} for id, f in frames}

    @cached_property
    def by_code(self) -> dict[str, AgencyRecord]:
        """Where each agency stands, by its code."""
        return {record.agency.code: record for record in self.result.agencies}

    @cached_property
    def findings(self) -> tuple[tuple[Owner, Finding], ...]:
        """What 问题清单 lists, in its order: by whose turn it is."""
        return tuple(in_turn(self.result.told, self.form))

    @cached_property
    def missing(self) -> list[AgencyRecord]:
        """Who has not filed, the longest overdue first."""
        order = enumerate(self.result.agencies_in(AgencyState.MISSING))
        return [record for _, record in sorted(order, key=lambda pair: (-(pair[1].days_late or 0), pair[0]))]

    @cached_property
    def chased(self) -> list[AgencyRecord]:
        """What 催报名单 lists: who has not filed, the regions that are to chase others, and who owes an earlier period only."""
        first = [*self.missing, *self.result.lacking]
        known = {record.agency for record in first}
        owing = (record for record in self.result.agencies if self.result.owed.get(record.agency.code))
        return [*first, *(record for record in owing if record.agency not in known)]

    @cached_property
    def reminder_row(self) -> dict[str, int]:
        """The row of an agency in 催报名单."""
        return {record.agency.code: list_row(n) for n, record in enumerate(self.chased)}

    @cached_property
    def first_finding(self) -> dict[str, int]:
        """The row of an agency's first finding in 问题清单."""
        rows: dict[str, int] = {}
        for number, (record, _) in enumerate(self.findings):
            rows.setdefault(record.agency.code, list_row(number))
        return rows

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """Whose turn it is with each line of 问题清单."""
        return tuple(turn_of(owner, finding, self.form) for owner, finding in self.findings)

    @cached_property
    def first_of_rule(self) -> dict[str, int]:
        """The row of a rule's first finding in 问题清单."""
        rows: dict[str, int] = {}
        for number, (_, finding) in enumerate(self.findings):
            rows.setdefault(finding.rule, list_row(number))
        return rows

    @cached_property
    def record_rows(self) -> dict[tuple[str, str, str, int], tuple[str, int]]:
        """Where each record of a list stands."""
        return record_rows(self.result)

    def column(self, index: int) -> int:
        """The column of an item in 单位明细."""
        return self.detail_list.at(self.form.items[index].code)

    def detail(self, header: str, last: str = "") -> str:
        """All agencies' cells of a column (or of neighbouring columns) of 单位明细, as an absolute reference. The header of
        a number is its code."""
        return self.detail_list.range(len(self.result.filed), header, last)

    def last_detail(self, header: str) -> str:
        """All cells of a column of 上年明细, as an absolute reference."""
        return self.last_list.range(len(self.last_rows), header)

    @property
    def compares_years(self) -> bool:
        """Whether there is anything to lay beside last year."""
        return bool(self.last_rows and self.result.filed)

    def totals_sheet(self, table: Table) -> str:
        """The name of the sheet of a table's totals."""
        return TOTALS + table.name

    def totals_places(self, layer: str) -> Places:
        """Where each item's total of a layer stands."""
        if layer not in self.known_places:
            self.known_places[layer] = {
                item.index: (self.totals_sheet(item.table), *self.totals_cell(layer, item.index))
                for item in self.form.items
            }
        return self.known_places[layer]

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
        starts["diff"] = starts["all"] + breadth + checks
        starts["missing"] = starts["diff"] + breadth
        return starts[layer]

    @property
    def side_rows(self) -> dict[str, int]:
        """Where the layers of a table whose rows stand side by side are, below each other, each with its checks."""
        names = [
            "passed",
            "passed_check",
            *(["held"] if self.shows_held else []),
            "all",
            "all_check",
            "diff",
            "missing",
        ]
        return {name: number for number, name in enumerate(names)}

    def row_checks(self, table: Table) -> int:
        """How many columns of checks the rules that run along the rows of this table need."""
        return self.known_checks[table.id]

    def check_key(self, constraint: Constraint) -> tuple[str, str]:
        """What shares a line of checks: a rule and the line of totals that it points to, of which it may have several."""
        at = self.form.items[constraint.at]
        return constraint.rule_id, at.column.id if constraint.line.startswith("r:") else at.row.id

    def equations(self, table: Table) -> list[Constraint]:
        """The equations whose finding would point into this table."""
        at = {item.index for item in self.form.by_table[table.id]}
        equations = [c for c in self.form.constraints if c.operator == "==" and c.this_year and c.at in at]
        return [c for c in equations if not c.slack and all(self.form.items[index].added for index, _ in c.terms)]

    @property
    def shows_held(self) -> bool:
        """The part still to be explained is shown where there is any."""
        return self.result.totals.held.agencies > 0

    @property
    def adds(self) -> str:
        """The criterion for the rows of 单位明细 that may be added up; empty where all may."""
        return "" if len(self.result.added) == len(self.result.filed) else quote(f"<>{AgencyState.COMPARED.label}")

    def layer(self, name: str) -> Layer:
        """The totals over the filings of a layer."""
        return {
            "passed": self.result.totals.passed,
            "held": self.result.totals.held,
            "all": self.result.totals.all_filed,
        }[name]

    def total_formula(self, layer: str, index: int) -> str:
        """The live total of an item over 单位明细; of a ratio, that of its parts' totals."""
        if not self.form.items[index].added:
            derived, places = self.form.ratios.get(index), self.totals_places(layer)
            return ratio_formula(derived, self.form, places, places[index][0]) if derived else ""
        figures, states = self.detail(self.form.items[index].code), self.detail(STATE)
        by_state = [f'SUMIFS({figures},{states},"{state.label}")' for state in LAYER_STATES[layer]]
        if layer == "all":
            return f"=SUMIFS({figures},{states},{self.adds})" if self.adds else f"=SUM({figures})"
        return "=" + "+".join(by_state)

    def total(self, layer: str, index: int) -> Value:
        """What that formula comes to."""
        total = self.layer(layer).sums[index]
        return None if total is None else as_decimal(total, self.form.items[index])

    def figure_link(self, owner: Owner, finding: Finding) -> str:
        """Where the figure of a finding stands in this workbook: its cell in 单位明细, else the agency's row;
        of the region, its cell in the totals; of an agency that is in no total, its row in 报送情况."""
        for spot in finding.records[:1]:
            place = self.record_rows.get((finding.table, owner.agency.code, spot.sheet, spot.row))
            if place:
                return row_link(*place)
        if isinstance(owner, Region) and finding.item is not None:
            sheet, row, column = self.totals_places("passed")[finding.item]
            return f"{sheet}!{address(row, column)}"
        code = owner.agency.code
        if code not in self.detail_row:
            return self.agency_link(code)
        header = NAME if finding.item is None else self.form.items[finding.item].code
        return self.detail_list.link(self.detail_row[code], header)

    def agency_link(self, code: str) -> str:
        """An agency's row in 报送情况."""
        return row_link(AGENCIES, self.agency_row[code])

    def finding_link(self, number: int) -> str:
        """The row of a finding in 问题清单, by its number in ``findings``."""
        return row_link(FINDINGS, list_row(number))

    def page_link(self, owner: Owner, index: int | None = None) -> str:
        """An agency's page, or one number on it; its row in 单位明细 where agencies are too many for pages; empty where the
        agency has filed nothing."""
        code = owner.agency.code
        if code in self.pages.tops:
            sheet, row, column = self.pages.place(code, index)
            return f"{sheet}!{address(row, column)}"
        header = NAME if index is None else self.form.items[index].code
        return self.detail_list.link(self.detail_row[code], header) if code in self.detail_row else ""


def row_link(sheet: str, row: int) -> str:
    """The beginning of a row, as a link leads there."""
    return f"{sheet}!{address(row, 0)}"


def heading(sheet: BookSheet, title: str, subtitle: str, width: int) -> None:
    """The title of a sheet, the way back right behind it, and what the sheet shows, all of it on a screen."""
    breadths = [0 if column in sheet.hidden_columns else sheet.widths.get(column, 9) for column in range(width)]
    width = max(1, sum(room <= SCREEN for room in accumulate(breadths)))
    breadths = breadths[:width]
    wanted = text_width(title, TITLE_SIZE) + 4
    taken = next((n for n in range(1, width) if sum(breadths[:n]) >= wanted), max(1, width - 1))
    sheet.put(0, 0, title, "sheet_title", span=(1, taken))
    room = next((n for n in range(1, width - taken) if sum(breadths[taken : taken + n]) >= BACK_WIDTH), width - taken)
    sheet.put(0, taken, BACK, "back", span=(1, max(1, room)), link=f"{OVERVIEW}!A1")
    sheet.heights[0] = 30
    sheet.put(1, 0, subtitle, "note", span=(1, width))
    sheet.heights[1] = text_height(subtitle, sum(breadths), 9.5)
