"""A sheet whose markup was there before, around other values, tells what it tells when it is looked at."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.workbooks import MAIN
from workbook_tool.files.intake.formats.cell_styles import CellStyles
from workbook_tool.files.intake.formats.markup import Markup, scan
from workbook_tool.files.intake.formats.moulds import mould_of, scan_sheet
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.look import WHITE, Look

STYLES = CellStyles(looks={"1": Look("0.0%", (), WHITE)})
CELLS = (
    '<c r="{at}"><v>{}</v></c>',
    '<c r="{at}" s="1" t="n"><v>{}</v></c>',
    '<c r="{at}" t="s"><v>{}</v></c>',
    "<c><v>{}</v></c>",
    '<c r="{at}" t="e"><v>{}</v></c>',
    '<c r="{at}" t="e"><v>#REF!</v></c>',
    '<c r="{at}" t="str"><f>A1&amp;"年"</f><v>{}</v></c>',
    '<c r="{at}"><f>SUM(A1:A2)</f></c>',
    '<c r="{at}"><f t="shared" ref="A1:B2" si="0">C1</f><v>{}</v></c>',
    '<c r="{at}"><v>{}</v><v>{}</v></c>',
    '<c r="{at}" t="inlineStr"><is><t>甲</t></is></c>',
    '<c r="{at}" t="odd"><v>{}</v></c>',
    '<c r="{at}"><x><v>{}</v></x></c>',
    '<c r="A1"><v>{}</v></c>',
    '<c r="{at}" s="1"/>',
    "<v>{}</v>",
)
ABOVE = (
    "",
    '<sheetViews><sheetView tabSelected="1"><selection activeCell="B2" sqref="B2"/></sheetView></sheetViews>',
    '<sheetFormatPr zeroHeight="1"/>',
    '<cols><col min="2" max="2" hidden="1"/></cols>',
    "<v>1</v>",
    "<!-- <v>1</v> -->",
)
BELOW = (
    "",
    '<mergeCells count="1"><mergeCell ref="A1:B2"/></mergeCells>',
    '<x:mergeCells xmlns:x="x"><x:mergeCell ref="A1:B2"/></x:mergeCells>',
    '<mergeCells><mergeCell ref="A1:B2&gt;"/></mergeCells>',
    "<headerFooter><oddFooter>{}</oddFooter></headerFooter>",
    "<headerFooter>",
    "<sheetData/>",
)
VALUES = st.sampled_from(("0", "1", "12", "-1.5E3", "007", "nan", "1e999", "甲", "", "1 2", "&lt;"))


def told(look: object, xml: bytes) -> Markup | str:
    """What a way of looking at a sheet comes to, refusals included."""
    try:
        return look("表", xml, False, STYLES)  # type: ignore[operator, no-any-return]
    except Unreadable as error:
        return str(error)


@st.composite
def sheets(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """One sheet with two sets of values."""
    kinds = draw(st.lists(st.sampled_from(CELLS), min_size=1, max_size=6))
    rows = ""
    for row in (1, 2):
        cells = (
            cell.replace("{at}", f"{letter}{row}") for cell, letter in zip(kinds[row - 1 :: 2], "ABC", strict=False)
        )
        rows += f'<row r="{row}">{"".join(cells)}</row>'
    above, below = draw(st.sampled_from(ABOVE)), draw(st.sampled_from(BELOW))
    around = f'<worksheet xmlns="{MAIN}">{above}<sheetData>{rows}</sheetData>{below}</worksheet>'
    count = around.count("{}")
    return tuple(  # type: ignore[return-value]
        around.format(*draw(st.lists(VALUES, min_size=count, max_size=count))).encode() for _ in range(2)
    )


@settings(max_examples=60)
@given(sheets())
def test_no_result_depends_on_what_was_there_before(two: tuple[bytes, bytes]) -> None:
    for xml in two:
        assert told(scan_sheet, xml) == told(scan, xml)


def test_the_markup_of_one_form_is_looked_at_once() -> None:
    def filled(value: int, mark: str, footer: str) -> bytes:
        return (
            f'<worksheet xmlns="{MAIN}" xr:uid="{{{mark * 8}-0000-0000-0000-000000000000}}" xmlns:xr="x"><sheetData>'
            f'<row r="1"><c r="A1"><v>{value}</v></c></row></sheetData><headerFooter><oddFooter>{footer}</oddFooter>'
            "</headerFooter></worksheet>"
        ).encode()

    mould_of.cache_clear()
    first, second = (scan_sheet("表", xml, False, STYLES) for xml in (filled(1, "A", "020"), filled(2, "B", "030")))
    assert (mould_of.cache_info().misses, mould_of.cache_info().hits) == (1, 1)
    assert (first.numbers, second.numbers) == ({(0, 0): 1.0}, {(0, 0): 2.0})
