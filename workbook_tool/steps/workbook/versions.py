"""重报记录 and 重报改数: every version of the agencies that filed more than once, and what each changed, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count, pairwise

from workbook_tool.model.cells import address
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.versions import Chain, Version
from workbook_tool.model.workbook.book import Book, Value
from workbook_tool.steps.workbook.lists import ListCell, add_list, fitted
from workbook_tool.steps.workbook.plan import GREY, LIST_TOP, Plan, heading

VERSIONS, CHANGED = "重报记录", "重报改数"
Columns = Mapping[str, tuple[str, float, float]]
"""Role and limits of width of each column."""
OF_VERSIONS: Columns = {
    "代码": ("cell_center", 8, 25),
    "单位": ("cell_wrap", 18, 30),
    "第几版": ("cell_number", 8, 8),
    "首见日期": ("date", 13, 13),
    "文件": ("cell_wrap", 20, 40),
    "本版结果": ("state", 10, 10),
    "计入": ("cell_center", 7, 7),
    "改动格数": ("cell_count", 10, 10),
    "改好": ("cell_count", 7, 7),
    "改坏": ("cell_count", 7, 7),
    "说明": ("cell_wrap", 24, 48),
}
OF_CHANGES: Columns = {
    "代码": ("cell_center", 8, 25),
    "单位": ("cell_wrap", 18, 30),
    "前一版": ("cell_wrap", 18, 34),
    "后一版": ("cell_wrap", 18, 34),
    "位置": ("cell_wrap", 30, 50),
    "前值": ("small_number", 11, 11),
    "后值": ("small_number", 11, 11),
    "差额": ("small_number", 11, 11),
}


def add_versions(book: Book, plan: Plan) -> None:
    """Add the sheets; none where everybody filed once, and no list of changed numbers where none changed."""
    chains = sorted(plan.result.chains, key=lambda chain: chain.agency.code)
    if not chains:
        return
    rows = [row for chain in chains for row in version_rows(plan, chain)]
    told = "报过不止一次的单位的每一版，旧的在前；“改好”“改坏”是与前一版相比少了和多了的必须改的问题。改了哪些数，见“重报改数”。"
    add_sheet(book, VERSIONS, f"{len(chains)} 家。{told}", "tblVersions", OF_VERSIONS, rows)
    changed = list(change_rows(plan, chains))
    if changed:
        told = "每一版与前一版不同的数，逐格列出；空格是没有填报。"
        add_sheet(book, CHANGED, told, "tblVersionChanges", OF_CHANGES, changed)


def add_sheet(
    book: Book, name: str, told: str, table: str, columns: Columns, rows: list[list[Value | ListCell]]
) -> None:
    limits = [limits for _, *limits in columns.values()]
    widths = {n: fitted(cells, *limits[n]) for n, cells in enumerate(zip(*rows, strict=True))}
    sheet = book.sheet(name, tab=GREY, widths=widths)
    heading(sheet, name, told, len(columns))
    add_list(sheet, table, tuple(columns), rows, [role for role, *_ in columns.values()])


def version_rows(plan: Plan, chain: Chain) -> Iterator[list[Value | ListCell]]:
    for number, version in enumerate(chain.versions, 1):
        yield [
            chain.agency.code,
            chain.agency.name,
            number,
            version.seen,
            version.path,
            version.state.label,
            "是" if version.counts else "",
            len(version.changes),
            len(version.fixed),
            len(version.broken),
            words(version),
        ]


def words(version: Version) -> str:
    """What is to be said of a version: that nothing changed, that one problem took another's place, why it does not
    count."""
    told = ["未改动重报"] if version.unaltered else []
    told += ["改甲坏乙"] if version.swapped else []
    return "；".join([*told, *([version.reason] if version.reason else [])])


def change_rows(plan: Plan, chains: Iterable[Chain]) -> Iterator[list[Value | ListCell]]:
    """A row for each number that differs from the version before, the difference as a formula."""
    line = count(LIST_TOP + 1)
    for chain in chains:
        for before, after in pairwise(chain.versions):
            for change in after.changes:
                item = plan.form.items[change.item]
                then, now = (None if n is None else as_decimal(n, item) for n in (change.before, change.after))
                row, gap = next(line), None
                if then is not None and now is not None:
                    gap = ListCell(now - then, formula=f"=ROUND({address(row, 6)}-{address(row, 5)},6)")
                yield [chain.agency.code, chain.agency.name, before.path, after.path, item.label, then, now, gap]
