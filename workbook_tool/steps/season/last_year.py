"""Last year's values laid beside this year's roster and beside themselves: whose they are, and whether they add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.relay import JOINT
from workbook_tool.model.intake.submission import Agency, as_decimal
from workbook_tool.model.season.last_year import LastYear, Values
from workbook_tool.model.text import squash

NAMED_AT_MOST = 3


def lay_beside(last: LastYear, form: Form, agencies: Sequence[Agency]) -> LastYear:
    """Last year under the codes of this year's roster, with what people should look at in it.

    A code that nobody has (a spreadsheet program makes 1 of 001) gives way to the name, where that is one agency's alone
    in both; a source of which nobody is known any more is said so, since every rule would be silently undecided.
    """
    if not last.known:
        return last
    matched = by_name(last, agencies)
    values = {matched.get(code, code): numbers for code, numbers in last.values.items()}
    doubts = [*matching_words(last, matched, values, agencies), *sum_words(last, form)]
    said = {matched.get(code, code): passages for code, passages in last.said.items()}
    return replace(last, values=values, said=said, doubts=tuple(doubts))


def by_name(last: LastYear, agencies: Sequence[Agency]) -> dict[str, str]:
    """This year's code for every code of last year's that nobody has, by the name."""
    own = {code: agency for agency in agencies for code in (agency.code, *agency.former)}
    lacking = [a for a in agencies if not any(code in last.values for code in (a.code, *a.former))]
    spoken = Counter(squash(word) for a in agencies for word in {a.name, *a.aliases})
    called = {squash(word): a for a in lacking for word in (a.name, *a.aliases) if spoken[squash(word)] == 1}
    strangers = {code: squash(last.names.get(code, "")) for code in last.values if code not in own}
    times = Counter(strangers.values())
    found = {code: called[name].code for code, name in strangers.items() if name in called and times[name] == 1}
    claimed = Counter(found.values())
    return {code: this for code, this in found.items() if claimed[this] == 1}


def matching_words(
    last: LastYear, matched: dict[str, str], values: Mapping[str, Values], agencies: Sequence[Agency]
) -> Iterator[str]:
    """What is to be said of codes that are not this year's."""
    if matched:
        named = "、".join(f"{old}→{new}" for old, new in list(matched.items())[:NAMED_AT_MOST])
        yield f"其中 {len(matched)} 家的代码与名录不符（{named}），已按名称对上；代码像是被表格软件去掉了开头的 0。"
    known = {code for agency in agencies for code in (agency.code, *agency.former)}
    if agencies and not known & {
        code.partition(JOINT)[0] for code in values
    }:  # the agencies of a region stand below it
        named = "、".join(f"{code} {last.names.get(code, '')}".strip() for code in list(values)[:NAMED_AT_MOST])
        yield (
            f"但上年 {len(values)} 家中没有一家与名录对得上（如 {named}），跨年度的规则都未核对；"
            "请核对上年数据的单位代码（是否丢了开头的 0），或在名录的“原代码”一列写上上年的代码。"
        )


def sum_words(last: LastYear, form: Form) -> Iterator[str]:
    """What is to be said where last year's totals are not the sums of their parts."""
    wrong = list(broken_sums(last, form))
    if wrong:
        code, item, filed, due = wrong[0]
        who = last.names.get(code) or code
        yield (
            f"上年的数自身有 {len(wrong)} 处总计不等于各项之和（如“{who}”{item.label}为 {as_decimal(filed, item):f}，"
            f"各项之和 {as_decimal(due, item):f}）：“上年对比”取总计，透视表由各项相加，两处会不同；请核对上年的报表。"
        )


def broken_sums(last: LastYear, form: Form) -> Iterator[tuple[str, Item, int, int]]:
    """The totals that are not the sum of their parts: the agency's code, the item, its number and the sum."""
    sums = [constraint for constraint in form.constraints if constraint.is_sum and constraint.operator == "=="]
    for code, numbers in last.values.items():
        for constraint in sums:
            if all(index in numbers for index, _ in constraint.terms):
                due = constraint.closing(dict(numbers))
                if due != numbers[constraint.at]:
                    yield code, form.items[constraint.at], numbers[constraint.at], int(due)
