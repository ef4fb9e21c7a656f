"""重报: every version of the agencies that filed more than once, and what each changed, number by number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import count

from msgspec import Struct

from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.season.versions import Chain, ChangedNumber, Version
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.headers import CODE
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.steps.workbook.lists import add_list
from workbook_tool.steps.workbook.plan import GREY, VERSIONS, Plan


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
        now, then = (VERSION_LIST.cell(self.row, header) for header in ("后值", "前值"))
        return ListCell(self.now - self.then, formula=f"=ROUND({now}-{then},6)")


VERSION_LIST = Listing[VersionLine](
    VERSIONS,
    "tblVersions",
    (
        Column(CODE, "cell_center", (8, 25), lambda line: line.agency.code),
        Column("单位", "cell_wrap", (20, 30), lambda line: line.agency.name),
        Column("第几版", "cell_number", 7, lambda line: line.number),
        Column("首见日期", "date", 12, lambda line: line.version.seen),
        Column("本版结果", "state", 10, lambda line: line.version.state.label),
        Column("计入", "cell_center", 6, lambda line: "是" if line.version.counts else ""),
        Column("改了的数", "cell_wrap", (22, 48), lambda line: line.place),
        Column("前值", "small_number", 10, lambda line: line.then),
        Column("后值", "small_number", 10, lambda line: line.now),
        Column("差额", "small_number", 10, lambda line: line.gap),
        Column("改动格数", "cell_count", 8.5, lambda line: len(line.version.changes)),
        Column("改好", "cell_count", 6, lambda line: len(line.version.fixed)),
        Column("改坏", "cell_count", 6, lambda line: len(line.version.broken)),
        Column("说明", "cell_wrap", (20, 40), lambda line: line.words),
        Column("文件", "cell_wrap", (20, 48), lambda line: line.version.path),
    ),
    frozen="单位",
    paper="改坏",
)


def add_versions(book: Book, plan: Plan) -> None:
    """Add the sheet; none where everybody filed once."""
    if not (chains := sorted(plan.result.chains, key=lambda chain: chain.agency.code)):
        return
    meaning = (
        f"报过不止一次的 {len(chains)} 家的每一版，旧的在前；与前一版不同的数一个一行，空格是没有填报。"
        "“改好”“改坏”是与前一版相比少了和多了的必须改的问题。"
    )
    add_list(book, VERSION_LIST, list(lines(plan, chains)), meaning, tab=GREY)


def lines(plan: Plan, chains: Iterable[Chain]) -> Iterator[VersionLine]:
    """A line for each number that a version changed, or one for the version alone."""
    rows = map(VERSION_LIST.row, count())
    for chain in chains:
        for number, version in enumerate(chain.versions, 1):
            for change in version.changes or (None,):
                told = changed(plan, change) if change else ()
                yield VersionLine(next(rows), chain.agency, number, version, *told)


def changed(plan: Plan, change: ChangedNumber) -> tuple[str, Decimal | None, Decimal | None]:
    """Where a number is, what stood there before, and after."""
    item = plan.form.items[change.item]
    then, now = (None if n is None else as_decimal(n, item) for n in (change.before, change.after))
    return item.label, then, now
