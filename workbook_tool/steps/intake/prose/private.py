"""What must not be published with a report: numbers of citizens, marks of secrecy, and what a template left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import TEXT, cells_in
from workbook_tool.steps.intake.prose.sentences import even

CITIZEN = re.compile(
    r"(?<![\dA-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![\dA-Za-z])"
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
MOBILE = re.compile(r"(?<![\d.\-])1[3-9]\d(?:[- ]?\d{4}){2}(?![\d-])")
SECRET = re.compile(r"(?:绝密|机密|秘密)[★☆]|^(?:绝密|机密|秘密|内部资料[,,]?(?:注意保存|请勿外传)?|不得公开)$")
MASKED = 4
"""So many digits at either end are told: enough to find it, too few to use it."""


def private_findings(lines: Sequence[str], rulebook: Rulebook) -> Iterator[Finding]:
    """Numbers of citizens and mobile telephones, and marks of secrecy, once for each paragraph. Telephones of offices are
    meant to be published."""
    rule = rulebook.of_kind("private")
    for number, line in enumerate(lines):
        bare = even(line)
        found = [f"身份证号 {masked(one)}" for one in CITIZEN.findall(bare) if is_citizen(one)]
        found += [f"手机号 {masked(one)}" for one in MOBILE.findall(line)]
        found += ["密级或内部标记" for _ in SECRET.findall(bare)]
        if found:
            yield rulebook.finding(rule, f"正文有{'、'.join(dict.fromkeys(found))}。", at(number))


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


def left_findings(lines: Sequence[str], hints: Sequence[str], rulebook: Rulebook) -> Iterator[Finding]:
    """What a template asks to be filled in or deleted, and still stands there."""
    if not hints:
        return
    pattern, rule = re.compile("|".join(hints)), rulebook.of_kind("left")
    for number, line in enumerate(lines):
        if match := pattern.search(even(line)):
            yield rulebook.finding(rule, f"正文还留着“{match[0]}”。", at(number))


def at(line: int) -> Where:
    """A paragraph of the document."""
    return Where(sheet=TEXT, cells=cells_in(TEXT, [(line, 0)]))
