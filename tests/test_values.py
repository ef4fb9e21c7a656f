"""values.csv: put together from pieces that are written once, it is what the csv module writes of whole rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.test_compose import CHECKS, EVIL, FORM, FULL, declared, filing, result
from workbook_tool.files.workbook.results import (
    VALUE_COLUMNS,
    as_cell,
    as_cells,
    value_rows,
    write_values,
)
from workbook_tool.model.intake.submission import Agency

ODD = [
    "一,二",
    '他说"好"',
    "两\n行",
    "两\r\n行",
    "-1.5",
    "=1+1",
    "",
    " ",
    "'",
    "＝",
    "a\u202eb",
    "\ud800",
    "007",
    ";",
    "\\",
]
TEXTS = st.lists(st.sampled_from(ODD) | st.text(max_size=5), min_size=1, max_size=4).filter(any)


def written(rows: Iterable[Sequence[str]]) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(map(as_cell, row) for row in rows)
    return stream.getvalue()


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_pieces_side_by_side_are_the_row(parts: list[list[str]]) -> None:
    row = [text for part in parts for text in part]
    assert ",".join(as_cells(tuple(part)) for part in parts) + "\r\n" == written([row])


def test_the_file_is_its_rows(tmp_path: Path) -> None:
    form = declared(tmp_path, FORM, CHECKS)
    agencies = (Agency("1", "甲"), Agency("2", EVIL), Agency("3", '乙，"丙",丁\n戊'))
    told = [result(form, tmp_path, *(filing(form, agency, FULL) for agency in agencies))]
    write_values(tmp_path / "values.csv", told)
    rows = [row for one in told for row in value_rows(one)]
    assert len(rows) == 3 * len(FULL) and all(len(row) == len(VALUE_COLUMNS) for row in rows)
    assert (tmp_path / "values.csv").read_bytes() == written([VALUE_COLUMNS, *rows]).encode("utf-8-sig")
