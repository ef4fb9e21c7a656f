"""Reports: which of an office's reports a file belongs to: its form's, for the period that is reported now or for another
that is still open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.submission import Submission

Read = Submission | FileRecord
Signed = Mapping[str, Mapping[Period, Collection[str] | None]]
"""By the id of a form, the periods whose result was signed, with the digests of the files that had come by then; None where
that is not known."""


def put_aside(
    read: Sequence[Read], reported: Mapping[str, Period], forms: Mapping[str, Form], signed: Signed
) -> list[Read]:
    """The same files, those that nothing is to be done about as records that say why: a form that is not ``reported``
    now, or another period than the reported one, whose result was signed."""
    return [aside_or_not(one, reported, forms, signed) for one in read]


def aside_or_not(
    one: Read, reported: Mapping[str, Period], forms: Mapping[str, Form], signed: Signed
) -> Submission | FileRecord:
    """The file itself, or the record of why nothing is to be done about it."""
    if not isinstance(one, Submission) or not (reason := why_aside(one, reported, forms, signed)):
        return one
    of = one.identity
    known = signed.get(of.form, {}).get(of.period) if of.period and of.form in reported else None
    late = known is not None and one.source.sha256 not in known
    told = reason.replace(SIGNED, LATE) if late else reason
    return FileRecord(one.source, State.FOREIGN, told, of.agency, of.period, of.form, late, of.misnamed)


SIGNED = "那一期已经定稿，没有重新审核"
LATE = "那一期已经定稿，这一份是定稿以后才收到的，没有审核"


def why_aside(one: Submission, reported: Mapping[str, Period], forms: Mapping[str, Form], signed: Signed) -> str:
    """Why nothing is to be done about a filing in this run; empty where it is to be judged."""
    form, said = one.identity.form, one.identity.period
    if form not in reported:
        return f"是《{forms[form].title}》的，这次没有汇总这张表（--form 只选了别的）"
    if said in (None, reported[form]) or said not in signed.get(form, ()):
        return ""
    return f"报告{said.kind.label}为 {said.spaced}，{SIGNED}；要改的，加 --period {said} 运行，再定稿"


def of_report(read: Sequence[Read], form: str, reported: Mapping[str, Period]) -> list[Read]:
    """What belongs to the report of a form for the period that is reported now: its filings, those that do not say their
    period too, and all that is no other report's."""
    return [one for one in read if belongs(one, form, reported)]


def belongs(one: Read, form: str, reported: Mapping[str, Period]) -> bool:
    """Whether a file stands with the report of this form."""
    if isinstance(one, Submission):
        return one.identity.form == form and one.identity.period in (None, reported[form])
    return one.form == form or one.form not in reported


def of_period(read: Sequence[Read], form: str, period: Period) -> list[Read]:
    """The filings of a form for a period that is not the reported one."""
    return [
        one
        for one in read
        if isinstance(one, Submission) and (one.identity.form, one.identity.period) == (form, period)
    ]


def elsewhere(read: Sequence[Read], form: str, period: Period) -> list[Read]:
    """The files of a form that are about other periods than this one, signed ones too."""
    return [one for one in read if (told := about(one)) and told[0] == form and told[1] not in (None, period)]


def about(one: Read) -> tuple[str, Period | None]:
    """The form and the period of a file."""
    return (one.identity.form, one.identity.period) if isinstance(one, Submission) else (one.form, one.period)


def other_periods(read: Sequence[Read], reported: Mapping[str, Period]) -> list[tuple[str, Period]]:
    """The forms and periods of filings that came early or late, in the order of the forms and then of time."""
    found = {(one.identity.form, one.identity.period) for one in read if isinstance(one, Submission)}
    order = list(reported)
    return sorted(
        ((form, period) for form, period in found if period not in (None, reported[form])),
        key=lambda pair: (order.index(pair[0]), pair[1]),
    )
