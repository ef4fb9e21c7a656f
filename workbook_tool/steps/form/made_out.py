"""Makes out the table of an empty workbook: its heads in one row or several, its rows or that it is a list, its sums."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from workbook_tool.model.cells import within
from workbook_tool.model.intake.submission import Content, Sheet
from workbook_tool.model.regex import regex
from workbook_tool.model.text import SERIAL_HEAD, label_key
from workbook_tool.steps.form.drafted import Drafted, DraftLine
from workbook_tool.steps.form.labelled import ABOUT, COUNTING, Labelled, is_figure
from workbook_tool.steps.form.nested import nest
from workbook_tool.steps.form.units_made_out import UNIT, share_units, unit_behind, units_over

SUMMING = regex(r"^\s*SUM\(\s*\$?[A-Z]{1,3}\$?\d+\s*:\s*\$?[A-Z]{1,3}\$?\d+\s*\)\s*$", re.IGNORECASE)
TOTAL = regex(r".*[合总共小累]计$")
"""What totals are called in any form."""
WHOLE = regex(r".*[合总共小]计$")
"""The same without what is counted on from one period to the next (累计)."""
TITLE = regex("[表册账单录卡](?:（.*）|[(].*[)])?$")
DAYS = regex(r"[\d\s年月日第季度至-]+")
"""A line that only tells the period, or leaves room for it."""
SECTION = regex("[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]")
"""How a part of a sheet is numbered, where its questions are not."""
SERIAL = regex(r"\d+|[一二三四五六七八九十]+")
CODED = regex("行次|栏次|代码|序号|编号")
"""What a column is called that only numbers the rows, if that is all that stands in it."""
MEASURED = regex("(?:计量|计算)?单位")
"""What the column is called that says in what each row is counted."""

LONG = 6
"""So many digits as text are a code."""


def make_out(sheet: Sheet) -> Drafted | None:
    """The table of a sheet; None where there is nothing like one."""
    page = Labelled(sheet)
    top = page.top()
    if top is None:
        return card_above(page, max(page.by_row, default=0) + 1)
    if card := card_from(page, top) or card_above(page, top):
        return card
    bottom = page.bottom(top)
    spread = page.spread(top, bottom)
    first = bottom + 1 + page.counts(bottom + 1, spread)
    body = body_rows(page, first, spread)
    columns = [head_of(page, range(top, bottom + 1), column) for column in spread]
    numbering = {c.at for c in columns if c.path and SERIAL_HEAD.fullmatch(label_key(c.path[-1]))}
    numbering |= {column for column in spread if is_numbering(page, body, column)}
    measured = next(
        (c.at for c in columns if c.path and MEASURED.fullmatch(label_key(c.path[-1])) and is_named(page, body, c.at)),
        -1,
    )
    stub = stub_of(page, body, [column for column in spread if column not in numbering and column != measured])
    others = [c for c in columns if c.path and c.at not in numbering and c.at not in stub and c.at != measured]
    above = [text for (row, _), text in sorted(page.texts.items()) if row < top and not UNIT.fullmatch(text)]
    below = [text for row, text in page.said if row == first + len(body)]
    units = units_over([text for row, text in page.said if row <= bottom]) or units_over(below)
    over = tuple(text for row, text in page.said if row < top)
    found = Drafted(sheet.name, title_of(above), tuple(units), top=top, bottom=max([bottom, *body]), over=over)
    if stub and others and not is_filled(page, body, [c.at for c in others]):
        found.rows = [row for row in (row_head(page, row, stub, measured) for row in body) if row.path]
        nest(found.rows, {row.at: str(page.shown.get((row.at, stub[-1]), "")) for row in found.rows})
        found.corner = next((column.path[0] for column in columns if column.at in stub and column.path), "")
        found.columns = others
    if not found.rows:
        heads = [c.path[-1] for c in columns if c.at in numbering and c.path and CODED.fullmatch(label_key(c.path[-1]))]
        found.serial = "".join(heads[:1])
        found.summed = any(TOTAL.fullmatch(label_key(page.label(row, c))) for row in body for c in spread)
        found.columns = list({c.path: c for c in reversed(columns) if c.path and c.at not in numbering}.values())[::-1]
    mark_sums(sheet, found)
    share_units(found)
    return found if found.columns else None


def body_rows(page: Labelled, first: int, spread: range) -> list[int]:
    """The rows below the heads, to the first that is blank or speaks about the table."""
    inside = [(row, column) for row, column in (*page.shown, *page.over) if row >= first and column in spread]
    cells = {row for row, _ in inside}
    about = {row for row, column in inside if ABOUT.match(str(page.shown.get((row, column), "")).strip())}
    rows: list[int] = []
    while first + len(rows) in cells - about:
        rows.append(first + len(rows))
    return rows


def is_numbering(page: Labelled, body: Sequence[int], column: int) -> bool:
    """Whether a column numbers the rows, one after another."""
    told = [str(page.shown[row, column]).strip() for row in body if (row, column) in page.shown]
    numbers = [int(float(text)) for text in told if COUNTING.fullmatch(text) and text[0].isdigit()]
    return len(numbers) > 1 and len(numbers) == len(told) and numbers == list(range(1, len(numbers) + 1))


FEWEST_ANSWERS = 3


def card_from(page: Labelled, top: int) -> Drafted | None:
    """A card: rows of questions, each with a blank beside it for its answer; None where the table is none."""
    rows = [row for row in sorted(page.by_row) if row >= top]
    sections = [row for row in rows if is_section(page, row)]
    asked = [(row, column) for row in rows if row not in sections for column in questions_in(page, row)]
    beside = [(row, page.end(row, column)[1] + 1) for row, column in asked]
    answers = [place for place in beside if place not in page.shown]
    if len(rows) < FEWEST_ANSWERS or len(answers) < len(asked) or any(page.label(*place) for place in beside):
        return None
    above = [text for (row, _), text in sorted(page.texts.items()) if row < top]
    lines = []
    for place, answer in zip(asked, beside, strict=True):
        caption = max((row for row in sections if row < place[0]), default=None)
        over = "" if caption is None else page.label(caption, page.by_row[caption][0])
        path = path_of((over, page.texts[place]))
        lines.append(DraftLine(place[0], path, unit=unit_behind(path[-1]), answer=answer))
    return Drafted(page.sheet.name, title_of(above), rows=without_title(lines), top=top, bottom=max(rows))


def questions_in(page: Labelled, row: int) -> list[int]:
    """The columns of a row in which something is asked: not when the form is filled in."""
    return [column for column in page.by_row[row] if not DAYS.fullmatch(page.texts[row, column])]


def without_title(lines: list[DraftLine]) -> list[DraftLine]:
    """The questions of a card without a caption that stands over all of them: it is the card's title."""
    captions = {line.path[:-1] for line in lines}
    return [replace(line, path=line.path[-1:]) for line in lines] if len(captions) == 1 else lines


def card_above(page: Labelled, top: int) -> Drafted | None:
    """A card that stands above another table: rows of questions, each with a blank beside it for its answer, and captions
    between them; None where there is none."""
    ends = [page.end(row, column)[1] for row, columns in page.by_row.items() for column in columns]
    right = max(ends, default=0) + (len({*ends}) == 1)  # nothing tells how far the answers go
    lines, caption = list[DraftLine](), ""
    for row in [row for row in sorted(page.by_row) if row < top]:
        asked = [column for column in questions_in(page, row) if page.end(row, column)[1] < right]
        beside = [(row, page.end(row, column)[1] + 1) for column in asked]
        titled = not lines and any(TITLE.search(page.label(row, column)) for column in page.by_row[row])
        titled = titled or heads_next(page, row, top) or is_section(page, row)
        if asked and not titled and not any(place in page.shown for place in beside):
            paths = [path_of((caption, page.texts[row, column])) for column in asked]
            lines += [
                DraftLine(row, path, unit=unit_behind(path[-1]), answer=place)
                for path, place in zip(paths, beside, strict=True)
            ]
        elif len(page.by_row[row]) == 1:
            caption = page.label(row, page.by_row[row][0]) if lines or row > min(page.by_row) else ""
    if len({line.at for line in lines}) < FEWEST_ANSWERS:
        return None
    above = [text for (row, _), text in sorted(page.texts.items()) if row < lines[0].at]
    return Drafted(page.sheet.name, title_of(above), rows=without_title(lines), top=lines[0].at, bottom=lines[-1].at)


def heads_next(page: Labelled, row: int, top: int) -> bool:
    """Whether a row is the title of the table whose heads stand in the row ``top``: the last above it, with one label, which
    is numbered like a section or has a gap above it."""
    between = [other for other in page.by_row if row < other < top]
    if between or top not in page.by_row or len(page.by_row[row]) > 1:
        return False
    gap = not any(place[0] == row - 1 for place in page.shown)
    return gap or SECTION.match(page.label(row, page.by_row[row][0])) is not None


def is_section(page: Labelled, row: int) -> bool:
    """Whether a row only names the part of a sheet below it: it has one label, numbered as the questions there are not."""
    label, after = (
        page.label(row, page.by_row[row][0]),
        next((other for other in sorted(page.by_row) if other > row), None),
    )
    alone = len(page.by_row[row]) == 1 and SECTION.match(label) is not None
    return alone and after is not None and not any(SECTION.match(page.label(after, c)) for c in page.by_row[after])


def rest_below(sheet: Sheet, bottom: int) -> Sheet:
    """What of a sheet stands below a row."""
    return replace(
        sheet,
        cells={place: content for place, content in sheet.cells.items() if place[0] > bottom},
        formulas={place: text for place, text in sheet.formulas.items() if place[0] > bottom},
        reaches={place: end for place, end in sheet.reaches.items() if place[0] > bottom},
    )


def is_named(page: Labelled, body: Sequence[int], column: int) -> bool:
    """Whether words stand in most rows of a column."""
    return 2 * sum(page.label(row, column) != "" for row in body) > len(body)


def title_of(above: Sequence[str]) -> str:
    """The title among the texts above a table: the last that is called a table or a list, or else the first."""
    named = [text for text in above if not DAYS.fullmatch(text)]
    return next((text for text in reversed(named) if TITLE.search(text)), named[0] if named else "")


def stub_of(page: Labelled, body: Sequence[int], columns: Sequence[int]) -> list[int]:
    """The first columns, as long as most of the rows have a label there."""
    stub: list[int] = []
    for column in columns:
        if not body or 2 * sum(page.label(row, column) != "" for row in body) <= len(body):
            break
        stub.append(column)
    return stub


def is_filled(page: Labelled, body: Sequence[int], columns: Sequence[int]) -> bool:
    """Whether texts or days stand where the rows of a table would be blank: then it is a list, with rows in it."""
    computed = page.sheet.formulas
    typed = [
        row for row in body if any(is_typed(page.shown.get((row, c))) for c in columns if (row, c) not in computed)
    ]
    return 3 * len(typed) > len(body)


def is_typed(content: Content | None) -> bool:
    """Whether a cell holds something that is no number: a text of many digits is a code."""
    if isinstance(content, str):
        return not is_figure(content) or len(content) >= LONG
    return content is not None and not isinstance(content, int | float)


def path_of(labels: Iterable[str]) -> tuple[str, ...]:
    """Captions and a label, each once."""
    return tuple(dict.fromkeys(label for label in labels if label))


def head_of(page: Labelled, heads: Iterable[int], column: int) -> DraftLine:
    """The column under its heads."""
    path = path_of(page.label(row, column) for row in heads)
    looks = page.sheet.looks
    look = next((looks[place].format for place in sorted(looks) if place[1] == column), "")
    kind = "date" if re.search("[yY]", look) else ""
    unit = unit_behind(path[-1]) if path else ""
    return DraftLine(column, path, unit="%" if "%" in look and not kind else unit, kind=kind)


def row_head(page: Labelled, row: int, stub: Sequence[int], measured: int) -> DraftLine:
    """The row behind its labels; its number in the order is none. In the column ``measured`` its unit may stand."""
    labels = [page.label(row, column) for column in stub]
    named = [label for label in labels if not SERIAL.fullmatch(label)]
    path = path_of(named or labels)
    unit = str(page.shown.get((row, measured), "")).strip()
    return DraftLine(row, path, unit=unit or (unit_behind(path[-1]) if path else ""))


def mark_sums(sheet: Sheet, table: Drafted) -> None:
    """Which lines are sums: those whose cells hold one, and those that are called so and stand at an end of their group."""
    for lines, axis in ((table.rows, 0), (table.columns, 1)):
        for line in lines:
            cells = [text for place, text in sheet.formulas.items() if place[axis] == line.at and SUMMING.match(text)]
            along = [text for text in cells if runs(text) != axis]
            group = [other for other in lines if other.path[: len(line.path) - 1] == line.path[:-1]]
            ends = len(group) > 1 and line in (group[0], group[-1])
            called = WHOLE.fullmatch(label_key(line.path[-1])) is not None
            line.total = bool(along) or (ends and called and not line.sign and not line.depth)


def runs(formula: str) -> int:
    """Along which axis a sum runs: 0 along a row, 1 down a column."""
    places = within(re.sub(r"[$\s]|SUM\(|\)", "", formula.upper()))
    return 0 if len({row for row, _ in places}) == 1 else 1
