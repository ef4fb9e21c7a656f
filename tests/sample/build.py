"""Rebuilds the sample office at the repository root: its roster, and the filings of both forms from the texts beside this file.

    .venv/bin/python -m tests.sample.build

Each text is typed into the workbook issued to its agency, which LibreOffice then opens and saves, so that the inbox
holds what a spreadsheet program writes. Two savings differ in bytes: no golden result depends on their hashes.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from tests.tables import fill, fill_lists, read_tables
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.form.periods import period_kind
from workbook_tool.files.office.config import load_settings
from workbook_tool.files.office.new_roster import write_roster
from workbook_tool.files.workbook.render import render
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Settings
from workbook_tool.steps.form import blank_book

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
ANNUAL, WEEKLY, FILES, REQUESTS, CHECKS = "zfxxgk-2021", "zdgk-zb", "gfxwj-ml", "ysq-tz", "aqjc-jb"
OWN, OFFICE = "本单位", "本级政府办"

# The reports are real and published; codes are made up, and so are the last two agencies: the records of requests, of
# which reports tell no more than how many there were, and the numbers of checks stand under no real name.
AGENCIES = (
    Agency("010", "金乡县应急管理局", ("金乡县应急局",), "县级部门", scope=OWN, forms=(ANNUAL, WEEKLY)),
    Agency("011", "新乡县应急管理局", ("新乡县应急局",), "县级部门", scope=OWN, forms=(ANNUAL, WEEKLY, FILES)),
    Agency(
        "012", "金乡县人民政府办公室", ("金乡县政府办公室", "金乡县政府办"), "政府办公室", scope=OFFICE, forms=(ANNUAL,)
    ),
    Agency("013", "延津县应急管理局", ("延津县应急局",), "县级部门", scope=OWN, forms=(ANNUAL, WEEKLY)),
    Agency("014", "中卫市应急管理局", ("中卫市应急局",), "市级部门", scope=OWN, forms=(ANNUAL, WEEKLY)),
    Agency("015", "示例县档案馆", (), "县级部门", scope=OWN, forms=(ANNUAL, REQUESTS)),
    Agency("016", "示例县应急管理局", ("示例县应急局",), "县级部门", scope=OWN, forms=(CHECKS,)),
)


def main() -> None:
    """Rebuild the roster and the inbox, and say what was written."""
    write_roster(ROOT / "templates" / "名录.xlsx", AGENCIES)
    reports = load_settings(ROOT / "config.toml", date.today(), period_kind)
    with tempfile.TemporaryDirectory() as scratch:
        filled = [book for settings in reports for book in typed(settings, Path(scratch))]
        save_with_libreoffice(filled, reports[0].inbox, Path(scratch) / "profile")
    for book in filled:
        print(reports[0].inbox / book.name)
    for path in blanks(ROOT / "templates"):
        print(path)


def blanks(folder: Path) -> Iterator[Path]:
    """The blank workbook of every shipped form, beside its declaration, for whoever wants to look before there is an
    office: of the last period of 2023, and of no agency."""
    for declared in sorted((ROOT / "templates").glob("*.toml")):
        form = load_form(declared.parent, declared.stem)
        period = Period.of(form.period, date(2023, 12, 31))
        path = folder / f"{form.title}_{period}.xlsx"
        render(blank_book(form, period, period.next.first), path)
        yield path


def typed(settings: Settings, scratch: Path) -> Iterator[Path]:
    """The filings of one report, as typed into the workbooks that were issued: those of the first form stand beside this
    file, those of others in a folder of the form's name."""
    form = load_form(settings.templates, settings.form)
    texts = HERE / settings.form if (HERE / settings.form).is_dir() else HERE
    for agency in AGENCIES:
        text = texts / f"{agency.code}_{agency.name}.md"
        if text.is_file():
            own = "" if settings.form in (ANNUAL, WEEKLY) else f"_{form.id}"
            book = scratch / f"{agency.code}_{agency.name}{own}_{settings.period}.xlsx"
            render(blank_book(form, settings.period, settings.period.next.first, agency), book)
            told = text.read_text(encoding="utf-8")
            fill_lists(book, form, told) if form.registers else fill(book, form, read_tables(told))
            yield book


def save_with_libreoffice(books: list[Path], folder: Path, profile: Path) -> None:
    """Open and save workbooks as LibreOffice does, with a profile of its own beside any open LibreOffice."""
    command = ["soffice", "--headless", f"-env:UserInstallation={profile.as_uri()}", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", folder, *books], check=True, capture_output=True, timeout=180)
    missing = [book.name for book in books if not (folder / book.name).is_file()]
    if missing:
        raise RuntimeError(f"LibreOffice did not save {', '.join(missing)}")


if __name__ == "__main__":
    main()
