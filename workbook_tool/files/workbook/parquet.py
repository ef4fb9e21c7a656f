"""The tables of a run as Parquet, for DuckDB, Spark and pandas: the same rows as in the CSVs, typed, without the
apostrophes that keep a spreadsheet program from taking text for a formula."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from workbook_tool.model.errors import OfficeError
from workbook_tool.model.text import safe_text

ROWS = 50_000
"""So many rows are held at once."""
NUMBER = (38, 9)
"""The digits of a figure, in all and behind the point."""
VALUE, YEAR = "value", "year"
"""The columns of values.csv that are no text. A list of a form may have columns called so, which are."""


def parquet_there(wanted: bool) -> None:
    """Raises OfficeError where Parquet is wanted and nothing here writes it."""
    if wanted and importlib.util.find_spec("pyarrow") is None:
        raise OfficeError("[run] parquet = true 要另装：pip install 'workbook-tool[parquet]'。")


def write_parquet(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], figures: bool) -> None:
    """A table, all of it text; of ``figures`` the values exact and the years whole numbers."""
    import pyarrow
    from pyarrow import parquet

    types = {VALUE: pyarrow.decimal128(*NUMBER), YEAR: pyarrow.int32()} if figures else {}
    read = {VALUE: Decimal, YEAR: int} if figures else {}
    schema = pyarrow.schema([(name, types.get(name, pyarrow.string())) for name in columns])
    left = iter(rows)
    with parquet.ParquetWriter(path, schema) as writer:
        while chunk := list(islice(left, ROWS)):
            turned = zip(columns, zip(*chunk, strict=True), strict=True)
            held: list[list[Any]] = [list(map(read.get(name, safe_text), column)) for name, column in turned]
            writer.write_table(pyarrow.table(held, schema=schema))
