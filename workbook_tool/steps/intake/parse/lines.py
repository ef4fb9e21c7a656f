"""Places lines of a form at labels of a sheet: in their declared order, moved ones too, and never where two could be
meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.line import Line
from workbook_tool.model.text import label_key
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.labels import Label, with_hidden_labels

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
    Of runs equally long the one with most labels spelt as declared is taken, then the one with the closest neighbours.
    """
    keys, order = frozenset().union(*(line.keys for line in lines)), captioned(lines, labels, across)
    ordered = tuple(lines[number] for number in order)
    run = longest_run(ordered, tuple(label for label in labels if label.key in keys), across)
    return {order[number]: label for number, label in run}


def captioned(lines: Sequence[Line], labels: Sequence[Label], across: bool) -> list[int]:
    """The numbers of the lines in the order in which their captions stand: those of one name, under one caption each, are
    told apart by it alone."""
    under = [number for number, line in enumerate(lines) if line.under]
    if len({label_key(lines[number].label) for number in under}) == len(under):
        return list(range(len(lines)))
    spots: dict[str, list[int]] = {}
    for label in labels:
        spots.setdefault(label.key, []).append(label.column if across else label.row)
    moved = dict(zip(under, by_captions(lines, under, spots), strict=True))
    return [moved.get(number, number) for number in range(len(lines))]


def by_captions(
    lines: Sequence[Line], numbers: Sequence[int], spots: Mapping[str, Sequence[int]], level: int = 0
) -> list[int]:
    """These lines in the order of their captions of this level, where each of them has one that stands there once; those
    of each caption in the order of what is under it."""
    if any(level >= len(lines[n].under) for n in numbers):
        return list(numbers)
    groups: dict[str, list[int]] = {}
    for number in numbers:
        groups.setdefault(label_key(lines[number].under[level]), []).append(number)
    if any(len(spots.get(caption, [])) != 1 for caption in groups):
        return list(numbers)
    ordered = sorted(groups, key=lambda caption: spots[caption][0])
    return [number for caption in ordered for number in by_captions(lines, groups[caption], spots, level + 1)]


Run = tuple[int, int, int, tuple[tuple[int, Label], ...]]
"""How many lines, how many of them spelt as declared, minus the breadth, and the lines with their labels."""


NO_RUN: Run = (0, 0, 0, ())


@lru_cache(maxsize=256)  # most files have the layout of the one before
def longest_run(lines: tuple[Line, ...], labels: tuple[Label, ...], across: bool) -> tuple[tuple[int, Label], ...]:
    """The work of ``chain`` on labels that some line bears; the same layout is worked out once."""
    at: dict[int, dict[str, Label]] = {}
    for label in labels:
        at.setdefault(label.column if across else label.row, {}).setdefault(label.key, label)
    ends: dict[int, Run] = {}  # the best run that ends at a spot
    for number, line in enumerate(lines):
        exact, fresh = label_key(line.label), {}
        before: tuple[int, Run] | None = None  # the best run that ends before the spot we are at
        reach = (0, 0, 0)
        for spot in sorted(at):
            hit = at[spot].get(exact) or next((at[spot][key] for key in sorted(line.keys & at[spot].keys())), None)
            if hit is not None:
                length, spelt, tight, run = before[1] if before else NO_RUN
                breadth = spot - before[0] if before else 0
                as_declared = hit.key == exact and not hit.gloss
                fresh[spot] = (length + 1, spelt + as_declared, tight - breadth, (*run, (number, hit)))
            if (own := ends.get(spot)) and (own[0], own[1], own[2] + spot) > reach:
                before, reach = (spot, own), (own[0], own[1], own[2] + spot)
        for spot, option in fresh.items():
            if spot not in ends or option[:3] > ends[spot][:3]:
                ends[spot] = option
    return max(ends.values(), key=lambda run: run[:3])[3] if ends else ()


def refuse_rivals(
    lines: Sequence[Line], placed: dict[int, Label], labels: Sequence[Label], across: bool = False
) -> None:
    """Take back lines whose label stands there twice, under any of its spellings and in line with each other, within
    the table or just beside it: nobody can tell which one counts. A rival with the wrong numbering is none, nor is one
    with a gloss beside one without."""
    if not placed:
        return
    along = [label.column if across else label.row for label in placed.values()]
    near = range(min(along) - MARGIN[across], max(along) + MARGIN[across] + 1)
    taken = set(placed.values())
    spare = [lab for lab in labels if lab not in taken and (lab.column if across else lab.row) in near]
    heads = range(min(lab.row for lab in taken) - 1, max(lab.row for lab in taken) + 2)
    for number, label in list(placed.items()):
        line = lines[number]
        numbered = bool(line.number) and label.number == line.number
        if any(
            r.key in line.keys
            and (r.row in heads if across else r.column == label.column)
            and not (numbered and r.number not in ("", line.number))
            and not (label.key == label_key(line.label) != r.key)
            and not (r.gloss and not label.gloss)
            for r in spare
        ):
            del placed[number]


def repeated(lines: Sequence[Line], placed: dict[int, Label], labels: Sequence[Label], across: bool = False) -> bool:
    """Whether most of the lines are named a second time in line with the first, however far off: two years or two
    agencies in one table, of which nobody can tell which counts."""
    if len(placed) < 2:
        return False
    taken = set(placed.values())
    again = {
        number
        for number, label in placed.items()
        for other in labels
        if other.key == label.key
        and other not in taken
        and other.gloss == label.gloss
        and (other.row == label.row if across else other.column == label.column)
    }
    return 2 * len(again) > len(lines)


def place_moved(
    lines: Sequence[Line], placed: dict[int, Label], labels: Sequence[Label], found: FoundTable, across: bool = False
) -> None:
    """Lines out of their order are placed too, where exactly one label is left that can be meant; those whose captions
    stand in another order are."""
    spots = {number: label.column if across else label.row for number, label in sorted(placed.items())}
    found.moved += [lines[n] for n, spot in spots.items() if any(spots[m] > spot for m in spots if m < n)]
    for number, line in enumerate(lines):
        if number in placed:
            continue
        left = [lab for lab in labels if lab.key in line.keys and lab not in placed.values()]
        if len(left) == 1:
            placed[number] = left[0]
            found.moved.append(line)
        else:
            found.missing.append(line)
