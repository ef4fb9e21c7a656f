"""The renderer: text stays text, the same Book gives the same bytes, and Excel would open it without repair."""

from __future__ import annotations

import io
import zipfile
import zlib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from msgspec.structs import replace
from openpyxl import load_workbook
from openxml_audit import OpenXmlValidator
from python_calamine import CalamineWorkbook
from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.worksheet import Worksheet

from tests.grids import year
from tests.workbooks import unpacked
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.opc import PACKED
from workbook_tool.files.workbook.drawing import note_box
from workbook_tool.files.workbook.own_sheet import BAND, OwnSheet, plain_text
from workbook_tool.files.workbook.render import render
from workbook_tool.files.workbook.theme import CONDITIONS, MIXED, ROLES, fitting
from workbook_tool.model.errors import OutboxError
from workbook_tool.model.workbook.book import Book, BookSheet, Chart, Condition, ListTable, Print, Series, Validation
from workbook_tool.model.workbook.decimals import figure_role
from workbook_tool.model.workbook.listing import Column, ListCell, Listing
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.intake.parse.display import show
from workbook_tool.steps.workbook.link_limit import leave_out_links
from workbook_tool.steps.workbook.lists import put_rows
from workbook_tool.steps.workbook.number_roles import in_decimals, number_role

FORM = load_form(Path(__file__).parents[1] / "templates", "zfxxgk-2021")
MADE = date(2024, 1, 2)
HOSTILE = [
    "=1+1",
    "@SUM(A1)",
    "+1",
    "-1",
    "http://example.com",
    "mailto:a@b",
    "=cmd|'/c calc'!A1",
    "0071",
    "{=1}",
    "a\x00b",
]


def one_sheet() -> tuple[Book, BookSheet]:
    book = Book("样张", MADE)
    return book, book.sheet("甲 乙")


def showcase() -> Book:
    """A Book with one of everything."""
    book, sheet = one_sheet()
    for row, role in enumerate(ROLES):
        sheet.put(row, 0, role, role)
    sheet.put(0, 2, "去看", "link", link="清单!B2", note="批注")
    sheet.put(1, 2, 7, "number", link="'清单'!B2", name="Seven")
    sheet.put(2, 2, date(2024, 2, 29), "date", span=(2, 2))
    sheet.conditions = [Condition((0, 0), (1, 1), '=A1<>""', role, stop=True) for role in CONDITIONS]
    sheet.validations.append(Validation((9, 3), (9, 3), "list", ("是", "否"), prompt_title="题", prompt="选一个"))
    sheet.print = Print(landscape=True, area=((0, 0), (9, 3)), repeat_rows=(0, 1))
    listed = book.sheet("清单", freeze=(1, 0), protected=True, tab="#1F3864", hidden_columns={4})
    for column, header in enumerate(("名\n称", "数")):
        listed.put(0, column, header, "head")
    for row in range(1, 4):
        listed.put(row, 0, f"单位{row}", "cell")
        listed.put(row, 1, row, "number", formula=f"={row}*1")
    listed.lists.append(ListTable((0, 0), (3, 1), "Listed", ("名\n称", "数")))
    series = Series("数", "清单", ((1, 0), (3, 0)), ((1, 1), (3, 1)))
    for place, kind in enumerate(("bar", "column", "stacked", "doughnut")):
        listed.charts.append(Chart(6 + place * 13, 0, kind, "图", "各单位的数", (series,)))
    book.sheet("_x", very_hidden=True)
    return book


BOOKS = {
    "showcase": showcase,
    "blank": lambda: blank_book(FORM, year(2023), MADE),
    "blank with computed totals": lambda: blank_book(FORM, year(2023), MADE, total_formulas=True),
}


@pytest.mark.parametrize("make", BOOKS.values(), ids=BOOKS.keys())
def test_excel_would_open_it(make: object, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    render(make(), path)  # type: ignore[operator]
    assert [str(error) for error in OpenXmlValidator().validate(str(path)).errors] == []
    assert load_workbook(path).sheetnames == CalamineWorkbook.from_path(str(path)).sheet_names


@pytest.mark.parametrize("make", BOOKS.values(), ids=BOOKS.keys())
def test_same_book_same_bytes(make: object, tmp_path: Path) -> None:
    one, two = tmp_path / "one.xlsx", tmp_path / "two.xlsx"
    render(make(), one)  # type: ignore[operator]
    render(make(), two)  # type: ignore[operator]
    assert one.read_bytes() == two.read_bytes()


def test_the_font_that_widths_count_in_is_the_same_in_every_book_of_a_process(tmp_path: Path) -> None:
    """XlsxWriter leaves marks in its options: after the first book, a theme's font would have taken Arial's place."""
    for name in ("one.xlsx", "two.xlsx"):
        render(showcase(), tmp_path / name)
        assert b'<scheme val="minor"/>' not in unpacked((tmp_path / name).read_bytes())["xl/styles.xml"]


def test_text_stays_text(tmp_path: Path) -> None:
    book, sheet = one_sheet()
    for row, text in enumerate(HOSTILE):
        sheet.put(row, 0, text)
    render(book, tmp_path / "book.xlsx")
    read = load_workbook(tmp_path / "book.xlsx").worksheets[0]
    for row, text in enumerate(HOSTILE, 1):
        cell = read.cell(row, 1)
        assert cell.data_type == "s" and cell.hyperlink is None
        assert cell.value == text.replace("\x00", "\N{REPLACEMENT CHARACTER}")


def test_text_is_never_markup(tmp_path: Path) -> None:
    book = Book("t", date(2024, 1, 1))
    sheet = book.sheet("甲")
    for column, link in enumerate(("", "甲!A1")):
        sheet.put(0, column, "<r><t>不配对</r>", link=link)
    render(book, tmp_path / "a.xlsx")
    assert [cell.value for cell in load_workbook(tmp_path / "a.xlsx")["甲"][1]] == ["＜r><t>不配对</r>"] * 2


def test_numbers_are_exact_and_formulas_keep_their_results(tmp_path: Path) -> None:
    book, sheet = one_sheet()
    numbers = [0, 123456789012345, Decimal("0.000001"), Decimal("12.50"), Decimal("3E+2"), 0.1]
    for row, number in enumerate(numbers):
        sheet.put(row, 0, number, "amount")
    sheet.put(0, 1, "—", "check", formula='="—"')
    sheet.put(1, 1, Decimal(4), "check", formula="=2+2")
    render(book, tmp_path / "book.xlsx")
    read = load_workbook(tmp_path / "book.xlsx", data_only=True).worksheets[0]
    assert [Decimal(str(read.cell(row + 1, 1).value)) for row in range(len(numbers))] == [
        Decimal(str(n)) for n in numbers
    ]
    assert (read["B1"].value, read["B2"].value) == ("—", 4)


@pytest.mark.parametrize(
    ("role", "value", "shown"),
    [
        ("amount", "1268.27", "1,268.27"),
        ("amount", "1300", "1,300.0"),
        ("amount", "0", "0"),
        ("amount", "-0.000001", "-0.000001"),
        ("gap", "2572", "+2,572"),
        ("gap_amount", "-2572.5", "-2,572.5"),
        ("gain_amount", "1268.27", "+1,268.27"),
        ("check", "-1200", "少 1,200"),
        ("check_amount", "0.04", "多 0.04"),
        ("amount_2", "1.7", "1.70"),
        ("amount_total_1", "1300", "1,300.0"),
        ("gap_amount_2", "-2572.5", "-2,572.50"),
        ("located_amount_2", "1.7", "1.70"),
        ("input_amount_shown_2", "0.5", "0.50"),
        ("amount_2", "0", "0"),
        *((role, "2572", "2,572") for role in MIXED),
        *((role, "1268.27", "1,268.27") for role in MIXED),
    ],
)
def test_numbers_are_shown_with_thousands_and_with_their_decimals(role: str, value: str, shown: str) -> None:
    number = Decimal(value)
    seen = show(str(ROLES[fitting(role, number)]["num_format"]), number)
    assert seen and seen.text == shown


def test_decimals_are_written_as_far_as_the_form_counts_them() -> None:
    roles = {n: figure_role(n, "number", "amount") for n in range(7)}
    assert roles == {0: "number", 1: "amount_1", 2: "amount_2", 3: "amount_3"} | dict.fromkeys((4, 5, 6), "amount")
    item = FORM.items[0]
    fine = replace(item, block=replace(item.block, decimals=2))
    assert [number_role(fine), in_decimals("bad", fine)] == ["amount_2", "bad_amount_2"]
    assert [number_role(item), in_decimals("bad", item), in_decimals("amount_2", fine)] == ["number", "bad", "amount_2"]


def test_links_names_and_hidden_parts(tmp_path: Path) -> None:
    render(showcase(), tmp_path / "book.xlsx")
    book = load_workbook(tmp_path / "book.xlsx")
    first, second, hidden = book.worksheets
    assert first["C2"].value == 7 and first["C2"].hyperlink.location == "'清单'!B2"
    assert list(book.defined_names["Seven"].destinations) == [("甲 乙", "$C$2")]
    assert second.column_dimensions["E"].hidden and second.protection.sheet and second.protection.password is None
    assert hidden.sheet_state == "veryHidden"
    assert book.properties.created.date() == MADE


def test_a_link_out_stays_below_the_workbook(tmp_path: Path) -> None:
    book, sheet = one_sheet()
    sheet.put(0, 0, "退改件", "link", file="returns/甲局 #1.xlsx")
    render(book, tmp_path / "book.xlsx")
    assert load_workbook(tmp_path / "book.xlsx").worksheets[0]["A1"].hyperlink.target == "returns/甲局%20%231.xlsx"
    for file in ("../x.xlsx", "/etc/x", "C:/x", "http://x", "a\\b"):
        book, sheet = one_sheet()
        sheet.put(0, 0, "退改件", "link", file=file)
        with pytest.raises(ValueError, match="below the workbook"):
            render(book, tmp_path / "out.xlsx")


def test_mistakes_are_not_left_out_in_silence(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book, sheet = one_sheet()
    sheet.put(0, 0, "文字", "no such role")
    with pytest.raises(KeyError, match="no such role"):
        render(book, path)
    book, sheet = one_sheet()
    sheet.validations.append(Validation((0, 0), (0, 0), "whole", prompt="长" * 300))
    with pytest.raises(UserWarning, match="255"):
        render(book, path)
    book, sheet = one_sheet()
    sheet.put(0, 0, "甲", name="R1C1")
    with pytest.raises(UserWarning):
        render(book, path)
    book, sheet = one_sheet()
    sheet.put(0, 0, "甲", "head")
    sheet.lists.append(ListTable((0, 0), (2, 0), "L", ("乙",)))
    with pytest.raises(ValueError, match="headers"):
        render(book, path)
    with pytest.raises(OutboxError):
        render(showcase(), tmp_path / "no such folder" / "book.xlsx")


def test_links_that_excel_does_not_take_are_left_out_and_told() -> None:
    """Past some 8,000 agencies the list of problems has more than 65,530, and the run ended."""
    book = Book("很多", date(2024, 2, 5))
    sheet = book.sheet("清单", widths=dict.fromkeys(range(3), 8))
    sheet.put(1, 0, "每行三个链接。")
    columns = tuple(Column[int](str(n), "small_link", 8, lambda row: ListCell("看", link="清单!A1")) for n in range(3))
    put_rows(sheet, Listing("清单", "L", columns, frozen="0"), range(22_000))
    leave_out_links(book)
    linked = [cell.row for cell in sheet.every_cell if cell.link]
    assert len(linked) <= 65_530 and max(linked) == 21_846
    assert sheet.cells[0].value == "每行三个链接。Excel 一张表最多容 65,530 个链接，所以第 21848 行起没有链接。"
    assert {cell.role for cell in sheet.every_cell if cell.row > 21_846} == {"small"}
    nowhere = Listing("清单", "L", (replace(columns[0], leads=False),), frozen="0")
    put_rows(sheet, nowhere, range(1))
    with pytest.raises(ValueError, match="lead nowhere"):
        list(sheet.every_cell)


@pytest.mark.parametrize("call", ["let_go", "_write_rows"])
def test_a_disk_that_is_full_while_long_lists_are_written_is_told(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They go through files beside the workbook, of which nothing remains; XlsxWriter has a word of its own for that."""
    book = Book("长", date(2024, 2, 5))
    sheet = book.sheet("清单", widths={0: 8})
    put_rows(sheet, Listing("清单", "L", (Column("0", "small", 8, str),), frozen="0"), range(40))
    render(book, tmp_path / "book.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]
    assert CalamineWorkbook.from_path(tmp_path / "book.xlsx").get_sheet_by_name("清单").end == (43, 0)

    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(OwnSheet, call, full)
    with pytest.raises(OutboxError, match="No space"):
        render(book, tmp_path / "again.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]


def test_the_box_of_a_note_holds_all_of_its_text() -> None:
    """Of what 单位明细 says of a wrong number the first of five lines could be read."""
    long, short = (note_box("应等于各类之和。" * times) for times in (20, 1))
    assert long["height"] >= 6 * 9 / 0.75 > short["height"] and long["width"] == short["width"] == 300


def test_our_worksheet_writes_what_xlsxwriter_would_write(tmp_path: Path) -> None:
    """Which names of its own it must keep for that: a newer XlsxWriter that means something else by one fails here."""
    for kind in (OwnSheet, Worksheet):
        with xlsxwriter.Workbook(tmp_path / kind.__name__) as book:
            book.set_properties({"created": datetime(2024, 1, 1)})
            sheet, text, figure = book.add_worksheet("甲", kind), book.add_format({"bold": True}), book.add_format()
            sheet.set_row(2, 30, figure)
            sheet.write_comment(4, 0, "批注")
            sheet.write_formula(0, 0, "=1+1", figure, 2)
            sheet.write_blank(0, 3, None, figure)
            sheet.write_string(1, 1, "无格式<&>")
            for column, value in enumerate((None, "乙<>", 0.1)):
                write = sheet.write_plain if isinstance(sheet, OwnSheet) else sheet.write
                assert not write(41, column, value, text)
            sheet.write_datetime(1, 2, MADE, figure)
            sheet.merge_range(6, 0, 7, 1, "", text)
            for row, number in zip(range(2, 40, 9), (2 * 10**13, -0.1, 1e-9, 7, 0), strict=True):
                texts = f'单位{row % 4}<"&>', " 空 ", "<r>标记</r>"
                if isinstance(sheet, OwnSheet):
                    assert not sheet.write_fact(row, 2, texts, number, (text, figure))
                    sheet.let_go(row // BAND * BAND)
                    continue
                for column, one in enumerate(texts, 2):
                    sheet.write_string(row, column, plain_text(one), text)
                sheet.write_number(row, 5, number, figure)
            if isinstance(sheet, OwnSheet):
                sheet.settled()
                assert not sheet.table
    own, stock = (unpacked((tmp_path / kind.__name__).read_bytes()) for kind in (OwnSheet, Worksheet))
    assert own == stock
    own_sheet = xlsxwriter.Workbook(io.BytesIO()).add_worksheet("甲", OwnSheet)
    assert not own_sheet.add_table(3, 1, 5, 2) and own_sheet.table_cells.get((5, 3)) is None
    for area in ((5, 2, 7, 2), (1, 1, 3, 1)):
        with pytest.raises(OverlappingRange):
            own_sheet.merge_range(*area, "")
        with pytest.raises(OverlappingRange):
            own_sheet.add_table(*area)
    assert not own_sheet.merge_range(4, 3, 5, 4, "") and not own_sheet.add_table(7, 0, 9, 4)
    assert own_sheet.write_plain(0, 0, "长" * 40_000, None) == -2 and own_sheet.write_plain(1 << 20, 0, 1, None) < 0
    assert own_sheet.write_fact(1 << 20, 0, ("甲",), 1, (None, None)) < 0


def test_long_sheets_are_packed_as_hard_as_is_worth_while(tmp_path: Path) -> None:
    """XlsxWriter has no option for it: it is given another word of its own."""
    book, sheet = one_sheet()
    listing = Listing(
        "甲", "tblX", (Column[int]("数", "number", 10, lambda n: n * 7919 % 1000, wraps=False),), frozen="数"
    )
    put_rows(sheet, listing, range(3000))
    render(book, tmp_path / "long.xlsx")
    with zipfile.ZipFile(tmp_path / "long.xlsx") as package:
        entry = package.getinfo("xl/worksheets/sheet1.xml")
        markup = package.read(entry)
    packed = {level: zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS) for level in (PACKED, 6)}
    sizes = {level: len(one.compress(markup) + one.flush()) for level, one in packed.items()}
    assert entry.compress_size == sizes[PACKED] != sizes[6]
