"""What is to be said of where a list was found: of its heads, and of what stands above them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.form.register import Register, RegisterColumn
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Content, Sheet
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in, said_place
from workbook_tool.model.regex import regex
from workbook_tool.model.text import unspaced
from workbook_tool.steps.intake.parse.register_cells import read_row_cell
from workbook_tool.steps.intake.parse.register_heads import MUCH_ALIKE, RegisterHead, Rows
from workbook_tool.steps.intake.parse.register_rows import records_above

PAST = regex(r"(?<!以)上一?(?:年度?|季度?|月|期|周)(?!结转|末|同期)|去年(?!同期)")
"""What is called by the period before."""
A_YEAR = regex(r"(?<!\d)(20\d\d)(?!\d)")
NUMBERED = {
    PeriodKind.WEEK: regex(r"第(\d{1,2})周"),
    PeriodKind.MONTH: regex(r"(?<![\d—~至到-])(\d{1,2}|十?[一二三四五六七八九]|十)月(?!\d|[—~至到-])"),
    PeriodKind.QUARTER: regex(r"(?<![至、和-])([一二三四1-4])季度?"),
    PeriodKind.HALF: regex(r"([上下])半年"),
    PeriodKind.YEAR: regex(r"(?!)"),
}
"""How the number of a period is written."""
IN_DIGITS = str.maketrans({**dict(zip("一二三四五六七八九", "123456789", strict=True)), "十": "X"})
TITLE_ROWS = 5
NAMED_ROWS = 5
"""So many rows a sentence names."""
FEWEST_ALIKE = 2
"""A row without a head in which fewer columns are filled may be of anything."""
LONGEST_OTHER = 8
"""The head of a column of another table has hardly more letters."""
FIRST_ROWS = 5
"""So many rows of a sheet without a head are looked at."""


def above_findings(rulebook: Rulebook, register: Register, head: RegisterHead, rows: Rows) -> list[Finding]:
    """What is said of records that stand above the head, as where a whole sheet was sorted with it."""
    above = records_above(register, head, rows)
    if not above:
        return []
    places = [(row, column) for row in above for column in head.columns.values() if column in rows[row]]
    where = Where(register.name, sheet=head.sheet.name, cells=cells_in(head.sheet.name, places))
    told = f"第 {'、'.join(str(row + 1) for row in above[:NAMED_ROWS])} 行{'等' if len(above) > NAMED_ROWS else ''}"
    said = f"{register.name}（{at_head(head)}）上面还有 {len(above)} 行像登记的内容（{told}），没有读取。"
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
        at = f"{register.name}（{at_head(head)}）"
        names = {
            "twice": "、".join(f"「{c.label}」" for c in head.twice),
            "needed": "、".join(f"「{c.label}」" for c in head.missing if c.needed),
            "missing": "、".join(f"「{c.label}」" for c in head.missing if not c.needed),
            "respelt": "、".join(f"「{text}」读作「{meant}」" for text, meant in head.respelt),
        }
        if head.apart:
            titles = "、".join(f"“{text}”" for text in head.apart)
            said = f"{at}左右并排着几份，上面另有标题（{titles}），断定不了是不是同一期的，整张清单没有读取。"
            advice = "请只留本期的一份；都是本期的，请上下接起来，只用一个表头。"
            found.append(rulebook.plain(label, said, advice, where))
            continue
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
        said = f"{at_head(head)}像“{register.name}”，但 {absent} 对不上，没有读取。"
        advice = "请核对；是这张清单的，请把表头改成下发的样子。"
        usually = Severity.EXPLAIN if head.share(register) > MUCH_ALIKE else Severity.NOTE
        found.append(rulebook.plain(label, said, advice, Where(register.name, sheet=head.sheet.name), usually=usually))
    return found


def headless(
    rulebook: Rulebook, register: Register, heads: Sequence[RegisterHead], others: Sequence[tuple[Sheet, Rows]]
) -> list[Finding]:
    """Sheets without a head that hold rows of this list: it may go on there, and those rows would be lost. Where few
    columns tell them, and no day or choice among them, the first rows must be such, and may yet be of anything; where
    all are words, every row must be such, and the first may be a head of its own."""
    needed = [column for column in register.columns if column.needed]
    if not heads or len(needed) < FEWEST_ALIKE:
        return []
    wordy = all(column.kind in ("text", "code") for column in needed)
    plain = wordy or all(column.kind in ("text", "code", "number") for column in needed)
    head, found = heads[-1], []
    for sheet, rows in others:
        full = [row for row in sorted(rows) if len(rows[row]) >= len(needed)][: 1 if plain else FIRST_ROWS]
        first = next((row for row in full if holds_all(rows[row], needed, head.columns)), None)
        if first is None or (plain and sheet.hidden) or (wordy and not goes_on(rows, first, needed, head)):
            continue
        where = Where(register.name, sheet=sheet.name)
        said = f"工作表「{sheet.name}」没有表头，第 {first + 1} 行起像是“{register.name}”的续表，没有读取。"
        advice = "是这张清单的，请在上面补上表头，或移到前一张工作表；不是的请删去这张工作表。"
        usually = Severity.EXPLAIN if wordy or (plain and len(needed) <= FEWEST_ALIKE) else Severity.MUST
        usually = Severity.NOTE if wordy and all(map(may_be_head, rows[first].values())) else usually
        found.append(rulebook.plain(rulebook.of_kind("label"), said, advice, where, usually=usually))
    return found


def goes_on(rows: Rows, first: int, needed: Sequence[RegisterColumn], head: RegisterHead) -> bool:
    """Whether a sheet is nothing but rows that would be complete under this head, each in its columns alone."""
    own = {*head.columns.values(), *head.serial}
    below = [cells for row, cells in rows.items() if row >= first]
    return all(cells.keys() <= own and holds_all(cells, needed, head.columns) for cells in below)


def may_be_head(content: Content) -> bool:
    """Whether a cell may be the head of a column of another table."""
    return isinstance(content, str) and len(content) <= LONGEST_OTHER and not any(map(str.isdigit, content))


def holds_all(cells: Mapping[int, Content], needed: Sequence[RegisterColumn], at: Mapping[str, int]) -> bool:
    """Whether a row holds what every record must have, each under its head."""
    return all(read_row_cell(cells.get(at[column.id]), None, column).held is not None for column in needed)


def other_periods(rulebook: Rulebook, register: Register, heads: Sequence[tuple[RegisterHead, Rows]]) -> list[Finding]:
    """What is to be said of sheets of one list that say they are of several periods: that of the period before may have
    been left in the workbook. Where days tell which records count, it does no harm."""
    form = rulebook.form
    tallies = [tally for tally in form.tallies if tally.register == register.id]
    if len({head.sheet.name for head, _ in heads}) < 2 or (tallies and all(tally.date for tally in tallies)):
        return []
    said = {head.sheet.name: " ".join(told_above(head, rows)) for head, rows in reversed(heads)}
    before = [name for name, text in said.items() if PAST.search(text)]
    each = {name: (only(A_YEAR, text), only(NUMBERED[form.period], text)) for name, text in said.items()}
    apart = any(len({one[n] for one in each.values() if one[n]}) > 1 for n in (0, 1))
    if not apart and (not before or len(before) == len(said)):
        return []
    names = "、".join(
        f"「{name}」" for name in dict.fromkeys([*before, *(n for n, one in each.items() if apart and any(one))])
    )
    told = f"{register.name}有 {len(said)} 张工作表，其中{names}写的不是同一期，各行都已计入。"
    advice = "上期的请删去，只留本期的；都是本期的，请改正工作表名和标题，或说明。"
    usually = Severity.EXPLAIN if not before and form.period is PeriodKind.YEAR else Severity.MUST
    where = Where(register.name, sheet=next(iter(before or said)))
    return [rulebook.plain(rulebook.of_kind("period"), told, advice, where, usually=usually)]


def at_head(head: RegisterHead) -> str:
    """For a sentence: ``工作表「台账」第 3 行表头``."""
    return said_place(head.sheet.name, f"第 {head.bottom + 1} 行表头")


def told_above(head: RegisterHead, rows: Rows) -> Iterator[str]:
    """The name of a sheet, and the texts over the head of a list."""
    yield unspaced(head.sheet.name)
    for row in range(max(0, head.top - TITLE_ROWS), head.top):
        yield from (unspaced(text) for text in rows.get(row, {}).values() if isinstance(text, str))


def only(pattern: re.Pattern[str], text: str) -> str:
    """The one thing of a kind that a text says, in digits; empty where there is none, or there are several."""
    found = {said.translate(IN_DIGITS) for said in pattern.findall(text)}
    return found.pop() if len(found) == 1 else ""
