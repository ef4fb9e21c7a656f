"""Eight weeks of an office, from the first filing to the signed result and one filing too late:
``python -m tests.benchmarks.season FOLDER [AGENCIES]``.

Clerks file, correct the copies that came back, send the wrong thing again, explain; the reviewer decides in the workbook
and signs. Every week the real command line runs, and a second time to see what an unchanged inbox costs. Always the same
season. Prints a line a week.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from msgspec import Struct, field
from openpyxl.worksheet.worksheet import Worksheet

from tests.benchmarks.office import BUREAUS, FAULTS, KINDS, SEED
from tests.faults import Faults
from tests.filings import Maker, Numbers
from tests.grids import ROOT, annual_report, year
from tests.tables import put
from workbook_tool.files.office.roster import load_roster
from workbook_tool.files.workbook.render import render
from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.steps.form import blank_book

CONFIG = """
[region]
name = "示例市"
contact = "政务公开科 0537-1234567"

[report]
form = "zfxxgk-2021"
year = 2023
deadline = 2024-01-31
last_year = "last_year.csv"

[roster]
file = "roster.csv"

[scorecard]
"""
MONDAYS = [date(2024, 1, 8) + timedelta(weeks=n) for n in range(8)]
SIGNED = 6
"""The week after whose run the result is signed."""
SHARES = {"faulty": 0.35, "other carry": 0.15, "unchanged": 0.1, "fixed and broken": 0.1, "silent": 0.15}


class Clerk(Struct):
    """One agency over the season: what is true, what was filed first, and in which week."""

    agency: Agency
    truth: Numbers
    filed: Numbers
    week: int
    temper: float
    answers: int = 0


class Season(Struct):
    """The office and its clerks."""

    folder: Path
    form: Form
    clerks: list[Clerk]
    faults: Faults
    rng: random.Random = field(default_factory=lambda: random.Random(SEED))

    def file(self, clerk: Clerk) -> None:
        """The first filing: the issued workbook filled in."""
        path = self.folder / "inbox" / f"{clerk.agency.code}.xlsx"
        render(blank_book(self.form, year(2023), date(2024, 1, 1), clerk.agency), path)
        self.type_in(path, path, clerk.filed)

    def type_in(self, source: Path, target: Path, numbers: Numbers, explain: bool = False) -> None:
        book = openpyxl.load_workbook(source, keep_vba=source.suffix == ".xlsm")
        for index, number in numbers.items():
            put(book, self.form.items[index].cell_name, float(as_decimal(number, self.form.items[index])))
        if explain and "退改说明" in book.sheetnames:
            say(book["退改说明"], "单位机构改革，上年报告口径不同，数字经复核无误")
        book.save(target)

    def answer(self, clerk: Clerk, copy: Path) -> None:
        """The marked copy comes back: mostly put right, sometimes not, explained where that is asked for."""
        mood, clerk.answers = clerk.temper + 0.5 * clerk.answers, clerk.answers + 1
        if mood < SHARES["silent"]:
            return
        numbers = clerk.truth
        if mood < SHARES["silent"] + SHARES["unchanged"]:
            numbers = clerk.filed
        elif mood < SHARES["silent"] + SHARES["unchanged"] + SHARES["fixed and broken"]:
            fault = self.faults.apply("one wrong detail cell", clerk.truth, self.rng)
            numbers = fault.numbers if fault else clerk.truth
        clerk.filed = numbers
        self.type_in(copy, self.folder / "inbox" / copy.name, numbers, explain=True)

    def run(self, *arguments: str) -> tuple[float, str]:
        command = [sys.executable, "-m", "workbook_tool", *arguments]
        start = time.perf_counter()
        here = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
        done = subprocess.run(command, cwd=self.folder, env=here, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr + done.stdout
        return time.perf_counter() - start, done.stdout

    def decide(self, folder: Path) -> int:
        """The reviewer accepts what was explained, in a copy of the newest workbook saved among the decisions."""
        workbook = next(folder.glob("汇总_*.xlsx"))
        book = openpyxl.load_workbook(workbook)
        sheet = book["问题清单"]
        header, columns = heads(sheet, "处理意见")
        accepted = 0
        for row in range(header + 1, sheet.max_row + 1):
            status = str(sheet.cell(row, columns["状态"]).value or "")
            if status.startswith("已说明"):
                sheet.cell(row, columns["处理意见"]).value = "已说明，同意"
                sheet.cell(row, columns["备注"]).value = "电话核实"
                accepted += 1
        if accepted:
            (self.folder / "decisions").mkdir(exist_ok=True)
            book.save(self.folder / "decisions" / f"审核_{workbook.name}")
        return accepted


def heads(sheet: Worksheet, wanted: str) -> tuple[int, dict[str, int]]:
    """The header row of a list and its columns."""
    for row in sheet.iter_rows():
        if any(cell.value == wanted for cell in row):
            return row[0].row, {str(cell.value): cell.column for cell in row if cell.value}
    raise AssertionError(f"{sheet.title} has no {wanted}")


def say(sheet: Worksheet, words: str) -> None:
    header, columns = heads(sheet, "情况说明")
    for row in range(header + 1, sheet.max_row + 1):
        if sheet.cell(row, columns["程度"]).value == "需说明":
            sheet.cell(row, columns["情况说明"]).value = words


def make(folder: Path, count: int) -> Season:
    """The office before its first week: configuration, roster, last year, and who will file what when."""
    form, rng = annual_report(), random.Random(SEED)
    maker, faults = Maker(form), Faults(form)
    (folder / "inbox").mkdir(parents=True)
    (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
    shutil.copytree(ROOT / "templates", folder / "templates")
    lines = [
        f"{n:03d},示例{n:03d}县{rng.choice(BUREAUS)},{KINDS[n % len(KINDS)]},a{n:03d}@example.gov.cn"
        for n in range(1, count + 1)
    ]
    (folder / "roster.csv").write_text("\n".join(["代码,名称,类别,邮箱", *lines, ""]), encoding="utf-8")
    clerks = []
    for agency, truth in zip(load_roster(folder / "roster.csv").agencies, maker.filings(count, SEED), strict=True):
        faulty = rng.random() < SHARES["faulty"]
        fault = faults.apply(rng.choice(FAULTS), truth, rng) if faulty else None
        week = rng.choice((0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 5))
        clerks.append(Clerk(agency, truth, fault.numbers if fault else truth, week, rng.random()))
    clerks[-1].week = len(MONDAYS) - 1  # after the result was signed
    last_year(folder / "last_year.csv", form, clerks, rng)
    return Season(folder, form, clerks, faults)


def last_year(path: Path, form: Form, clerks: list[Clerk], rng: random.Random) -> None:
    """What was carried over; of some agencies another number, which they will have to explain."""
    carried = [(c.at, c.carried) for c in form.constraints if c.carried is not None]
    lines = ["agency_code,agency,year,table,row,column,value,file,sheet,cell"]
    for clerk in clerks:
        more = 1 if rng.random() < SHARES["other carry"] else 0
        for now, before in carried:
            item = form.items[before]
            number = as_decimal(clerk.truth[now] + more, item)
            place = f"{item.table.name},{item.row.label},{item.column.label}"
            lines.append(f"{clerk.agency.code},{clerk.agency.name},2022,{place},{number},,,")
            more = 0
    path.write_text("\n".join([*lines, ""]), encoding="utf-8-sig")


def main(folder: Path, count: int) -> None:
    """Live through the season and print it."""
    season, before = make(folder, count), None
    for number, monday in enumerate(MONDAYS):
        for clerk in season.clerks:
            copies = sorted((before / "returns").glob(f"{clerk.agency.code}_*.xlsx")) if before else []
            if clerk.week == number:
                season.file(clerk)
            elif copies:
                season.answer(clerk, copies[0])
        first, _ = season.run("run", "--as-of", monday.isoformat())
        again, _ = season.run("run", "--as-of", monday.isoformat())
        (before,) = (folder / "outbox").glob(f"{monday.isoformat()}-*")
        manifest = json.loads((before / "run.json").read_text(encoding="utf-8"))
        accepted = season.decide(before)
        print(f"{monday} {told(manifest)}; accepted {accepted}; {first:.2f} s, again {again:.2f} s", flush=True)
        if number == SIGNED:
            print(season.run("sign")[1])


def told(manifest: dict[str, Any]) -> str:
    """A week in a line: how the agencies stand, what became of the problems, what was resubmitted."""
    states = Counter(agency["state"] for agency in manifest["agencies"])
    words = [f"{state} {count}" for state, count in sorted(states.items())]
    if changes := manifest["changes"]:
        words += [f"{status} {count}" for status, count in changes["counts"].items() if count]
        words += [
            f"{kind} {len(changes[kind])}" for kind in ("filed", "revised", "unaltered", "swapped") if changes[kind]
        ]
    if signed := manifest["signed"]:
        words.append(f"against {signed['run']}: {signed['items']} totals, new {signed['new']}")
    return ", ".join(words)


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute(), int(sys.argv[2]) if len(sys.argv) > 2 else 64)
