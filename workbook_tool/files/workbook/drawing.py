"""Native charts of a Book, and the boxes of its notes."""

from __future__ import annotations

from typing import Any

from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from workbook_tool.files.workbook.theme import CHART_COLORS, GREY, HEADING_FONT, INK, TEXT_FONT
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.book import Chart, Series
from workbook_tool.model.workbook.measure import text_height

KINDS: dict[str, dict[str, str]] = {
    "bar": {"type": "bar"},
    "column": {"type": "column"},
    "stacked": {"type": "bar", "subtype": "stacked"},
    "doughnut": {"type": "doughnut"},
    "line": {"type": "line"},
}
SMALL = {"name": TEXT_FONT, "size": 9, "color": GREY}
LABEL = {"name": TEXT_FONT, "size": 9, "color": INK}
ON_DARK = {"name": TEXT_FONT, "size": 9, "color": "#FFFFFF"}
LINES = (("solid", "circle"), ("dash", "square"), ("square_dot", "triangle"), ("long_dash_dot", "diamond"))
"""Dashes and marks by which lines are told apart where there is no colour."""
BRIGHT = 140
"""From this brightness on (of 255) a fill bears dark words."""
NOTE_SIZE, NOTE_WIDTH, PIXELS, POINT = 9, 300, 7, 0.75
"""The text size of notes on cells, how broad their boxes are, and the pixels of a unit of width; the points of a pixel."""


def insert_chart(workbook: Workbook, worksheet: Worksheet, chart: Chart) -> None:
    """Draw the chart on its sheet, with its alternative text."""
    drawn: Any = workbook.add_chart(dict(KINDS[chart.kind]))
    for number, series in enumerate(chart.series):
        drawn.add_series(series_options(chart, series, number))
    heading = {"name": HEADING_FONT, "size": 11, "bold": False, "color": INK}
    drawn.set_title({"name": safe_text(chart.title), "name_font": heading, "overlay": False})
    many = len(chart.series) > 1 or chart.kind == "doughnut"
    drawn.set_legend({"position": "bottom", "font": SMALL} if many else {"none": True})
    drawn.set_chartarea({"border": {"color": "#D9DEE7"}})
    if chart.kind == "doughnut":
        drawn.set_hole_size(58)
    else:
        arrange_axes(drawn, horizontal=KINDS[chart.kind]["type"] == "bar")
    width, height = chart.size
    drawn.set_size({"width": width, "height": height})
    options = {"description": safe_text(chart.alt_text), "object_position": 2}
    if worksheet.insert_chart(chart.row, chart.column, drawn, options):
        raise ValueError(f"XlsxWriter refused the chart {chart.title!r}")


def arrange_axes(drawn: Any, horizontal: bool) -> None:
    """Names on one axis, in the order of the cells; the figures stand on the marks, so their axis is left out."""
    names = {"num_font": SMALL, "line": {"color": "#BFC7D5"}, "major_tick_mark": "none", "reverse": horizontal}
    figures = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    # XlsxWriter calls the horizontal axis x, also where the bars lie.
    drawn.set_x_axis(figures if horizontal else names)
    drawn.set_y_axis(names if horizontal else figures)


def series_options(chart: Chart, series: Series, number: int) -> dict[str, Any]:
    """How XlsxWriter is to draw a series: its cells, its labels (0 is left out) and its colours."""
    options: dict[str, Any] = {
        "name": safe_text(series.name),
        "categories": [series.sheet, *series.categories[0], *series.categories[1]],
        "values": [series.sheet, *series.values[0], *series.values[1]],
        "data_labels": {
            "value": True,
            "num_format": "#,##0;;",
            "font": LABEL,
        },
    }
    color = series.color or CHART_COLORS[number % len(CHART_COLORS)]
    count = max(1, series.values[1][0] - series.values[0][0] + 1, series.values[1][1] - series.values[0][1] + 1)
    if chart.kind == "line":
        dash, shape = LINES[number % len(LINES)]
        mark = {"type": shape, "size": 7, "fill": {"color": color}, "border": {"color": color}}
        last = [*({"delete": True} for _ in range(count - 1)), None]  # None: as all are
        options["data_labels"] |= {"position": series.label, "num_format": "#,##0", "custom": last}
        return options | {"line": {"color": color, "width": 2, "dash_type": dash}, "marker": mark}
    if chart.kind in ("stacked", "doughnut"):
        options["data_labels"]["font"] = LABEL if brightness(color) > BRIGHT else ON_DARK
    if chart.kind != "doughnut":
        options |= {"fill": {"color": color}, "border": {"color": "#FFFFFF"}, "gap": 60}
    colors = series.point_colors or (CHART_COLORS if chart.kind == "doughnut" else ())
    if colors:
        options["points"] = [{"fill": {"color": colors[i % len(colors)]}} for i in range(count)]
    return options


def brightness(color: str) -> float:
    """How bright ``#RRGGBB`` is to the eye, and on grey paper: 0 to 255."""
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def note_box(text: str) -> dict[str, str | float]:
    """How a note on a cell is shown: in a box that holds all of its text. A box does not grow by itself, and that of an
    office program has room for forty characters."""
    height = text_height(text, NOTE_WIDTH / PIXELS, NOTE_SIZE) / POINT
    return {"author": "", "font_name": TEXT_FONT, "font_size": NOTE_SIZE, "width": NOTE_WIDTH, "height": round(height)}
