"""Reads the further sheets of the roster: what each agency may choose from in a list, such as its own offices or projects."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from workbook_tool.model.errors import OfficeError
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.text import visible

CODE, OPTION = "代码", "选项"
"""The heads of such a sheet: whose, and what may be chosen; one in each row, or several with 、 between them."""


def with_tables(roster: Roster, path: Path) -> Roster:
    """The roster with what its further sheets say. Raises OfficeError where one names an agency that the roster does not
    have. A sheet without these heads is the office's own affair, and a .csv has none."""
    if path.suffix.lower() != ".xlsx":
        return roster
    from python_calamine import load_workbook

    with load_workbook(path) as book:
        grids = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names[1:]}
    tables = {name: grid for name, grid in grids.items() if grid and {CODE, OPTION} <= set(map(as_written, grid[0]))}
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for name, grid in tables.items():
        for code, options in options_in(path.name, name, grid, roster).items():
            found[code].append((name, tuple(options)))
    agencies = tuple(replace(agency, options=tuple(found[agency.code])) for agency in roster.agencies)
    return replace(roster, agencies=agencies, tables=tuple(tables))


def options_in(file: str, name: str, grid: Sequence[Sequence[Any]], roster: Roster) -> dict[str, dict[str, None]]:
    """What each agency may choose from by one sheet, in its order."""
    heads = list(map(as_written, grid[0]))
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for number, row in enumerate(grid[1:], 2):
        code, told = (as_written(row[heads.index(head)]) for head in (CODE, OPTION))
        if not told:
            continue
        if roster.by_code(code) is None:
            raise OfficeError(f"名录 {file} 工作表「{name}」第 {number} 行：代码“{code}”不在名录里")
        found[code] |= dict.fromkeys(part.strip() for part in re.split("[、，,；;]", told) if part.strip())
    return found


def as_written(value: Any) -> str:
    """A cell as text: the code 71 is not 71.0."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return visible(str(value)).strip()
