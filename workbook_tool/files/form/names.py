"""What the formulas of a form may speak of: its rows, its columns and its cells, by label or by id."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from functools import cached_property, partial

from workbook_tool.files.form.spoken import spoken
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.expression import LAST, PREV, ExpressionError, UnknownNameError, bare
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.grammar import Vocabulary, spelt
from workbook_tool.model.form.items import Block, Item, Table
from workbook_tool.model.form.line import Line, labels_apart
from workbook_tool.model.form.row_formula import YES_NO
from workbook_tool.model.text import nearest


class Names:
    """The names of a form."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.by_code = {item.code: item for item in form.cells}
        self.known: dict[tuple[tuple[Line, ...], tuple[str, ...]], Mapping[str, str]] = {}
        self.vocabularies: dict[tuple[tuple[Line, ...], tuple[str, ...], bool], Vocabulary] = {}

    def of(self, form: Form) -> Names:
        """The same names for the form as it has become by its rules: what its cells are called stays."""
        names = copy(self)
        names.form, names.by_code = form, {item.code: item for item in form.cells}
        return names

    @cached_property
    def words(self) -> tuple[str, ...]:
        """What may be chosen or answered beside the numbers: in formulas it needs no quotation marks."""
        asked = [item.asked for item in self.form.remarks]
        answers = YES_NO if any(line.kind == "yesno" for line in asked) else ()
        return tuple(dict.fromkeys([*answers, *(text for line in asked for text in line.choices)]))

    @cached_property
    def of_cells(self) -> Mapping[str, str]:
        """Every single cell: ``table.row.column``, the table left out where that is plain, and so is an only column."""
        pairs: list[tuple[str, str]] = []
        lines = {id(line): line for item in self.form.cells for line in (item.row, item.column)}
        called = {number: ways(line) for number, line in lines.items()}  # each of them crosses many
        for item in self.form.cells:
            rows, columns = called[id(item.row)], called[id(item.column)]
            tables = (spelt(item.table.id), spelt(item.table.name))
            parts = [f"{row}.{column}" for row in rows for column in columns]
            parts += rows if len(item.block.columns) == 1 else []
            pairs += [(part, item.code) for part in parts]
            pairs += [(f"{table}.{part}", item.code) for table in tables for part in parts]
        return unambiguous(pairs)

    def of_lines(self, lines: tuple[Line, ...], under: tuple[str, ...] = ()) -> Mapping[str, str]:
        """The rows or columns of a block; what stands ``under`` these captions is meant before what is called the same
        elsewhere."""
        if (lines, under) not in self.known:
            pairs = [(way, line.id) for line in lines for way in ways(line)]
            near = [(way, line.id) for line in lines if under and line.under == under for way in ways(line)]
            self.known[lines, under] = {**unambiguous(pairs), **unambiguous(near)}
        return self.known[lines, under]

    def said(self, formula: str) -> str:
        """A formula in words: the rows and columns, or the single numbers, by their labels. As it is written where it is no
        formula, which is told elsewhere."""
        lines = next((lines for lines in self.axes if speaks(formula, self.vocabulary(lines, formula))), None)
        return (
            formula if lines is None else spoken(formula, self.vocabulary(lines, formula), partial(self.called, lines))
        )

    @cached_property
    def axes(self) -> tuple[tuple[Line, ...], ...]:
        """What a formula may run across: nothing, where it is about single numbers, or the columns or rows of a block."""
        blocks = [block for table in self.form.tables for block in table.blocks]
        return ((), *(lines for block in blocks for lines in (block.columns, block.rows)))

    def called(self, lines: Sequence[Line], name: str) -> str:
        """What a sentence calls one of these lines, or a single number, and which period it is of (上月累计)."""
        own = bare(name)
        before = {LAST: self.form.period.year_ago, PREV: self.form.period.before}.get(name.removesuffix(own), "")
        label = next((label for line, label in labels_apart(lines).items() if line.id == own), "")
        return before + (label or self.place(own))

    def place(self, code: str) -> str:
        """A single number, by its row and its column; by its table too, where the form has several."""
        item = self.by_code[code]
        table = f"{item.table.name}：" if len(self.form.typed) > 1 else ""
        return table + item.row_name + (f"「{item.column_name}」" if len(item.block.columns) > 1 else "")

    def vocabulary(self, lines: tuple[Line, ...], text: str, under: tuple[str, ...] = ()) -> Vocabulary:
        """What a formula may use that runs over lines with these crossing them; none where it is about single cells.
        ``under`` are the captions of the line that it is the formula of."""
        single = not lines or "." in text.replace(LAST, "").replace(PREV, "")
        key = (lines, under, single)
        if key not in self.vocabularies:
            names = {**(self.of_cells if single else {}), **self.of_lines(lines, under)}
            order = [line.id for line in lines] or list(self.by_code)
            self.vocabularies[key] = Vocabulary(names, order, words=self.words)
        return self.vocabularies[key]


def ways(line: Line) -> list[str]:
    """What a formula may call a line, as it is compared: also by its caption, or by all of them, before its label."""
    captioned = [f"{'.'.join(captions)}.{line.label}" for captions in (line.under[-1:], line.under) if captions]
    return list(dict.fromkeys(spelt(way) for way in (line.id, line.label, line.short, *captioned) if way))


def unambiguous(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The spellings that mean one thing. An id is its own, whatever else is called so."""
    meant: dict[str, str] = {}
    several: set[str] = set()
    for spelling, name in pairs:
        if meant.setdefault(spelling, name) != name:
            several.add(spelling)
    ids = {spelt(name): name for name in dict.fromkeys(name for _, name in pairs)}
    return {spelling: name for spelling, name in meant.items() if spelling not in several} | {
        key: name for key, name in ids.items() if key in meant
    }


def crossing(table: Table, over: str) -> list[tuple[Block, Line, tuple[Line, ...]]]:
    """The lines of a table that a rule runs over, each with its block and the lines that cross it."""
    found = []
    for block in table.blocks:
        lines, across = (block.rows, block.columns) if over == "rows" else (block.columns, block.rows)
        found += [(block, line, across) for line in lines]
    return found


def speaks(formula: str, names: Vocabulary) -> bool:
    """Whether a formula uses nothing but these names."""
    try:
        names.tokens(formula)
    except UnknownNameError:
        return False
    except ExpressionError:
        return True
    return True


def here(cells: Iterable[Item], over: str) -> dict[int, dict[str, Item]]:
    """The cells of each line, by the ids of the lines that cross it; the lines go by who they are (``id``), since two may
    look alike."""
    found = dict[int, dict[str, Item]]()
    for item in cells:
        line, across = (item.row, item.column) if over == "rows" else (item.column, item.row)
        found.setdefault(id(line), {})[across.id] = item
    return found


def cell_code(keys: Keys, key: str, text: str, names: Names) -> str:
    """The code of the one number that a text names: ``合计.执行率``. Raises OfficeError where it names none."""
    words = names.vocabulary((), text)
    with understood(keys, key, words):
        (token, *more) = words.tokens(text)
    if more or token.kind != "name" or token.text not in names.form.by_code:
        raise keys.fail(key, f"“{text}” 应为一个数的名称，如 {words.spellings[0]}")
    return token.text


@contextmanager
def understood(keys: Keys, key: str, names: Vocabulary) -> Iterator[None]:
    """What is wrong with a formula as a mistake at this key, an unknown word with the nearest that is known."""
    try:
        yield
    except UnknownNameError as error:
        hint = nearest(bare(error.word), names.spellings)
        raise keys.fail(key, f"中的 {bare(error.word)} 没有声明" + (f"，是否指 {hint}" if hint else "")) from None
    except ExpressionError as error:
        raise keys.fail(key, str(error)) from None
