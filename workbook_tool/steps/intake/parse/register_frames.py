"""What frames a list and looks like a record of it: the title between two of its pages, that of the next list in the sheet,
and the agency that signs below it. None of these has more than one cell, and none is complete as a record."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from workbook_tool.model.form.register import Register
from workbook_tool.model.intake.submission import Content
from workbook_tool.model.regex import regex
from workbook_tool.model.text import unspaced
from workbook_tool.steps.intake.parse.found_table import HEAD_ROWS
from workbook_tool.steps.intake.parse.register_cells import as_words, read_day
from workbook_tool.steps.intake.parse.register_rows import BodyRow, typed_in
from workbook_tool.steps.intake.parse.register_units import ListPage

CONTINUED = regex(r"(?:\(?(?:接?上?[续转][表页]?[\d一二三四五]*)\)?|\(第?[\d一二三四五]+页?\))$")
"""What a title says on the pages after the first."""
LONGEST_HEADING = 12
"""A title or a head of a small table has hardly more letters."""
FEW = 2
"""More cells than a name and a day are a record."""


def framing(
    lines: Sequence[BodyRow], kinds: Sequence[str], register: Register, page: ListPage, names: Collection[str]
) -> set[int]:
    """The numbers of the lines that frame the list; ``names`` are those of the agency and of the form."""
    known = {as_title(text) for text in (register.name, register.title, *names, *titles_above(page))} - {""}
    lacking = [(n, line) for n, line in enumerate(lines) if kinds[n] in ("record", "group") and lacks(line, register)]
    records = [(n, line) for n, line in lacking if kinds[n] == "record"]
    told = {n: [content for content in contents(line) if read_day(content).held is None] for n, line in lacking}
    found = {n for n, texts in told.items() if len(texts) == 1 and as_title(as_words(texts[0])) in known}
    bare = {n for n, line in records if len(contents(line)) == 1 and isinstance(contents(line)[0], str)}
    return found | (above_next(lines, kinds, bare, page) if page.followed else signed_below(lines, kinds, bare))


def other_table(lines: Sequence[BodyRow], kinds: Sequence[str], register: Register) -> range | None:
    """The last lines that a blank row parts from the list, and in which most of what a record needs is missing: several, as
    of a table that counts what is above it. None where any of them may be of the list."""
    parted = [n for n in range(1, len(lines)) if lines[n].row > lines[n - 1].row + 1]
    for start in parted:
        rest = range(start, len(lines))
        records = [n for n in rest if kinds[n] == "record"]
        if "record" in kinds[:start] and len(records) > 1 and all(is_foreign(lines[n], register) for n in records):
            return rest
    return None


def is_foreign(line: BodyRow, register: Register) -> bool:
    """Whether a row has neither a day nor a choice where a record has one, and less than half of what it needs."""
    needed = [n for n, column in enumerate(register.columns) if column.needed]
    return not typed_in(line, register) and 2 * sum(n in line.own for n in needed) < len(needed)


def is_heading(line: BodyRow) -> bool:
    """Whether a row may be the title or the head of a table: nothing but short words."""
    told = contents(line)
    return all(isinstance(one, str) and len(one) <= LONGEST_HEADING and not any(map(str.isdigit, one)) for one in told)


def as_title(text: str) -> str:
    """A text as it is compared with titles."""
    return CONTINUED.sub("", unspaced(text))


def titles_above(page: ListPage) -> Iterator[str]:
    """The texts above a head, and what stands behind a colon in them."""
    for row in range(max(page.start, page.head.top - HEAD_ROWS), page.head.top):
        for content in page.rows.get(row, {}).values():
            if isinstance(content, str):
                yield from (content, unspaced(content).rpartition(":")[2])


def contents(line: BodyRow) -> list[Content]:
    """What stands in the cells of a row, but what a merged cell says for it."""
    return [*(content for n, content in line.own.items() if n not in line.inherited), *line.other.values()]


def lacks(line: BodyRow, register: Register) -> bool:
    """Whether a row of few cells lacks what every record must have."""
    return len(line.own) <= FEW and any(
        column.needed and n not in line.own for n, column in enumerate(register.columns)
    )


def above_next(lines: Sequence[BodyRow], kinds: Sequence[str], bare: Collection[int], page: ListPage) -> set[int]:
    """The titles right above the next head, where a blank row parts them from the records."""
    last = max((n for n, kind in enumerate(kinds) if kind == "record" and n not in bare), default=-1)
    before = [page.head.bottom, *(line.row for line in lines)]
    parted = next((n for n in range(last + 1, len(lines)) if lines[n].row > before[n] + 1), len(lines))
    return {n for n in bare if n >= parted}


def signed_below(lines: Sequence[BodyRow], kinds: Sequence[str], bare: Collection[int]) -> set[int]:
    """Who signs, and the day below, as the last of a list: a name not in its first column, where a record would begin."""
    if len(lines) < 2 or (kinds[-2] and (len(lines) - 2 not in bare or 0 in lines[-2].own)):
        return set()
    name, day = map(contents, lines[-2:])
    signed = len(name) == len(day) == 1 and isinstance(name[0], str) and read_day(day[0]).held is not None
    return {len(lines) - 2, len(lines) - 1} if signed else set()
