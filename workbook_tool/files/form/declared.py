"""A declaration being read: every mistake in it is collected, with its line, and told at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from msgspec import Struct, field

from workbook_tool.files.form.language import example_of
from workbook_tool.files.form.line_numbers import line_numbers
from workbook_tool.files.office.toml import Keys, Spot, parsed, read_text
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.text import nearest, shortened

T = TypeVar("T")
MOST = 30
"""So many mistakes are told; whoever has more of them starts with these."""


class Mistake(OfficeError):
    """A mistake in a declaration: on which ``line`` (0: of the whole file), what is to be said of it, and a line that is
    right."""

    def __init__(self, line: int, said: str, example: str = "") -> None:
        super().__init__(said)
        self.line, self.said, self.example = line, said, example


class Script(Struct, dict=True):
    """A declaration as a file, and the mistakes found in it so far."""

    name: str
    text: str
    slips: list[Mistake] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lines = self.text.splitlines()
        self.places = line_numbers(self.text)

    def tell(self) -> None:
        """Raises OfficeError with all the mistakes, where there are any."""
        told = sorted({(slip.line, slip.said, slip.example): None for slip in self.slips})
        if not told:
            return
        more = f"\n另有 {len(told) - MOST} 处，改好上面的再查。" if len(told) > MOST else ""
        words = "\n".join(self.words(*one) for one in told[:MOST])
        raise OfficeError(f"{self.name} 有 {len(told)} 处要改：\n{words}{more}")

    def words(self, line: int, said: str, example: str) -> str:
        """A mistake with its line, for people."""
        text = f"第 {line} 行 {said}\n    原文：{shortened(self.lines[line - 1].strip())}" if line else said
        return f"{text}\n    例如：{example}" if example else text


class Declared(Keys):
    """A table of a declaration. What is wrong with one key keeps nobody from reading the others."""

    def __init__(self, values: dict[str, Any], source: Script, spot: Spot = ()) -> None:
        super().__init__(values, source.name)
        self.source, self.spot = source, spot

    @property
    def place(self) -> str:
        """What sort of table this is: ``table``, ``columns``, ``rule`` …, empty for the document."""
        return next((step for step in reversed(self.spot) if isinstance(step, str)), "")

    @property
    def flawless(self) -> bool:
        """Whether nothing was wrong so far."""
        return not self.source.slips

    def line(self, key: str, within: str = "") -> int:
        """The line on which a key stands, or this table; the first from there on that holds the text ``within``."""
        begin = self.source.places.get((*self.spot, key)) or self.source.places.get(self.spot, 0)
        if not within:
            return begin
        begin = max(begin, 1)
        rest = enumerate(self.source.lines[begin - 1 :], begin)
        return next((number for number, line in rest if within in line and line.strip()[:1] != "#"), begin)

    def fail(self, key: str, problem: str, within: str = "") -> Mistake:
        """The mistake at a key, with a line that is right."""
        return Mistake(self.line(key, within), f"{key} {problem}", example_of(self.place, key))

    def wrong(self, key: str, problem: str, within: str = "") -> None:
        """Note a mistake."""
        self.source.slips.append(self.fail(key, problem, within))

    def inner(self, values: dict[str, Any], key: str, number: int | None = None) -> Declared:
        """A table within this one, or a member of a list of tables."""
        return Declared(values, self.source, (*self.spot, key) if number is None else (*self.spot, key, number))

    def each(self, key: str, read: Callable[[Keys], T], required: bool = False) -> list[T]:
        """What the tables of a list are read as; those that cannot be are told and left out."""
        found = []
        for keys in self.tables(key, required):
            with self.going_on():
                found.append(read(keys))
        return found

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Note what is wrong in here, and go on behind it."""
        try:
            yield
        except Mistake as slip:
            self.source.slips.append(slip)

    def expect(self, names: Iterable[str]) -> None:
        """Take a misspelt key for the one that it must mean, and say so."""
        super().expect(names)
        wanted = set(self.expected)
        for stray in [key for key in self.values if key not in wanted and key not in self.known]:
            hint = nearest(stray, wanted - self.values.keys())
            if hint:
                said = f"{stray} 不是可用的键，是否指 {hint}"
                self.source.slips.append(Mistake(self.line(stray), said, example_of(self.place, hint)))
                self.values = {**self.values, hint: self.values[stray]}
                self.known.append(stray)


def open_declaration(path: Path) -> Declared:
    """The declaration in a file. Raises OfficeError where it cannot be read or is no TOML."""
    return declaration_in(read_text(path), path)


def declaration_in(text: str, path: Path) -> Declared:
    """The declaration in a text that stands, or is to stand, in a file. Raises OfficeError where it is no TOML."""
    return Declared(parsed(text, path), Script(path.name, text))
