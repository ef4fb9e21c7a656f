"""Relay: how a filing came that a lower level collected, judged and passed on with its result."""

from __future__ import annotations

from dataclasses import dataclass

JOINT = ">"
"""Between the codes (and the names) of the regions on the way to an agency, the highest first: ``370811>020``."""


@dataclass(frozen=True)
class Relay:
    """The way of such a filing: the names of the ``regions`` that it went through, the one nearest to us first, the nearest
    one's ``run``, and whether it came in time and is still to be explained (``held``), as the level says that collected it.

    ``added_up`` are the region's own figures: all that it passed on, in one sum, which is compared and never counted beside
    its parts; what the region tells of who filed there is ``told`` with them.
    """

    regions: tuple[str, ...]
    run: str
    timeliness: str = ""
    held: bool = False
    added_up: bool = False
    told: str = ""

    @property
    def level(self) -> int:
        """How many levels below us the agency filed; 0 for the region itself, which files with us."""
        return 0 if self.added_up else len(self.regions)
