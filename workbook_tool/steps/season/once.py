"""Once: an agency that several regions report is in the totals once, until a reviewer says that they are several."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.season.filing import PASSING, Covered, Filing

DIFFERENT_AT_MOST = 3
"""So many different numbers a sentence names."""


def count_once(filings: Sequence[Filing], form: Form) -> list[Filing]:
    """The filings; where several are of one agency (``again``) and no reviewer has accepted that they are not, all but one
    covered, and which of them counts said where people are asked."""
    by_path = {filing.source.path: filing for filing in filings}
    groups: dict[str, list[Filing]] = {}
    for filing in filings:
        if filing.again:
            groups.setdefault(filing.again, [by_path[filing.again]]).append(filing)
    for group in groups.values():
        if is_asked(group[0], form):
            by_path |= {filing.source.path: filing for filing in settled(group, form)}
    return [by_path[filing.source.path] for filing in filings]


def is_asked(head: Filing, form: Form) -> bool:
    """Whether it is still open that the others are the same agency."""
    return any(f.holds and tells(f, form) for f in head.checked.findings)


def tells(finding: Finding, form: Form) -> bool:
    """Whether it is said here that several regions report the agency."""
    return form.rule(finding.rule).kind == "reported_twice"


def settled(group: Sequence[Filing], form: Form) -> list[Filing]:
    """The filings of an agency, the first with what became of them. What stands in a total by its whole counts, else the first
    that was accepted, else the first that was returned."""
    head, *_ = group
    standing = [f for f in group if f.covered or f.state in (*PASSING, State.RETURNED)]
    order = sorted(standing, key=lambda f: (not in_whole(f), f.state not in PASSING))
    if not order:
        return list(group)
    counts = order[0]
    covered = [f if f is counts or f.covered or f not in standing else covered_by(counts, f) for f in group]
    told = f"本次按{place_of(counts)}计一次" + "".join(
        f"；{place_of(f)}只比对{differences(counts, f, form)}" for f in group if f is not counts
    )
    if sum(map(in_whole, group)) > 1:
        told = "两家都在各自的汇总报表里，合计中算了两次，要由其中一个地区改正后再报"
    findings = tuple(f.going_on(f"{told}。") if tells(f, form) else f for f in head.checked.findings)
    return [replace(covered[0], checked=replace(head.checked, findings=findings)), *covered[1:]]


def in_whole(filing: Filing) -> bool:
    """Whether its numbers are in a total by the whole that it is a part of."""
    return filing.covered is not None and not filing.covered.by_parts


def covered_by(counts: Filing, filing: Filing) -> Filing:
    """A filing beside another of the same agency that counts."""
    return replace(filing, covered=Covered(False, (counts.agency.name,), again=True))


def place_of(filing: Filing) -> str:
    """``“甲县”的结果“甲县.zip!002_东河镇.xlsx”``, or what came from the agency itself."""
    relay = filing.submission.relay
    return f"{f'“{relay.sender}”的结果' if relay else '直接报来的'}“{filing.source.path}”"


def differences(counts: Filing, filing: Filing, form: Form) -> str:
    """``，有 2 个数不同（表一「甲」100、120 …）``; that there are none."""
    pairs = [
        (item, one.number, other.number)
        for item, one, other in zip(form.items, counts.submission.readings, filing.submission.readings, strict=True)
        if one.number != other.number
    ]
    if not pairs:
        return "，各数都相同"
    told = [
        f"{item.label} {'、'.join('空白' if n is None else f'{as_decimal(n, item):f}' for n in two)}"
        for item, *two in pairs[:DIFFERENT_AT_MOST]
    ]
    return f"，有 {len(pairs)} 个数不同（{'；'.join(told)}{' 等' if len(pairs) > len(told) else ''}）"
