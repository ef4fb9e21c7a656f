"""The rows below the head of a list: which are records, and which only stand among them.

Group headings, serial numbers, lines of totals, notes and signatures are told from what stands in them. A row that could
be a record is one: then its blanks are told, and nothing gets lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec import Struct

from workbook_tool.model.form.register import Register
from workbook_tool.model.intake.submission import Content
from workbook_tool.model.regex import regex
from workbook_tool.model.text import label_key, label_number, squash, unspaced
from workbook_tool.steps.intake.parse.register_asides import aside_in
from workbook_tool.steps.intake.parse.register_cells import as_words, is_whole, read_day
from workbook_tool.steps.intake.parse.register_heads import RegisterHead, Rows
from workbook_tool.steps.intake.parse.value import BLANK_MARKS

COUNT = r"(?:[共计]*\d[\d,.]*[\u4e00-\u9fff]{0,4}[,;、。]?)"
"""How many there are, or how much it comes to: ``2家单位``, ``5万元``."""
BEHIND = rf"(?:金额|数额|数量?)?(?:\(.*\))?:?{COUNT}*\w?"
TOTAL = regex(rf".{{0,24}}(?:[合总小共累]计){BEHIND}|汇总|共{COUNT}+|承[前上]页|[过转][次下]页")
"""What a line of totals may be called where no other words stand in it."""
SURELY = regex(rf".{{0,2}}[合总小共]计{BEHIND}")
"""What no record is called."""
BESIDE = regex(
    r"(?:备?注|附注|说明|填[表报]|制表|审[核批定]|复核|经办|(?:计量)?单位(?:负责人|名称|:|\(?盖章)|负责人|联系|报送|日期|编制|签[名字章]|公章)"
)
"""How what stands below a list begins: notes and signatures."""
HEADED = regex(r"[^:]{1,14}:|(?:备?注|附注)[\d.、]")
"""So they begin where no record can: 审批改革 may be one, ``审批：`` is none."""
FOOT = regex(
    r"[-—]?第?\d+(?:页[,;]?共\d+页?|页|/\d+页?)[-—]?|共\d+页|\(?以下(?:空白|无正文|无内容)\)?。?|以上(?:数据|各[行项]|均为).*|数据?截[至止].*"
    r"|\(?(?:单位)?(?:公章|盖章|签章)\)?:?|\(?[\u4e00-\u9fff]{0,4}\((?:公章|盖章|签章|签字)\):?|\d{4}年\d{1,2}月\d{1,2}日"
)
"""What stands at the foot of a page or of a list."""
TITLED = regex(
    r"(?P<surely>填[表报](?:人|单位|日期|时间|说明)|制表人?|审[核批定]人|复核人?|编制(?:人|日期)|说明|备注|注|附注)[:：]?"
    r"|(?:审[核批定]|经办人?|(?:单位|部门|分管)?(?:负责人|领导)|联系(?:人|电话|方式)|报送(?:人|日期|单位)|日期|签[名字章])[:：]?"
)
"""Whose name, or what note, stands in the next cell. Some of these may be what a record is about."""
LONGEST_TITLE = 12
PHONE = 7
"""A number of so many digits may be that of a telephone."""
SIGNED = regex(r"[\u4e00-\u9fff()/、]{2,10}:(?P<name>.*)")
"""A line to be signed, of whatever office: 分管领导：, 填表日期：2026年1月5日."""
COUNTED = ("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
NUMBERING = regex(r"[栏列行](?:次|号|目)")
"""What a row that numbers the columns calls them."""
FEWEST = 4
"""Fewer numbers in a row may well be those of a record."""
NONE = regex(
    r"(?:(?:备?注|说明):)?(?:[本该当](?:年|季|月|周|旬|期|半年|单位|部门|局|镇|乡|街道|县|区|村|社区|阶段|次)(?:度|份|内)?)*"
    r"(?:暂时?|尚|均|全部|确)?(?:无|没有|未发生|未发现|未开展|未收到|零报告|不涉及)"
    r"(?:[发新产]生|新增|变化|上报|报送|登记|收到|此类|该类|相关|有关|任何|上述|以上)*"
    r"(?:情况|事项|内容|事件|案件|问题|数据|记录|信息|合同|项目|申请|人员)?[。.!]?"
)
"""How a row says that there is nothing to list."""
SHOWN = regex(r"\s*(?:[示样举]?例(?:如|行)?[:：]|[(（【\[][示样举]?例[)）】\]])")
"""How a record begins that only shows how to fill in: ``例：``, ``（示例）``."""
EXAMPLE = regex(r"(?:示|样|举)?例(?:如|行)?\d?")


class BodyRow(Struct, frozen=True):
    """A row below the head: what stands in the columns of the list (by the number of the column), and in others."""

    row: int
    own: Mapping[int, Content]
    other: Mapping[int, Content]
    inherited: frozenset[int] = frozenset()


def lines_below(register: Register, head: RegisterHead, rows: Rows, end: int) -> Iterator[BodyRow]:
    """The rows from a head down to the next one in which anything stands, with what a cell merged over several rows says
    of each of them; a number so merged belongs to the first row alone."""
    number_at = numbers_of(register, head)
    merged = merged_below(register, head, number_at)
    for row in range(head.bottom + 1, end):
        cells = rows.get(row, {})
        own = {number_at[c]: content for c, content in cells.items() if c in number_at}
        shared = {n: content for n, content in merged.get(row, {}).items() if n not in own}
        if own or any(c not in number_at for c in cells):
            other = {c: content for c, content in cells.items() if c not in number_at}
            yield BodyRow(row, {**own, **shared} if own else {}, other, frozenset(shared))


def numbers_of(register: Register, head: RegisterHead) -> dict[int, int]:
    """The number of the list's column that stands in each column of the sheet."""
    return {head.columns[column.id]: n for n, column in enumerate(register.columns) if column.id in head.columns}


def records_above(register: Register, head: RegisterHead, rows: Rows) -> list[int]:
    """The rows above a head that are filled in as a record is: most columns, a day or a choice among them."""
    number_at, found = numbers_of(register, head), []
    for row in sorted(row for row in rows if row < head.top):
        own = {number_at[c]: content for c, content in rows[row].items() if c in number_at}
        example = any(isinstance(c, str) and EXAMPLE.fullmatch(squash(c)) for c in rows[row].values())
        if 2 * len(own) > len(register.columns) and not example and typed_in(BodyRow(row, own, {}), register):
            found.append(row)
    return found


def merged_below(register: Register, head: RegisterHead, number_at: Mapping[int, int]) -> dict[int, dict[int, Content]]:
    """By row and number of the column, what a merged cell that begins further up says."""
    found: dict[int, dict[int, Content]] = {}
    for (top, column), (bottom, _) in head.sheet.reaches.items():
        content = head.sheet.cells.get((top, column))  # none where a formula comes to an empty text
        if content is None or top <= head.bottom or column not in number_at:
            continue
        if register.columns[number_at[column]].kind != "number":
            for row in range(top + 1, bottom + 1):
                found.setdefault(row, {})[number_at[column]] = content
    return found


def what_is(line: BodyRow, register: Register, head: RegisterHead, first: bool) -> str:
    """``record``, ``total``, ``part`` (a line of subtotals), ``group`` (a heading), ``share`` or ``aside`` (what says more of a
    total, and is settled by what stands above it), ``note`` (what may be one, and is settled by what stands below it), or empty for what is nothing of the list. ``first``: the row right below
    the head, which may number the columns."""
    if line.own and all(map(is_mark, line.own.values())) and answers_nothing(line, head):
        return ""
    if says_none(line, head):
        return ""
    serial = [as_words(line.other[c]) for c in head.serial if c in line.other]
    begun = next((content for _, content in sorted(line.own.items()) if isinstance(content, str)), "")
    if any(EXAMPLE.fullmatch(squash(text)) for text in serial) or SHOWN.match(begun):
        return ""
    if is_titled(next((text for text in serial if not text[:1].isdigit()), begun), line, register):
        return ""
    typed = typed_in(line, register)
    plainly = typed == "date" or (typed and not any(isinstance(c, str) and "计" in c for c in line.own.values()))
    if plainly and not first:  # as nearly every row is
        return "record"
    texts = {
        **{head.columns[register.columns[n].id]: c for n, c in line.own.items() if n not in line.inherited},
        **line.other,
    }
    words = [unspaced(content) for _, content in sorted(texts.items()) if isinstance(content, str)]
    if register.sign and len(words) == len(texts) and all(is_sign(word, register) for word in words):
        return ""
    if (first and (counts_columns(texts) or says_units(line, register))) or repeats(line, register):
        return ""
    if words and not typed and len(words) == len(texts) and all(map(FOOT.fullmatch, words)):
        return ""
    if typed != "date" and (label := total_in(words, line, register, SURELY if typed else TOTAL)):
        return "part" if "小计" in label else "total"
    if not typed and texts_in(line, register) <= 1 and (aside := aside_in(words)) and line.own:
        return aside
    if not line.own:
        alone = [c for c in line.other if c <= head.last_column]
        return "group" if alone and not serial_only(line, head) and not beside(words) else ""
    wide = any(reach[1] > c for c in texts if (reach := head.sheet.reaches.get((line.row, c))))
    if len(texts) == 1 and words and (wide or label_number(words[0])):
        return "" if beside(words) else "group"
    few = 3 * len(line.own) <= max(3, len(register.columns))
    plain = all(isinstance(content, str) for content in texts.values())
    several = len(words) > 1 and all(map(BESIDE.match, words))
    if typed or not beside(words) or not (few or (plain and (several or signed(words)))):
        return "record"
    if several or HEADED.match(words[0]):
        return ""
    return "record" if any(c in head.serial and is_whole(content) for c, content in line.other.items()) else "note"


def total_in(words: Sequence[str], line: BodyRow, register: Register, known: re.Pattern[str]) -> str:
    """What a line of totals is called; empty for any other line. It may say beside its label how many there are (``合计``,
    ``2家单位``), or of whom it is the total."""
    told = [word for word in words if word not in BLANK_MARKS]
    if told and any(SURELY.fullmatch(word) for word in (told[0], "".join(told))):
        return "".join(told)
    return next((word for word in told if known.fullmatch(word)), "") if texts_in(line, register) <= 1 else ""


def texts_in(line: BodyRow, register: Register) -> int:
    """In how many columns of texts there are words, but a choice: a line of totals has its label alone."""
    columns = {n: register.columns[n] for n in line.own if n not in line.inherited}
    return sum(
        column.kind != "number"
        and not is_mark(line.own[n])
        and not (column.kind == "choice" and column.choices.meant(as_words(line.own[n])))
        for n, column in columns.items()
    )


def says_none(line: BodyRow, head: RegisterHead) -> bool:
    """Whether a row says in words that there is nothing to list, and nothing else: 本周无, with its number or marks beside
    it."""
    cells = [*line.own.values(), *(c for at, c in line.other.items() if not (at in head.serial and is_whole(c)))]
    told = [content for content in cells if not is_mark(content)]
    return bool(told) and all(isinstance(one, str) and NONE.fullmatch(unspaced(one)) for one in told)


def is_mark(content: Content) -> bool:
    """Whether a cell says that there is nothing to say: /, —, 无."""
    return isinstance(content, str) and unspaced(content) in BLANK_MARKS


def denies(line: BodyRow) -> bool:
    """Whether a row says in words that there is nothing to list: 无, and nothing but marks beside it."""
    told = [unspaced(str(one)) for one in (*line.own.values(), *line.other.values()) if not is_whole(one)]
    nothing = [text == "无" or NONE.fullmatch(text) is not None for text in told]
    return any(nothing) and all(no or text in BLANK_MARKS for no, text in zip(nothing, told, strict=True))


def answers_nothing(line: BodyRow, head: RegisterHead) -> bool:
    """Whether nothing but its number and such marks stands beside the columns of the list either."""
    return all(is_mark(content) or (c in head.serial and is_whole(content)) for c, content in line.other.items())


def serial_only(line: BodyRow, head: RegisterHead) -> bool:
    """Whether nothing but the number of the row stands there: a prepared row that nobody used."""
    return all(c in head.serial and is_whole(content) for c, content in line.other.items())


def beside(words: Sequence[str]) -> bool:
    """Whether a row of texts is a note or a signature."""
    return bool(words) and (BESIDE.match(words[0]) is not None or signed(words))


def is_titled(text: str, line: BodyRow, register: Register) -> bool:
    """Whether a row begins with the title of who signs, or of a note, and goes on as such: nothing to count stands there.
    It is so where something that each record needs is blank; what is hardly ever of a record is told by less, one cell
    alone behind it or a second title, since a list may be one of posts."""
    title = TITLED.fullmatch(squash(text)) if len(text) <= LONGEST_TITLE else None
    if not title or any(column.needed and column.choices.meant(text) for column in register.columns):
        return False
    cells = [*line.own.values(), *line.other.values()]
    told = [content for content in cells if not isinstance(content, (str, date))]
    blank = any(column.needed and n not in line.own for n, column in enumerate(register.columns))
    titles = sum(TITLED.fullmatch(squash(content)) is not None for content in cells if isinstance(content, str))
    surely = title["surely"] is not None and (len(cells) <= 2 or titles > 1)
    return all(len(as_words(content)) >= PHONE for content in told) and (blank or surely)


def says_units(line: BodyRow, register: Register) -> bool:
    """Whether a row says of columns in which unit they are, and that is the one of the form: any other must be told."""
    told = {n: unspaced(content).strip("()") for n, content in line.own.items() if isinstance(content, str)}
    said = {n: text for n, text in told.items() if text not in BLANK_MARKS}
    alike = (register.columns[n].unit and text == register.columns[n].unit for n, text in said.items())
    return bool(said) and len(told) == len(line.own) and all(alike)


def signed(words: Sequence[str]) -> bool:
    """Whether nothing stands in a row but what is to be signed: several such, or one that nobody has signed yet. One with
    words behind it may be what a record tells."""
    found = [SIGNED.fullmatch(word.replace("：", ":")) for word in words]
    return all(found) and (len(found) > 1 or not any(one["name"] for one in found if one))


def is_sign(word: str, register: Register) -> bool:
    """Whether a text is one of the lines to be signed that the list declares, signed or not."""
    return any(word.startswith(f"{unspaced(label)}:") for label in register.sign)


def typed_in(line: BodyRow, register: Register) -> str:
    """``date`` where a day stands, which no line of totals or note has; ``choice`` where nothing but a choice does."""
    found = ""
    for number, content in line.own.items():
        column = register.columns[number]
        if number in line.inherited:
            continue
        if column.kind == "date" and read_day(content).held is not None:
            return "date"
        if column.kind == "choice" and isinstance(content, str) and column.choices.meant(content):
            found = "choice"
    return found


def counts_columns(cells: Mapping[int, Content]) -> bool:
    """Whether a row only numbers the columns: 1 2 3, 甲 乙 1 2, 栏次 1 2 3."""
    told = [squash(as_words(content)).strip("()（）") for _, content in sorted(cells.items())]
    told = told[1:] if NUMBERING.fullmatch(told[0]) else told
    letters = [text for text in told if len(text) == 1 and any(text in row for row in COUNTED)]
    digits = [int(text) for text in told if text.isdigit() and len(text) <= 2]
    steady = digits == list(range(digits[0], digits[0] + len(digits))) if digits else True
    return len(told) >= FEWEST and len(letters) + len(digits) == len(told) and steady and (not digits or digits[0] <= 1)


def repeats(line: BodyRow, register: Register) -> bool:
    """Whether the row repeats the head."""
    named = [n for n, c in line.own.items() if isinstance(c, str) and label_key(c) in register.columns[n].line.keys]
    return len(named) >= 2 and 2 * len(named) > len(line.own)
