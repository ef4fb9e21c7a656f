"""The heads over the answers of a card: which column they say is filled in (指标 | 数量 | 备注)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import takewhile

from msgspec import Struct

from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.text import cover_key, label_key, squash
from workbook_tool.steps.intake.parse.labels import Label, asks
from workbook_tool.steps.intake.parse.unit_words import is_unit, words_of
from workbook_tool.steps.intake.parse.value import BLANK_MARKS

# fmt: off
ANSWER = frozenset({
    "数量", "数值", "数额", "数据", "填报", "填写", "填报数", "填报数量", "填报数据", "填报值", "填报内容", "填报情况",
    "填写内容", "内容", "本期", "本期数", "本年", "本年数",
})
"""Heads of what is filled in. One of them alone says so; beside 上年 or a second of them nobody can tell."""
ASIDE = frozenset({
    "备注", "说明", "注", "填报说明", "填写说明", "填表说明", "指标说明", "指标解释", "单位", "计量单位", "数量单位",
    "代码", "指标代码", "编码", "编号", "序号", "行号", "行次", "项次",
})
"""Heads of what stands beside an answer and is none."""
# fmt: on
HEADS = ANSWER | ASIDE


class Heads(Struct, dict=True):
    """What stands over the questions of a card. ``asked`` are the cells of its questions, ``covered`` those under a merged
    one."""

    form: Form
    sheet: Sheet
    asked: set[Place]
    covered: set[Place]

    def filled(self, place: Place) -> bool:
        """Whether anything stands at a place that is no mark for nothing."""
        content = self.sheet.cells.get(place)
        return content is not None and not (isinstance(content, str) and content.strip() in BLANK_MARKS)

    def end(self, place: Place) -> Place:
        """The last cell that a cell covers, merged with others."""
        return self.sheet.reaches.get(place, place)

    def filled_in(self, row: int, columns: range) -> list[Place]:
        """What stands in this part of a row, but for the unit of all."""
        places = ((row, column) for column in columns if self.filled((row, column)))
        return [place for place in places if not self.states_unit(self.sheet.cells[place])]

    @staticmethod
    def states_unit(content: Content) -> bool:
        """Whether a cell only says in which unit all is: 单位：万元."""
        return isinstance(content, str) and bool(words_of(content))

    @cached_property
    def lines(self) -> set[int]:
        """The rows that hold questions."""
        return {row for row, _ in self.asked}

    @cached_property
    def width(self) -> int:
        """How many columns of the sheet are used."""
        return max(column for _, column in self.sheet.cells) + 1

    def rows_over(self, row: int, column: int) -> Iterator[int]:
        """The rows over a question that may be heads, the nearest first: up to another question, a row of another table,
        of the cover, or what asks with a colon. Blank ones between are none, and end nothing."""
        rows = range(row - 1, -1, -1)
        return (over for over in takewhile(lambda one: not self.is_other(one, column), rows) if self.texts(over))

    def texts(self, row: int) -> list[Content]:
        """What stands in a row."""
        return [self.sheet.cells[row, column] for column in range(self.width) if self.filled((row, column))]

    def is_other(self, row: int, column: int) -> bool:
        """Whether a row is no head of the questions below it."""
        begins = str(self.sheet.cells.get((row, column), ""))
        named = label_key(begins) in self.form.line_keys or cover_key(begins) in self.form.cover_labels
        return named or row in self.lines or any(map(asks, self.texts(row)))

    def named(self, labels: Sequence[Label]) -> dict[Label, Place]:
        """The cell that holds the answer to each question, as the nearest heads say it of all; empty where they leave any
        open."""
        first = min(labels, key=lambda label: label.place)
        row = next((over for over in self.rows_over(*first.place) if self.filled_in(over, range(self.width))), None)
        if row is None:
            return {}
        places = {label: place for label in labels if (place := self.under(row, label))}
        return places if len(places) == len(labels) else {}

    def under(self, row: int, label: Label) -> Place | None:
        """The answer to a question under the heads in a row: in the one column that they say is filled in, where they name
        every column in which something stands."""
        start = self.end(label.place)[1] + 1
        columns = range(start, min((c for _, c in self.asked if c >= start), default=self.width))
        heads = self.filled_in(row, columns)
        answers = [place for place in heads if self.word(place) in ANSWER]
        if len(answers) != 1 or not HEADS.issuperset(map(self.word, heads)):
            return None
        headed = {column for place in heads for column in range(place[1], self.end(place)[1] + 1)}
        place = (label.row, answers[0][1])
        loose = [at for at in self.filled_in(label.row, columns) if at[1] not in headed and not self.is_unit(at)]
        broken = place in self.covered or self.end(place)[1] != self.end(answers[0])[1] or self.headed_anew(row, place)
        return None if loose or broken else place

    def aside(self, label: Label, columns: range) -> list[Place]:
        """The heads over these columns, or in the line of a question itself, that name what is no answer."""
        over = (place for row in (label.row, *self.rows_over(*label.place)) for place in self.filled_in(row, columns))
        return [place for place in over if self.word(place) in ASIDE]

    def word(self, place: Place) -> str:
        """What stands at a place, as heads are compared."""
        return squash(str(self.sheet.cells[place]))

    def headed_anew(self, row: int, place: Place) -> bool:
        """Whether anything but questions stands between a head and an answer under it."""
        between = (over for over in range(row + 1, place[0]) if over not in self.lines)
        return any(self.filled((over, place[1])) for over in between)

    def is_unit(self, place: Place) -> bool:
        """Whether a cell holds a unit and nothing else."""
        content = self.sheet.cells.get(place)
        return isinstance(content, str) and is_unit(content, self.form.units)
