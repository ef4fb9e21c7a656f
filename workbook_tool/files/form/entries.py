"""The lines of an outline as they are declared, and which others each one sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.line import PERCENT, Line
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.form.yearly import speaks_of_year

SUM, LEAST = "=", "≥"


@dataclass(frozen=True)
class Entry:
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


def beside(entries: Sequence[Entry], number: int) -> list[int]:
    """The lines of the same level above a line, from the last sum on; all where nothing stands between; those below it
    where none stands above. No sum of others is among them, and none of another group, where there are some of its own."""
    level = [n for n in level_of(entries, number) if entries[n].caption or counts(entries, n) or flat_sum(entries, n)]
    level = [n for n in level if is_within(entries[n], entries[number])] or level
    above, after = ([n for n in level if n < number], [n for n in level if n > number])
    under = entries[number].line.under
    last = max((n for n in above if flat_sum(entries, n) and entries[n].line.under == under), default=-1)
    ways = ([n for n in some if not flat_sum(entries, n)] for some in ([n for n in above if n > last], above, after))
    return [one for n in next(filter(None, ways), []) for one in (below(entries, n) if entries[n].caption else [n])]


def level_of(entries: Sequence[Entry], number: int) -> list[int]:
    """The other lines of the level of a line, under the same one."""
    depth = entries[number].depth
    start = next((n + 1 for n in range(number - 1, -1, -1) if entries[n].depth < depth), 0)
    end = next((n for n in range(number + 1, len(entries)) if entries[n].depth < depth), len(entries))
    return [n for n in range(start, end) if n != number and entries[n].depth == depth]


def is_within(entry: Entry, other: Entry) -> bool:
    """Whether a line stands under the declared captions of another."""
    return entry.caption or entry.line.under[: len(other.line.under)] == other.line.under


def counts(entries: Sequence[Entry], number: int) -> bool:
    """Whether a line has numbers that a sum adds: its own, or those that come together in it."""
    return not entries[number].follows or has_children(entries, number)


def flat_sum(entries: Sequence[Entry], number: int) -> bool:
    """Whether a line sums what stands above it, and not what is set in below it."""
    return entries[number].sign == SUM and not has_children(entries, number)


def parts_of(entries: Sequence[Entry], number: int, keys: Keys) -> list[str]:
    """The lines that a line sums, by id."""
    entry = entries[number]
    if not entry.sign:
        return []
    chosen = below(entries, number) if has_children(entries, number) else beside(entries, number)
    kept = [entries[n] for n in chosen if entries[n].formula == "" or has_children(entries, n)]
    kept = [one for one in kept if one.line.kind == "number"]
    kept = [one for one in kept if one.line.adds == "sum" and one.line.unit not in PERCENT and one.line.label]
    units = {one.line.unit for one in kept}
    if not kept:
        keys.wrong(entry.axis, f"“{entry.line.label} {entry.sign}” 上面和下面都没有可以相加的项", entry.line.label)
    elif len(units) > 1:
        said = "、".join(sorted(unit or "（未写单位）" for unit in units))
        keys.wrong(entry.axis, f"“{entry.line.label} {entry.sign}” 要加的各项单位不同：{said}", entry.line.label)
    return [one.line.id for one in kept]
