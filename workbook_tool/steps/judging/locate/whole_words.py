"""What is said where a whole line or block is wrong."""

from __future__ import annotations

from typing import Protocol

from workbook_tool.model.form.items import Item
from workbook_tool.model.judging.diagnosis import Whole, WholeFault

WAYS = {"right": ("右", "格"), "left": ("左", "格"), "down": ("下", "格"), "up": ("上", "格")}
BACK = {"right": "左", "left": "右", "down": "上", "up": "下"}
SHOWN = 3


class Naming(Protocol):
    """How the cells of a filing are named."""

    def item(self, index: int) -> Item:
        """The item of this index."""

    def cell(self, index: int) -> str:
        """The cell in which an item stands."""

    def cells(self, indexes: tuple[int, ...]) -> str:
        """The cells of several items as one list."""

    def number(self, index: int, exact: int) -> str:
        """An exact number in the unit of its item."""


def whole_sentence(fault: WholeFault, page: Naming, told: int) -> str:
    """``最可能是两行填反了：…`` and the numbers that nobody could read off the file."""
    if fault.kind is Whole.ONLY_TOTALS:
        totals, parts = fault.lines
        return (
            f"像是只填了总计：{page.cells(totals)} 有数，组成它们的 {page.cells(parts)} 却全是 0，应各填多少无从推算。"
        )
    what, mended = {
        Whole.SWAPPED_LINES: swapped,
        Whole.PUSHED_LINE: pushed,
        Whole.SHIFTED_BLOCK: shifted,
        Whole.SCALED: scaled,
    }[fault.kind](fault, page)
    likely = "可能" if fault.rivals else "最可能"
    return f"{likely}是{what}：{mended}，这 {told} 条不符就全部消除{worked_out(fault, page)}。"


def row_or_column(cells: tuple[int, ...], page: Naming) -> tuple[str, str]:
    """What a line is called and whether it is a 行 or a 列."""
    first, last = page.item(cells[0]), page.item(cells[-1])
    if (first.row is last.row and len(cells) > 1) or len(first.block.rows) == 1:
        return f"「{first.row_name}」", "行"
    return f"「{first.column_name}」", "列"


def swapped(fault: WholeFault, page: Naming) -> tuple[str, str]:
    """What happened where two lines took each other's place, and how to undo it."""
    (one, kind), (other, _) = (row_or_column(line, page) for line in fault.lines)
    return f"{one}与{other}两{kind}填反了（{both(fault, page)}）", "对调过来"


def both(fault: WholeFault, page: Naming) -> str:
    """The cells of both lines."""
    return " 与 ".join(page.cells(line) for line in fault.lines)


def pushed(fault: WholeFault, page: Naming) -> tuple[str, str]:
    """What happened where the numbers of one line were moved along it, and how to undo it."""
    name, kind = row_or_column(fault.lines[0], page)
    way, step = WAYS[fault.direction]
    what = f"{name}一{kind}的 {page.cells(fault.lines[0])} 整体{way}移了一{step}"
    return what, f"{BACK[fault.direction]}移回去"


def shifted(fault: WholeFault, page: Naming) -> tuple[str, str]:
    """What happened where several lines moved together by one, and how to undo it."""
    first, kind = row_or_column(fault.lines[0], page)
    last, _ = row_or_column(fault.lines[-1], page)
    whole = tuple(cell for line in fault.lines for cell in line)
    what = f"{first}至{last}各{kind}（{page.cells(whole)}）整体{WAYS[fault.direction][0]}移了一{kind}"
    return what, f"{BACK[fault.direction]}移回去"


def scaled(fault: WholeFault, page: Naming) -> tuple[str, str]:
    """What happened where amounts were filed in another unit, and how to undo it."""
    cells = page.cells(tuple(cell for line in fault.lines for cell in line))
    size, mended = ("大", "除以 10000") if fault.direction == "large" else ("小", "乘以 10000")
    return f"单位弄错（如元与万元混淆），{cells} 的数都{size}了一万倍", mended


def worked_out(fault: WholeFault, page: Naming) -> str:
    """The numbers that fell off the end and follow from the others."""
    here = {cell for line in fault.lines for cell in line}
    left = {change.filed for change in fault.changes if change.item in here}
    lost = [c for c in fault.changes if c.due not in left and fault.kind is not Whole.SCALED]
    if not lost:
        return ""
    told = "、".join(f"{page.cell(c.item)} 推算应为 {page.number(c.item, c.due)}" for c in lost[:SHOWN])
    return f"（{told}{'等' if len(lost) > SHOWN else ''}）"
