"""In what the numbers of an empty workbook are counted: what stands over its table, behind its labels, and for which lines
each unit is meant where several stand there (``单位：件、万元``)."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.form.line import PERCENT
from workbook_tool.model.regex import regex
from workbook_tool.model.text import label_key, label_unit
from workbook_tool.steps.form.drafted import Drafted, DraftLine

UNIT = regex(
    r"(?:(?<![^\W\d_])|(?<=计量)|(?<=金额)|(?<=货币)|(?<=数量))单位\s*[:：]\s*"
    r"([^\s（()）、，]{1,4}(?:[、，,][^\s（()）、，,]{1,4})*)(?:（.*）|[)）])?\s*$"
)
"""``单位：件、万元``, but not ``填报单位：水利局``."""
PARTED = regex("[、，,]")
MONEY = regex(".*(?:[金余总]额|资金|经费|收入|支出|投资|产值|产出|利润|成本|费用?|税金?|罚没|款)")
"""What is called so is counted in money."""
SHARE = regex(".*(?:率|比重|占比|比例)")
BEHIND = regex(
    r".+[（(](人次?|[户个件家辆台座处项宗起次份亩吨]|公里|公顷|(?:[万亿]?元|[a-zA-Z]+[³²]?|立方米|吨|公?里)/[^\W\d]+)[)）]"
)
"""A label with what it is counted in behind it, other than money or a share."""


def units_over(texts: Sequence[str]) -> list[str]:
    """The units that are told over a table, in their order."""
    found = next((stated[1] for text in texts if (stated := UNIT.search(text))), "")
    return [unit for unit in PARTED.split(found) if unit]


def unit_behind(label: str) -> str:
    """The unit behind a label; empty where there is none."""
    behind = BEHIND.fullmatch(label)
    if label.endswith(("%", "％")):
        return "%"
    return label_unit(label) or (behind[1] if behind else "")


def share_units(table: Drafted) -> None:
    """Say for which lines each unit is meant: money for what is called so, shares for rates, 人 for what is called 人数, the first that is left for the
    rest."""
    money = next((unit for unit in table.units if unit.endswith("元")), "")
    counts = [unit for unit in table.units if unit != money and unit not in PERCENT]
    axis = next((lines for lines in (table.columns, table.rows) if any(map(is_money, lines))), table.columns)
    for line in axis if money and counts else ():
        line.unit = line.unit or (money if is_money(line) else "")
    for line in axis if len(counts) > 1 else ():  # 人数 is counted in 人
        line.unit = line.unit or next((unit for unit in counts if unit in line.path[-1]), "")
    rest = [unit for unit in counts if all(line.unit != unit for line in axis)] or counts
    table.unit = rest[0] if rest else money or "".join(table.units[:1])
    share = next((unit for unit in table.units if unit in PERCENT), "%")
    for line in (*table.rows, *table.columns):
        line.unit = line.unit or (share if SHARE.fullmatch(label_key(line.path[-1])) else "")


def is_money(line: DraftLine) -> bool:
    """Whether a line, or what it stands under, is called money."""
    return any(MONEY.fullmatch(label_key(text)) for text in line.path)
