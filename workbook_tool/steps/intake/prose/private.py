"""What must not be published with a report: numbers of citizens, marks of secrecy, and what a template left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbook_tool.model.intake.submission import Agency
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
NAMED = re.compile(
    r"(?:申请人|当事人|举报人|投诉人|联系人|经办人|负责人|姓名|公民|居民|村民|原告)[:为是]?([\u4e00-\u9fff·]{2,4}?)"
    r"(?=[,、;:()。]|公民|身份|电话|手机|联系)"
)
"""A person by name, told only where a number stands in the same paragraph."""
SECRET = re.compile(r"(?:绝密|机密|秘密)[★☆]|^(?:绝密|机密|秘密|内部资料[,,]?(?:注意保存|请勿外传)?|不得公开)$")
OFTEN = 3
"""In so many paragraphs nobody speaks of another by chance."""
MASKED = 4
"""So many digits at either end are told: enough to find it, too few to use it."""


def private_findings(lines: Sequence[str], rulebook: Rulebook) -> Iterator[Finding]:
    """Numbers of citizens and mobile telephones with the names beside them, and marks of secrecy, once for each
    paragraph. Telephones of offices are meant to be published."""
    rule = rulebook.of_kind("private")
    for number, line in enumerate(lines):
        bare = even(line)
        found = [f"身份证号 {masked(one)}" for one in CITIZEN.findall(bare) if is_citizen(one)]
        found += [f"手机号 {masked(one)}" for one in MOBILE.findall(line)]
        found += [f"姓名“{name[0]}{'○' * (len(name) - 1)}”" for name in NAMED.findall(bare)] if found else []
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


def left_findings(
    lines: Sequence[str], hints: Sequence[str], rulebook: Rulebook, own: Agency | None, agencies: Sequence[Agency]
) -> Iterator[Finding]:
    """What a template asks to be filled in or deleted and still stands there, and who is spoken of as if it were his
    report: another agency, again and again, and its own not once."""
    yield from strangers([even(line) for line in lines], rulebook, own, agencies)
    if not hints:
        return
    pattern, rule = re.compile("|".join(hints)), rulebook.of_kind("left")
    for number, line in enumerate(lines):
        if match := pattern.search(even(line)):
            yield rulebook.finding(rule, f"正文还留着“{match[0]}”。", at(number))


def strangers(
    lines: Sequence[str], rulebook: Rulebook, own: Agency | None, agencies: Sequence[Agency]
) -> Iterator[Finding]:
    """The other agency whose report this seems to have been."""
    if own is None or any(even(word) in line for word in (own.name, *own.aliases) for line in lines):
        return
    for other in agencies:
        places = [n for n, line in enumerate(lines) if even(other.name) in line]
        if len(places) >= OFTEN and other.code != own.code and even(other.name) not in even(own.name):
            said = f"正文没有提到{own.name}，却有 {len(places)} 段写的是“{other.name}”。"
            yield rulebook.finding(rulebook.of_kind("left"), said, at(places[0]))


def at(line: int) -> Where:
    """A paragraph of the document."""
    return Where(sheet=TEXT, cells=cells_in(TEXT, [(line, 0)]))
