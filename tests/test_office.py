"""``init``: a new office that works as it stands, and never one over another."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbook_tool.files.config import bundled_templates, check_policy, load_settings
from workbook_tool.files.declaration import load_form
from workbook_tool.files.office import make_office
from workbook_tool.files.roster import load_roster
from workbook_tool.model.errors import OfficeError


def test_a_new_office_is_complete(tmp_path: Path) -> None:
    made = make_office(tmp_path / "新 办公室")
    assert all(path.exists() for path in made)
    settings = load_settings(tmp_path / "新 办公室" / "config.toml")
    check_policy(settings, load_form(settings.templates, settings.form))
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
