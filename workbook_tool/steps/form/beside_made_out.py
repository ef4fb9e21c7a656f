"""What stands beside the tables of an empty workbook and belongs to them: who signs, and their notes."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.regex import regex
from workbook_tool.steps.form.drafted import Drafted
from workbook_tool.steps.form.labelled import Labelled

SIGNS = regex(
    r"(?<![^\s:：_（()）])([^\s:：_（()）]{0,8}(?:人|领导|局长|主任|科长))\s*(?:[（(][^（()）]{0,4}[)）])?\s*[:：]"
)
"""Whoever takes a step of the review and puts a name: ``单位负责人：``."""
ASKED = regex("(?:填[报表]|编[报制]|制表|联系|经办|报送|统计)人")
"""Whom every cover asks for, or nobody signs as."""
USUAL, FILED_ON = ("填报人", "联系电话"), "填报日期"
"""What every cover asks for besides the agency and the period."""
NOTE = regex(r"(?:备?注|(?:填[表报])?说明)\s*\d*\s*[:：]\s*(.+)")


def say_what_stands_beside(sheet: Sheet, tables: Sequence[Drafted]) -> None:
    """Say of each table of a sheet, from the top, which notes stand below its heads, and who signs."""
    for (row, _), text in sorted(Labelled(sheet).told.items()):
        above = [table for table in tables if table.top < row] or tables[:1]
        if any(table.rows and table.top <= row <= table.bottom for table in tables) or not above:
            continue
        if NOTE.fullmatch(text):
            above[-1].notes.append(text)
        else:
            above[-1].signs += [one for one in SIGNS.findall(text) if one not in above[-1].signs]


def asked_on_cover(tables: Sequence[Drafted]) -> list[str]:
    """What the cover asks for where somebody signs below the tables who is not asked for on every cover: that, too, since
    a cover that is declared stands for itself."""
    signs = [sign for table in tables if table.rows for sign in table.signs]
    own = [sign for sign in dict.fromkeys(signs) if not ASKED.fullmatch(sign)]
    return [*USUAL, FILED_ON, *own] if own else []
