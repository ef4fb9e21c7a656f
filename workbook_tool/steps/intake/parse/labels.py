"""The texts of a sheet that may be labels, also where one is split over several cells or misspelt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.line import Line
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.regex import regex
from workbook_tool.model.text import label_key, label_number, label_unit, unglossed, without_unit
from workbook_tool.steps.intake.parse.unit_words import is_measure, said_in, without_currency, words_of

LONGEST_LABEL = 200
BRACKET = regex(r"[(（\[［〔【]")
Vocabulary = frozenset[tuple[str, str]]
"""All labels of a form as pairs: a spelling, and the label it stands for."""
MOST_PIECES = 6
MOST_LABELS = 2000
"""No form has more; a ledger has, and nothing in it is worth a closer look."""
SHORTEST_GUESS = 3
"""A misspelling of fewer characters could be anything."""


class Label(Struct, frozen=True):
    """A text of a sheet that may be a label, and the place it names: a row, and a column.

    ``rows`` are the rows it stands in (several where it is split over lines); ``meant`` is the label that a misspelt
    one was taken for. ``gloss`` is what stands in brackets in a label that is read without it; ``noted`` marks a
    comment on the cell.
    """

    key: str
    row: int
    column: int
    text: str
    rows: tuple[int, ...] = ()
    meant: str = ""
    gloss: str = ""
    noted: bool = False

    @property
    def place(self) -> Place:
        """The cell that it stands in, of several the last."""
        return self.row, self.column

    @property
    def number(self) -> str:
        """The numbering that it starts with, bare; empty without one."""
        return label_number(self.text)

    @property
    def unit(self) -> str:
        """The unit that the label states; a gloss that is no explanation is one."""
        return label_unit(without_currency(self.text)) or ("" if self.meant else self.gloss)


def asks(content: Content | None) -> bool:
    """Whether a cell names what stands behind it: 电话：."""
    return isinstance(content, str) and content.rstrip().endswith(("：", ":"))


def labels_of(sheet: Sheet, form: Form) -> list[Label]:
    """Every short text of the sheet, top to bottom, left to right; but none that lies under a merged cell where another
    label of its name can be seen."""
    texts = ((place, text) for place, text in sheet.texts.items() if len(text) <= LONGEST_LABEL)
    found = sorted((label_at(place, text, form) for place, text in texts), key=lambda lab: (lab.row, lab.column))
    if not sheet.covered:
        return found
    seen = {label.key for label in found if label.place not in sheet.covered}
    return [label for label in found if label.place not in sheet.covered or label.key not in seen]


def label_at(place: Place, text: str, form: Form) -> Label:
    """A text as a label. One with a gloss in brackets is the label that it is without, unless the form tells such
    labels apart by what stands there; a unit is no gloss."""
    return label_of(text, *place, form.line_keys, form.told_apart, form.units)


@lru_cache(maxsize=1 << 13)  # the same texts stand in the same places of every file
def label_of(
    text: str, row: int, column: int, line_keys: frozenset[str], told_apart: frozenset[str], units: frozenset[str]
) -> Label:
    """The same for a form with these labels and units."""
    key = label_key(text)
    if key in line_keys or not BRACKET.search(text):
        return Label(key, row, column, text)
    if (base := label_key(without_unit(text, units))) in line_keys:
        return Label(base, row, column, text)
    bare, gloss = unglossed(text)
    stated = (*words_of(gloss), *said_in(gloss))
    gloss = stated[0] if len(stated) == 1 else without_currency(gloss)
    if (base := label_key(bare)) not in line_keys or base in told_apart:
        return Label(key, row, column, text)
    return Label(base, row, column, text, meant="" if is_measure(gloss, units) else bare, gloss=gloss)


def with_hidden_labels(lines: Sequence[Line], labels: Sequence[Label], vocabulary: Vocabulary) -> list[Label]:
    """The labels with those put in that name one of these lines, which no label names as it stands: first put
    together from neighbouring cells, then by a spelling that can mean nothing else."""
    if len(labels) > MOST_LABELS:
        return list(labels)
    found, together = list(labels), put_together(labels)
    for line in lines:
        hits = [hit for key in line.keys for hit in together.get(key, [])]
        if len(hits) == 1:
            whole, pieces = hits[0]
            found = [label for label in found if label not in pieces] + [whole]
        elif not hits and (respelt := misspelt(line, found, vocabulary)):
            found = [
                replace(lab, key=label_key(line.label), meant=line.label) if lab == respelt else lab for lab in found
            ]
    return sorted(found, key=lambda label: (label.row, label.column))


def put_together(labels: Sequence[Label]) -> dict[str, list[tuple[Label, list[Label]]]]:
    """Every label that can be made of neighbouring cells, with its pieces, by key."""
    found: dict[str, list[tuple[Label, list[Label]]]] = {}
    for pieces in (*runs(labels, across=True), *runs(labels, across=False)):
        text, last = "".join(piece.text for piece in pieces), pieces[-1]
        whole = Label(label_key(text), last.row, last.column, text, rows_of(pieces))
        found.setdefault(whole.key, []).append((whole, pieces))
    return found


def rows_of(pieces: Sequence[Label]) -> tuple[int, ...]:
    """The rows over which a label is split; none where it stands in one."""
    rows = tuple(dict.fromkeys(piece.row for piece in pieces))
    return rows if len(rows) > 1 else ()


def runs(labels: Sequence[Label], across: bool) -> Iterator[list[Label]]:
    """Two or more labels in cells next to each other: in a row from left to right, or down a column."""
    at = {(label.row, label.column): label for label in labels}
    down, right = (0, 1) if across else (1, 0)
    for label in labels:
        run = [label]
        while len(run) < MOST_PIECES and (label := at.get((run[-1].row + down, run[-1].column + right))):  # type: ignore[assignment]
            run.append(label)
            yield list(run)


def misspelt(line: Line, labels: Sequence[Label], vocabulary: Vocabulary) -> Label | None:
    """The one label that can only be meant for this line; None where there is none or more than one."""
    meant = label_key(line.label)
    hits = [label for label in labels if not label.meant and means(label.key, vocabulary) == meant]
    return hits[0] if len(hits) == 1 else None


@lru_cache(maxsize=1 << 14)
def means(key: str, vocabulary: Vocabulary) -> str:
    """The one label of the vocabulary of which this is a misspelling, else empty.

    One slip is allowed in up to 7 characters, two in up to 12, then a sixth; and the next likely label must lie
    further off by at least as many again, so that 本年制止件数, one slip from two labels, means neither.
    """
    from rapidfuzz.distance.Levenshtein import distance

    if len(key) < SHORTEST_GUESS:
        return ""
    allowed = 1 if len(key) <= 7 else 2 if len(key) <= 12 else len(key) // 6
    slips: dict[str, int] = {}
    for spelling, meant in vocabulary:
        count = distance(key, spelling, score_cutoff=2 * allowed)
        slips[meant] = min(count, slips.get(meant, count))
    first, second = sorted(slips, key=lambda meant: (slips[meant], meant))[:2]
    return first if 0 < slips[first] <= allowed and slips[second] >= 2 * slips[first] else ""
