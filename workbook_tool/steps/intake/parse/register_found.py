"""What is to be said of where a list was found: of its heads, and of what stands above them."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.cells import areas
from workbook_tool.model.form.register import Register
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.steps.intake.parse.register_cells import read_row_cell
from workbook_tool.steps.intake.parse.register_heads import RegisterHead, Rows, fit
from workbook_tool.steps.intake.parse.register_rows import records_above

NAMED_ROWS = 5
"""So many rows a sentence names."""
FEWEST_ALIKE = 3
"""A row without a head in which fewer columns are filled may be of anything."""
MUCH_ALIKE = 0.75
"""From this share of its columns on, a head that cannot be read may well be meant as that of the list."""


def above_findings(rulebook: Rulebook, register: Register, head: RegisterHead, rows: Rows) -> list[Finding]:
    """What is said of records that stand above the head, as where a whole sheet was sorted with it."""
    above = records_above(register, head, rows)
    if not above:
        return []
    places = [(row, column) for row in above for column in head.columns.values() if column in rows[row]]
    where = Where(register.name, sheet=head.sheet.name, cells=areas(places))
    told = f"第 {'、'.join(str(row + 1) for row in above[:NAMED_ROWS])} 行{'等' if len(above) > NAMED_ROWS else ''}"
    said = f"{register.name}（工作表「{head.sheet.name}」第 {head.bottom + 1} 行表头）上面还有 {len(above)} 行像登记的内容（{told}），没有读取。"
    advice = "请把表头移到各行的上面（可能是排序时把表头也排了进去），改正后重新填报。"
    return [rulebook.plain(rulebook.of_kind("label"), said, advice, where)]


def head_findings(
    rulebook: Rulebook, register: Register, heads: Sequence[RegisterHead], weaker: Sequence[RegisterHead]
) -> list[Finding]:
    """What is to be said of the heads of a list: that there is none, or what is unusual about each; ``weaker`` ones only
    look like it."""
    if not heads:
        labels = "、".join(column.label for column in register.columns)
        said = f"没有找到“{register.name}”的表头（{labels}）。"
        return [rulebook.finding(rulebook.of_kind("table"), said, Where(register.name))]
    found, label = [], rulebook.of_kind("label")
    for head in heads:
        where = Where(register.name, sheet=head.sheet.name)
        at = f"{register.name}（工作表「{head.sheet.name}」第 {head.bottom + 1} 行表头）"
        names = {
            "twice": "、".join(f"「{c.label}」" for c in head.twice),
            "needed": "、".join(f"「{c.label}」" for c in head.missing if c.needed),
            "missing": "、".join(f"「{c.label}」" for c in head.missing if not c.needed),
            "respelt": "、".join(f"「{text}」读作「{meant}」" for text, meant in head.respelt),
        }
        for kind, words in (("twice", "有几列都可能是"), ("needed", "没有找到")):
            if names[kind]:
                said = f"{at}{words} {names[kind]}，整张清单没有读取，以免错列。"
                found.append(rulebook.plain(label, said, "请把表头改成下发的样子：每一列的名称各出现一次。", where))
        if names["missing"]:
            said = f"{at}没有 {names['missing']}，按没有填写处理。"
            found.append(rulebook.note(label, said, "请核对；有内容的请补上这一列。", where))
        if names["respelt"]:
            found.append(rulebook.finding(rulebook.of_kind("wording"), f"{at}{names['respelt']}。", where))
        if head.moved:
            found.append(rulebook.finding(rulebook.of_kind("order"), f"{at}各列的次序与表式不同。", where))
    for head in weaker:
        absent = "、".join(f"「{c.label}」" for c in (*head.missing, *head.twice))
        said = f"工作表「{head.sheet.name}」第 {head.bottom + 1} 行的表头像“{register.name}”，但 {absent} 对不上，没有读取。"
        advice = "请核对；是这张清单的，请把表头改成下发的样子。"
        usually = Severity.EXPLAIN if fit(register, head)[0] > MUCH_ALIKE else Severity.NOTE
        found.append(rulebook.plain(label, said, advice, Where(register.name, sheet=head.sheet.name), usually=usually))
    return found


def headless(
    rulebook: Rulebook, register: Register, heads: Sequence[RegisterHead], others: Sequence[tuple[Sheet, Rows]]
) -> list[Finding]:
    """Sheets without a head that begin with a row of this list: it may go on there, and those rows would be lost."""
    needed = [column for column in register.columns if column.needed]
    if not heads or len(needed) < FEWEST_ALIKE or all(column.kind in ("text", "code") for column in needed):
        return []
    at, found = heads[-1].columns, []
    for sheet, rows in others:
        first = next((row for row in sorted(rows) if len(rows[row]) > 1), None)
        told = [] if first is None else [read_row_cell(rows[first].get(at[c.id]), None, c) for c in needed]
        if told and all(one.held is not None for one in told):
            where = Where(register.name, sheet=sheet.name)
            said = f"工作表「{sheet.name}」没有表头，第 {(first or 0) + 1} 行起像是“{register.name}”的续表，没有读取。"
            advice = "是这张清单的，请在上面补上表头，或移到前一张工作表；不是的请删去这张工作表。"
            found.append(rulebook.plain(rulebook.of_kind("label"), said, advice, where, usually=Severity.MUST))
    return found
