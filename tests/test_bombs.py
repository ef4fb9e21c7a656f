"""Files that are too much for any parser, through the front door: only the file itself is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.grids import annual_report, year
from tests.hostile import many_rows
from tests.hostile_filings import good
from tests.offices import CASES
from workbook_tool import checking
from workbook_tool.files.intake.cage import Cage
from workbook_tool.files.office.roster import load_roster
from workbook_tool.intake import Terms
from workbook_tool.model.office.settings import Limits
from workbook_tool.model.season.filing import AnyFile, Filing

BUSY = 600
"""In seconds of the clock: what a busy machine needs for it is no measure."""


def judged(folder: Path, bomb: bytes, limits: Limits) -> list[AnyFile]:
    """A bomb among five good filings."""
    codes = ("020", "021", "022", "023", "024")
    files = {"a.xlsx": bomb} | {f"{code}.xlsx": good(code) for code in codes}
    for name, content in files.items():
        (folder / name).write_bytes(content)
    terms = Terms(annual_report(), load_roster(CASES / "roster.csv"), year(2023), limits=limits)
    return list(
        checking.check_files(
            [folder / name for name in ("020.xlsx", "021.xlsx", "a.xlsx", "022.xlsx", "023.xlsx", "024.xlsx")],
            terms,
            engine=Cage,  # a copy of this very process would have the room that other tests have left
        )
    )


@pytest.mark.parametrize(
    ("bomb", "limits", "said"),
    [
        (many_rows, Limits(workers=2, memory_mib=230, wall_seconds=BUSY), "占用内存过多"),
        (many_rows, Limits(workers=2, seconds=1, wall_seconds=BUSY), "读取超过 1 秒"),
    ],
    ids=["more than the memory there is", "longer than the time there is"],
)
def test_only_the_bomb_is_lost(bomb, limits: Limits, said: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    records = judged(tmp_path, bomb(), limits)
    lost = records.pop(2)
    assert lost.state.value == "unreadable"
    assert said in lost.reason
    assert [record.state.value for record in records] == ["counted"] * 5
    assert all(isinstance(record, Filing) and not record.checked.findings for record in records)
