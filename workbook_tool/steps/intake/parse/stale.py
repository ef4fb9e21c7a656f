"""What is to be said of formulas whose stored result is not what they come to, or rests on what we cannot see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.cells import address, areas
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.submission import Content, Place, Uncomputed
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.text import shortened
from workbook_tool.steps.intake.parse.arithmetic import Arithmetic, number_of
from workbook_tool.steps.intake.parse.found_table import FoundTable
from workbook_tool.steps.intake.parse.subtotal import Extra, Subtotal, figures_of

MOST_TOLD = 6
"""Up to so many formulas of a table are told one by one; more of them in one line."""
MOST_QUOTED = 20


class Stale(Struct, frozen=True):
    """A formula whose stored result is another than what it comes to. ``item`` is None in a line of subtotals."""

    place: Place
    label: str
    formula: str
    stored: Content | None
    computed: Decimal
    item: Item | None

    @property
    def both(self) -> str:
        """The stored result and the right one, in words."""
        return f"存 {in_words(self.stored)}，应为 {plain(self.computed)}"


def formula_findings(
    rulebook: Rulebook, found: FoundTable, extras: Sequence[Extra], arithmetic: Arithmetic
) -> list[Finding]:
    """The stale formulas of a table, and those that take their numbers from where we cannot look."""
    stale = list(stale_formulas(rulebook.form, found, extras, arithmetic))
    if len(stale) <= MOST_TOLD:
        findings = [stale_finding(rulebook, found, one) for one in stale]
    else:
        findings = [many_findings(rulebook, found, stale)]
    return findings + outside_findings(rulebook, found, arithmetic)


def stale_formulas(form: Form, found: FoundTable, extras: Sequence[Extra], arithmetic: Arithmetic) -> Iterator[Stale]:
    """The formulas of a table, its subtotals included, of which another result is stored."""
    sheet = found.sheet
    items: list[tuple[Place, Item | Subtotal]] = [(place, form.items[i]) for i, place in found.places.items()]
    items += [(one.place, one) for one in figures_of(form, found, extras)]
    for place, one in ((place, one) for place, one in items if place in sheet.computed):
        stored = sheet.cells.get(place)
        computed = arithmetic.replacing(sheet, place)
        if computed is not None and not isinstance(stored, Uncomputed):
            item = one if isinstance(one, Item) else None
            label = one.label if isinstance(one, Item) else f"{found.table.name}「{one.row}」×「{one.column}」"
            yield Stale(place, label, arithmetic.text(sheet, place), stored, computed, item)


def stale_finding(rulebook: Rulebook, found: FoundTable, one: Stale) -> Finding:
    """What is said of one: both values, and which of them was judged by."""
    where = Where(found.table.name, sheet=found.sheet.name, cells=address(*one.place))
    where = Where.of([one.item], found.sheet.name, [one.place]) if one.item else where
    said = (
        f"{one.label}{where.in_file}是公式（={shortened(one.formula)}），文件里存的结果是 "
        f"{in_words(one.stored)}，按所引各格应为 {plain(one.computed)}，已按 {plain(one.computed)} 审核。"
    )
    rule = rulebook.of_kind("stale")
    return rulebook.finding(rule, said, where, filed=number_of(one.stored), expected=one.computed)


def many_findings(rulebook: Rulebook, found: FoundTable, stale: Sequence[Stale]) -> Finding:
    """All of a table in one."""
    cells = areas(one.place for one in stale)
    quoted = "；".join(f"{address(*one.place)} {one.both}" for one in stale[:MOST_QUOTED])
    rest = "；其余见 values.csv 的 stored 列" if len(stale) > MOST_QUOTED else ""
    said = f"{cells} 共 {len(stale)} 格公式存的结果过时，已按重新算得的数审核：{quoted}{rest}。"
    return table_finding(rulebook, found, said, cells)


def outside_findings(rulebook: Rulebook, found: FoundTable, arithmetic: Arithmetic) -> list[Finding]:
    """The numbers that come from another workbook, and those that change by themselves: one finding of each for a table."""
    linked: list[Place] = []
    volatile: dict[Place, tuple[str, ...]] = {}
    for place in found.places.values():
        if place not in found.sheet.computed:
            continue
        result = arithmetic.result(found.sheet, place)
        if result is None or isinstance(found.sheet.cells.get(place), Uncomputed):
            continue
        linked += [place] if result.linked else []
        volatile |= {place: result.volatile} if result.volatile else {}
    told = []
    if linked:
        told.append((areas(linked), "的公式引用了别的工作簿，存的结果是否最新，从文件里看不出来"))
    if volatile:
        names = "、".join(dict.fromkeys(name for several in volatile.values() for name in several))
        told.append((areas(volatile), f"的公式用了 {names}，每次打开结果都可能不同"))
    return [table_finding(rulebook, found, f"{cells} {said}，已按存的结果读取。", cells) for cells, said in told]


def table_finding(rulebook: Rulebook, found: FoundTable, said: str, cells: str) -> Finding:
    """What is said of several formulas of a table."""
    table = Where(found.table.name, sheet=found.sheet.name)
    where = replace(table, cells=cells)
    return rulebook.finding(rulebook.of_kind("stale"), f"{table.table}{table.in_file}{said}", where)


def in_words(stored: Content | None) -> str:
    """A stored result as a sentence tells it."""
    number = number_of(stored)
    if number is not None:
        return plain(number)
    return "空白" if stored is None else f"“{shortened(str(stored))}”"


def plain(number: Decimal) -> str:
    """A number in digits."""
    return f"{number.normalize():f}"
