"""The season so far: how complete the filings are and how many problems there are, run by run, as table and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from workbook_tool.model.form.rules import Severity
from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.history import PastRun
from workbook_tool.model.workbook.book import BookSheet, Chart, Series
from workbook_tool.steps.workbook.plan import AMBER, CHANGES, GREEN, NAVY, RED
from workbook_tool.steps.workbook.sections import NUMERALS, WIDTH

DUE: Literal["due"] = "due"
Shown = Literal["due"] | AgencyState | Severity
LABELS: dict[Shown, str] = {
    DUE: "应报",
    **{state: state.label for state in AgencyState},
    **{severity: severity.label for severity in (Severity.MUST, Severity.EXPLAIN)},
}
"""What is shown of a run, in the order of the columns."""
CHARTS: tuple[tuple[str, str, dict[Shown, str]], ...] = (
    ("报送情况", "家", {AgencyState.MISSING: RED, AgencyState.RETURNED: AMBER, AgencyState.COUNTED: GREEN}),
    ("审核问题", "条", {Severity.MUST: RED, Severity.EXPLAIN: NAVY}),
)
SELDOM = (AgencyState.COMPARED, AgencyState.UNKNOWN)
"""Shown only where a run has any: most offices have no wholes beside their parts, and can open all their folders."""
FIRST, CHART_COLUMNS = 2, (0, 7)
CHART_SIZE, CHART_ROWS = (600, 260), 10


def add_trend(sheet: BookSheet, top: int, runs: Sequence[PastRun]) -> int:
    """A line a run, the last one this run; below it two charts of the same figures. Returns the row below."""
    sheet.put(top, 0, f"{NUMERALS[0]}、走势", "section", span=(1, WIDTH))
    sheet.heights[top] = 24
    head, first, last = top + 1, top + 2, top + 1 + len(runs)
    shown = [key for key in LABELS if key not in SELDOM or any(key in run.states for run in runs)]
    for column, text in enumerate(("日期", "运行", *(LABELS[key] for key in shown))):
        sheet.put(head, column, text, "list_head")
    sheet.heights[head] = 21
    for row, run in enumerate(runs, first):
        sheet.put(row, 0, f"{run.as_of:%m-%d}", "small")
        sheet.put(row, 1, run.name, "small")
        sheet.heights[row] = 18
        figures = dict[Shown, int]([(DUE, run.due), *run.states.items(), *run.findings.items()])
        for column, key in enumerate(shown, FIRST):
            sheet.put(row, column, figures.get(key, 0), "small_number")
    places = {key: ((first, column), (last, column)) for column, key in enumerate(shown, FIRST)}
    names = ((first, 0), (last, 0))
    for column, (title, unit, colors) in zip(CHART_COLUMNS, CHARTS, strict=True):
        sides = label_sides({key: figures.get(key, 0) for key in colors})
        lines = tuple(
            Series(LABELS[k], CHANGES, names, places[k], color, label=sides[k]) for k, color in colors.items()
        )
        alt = f"折线图：历次运行中{'、'.join(line.name for line in lines)}的{unit}数，数字同上表"
        sheet.charts.append(Chart(last + 2, column, "line", f"{title}（{unit}）", alt, lines, CHART_SIZE))
    sheet.heights |= {last + 1: 8, **dict.fromkeys(range(last + 2, last + 2 + CHART_ROWS), 20)}
    return last + 3 + CHART_ROWS


def label_sides(ends: Mapping[Shown, int]) -> dict[Shown, str]:
    """On which side of its end each line has its figure, so that those of lines which end close together stay apart; what
    ends on the axis has it beside, for below stand the dates."""
    order = sorted(ends, key=lambda key: -ends[key])
    return dict.fromkeys(order, "right") | {order[-1]: "below" if ends[order[-1]] else "right"} | {order[0]: "above"}
