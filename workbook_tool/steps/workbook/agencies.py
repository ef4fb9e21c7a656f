"""报送情况: where each agency stands, and where a reviewer decides on a whole file."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.cells import areas
from workbook_tool.model.form.check_code import shown
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.judging.correction import Correction, kept_numbers
from workbook_tool.model.judging.follow_up import Opinion
from workbook_tool.model.season.agency import AgencyRecord, AgencyState, Timeliness
from workbook_tool.model.text import EXCEL_CELL_LIMIT
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.headers import (
    CHANGE,
    CHANGED,
    CODE,
    FILE_REMARK,
    FILED,
    GROUNDS,
    KEY,
    NAME,
    OPINION,
    STATE,
    WAS,
    WHY,
)
from workbook_tool.model.workbook.listing import Column, ListCell, Listing, Offer
from workbook_tool.steps.workbook.findings import findings_range
from workbook_tool.steps.workbook.lists import add_list
from workbook_tool.steps.workbook.number_roles import amount
from workbook_tool.steps.workbook.plan import AGENCIES, FINDINGS, GREEN, REMINDERS, Plan, row_link

AS_OF = "AsOf"
"""The defined name of the run's date, which stands in 说明."""
ON_FILES = Offer(
    tuple(opinion.value for opinion in Opinion if opinion is not Opinion.ACCEPTED), error="请从列表中选一项。"
)
"""What may be decided on a whole file: explanations are accepted one by one."""


class AgencyLine(Struct, frozen=True):
    """A row of the list, in this row of the sheet."""

    plan: Plan
    row: int
    record: AgencyRecord

    @property
    def name(self) -> ListCell:
        """The agency, with the way to its page."""
        page = self.plan.page_link(self.record)
        return ListCell(self.record.agency.name, "cell_link_left" if page else "", link=page)

    @property
    def state(self) -> ListCell:
        """Where it stands; whose day has not come is not in arrears yet."""
        waits = self.record.state is AgencyState.MISSING and self.record.timeliness is Timeliness.NOT_DUE
        return ListCell(self.record.state.label, "info" if waits else "")

    @property
    def signed(self) -> ListCell:
        """How many steps of the review on the cover somebody put his name to; where some did, a note tells which nobody
        did. Where nobody did it would say nothing, and a thousand such notes take LibreOffice seconds to open."""
        steps = [field for field in self.plan.form.cover if field.kind == "sign"]
        if not (steps and self.record.file) or self.record.file.submission.relay:  # the level knows that collected it
            return ListCell("", "cell_center")
        done = self.record.file.submission.identity.signed
        open_ = "、".join(field.label for field in steps if field.id not in done)
        return ListCell(f"{len(done)}/{len(steps)}", note=f"封面没有填：{open_}" if done and open_ else "")

    @property
    def days_late(self) -> ListCell:
        """By how many days it came after the deadline; of a missing filing, by how many until the run."""
        due, filed = (AGENCY_LIST.cell(self.row, header) for header in ("截止日期", "报送日期"))
        came = filed if self.record.filed_on else AS_OF
        late = self.record.days_late
        return ListCell(late, formula=f"=MAX(0,{came}-{due})" if late is not None else "")

    def count(self, severity: Severity) -> ListCell:
        """Counted live in 问题清单. Not COUNTIFS: that takes the code 007 for the number 7."""
        codes, grades = findings_range(self.plan, CODE), findings_range(self.plan, "程度")
        own = AGENCY_LIST.cell(self.row, CODE)  # relative: it moves with its row when the list is sorted
        formula = f'=SUMPRODUCT(({codes}={own})*({grades}="{severity.label}"))'
        return ListCell(self.record.count(severity), formula=formula)

    @property
    def look_up(self) -> ListCell:
        """The way to the agency's first finding, else to its figures, else to the words that remind it."""
        plan, code = self.plan, self.record.agency.code
        if self.record.findings:
            return ListCell("看问题", link=row_link(FINDINGS, plan.first_finding[code]))
        if code in plan.detail_row:
            return ListCell("看明细", link=plan.detail_list.link(plan.detail_row[code], NAME))
        if code in plan.reminder_row:
            return ListCell("催报", link=row_link(REMINDERS, plan.reminder_row[code]))
        return ListCell(None, "cell")

    @property
    def copy(self) -> ListCell:
        """The way to the marked copy that goes back."""
        copy = self.plan.returns.get(self.record.agency.code, "")
        return ListCell("退改件", file=copy) if copy else ListCell(None, "cell")

    @property
    def code(self) -> str:
        """The code over the numbers of the file that counts, as its signed pages print it."""
        code = self.record.file.submission.as_filed.code if self.record.file else ""
        return shown(code) if code else ""

    @property
    def path(self) -> str:
        """The file that counts."""
        return self.record.file.source.path if self.record.file else ""

    @property
    def opinion(self) -> str:
        """What was decided on the whole file, as it stands in the drop-down."""
        return self.record.on_file.decision.opinion.value if self.record.on_file.decision else ""

    @property
    def remark(self) -> str:
        """What the reviewer wrote beside it."""
        return self.record.on_file.decision.remark if self.record.on_file.decision else ""

    @property
    def typed_before(self) -> str:
        """Both, by which a later run can tell what was typed since."""
        return f"{self.opinion}\n{self.remark}" if self.record.on_file.decision else ""

    @property
    def corrected(self) -> dict[int, Correction]:
        """The corrections that are followed, by item."""
        return self.record.file.submission.corrected if self.record.file else {}

    @property
    def change(self) -> str:
        """``表三!D11=5；表四!A9:O9=0``, with the cells of the agency's own file."""
        items, places = self.plan.form.items, dict[tuple[str, str], list[Place]]()
        for index, one in sorted(self.corrected.items()):
            reading = self.record.file.submission.readings[index] if self.record.file else None
            if reading and reading.place:
                places.setdefault((reading.sheet, amount(one, items[index])), []).append(reading.place)
        found = ((sheet, area, number) for (sheet, number), own in places.items() for area in areas(own).split(","))
        return "；".join(f"{sheet}!{area}={number}" for sheet, area, number in found)

    @property
    def why(self) -> str:
        """On whose word."""
        return "；".join(dict.fromkeys(one.why for one in self.corrected.values()))

    @property
    def changed_before(self) -> str:
        """Both, by which a later run can tell what was typed since."""
        return f"{self.change}\n{self.why}" if self.corrected else ""

    @property
    def filed(self) -> str:
        """All numbers that the agency's file holds; empty where a cell has no room for them."""
        if self.record.file is None:
            return ""
        kept = kept_numbers(reading.number for reading in self.record.file.submission.as_filed.readings)
        return kept if len(kept) <= EXCEL_CELL_LIMIT else ""


AGENCY_LIST = Listing[AgencyLine](
    AGENCIES,
    "tblAgencies",
    (
        Column(CODE, "cell_center", (7, 25), lambda line: line.record.agency.code),
        Column("单位", "cell_wrap", (20, 32), lambda line: line.name),
        Column("类别", "cell_center", (10, 14), lambda line: line.record.agency.category, optional=True),
        Column("上级", "cell_wrap", (8, 24), lambda line: line.record.agency.parent, optional=True),
        Column(STATE, "state", 9, lambda line: line.state),
        Column("时效", "state", 9, lambda line: line.record.timely_label),
        Column("审核级次", "cell_center", 7, lambda line: line.signed, optional=True),
        Column("截止日期", "date", 11.5, lambda line: line.record.deadline, optional=True),
        Column("报送日期", "date", 11.5, lambda line: line.record.filed_on, optional=True),
        Column("迟报天数", "cell_count", 7, lambda line: line.days_late, optional=True),
        Column(Severity.MUST.label, "cell_count", 7, lambda line: line.count(Severity.MUST)),
        Column(Severity.EXPLAIN.label, "cell_count", 7, lambda line: line.count(Severity.EXPLAIN)),
        Column(Severity.NOTE.label, "cell_count", 6, lambda line: line.count(Severity.NOTE)),
        Column("查看", "cell_link", 9, lambda line: line.look_up),
        Column("退改件", "cell_link", 9, lambda line: line.copy, optional=True),
        Column("校验码", "cell_center", 10.5, lambda line: line.code, optional=True),
        Column("备注", "cell_wrap", (14, 28), lambda line: line.record.remark, optional=True),
        Column(OPINION, "small_choice", 12, lambda line: line.opinion, offer=ON_FILES),
        Column(FILE_REMARK, "small_input", (14, 32), lambda line: line.remark),
        Column(CHANGE, "small_input", (16, 30), lambda line: line.change),
        Column(WHY, "small_input", (16, 26), lambda line: line.why),
        Column("日期依据", "cell_center", 11.5, lambda line: line.record.source, optional=True),
        Column("文件", "cell_wrap", (12, 80), lambda line: line.path),
        Column(KEY, "code", 9, lambda line: line.record.on_file.key, hidden=True, wraps=False),
        Column(GROUNDS, "code", 9, lambda line: line.record.on_file.grounds, hidden=True, wraps=False),
        Column(WAS, "code", 9, lambda line: line.typed_before, hidden=True, wraps=False),
        Column(CHANGED, "code", 9, lambda line: line.changed_before, hidden=True, wraps=False),
        Column(FILED, "code", 9, lambda line: line.filed, hidden=True, wraps=False),
    ),
    frozen="单位",
    paper=FILE_REMARK,
)


def agencies_range(plan: Plan, header: str) -> str:
    """A column of 报送情况, as an absolute reference."""
    return AGENCY_LIST.range(len(plan.result.agencies), header)


def add_agencies(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    result = plan.result
    rows = [AgencyLine(plan, AGENCY_LIST.row(number), record) for number, record in enumerate(result.agencies)]
    due = (
        f"应报 {len(result.agencies)} 家" if result.run.roster.given else "未提供名录，只列出报来的单位，未核对是否报全"
    )
    if result.by_levels:
        due = f"名录中的和下级转来的共 {len(result.agencies)} 家；下级那里谁没有报，见各级报送"
    meaning = (
        "报送日期是最早一份的邮件日期；没有邮件的按封面日期，并与台账首次见到它的日期核对；都没有的记为“无日期”。"
        "未报单位的迟报天数算到汇总当日。对整份报表的“处理意见”填在右边，与问题清单的一起读回（见“说明”）。"
        "电话核实要改数的，在“改为”写“表三!D11=5”（一片写“表四!A9:O9=0”，几处用“；”隔开，单元格按单位自己的文件），“依据”写谁何时说的。"
    )
    listing = replace(AGENCY_LIST, paper=WHY) if result.corrections else AGENCY_LIST
    add_list(book, listing, rows, f"{due}。{meaning}", tab=GREEN)
