"""二、重报 of 收件清单: every version of the agencies that filed more than once, and what each changed, number by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from msgspec import Struct

from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.season.versions import Chain, ChangedNumber, Version
from workbook_tool.model.workbook.book import BookSheet
from workbook_tool.model.workbook.headers import CODE
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.steps.workbook.lists import add_below
from workbook_tool.steps.workbook.plan import FILES, Plan


class VersionLine(Struct, frozen=True):
    """A row of the list, in this row of the sheet: which version it is of this agency, and a number that differs from the
    version before, if any does: where it is (``place``), what stood there and what stands there now."""

    row: int
    agency: Agency
    number: int
    version: Version
    place: str = ""
    then: Decimal | None = None
    now: Decimal | None = None

    @property
    def words(self) -> str:
        """What is to be said of the version: that nothing changed, that one problem took another's place, why it does
        not count."""
        version = self.version
        kinds = [*(["未改动重报"] if version.unaltered else []), *(["改甲坏乙"] if version.swapped else [])]
        return "；".join([*kinds, *([version.reason] if version.reason else [])])

    @property
    def gap(self) -> ListCell | None:
        """The difference as a formula, where there are two numbers."""
        if self.then is None or self.now is None:
            return None
        now, then = (version_list(0).cell(self.row, header) for header in ("后值", "前值"))
        return ListCell(self.now - self.then, formula=f"=ROUND({now}-{then},6)")


def version_list(top: int) -> Listing[VersionLine]:
    """The list, its header row here; its first columns are as broad as those of the list above."""
    columns = (
        Column[VersionLine]("文件", "cell_wrap", 34, lambda line: line.version.path),
        Column[VersionLine]("本版结果", "state", 13, lambda line: line.version.state.label),
        Column[VersionLine]("说明", "cell_wrap", 40, lambda line: line.words),
        Column[VersionLine](CODE, "cell_center", 9, lambda line: line.agency.code),
        Column[VersionLine]("单位", "cell_wrap", 30, lambda line: line.agency.name),
        Column[VersionLine]("第几版", "cell_number", 8, lambda line: line.number),
        Column[VersionLine]("首见日期", "date", 14, lambda line: line.version.seen),
        Column[VersionLine]("改了的数", "cell_wrap", 22, lambda line: line.place),
        Column[VersionLine]("前值", "small_number", 11, lambda line: line.then),
        Column[VersionLine]("后值", "small_number", 11, lambda line: line.now),
        Column[VersionLine]("差额", "small_number", 11, lambda line: line.gap),
        Column[VersionLine]("计入", "cell_center", 7, lambda line: "是" if line.version.counts else ""),
        Column[VersionLine]("改动格数", "cell_count", 10, lambda line: len(line.version.changes)),
        Column[VersionLine]("改好", "cell_count", 7, lambda line: len(line.version.fixed)),
        Column[VersionLine]("改坏", "cell_count", 7, lambda line: len(line.version.broken)),
    )
    return Listing(FILES, "tblVersions", columns, frozen="文件", top=top, paper="差额")


def add_versions(sheet: BookSheet, plan: Plan, bottom: int) -> None:
    """Put it below the files, which end in this row; nothing where everybody filed once."""
    if not (chains := sorted(plan.result.chains, key=lambda chain: chain.agency.code)):
        return
    meaning = (
        f"报过不止一次的 {len(chains)} 家的每一版，旧的在前；与前一版不同的数一个一行，空格是没有填报。"
        "“改好”“改坏”是与前一版相比少了和多了的必须改的问题。"
    )
    listing = version_list(bottom + 4)
    add_below(sheet, listing, list(lines(plan, chains, listing.row(0))), "二、重报", meaning)


def lines(plan: Plan, chains: Iterable[Chain], row: int) -> Iterator[VersionLine]:
    """A line for each number that a version changed, or one for the version alone; the first stands in this row."""
    for chain in chains:
        for number, version in enumerate(chain.versions, 1):
            for change in version.changes or (None,):
                told = changed(plan, change) if change else ()
                yield VersionLine(row, chain.agency, number, version, *told)
                row += 1


def changed(plan: Plan, change: ChangedNumber) -> tuple[str, Decimal | None, Decimal | None]:
    """Where a number is, what stood there before, and after."""
    item = plan.form.items[change.item]
    then, now = (None if n is None else as_decimal(n, item) for n in (change.before, change.after))
    return item.label, then, now
