"""Effort without a clock: a busy machine takes longer over the same steps, but does not take more of them."""

from __future__ import annotations

import sys
from collections.abc import Callable


def effort(work: Callable[[], object]) -> int:
    """How often a function was called or taken up again while this was done."""
    steps = 0

    def step(*_: object) -> None:
        nonlocal steps
        steps += 1

    before = sys.getprofile()
    sys.setprofile(step)
    try:
        work()
    finally:
        sys.setprofile(before)
    return steps
