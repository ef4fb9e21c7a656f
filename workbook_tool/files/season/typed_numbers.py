"""Reads what reviewers typed under 改为 and 依据: numbers that are to count in the place of filed ones (代改)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from workbook_tool.model.cells import address, within
from workbook_tool.model.judging.correction import APART, TypedNumber
from workbook_tool.model.judging.follow_up import WHOLE_FILE
from workbook_tool.model.regex import regex
from workbook_tool.model.season.history import DeskRow
from workbook_tool.model.text import unspaced

SEVERAL = regex(r"[;、\n]+|,(?!\d)")
"""What may stand between ``表三!D11=5`` and the next one; a comma before a digit belongs to a number."""
LOOSE = regex(r"(.*?[^\sA-Za-z0-9:$.'!])[\s.'!]*(\$?[A-Za-z]{1,3}\$?\d+(?::\$?[A-Za-z]{1,3}\$?\d+)?)")
"""A sheet and a cell as people write them: ``表三 D11``, ``表三D11``, ``表三! D11``, ``表三.D11``."""
MOST_CELLS = 2000
"""No area that a reviewer means has more."""


def typed_numbers(rows: Sequence[DeskRow], run: str, file: str) -> Iterator[TypedNumber | str]:
    """What was typed into these rows of one workbook, each number by itself, or why it is nothing."""
    files = {row.key.partition("|")[0]: row for row in rows if row.key.endswith(f"|{WHOLE_FILE}")}
    for row in rows:
        was_number, _, was_why = row.changed.partition("\n")
        now, before = numbers_by_cell(row.change, row.cell), numbers_by_cell(was_number, row.cell)
        if row.why and not row.change and unspaced(row.why) != unspaced(was_why):
            yield f"{row.place}只写了依据，没有写“改为”，没有采用。"
        own = files.get(row.key.partition("|")[0])
        told = (own.filed if own else "", own.grounds.partition("-")[2] if own else "", run, file, row.place)
        for cell, number in now.items():
            if not number and cell not in before:
                yield f"{row.place}的“改为”“{cell}”没有写改成多少，没有采用；要改成没有填，请写“空白”。"
            elif (number, unspaced(row.why)) != (before.get(cell, ""), unspaced(was_why)):
                yield TypedNumber(row.key, cell, number, row.why, before.get(cell, ""), *told)
        for cell, number in before.items():
            if cell not in now:
                yield TypedNumber(row.key, cell, "", "", number, *told)


def numbers_by_cell(typed: str, own: str) -> Mapping[str, str]:
    """``表三!D11=5；表四!A9:O9=0`` by cell; a number alone is that of the row's ``own`` cells. Two numbers for one cell
    stand together, so that they are told as no number."""
    plain = unicodedata.normalize("NFKC", typed)
    if "=" not in plain:
        return dict.fromkeys(own.split(APART), plain.strip()) if plain.strip() else {}
    parts = [part.partition("=") for part in SEVERAL.split(plain) if part.strip()]
    found: dict[str, str] = {}
    for cell, _, number in parts:
        for one in single(cell_of(cell.strip()) or own):
            found[one] = "；".join(dict.fromkeys(filter(None, (found.get(one), number.strip()))))
    return found


def cell_of(typed: str) -> str:
    """``表三 D11`` as ``表三!D11``; what is written otherwise stays, and is told where it is understood."""
    loose = LOOSE.fullmatch(typed)
    return f"{loose[1]}!{loose[2]}" if loose else typed


def single(cell: str) -> Iterator[str]:
    """The cells of an area: ``表四!A9:C9`` is three. What is none stands for itself, and is told where it is understood."""
    sheet, mark, area = cell.rpartition("!")
    try:
        places = within(area.replace("$", "").upper())
    except ValueError:
        places = []
    if not 0 < len(places) <= MOST_CELLS:
        yield cell
        return
    yield from (f"{sheet}{mark}{address(*place)}" for place in places)
