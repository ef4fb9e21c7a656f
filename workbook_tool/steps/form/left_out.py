"""What stands in an empty workbook and in no line of the declaration begun from it: whoever goes on must see it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbook_tool.model.cells import address
from workbook_tool.model.form.prepared import Prepared
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.regex import regex
from workbook_tool.model.text import shortened
from workbook_tool.steps.form.beside_made_out import SIGNS
from workbook_tool.steps.form.drafted import Drafted
from workbook_tool.steps.form.labelled import Labelled, is_figure
from workbook_tool.steps.form.units_made_out import PARTED, UNIT

USUAL = regex(
    r"(?:[^:：]{0,10}(?:单位|名称|机构|部门|地区|机关|人|者|日期|时间|电话|代码|章|年度?|月份?|季度|期至?|号)[）)]?\s*[:：][^:：]{0,26})+"
    r"|[（(].{0,6}章[）)]|附[件表]\s*\d*|[\d\s年月日第季度至-]+"
)
"""Lines that every form has on its cover: whose it is, who filled it in and when."""
MOST = 12


def left_out(sheets: Sequence[Sheet], tables: Sequence[tuple[Sheet, Drafted]], prepared: Prepared) -> list[str]:
    """The texts beside the tables that were made out, each with its place; and the sheets that only hold choices."""
    said = list[str]()
    for sheet in sheets:
        own = [table for one, table in tables if one.name == sheet.name]
        if not own and sheet.name in prepared.sources:
            said.append(f"工作表“{sheet.name}”：是下拉列表的选项，不作一张表")
        elif sheet.hidden:
            said += [f"工作表“{sheet.name}”：是隐藏的"] if sheet.cells else []
        else:
            said += [*texts_beside(sheet, own), *formulas_beside(sheet, own)]
    more = [f"另有 {len(said) - MOST} 处"] if len(said) > MOST else []
    return [*said[:MOST], *more]


def texts_beside(sheet: Sheet, tables: Sequence[Drafted]) -> Iterator[str]:
    """The texts of a sheet that stand outside its tables, but for their titles, their units and what every form
    has."""
    page = Labelled(sheet)
    list_ends = max((table.bottom for table in tables if not table.rows), default=-1)
    titles = {text for table in tables for text in (table.title, *table.notes, *used(table))}
    for (row, column), text in sorted(page.told.items()):
        record = -1 < list_ends < row and len(page.by_row.get(row, [])) > 1
        inside = record or any(table.top <= row <= table.bottom for table in tables)
        if stated := UNIT.match(text):
            usual = any(tuple(PARTED.split(stated[1])) == table.units for table in tables)
        else:
            signed = not SIGNS.sub("", text).strip(" _")
            usual = bool(signed or UNIT.search(text) or USUAL.fullmatch(text) or is_figure(text))
        if not inside and text not in titles and not usual:
            yield f"{sheet.name} {address(row, column)}：{shortened(text)}"


def formulas_beside(sheet: Sheet, tables: Sequence[Drafted]) -> Iterator[str]:
    """The formulas in the tables of a sheet that went into no line: the first of each column."""
    for table in tables:
        said = {
            (axis, line.at) for axis, lines in ((0, table.rows), (1, table.columns)) for line in lines if line.follows
        }
        told = set[int]()
        for (row, column), formula in sorted(sheet.formulas.items()):
            inside = table.top <= row <= table.bottom and any(line.at == column for line in table.columns)
            if inside and not {(0, row), (1, column)} & said and column not in told:
                told.add(column)
                yield f"{sheet.name} {address(row, column)}：公式 {shortened(f'={formula}')}"


def used(table: Drafted) -> Iterator[str]:
    """The texts that stand in the lines of a table."""
    for line in (*table.rows, *table.columns):
        yield from line.path
