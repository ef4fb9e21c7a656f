"""What the columns of a list hold, as far as its rows, its number formats and its drop-downs tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from workbook_tool.model.form.prepared import DropDown
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.regex import regex
from workbook_tool.model.text import label_key
from workbook_tool.steps.form.drafted import Drafted, DraftLine
from workbook_tool.steps.form.made_out import LONG, TOTAL

ANSWERS = ({"是", "否"}, {"有", "无"})
NUMBERED = regex(r"^\s*\d+\s*[.．、]\s*")
ENOUGH = 3
"""From so many rows on, a column that is blank in one of them may be left blank."""
DAY = regex(r"(?:19|20)\d\d[年./-]\d{1,2}[月./-]\d{1,2}日?")
GLOSS = regex(r".+[（(]([^（()）\d]{1,5})[)）]")
"""The head of a column of numbers with its unit behind it, whatever that is: ``里程（公里）``."""


CALLED = [
    (regex(words), kind)
    for words, kind in (
        (".*身份证.*", "id"),
        (".*统一社会信用代码.*", "credit"),
        (".*(?:电子邮[箱件]|邮箱).*", "mail"),
        (".*(?:邮政编码|邮编)", "postcode"),
        (".*(?:电话|手机|联系方式).*", "phone"),
        (".*(?:日期|时间)", "date"),
        (".*是否.*", "yesno"),
        (".*(?:编[号码]|文号|号码|代码)", "code"),
        (".*(?:额|人数|件数|次数|数量|个数|份数|户数|宗数|天数|口数|面积|收入|支出|投资)", "number"),
    )
]
"""What a column holds whose cells are blank, by what its head says in any form."""
DIGITS = ("id", "credit", "postcode", "phone")
"""Which of these are typed as digits: what such a column holds is told by its head, as on a card."""
REMARKS = regex(".*(?:备注|说明|原因|情况|措施|意见)")
"""Heads of what is told in words."""
DAYS = regex(".*(?:日期|时间)")
COUNTED = regex(".*(人次|[件人次户个家处起宗份天])数")
SO_FAR = regex("(?!.*(?:[率%]|占比|比重)).*累计.*")
"""What is counted on from one period to the next: of several periods the last one counts."""
NEVER_ADDED = regex(".*(?:排名|名次|位次|单价|均价)")
MOST_DECIMALS = 6
DECIMALS_OF_MONEY = 2
PRICE = regex("元/")
DECIMALS = regex(r"0\.(0+)")


def say_what_is_no_number(lines: Sequence[DraftLine], unit: str) -> None:
    """Say of the lines of a table which hold words or days by their names, which numbers are not simply added, and which are
    counts in a table of money."""
    for line in lines:
        label = label_key(line.path[-1])
        so_far = SO_FAR.fullmatch(label) and not line.unit.endswith("%")
        line.adds = "never" if PRICE.search(line.unit) else "last" if so_far else line.adds
        if unit.endswith("元") and not line.unit and (counted := COUNTED.fullmatch(label)):
            line.unit = counted[1]
        if not line.unit and not line.total and not line.sign:
            line.kind = "date" if DAYS.fullmatch(label) else "text" if REMARKS.fullmatch(label) else line.kind
            line.optional = line.kind == "text"
            line.adds = "never" if NEVER_ADDED.fullmatch(label) else "last" if so_far else ""


OFFERED = regex(r".+[（(]([^\W\da-zA-Z]+(?:/[^\W\da-zA-Z]+)+)[)）]")
"""A question with the answers that may be chosen behind it: ``水源（地表水/地下水）``."""


def type_answers(rows: Sequence[DraftLine], asked: Mapping[Place, tuple[str, ...]]) -> None:
    """Say of each question of a card what its answer is: what a drop-down offers (``asked``), a number where it is counted in
    something, a day, or words."""
    for row in rows:
        label = label_key(NUMBERED.sub("", row.path[-1]))
        kind = called(label)
        offered = OFFERED.fullmatch(row.path[-1])
        if not row.unit and not offered and (gloss := GLOSS.fullmatch(row.path[-1])):
            row.unit = gloss[1]
        row.choices = asked.get(row.answer, tuple(offered[1].split("/")) if offered else ())
        if {*row.choices} == ANSWERS[0]:
            kind, row.choices = "yesno", ()
        row.kind = "" if row.unit or row.choices or kind == "number" else kind or "text"
        row.optional = REMARKS.fullmatch(label) is not None


def called(label: str) -> str:
    """What is held by what is called so; empty where that does not tell."""
    return next((kind for said, kind in CALLED if said.fullmatch(label)), "")


def count_decimals(columns: Sequence[DraftLine], formats: Mapping[int, str]) -> None:
    """Say of the columns of a table with how many decimals their blank cells show numbers."""
    for column in columns:
        decimals = DECIMALS.search(formats.get(column.at, ""))
        column.decimals = min(len(decimals[1]), MOST_DECIMALS) if decimals and not column.kind else 0


def by_head(column: DraftLine, format: str) -> None:
    """Say of a column of a list without records what it holds, by the format of its cells and by its head."""
    label = label_key(column.path[-1])
    kind = called(label)
    if "y" in format.lower():
        kind = "date"
    elif format.startswith("0") and not kind:
        kind = "number"
    decimals = DECIMALS.search(format)
    column.decimals = min(len(decimals[1]), MOST_DECIMALS) if decimals and (column.unit or kind == "number") else 0
    column.unit = "%" if "%" in format else column.unit
    column.kind = "" if column.unit else kind
    column.optional = REMARKS.fullmatch(label) is not None


def type_columns(sheet: Sheet, table: Drafted, drop_downs: Mapping[int, DropDown], formats: Mapping[int, str]) -> None:
    """Say of each column of a list what stands in it, by what its blank cells are prepared for."""
    records = rows_of_records(sheet, table)
    merged = merged_below(sheet)
    for column in table.columns:
        cells = [sheet.cells[row, column.at] for row in records if (row, column.at) in sheet.cells]
        told = [cell for cell in cells if str(cell).strip()]
        under = sum((row, column.at) in merged for row in records)
        column.optional = len(records) >= ENOUGH and len(told) + under < len(records)
        drop_down = drop_downs.get(column.at, DropDown())
        column.choices, column.after = drop_down.options, drop_down.after
        column.depends = next((one.path[-1] for one in table.columns if one.at == drop_down.on), "")
        if set(column.choices) == ANSWERS[0]:
            column.kind, column.choices = "yesno", ()
        elif not told and not column.choices and not column.depends:
            by_head(column, formats.get(column.at, ""))
        elif not column.choices and not column.depends and not column.kind:
            column.typed = True
            kind, column.decimals = kind_of(told)
            if kind == "number" and not column.unit and (gloss := GLOSS.fullmatch(column.path[-1])):
                column.unit = gloss[1]
            if column.decimals and "元" in column.unit:  # one sum of 1200.5 says nothing of the others
                column.decimals = DECIMALS_OF_MONEY
            named = called(label_key(column.path[-1])) if kind == "code" else ""
            column.kind = "" if column.unit else named if named in DIGITS else kind
    for column in table.columns:
        if not (column.kind or column.unit or column.choices or column.depends) and is_among_numbers(column, table):
            column.kind = "number"
        counted = COUNTED.fullmatch(label_key(column.path[-1]))
        if column.kind == "number" and counted and not column.unit and table.unit.endswith("元"):
            column.unit, column.kind = counted[1], ""


def is_among_numbers(column: DraftLine, table: Drafted) -> bool:
    """Whether a column stands under one caption with a number, and is not told in words."""
    beside = [one for one in table.columns if one is not column and one.path[:-1] == column.path[:-1] != ()]
    told = column.optional or REMARKS.fullmatch(label_key(column.path[-1])) is not None
    return not told and any(one.kind == "number" or one.unit for one in beside)


def merged_below(sheet: Sheet) -> set[Place]:
    """The cells that a merged one covers, but for its first: they say what that says."""
    return {
        (row, column)
        for (top, left), (bottom, right) in sheet.reaches.items()
        for row in range(top, bottom + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }


def rows_of_records(sheet: Sheet, table: Drafted) -> list[int]:
    """The rows of a list that hold records: neither sums nor captions or notes, which fill one cell."""
    columns = [column.at for column in table.columns]
    by_row: dict[int, dict[int, Content]] = {}
    for (row, column), content in sheet.cells.items():
        if column in columns and (row, column) not in sheet.covered:
            by_row.setdefault(row, {})[column] = content
    heads = {place[0] for place, text in sheet.cells.items() if is_head(place, text, table)}
    return [
        row
        for row, cells in sorted(by_row.items())
        if row > min(heads, default=-1)
        and row not in heads
        and 2 * len(cells) > len(columns)
        and not any(isinstance(cell, str) and TOTAL.fullmatch(label_key(cell)) for cell in cells.values())
    ]


def is_head(place: Place, content: Content, table: Drafted) -> bool:
    """Whether a cell holds the head of its column."""
    heads = {column.at: column.path for column in table.columns}
    return isinstance(content, str) and " ".join(content.split()) in heads.get(place[1], ())


def kind_of(cells: Sequence[Content]) -> tuple[str, int]:
    """What cells hold, and with how many decimals: empty for texts, and where nothing stands there."""
    if not cells:
        return "", 0
    if all(isinstance(cell, date) or (isinstance(cell, str) and DAY.fullmatch(cell.strip())) for cell in cells):
        return "date", 0
    if all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in cells):
        return "number", max(decimals_of(cell) for cell in cells)
    texts = [str(cell).strip() for cell in cells]
    if {*texts} <= ANSWERS[0]:
        return "yesno", 0
    if all(isinstance(cell, str) and cell.strip().isdigit() for cell in cells):
        long = all(text.startswith("0") or len(text) >= LONG for text in texts)
        return ("code" if long else ""), 0
    return "", 0


def decimals_of(number: Content) -> int:
    """How many decimals a number has, two where it has more: nobody types them."""
    return min(len(f"{number}".rstrip("0").partition(".")[2]), 2)
