"""Numbers of citizens and mobile telephones in a text: how they are known, and how they are told without being told."""

from __future__ import annotations

from workbook_tool.model.regex import regex

CITIZEN = regex(
    r"(?<![\dA-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
MOBILE = regex(r"(?<![\d.\-])1[3-9]\d(?:[- ]?\d{4}){2}(?![\d-])")
MASKED = 4
"""So many digits at either end are told: enough to find it, too few to use it."""


def is_citizen(number: str) -> bool:
    """Whether the last digit is what the others make it."""
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False))
    return CHECKS[total % 11] == number[-1].upper()


def without_private(text: str) -> str:
    """The text with such numbers masked: it is handed on."""
    text = CITIZEN.sub(lambda match: masked(match[0]) if is_citizen(match[0]) else match[0], text)
    return MOBILE.sub(lambda match: masked(match[0]), text)


def masked(number: str) -> str:
    """A number of which nobody can make any use."""
    return f"{number[:MASKED]}…{number[-MASKED:]}"
