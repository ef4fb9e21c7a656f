"""In which unit the amounts of a table are: as its labels say, wherever they say it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workbook_tool.model.text import bare_label, label_key
from workbook_tool.steps.intake.parse.labels import Label
from workbook_tool.steps.intake.parse.value import MONEY, UNITS

STATED = re.compile(rf"(?<![报制管])单位:?((?:{UNITS})(?:[、,/和](?:{UNITS}))*)(?=$|[)(,;])")
"""``单位：件、元``, but not ``填报单位：元氏县``."""


def money_unit(own: str, lines: Iterable[str], around: Iterable[Label], above: Iterable[Label]) -> str:
    """The unit of an amount counted in ``own``: what its row and column state, else the texts around its heads, else
    the unit line above the table; empty where none of them says."""
    for units in (set(lines) - {""}, stated(around), stated(above)):
        money = units & MONEY.keys()
        if own in money:
            return own
        if len(money) == 1:
            return money.pop()
    return ""


def stated(labels: Iterable[Label]) -> set[str]:
    """Every unit that these texts state, as ``单位：元``, or as nothing but a unit."""
    found: set[str] = set()
    for label in labels:
        if label.unit and not label_key(label.text):
            found.add(label.unit)
        for units in STATED.findall(bare_label(label.text)):
            found |= set(re.split("[、,/和]", units))
        if label.unit in MONEY and label.key:
            found.add(label.unit)
    return found
