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
NUMBERS, YEARS = ("value",), ("year",)


def parquet_there(wanted: bool) -> None:
    """Raises OfficeError where Parquet is wanted and nothing here writes it."""
    if wanted and importlib.util.find_spec("pyarrow") is None:
        raise OfficeError("[run] parquet = true 要另装：pip install 'workbook-tool[parquet]'。")


def write_parquet(path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table: figures exact, years whole numbers, everything else text; what is empty is null where it is a figure."""
    import pyarrow
    from pyarrow import parquet

    types = {**dict.fromkeys(NUMBERS, pyarrow.decimal128(*NUMBER)), **dict.fromkeys(YEARS, pyarrow.int32())}
    schema = pyarrow.schema([(name, types.get(name, pyarrow.string())) for name in columns])
    left = iter(rows)
    with parquet.ParquetWriter(path, schema) as writer:
        while chunk := list(islice(left, ROWS)):
            turned = zip(columns, zip(*chunk, strict=True), strict=True)
            held = [[typed(name, cell) for cell in column] for name, column in turned]
            writer.write_table(pyarrow.table(held, schema=schema))


def typed(column: str, cell: str) -> Any:
    """A cell as its column has it."""
    if column in NUMBERS:
        return Decimal(cell) if cell else None
    return (int(cell) if cell else None) if column in YEARS else safe_text(cell)
