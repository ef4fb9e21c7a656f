"""Ranges of whole numbers that bounds leave, in one unknown and in two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import combinations

Bound = tuple[int, tuple[int, ...]]
"""``constant + sum(factor * unknown) >= 0``."""
Span = tuple[int | None, int | None]
"""Lowest and highest whole number; None where nothing bounds it."""


def whole_range(bounds: Iterable[tuple[int, int]]) -> Span | None:
    """The whole numbers t with ``c + k * t >= 0`` for every (c, k), or None where there are none."""
    low: int | None = None
    high: int | None = None
    for c, k in bounds:
        if k > 0:
            least = -(c // k)
            low = least if low is None else max(low, least)
        elif k < 0:
            most = c // -k
            high = most if high is None else min(high, most)
        elif c < 0:
            return None
    return None if low is not None and high is not None and low > high else (low, high)


def nearest_point(span: Span, wanted: Sequence[int], size: Callable[[int], int] = abs) -> int:
    """The number of the span of the least size, looked for at its ends and at ``wanted``."""
    low, high = span
    inside = [t for t in wanted if (low is None or t >= low) and (high is None or t <= high)]
    ends = [t for t in span if t is not None]
    return min([*inside, *ends], key=lambda t: (size(t), t))


def plane_point(bounds: list[Bound]) -> tuple[tuple[int, int], bool] | None:
    """Two whole numbers that keep every bound, near 0, and whether they are the only ones; None where there are none.

    A corner of the region lies within one period of the factors from a whole point, if there is any.
    """
    period = max(abs(k) for _, factors in bounds for k in factors) ** 2
    firsts = {0}
    for (c, (k, m)), (d, (p, q)) in combinations(bounds, 2):
        if determinant := k * q - m * p:
            corner = (m * d - q * c) // determinant
            firsts |= set(range(corner - period, corner + period + 2))
    points = []
    for x in firsts:
        span = whole_range((c + k * x, m) for c, (k, m) in bounds)
        if span is not None:
            points.append((x, nearest_point(span, (0,))))
            only = span[0] == span[1]
    if not points:
        return None
    return min(points, key=lambda p: (abs(p[0]) + abs(p[1]), p)), len(points) == 1 and only
