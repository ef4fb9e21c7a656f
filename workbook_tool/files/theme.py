"""How the roles of a Book look, as data: XlsxWriter format properties by role.

Words on the page
    ``title`` ``sheet_title`` ``subtitle`` · ``section`` heading of a part · ``text`` ``text_right`` ``text_wrap``
    ``note`` small and grey · ``hint`` the same in a frame · ``aside`` light grey, beside the page · ``link`` · ``status`` the line that says how a table stands · ``kpi_value`` ``kpi_label``
Frame of a table (thin borders from here on)
    ``caption`` over a block · ``caption_open`` the same, in cells that are not merged · ``head`` over columns · ``corner`` · ``group`` captions of rows · ``stub`` labels of rows
    ``stub_head`` label of a row outside any group · ``stub_total`` label of a total row
Body of a table
    ``cell`` ``cell_center`` ``cell_wrap`` ``small`` ``small_wrap`` texts · ``code`` an item's code · ``band`` over a
    layer of totals · ``missing`` a count whose 0 is a dash · ``cell_link`` ``cell_link_wrap`` · ``number`` ``number_total`` counts · ``amount``
    ``amount_total`` up to 6 decimals · ``date`` · ``check``
    ``check_amount`` a live difference: 多 3, 少 2, ✔ · ``check_label`` ``check_head`` their labels · ``ok`` ``bad`` ``warn`` ``info`` words with a fill
Cells that clerks fill (unlocked)
    ``input`` ``input_amount`` numbers · ``total_input`` ``total_amount_input`` totals that are typed · ``input_text``
    ``input_choice`` ``input_date`` lines of the cover
Conditions (in ``CONDITIONS``)
    ``ok`` ``bad`` ``warn`` ``info`` fills with their ink · ``done`` white, or ``done_total`` grey, once filled · ``off`` red ink: part of a sum
    that does not balance
"""

from __future__ import annotations

Look = dict[str, str | int | float | bool]

HEADING_FONT, TEXT_FONT, NOTE_FONT, NUMBER_FONT = "黑体", "宋体", "仿宋", "Times New Roman"
INK, GREY, NAVY, LINE = "#1A1A1A", "#595959", "#1F3864", "#7A869A"
HEAD_FILL, STUB_FILL, TOTAL_FILL, INPUT_FILL = "#E3EBF5", "#F5F8FC", "#EDEFF3", "#FFF9DB"
CHART_COLORS = ("#2F5D8C", "#C58B2A", "#6B8E5A", "#A65353", "#6D6A9C", "#7A869A")
"""In the order in which the series of a chart take them."""

PAGE: Look = {"font_name": TEXT_FONT, "font_size": 10.5, "font_color": INK, "valign": "vcenter"}
HEADING: Look = {**PAGE, "font_name": HEADING_FONT, "font_color": NAVY}
FRAMED: Look = {**PAGE, "border": 1, "border_color": LINE}
HEAD: Look = {**FRAMED, "font_name": HEADING_FONT, "align": "center", "text_wrap": True, "bg_color": HEAD_FILL}
LABEL: Look = {**FRAMED, "align": "left", "indent": 1, "text_wrap": True, "bg_color": STUB_FILL}
FIGURE: Look = {**FRAMED, "font_name": NUMBER_FONT, "font_size": 11, "align": "center", "num_format": "0"}
TOTAL: Look = {"bold": True, "bg_color": TOTAL_FILL}
INPUT: Look = {"locked": False, "bg_color": INPUT_FILL}
WORD: Look = {**FRAMED, "align": "center", "font_size": 10}
CHECK: Look = {**WORD, "font_name": HEADING_FONT, "font_color": GREY}
ENTRY: Look = {**FRAMED, **INPUT, "font_size": 11, "align": "left", "indent": 1, "text_wrap": True}
# General, because 0.###### leaves a bare point behind whole numbers.
AMOUNT: Look = {"num_format": "General"}

CONDITIONS: dict[str, Look] = {
    "ok": {"bg_color": "#E2F0D9", "font_color": "#2B5A1B"},
    "bad": {"bg_color": "#FBDAD7", "font_color": "#9C0006", "bold": True},
    "warn": {"bg_color": "#FFF0C8", "font_color": "#6B4700"},
    "info": {"bg_color": "#DDEBF7", "font_color": "#1F4E79"},
    "done": {"bg_color": "#FFFFFF"},
    "done_total": {"bg_color": TOTAL_FILL},
    "off": {"bg_color": "#FFF4F2", "font_color": "#C00000", "bold": True},
}

ROLES: dict[str, Look] = {
    "title": {**HEADING, "font_size": 18, "align": "center"},
    "sheet_title": {**HEADING, "font_size": 15},
    "subtitle": {**PAGE, "font_name": NOTE_FONT, "font_size": 11, "font_color": GREY, "align": "center"},
    "section": {**HEADING, "font_size": 12, "bottom": 2, "bottom_color": NAVY},
    "text": PAGE,
    "text_right": {**PAGE, "align": "right"},
    "text_wrap": {**PAGE, "text_wrap": True},
    "note": {**PAGE, "font_name": NOTE_FONT, "font_size": 9.5, "font_color": GREY, "text_wrap": True},
    "aside": {**PAGE, "font_name": NOTE_FONT, "font_size": 9.5, "font_color": "#7F7F7F"},
    "hint": {**LABEL, "font_name": NOTE_FONT, "font_size": 9.5, "font_color": GREY, "bg_color": "#FFFFFF"},
    "link": {**PAGE, "font_color": "#1F4E79", "underline": 1},
    "status": {**WORD, "font_name": HEADING_FONT, "font_size": 10.5, "text_wrap": True, "border": 1},
    "kpi_value": {**HEADING, "font_size": 20, "align": "center", "num_format": "#,##0", "bg_color": STUB_FILL},
    "kpi_label": {**PAGE, "font_size": 9.5, "font_color": GREY, "align": "center", "bg_color": STUB_FILL},
    "caption": {**HEAD, "align": "left", "indent": 1, "font_color": NAVY},
    "caption_open": {**HEADING, "font_size": 10.5, "bg_color": HEAD_FILL, "top": 1, "bottom": 1},
    "head": HEAD,
    "corner": {**HEAD, "font_name": NOTE_FONT, "font_size": 9.5, "font_color": "#44546A"},
    "group": {**HEAD, "bg_color": STUB_FILL},
    "stub": LABEL,
    "stub_head": {**LABEL, "font_name": HEADING_FONT},
    "stub_total": {**LABEL, "font_name": HEADING_FONT, "bg_color": TOTAL_FILL},
    "cell": {**FRAMED, "align": "left", "indent": 1},
    "cell_center": {**FRAMED, "align": "center"},
    "cell_wrap": {**FRAMED, "align": "left", "indent": 1, "text_wrap": True},
    "cell_link": {**FRAMED, "align": "center", "font_color": "#1F4E79", "underline": 1},
    "cell_link_wrap": {
        **FRAMED,
        "font_size": 10,
        "align": "left",
        "indent": 1,
        "text_wrap": True,
        "font_color": "#1F4E79",
        "underline": 1,
    },
    "small": {**FRAMED, "font_size": 10, "align": "center"},
    "small_wrap": {**FRAMED, "font_size": 10, "align": "left", "indent": 1, "text_wrap": True},
    "code": {**FRAMED, "font_name": NUMBER_FONT, "font_size": 8, "align": "center", "font_color": GREY},
    "band": {**HEAD, "bg_color": NAVY, "font_color": "#FFFFFF"},
    "missing": {**FIGURE, "num_format": '0;-0;"–"', "font_color": GREY},
    "number": FIGURE,
    "number_total": {**FIGURE, **TOTAL},
    "amount": {**FIGURE, **AMOUNT},
    "amount_total": {**FIGURE, **TOTAL, **AMOUNT},
    "date": {**FRAMED, "align": "center", "num_format": "yyyy-mm-dd"},
    "check": {**CHECK, "num_format": '"多 "0;"少 "0;"✔"'},
    "check_amount": {**CHECK, "num_format": '"多 "General;"少 "General;"✔"'},
    "check_head": {**CHECK, "font_size": 9, "text_wrap": True},
    "check_label": {**WORD, "font_size": 9.5, "align": "right", "indent": 1, "text_wrap": True, "font_color": GREY},
    "input": {**FIGURE, **INPUT},
    "input_amount": {**FIGURE, **INPUT, **AMOUNT},
    "total_input": {**FIGURE, **INPUT, "bold": True},
    "total_amount_input": {**FIGURE, **INPUT, **AMOUNT, "bold": True},
    "input_text": {**ENTRY, "num_format": "@"},
    "input_choice": ENTRY,
    "input_date": {**ENTRY, "num_format": 'yyyy"年"m"月"d"日"'},
    **{role: {**WORD, **CONDITIONS[role]} for role in ("ok", "bad", "warn", "info")},
}


def look(role: str, looks: dict[str, Look] = ROLES) -> Look:
    """The format properties of a role. Raises KeyError, naming the known ones, where there is no such role."""
    try:
        return looks[role]
    except KeyError:
        raise KeyError(f"unknown role {role!r}; known roles: {', '.join(sorted(looks))}") from None
