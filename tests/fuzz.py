"""Fuzzing: seeded damage to good filings, each read in the cage; the same numbers come out, or the file is refused.

``python -m tests.fuzz 20000 --seed 1`` runs as many cases and prints what became of them; every case is named by its
source, mutation and seed, so that ``python -m tests.fuzz --case ods/one_bit/17 --keep a.ods`` makes it again.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from random import Random

import openpyxl
from msgspec import Struct
from python_calamine import CalamineWorkbook

from tests.grids import annual_report, distinct, year
from tests.mutations import BYTES, MARKUP, PARTS, Mutation, one_digit
from tests.office_tools import SOFFICE, saved_as
from tests.tables import put
from tests.workbooks import packed, unpacked
from workbook_tool.files.intake.cage import Cage
from workbook_tool.files.intake.engine import Lost
from workbook_tool.files.intake.inbox import list_files
from workbook_tool.files.workbook.render import render
from workbook_tool.intake import Terms, take_in
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import FileRecord, Opened
from workbook_tool.model.intake.submission import Agency, Reading, Submission
from workbook_tool.model.office.settings import Limits, Roster
from workbook_tool.steps.form import blank_book

AGENCY = Agency("020", "示例县教育局")
SAME, FOLLOWED, DIFFERENT, SILENT, LOST = "same", "followed", "DIFFERENT", "silent (.xls)", "lost"
"""The same numbers; other numbers, which another reader sees in these very cells; numbers that nobody filed; the same
in a format without checksums; no outcome, since the worker died."""
WITHOUT_CHECKSUMS = ("one_bit", "byte_run", "bytes_moved", "bytes_lost", "zero_tail", "cut_off")
MUTATIONS: dict[str, dict[str, Mutation]] = {
    "xlsx": BYTES | PARTS | MARKUP,
    "stored": BYTES | {"one_digit": one_digit},
    "ods": BYTES | PARTS | MARKUP,
    "xls": BYTES,
}
"""By source; ``stored`` is an .xlsx whose parts are not compressed, so that only checksums guard its numbers."""
Figures = dict[str, tuple[int | None, str, object]]
"""By item code: the exact number, the sheet and the place."""


class Case(Struct, frozen=True):
    """One damaged file. ``str`` gives its name."""

    source: str
    mutation: str
    seed: int

    def __str__(self) -> str:
        return f"{self.source}/{self.mutation}/{self.seed}"


class Verdict(Struct, frozen=True):
    """What became of a case: the outcome, and of a refusal or a difference its words."""

    outcome: str
    detail: str = ""


class Bench(Struct, frozen=True):
    """What a worker needs: the good files by format, the figures in them, a folder to work in."""

    sources: dict[str, bytes]
    figures: dict[str, Figures]
    terms: Terms
    folder: Path

    def content(self, case: Case) -> bytes:
        return MUTATIONS[case.source][case.mutation](self.sources[case.source], Random(str(case)))


def prepare(folder: Path) -> Bench:
    """A filing with another number in every cell, as .xlsx and as LibreOffice saves it as .ods and .xls."""
    form, path = annual_report(), folder / "good.xlsx"
    render(blank_book(form, year(2023), date(2024, 1, 1), AGENCY), path)
    book = openpyxl.load_workbook(path)
    for code, number in distinct(form).items():
        put(book, code.replace(".", "_"), number)
    book.save(path)
    paths = {"xlsx": path, "stored": folder / "stored.xlsx"}
    paths["stored"].write_bytes(packed(unpacked(path.read_bytes()), zipfile.ZIP_STORED))
    if SOFFICE:
        paths |= {kind: saved_as(path, kind, folder) for kind in ("ods", "xls")}
    terms = Terms(form, Roster((AGENCY,)), year(2023))
    figures = {}
    for kind, saved in paths.items():
        read = take_in(list_files([saved])[0], terms)
        assert isinstance(read, Submission)
        figures[kind] = figures_of(read, terms)
        assert not any(f.severity is Severity.MUST for f in read.findings)
    return Bench({kind: saved.read_bytes() for kind, saved in paths.items()}, figures, terms, folder)


def figures_of(read: Submission, terms: Terms) -> Figures:
    pairs = zip(terms.form.items, read.readings, strict=True)
    return {item.code: (reading.number, reading.sheet, reading.place) for item, reading in pairs}


def judge(case: Case, bench: Bench) -> Verdict:
    """In a caged worker: read the damaged file as the program reads any file, and compare."""
    content = bench.content(case)
    path = bench.folder / f"{os.getpid()}.{case.source}"
    path.write_bytes(content)
    read = take_in(list_files([path])[0], bench.terms)
    if isinstance(read, Opened):
        return Verdict("container", read.record.reason)
    if isinstance(read, FileRecord):
        return Verdict(read.state.value, read.reason)
    wrong = differences(read, case, bench)
    if not wrong:
        return silence(read)
    if case.mutation in MARKUP and all(seen_by_another(content, reading) for _, reading in wrong):
        return Verdict(FOLLOWED, "told" if goes_back(read) or read.findings else "nothing said")
    if case.source == "xls" and case.mutation in WITHOUT_CHECKSUMS:
        return Verdict(SILENT, case.mutation)
    return Verdict(DIFFERENT, ", ".join(f"{code}={r.number}@{r.sheet}!{r.place}" for code, r in wrong[:3]))


def differences(read: Submission, case: Case, bench: Bench) -> list[tuple[str, Reading]]:
    """The numbers that are not those of the good file, or come from another cell though nothing was moved."""
    good, moved = bench.figures[case.source], case.mutation in PARTS | MARKUP
    found = []
    for item, reading in zip(bench.terms.form.items, read.readings, strict=True):
        number, *place = good[item.code]
        if reading.number is not None and (
            number != reading.number or not (moved or place == [reading.sheet, reading.place])
        ):
            found.append((item.code, reading))
    return found


def silence(read: Submission) -> Verdict:
    """All numbers the same, or some unread; then the filing must go back."""
    if all(reading.number is not None for reading in read.readings):
        return Verdict(SAME)
    rules = sorted({f.rule for f in read.findings if f.severity is Severity.MUST})
    rules += ["V-BLANK"] * any(reading.state == "blank" for reading in read.readings)
    return Verdict("must", "+".join(rules)) if rules else Verdict(DIFFERENT, "numbers unread, and nothing said")


def goes_back(read: Submission) -> bool:
    blank = any(reading.state == "blank" for reading in read.readings)
    return blank or any(finding.severity is Severity.MUST for finding in read.findings)


def seen_by_another(content: bytes, reading: Reading) -> bool:
    """Whether a reader that has nothing to do with ours sees this in this very cell."""
    assert reading.place is not None
    try:
        if b"content.xml" in content:
            sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name(reading.sheet)
            found = sheet.to_python(skip_empty_area=False)[reading.place[0]][reading.place[1]]
        else:
            found = (
                openpyxl.load_workbook(io.BytesIO(content), data_only=True)[reading.sheet]
                .cell(reading.place[0] + 1, reading.place[1] + 1)
                .value
            )
    except BaseException:  # its panics are no Exception
        return False
    return reading.shown == (str(int(found)) if isinstance(found, float) and found.is_integer() else str(found))


def table(verdicts: Sequence[tuple[Case, Verdict]]) -> Iterator[str]:
    """How many cases came to what, by source and mutation."""
    counts = Counter((case.source, case.mutation, verdict.outcome) for case, verdict in verdicts)
    outcomes = sorted({outcome for *_, outcome in counts}, key=lambda o: (o == DIFFERENT, o))
    rows = dict.fromkeys((case.source, case.mutation) for case, _ in verdicts)
    yield "| source | mutation | " + " | ".join(outcomes) + " | all |"
    yield "|---|---|" + "--:|" * (len(outcomes) + 1)
    for row in sorted(rows):
        figures = [counts[(*row, outcome)] for outcome in outcomes]
        yield f"| {row[0]} | {row[1]} | " + " | ".join(map(str, [*figures, sum(figures)])) + " |"
    sums = [sum(n for (*_, o), n in counts.items() if o == outcome) for outcome in outcomes]
    yield "| all | | " + " | ".join(map(str, [*sums, sum(sums)])) + " |"


def reasons(verdicts: Sequence[tuple[Case, Verdict]]) -> Iterator[str]:
    """How often each thing was said, cells and numbers aside."""
    said = Counter((v.outcome, re.sub(r"「[^」]*」|[A-Z]+\d+|\d+", "…", v.detail)) for _, v in verdicts if v.detail)
    for (outcome, words), count in said.most_common():
        if outcome != DIFFERENT:
            yield f"{count:6} {outcome}: {words}"


def cases(number: int, seed: int, kinds: Sequence[str]) -> list[Case]:
    """As many cases, every mutation of every source about as often."""
    pairs = [(kind, mutation) for kind in kinds for mutation in MUTATIONS[kind]]
    return [Case(*pairs[n % len(pairs)], seed * 10_000_000 + n // len(pairs)) for n in range(number)]


def run(wanted: Sequence[Case], bench: Bench, limits: Limits, progress: bool = False) -> list[tuple[Case, Verdict]]:
    def told(done: int, total: int) -> None:
        if progress and done % 1600 == 0:
            print(f"{done}/{total}", file=sys.stderr, flush=True)

    with Cage(judge, bench, limits) as cage:
        results = list(cage.map(wanted, told))
    return [
        (c, Verdict(LOST, r.reason + r.detail[-300:]) if isinstance(r, Lost) else r)
        for c, r in zip(wanted, results, strict=True)
    ]


def main(words: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("number", type=int, nargs="?", default=2000, help="how many cases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", help="only this one, such as xlsx/one_bit/10000000")
    parser.add_argument("--keep", type=Path, help="where to write the file of --case")
    given = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        bench = prepare(Path(name))
        if given.case:
            source, mutation, seed = given.case.split("/")
            return one_case(Case(source, mutation, int(seed)), bench, given.keep)
        start = time.monotonic()
        verdicts = run(cases(given.number, given.seed, list(bench.sources)), bench, Limits(), progress=True)
    print(*table(verdicts), "", *reasons(verdicts), "", sep="\n")
    bad = [(case, verdict) for case, verdict in verdicts if verdict.outcome in (DIFFERENT, LOST)]
    print(*(f"{verdict.outcome} {case}: {verdict.detail}" for case, verdict in bad), sep="\n")
    print(f"{len(verdicts)} cases, {len(bad)} bad, {time.monotonic() - start:.0f} s")
    return 1 if bad else 0


def one_case(case: Case, bench: Bench, keep: Path | None) -> int:
    if keep:
        keep.write_bytes(bench.content(case))
    verdict = judge(case, bench)
    print(case, verdict.outcome, verdict.detail)
    return int(verdict.outcome == DIFFERENT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
