"""Identify: whose file this is, and for which period: hidden identity first, then the cover, then what is around it."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.model.cells import address
from workbook_tool.model.form.form import CoverField, Form
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.source import Mail
from workbook_tool.model.intake.stated_period import ARCHIVE, SUBJECT, Stated
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Agency, Identity, Sheet
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.text import nearest, squash
from workbook_tool.steps.intake.identify.clues import (
    HIDDEN,
    PATH,
    Clue,
    agency_clues,
    agency_findings,
    decide,
    mentions,
    name_findings,
    roster_findings,
    sender_clue,
    sender_findings,
    thread_clue,
)
from workbook_tool.steps.intake.identify.cover import (
    Cover,
    as_date,
    as_round,
    hidden_identity,
    is_signed,
    is_yes,
    read_cover,
)
from workbook_tool.steps.intake.identify.from_region import its_own, made_here, told_of_region
from workbook_tool.steps.intake.identify.part_of_year import part_findings
from workbook_tool.steps.intake.identify.period import (
    PLAN,
    as_period,
    as_text,
    filed_period,
    issued_period,
    misnamed,
    named_period,
)
from workbook_tool.steps.intake.identify.spellings import spellings_of
from workbook_tool.steps.intake.identify.titles import title_periods


def identify(
    sheets: Sequence[Sheet],
    path: str,
    rulebook: Rulebook,
    roster: Roster,
    period: Period | None,
    mail: Mail | None = None,
    region: Agency | None = None,
) -> Identity:
    """Who filed and for which period. ``foreign`` of the result says why a file does not belong to this office; with
    ``period`` None every year is accepted, too. ``region`` is the office's own region.

    The first clue that leads to an agency decides; others that say otherwise are findings.
    """
    form, hidden = rulebook.form, hidden_identity(sheets)
    cover = read_cover(sheets, form)
    if hidden.get("form", form.id) != form.id:
        return Identity(form=hidden["form"], foreign=f"是另一种表（{hidden['form']}），不是《{form.title}》")
    if reason := made_here(hidden, cover, form, region, roster):
        return Identity(form=form.id, period=issued_period(hidden, form.period), foreign=reason)
    clues = its_own(agency_clues(hidden, cover, sheets, form, path, mail, roster), hidden)
    issued = issued_period(hidden, form.period)
    named = named_periods(sheets, path, mail, form, issued or period)
    said, period_source, findings = filed_period(
        issued,
        cover_period(cover, form, issued or period),
        title_periods(sheets, form, issued or period),
        named,
        rulebook,
        period,
    )
    findings += part_findings(sheets, form, said or period, rulebook)
    deciding = decide(clues)
    agency = deciding.agency if deciding else None
    if deciding and agency:
        findings += agency_findings(clues, deciding, rulebook)
        findings += name_findings(clues, deciding, rulebook)
        findings += roster_findings(hidden, clues, agency, roster, rulebook)
        findings += sender_findings(mail, agency, roster, rulebook)
    return Identity(
        form=form.id,
        agency=agency,
        name=agency.name if agency else next((c.text for c in clues if c.decides), ""),
        period=said,
        round=round_of(hidden, issued, clues, agency, said),
        source=deciding.source if deciding else period_source,
        filed_on=next((as_date(value) for field, (value, *_) in cover.items() if field.kind == "date"), None),
        nil=tuple(f.table for f, (value, *_) in cover.items() if f.kind == "nil" and is_yes(value)),
        findings=tuple(findings),
        foreign=told_of_region(why_foreign(agency, clues, roster, said, period, form), hidden),
        also=tuple(
            dict.fromkeys(c.agency for c in clues if c.agency and c.agency != agency and c.disputes and c.decides)
        ),
        signed=tuple(f.id for f in form.cover if f.kind == "sign" and f in cover and is_signed(cover[f][0])),
        issued=issued is not None,
        misnamed=misnamed(named, said, period_source, period),
        scope=next((stated_scope(field, as_text(v)) for field, (v, *_) in cover.items() if field.kind == "scope"), ""),
    )


def round_of(
    hidden: dict[str, str], issued: Period | None, clues: list[Clue], agency: Agency | None, said: Period | None
) -> int:
    """The round of the hidden identity. It counts the workbooks issued to one agency for one period: in a borrowed one,
    or in an earlier one's used again, it says nothing."""
    borrowed = any(c.source == HIDDEN and c.agency and c.agency != agency for c in clues)
    return 1 if borrowed or issued != said else as_round(hidden.get("round", ""))


def stated_scope(field: CoverField, text: str) -> str:
    """The one choice that the answer holds, as in ``全域汇总（含乡镇）``; else the answer as it stands."""
    held = [choice for choice in field.choices if squash(choice) in squash(text)]
    return held[0] if len(held) == 1 else text


def named_in(path: str, roster: Roster, mail: Mail | None = None) -> Agency | None:
    """The agency that a file's name says, or else the nearest folder that says one, or else the mail that brought it: by
    the letter that it answers, its subject or its sender."""
    names = spellings_of(roster)
    named = [clue for part in reversed(PATH.split(path)) for clue in mentions("", [part], names)]
    named += thread_clue(mail, roster) + mentions("", [mail.subject] if mail else [], names) + sender_clue(mail, roster)
    return next((clue.agency for clue in named if clue.decides and clue.agency), None)


def cover_period(cover: Cover, form: Form, near: Period | None) -> Stated | None:
    """The period that the cover says."""
    for field, (value, sheet, place) in cover.items():
        if field.tells_period and (period := as_period(value, form.period, near)):
            return Stated(period, "封面", sheet, address(*place))
    return None


def named_periods(
    sheets: Sequence[Sheet], path: str, mail: Mail | None, form: Form, near: Period | None
) -> list[Stated]:
    """The periods in names: of the sheets, of the file, of the archive and the mail that brought it."""
    names = [
        (sheet.name, "工作表名") for sheet in sheets if sheet.name != IDENTITY_SHEET and not PLAN.search(sheet.name)
    ]
    *around, own = PATH.split(path)
    names += [(own, "文件名"), *((name, ARCHIVE) for name in around if name.lower().endswith(".zip"))]
    names += [(mail.subject, SUBJECT)] if mail else []
    return [said for text, source in names if (said := named_period(text, source, form.period, near))]


def why_foreign(
    agency: Agency | None, clues: list[Clue], roster: Roster, said: Period | None, period: Period | None, form: Form
) -> str:
    """Why a file is none of this period or roster, and what to do about it; empty where it is one.

    A file of another year is: last year's lie around for good. Early and late weeks, months, quarters and halves are not.
    """
    if said is not None and period is not None and said != period and said.kind is PeriodKind.YEAR:
        return f"报告{said.kind.label}为 {said.spaced}，本次汇总 {period.spaced}"
    if agency:
        return not_due(agency, said or period, form) if period else ""
    if not clues:
        return "文件没有写明填报单位（封面、文件名都没有），请补填后再报"
    clue = next((clue for clue in clues if clue.decides), None)
    if clue is None:
        return f"{clues[0].source}只写了报给谁（{clues[0].text}），没有写是谁报的；请在封面写明填报单位后再报"
    text, rivals = clue.text, clue.named
    if len(rivals) > 1:
        several = "、".join(f"“{rival.name}”" for rival in rivals)
        return f"{clue.source}写的“{text}”可以指{several}，无法确定是哪一个；请在封面写明单位全称和代码"
    hint = nearest(text, [a.name for a in roster.agencies])
    return f"名录中没有“{text}”" + (f"，最接近的是“{hint}”" if hint else "") + "；请核对单位名称，或在名录中补登"


def not_due(agency: Agency, period: Period, form: Form) -> str:
    """Why an agency files nothing for this period; empty where it does."""
    if agency.due(period, form.id):
        return ""
    if agency.due(period):
        return f"名录写明“{agency.name}”不报《{form.title}》（“表式”一列没有 {form.id}）"
    return f"名录写明“{agency.name}”{period.year} 年不应报"
