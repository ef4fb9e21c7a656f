"""Places lines of a form at labels of a sheet: in their declared order, moved ones too, and never where two could be
meant."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from workbook_tool.model.form import Form, Line
from workbook_tool.steps.parse.found import Found
from workbook_tool.steps.parse.labels import Label, with_hidden_labels

SPREAD = 2
"""How many columns further right than other labels the last piece of a row label may stand."""
MARGIN = {False: 3, True: 1}
"""How many rows, or columns, beside a table a second label of its lines is still taken for a rival."""


def place_lines(
    lines: Sequence[Line], labels: Sequence[Label], form: Form, across: bool = False
) -> tuple[dict[int, Label], Sequence[Label]]:
    """The labels of these lines by line number, in their declared order; and all labels, with those put in that only a
    closer look finds (split over cells, misspelt)."""
    placed = chain(lines, labels, across)
    if not placed or len(placed) == len(lines):
        return placed, labels
    edge = max(label.column for label in placed.values())
    near = [label for label in labels if across or label.column <= edge + SPREAD]
    named = {label.key for label in near if across or label.column <= edge}
    absent = [line for number, line in enumerate(lines) if number not in placed and named.isdisjoint(line.keys)]
    if not absent:
        return placed, labels
    others = [label for label in labels if label not in near]
    labels = sorted(
        [*with_hidden_labels(absent, near, form.vocabulary), *others], key=lambda label: (label.row, label.column)
    )
    return chain(lines, labels, across), labels


def chain(lines: Sequence[Line], labels: Sequence[Label], across: bool = False) -> dict[int, Label]:
    """The longest run of lines found in their declared order: line number to label.

    Labels that look alike (其他, 总计) are told apart by that order. ``across`` runs left to right instead of down.
    Of runs equally long the one with the closest neighbours is taken.
    """
    keys = frozenset().union(*(line.keys for line in lines))
    return dict(longest_run(tuple(lines), tuple(label for label in labels if label.key in keys), across))


@lru_cache(maxsize=256)  # most files have the layout of the one before
def longest_run(lines: tuple[Line, ...], labels: tuple[Label, ...], across: bool) -> tuple[tuple[int, Label], ...]:
    spots = sorted({label.column if across else label.row for label in labels})
    at: dict[int, dict[str, Label]] = {spot: {} for spot in spots}
    for label in labels:
        at[label.column if across else label.row].setdefault(label.key, label)
    best: list[tuple[int, int, list[tuple[int, Label]]]] = [(0, 0, [])]  # length, minus the breadth, the run
    ends: dict[int, tuple[int, int, list[tuple[int, Label]]]] = {}
    for number, line in enumerate(lines):
        fresh = {}
        first = {end: -rank for rank, end in enumerate(ends)}  # of equals the one found first
        before: tuple[int, int, list[tuple[int, Label]]] = (0, 0, [])
        reached, furthest = 0, (0, 0, 0)
        for spot in spots:
            hit = next((at[spot][key] for key in line.keys if key in at[spot]), None)
            if hit is not None:
                breadth = spot - reached if before[0] else 0
                fresh[spot] = (before[0] + 1, before[1] - breadth, [*before[2], (number, hit)])
            if spot in ends:
                length, tight, _ = ends[spot]
                if not before[0] or (length, tight + spot, first[spot]) > furthest:
                    before, reached, furthest = ends[spot], spot, (length, tight + spot, first[spot])
        for spot, option in fresh.items():
            if spot not in ends or option[:2] > ends[spot][:2]:
                ends[spot] = option
    return tuple(max([*best, *ends.values()], key=lambda option: option[:2])[2])


def refuse_rivals(
    lines: Sequence[Line], placed: dict[int, Label], labels: Sequence[Label], across: bool = False
) -> None:
    """Take back lines whose label stands there twice, under any of its spellings and in line with each other, within
    the table or just beside it: nobody can tell which one counts. A rival with the wrong numbering is none."""
    if not placed:
        return
    along = [label.column if across else label.row for label in placed.values()]
    near = range(min(along) - MARGIN[across], max(along) + MARGIN[across] + 1)
    taken = set(placed.values())
    spare = [lab for lab in labels if lab not in taken and (lab.column if across else lab.row) in near]
    for number, label in list(placed.items()):
        line = lines[number]
        numbered = bool(line.number) and label.number == line.number
        if any(
            r.key in line.keys
            and (r.row == label.row if across else r.column == label.column)
            and not (numbered and r.number not in ("", line.number))
            for r in spare
        ):
            del placed[number]


def place_moved(lines: Sequence[Line], placed: dict[int, Label], labels: Sequence[Label], found: Found) -> None:
    """Lines out of their order are placed too, where exactly one label is left that can be meant."""
    for number, line in enumerate(lines):
        if number in placed:
            continue
        left = [lab for lab in labels if lab.key in line.keys and lab not in placed.values()]
        if len(left) == 1:
            placed[number] = left[0]
            found.moved.append(line)
        else:
            found.missing.append(line)
