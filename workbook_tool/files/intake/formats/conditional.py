"""Conditional formats: which of them hold for a number, as far as that can be told without a spreadsheet program."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from operator import eq, ge, gt, le, lt, ne

from lxml import etree
from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.intake.formats.cell_styles import CellStyles, Overlay, Pieces
from workbook_tool.model.cells import position
from workbook_tool.model.intake.look import PLAIN, Look
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.regex import regex

COMPARE = {"<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne}
OPERATORS = {
    "lessThan": "<",
    "lessThanOrEqual": "<=",
    "greaterThan": ">",
    "greaterThanOrEqual": ">=",
    "equal": "=",
    "notEqual": "<>",
}
OF_NUMBERS = {"notContainsBlanks": True, "notContainsErrors": True, "containsBlanks": False, "containsErrors": False}
"""Conditions that every number meets, or none."""
CONSTANT = regex(r"=?\s*(-?\d+(?:\.\d+)?)")
ALWAYS = {"TRUE": True, "TRUE()": True, "1": True, "FALSE": False, "FALSE()": False, "0": False}
COMPARISON = regex(r"=?(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(<=|>=|<>|=|<|>)(-?\d+(?:\.\d+)?)")
FILLED = regex(r'=?(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(<>|=)""')
Span = tuple[Place, Place]


class ConditionalRule(Struct, frozen=True):
    """One rule of a conditional format: where it applies, what it asks, and what it changes. A smaller ``priority`` goes
    first."""

    priority: int
    spans: tuple[Span, ...]
    kind: str
    operator: str
    formulas: tuple[str, ...]
    changes: Overlay

    def at(self, place: Place) -> bool:
        """Whether it applies to a cell at all."""
        return any(t <= place[0] <= b and left <= place[1] <= right for (t, left), (b, right) in self.spans)

    def holds(self, place: Place, numbers: Mapping[Place, float], filled: Collection[Place]) -> bool | None:
        """Whether it holds for what stands at a place; None where we cannot tell."""
        if self.kind in OF_NUMBERS:
            return OF_NUMBERS[self.kind]
        if self.kind == "cellIs":
            return self.compared(numbers[place]) if place in numbers else None
        if self.kind != "expression" or not self.formulas:
            return None
        formula = self.formulas[0].replace(" ", "").upper()
        if formula.removeprefix("=") in ALWAYS:
            return ALWAYS[formula.removeprefix("=")]
        if match := FILLED.fullmatch(formula):
            return (self.named(match, place) in filled) == (match[5] == "<>")
        match = COMPARISON.fullmatch(formula)
        number = numbers.get(self.named(match, place)) if match else None
        return None if match is None or number is None else COMPARE[match[5]](number, float(match[6]))

    def compared(self, number: float) -> bool | None:
        """The number compared with constants."""
        limits = [float(match[1]) for formula in self.formulas if (match := CONSTANT.fullmatch(formula))]
        if len(limits) != len(self.formulas) or not limits:
            return None
        if self.operator in ("between", "notBetween") and len(limits) == 2:
            return (min(limits) <= number <= max(limits)) == (self.operator == "between")
        return COMPARE[OPERATORS[self.operator]](number, limits[0]) if self.operator in OPERATORS else None

    def named(self, match: re.Match[str], place: Place) -> Place:
        """The cell that a condition asks about, which it names as seen from the first one of the area."""
        row, column = position(match[2] + match[4])
        top, left = self.spans[0][0]
        return row if match[3] else row + place[0] - top, column if match[1] else column + place[1] - left


def conditions(root: etree._Element, space: str, styles: CellStyles) -> Iterator[ConditionalRule]:
    """The conditional formats of a sheet that may change what a cell says."""
    for node in root.iterfind(f"{space}conditionalFormatting"):
        spans = tuple(span(part) for part in node.get("sqref", "").split())
        for rule in node.iterfind(f"{space}cfRule"):
            number = rule.get("dxfId", "")
            if not spans or not number.isdigit() or int(number) >= len(styles.conditional):
                continue
            changes = styles.conditional[int(number)]
            if changes != Overlay():
                formulas = tuple(part.text or "" for part in rule.iterfind(f"{space}formula"))
                kind, operator = rule.get("type", ""), rule.get("operator", "")
                yield ConditionalRule(int(rule.get("priority", "0")), spans, kind, operator, formulas, changes)


def span(text: str) -> Span:
    """The corners of an area such as ``B2:D9``; of a single cell both are that cell."""
    first, _, last = text.partition(":")
    return position(first), position(last or first)


def conditional_looks(
    found: list[ConditionalRule],
    numbers: Mapping[Place, float],
    styles: CellStyles,
    named: Mapping[Place, tuple[str, Pieces | None]],
) -> dict[Place, Look | None]:
    """How the cells are shown on which a conditional format bears; ``named`` tells of each that holds anything the number
    of its style and the pieces of its text."""
    looks: dict[Place, Look | None] = {}
    ordered = sorted(found, key=lambda one: one.priority)
    for place, (number, pieces) in named.items():
        here = [one for one in ordered if one.at(place)]
        if not here:
            continue
        sure, perhaps = Overlay(), Overlay()
        for one in here:
            holds = one.holds(place, numbers, named)
            sure = one.changes.under(sure) if holds else sure
            perhaps = one.changes.under(perhaps) if holds is None else perhaps
        look, other = (styles.look(number, pieces, changes) for changes in (sure, sure.under(perhaps)))
        looks[place] = look if look == other else replace(look or PLAIN, perhaps=other or PLAIN)
    return looks
