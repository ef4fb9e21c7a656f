"""What a cell of words, days and answers takes: its prompt, its drop-down and its red; and the hidden sheet of all choices."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from workbook_tool.model.cells import absolute, address
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Table
from workbook_tool.model.form.live import on_sheet, quote
from workbook_tool.model.form.register import Register, RegisterColumn, as_register
from workbook_tool.model.workbook.book import Book, BookSheet, Condition, Validation
from workbook_tool.steps.form.issue import NO, YES

OFFERS = "选项"
"""The hidden sheet with what may be chosen in each column."""
LONGEST_TITLE = 32
"""Of a prompt, in Excel."""


def watch(
    sheet: BookSheet,
    register: Register,
    column: RegisterColumn,
    cells: tuple[tuple[int, int], tuple[int, int]],
    chosen: str = "",
) -> None:
    """What may be typed into a column; a filled cell turns white, a wrong one red. ``chosen`` is the cell with the choice that
    this one depends on, as it is called from the first of these cells."""
    first, last = cells
    cell = address(*first)
    if wrong := wrong_content(column, cell, register):
        sheet.conditions.append(Condition(first, last, f'=AND({cell}<>"",{wrong})', "bad", stop=True))
    sheet.conditions.append(Condition(first, last, f'={cell}<>""', "done"))
    rule = Validation(first, last, "any", prompt_title=column.label[:LONGEST_TITLE], prompt=prompt_of(column))
    sheet.validations.append(limited(rule, column, register, chosen))


def limited(rule: Validation, column: RegisterColumn, register: Register, chosen: str) -> Validation:
    """The same with what a column takes, where a spreadsheet can tell."""
    told = replace(rule, error_title="填写有误", error=rule.prompt)
    if column.kind == "date":
        return replace(told, kind="date", minimum=date(1949, 1, 1), maximum=date(2100, 12, 31))
    if column.kind == "yesno":
        return replace(told, kind="list", choices=(YES, NO))
    if column.choices.lines:
        return replace(told, kind="list", source=offered(column, register, chosen))
    if column.kind == "number" and not column.negative:
        return replace(told, kind="decimal" if column.decimals else "whole")
    return rule


def prompt_of(column: RegisterColumn) -> str:
    """What a clerk is told before typing."""
    unit = f"，单位：{column.unit}" if column.unit else ""
    words = {
        "number": f"请填{'至多 ' + str(column.decimals) + ' 位小数的数' if column.decimals else '整数'}{unit}。",
        "date": "请填日期，如 2024-1-31。",
        "yesno": f"请选“{YES}”或“{NO}”。",
        "choice": "请从下拉列表中选择，不能自己写。",
        "code": "按文字填写，前面的 0 不要省略。",
        "id": "请填 18 位身份证号。",
        "credit": "请填 18 位统一社会信用代码。",
        "phone": "请填电话号码。",
        "mail": "请填电子邮箱。",
        "postcode": "请填 6 位邮政编码。",
    }.get(column.kind, f"请填{column.label}。")
    if column.of:
        return f"{words}可以不填，由程序推算。"
    return f"{words}没有的可以空着。" if column.optional else words


def wrong_content(column: RegisterColumn, cell: str, register: Register) -> str:
    """True where a filled cell holds what its column does not take, a number too many decimals or less than nothing too;
    empty where anything may stand there."""
    if column.kind != "number":
        return wrong(column, cell, register)
    low = "FALSE" if column.negative else f"{cell}<0"
    return f"IF(ISNUMBER({cell}),OR({low},{cell}<>ROUND({cell},{column.decimals})),TRUE)"


def wrong_count(column: RegisterColumn, cells: str, register: Register) -> str:
    """How many cells of a column hold another kind of content than it takes; empty where it takes anything."""
    found = wrong(column, cells, register)
    return found and f'SUMPRODUCT(({cells}<>"")*{found})'


def wrong(column: RegisterColumn, cells: str, register: Register) -> str:
    """Whether a filled cell, or each of many, holds another kind of content than its column takes; empty where it takes
    anything."""
    if column.kind in ("date", "number"):
        return f"(1-ISNUMBER({cells}))"
    if column.kind == "yesno":
        return f"({cells}<>{quote(YES)})*({cells}<>{quote(NO)})"
    return f"(COUNTIF({offers_of(column, register)},{cells})=0)" if column.choices.lines else ""


def offers_of(column: RegisterColumn, register: Register) -> str:
    """All choices of a column, in the hidden sheet."""
    at, lines = offer_columns(register)[column.id], column.choices.lines
    return f"{on_sheet(offers_sheet(register))}{absolute(1, at)}:{absolute(len(lines), at)}"


def offers_sheet(register: Register) -> str:
    """The name of the hidden sheet of a list."""
    return f"{OFFERS}{register.id}"


def offer_columns(register: Register) -> dict[str, int]:
    """Where the choices of each column stand in the hidden sheet; behind them those that depend on another column, with
    a column for each choice there."""
    places, at = {}, 0
    for column in register.columns:
        if column.choices.lines:
            places[column.id] = at
            at += 1 + len(column.choices.after)
    return places


def offered(column: RegisterColumn, register: Register, chosen: str) -> str:
    """The cells that a drop-down offers: all choices, or those that may follow what stands in the cell ``chosen``."""
    if not chosen:
        return "=" + offers_of(column, register)
    at, sheet = offer_columns(register)[column.id] + 1, on_sheet(offers_sheet(register))
    heads = f"{sheet}{absolute(0, at)}:{absolute(0, at + len(column.choices.after) - 1)}"
    most = max(map(len, column.choices.after.values()))
    return f"=OFFSET({sheet}{absolute(1, at)},0,MATCH({chosen},{heads},0)-1,{most},1)"


def add_offers(book: Book, register: Register) -> None:
    """The hidden sheet with the choices of a list, where it has any."""
    if not (places := offer_columns(register)):
        return
    sheet = book.sheet(offers_sheet(register), very_hidden=True)
    for id, at in places.items():
        choices = register.by_id[id].choices
        lists = [(f"{OFFERS}：{id}", [line.label for line in choices.lines]), *choices.after.items()]
        for number, (head, labels) in enumerate(lists):
            for row, text in enumerate((head, *labels)):
                sheet.put(row, at + number, text)


def answers_of(form: Form, table: Table) -> Register:
    """What a table asks for beside its numbers, as a list: what may be chosen there is offered in the same way."""
    return as_register(table, (item for item in form.remarks if item.table is table))
