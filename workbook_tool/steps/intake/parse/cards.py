"""Finds a card as an office drew it: questions anywhere on a sheet, one or several a line, each with its answer right of it
or below it. What could be two things is no answer: its question counts as not found, which is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from msgspec import Struct

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item, Table
from workbook_tool.model.form.line import Line
from workbook_tool.model.intake.submission import Place, Sheet
from workbook_tool.steps.intake.parse.card_heads import Heads
from workbook_tool.steps.intake.parse.found_table import Ambiguity, FoundTable, Grid, Statement
from workbook_tool.steps.intake.parse.labels import Label, with_hidden_labels
from workbook_tool.steps.intake.parse.side import counts_columns
from workbook_tool.steps.intake.parse.value import is_figure

CLEARLY = 3
"""So many times as many questions must be answered on one side as on the other before that is taken for the rest."""
MARGIN = 1
"""How many rows beside the questions a second text of the same words is a rival; further off it is something else."""
SEVERAL = "是几列或几行的名称，看不出填报的是哪一个"
FOLLOWED = "：一问有两处可以是答案，看不出以哪一处为准"
NO_ANSWER = "下面的不是要填报的"
COUNTED = "像是编号，不像答案"
LEFT = "在各问的左边，看不出是哪一问的答案"


def find_card(form: Form, table: Table, sheet: Sheet, labels: Sequence[Label]) -> tuple[FoundTable, list[Label]] | None:
    """The card with the labels it uses, or what about it is in doubt; None where too few of its questions are there."""
    asked = questions(form, table.rows, labels)
    placed = {number: hits[0] for number, hits in asked.items() if len(hits) == 1}
    twice = 2 * (len(asked) - len(placed)) > len(table.rows)
    if twice:
        placed = {number: hits[0] for number, hits in asked.items()}
    if 2 * len(placed) <= len(table.rows):
        return None
    drawn, score = Drawn(form, sheet, list(placed.values())), len(placed) / len(table.rows)
    every = [label for hits in asked.values() for label in hits]
    if doubt := drawn.doubt:
        return FoundTable(table, sheet, doubt=doubt, score=score), every
    items = {item.row.id: item for item in form.cells if item.table is table}
    found = FoundTable(table, sheet, twice=twice, score=score)
    places = {n: drawn.answer(label, items[table.rows[n].id]) for n, label in placed.items()}
    often = Counter(places.values())
    for number, line in enumerate(table.rows):
        place = places.get(number)
        if place is None or often[place] > 1:
            found.missing.append(line)
        else:
            put(found, items[line.id], place, placed[number], drawn)
    found.respelt = [label for label in placed.values() if label.meant]
    return (found, every) if found.every_place else None


def questions(form: Form, lines: Sequence[Line], labels: Sequence[Label]) -> dict[int, list[Label]]:
    """Every label that may be each question's, by its number; those that stand far from all others are none."""
    absent = [line for line in lines if not any(label.key in line.keys for label in labels)]
    labels = with_hidden_labels(absent, labels, form.vocabulary) if absent else labels
    hits = {n: [lab for lab in labels if lab.key in line.keys] for n, line in enumerate(lines)}
    sure = [found[0].row for found in hits.values() if len(found) == 1]
    near = range(min(sure) - MARGIN, max(sure) + MARGIN + 1) if 2 * len(sure) > len(lines) else None
    kept = {n: [lab for lab in found if near is None or lab.row in near] for n, found in hits.items()}
    return {n: found for n, found in kept.items() if found}


def put(found: FoundTable, item: Item, place: Place, label: Label, drawn: Drawn) -> None:
    """Put an answer to its item, as a block of its own: its row holds other questions too."""
    places = found.places if item.kind == "number" else found.remarks
    places[item.index] = place
    if item.kind == "number":
        found.stated[item.index] = [Statement(label.unit, label.place)] if label.unit else []
    near = range(label.column + 1, drawn.next_question(place))
    found.grids.append(Grid(item.block, {item.row.id: place[0]}, {item.column.id: place[1]}, near))


class Drawn(Struct, dict=True):
    """The questions of a card where they stand in a sheet, and where their answers can be: right of them, or below."""

    form: Form
    sheet: Sheet
    labels: Sequence[Label]

    def __post_init__(self) -> None:
        self.asked = {place for label in self.labels for place in self.spread(label.place)}
        self.covered = {place for home in self.sheet.reaches for place in self.spread(home) if place != home}
        self.heads = Heads(self.form, self.sheet, self.asked, self.covered)
        self.named = self.heads.named(self.labels)
        self.lines, self.width, self.filled = self.heads.lines, self.heads.width, self.heads.filled
        rows = range(min(self.lines), max(self.lines) + 2)
        self.edge = max(column for row, column in {*self.sheet.cells, *self.covered} if row in rows)
        self.left = min(column for _, column in self.asked)
        self.ways = {label: self.possible(label) for label in self.labels}
        self.usual = self.usual_way()

    def end(self, place: Place) -> Place:
        """The last cell that a cell covers, merged with others."""
        return self.sheet.reaches.get(place, place)

    def spread(self, home: Place) -> Iterator[Place]:
        """Every cell that a cell covers, merged with others."""
        row, column = self.end(home)
        return ((r, c) for r in range(home[0], row + 1) for c in range(home[1], column + 1))

    def beside(self, label: Label) -> tuple[Place, Place]:
        """The cells right of a label and below it."""
        row, column = self.end(label.place)
        return (label.row, column + 1), (row + 1, label.column)

    def is_broad(self, label: Label) -> bool:
        """Whether a question is as broad as the card: its answer can only stand below."""
        return label.column == self.left and label.column < self.beside(label)[0][1] - 1 == self.edge

    def possible(self, label: Label) -> list[Place]:
        """Which of the two may hold its answer: no question stands there, and no merged cell reaches there."""
        return [one for one in self.beside(label) if one not in self.asked | self.covered]

    def usual_way(self) -> int | None:
        """On which side answers stand where both could hold one (0 right, 1 below): where they do as only one can, or else
        as only one is filled; None where that is not clear."""
        open_ways = {label: ways for label, ways in self.ways.items() if not self.is_broad(label)}
        sure = [self.beside(label).index(ways[0]) for label, ways in open_ways.items() if len(ways) == 1]
        if not sure:
            full = {label: [way for way in ways if self.filled(way)] for label, ways in open_ways.items()}
            sure = [self.beside(label).index(ways[0]) for label, ways in full.items() if len(ways) == 1]
        right, below = sure.count(0), sure.count(1)
        return 0 if right >= CLEARLY * below else 1 if below >= CLEARLY * right else None

    def side(self, label: Label) -> Place | None:
        """The one of the two that is meant to hold its answer; None where nobody can tell."""
        usual = 1 if self.is_broad(label) else self.usual
        place = None if usual is None else self.beside(label)[usual]
        return place if place in self.ways[label] else None

    def home(self, label: Label) -> Place | None:
        """The cell where a number that answers a question stands: on its side, behind a unit."""
        place = self.side(label)
        on = place and place[0] == label.row and self.heads.is_unit(place)
        return (place[0], place[1] + 1) if place and on else place

    def answer(self, label: Label, item: Item) -> Place | None:
        """Where the answer to a question stands; None where it could be at two places."""
        if label in self.named:
            return self.named[label]
        side, home = self.side(label), self.home(label)
        place = home if item.kind == "number" else side
        if place is None or place[0] != label.row:
            return place
        behind = self.behind(place)
        doubtful = behind and (place != home or not self.filled(place) or any(map(self.is_figure, behind)))
        return None if doubtful else place

    def next_question(self, place: Place, otherwise: int = 0) -> int:
        """The column of the next question right of a place, or one beyond the card."""
        beyond = otherwise or self.edge + 1
        return min((c for r, c in self.asked if r == place[0] and c > place[1]), default=beyond)

    def behind(self, place: Place) -> list[Place]:
        """What stands between an answer and the next question, but for its unit."""
        cells = ((place[0], c) for c in range(self.end(place)[1] + 1, self.next_question(place)))
        return [cell for cell in cells if cell in self.sheet.cells and not self.heads.is_unit(cell)]

    @property
    def doubt(self) -> Ambiguity | None:
        """Why answers may be some of several: heads name several, most are followed by more of their kind, or two by a
        figure; or why they may be none: they only count the questions, or stand left of them."""
        if self.named:
            return None
        homes = {label: home for label in self.labels if (home := self.home(label))}
        full = {label: home for label, home in homes.items() if self.filled(home)}
        for label, home in homes.items():
            if names := self.names(label, home):
                return Ambiguity(SEVERAL, names)
            if aside := self.heads.aside(label, range(home[1], self.end(home)[1] + 1)):
                return Ambiguity(NO_ANSWER, aside)
        more = [(home, *after) for label, home in homes.items() if (after := self.next_ones(label, home))]
        figures = [cells for cells in more if any(map(self.is_figure, cells[1:]))]
        followed = [cells for cells in more if self.filled(cells[0])]
        if len(figures) > 1 or (len(full) > 1 and 2 * len(followed) > len(full)):
            return Ambiguity(FOLLOWED, (figures or followed)[0][:2])
        if counted := self.counted(full.values()):
            return Ambiguity(COUNTED, counted)
        return Ambiguity(LEFT, self.cells_left) if self.are_left(homes) else None

    @property
    def cells_left(self) -> list[Place]:
        """What stands left of the questions, in the first line of them."""
        row = min(self.lines)
        return [(row, column) for column in range(self.left) if self.filled((row, column))]

    def are_left(self, homes: Mapping[Label, Place]) -> bool:
        """Whether most lines have several questions, begin with a figure and have nothing behind the last: what seems
        to answer one is the next one's."""
        by_line = [sorted(place for place in self.asked if place[0] == row) for row in self.lines]
        ends = [(line[0], line[-1]) for line in by_line if len(line) > 1]
        last = {self.end(label.place): home for label, home in homes.items() if home[0] == label.row}
        return 2 * len(ends) > len(self.lines) and all(
            end in last and not self.filled(last[end]) and self.is_figure((row, column - 1))
            for (row, column), end in ends
        )

    def next_ones(self, label: Label, home: Place) -> list[Place]:
        """What follows the answer to a question in its direction, up to the next question: more answers, if it is a list."""
        if home[0] == label.row:
            return self.behind(home)
        below = (self.end(home)[0] + 1, home[1])
        return [below] if below not in self.asked and self.filled(below) else []

    def names(self, label: Label, home: Place) -> list[Place]:
        """Heads over an answer and over a cell behind it, or names left of its line and of the one below: they tell
        several answers apart. None where only one is named."""
        (bottom, last), first = self.end(home), min(column for row, column in self.asked if row == label.row)
        if home[0] != label.row:
            rows = [self.heads.filled_in(row, range(first)) for row in (home[0], bottom + 1)]
            return [row[0] for row in rows] if bottom + 1 not in self.lines and all(rows) else []
        over, behind = range(home[1], last + 1), range(last + 1, self.next_question(home, self.width))
        for row in self.heads.rows_over(*label.place):
            parts = [self.heads.filled_in(row, part) for part in (over, behind)]
            if all(parts):
                return [part[0] for part in parts]
        return []

    def counted(self, homes: Collection[Place]) -> list[Place]:
        """Answers in one line, in one column or all together that run 1, 2, 3 …: they number the questions."""
        lines: dict[tuple[int, int], list[Place]] = {}
        for row, column in sorted(homes):
            for line in ((0, row), (1, column), (2, 0)):
                lines.setdefault(line, []).append((row, column))
        counting = (line for line in lines.values() if counts_columns([self.sheet.cells.get(at) for at in line]))
        return next(counting, [])

    def is_figure(self, place: Place) -> bool:
        """Whether a number stands at a place, or a mark for none."""
        return is_figure(self.sheet.cells.get(place))
