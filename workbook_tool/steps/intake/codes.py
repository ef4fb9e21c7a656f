"""Codes: whether the 校验码 that an issued workbook worked out for itself fits the numbers in it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from workbook_tool.model.form.check_code import CODE, NOTHING_FILLED, Weighing, shown
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Content, Reading, Sheet
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.regex import regex

DIGITS = regex(r"\d{6}")
VERSION = "version"


def check_code(
    sheets: Sequence[Sheet], readings: Sequence[Reading], rulebook: Rulebook, weighing: Weighing, trusted: bool
) -> tuple[str, list[Finding]]:
    """The code over the numbers that stand in the file, where it is one of ours that works one out, and what is to be said
    where its own is another. Not ``trusted`` is a workbook that was altered: its formulas may look elsewhere. What counts
    otherwise than it is stored is told already."""
    hidden = identity_of(sheets)
    if CODE not in hidden or hidden.get(VERSION) != rulebook.form.version:
        return "", []
    contents = stored(sheets, readings)
    numbers = {i: exact(c) for i, c in contents.items() if isinstance(c, (int, float)) and not isinstance(c, bool)}
    texts = {index for index, content in contents.items() if isinstance(content, str)}
    if len(numbers) + len(texts) < len(contents):  # dates and errors, of which programs differ
        return "", []
    code, own = weighing.code(numbers, texts), hidden[CODE]
    # As it was issued, nothing has been computed since: a program filled it in that does not compute, and nobody printed it.
    comparable = trusted and own != NOTHING_FILLED and not any(reading.stored for reading in readings)
    if not (comparable and code and DIGITS.fullmatch(own)) or own == code:
        return code, []
    said = f"文件里的校验码是 {shown(own)}，按表中各数算是 {shown(code)}。"
    return code, [rulebook.finding(rulebook.of_kind("code"), said)]


@lru_cache(1 << 12)  # most numbers of most filings are the same few
def exact(number: int | float) -> Decimal:
    """A stored number as it is written."""
    return Decimal(str(number))


def identity_of(sheets: Sequence[Sheet]) -> dict[str, str]:
    """Key and value of the issued workbook's hidden sheet."""
    cells = next((sheet.cells for sheet in sheets if sheet.name == IDENTITY_SHEET), {})
    keys = {row: key for (row, column), key in cells.items() if column == 0 and isinstance(key, str)}
    return {key: as_text(cells.get((row, 1))) for row, key in keys.items()}


def as_text(content: Content | None) -> str:
    """A content as the program that stored it shows it."""
    if isinstance(content, float) and content.is_integer():
        content = int(content)
    return f"{content}" if isinstance(content, (str, int)) else ""


def stored(sheets: Sequence[Sheet], readings: Sequence[Reading]) -> dict[int, Content]:
    """What is stored in the places of the numbers, by item."""
    by_name = {sheet.name: sheet.cells for sheet in sheets}
    found = ((i, by_name.get(r.sheet, {}).get(r.place)) for i, r in enumerate(readings) if r.place)
    return {index: content for index, content in found if content not in (None, "")}
