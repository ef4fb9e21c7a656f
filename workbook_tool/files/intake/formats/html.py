"""Reads web pages with tables in them, which many systems write under the name of an .xls, and Excel's own (.mht too).

A page becomes one sheet, as a spreadsheet program opens it: each paragraph a row, and the rows of each table below. What
the page does not show is left out; a row or column of a table that is hidden stays, as one that is hidden.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes

from lxml import etree
from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.files.intake.formats.html_looks import Css, hides, styled
from workbook_tool.files.intake.formats.kinds import MARKS, SAVE_AS, SEND
from workbook_tool.files.intake.formats.laid_out import LaidOut
from workbook_tool.files.intake.formats.looks import ERROR, Style, look_of_pieces, rounded_look
from workbook_tool.files.intake.formats.markup import MOST_SHEETS
from workbook_tool.files.intake.formats.stored import NUMBER as STORED
from workbook_tool.files.intake.formats.stored import day_or_number, typed
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.submission import Content, ErrorValue, Sheet
from workbook_tool.model.locations import TEXT
from workbook_tool.model.regex import regex

NO_TABLE = f"这是网页文件（.html），里面没有表格；{SEND}"
NO_NAME, KIND = "网页", "网页（.html、.mht）"
LEAST_PROSE = 200
"""A page with so many letters beside its tables is a report, and no workbook."""
PROGRAMMED = regex(r"urn:schemas-microsoft-com:office:excel|ExcelWorksheet|\bx:(?:num|str|fmla)\b|\bsdval=")
"""What only a spreadsheet program writes into a page."""
CHARSET = regex(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
SHEET_NAME = regex(r"<x:Name>([^<]{1,99})</x:Name>")
WORKSHEET = regex(r"<x:ExcelWorksheet>(.*?)</x:ExcelWorksheet>", re.DOTALL)
SOURCE = regex(r"""<x:WorksheetSource\s+HRef=["']([^"']+)""")
NOT_TEXT = {"script", "style", "head", "title", "template", "noscript", "option", "textarea", "svg", "object", "xml"}
BLOCKS = {
    *(
        "p",
        "div",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "pre",
        "hr",
        "center",
        "form",
    ),
    *("table", "thead", "tbody", "tfoot", "tr", "td", "th", "caption", "section", "article", "header", "footer", "br"),
}
GROUPS = ("thead", "tbody", "tfoot", "form")
MOST_ACROSS, MOST_DOWN = 1000, 65_534
"""No browser lets a cell go further."""
SPACE = " \t\r\n\f\v\xa0"
TOKENS = regex(rf"\0|[{SPACE}]+|[^\0{SPACE}]+")
Pieces = list[tuple[str, Style]]

PARSER = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)


def read_html(content: bytes) -> tuple[Sheet, ...]:
    """The sheet of a page. Raises Unreadable where there is no table in it, or it asks for more room than an honest
    form."""
    text = decoded(content)
    names = SHEET_NAME.findall(text)
    page = read_page(text, html.unescape(names[0]) if len(names) == 1 else NO_NAME)
    if page is None:
        raise Unreadable(NO_TABLE)
    return told_apart([page])


def read_saved_page(content: bytes) -> tuple[Sheet, ...]:
    """The sheets of a workbook or page that was saved as one file (.mht): a page for each. Raises Unreadable where
    there is no table in any."""
    pages: dict[str, str] = {}
    for part in message_from_bytes(content).walk():
        data = part.get_payload(decode=True)
        if part.get_content_type() == "text/html" and isinstance(data, bytes):
            where = str(part.get("content-location", "")).replace("\\", "/").rpartition("/")[2]
            pages[where or f"{NO_NAME}{len(pages) + 1}"] = decoded(data, part.get_content_charset() or "")
    if len(pages) > MOST_SHEETS:
        raise Unreadable(f"有 {len(pages)} 张工作表，不是正常的填报表")
    told = {
        source.rpartition("/")[2]: one
        for text in pages.values()
        for one in WORKSHEET.findall(text)
        for source in SOURCE.findall(one)
    }
    found = []
    for where, text in pages.items():
        about = told.get(where, "")
        names = SHEET_NAME.findall(about)
        page = read_page(text, html.unescape(names[0]) if names else where)
        if page is not None:
            page.hidden = "<x:Visible>" in about
            found.append(page)
    if not found:
        raise Unreadable(f"这是网页文件（.mht），里面没有表格；{SAVE_AS}")
    return told_apart(found)


def told_apart(pages: Sequence[Page]) -> tuple[Sheet, ...]:
    """The sheets of pages with tables; where they were written by hand and hold a report, as those of a document, with its
    text behind them."""
    sheets = tuple(page.found.sheet(page.hidden) for page in pages)
    lines = [line for page in pages for line in page.prose]
    if any(page.programmed for page in pages) or sum(map(len, lines)) < LEAST_PROSE:
        return sheets
    text = Sheet(TEXT, {(row, 0): line for row, line in enumerate(lines)})
    return tuple(replace(sheet, document=KIND) for sheet in (*sheets, text))


def decoded(content: bytes, charset: str = "") -> str:
    """The text of a page, in the encoding that it says, or that its mark or its bytes tell."""
    marked = next((name for mark, name in MARKS.items() if content.startswith(mark)), "")
    said = CHARSET.search(content[:4096])
    for name in (marked, said[1].decode("ascii") if said else charset, "utf-8", "gb18030"):
        if not name:
            continue
        try:
            return content.decode("gb18030" if codecs.lookup(name).name in ("gb2312", "gbk") else name)
        except (LookupError, UnicodeError):
            continue
    return content.decode("utf-8", "replace")


def read_page(text: str, name: str) -> Page | None:
    """What a page shows; None where there is no table."""
    if not text.strip():
        return None
    root = etree.fromstring(text.encode("utf-8", "replace"), PARSER)
    if root is None:
        return None
    css = Css(node.text or "" for node in root.iter("style"))
    page = Page(LaidOut(name), css)
    page.flow(root, Style())
    page.end_paragraph()
    page.programmed = PROGRAMMED.search(text) is not None
    return page if page.tables else None


class Page(Struct, dict=True):
    """A page that is laid out from top to bottom: the row that comes next, and the paragraph that has begun. ``prose`` are
    the paragraphs beside its tables; ``programmed``: a spreadsheet program wrote it."""

    found: LaidOut
    css: Css
    row: int = 0
    tables: int = 0
    hidden: bool = False
    programmed: bool = False
    prose: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.begun: Pieces = []

    def flow(self, node: etree._Element, style: Style) -> None:
        """An element and what is in it, one below the other."""
        said = self.css.of(node)
        if node.tag in NOT_TEXT or hides(node, said):
            return
        style = styled(node, said, style)
        if node.tag == "table" and next(node.iterdescendants("table"), None) is None:
            self.end_paragraph()
            self.lay(node, style)
            return
        if node.tag in BLOCKS:
            self.end_paragraph()
        self.begun.append((node.text or "", style))
        for child in node:
            self.flow(child, style)
            self.begun.append((child.tail or "", style))
        if node.tag in BLOCKS:
            self.end_paragraph()

    def end_paragraph(self) -> None:
        """What has begun becomes a row, if there is anything."""
        pieces, self.begun = trimmed(self.begun), []
        if pieces:
            self.prose.append("".join(text for text, _ in pieces))
            self.found.put((self.row, 0), self.prose[-1], look_of_pieces(pieces[0][1], pieces))
            self.row += 1

    def lay(self, table: etree._Element, style: Style) -> None:
        """A table below what was before it, with a blank row between."""
        lines = list(rows_of(table))
        for caption in table.iterchildren("caption"):
            self.flow(caption, style)
        self.row += 1 if self.tables and lines else 0
        self.hide_columns(table)
        last = self.row + len(lines) - 1
        for line in lines:
            said = self.css.of(line)
            if hides(line, said):
                self.found.hidden_rows.append((self.row, self.row + 1))
            self.lay_row(line, styled(line, said, style), last)
            self.row += 1
        self.tables += bool(lines)

    def hide_columns(self, table: etree._Element) -> None:
        """Note the columns that the table says are not shown."""
        column = 0
        for node in table.iter("col", "colgroup"):
            if node.tag == "colgroup" and node.find("col") is not None:
                continue
            width = spanned(node, "span", MOST_ACROSS)
            around = [node, *node.iterancestors("colgroup")]
            if any(hides(one, self.css.of(one)) for one in around):
                self.found.hidden_columns.append((column, column + width))
            column += width

    def lay_row(self, line: etree._Element, style: Style, last: int) -> None:
        """The cells of one row, beside those that reach into it from above; ``last`` is the last row of the table."""
        column = 0
        for cell in line.iterchildren("td", "th"):
            column = self.found.free(self.row, column)
            end = column + spanned(cell, "colspan", MOST_ACROSS)
            down = min(self.row + spanned(cell, "rowspan", MOST_DOWN) - 1, last)
            self.put(cell, column, style)
            if down > self.row or end > column + 1:
                self.found.merge((self.row, column), (down, end - 1))
            column = end

    def put(self, cell: etree._Element, column: int, line: Style) -> None:
        """What one cell shows and holds."""
        said = self.css.of(cell)
        if hides(cell, said):
            return
        style = styled(cell, said, line)
        pieces = trimmed(list(self.pieces(cell, style)))
        text = "".join(piece for piece, _ in pieces)
        formula = cell.get("x:fmla")
        told = None if formula is None else formula.removeprefix("=")
        content = content_of(cell, text, style)
        self.found.put((self.row, column), content, look_of_pieces(style, pieces) or rounded_look(style, content), told)

    def pieces(self, node: etree._Element, style: Style) -> Iterator[tuple[str, Style]]:
        """The text within a cell, piece by piece; its blocks begin new lines."""
        yield node.text or "", style
        for child in node:
            said = self.css.of(child)
            if child.tag not in NOT_TEXT and not hides(child, said):
                if child.tag in BLOCKS:
                    yield "\0", style
                yield from self.pieces(child, styled(child, said, style))
                if child.tag in BLOCKS and child.tag != "br":
                    yield "\0", style
            yield child.tail or "", style


def rows_of(table: etree._Element) -> Iterator[etree._Element]:
    """The rows of a table, whatever groups they are in."""
    for child in table:
        if child.tag == "tr":
            yield child
        elif child.tag in GROUPS:
            yield from rows_of(child)


def spanned(node: etree._Element, name: str, most: int) -> int:
    """How many rows or columns an element says it takes; 1 where it says nothing that makes sense."""
    told = node.get(name, "").strip()
    return min(max(int(told), 1), most) if told.isascii() and told.isdigit() and len(told) < 10 else 1


def trimmed(pieces: Pieces) -> Pieces:
    """The pieces as a page shows them: white space is one space, none at the ends of lines; ``\\0`` begins a line."""
    made: Pieces = []
    between, begun = "", False
    for text, style in pieces:
        told = ""
        for token in TOKENS.findall(text):
            if token == "\0":
                between = "\n"
            elif token[0] in SPACE:
                between = between or " "
            else:
                told += (between if begun else "") + token
                between, begun = "", True
        if told:
            made.append((told, style))
    return made


def content_of(cell: etree._Element, text: str, style: Style) -> Content:
    """What a cell holds: the number that its program noted beside the text, else what a spreadsheet makes of the text."""
    noted = cell.get("x:num") or cell.get("sdval") or ""
    if cell.get("x:err") is not None or ERROR.fullmatch(text):
        return ErrorValue(text or "#ERR")
    if cell.get("x:bool") is not None:
        return text.upper() in ("TRUE", "1")
    if STORED.fullmatch(noted):
        return day_or_number(float(noted), style.format)
    as_text = cell.get("x:str") is not None or style.format == "@"
    return text if as_text else typed(text)
