"""What the lists of a declaration come to: what each column takes, what must hold in every row, and what is counted."""

from __future__ import annotations

from collections.abc import Iterator

from workbook_tool.model.form.expression import divides
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.line import PERCENT
from workbook_tool.model.form.register import Register, RegisterColumn, Tally
from workbook_tool.model.intake.submission import plain_decimal

KINDS = {
    "number": "数",
    "text": "文字",
    "date": "日期",
    "choice": "选项",
    "yesno": "是或否",
    "code": "编号",
    "phone": "电话",
    "mail": "邮箱",
    "postcode": "邮编",
    "id": "身份证号",
    "credit": "统一社会信用代码",
}
"""What a column of a list or a line of a table takes, as people say it."""
NAMED_AT_MOST = 6


def told_register(form: Form, register: Register) -> Iterator[str]:
    """A list: its columns, its key, its rules, and what is counted from it."""
    yield f"清单 {register.name}「{register.title}」：一行一件，行数不限"
    for column in register.columns:
        yield f"  {named(column)}：{told_column(column, register)}"
    key = "、".join(named(register.by_id[id]) for id in register.key)
    yield f"  {key}都相同的，是重复登记" if key else "  各列都相同的，是重复登记（没有写 key）"
    yield from told_beside(register)
    for row_rule in register.rules:
        rule = form.rule(row_rule.rule)
        asked = (f"{row_rule.when.said} 时，" if row_rule.when else "") + row_rule.formula.said
        asked = "" if asked == rule.title else f"：{asked}"
        yield f"  规则 {rule.id}（{rule.severity.label}）：{rule.title}（每一行{asked}）"
    for tally in form.tallies:
        if tally.register == register.id:
            yield f"  {told_tally(form, tally, register)}"


def named(column: RegisterColumn) -> str:
    """A column with its captions, as formulas may call it."""
    return ".".join((*column.line.under, column.label))


def told_beside(register: Register) -> Iterator[str]:
    """What the blank shows beside the records, and nobody need type or counts as one."""
    if register.serial:
        yield f"  {register.serial}：空白表里自动编号，不用填"
    if register.total:
        group = f"按“{named(register.by_id[register.group])}”小计、" if register.group else ""
        summed = "、".join(f"“{named(column)}”" for column in register.summed)
        yield f"  空白表的表头上方：{group}合计，自动相加 {summed}，不用填，不计入"
    if register.sign:
        yield f"  空白表的表头上方签名：{'、'.join(register.sign)}"
    if register.note:
        yield f"  空白表的表头上方写着：{register.note}"


def told_column(column: RegisterColumn, register: Register) -> str:
    """What a column takes."""
    marks = [KINDS[column.kind], column.unit]
    marks += [f"{column.decimals} 位小数"] if column.decimals else []
    for limit, words in ((column.least, "不小于"), (column.most, "不大于")):
        marks += [f"{words} {plain_decimal(limit, column.decimals):f}"] if limit is not None else []
    labels = [line.name for line in column.choices.lines]
    more = f"等 {len(labels)} 项" if len(labels) > NAMED_AT_MOST else ""
    marks += [f"{'、'.join(labels[:NAMED_AT_MOST])}{more}"] if labels else []
    marks += [f"名录“{column.choices.roster}”中各单位自己的选项"] if column.choices.roster else []
    marks += [f"随“{named(register.by_id[column.choices.on])}”而定"] if column.choices.on else []
    share = (
        f"，乘 {PERCENT[column.unit]}" if column.unit in PERCENT and column.of and divides(column.of.expression) else ""
    )
    marks += [f"由 {column.of.said} 推算{share}"] if column.of else []
    marks += ["可不填"] if column.optional else []
    return "，".join(filter(None, marks))


def told_tally(form: Form, tally: Tally, register: Register) -> str:
    """What is counted."""
    name, labels = form.table(tally.table).name, [named(register.by_id[id]) for id in tally.by]
    what = f"“{named(register.by_id[tally.sum])}”相加" if tally.sum else "数行数"
    parts = [f"按{'、'.join(labels)}" if labels else "", what]
    parts += [f"“{named(register.by_id[tally.date])}”在本期之内的"] if tally.date else []
    parts += [f"只算 {tally.where.said} 的"] if tally.where else []
    where = f"《{tally.form}》" if tally.form else "本表式另一张表"
    parts += [f"与{where}逐格核对 {len(tally.equals)} 格"] if tally.equals else []
    return f"统计 {name}：{'，'.join(filter(None, parts))}"
