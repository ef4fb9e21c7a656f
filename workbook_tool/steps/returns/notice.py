"""退改说明: the sheet of a return copy that tells a clerk what is wrong, where, and what to do.

Its header row is what an agency's explanations are read back by.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

from workbook_tool.model.cells import address
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.explanation import CELL_HEAD, RETURN_SHEET, RULE_HEAD, SHEET_HEAD, WORDS_HEAD
from workbook_tool.model.intake.submission import IDENTITY_SHEET
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.locations import places_of
from workbook_tool.model.returns.returned import Point, Return
from workbook_tool.model.season.told import see
from workbook_tool.model.workbook.book import Book, BookSheet, Print
from workbook_tool.model.workbook.listing import Column, ListCell
from workbook_tool.model.workbook.measure import line_count, text_height

MARKS = {Severity.MUST: "mark_must", Severity.EXPLAIN: "mark_explain", Severity.NOTE: "mark_note"}
LEGEND = {
    Severity.MUST: "红色，改正后发回",
    Severity.EXPLAIN: "橙色，有误的改正，属实的在“情况说明”写明原因",
    Severity.NOTE: "蓝色，请看一看，不改也可以",
}
MEAN = 0.9
"""The share of a column's width that is sure: the file's own default font decides how wide its columns are."""
SIZE, WORDS, TALLEST = 10.0, 10.5, 400.0
CELL_WIDTH = 13.0
FOLLOWS = "同上"


class PointLine(Struct, frozen=True):
    """A row of the list: one finding. Those that only follow from the first of their story are told to do so."""

    given: Return
    point: Point

    @property
    def finding(self) -> Finding:
        """What was found."""
        return self.point.finding

    @property
    def severity(self) -> ListCell:
        """How grave it is, in the colour that marks its cells."""
        return ListCell(self.finding.severity.label, MARKS[self.finding.severity])

    @property
    def cells(self) -> str:
        """Where it is. A line breaks behind each comma in every program."""
        return self.finding.cell.replace(",", ", ")

    @property
    def link(self) -> str:
        """The way there."""
        sheet, cell = self.finding.sheet, self.finding.cell
        return f"{sheet}!{address(*places_of(sheet, cell)[0])}" if sheet and cell else ""

    @property
    def is_long(self) -> bool:
        """Whether the cells take several lines. Some programs break no line of a link, so then the sheet's name is it."""
        return line_count(self.cells, CELL_WIDTH * MEAN, SIZE) > 1

    @property
    def sheet(self) -> ListCell:
        """The sheet where it is."""
        return linked(self.finding.sheet, self.link if self.is_long else "")

    @property
    def cell(self) -> ListCell:
        """The cells."""
        return linked(self.cells, "" if self.is_long else self.link)

    @property
    def due(self) -> Decimal | str | None:
        """What should stand there, or where the wrong number is that it follows from; what cannot stand anywhere only says
        that the fault lies elsewhere."""
        expected = self.finding.expected
        return see(self.finding, self.given.submission) or (None if expected is None or expected < 0 else expected)

    def words(self, text: str) -> ListCell:
        """Words about it, faint where those of the first of its story say what is to be done."""
        return ListCell(text, "" if self.point.first else "small_faint")

    @property
    def explanation(self) -> ListCell:
        """What the agency explained already, and where it explains what is asked of it."""
        asked = self.finding.severity is Severity.EXPLAIN
        return ListCell(self.given.explanation(self.finding) or None, "input_text" if asked else "")


def linked(text: str, link: str) -> ListCell:
    """A text that leads somewhere, or not."""
    return ListCell(text, "cell_link_wrap" if link else "", link=link)


COLUMNS: tuple[Column[PointLine], ...] = (
    Column("序号", "small", 5.5, lambda line: line.point.number if line.point.first else FOLLOWS, wraps=False),
    Column("程度", "small", 8.5, lambda line: line.severity, wraps=False),
    Column(RULE_HEAD, "small", 10.5, lambda line: line.finding.rule, wraps=False),
    Column(SHEET_HEAD, "small_wrap", 9.5, lambda line: line.sheet),
    Column(CELL_HEAD, "small", CELL_WIDTH, lambda line: line.cell),
    Column("问题", "small_wrap", 52.0, lambda line: line.words(line.finding.message)),
    Column("填报值", "number", 9.5, lambda line: line.finding.filed),
    Column("应为", "number", 9.5, lambda line: line.due),
    Column("怎么改", "small_wrap", 36.0, lambda line: line.words(line.finding.suggestion)),
    Column(WORDS_HEAD, "small_wrap", 30.0, lambda line: line.explanation),
)
WIDTHS = [column.limits[0] for column in COLUMNS]
WIDTH, ROOM = len(WIDTHS), sum(WIDTHS)


def notice_book(given: Return, *, with_identity: bool = False, reason: str = "") -> Book:
    """A workbook with this sheet. ``with_identity`` adds the hidden sheet that says whose file it is and which round;
    ``reason`` says why the agency does not get its own file back."""
    book = Book(RETURN_SHEET, given.as_of)
    sheet = book.sheet(RETURN_SHEET, tab="#C00000", widths=dict(enumerate(WIDTHS)))
    row = add_head(sheet, given, reason)
    add_points(sheet, given, row)
    sheet.freeze = (row + 1, 0)
    sheet.print = Print(landscape=True, wide=1, tall=0, repeat_rows=(row, row))
    if with_identity:
        add_identity(book, given)
    return book


def add_head(sheet: BookSheet, given: Return, reason: str) -> int:
    """What this is about, what to do, by when and whom to ask; returns the header row of the list."""
    sheet.put(0, 0, given.asks, "alert", span=(1, WIDTH))
    sheet.heights[0] = 36
    for row, text in enumerate(head_lines(given, reason), 1):
        sheet.put(row, 0, text, "text_wrap", span=(1, WIDTH))
        sheet.heights[row] = max(18.0, text_height(text, ROOM, WORDS))
    row += 1
    for severity, meaning in LEGEND.items():
        if given.count(severity):
            sheet.put(row, 0, severity.label, MARKS[severity], span=(1, 2))
            sheet.put(row, 2, f" {given.count(severity)} 条：{meaning}。", "text", span=(1, WIDTH - 2))
            sheet.heights[row] = 19.0
            row += 1
    sheet.heights[row] = 8.0
    return row + 1


def head_lines(given: Return, reason: str) -> list[str]:
    """The sentences over the list. No line begins with a label of a cover, so that none is taken for an answer."""
    code = f"（{given.agency.code}）" if given.agency.code != given.agency.name else ""
    about = f"关于{given.agency.name}{code} {given.period.said}《{given.form.title}》{'文档' if given.submission.document else '填报表'}：第 {given.round - 1} 轮报送经审核，"
    asks = "有下列问题需要改正或说明。" if given.points else ""
    ruling = f"{given.ruling}。" if given.ruling else ""
    lines = [f"{about}{ruling}{asks}改好发回的，按第 {given.round} 轮报送计。"]
    if reason and not given.points:
        lines.append("请在原文件中改正后发回。")
    elif reason:
        lines.append(
            f"怎么改：{reason}，所以没有在原文件上标注，另附各表的副本，内容按读到的抄录，有问题的格标了颜色。"
        )
        lines.append("请在副本中改正，或在原文件中改正后另存为 .xlsx，再发回。")
    elif given.points:
        lines.append(
            "怎么改：这就是贵单位自己报来的文件，只加了底色、批注和这张说明；请直接在本文件里改带底色的格，"
            "保存后发回。底色和批注不必删去。"
        )
    lines.append(f"什么时候：{by_when(given)}发回，直接回复来信并附上改好的文件即可。")
    lines.append(f"有疑问，请找：{given.contact}" if given.contact else f"有疑问，请与{given.region}汇总单位联系。")
    if not all(point.first for point in given.points):
        lines.append(f"标“{FOLLOWS}”的各行与上一条同因，改好那一条，一般就随之相符。")
    return lines


def by_when(given: Return) -> str:
    """The day on which it must be back."""
    day = given.deadline
    return f"请不迟于 {day.year} 年 {day.month} 月 {day.day} 日" if day else "请收到后尽快"


def add_points(sheet: BookSheet, given: Return, top: int) -> None:
    """The list of findings."""
    for number, column in enumerate(COLUMNS):
        sheet.put(top, number, column.header, "head")
    sheet.heights[top] = 24.0
    for row, point in enumerate(given.points, top + 1):
        add_point(sheet, row, PointLine(given, point))


def add_point(sheet: BookSheet, row: int, line: PointLine) -> None:
    """One finding, its row as high as its texts need."""
    heights = [26.0]
    for number, column in enumerate(COLUMNS):
        entry = column.value(line)
        cell = entry if isinstance(entry, ListCell) else ListCell(entry)
        sheet.put(row, number, cell.value, cell.role or column.role, link=cell.link)
        if column.wraps and isinstance(cell.value, str):
            heights.append(text_height(cell.value, WIDTHS[number] * MEAN, SIZE))
    sheet.heights[row] = min(max(heights), TALLEST)


def add_identity(book: Book, given: Return) -> None:
    """The hidden sheet of an issued workbook, for files that have none: whose it is, which year, which round."""
    keys: dict[str, str | int] = {
        "tool": "workbook-tool",
        "form": given.form.id,
        "version": given.form.version,
        "agency": given.agency.code,
        "name": given.agency.name,
        **given.period.marks,
        "round": given.round,
    }
    sheet = book.sheet(IDENTITY_SHEET, very_hidden=True)
    for row, (key, value) in enumerate(keys.items()):
        sheet.put(row, 0, key)
        sheet.put(row, 1, value)
