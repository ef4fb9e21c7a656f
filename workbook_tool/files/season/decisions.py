"""Reads reviewers' decisions back: from the workbooks of earlier runs that were saved since, and from the folder of
decisions.

They are the office's own workbooks, but a program may have crashed while it saved one: they are read in the cage like
any file, and one that cannot be read is a warning. What was read is kept in the ledger, so that the next run need not
read it again. Nothing is ever written to the workbooks.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.intake.cage import Cage
from workbook_tool.files.intake.engine import Engine, Lost
from workbook_tool.files.intake.formats.package import open_package, parse_xml
from workbook_tool.files.intake.ignored import is_ignored
from workbook_tool.files.intake.inbox import closed_folder, source_file
from workbook_tool.files.intake.opening import entries
from workbook_tool.files.intake.reading import read_bytes, read_sheets
from workbook_tool.files.intake.unique_names import from_disk
from workbook_tool.files.season.last_year import shown
from workbook_tool.files.season.ledger.reviews import Reviews
from workbook_tool.files.season.run_folders import run_folders
from workbook_tool.files.season.typed_numbers import typed_numbers
from workbook_tool.files.season.typed_opinions import decision, listed_rows, unsound
from workbook_tool.model.errors import Unreadable, why
from workbook_tool.model.form.period import Period, named
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Sheet
from workbook_tool.model.judging.correction import TypedNumber
from workbook_tool.model.office.settings import Limits, Settings
from workbook_tool.model.season.history import UNDONE, Reviewed, Typed
from workbook_tool.model.text import safe_text

KINDS = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
OPEN_MARKS = ("~${}", ".~{}", ".~lock.{}#")
"""What Excel, WPS and LibreOffice put beside a file while it is open."""
MODIFIED = {"docprops/core.xml": "modified", "meta.xml": "date"}
"""The part of a package that says when it was last saved, and the element that does."""


class SavedWorkbook(Struct, frozen=True):
    """A workbook to be read: what it is called, the digest of its bytes (empty where they cannot be read), and the run in
    whose folder it lies."""

    path: Path
    file: str
    sha256: str
    run: str = ""
    aside: bool = False


class Desk(Struct, frozen=True):
    """What a workbook must be of, and how it may be read. ``others`` are the office's other forms: their workbooks are read
    for their own reports."""

    region: str
    period: Period
    form: str
    limits: Limits
    others: tuple[str, ...] = ()


def read_decisions(
    settings: Settings, kept: Reviews, engine: Engine = Cage, forms: Collection[str] = ()
) -> list[Reviewed]:
    """Every workbook of this period that may hold decisions, with what was typed into it; ``forms`` are all of the office. One that nobody touched since it
    was published holds none, and is not read; one that was read before, and is ``kept``, is not read again."""
    found, closed = beside(settings)
    workbooks = [*published(settings), *put_aside(found, settings)]
    changed = [one for one, untouched in workbooks if not untouched]
    read = read_or_kept(changed, desk_of(settings, forms), kept, engine)
    reviewed = []
    for one, _ in workbooks:
        there = read.get(one.file) or Reviewed(one.file, one.run, one.aside)
        reviewed.append(replace(there, warnings=(*open_elsewhere(one), *there.warnings)))
    return [*closed, *(one for one in reviewed if one.run or one.warnings)]


def typed_since(
    settings: Settings, kept: Reviews, engine: Engine = Cage, forms: Collection[str] = ()
) -> list[Reviewed]:
    """What was typed into the workbooks of this period, those alone that were saved since a run last read them."""
    found, _ = beside(settings)
    desk, workbooks = desk_of(settings, forms), [*published(settings), *put_aside(found, settings)]
    saved = [one for one, untouched in workbooks if not untouched and kept.get(facts_of(one, desk)) is None]
    return list(read_or_kept(saved, desk, kept, engine).values())


def desk_of(settings: Settings, forms: Collection[str]) -> Desk:
    """What the workbooks of a report must be of; ``forms`` are all of the office."""
    others = tuple(form for form in forms if form != settings.form)
    return Desk(settings.region, settings.period, settings.form, settings.limits, others)


def facts_of(one: SavedWorkbook, desk: Desk) -> object:
    """All that the reading of a workbook depends on."""
    return desk, one.file, one.run, one.aside, one.sha256


def read_or_kept(changed: Sequence[SavedWorkbook], desk: Desk, kept: Reviews, engine: Engine) -> dict[str, Reviewed]:
    """What was typed into each workbook, by its name. Kept is what was read of the very bytes that its digest is of."""
    facts = {one: facts_of(one, desk) for one in changed}
    read = {one.file: there for one in changed if (there := kept.get(facts[one]))}
    if unknown := [one for one in changed if one.file not in read]:
        with engine(read_reviewed, desk, desk.limits) as workers:
            for one, outcome in zip(unknown, workers.map(unknown), strict=True):
                if isinstance(outcome, Lost):
                    read[one.file] = unread(one, outcome.reason)
                    continue
                sha256, read[one.file] = outcome
                if sha256 and sha256 == one.sha256:
                    kept.put(facts[one], read[one.file])
    kept.save()
    return read


def published(settings: Settings) -> Iterator[tuple[SavedWorkbook, bool]]:
    """The workbooks of the runs of this period, those of withdrawn runs too, since what was typed there was meant; and
    whether each is as it was published."""
    for folder, manifest in (*run_folders(settings.outbox), *run_folders(settings.outbox / UNDONE)):
        path = folder / Path(manifest.workbook).name
        ours = manifest.region == settings.region and manifest.about(settings.form, settings.period)
        if ours and path != folder and path.is_file():
            found = SavedWorkbook(
                path, called(path, settings), source_file(path, "", settings.limits).sha256, folder.name
            )
            yield found, found.sha256 == manifest.workbook_sha256


def put_aside(found: Sequence[Path], settings: Settings) -> Iterator[tuple[SavedWorkbook, bool]]:
    """The workbooks among what lies in the folder of decisions."""
    for path in sorted(found):
        if path.suffix.lower() in KINDS and not is_ignored(path.name) and not path.is_dir():
            sha256 = source_file(path, "", settings.limits).sha256
            yield SavedWorkbook(path, called(path, settings), sha256, aside=True), False


def beside(settings: Settings) -> tuple[list[Path], list[Reviewed]]:
    """What lies in the folder of decisions, and a warning for each folder in it that cannot be listed. Raises OfficeError
    where that is so of the folder itself: what reviewers decided must not be forgotten in silence."""
    try:
        found, closed = entries(settings.decisions)
    except FileNotFoundError:
        return [], []
    except OSError as error:
        raise closed_folder("处理意见的文件夹", settings.decisions, error) from error
    told = "“{}”打不开：{}，里面如有处理意见，没有读到；请检查这个文件夹的权限，再运行一次。"
    names = {path: called(path, settings) for path in closed}
    return found, [
        Reviewed(names[path], aside=True, warnings=(told.format(names[path], why(error)),))
        for path, error in closed.items()
    ]


def called(path: Path, settings: Settings) -> str:
    """The name under which people know the file: from the office's folder on, wherever that lies."""
    inside = path.is_relative_to(settings.root)
    return safe_text(from_disk((path.relative_to(settings.root) if inside else Path(path.name)).as_posix()))


def open_elsewhere(one: SavedWorkbook) -> Iterator[str]:
    """A warning where a program has the workbook open: what is not saved yet cannot be read."""
    if any((one.path.parent / mark.format(one.path.name)).exists() for mark in OPEN_MARKS):
        yield f"“{one.file}”正开着，只读到上次保存的意见；请保存并关闭后再运行一次。"


def unread(one: SavedWorkbook, reason: str) -> Reviewed:
    """A workbook that could not be read; without its run, so that what is remembered of it stands."""
    return Reviewed(one.file, aside=one.aside, warnings=(f"“{one.file}”里的处理意见没有读到：{reason}。",))


def read_reviewed(one: SavedWorkbook, desk: Desk) -> tuple[str, Reviewed]:
    """In a worker: what was typed into this workbook, and the digest of the bytes that say so; empty where there were
    none to be had, which may be otherwise next time."""
    try:
        content = read_bytes(one.path, desk.limits)
    except Unreadable as error:
        return "", unread(one, str(error))
    return hashlib.sha256(content).hexdigest(), understood(content, one, desk)


def understood(content: bytes, one: SavedWorkbook, desk: Desk) -> Reviewed:
    """What was typed into a workbook of this content."""
    try:
        sheets = read_sheets(content, desk.limits)
        modified = saved_at(content, desk.limits)
    except Unreadable as error:
        return unread(one, str(error))
    identity = identity_of(sheets)
    run = identity.get("run") or one.run
    if one.aside and not run:
        return unread(one, "不是本程序写出的汇总工作簿，或者是旧版本写的")
    period = identity.get("period") or identity.get("year") or str(desk.period)
    told = identity.get("form", desk.form), identity.get("name", desk.region)
    if told[1] != safe_text(desk.region) or told[0] not in (desk.form, *desk.others):
        return unread(one, f"是{told[1]} {named(period)}的，本次是{desk.region} {desk.period.spaced}的")
    if told[0] in desk.others or period != str(desk.period):
        return Reviewed(one.file, aside=one.aside)  # those of other periods may lie there for ever
    lists = [found for sheet in sheets if (found := listed_rows(sheet, one.file))]
    if one.aside and not lists:
        return unread(one, "找不到填处理意见的列表（隐藏的列可能被删去，或表头改了名）")
    rows = [row for found in lists for row in found]
    mixed = [unsound(row) for row in rows if row.touched and not row.sound]
    sound = [row for row in rows if row.sound]
    opined = [row for row in sound if row.opined]
    decisions = [decision(row, run, one.file) for row in opined]
    numbers = list(typed_numbers(sound, run, one.file))
    typed = tuple(one for one in decisions if isinstance(one, Typed))
    warnings = tuple(one for one in (*mixed, *decisions, *numbers) if isinstance(one, str))
    refused = {row.key for row, made in zip(opined, decisions, strict=True) if isinstance(made, str)}
    keys = frozenset(row.key for row in rows) - refused  # what is not followed takes nothing back
    corrected = tuple(one for one in numbers if isinstance(one, TypedNumber))
    return Reviewed(one.file, run, one.aside, modified, typed, warnings, keys, corrected)


def saved_at(content: bytes, limits: Limits) -> str:
    """When the file says that it was last saved; empty where it does not say it."""
    if content[:2] != b"PK":
        return ""
    parts = open_package(content, limits)
    for part, element in MODIFIED.items():
        for node in parse_xml(parts[part]).iter("{*}" + element) if part in parts else ():
            return node.text or ""
    return ""


def identity_of(sheets: Sequence[Sheet]) -> dict[str, str]:
    """What the hidden sheet says."""
    cells = next((sheet.cells for sheet in sheets if sheet.name == IDENTITY_SHEET), {})
    return {shown(cells[row, 0]): shown(cells.get((row, 1))) for row, column in sorted(cells) if column == 0}
