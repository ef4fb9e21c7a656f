"""Each rule on filings that keep it, break it, or leave it undecided: ``tests/rules/<rule>.md``, readable by anyone.

A section is a filing: all numbers 0 but those given. Its ``→`` lines are the findings it must give, all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.grids import annual_report, filled, submission, zeros
from workbook_tool.model.finding import Finding
from workbook_tool.model.settings import Policy
from workbook_tool.model.submission import Content, ErrorValue, Uncomputed
from workbook_tool.steps.check import check

FORM = annual_report()
FILES = sorted((Path(__file__).parent / "rules").glob("*.md"))
SPECIAL = {"@2023-05-01": date(2023, 5, 1), "@TRUE": True, "@#REF!": ErrorValue("#REF!")}


def content(text: str) -> Content:
    """What stands in the cell: numbers as numbers; ``'`` marks a text, ``@`` what a text file cannot hold."""
    if text.startswith("@="):
        return Uncomputed(text[2:])
    if text in SPECIAL:
        return SPECIAL[text]
    if re.fullmatch(r"-?\d+(\.\d+)?(e\d+)?", text):
        return float(text)
    return text.removeprefix("'") or None


def said(finding: Finding) -> str:
    figures = [
        f"{name} {n:f}"
        for name, n in (("填", finding.filed), ("应为", finding.expected), ("差", finding.difference))
        if n is not None
    ]
    return " ".join(["→", finding.severity.label, finding.rule, finding.place, *figures])


def judged(section: str) -> list[str]:
    """The findings for one section, as ``→`` lines."""
    given = dict(re.findall(r"^(\S+) =(.*)$", section, re.MULTILINE))
    nil = tuple(given.pop("封面", "").split())
    contents = zeros(FORM) | {code: content(text.strip()) for code, text in given.items()}
    assert not set(contents) - set(FORM.by_code), "unknown cell in the case"
    filing = submission(FORM, filled(FORM, contents), nil=nil)
    (checked,) = check([filing], FORM, Policy())
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
    of_layout = ("subcol", "subrow", "name")  # what needs more than numbers stands in test_layouts and test_identify
    rules = {rule.id for rule in FORM.rules if not rule.id.startswith("P-") and rule.kind not in of_layout}
    assert rules == {path.stem for path in FILES}
    for path in FILES:
        assert f" {path.stem} " in path.read_text(encoding="utf-8"), f"nothing in {path.name} breaks the rule"
