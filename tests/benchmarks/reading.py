"""What reading a filing costs, step by step, in CPU milliseconds: ``python -m tests.benchmarks.reading [files]``.

Every line is measured in turn, round after round, and the best round of each counts: quote the ratios, not the times.
"""

from __future__ import annotations

import io
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from python_calamine import CalamineWorkbook

from tests.grids import annual_report, year
from tests.offices import CASES, issue
from workbook_tool.files.intake.cage import Cage
from workbook_tool.files.intake.formats.package import open_package
from workbook_tool.files.intake.inbox import source_file
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.files.office.roster import load_roster
from workbook_tool.intake import Terms, take_in
from workbook_tool.model.office.settings import Limits
from workbook_tool.steps.intake.parse import parse

ROUNDS, REPEATS = 7, 20


def main(files: int) -> None:
    """Measure on one honest, filled workbook, and on so many of them in the cage."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "020.xlsx"
        issue(path, {"单位": "020"})
        terms = Terms(annual_report(), load_roster(CASES / "roster.csv"), year(2023))
        for name, best in best_of(steps(path, terms)).items():
            print(f"{name:<46} {best:6.2f} ms")
        for workers in (1, 2):
            caged(path, files, Terms(terms.form, terms.roster, year(2023), limits=Limits(workers=workers)))


def steps(path: Path, terms: Terms) -> dict[str, Callable[[], object]]:
    content, limits, source = path.read_bytes(), Limits(), source_file(path, path.name)
    sheets = read_sheets(content, limits)
    return {
        "calamine alone": lambda: calamine(content),
        "guard alone (inflate, checksums)": lambda: open_package(content, limits),
        "guard and read": lambda: read_sheets(content, limits),
        "parse": lambda: parse(sheets, terms.rulebook),
        "file to submission": lambda: take_in(source, terms),
    }


def calamine(content: bytes) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python(skip_empty_area=False)


def best_of(steps: dict[str, Callable[[], object]]) -> dict[str, float]:
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(ROUNDS):
        for name, step in steps.items():
            start = time.process_time()
            for _ in range(REPEATS):
                step()
            best[name] = min(best[name], (time.process_time() - start) / REPEATS * 1000)
    return best


def caged(path: Path, files: int, terms: Terms) -> None:
    """Wall time a file through the cage, start of the workers and all."""
    sources = [source_file(path, f"{number}.xlsx") for number in range(files)]
    start = time.perf_counter()
    with Cage(take_in, terms, terms.limits) as cage:
        results = list(cage.map(sources))
    wall = (time.perf_counter() - start) / files * 1000
    assert len(results) == files
    print(f"{f'caged, {terms.limits.workers} worker(s), {files} files':<46} {wall:6.2f} ms wall")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)
