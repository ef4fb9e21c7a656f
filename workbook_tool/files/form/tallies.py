"""Reads what is counted from a list (``[[tally]]``): a table of the form, and how its numbers come about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from msgspec.structs import replace

from workbook_tool.files.form.choices import Elsewhere
from workbook_tool.files.form.registers import LONGEST_NAME, SHEET_REFUSED, condition, register_of
from workbook_tool.files.office.toml import Keys
from workbook_tool.model.form.items import Block, Table
from workbook_tool.model.form.line import PERCENT, Line
from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.form.register import Register, Tally
from workbook_tool.model.form.rules import LINEAR, ORIGINS, Rule, Severity
from workbook_tool.model.regex import regex
from workbook_tool.model.text import SCALE

OF_EQUALS = ("severity", "words", "advice", "origin", "basis", "example")
"""What is said of a tally that must equal other numbers."""
TALLY_KEYS = (
    *("id", "name", "title", "table", "by", "date", "where", "sum", "unit", "stock", "equals"),
    *OF_EQUALS,
)
EQUALS = "equals"
"""The kind of a rule that compares a tally with another form."""
TARGET = regex(r"(?:([\w-]+):)?([^.:]+)((?:\.[^.:]+)*)")
YES_NO = (Line("yes", "是"), Line("no", "否"))
TOTAL = Line("sum", "合计", also=("总计",), total=True)
SCALES = regex(SCALE)
MOST_ACROSS = 12
"""So many columns of numbers still fit across an upright page."""


def read_tally(keys: Keys, registers: Sequence[Register], elsewhere: Elsewhere) -> tuple[Table, Tally, Rule | None]:
    """What is counted, as a table of the form, and the rule that compares it with another form where it does."""
    keys.expect(TALLY_KEYS)
    id, title = keys.need("id"), keys.need("title")
    register = register_of(keys, registers, alone=True)
    keys.text("table")
    if register is None:
        raise keys.fail(
            "table", f"应写明从哪一张清单统计：{'、'.join(r.name for r in registers) or '没有 list = true 的表'}"
        )
    name = keys.text("name", f"{title}统计" if title in (one.name for one in registers) else title)
    if len(name) > LONGEST_NAME or SHEET_REFUSED.search(name):
        raise keys.fail(
            "name", f"要作工作表名，至多 {LONGEST_NAME} 个字，不能有 [ ] : * ? / \\（title 太长时另写 name）"
        )
    by = tuple(column_named(keys, "by", label, register) for label in keys.texts("by"))
    if len(by) > 2:
        raise keys.fail("by", "最多两列：一列作行，一列作列")
    added, day = (column_named(keys, k, keys.text(k), register) if keys.text(k) else "" for k in ("sum", "date"))
    if added and register.by_id[added].kind != "number":
        raise keys.fail("sum", f"“{keys.text('sum')}” 不是数的列，不能相加")
    if added and register.by_id[added].unit in PERCENT:
        raise keys.fail("sum", f"“{keys.text('sum')}” 的单位是 {register.by_id[added].unit}，不能相加")
    if day and register.by_id[day].kind != "date":
        raise keys.fail("date", f"“{keys.text('date')}” 不是日期列")
    where = condition(keys, "where", keys.text("where"), register) if keys.text("where") else None
    if where and where.kind != "bool":
        raise keys.fail("where", f"“{where.text}” 不是条件")
    table = tally_table(keys, register, id.replace("-", "_"), name, title, by, added)
    form, equals = read_target(keys, table, elsewhere)
    rule = equal_rule(keys, id, title, table, EQUALS if form else LINEAR) if equals else None
    tell_unused_words(keys)
    keys.done()
    return table, Tally(table.id, register.id, by, day, where, added, form, equals), rule


def row_count(register: Register) -> tuple[Table, Tally, Rule | None]:
    """How many rows a list has: what is counted of a list that says nothing else."""
    name = f"{register.name}行数"
    block = Block((Line("all", name),), (Line("n", "数量"),), corner=register.name, unit="条")
    table = Table(f"{register.id}_n", name, name, (block,))
    return table, Tally(table.id, register.id), None


def column_named(keys: Keys, key: str, label: str, register: Register) -> str:
    """The id of the column of this label. Raises OfficeError where there is none."""
    keys.known_name(key, label, list(register.names.columns))
    return register.names.columns[label][0]


def tally_table(keys: Keys, register: Register, id: str, name: str, title: str, by: Sequence[str], added: str) -> Table:
    """The table that a tally fills: a row for each choice of its first column, a column for each of its second."""
    of = register.by_id[added] if added else None
    stock = keys.get("stock", bool, False)
    number = Line("n", of.label if of else "数量", stock=stock, adds="last" if stock else "sum")
    rows = tuple(map(unbroken, axis(keys, register, by[0]))) if by else (Line("all", title),)
    columns = axis(keys, register, by[1]) if len(by) == 2 else (number,)
    unit = keys.text("unit", of.unit if of else "条")
    corner = register.by_id[by[0]].label if by else name
    heading = register.by_id[by[1]].label if len(by) == 2 else ""
    block = Block(rows, columns, corner=corner, heading=heading, decimals=of.decimals if of else 0, unit=unit)
    page = "landscape" if len(columns) > MOST_ACROSS else "portrait"
    return Table(id, name, title, (block,), page=page)  # type: ignore[arg-type]


def unbroken(line: Line) -> Line:
    """A line without the manual breaks that narrow columns need: it stands in a row, which has room."""
    return replace(line, breaks=line.breaks.replace("\n", ""))


def axis(keys: Keys, register: Register, id: str) -> tuple[Line, ...]:
    """The choices of a column, and their total."""
    column = register.by_id[id]
    lines = YES_NO if column.kind == "yesno" else column.choices.lines
    if not lines:
        raise keys.fail("by", f"“{column.label}” 没有写明选项，不能按它统计")
    return (*lines, TOTAL)


def equal_rule(keys: Keys, id: str, title: str, table: Table, kind: str) -> Rule:
    """The rule that a tally equals what another form says, or another table of this one."""
    return Rule(
        id,
        title,
        keys.text("words", "两处报的应当一致。"),
        keys.text("advice", "请核对清单和另一张表，改正不对的一处，或说明原因。"),
        Severity(keys.choice("severity", [s.value for s in Severity], "explain")),
        keys.choice("origin", list(ORIGINS), "F"),
        kind,
        table=table.id,
        example=keys.text("example"),
        legal_basis=keys.text("basis"),
    )


def tell_unused_words(keys: Keys) -> None:
    """Say where words are declared for a comparison that is not."""
    for key in OF_EQUALS if "equals" not in keys.values else ():
        if key in keys.values:
            keys.known.append(key)
            keys.wrong(key, "只用于写了 equals 的统计，请去掉或写 equals")


def read_target(keys: Keys, table: Table, elsewhere: Elsewhere) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The other form (empty: this one), and its numbers by the code of ours. Raises OfficeError where one of ours has no
    partner there."""
    told = keys.text("equals")
    if not told:
        return "", ()
    match = TARGET.fullmatch(told)
    if not match:
        raise keys.fail("equals", f"= “{told}” 看不懂：写作 表式:表、表式:表.行、表式:表.列 或 表式:表.行.列")
    form_id, name, lines = match.groups()
    if form_id and (other := elsewhere.forms(form_id).period) is not elsewhere.period:
        way = "；在那张表里写 is = “year(本表编号:统计.列)”，就与全年各期之和核对" if other is PeriodKind.YEAR else ""
        raise keys.fail("equals", f"：{form_id} 是{other.report}，这张表是{elsewhere.period.report}，不能逐期核对{way}")
    there = elsewhere.table(keys, "equals", form_id, name)
    wanted = set(lines_named(keys, there, lines.split(".")[1:]))
    crossings = [(r, c) for block in there.blocks for r in block.rows for c in block.columns if wanted <= {r.id, c.id}]
    own = table.blocks[0].unit
    for unit in (
        r.unit or c.unit or b.unit for b in there.blocks for r, c in crossings if r in b.rows and c in b.columns
    ):
        if unit != own and SCALES.sub("", unit) == SCALES.sub("", own):
            raise keys.fail("equals", f"= “{told}” 的单位是{unit}，这里是{own}，不能逐格核对：请写成同一个单位")
    return form_id or "", tuple(paired(keys, table, there.id, crossings, wanted))


def lines_named(keys: Keys, table: Table, parts: Sequence[str]) -> Iterator[str]:
    """The ids of the rows and columns that these words name, captions before what stands under them (``结案.小计``). Raises
    OfficeError where a word is nobody's name, or the one of several, or only a caption."""
    axes = [table.rows, [column for block in table.blocks for column in block.columns]]
    under = list[str]()
    for part in parts:
        own = next(filter(None, ([one for one in lines if is_called(one, part, under)] for lines in axes)), [])
        alike = {one.id: ".".join((*one.under, one.label)) for one in own if one.label == part}
        if len(alike) > 1:
            raise keys.fail("equals", f"中的 {part} 有几处，请写明是哪一处：{'、'.join(alike.values())}")
        if own:
            yield next((one.id for one in own if one.id == part), own[0].id)
            under = []
        elif any(part in one.under for lines in axes for one in lines):
            under.append(part)
        else:
            known = [word for lines in axes for one in lines for word in (one.id, one.label)]
            keys.known_name("equals", part, list(dict.fromkeys(known)))
            raise keys.fail("equals", f"：{'、'.join(under)} 下面没有 {part}")
    if under:
        ways = "、".join(f"{under[-1]}.{one.label}" for lines in axes for one in lines if under[-1] in one.under)
        raise keys.fail("equals", f"中的 {under[-1]} 是分组标题，没有数；请写它下面的一项：{ways}")


def is_called(line: Line, name: str, under: Sequence[str]) -> bool:
    """Whether a line goes by this name under these captions."""
    return name in (line.id, line.label, line.short) and {*under} <= {*line.under}


def paired(
    keys: Keys, table: Table, there: str, crossings: Sequence[tuple[Line, Line]], named: set[str]
) -> Iterator[tuple[str, str]]:
    """Each number of ours with its partner: the one whose lines, but those that were ``named``, have the same labels. A
    total that the other form does not have stands alone."""
    (block,) = table.blocks
    by_labels: dict[frozenset[str], str] = {}
    for r, c in crossings:
        free = [line for line in (r, c) if line.id not in named]
        for labels in product(*(line.keys for line in free)):
            by_labels.setdefault(frozenset(labels), f"{there}.{r.id}.{c.id}")
    for row in block.rows:
        for column in block.columns:
            own = [line for line, lines in ((row, block.rows), (column, block.columns)) if len(lines) > 1]
            hit = next(
                (
                    code
                    for labels in product(*(line.keys for line in own))
                    if (code := by_labels.get(frozenset(labels)))
                ),
                "",
            )
            if hit:
                yield f"{table.id}.{row.id}.{column.id}", hit
            elif not any(line.total for line in own):
                raise keys.fail("equals", f"中没有与「{'」×「'.join(line.label for line in own)}」对应的一格")
