"""What is to be said of blank cells, and of nil answers on the cover."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.submission import ReadingState, Submission, as_decimal
from workbook_tool.model.judging.finding import Blank, Finding, span_labels
from workbook_tool.model.judging.rulebook import Rulebook

COUNTS_AS_0 = "，按配置计为 0。"
"""What is said of blanks that the office takes for 0."""


def blank_findings(submission: Submission, rulebook: Rulebook) -> list[Finding]:
    """Blanks, each block of them once: parts missing under a filled total first, then everything else."""
    form, findings = rulebook.form, []
    for table in form.tables:
        items = form.by_table[table.id]
        blank = {i.index for i in items if submission.readings[i.index].state is ReadingState.BLANK and not i.spare}
        if len(blank) < len(items):
            only = only_total(submission, form, blank)
            findings += only_total_findings(submission, rulebook, table.id, only)
            blank -= set(only)
            groups = neighbours(blank, form)
        else:
            groups = [sorted(blank)] if blank else []
        findings += [blank_finding(submission, rulebook, group, whole=len(group) == len(items)) for group in groups]
        findings += zero_findings(submission, rulebook, table.id)
    return findings


def zero_findings(submission: Submission, rulebook: Rulebook, table_id: str) -> list[Finding]:
    """Blanks that count as 0 because the office says so: a note for each block of them."""
    if table_id in submission.identity.nil:
        return []
    form, findings = rulebook.form, []
    signed = [(item, submission.readings[item.index]) for item in form.by_table[table_id]]
    zeros = {item.index for item, one in signed if one.signed_nil and (one.shown or not item.optional)}
    for group in neighbours(zeros, form):
        items = [form.items[index] for index in group]
        where = submission.where(items)
        said = f"{lines_label(items)}{where.in_file}{as_filed(submission, group)}{COUNTS_AS_0}"
        found = rulebook.note(rulebook.of_kind("blank"), said, "", where)
        findings.append(replace(found, blank=Blank(tuple(group), marks_of(submission, group), (), COUNTS_AS_0, "")))
    return findings


def as_filed(submission: Submission, group: list[int]) -> str:
    """``空白``, or the marks that stand there instead."""
    marks = marks_of(submission, group)
    return f"填“{'”“'.join(marks)}”" if marks else "空白"


def marks_of(submission: Submission, group: list[int]) -> tuple[str, ...]:
    """The marks that stand there instead of numbers."""
    return tuple(sorted({submission.readings[index].shown for index in group} - {""}))


def only_total(submission: Submission, form: Form, blank: set[int]) -> dict[int, int]:
    """Blank parts of a total that is filled although all its parts are blank: part to total."""
    if not blank or not any(rule.kind == "only_total" for rule in form.rules):
        return {}
    found: dict[int, int] = {}
    for constraint in form.sums:
        if submission.readings[constraint.at].number is not None and set(constraint.parts) <= blank:
            for part in constraint.parts:
                found.setdefault(part, constraint.at)
    return found


def only_total_findings(
    submission: Submission, rulebook: Rulebook, table_id: str, only: dict[int, int]
) -> list[Finding]:
    """One finding for each block of parts that are blank under filled totals."""
    form, findings = rulebook.form, []
    rule = next((r for r in form.rules if r.kind == "only_total" and r.table in ("", table_id)), None)
    if not only or rule is None:
        only.clear()
        return []
    for group in neighbours(set(only), form):
        totals = [form.items[index] for index in sorted({only[part] for part in group})]
        where, parts = submission.where(totals), submission.where([form.items[part] for part in group]).cells
        said = f"{lines_label(totals)}{where.in_file}填了数，{parts} 却全部空白。"
        filed = submission.number(totals[0]) if len(totals) == 1 else None
        findings.append(rulebook.finding(rule, said, where, parts=parts, filed=filed))
    return findings


def neighbours(indexes: set[int], form: Form) -> list[list[int]]:
    """The items in groups that touch each other by row or column of their block, in the form's order."""
    left, groups = set(indexes), []
    at = {}
    for index in indexes:
        item = form.items[index]
        at[id(item.block), item.block.rows.index(item.row), item.block.columns.index(item.column)] = index
    where = {index: key for key, index in at.items()}
    for start in sorted(indexes):
        if start not in left:
            continue
        group, queue = [], [start]
        left.discard(start)
        while queue:
            index = queue.pop()
            group.append(index)
            block, row, column = where[index]
            for step in (
                (block, row + 1, column),
                (block, row - 1, column),
                (block, row, column + 1),
                (block, row, column - 1),
            ):
                near = at.get(step)
                if near is not None and near in left:
                    left.discard(near)
                    queue.append(near)
        groups.append(sorted(group))
    return groups


def blank_finding(submission: Submission, rulebook: Rulebook, group: list[int], whole: bool) -> Finding:
    """One block of blanks, with what its totals should be where the parts say so."""
    form, rule = rulebook.form, rulebook.of_kind("blank")
    items = [form.items[index] for index in group]
    where, due = submission.where(items), should_be(submission, form, group)
    label = f"{items[0].table.name}全部 {len(items)} 格" if whole else lines_label(items)
    if len(items) > 1 and not whole:
        label += f"共 {len(items)} 格"
    words = "、".join(
        f"{form.items[i].label if len(group) > 1 else '此格'}应为 {as_decimal(n, form.items[i]):f}"
        for i, n in due.items()
    )
    hint = f"按已填各格推算，{words}。" if words else ""
    only = as_decimal(due[group[0]], items[0]) if len(group) == 1 and due else None
    said = f"{label}{where.in_file}{as_filed(submission, group)}。{hint}"
    if whole:
        where = replace(where, row="", column="")
    found = rulebook.finding(rule, said, where, parts=where.cells, expected=only)
    dues = tuple((index, as_decimal(number, form.items[index])) for index, number in due.items())
    found = replace(found, blank=Blank(tuple(group), marks_of(submission, group), dues, f"。{rule.words}", rule.advice))
    return replace(found, suggestion=found.suggestion + nil_hint(form, items[0].table.id)) if whole else found


def nil_hint(form: Form, table_id: str) -> str:
    """How the cover can say that there is nothing to report in a whole table."""
    labels = [field.label for field in form.cover if field.kind == "nil" and field.table == table_id]
    return f"整张表都没有的，可在封面“{labels[0]}”选“是”。" if labels else ""


def should_be(submission: Submission, form: Form, group: list[int]) -> dict[int, int]:
    """Blank totals whose parts are all there: what they should be."""
    numbers = submission.numbers()
    return {
        constraint.at: int(constraint.closing(numbers))
        for constraint in form.sums
        if constraint.at in group and all(part in numbers for part in constraint.parts)
    }


def lines_label(items: Sequence[Item]) -> str:
    """What several numbers together are called: the table, and their rows and columns."""
    if len(items) == 1:
        return items[0].label
    row, column = span_labels(items)
    return f"{items[0].table.name}「{row}」×「{column}」"


def nil_findings(submission: Submission, rulebook: Rulebook) -> list[Finding]:
    """A nil answer on the cover beside numbers above 0 in the rows it speaks of."""
    form, findings = rulebook.form, []
    for field in form.cover:
        if field.kind != "nil" or field.table not in submission.identity.nil:
            continue
        contrary = [
            i for i in form.by_table[field.table] if i.row.id in field.zero and submission.readings[i.index].number
        ]
        if contrary:
            where = submission.where(contrary)
            said = f"封面“{field.label}”选了“是”，{lines_label(contrary)}{where.in_file}却填了大于 0 的数。"
            findings.append(rulebook.finding(rulebook.of_kind("nil"), said, where, parts=where.cells))
    return findings
