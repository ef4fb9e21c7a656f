"""Stories in the words of the desk: one sentence that says which cell, what it should be, why, and how certain."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from workbook_tool.model.cells import area, within
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.submission import Submission, as_decimal
from workbook_tool.model.judging.diagnosis import Certainty, Change, Repair, Story
from workbook_tool.model.judging.finding import DISAGREES
from workbook_tool.model.locations import cells_in, said_place
from workbook_tool.steps.judging.locate.whole_words import whole_sentence

NUMERALS = "①②③"
FEW_RELATIONS = "可以印证的勾稽关系太少"
FEW = 6
"""No more cells than this are worth naming before all others."""
LONG = 60
"""A list of cells longer than this is told as the rectangle around it."""


class OwnFile(Struct, frozen=True):
    """The agency's own file, as the cells of a story are named in it. ``sheet`` is the one spoken of already."""

    submission: Submission
    form: Form
    sheet: str

    def item(self, index: int) -> Item:
        """The item of this index."""
        return self.form.items[index]

    def cell(self, index: int) -> str:
        """``D12``, with its sheet where that is another one."""
        reading = self.submission.readings[index]
        cell = cells_in(reading.sheet, [reading.place] if reading.place else [])
        return cell if reading.sheet == self.sheet else said_place(reading.sheet, cell)

    def spot(self, index: int) -> str:
        """``D12（「行」×「列」）``."""
        item = self.item(index)
        names = [item.row_name] if len(item.block.columns) == 1 else [item.row_name, item.column_name]
        return f"{self.cell(index)}（{'×'.join(f'「{name}」' for name in names)}）"

    def filed(self, index: int) -> str:
        """What was filed, for a sentence: ``填 12``, ``空白``, or that it counts as 0."""
        reading = self.submission.readings[index]
        if reading.signed_nil:
            return f"{reading.told}（按 0 计）"
        number = self.submission.number(self.item(index))
        return "空白" if number is None else f"填 {number:f}"

    def number(self, index: int, exact: int) -> str:
        """An exact number in the unit of its item, without exponent."""
        return f"{as_decimal(exact, self.item(index)):f}"

    def cells(self, indexes: Iterable[int]) -> str:
        """``D11:E12,G15``; where that is long, the rectangle around them."""
        readings = [self.submission.readings[i] for i in indexes]
        places = [r.place for r in readings if r.place is not None and r.sheet == readings[0].sheet]
        told = cells_in(readings[0].sheet, places)
        if len(told) > LONG:
            rows, columns = zip(*places, strict=True)
            around = within(area((min(rows), min(columns)), (max(rows), max(columns))))
            told = f"{cells_in(readings[0].sheet, around)} 一带"
        return told if readings[0].sheet == self.sheet else said_place(readings[0].sheet, told)


def with_cause(message: str, story: Story, page: OwnFile, told: int) -> str:
    """The message of the first finding of a story of ``told`` findings, with its cause: where one or two cells are surely
    wrong these come first, for they are what has to be changed."""
    if certain(story):
        return f"{unique_sentence(story.explanations[0], page, told)}{DISAGREES}{message}"
    return f"{message}{sentence(story, page, told)}"


def certain(story: Story) -> tuple[int, ...]:
    """The one or two cells that are surely wrong; none where that is not certain, or where whole lines are."""
    if story.whole or story.certainty is not Certainty.UNIQUE:
        return ()
    return tuple(change.item for change in story.explanations[0].changes)


def sentence(story: Story, page: OwnFile, told: int) -> str:
    """What is added to the first finding of a story of ``told`` findings where no cells are certain."""
    if story.whole:
        return whole_sentence(story.whole, page, told) + also(story, page)
    if story.certainty is Certainty.TIED:
        return tied_sentence(story, page, told)
    return f"无法定位：没有哪一两格能解释{these(told)}，错处可能不止两处。范围在 {page.cells(story.place)}。"


def these(told: int) -> str:
    """``这条不符`` or ``这 3 条不符``."""
    return "这条不符" if told == 1 else f"这 {told} 条不符"


def unique_sentence(explanation: Repair, page: OwnFile, told: int) -> str:
    """``先看 D12（…）：填 12，应为 10，改这一格 3 条都平（唯一能同时解释这 3 条不符的一格；像是两位数字颠倒）。``"""
    level, both = ("就平", "") if told == 1 else (f" {told} 条都平", "同时")
    if len(explanation.changes) == 1:
        change = explanation.changes[0]
        guess = f"；{change.slip.told(page.form.period)}" if change.slip else ""
        why = f"唯一能{both}解释{these(told)}的一格{guess}"
        return f"先看 {page.spot(change.item)}：{due(change, page)}，改这一格{level}（{why}）。"
    why = f"只有同时改这两格才能解释{these(told)}"
    if explanation.moved:
        return f"先看两格：{move(explanation, page, in_full=True)}，这样改{level}（{why}）。"
    parts = "；".join(f"{page.spot(c.item)}{due(c, page)}{slip_words(c, page)}" for c in explanation.changes)
    return f"先看两格：{parts}，两格都改{level}（{why}）。"


def due(change: Change, page: OwnFile) -> str:
    """``填 12，应为 10``."""
    return f"{page.filed(change.item)}，应为 {page.number(change.item, change.due)}"


def slip_words(change: Change, page: OwnFile) -> str:
    """The slip that would explain the change, in brackets; empty where none would."""
    return f"（{change.slip.told(page.form.period)}）" if change.slip else ""


def move(explanation: Repair, page: OwnFile, in_full: bool = False) -> str:
    """``有 3 本应填在 D13，误填在 D12，改后 D12 应为 0，D13 应为 3``."""
    wrong, right = explanation.changes
    amount = page.number(wrong.item, wrong.difference)
    here, there = page.cell(wrong.item), page.cell(right.item)
    dues = f"{here} 应为 {page.number(wrong.item, wrong.due)}，{there} 应为 {page.number(right.item, right.due)}"
    told = (page.spot(right.item), page.spot(wrong.item)) if in_full else (there, here)
    return f"有 {amount} 本应填在 {told[0]}，误填在 {told[1]}，改后 {dues}"


def one_way(explanation: Repair, page: OwnFile) -> str:
    """One of several explanations, briefly."""
    if explanation.moved:
        return move(explanation, page)
    if not explanation.exact:
        return "与".join(f"{page.cell(c.item)}（如改为 {page.number(c.item, c.due)}）" for c in explanation.changes)
    told = "，且 ".join(f"{page.cell(c.item)} {due(c, page)}{slip_words(c, page)}" for c in explanation.changes)
    if explanation.following:
        told += f"，总计 {page.cells(c.item for c in explanation.following)} 随之改"
    return told


def tied_sentence(story: Story, page: OwnFile, told: int) -> str:
    """The number of explanations, the likeliest ones, and where all of them lie."""
    if story.count == 1 and story.explanations[0].exact:
        ways = one_way(story.explanations[0], page)
        if len(story.explanations[0].changes) > 2:
            return f"没有哪一两格能解释{these(told)}，可能有一个数填错了行或列，另有一格填错：{ways}。此外再无这样的改法，但不能断定。"
        why = story.doubt.label if story.doubt else FEW_RELATIONS
        return f"按已填的数，只有 {ways} 能解释{these(told)}；但{why}，不能断定。"
    if story.count == 1:
        ways = one_way(story.explanations[0], page)
        return f"只有改 {ways} 才能解释{these(told)}，但应改为多少不能唯一确定。"
    ways = "；".join(f"{n} {one_way(e, page)}" for n, e in zip(NUMERALS, story.explanations, strict=False))
    where = f"，都在 {page.cells(story.place)}" if story.count > len(story.explanations) else ""
    return f"无法唯一定位：并列 {story.count} 种改法都能解释{these(told)}{where}。依可能性：{ways}。"


def also(story: Story, page: OwnFile) -> str:
    """What speaks against a mistake with a whole line: others like it, a few cells that explain as much, or that little
    speaks for it."""
    if story.whole and story.whole.rivals:
        return f"但另有 {story.whole.rivals} 种整行整列的填错同样说得通，不能断定。"
    if not story.explanations:
        return f"但{FEW_RELATIONS}，不能断定。" if story.certainty is Certainty.TIED else ""
    few = "几格" if any(len(e.changes) > 2 for e in story.explanations) else "一两格"
    rest = "；".join(f"{n} {one_way(e, page)}" for n, e in zip(NUMERALS, story.explanations, strict=False))
    return f"但不能排除只错{few}（另有 {story.count - 1} 种改法）：{rest}。"


def likely(story: Story) -> tuple[int, ...]:
    """The cells that the advice of a story names before all others; none where it names none."""
    if story.whole or story.certainty is Certainty.OPEN:
        return ()
    if story.certainty is Certainty.TIED:
        return story.place if len(story.place) <= FEW else ()
    return tuple(change.item for change in story.explanations[0].changes)


def advice(story: Story, page: OwnFile, own: str, first: bool) -> str:
    """What to do: the located cell before anything else. The rule's own advice stays for the case that it is right."""
    if story.certainty is Certainty.OPEN or (story.whole and story.certainty is not Certainty.UNIQUE):
        return own
    if story.whole:
        return "请先照此核对整行整列。" if first else "原因同上：请先核对上述整行整列。"
    if story.certainty is Certainty.TIED:
        few = f"请先核对 {page.cells(likely(story))}；确认无误的，" if likely(story) else ""
        return f"{few}{own}" if first else f"原因同上：{few}{own}"
    cells = "、".join(map(page.cell, likely(story)))
    return f"{'' if first else '原因同上：'}请先核对 {cells}；确认无误的，{own}"
