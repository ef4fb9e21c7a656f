"""What is to be said of blank cells, and of nil answers on the cover."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from workbook_tool.model.cells import areas
from workbook_tool.model.form.form import CoverField, Form, Item
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import ReadingState, Submission, as_decimal
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.office.settings import Policy


def blank_findings(submission: Submission, form: Form, policy: Policy) -> list[Finding]:
    """Blanks, each block of them once: parts missing under a filled total first, then everything else."""
    findings = []
    for table in form.tables:
        items = form.by_table[table.id]
        blank = {i.index for i in items if submission.readings[i.index].state is ReadingState.BLANK}
        if len(blank) < len(items):
            only = only_total(submission, form, blank)
            findings += only_total_findings(submission, form, policy, table.id, only)
            blank -= set(only)
            groups = neighbours(blank, form)
        else:
            groups = [sorted(blank)] if blank else []
        findings += [blank_finding(submission, form, policy, group, whole=len(group) == len(items)) for group in groups]
        findings += zero_findings(submission, form, table.id)
    return findings


def zero_findings(submission: Submission, form: Form, table_id: str) -> list[Finding]:
    """Blanks that count as 0 because the office says so: a note for each block of them."""
    if table_id in submission.identity.nil:
        return []
    zeros = {i.index for i in form.by_table[table_id] if submission.readings[i.index].signed_nil}
    rule, findings = form.rule_of_kind("blank"), []
    for group in neighbours(zeros, form):
        items = [form.items[index] for index in group]
        cells, sheet = in_file(submission, group)
        message = f"{lines_label(items)}（工作表「{sheet}」{cells}）{as_filed(submission, group)}，按配置计为 0。"
        row, column = span_labels(items)
        table = items[0].table.name
        findings.append(Finding(rule.id, Severity.NOTE, message, "", table, row, column, sheet, cells, items[0].index))
    return findings


def as_filed(submission: Submission, group: list[int]) -> str:
    """``空白``, or the marks that stand there instead."""
    marks = {submission.readings[index].shown for index in group} - {""}
    return f"填“{'”“'.join(sorted(marks))}”" if marks else "空白"


def only_total(submission: Submission, form: Form, blank: set[int]) -> dict[int, int]:
    """Blank parts of a total that is filled although all its parts are blank: part to total."""
    if not any(rule.kind == "only_total" for rule in form.rules):
        return {}
    found: dict[int, int] = {}
    for constraint in form.sums():
        if submission.readings[constraint.at].number is not None and set(constraint.parts) <= blank:
            for part in constraint.parts:
                found.setdefault(part, constraint.at)
    return found


def only_total_findings(
    submission: Submission, form: Form, policy: Policy, table_id: str, only: dict[int, int]
) -> list[Finding]:
    """One finding for each block of parts that are blank under filled totals."""
    findings = []
    rule = next((r for r in form.rules if r.kind == "only_total" and r.table in ("", table_id)), None)
    if not only or rule is None:
        only.clear()
        return []
    for group in neighbours(set(only), form):
        totals = sorted({only[part] for part in group})
        item = form.items[totals[0]]
        cells, sheet = in_file(submission, totals)
        parts, _ = in_file(submission, group)
        filed = submission.number(item) if len(totals) == 1 else None
        message = f"{lines_label([form.items[t] for t in totals])}（工作表「{sheet}」{cells}）填了数，{parts} 却全部空白。{rule.words}"
        advice = rule.advice.format(cell=cells, parts=parts)
        row, column = span_labels([form.items[t] for t in totals])
        findings.append(
            Finding(
                rule.id,
                policy.weigh(rule),
                message,
                advice,
                item.table.name,
                row,
                column,
                sheet,
                cells,
                item.index,
                filed,
            )
        )
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


def blank_finding(submission: Submission, form: Form, policy: Policy, group: list[int], whole: bool) -> Finding:
    """One block of blanks, with what its totals should be where the parts say so."""
    rule = form.rule_of_kind("blank")
    items = [form.items[index] for index in group]
    cells, sheet = in_file(submission, group)
    what = as_filed(submission, group)
    due = should_be(submission, form, group)
    row, column = ("", "") if whole else span_labels(items)
    label = f"{items[0].table.name}全部 {len(items)} 格" if whole else lines_label(items)
    if len(items) > 1 and not whole:
        label += f"共 {len(items)} 格"
    words = "、".join(
        f"{form.items[i].label if len(group) > 1 else '此格'}应为 {as_decimal(n, form.items[i]):f}"
        for i, n in due.items()
    )
    hint = f"按已填各格推算，{words}。" if words else ""
    only = next(iter(due.items())) if len(group) == 1 and due else None
    return Finding(
        rule.id,
        policy.weigh(rule),
        f"{label}（工作表「{sheet}」{cells}）{what}。{hint}{rule.words}",
        rule.advice.format(cell=cells, parts=cells) + (nil_hint(form, items[0].table.id) if whole else ""),
        items[0].table.name,
        row,
        column,
        sheet,
        cells,
        items[0].index,
        expected=as_decimal(only[1], items[0]) if only else None,
    )


def nil_hint(form: Form, table_id: str) -> str:
    """How the cover can say that there is nothing to report in a whole table."""
    labels = [field.label for field in form.cover if field.kind == "nil" and field.table == table_id]
    return f"整张表都没有的，可在封面“{labels[0]}”选“是”。" if labels else ""


def should_be(submission: Submission, form: Form, group: list[int]) -> dict[int, int]:
    """Blank totals whose parts are all there: what they should be."""
    numbers = submission.numbers()
    return {
        constraint.at: int(constraint.closing(numbers))
        for constraint in form.sums()
        if constraint.at in group and all(part in numbers for part in constraint.parts)
    }


def in_file(submission: Submission, indexes: Iterable[int]) -> tuple[str, str]:
    """The cells of these items in the agency's own file, and the sheet."""
    readings = [submission.readings[index] for index in indexes]
    return areas(r.place for r in readings if r.place is not None), readings[0].sheet


def span_labels(items: Sequence[Item]) -> tuple[str, str]:
    """The rows and columns of several items, each as ``first 至 last``."""
    rows = list(dict.fromkeys(item.row.label for item in items))
    columns = list(dict.fromkeys(i.column.label for i in sorted(items, key=lambda i: i.block.columns.index(i.column))))
    return tuple(names[0] if len(names) == 1 else f"{names[0]} 至 {names[-1]}" for names in (rows, columns))  # type: ignore[return-value]


def lines_label(items: Sequence[Item]) -> str:
    if len(items) == 1:
        return items[0].label
    row, column = span_labels(items)
    return f"{items[0].table.name}「{row}」×「{column}」"


def nil_findings(submission: Submission, form: Form, policy: Policy) -> list[Finding]:
    """A nil answer on the cover beside numbers above 0 in the rows it speaks of."""
    findings = []
    for field in form.cover:
        if field.kind != "nil" or field.table not in submission.identity.nil:
            continue
        contrary = [
            i.index
            for i in form.by_table[field.table]
            if i.row.id in field.zero and submission.readings[i.index].number
        ]
        if contrary:
            findings.append(nil_finding(submission, form, policy, field, contrary))
    return findings


def nil_finding(submission: Submission, form: Form, policy: Policy, field: CoverField, contrary: list[int]) -> Finding:
    rule, items = form.rule_of_kind("nil"), [form.items[i] for i in contrary]
    cells, sheet = in_file(submission, contrary)
    row, column = span_labels(items)
    message = (
        f"封面“{field.label}”选了“是”，{lines_label(items)}（工作表「{sheet}」{cells}）却填了大于 0 的数。{rule.words}"
    )
    advice = rule.advice.format(cell=cells, parts=cells)
    return Finding(
        rule.id, policy.weigh(rule), message, advice, items[0].table.name, row, column, sheet, cells, items[0].index
    )
