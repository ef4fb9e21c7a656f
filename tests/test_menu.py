"""The menu for whoever starts the program without a command."""

from __future__ import annotations

import io
import shlex
from pathlib import Path

import pytest

from workbook_tool import menu as desk
from workbook_tool.arguments import arguments_parser
from workbook_tool.menu import MENU, menu, paths_in


def chosen(monkeypatch: pytest.MonkeyPatch, typed: str, code: int = 0, newest: Path | None = None) -> list[list[str]]:
    """What is carried out, and opened, for what is typed."""
    done: list[list[str]] = []

    def do(words: list[str]) -> int:
        done.append(words)
        return code

    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    monkeypatch.setattr(desk, "open_with_system", lambda path: done.append(["open", str(path)]))
    assert menu(do, lambda: newest) == 0
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
        ["sign", "--by", "张三"],
        ["sign"],
    ]
    assert "[workbook-tool mail fetch]" in capsys.readouterr().err


def test_nonsense_is_said_and_a_closed_window_ends_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert chosen(monkeypatch, "99\n\n收\n") == []
    assert "没有“99”这一项" in capsys.readouterr().err


def test_paths_are_taken_as_they_are_dragged_in(tmp_path: Path) -> None:
    path = tmp_path / "甲 乙's.xlsx"
    path.touch()
    assert paths_in(str(path)) == paths_in(f'"{path}"') == paths_in(shlex.quote(str(path))) == [str(path)]
