"""Rows of which only the others tell what they are: notes, and what says more of a total below it (其中：…, 上年同期,
同比增长). They are no records."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.form.rules import Severity
from workbook_tool.model.regex import regex

BEFORE = r"(?:上|去)(?:年|期|月|季度?|半年)"
ASIDE = regex(
    rf"其中(?:[:、].*)?|[人户月年日]?(?:平均|均)(?:值|数|额)?|{BEFORE}(?:同期|同月|同季)?(?:合计|数|额|末)?"
    rf"|(?:同比|环比|比{BEFORE}|较{BEFORE}).*|(?:增减|增长)(?:率|额|数|量|幅度?|情况|百分比|变化)*(?:\(.*\))?"
    r"|(?:占比|比重|比例|百分比)(?:\(.*\))?"
)
"""What such a row is called."""


def settle_notes(kinds: list[str]) -> None:
    """Let the rows that may be notes be what they are: records where others follow, else nothing of the list."""
    last = max((n for n, kind in enumerate(kinds) if kind == "record"), default=-1)
    kinds[:] = [("record" if n < last else "") if kind == "note" else kind for n, kind in enumerate(kinds)]


def settle_asides(kinds: list[str]) -> dict[int, Severity]:
    """Let the rows that may be such be what they are: nothing of the list below a line of totals, else records. Tells
    which of these may yet be none: 其中 anywhere (``share``), what compares at the end (``aside``), and what goes on below a
    其中 that was passed over."""
    unsure: dict[int, Severity] = {}
    last = max((n for n, kind in enumerate(kinds) if kind == "record"), default=-1)
    below, counted = "", False
    for n, kind in enumerate(kinds):
        if kind in ("share", "aside"):
            if counted and below:
                kinds[n], below = "", kind
                continue
            kinds[n] = "record"
            if kind == "share" or n > last:
                unsure[n] = Severity.MUST if kind == "share" else Severity.EXPLAIN
        elif kind == "record" and below == "share":
            unsure[n] = Severity.MUST
        counted |= kinds[n] == "record"
        below = kind if kind in ("total", "part") else below if not kind else ""
    return unsure


def aside_in(told: Sequence[str]) -> str:
    """``share`` for a row that begins with 其中, ``aside`` for one that compares; empty for any other."""
    if not told or not ASIDE.fullmatch(told[0]):
        return ""
    return "share" if told[0].startswith("其中") else "aside"
