"""Tamper: what was changed in the issued workbook itself, beside filling it in.

The workbook carries its own skeleton, so that nothing is said of files that were not issued by us. Whatever a program
rewrites on saving, and whatever a clerk writes beside the table, is no change.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbook_tool.model.cells import areas
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.skeleton import Frame, read_skeleton
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Sheet
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.text import label_key, squash
from workbook_tool.steps.intake.tamper.alterations import GRAVE, Alteration, Key, compare

NAMED_AT_MOST = 3
"""More changes of a sheet than this are counted, not named."""
SAME_SHEET = 0.6
"""The share of a sheet's texts by which it is known under another name."""


def tamper(sheets: Sequence[Sheet], rulebook: Rulebook, told: Sequence[Finding] = ()) -> list[Finding]:
    """At most one finding for each sheet, and one for sheets that came or went. ``told`` are the findings of the
    reading: what they say is not said again."""
    frames = next((read_skeleton(s.cells) for s in sheets if s.name == IDENTITY_SHEET), ())
    if not frames:
        return []
    form = rulebook.form
    key, present = keys_of(form), [sheet for sheet in sheets if sheet.name != IDENTITY_SHEET]
    partners = partner_sheets(frames, present, key)
    with_formulas = any(sheet.formulas for sheet in present)
    findings = []
    for frame in frames:
        if sheet := partners.get(frame.sheet):
            changes = untold(compare(frame, sheet, key, with_formulas), frame, sheet, form, told)
            if squash(sheet.name) != squash(frame.sheet):
                changes.append(Alteration(GRAVE + 1, f"原名「{frame.sheet}」，被改名"))
            findings += sheet_finding(changes, frame, sheet, rulebook)
    return findings + book_finding(frames, present, partners, rulebook, told)


def keys_of(form: Form) -> Key:
    """Labels by their key; spellings that the form knows for one line are one."""
    same = form.one_key

    def key_of(text: str) -> str:
        key = label_key(text)
        return same.get(key, key)

    return key_of


def partner_sheets(frames: Sequence[Frame], sheets: Sequence[Sheet], key: Key) -> dict[str, Sheet]:
    """The filed sheet for each issued one: by its name, else the one that holds most of its texts."""
    by_name = {squash(sheet.name): sheet for sheet in reversed(sheets)}
    found = {frame.sheet: by_name[squash(frame.sheet)] for frame in frames if squash(frame.sheet) in by_name}
    spare = [sheet for sheet in sheets if sheet not in found.values()]
    for frame in frames:
        wanted = {key(text) for text in frame.texts.values()}
        shares = [(share(wanted, sheet, key), -n) for n, sheet in enumerate(spare)]
        if frame.sheet not in found and shares and max(shares)[0] >= SAME_SHEET:
            found[frame.sheet] = spare.pop(-max(shares)[1])
    return found


def share(wanted: set[str], sheet: Sheet, key: Key) -> float:
    """How much of the issued texts a sheet still holds, from 0 to 1."""
    there = set(map(key, sheet.texts.values()))
    return len(wanted & there) / max(len(wanted), 1)


def untold(
    changes: list[Alteration], frame: Frame, sheet: Sheet, form: Form, told: Sequence[Finding]
) -> list[Alteration]:
    """The changes without those that the reading has told already: lines that are missing, moved or out of place."""
    if says(told, form.rule_of_kind("table").id, frame.sheet):
        return []
    rules = {form.rule_of_kind(kind).id for kind in ("order", "label")}
    said = [finding for finding in told if finding.rule in rules and finding.sheet == sheet.name]
    if not said:
        return changes
    named = {label_key(text) for finding in said for text in re.findall("「([^」]*)」", finding.message)}
    return [change for change in changes if not change.line and named.isdisjoint(map(label_key, change.labels))]


def sheet_finding(changes: list[Alteration], frame: Frame, sheet: Sheet, rulebook: Rulebook) -> list[Finding]:
    """All changes of one sheet as one finding, the weightiest first."""
    if not changes:
        return []
    ordered = sorted(changes, key=lambda change: change.weight)
    named, rest = ordered[:NAMED_AT_MOST], len(ordered) - NAMED_AT_MOST
    words = "；".join(change.words for change in named) + (f"；另有 {rest} 处" if rest > 0 else "")
    table = next((table.name for table in rulebook.form.tables if table.name == frame.sheet), "")
    where = Where(table, sheet=sheet.name, cells=areas(place for change in named for place in change.cells))
    usually = Severity.EXPLAIN if ordered[0].weight == GRAVE else None
    return [rulebook.finding(rulebook.of_kind("tamper"), f"工作表「{sheet.name}」{words}。", where, usually=usually)]


def book_finding(
    frames: Sequence[Frame],
    sheets: Sequence[Sheet],
    partners: dict[str, Sheet],
    rulebook: Rulebook,
    told: Sequence[Finding],
) -> list[Finding]:
    """Sheets that are gone, and sheets with numbers that were not issued; a sheet of notes is a clerk's own affair."""
    rule = rulebook.of_kind("table").id
    missing = [f.sheet for f in frames if f.sheet not in partners and not says(told, rule, f.sheet)]
    spare = [sheet for sheet in sheets if sheet not in partners.values() and not says(told, rule, sheet.name)]
    added = [sheet.name for sheet in spare if any(type(content) in (int, float) for content in sheet.cells.values())]
    words = [f"{what}工作表{listed(names)}" for what, names in (("少了", missing), ("多了有数的", added)) if names]
    return [rulebook.finding(rulebook.of_kind("tamper"), f"{'；'.join(words)}。")] if words else []


def says(told: Sequence[Finding], rule: str, sheet: str) -> bool:
    """Whether a finding about missing or doubled tables speaks of this sheet."""
    return any(f.rule == rule and (sheet in (f.table, f.sheet) or f"“{sheet}”" in f.message) for f in told)


def listed(names: Sequence[str]) -> str:
    """The names of sheets in a sentence; of many the first and how many there are."""
    more = f" 等 {len(names)} 张" if len(names) > NAMED_AT_MOST else ""
    return "、".join(f"「{name}」" for name in names[:NAMED_AT_MOST]) + more
