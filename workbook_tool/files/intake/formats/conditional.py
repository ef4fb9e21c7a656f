"""Conditional formats: which of them hold for a number, as far as that can be told without a spreadsheet program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne

from lxml import etree

from workbook_tool.files.intake.formats.cell_styles import CellStyles, Overlay
from workbook_tool.files.intake.formats.looks import look_of
from workbook_tool.model.cells import position
from workbook_tool.model.intake.look import PLAIN, Look
from workbook_tool.model.intake.submission import Place

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
CONSTANT = re.compile(r"=?\s*(-?\d+(?:\.\d+)?)")
ALWAYS = {"TRUE": True, "TRUE()": True, "1": True, "FALSE": False, "FALSE()": False, "0": False}
COMPARISON = re.compile(r"=?(\$?)([A-Z]{1,3})(\$?)(\d{1,7})(<=|>=|<>|=|<|>)(-?\d+(?:\.\d+)?)")
Span = tuple[Place, Place]


@dataclass(frozen=True)
class ConditionalRule:
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

    def holds(self, place: Place, numbers: Mapping[Place, float]) -> bool | None:
        """Whether it holds for the number at a place; None where we cannot tell."""
        if self.kind in OF_NUMBERS:
            return OF_NUMBERS[self.kind]
        if self.kind == "cellIs":
            return self.compared(numbers[place])
        if self.kind != "expression" or not self.formulas:
            return None
        formula = self.formulas[0].replace(" ", "").upper()
        if formula.removeprefix("=") in ALWAYS:
            return ALWAYS[formula.removeprefix("=")]
        match = COMPARISON.fullmatch(formula)
        return None if match is None else self.about_a_cell(match, place, numbers)

    def compared(self, number: float) -> bool | None:
        """The number compared with constants."""
        limits = [float(match[1]) for formula in self.formulas if (match := CONSTANT.fullmatch(formula))]
        if len(limits) != len(self.formulas) or not limits:
            return None
        if self.operator in ("between", "notBetween") and len(limits) == 2:
            return (min(limits) <= number <= max(limits)) == (self.operator == "between")
        return COMPARE[OPERATORS[self.operator]](number, limits[0]) if self.operator in OPERATORS else None

    def about_a_cell(self, match: re.Match[str], place: Place, numbers: Mapping[Place, float]) -> bool | None:
        """A cell compared with a constant, the cell named as seen from the first one of the area."""
        row, column = position(match[2] + match[4])
        top, left = self.spans[0][0]
        there = row if match[3] else row + place[0] - top, column if match[1] else column + place[1] - left
        return COMPARE[match[5]](numbers[there], float(match[6])) if there in numbers else None


def conditions(root: etree._Element, space: str, styles: CellStyles) -> Iterator[ConditionalRule]:
    """The conditional formats of a sheet that may change what a number says."""
    for node in root.iterfind(f"{space}conditionalFormatting"):
        spans = tuple(span(part) for part in node.get("sqref", "").split())
        for rule in node.iterfind(f"{space}cfRule"):
            number = rule.get("dxfId", "")
            if not spans or not number.isdigit() or int(number) >= len(styles.conditional):
                continue
            changes = styles.conditional[int(number)]
            if changes.matter:
                formulas = tuple(part.text or "" for part in rule.iterfind(f"{space}formula"))
                kind, operator = rule.get("type", ""), rule.get("operator", "")
                yield ConditionalRule(int(rule.get("priority", "0")), spans, kind, operator, formulas, changes)


def span(text: str) -> Span:
    """The corners of an area such as ``B2:D9``; of a single cell both are that cell."""
    first, _, last = text.partition(":")
    return position(first), position(last or first)


def conditional_looks(
    found: list[ConditionalRule], numbers: Mapping[Place, float], styles: CellStyles, named: Mapping[Place, str]
) -> dict[Place, Look | None]:
    """How the numbers are shown on which a conditional format bears; ``named`` are the numbers of their styles."""
    looks: dict[Place, Look | None] = {}
    for place in numbers:
        here = [one for one in sorted(found, key=lambda one: one.priority) if one.at(place)]
        if not here:
            continue
        style, sure, perhaps = styles.style(named.get(place, "0")), Overlay(), Overlay()
        for one in here:
            holds = one.holds(place, numbers)
            sure = one.changes.under(sure) if holds else sure
            perhaps = one.changes.under(perhaps) if holds is None else perhaps
        look, other = look_of(sure.over(style)), look_of(perhaps.over(sure.over(style)))
        if look != other:
            base = look or PLAIN
            look = Look(base.format, base.marks, base.ground, base.runs, other or PLAIN)
        looks[place] = look
    return looks
