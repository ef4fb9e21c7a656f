"""Reads a run's own tables back, also after a spreadsheet program has saved them."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from workbook_tool.model.errors import OfficeError, why
from workbook_tool.model.text import as_meant


def read_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table by their headings. Raises OfficeError where it cannot be read."""
    try:
        content = path.read_bytes()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:  # as a Chinese Excel saves it again
            text = content.decode("gb18030")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return [{head: as_meant(cell) for head, cell in row.items() if isinstance(cell, str)} for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = why(error) if isinstance(error, OSError) else "内容已不是程序写出的样子"
        raise OfficeError(f"{path} 读不了：{reason}。") from error
