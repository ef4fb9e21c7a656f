"""``init``: a new office that works as it stands, and never one over another."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.grids import settings_of
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.office.bundled import bundled_templates
from workbook_tool.files.office.config import check_policy
from workbook_tool.files.office.folder import make_office
from workbook_tool.files.office.launchers import ABSENT, OTHER, WORDS, bat_text, sh_text
from workbook_tool.files.office.roster import load_roster
from workbook_tool.model.errors import OfficeError


def test_a_new_office_is_complete(tmp_path: Path) -> None:
    made = make_office(tmp_path / "新 办公室")
    assert all(path.exists() for path in made)
    settings = settings_of(tmp_path / "新 办公室" / "config.toml")
    check_policy(settings, [load_form(settings.templates, settings.form)])
    assert load_roster(settings.roster).agencies == ()
    assert not any(settings.inbox.iterdir()) and not any(settings.outbox.iterdir())
    for form in bundled_templates().glob("*.toml"):
        assert (settings.templates / form.name).read_bytes() == form.read_bytes()


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    assert tmp_path / "config.toml" in make_office(tmp_path)


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(OfficeError, match="不是空文件夹"):
        make_office(tmp_path)
    with pytest.raises(OfficeError, match="不是空文件夹"):
        make_office(tmp_path / "note.txt")
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


@pytest.mark.skipif(os.name == "nt", reason="a shell script")
@pytest.mark.parametrize("code", [*WORDS, 99])
def test_the_shell_start_says_what_the_exit_code_means(tmp_path: Path, code: int) -> None:
    """From wherever it is called it runs in its own folder, passes on what it is given, and keeps the exit code."""
    make_office(tmp_path / "新 办公室")
    program = tmp_path / "bin" / "workbook-tool"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$PWD" "$@"\nexit {code}\n')
    program.chmod(0o755)
    start = subprocess.run(
        [tmp_path / "新 办公室" / "运行.sh", "--strict"],
        env={"PATH": f"{program.parent}:/usr/bin:/bin"},
        cwd="/",
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
    )
    first, _, *said = start.stdout.splitlines()
    assert (start.returncode, first) == (code, f"{tmp_path / '新 办公室'} run --strict")
    assert said == [WORDS.get(code, f"{OTHER}（{code}）")]


def test_the_shell_start_says_so_where_the_program_is_not_installed(tmp_path: Path) -> None:
    path = tmp_path / "运行.sh"
    path.write_text(sh_text("/nowhere/python"), encoding="utf-8")
    start = subprocess.run(
        ["sh", path], env={"PATH": "/usr/bin:/bin"}, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL
    )
    assert (start.returncode, start.stdout.strip()) == (ABSENT, WORDS[ABSENT])


def test_the_windows_start_is_written_as_cmd_reads_it(tmp_path: Path) -> None:
    """CRLF, UTF-8 declared before the first Chinese letter, no jumps, and nothing in the words that cmd would act on."""
    bat = next(path for path in make_office(tmp_path / "office") if path.suffix == ".bat")
    raw = bat.read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") and not raw.startswith(b"\xef\xbb\xbf")
    before, _, after = raw.decode().partition("chcp 65001")
    assert before.isascii() and "goto" not in after and "\r\n:" not in after
    for said in (*WORDS.values(), OTHER):
        assert f"echo {said}" in after and not set(said) & set("&|<>^%!")
    assert 'set TOOL="C:\\100%%\\python.exe" -m' in bat_text("C:\\100%\\python.exe")
