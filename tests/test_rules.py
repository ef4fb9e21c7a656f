"""Each rule on filings that keep it, break it, or leave it undecided: ``tests/rules/<rule>.md``, readable by anyone.

A section is a filing: all numbers 0 but those given. ``上年.<cell> = n`` gives last year's numbers, all others 0
(``上年 = 0`` alone: all 0, blank: that one unknown); without any, last year is unknown. ``规章制定权 = 有`` is what the roster
says. ``判定.<rule> = …`` counts the rule's verdicts. Its ``→`` lines are the findings it must give, all of them.

How a cell is shown: its number format behind ``|``, and what is ``~~struck through~~``, ``^^raised^^`` or ``__in the
colour of its ground__``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.grids import Stored, annual_report, filled, submission, year, zeros
from workbook_tool.model.form.rules import PROSE, Verdict
from workbook_tool.model.intake.look import GENERAL, RAISED, STRUCK, UNSEEN, Look, TextRun
from workbook_tool.model.intake.submission import Agency, Content, ErrorValue, Uncomputed
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.filing import Checked
from workbook_tool.model.season.last_year import NO_LAST_YEAR, LastYear
from workbook_tool.steps.judging.check import check
from workbook_tool.steps.judging.compare import compare_years

FORM = annual_report()
FILES = sorted((Path(__file__).parent / "rules").glob("*.md"))
SPECIAL = {"@2023-05-01": date(2023, 5, 1), "@TRUE": True, "@#REF!": ErrorValue("#REF!")}


def content(text: str) -> Content:
    """What stands in the cell: numbers as numbers; ``'`` marks a text, ``@`` what a text file cannot hold, such as
    ``@=A1+A2 存 3``: a formula and its stored result."""
    if stored := re.fullmatch("@=(.*) 存 (.*)", text):
        return Stored(stored[1], content(stored[2]))
    if text.startswith("@="):
        return Uncomputed(text[2:])
    if text in SPECIAL:
        return SPECIAL[text]
    if re.fullmatch(r"-?\d+(\.\d+)?(e\d+)?", text):
        return float(text)
    return text.removeprefix("'") or None


MARKS = {"~~": STRUCK, "^^": RAISED, "__": UNSEEN}
MARKED = re.compile(r"(~~|\^\^|__)(.+?)\1")


def looking(text: str) -> tuple[Content, Look | None]:
    """What stands in the cell, and how it is shown."""
    stands, bar, code = (part.strip(" ") for part in text.partition("|"))
    bare = MARKED.sub(r"\2", stands)
    inner = content(bare)
    if whole := MARKED.fullmatch(stands):
        return inner, Look(code or GENERAL, (MARKS[whole[1]],))
    runs, end = [], 0
    plain = stands.removeprefix("'")
    for match in MARKED.finditer(plain):
        runs += [TextRun(plain[end : match.start()]), TextRun(match[2], (MARKS[match[1]],))]
        end = match.end()
    if not runs:
        return inner, Look(code) if bar else None
    return inner, Look(code or GENERAL, runs=tuple(run for run in (*runs, TextRun(plain[end:])) if run.text))


def said(finding: Finding) -> str:
    figures = [
        f"{name} {n:f}"
        for name, n in (("填", finding.filed), ("应为", finding.expected), ("差", finding.difference))
        if n is not None
    ]
    return " ".join(["→", finding.severity.label, finding.rule, finding.place, *figures])


def last_year(given: dict[str, str]) -> LastYear:
    """Last year's numbers of the section's agency."""
    before = {
        key.removeprefix("上年").removeprefix("."): text.strip() for key, text in given.items() if key[:2] == "上年"
    }
    if not before:
        return NO_LAST_YEAR
    numbers = {item.index: before.get(item.code, "0") for item in FORM.items}
    exact = {n: int(Decimal(text).scaleb(FORM.items[n].decimals)) for n, text in numbers.items() if text}
    return LastYear(year(2022), "values.csv", {"001": exact})


def verdicts(checked: Checked, rule: str) -> str:
    names = {Verdict.PASS: "相符", Verdict.FAIL: "不符", Verdict.UNDECIDED: "无法判定"}
    counts = checked.verdicts.get(rule, {})
    return " ".join(f"{name} {counts[v]}" for v, name in names.items() if counts.get(v)) or "未核对"


def judged(section: str) -> list[str]:
    """The findings for one section, as ``→`` lines."""
    given = dict(re.findall(r"^(\S+) =(.*)$", section, re.MULTILINE))
    nil = tuple(given.pop("封面", "").split())
    power = {"有": True, "无": False}.get(given.pop("规章制定权", "").strip())
    claims = {key[3:]: given.pop(key).strip() for key in list(given) if key.startswith("判定.")}
    last = last_year({key: given.pop(key) for key in list(given) if key.startswith("上年")})
    cells = {code: looking(text.strip()) for code, text in given.items()}
    contents = zeros(FORM) | {code: content for code, (content, _) in cells.items()}
    assert not set(contents) - set(FORM.by_code), "unknown cell in the case"
    filing = submission(
        FORM, filled(FORM, contents, {code: look for code, (_, look) in cells.items() if look}), nil=nil
    )
    filing = replace(filing, identity=replace(filing.identity, agency=Agency("001", "甲县应急管理局", empowered=power)))
    (checked,) = compare_years(check([filing], Rulebook(FORM), last), Rulebook(FORM), last)
    assert {rule: verdicts(checked, rule) for rule in claims} == claims
    return [said(finding) for finding in checked.findings]


def sections(text: str) -> Iterator[str]:
    yield from re.split(r"(?m)^(?=## )", text)[1:]


def rewritten(text: str) -> str:
    """The text with the findings that the program gives now."""
    head = re.split(r"(?m)^(?=## )", text)[0]
    parts = []
    for section in sections(text):
        bare = "\n".join(line for line in section.splitlines() if not line.startswith("→")).rstrip()
        parts.append("\n".join([bare, *([""] if judged(section) else []), *judged(section)]) + "\n")
    return head + "\n".join(parts)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_filing_gives_exactly_these_findings(path: Path, accept: bool) -> None:
    text = path.read_text(encoding="utf-8")
    if accept:
        path.write_text(rewritten(text), encoding="utf-8")
    for section in sections(path.read_text(encoding="utf-8")):
        expected = [line for line in section.splitlines() if line.startswith("→")]
        assert judged(section) == expected, section.splitlines()[0]


def test_every_rule_about_numbers_is_here() -> None:
    # What needs more than the numbers of one filing stands in test_layouts, test_identify, test_compare and test_prose.
    elsewhere = ("subcol", "subrow", "name", *PROSE)
    rules = {rule.id for rule in FORM.rules if not rule.id.startswith(("P-", "G-")) and rule.kind not in elsewhere}
    assert rules == {path.stem for path in FILES}
    for path in FILES:
        assert f" {path.stem} " in path.read_text(encoding="utf-8"), f"nothing in {path.name} breaks the rule"
