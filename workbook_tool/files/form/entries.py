"""The lines of an outline as they are declared, and which others each one sums."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from msgspec import Struct

from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.line import PERCENT, Line
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.form.yearly import speaks_of_year
from workbook_tool.model.regex import regex
from workbook_tool.model.text import label_key, numbering_step

SUM, LEAST = "=", "≥"


class Entry(Struct, frozen=True):
    """A line as declared. ``sign`` is ``=`` or ``≥`` where it follows from ``parts``, other lines by id; ``formula`` what it
    is instead. ``rule`` is the id of the rule that says so; ``severity`` and ``within`` are that rule's."""

    line: Line
    keys: Keys
    axis: str
    depth: int = 0
    sign: str = ""
    formula: str = ""
    parts: tuple[str, ...] = ()
    rule: str = ""
    severity: Severity = Severity.MUST
    within: Decimal = Decimal(0)
    table: str = ""
    caption: bool = False

    @property
    def follows(self) -> bool:
        """Whether it is made from others of its own form."""
        return bool(self.formula and not speaks_of_year(self.formula)) or self.sign == SUM


DIGITS_FIRST = regex(r"(?:.+_)?_(\d\w*)")
"""The id that a label gives which begins with a digit."""


def rule_named(table: str, line: Line) -> str:
    """The id of the rule that says what a line follows from: by the line's own, or by its label where that gave an id that
    nobody would write (``_12季度累计``)."""
    given = DIGITS_FIRST.fullmatch(line.id)
    if not given or given[1] != re.sub(r"\W", "", label_key(line.label)):
        return f"{table}-{line.id}"
    label = re.sub(r"[^\w—–~-]", "", line.label)
    return f"{table}-{'·'.join((*line.under, label))}"


def has_children(entries: Sequence[Entry], number: int) -> bool:
    """Whether the next line is set in deeper."""
    return number + 1 < len(entries) and entries[number + 1].depth > entries[number].depth


def captions(entries: Sequence[Entry], number: int) -> tuple[str, ...]:
    """The captions that a line stands under, outermost first."""
    depth, found = entries[number].depth, []
    for entry in reversed(entries[:number]):
        if entry.depth < depth:
            depth = entry.depth
            found += [entry.line.label] if entry.caption else []
    return tuple(reversed(found))


def below(entries: Sequence[Entry], number: int) -> list[int]:
    """The lines of the next level below a line; those under a caption in its place. What they come to (小计) stands among
    them and is left out: it would count them twice."""
    found: list[int] = []
    level = None
    for place in range(number + 1, len(entries)):
        if entries[place].depth <= entries[number].depth:
            break
        level = entries[place].depth if level is None else level
        if entries[place].depth == level and not flat_sum(entries, place):
            found += below(entries, place) if entries[place].caption else [place]
    return found


def beside(entries: Sequence[Entry], number: int, keys: Keys) -> list[int]:
    """The lines of the same level that a sum takes in: those above it from the last sum that ends them, all of them where
    nothing stands between; those below it, to the next such sum, where it or the first one like it leads the level."""
    own = entries[number].line
    level = [n for n in level_of(entries, number) if is_within(entries[n], entries[number])]
    sums = [n for n in level if flat_sum(entries, n) and entries[n].line.under == own.under]
    every = [n for n in level if counts(entries, n)]
    stops = [n for n in sums if n != number and ends(entries[n].line, own)]
    leads = bool(every) and next(n for n in sums if rank(entries[n].line) == rank(own)) < every[0]
    stop = (
        min((n for n in stops if n > number), default=0) if leads else max((n for n in stops if n < number), default=-1)
    )
    parts = [n for n in every if (number < n < (stop or len(entries)) if leads else stop < n < number)]
    followed = not leads and next((n for n in level if n > number), -1) in sums
    if stop in stops and parts and not followed and vague(entries[stop].line, own):
        said = f"看不出“{own.label} {SUM}”加到哪里为止：同级另有“{entries[stop].line.label} {SUM}”，可能各加各的，也可能一个包括另一个"
        keys.wrong(entries[number].axis, f'{said}。请缩进成上下级，或写 is = "甲 + 乙"', own.label)
    chosen = parts or [n for n in every if n < number]
    return [one for n in chosen for one in (below(entries, n) if entries[n].caption else [n])]


OF_WHICH = regex("其中|内含")
"""How a line begins that is a part of the one before it."""
PART, SUMS = "小计", regex("小计|[合总共]计")
"""What sums are called in any form: a part of the whole, or the whole unless more is said."""


def sum_word(line: Line) -> str:
    """By which of these words a sum goes; empty for a name of its own."""
    found = SUMS.search(label_key(line.label))
    return found[0] if found else ""


def rank(line: Line) -> tuple[int, str]:
    """How much a sum takes in among those of its level: 小计 the least, a bare 合计 the most, unless there is a 总计."""
    word = sum_word(line)
    return (0, "") if word == PART else (2, word) if word and word == label_key(line.label) else (1, "")


def ends(line: Line, own: Line) -> bool:
    """Whether a sum takes in nothing that stands beyond another."""
    return rank(own)[0] == 0 or rank(line)[0] > rank(own)[0] or rank(line) == rank(own)


def vague(line: Line, own: Line) -> bool:
    """Whether nobody can tell by their names if one of two sums is a part of the other."""
    return rank(line) == rank(own) == (1, "") and not sum_word(line) == sum_word(own) != ""


def level_of(entries: Sequence[Entry], number: int) -> list[int]:
    """The lines of the level of a line, under the same one."""
    depth = entries[number].depth
    start = next((n + 1 for n in range(number - 1, -1, -1) if entries[n].depth < depth), 0)
    end = next((n for n in range(number + 1, len(entries)) if entries[n].depth < depth), len(entries))
    return [n for n in range(start, end) if entries[n].depth == depth]


def is_within(entry: Entry, other: Entry) -> bool:
    """Whether a line stands under the declared captions of another."""
    return entry.caption or entry.line.under[: len(other.line.under)] == other.line.under


def counts(entries: Sequence[Entry], number: int) -> bool:
    """Whether a line has numbers that a sum adds: its own, or those that come together in it."""
    entry, line = entries[number], entries[number].line
    if entry.caption:
        return True
    made = (entry.formula or entry.follows) and not has_children(entries, number)
    return bool(line.label) and not made and line.kind == "number" and line.adds == "sum" and line.unit not in PERCENT


def flat_sum(entries: Sequence[Entry], number: int) -> bool:
    """Whether a line sums what stands above it, and not what is set in below it."""
    return entries[number].sign == SUM and not has_children(entries, number)


def parts_of(entries: Sequence[Entry], number: int, keys: Keys) -> list[str]:
    """The lines that a line sums, by id."""
    entry = entries[number]
    if not entry.sign:
        return []
    chosen = below(entries, number) if has_children(entries, number) else beside(entries, number, keys)
    chosen = [n for n in chosen if counts(entries, n)]
    kept = [entries[n] for n in chosen]
    tell_parts_of_parts(entries, chosen, entry, keys)
    units = {one.line.unit for one in kept}
    if not kept:
        keys.wrong(entry.axis, f"“{entry.line.label} {entry.sign}” 上面和下面都没有可以相加的项", entry.line.label)
    elif len(units) > 1:
        said = "、".join(sorted(unit or "（未写单位）" for unit in units))
        keys.wrong(entry.axis, f"“{entry.line.label} {entry.sign}” 要加的各项单位不同：{said}", entry.line.label)
    return [one.line.id for one in kept]


def tell_parts_of_parts(entries: Sequence[Entry], chosen: Sequence[int], entry: Entry, keys: Keys) -> None:
    """Say where a sum would add a line that by its numbering, or by 其中, is a part of one before it: it would count twice."""
    for number in chosen:
        beside_it = {*level_of(entries, number)}.intersection(chosen)
        before, after = (
            [entries[n].line.label for n in sorted(beside_it) if (n - number) * way > 0] for way in (-1, 1)
        )
        label = entries[number].line.label
        if before and is_part(label, [*map(numbering_step, before)], [*map(numbering_step, after)]):
            said = (
                f"“{entry.line.label} {entry.sign}”会把“{label}”和“{before[-1]}”相加，“{label}”却像是它前面一项的一部分"
            )
            ways = "是的请缩进在它下面（它也有数的，后面写“ =”或“ ≥”），不是的请写 is"
            keys.wrong(entry.axis, f"{said}：{ways}", label)
            return


def is_part(label: str, before: Sequence[int], after: Sequence[int]) -> bool:
    """Whether a line is called a part of one before it: by 其中, by a deeper numbering, or by none between two parts of one
    order (``before`` and ``after`` are the steps of the numbering of the lines beside it)."""
    step = numbering_step(label)
    if step or OF_WHICH.match(label):
        return OF_WHICH.match(label) is not None or any(0 < one < step for one in before)
    return before[-1] > 0 and any(0 < one <= before[-1] for one in after)
