"""TOML files with every key accounted for: a wrong one is reported with its path and the nearest valid key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin

import tomli
from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, fields

from workbook_tool.files.office.typed_text import TypedText, slip
from workbook_tool.model.errors import OfficeError, why
from workbook_tool.model.regex import regex
from workbook_tool.model.text import nearest, pointed

LARGEST = 10**15
DAY = regex(r"\d{4}-\d\d-\d\d")
Spot = tuple[str | int, ...]
"""Where a value stands in a document: keys, and numbers of members from 0."""
T = TypeVar("T")
Noun = TypeVar("Noun", bound=Struct)
TYPE_NAMES = {str: "文字", int: "整数", bool: "true 或 false", list: "列表", dict: "表", date: "日期（2024-01-31）"}


NOTHING: dict[type, Any] = {str: "", int: 0, bool: False, list: [], dict: {}}
"""What whoever goes on reads in place of what is not there."""


@contextmanager
def readable() -> Iterator[None]:
    """Raises OfficeError where a file or folder of the office's own cannot be opened: its configuration, its forms, its
    roster, last year's numbers."""
    try:
        yield
    except OSError as error:
        raise OfficeError(
            f"{error.filename} 打不开：{why(error)}，没有运行。请检查这个文件和所在文件夹的权限。"
        ) from error


def load(path: Path) -> Keys:
    """The content of a TOML file. Raises OfficeError where it cannot be read or parsed."""
    text = read_text(path)
    return Keys(parsed(text, path), path.name, TypedText(text))


@cache
def of_the_program(path: Path) -> dict[str, Any]:
    """What a TOML file says that comes with the program: it stays as it is."""
    return parsed(read_text(path), path)


def load_own(path: Path) -> Keys:
    """The content of a TOML file that comes with the program."""
    return Keys(of_the_program(path), path.name)


def read_text(path: Path) -> str:
    """The text of a TOML file. Raises OfficeError where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise OfficeError(f"找不到文件 {path}。") from None
    except OSError as error:
        raise OfficeError(f"{path} 打不开：{why(error)}。请检查这个文件和所在文件夹的权限，再试一次。") from None
    except UnicodeDecodeError:
        raise OfficeError(
            f"{path} 不是 UTF-8 编码（多半存成了 ANSI，也就是 GBK）；请用记事本打开，另存为时把编码选为 UTF-8。"
        ) from None


def parsed(text: str, path: Path) -> dict[str, Any]:
    """What a TOML file says. Raises OfficeError, with the line, where that is no TOML."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        raise OfficeError(f"{path} 不是正确的 TOML 文件：{slip(text, error)}") from None


class Keys:
    """A TOML table being read. Each ``get`` takes a key; ``done`` objects to the keys that nobody took."""

    def __init__(
        self, values: dict[str, Any], path: str, typed: TypedText | None = None, section: str = "", member: int = 1
    ) -> None:
        self.values, self.path = values, path
        self.typed, self.section, self.member = typed, section, member
        self.known: list[str] = []
        self.expected: tuple[str, ...] = ()
        self.there = True

    def fail(self, key: str, problem: str, within: str = "") -> OfficeError:
        """The error for a key, which names the file and the path of tables to it, and shows the line where it stands;
        ``within`` is a text in its value."""
        found = self.typed.line_of(self.section, self.member, key) if self.typed else None
        shown = f"（第 {found[0]} 行）\n{pointed(found[1], 0)}" if found else ""
        return OfficeError(f"{self.path}：{key} {problem}{shown}")

    def wrong(self, key: str, problem: str, within: str = "") -> None:
        """Say what is wrong with a key; whoever collects that goes on with what can be read. Raises OfficeError here."""
        raise self.fail(key, problem, within)

    def inner(self, values: dict[str, Any], key: str, number: int | None = None) -> Keys:
        """A table within this one, or a member of a list of tables, with its own path (``table[2].block[1]``)."""
        if number is None:
            section = f"{self.section}.{key}" if self.section else key
            return Keys(values, f"{self.path} [{key}]", self.typed, section)
        joint = "：" if "：" not in self.path else "."
        typed = None if self.section else self.typed
        return Keys(values, f"{self.path}{joint}{key}[{number + 1}]", typed, key, number + 1)

    def get(self, key: str, kind: type[T], default: T | None = None, required: bool = False) -> T:
        """The value of a key, of exactly this type. A missing one gives ``default``, or an error where required."""
        self.known.append(key)
        nothing = cast(T, NOTHING.get(cast(type, kind)) if default is None else default)
        if key not in self.values:
            if required:
                self.wrong(key, "缺少，必须填写")
                return nothing
            return cast(T, default)
        value = self.values[key]
        if type(value) is not kind:
            tip = "，请去掉引号" if kind in (date, int, bool) and isinstance(value, str) else ""
            if kind is date and not (tip and DAY.fullmatch(value)):
                tip += "，写成 2024-01-31 的样子"
            tip = tip or ("，请加上引号" if kind is str and isinstance(value, (int, float, date)) else "")
            self.wrong(key, f"应为{TYPE_NAMES.get(kind, kind.__name__)}，现为 {as_written(value)}{tip}")
            return nothing
        return value

    def text(self, key: str, default: str = "") -> str:
        """A text, possibly blank."""
        return self.get(key, str, default)

    def need(self, key: str) -> str:
        """A text that must be there and not be blank."""
        value = self.get(key, str, required=True)
        if isinstance(self.values.get(key), str) and not value.strip():
            self.wrong(key, "不能为空")
        return value

    def choice(self, key: str, choices: list[str], default: str) -> str:
        """One of several words; for any other, the nearest of them is the hint."""
        value = self.text(key, default)
        if value in choices:
            return value
        hint = nearest(value, choices)
        self.wrong(key, f"= “{value}” 无效，可用：{'、'.join(choices)}" + (f"；是否指 “{hint}”" if hint else ""))
        return choices[0]

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts, with at least one where it is required."""
        values = self.get(key, list, [], required)
        if not all(isinstance(value, str) for value in values):
            self.wrong(key, "应为文字的列表")
        elif required and not values and isinstance(self.values.get(key), list):
            self.wrong(key, "不能为空")
        return tuple(value for value in values if isinstance(value, str))

    def number(self, key: str) -> Decimal | None:
        """A number, exactly as written; None where there is none."""
        self.known.append(key)
        value = self.values.get(key)
        if value is None:
            return None
        if type(value) not in (int, float) or abs(value) >= LARGEST:
            self.wrong(key, f"应为数，现为 {as_written(value)}")
            return None
        return Decimal(repr(value))

    def dates(self, key: str) -> tuple[date, ...]:
        """A list of dates, in their order."""
        values = self.get(key, list, [])
        if wrong := [value for value in values if type(value) is not date]:
            raise self.fail(key, f"应为日期的列表，如 [2027-01-01, 2027-01-02]，不加引号；其中有 {wrong[0]!r}")
        return tuple(sorted(set(values)))

    def numbers(self) -> dict[str, Decimal]:
        """Every key of the table as a number not below 0, exactly as written."""
        self.known += self.values
        for key, value in self.values.items():
            if type(value) not in (int, float) or not 0 <= value < LARGEST:
                raise self.fail(key, f"应为不小于 0 的数，现为 {value!r}")
        return {key: Decimal(repr(value)) for key, value in self.values.items()}

    def table(self, key: str) -> Keys:
        """A table within this one; an empty one where it is not there."""
        found = self.inner(self.get(key, dict, {}), key)
        found.there = key in self.values
        return found

    def tables(self, key: str, required: bool = False) -> list[Keys]:
        """A list of tables, each with its own path."""
        values = self.get(key, list, [], required)
        if not all(isinstance(value, dict) for value in values):
            self.wrong(key, "的每一项应为表")
        return [self.inner(value, key, number) for number, value in enumerate(values) if isinstance(value, dict)]

    def each(self, key: str, read: Callable[[Keys], T], required: bool = False) -> list[T]:
        """What the tables of a list are read as."""
        return [read(keys) for keys in self.tables(key, required)]

    def with_usual(self, usual: dict[str, Any]) -> Keys:
        """The same table with values for keys that it does not have."""
        return self.beside({**usual, **self.values})

    def part(self, names: Iterable[str]) -> Keys:
        """These keys of it alone."""
        return self.beside({key: value for key, value in self.values.items() if key in names})

    def beside(self, values: dict[str, Any]) -> Keys:
        """Other values in the same place."""
        found = copy(self)
        found.values, found.known = values, list(self.known)
        return found

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Go on behind what is wrong in here, for whoever collects that."""
        yield

    @property
    def flawless(self) -> bool:
        """Whether nothing was wrong so far: with whoever raises at once, always."""
        return True

    def expect(self, names: Iterable[str]) -> None:
        """Say beforehand which keys are known here: what is told of one that is not, and for whoever goes on where one is
        misspelt."""
        self.expected = tuple(names)

    def known_name(self, key: str, name: str, names: list[str]) -> None:
        """Raises OfficeError where a name that this key speaks of is not among the declared ones."""
        if name not in names:
            hint = nearest(name, names)
            raise self.fail(key, f"中的 {name} 没有声明" + (f"，是否指 {hint}" if hint else ""))

    def span(self, key: str, names: list[str], first: str, last: str) -> list[str]:
        """The declared names from ``first`` to ``last``."""
        self.known_name(key, first, names)
        self.known_name(key, last, names)
        found = names[names.index(first) : names.index(last) + 1]
        if not found:
            raise self.fail(key, f"中 {first}:{last} 次序颠倒")
        return found

    def unique(self, what: str, values: list[str]) -> None:
        """Say where one of the values stands twice."""
        twice = next((v for i, v in enumerate(values) if v in values[:i]), None)
        if twice is not None:
            self.wrong(what, f"“{twice}” 出现了两次")

    def done(self) -> None:
        """Say which key is not known here, with the nearest one that is."""
        for key in list(self.values):
            if key not in self.known:
                words = [one for one in dict.fromkeys(self.expected or self.known) if one != key]
                hint, free = nearest(key, words), [one for one in words if one not in self.values]
                suggestion = f"，是否指 {hint}" if hint else f"，可用的还有 {'、'.join(free)}" if free else ""
                self.wrong(key, f"不是可用的键{suggestion}")


def as_written(value: Any) -> str:
    """A value of a document in a sentence; what is large is only named."""
    return "列表" if isinstance(value, list) else "表" if isinstance(value, dict) else repr(value)


def read_as(noun: type[Noun], keys: Keys, **given: Any) -> Noun:
    """A noun from the table that declares it: every field from the key of its name, by its type, but those ``given``
    (which the caller reads from other keys, or knows). A field without a default must be declared.

    Raises OfficeError where one is missing or of another type, and for a key that is no field.
    """
    declared = fields_of(noun)
    keys.expect(field.name for field in declared)
    told = {field.name: read_field(keys, field) for field in declared if field.name not in given}
    keys.done()
    return noun(**told, **given)


@cache
def fields_of(noun: type[Struct]) -> tuple[FieldInfo, ...]:
    """The fields of a noun: to work out their types takes long, and a declaration has hundreds of one kind."""
    return fields(noun)


TEXTS, MAYBE_NUMBER, MAYBE_COUNT = tuple[str, ...], Decimal | None, int | None
"""What fields hold, made once: thousands are read."""


def read_field(keys: Keys, field: FieldInfo) -> Any:
    """The value of one field: a text, one of several words, some texts, or a number, a date or a yes or no."""
    name, kind, required = field.name, field.type, field.default is NODEFAULT
    default: Any = None if required else field.default
    if kind is str:
        return keys.need(name) if required else keys.text(name, default)
    if get_origin(kind) is Literal:
        return keys.choice(name, list(get_args(kind)), default or "")
    if kind == TEXTS:
        return keys.texts(name, required)
    if kind == MAYBE_NUMBER:
        return keys.number(name)
    return keys.get(name, int if kind == MAYBE_COUNT else kind, default, required)
