"""分组小计: what passed by the agencies above (上级) and by kind (类别), each in statutory layout, live.

A region that holds others is what stands right below it in 单位明细 and the subtotals of those: each number is in one
line of 单位明细 only.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from workbook_tool.model.cells import address
from workbook_tool.model.form.live import Places, quote, ratio_formula
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.season.agency import ACCEPTED
from workbook_tool.model.workbook.book import Book, BookSheet, Print
from workbook_tool.model.workbook.headers import STATE
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.model.workbook.sums import GroupTotal
from workbook_tool.steps.workbook.detail_list import CATEGORY, PARENT
from workbook_tool.steps.workbook.number_roles import number_role
from workbook_tool.steps.workbook.pages import SCALE, add_table, unit
from workbook_tool.steps.workbook.plan import NAVY, Plan, heading

SUBTOTALS = "分组小计"
INDEX_TOP, MOST = 3, 300
"""The header row of the list of groups; with more groups than this, none has a block: nobody leafs through so many, and a
region's formula needs those of its parts."""
WITHOUT = "（未填{}）"
MEANING = (
    "已通过（已汇总＋待核）的数，先按上级、再按类别分组，各表同法定格式；都是“单位明细”的活公式。"
    "上级之下还有地区的，含其下各级；每个数只在一家里。"
)


class GroupBlock(Struct, frozen=True):
    """A subtotal with its place: by which column of 单位明细, and the first row of its block; no row where it has no block."""

    by: str
    subtotal: GroupTotal
    top: int | None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.subtotal.name or WITHOUT.format(self.by)

    @property
    def link(self) -> str:
        """The way to its block; empty where it has none."""
        return "" if self.top is None else f"{SUBTOTALS}!{address(self.top, 0)}"


def groups_of(plan: Plan) -> list[GroupBlock]:
    """The subtotals, by the agencies above, then by kind, below the list of them."""
    totals = plan.result.totals
    told = [*((PARENT, one) for one in totals.by_parent), *((CATEGORY, one) for one in totals.by_category)]
    height = 2 + sum(layout.height + 2 for layout in plan.layouts.values())
    start, drawn = INDEX_TOP + len(told) + 2, len(told) <= MOST
    return [GroupBlock(by, one, start + n * height if drawn else None) for n, (by, one) in enumerate(told)]


def add_subtotals(book: Book, plan: Plan) -> None:
    """Add the sheet, where there are groups."""
    groups = groups_of(plan)
    if not groups:
        return
    sheet = book.sheet(SUBTOTALS, tab=NAVY, widths=dict.fromkeys(range(plan.pages.width), unit(plan)))
    drawn = [(group.top, group) for group in groups if group.top is not None]
    more = "" if drawn else f"共 {len(groups)} 组，超过 {MOST} 组，各组的表不逐一列出，请用透视表看。"
    heading(sheet, SUBTOTALS, MEANING + more, plan.pages.width)
    add_index(sheet, plan, groups)
    if not drawn:
        return
    places: dict[tuple[str, str], Places] = {}
    for top, group in reversed(drawn):  # what a region holds stands below it
        places[group.by, group.subtotal.name] = add_group(sheet, plan, group, top, places)
    area = ((0, 0), (max(cell.row for cell in sheet.cells), plan.pages.width - 1))
    sheet.print = Print(area=area, scale=SCALE, breaks=tuple(top for top, _ in drawn))


def add_index(sheet: BookSheet, plan: Plan, groups: Sequence[GroupBlock]) -> None:
    """A line for each group, linked to its block."""
    for start, share, text in ((0, 1, "分组"), (1, 4, "名称"), (5, 1, "计入")):
        sheet.put(INDEX_TOP, start, text, "list_head", span=(1, share))
    sheet.heights[INDEX_TOP] = 24
    for row, group in enumerate(groups, INDEX_TOP + 1):
        sheet.put(row, 0, group.by, "cell_center")
        sheet.put(row, 1, group.name, "cell_link_left" if group.link else "cell_wrap", span=(1, 4), link=group.link)
        sheet.put(row, 5, group.subtotal.layer.agencies, "cell_count")
        sheet.heights[row] = max(18.0, text_height(group.name, unit(plan) * 4))


def add_group(
    sheet: BookSheet, plan: Plan, group: GroupBlock, head: int, known: dict[tuple[str, str], Places]
) -> Places:
    """The block of a group: its title in the row ``head``, and every table of the form; returns where its numbers stand."""
    layer = group.subtotal.layer
    title = f"{group.by}：{group.name}（{layer.agencies} 家）"
    sheet.put(head, 0, title, "sheet_title", span=(1, plan.pages.width))
    sheet.heights[head] = 28
    places: dict[int, tuple[str, int, int]] = {}
    top = head + 3
    for table in plan.form.tables:
        layout, edges = plan.layouts[table.id], plan.pages.edges[table.id]
        add_table(sheet, plan, table, top)
        for index, slot in layout.slots.items():
            places[index] = (SUBTOTALS, top + slot.row, edges[slot.column])
        top += layout.height + 2
    within = [known[group.by, part] for part in group.subtotal.parts]
    for index, (_, row, column) in places.items():
        item = plan.form.items[index]
        slot, edges = plan.layouts[item.table.id].slots[index], plan.pages.edges[item.table.id]
        total = layer.sums[index]
        value = None if total is None else as_decimal(total, item)
        span = (slot.span[0], edges[slot.column + slot.span[1]] - column)
        formula = formula_of(plan, group, index, places, within)
        sheet.put(row, column, value, number_role(item), formula=formula, span=span)
    return places


def formula_of(plan: Plan, group: GroupBlock, index: int, places: Places, within: Sequence[Places]) -> str:
    """The live subtotal of an item: over 单位明细, and over the subtotals right within; of a ratio, that of its parts."""
    item = plan.form.items[index]
    if not item.added:
        derived = plan.form.ratios.get(index)
        return ratio_formula(derived, plan.form, places, SUBTOTALS) if derived else ""
    own = quote(f"={escaped(group.subtotal.name)}")
    figures, groups, states = plan.detail(item.code), plan.detail(group.by), plan.detail(STATE)
    sums = [f'SUMIFS({figures},{groups},{own},{states},"{state.label}")' for state in ACCEPTED]
    return "=" + "+".join([*sums, *(address(*part[index][1:]) for part in within)])


def escaped(name: str) -> str:
    """A name as a criterion: what spreadsheet programs take for a wildcard stands for itself."""
    return name.replace("~", "~~").replace("*", "~*").replace("?", "~?")
