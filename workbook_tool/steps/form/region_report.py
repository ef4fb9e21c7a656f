"""上报表: the region's own result as a filled form, ready for a level above that may not run this tool.

It is the issued workbook with the accepted totals typed in, so that it looks, prints, checks and reads like any other.
"""

from __future__ import annotations

from workbook_tool.model.intake.submission import REGION_REPORT, Agency
from workbook_tool.model.season.agency import ACCEPTED
from workbook_tool.model.workbook.book import Book, BookSheet
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.form.cover import LAST, WIDTHS
from workbook_tool.steps.form.issue import Issue, cover_name
from workbook_tool.steps.form.typed_in import type_in

NOTE_ROW = 2
"""The thin line of the cover below its title."""
ROUNDS = 999
NAMED = 3


def region_report(result: Consolidation) -> Book:
    """The form filled with 已通过, and the region on its cover. A number that an accepted filing lacks stays blank. What was
    counted from lists is typed: no row of them is in it."""
    form = result.form.without_lists
    region = Agency(result.run.settings.region_code, result.region.name, scope=form.whole_scope)
    issue = Issue(form, result.period, region)
    # Counted in days, so that of two reports the one of the later run counts, by whatever way they came.
    round_ = min(max((result.as_of - result.period.last).days, 1), ROUNDS)
    book = blank_book(form, result.period, result.as_of, region, round_, kind=REGION_REPORT)
    numbers = {
        i: n for i, n in enumerate(result.totals.passed.sums) if n is not None and not result.totals.passed.missing[i]
    }
    type_in(book, issue, numbers, {cover_name(field): result.as_of for field in form.cover if field.kind == "date"})
    add_note(book.sheets[0], result)
    return book


def add_note(cover: BookSheet, result: Consolidation) -> None:
    """Whom the numbers cover, and what they lack, below the cover's title: read by people, by no reader."""
    text = coverage(result) + lacking(result)
    cover.put(NOTE_ROW, 0, text, "note", span=(1, LAST + 1))
    cover.heights[NOTE_ROW] = text_height(text, sum(WIDTHS), 9.5) + 4


def coverage(result: Consolidation) -> str:
    """Whose numbers are in it, and whose are not."""
    held = f"，其中待核 {result.totals.held.agencies} 家" if result.totals.held.agencies else ""
    due = f"应报 {result.due} 家中" if result.run.roster.given else ""
    outside = {state.label: count for state, count in result.states.items() if state not in ACCEPTED}
    rest = "、".join(f"{label} {count} 家" for label, count in sorted(outside.items()))
    missing = f"；{rest}，未计入" if rest else ""
    closed = "收件夹里有打不开的文件夹或文件，可能没有收全。" if result.unlisted else ""
    return f"本表由各单位报表汇总而成：{due}已通过 {result.totals.passed.agencies} 家{held}{missing}（运行 {result.run.name}）。{closed}"


def lacking(result: Consolidation) -> str:
    """The numbers left blank because an accepted filing lacks them."""
    items = [(i, n) for i, n in zip(result.form.items, result.totals.passed.missing, strict=True) if n]
    if not items:
        return ""
    named = "；".join(f"{item.label}（缺 {count} 家）" for item, count in items[:NAMED])
    more = "等" if len(items) > NAMED else ""
    return f"有 {len(items)} 个数因已通过的报表中有缺，留空未填：{named}{more}。"
