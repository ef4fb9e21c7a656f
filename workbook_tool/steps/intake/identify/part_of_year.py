"""Whether a report of a year says somewhere that its numbers are those of a part of it, or of the year before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.submission import Place, Sheet
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import TEXT
from workbook_tool.model.regex import regex
from workbook_tool.model.text import squash
from workbook_tool.model.times import part_of_year
from workbook_tool.steps.intake.identify.period import period_finding, plain
from workbook_tool.steps.intake.identify.titles import CITED, stated, table_titles, titles

SPAN = regex(r"统计(?:期限|期间|时间|时段|区间|周期|范围)|数据(?:期间|区间|时段)|报告期")
"""What announces from when to when is counted."""


def part_findings(sheets: Sequence[Sheet], form: Form, period: Period | None, rulebook: Rulebook) -> list[Finding]:
    """What is to be said of the first title that does not speak of a whole year."""
    if form.period is not PeriodKind.YEAR or period is None:
        return []
    for sheet, place, text in (*table_titles(sheets, form), *headings(sheets, form)):
        if words := part_of_year(CITED.sub("", plain(text))):
            source = stated(period, sheet, place)
            return [period_finding(f"{source.title}写“{words}”，不像是 {period.spaced}全年的数。", rulebook, source)]
    return []


def headings(sheets: Sequence[Sheet], form: Form) -> Iterator[tuple[Sheet, Place, str]]:
    """The titles of the whole report, and what says from when to when is counted. A text beside tables has rules of its
    own."""
    for sheet, place, text in titles(sheets):
        if sheet.name != TEXT and (squash(form.title) in squash(text) or SPAN.search(text)):
            yield sheet, place, text
