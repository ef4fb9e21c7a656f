"""An early declaration in the words of today: what it repeats is said once, what follows is not said."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbook_tool.model.regex import regex

Table = Mapping[str, Any]
LISTED = ("cover", "figure", "facet", "pivot", "outdated")
"""What becomes a list of short lines at the top."""
LINES = ("columns", "rows")
SHARED = ("corner", "heading", "unit", "decimals", "counted_in")
BARE = regex(r"[\w-]+", re.ASCII)
SPAN = regex(r"\s*(?:(\w+) == sum\((\w+):(\w+)\)|sum\((\w+):(\w+)\) == (\w+))\s*")
USUAL = {"severity": "must", "origin": "P"}
WIDE = 118


def rewrite(document: Table, standing: Mapping[str, Table], usual: Mapping[str, Table], sums: bool) -> str:
    """The declaration written anew. ``standing`` are the rules that every form has, by id; ``usual`` what rules of a kind
    say, by kind. With ``sums`` totals are marked as such, and their rules only word them."""
    totals = dict(found_sums(document)) if sums else {}
    lines = [f"{key} = {written(value)}" for key, value in document.items() if not is_tables(value)]
    for key in LISTED:
        if document.get(key):
            lines += ["", *listed(key, [written(one) for one in document[key]])]
    for table in document.get("table", []):
        lines += ["", "[[table]]", *table_lines(table, totals)]
    for rule in document.get("rule", []):
        lines += rule_lines(rule, standing, usual, {name for _, name in totals.values()})
    return "\n".join(lines) + "\n"


def is_tables(value: Any) -> bool:
    """Whether a value is a list of tables."""
    return isinstance(value, list) and any(isinstance(one, dict) for one in value)


def written(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, dict):
        pairs = (
            f"{k if BARE.fullmatch(k) else json.dumps(k, ensure_ascii=False)} = {written(v)}" for k, v in value.items()
        )
        return f"{{ {', '.join(pairs)} }}"
    return str(value)


def listed(key: str, members: Sequence[str]) -> list[str]:
    """A list, on one line where it is short."""
    whole = f"{key} = [{', '.join(members)}]"
    return [whole] if len(whole) <= WIDE else [f"{key} = [", *(f"  {one}," for one in members), "]"]


def found_sums(document: Table) -> Iterator[tuple[tuple[str, str], tuple[tuple[str, str], str]]]:
    """The totals that a rule of their table sums from a first to a last line: by table and id of the line, what they sum and
    the rule that says so."""
    for rule in document.get("rule", []):
        checks = rule.get("checks", [])
        if (
            len(checks) == 1
            and (match := SPAN.fullmatch(str(checks[0].get("formula", ""))))
            and "when" not in checks[0]
        ):
            total, first, last = (match[1], match[2], match[3]) if match[1] else (match[6], match[4], match[5])
            yield (str(rule.get("table", "")), total), ((first, last), str(rule.get("id", "")))


def table_lines(table: Table, totals: Mapping[tuple[str, str], Any]) -> Iterator[str]:
    """A table: what all of its blocks share is its own, and a single block is the table."""
    blocks = table.get("block", [])
    shared = {
        key: blocks[0][key]
        for key in SHARED
        if blocks and all(b.get(key) == blocks[0].get(key) for b in blocks) and key in blocks[0]
    }
    own = {key: value for key, value in table.items() if key not in ("block", *LINES)} | shared
    yield from (f"{key} = {written(value)}" for key, value in own.items())
    if not blocks:
        yield from block_lines(table, {}, table, totals)
    for block in blocks:
        if len(blocks) > 1:
            yield "[[table.block]]"
        yield from block_lines(block, shared, table, totals)


def block_lines(block: Table, shared: Table, table: Table, totals: Mapping[tuple[str, str], Any]) -> Iterator[str]:
    """A block: its own words, then its columns and rows as outlines."""
    if block is not table:
        yield from (f"{key} = {written(v)}" for key, v in block.items() if key not in (*LINES, *shared))
    for axis in LINES:
        if isinstance(declared := block.get(axis), str):
            yield f'{axis} = """\n{declared.strip(chr(10))}\n"""'
        elif declared is not None:
            yield from listed(axis, list(outline(declared, str(table.get("id", "")), totals)))


def outline(lines: Sequence[Any], table: str, totals: Mapping[tuple[str, str], Any]) -> Iterator[str]:
    """Lines set in under their captions, totals with their sign."""
    above: list[str] = []
    for line in lines:
        if isinstance(line, str):
            yield written(line)
            continue
        told = {key: value for key, value in line.items() if key != "under"}
        under = list(line.get("under", []))
        for depth, caption in enumerate(under):
            if above[: depth + 1] != under[: depth + 1]:
                yield written("  " * depth + caption)
        above = under
        label = "  " * len(under) + str(told["label"])
        if told.pop("optional", False):
            label += " ?"
        if told.get("total") and (found := totals.get((table, str(told.get("id"))))):
            del told["total"]
            label, told["rule"] = f"{label} =", found[1]
        told["label"] = label
        yield written(label) if told.keys() == {"label"} else written(told)


def rule_lines(rule: Table, standing: Mapping[str, Table], usual: Mapping[str, Table], worded: set[str]) -> list[str]:
    """A rule without what goes without saying; nothing where all of it does."""
    told = dict(rule)
    if told.get("id") in standing and told.get("kind") == standing[told["id"]]["kind"]:
        same = standing[told["id"]]
        told = {k: v for k, v in told.items() if k == "id" or same.get(k) != v}
        return [] if told.keys() == {"id"} else ["[[rule]]", *pairs(told)]
    same = usual.get(str(told.get("kind")), {})
    told = {k: v for k, v in told.items() if k == "kind" or (same.get(k) if same else USUAL.get(k)) != v}
    checks = told.get("checks", [])
    if told.get("id") in worded:
        told = {k: v for k, v in told.items() if k not in ("checks", "table") and (k, v) != ("origin", "D")}
    elif len(checks) == 1:
        told = {k: v for k, v in told.items() if k != "checks"} | checks[0]
    return ["", "[[rule]]", *pairs(told)]


def pairs(told: Table) -> Iterator[str]:
    """Keys and values, a long list of tables over several lines."""
    for key, value in told.items():
        yield from listed(key, [written(one) for one in value]) if is_tables(value) else [f"{key} = {written(value)}"]
