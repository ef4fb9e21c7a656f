"""Gnumeric as a second spreadsheet client of the tests."""

from __future__ import annotations

import shutil
import subprocess
import warnings
from pathlib import Path

import pytest
from lxml import etree

from tests.office_tools import same, without_results
from tests.workbooks import unpacked

SSCONVERT = shutil.which("ssconvert")
if SSCONVERT is None:
    warnings.warn("Gnumeric (ssconvert) is not installed: no second client recalculates", stacklevel=1)
needs_gnumeric = pytest.mark.skipif(SSCONVERT is None, reason="Gnumeric (ssconvert) is not installed")
Formulas = dict[tuple[int, str], str | float]
"""The results of formulas by sheet, in the order of the parts, and cell."""


def gnumeric_changes(path: Path) -> dict[tuple[int, str], tuple[object, object]]:
    """Which formulas come to something else once Gnumeric has computed every one."""
    bare, computed = without_results(path), path.with_name("gnumeric.xlsx")
    subprocess.run([str(SSCONVERT), "--recalc", bare, computed], capture_output=True, timeout=600, check=True)
    before, after = results(path), results(computed)
    pairs = {place: (stored, after.get(place, "")) for place, stored in before.items()}
    return {place: pair for place, pair in pairs.items() if not same(*pair)}


def results(path: Path) -> Formulas:
    """What stands with the formulas of a workbook; an error as its name."""
    parts, found = unpacked(path.read_bytes()), Formulas()
    strings = ["".join(si.itertext("{*}t")) for si in etree.fromstring(parts["xl/sharedStrings.xml"]).iter("{*}si")]
    for number in range(1, sum(name.startswith("xl/worksheets/sheet") for name in parts) + 1):
        for cell in etree.fromstring(parts[f"xl/worksheets/sheet{number}.xml"]).iter("{*}c"):
            if cell.find("{*}f") is not None:
                value, kind = cell.findtext("{*}v") or "", cell.get("t", "n")
                text = (strings[int(value)] if kind == "s" else value).strip()
                found[number, str(cell.get("r"))] = float(text) if kind == "n" and text else text
    return found
