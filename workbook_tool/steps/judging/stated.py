"""What the text of a report states, held against the numbers that count: the tables are right, and the text has to say the
same, or somebody explains why not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.items import Item
from workbook_tool.model.form.rules import PROSE
from workbook_tool.model.form.texts import Saying
from workbook_tool.model.intake.claim import Claim
from workbook_tool.model.intake.submission import ReadingState
from workbook_tool.model.judging.finding import NOWHERE, Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import TEXT, cells_in, said_place
from workbook_tool.model.season.filing import Filing, documents_beside

MOST_PLACES = 2
"""A number that stands in more cells than this tells nothing of where it was taken from."""


def judge_texts(filings: Sequence[Filing], rulebook: Rulebook) -> list[Filing]:
    """The filings, each that counts with what its text, or that of a document set aside for it, states otherwise."""
    documents = documents_beside(filings)
    return [f if f.behind else judged(f, documents.get(f.source.path, ()), rulebook) for f in filings]


def judged(filing: Filing, beside: Sequence[Filing], rulebook: Rulebook) -> Filing:
    """A filing with what is to be said of its text. What was found in a document itself comes along with it."""
    told: dict[tuple[object, ...], Finding] = {}
    for document in beside or [filing]:
        name = f"文档“{document.source.path}”" if beside else ""
        found = [
            *(brought_along(document, name, rulebook) if beside else ()),
            *Hearing(filing, document, name, rulebook).findings(),
        ]
        for finding in found:
            told.setdefault(
                (finding.rule, finding.item, None if finding.item is not None else finding.message), finding
            )
    if not told:
        return filing
    return replace(filing, checked=replace(filing.checked, findings=(*filing.checked.findings, *told.values())))


def brought_along(document: Filing, name: str, rulebook: Rulebook) -> Iterator[Finding]:
    """What was found in the text of a document, told of the workbook that counts in its place."""
    kinds = {rule.id: rule.kind for rule in rulebook.form.rules}
    for finding in document.checked.findings:
        if kinds.get(finding.rule) in PROSE:
            yield replace(finding, message=f"{name}{finding.cell}：{finding.message}", sheet="", cell="")


class Hearing(Struct, frozen=True):
    """The claims of a document against the numbers of the filing that counts. ``name`` is what the document is called,
    empty where it is that filing itself."""

    filing: Filing
    document: Filing
    name: str
    rulebook: Rulebook

    def findings(self) -> Iterator[Finding]:
        """What does not agree, and which blank tables the text says to be empty."""
        texts, blank = self.rulebook.form.texts, set[str]()
        for claim in self.document.submission.claims if texts else ():
            saying = texts.sayings[claim.saying]  # type: ignore[union-attr]
            sums = [self.total(means) for means in saying.means]
            if all(total is not None for total in sums) and claim.number not in sums:
                yield self.contradiction(claim, saying, sums)
            item = self.items(saying.means[0])[0]
            if claim.number == 0 and item.table.id not in blank and self.is_blank(item):
                blank.add(item.table.id)
                yield self.advice(claim, saying, item)

    def items(self, means: Sequence[int]) -> list[Item]:
        """The numbers that are meant."""
        return [self.rulebook.form.items[index] for index in means]

    def total(self, means: Sequence[int]) -> int | None:
        """What they come to; None where one is not there, or where they are no counts."""
        numbers = [self.filing.submission.number(item) for item in self.items(means)]
        known = [number for number in numbers if number is not None]
        total = sum(known)
        return int(total) if len(known) == len(numbers) and total == int(total) else None

    def said(self, claim: Claim) -> str:
        """Where the document says it, and how."""
        return f"{self.name}{said_place(TEXT, cells_in(TEXT, [(claim.line, 0)]))}写“{claim.sentence}”"

    def contradiction(self, claim: Claim, saying: Saying, sums: Sequence[int | None]) -> Finding:
        """A sentence that says another number than the table."""
        items = self.items(saying.means[0])
        where = self.filing.submission.where(items)
        several = f"等 {len(items)} 格之和" if len(items) > 1 else ""
        ways = "或".join(dict.fromkeys(str(total) for total in sums))
        said = f"{self.said(claim)}，说的是 {claim.number}；{items[0].label}{several}{where.in_file}是 {ways}"
        filed = self.filing.submission.number(items[0]) if not several else None
        rule = self.rulebook.form.rule(saying.rule)
        at = replace(where, item=items[0].index)
        return self.rulebook.finding(rule, f"{said}{self.taken_from(claim, items)}。", at, filed=filed)

    def taken_from(self, claim: Claim, items: Sequence[Item]) -> str:
        """Which cell holds the number that the text took instead, where that can be told."""
        numbers = self.filing.submission.numbers()
        lines = {(i.row.id, i.block.rows[0].id) for i in items}
        near = [
            item
            for item in self.rulebook.form.by_table[items[0].table.id]
            if claim.number and not item.decimals and numbers.get(item.index) == claim.number
            and ((item.row.id, item.block.rows[0].id) in lines or item.column.id in {i.column.id for i in items})
            and item not in items[:1]
        ]  # fmt: skip
        if not 0 < len(near) <= MOST_PLACES:
            return ""
        places = "、".join(f"{item.label}{self.filing.submission.where([item]).in_file}" for item in near)
        return f"（{claim.number} 是{places}的数，是不是取错了格）"

    def is_blank(self, item: Item) -> bool:
        """Whether nothing at all was filled in in the table of this number."""
        readings = self.filing.submission.readings
        own = [readings[one.index] for one in self.rulebook.form.by_table[item.table.id]]
        return all(reading.state in (ReadingState.BLANK, ReadingState.MISSING) for reading in own)

    def advice(self, claim: Claim, saying: Saying, item: Item) -> Finding:
        """A blank table of which the text says that there was nothing."""
        rule, table = self.rulebook.form.rule(saying.rule), item.table
        question = next((f for f in self.rulebook.form.cover if f.kind == "nil" and f.table == table.id), None)
        answer = f"在填报表封面“{question.label}”选“是”，或" if question else ""
        said = f"{self.said(claim)}，{table.name}却是空白的。空白不等于 0。"
        where = Where(table.name) if table.name else NOWHERE
        return self.rulebook.note(rule, said, f"确实没有的，请{answer}在{table.name}逐格填 0。", where)
