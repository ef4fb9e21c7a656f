"""A workbook of ours as plain data: what stands where and in which role. How a role looks is the renderer's affair.

Blank forms and regional workbooks are both Books. Rows and columns count from 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from msgspec import Struct, field

from workbook_tool.model.workbook.pivot import Pivot, Source

Value = str | int | float | Decimal | date | None
FilePath = str | Callable[[], str]
"""The path of a file below the workbook's folder; of one that is still being made, what tells it in the end."""


class Cell(NamedTuple):
    """One cell, or a merged area of ``span`` (rows, columns). A tuple, since millions of them are made.

    ``formula`` (with ``=``) is written with ``value`` as its stored result, so that previews show the right figure.
    ``link`` leads to a place in the same workbook (``汇总表三!D8``), ``file`` to a file below the workbook's folder
    (``returns/003_甲局_第2轮退改.xlsx``): only to names that we made ourselves, never to one that was sent. ``name``
    gives the cell a defined name. ``note`` is a cell comment.
    """

    row: int
    column: int
    value: Value = None
    role: str = "text"
    formula: str = ""
    span: tuple[int, int] = (1, 1)
    link: str = ""
    name: str = ""
    note: str = ""
    file: FilePath = ""


class Condition(Struct, frozen=True):
    """A look that depends on content: where ``formula`` (relative to the area's first cell) is true, ``role`` applies."""

    first: tuple[int, int]
    last: tuple[int, int]
    formula: str
    role: str
    stop: bool = False


class Validation(Struct, frozen=True):
    """What may be typed into an area. ``kind``: ``whole`` or ``decimal`` (not below 0 but where it is ``negative``),
    ``date`` (from ``minimum`` to ``maximum``), ``list`` (of ``choices``, or of the cells that the formula ``source``
    gives) or ``any`` (only the prompt)."""

    first: tuple[int, int]
    last: tuple[int, int]
    kind: str
    choices: tuple[str, ...] = ()
    minimum: date | None = None
    maximum: date | None = None
    prompt_title: str = ""
    prompt: str = ""
    error_title: str = ""
    error: str = ""
    source: str = ""
    negative: bool = False


class Series(Struct, frozen=True):
    """One series of a chart: names and figures as ranges on a sheet (``(row, column)`` to ``(row, column)``). ``label``: on
    which side of its end a line has its figure (``above``, ``right``, ``below``)."""

    name: str
    sheet: str
    categories: tuple[tuple[int, int], tuple[int, int]]
    values: tuple[tuple[int, int], tuple[int, int]]
    color: str = ""
    point_colors: tuple[str, ...] = ()
    label: str = "right"


class Chart(Struct, frozen=True):
    """A native chart. ``kind``: ``bar``, ``column``, ``stacked`` (bars), ``line`` or ``doughnut``; ``size`` in pixels."""

    row: int
    column: int
    kind: str
    title: str
    alt_text: str
    series: tuple[Series, ...]
    size: tuple[int, int] = (480, 240)


class ListTable(Struct, frozen=True):
    """A header row with rows below that can be filtered: an Excel Table with an ASCII ``name``. The cells themselves
    are put as usual; ``headers`` repeats the texts of the header row. ``style`` is one of Excel's table styles, or None
    where the cells' own roles are the look. The rows of ``source`` stand below the header without being put cell by
    cell, because they are many and all look alike."""

    first: tuple[int, int]
    last: tuple[int, int]
    name: str
    headers: tuple[str, ...]
    style: str | None = None
    source: Source | None = None


class MadeRow(NamedTuple):
    """A row of ``Lines``, made: how high it is, where that is not left to the program, and its cells."""

    height: float | None
    cells: tuple[Cell, ...]


class Lines(Struct, frozen=True):
    """So many rows from ``row`` on, whose cells are ``made`` when they are asked for and not kept: a workbook of ten thousand
    agencies has millions of them. ``links`` is how many of a row's cells may lead somewhere."""

    row: int
    count: int
    links: int
    made: Callable[[], Iterator[MadeRow]]


class Print(Struct, frozen=True):
    """How a sheet prints: on A4 (``large``: A3), fitted to ``wide`` by ``tall`` pages (0: as many as needed).

    With ``scale`` (per cent) it is not fitted, and a new page starts at each row of ``breaks`` and each column of
    ``turns``, which Excel forgets where it fits a sheet to pages. ``filled`` is a formula for the area that prints, where
    that grows with what is typed.
    """

    landscape: bool = False
    wide: int = 1
    tall: int = 0
    area: tuple[tuple[int, int], tuple[int, int]] | None = None
    filled: str = ""
    repeat_rows: tuple[int, int] | None = None
    repeat_columns: tuple[int, int] | None = None
    footer: str = "&L&8&A&C&8第 &P 页，共 &N 页"
    scale: int = 0
    breaks: tuple[int, ...] = ()
    turns: tuple[int, ...] = ()
    large: bool = False


class BookSheet(Struct):
    """A sheet being composed; ``put`` adds to it. ``folded_columns`` are out of sight until somebody opens their group. The
    figures of its ``pivots`` are put as cells too, for programs that know no PivotTables; such a sheet is never protected.
    A ``hidden`` sheet is brought into view with a right click on any tab, a ``very_hidden`` one by programs alone."""

    name: str
    cells: list[Cell] = field(default_factory=list)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    hidden_columns: set[int] = field(default_factory=set)
    folded_columns: set[int] = field(default_factory=set)
    conditions: list[Condition] = field(default_factory=list)
    validations: list[Validation] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    lists: list[ListTable] = field(default_factory=list)
    lines: list[Lines] = field(default_factory=list)
    pivots: list[Pivot] = field(default_factory=list)
    freeze: tuple[int, int] | None = None
    print: Print = field(default_factory=Print)
    protected: bool = False
    hidden: bool = False
    very_hidden: bool = False
    tab: str = ""
    start: tuple[int, int] = (0, 0)

    @property
    def in_view(self) -> bool:
        """Whether people see its tab."""
        return not (self.hidden or self.very_hidden)

    @property
    def every_cell(self) -> Iterator[Cell]:
        """The cells that were put, and behind them those of its lines, made anew."""
        yield from self.cells
        for lines in self.lines:
            for line in lines.made():
                yield from line.cells

    def put(
        self,
        row: int,
        column: int,
        value: Value = None,
        role: str = "text",
        *,
        formula: str = "",
        span: tuple[int, int] = (1, 1),
        link: str = "",
        name: str = "",
        note: str = "",
        file: FilePath = "",
    ) -> Cell:
        """Put a cell here and return it."""
        cell = Cell(row, column, value, role, formula, span, link, name, note, file)
        self.cells.append(cell)
        return cell


class Book(Struct):
    """A workbook: its sheets in order and the properties of the file. ``made`` is the date it is dated with, so that
    the same content gives the same bytes."""

    title: str
    made: date
    sheets: list[BookSheet] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)

    def sheet(self, name: str, **settings: object) -> BookSheet:
        """A new sheet at the end."""
        made = BookSheet(name, **settings)  # type: ignore[arg-type]
        self.sheets.append(made)
        return made
