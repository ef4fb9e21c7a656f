"""Reads what reviewers typed under 处理意见 and 备注: the rows of a list, and the decision of each."""

from __future__ import annotations

from workbook_tool.files.season.last_year import shown
from workbook_tool.model.intake.submission import Content, ErrorValue, Sheet, Uncomputed
from workbook_tool.model.judging.follow_up import WHOLE_FILE, Decision, Opinion
from workbook_tool.model.season.history import DeskRow, Typed
from workbook_tool.model.text import safe_text, squash
from workbook_tool.model.workbook.headers import (
    CELL,
    CHANGE,
    CHANGED,
    CODE,
    FILE_REMARK,
    FILED,
    GROUNDS,
    KEY,
    OPINION,
    REMARK,
    RULE,
    WAS,
    WHY,
)

NEEDED = (KEY, GROUNDS, WAS, OPINION)
OF_NUMBERS = (CHANGE, WHY, CELL, CHANGED, FILED)
"""What a list has for 代改, where it was not written by an earlier version."""
REMARKS = (FILE_REMARK, REMARK)
"""How the column of remarks is called, the first that is there: a list of agencies has remarks of its own."""
OPINIONS = {squash(opinion.value): opinion for opinion in Opinion} | {
    **dict.fromkeys(("同意", "已同意", "同意说明"), Opinion.ACCEPTED),
    **dict.fromkeys(("退回修改", "退回改正", "退回重报"), Opinion.RETURN),
}
"""What is typed for an opinion: its words, and the shorter or longer ones that can mean no other."""


def listed_rows(sheet: Sheet, file: str) -> list[DeskRow]:
    """The rows of a list of problems or of agencies; none in another sheet."""
    top, columns = header(sheet)
    found: list[DeskRow] = []
    for row in sorted({row for row, _ in sheet.cells if row > top}) if columns else ():
        cells = {label: words(sheet.cells.get((row, column))) for label, column in columns.items()}
        if cells[KEY]:
            place = f"“{file}”的“{sheet.name}”第 {row + 1} 行"
            marks, typed = (cells[KEY], cells[GROUNDS], cells[WAS]), (cells[OPINION], cells[REMARK])
            numbers = (cells.get(header, "") for header in OF_NUMBERS)
            desk = DeskRow(place, *marks, *typed, cells.get(CODE), cells.get(RULE), *numbers)
            found += desk.problems()
    return found


def header(sheet: Sheet) -> tuple[int, dict[str, int]]:
    """The row of headers and the columns by label, that of the reviewer's words under 备注 whatever it is called there; no
    columns where the sheet is no such list."""
    heads: dict[int, dict[str, int]] = {}
    for (row, column), content in sorted(sheet.cells.items()):
        if isinstance(content, str):
            heads.setdefault(row, {}).setdefault(content.strip(), column)
    for row, columns in heads.items():
        remarks = next((columns[label] for label in REMARKS if label in columns), None)
        if columns.keys() >= set(NEEDED) and remarks is not None:
            known = {label: columns[label] for label in (*NEEDED, CODE, RULE, *OF_NUMBERS) if label in columns}
            return row, known | {REMARK: remarks}
    return 0, {}


def decision(row: DeskRow, run: str, file: str) -> Typed | str:
    """The decision of a row, or why it is none."""
    opinion = OPINIONS.get(squash(row.opinion)) if row.opinion else Opinion.PENDING
    if opinion is None:
        meant = [one for one in dict.fromkeys(OPINIONS.values()) if is_like(squash(row.opinion), one)]
        hint = f"，是否指“{meant[0]}”" if len(meant) == 1 else ""
        return f"{row.place}的处理意见“{row.opinion}”不认识，没有采用{hint}；可填{''.join(f'“{one}”' for one in Opinion)}。"
    if opinion is Opinion.ACCEPTED and row.about[1] == WHOLE_FILE:
        return f"{row.place}：“{opinion}”须在“问题清单”里逐条填，没有采用。"
    if opinion is Opinion.EXCLUDE and not row.remark:
        where = FILE_REMARK if row.about[1] == WHOLE_FILE else REMARK
        return f"{row.place}：“{opinion}”没有写理由，没有采用；请在同一行的“{where}”里写明。"
    return Typed(Decision(row.key, row.grounds, opinion, row.remark, run, file), row.was)


def is_like(typed: str, opinion: Opinion) -> bool:
    """Whether a text that is no opinion has the words of this one in it, or is part of them; one that denies it has not."""
    words = (word for word, meant in OPINIONS.items() if meant is opinion)
    return any(typed in word or (word in typed and f"不{word}" not in typed) for word in words)


def unsound(row: DeskRow) -> str:
    """Why a row is not believed whose hidden marks are another's."""
    return f"{row.place}的单位或规则与本行隐藏的键不符（排序时可能没有带上隐藏的列），没有采用；请在新的工作簿里重填。"


def words(content: Content | None) -> str:
    """What was typed, as text: a formula too is only what somebody typed."""
    if isinstance(content, Uncomputed):
        return safe_text(f"={content.text}")
    return safe_text(content.text if isinstance(content, ErrorValue) else shown(content))
