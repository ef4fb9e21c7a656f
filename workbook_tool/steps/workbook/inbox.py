"""收件清单: every file of the inbox and where it ended, and below what came more than once."""

from __future__ import annotations

from msgspec import Struct

from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.season.filing import AnyFile
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.headers import CODE, STATE
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.steps.workbook.lists import add_list
from workbook_tool.steps.workbook.plan import FILES, GREY, Plan
from workbook_tool.steps.workbook.versions import add_versions

DIGITS = 12
"""So much of a digest tells files apart."""


class FileLine(Struct, frozen=True):
    """A row of the list: a file, or those of another year together, of which ``record`` is the first; and the agency's
    ``page``, from the file that stands there."""

    record: AnyFile
    page: str = ""
    gathered: tuple[AnyFile, ...] = ()

    @property
    def path(self) -> str:
        """The file's path, or how many there are."""
        return f"（{len(self.gathered)} 份）" if self.gathered else self.record.source.path

    @property
    def reason(self) -> str:
        """Why it stands as it does."""
        if self.gathered:
            return f"{self.record.period.said if self.record.period else ''}的文件，没有计入；逐份见 run.json"
        return self.record.reason

    @property
    def code(self) -> str:
        """The code of the agency whose file it is, if it is one's."""
        return self.record.agency.code if self.record.agency and not self.gathered else ""

    @property
    def name(self) -> ListCell:
        """The agency, with the way to its page."""
        known = self.record.agency if not self.gathered else None
        return ListCell(known.name if known else "", "cell_link_left" if self.page else "", link=self.page)

    @property
    def period(self) -> int | str | None:
        """Which period it says it is about."""
        told = self.record.period
        return None if told is None else told.year if told.kind is PeriodKind.YEAR else str(told)

    @property
    def size(self) -> int:
        """In bytes, of all together."""
        return sum(record.source.size for record in self.gathered or (self.record,))

    @property
    def digest(self) -> str:
        """The beginning of its digest."""
        return "" if self.gathered else self.record.source.sha256[:DIGITS]


def file_list(kind: PeriodKind) -> Listing[FileLine]:
    """收件清单 of a form of this kind of period."""
    columns = (
        Column[FileLine]("文件", "cell_wrap", (20, 34), lambda line: line.path),
        Column[FileLine](STATE, "state", 13, lambda line: line.record.state.label),
        Column[FileLine]("原因", "cell_wrap", (24, 40), lambda line: line.reason),
        Column[FileLine](CODE, "cell_center", (9, 25), lambda line: line.code),
        Column[FileLine]("单位", "cell_wrap", (20, 30), lambda line: line.name),
        Column[FileLine](kind.label, "cell_center", 8 if kind is PeriodKind.YEAR else 10, lambda line: line.period),
        Column[FileLine]("大小（字节）", "cell_number", 14, lambda line: line.size),
        Column[FileLine](f"SHA-256（前 {DIGITS} 位）", "cell_center", 22, lambda line: line.digest),
    )
    return Listing(FILES, "tblFiles", columns, frozen="文件", paper=kind.label)


def add_files(book: Book, plan: Plan) -> None:
    """Add the sheet."""
    others = [files for files in other_years(plan) if len(files) > 1]
    gathered = {id(record) for files in others for record in files}
    early_or_late = [file for other in plan.result.others for file in other.files]
    shown = [r for r in (*plan.result.files, *early_or_late) if r.state is not State.IGNORED and id(r) not in gathered]
    rows = [FileLine(record, page_of(plan, record)) for record in shown]
    rows += [FileLine(files[0], gathered=tuple(files)) for files in others]
    count = f"共 {len(shown) + len(gathered)} 份。" if rows else "收件夹里还没有可以列出的文件。"
    kind = plan.form.period
    meaning = f"收件夹中的每一份文件都有且只有一个状态，压缩包和邮件里的也一样；其他{kind.label}的合为一行；临时文件和系统文件只记在 run.json。"
    listing = file_list(kind)
    sheet = add_list(book, listing, rows, count + meaning, tab=GREY)
    add_versions(sheet, plan, listing.last_row(len(rows)))


def page_of(plan: Plan, record: AnyFile) -> str:
    """The page of the agency that this file counts for."""
    agency = plan.by_code.get(record.agency.code) if record.agency else None
    return plan.page_link(agency) if agency and agency.file is record else ""


def other_years(plan: Plan) -> list[list[AnyFile]]:
    """The files of other years, year by year: each is one line here."""
    files = plan.result.of_other_years
    return [[f for f in files if f.period == one] for one in sorted({f.period for f in files if f.period})]
