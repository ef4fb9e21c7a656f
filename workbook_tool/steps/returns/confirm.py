"""Confirm: the words by which an agency is asked to file the numbers that a reviewer corrected (代改), or to object."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from workbook_tool.model.form.form import Form
from workbook_tool.model.intake.submission import as_decimal
from workbook_tool.model.judging.correction import Correction, alike
from workbook_tool.model.returns.letter import Letter
from workbook_tool.model.returns.reminder import day
from workbook_tool.model.season.agency import AgencyRecord
from workbook_tool.model.workbook.result import Consolidation

BLANK = "空白"


def confirm(result: Consolidation) -> tuple[Letter, ...]:
    """A letter for each agency with numbers that count as corrected and that it has not filed yet, in roster order."""
    by_agency = groupby(result.followed, key=lambda pair: pair[0].agency)
    pairs_of_each = (list(pairs) for _, pairs in by_agency)
    return tuple(letter(pairs[0][0], [one for _, one in pairs], result) for pairs in pairs_of_each)


def letter(record: AgencyRecord, corrections: Sequence[Correction], result: Consolidation) -> Letter:
    """What was corrected, on whose word, and what the agency is asked to do."""
    agency, form, contact = record.agency, result.form, result.run.settings.contact
    lines = [
        f"{agency.name}：",
        "",
        f"贵单位报来的 {result.period.said}《{form.title}》填报表中，下列各数经电话等方式核实，已按核实的数代改：",
        *(f"{number}. {point(group, form, record)}" for number, group in enumerate(alike(corrections, form), 1)),
        "",
        "请核对。属实的，请在填报表中把这些格改成代改的数，核对各表上方显示“✔”后发回；不属实的，请回复本邮件说明，"
        "或报来正确的数。收到以前，按代改的数审核、汇总；贵单位报来的文件没有改动。",
        "",
        *([f"联系人：{contact}"] if contact else []),
        result.region.name,
        day(result.as_of),
    ]
    subject = f"请确认代改的 {len(corrections)} 个数：{agency.name}{result.period.full}{form.title}"
    return Letter(agency, subject, "\n".join(lines) + "\n", result.run.settings.tag)


def point(group: Sequence[Correction], form: Form, record: AgencyRecord) -> str:
    """A corrected number, or several that are alike: where they stand in the agency's own file, old and new, and on whose
    word."""
    one, items = group[0], [form.items[other.item] for other in group]
    number = BLANK if one.number is None else f"{as_decimal(one.number, items[0]):f}"
    submission = record.file.submission if record.file else None
    where, then = (submission.where(items).in_file, submission.filed(items[0])) if submission else ("", BLANK)
    alone = len(group) == 1
    which = f"{items[0].label}{where}：原填 {then}，" if alone else f"{items[0].table.name}{where}共 {len(group)} 格："
    return f"{which}代改为 {number}。依据：{one.why}（{day(one.since)}起）。"
