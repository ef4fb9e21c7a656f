"""What is installed is pinned, with hashes: the pins are those of pyproject.toml, for every system of the bundle."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import tomli
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.grids import ROOT

PROJECT = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def pins(path: str) -> dict[str, list[Requirement]]:
    text = (ROOT / path).read_text(encoding="utf-8").replace("\\\n", " ")
    assert all("--hash=sha256:" in line for line in text.splitlines() if line.strip())
    assert "://" not in text, "no address of a registry"
    found: dict[str, list[Requirement]] = {}
    for line in text.splitlines():
        requirement = Requirement(line.partition("--hash")[0].strip())
        found.setdefault(canonicalize_name(requirement.name), []).append(requirement)
    return found


@pytest.mark.parametrize("path", ["pinned/run.txt", "pinned/test.txt"])
def test_the_pins_are_within_the_ranges(path: str) -> None:
    """Where this fails: python3 tasks.py pin."""
    more = PROJECT["optional-dependencies"]["test"] if "test" in path else []
    found = pins(path)
    for wanted in map(Requirement, [*PROJECT["dependencies"], *more]):
        pinned = found[canonicalize_name(wanted.name)]
        versions = [re.sub("^==", "", str(one.specifier)) for one in pinned]
        assert all(wanted.specifier.contains(version) for version in versions), wanted


def test_the_installer_refuses_in_words(tmp_path: Path) -> None:
    """Without wheels for this Python it says so, and makes nothing."""
    (tmp_path / "wheels").mkdir()
    install = tmp_path / "install.py"
    install.write_bytes((ROOT / "bundle" / "install.py").read_bytes())
    done = subprocess.run(
        [sys.executable, "-S", install], capture_output=True, encoding="utf-8", env={"PYTHONUTF8": "1"}
    )
    assert done.returncode == 1 and "没有给 Python" in done.stderr
    assert not (tmp_path / ".venv").exists()


def test_the_windows_installer_is_written_as_cmd_reads_it() -> None:
    raw = (ROOT / "bundle" / "安装.bat").read_bytes()
    assert raw.count(b"\r\n") == raw.count(b"\n") and not raw.startswith(b"\xef\xbb\xbf")
    assert raw.decode().partition("chcp 65001")[0].isascii()
