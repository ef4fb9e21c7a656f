"""A noun is read from the table that declares it: by its fields, with place and hint where that fails."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
import tomli
from msgspec import Struct

from workbook_tool.files.office.toml import Keys, load, read_as
from workbook_tool.model.errors import OfficeError


class Apple(Struct, frozen=True):
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
        (
            LEAST.replace("2024-01-31", "20240131"),
            "picked 应为日期（2024-01-31），现为 20240131，写成 2024-01-31 的样子",
        ),
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


@pytest.mark.parametrize(
    ("text", "line", "mark", "cause"),
    [
        ("name = “甲县”", 1, "“", "中文引号 “"),
        ('[region]\nname = "甲县"\n[a]\n[region]', 4, "[", "[region] 这一节在第 1 行已经有了"),
        ('[report]\nform = "a"\n[[report]]', 3, "[", "每一种都写两层方括号 [[report]]，第 1 行的也要"),
        ('[report]\nform = "a"\n[report]', 3, "[", "每一种都写两层方括号 [[report]]，第 1 行的也要"),
        ("a = 1\na = 2", 2, "a", "已经写过"),
        ("year = 2024年", 1, "2", "数只写半角数字"),
        ("year = ２０２４", 1, "２", "数只写半角数字"),
        ("deadline = 2024年1月31日", 1, " ", "日期要写作 2024-01-31"),
        ("deadline = 2024-1-31", 1, " ", "日期要写作 2024-01-31"),
        ('last = "D:\\年报"', 1, "\\", "请改成 /，如 D:/年报"),
        ('name＝"甲：县"', 1, "＝", "用了中文标点 ＝，请改成英文半角的 ="),
        ('name = "甲县', 1, '"', "引号没有成对"),
        ("name = 甲县", 1, "甲", "文字要用英文半角引号括起来"),
        ("a = 1\nname = ", 2, "", "= 后面没有写"),
        ("a = 1\n[[rule]", 2, "", "方括号没有成对，应写作 [[rule]]。"),
        ("[region  # 地区", 1, "", "方括号没有成对，应写作 [region]。"),
        ("[region】", 1, "】", "用了中文标点 】"),
    ],
)
def test_a_slip_is_shown_with_its_line_and_its_cause(
    tmp_path: Path, text: str, line: int, mark: str, cause: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(OfficeError) as error:
        load(path)
    said, shown, below = str(error.value).split("\n")
    assert f"第 {line} 行写法不对：" in said and cause in said
    assert shown.strip() == text.splitlines()[line - 1].strip()
    assert shown[len(below) - 1 :][: len(mark)] == mark, "the mark stands below it"


def test_a_file_that_is_not_finished_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text("a = [1,", encoding="utf-8")
    with pytest.raises(OfficeError, match="末尾不完整"):
        load(path)
    path.write_bytes('name = "甲县"'.encode("gbk"))
    with pytest.raises(OfficeError, match="GBK"):
        load(path)


def test_a_wrong_key_is_shown_in_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text(
        'name = "a"\n[report]\nname = "b"\nyear = "x"\n[[list]]\nq = 1\n[[list]]\nq = 2\n', encoding="utf-8"
    )
    keys = load(path)
    with pytest.raises(OfficeError, match=r"（第 4 行）\n    year = .x.\n    \^"):
        keys.table("report").get("year", int)
    with pytest.raises(OfficeError, match="（第 8 行）"):
        keys.tables("list")[1].text("q")
