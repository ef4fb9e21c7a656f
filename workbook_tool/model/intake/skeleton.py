"""The skeleton of an issued workbook: its texts, its live formulas and its room for numbers, as the workbook itself
carries them in the hidden identity, so that a change of form can be told from a filled-in form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from workbook_tool.model.cells import address, areas, position, within
from workbook_tool.model.intake.submission import Content, Place

FRAME, INPUTS, SEAL = "frame", "input", "skeleton"
"""Keys in the hidden identity: the cells of a sheet's frame, the places of its numbers, and the fingerprint over both.
A frame is one text with a line for each cell: a cell each would double what every reader has to read."""
FORMULA = "="

Row = tuple[str, str, str]
"""Key, sheet and text."""


class Frame(Struct, frozen=True):
    """One sheet as issued: ``texts`` (without spaces), the places of its ``formulas`` and of its numbers."""

    sheet: str
    texts: dict[Place, str]
    formulas: frozenset[Place]
    inputs: frozenset[Place]


def plain_text(text: str) -> str:
    """The text without spaces and line breaks, which programs change when they save."""
    return "".join(text.split())


def skeleton_rows(frames: Iterable[Frame]) -> list[Row]:
    """The frames as rows of the hidden identity, sealed."""
    rows: list[Row] = []
    for frame in frames:
        cells = {**dict.fromkeys(frame.formulas, FORMULA), **frame.texts}
        lines = [f"{address(*place)} {text}" for place, text in sorted(cells.items())]
        rows += [(FRAME, frame.sheet, "\n".join(lines))] if lines else []
        rows += [(INPUTS, frame.sheet, areas(frame.inputs))] if frame.inputs else []
    return [(SEAL, seal(rows), ""), *rows] if rows else []


def seal(rows: Sequence[Row]) -> str:
    """The fingerprint: rows that do not match it were altered, and prove nothing."""
    return hashlib.sha256("\n".join("\t".join(row) for row in rows).encode()).hexdigest()


def read_skeleton(cells: dict[Place, Content]) -> tuple[Frame, ...]:
    """The frames that a hidden identity carries; none where it has none, or not those it was issued with."""
    lines = sorted({row for row, _ in cells})
    rows = [(text(cells, row, 0), text(cells, row, 1), text(cells, row, 2)) for row in lines]
    sealed = next((value for key, value, _ in rows if key == SEAL), "")
    return sealed_frames(tuple(row for row in rows if row[0] in (FRAME, INPUTS)), sealed) if sealed else ()


@lru_cache(maxsize=32)
def sealed_frames(kept: tuple[Row, ...], sealed: str) -> tuple[Frame, ...]:
    """The frames that these rows stand for; none where the seal is another's. Everybody sends the same ones back."""
    if seal(kept) != sealed:
        return ()
    try:
        return tuple(frames_of(kept))
    except ValueError:  # whoever sealed this, it was not us
        return ()


def frames_of(rows: Sequence[Row]) -> Iterator[Frame]:
    """The frames that these rows stand for. Raises ValueError where they stand for none."""
    texts: dict[str, dict[Place, str]] = {}
    inputs: dict[str, frozenset[Place]] = {}
    for key, sheet, value in rows:
        if key == FRAME:
            lines = (line.partition(" ") for line in value.split("\n"))
            texts[sheet] = {position(reference): text for reference, _, text in lines}
        else:
            inputs[sheet] = frozenset(within(value))
    for sheet, own in texts.items():
        yield Frame(
            sheet,
            {place: text for place, text in own.items() if text != FORMULA},
            frozenset(place for place, text in own.items() if text == FORMULA),
            inputs.get(sheet, frozenset()),
        )


def text(cells: dict[Place, Content], row: int, column: int) -> str:
    """The text of a cell; empty where it holds none."""
    content = cells.get((row, column), "")
    return content if isinstance(content, str) else ""
