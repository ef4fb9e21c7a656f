"""Which row of a filed sheet is which row of the issued one, and the same for columns: by the texts in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from msgspec import Struct

from workbook_tool.model.intake.submission import Place

Line = tuple[str, ...]
"""The texts of a row or column that belong to the frame, in their order."""

MOST_LINES = 400
"""No form is larger; a sheet that is would take long to compare."""


class Alignment(Struct, frozen=True):
    """``pairs`` gives the filed line for an issued one; ``gone`` are issued lines without a partner, ``new`` filed ones
    before the last that has one (what follows the form is a clerk's own)."""

    pairs: dict[int, int]
    gone: tuple[int, ...]
    new: tuple[int, ...]

    def next_issued(self, filed: int) -> int:
        """The issued line that a new one was put before."""
        return min((i for i, f in self.pairs.items() if f > filed), default=max(self.pairs, default=-1) + 1)


def lines(keys: dict[Place, str], axis: int) -> list[Line]:
    """Rows (axis 0) or columns (axis 1), from the first to the last that has a text."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for place, key in keys.items():
        found[place[axis]].append((place[1 - axis], key))
    return [tuple(key for _, key in sorted(found[n])) for n in range(max(found, default=-1) + 1)]


def unmoved(keys: dict[Place, str], axis: int) -> Alignment | None:
    """As ``align`` says it of lines that are all as they were."""
    count = max(place[axis] for place in keys) + 1
    return Alignment({n: n for n in range(count)}, (), ()) if count <= MOST_LINES else None


def align(issued: Sequence[Line], filed: Sequence[Line]) -> Alignment | None:
    """The best partners for all lines, in order; None where the sheets are too long to be forms."""
    if max(len(issued), len(filed)) > MOST_LINES:
        return None
    start = common(issued, filed)
    end = common(issued[start:][::-1], filed[start:][::-1])
    inner = best(issued[start : len(issued) - end], filed[start : len(filed) - end])
    pairs = {n: n for n in range(start)}
    pairs |= {start + i: start + f for i, f in inner}
    pairs |= {len(issued) - n: len(filed) - n for n in range(end, 0, -1)}
    taken = set(pairs.values())
    gone = tuple(n for n in range(len(issued)) if n not in pairs)
    return Alignment(pairs, gone, tuple(n for n in range(max(taken, default=0)) if n not in taken))


def common(issued: Iterable[Line], filed: Iterable[Line]) -> int:
    """How many lines are alike from the start."""
    count = 0
    for one, other in zip(issued, filed, strict=False):
        if one != other:
            break
        count += 1
    return count


def best(issued: Sequence[Line], filed: Sequence[Line]) -> list[tuple[int, int]]:
    """The pairs with the greatest likeness in all (the classic alignment of two sequences)."""
    score = [[0.0] * (len(filed) + 1) for _ in range(len(issued) + 1)]
    for i in reversed(range(len(issued))):
        for f in reversed(range(len(filed))):
            paired = score[i + 1][f + 1] + likeness(issued[i], filed[f])
            score[i][f] = max(paired, score[i + 1][f], score[i][f + 1])
    pairs, i, f = [], 0, 0
    while i < len(issued) and f < len(filed):
        if score[i][f] == score[i + 1][f + 1] + likeness(issued[i], filed[f]):
            pairs.append((i, f))
            i, f = i + 1, f + 1
        elif score[i][f] == score[i + 1][f]:
            i += 1
        else:
            f += 1
    return pairs


def likeness(one: Line, other: Line) -> float:
    """How much speaks for two lines being one; a line whose texts were all changed is still better than none."""
    if one == other:
        return 2.0 * len(one) + 0.5
    return 2.0 * sum((Counter(one) & Counter(other)).values()) + 0.1
