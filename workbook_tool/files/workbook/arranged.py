"""How a sheet lies on the screen and on paper: sizes, views, protection, breaks and footer."""

from __future__ import annotations

from xlsxwriter.worksheet import Worksheet

from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.book import BookSheet, Print

MAY_STILL = {"select_locked_cells": True, "select_unlocked_cells": True, "format_columns": True, "format_rows": True}
A4, A3 = 9, 8
MARGINS = {"left": 0.5, "right": 0.5, "top": 0.6, "bottom": 0.7}
HEADER_FOOTER_LIMIT = 255


def done(code: object) -> None:
    """Raises where XlsxWriter says by its return code that it left something out."""
    if isinstance(code, int) and code < 0:
        raise ValueError(f"XlsxWriter refused a cell or a range (code {code})")


def arrange(worksheet: Worksheet, sheet: BookSheet) -> None:
    """Sizes, views and protection."""
    worksheet.hide_gridlines(2)
    for column in sorted(sheet.widths.keys() | sheet.hidden_columns):
        options: dict[str, bool | int] = {"hidden": True} if column in sheet.hidden_columns else {}
        if column in sheet.folded_columns:
            options = {"hidden": True, "level": 1}
        elif column - 1 in sheet.folded_columns:
            options["collapsed"] = True
        done(worksheet.set_column(column, column, sheet.widths.get(column), None, options))
    for row, height in sorted(sheet.heights.items()):
        done(worksheet.set_row(row, height))
    if sheet.freeze:
        worksheet.freeze_panes(*sheet.freeze)
    if sheet.tab:
        worksheet.set_tab_color(sheet.tab)
    if sheet.protected:
        if sheet.pivots:
            raise ValueError(f"{sheet.name} has a PivotTable, which Excel does not refresh on a protected sheet")
        worksheet.protect("", MAY_STILL)
    if sheet.hidden:
        worksheet.hide()
    if sheet.very_hidden:
        worksheet.very_hidden()
    worksheet.set_selection(*sheet.start, *sheet.start)


def arrange_print(worksheet: Worksheet, setup: Print) -> None:
    """Paper, margins, scale, page breaks and footer. Raises ValueError for a footer too long for Excel."""
    worksheet.set_paper(A3 if setup.large else A4)
    worksheet.set_margins(**MARGINS)
    worksheet.center_horizontally()
    if setup.scale:
        worksheet.set_print_scale(setup.scale)
        worksheet.set_h_pagebreaks(list(setup.breaks))
        worksheet.set_v_pagebreaks(list(setup.turns))
    else:
        worksheet.fit_to_pages(setup.wide, setup.tall)
    if setup.landscape:
        worksheet.set_landscape()
    if setup.area:
        done(worksheet.print_area(*setup.area[0], *setup.area[1]))
    if setup.repeat_rows:
        worksheet.repeat_rows(*setup.repeat_rows)
    if setup.repeat_columns:
        worksheet.repeat_columns(*setup.repeat_columns)
    if len(setup.footer) > HEADER_FOOTER_LIMIT:
        raise ValueError(f"the footer has more than {HEADER_FOOTER_LIMIT} characters")
    worksheet.set_footer(safe_text(setup.footer))
