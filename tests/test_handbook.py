"""The handbook (docs/手册.md) and the new office's config say what the program does."""

from __future__ import annotations

import importlib
import pkgutil
import re
from decimal import Decimal
from pathlib import Path

import tomli

from tests.grids import ROOT, settings_of
from workbook_tool import terminal
from workbook_tool.files.office.folder import make_office
from workbook_tool.files.office.launchers import WORDS
from workbook_tool.files.workbook.results import FINDING_COLUMNS, VALUE_COLUMNS
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.judging.correction import Life
from workbook_tool.model.judging.diagnosis import Certainty
from workbook_tool.model.judging.follow_up import Opinion, Status
from workbook_tool.model.season.agency import AgencyState, DatedBy, Timeliness
from workbook_tool.model.season.score import Weights
from workbook_tool.model.workbook.listing import Listing
from workbook_tool.steps import workbook as sheets
from workbook_tool.steps.workbook import plan

BOOK = (ROOT / "docs" / "手册.md").read_text(encoding="utf-8")


def first_cells(heading: str) -> list[str]:
    """The first column of the first table below a heading."""
    table = re.findall(r"^\|(.+?)\|", BOOK.partition(f"{heading}\n")[2].partition("\n#")[0], re.MULTILINE)
    return [cell.strip() for cell in table[2:]]


def keys_told(command: str) -> set[str]:
    """The keys that the handbook lists for what a command tells to programs."""
    return set(re.findall(r"`(\w+)`", BOOK.partition(f"`{command}`：")[2].partition("\n\n")[0]))


def test_every_state_and_opinion_and_exit_code_is_told() -> None:
    assert set(first_cells("### 文件的状态")) >= {s.label for s in State if s is not State.IGNORED} | {
        AgencyState.MISSING.label,
        AgencyState.UNKNOWN.label,
    }
    assert first_cells("## 6. 处理意见") == [opinion.value for opinion in Opinion]
    codes = {value for name, value in vars(terminal).items() if name.isupper() and isinstance(value, int)}
    assert {int(code) for code in first_cells("### 退出码")} == codes | WORDS.keys()


def test_every_word_of_an_output_is_explained() -> None:
    """The labels of states, the sheets and headers of the workbook, the columns of the tables for programs."""
    labels = [each for kind in (State, AgencyState, Severity, Status, Certainty, Life, Timeliness) for each in kind]
    words = {each.label for each in labels if each is not State.IGNORED}
    words |= {each.value for kind in (Opinion, DatedBy) for each in kind}
    for found in pkgutil.iter_modules(sheets.__path__, f"{sheets.__name__}."):
        named = vars(importlib.import_module(found.name)).values()
        words |= {column.header for one in named if isinstance(one, Listing) for column in one.columns}
    words |= {told for name, told in vars(plan).items() if name.isupper() and isinstance(told, str) and told[0] != "#"}
    words |= {*FINDING_COLUMNS, *VALUE_COLUMNS}
    assert {word for word in words if word not in BOOK} == set()


def test_the_weights_are_the_defaults(tmp_path: Path) -> None:
    (block,) = re.findall(r"```\n(\[scorecard\].*?)```", BOOK, re.DOTALL)
    told = tomli.loads(block)["scorecard"]
    assert told.pop("counted") == list(Weights().counted)
    numbers = [weight for weight in Weights.__struct_fields__ if weight != "counted"]
    assert {name: Decimal(value) for name, value in told.items()} == {
        name: getattr(Weights(), name) for name in numbers
    }
    config = next(path for path in make_office(tmp_path) if path.name == "config.toml")
    assert settings_of(config).scorecard is None
    text = config.read_text(encoding="utf-8")
    head, mark, tail = text.partition("# [scorecard]")
    config.write_text(head + (mark + tail).replace("# ", "", 1).replace("\n# ", "\n"), encoding="utf-8")
    assert settings_of(config).scorecard == Weights()
