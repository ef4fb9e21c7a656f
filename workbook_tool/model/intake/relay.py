"""Relay: how a filing came that a lower level collected, judged and passed on with its result."""

from __future__ import annotations

from msgspec import Struct

from workbook_tool.model.intake.turnout import Turnout

JOINT = ">"
"""Between the codes (and the names) of the regions above an agency, the highest first: ``370811>020``."""


class Relay(Struct, frozen=True):
    """How such a filing came: with the result of the ``sender``, of this ``run``; and whether it came in time and is still to
    be explained (``held``), as the level says that collected it. ``regions`` are the names of those that it stands below,
    the highest first; none for an agency of our own roster.

    ``added_up`` is the sum of what was passed on of a region, which is compared and never counted beside its parts; what the
    sender tells of who filed there is ``told`` with its own, and in ``turnouts``: of itself, then of the regions below it.
    """

    sender: str
    run: str
    regions: tuple[str, ...] = ()
    timeliness: str = ""
    held: bool = False
    added_up: bool = False
    told: str = ""
    turnouts: tuple[Turnout, ...] = ()


def own_name(name: str, regions: frozenset[str]) -> str:
    """``东河镇`` of ``丁市·甲县·东河镇``: the agency's own name, without the regions that were put in front of it."""
    first, joint, rest = name.partition("·")
    return own_name(rest, regions) if joint and first in regions else name
