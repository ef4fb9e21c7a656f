"""Reads the rows or columns of a block: a list or an outline of labels, each alone or with what is special about it.

A label alone is enough. Behind it, after a space: ``=`` sums what stands below it in the outline, or else above it;
``≥`` is at least what stands below it (其中); ``?`` may be left out. What is set in deeper belongs to what stands above it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

from msgspec.structs import replace

from workbook_tool.files.form.dependents import read_dependents, tell_dependents
from workbook_tool.files.form.entries import LEAST, SUM, Entry, captions, has_children, parts_of
from workbook_tool.files.office.toml import Keys, read_as
from workbook_tool.model.form.items import Block
from workbook_tool.model.form.line import PERCENT, Kind, Line
from workbook_tool.model.form.row_formula import YES_NO
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.form.yearly import speaks_of_year
from workbook_tool.model.regex import regex
from workbook_tool.model.text import label_key, squash

MARKS = regex(r"(?P<label>.*?)(?P<optional>\s+[?？])?(?P<sign>\s+(?:=|＝|≥|>=))?\s*")
LISTLIKE = regex(r"[{｛].*|[\"'].*[\"'],?")
"""What belongs into a list and not into an outline."""
LINE_KEYS = tuple(key for key in Line.__struct_fields__ if key != "after")
"""The fields of the noun that are declared; what may follow a choice is said with the choices."""
BESIDE = ("is", "rule", "severity", "within")
"""What a line may say beside the fields of the noun: what it follows from."""
MOST_DECIMALS = 6
WIDE = "\N{IDEOGRAPHIC SPACE}"
"""What sets in a row on paper, once for each step of the outline."""


def read_outline(keys: Keys, axis: str, block: Block) -> list[Entry]:
    """The lines of a block, each under its captions, with what sums what."""
    entries = read_entries(keys, axis)
    found: list[Entry] = []
    for number, entry in enumerate(entries):
        if has_children(entries, number) and not entry.follows and entry.sign != LEAST:
            entries[number] = replace(entry, caption=True)
    taken: dict[str, Line] = {}
    for number, entry in enumerate(entries):
        if entry.caption or not entry.line.label:
            continue
        under = (*captions(entries, number), *entry.line.under)
        line = own_unit(replace(entry.line, under=under), block)
        if axis == "rows" and (deep := steps_down(entries, number)) and not line.breaks:
            line = replace(line, breaks=WIDE * deep + line.label)
        line = line if line.id else replace(line, id=free_id(line, taken))
        taken.setdefault(line.id, line)
        entries[number] = replace(entry, line=line)
    entries = [replace(entry, line=in_turn(entry, entries)) if entry.line.depends else entry for entry in entries]
    for number, entry in enumerate(entries):
        if entry.caption or not entry.line.label:
            continue
        found.append(replace(entry, parts=tuple(parts_of(entries, number, keys))))
    if not found and axis in keys.values:
        keys.wrong(axis, "里没有一行" if axis == "rows" else "里没有一列")
    return found


def read_entries(keys: Keys, axis: str) -> list[Entry]:
    """Every line as it stands there, captions too."""
    keys.known.append(axis)
    declared = keys.values.get(axis)
    if declared is None:
        keys.wrong(axis, "缺少，必须填写")
        return []
    if isinstance(declared, str):
        return read_texts(keys, axis, [text for text in declared.splitlines() if text.strip()])
    if not isinstance(declared, list):
        keys.wrong(axis, "应为列表，或用三个引号括起来的提纲，一行一个名称")
        return []
    found = []
    for number, one in enumerate(declared):
        if isinstance(one, str):
            found.append(read_label(keys, axis, one))
        elif isinstance(one, dict):
            found.append(read_entry(keys.inner(one, axis, number), axis))
        else:
            keys.wrong(axis, f"的每一项应为文字，或 {{ label = … }}，现有 {one!r}")
    return found


def read_texts(keys: Keys, axis: str, texts: Sequence[str]) -> list[Entry]:
    """The lines of an outline. One that is written as in a list would be a line of that very name, braces and all."""
    for text in texts:
        if LISTLIKE.fullmatch(text.strip()):
            said = f"{axis} = [ … ]，每项一行，名称加引号，项后加逗号"
            keys.wrong(
                axis, f"的提纲里不能写 {{ }} 和引号，一行只写一个名称；要另外说明的请改用列表：{said}", text.strip()
            )
    return [read_label(keys, axis, text) for text in texts]


def depth_of(text: str) -> int:
    """How far in a label is set; a wide space counts as two."""
    spread = text.expandtabs(4).replace("\N{IDEOGRAPHIC SPACE}", "  ")
    return len(spread) - len(spread.lstrip(" "))


def read_label(keys: Keys, axis: str, text: str) -> Entry:
    """A line that is nothing but its label."""
    label, optional, sign = marks_of(text)
    if not label:
        keys.wrong(axis, f"“{text}” 没有名称")
    return Entry(Line("", label, optional=optional, total=sign == SUM), keys, axis, depth_of(text), sign)


def marks_of(text: str) -> tuple[str, bool, str]:
    """The label, whether it may be left out, and the sign behind it."""
    found = MARKS.fullmatch(text.strip())
    if found is None:  # a text of several lines
        return " ".join(text.split()), False, ""
    sign = {"": "", "=": SUM, "＝": SUM}.get((found["sign"] or "").strip(), LEAST)
    return found["label"], bool(found["optional"]), sign


def read_entry(keys: Keys, axis: str) -> Entry:
    """A line with what is special about it. Raises OfficeError where its id is no name that a formula could use."""
    keys.expect((*LINE_KEYS, *BESIDE))
    text = keys.need("label")
    label, optional, sign = marks_of(text)
    formula, rule = keys.text("is"), keys.text("rule")
    severity = Severity(keys.choice("severity", [s.value for s in Severity], "must"))
    within = keys.number("within") or Decimal(0)
    if formula and sign:
        keys.wrong("is", f"和名称后面的“{sign}”只能写一个")
    given: dict[str, Any] = {"label": label, "id": keys.text("id")}
    if optional:
        given["optional"] = True
        keys.known.append("optional")
    if (formula and not speaks_of_year(formula)) or sign == SUM:
        given["total"] = True
        keys.known.append("total")
    if "choices" in keys.values and "kind" not in keys.values:
        given["kind"] = "choice"
    given |= read_after(keys)
    line = read_as(Line, keys, **given, pattern=read_pattern(keys))
    check_line(keys, line)
    if line.decimals is not None and not 0 <= line.decimals <= MOST_DECIMALS:
        line = replace(line, decimals=None)
    return Entry(line, keys, axis, depth_of(text), sign, formula, (), rule, severity, within)


def check_line(keys: Keys, line: Line) -> None:
    """Say what of a line cannot be, or has no effect."""
    if line.id and (not line.id.isidentifier()):
        keys.wrong("id", f"= “{line.id}” 应由字母开头，只含字母、数字和下划线；不需要编号的可以不写 id")
    if line.decimals is not None and not 0 <= line.decimals <= MOST_DECIMALS:
        keys.wrong("decimals", f"应在 0 到 {MOST_DECIMALS} 之间")
    if line.min is not None and line.max is not None and line.min > line.max:
        keys.wrong("min", f"= {line.min} 大于 max = {line.max}")
    numeric = [
        key for key in ("unit", "decimals", "negative", "min", "max", "stock", "adds", "is") if key in keys.values
    ]
    if line.kind != "number" and numeric:
        keys.wrong(numeric[0], f"只用于数，这里却是 kind = “{line.kind}”")
    if line.kind in ("number", "date") and line.pattern:
        keys.wrong("pattern", "只用于文字，要写 kind = “text”、“code” 等")
    tell_choices(keys, line.kind)
    keys.unique("choices", list(line.choices))


def read_after(keys: Keys) -> dict[str, Any]:
    """What may follow each choice of another line; with all that may be chosen, where that depends on one."""
    if not keys.values.keys() & {"depends", "choices"}:
        return {"after": ()}
    after: dict[str, tuple[str, ...]] = {}
    with keys.going_on():
        after = read_dependents(keys)
    if not isinstance(keys.values.get("choices"), dict):
        return {"after": ()}
    keys.known.append("choices")
    return {"after": tuple(after.items()), "choices": tuple(dict.fromkeys(chain(*after.values())))}


def in_turn(entry: Entry, entries: Sequence[Entry]) -> Line:
    """A line whose choices depend on another, which is known by its id from here on; says where it cannot be."""
    line, keys = entry.line, entry.keys
    others = {name: one.line for one in entries if one is not entry for name in (one.line.id, one.line.label) if name}
    with keys.going_on():
        keys.known_name("depends", line.depends, list(others))
        on = others[line.depends]
        offered = tuple(YES_NO) if on.kind == "yesno" else on.choices
        tell_dependents(keys, line.depends, offered, [chosen for chosen, _ in line.after])
        return replace(line, depends=on.id)
    return replace(line, depends="")


def tell_choices(keys: Keys, kind: Kind) -> None:
    """Say where choices are missing, or nobody can choose."""
    if (kind == "choice") != ("choices" in keys.values):
        keys.wrong("choices", "必须写明" if kind == "choice" else "只用于 kind = “choice” 的行、列")


def read_pattern(keys: Keys) -> str:
    """What a text must look like as a whole; empty where that is not told, or is none, which is said."""
    pattern = keys.text("pattern")
    try:
        re.compile(pattern)
    except re.error as error:
        keys.wrong("pattern", f"不是正确的正则表达式：{error}")
        return ""
    return pattern


def own_unit(line: Line, block: Block) -> Line:
    """The line with what is its own: a unit and decimals that are those of its block are not. What is counted in percent
    has two decimals where nothing is said."""
    unit = "" if line.unit == block.unit else line.unit
    decimals = line.decimals
    if decimals is None and unit:
        decimals = 2 if unit in PERCENT else 0
    return replace(line, unit=unit, decimals=None if decimals == block.decimals else decimals)


def steps_down(entries: Sequence[Entry], number: int) -> int:
    """How many lines with numbers of their own a line is set in below."""
    depth, found = entries[number].depth, 0
    for entry in reversed(entries[:number]):
        if entry.depth < depth:
            depth, found = entry.depth, found + (not entry.caption)
    return found


def id_of(label: str) -> str:
    """The id that a label gives: its own characters, so that it stays while other lines come and go."""
    found = re.sub(r"\W", "", label_key(label)) or re.sub(r"\W", "", squash(label)) or "x"
    return f"_{found}" if found[0].isdigit() else found


def free_id(line: Line, taken: dict[str, Line]) -> str:
    """The id of a line by its first label, with that of its caption where another has the same; one without captions, whose
    namesake has some, is the next of its name."""
    first = line.was[0] if line.was else line.label
    own = id_of(first)
    ways = [own, *(f"{id_of(caption)}_{own}" for caption in reversed(line.under)), re.sub(r"\W", "_", first)]
    alike = [one for one in taken.values() if one.label == line.label]
    ways += [f"{own}_{len(alike) + 1}"] if line.under not in {one.under for one in alike} else []
    return next((way for way in ways if way not in taken and way.isidentifier()), own)
