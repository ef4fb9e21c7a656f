"""Finds and reads last year's accepted values: a values.csv, a run folder, or an older regional workbook of ours.

A source that the configuration names must be right, or nothing runs. One that we find by ourselves in the outbox and
cannot read is told as a problem, and last year is then unknown.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path

from msgspec.structs import replace

from workbook_tool.files.intake.reading import read_bytes, read_sheets
from workbook_tool.files.season.run_folders import MANIFEST, read_manifest, run_folders
from workbook_tool.files.season.signatures import read_mark
from workbook_tool.files.workbook.texts_csv import TEXTS, read_texts
from workbook_tool.model.errors import OfficeError, Unreadable, why
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.period import Period, as_period, named
from workbook_tool.model.intake.submission import Content, Sheet
from workbook_tool.model.office.settings import Limits, Settings
from workbook_tool.model.season.agency import ACCEPTED
from workbook_tool.model.season.last_year import LARGEST, NO_LAST_YEAR, LastYear, Values
from workbook_tool.model.text import as_meant
from workbook_tool.model.workbook.headers import CODE, NAME, STATE
from workbook_tool.model.workbook.manifest import run_order

VALUES = "values.csv"
COLUMNS = ("agency_code", "year", "table", "row", "column", "value")
PASSED = {state.label for state in ACCEPTED}


class WrongSourceError(Exception):
    """What is wrong with a source, in words."""


def load_last_year(settings: Settings, form: Form) -> LastYear:
    """Last year's values: from the source that config.toml names, else from the signed run of that year, else from its
    newest.

    Raises OfficeError where the named source cannot be what it should.
    """
    period, named = settings.period.year_ago, settings.last_year
    if period is None:
        return NO_LAST_YEAR
    if named is not None:
        try:
            inside = named.is_relative_to(settings.root)
            return read_source(named, period, form).named(
                (named.relative_to(settings.root) if inside else named).as_posix()
            )
        except WrongSourceError as error:
            raise OfficeError(
                f"config.toml [report] last_year：{named} {error}。可以是 values.csv、发件夹里的一个结果文件夹，"
                "或以前的汇总工作簿（.xlsx）；没有上年数据的，删去这一行。"
            ) from None
    signed = read_mark(settings.outbox, period, form.id)
    if signed and signed.problem:
        return LastYear(period, signed.path.name, problem=f"{period.spaced}的定稿用不上，{signed.problem}")
    folder = settings.outbox / signed.run if signed else newest_run(settings.outbox, period, form)
    if folder is None:
        return LastYear(period)
    try:
        return read_source(folder, period, form)
    except WrongSourceError as error:
        return LastYear(period, folder.name, problem=f"“{folder.name}”{error}")


def newest_run(outbox: Path, period: Period, form: Form) -> Path | None:
    """The newest run folder of this period and form; by the day it is labelled with, then by its number."""
    runs = [
        (told.as_of, run_order(folder.name)[1], folder)
        for folder, told in run_folders(outbox)
        if told.about(form.id, period)
    ]
    return max(runs)[2] if runs else None


def run_periods(outbox: Path, form: Form) -> list[Period]:
    """The periods of this form that there are runs of, the newest first."""
    runs = [one for _, told in run_folders(outbox) for one in told.each if one.form == form.id]
    found = {as_period(one.period or str(one.year)) for one in runs}
    return sorted((period for period in found if period), reverse=True)


def read_source(path: Path, period: Period, form: Form) -> LastYear:
    """The values of one source, of whichever sort. Raises WrongSourceError."""
    if path.is_dir():
        manifest = read_manifest(path)
        if manifest is None:
            raise WrongSourceError(f"里没有可以读取的 {MANIFEST}")
        if manifest.form != form.id and not any(told.form == form.id for told in manifest.reports):
            raise WrongSourceError(f"是另一种表（{manifest.form}），不是 {form.id}")
        if not any(told.form == form.id and told.period == str(period) for told in manifest.reports):
            refuse_period(manifest.period or str(manifest.year), period)
        return with_texts(read_source(path / VALUES, period, form), path / TEXTS, form).named(path.name)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise WrongSourceError("不存在") from None
    except OSError as error:
        raise WrongSourceError(f"无法读取：{why(error)}") from None
    entries = (
        workbook_entries(path, period, form) if path.suffix.lower() == ".xlsx" else csv_entries(content, period, form)
    )
    values, names = collect(entries)
    if not values:
        raise WrongSourceError("里没有一个数")
    apart = frozenset(item.index for item in form.items if not item.added)
    return LastYear(period, path.name, values, hashlib.sha256(content).hexdigest(), names=names, apart=apart)


def with_texts(last: LastYear, path: Path, form: Form) -> LastYear:
    """The same with what the reports said then; an older run, or one without documents, has nothing of it. Raises
    WrongSourceError."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return last
    except OSError as error:
        raise WrongSourceError(f"里的 {TEXTS} 无法读取：{why(error)}") from None
    assert last.period
    both = hashlib.sha256((last.sha256 or "").encode() + content).hexdigest()
    return replace(last, said=read_texts(csv_text(content), form, last.period), sha256=both)


def refuse_period(found: str, period: Period) -> None:
    """Refuse a source that reports another period than the one looked for."""
    if found != str(period):
        raise WrongSourceError(f"是 {named(found)}的，应为 {period.spaced}的")


def refuse_other(row: Mapping[str, str], period: Period, form: Form) -> None:
    """Refuse a values.csv of which no row is this form's and period's, by the first that it has."""
    if row["form"] != form.id:
        raise WrongSourceError(f"是另一种表（{row['form']}），不是 {form.id}")
    refuse_period(row.get("period", ""), period)


Entry = tuple[str, str, str, Item, int]
"""Where it stands, the agency's code and name, the item and its exact number."""


def collect(entries: Iterable[Entry]) -> tuple[dict[str, Values], dict[str, str]]:
    """The numbers by agency and item, and the agencies' names. Raises WrongSourceError where a number stands there
    twice."""
    found: dict[str, dict[int, int]] = {}
    names: dict[str, str] = {}
    for place, code, name, item, number in entries:
        names.setdefault(code, name)
        if item.index in found.setdefault(code, {}):
            raise WrongSourceError(f"{place}：单位 {code} 的{item.label}出现了两次")
        found[code][item.index] = number
    return dict(found), names


def csv_entries(content: bytes, period: Period, form: Form) -> Iterator[Entry]:
    """The rows of a values.csv that are this form's and period's: it may hold those of several."""
    try:
        rows = csv.DictReader(io.StringIO(csv_text(content), newline=""))
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
        if missing:
            raise WrongSourceError(other_separator(rows.fieldnames) or f"不是 {VALUES}：没有 {'、'.join(missing)} 列")
        passed: dict[str, str] = {}
        read = False
        for line in rows:
            row = {head: as_meant(cell) for head, cell in line.items() if isinstance(cell, str)}
            place = f"第 {rows.line_num} 行"
            if row.get("form") and (row["form"], row.get("period")) != (form.id, str(period)):
                passed = passed or row
                continue
            if row.get("year") != str(period.year) or not row.get("period"):
                refuse_period(row.get("year", ""), period)
            item = form.by_labels.get((row.get("table", ""), row.get("row", ""), row.get("column", "")))
            if item is None or not row.get("agency_code"):
                raise WrongSourceError(f"{place}不是《{form.title}》（{form.id}）的数")
            read = True
            yield place, row["agency_code"], row.get("agency", ""), item, exact(row.get("value"), item, place)
        if passed and not read:
            refuse_other(passed, period, form)
    except csv.Error:
        raise WrongSourceError(f"不是 {VALUES}") from None


def other_separator(heads: Sequence[str] | None) -> str:
    """What is to be said of a head that is parted otherwise than by commas, as spreadsheet programs save it in some regions;
    empty where that is not so."""
    first, name = "".join(heads or ()), {";": "分号", "\t": "制表符", "|": "竖线"}
    found = next((mark for mark in name if all(column in first.split(mark) for column in COLUMNS)), "")
    return f"各列用{name[found]}隔开，应为逗号；请改用未经表格软件保存的 {VALUES}" if found else ""


def csv_text(content: bytes) -> str:
    """A CSV as text: as we write it, or in the encoding in which a Chinese Excel saves it again."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise WrongSourceError(f"不是 UTF-8 编码的 {VALUES}")


def exact(text: str | None, item: Item, place: str) -> int:
    """The number in the smallest unit of its item. A spreadsheet program that saves a CSV again may write long ones with an exponent, and then digits are lost."""
    if text and "e" in text.lower():
        raise WrongSourceError(f"{place}的“{text}”被表格软件改写过，位数不全；请改用未经表格软件保存的 {VALUES}")
    try:
        number = Decimal(text or "").scaleb(item.decimals)
        whole = int(number)
    except (InvalidOperation, ValueError, OverflowError):
        raise WrongSourceError(f"{place}的“{text}”不是数") from None
    if whole != number or abs(whole) >= LARGEST or (whole < 0 and not item.negative):
        raise WrongSourceError(f"{place}的“{text}”不是{item.label}可以有的数")
    return whole


def workbook_entries(path: Path, period: Period, form: Form) -> Iterator[Entry]:
    """The numbers of the sheet of a regional workbook that has a row for each agency, by the codes over its columns;
    only those of accepted filings."""
    try:
        sheets = read_sheets(read_bytes(path, Limits()), Limits())
    except Unreadable as error:
        raise WrongSourceError(f"打不开（{error}）") from None
    refuse_period(titled_period(sheets, period), period)
    sheet, top, columns = detail_of(sheets, form)
    last = max(row for row, _ in sheet.cells)
    for row in range(top + 1, last + 1):
        if shown(sheet.cells.get((row, columns[STATE]))) in PASSED:
            code, name = (shown(sheet.cells.get((row, columns[head]))) for head in (CODE, NAME))
            place = f"{sheet.name}第 {row + 1} 行"
            for item in form.items:
                text = shown(sheet.cells.get((row, columns[item.code])))
                if text:
                    yield place, code, name, item, exact(text, item, place)


def titled_period(sheets: Sequence[Sheet], period: Period) -> str:
    """The period of this kind in the title of the front page, by its short name."""
    title = shown(sheets[0].cells.get((0, 0))) if sheets else ""
    if period.said in title:
        return str(period)
    found = re.search(r"(20\d\d) ?年度", title)
    if not found:
        raise WrongSourceError(f"不是汇总工作簿：第一张表的标题里没有{period.kind.label}")
    return found[1]


def detail_of(sheets: Sequence[Sheet], form: Form) -> tuple[Sheet, int, dict[str, int]]:
    """The sheet and the row that name every number of the form by its code, with the columns."""
    wanted = {CODE, NAME, STATE, *form.by_code}
    for sheet in sheets:
        heads: dict[int, dict[str, int]] = {}
        for (row, column), content in sheet.cells.items():
            if isinstance(content, str) and content in wanted:
                heads.setdefault(row, {}).setdefault(content, column)
        for row, columns in heads.items():
            if columns.keys() == wanted:
                return sheet, row, columns
    raise WrongSourceError(f"不是《{form.title}》（{form.id}）的汇总工作簿：没有逐单位列出各数的工作表")


def shown(content: Content | None) -> str:
    """A cell as text; a whole number without decimals."""
    if isinstance(content, float):
        return repr(int(content)) if content.is_integer() else repr(content)
    return "" if content is None else str(content).strip()
