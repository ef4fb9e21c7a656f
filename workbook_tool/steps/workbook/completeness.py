"""一、报送情况 of 总览: how complete each kind of agency is, with a chart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.season.agency import WITHOUT_FILE, AgencyRecord
from workbook_tool.model.workbook.book import BookSheet, Chart, Series
from workbook_tool.model.workbook.headers import STATE
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.workbook.agencies import agencies_range
from workbook_tool.steps.workbook.overview_grid import COLUMNS, UNIT, section
from workbook_tool.steps.workbook.plan import OVERVIEW, Plan

NO_CATEGORY, OTHERS = "（未分类）", "其余类别"
STANDS = {"已汇总": "#4F7A3F", "待核": "#F0C04A", "退回": "#9C3A3A", "未报": "#C3CBD6"}
"""Dark and bright by turns: on grey paper too one is told from the next."""
NAME, FIGURE, LINES = 4, 2, 8
"""Columns of a category's name and of each figure; how many categories the page has room for."""
CHART = 4 + FIGURE * 6
HEIGHT = 22.0


class Completeness(Struct, frozen=True):
    """The table being drawn: its sheet, its header row, and the states it counts, which are its columns."""

    sheet: BookSheet
    plan: Plan
    head: int
    labels: tuple[str, ...]

    @property
    def shares(self) -> bool:
        """Whether it is known who should file: not where there is no roster, and not of what lower levels passed on, who
        named no kinds of those that are missing."""
        return self.plan.result.run.roster.given and not self.plan.result.by_levels

    def figures(self, records: Iterable[AgencyRecord]) -> list[int]:
        """How many they are, and how many of them stand in each state."""
        states = [record.state.label for record in records]
        return [len(states), *(states.count(label) for label in self.labels)]


def add_completeness(sheet: BookSheet, plan: Plan, top: int) -> int:
    """Draw it; returns the row below."""
    below = "（名录中的和下级转来的；逐级的见各级报送）" if plan.result.by_levels else ""
    section(sheet, top, f"一、报送情况{below}")
    records = plan.result.agencies
    labels = (*STANDS, *sorted({r.state.label for r in records} - set(STANDS)))
    table = Completeness(sheet, plan, top + 1, labels)
    names = Counter(record.agency.category for record in records)
    shown = sorted(sorted(names, key=lambda name: (-names[name], name))[:LINES])
    put_head(table)
    row = table.head
    for row, name in enumerate(shown, table.head + 1):
        put_category(table, row, name)
    if len(names) > len(shown):
        row += 1
        put_others(table, row, [r for r in records if r.agency.category not in shown])
    put_totals(table, row + 1)
    add_chart(table, row - table.head)
    return max(row + 1, table.head + (6 if names else 0)) + 1  # below the chart


def column_of(number: int) -> int:
    """The grid column at which a figure begins."""
    return NAME + FIGURE * number


def put_head(table: Completeness) -> None:
    """The header row."""
    table.sheet.put(table.head, 0, "单位类别", "head", span=(1, NAME))
    share = ("报送率",) if table.shares else ()
    all_of_them = "应报" if share else "单位" if table.plan.result.run.roster.given else "报来"
    for number, text in enumerate((all_of_them, *table.labels, *share)):
        table.sheet.put(table.head, column_of(number), text, "head", span=(1, FIGURE))
    table.sheet.heights |= dict.fromkeys(range(table.head, table.head + 7), HEIGHT)


def put_line(
    table: Completeness, row: int, name: str, figures: list[int], formulas: list[str], ending: str = ""
) -> None:
    """A line of the table, its last figure the share that has filed, where it is known who should."""
    sheet = table.sheet
    sheet.put(row, 0, name, f"stub{ending}", span=(1, NAME))
    for number, (value, formula) in enumerate(zip(figures, formulas, strict=True)):
        sheet.put(row, column_of(number), value, f"count{ending}", formula=formula, span=(1, FIGURE))
    sheet.heights[row] = max(HEIGHT, text_height(name, NAME * UNIT))
    if table.shares:
        absent = [1 + table.labels.index(label) for label in WITHOUT_FILE.values() if label in table.labels]
        due, *missing = (address(row, column_of(number)) for number in (0, *absent))
        share = round((figures[0] - sum(figures[n] for n in absent)) / figures[0], 12) if figures[0] else 0
        formula = f"=IF({due}=0,0,ROUND(({due}-{'-'.join(missing)})/{due},12))"
        sheet.put(row, column_of(len(figures)), share, f"share{ending}", formula=formula, span=(1, FIGURE))


def put_category(table: Completeness, row: int, name: str) -> None:
    """The line of a kind of agency."""
    categories, states = (agencies_range(table.plan, header) for header in ("类别", STATE))
    match = f"({categories}={absolute(row, 0)})" if name else f'({categories}="")'
    formulas = [f'=SUMPRODUCT({match}*({states}<>""))']
    formulas += [f'=SUMPRODUCT({match}*({states}="{label}"))' for label in table.labels]
    here = [record for record in table.plan.result.agencies if record.agency.category == name]
    put_line(table, row, name or NO_CATEGORY, table.figures(here), formulas)


def put_others(table: Completeness, row: int, records: list[AgencyRecord]) -> None:
    """What the page has no room to name: the rest to the totals below."""
    columns = [column_of(number) for number in range(1 + len(table.labels))]
    formulas = [f"={address(row + 1, c)}-SUM({address(table.head + 1, c)}:{address(row - 1, c)})" for c in columns]
    put_line(table, row, OTHERS, table.figures(records), formulas)


def put_totals(table: Completeness, row: int) -> None:
    """The line of all agencies, counted on its own and not summed from those above."""
    states = agencies_range(table.plan, STATE)
    formulas = [f'=SUMPRODUCT(--({states}<>""))', *(f'=COUNTIF({states},"{label}")' for label in table.labels)]
    put_line(table, row, "合计", table.figures(table.plan.result.agencies), formulas, "_total")


def add_chart(table: Completeness, lines: int) -> None:
    """Beside the table, as high as it; the labels of its marks are the figures of the table."""
    if not lines:
        return
    head, left = table.head, column_of(len(table.labels) + 2)
    names = (head + 1, 0), (head + lines, 0)
    series = tuple(
        Series(label, OVERVIEW, names, ((head + 1, column_of(1 + n)), (head + lines, column_of(1 + n))), color)
        for n, (label, color) in enumerate(STANDS.items())
    )
    alt = "横条图：各类单位中已汇总、待核、退回、未报的家数，数字同左表"
    heights = sum(table.sheet.heights[row] for row in range(head, head + max(7, lines + 2)))
    pixels = 33 * (COLUMNS - left) - 4, round(heights / 0.75) - 2
    table.sheet.charts.append(Chart(head, left, "stacked", "各类单位报送情况（家）", alt, series, pixels))
