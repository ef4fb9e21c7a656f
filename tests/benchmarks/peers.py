"""What people would write instead, beside the product: ``python -m tests.benchmarks.peers [AGENCIES …]`` (300 and 1000).

Two straightforward scripts over pandas read the filings of the same office (every sheet by ``read_excel``, with openpyxl
or with calamine), check one sum, and write a row for each agency, a row for each number, the errors and a pivot. The
floor only inflates every part of every file. The product does all that it does. Each in a process of its own; the ratios
of one run say something, a single time does not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import office
from tests.cost import Cost, cost_of
from tests.grids import ROOT, annual_report, year
from workbook_tool.steps.form import blank_book

PLACES = "places.json"
SUM = ("T4.d.g5", ("T4.d.g1", "T4.d.g2", "T4.d.g3", "T4.d.g4"))
"""The sum that the scripts check."""


def main(sizes: list[int]) -> None:
    """Make an office of each size, and let them all run over it."""
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="peers-") as name:
            folder = Path(name) / "office"
            office.main(size, folder, 0.3)
            (folder / PLACES).write_text(json.dumps(places()), encoding="utf-8")
            costs = {program: measured(words, folder) for program, words in programs(folder).items()}
        print(*told(size, costs), sep="\n", flush=True)


def places() -> dict[str, list[str]]:
    """Where the numbers stand in an issued workbook: sheet, row and column by the item's code."""
    form = annual_report()
    book = blank_book(form, year(2023), year(2023).next.first)
    cells = {
        cell.name: (sheet.name, cell.row, cell.column) for sheet in book.sheets for cell in sheet.cells if cell.name
    }
    return {item.code: list(map(str, cells[item.cell_name])) for item in form.items}


def programs(folder: Path) -> dict[str, list[str]]:
    """The command of each."""
    own = [sys.executable, "-m", "tests.benchmarks.peers"]
    return {
        "product": [sys.executable, "-m", "workbook_tool", "run", "--as-of", "2024-02-05"],
        "openpyxl": [*own, "script", "openpyxl", str(folder)],
        "calamine": [*own, "script", "calamine", str(folder)],
        "floor": [*own, "floor", "", str(folder)],
    }


def measured(words: list[str], folder: Path) -> Cost:
    """What a program takes."""
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    code, cost = cost_of(words, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    assert code == 0, words
    return cost


def told(size: int, costs: dict[str, Cost]) -> list[str]:
    """The table: the scripts in units of the product."""
    own = costs["product"]
    lines = [f"{size} agencies", "| | wall s | CPU s | MiB | × wall | × CPU |", "|---|--:|--:|--:|--:|--:|"]
    for name, cost in costs.items():
        ratios = f"{cost.wall / own.wall:.2f} | {cost.cpu / own.cpu:.2f}"
        lines.append(f"| {name} | {cost.wall:.1f} | {cost.cpu:.1f} | {cost.memory} | {ratios} |")
    return lines


def script(engine: str, folder: Path) -> None:
    """What people write: everything by pandas."""
    import pandas as pd

    known = json.loads((folder / PLACES).read_text(encoding="utf-8"))
    rows = []
    for path in sorted((folder / "inbox").glob("*.xlsx")):
        sheets = pd.read_excel(path, sheet_name=None, header=None, engine=engine)
        numbers = {code: sheets[sheet].iat[int(row), int(column)] for code, (sheet, row, column) in known.items()}
        rows.append({"代码": path.stem, **numbers})
    wide = pd.read_csv(folder / "roster.csv", dtype=str).merge(pd.DataFrame(rows), on="代码")
    numbers = wide[list(known)].apply(pd.to_numeric, errors="coerce")
    total, parts = SUM
    errors = wide.loc[numbers[total] != numbers[list(parts)].sum(axis=1), ["代码", "名称"]]
    long = wide.melt(["代码", "名称", "类别"], list(known), "格", "数")
    long["数"] = pd.to_numeric(long["数"], errors="coerce")
    pivot = long.pivot_table("数", "类别", "格", "sum")
    writer = "openpyxl" if engine == "openpyxl" else "xlsxwriter"
    with pd.ExcelWriter(folder / f"{engine}.xlsx", engine=writer) as book:
        for name, frame in (("汇总", pivot), ("宽表", wide), ("明细", long), ("问题", errors)):
            frame.to_excel(book, sheet_name=name)


def floor(_: str, folder: Path) -> None:
    """Every part of every file inflated once, and nothing done with it."""
    for path in (folder / "inbox").glob("*.xlsx"):
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                package.read(name)


PARTS: dict[str, Callable[[str, Path], None]] = {"script": script, "floor": floor}

if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in PARTS:
        PARTS[sys.argv[1]](sys.argv[2], Path(sys.argv[3]))
    else:
        main([int(word) for word in sys.argv[1:]] or [300, 1000])
