"""What 本周变化 and 定稿差异 both list: how agencies stand, and numbers that are others than before."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.season.agency import AgencyRecord
from workbook_tool.model.workbook.headers import CODE, STATE
from workbook_tool.steps.workbook.sections import SectionColumn


class StandingLine(Struct, frozen=True):
    """How an agency stands, and where its line leads to (empty: nowhere)."""

    code: str
    name: str = ""
    state: str = ""
    timeliness: str = ""
    path: str = ""
    remark: str = ""
    link: str = ""


class NumberLine(Struct, frozen=True):
    """A number of an agency that is another than before; None where there was or is none."""

    agency: Agency
    state: str
    place: str
    path: str
    before: Decimal | None
    now: Decimal | None
    link: str

    @property
    def gap(self) -> Decimal | None:
        """By how much it is another."""
        return None if self.now is None or self.before is None else self.now - self.before


STANDING: tuple[SectionColumn[StandingLine], ...] = (
    SectionColumn(CODE, 0, lambda line: line.code),
    SectionColumn("单位", 1, lambda line: line.name, leads=True),
    SectionColumn(STATE, 2, lambda line: line.state),
    SectionColumn("时效", 3, lambda line: line.timeliness),
    SectionColumn("文件", 4, lambda line: line.path),
    SectionColumn("备注", 7, lambda line: line.remark),
)


def standing_line(record: AgencyRecord, link: str) -> StandingLine:
    """The line of an agency."""
    path = record.file.source.path if record.file else ""
    agency = record.agency
    return StandingLine(agency.code, agency.name, record.state.label, record.timely_label, path, record.remark, link)


def number_columns(before: str) -> tuple[SectionColumn[NumberLine], ...]:
    """The columns of numbers, under the header of what was ``before``."""
    return (
        SectionColumn(CODE, 0, lambda line: line.agency.code),
        SectionColumn("单位", 1, lambda line: line.agency.name, leads=True),
        SectionColumn(STATE, 2, lambda line: line.state),
        SectionColumn("位置", 4, lambda line: line.place),
        SectionColumn("文件", 7, lambda line: line.path),
        SectionColumn(before, 11, lambda line: line.before),
        SectionColumn("本次", 12, lambda line: line.now),
        SectionColumn("差额", 13, lambda line: line.gap),
    )


def figure(number: int | None, item: Item) -> Decimal | None:
    """An exact number as it is written; None where there is none."""
    return None if number is None else as_decimal(number, item)
