"""From what reviewers typed under 改为 to corrections: which number of the form, and which value.

What cannot be followed is refused in words; what was typed later, or into a newer run's workbook, holds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

from msgspec import Struct, field

from workbook_tool.model.cells import position
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.inbox import FileRecord
from workbook_tool.model.intake.submission import Agency, Submission
from workbook_tool.model.judging.correction import (
    NOTHING_CORRECTED,
    Corrected,
    Correction,
    Life,
    PastCorrection,
    TypedNumber,
    known_again,
    read_numbers,
)
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.regex import regex
from workbook_tool.model.text import squash, unspaced

ADDRESS = regex(r"(?:(.+)!)?\$?([A-Z]{1,3})\$?(\d{1,7})")
NUMBER = regex(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")
BLANKS = frozenset({"空白", "空", "(空白)", "(空)"})
LARGEST = 10**15
"""In smallest units, as for numbers that are read from files."""
BY_ADDRESS = "请在“报送情况”的“改为”里写明单元格，如“表三!D11=5”"
OF_LIST = "清单里一行的内容不能代改，请单位改正后重报"


def understand(
    typed: Sequence[TypedNumber],
    read: Iterable[Submission | FileRecord],
    form: Form,
    roster: Roster,
    as_of: date,
    past: Mapping[str, PastCorrection],
) -> Corrected:
    """What the reviewers corrected. ``typed`` stands in the order of its weight, the lightest first; ``past`` is what
    earlier days' runs knew (``known_again``)."""
    if not typed:
        return NOTHING_CORRECTED
    meaning = Meaning.of(form, roster, [one for one in read if isinstance(one, Submission)], as_of, past)
    found: dict[tuple[str, int], Correction] = {}
    refused: list[str] = []
    conflicts: dict[tuple[str, int], str] = {}
    for one in typed:
        made = meaning.correction(one)
        if isinstance(made, str):
            refused.append(f"{one.place}{made}")
            continue
        place = made.code, made.item
        before = found.get(place)
        if before and cleared_beside(before, made):
            continue
        conflicts.pop(place, None)  # a newer word ends an older dispute
        if before and disagree(before, made, form.items[made.item]):
            label = form.items[made.item].label
            conflicts[place] = f"{meaning.name(made)} {label}的代改不一致：采用 {said(made)}；没有采用 {said(before)}。"
        found[place] = made
    return Corrected(tuple(found.values()), tuple(dict.fromkeys([*conflicts.values(), *refused])))


def cleared_beside(before: Correction, made: Correction) -> bool:
    """Whether a number was cleared in one row of a workbook and typed anew in another."""
    one_workbook = (before.typed.run, before.typed.file) == (made.typed.run, made.typed.file)
    return one_workbook and made.life is Life.WITHDRAWN and before.life is not Life.WITHDRAWN


def disagree(before: Correction, made: Correction, item: Item) -> bool:
    """Whether two reviewers typed different numbers on the same filing, the later one without having seen the other's: what
    stood before them was something else."""
    same = (before.number, before.life is Life.WITHDRAWN) == (made.number, made.life is Life.WITHDRAWN)
    return before.filed == made.filed and not same and not saw(made, before, item) and not cleared_beside(made, before)


def saw(made: Correction, before: Correction, item: Item) -> bool:
    """Whether what was typed before stood there when this was typed."""
    if before.life is Life.WITHDRAWN or not made.typed.was:
        return before.life is Life.WITHDRAWN and not made.typed.was
    return number_of(made.typed.was, item) == before.number


def said(one: Correction) -> str:
    """``“5”（张三电话；2024-02-05-1，decisions/a.xlsx）``."""
    words = "；".join(filter(None, (one.why, f"{one.typed.run}，{one.typed.file}")))
    return f"“{one.typed.number or '撤回'}”（{words}）"


class Meaning(Struct, frozen=True):
    """What typed numbers are understood by: the form, whose code is whose, and the files that are there."""

    form: Form
    submissions: Sequence[Submission]
    as_of: date
    past: Mapping[str, PastCorrection]
    owners: Mapping[str, Agency] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        form: Form,
        roster: Roster,
        submissions: Sequence[Submission],
        as_of: date,
        past: Mapping[str, PastCorrection],
    ) -> Meaning:
        """With each code that an agency has gone by."""
        agencies = dict.fromkeys([*roster.agencies, *(one.agency for one in submissions)])
        known = {agency: roster.known_as(agency) for agency in agencies}
        return cls(form, submissions, as_of, past, {name: one for one, names in known.items() for name in names})

    def name(self, one: Correction) -> str:
        """Whose number it is."""
        owner = self.owners.get(one.code)
        return owner.name if owner else one.code

    def correction(self, typed: TypedNumber) -> Correction | str:
        """What was meant, or why it is not followed."""
        if typed.number and not unspaced(typed.why):
            return f"的“改为”“{typed.number}”没有写依据，没有采用；请在“依据”里写明谁、什么时候说的。"
        item = self.item(typed)
        if isinstance(item, str):
            return item
        try:
            filed = read_numbers(typed.filed)
        except ValueError:
            filed = ()
        if len(filed) != len(self.form.items):
            return "的“改为”没有采用：隐藏的列被删去了，或表式已经变动；请在新的工作簿里重填。"
        owner = self.owners.get(typed.code)
        code = (owner.code or owner.name) if owner else typed.code
        mark = known_again(typed.key, item.code, typed.number, typed.run)
        known = self.past.get(mark, PastCorrection(self.as_of, Life.PENDING))
        life = Life.CONFIRMED if known.life is Life.CONFIRMED else Life.PENDING
        number = number_of(typed.number, item) if typed.number else None
        if isinstance(number, str):
            return f"的“改为”“{typed.number}”{number}，没有采用。"
        if not typed.number or (typed.was and number == filed[item.index]):
            return Correction(typed, code, item.index, None, filed, known.since, Life.WITHDRAWN)
        if number == filed[item.index]:
            return f"的“改为”“{typed.number}”与单位所填的相同，没有采用。"
        return Correction(typed, code, item.index, number, filed, known.since, life)

    def item(self, typed: TypedNumber) -> Item | str:
        """The number of the form that is meant, or why none is."""
        if not typed.code:
            return "是全域的问题，没有自己的数可以代改，没有采用；请在“报送情况”里改有关单位的数。"
        if not typed.cell and typed.key.rpartition("|")[2].partition("/")[0] in {r.name for r in self.form.registers}:
            return f"的“改为”“{typed.number}”没有采用：{OF_LIST}。"
        if not typed.cell:
            return f"的“改为”“{typed.number}”没有写明是哪一格，没有采用；{BY_ADDRESS}。"
        if known := self.form.by_code.get(typed.cell) or self.form.by_code.get(typed.item):
            return known
        match = ADDRESS.fullmatch(unicodedata.normalize("NFKC", typed.cell).strip().upper())
        if match is None:
            return f"的“改为”“{typed.cell}”不是单元格，没有采用；{BY_ADDRESS}。"
        file = next((s for s in self.submissions if typed.sha256 and s.source.sha256.startswith(typed.sha256)), None)
        if file is None:
            return f"的“改为”“{typed.cell}”没有采用：填写时的那份文件已不在收件夹，认不出是哪一格；仍要代改的，请在新的工作簿里重填。"
        place, sheet = position(f"{match[2]}{match[3]}"), match[1] or ""
        found = [i for i in self.form.items if file.readings[i.index].place == place and is_meant(sheet, file, i)]
        if len(found) == 1:
            return found[0]
        told = "几张工作表都有这一格，请写明工作表" if found else "这一格不是表里填数的格"
        told += f"；{OF_LIST}" if self.form.registers and not found else ""
        return f"的“改为”“{typed.cell}”没有采用：{told}。"


def is_meant(sheet: str, file: Submission, item: Item) -> bool:
    """Whether a sheet's name as typed means the one in which a number stands: its own name, or that of its table."""
    name = squash(sheet.strip("'")).casefold()
    known = (file.readings[item.index].sheet, item.table.name, item.table.title)
    return not name or name in {squash(text).casefold() for text in known}


def number_of(text: str, item: Item) -> int | str | None:
    """The number in smallest units, None for a blank, or why it is none that may stand there."""
    bare = unspaced(text)
    if bare in BLANKS:
        return None
    below = bare.startswith("-") and NUMBER.fullmatch(bare[1:]) is not None
    if below and not item.negative:
        return "是负数"
    if not below and not NUMBER.fullmatch(bare):
        return "不是数（要改成没有填，请写“空白”）"
    exact = Decimal(bare.replace(",", "")).scaleb(item.decimals)
    if exact != exact.to_integral_value():
        return f"小数位过多（{f'最多 {item.decimals} 位小数' if item.decimals else '应为整数'}）"
    return "太大，不可能是统计数" if abs(exact) >= LARGEST else int(exact)
