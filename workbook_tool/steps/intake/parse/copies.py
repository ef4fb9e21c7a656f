"""Which of several copies of a table counts: only where nobody can be in doubt."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Table
from workbook_tool.model.intake.submission import Content, Sheet
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in
from workbook_tool.model.text import shortened, squash
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.value import is_figure, shown

"""What settles which answers of a card count."""


def filled(found: Sequence[FoundTable]) -> list[FoundTable]:
    """The copies that hold any figure, or, of a card without numbers, anything."""
    return [one for one in found if any(is_figure(c) if one.places else c is not None for c in contents(one))]


def own_places(form: Form, table: Table, found: list[FoundTable]) -> list[FoundTable]:
    """The places that may be meant for this table: where it stands on its own sheet, none on those of others, which may
    have the same rows and columns."""
    others = {squash(other.name) for other in form.tables if other is not table}
    if not any(squash(one.sheet.name) == squash(table.name) for one in found):
        return found
    return [one for one in found if squash(one.sheet.name) not in others]


def contents(found: FoundTable) -> list[Content | None]:
    """What stands in every place of a table, in the form's order."""
    return [found.sheet.cells.get(place) for _, place in sorted((found.places or found.remarks).items())]


def choose(
    rulebook: Rulebook, table: Table, found: list[FoundTable], sheets: Sequence[Sheet], nil: bool, several: bool
) -> tuple[FoundTable | None, list[Finding]]:
    """The one place that counts as this table, and what is to be said.

    Blank copies beside a filled one are put aside where the filled one stands on the table's own sheet; elsewhere it may
    be last year's. Where the cover signs the table as nil, the blank one counts. Copies with the same content count
    as one, unless ``several``: every table is there more than once, as in a workbook of several agencies.
    """

    def refused(said: str, sheet: str = "") -> tuple[None, list[Finding]]:
        return None, [rulebook.finding(rulebook.of_kind("table"), said, Where(table.name, sheet=sheet))]

    if open_ones := [one for one in found if one.doubt]:
        found = [one for one in found if not one.doubt]
        if not found or not table.is_card:
            return None, [in_doubt(rulebook, open_ones[0])]
    if not found:
        return refused(f"没有找到{table.name}（{table.title}）。")
    full = filled(found)
    at_home = next((one for one in found if squash(one.sheet.name) == squash(table.name)), None)
    if at_home and at_home not in full and nil:
        return at_home, notes(rulebook, table, at_home, found)
    if doubled := next((one for one in full or found if one.twice), None):
        return refused(
            f"{table.name}（{named(doubled)}）的行或列出现了两遍，像是两年或两家的数，未读取。", doubled.sheet.name
        )
    if several:
        where = "、".join(map(named, full))
        return refused(f"{table.name}出现了 {len(full)} 次（{where}），文件里像是有几家单位或几份报表，未读取。")
    home = next((sheet for sheet in sheets if squash(sheet.name) == squash(table.name)), None)
    if full and at_home not in full and (home or len(found) > len(full)):
        blank = at_home or next((one for one in found if one not in full), None)
        there = f"{named(blank)}是空白的" if blank else f"工作表“{table.name}”中没有认出这张表"
        where = "、".join(map(named, full))
        return refused(f"{table.name}：{there}，{where}中却有数，可能不是本年的，未读取。", full[0].sheet.name)
    if len(full) > 1 and any(contents(one) != contents(full[0]) for one in full):
        where = "、".join(map(named, full))
        return refused(
            f"{table.name}出现了 {len(full)} 次（{where}），无法确定以哪一张为准，未读取。", full[0].sheet.name
        )
    chosen = next(iter(full), at_home or found[0])
    return chosen, notes(rulebook, table, chosen, found)


def in_doubt(rulebook: Rulebook, found: FoundTable) -> Finding:
    """Why a table was not read, with the cells that can be understood in two ways and what would settle it."""
    assert found.doubt
    sheet, name = found.sheet, found.table.name
    cells = [place for place in found.doubt.cells if place in sheet.cells]
    told = "、".join(f"{cells_in(sheet.name, [place])}“{shortened(shown(sheet.cells[place]))}”" for place in cells)
    where = Where(name, sheet=sheet.name, cells=cells_in(sheet.name, cells))
    said = f"{name}（{named(found)}）里，{told}{found.doubt.why}，没有读取。"
    return rulebook.plain(rulebook.of_kind("table"), said, found.doubt.advice, where)


def notes(rulebook: Rulebook, table: Table, used: FoundTable, found: Sequence[FoundTable]) -> list[Finding]:
    """Which of several harmless copies was read."""
    others = [one for one in found if one is not used]
    if not others:
        return []
    names, where = "、".join(map(named, others)), Where(table.name, sheet=used.sheet.name)
    said = f"{table.name}除{named(used)}外，{names}中还有空白的、内容相同的或按封面不必填的一份，已读取{named(used)}。"
    return [rulebook.note(rulebook.of_kind("table"), said, "下次每张表请只保留一份。", where)]


def named(found: FoundTable) -> str:
    """The sheet, and that it is hidden where it is."""
    return f"工作表“{found.sheet.name}”{'（已隐藏）' if found.sheet.hidden else ''}"
