"""How the roles of a Book look, as data: XlsxWriter format properties by role.

Words on the page
    ``title`` ``sheet_title`` ``subtitle`` · ``alert`` large and red · ``section`` heading of a part · ``text`` ``text_right`` ``text_wrap``
    ``note`` small and grey · ``hint`` the same in a frame · ``aside`` light grey, beside the page · ``code_line`` the check code · ``link`` · ``status`` the line that says how a table stands
    ``answer`` the one sentence a leader reads · ``back`` the way back · ``sign`` ``signed`` who signs, and the line for it · ``contents`` a link in the contents
Cards
    ``kpi_value`` ``kpi_label`` ``kpi_note`` · ``bar_navy`` ``bar_green`` ``bar_amber`` ``bar_red`` ``bar_grey`` the stripe over a card
Frame of a table (thin borders from here on)
    ``caption`` over a block · ``caption_open`` the same, in cells that are not merged · ``head`` over columns · ``corner`` · ``group`` captions of rows · ``stub`` labels of rows
    ``stub_head`` label of a row outside any group · ``stub_total`` label of a total row
Body of a table
    ``list_head`` over the columns of a list · ``cell`` ``cell_center`` ``cell_wrap`` ``small`` ``small_wrap`` texts · ``cell_number``
    ``small_number`` numbers of a list, ``cell_count`` with a dash for 0 · ``cell_amount`` ``cell_total`` points · ``code`` an item's code · ``band`` over a layer of totals
    ``missing`` a count whose 0 is a dash · ``gap`` ``gap_amount`` a difference whose 0 is a dash · ``growth`` signed per cent · ``flag`` 是 for 1
    ``heat`` ``heat_total`` counts whose 0 is not shown · ``cell_link`` ``cell_link_left`` ``small_link`` ``small_link_left`` · ``number`` ``number_total``
    counts · ``count`` ``count_total`` with thousands · ``share`` ``share_total`` per cent · ``gain`` ``gain_amount`` a signed difference
    ``amount`` ``amount_total`` up to 6 decimals · ``date`` ``date_left`` · ``check``
    ``check_amount`` a live difference: 多 3, 少 2, ✔ · ``check_label`` ``check_head`` their labels · ``ok`` ``bad`` ``warn`` ``info`` words with a fill
    ``corrected`` a number that a reviewer corrected · ``located`` one that is surely wrong
    What is ``MIXED`` has a twin in ``_amount``, which a value with decimals gets by itself; whatever shows decimals has
    one in ``_1`` to ``_3``, which writes so many of them
Return copies
    ``mark_must`` ``mark_explain`` ``mark_note`` ``mark_located`` words with the fill of a mark · ``cell_link_wrap`` ``small_faint`` · ``copy``
    ``copy_text`` ``copy_date`` a cell as it was filed, ``copy_must`` ``copy_explain`` ``copy_note`` ``copy_located`` one with a mark, and with
    ``_date`` behind it one that holds a day
PivotTables
    ``fact`` ``fact_number`` rows of what they are made from · ``filter`` above them, and the item chosen · ``pivot_corner``
    ``pivot_head`` their heads · ``pivot_label`` ``pivot_number`` ``pivot_amount`` their lines · ``pivot_foot`` ``pivot_total``
    ``pivot_total_amount`` the total below
Cells that clerks fill (unlocked)
    ``input`` ``input_amount`` numbers · ``total_input`` ``total_amount_input`` totals that are typed, each with a twin in
    ``_shown`` for what a program typed there · ``input_text``
    ``input_choice`` ``input_date`` lines of the cover · ``input_note`` words in a list · ``small_choice`` ``small_input`` in a list
    · ``counter`` what a formula above it needs and nobody reads · ``row_text`` ``row_code`` ``row_choice`` ``row_date`` ``row_number`` ``row_amount`` in a list that the agency keeps
Conditions (in ``CONDITIONS``)
    ``ok`` ``bad`` ``warn`` ``info`` ``located`` ``corrected`` fills with their ink · ``done`` white, or ``done_total`` grey, once filled · ``off`` red ink: part of a sum
    that does not balance · ``must_1`` … ``note_3`` the three steps of the heat map for each severity · ``lead`` a line over the
    first row of a group · ``follow`` ``follow_number`` the other rows of it · ``quiet`` nothing to be done
"""

from __future__ import annotations

from decimal import Decimal

from workbook_tool.model.workbook.book import Value
from workbook_tool.model.workbook.decimals import WRITTEN_OUT

Look = dict[str, str | int | float | bool]
DECIMALS = "#,##0.0#####"
"""Always one decimal, up to six: Excel would leave a bare point behind whole numbers."""

HEADING_FONT, TEXT_FONT, NOTE_FONT, NUMBER_FONT = "黑体", "宋体", "仿宋", "Times New Roman"
INK, GREY, NAVY, LINE = "#1A1A1A", "#595959", "#1F3864", "#7A869A"
SOFT = "#C3CBD6"
HEAD_FILL, STUB_FILL, TOTAL_FILL, INPUT_FILL = "#E3EBF5", "#F5F8FC", "#EDEFF3", "#FFF9DB"
STRIPES = {"navy": NAVY, "green": "#5B8249", "amber": "#C58B2A", "red": "#A65353", "grey": LINE}
CHART_COLORS = ("#2F5D8C", "#C58B2A", "#6B8E5A", "#A65353", "#6D6A9C", "#7A869A")
"""In the order in which the series of a chart take them."""

MARK_FILLS = {"must": "#FFC4CB", "explain": "#FFD75E", "note": "#B9D6F2", "located": "#FF6F7D"}
"""By severity, and strongest the cell that is surely wrong: the fills of what goes back to an agency. They are unlike the colour of cells to be filled in, and none of
the colours that Excel and WPS offer, so that those of an earlier round are known as ours."""

PAGE: Look = {"font_name": TEXT_FONT, "font_size": 10.5, "font_color": INK, "valign": "vcenter"}
HEADING: Look = {**PAGE, "font_name": HEADING_FONT, "font_color": NAVY}
FRAMED: Look = {**PAGE, "border": 1, "border_color": LINE}
HEAD: Look = {**FRAMED, "font_name": HEADING_FONT, "align": "center", "text_wrap": True, "bg_color": HEAD_FILL}
LABEL: Look = {**FRAMED, "align": "left", "indent": 1, "text_wrap": True, "bg_color": STUB_FILL}
# A number that is too broad for its column is shown smaller: never as ####.
WHOLLY: Look = {"font_name": NUMBER_FONT, "align": "center", "shrink": True}
FIGURE: Look = {**FRAMED, **WHOLLY, "font_size": 11, "num_format": "#,##0"}
TOTAL: Look = {"bold": True, "bg_color": TOTAL_FILL}
INPUT: Look = {"locked": False, "bg_color": INPUT_FILL}
LISTED: Look = {**FRAMED, "border_color": SOFT}
SMALL: Look = {**LISTED, "font_size": 9.5}
LINK: Look = {"font_color": "#1F4E79", "underline": 1, "align": "center"}
CARD: Look = {**PAGE, "align": "center", "bg_color": STUB_FILL}
WORD: Look = {**LISTED, "align": "center", "font_size": 10}
CHECK: Look = {**WORD, "font_name": HEADING_FONT, "font_color": GREY}
ENTRY: Look = {**FRAMED, **INPUT, "font_size": 11, "align": "left", "indent": 1, "text_wrap": True}
ROW: Look = {**LISTED, **INPUT, "font_size": 10.5}
# As it was typed.
TYPED: Look = {"num_format": "General"}
AMOUNT: Look = {"num_format": f"[=0]0;[<0]-{DECIMALS};{DECIMALS}"}

# As Excel draws its PivotStyleLight16, so that a PivotTable looks the same before and after its first refresh.
PIVOT_FILL, PIVOT_LINE = "#DCE6F1", "#95B3D7"
PIVOT_HEAD: Look = {**PAGE, "bold": True, "bg_color": PIVOT_FILL, "bottom": 1, "bottom_color": PIVOT_LINE}
PIVOT_TOTAL: Look = {**PAGE, "bold": True, "bg_color": PIVOT_FILL, "top": 1, "top_color": PIVOT_LINE}
PIVOT_FIGURE: Look = {"font_name": NUMBER_FONT, "font_size": 11, "align": "right", "indent": 1}
WHOLE: Look = {"num_format": "#,##0"}

CONDITIONS: dict[str, Look] = {
    "ok": {"bg_color": "#E2F0D9", "font_color": "#2B5A1B"},
    "bad": {"bg_color": "#FBDAD7", "font_color": "#9C0006", "bold": True},
    "warn": {"bg_color": "#FFF0C8", "font_color": "#6B4700"},
    "info": {"bg_color": "#DDEBF7", "font_color": "#1F4E79"},
    "located": {"bg_color": "#C00000", "font_color": "#FFFFFF", "bold": True},
    "corrected": {"bg_color": "#E6DCF4", "font_color": "#4A2A7A", "bold": True},
    "done": {"bg_color": "#FFFFFF"},
    "done_total": {"bg_color": TOTAL_FILL},
    "off": {"bg_color": "#FFF4F2", "font_color": "#C00000", "bold": True},
    "must_1": {"bg_color": "#FBDAD7", "font_color": "#7A0004"},
    "must_2": {"bg_color": "#F0A39B", "font_color": "#5C0003"},
    "must_3": {"bg_color": "#B83A34", "font_color": "#FFFFFF", "bold": True},
    "explain_1": {"bg_color": "#FFF0C8", "font_color": "#5E3F00"},
    "explain_2": {"bg_color": "#F6CF73", "font_color": "#4A3200"},
    "explain_3": {"bg_color": "#A8730F", "font_color": "#FFFFFF", "bold": True},
    "note_1": {"bg_color": "#DDEBF7", "font_color": "#1F4E79"},
    "note_2": {"bg_color": "#A9CBEA", "font_color": "#143A5C"},
    "note_3": {"bg_color": "#2F6DA8", "font_color": "#FFFFFF", "bold": True},
    # All four sides: LibreOffice drops those that a condition leaves open.
    "lead": {"border": 1, "border_color": SOFT, "top_color": NAVY},
    "follow": {"bg_color": "#F1F3F6", "font_color": GREY},
    "follow_number": {"bg_color": "#F1F3F6", "font_color": GREY, "num_format": '"└ "0'},
    "quiet": {"font_color": "#7F7F7F", "bg_color": "#FAFAFA"},
}

ROLES: dict[str, Look] = {
    "title": {**HEADING, "font_size": 18, "align": "center"},
    "sheet_title": {**HEADING, "font_size": 15},
    "alert": {**HEADING, "font_size": 18, "bold": True, "font_color": "#C00000"},
    "subtitle": {**PAGE, "font_name": NOTE_FONT, "font_size": 11, "font_color": GREY, "align": "center"},
    "section": {**HEADING, "font_size": 12, "valign": "bottom", "bottom": 2, "bottom_color": NAVY},
    "text": PAGE,
    "text_right": {**PAGE, "align": "right"},
    "text_wrap": {**PAGE, "text_wrap": True},
    "note": {**PAGE, "font_name": NOTE_FONT, "font_size": 9.5, "font_color": GREY, "text_wrap": True},
    "code_line": {**PAGE, "font_name": NOTE_FONT, "font_size": 9, "font_color": GREY, "align": "right"},
    "aside": {**PAGE, "font_name": NOTE_FONT, "font_size": 9.5, "font_color": "#7F7F7F"},
    "hint": {**LABEL, "font_name": NOTE_FONT, "font_size": 9.5, "font_color": GREY, "bg_color": "#FFFFFF"},
    "link": {**PAGE, "font_color": "#1F4E79", "underline": 1},
    "status": {**WORD, "font_name": HEADING_FONT, "font_size": 10.5, "text_wrap": True, "border": 1},
    "answer": {
        **HEADING,
        "font_size": 13,
        "text_wrap": True,
        "indent": 1,
        "bg_color": HEAD_FILL,
        "left": 5,
        "left_color": NAVY,
    },
    "back": {**PAGE, "font_size": 9.5, "font_color": "#1F4E79", "underline": 1},
    "sign": {**PAGE, "valign": "bottom"},
    "signed": {**PAGE, "bottom": 1, "bottom_color": LINE},
    "contents": {**PAGE, "font_color": "#1F4E79", "underline": 1, "indent": 1},
    "kpi_value": {**CARD, "font_name": HEADING_FONT, "font_color": NAVY, "font_size": 24, "num_format": "#,##0"},
    "kpi_label": {**CARD, "font_name": HEADING_FONT, "font_size": 11},
    "kpi_note": {**CARD, "font_name": NOTE_FONT, "font_size": 9.5, "font_color": GREY, "shrink": True},
    **{f"bar_{name}": {**PAGE, "bg_color": color} for name, color in STRIPES.items()},
    "caption": {**HEAD, "align": "left", "indent": 1, "font_color": NAVY},
    "caption_open": {**HEADING, "font_size": 10.5, "bg_color": HEAD_FILL, "top": 1, "bottom": 1},
    "head": HEAD,
    "corner": {**HEAD, "font_name": NOTE_FONT, "font_size": 9.5, "font_color": "#44546A"},
    "group": {**HEAD, "bg_color": STUB_FILL},
    "stub": LABEL,
    "stub_head": {**LABEL, "font_name": HEADING_FONT},
    "stub_total": {**LABEL, "font_name": HEADING_FONT, "bg_color": TOTAL_FILL},
    "list_head": {**HEAD, "font_size": 10, "bg_color": NAVY, "font_color": "#FFFFFF", "border_color": SOFT},
    "cell": {**LISTED, "align": "left", "indent": 1},
    "cell_center": {**LISTED, "align": "center", "text_wrap": True},
    "cell_wrap": {**LISTED, "align": "left", "indent": 1, "text_wrap": True},
    "cell_link": {**LISTED, **LINK},
    "cell_number": {**LISTED, **WHOLLY, "num_format": "#,##0"},
    "cell_amount": {**LISTED, **WHOLLY, **AMOUNT},
    "cell_total": {**LISTED, **TOTAL, **WHOLLY, **AMOUNT},
    "cell_count": {**LISTED, "font_name": NUMBER_FONT, "align": "center", "num_format": '#,##0;-#,##0;"–"'},
    "small": {**SMALL, "align": "center", "text_wrap": True},
    "small_wrap": {**SMALL, "align": "left", "indent": 1, "text_wrap": True},
    "small_link_left": {
        **SMALL,
        "align": "left",
        "indent": 1,
        "text_wrap": True,
        "font_color": "#1F4E79",
        "underline": 1,
    },
    "small_number": {**SMALL, **WHOLLY, "num_format": "#,##0"},
    "small_link": {**SMALL, **LINK},
    "small_choice": {**SMALL, **INPUT, "align": "center", "text_wrap": True},
    "small_input": {**SMALL, **INPUT, "align": "left", "indent": 1, "text_wrap": True, "num_format": "@"},
    "code": {
        **FRAMED,
        "font_name": NUMBER_FONT,
        "font_size": 8,
        "align": "center",
        "font_color": GREY,
        "text_wrap": True,
    },
    "band": {**HEAD, "bg_color": NAVY, "font_color": "#FFFFFF"},
    "missing": {**FIGURE, "num_format": '#,##0;-#,##0;"–"', "font_color": GREY},
    "cell_link_left": {
        **LISTED,
        "align": "left",
        "indent": 1,
        "font_color": "#1F4E79",
        "underline": 1,
        "text_wrap": True,
    },
    "heat": {**FIGURE, "num_format": "#,##0;-#,##0;"},
    "heat_total": {**FIGURE, **TOTAL, "num_format": "#,##0;-#,##0;"},
    "gap": {**FIGURE, "num_format": '"+"#,##0;-#,##0;"–"'},
    "gap_amount": {**FIGURE, "num_format": f'"+"{DECIMALS};-{DECIMALS};"–"'},
    "growth": {**FIGURE, "num_format": "+0.0%;-0.0%;0%"},
    "flag": {**WORD, "num_format": '"是";;"–"'},
    "number": FIGURE,
    "number_total": {**FIGURE, **TOTAL},
    "count": {**FIGURE, "num_format": "#,##0"},
    "count_total": {**FIGURE, **TOTAL, "num_format": "#,##0"},
    "share": {**FIGURE, "num_format": "0%"},
    "share_total": {**FIGURE, **TOTAL, "num_format": "0%"},
    "gain": {**FIGURE, "num_format": '"+"#,##0;"-"#,##0;0'},
    "gain_amount": {**FIGURE, "num_format": f'"+"{DECIMALS};"-"{DECIMALS};0'},
    "amount": {**FIGURE, **AMOUNT},
    "amount_total": {**FIGURE, **TOTAL, **AMOUNT},
    "date": {**LISTED, "align": "center", "num_format": "yyyy-mm-dd"},
    "date_left": {**LISTED, "align": "left", "indent": 1, "num_format": 'yyyy"年"m"月"d"日"'},
    "check": {**CHECK, "shrink": True, "num_format": '"多 "#,##0;"少 "#,##0;"✔"'},
    "check_amount": {**CHECK, "shrink": True, "num_format": f'"多 "{DECIMALS};"少 "{DECIMALS};"✔"'},
    "check_head": {**CHECK, "font_size": 9, "text_wrap": True},
    "check_label": {**WORD, "font_size": 9.5, "align": "right", "indent": 1, "text_wrap": True, "font_color": GREY},
    "fact": {**PAGE, "font_size": 10},
    "fact_number": {**PAGE, "font_size": 10, "font_name": NUMBER_FONT},
    "filter": {**PAGE, "align": "left"},
    "pivot_corner": {**PIVOT_HEAD, "align": "left"},
    "pivot_head": {**PIVOT_HEAD, "align": "right", "indent": 1, "text_wrap": True},
    "pivot_label": {**PAGE, "align": "left"},
    "pivot_number": {**PAGE, **PIVOT_FIGURE, **WHOLE},
    "pivot_amount": {**PAGE, **PIVOT_FIGURE, **AMOUNT},
    "pivot_foot": {**PIVOT_TOTAL, "align": "left"},
    "pivot_total": {**PIVOT_TOTAL, **PIVOT_FIGURE, **WHOLE},
    "pivot_total_amount": {**PIVOT_TOTAL, **PIVOT_FIGURE, **AMOUNT},
    "input": {**FIGURE, **INPUT, "num_format": "0"},
    "input_amount": {**FIGURE, **INPUT, **TYPED},
    "total_input": {**FIGURE, **INPUT, "num_format": "0", "bold": True},
    "total_amount_input": {**FIGURE, **INPUT, **TYPED, "bold": True},
    "input_text": {**ENTRY, "num_format": "@"},
    "input_note": {**ENTRY, "num_format": "@", "font_size": 10},
    "input_choice": ENTRY,
    "input_date": {**ENTRY, "num_format": 'yyyy"年"m"月"d"日"'},
    "counter": {**PAGE, "font_size": 1, "font_color": "#FFFFFF"},
    "row_text": {**ROW, "align": "left", "indent": 1, "text_wrap": True},
    "row_code": {**ROW, "align": "left", "indent": 1, "num_format": "@"},
    "row_choice": {**ROW, "align": "left", "indent": 1, "text_wrap": True},
    "row_date": {**ROW, "align": "center", "num_format": "yyyy-mm-dd"},
    "row_number": {**ROW, "font_name": NUMBER_FONT, "align": "center", "num_format": "0"},
    "row_amount": {**ROW, "font_name": NUMBER_FONT, "align": "center", **TYPED},
    **{role: {**WORD, **WHOLE, "shrink": True, **CONDITIONS[role]} for role in ("ok", "bad", "warn", "info")},
    "located": {**FIGURE, "bg_color": "#C00000", "font_color": "#FFFFFF", "bold": True},
    "corrected": {**FIGURE, "bg_color": "#E6DCF4", "font_color": "#4A2A7A", "bold": True},
    **{f"mark_{name}": {**WORD, "bg_color": fill, "bold": True} for name, fill in MARK_FILLS.items()},
    "cell_link_wrap": {
        **LISTED,
        "font_size": 10,
        "align": "center",
        "text_wrap": True,
        "font_color": "#1F4E79",
        "underline": 1,
    },
    "small_faint": {**LISTED, "font_size": 10, "align": "left", "indent": 1, "text_wrap": True, "font_color": GREY},
    "copy": {**FRAMED, "font_size": 10, "align": "center"},
    "copy_text": {**FRAMED, "font_size": 10, "align": "left", "text_wrap": True},
    "copy_date": {**FRAMED, "font_size": 10, "align": "center", "num_format": "yyyy-mm-dd"},
    **{
        f"copy_{name}{date}": {**FRAMED, "font_size": 10, "align": "center", "bg_color": fill, **dated}
        for name, fill in MARK_FILLS.items()
        for date, dated in (("", {}), ("_date", {"num_format": "yyyy-mm-dd"}))
    },
}
for name, shown in (("input", WHOLE), ("total_input", WHOLE), ("input_amount", AMOUNT), ("total_amount_input", AMOUNT)):
    ROLES[f"{name}_shown"] = {**ROLES[name], **shown}
MIXED = ("bad", "warn", "info", "located", "corrected", "number", "cell_number", "small_number")
"""Roles in which whole numbers stand beside others."""
ROLES |= {f"{role}_amount": {**ROLES[role], **AMOUNT} for role in MIXED}
ROLES |= {
    f"{role}_{decimals}": {**own, "num_format": str(own["num_format"]).replace(DECIMALS, f"#,##0.{'0' * decimals}")}
    for role, own in ROLES.items()
    if DECIMALS in str(own.get("num_format"))
    for decimals in range(1, WRITTEN_OUT + 1)
}


def fitting(role: str, value: Value) -> str:
    """The role in which this value shows its decimals, where it has any."""
    return f"{role}_amount" if role in MIXED and isinstance(value, Decimal) and value % 1 else role


def look(role: str, looks: dict[str, Look] = ROLES) -> Look:
    """The format properties of a role. Raises KeyError, naming the known ones, where there is no such role."""
    try:
        return looks[role]
    except KeyError:
        raise KeyError(f"unknown role {role!r}; known roles: {', '.join(sorted(looks))}") from None
