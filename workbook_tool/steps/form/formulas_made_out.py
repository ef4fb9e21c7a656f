"""What the formulas of an empty workbook say: from which others a row or column is computed (``is``)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from workbook_tool.model.cells import position
from workbook_tool.model.intake.submission import Place, Sheet
from workbook_tool.model.regex import regex
from workbook_tool.steps.form.drafted import Drafted, DraftLine

CELL = r"[A-Z]{1,3}\d+"
TERM = regex(rf"(?P<cell>{CELL})(?::(?P<last>{CELL}))?|(?P<sum>SUM(?=\())|<=|>=|<>|[-+*/(),<>=]|\d+(?:\.\d+)?")
AROUND = [
    regex(r'IF\([^",]*(?:"")?,(?:""|0),(.*)\)'),
    regex(r'IF\([^",]*(?:"")?,(.*),(?:""|0)\)'),
    regex(r'IFERROR\((.*),(?:"-?"|0)\)'),
    regex(r"ROUND\((.*),\d\)"),
]
"""What is written around a formula so that nothing shows where nothing can be computed, and for its decimals."""
WAITS = regex(rf'IF\(({CELL})="",')
"""How a formula begins that waits for a cell which may be blank."""
DIGITS = regex(r"ROUND\(.*,(\d)\)")
WHETHER = regex(r'IF\((.*),"是","否"\)')
SHARE = regex(r"(.*/.*)\*100")
SHARE_DECIMALS = 2
"""Of a share that nothing rounds."""
NAME = regex(r"[^\W\d]\w*")
"""A label that stands in a formula as it is."""
SIGNS = {"<>": "!=", "=": "==", ",": "+"}
Names = Mapping[tuple[int, int], str]
"""Labels by axis (0 for rows) and place along the sheet."""


def say_what_is_computed(sheet: Sheet, table: Drafted) -> None:
    """Say of the lines of a table from which others each is computed: where its formulas all say the same, in lines that
    have a name of their own. What sums a row up says nothing of its columns, nor the other way."""
    names = names_of(table)
    inside = {at: bare(text) for at, text in sheet.formulas.items() if table.top <= at[0] <= table.bottom}
    said = {at: (told(at, text, 0, names), told(at, text, 1, names)) for at, text in inside.items()}
    for axis, lines in ((0, table.rows), (1, table.columns)):
        for line in lines:
            own = {at: ways[axis] for at, ways in said.items() if at[axis] == line.at and (ways[axis] or not any(ways))}
            if own and all(own.values()) and len({*own.values()}) == 1 and not line.total:
                line.computed = next(iter(own.values()))
                look_closer(table, line, sheet.formulas[next(iter(own))].upper())


def look_closer(table: Drafted, line: DraftLine, formula: str) -> None:
    """Say what a formula tells besides: that it is a share, with how many decimals, which cell may be blank."""
    text = formula.replace("$", "").replace(" ", "")
    if SHARE.fullmatch(bare(formula)):
        line.unit = "%"
    line.decimals = int(digits[1]) if (digits := DIGITS.search(text)) else line.decimals
    if line.unit == "%" and "/" in line.computed:
        line.decimals = line.decimals or SHARE_DECIMALS
    if (waits := WAITS.match(text)) and not table.rows:
        for column in table.columns:
            column.optional |= column.at == position(waits[1])[1]


def names_of(table: Drafted) -> Names:
    """The labels that are one line's alone and can stand in a formula."""
    lines = {(axis, line.at): line.label for axis, each in ((0, table.rows), (1, table.columns)) for line in each}
    often = Counter(lines.values())
    return {at: label for at, label in lines.items() if often[label] == 1 and NAME.fullmatch(label)}


def bare(formula: str) -> str:
    """A formula without what is written around it."""
    text, before = re.sub(r"[$\s]", "", formula.upper()), ""
    while text != before:
        text, before = next((found[1] for way in AROUND if (found := way.fullmatch(text))), text), text
    return text


def told(at: Place, formula: str, axis: int, names: Names) -> str:
    """A formula in the names of the lines along an axis that it computes with; empty where that cannot be said."""
    whether, share = WHETHER.fullmatch(formula), SHARE.fullmatch(formula)
    text = whether[1] if whether else share[1] if share else formula
    found, parts = 0, list[str]()
    for term in TERM.finditer(text):
        part = term[0]
        if term["cell"]:
            first, last = position(term["cell"]), position(term["last"] or term["cell"])
            run = [names.get((axis, line), "") for line in range(first[axis], last[axis] + 1)]
            across = {first[1 - axis], last[1 - axis]} == {at[1 - axis]}
            part = " + ".join(run) if across and all(run) and not first[axis] <= at[axis] <= last[axis] else ""
        if term.start() != found or not part:
            return ""
        found = term.end()
        parts += [] if term["sum"] else [SIGNS.get(part, part)]
    computed = " ".join(parts).replace("( ", "(").replace(" )", ")")
    whole = found == len(text) and parts.count("(") == parts.count(")") and re.search(r"[^\W\d]", computed)
    return re.sub(r"^\(([^()]*)\)$", r"\1", computed) if whole else ""
