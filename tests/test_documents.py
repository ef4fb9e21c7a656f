"""Documents are read like workbooks: the same numbers from whatever Word makes of a table, or a refusal; never others."""

from __future__ import annotations

import copy
import csv
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from lxml import etree
from msgspec.structs import replace

from tests.documents import MAIN, WORDS, W, body, document, docx, paragraph, parts_of, report
from tests.grids import ROOT, annual_report, distinct, filled, submission, year
from tests.office_tools import converted, needs_office
from tests.tables import read_tables
from tests.workbooks import packed
from workbook_tool import batch, commands
from workbook_tool.batch import Outcome
from workbook_tool.files.intake.engine import InProcess
from workbook_tool.files.intake.inbox import list_files
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.files.season.last_year import with_texts
from workbook_tool.intake import Terms, take_in
from workbook_tool.model.cells import address
from workbook_tool.model.errors import Document, Unreadable
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.look import RAISED, TINY
from workbook_tool.model.intake.submission import Agency, Sheet
from workbook_tool.model.judging.finding import Where
from workbook_tool.model.judging.rulebook import Documents, Policy, Rulebook
from workbook_tool.model.locations import TEXT, cells_in, places_of
from workbook_tool.model.office.settings import Limits, Roster
from workbook_tool.model.season.filing import Checked, Filing
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.steps.form.typed_in import prefilled_book
from workbook_tool.steps.judging.compare.over_documents import compare_documents
from workbook_tool.steps.returns.onto_form import placed
from workbook_tool.steps.season.versions import choose_versions

FORM = annual_report()
NUMBERS = {code: int(value) for code, value in distinct(FORM).items() if isinstance(value, float)}
NESTED = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
Nodes = list[etree._Element]


def outcome(content: bytes) -> Counter[str]:
    """How many numbers of the form are read ``right``, ``wrong`` or not at all."""
    read = submission(FORM, list(read_sheets(content, Limits())))
    found: Counter[str] = Counter()
    for item in FORM.items:
        number = read.number(item)
        found["none" if number is None else "right" if number == NUMBERS[item.code] else "wrong"] += 1
    return found


def element(markup: str) -> etree._Element:
    return etree.fromstring(f'<x xmlns:w="{WORDS}">{markup}</x>')[0]


def tables(root: etree._Element) -> Nodes:
    return list(root.iter(f"{W}tbl"))


def rows(table: etree._Element) -> Nodes:
    return table.findall(f"{W}tr")


def runs(root: etree._Element) -> Nodes:
    """The runs of the numbers of the second table's first row of numbers."""
    cells = rows(tables(root)[1])[3].findall(f"{W}tc")[1:]
    return [run for cell in cells for run in cell.iter(f"{W}r")]


def wrapped(nodes: Nodes) -> None:
    """Each in a content control."""
    for node in nodes:
        control, content = etree.Element(f"{W}sdt"), etree.Element(f"{W}sdtContent")
        node.addprevious(control)
        control.append(content)
        content.append(node)


def controls(root: etree._Element) -> None:
    wrapped(rows(tables(root)[1])[5:8])
    wrapped(rows(tables(root)[1])[9].findall(f"{W}tc")[2:4])
    wrapped(runs(root)[:2])


def tracked(root: etree._Element) -> None:
    for run in runs(root):
        gone = etree.Element(f"{W}del")
        old = copy.deepcopy(run)
        text = old.find(f"{W}t")
        text.tag, text.text = f"{W}delText", "9999"
        gone.append(old)
        run.addprevious(gone)
        new = etree.Element(f"{W}ins")
        run.addprevious(new)
        new.append(run)


def deleted_row(root: etree._Element) -> None:
    row = rows(tables(root)[1])[6]
    old = copy.deepcopy(row)
    old.insert(0, element("<w:trPr><w:del/></w:trPr>"))
    row.addprevious(old)


def hidden(root: etree._Element) -> None:
    for run in runs(root):
        more = copy.deepcopy(run)
        more.find(f"{W}rPr").append(etree.Element(f"{W}vanish"))
        run.addnext(more)


def notes(root: etree._Element) -> None:
    for run in runs(root):
        run.addnext(
            element('<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="2"/></w:r>')
        )


def split(root: etree._Element) -> etree._Element:
    """The second table in two, the second half without a head."""
    first = tables(root)[1]
    rest = etree.Element(f"{W}tbl")
    rest.extend(copy.deepcopy(node) for node in first if node.tag in (f"{W}tblPr", f"{W}tblGrid"))
    rest.extend(rows(first)[18:])
    first.addnext(rest)
    first.addnext(element("<w:p/>"))
    return rest


def split_with_head(root: etree._Element) -> None:
    head = [copy.deepcopy(row) for row in rows(tables(root)[1])[:3]]
    rest = split(root)
    at = rest.index(rows(rest)[0])
    rest[at:at] = head


def split_by_a_word(root: etree._Element) -> None:
    rest = split(root)
    rest.addprevious(element(paragraph("（续表）")))
    rest.addprevious(element(paragraph("- 3 -")))


def nested(root: etree._Element) -> None:
    table = tables(root)[1]
    box = element("<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid><w:tr><w:tc></w:tc></w:tr></w:tbl>")
    table.addprevious(box)
    cell = next(box.iter(f"{W}tc"))
    cell.append(table)
    cell.append(element("<w:p/>"))


def boxed_twice(root: etree._Element) -> None:
    """A table in a text box, which stands there twice: for those who know text boxes, and for the others."""
    table = tables(root)[2]
    box = element(
        '<w:p xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><mc:AlternateContent>'
        '<mc:Choice Requires="wps"><w:txbxContent/></mc:Choice><mc:Fallback><w:pict><w:txbxContent/></w:pict></mc:Fallback>'
        "</mc:AlternateContent></w:r></w:p>"
    )
    table.addprevious(box)
    one, other = box.iter(f"{W}txbxContent")
    other.append(copy.deepcopy(table))
    one.append(table)


def upright(root: etree._Element) -> None:
    """Labels written one character below the other."""
    for text in tables(root)[1].iter(f"{W}t"):
        if text.text and len(text.text) == 3 and not text.text.isdigit():
            run = text.getparent()
            letters, text.text = text.text, text.text[0]
            for letter in reversed(letters[1:]):
                run.addnext(element(f"<w:r><w:br/><w:t>{letter}</w:t></w:r>"))


def in_pieces(root: etree._Element) -> None:
    """Numbers in runs of a digit each, as spelling checks and fields cut them."""
    for run in runs(root):
        text = run.find(f"{W}t")
        digits, text.text = text.text, text.text[0]
        for digit in reversed(digits[1:]):
            more = copy.deepcopy(run)
            more.find(f"{W}t").text = digit
            run.addnext(more)


def computed(root: etree._Element) -> None:
    """A field that adds up: its result counts, and not its formula."""
    run = runs(root)[0]
    for step in (
        '<w:fldChar w:fldCharType="begin"/>',
        "<w:instrText>=SUM(LEFT)+5</w:instrText>",
        '<w:fldChar w:fldCharType="separate"/>',
    ):
        run.addprevious(element(f"<w:r>{step}</w:r>"))
    run.addnext(element('<w:r><w:fldChar w:fldCharType="end"/></w:r>'))


SAME: dict[str, Callable[[etree._Element], object]] = {
    "content controls": controls,
    "tracked changes": tracked,
    "a row deleted by a tracked change": deleted_row,
    "hidden text": hidden,
    "marks of footnotes": notes,
    "a table in two": split,
    "a table in two with its head repeated": split_with_head,
    "a table in two with a word between": split_by_a_word,
    "a table in a cell": nested,
    "a text box": boxed_twice,
    "upright labels": upright,
    "numbers in pieces": in_pieces,
    "a field": computed,
}


@pytest.mark.parametrize("name", SAME)
def test_however_word_writes_a_table_the_numbers_are_the_same(name: str) -> None:
    root = etree.fromstring(document(body(FORM, NUMBERS, ("报告",), ())).encode())
    SAME[name](root)
    content = packed({**parts_of(""), MAIN: etree.tostring(root)})
    assert outcome(content) == {"right": len(FORM.items)}


def raised(root: etree._Element) -> None:
    for run in runs(root):
        run.addnext(element('<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>1</w:t></w:r>'))


def specks(root: etree._Element) -> None:
    """A digit behind each number that nobody can read."""
    for run in runs(root):
        run.addnext(element('<w:r><w:rPr><w:sz w:val="3"/></w:rPr><w:t>1</w:t></w:r>'))


def unlike(root: etree._Element) -> None:
    """The second half of a table with other columns: nobody can tell which is which."""
    for column in split(root).iter(f"{W}gridCol"):
        column.set(f"{W}w", "100")


def unsettled(root: etree._Element) -> None:
    next(tables(root)[1].iter(f"{W}tcPr")).append(element('<w:cellDel w:id="1" w:author="x"/>'))


def two_numbers(root: etree._Element) -> None:
    for run in runs(root):
        run.addnext(element("<w:r><w:br/><w:t>7</w:t></w:r>"))


@pytest.mark.parametrize("change", [raised, specks, unlike, unsettled, two_numbers])
def test_what_is_not_certain_is_refused(change: Callable[[etree._Element], object]) -> None:
    root = etree.fromstring(document(body(FORM, NUMBERS, (), ())).encode())
    change(root)
    try:
        found = outcome(packed({**parts_of(""), MAIN: etree.tostring(root)}))
    except Unreadable:
        return
    assert not found["wrong"] and found["none"]


@needs_office
def test_every_format_that_libreoffice_writes_gives_the_same_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    path.write_bytes(report(FORM, NUMBERS))
    for kind in ("odt", "rtf", "doc"):
        (saved,) = converted([path], kind, tmp_path / kind)
        assert outcome(saved.read_bytes()) == {"right": len(FORM.items)}, kind  # .doc is what .wps is inside
    (saved,) = converted([path], "pdf", tmp_path / "pdf")
    found = outcome(saved.read_bytes())  # its narrowest cells break a number in two, which is refused
    assert not found["wrong"] and found["right"] >= 185


def text_of(content: bytes) -> list[str]:
    (sheet,) = (one for one in read_sheets(content, Limits()) if one.name == TEXT)
    return [str(text) for _, text in sorted(sheet.cells.items())]


def test_the_running_text_stands_beside_the_tables() -> None:
    assert text_of(report(FORM, {}, ["甲", "乙"], ["丙"])) == ["甲", "乙", *(t.title for t in FORM.tables), "丙"]


def test_tables_typed_into_a_text_are_read() -> None:
    lines = ["报告", "甲\t乙", "1\t2", "3\t4", "五、问题"]
    table, text = read_sheets("\r\n".join(lines).encode("gb18030"), Limits())
    assert table.cells == {(0, 0): "甲", (0, 1): "乙", (1, 0): 1.0, (1, 1): 2.0, (2, 0): 3.0, (2, 1): 4.0}
    assert list(text.cells.values()) == ["报告", "五、问题"]
    barred = "| 甲 | 乙 |\n|---|---|\n| 1 | |\n"
    assert read_sheets(barred.encode(), Limits())[0].cells == {(0, 0): "甲", (0, 1): "乙", (2, 0): 1.0}


HEAD = r"{\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}}"
ROW = r"\trowd\cellx1000\cellx2000\intbl "


def rtf(text: str) -> tuple[Sheet, ...]:
    return read_sheets(f"{HEAD}{text}}}".encode("latin-1"), Limits())


def test_rtf_says_its_letters_in_many_ways() -> None:
    (text,) = rtf(
        r"\f0\'bc\'d7\u20057?{\v secret}{\deleted gone}\~x\par \uc2\u20057\'d2\'d2\{1\}\par{\*\unknown no}{\pict 00}yes"
    )
    assert list(text.cells.values()) == ["甲乙 x", "乙{1}", "yes"]


def test_rows_of_an_rtf_that_do_not_fit_are_refused() -> None:
    table, _ = rtf(rf"{ROW}1\cell 2\cell\row {ROW}3{{\super 9}}\cell 4{{\fs2 8}}\cell\row\pard after\par")
    assert table.cells == {(0, 0): 1.0, (0, 1): 2.0, (1, 0): "39", (1, 1): "48"}
    assert [table.looks[1, n].runs[1].marks for n in (0, 1)] == [(RAISED,), (TINY,)]
    with pytest.raises(Unreadable, match="对不上"):
        rtf(rf"{ROW}1\cell 2\cell 3\cell\row")
    with pytest.raises(Unreadable, match="不完整"):
        rtf("}}")


def pdf(stream: bytes) -> bytes:
    """One page with these commands."""
    packed_ = zlib.compress(stream)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed_), packed_),
    ]
    made, starts = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        starts.append(len(made))
        made += b"%d 0 obj\n%b\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(made)
    return made + b"xref\n0 5\n0000000000 65535 f \n" + table + end


SPAN = '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="200000000"/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>'
DEEP = "<w:tbl><w:tr><w:tc>" * 3000 + "<w:p/>" + "</w:tc></w:tr></w:tbl>" * 3000
HOSTILE = {
    "a cell without an end": docx(SPAN),
    "tables without an end": docx(DEEP),
    "a document in a document": docx('<w:altChunk xmlns:r="x" r:id="rId1"/>'),
    "too many tables": docx(f"<w:tbl><w:tr><w:tc>{paragraph('1')}</w:tc></w:tr></w:tbl>{paragraph('x')}" * 300),
    "an .odt with a cell without an end": packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": b'<o:document-content xmlns:o="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            b'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:x="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
            b'<o:body><o:text><t:table><t:table-row><t:table-cell t:number-columns-repeated="999999999"/></t:table-row></t:table>'
            b"</o:text></o:body></o:document-content>",
        }
    ),
    "groups without an end": b"{\\rtf1" + b"{" * 1000 + b"}" * 1001,
    "a page full of lines": pdf(b"\n".join(b"%d 0 m %d 800 l S" % (n % 600, n % 600) for n in range(15_000))),
    "a scan": pdf(b"0 0 m 600 800 l S"),
    "a page cut off": pdf(b"x")[:100],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_no_honest_report_holds_is_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        read_sheets(HOSTILE[name], Limits())


def test_a_scan_is_called_a_scan() -> None:
    with pytest.raises(Document, match="扫描"):
        read_sheets(HOSTILE["a scan"], Limits())


SAMPLE = ROOT / "tests" / "sample"
LABELS = {(item.table.name, item.row.label, item.column.label): item.code for item in FORM.items}
FOUND = {
    "010_金乡县应急管理局": ["N-BODY", "N-DOC", "P-DOCUMENT", "V-BLANK", "V-BLANK", "V-BLANK"],
    "011_新乡县应急管理局": ["P-DOCUMENT"],
    "012_金乡县人民政府办公室": ["P-DOCUMENT", "V-BLANK"],
    "013_延津县应急管理局": ["P-DOCUMENT"],
    "014_中卫市应急管理局": ["N-REV", "P-DOCUMENT", "V-BLANK"],
}
"""The second sample office: what is found where the five reports come as documents. Beside what their workbooks have, that
they are documents, and what their texts say."""


def as_document(name: str) -> bytes:
    """A report of the sample office as it was published: its text, and the tables in their place."""
    numbers = {
        LABELS[key]: text for key, text in read_tables((SAMPLE / f"{name}.md").read_text(encoding="utf-8")).items()
    }
    before, _, after = (SAMPLE / "texts" / f"{name}.txt").read_text(encoding="utf-8").partition("[表]\n")
    return report(FORM, numbers, before.splitlines(), after.splitlines())


@pytest.fixture(scope="module")
def of_documents(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The run of the second sample office."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "inbox").mkdir()
    for name in FOUND:
        (folder / "inbox" / f"{name}.docx").write_bytes(as_document(name))
    for part in ("templates", "config.toml"):
        (folder / part).symlink_to(ROOT / part)
    office = commands.open_office(folder / "config.toml").only(FORM.id)
    return batch.run(replace(office, engine=InProcess), date(2024, 2, 5))


def test_the_reports_of_the_sample_office_as_documents(of_documents: Outcome) -> None:
    result = of_documents.result
    assert result
    found = {Path(r.file.source.path).stem: sorted(x.rule for x in r.findings) for r in result.filed}
    assert found == FOUND
    book = openpyxl.load_workbook(ROOT / "inbox" / "011_新乡县应急管理局_2023.xlsx")
    (document,) = (r.file for r in result.filed if r.agency.code == "011")
    assert document.submission.document.startswith("Word")
    for item in FORM.items:
        ((sheet, cell),) = book.defined_names[item.cell_name].destinations
        assert document.submission.number(item) == book[sheet][cell.replace("$", "")].value


def test_what_their_texts_say_of_problems_and_measures_is_put_together(of_documents: Outcome) -> None:
    assert of_documents.folder and of_documents.result
    folder = of_documents.folder
    with (folder / "texts.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    kinds = Counter(row["kind"] for row in rows)
    assert kinds == {"problems": 5, "measures": 5, "fee": 5, "improved": 1}
    assert {row["text"] for row in rows if row["kind"] == "fee"} == {"0"}
    (draft,) = folder.glob("年度报告_*.docx")
    lines = text_of(draft.read_bytes())
    assert sum(line.startswith("中卫市应急管理局：") for line in lines) == 2
    assert any(line.startswith("金乡县人民政府办公室：一是丰富政策解读形式") for line in lines)
    assert "2023年，收取信息处理费0元。" in lines
    last = with_texts(LastYear(year(2023), values={"012": {0: 1}}), folder / "texts.csv", FORM)
    assert last.said_by(Agency("012", "甲"))["measures"].startswith("2024 年，我办将") and last.sha256
    assert with_texts(last, folder / "none.csv", FORM) is last


def filings(**contents: dict[str, object]) -> list[Filing]:
    """Filings of one agency, those named ``document`` as documents."""
    made = []
    for name, numbers in contents.items():
        read = submission(FORM, filled(FORM, numbers))  # type: ignore[arg-type]
        source = replace(read.source, path=name, sha256=name * 8, modified=float(name == "document"))
        told = "Word 文件（.docx）" if name.startswith("document") else ""
        made.append(Filing(Checked(replace(read, source=source, document=told), (), {})))
    return made


def settled(policy: Policy = Policy(), **contents: dict[str, object]) -> dict[str, Filing]:  # noqa: B008
    book = Rulebook(FORM, policy)
    chosen = choose_versions(filings(**contents), book, date(2024, 2, 5))
    return {f.source.path: f for f in compare_documents(chosen, book)}


def test_a_document_beside_a_workbook_is_compared_cell_by_cell() -> None:
    numbers: dict[str, object] = {code: float(n) for code, n in NUMBERS.items()}
    found = settled(form=numbers, document={**numbers, "T3.r1.c7": 5.0, "T2.L.n": None})
    assert found["document"].state is State.COMPARED and found["form"].behind is None
    (finding,) = found["form"].checked.findings
    assert finding.rule == "P-DIFFER" and finding.item == FORM.by_code["T3.r1.c7"].index
    assert "文档“document”" in finding.message and "是 5" in finding.message and "以哪一份为准" in finding.message
    other = settled(form=numbers, document=dict.fromkeys(numbers, 3.0))
    assert [f.table for f in other["form"].checked.findings] == ["表二", "表三", "表四"]


def test_a_corrected_document_takes_the_place_of_the_one_before() -> None:
    numbers: dict[str, object] = {code: float(n) for code, n in NUMBERS.items()}
    found = settled(form=numbers, document=numbers, document_pdf=numbers, document_old={**numbers, "T3.r1.c7": 5.0})
    assert found["form"].behind is None and not found["form"].checked.findings
    states = {name: one.state for name, one in found.items() if name != "form"}
    compared, older = State.COMPARED, State.SUPERSEDED
    assert states == {"document": compared, "document_pdf": compared, "document_old": older}
    behind = found["document_old"].behind
    assert behind and behind.newest == "document"


def test_a_document_alone_waits_to_be_confirmed_unless_the_office_says_otherwise() -> None:
    numbers: dict[str, object] = {code: float(n) for code, n in NUMBERS.items()}
    held = settled(form={}, document=numbers)
    assert held["document"].state is State.HELD and [f.rule for f in held["document"].checked.findings] == [
        "P-DOCUMENT"
    ]
    assert settled(Policy(documents=Documents.COUNT), document=numbers)["document"].state is State.COUNTED


def test_documents_that_are_wanted_as_attachments_only_are_that(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(report(FORM, NUMBERS))
    (source,) = list_files([tmp_path / "a.docx"], Limits())
    terms = Terms(FORM, Roster((), given=False), year(2023), Policy(documents=Documents.ATTACHMENT))
    read = take_in(source, terms)
    assert isinstance(read, FileRecord) and read.state is State.ATTACHMENT
    (tmp_path / "a.docx").write_bytes(docx(paragraph("关于报送报告的函")))
    (source,) = list_files([tmp_path / "a.docx"], Limits())
    read = take_in(source, replace(terms, policy=Policy()))
    assert isinstance(read, FileRecord) and read.state is State.ATTACHMENT and "没有找到" in read.reason


def test_a_document_goes_back_as_the_form_filled_in_from_it() -> None:
    agency = Agency("001", "甲县应急管理局")
    whole, issue = prefilled_book(FORM, year(2023), date(2024, 2, 5), agency, 2, {0: 17, 9: 1_500_000})
    cells = {cell.name: cell.value for sheet in whole.sheets for cell in sheet.cells if cell.name}
    assert (cells[FORM.items[0].cell_name], cells[FORM.items[9].cell_name]) == (17, Decimal("1.5"))
    finding = Rulebook(FORM).finding(
        FORM.rule("V-TYPE"), "", Where("表二", sheet="第 1 个表", cells="第 3 行第 2 列", item=0)
    )
    moved = placed(finding, {("第 1 个表", (2, 1)): 0}, issue.places)
    assert (moved.sheet, moved.cell) == (issue.places[0][0], address(*issue.places[0][1:]))


@pytest.mark.parametrize(
    ("sheet", "places", "words"),
    [
        ("表三", [(9, 3), (10, 3)], "D10:D11"),
        ("第 2 个表", [(9, 3), (10, 3), (20, 0)], "第 10 至 11 行第 4 列、第 21 行第 1 列"),
        ("第 2 个表（第 3 至 4 页）", [(0, 0)], "第 1 行第 1 列"),
        (TEXT, [(2, 0)], "第 3 段"),
    ],
)
def test_a_place_is_said_as_people_say_it(sheet: str, places: list[tuple[int, int]], words: str) -> None:
    assert cells_in(sheet, places) == words
    assert sorted(places_of(sheet, words)) == places


def test_a_page_with_a_report_is_a_document_and_one_of_a_program_is_none() -> None:
    prose = "<p>2023年，我局收到政府信息公开申请3件。</p>" * 12
    table_ = "<table><tr><td>甲</td><td>1</td></tr></table>"
    page, text = read_sheets(f"<html>{prose}{table_}</html>".encode(), Limits())
    assert page.document == text.document and text.name == TEXT and len(text.cells) == 12
    (written,) = read_sheets(
        f'<html xmlns:x="urn:schemas-microsoft-com:office:excel">{prose}{table_}'.encode(), Limits()
    )
    assert not written.document
    (bare,) = read_sheets(f"<html><p>统计表</p>{table_}</html>".encode(), Limits())
    assert not bare.document
