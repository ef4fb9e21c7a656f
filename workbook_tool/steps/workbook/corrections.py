"""代改: every number that a reviewer corrected, on whose word, and what became of it."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.submission import Reading, as_decimal
from workbook_tool.model.judging.correction import NO_NUMBER, Correction, Life
from workbook_tool.model.locations import cells_in, whole_place
from workbook_tool.model.season.agency import AgencyRecord, AgencyState
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.headers import CHANGE, CODE, STATE, WHY
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.steps.workbook.lists import add_list
from workbook_tool.steps.workbook.number_roles import BLANK
from workbook_tool.steps.workbook.plan import AMBER, CORRECTIONS, Plan

MEANING = (
    "按电话等答复代改的数，改后的数计入汇总，单位的文件没有动。单位报来这个数即告结束（已确认）；报来别的数的按它报的计（另报）；"
    "周围的数变了的不再有效（失效），要重填。撤回的，清空报送情况里的“改为”。"
)


class CorrectionLine(Struct, frozen=True):
    """A row of the list: a correction and the agency whose number it is."""

    plan: Plan
    record: AgencyRecord
    correction: Correction

    @property
    def item(self) -> Item:
        """The number of the form."""
        return self.plan.form.items[self.correction.item]

    @property
    def name(self) -> ListCell:
        """The agency, with the way to this number on its page."""
        page = self.plan.page_link(self.record, self.item.index) if self.record.file else ""
        return ListCell(self.record.agency.name, "cell_link_left" if page else "", link=page)

    @property
    def cell(self) -> str:
        """Where it stands in the agency's own file."""
        reading = self.reading
        return whole_place(reading.sheet, cells_in(reading.sheet, [reading.place])) if reading and reading.place else ""

    @property
    def reading(self) -> Reading | None:
        """What the file that counts holds there; None where there is none."""
        file = self.record.file
        return file.submission.readings[self.item.index] if file else None

    def amount(self, exact: int | None) -> Decimal | str:
        """A number, or the word for a blank."""
        return BLANK if exact is None else as_decimal(exact, self.item)

    @property
    def then(self) -> Decimal | str:
        """What the file held there when it was corrected; of a text that was no number, while it is still there."""
        if self.correction.then is None:
            return self.now if self.correction.life is Life.PENDING else NO_NUMBER
        return self.amount(self.correction.then)

    @property
    def now(self) -> Decimal | str:
        """What the file holds there now: a number, a text that is none, or a blank."""
        file = self.record.file
        return (
            file.submission.filed(self.item)
            if file and self.correction.now is None
            else self.amount(self.correction.now)
        )

    @property
    def words(self) -> str:
        """What its life means here: what counts, and what is to be done."""
        one, now = self.correction, self.now
        if self.record.file is None:
            return "本次没有该单位的报表。"
        if self.record.state is AgencyState.EXCLUDED and one.life is Life.PENDING:
            return "整份不计入，不请单位确认。"
        ended = "单位已报来这个数，代改结束。" if one.now == one.number else f"代改已经结束；单位现报 {now}。"
        return {
            Life.PENDING: "按代改的数计，等单位报来；邮件草稿在 returns 文件夹。",
            Life.CONFIRMED: ended,
            Life.OTHER: f"单位后来报 {now}，按单位报的计，请核实。",
            Life.LAPSED: f"周围有 {len(one.changed)} 个数变了，按单位所填的 {now} 计；仍要代改的请重填。",
        }.get(one.life, "")


CORRECTION_LIST = Listing[CorrectionLine](
    CORRECTIONS,
    "tblCorrections",
    (
        Column(CODE, "cell_center", (8, 25), lambda line: line.record.agency.code),
        Column("单位", "cell_wrap", (18, 30), lambda line: line.name),
        Column("位置", "cell_wrap", (28, 46), lambda line: line.item.label),
        Column("单元格", "cell_center", (10, 18), lambda line: line.cell),
        Column("原填", "cell_number", 11, lambda line: line.then),
        Column(CHANGE, "cell_number", 11, lambda line: line.amount(line.correction.number)),
        Column("现报", "cell_number", 11, lambda line: line.now),
        Column(WHY, "cell_wrap", (18, 34), lambda line: line.correction.why),
        Column("起始日期", "date", 13, lambda line: line.correction.since),
        Column(STATE, "state", 10, lambda line: line.correction.life.label),
        Column("说明", "cell_wrap", (24, 40), lambda line: line.words),
        Column("填于", "cell_wrap", (16, 30), lambda line: line.correction.typed.file),
    ),
    frozen="单位",
)


def add_corrections(book: Book, plan: Plan) -> None:
    """Add the sheet, where any number was corrected."""
    lines = [CorrectionLine(plan, *pair) for pair in plan.result.corrections]
    if lines:
        waiting = len(plan.result.followed)
        add_list(book, CORRECTION_LIST, lines, f"共 {len(lines)} 处，其中 {waiting} 处等单位确认。{MEANING}", tab=AMBER)
