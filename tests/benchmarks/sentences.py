"""``python -m tests.benchmarks.sentences FOLDER``: how precise the declared sentences are on labelled reports.

The folder holds ``labels.json`` (by report its ``file``, and ``claims``: which rules may state it, what it ``means`` in the
form's coordinates, and the ``number``) and the texts. Printed: by rule right, wrong and missed, and what is wrong.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path

from tests.grids import annual_report
from workbook_tool.model.form.rules import Severity
from workbook_tool.steps.intake.prose.claims import claims_of
from workbook_tool.steps.intake.prose.sentences import sentences

FORM = annual_report()
SPAN = re.compile(r"r(\d+)\.\.r(\d+)")
TABLE_LINE = re.compile(r"\||\t.*\t|^[\d\s.]*$")


def items_of(means: str) -> set[frozenset[int]]:
    """The alternatives of a label such as ``T3.r1.c7 or T3.r1.c7+T3.r2.c7``, ``sum T3.r5..r12.c7``."""
    found = set()
    for one in means.split(" or "):
        codes = []
        for term in one.removeprefix("sum ").split("+"):
            code = term.strip()
            if match := SPAN.search(code):
                codes += [SPAN.sub(f"r{n}", code) for n in range(int(match[1]), int(match[2]) + 1)]
            else:
                codes.append(code)
        found.add(frozenset(FORM.by_code[known(code)].index for code in codes if known(code) in FORM.by_code))
    return found


def known(code: str) -> str:
    """A label's short code as the form writes it."""
    table, _, rest = code.partition(".")
    if table == "T2":
        return f"T2.{rest[0]}.x{rest[1:]}" if rest[1:] else f"T2.{rest}.n"
    return f"T4.{rest[0]}.g{rest[1:]}" if table == "T4" else code


def main(folder: Path) -> None:
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    assert FORM.texts
    for name, label in json.loads((folder / "labels.json").read_text(encoding="utf-8")).items():
        text = (folder / label["file"]).read_text(encoding="utf-8")
        lines = [line for line in text.splitlines() if not TABLE_LINE.search(line.strip())]
        year = next(iter(re.findall(r"20[12]\d(?=年)", text)), "2023")
        stated = claims_of(sentences(lines), FORM.texts, int(year))
        open_ = [(one, items_of(one["means"])) for one in label["claims"]]
        for claim in stated:
            saying = FORM.texts.sayings[claim.saying]
            meant = {frozenset(items) for items in saying.means}
            hit = next((o for o in open_ if o[0]["number"] == claim.number and o[1] & meant), None)
            if hit:
                right[saying.rule] += 1
                open_.remove(hit)
            elif not any(label_of(o, claim.number, meant) for o in label["claims"]):
                wrong[saying.rule] += 1
                print(f"{name} {saying.rule} {claim.number} “{claim.sentence}”")
        for one, _ in open_:
            missed[one["rule"]] += 1
            print(f"{name} missed {one['rule']} {one['means']} {one['number']}")
    for rule in sorted({*right, *wrong}):
        print(f"{rule:10} right {right[rule]:3} wrong {wrong[rule]:3}")
    explain = {rule.id for rule in FORM.rules if rule.severity is Severity.EXPLAIN}
    good, bad = (sum(n for rule, n in counts.items() if rule in explain) for counts in (right, wrong))
    print(f"explain: precision {good}/{good + bad} = {good / (good + bad):.1%}; missed {dict(missed)}")


def label_of(one: dict[str, object], number: int, meant: set[frozenset[int]]) -> bool:
    """Whether a label that was found already says the same again."""
    return one["number"] == number and bool(items_of(str(one["means"])) & meant)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
