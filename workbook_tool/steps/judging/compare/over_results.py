"""The results of several regions against each other: an agency that two of them report would be added up twice.

A county's codes mean nothing to its neighbour, and nearly each has a 教育局 and a 城关镇: neither a short code nor a bare name
says that two filings are one agency's. A code that is nobody's own numbering does, as do a name that begins with a region's,
the former code, and the same numbers under one name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import starmap

from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.relay import JOINT, own_name
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.season.filing import Filing
from workbook_tool.model.season.last_year import NO_LAST_YEAR
from workbook_tool.model.text import squash
from workbook_tool.steps.judging.compare.case import PASSED, Background, Case, with_outcomes

SHORTEST_COMMON = 9
"""A code of so many characters is no region's own numbering: 统一社会信用代码 has 18, 组织机构代码 9."""
DIRECT = "direct"
"""The sign by which only what an agency filed here itself is found again."""
Sign = tuple[object, ...]
"""What two filings of one agency share."""
Tables = dict[str, list[int]]
"""By the name of a table, its numbers that a copy cannot share by chance."""


def compare_results(
    filings: Sequence[Filing], excluded: frozenset[str], rulebook: Rulebook, roster: Roster
) -> list[Filing]:
    """The filings; of an agency that several regions report, or one and the agency itself, the first with what is to be said
    of that (G-TWICE), each other knowing of it (``again``)."""
    rule = next((rule for rule in rulebook.form.rules if rule.kind == "reported_twice"), None)
    standing = [f for f in filings if not (f.behind or f.source.path in excluded or f.submission.added_up)]
    if rule is None or not any(f.submission.relay for f in standing):
        return list(filings)
    heads = heads_of(standing, flows_by_table(rulebook.form), rulebook.policy.limit(rule, "cells"))
    others: dict[str, list[tuple[Filing, str]]] = {}
    for filing in standing:
        if found := heads.get(filing.source.path):
            others.setdefault(found[0].source.path, []).append((filing, found[1]))
    background, settled = Background(rulebook, NO_LAST_YEAR, roster), {}
    for filing in standing:
        path, outcome = filing.source.path, PASSED
        if path in others:
            outcome = Case(rule, filing.checked, background).fails("；".join(starmap(said_of, others[path])))
        told = with_outcomes(filing.checked, rule, [outcome])
        settled[path] = replace(filing, checked=told, again=heads[path][0].source.path if path in heads else "")
    return [settled.get(filing.source.path, filing) for filing in filings]


def said_of(other: Filing, why: str) -> str:
    """What is said of another filing of the agency; nothing that is different when a region sends its result again, since
    an answer should hold then."""
    return f"与“{other.agency.name}”（{other.agency.code}）像是同一家单位：{why}"


def heads_of(standing: Sequence[Filing], tables: Tables, cells: Decimal) -> dict[str, tuple[Filing, str]]:
    """By the path of a filing the first one of the same agency, and what tells that it is the same. First is what came
    directly, then whoever says under which code it was before, then the lower code: that is the same in every run."""
    regions = frozenset(name for f in standing if (r := f.submission.relay) for name in (r.sender, *r.regions))
    known: dict[Sign, Filing] = {}
    found: dict[str, tuple[Filing, str]] = {}
    for filing in sorted(standing, key=lambda f: (bool(f.submission.relay), not f.agency.former, f.agency.code)):
        signs = dict([*signs_of(filing, regions), *signs_of_numbers(filing, regions, tables, cells)])
        head = next(((known[s], why) for s, why in signs.items() if s in known and apart(known[s], filing)), None)
        found |= {filing.source.path: head} if head else {}
        for sign in signs:
            if sign[0] != DIRECT or not filing.submission.relay:
                known.setdefault(sign, head[0] if head else filing)
    return found


def apart(one: Filing, other: Filing) -> bool:
    """Whether two filings came from two regions, or one of them from none: what one region holds twice it sees itself."""
    ours, theirs = one.submission.relay, other.submission.relay
    return bool(ours or theirs) and (ours and (ours.sender, ours.regions)) != (
        theirs and (theirs.sender, theirs.regions)
    )


def signs_of(filing: Filing, regions: frozenset[str]) -> Iterator[tuple[Sign, str]]:
    """Codes and names by which another filing would be of the same agency, with what is said of it then."""
    agency, (name, bare) = filing.agency, names_of(filing, regions)
    for code in (agency.code, *agency.former):
        yield ("once", bare, code), f"名称都是“{name}”，一家的原代码就是另一家的代码"
    own = agency.code.rpartition(JOINT)[2]
    if len(own) >= SHORTEST_COMMON:
        yield ("code", own), f"代码都是 {own}"
    if bare != name:
        yield ("name", name), f"名称都是“{name}”"


def signs_of_numbers(
    filing: Filing, regions: frozenset[str], tables: Tables, cells: Decimal
) -> Iterator[tuple[Sign, str]]:
    """Tables of which another filing under the same name would hold all the same numbers, enough of them not 0; then all
    tables, since those of a small form have few each. Half as many are enough for an agency that filed here itself."""
    readings, (name, _) = filing.submission.readings, names_of(filing, regions)
    together = "各表" if len(tables) > 1 else next(iter(tables), "")
    for table, items in (*tables.items(), (together, [index for own in tables.values() for index in own])):
        numbers = tuple(readings[index].number for index in items)
        count = sum(bool(number) for number in numbers)
        told = f"名称都是“{name}”，{table}的数一个不差（{count} 个不为 0）"
        if count >= cells and (table == together or None not in numbers):
            yield ("numbers", name, table, numbers), told
        if count >= cells / 2 and table == together:
            yield (DIRECT, name, numbers), told


def names_of(filing: Filing, regions: frozenset[str]) -> tuple[str, str]:
    """``甲县东河镇`` and ``东河镇``: what the agency is called where it filed, and that without the region's name."""
    name = own_name(filing.agency.name, regions)
    region = max((r for r in regions if name.startswith(r) and name != r), key=len, default="")
    return squash(name), squash(name.removeprefix(region))


def flows_by_table(form: Form) -> Tables:
    """The tables of the form."""
    found: Tables = {}
    for item in (item for item in form.items if item.flow):
        found.setdefault(item.table.name, []).append(item.index)
    return found
