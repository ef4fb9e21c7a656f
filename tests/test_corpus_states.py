"""Odd files of other projects, where they are at hand, as the inbox of an office: each ends as ``corpus_states.csv`` says."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cost import TELLS
from tests.from_outside import MEMORY_MIB, Published, demand, run
from tests.grids import annual_report, year
from tests.offices import CASES, CONFIG
from tests.test_corpus import CORPUS, needs_corpus
from workbook_tool import checking
from workbook_tool.files.office.roster import load_roster
from workbook_tool.intake import Terms
from workbook_tool.model.office.settings import Roster

STATES = Path(__file__).with_name("corpus_states.csv")
SECONDS = 20
"""What all of them together may cost a processor."""


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Published:
    """A run over the corpus itself, which is only read."""
    if not TELLS:
        pytest.skip("this system does not tell what a process used")
    office = tmp_path_factory.mktemp("corpus")
    (office / "config.toml").write_text(f'{CONFIG}\n[folders]\ninbox = "{CORPUS}"\n', encoding="utf-8")
    shutil.copy(CASES / "roster.csv", office / "roster.csv")
    return run(office)


@needs_corpus
def test_every_odd_file_ends_as_the_table_says(published: Published, accept: bool) -> None:
    demand(published.states, STATES, accept)
    assert CORPUS is not None
    assert sorted(path for path, _, _ in published.states) == sorted(path.name for path in CORPUS.iterdir())


@needs_corpus
def test_none_of_them_is_counted(published: Published) -> None:
    assert not published.manifest["counts"]["files"].keys() & {"counted", "held", "returned"}
    assert {agency["state"] for agency in published.manifest["agencies"]} == {"missing"}
    assert "读取时" not in str(published.manifest["files"]), "no worker died, and no mistake of ours"


@needs_corpus
def test_they_stay_within_the_limits(published: Published) -> None:
    assert published.cost.memory <= MEMORY_MIB
    assert published.cost.cpu <= SECONDS


@needs_corpus
@pytest.mark.parametrize("roster", [Roster(given=False), load_roster(CASES / "roster.csv")], ids=["none", "roster"])
def test_files_judged_on_their_own_end_alike(roster: Roster, published: Published) -> None:
    assert CORPUS is not None
    records = checking.check_files(sorted(CORPUS.iterdir()), Terms(annual_report(), roster, year(2023)))
    found = sorted((r.source.path, r.state.value, r.reason.partition("；")[0]) for r in records)
    assert found == sorted(published.states)
