"""A first declaration from an existing empty workbook: its labels, heads and groups, what its formulas sum, its lists."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from workbook_tool.model.form.line import PERCENT
from workbook_tool.model.form.prepared import Prepared
from workbook_tool.model.intake.submission import Place, Sheet
from workbook_tool.model.regex import regex
from workbook_tool.steps.form.beside_made_out import FILED_ON, asked_on_cover, say_what_stands_beside
from workbook_tool.steps.form.columns_made_out import (
    DECIMALS_OF_MONEY,
    count_decimals,
    say_what_is_no_number,
    type_answers,
    type_columns,
)
from workbook_tool.steps.form.drafted import OWN_UNIT, Drafted, DraftLine
from workbook_tool.steps.form.formulas_made_out import say_what_is_computed
from workbook_tool.steps.form.made_out import make_out, rest_below

NUMBERED = regex(
    r"^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d+[.．、]|表\d*[一二三四五]?[:：]?)\s*"
)
OF_FILE = regex(
    r"^(?:[附][件表]?\s*[\d一二三四五六七八九十]*(?:\s*[.．、:：_—-]+\s*|\s+)|表\s*[\d一二三四五六七八九十]+[.．、:：\s]+|[\da-zA-Z]+[.．、:：_—-]+\s*)"
)
"""What numbers a file before its name."""
LONGEST_NAME = 20
PERIODS = (
    (regex("半年"), "half"),
    (regex("[一二三四1-4]季度|季报|季度"), "quarter"),
    (regex(r"月报|月度|年\s*\d{0,2}\s*月"), "month"),
    (regex("周[报登]|每周|第.{1,3}周"), "week"),
)
"""How often a form is filed, by what its title, its file or the lines over its table say; else once a year."""
ABOUT_DAY = regex(r".*(?:日期|时间)|.*月\s*\d{0,2}\s*日")
"""A line over a table that tells a day, which says nothing of the period."""
WHEN = regex(
    r"^\s*\d{4}\s*年?度?(?:第?[一二三四1-4上下]季?半?年?度|\s*\d{1,2}\s*月份?)?|[（(]\s*\d{4}\s*年[^（()）]*[)）]\s*$"
)
"""The period in a title: the next one has another."""
NOTHING = Prepared()
DAY = ', kind = "date"'
"""How a line of the cover says that it asks for a day."""


def draft_form(name: str, sheets: Sequence[Sheet], prepared: Prepared = NOTHING) -> str:
    """The text of a declaration; empty where no sheet holds anything like a table."""
    tables = [table for _, table in tables_in(sheets, prepared)]
    if not tables:
        return ""
    several = len(tables) > 1 and NUMBERED.match(tables[0].title)  # 表一 …: the title of one of them
    title = whole_title(name if several else tables[0].title or name)
    told = "".join(text for text in tables[0].over if not ABOUT_DAY.match(text))
    period = next((period for text in (title, name, told) for said, period in PERIODS if said.search(text)), "year")
    lines = [
        f"# 由“{name}”起草，请逐行核对：行、列、单位、合计，再用 workbook-tool form check 检查。",
        "",
        f"id = {quoted('表式编号')}  # 改成英文字母的编号，文件名也用它",
        f"title = {quoted(WHEN.sub('', title).strip() or title)}",
        f'period = "{period}"  # week 周、month 月、quarter 季、half 半年、year 年',
    ]
    if asked := asked_on_cover(tables):
        lines += [
            "cover = [",
            *(f"  {{ label = {quoted(one)}{DAY if one == FILED_ON else ''} }}," for one in asked),
            "]",
        ]
    for table in tables:
        lines += ["", *told_table(table)]
    return "\n".join(lines) + "\n"


def whole_title(text: str) -> str:
    """A title without what numbers its file, or the spaces between its characters (行 政 复 议)."""
    parts = text.split()
    spread = len(parts) > 2 and all(len(part) == 1 for part in parts)
    return "".join(parts) if spread else OF_FILE.sub("", text) or text


def tables_in(sheets: Sequence[Sheet], prepared: Prepared = NOTHING) -> list[tuple[Sheet, Drafted]]:
    """The tables that are made out, each with its sheet. What drop-downs offer is no list to report."""
    found: list[tuple[Sheet, Drafted]] = []
    for sheet in sheets:
        own = list(made_out(sheet, prepared.answers.get(sheet.name, {}))) if not sheet.hidden else []
        say_what_stands_beside(sheet, own)
        for table in own:
            if not table.rows and sheet.name in prepared.sources:
                continue
            formats = prepared.formats.get(sheet.name, {})
            if table.rows:
                count_decimals(table.columns, formats)
            else:
                type_columns(sheet, table, prepared.drop_downs.get(sheet.name, {}), formats)
            say_what_is_computed(sheet, table)
            if table.rows or all(is_other_list(table, before) for _, before in found):
                found.append((sheet, table))
    return found


def made_out(sheet: Sheet, asked: Mapping[Place, tuple[str, ...]]) -> Iterator[Drafted]:
    """The tables of a sheet, from the top; ``asked`` is what drop-downs offer to the answers of a card."""
    first = sheet.name
    while table := make_out(sheet):
        if sheet.name != first:  # in the blank each has a sheet of its own
            if not table.title:  # what stands below a gap in the rows of the one above
                return
            bare = NUMBERED.sub("", OWN_UNIT.sub("", table.title))
            table.name = bare if 0 < len(bare) <= LONGEST_NAME else sheet.name
        if not table.columns:
            type_answers(table.rows, asked)
        say_what_is_no_number((*table.rows, *table.columns) if table.rows and table.columns else (), table.unit)
        yield table
        sheet = replace(rest_below(sheet, table.bottom), name=f"{sheet.name}续")


def is_other_list(table: Drafted, before: Drafted) -> bool:
    """Whether a list has other columns than an earlier one: a list may go on in the next sheet."""
    return bool(before.rows) or [column.path for column in table.columns] != [column.path for column in before.columns]


def quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)


def told_table(table: Drafted) -> list[str]:
    """One table of the declaration."""
    lines = ["[[table]]", *told_units(table), f"name = {quoted(table.name)}"]
    if not table.rows:
        counted = any(column.kind == "number" and not column.unit for column in table.columns)
        lines += [f"title = {quoted(WHEN.sub('', table.title).strip() or table.title)}"] if table.title else []
        stated = counted or any(column.unit in table.units for column in table.columns)
        unit = f"；表上写着单位是{'、'.join(table.units)}，请写在数的列" if table.unit and not stated else ""
        lines += [f"list = true  # 行数不定{unit}"]
        lines += told_unit(table.unit) if counted else []
        summed = table.summed and any(
            column.kind == "number" or column.unit not in ("", "%") for column in table.columns
        )
        signs = [f"sign = {json.dumps(table.signs, ensure_ascii=False)}"] if table.signs else []
        return [*lines, *(["total = true"] if summed else []), *signs, *told_notes(table), *listed_columns(table)]
    return [*lines, *told_grid(table)]


def told_notes(table: Drafted) -> list[str]:
    """What is said below a table, in one text."""
    return [f"note = {quoted(' '.join(table.notes))}"] if table.notes else []


def told_units(table: Drafted) -> list[str]:
    """A remark where several units are told over a table: for which line each one is meant is guessed."""
    return [f"# 表上写着单位是{'、'.join(table.units)}，请逐行逐列核对"] if len(table.units) > 1 else []


def told_unit(unit: str) -> list[str]:
    """In what a table is counted, money with two decimals: who types 0.5 万元 must not be told that it is no whole number."""
    decimals = [f"decimals = {DECIMALS_OF_MONEY}"] if unit.endswith("元") else []
    return [f"unit = {quoted(unit)}", *decimals] if unit else []


def told_grid(table: Drafted) -> list[str]:
    """The lines of a table of rows and columns."""
    lines = [f"corner = {quoted(table.corner)}"] if table.corner else []
    lines += [*told_unit(table.unit), *told_notes(table)]
    columns = listed("columns", table.columns, table.unit) if table.columns else []
    return [*lines, *listed("rows", table.rows, table.unit), *columns]


def listed(key: str, heads: Sequence[DraftLine], unit: str) -> list[str]:
    """Rows or columns as an outline."""
    lines, above = [f"{key} = ["], tuple[str, ...]()
    for head in heads:
        captions = head.path[:-1]
        for depth, caption in enumerate(captions):
            if above[: depth + 1] != tuple(captions[: depth + 1]):
                lines.append(f"  {quoted('  ' * depth + caption)},")
        above = head.path
        sign = f" {head.sign}" if head.sign else " =" if head.total else ""
        text = quoted("  " * (len(captions) + head.depth) + head.label + sign)
        more = [f"unit = {quoted(head.unit)}"] if head.unit and head.unit != unit else []
        counted = (
            bool(more) and unit.endswith("元") and head.unit not in PERCENT
        )  # the decimals of money are not its own
        decimals = head.decimals or (DECIMALS_OF_MONEY if more and "元" in head.unit else 0)
        more += [f"decimals = {decimals}"] if decimals or counted else []
        more += [f"kind = {quoted(head.kind)}"] if head.kind else []
        more += told_choices(head)
        more += told_formula(head)
        more += ["optional = true"] if head.optional else []
        more += [f"adds = {quoted(head.adds)}"] if head.adds and not head.computed else []
        lines.append(f"  {{ label = {text}, {', '.join(more)} }}," if more else f"  {text},")
    return [*lines, "]"]


def told_choices(column: DraftLine) -> list[str]:
    """What may be chosen in a column, and by which other one."""
    if column.depends:
        after = [f"{quoted(word)} = {json.dumps(texts, ensure_ascii=False)}" for word, texts in column.after.items()]
        return [f"depends = {quoted(column.depends)}", f"choices = {{ {', '.join(after)} }}"]
    return [f"choices = {json.dumps(column.choices, ensure_ascii=False)}"] if column.choices else []


def told_formula(line: DraftLine) -> list[str]:
    """From what others a line is computed."""
    return [f"is = {quoted(line.computed)}"] if line.computed else []


def listed_columns(table: Drafted) -> list[str]:
    """The columns of a list, each with what stands in it."""
    lines = ["columns = [", *([f"  {quoted(table.serial)},"] if table.serial else [])]
    for column in table.columns:
        captions, label = column.path[:-1], column.label
        more = [f"under = {json.dumps(captions, ensure_ascii=False)}"] if captions else []
        more += [f"kind = {quoted(column.kind)}"] if column.kind else []
        more += told_choices(column)
        more += told_formula(column)
        more += [f"unit = {quoted(column.unit)}"] if column.unit else []
        decimals = column.decimals or (DECIMALS_OF_MONEY if "元" in column.unit and not column.typed else 0)
        more += [f"decimals = {decimals}"] if decimals else []
        more += ["optional = true"] if column.optional and more else []
        bare = quoted(label + (" ?" if column.optional else ""))
        lines.append(f"  {{ label = {quoted(label)}, {', '.join(more)} }}," if more else f"  {bare},")
    return [*lines, "]"]
