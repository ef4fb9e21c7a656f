"""A third spreadsheet engine: ``python -m tests.onlyoffice FILE.xlsx …``.

ONLYOFFICE (``pip install document-builder``, 250 MB, so not among the tests' packages) opens each workbook, computes every
formula and refreshes every PivotTable; what then differs from what is stored is listed, and the exit code is 1. It says
that its license is invalid: that is of saving, and nothing is saved.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

ASK = """
globalThis.told = (function () {
  Api.RecalculateAllFormulas();
  return JSON.stringify(Api.GetSheets().map(function (sheet) {
    var body = function (pivot) {  // a lone cell is no list of rows
      return [].concat.apply([], [].concat(pivot.GetDataBodyRange().GetValue())).map(String);
    };
    var used = sheet.GetUsedRange(), formulas = [].concat(used.GetFormula()), values = [].concat(used.GetValue2());
    var rows = formulas.map(function (row, r) {
      return [].concat(row).map(function (text, c) {
        return String(text).charAt(0) === "=" ? String([].concat(values[r])[c]) : null;
      });
    });
    var pivots = sheet.GetAllPivotTables().map(function (pivot) {
      var before = body(pivot);
      pivot.RefreshTable();
      return [before, body(pivot)];
    });
    return {name: sheet.GetName(), rows: rows, pivots: pivots};
  }));
})();
"""


def told_by_onlyoffice(path: Path) -> list[dict[str, Any]]:
    """Each sheet: what its formulas come to, by row and column, and the figures of its PivotTables before and after."""
    import docbuilder

    builder = docbuilder.CDocBuilder()
    if builder.OpenFile(str(path), ""):
        raise SystemExit(f"{path}: ONLYOFFICE does not open it")
    context = builder.GetContext()
    scope = context.CreateScope()  # what it gives lives as long as this
    builder.ExecuteCommand(ASK)
    told = json.loads(context.GetGlobal()["told"].ToString())
    del scope
    builder.CloseFile()
    return list(told)


def differences(path: Path) -> tuple[int, int, list[str]]:
    """How many formulas and PivotTables there are, and what differs, in words."""
    book, formulas, pivots, found = load_workbook(path, data_only=True), 0, 0, []
    for sheet in told_by_onlyoffice(path):
        pivots += len(sheet["pivots"])
        for before, after in sheet["pivots"]:
            if len(before) != len(after) or not all(map(alike, before, after)):
                found.append(f"{sheet['name']}: the PivotTable")
        for row, values in enumerate(sheet["rows"], 1):
            for column, value in enumerate(values, 1):
                if value is not None:
                    formulas += 1
                    cell = book[sheet["name"]].cell(row, column)
                    if not alike(cell.value, value):
                        found.append(f"{sheet['name']}!{cell.coordinate}: {cell.value!r}, here {value!r}")
    return formulas, pivots, found


def alike(stored: object, shown: str) -> bool:
    """Whether two results are the same; numbers are told as texts."""
    try:
        return abs(float(str(stored)) - float(shown)) < 1e-6
    except ValueError:
        return ("" if stored is None else str(stored)).casefold() == shown.casefold()


def main(paths: list[Path]) -> int:
    """Look at each."""
    wrong = 0
    for path in paths:
        formulas, pivots, found = differences(path)
        wrong += len(found)
        print(f"{path}: {formulas} formulas, {pivots} PivotTables, {len(found)} differ", *found, sep="\n  ")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main([Path(name) for name in sys.argv[1:]]))
