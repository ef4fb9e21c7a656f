"""The region's own report as a draft: what its numbers say is written, with last year's beside; the rest is left to people,
and says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from msgspec import Struct, field

from workbook_tool.model.form.drafting import Drafting, DraftSentence
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.layout import lay_out
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.regex import regex
from workbook_tool.model.season.last_year import Passages
from workbook_tool.model.workbook.paper import Draft, DraftParagraph, DraftTable
from workbook_tool.model.workbook.result import Consolidation

SaidBy = Mapping[str, Passages]
NUMBERED = regex(r"^(?:\d+[.、．]|[（(][一二三四五六七八九十]+[）)])")
"""The number before a label."""
SLOT = regex(r"\{(\w+)\}")
HEADS = {1: "head1", 2: "head2"}


def draft_report(result: Consolidation, drafting: Drafting) -> Draft:
    """The draft, from what has passed. A year ago is told where all whose numbers these are had that number then."""
    passed, last = result.totals.passed, [result.run.last_year.of(record.agency) for record in result.accepted]
    numbers = {i: n for i, n in enumerate(passed.sums) if n is not None and not passed.missing[i]}
    before = {i: sum(one[i] for one in last) for i in numbers if last and all(i in one for one in last)}
    given = {"region": result.region.name, "year": str(result.period.year), "count": str(passed.agencies)}
    given |= figures(result, drafting.todo)
    return tuple(Writing(drafting, result.form, numbers, before, given, said_by_agency(result)).parts())


def figures(result: Consolidation, unknown: str) -> dict[str, str]:
    """What the figures that reports state beside the tables come to, where every agency whose numbers these are says it."""
    said = [result.said.get(record.agency.code, {}) for record in result.accepted]
    declared = result.form.texts.gathered if result.form.texts else ()
    return {
        one.id: f"{sum(Decimal(each[one.id]) for each in said):f}" if all(one.id in each for each in said) else unknown
        for one in declared
        if one.patterns
    }


def said_by_agency(result: Consolidation) -> SaidBy:
    """What the reports of the agencies say, by the agencies' names, and with ``last_`` before them those of a year ago."""
    found = {}
    for record in result.filed:
        last = {f"last_{id}": text for id, text in result.run.last_year.said_by(record.agency).items()}
        found[record.agency.name] = {**result.said.get(record.agency.code, {}), **last}
    return found


class Writing(Struct, frozen=True):
    """A draft being written, from exact numbers by item, those of a year ago, and what else is put in by name."""

    drafting: Drafting
    form: Form
    numbers: Mapping[int, int]
    before: Mapping[int, int]
    given: Mapping[str, str]
    said_by: SaidBy = field(default_factory=dict)

    def parts(self) -> Iterator[DraftParagraph | DraftTable]:
        """From the title to the last paragraph."""
        yield DraftParagraph(self.drafting.title.format(**self.given), "title")
        yield DraftParagraph(self.drafting.opening.format(**self.given))
        for chapter in self.drafting.chapters:
            gathered = list(self.of_agencies(chapter.each))
            if chapter.each and not gathered:
                continue
            yield DraftParagraph(chapter.head, HEADS.get(chapter.level, "body"))
            if said := "".join(map(self.said, chapter.sentences)):
                yield DraftParagraph(said)
            yield from map(DraftParagraph, gathered)
            if chapter.table:
                layout = lay_out(self.form, self.form.table(chapter.table))
                yield DraftTable(layout, {i: self.told((i,), self.numbers) for i in layout.slots})
            if chapter.todo:
                yield DraftParagraph(self.drafting.todo)

    def of_agencies(self, each: tuple[str, ...]) -> Iterator[str]:
        """What is said of each agency: the first sentence of which all is known."""
        for name, said in self.said_by.items():
            known = {**said, "name": name}
            if fitting := next((one for one in each if not {*SLOT.findall(one)} - known.keys()), None):
                yield fitting.format(**known)

    def said(self, sentence: DraftSentence) -> str:
        """A sentence with its numbers; a blank to fill in where one of them is not known."""
        values = {name: self.total(items, self.numbers) for name, items in sentence.slots}
        if any(values[name] == 0 for name in sentence.only):
            return sentence.none.format(**self.given)
        told = {name: self.told(items, self.numbers) or self.drafting.todo for name, items in sentence.slots}
        told |= {f"{name}_change": self.change(items) for name, items in sentence.slots}
        told |= {f"{name}_parts": self.parts_of(items) for name, items in sentence.slots}
        told |= {name: self.share(values[part], values[whole]) for name, part, whole in sentence.shares}
        return sentence.says.format(**self.given, **told)

    def share(self, part: Decimal | None, whole: Decimal | None) -> str:
        """One number in per cent of another."""
        return f"{part / whole * 100:.1f}%" if part is not None and whole else self.drafting.todo

    def parts_of(self, items: tuple[int, ...]) -> str:
        """What a number is made of, but for what is 0, each by what tells it from the others."""
        found = [self.form.items[index] for index in items]
        in_row = len({item.row.id for item in found}) == 1
        told = [
            (item.column if in_row else item.row, self.told((item.index,), self.numbers), item.block.unit)
            for item in found
            if self.numbers.get(item.index)
        ]
        return "、".join(f"{NUMBERED.sub('', line.label)}{number}{unit}" for line, number, unit in told)

    def total(self, items: tuple[int, ...], numbers: Mapping[int, int]) -> Decimal | None:
        """What some items come to; None where one is not known."""
        if any(index not in numbers for index in items):
            return None
        return sum((as_decimal(numbers[index], self.form.items[index]) for index in items), Decimal(0))

    def told(self, items: tuple[int, ...], numbers: Mapping[int, int]) -> str:
        """The same as it is read: never with an exponent, empty where it is not known."""
        total = self.total(items, numbers)
        return "" if total is None else f"{total:f}"

    def change(self, items: tuple[int, ...]) -> str:
        """What is said beside a number of how it was a year ago; nothing where that is not known of everybody."""
        now, before = self.total(items, self.numbers), self.total(items, self.before)
        if now is None or before is None:
            return ""
        if now == before:
            return self.drafting.same
        words = self.drafting.more if now > before else self.drafting.less
        share = f"{abs(now - before) / before * 100:.1f}%" if before else "上年为0"
        unit = self.form.items[items[0]].block.unit
        return words.format(difference=f"{abs(now - before):f}", share=share, unit=unit)
