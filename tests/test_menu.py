"""The menu for whoever starts the program without a command."""

from __future__ import annotations

import io
import shlex
from pathlib import Path

import pytest

from workbook_tool import menu as desk
from workbook_tool.arguments import arguments_parser
from workbook_tool.menu import MENU, menu, paths_in
from workbook_tool.model.errors import OfficeError
from workbook_tool.terminal import picked


def chosen(monkeypatch: pytest.MonkeyPatch, typed: str, code: int = 0, newest: Path | None = None) -> list[list[str]]:
    """What is carried out, and opened, for what is typed."""
    done: list[list[str]] = []

    def do(words: list[str]) -> int:
        done.append(words)
        return code

    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    monkeypatch.setattr(desk, "open_with_system", lambda path: done.append(["open", str(path)]))
    assert menu(do, lambda: [newest] if newest else []) == 0
    return done


def test_every_line_is_a_command_that_there_is() -> None:
    for line in MENU:
        if line.command:
            options = arguments_parser().parse_args([*line.command, *line.before, *(["x"] if line.question else [])])
            assert options.command == " ".join(line.command)[: len(options.command)]


def test_a_run_offers_its_workbook_unless_it_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    book = Path("汇总.xlsx")
    assert chosen(monkeypatch, "2\n\n0\n", newest=book) == [["run"], ["open", "汇总.xlsx"]]
    assert chosen(monkeypatch, "2\nn\n3\n0\n", newest=book) == [["run"], ["open", "汇总.xlsx"]]
    assert chosen(monkeypatch, "2\n0\n", code=2, newest=book) == [["run"]]
    assert chosen(monkeypatch, "3\n0\n") == []


def test_what_a_command_needs_is_asked(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert chosen(monkeypatch, "7\n'/a b/x.xlsx' y.xlsx\n8\n张三\n8\n\n7\n\n") == [
        ["check", "/a b/x.xlsx", "y.xlsx"],
        ["sign", "--by=张三"],
        ["sign"],
    ]
    assert "[workbook-tool mail fetch]" in capsys.readouterr().err


def test_an_answer_that_begins_with_a_stroke_is_no_option(monkeypatch: pytest.MonkeyPatch) -> None:
    typed = chosen(monkeypatch, "7\n-rf.xlsx\n8\n-张三\n")
    options = [arguments_parser().parse_args(words) for words in typed]
    assert (options[0].files, options[1].by) == (["./-rf.xlsx"], "-张三")


def test_nonsense_is_said_and_a_closed_window_ends_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chosen(monkeypatch, "99\n\n收\n") == []
    assert "没有“99”这一项" in capsys.readouterr().err


def test_paths_are_taken_as_they_are_dragged_in(tmp_path: Path) -> None:
    path = tmp_path / "甲 乙's.xlsx"
    path.touch()
    assert paths_in(str(path)) == paths_in(f'"{path}"') == paths_in(shlex.quote(str(path))) == [str(path)]


class Desk(io.StringIO):
    """Somebody at the keyboard, who types this."""

    def isatty(self) -> bool:
        return True


def test_of_several_workbooks_one_is_picked(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(desk, "open_with_system", opened.append)
    monkeypatch.setattr("sys.stdin", Desk("3\n2\n0\n"))
    menu(lambda words: 0, lambda: [Path("年报.xlsx"), Path("周报.xlsx")])
    assert opened == [Path("周报.xlsx")]


def test_one_of_several_is_picked_by_its_number(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Desk("2\n3\n"))
    assert picked("定哪一种？", ["年报", "周报"]) == 1
    assert "  2  周报\n" in capsys.readouterr().err
    with pytest.raises(OfficeError, match="没有“3”这一项"):
        picked("定哪一种？", ["年报", "周报"])
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n"))
    assert picked("定哪一种？", ["年报", "周报"]) is None, "nobody sits there"
