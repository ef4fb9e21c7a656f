"""``pytest --accept`` rewrites the expected results that stand in the tests' own texts; then the diff is read by eye."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator
from datetime import date
from functools import cache
from pathlib import Path

import openxml_audit.context
import pytest
from hypothesis import settings
from openpyxl.worksheet.merge import MergedCellRange
from xdist.scheduler import LoadScopeScheduling

from tests.grids import annual_report, distinct, year
from tests.stories import OFFICES, Tell, told
from tests.tables import put
from workbook_tool.files.intake import arriving
from workbook_tool.files.workbook.render import render
from workbook_tool.steps.form import blank_book

MergedCellRange.format = lambda self: None
"""openpyxl draws the borders of merged areas anew when it loads a workbook: nearly half of the time, and no test asks for
a border."""

openxml_audit.context._sibling_position = lambda _: 1
"""The validator counts for each element how many of its kind stand before it, to name the place of an error: a fifth of
its time, and every test asks for no error."""

gc.set_threshold(50_000, 20, 20)
"""The tests make workbooks of many small objects; to look for circles among them at each 700th is a twentieth of it all."""

settings.register_profile("same", derandomize=True)
settings.register_profile("new")
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
"""Properties are tried on the same examples every time, so that nobody's change fails by another's bad luck;
``HYPOTHESIS_PROFILE=new`` tries new ones, and what that finds becomes an example."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the expected results")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> LoadScopeScheduling:
    """Several workers at once: what is asked of an office is asked by one of them, which runs it once. Everything else
    stays together by module, whose tests share what it took seconds to make."""
    return ByOffice(config, log)


HEAVY = (
    *("hostile", "returns", "season", "fuzz", "cluster", "reports", "ledger", "decisions", "cli", "formats"),
    *("cage", "bombs", "weekly", "region_report", "documents", "pages", "explanations"),
)
"""The modules that take longest: dealt out first, so that no worker is left with one of them at the end."""


def pytest_configure(config: pytest.Config) -> None:
    config.option.loadscopereorder = False  # it would deal by the number of tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    first = {f"test_{name}.py": number for number, name in enumerate(HEAVY)}
    items.sort(key=lambda item: first.get(item.path.name, len(first)))


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """One more than there are processors: a quarter of the time a worker waits for LibreOffice, or for something that
    hangs on purpose."""
    return (yield) + 1


class ByOffice(LoadScopeScheduling):
    """Deals out offices and modules. (``--dist loadgroup`` would do, but pytest-xdist 3.8 loses its groups under pytest
    9.2 and says nothing.)"""

    def _split_scope(self, nodeid: str) -> str:
        module, _, test = nodeid.partition("::")
        office = test.partition("[")[2].rstrip("]")
        return f"office {office}" if office in OFFICES else module


@pytest.fixture(autouse=True)
def whole(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files that a test has just written are whole: no run here waits to see whether they grow, but where that is tested:
    it is half a second each."""
    if request.path.name != "test_arriving.py":
        monkeypatch.setattr(arriving, "PAUSE", 0.0)


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--accept"))


@pytest.fixture(scope="session")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Tell:
    """The run of an office by its name, each made and run once."""
    return cache(lambda name: told(name, tmp_path_factory.mktemp(name)))


@pytest.fixture(scope="session")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An issued workbook, filled in so that every number is another."""
    import openpyxl

    form, path = annual_report(), tmp_path_factory.mktemp("issued") / "issued.xlsx"
    render(blank_book(form, year(2023), date(2024, 1, 1)), path)
    book = openpyxl.load_workbook(path)
    for code, number in distinct(form).items():
        put(book, code.replace(".", "_"), number)
    book.save(path)
    return path
