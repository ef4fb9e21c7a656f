"""The columns of 报送情况 in which a reviewer decides on a whole file."""

from __future__ import annotations

from collections.abc import Mapping

from workbook_tool.model.judging.follow_up import Opinion
from workbook_tool.model.season.agency import AgencyRecord
from workbook_tool.model.workbook.book import BookSheet, Validation
from workbook_tool.steps.workbook.plan import LIST_TOP

DECIDED = {
    "处理意见": ("small_choice", 12, 12),
    "审核备注": ("small_input", 20, 32),
    "键": ("code", 9, 9),
    "据": ("code", 9, 9),
    "原意见": ("code", 9, 9),
}
"""Role and limits of width of the last columns of the list; files/decisions.py reads them back by their headers."""
HIDDEN = ("键", "据", "原意见")
ON_FILES = tuple(opinion.value for opinion in Opinion if opinion is not Opinion.ACCEPTED)
"""What may be decided on a whole file: explanations are accepted one by one."""


def decision_values(record: AgencyRecord) -> tuple[str, str, str, str, str]:
    """What was decided on the whole file, and the marks by which the next run knows the row again."""
    decided = record.on_file
    decision = decided.decision
    opinion, remark = (decision.opinion.value, decision.remark) if decision else ("", "")
    return opinion, remark, decided.key, decided.grounds, f"{opinion}\n{remark}" if decision else ""


def offer_decisions(sheet: BookSheet, place: Mapping[str, int], last: int) -> None:
    """The drop-down of opinions, and the marks out of sight. ``place`` has the columns by header."""
    sheet.hidden_columns |= {place[header] for header in HIDDEN}
    column = place["处理意见"]
    area = ((LIST_TOP + 1, column), (last, column))
    sheet.validations.append(Validation(*area, "list", ON_FILES, error="请从列表中选一项。"))
