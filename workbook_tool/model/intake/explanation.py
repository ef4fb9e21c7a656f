"""What an agency says of a problem, the sheets in which it says so, and how our notes are told from its own."""

from __future__ import annotations

from msgspec import Struct

MARKER = "【退改】"
"""What our notes on cells begin with, so that those of an earlier round are known as ours and taken away."""
EXPLANATIONS_SHEET, RETURN_SHEET = "出错说明", "退改说明"
"""The sheets in which an agency says why a number is as it is: of the issued workbook, and of a returned copy."""
RULE_HEAD, SHEET_HEAD, CELL_HEAD, WORDS_HEAD = "规则", "工作表", "单元格", "情况说明"
"""The columns of such a sheet that are read back."""


class Explanation(Struct, frozen=True):
    """What the agency says about a problem (出错说明): the rule (empty: whichever points to the number), the number it is
    about (None: the whole rule), and its words. With neither it is about the filing. ``record`` is the fingerprint of the
    record of a list that it is about, empty where it is about none."""

    rule: str
    item: int | None
    text: str
    record: str = ""
