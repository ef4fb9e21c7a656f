"""The season so far: how complete the filings are and how many problems there are, run by run, as table and charts."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.book import Chart, Series, Sheet
from workbook_tool.model.history import PastRun
from workbook_tool.model.result import MISSING, MISSING_LABEL, State
from workbook_tool.model.rules import Severity
from workbook_tool.steps.compose.plan import AMBER, CHANGES, GREEN, NAVY, RED
from workbook_tool.steps.compose.sections import WIDTH

STATES = (State.COUNTED, State.HELD, State.RETURNED)
CHART_SIZE, CHART_ROWS = (560, 260), 14


def add_trend(sheet: Sheet, top: int, number: int, runs: Sequence[PastRun]) -> None:
    """A line a run, the last one this run; below it two charts of the same figures."""
    sheet.put(top, 0, f"{number}. 走势", "section", span=(1, WIDTH))
    sheet.heights[top] = 24
    head, first, last = top + 1, top + 2, top + 1 + len(runs)
    heads = (
        "日期",
        "运行",
        "应报",
        *(s.label for s in STATES),
        MISSING_LABEL,
        Severity.MUST.label,
        Severity.EXPLAIN.label,
    )
    for column, text in enumerate(heads):
        sheet.put(head, column, text, "head")
    aside = any(run.states.get(State.EXCLUDED) for run in runs)
    if aside:
        sheet.put(head, WIDTH, State.EXCLUDED.label, "head")
    for row, run in enumerate(runs, first):
        if aside:
            sheet.put(row, WIDTH, run.states.get(State.EXCLUDED, 0), "number")
        sheet.put(row, 0, f"{run.as_of:%m-%d}", "small")
        sheet.put(row, 1, run.name, "small")
        figures = (run.due, *(run.states.get(s, 0) for s in (*STATES, MISSING)))
        problems = (run.findings.get(s, 0) for s in (Severity.MUST, Severity.EXPLAIN))
        for column, figure in enumerate((*figures, *problems), 2):
            sheet.put(row, column, figure, "number")
    lines = {6: (MISSING_LABEL, RED), 5: (State.RETURNED.label, AMBER), 3: (State.COUNTED.label, GREEN)}
    filed = tuple(series(name, first, last, column, color) for column, (name, color) in lines.items())
    found = (series("必须改", first, last, 7, RED), series("需说明", first, last, 8, NAVY))
    for column, title, unit, those in ((0, "报送情况", "家", filed), (5, "审核问题", "条", found)):
        names = "、".join(one.name for one in those)
        alt = f"折线图：历次运行的{names}{unit}数，数字同上表"
        sheet.charts.append(Chart(last + 2, column, "line", f"{title}（{unit}）", alt, those, CHART_SIZE))
    sheet.heights |= dict.fromkeys(range(last + 2, last + 2 + CHART_ROWS), 20)


def series(name: str, first: int, last: int, column: int, color: str) -> Series:
    return Series(name, CHANGES, ((first, 0), (last, 0)), ((first, column), (last, column)), color)
