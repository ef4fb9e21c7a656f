"""Sheets that are large in an honest way: read like any other, and where they are too large it is said what to delete."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from tests.grids import ROOT
from tests.packing import put, terms, workbook
from workbook_tool.files.intake.formats import markup, plain_cells
from workbook_tool.files.intake.formats.excess import excess_words
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.intake import take_in
from workbook_tool.model.errors import Oversized
from workbook_tool.model.intake.inbox import FileRecord
from workbook_tool.model.office.settings import Limits

SAMPLES = sorted((ROOT / "inbox").rglob("*.xlsx"))


def grown(rows: str) -> bytes:
    """An issued workbook whose last table goes on with these rows."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as issued, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in issued.infolist():
            data = issued.read(entry)
            if entry.filename == "xl/worksheets/sheet4.xml":
                data = data.replace(b"</sheetData>", rows.encode() + b"</sheetData>")
            out.writestr(entry, data)
    return packed.getvalue()


ODD = (
    '<row r="300"><c r="A300"><v>7</v></c><c r="B300" s="1"/><c r="C300" t="s"><v>0</v></c></row>'
    '<row r="301" hidden="1"><c r="A301"/></row><row r="302" ht="0" customHeight="1"/><row r="303" s="1"/>'
    '<row r="304"><c r="A304"><f>A300</f><v>7</v></c><c r="B304" t="e"><v>#N/A</v></c><c r="C304"><v>1e3</v></c></row>'
)


def shown_otherwise() -> bytes:
    """A workbook whose numbers are not shown as they are stored."""
    book, saved = openpyxl.Workbook(), io.BytesIO()
    for cell, form in {"A1": "0!.0000", "A2": ";;;", "A3": "#,##0,", "A4": "General"}.items():
        book.active[cell], book.active[cell].number_format = 12345, form
    book.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize("rows", ["", ODD, "<row><c><v>7</v></c><c/><c><v>8</v></c></row>", "<!-- > -->" + ODD])
def test_a_large_sheet_is_read_as_a_small_one(rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    contents = [grown(rows)] if rows else [shown_otherwise(), *(path.read_bytes() for path in SAMPLES)]
    small = [read_sheets(content, Limits()) for content in contents]
    monkeypatch.setattr(plain_cells, "LARGE", 0)
    monkeypatch.setattr(markup, "LARGE", 0)
    assert [read_sheets(content, Limits()) for content in contents] == small
    assert contents


def test_which_rows_to_delete_is_said() -> None:
    empty = grown("".join(f'<row r="{n}" s="1"><c r="A{n}" s="1"/></row>' for n in range(300, 60_000)))
    assert "；工作表「表四」的格式一直设到第 59999 行，请删除第 11 行以下的空行后另存为 .xlsx" in excess_words(empty)
    assert excess_words(workbook()) == excess_words(b"PK damaged") == ""
    assert excess_words(grown('<row r="60000"><c r="A60000"><v>1</v></c></row>')) == ""


def test_a_file_above_the_limit_is_told_with_the_rows_to_delete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object) -> None:
        raise Oversized("文件有 21 MiB")

    monkeypatch.setattr("workbook_tool.intake.refuse_content", too_large)
    content = grown("".join(f'<row r="{n}" s="1"/>' for n in range(300, 3000)))
    record = take_in(put(tmp_path, "020.xlsx", content), terms())
    assert isinstance(record, FileRecord)
    assert record.reason.startswith("文件有 21 MiB；工作表「表四」的格式一直设到第 2999 行")
