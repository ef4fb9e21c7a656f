"""An office of any size with realistic filings: ``python -m tests.benchmarks.office AGENCIES FOLDER [share of faults]``.

For looking at the workbook with many agencies, and for timing whole runs. Always the same office for the same words.
"""

from __future__ import annotations

import random
import shutil
import sys
from datetime import date, timedelta
from pathlib import Path

from tests.faults import Faults
from tests.filings import Maker, Numbers
from tests.grids import ROOT, annual_report, year
from tests.offices import CONFIG
from tests.tables import filled
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.workbook.render import render
from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.workbook.book import Value
from workbook_tool.steps.form import blank_book

SEED = 7
KINDS = ("县级部门", "乡镇", "街道", "市直部门")
BUREAUS = ("应急管理局", "教育局", "卫生健康局", "人民政府办公室", "自然资源和规划局", "市场监督管理局")
FAULTS = (
    "one wrong detail cell",
    "one wrong total",
    "two digits swapped",
    "two wrong cells",
    "blank for 0",
    "n moved within a row",
)
UNFILED = 0.1
"""The share of agencies that have not filed."""


def main(agencies: int, folder: Path, faulty: float) -> None:
    """Write the office: its configuration, roster, and the inbox as it is a few days after the deadline."""
    form, rng = annual_report(), random.Random(SEED)
    maker, faults = Maker(form), Faults(form)
    (folder / "inbox").mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    shutil.copytree(ROOT / "templates", folder / "templates")
    lines = [f"{n:03d},示例{n:03d}县{rng.choice(BUREAUS)},{KINDS[n % len(KINDS)]}" for n in range(1, agencies + 1)]
    (folder / "roster.csv").write_text("\n".join(["代码,名称,类别", *lines, ""]), encoding="utf-8")
    for agency, numbers in zip(load_roster(folder / "roster.csv").agencies, maker.filings(agencies, SEED), strict=True):
        filed = rng.random() >= UNFILED
        if rng.random() < faulty and (fault := faults.apply(rng.choice(FAULTS), numbers, rng)):
            numbers = fault.numbers
        if filed:
            file_form(folder / "inbox" / f"{agency.code}.xlsx", form, agency, numbers, rng)


def file_form(path: Path, form: Form, agency: Agency, numbers: Numbers, rng: random.Random) -> None:
    """The issued workbook of an agency, filled in and dated."""
    values: dict[str, Value] = {form.items[i].cell_name: as_decimal(n, form.items[i]) for i, n in numbers.items()}
    values["COVER_date"] = date(2024, 1, 2) + timedelta(days=rng.randrange(35))
    render(filled(blank_book(form, year(2023), date(2024, 1, 1), agency), values), path)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3]) if len(sys.argv) > 3 else 0.3)
