"""What a whole region's run made: its workbook is nobody's filing, its report only that of the region itself, and only
at the level above. Whatever such a file is renamed to, it is never an agency's."""

from __future__ import annotations

from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import KIND, REGION_REPORT, REGION_WORKBOOK, Agency
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.text import squash
from workbook_tool.steps.intake.identify.clues import CODE_CELL, HIDDEN, NAME_CELL, Clue
from workbook_tool.steps.intake.identify.cover import Cover
from workbook_tool.steps.intake.identify.period import as_text


def made_here(hidden: dict[str, str], cover: Cover, form: Form, region: Agency | None, roster: Roster) -> str:
    """Why a region's product is no filing in this office; empty where the file is none, or may be one here."""
    name = hidden.get("name", "")
    if hidden.get(KIND) == REGION_WORKBOOK:
        return f"是“{name}”的汇总工作簿，不是填报表，没有计入；下级地区报来的应是它的上报表"
    own = hidden.get(KIND) == REGION_REPORT and is_region(region, name, hidden.get("agency", ""))
    if own or covered_by_region(cover, form, region, roster):
        assert region is not None
        return f"是本地区（{region.name}）自己的上报表，供报送上级用，不是哪个单位的填报表，没有计入"
    return ""


def is_region(region: Agency | None, name: str, code: str) -> bool:
    """Whether name and code are those of this region; a code that one of the two lacks says nothing."""
    if region is None or squash(region.name) != squash(name):
        return False
    return not code or not region.code or code == region.code


def covered_by_region(cover: Cover, form: Form, region: Agency | None, roster: Roster) -> bool:
    """Whether the cover alone, copied out of its workbook, says that this is the region's own consolidated report."""
    said = {field.kind: as_text(value) for field, (value, *_) in cover.items()}
    name = said.get("agency", "")
    if not form.whole_scope or form.whole_scope not in said.get("scope", ""):
        return False
    listed = any(squash(agency.name) == squash(name) for agency in roster.agencies)
    return not listed and is_region(region, name, said.get("code", ""))


def its_own(clues: list[Clue], hidden: dict[str, str]) -> list[Clue]:
    """Of a region's report only what it says itself names its agency: never a file name or a folder."""
    if hidden.get(KIND) != REGION_REPORT:
        return clues
    return [clue for clue in clues if clue.source in (HIDDEN, CODE_CELL, NAME_CELL)]


def told_of_region(reason: str, hidden: dict[str, str]) -> str:
    """The reason why a file is foreign, led by what it is where it is a region's report."""
    if not reason or hidden.get(KIND) != REGION_REPORT:
        return reason
    return f"是“{hidden.get('name', '')}”的上报表，不是单位自己的填报表；{reason}"
