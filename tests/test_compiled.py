"""Forms that are kept where Python keeps its compiled modules: they are what their declarations say, or they are not taken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.grids import ROOT
from workbook_tool.files.form import compiled as kept_forms
from workbook_tool.files.form.compiled import KEPT, MAKERS, Named, compiled, kept_at, program
from workbook_tool.files.form.declaration import load_form
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.form import Form

FORMS = ("zfxxgk-2021", "zdgk-zb", "gfxwj-ml", "ysq-tz", "aqjc-jb")
AN_EDIT = ('title = "', 'title = "新')


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The declarations of an office, and a place of the test's own for what is kept."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "kept"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "kept").mkdir()
    return shutil.copytree(ROOT / "templates", tmp_path / "templates")


def place_of(named: Named) -> Path:
    place = kept_at(named, False)
    assert place
    return place


@pytest.fixture
def named(templates: Path) -> Named:
    """All forms of the sample office, kept already."""
    named = [(templates, one) for one in FORMS]
    compiled(named)
    assert place_of(named).is_file()
    return named


def test_what_is_kept_is_what_is_declared(named: Named, monkeypatch: pytest.MonkeyPatch) -> None:
    known: dict[Path, object] = {}
    read = [load_form(templates, one, known) for templates, one in named]  # type: ignore[arg-type]
    monkeypatch.setattr("workbook_tool.files.form.declaration.load_form", None)  # nobody is asked to read them again
    assert compiled(named) == read and repr(compiled(named)) == repr(read)


def test_what_a_form_is_made_of_belongs_together_again(named: Named) -> None:
    for form in compiled(named):
        for item in form.items:
            assert any(item.table is table for table in form.tables)
            assert any(item.row is one.row for one in form.by_table[item.table.id])


@pytest.mark.parametrize("file", ["zdgk-zb.toml", "gfxwj-ml.toml", "zfxxgk-2021/text.toml", "zfxxgk-2021/draft.toml"])
def test_one_byte_in_any_declaration_makes_another_form(templates: Path, named: Named, file: str) -> None:
    before = place_of(named)
    with (templates / file).open("ab") as declared:
        declared.write(b"#")
    assert place_of(named) != before


def test_the_form_is_new_as_soon_as_its_declaration_is(templates: Path, named: Named) -> None:
    path = templates / "zdgk-zb.toml"
    path.write_text(path.read_text("utf-8").replace(*AN_EDIT, 1), "utf-8")
    assert compiled(named)[1].title == load_form(templates, "zdgk-zb").title != compiled(named[:1])[0].title


def test_what_is_saved_while_it_is_read_is_not_kept_as_what_it_was(
    templates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The edit was taken back, and the form still had its words."""
    path, named = templates / "zdgk-zb.toml", [(templates, "zdgk-zb")]
    before = path.read_text("utf-8")

    def edited(*asked: Any, **how: Any) -> Form:
        path.write_text(before.replace(*AN_EDIT, 1), "utf-8")
        return load_form(*asked, **how)

    with monkeypatch.context() as patch:
        patch.setattr("workbook_tool.files.form.declaration.load_form", edited)
        new = compiled(named)[0].title
    path.write_text(before, "utf-8")
    assert compiled(named)[0].title == load_form(templates, "zdgk-zb").title != new


def test_nothing_is_kept_while_the_program_is_another(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_forms, "program", lambda: "upgraded")
    named = [(templates, "zdgk-zb")]
    assert compiled(named)[0].id == "zdgk-zb" and not place_of(named).exists()


def test_a_form_that_cannot_be_kept_is_a_form(templates: Path) -> None:
    """To keep a formula takes more depth than to read it: every command ended in 70 over one of 600 factors."""
    formula = f"W.site.news <= {' * '.join(['W.gov.news'] * 900)}"
    with (templates / "zdgk-zb.toml").open("a", encoding="utf-8") as declared:
        declared.write(f'[[rule]]\nid = "LONG"\nwords = "长"\nformula = "{formula}"\n')
    assert compiled([(templates, "zdgk-zb")])[0].rules[0].id


def test_a_wrong_declaration_is_told_every_time(templates: Path, named: Named) -> None:
    (templates / "zdgk-zb.toml").write_text("id = 1", "utf-8")
    for _ in range(2):
        with pytest.raises(OfficeError, match=r"zdgk-zb\.toml"):
            compiled(named)


@pytest.mark.parametrize("part", ["files/form/standing.toml", "files/form/derived.py", "model/form/live.py"])
def test_another_program_makes_other_forms(part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in MAKERS:
        shutil.copytree(kept_forms.PACKAGE / one, tmp_path / one, ignore=shutil.ignore_patterns("__pycache__"))
    here = program()
    monkeypatch.setattr(kept_forms, "PACKAGE", tmp_path)
    assert program() == here
    with (tmp_path / part).open("ab") as source:
        source.write(b"#")
    assert program() != here


def test_nothing_else_makes_a_form() -> None:
    """Whatever is loaded when forms are read counts as what makes them."""
    code = (
        "import sys; from pathlib import Path; from workbook_tool.files.form.declaration import load_form\n"
        f"[load_form(Path('templates'), one) for one in {FORMS}]\n"
        "print(*(one for one in sys.modules if one.startswith('workbook_tool.')))"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    parts = tuple(one.replace("/", ".") for one in MAKERS)
    loaded = {one.removeprefix("workbook_tool.") for one in told.stdout.split()} - {"files"}
    assert "files.form.rules" in loaded and not {one for one in loaded if not one.startswith(parts)}


@pytest.mark.parametrize("damage", ["cut", "empty", "one byte", "zero tail", "folder"])
def test_what_is_damaged_is_not_taken(named: Named, damage: str) -> None:
    place, good = place_of(named), compiled(named)
    content = bytearray(place.read_bytes())
    place.unlink()
    if damage == "folder":
        place.mkdir()
    elif damage == "one byte":
        content[len(content) // 2] ^= 1
        place.write_bytes(content)
    else:
        half = len(content) // 2
        tails = {"cut": b"", "empty": b"", "zero tail": bytes(half)}
        place.write_bytes(content[: 0 if damage == "empty" else half] + tails[damage])
    assert compiled(named) == good
    assert damage == "folder" or (compiled(named) == good and place.stat().st_size == len(content))


def test_nothing_is_kept_where_python_keeps_nothing(templates: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = [(templates, "zdgk-zb")]
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compiled(named)[0].id == "zdgk-zb" and not place_of(named).exists()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    place_of(named).parent.parent.mkdir(parents=True, exist_ok=True)
    place_of(named).parent.write_bytes(b"")  # no folder can be there
    assert compiled(named)[0].id == "zdgk-zb"


def test_only_so_many_are_kept(templates: Path, named: Named) -> None:
    folder = place_of(named).parent
    for number in range(KEPT + 3):
        (folder / f"{number}.forms").write_bytes(b"")
        os.utime(folder / f"{number}.forms", (number, number))
    one = [(templates, "aqjc-jb")]
    compiled(one)
    left = set(folder.glob("*.forms"))
    assert len(left) == KEPT and {place_of(one), place_of(named)} <= left
