"""重报记录 and 重报改数: every version of the agencies that filed more than once, and what each changed, cell by cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.season.versions import Chain, ChangedNumber, Version
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.headers import CODE
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.steps.workbook.lists import add_list
from workbook_tool.steps.workbook.plan import GREY, Plan

VERSIONS, CHANGED = "重报记录", "重报改数"


@dataclass(frozen=True)
class VersionLine:
    """A row of 重报记录: which version it is of this agency."""

    agency: Agency
    number: int
    version: Version

    @property
    def words(self) -> str:
        """What is to be said of the version: that nothing changed, that one problem took another's place, why it does
        not count."""
        version = self.version
        kinds = [*(["未改动重报"] if version.unaltered else []), *(["改甲坏乙"] if version.swapped else [])]
        return "；".join([*kinds, *([version.reason] if version.reason else [])])


@dataclass(frozen=True)
class ChangeLine:
    """A row of 重报改数, in this row of the sheet: a number that differs from the version before, and where it stands."""

    row: int
    agency: Agency
    before: Version
    after: Version
    place: str
    then: Decimal | None
    now: Decimal | None

    @property
    def gap(self) -> ListCell | None:
        """The difference as a formula, where there are two numbers."""
        if self.then is None or self.now is None:
            return None
        now, then = (CHANGE_LIST.cell(self.row, header) for header in ("后值", "前值"))
        return ListCell(self.now - self.then, formula=f"=ROUND({now}-{then},6)")


VERSION_LIST = Listing[VersionLine](
    VERSIONS,
    "tblVersions",
    (
        Column(CODE, "cell_center", (8, 25), lambda line: line.agency.code),
        Column("单位", "cell_wrap", (18, 30), lambda line: line.agency.name),
        Column("第几版", "cell_number", 8, lambda line: line.number),
        Column("首见日期", "date", 13, lambda line: line.version.seen),
        Column("文件", "cell_wrap", (20, 40), lambda line: line.version.path),
        Column("本版结果", "state", 10, lambda line: line.version.state.label),
        Column("计入", "cell_center", 7, lambda line: "是" if line.version.counts else ""),
        Column("改动格数", "cell_count", 10, lambda line: len(line.version.changes)),
        Column("改好", "cell_count", 7, lambda line: len(line.version.fixed)),
        Column("改坏", "cell_count", 7, lambda line: len(line.version.broken)),
        Column("说明", "cell_wrap", (24, 48), lambda line: line.words),
    ),
    frozen="单位",
)
CHANGE_LIST = Listing[ChangeLine](
    CHANGED,
    "tblVersionChanges",
    (
        Column(CODE, "cell_center", (8, 25), lambda line: line.agency.code),
        Column("单位", "cell_wrap", (18, 30), lambda line: line.agency.name),
        Column("前一版", "cell_wrap", (18, 34), lambda line: line.before.path),
        Column("后一版", "cell_wrap", (18, 34), lambda line: line.after.path),
        Column("位置", "cell_wrap", (30, 50), lambda line: line.place),
        Column("前值", "small_number", 11, lambda line: line.then),
        Column("后值", "small_number", 11, lambda line: line.now),
        Column("差额", "small_number", 11, lambda line: line.gap),
    ),
    frozen="单位",
)


def add_versions(book: Book, plan: Plan) -> None:
    """Add the sheets; none where everybody filed once, and no list of changed numbers where none changed."""
    chains = sorted(plan.result.chains, key=lambda chain: chain.agency.code)
    if not chains:
        return
    versions = [
        VersionLine(chain.agency, number, version)
        for chain in chains
        for number, version in enumerate(chain.versions, 1)
    ]
    meaning = "报过不止一次的单位的每一版，旧的在前；“改好”“改坏”是与前一版相比少了和多了的必须改的问题。改了哪些数，见“重报改数”。"
    add_list(book, VERSION_LIST, versions, f"{len(chains)} 家。{meaning}", tab=GREY)
    if changes := list(change_lines(plan, chains)):
        add_list(book, CHANGE_LIST, changes, "每一版与前一版不同的数，逐格列出；空格是没有填报。", tab=GREY)


def change_lines(plan: Plan, chains: Iterable[Chain]) -> Iterator[ChangeLine]:
    """A row for each number that differs from the version before."""
    changes = (
        (chain.agency, before, after, change)
        for chain in chains
        for before, after in pairwise(chain.versions)
        for change in after.changes
    )
    for number, (agency, before, after, change) in enumerate(changes):
        then, now = figures(plan, change)
        place = plan.form.items[change.item].label
        yield ChangeLine(CHANGE_LIST.row(number), agency, before, after, place, then, now)


def figures(plan: Plan, change: ChangedNumber) -> tuple[Decimal | None, Decimal | None]:
    """What stood there before, and after."""
    item = plan.form.items[change.item]
    then, now = (None if n is None else as_decimal(n, item) for n in (change.before, change.after))
    return then, now
