"""How a state, a finding and a number look, whichever sheet they stand on."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from workbook_tool.model.form.items import Item
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Submission, as_decimal
from workbook_tool.model.judging.correction import Correction
from workbook_tool.model.judging.finding import DISAGREES, Finding
from workbook_tool.model.workbook.decimals import figure_role

STATE_ROLES = {
    "已汇总": "ok",
    "待核": "warn",
    "退回": "bad",
    "未报": "bad",
    "无法确定": "warn",
    "不计入": "bad",
    "旧版": "info",
    "重复": "info",
    "到达中": "warn",
    "无法读取": "bad",
    "迟报": "warn",
    "已逾期": "bad",
    "待确认": "warn",
    "已确认": "ok",
    "另报": "bad",
    "失效": "bad",
}
"""The roles of the words for states; others are plain."""
CORRECTED, LOCATED, BLANK = "corrected", "located", "空白"
"""The role of a number that a reviewer corrected, and of one that is surely wrong; the word for one that is not there."""
MARKS = {Severity.MUST: "bad", Severity.EXPLAIN: "warn", Severity.NOTE: "info"}
"""The role of a severity, and of a number that a finding of it points to."""


def state_role(state: str) -> str:
    """The role of a word for a state."""
    return STATE_ROLES.get(state, "cell_center")


class Marked(Struct, frozen=True):
    """What marks a number: the finding, and whether it is ``located``, surely the one that is wrong; else it is one that a
    finding points to, such as a total that does not add up."""

    finding: Finding
    located: bool = False

    @property
    def role(self) -> str:
        """How the number looks: what has to be changed stands out from what only does not agree."""
        return LOCATED if self.located else MARKS[self.finding.severity]

    @property
    def note(self) -> str:
        """What its comment says. A blank is seen to be one, and what does not agree because of a number that is located is
        told there, which says of itself what it should be and why: opening a workbook takes longer for every comment, and
        for every character of one."""
        if not self.located and (self.finding.blank or self.finding.located):
            return ""
        said = self.finding.message.partition(DISAGREES)[0] if self.located else self.finding.message
        return f"{self.finding.severity.label} {self.finding.rule}：{said}"


def marks(findings: Iterable[Finding]) -> dict[int, Marked]:
    """What marks each number, by item: that it is located, else the weightiest finding that points to it. What a correction
    settles marks nothing any more."""
    found: dict[int, Marked] = {}
    there = [f for f in sorted(findings, key=lambda f: -f.severity.rank) if not f.corrected]
    found |= {f.item: Marked(f) for f in there if f.item is not None}
    for finding in there:
        if finding.likely:  # the first of its story, which tells of all
            found |= {item: Marked(finding, located=True) for item in finding.located}
    return found


def number_role(item: Item) -> str:
    """The role of a number that nothing is said of."""
    ending = "_total" if item.total else ""
    return figure_role(item.decimals, f"number{ending}", f"amount{ending}")


def plain_role(submission: Submission, item: Item) -> str:
    """Blank numbers look blank on purpose: what a blanket finding covers is marked without repeating its words."""
    return "bad" if submission.readings[item.index].number is None else number_role(item)


def mark_of(submission: Submission, item: Item, marked: Marked | None) -> tuple[str, str]:
    """How a number looks, and what its comment says: of the finding that marks it, or of its correction."""
    if corrected := submission.corrected.get(item.index):
        return CORRECTED, correction_words(corrected, submission.filed(item), item)
    if marked is None:
        return plain_role(submission, item), ""
    return marked.role, marked.note


def in_decimals(role: str, item: Item) -> str:
    """The role of a mark on a number that is shown with its decimals."""
    marked = role in (LOCATED, CORRECTED, *MARKS.values())
    return figure_role(item.decimals, role, f"{role}_amount") if marked else role


def correction_words(one: Correction, then: str, item: Item) -> str:
    """The comment of a number that a reviewer corrected: what was filed, what counts, on whose word, since when."""
    return f"代改：原填 {then}，改为 {amount(one, item)}\n依据：{one.why}\n自 {one.since}，{one.life.label}"


def amount(one: Correction, item: Item) -> str:
    """The number that counts by a correction, as reviewers type it."""
    return BLANK if one.number is None else f"{as_decimal(one.number, item):f}"
