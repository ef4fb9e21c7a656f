"""Files that nobody sends by accident, and some that somebody did: each made in memory, by a small function, by name.

``resources`` eat memory or time or reach for what lies outside, ``archives`` hold what they should not; filings and
names are in ``hostile_filings``. ``CANARY`` is a secret beside the office that no output may hold.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

from tests.offices import zipped
from tests.packing import encrypted, mail
from tests.workbooks import (
    MAIN,
    RELATIONS,
    SHEET,
    cell,
    changed,
    packed,
    parts_of,
    relations,
    row,
    workbook,
    worksheet,
)

CANARY = "CANARY-7f3a91-ONLY-IN-THE-SECRET-FILE"
Make = Callable[[], bytes]
LAST_CELL = "XFD1048576"


def streamed(chunks: Iterable[bytes], part: str = SHEET) -> bytes:
    """A workbook in which one part is written piece by piece, so that it need not stand in memory."""
    parts, stream = parts_of(), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for name, data in parts.items():
            if name != part:
                package.writestr(name, data)
        with package.open(part, "w") as target:
            for chunk in chunks:
                target.write(chunk)
    return stream.getvalue()


def opening(tag: str = "worksheet") -> bytes:
    return f'<{tag} xmlns="{MAIN}">'.encode()


@cache
def spaces() -> bytes:
    """Inflates to far more than is believed of what it is packed into."""
    return streamed([opening(), *[b" " * (1 << 20)] * 64, b"<sheetData/></worksheet>"])


@cache
def many_rows() -> bytes:
    """Honest markup in every respect but its size."""

    def chunks() -> Iterator[bytes]:
        yield opening() + b"<sheetData>"
        for start in range(1, 400_000, 1000):
            yield "".join(
                f'<row r="{n}"><c r="A{n}"><v>1</v></c><c r="B{n}"/></row>' for n in range(start, start + 1000)
            ).encode()
        yield b"</sheetData></worksheet>"

    return streamed(chunks())


def with_strings(strings: bytes, rows: str = "") -> bytes:
    parts = parts_of(rows or row(cell("A1", 0, ' t="s"')))
    parts["xl/sharedStrings.xml"] = strings
    parts["xl/_rels/workbook.xml.rels"] = relations(
        ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
    )
    return packed(parts)


def strings(text: str, more: str = "", before: str = "") -> bytes:
    return f'<?xml version="1.0"?>{before}<sst xmlns="{MAIN}"{more}><si><t>{text}</t></si></sst>'.encode()


def noisy_strings() -> bytes:
    """One text of 12 MB that hardly compresses."""
    text = random.Random(1).randbytes(6 << 20).hex()
    return with_strings(strings(text))


def many_long_texts() -> bytes:
    """A thousand cells that each show the same long text."""
    rows = "".join(row(cell(f"A{n}", 0, ' t="s"'), number=n) for n in range(1, 1001))
    return with_strings(strings("长" * 300_000), rows)


def entities(depth: int) -> str:
    nested = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, depth + 1))
    return f'<!DOCTYPE sst [<!ENTITY l0 "lol">{nested}]>'


def quadratic() -> bytes:
    return with_strings(strings("&a;" * 60_000, before=f'<!DOCTYPE sst [<!ENTITY a "{"A" * 60_000}">]>'))


def xxe(secret: Path) -> str:
    return f'<!DOCTYPE x [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'


def in_part(part: str, data: bytes) -> bytes:
    return packed({**parts_of(), part: data})


def included(secret: Path) -> bytes:
    include = f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>'
    return workbook(row(f'<c r="A1" t="inlineStr"><is><t>{include}</t></is></c>'))


def related_to(target: str, mode: str = "") -> bytes:
    """A workbook whose sheet is said to be somewhere else."""
    related = relations(("worksheet", target)).replace(b"Target=", f"{mode} Target=".encode())
    return packed({**parts_of(), "xl/_rels/workbook.xml.rels": related})


def many_sheets(number: int) -> bytes:
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, number + 1))
    book = f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>'
    return in_part("xl/workbook.xml", book.encode())


def many_names(number: int) -> bytes:
    names = "".join(f'<definedName name="n{n}">表!$A$1</definedName>' for n in range(number))
    return changed(workbook(), "xl/workbook.xml", after(b"</sheets>", f"<definedNames>{names}</definedNames>"))


def after(mark: bytes, text: str) -> Callable[[bytes], bytes]:
    return lambda data: data.replace(mark, mark + text.encode())


def twice(first: bytes, second: bytes) -> bytes:
    """Two parts of one name: a reader may believe either."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for name, data in {**parts_of(), SHEET: first}.items():
            package.writestr(name, data)
        package.NameToInfo.pop(SHEET)
        package.writestr(zipfile.ZipInfo(SHEET), second)
    return stream.getvalue()


def array_formulas(number: int) -> bytes:
    """Formulas that each claim to fill a hundred thousand cells: small, and slow to believe."""
    claims = (f'<c r="A{n}"><f t="array" ref="A1:J10000">1</f><v>1</v></c>' for n in range(1, number + 1))
    return workbook("".join(row(claim, number=n) for n, claim in enumerate(claims, 1)))


def ods(body: str, before: str = "") -> bytes:
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    links = 'xmlns:xlink="http://www.w3.org/1999/xlink"'
    sheet = f'<office:body><office:spreadsheet><table:table table:name="表">{body}</table:table></office:spreadsheet></office:body>'
    content = f'<?xml version="1.0"?>{before}<office:document-content {names} {links}>{sheet}</office:document-content>'
    return packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": content.encode()})


def lines_of(times: str, more: str = "") -> str:
    """A row of an .ods that stands for so many, with one number in it."""
    cell = f'<table:table-cell office:value-type="float" office:value="7" {more}/>'
    return f'<table:table-row table:number-rows-repeated="{times}">{cell}</table:table-row>'


def resources(secret: Path) -> dict[str, Make]:
    """Attacks on memory, time and what lies outside the file. ``secret`` holds the canary."""
    one, numbers = row(cell("A1", 1)), "".join(row(cell(f"A{n}", n), number=n) for n in range(1, 6))
    outside = xxe(secret)
    return {
        "spaces.xlsx": spaces,
        "noisy strings.xlsx": noisy_strings,
        "many long texts.xlsx": many_long_texts,
        "one long text.xlsx": lambda: with_strings(strings("A" * (30 << 20))),
        "laughs in strings.xlsx": lambda: with_strings(strings("&l9;", before=entities(9))),
        "laughs in sheet.xlsx": lambda: in_part(SHEET, entities(9).encode() + worksheet(row("&l9;"))),
        "laughs.ods": lambda: ods("&l9;", entities(9)),
        "quadratic.xlsx": quadratic,
        "xxe in strings.xlsx": lambda: with_strings(strings("[&x;]", before=outside)),
        "xxe in workbook.xlsx": lambda: in_part(
            "xl/workbook.xml", outside.encode() + opening("workbook") + b"&x;</workbook>"
        ),
        "xxe in relations.xlsx": lambda: in_part("_rels/.rels", outside.encode() + relations()),
        "xxe in a drawing.xlsx": lambda: in_part("xl/drawings/drawing1.xml", outside.encode() + b"<x>&x;</x>"),
        "xxe in UTF-16.xlsx": lambda: with_strings(strings("&x;", before=outside).decode()[21:].encode("utf-16")),
        "xxe.ods": lambda: ods("<text:p>&x;</text:p>", outside),
        "parameter entity.xlsx": lambda: with_strings(
            strings("&x;", before=f'<!DOCTYPE x [<!ENTITY % y SYSTEM "{secret.as_uri()}"> %y;]>')
        ),
        "included.xlsx": lambda: included(secret),
        "sheet elsewhere.xlsx": lambda: related_to("../" * 30 + str(secret).lstrip("/")),
        "sheet at an address.xlsx": lambda: related_to(secret.as_uri(), 'TargetMode="External"'),
        "source elsewhere.ods": lambda: ods(f'<table:table-source xlink:href="{secret.as_uri()}"/>'),
        "corners.xlsx": lambda: workbook(one + row(cell(LAST_CELL, 2), number=1_048_576)),
        "wide.xlsx": lambda: workbook(row(cell("A1", 1), cell("XFD1", 2)) + row(cell("A9", 3), number=9)),
        "tall.xlsx": lambda: workbook(one + row(cell("A1048576", 2), number=1_048_576)),
        "everywhere.ods": lambda: ods(lines_of("1048576", "table:number-columns-repeated='16384'")),
        "beyond repeating.ods": lambda: ods(lines_of("9" * 20)),
        "dimension too big.xlsx": lambda: workbook(one, f'<dimension ref="A1:{LAST_CELL}"/>'),
        "dimension too small.xlsx": lambda: workbook(numbers, '<dimension ref="A1"/>'),
        "dimension of nothing.xlsx": lambda: workbook(one, '<dimension ref="A0:ZZZZZ99999999999"/>'),
        "beyond the grid.xlsx": lambda: workbook(row(cell("ZZZZ99999999", 1), number=99_999_999)),
        "row minus one.xlsx": lambda: workbook(row(cell("A1", 1), number=-1)),
        "many sheets.xlsx": lambda: many_sheets(100_000),
        "many names.xlsx": lambda: many_names(300_000),
        "uniqueCount.xlsx": lambda: with_strings(strings("x", ' count="4294967295" uniqueCount="4294967295"')),
        "merged all over.xlsx": lambda: workbook(
            one, after=f'<mergeCells><mergeCell ref="A1:{LAST_CELL}"/></mergeCells>'
        ),
        "validated all over.xlsx": lambda: workbook(
            one, after=f'<dataValidations><dataValidation type="whole" sqref="A1:{LAST_CELL}"/></dataValidations>'
        ),
        "deep.xlsx": lambda: workbook("<row>" * 200_000 + "</row>" * 200_000),
        "deep.ods": lambda: ods("<table:table-row-group>" * 5000 + "</table:table-row-group>" * 5000),
        "string out of range.xlsx": lambda: with_strings(strings("x"), row(cell("A1", 999_999, ' t="s"'))),
        "style out of range.xlsx": lambda: workbook(row(cell("A1", 1, ' s="9999"'))),
        "part twice.xlsx": lambda: twice(worksheet(one), worksheet(row(cell("A1", 999)))),
        "cell twice.xlsx": lambda: workbook(row(cell("A1", 1), cell("A1", 2)) + row(cell("A1", 3))),
        "no addresses.xlsx": lambda: workbook("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>"),
        "entries outside.xlsx": lambda: packed(
            {**parts_of(), "../../../escaped.txt": b"x", "C:\\Windows\\escaped.txt": b"x", "/escaped.txt": b"x"}
        ),
        "array formulas.xlsx": lambda: array_formulas(200),
    }


def from_a_formula() -> bytes:
    letter = mail(("a.xlsx", b"PK"), subject="@SUM(1,1)")
    letter.replace_header("From", '"=1+1" <=cmd@evil.example>')
    return letter.as_bytes()


def archives() -> dict[str, Make]:
    """Archives and mails as no honest program packs them."""
    outside = ("../escaped.xlsx", "/escaped.xlsx", "C:\\escaped.xlsx", "..\\..\\escaped.xlsx", "CON.xlsx", "x.xlsx:ads")
    formula = '=HYPERLINK("http://evil.example","点").xlsx'
    return {
        "bombs.zip": lambda: zipped({f"{n}.xlsx": spaces() + bytes(n + 1) for n in range(3)}),
        "nested.zip": lambda: zipped({f"{n}.zip": zipped({"a.xlsx": bytes(n)}) for n in range(9)}),
        "outside.zip": lambda: zipped(dict.fromkeys(outside, b"x")),
        "locked.zip": lambda: encrypted(b"secret", b"x" * 99),
        "formulas.zip": lambda: zipped({formula: b"x", "@SUM(1).xlsx": b"y", "＝cmd.xlsx": b"z", "\t=1.xlsx": b"w"}),
        "表.zip": lambda: zipped({"统计.xlsx": b"x"}, "gb18030"),
        "members.zip": lambda: zipped({f"{n}.txt": b"x" for n in range(5000)}),
        "subject.eml": lambda: mail((formula, b"x"), subject="=cmd|'/c calc'!A0 http://evil.example/x").as_bytes(),
        "sender.eml": from_a_formula,
    }
