"""Regions below each other for the tests: offices told in text, whose results go from the inbox of one to the next.

The numbers of a filing are those of ``cases/good.md``, but for what is said of it.
"""

from __future__ import annotations

import io
import os
import shutil
import zipfile
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from tests.grids import ROOT, annual_report, year
from tests.offices import CASES
from tests.tables import filled, named, read_tables
from workbook_tool import batch, commands
from workbook_tool.batch import Outcome
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.workbook.render import rendered
from workbook_tool.model.intake.submission import REGION_REPORT, Agency, as_decimal
from workbook_tool.model.workbook.book import Value
from workbook_tool.steps.form import blank_book

CONFIG = """
[region]
name = "{name}"
code = "{code}"

[report]
form = "zfxxgk-2021"
year = 2023
deadline = 2024-01-31

[roster]
file = "roster.csv"

[rules.limits]
"G-SAME" = {{ cells = 1000 }}  # the filings share one draft
"G-TWICE" = {{ cells = 1000 }}
"""


def new_region(folder: Path, code: str, roster: str) -> Path:
    """The office of a region that is called as its folder is, with an empty inbox; below it in ``roster`` stand lines of
    代码, 名称, 类别, 报告口径, and 上级 where there is one. Returns its folder."""
    (folder / "inbox").mkdir(parents=True)
    if not (folder.parent / "templates").exists():
        shutil.copytree(ROOT / "templates", folder.parent / "templates")
    (folder / "templates").symlink_to(folder.parent / "templates")
    (folder / "config.toml").write_text(CONFIG.format(name=folder.name, code=code), encoding="utf-8")
    lines = ["代码,名称,类别,报告口径,上级", *(line.strip() for line in roster.strip().splitlines())]
    (folder / "roster.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def file(region: Path, code: str, **numbers: int) -> None:
    """An agency's filing in the inbox: ``T2_L_n=12`` and so on."""
    agency = load_roster(region / "roster.csv").by_code(code)
    assert agency
    (region / "inbox" / f"{code}_{agency.name}.xlsx").write_bytes(workbook(agency, tuple(numbers.items())))


@cache
def workbook(agency: Agency, numbers: tuple[tuple[str, int], ...]) -> bytes:
    """The bytes of a filing."""
    form, period = annual_report(), year(2023)
    values: Mapping[str, Value] = named(form, read_tables((CASES / "good.md").read_text(encoding="utf-8")))
    book = blank_book(form, period, period.next.first, agency)
    return rendered(filled(book, {**values, **dict(numbers)}))


def report_of(region: Path, code: str, outcome: Outcome, **changes: int) -> None:
    """The 上报表 of the region of this code, with the totals of its run, in the inbox of the region above."""
    agency = load_roster(region / "roster.csv").by_code(code)
    assert agency and outcome.result
    form, sums = annual_report(), outcome.result.totals.passed.sums
    numbers = {i.cell_name: as_decimal(n, i) for i in form.items if (n := sums[i.index]) is not None}
    book = blank_book(form, year(2023), date(2024, 2, 1), agency, kind=REGION_REPORT)
    (region / "inbox" / f"上报表_{agency.name}.xlsx").write_bytes(rendered(filled(book, {**numbers, **changes})))


def run(region: Path, day: str) -> Outcome:
    """A run of the region's office."""
    return batch.run(commands.open_office(region / "config.toml"), date.fromisoformat(day))


def passed_on(folder: Path, *dropped: str) -> bytes:
    """A run folder as a zip, as somebody packs it, without what is ``dropped``."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.name not in dropped:
                archive.write(path, f"{folder.name}/{path.relative_to(folder).as_posix()}")
    return packed.getvalue()


def send(folder: Path | None, region: Path, name: str) -> None:
    """A result into the inbox of the region above, as a zip."""
    assert folder
    path = region / "inbox" / name
    path.write_bytes(passed_on(folder))
    os.utime(path, (1_700_000_000,) * 2)
