"""TOML files with every key accounted for: a wrong one is reported with its path and the nearest valid key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import MISSING, Field, fields
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints

import tomli

from workbook_tool.files.office.slips import Source, slip
from workbook_tool.model.errors import OfficeError, why
from workbook_tool.model.text import nearest, pointed

LARGEST = 10**15
DAY = re.compile(r"\d{4}-\d\d-\d\d")
T = TypeVar("T")
TYPE_NAMES = {str: "文字", int: "整数", bool: "true 或 false", list: "列表", dict: "表", date: "日期（2024-01-31）"}


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
    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
        return Keys(tomli.loads(text), path.name, Source(text))
    except FileNotFoundError:
        raise OfficeError(f"找不到文件 {path}。") from None
    except OSError as error:
        raise OfficeError(f"无法读取 {path}：{error.strerror}。") from None
    except UnicodeDecodeError:
        raise OfficeError(
            f"{path} 不是 UTF-8 编码（多半存成了 ANSI，也就是 GBK）；请用记事本打开，另存为时把编码选为 UTF-8。"
        ) from None
    except tomli.TOMLDecodeError as error:
        raise OfficeError(f"{path} 不是正确的 TOML 文件：{slip(text, error)}") from None


class Keys:
    """A TOML table being read. Each ``get`` takes a key; ``done`` objects to the keys that nobody took."""

    def __init__(
        self, values: dict[str, Any], path: str, source: Source | None = None, section: str = "", number: int = 1
    ) -> None:
        self.values, self.path = values, path
        self.source, self.section, self.number = source, section, number
        self.known: list[str] = []
        self.there = True

    def fail(self, key: str, problem: str) -> OfficeError:
        """The error for a key, which names the file and the path of tables to it, and shows the line where it stands."""
        found = self.source.line_of(self.section, self.number, key) if self.source else None
        shown = f"（第 {found[0]} 行）\n{pointed(found[1], 0)}" if found else ""
        return OfficeError(f"{self.path}：{key} {problem}{shown}")

    def inner(self, key: str) -> str:
        """The section of a table within this one, as its header names it."""
        return f"{self.section}.{key}" if self.section else key

    def get(self, key: str, kind: type[T], default: T | None = None, required: bool = False) -> T:
        """The value of a key, of exactly this type. A missing one gives ``default``, or an error where required."""
        self.known.append(key)
        if key not in self.values:
            if required:
                raise self.fail(key, "缺少，必须填写")
            return cast(T, default)
        value = self.values[key]
        if type(value) is not kind:
            tip = "，请去掉引号" if kind in (date, int, bool) and isinstance(value, str) else ""
            tip += "，写成 2024-01-31 的样子" if tip and kind is date and not DAY.fullmatch(value) else ""
            raise self.fail(key, f"应为{TYPE_NAMES.get(kind, kind.__name__)}，现为 {value!r}{tip}")
        return value

    def text(self, key: str, default: str = "") -> str:
        """A text, possibly blank."""
        return self.get(key, str, default)

    def need(self, key: str) -> str:
        """A text that must be there and not be blank."""
        value = self.get(key, str, required=True)
        if not value.strip():
            raise self.fail(key, "不能为空")
        return value

    def choice(self, key: str, choices: list[str], default: str) -> str:
        """One of several words. Raises OfficeError for any other, with the nearest of them as a hint."""
        value = self.text(key, default)
        if value not in choices:
            hint = nearest(value, choices)
            raise self.fail(
                key, f"= “{value}” 无效，可用：{'、'.join(choices)}" + (f"；是否指 “{hint}”" if hint else "")
            )
        return value

    def texts(self, key: str, required: bool = False) -> tuple[str, ...]:
        """A list of texts, with at least one where it is required."""
        values = self.get(key, list, [], required)
        if not all(isinstance(value, str) for value in values):
            raise self.fail(key, "应为文字的列表")
        if required and not values:
            raise self.fail(key, "不能为空")
        return tuple(values)

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
        found = Keys(self.get(key, dict, {}), f"{self.path} [{key}]", self.source, self.inner(key))
        found.there = key in self.values
        return found

    def tables(self, key: str, required: bool = False) -> list[Keys]:
        """A list of tables, each with its own path (``table[2].block[1]``)."""
        values = self.get(key, list, [], required)
        for value in values:
            if not isinstance(value, dict):
                raise self.fail(key, "的每一项应为表")
        joint = "：" if "：" not in self.path else "."
        return [
            Keys(value, f"{self.path}{joint}{key}[{number}]", None if self.section else self.source, key, number)
            for number, value in enumerate(values, 1)
        ]

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
        """Raises OfficeError where one of the values stands twice."""
        twice = next((v for i, v in enumerate(values) if v in values[:i]), None)
        if twice is not None:
            raise self.fail(what, f"“{twice}” 出现了两次")

    def done(self) -> None:
        """Raises OfficeError for the first key that is not known here, with the nearest one that is."""
        for key in self.values:
            if key not in self.known:
                hint = nearest(key, self.known)
                suggestion = f"，是否指 {hint}" if hint else f"，可用的有 {'、'.join(self.known)}"
                raise self.fail(key, f"不是可用的键{suggestion}")


def read_as(noun: type[T], keys: Keys, **given: Any) -> T:
    """A noun from the table that declares it: every field from the key of its name, by its type, but those ``given``
    (which the caller reads from other keys, or knows). A field without a default must be declared.

    Raises OfficeError where one is missing or of another type, and for a key that is no field.
    """
    kinds = get_type_hints(noun)
    told = {field.name: read_field(keys, field, kinds[field.name]) for field in fields(noun) if field.name not in given}  # type: ignore[arg-type]
    keys.done()
    return noun(**told, **given)


def read_field(keys: Keys, field: Field[Any], kind: Any) -> Any:
    """The value of one field: a text, one of several words, some texts, or a number, a date or a yes or no."""
    name, required = field.name, field.default is MISSING
    default: Any = None if required else field.default
    if kind is str:
        return keys.need(name) if required else keys.text(name, default)
    if get_origin(kind) is Literal:
        return keys.choice(name, list(get_args(kind)), default or "")
    if kind == tuple[str, ...]:
        return keys.texts(name, required)
    return keys.get(name, kind, default, required)
