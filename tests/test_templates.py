"""The shipped forms: each comes with the program, and its blank workbook lies beside it."""

from __future__ import annotations

import zipfile
from pathlib import Path

import tomli

from tests.grids import ROOT
from tests.sample.build import blanks

TEMPLATES = ROOT / "templates"


def test_every_shipped_declaration_is_in_the_package() -> None:
    project = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    shipped = [path.relative_to(ROOT).as_posix() for path in TEMPLATES.rglob("*.toml")]
    assert sorted(packed) == sorted(shipped)
    assert all(inside == f"workbook_tool/{outside}" for outside, inside in packed.items())


def test_the_blank_workbooks_are_those_that_their_declarations_give(tmp_path: Path) -> None:
    """``python -m tests.sample.build`` writes them anew."""
    made = list(blanks(tmp_path))
    assert len(made) == len(list(TEMPLATES.glob("*.toml")))
    for path in made:
        assert parts(path) == parts(TEMPLATES / path.name), path.name


def parts(path: Path) -> dict[str, bytes]:
    """What a workbook is made of."""
    with zipfile.ZipFile(path) as package:
        return {name: package.read(name) for name in package.namelist()}
