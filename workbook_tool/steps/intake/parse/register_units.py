"""In which unit the numbers of a list are: as the head of their column says, or the texts around the list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct, field

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.register import Register, RegisterColumn
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.records import Record
from workbook_tool.model.intake.row_note import RowNote
from workbook_tool.model.intake.submission import Content, Place, Sheet
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import TEXT, cells_in
from workbook_tool.model.text import shortened, unglossed
from workbook_tool.steps.intake.parse.display import show
from workbook_tool.steps.intake.parse.found_table import HEAD_ROWS, Statement
from workbook_tool.steps.intake.parse.labels import LONGEST_LABEL, Label
from workbook_tool.steps.intake.parse.register_cells import amount_in, as_words, item_of
from workbook_tool.steps.intake.parse.register_heads import RegisterHead, Rows
from workbook_tool.steps.intake.parse.register_rows import BodyRow
from workbook_tool.steps.intake.parse.unit_words import (
    CURRENCIES,
    currency_of,
    is_currency,
    is_known,
    only_word,
    scaled,
    without_currency,
)
from workbook_tool.steps.intake.parse.units import (
    Odd,
    concerns,
    convertible,
    decide,
    for_period,
    is_money,
    scaled_as,
    statements,
)
from workbook_tool.steps.intake.parse.value import as_stored, is_figure, unit_beside

Elsewhere = Sequence[tuple[str, Sequence[Label]]]


class ListPage(Struct, frozen=True):
    """A head of a list, and the rows of its sheet that belong to it: texts above it from ``start`` on, and all below down to
    ``end``, where the next head may follow: then those from ``foot`` on are texts above that one (see ``parted``).
    ``elsewhere`` are the texts that may speak of it from other sheets, by the name of each: the paragraphs of the document
    that it is a table of, or what a cover says. ``folded``: the list goes on to the right."""

    head: RegisterHead
    rows: Rows
    start: int
    foot: int
    end: int
    followed: bool
    elsewhere: Elsewhere = ()
    folded: bool = False


def parted(rows: Rows, bottom: int, top: int) -> int:
    """Where what belongs to the head that ends at ``bottom`` gives way to the title of the next, which begins at ``top``:
    at the first blank row behind its numbers, or right behind them."""
    figured = (row for row in range(top - 1, bottom, -1) if any(map(is_figure, rows.get(row, {}).values())))
    last = next(figured, bottom)
    return next((row for row in range(last + 1, top) if row not in rows), last + 1)


Scopes = Sequence[Sequence[Statement]]


class Units(Struct):
    """What is to be said of the units of a list: those that are not the form's, by sheet, with the heads and columns that
    they are said of; and by sheet the columns of amounts of which nothing says in which unit they are, with the other one that
    another sheet says (empty: none does)."""

    odd: dict[tuple[str, Odd], list[tuple[RegisterHead, RegisterColumn]]] = field(default_factory=dict)
    unstated: dict[tuple[str, str], str] = field(default_factory=dict)


def set_units(form: Form, register: Register, pages: Sequence[ListPage]) -> Units:
    """Set the unit of every column of numbers under each head, as the nearest text says it. What is said at one head holds
    for those of the same sheet at which nothing is: a list may run over pages."""
    columns = [c for c in register.columns if c.kind == "number" and c.unit]
    units = Units()
    for column in columns:
        there = [page for page in pages if column.id in page.head.columns]
        meant = [said_of(form, columns, column, page) for page in there]
        for number, page in enumerate(there):
            beside = [n for n, other in enumerate(there) if other.head.sheet is page.head.sheet and any(meant[n])]
            nearest = min(beside, key=lambda n: (n > number, abs(n - number)), default=number)
            near, far = meant[number if any(meant[number]) else nearest], said_elsewhere(form, columns, column, page)
            put_unit(units, column, page, near, far)
            if not any([*near, *far]) and is_money(column.unit) and not in_currency(column, page):
                elsewhere = [one.unit for scopes in meant for scope in scopes for one in scope]
                other = next((u for u in elsewhere if scaled_as(u, column.unit) != scaled(column.unit)), "")
                if other or not elsewhere:
                    units.unstated[page.head.sheet.name, column.id] = other
    return units


def put_unit(units: Units, column: RegisterColumn, page: ListPage, near: Scopes, far: Scopes) -> None:
    """Set the unit of a column under a head by what is stated of it ``near`` to it and in other sheets, and keep what is
    not the form's."""
    own = column.unit
    decided = decide(own, [*near, *far])
    unit = page.head.units[column.id] = decided.unit if decided and convertible(decided.unit, own) else ""
    told = [(page.head.sheet.name, one) for scope in near for one in scope]
    other = [(name, one) for (name, _), scope in zip(page.elsewhere, far, strict=True) for one in scope]
    if any(near):  # what another sheet repeats is told where it is nearest
        other = [(name, one) for name, one in other if scaled_as(one.unit, own) != scaled_as(unit or own, own)]
    for name, one in dict.fromkeys([*told, *other]):
        if scaled_as(one.unit, own) != scaled(own):
            units.odd.setdefault((name, Odd(one, own, (), unit)), []).append((page.head, column))


def said_of(
    form: Form, columns: Sequence[RegisterColumn], column: RegisterColumn, page: ListPage
) -> list[list[Statement]]:
    """The units that are stated of a column at a head, the nearest first."""
    known, money = form.units | {one.unit for one in columns}, is_money(column.unit)
    around = (statements(known, texts, money) for texts in (above_head(page), below_head(page)))
    return meant_for(form, columns, column, [*in_head(known, page.head, page.rows, column), *around])


def said_elsewhere(
    form: Form, columns: Sequence[RegisterColumn], column: RegisterColumn, page: ListPage
) -> list[list[Statement]]:
    """The units that are stated of a column in other sheets. Where the form has amounts at several scales, a cover may
    speak of any of them."""
    known = form.units | {one.unit for one in columns}
    money = {unit for unit in known if is_money(unit)}
    if len(money) > 1 and all(name != TEXT for name, _ in page.elsewhere):
        return [[] for _ in page.elsewhere]
    told = [statements(known, texts, is_money(column.unit)) for _, texts in page.elsewhere]
    return meant_for(form, columns, column, told)


def meant_for(
    form: Form, columns: Sequence[RegisterColumn], column: RegisterColumn, told: Scopes
) -> list[list[Statement]]:
    """Those of the units that are stated which may be meant for a column."""
    known, own = form.units | {one.unit for one in columns}, column.unit
    others = {scaled(other.unit)[1] for other in columns if other.unit != own}
    scopes = [[for_period(form, own, one) for one in scope] for scope in told]
    return [[one for one in scope if concerns(known, one, scope, own, others)] for scope in scopes]


def in_currency(column: RegisterColumn, page: ListPage) -> bool:
    """Whether amounts in 元 are said to be in a currency, and so are not at another scale."""
    return column.unit == "元" and any(is_currency(label.text) for label in (*above_head(page), *below_head(page)))


def in_head(known: frozenset[str], head: RegisterHead, rows: Rows, column: RegisterColumn) -> Iterator[list[Statement]]:
    """The units in the head of a column, and in the captions over it, the lowest first."""
    at = head.columns[column.id]
    for text in reversed(head.paths[at]):
        row, left = max(
            (row, c)
            for row in range(head.bottom + 1)
            for c, content in rows.get(row, {}).items()
            if c <= at and content == text
        )
        gloss = without_currency(unglossed(text)[1])
        said = statements(known, [Label("", row, left, text)], is_money(column.unit))
        yield said or ([Statement(gloss, (row, left))] if is_known(gloss, known) else [])


def row_unit(form: Form, register: Register, line: BodyRow, column: RegisterColumn) -> str:
    """The other unit of money that a line of totals says of itself (合计（元） below a head in 万元); empty where it says
    none, or several."""
    if not is_money(column.unit):
        return ""
    own = (content for n, content in line.own.items() if register.columns[n].kind != "number")
    texts = [text for text in (*own, *line.other.values()) if isinstance(text, str) and len(text) <= LONGEST_LABEL]
    known = form.units | {one.unit for one in register.columns}
    said = {one.unit for one in statements(known, [Label("", 0, 0, text) for text in texts], True)}
    money = [unit for unit in said if currency_of(unit) == currency_of(column.unit)]
    return money[0] if len(money) == 1 and scaled(money[0]) != scaled(column.unit) else ""


def currency_notes(register: Register, line: BodyRow, record: Record) -> Iterator[RowNote]:
    """What is to be said of the amounts of a row, of which a column that the agency added says another currency."""
    named = (only_word(content) for content in line.other.values() if isinstance(content, str))
    currency = next((word for word in named if currency_of(word) in CURRENCIES), "")
    for number, column in enumerate(register.columns if currency else ()):
        if currency_of(column.unit) == "元" and column.kind == "number" and record.values[number]:
            said = f"填“{shortened(as_words(line.own[number]))}”，同一行写的币种是{currency}"
            brief = f"折合多少{column.unit}不知道，没有换算"
            yield RowNote("row_type", register.id, column.id, record, f"{said}，{brief}", brief)


def in_own_unit(content: Content, unit: str, column: RegisterColumn) -> Decimal | None:
    """The amount in a cell that says or shows it in this unit, in that of its column; None where there is none."""
    amount = amount_in(content)
    return None if amount is None else amount * scaled(unit)[0] / scaled(column.unit)[0]


def above_head(page: ListPage) -> list[Label]:
    """The texts above a list, down from the last row of numbers."""
    found: list[Label] = []
    for row in range(page.head.top - 1, max(page.head.top - HEAD_ROWS, page.start) - 1, -1):
        cells = page.rows.get(row, {})
        if sum(not isinstance(content, str) and is_figure(content) for content in cells.values()) > 1:
            break
        found += texts_in(cells, row)
    return found


def below_head(page: ListPage) -> list[Label]:
    """The texts that stand alone in a row below the head: notes to the list, be it among its rows."""
    alone = (row for row in range(page.head.bottom + 1, page.foot) if len(page.rows.get(row, {})) == 1)
    return [label for row in alone for label in texts_in(page.rows[row], row)]


def texts_in(cells: Mapping[int, Content], row: int) -> Iterator[Label]:
    """The short texts of a row."""
    for column, content in cells.items():
        if isinstance(content, str) and len(content) <= LONGEST_LABEL:
            yield Label("", row, column, content)


def unit_findings(rulebook: Rulebook, register: Register, units: Units) -> Iterator[Finding]:
    """How the numbers were read of which another unit is said."""
    rule = rulebook.of_kind("row_text")
    for (sheet, one), told in units.odd.items():
        place, own = one.statement.place, one.own
        stated, columns = cells_in(sheet, [place]), list(dict.fromkeys(column.id for _, column in told))
        labels = [register.called(id) for id in columns]
        if (
            one.read
            and len(columns) == 1
            and all(head.top <= place[0] <= head.bottom for head, _ in told)
            and sheet != TEXT
        ):
            where = Where(register.name, "", labels[0], sheet, stated)
            said = f"{register.name}「{labels[0]}」{where.in_file}表头写的单位是{one.statement.unit}，已换算为{own}。"
            yield rulebook.finding(rule, said, where)
            continue
        where = Where(register.name, sheet=sheet, cells=stated)
        names = "".join(f"「{label}」" for label in labels)
        said = f"{register.name}{where.in_file}写的单位是{one.statement.unit}，{names}应以{own}计，{how_read(one)}。"
        advice = f"请核对 {stated} 的单位和{names}各行的数，应以{own}计；不是的请改正后重新填报{'' if one.contested else '，或说明'}。"
        yield rulebook.plain(rule, said, advice, where, usually=Severity.MUST if one.contested else Severity.EXPLAIN)


def unstated_findings(
    rulebook: Rulebook, register: Register, units: Units, pages: Sequence[ListPage], records: Sequence[Record]
) -> Iterator[Finding]:
    """Amounts of which nothing states the unit. Where another sheet of the list states one that is not the form's, either
    may be wrong 10,000 times."""
    asked: dict[tuple[str, str], list[str]] = {}
    first = {page.head.sheet.name: page for page in reversed(pages)}
    for (name, id), other in units.unstated.items():
        number, sheet = register.places[id], first[name].head.sheet
        own = (record for record in records if record.sheet == name and record.values[number])
        if any((place := record.place(number)) and not says_unit(sheet, place, register.by_id[id]) for record in own):
            asked.setdefault((name, other), []).append(id)
    for (name, other), ids in asked.items():
        read = "、".join(f"「{register.called(id)}」按{register.by_id[id].unit}" for id in ids)
        heads = cells_in(name, (place_of_head(first[name], id) for id in ids))
        where = Where(register.name, "", register.called(ids[0]) if len(ids) == 1 else "", name, heads)
        contrary = f"，别的工作表写的是{other}" if other else ""
        said = f"{register.name}{where.in_file}没有写明金额的单位{contrary}，{read}读取。"
        advice = (
            f"请在表头写明单位，与别的工作表一致；{read}不对的，请换算后重新填报。"
            if other
            else f"请确认单位：{read}；不是的，请换算后重新填报。"
        )
        usually = Severity.MUST if other else Severity.EXPLAIN
        yield rulebook.plain(rulebook.of_kind("row_text"), said, advice, where, usually=usually)


def place_of_head(page: ListPage, id: str) -> Place:
    """Where the label of a column stands."""
    column = page.head.columns[id]
    return max(row for row in range(page.head.bottom + 1) if column in page.rows.get(row, {})), column


def says_unit(sheet: Sheet, place: Place, column: RegisterColumn) -> bool:
    """Whether a cell says its unit itself, beside its number or by its number format."""
    content, look = sheet.cells.get(place), sheet.looks.get(place)
    if look and isinstance(content, (int, float)):
        content = shown.text if (shown := show(look.format, as_stored(content))) else None
    return isinstance(content, str) and bool(
        unit_beside(content, item_of(column.line, column.unit, column.decimals, column.negative))
    )


def how_read(odd: Odd) -> str:
    """What became of the numbers."""
    if odd.foreign:
        return f"折合多少{odd.own}不知道，没有换算"
    if odd.contested:
        return f"表里又写了别的单位，断定不了是哪一个，暂按{odd.own}读取"
    if odd.converted:
        return f"已{'' if odd.read else f'按{odd.unit}'}换算为{odd.own}"
    return f"没有换算，按{odd.own}读取"
