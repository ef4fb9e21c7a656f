"""各级报送: who filed with the office and with each region below it, where regions sent results."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from workbook_tool.model.cells import address
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.turnout import NAMED_IN_LISTS, Turnout, counted_again, first_of
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.headers import CODE
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.steps.workbook.detail_list import PARENT
from workbook_tool.steps.workbook.lists import add_list
from workbook_tool.steps.workbook.plan import AGENCIES, GREEN, Plan
from workbook_tool.steps.workbook.subtotals import groups_of

LEVELS = "各级报送"
MEANING = (
    "一行一个地区，数的是直接向它报送的单位；下级地区算一家，另有自己的一行，所以各行可以相加。下级的数是它报来的汇总结果里说的；"
    "问题只有条数，内容在下级那里办。"
)


class LevelLine(Struct, frozen=True):
    """A row of the list, in this row of the sheet; the ``link`` leads to the region's subtotal, else to where it stands."""

    row: int
    turnout: Turnout
    link: str

    @property
    def name(self) -> ListCell:
        """The region, with the way to more."""
        return ListCell(self.turnout.name, "cell_link_left" if self.link else "cell_wrap", link=self.link)

    @property
    def level(self) -> str:
        """How many levels below the office it is."""
        return f"下 {self.turnout.level} 级" if self.turnout.level else "本级"

    @property
    def filed(self) -> ListCell:
        """How many have filed."""
        due, missing = (LEVEL_LIST.cell(self.row, header) for header in ("应报", "未报"))
        return ListCell(self.turnout.due - len(self.turnout.missing), formula=f"={due}-{missing}")


def names(header: str) -> Column[LevelLine]:
    """The column that names who is in a state."""
    key = {"未报的": "missing", "退回的": "returned"}[header]
    return Column(header, "cell_wrap", (12, 40), lambda line: first_of(getattr(line.turnout, key), NAMED_IN_LISTS))


LEVEL_LIST = Listing[LevelLine](
    LEVELS,
    "tblLevels",
    (
        Column("层级", "cell_center", 8, lambda line: line.level),
        Column("地区", "cell_wrap", (18, 40), lambda line: line.name),
        Column(CODE, "cell_center", (8, 20), lambda line: line.turnout.code),
        Column("应报", "cell_count", 7, lambda line: line.turnout.due),
        Column("已报", "cell_count", 7, lambda line: line.filed),
        Column("通过", "cell_count", 7, lambda line: line.turnout.passed),
        Column("退回", "cell_count", 7, lambda line: len(line.turnout.returned)),
        Column("未报", "cell_count", 7, lambda line: len(line.turnout.missing)),
        Column("迟报", "cell_count", 7, lambda line: line.turnout.late),
        Column(Severity.MUST.label, "cell_count", 8, lambda line: line.turnout.must),
        Column(Severity.EXPLAIN.label, "cell_count", 8, lambda line: line.turnout.explain),
        Column(Severity.NOTE.label, "cell_count", 7, lambda line: line.turnout.note),
        names("未报的"),
        names("退回的"),
        Column("汇总结果", "cell_center", 14, lambda line: line.turnout.run),
    ),
    frozen="地区",
)


def add_levels(book: Book, plan: Plan) -> None:
    """Add the sheet, where a region sent a result."""
    result = plan.result
    if not result.told_below:
        return
    subtotals = {group.name: group.link for group in groups_of(plan) if group.by == PARENT and group.link}
    lines = []
    for number, turnout in enumerate(result.turnouts):
        at = plan.agency_row.get(turnout.code)
        stands = f"{AGENCIES}!{address(at, 0)}" if at is not None else ""
        lines.append(LevelLine(LEVEL_LIST.row(number), turnout, subtotals.get(turnout.name, stands)))
    again = sum(one.again for one in result.turnouts)
    twice = f"另有 {again} 家不止一处报来，各行里都数，合计和总览里只算一次。" if again else ""
    add_list(book, LEVEL_LIST, lines, MEANING + "".join(told(result.turnouts)) + twice, tab=GREEN)


def level_sum(plan: Plan, header: str) -> str:
    """A column over all levels, for formulas: of those that are due, without the regions whose agencies stand there too, and
    without those that two regions report."""
    more = counted_again(plan.result.turnouts) if header == "应报" else 0
    whole = f"SUM({LEVEL_LIST.range(len(plan.result.turnouts), header)})"
    return f"({whole}-{more})" if more else whole


def told(turnouts: Sequence[Turnout]) -> Iterator[str]:
    """``下 1 级 3 个地区：应报 8，已报 7。``, for each level."""
    for level in sorted({one.level for one in turnouts}):
        there = [one for one in turnouts if one.level == level]
        where = f"下 {level} 级 {len(there)} 个地区" if level else "本级"
        due, missing = sum(one.due for one in there), sum(len(one.missing) for one in there)
        yield f"{where}：应报 {due}，已报 {due - missing}{f'，未报 {missing}' if missing else ''}。"
