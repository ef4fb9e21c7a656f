"""What must not be published with a report: numbers of citizens, marks of secrecy, and what a template left behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from workbook_tool.model.intake.submission import Agency, Sheet
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import TEXT, cells_in
from workbook_tool.model.regex import regex
from workbook_tool.steps.intake.prose.masks import CITIZEN, MOBILE, is_citizen, masked
from workbook_tool.steps.intake.prose.sentences import even

NAMED = regex(
    r"(?:申请人|当事人|举报人|投诉人|联系人|经办人|负责人|姓名|公民|居民|村民|原告)[:为是]?([\u4e00-\u9fff·]{2,4}?)"
    r"(?=[,、;:()。]|公民|身份|电话|手机|联系)"
)
"""A person by name, told only where a number stands in the same paragraph."""
SECRET = regex(r"(?:绝密|机密|秘密)[★☆]|^(?:绝密|机密|秘密|内部资料[,,]?(?:注意保存|请勿外传)?|不得公开)$")
OFTEN = 3
"""In so many paragraphs nobody speaks of another by chance."""


def private_findings(sheets: Sequence[Sheet], rulebook: Rulebook) -> Iterator[Finding]:
    """Numbers of citizens and mobile telephones with the names beside them, and marks of secrecy, once for each
    paragraph and each table of a document. Telephones of offices are meant to be published."""
    rule = rulebook.of_kind("private")
    for text, where in told_in(sheets):
        bare = even(text)
        found = [f"身份证号 {masked(one)}" for one in CITIZEN.findall(bare) if is_citizen(one)]
        found += [f"手机号 {masked(one)}" for one in MOBILE.findall(text)]
        found += [f"姓名“{name[0]}{'○' * (len(name) - 1)}”" for name in NAMED.findall(bare)] if found else []
        found += ["密级或内部标记" for _ in SECRET.findall(bare)]
        if found:
            yield rulebook.finding(rule, f"有{'、'.join(dict.fromkeys(found))}。", where)


def told_in(sheets: Sequence[Sheet]) -> Iterator[tuple[str, Where]]:
    """What a document says: every paragraph, and of every table the cells with such numbers together."""
    for sheet in sheets:
        cells = {place: f"{one:.0f}" if isinstance(one, float) else str(one) for place, one in sheet.cells.items()}
        if sheet.name == TEXT:
            yield from ((text, at(row)) for (row, _), text in sorted(cells.items()))
            continue
        private = {place: text for place, text in cells.items() if CITIZEN.search(text) or MOBILE.search(text)}
        if private:
            where = Where(sheet=sheet.name, cells=cells_in(sheet.name, sorted(private)))
            yield " | ".join(text for _, text in sorted(private.items())), where


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
