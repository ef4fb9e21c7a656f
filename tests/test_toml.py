"""A noun is read from the table that declares it: by its fields, with place and hint where that fails."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pytest
import tomli

from workbook_tool.files.office.toml import Keys, read_as
from workbook_tool.model.errors import OfficeError


@dataclass(frozen=True)
class Apple:
    """All kinds of fields that are read."""

    name: str
    picked: date
    sorts: tuple[str, ...]
    size: Literal["big", "small"] = "small"
    weight: int = 1
    sweet: bool = False
    also: tuple[str, ...] = ()
    note: str = ""
    basket: str = ""


LEAST = 'name = "a"\npicked = 2024-01-31\nsorts = ["x"]\n'


def read(text: str, **given: Any) -> Apple:
    return read_as(Apple, Keys(tomli.loads(text), "a.toml"), **given)


def test_a_field_is_read_by_its_name_and_type_and_has_its_default() -> None:
    assert read(LEAST) == Apple("a", date(2024, 1, 31), ("x",))
    more = 'size = "big"\nweight = 3\nsweet = true\nalso = ["b", "c"]\nnote = "n"'
    assert read(LEAST + more) == Apple("a", date(2024, 1, 31), ("x",), "big", 3, True, ("b", "c"), "n")


def test_what_is_given_is_no_key() -> None:
    assert read(LEAST, basket="b").basket == "b"
    with pytest.raises(OfficeError, match=r"^a\.toml：basket 不是可用的键"):
        read(LEAST + 'basket = "c"', basket="b")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "name 缺少，必须填写"),
        (LEAST.replace('"a"', '" "'), "name 不能为空"),
        (LEAST.replace("2024-01-31", '"2024-01-31"'), "picked 应为日期（2024-01-31），现为 '2024-01-31'，请去掉引号"),
        (LEAST.replace('["x"]', "[]"), "sorts 不能为空"),
        (LEAST.replace('["x"]', "[1]"), "sorts 应为文字的列表"),
        (LEAST + 'size = "bigg"', "size = “bigg” 无效，可用：big、small；是否指 “big”"),
        (LEAST + "weight = true", "weight 应为整数，现为 True"),
        (LEAST + "sweet = 1", "sweet 应为true 或 false，现为 1"),
        (LEAST + "weigth = 3", "weigth 不是可用的键，是否指 weight"),
    ],
)
def test_what_is_wrong_is_told_with_its_key(text: str, said: str) -> None:
    with pytest.raises(OfficeError) as caught:
        read(text)
    assert str(caught.value) == f"a.toml：{said}"
