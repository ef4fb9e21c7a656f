"""What is to be said of formulas whose stored result is not what they come to, or rests on what we cannot see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from workbook_tool.model.cells import address, areas
from workbook_tool.model.form.form import Form, Item
from workbook_tool.model.intake.submission import Content, Place, Uncomputed
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.office.settings import Policy
from workbook_tool.model.text import shortened
from workbook_tool.steps.intake.parse.arithmetic import Arithmetic, number_of
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.subtotal import Extra, figures_of

MOST_TOLD = 6
"""Up to so many formulas of a table are told one by one; more of them in one line."""
MOST_QUOTED = 20


@dataclass(frozen=True)
class Stale:
    """A formula whose stored result is another than what it comes to. ``item`` is None in a line of subtotals."""

    place: Place
    label: str
    formula: str
    stored: Content
    computed: Decimal
    item: Item | None

    @property
    def both(self) -> str:
        return f"存 {in_words(self.stored)}，应为 {plain(self.computed)}"


def formula_findings(
    form: Form, policy: Policy, found: FoundTable, extras: Sequence[Extra], arithmetic: Arithmetic
) -> list[Finding]:
    """The stale formulas of a table, and those that take their numbers from where we cannot look."""
    stale = list(stale_formulas(form, found, extras, arithmetic))
    if len(stale) <= MOST_TOLD:
        findings = [stale_finding(form, policy, found, one) for one in stale]
    else:
        findings = [many_findings(form, policy, found, stale)]
    return findings + outside_findings(form, policy, found, arithmetic)


def stale_formulas(form: Form, found: FoundTable, extras: Sequence[Extra], arithmetic: Arithmetic) -> Iterator[Stale]:
    sheet = found.sheet
    items = [(place, form.items[index].label, form.items[index]) for index, place in found.places.items()]
    extra = [
        (one.place, f"{found.table.name}「{one.row}」×「{one.column}」", None)
        for one in figures_of(form, found, extras)
    ]
    for place, label, item in [*items, *extra]:
        stored = sheet.cells.get(place)
        computed = arithmetic.replacing(sheet, place)
        if computed is not None and not isinstance(stored, Uncomputed):
            yield Stale(place, label, arithmetic.text(sheet, place), stored, computed, item)


def stale_finding(form: Form, policy: Policy, found: FoundTable, one: Stale) -> Finding:
    rule, cell, filed = form.rule_of_kind("stale"), address(*one.place), number_of(one.stored)
    message = (
        f"{one.label}（工作表「{found.sheet.name}」{cell}）是公式（={shortened(one.formula)}），文件里存的结果是 "
        f"{in_words(one.stored)}，按所引各格应为 {plain(one.computed)}，已按 {plain(one.computed)} 审核。{rule.words}"
    )
    return Finding(
        rule.id,
        policy.weigh(rule),
        message,
        rule.advice.format(cell=cell, parts=""),
        found.table.name,
        one.item.row.label if one.item else "",
        one.item.column.label if one.item else "",
        found.sheet.name,
        cell,
        one.item.index if one.item else None,
        filed,
        one.computed,
        None if filed is None else filed - one.computed,
    )


def many_findings(form: Form, policy: Policy, found: FoundTable, stale: Sequence[Stale]) -> Finding:
    rule, cells = form.rule_of_kind("stale"), areas(one.place for one in stale)
    quoted = "；".join(f"{address(*one.place)} {one.both}" for one in stale[:MOST_QUOTED])
    rest = "；其余见 values.csv 的 stored 列" if len(stale) > MOST_QUOTED else ""
    message = (
        f"{found.table.name}（工作表「{found.sheet.name}」）{cells} 共 {len(stale)} 格公式存的结果过时，"
        f"已按重新算得的数审核：{quoted}{rest}。{rule.words}"
    )
    return table_finding(form, policy, found, message, cells)


def outside_findings(form: Form, policy: Policy, found: FoundTable, arithmetic: Arithmetic) -> list[Finding]:
    """The numbers that come from another workbook, and those that change by themselves: one finding of each for a table."""
    linked: list[Place] = []
    volatile: dict[Place, tuple[str, ...]] = {}
    for place in found.places.values():
        result = arithmetic.result(found.sheet, place)
        if result is None or isinstance(found.sheet.cells.get(place), Uncomputed):
            continue
        linked += [place] if result.linked else []
        volatile |= {place: result.volatile} if result.volatile else {}
    rule, findings = form.rule_of_kind("stale"), []
    if linked:
        said = "的公式引用了别的工作簿，存的结果是否最新，从文件里看不出来"
        findings.append((linked, said))
    if volatile:
        names = "、".join(dict.fromkeys(name for several in volatile.values() for name in several))
        findings.append((list(volatile), f"的公式用了 {names}，每次打开结果都可能不同"))
    return [
        table_finding(
            form,
            policy,
            found,
            f"{found.table.name}（工作表「{found.sheet.name}」）{areas(places)} {said}，已按存的结果读取。{rule.words}",
            areas(places),
        )
        for places, said in findings
    ]


def table_finding(form: Form, policy: Policy, found: FoundTable, message: str, cells: str) -> Finding:
    rule = form.rule_of_kind("stale")
    advice = rule.advice.format(cell=cells, parts="")
    return Finding(rule.id, policy.weigh(rule), message, advice, found.table.name, sheet=found.sheet.name, cell=cells)


def in_words(stored: Content) -> str:
    """A stored result as a sentence tells it."""
    number = number_of(stored)
    if number is not None:
        return plain(number)
    return "空白" if stored is None else f"“{shortened(str(stored))}”"


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
