"""Identify: whose file this is, and for which year: hidden identity first, then the cover, then the file's name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workbook_tool.model.cells import address
from workbook_tool.model.finding import Finding
from workbook_tool.model.form import CoverField, Form
from workbook_tool.model.settings import Policy, Roster
from workbook_tool.model.submission import IDENTITY_SHEET, Agency, Content, Identity, Place, Sheet
from workbook_tool.model.text import label_key, nearest, squash

YES = frozenset({"是", "✔", "√", "对", "Y", "YES"})
DATE = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})")
YEAR = re.compile(r"(?:19|20)\d{2}")


@dataclass(frozen=True)
class Clue:
    """Something that names an agency: where it stood, the text, and the roster's agency it means (if any)."""

    source: str
    text: str
    agency: Agency | None
    sheet: str = ""
    cell: str = ""


def identify(
    sheets: Sequence[Sheet], path: str, form: Form, roster: Roster, year: int | None, policy: Policy
) -> Identity:
    """Who filed and for which year. ``foreign`` of the result says why a file does not belong to this run; with
    ``year`` None every year is accepted.

    The first clue that leads to an agency decides; others that say otherwise are findings.
    """
    hidden = hidden_identity(sheets)
    cover = read_cover(sheets, form)
    if hidden.get("form", form.id) != form.id:
        return Identity(form=hidden["form"], foreign=f"是另一种表（{hidden['form']}），不是《{form.title}》")
    clues = agency_clues(hidden, cover, form, path, roster)
    said, year_source, year_findings = filed_year(hidden, cover, form, policy, year)
    deciding = next((clue for clue in clues if clue.agency), None)
    agency = deciding.agency if deciding else None
    findings = year_findings + (disagreements(clues, deciding, form, policy) if deciding else [])
    return Identity(
        form=form.id,
        agency=agency,
        name=agency.name if agency else next((c.text for c in clues), ""),
        year=said,
        round=int(hidden["round"]) if hidden.get("round", "").isdecimal() else 1,
        source=deciding.source if deciding else year_source,
        filed_on=next((as_date(value) for field, (value, *_) in cover.items() if field.kind == "date"), None),
        nil=tuple(f.table for f, (value, *_) in cover.items() if f.kind == "nil" and is_yes(value)),
        findings=tuple(findings),
        foreign=why_foreign(agency, clues, roster, said, year),
        scope=next((str(value).strip() for field, (value, *_) in cover.items() if field.kind == "scope" and value), ""),
    )


def why_foreign(agency: Agency | None, clues: list[Clue], roster: Roster, said: int | None, year: int | None) -> str:
    if said is not None and year is not None and said != year:
        return f"报告年度为 {said} 年，本次汇总 {year} 年"
    if agency:
        due = year is None or agency.due(year)
        return "" if due else f"名录写明“{agency.name}”{year} 年不应报"
    if not clues:
        return "文件没有写明填报单位（封面、文件名都没有），请补填后再报"
    text = clues[0].text
    hint = nearest(text, [a.name for a in roster.agencies])
    return f"名录中没有“{text}”" + (f"，最接近的是“{hint}”" if hint else "") + "；请核对单位名称，或在名录中补登"


def hidden_identity(sheets: Sequence[Sheet]) -> dict[str, str]:
    """Key and value of the issued workbook's hidden sheet; empty where it is gone."""
    for sheet in sheets:
        if sheet.name == IDENTITY_SHEET:
            keys = {row: str(value) for (row, column), value in sheet.cells.items() if column == 0}
            return {key: as_text(sheet.cells.get((row, 1))) for row, key in keys.items()}
    return {}


def as_text(value: Content) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


Cover = dict[CoverField, tuple[Content, str, Place]]


def read_cover(sheets: Sequence[Sheet], form: Form) -> Cover:
    """What stands to the right of each label of the cover, with its sheet and place. A sheet is a cover where it has
    at least two of the labels."""
    wanted = {label_key(field.label): field for field in form.cover}
    for sheet in sheets:
        labels = {
            place: wanted[label_key(text)]
            for place, text in sheet.cells.items()
            if isinstance(text, str) and len(text) < 30 and label_key(text) in wanted
        }
        if len(labels) < 2:
            continue
        found: Cover = {}
        for (row, column), field in labels.items():
            right = sorted(c for r, c in sheet.cells if r == row and c > column)
            if right and (row, right[0]) not in labels and field not in found:
                found[field] = (sheet.cells[row, right[0]], sheet.name, (row, right[0]))
        return found
    return {}


def agency_clues(hidden: dict[str, str], cover: Cover, form: Form, path: str, roster: Roster) -> list[Clue]:
    """All that names an agency, the surest first."""
    clues = []
    if hidden.get("agency") or hidden.get("name"):
        text = hidden.get("name") or hidden["agency"]
        clues.append(Clue("隐藏标识", text, look_up(hidden.get("agency", ""), text, roster)))
    by_kind = {field.kind: (as_text(value), sheet, place) for field, (value, sheet, place) in cover.items()}
    code, code_sheet, code_place = by_kind.get("code", ("", "", (0, 0)))
    name, name_sheet, name_place = by_kind.get("agency", ("", "", (0, 0)))
    if roster.given:
        if code:
            clues.append(Clue("封面的单位代码", code, roster.by_code(code), code_sheet, address(*code_place)))
        if name:
            clues.append(Clue("封面的填报单位", name, by_name(name, roster), name_sheet, address(*name_place)))
    elif code or name:
        clues.append(Clue("封面", name or code, look_up(code, name or code, roster)))
    if named := named_in(path, roster):
        clues.append(Clue("文件名", named.name, named))
    return clues


def look_up(code: str, name: str, roster: Roster) -> Agency | None:
    """The roster's agency; without a roster every agency that names itself is one."""
    if not roster.given:
        return Agency(code or name, name or code)
    return roster.by_code(code) or by_name(name, roster)


def by_name(name: str, roster: Roster) -> Agency | None:
    key = squash(name)
    return next((a for a in roster.agencies if key in {squash(a.name), *map(squash, a.aliases)}), None)


def named_in(path: str, roster: Roster) -> Agency | None:
    """The agency with the longest name or alias that the file's name contains."""
    stem = squash(path.rpartition("/")[2])
    names = [(len(n), a) for a in roster.agencies for n in map(squash, (a.name, *a.aliases)) if n in stem]
    return max(names, key=lambda pair: pair[0])[1] if names else None


def disagreements(clues: list[Clue], deciding: Clue, form: Form, policy: Policy) -> list[Finding]:
    """One finding for each clue that names another agency than the one that counts, or one that nobody knows."""
    rule = form.rule_of_kind("agency")
    agency = deciding.agency
    assert agency is not None
    return [
        Finding(
            rule.id,
            policy.weigh(rule),
            f"{deciding.source}是“{agency.name}”（{agency.code}），{clue.source}却是“{clue.text}”。{rule.words}",
            rule.advice,
            sheet=clue.sheet,
            cell=clue.cell,
        )
        for clue in once(clues)
        if clue.agency != agency and not (clue.agency is None and clue.source == "隐藏标识")
    ]


def once(clues: list[Clue]) -> list[Clue]:
    """The first clue for each agency: code and name of the same other agency are one disagreement."""
    first = {clue.agency.code if clue.agency else clue.text: clue for clue in reversed(clues)}
    return [clue for clue in clues if clue in first.values()]


def filed_year(
    hidden: dict[str, str], cover: Cover, form: Form, policy: Policy, default: int | None
) -> tuple[int | None, str, list[Finding]]:
    """The year that the file says, what says so, and a finding where two places differ or none says it."""
    rule = form.rule_of_kind("period")
    on_cover = next(((as_year(v), s, p) for f, (v, s, p) in cover.items() if f.kind == "year"), (None, "", (0, 0)))
    issued = as_year(hidden.get("year", ""))
    if issued and on_cover[0] and issued != on_cover[0]:
        message = f"隐藏标识是 {issued} 年，封面却写 {on_cover[0]} 年，以封面为准。{rule.words}"
        cell = address(*on_cover[2])
        return (
            on_cover[0],
            "封面",
            [Finding(rule.id, policy.weigh(rule), message, rule.advice, sheet=on_cover[1], cell=cell)],
        )
    if said := issued or on_cover[0]:
        return said, "隐藏标识" if issued else "封面", []
    message = rule.words + (f"暂按 {default} 年计入。" if default else "")
    return None, "", [Finding(rule.id, policy.weigh(rule), message, rule.advice)]


def as_year(value: Content) -> int | None:
    match = YEAR.search(as_text(value))
    return int(match[0]) if match else None


def as_date(value: Content) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = DATE.search(str(value or ""))
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def is_yes(value: Content) -> bool:
    return value is True or str(value).strip().upper() in YES
