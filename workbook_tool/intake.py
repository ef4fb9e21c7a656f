"""Intake: one file of the inbox becomes a submission, the record of why it is none, or an opened archive or mail. Runs in a caged worker.

Whatever goes wrong in here concerns this file alone, so nothing heavy is imported and nothing is shared.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cached_property, partial

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.files.intake.containers import content_of, open_container, refuse_content
from workbook_tool.files.intake.formats.excess import excess_words
from workbook_tool.files.intake.formats.locked import OLE
from workbook_tool.files.intake.lower_results import LowerResult, lower_result
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.model.errors import Document, Oversized, Unreadable
from workbook_tool.model.form.check_code import Weighing
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.form.row_formula import Given
from workbook_tool.model.intake.inbox import FileRecord, Opened, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import KIND, REGION_REPORT, Agency, Sheet, Submission
from workbook_tool.model.judging.rulebook import Documents, Policy, Rulebook
from workbook_tool.model.office.settings import Limits, Roster
from workbook_tool.model.text import label_key, squash
from workbook_tool.steps.intake.codes import check_code
from workbook_tool.steps.intake.explanations import explanations, noted, put_aside
from workbook_tool.steps.intake.identify import identify, named_in
from workbook_tool.steps.intake.identify.cover import hidden_identity
from workbook_tool.steps.intake.invisible import as_seen
from workbook_tool.steps.intake.parse import parse
from workbook_tool.steps.intake.parse.beside import other_forms
from workbook_tool.steps.intake.parse.registers import head_rows
from workbook_tool.steps.intake.tamper import tamper
from workbook_tool.steps.judging.rows import judge_rows
from workbook_tool.steps.judging.tally import count

ENOUGH_LABELS = 2
"""So many labels that only an older layout has make a file one of that layout."""
LONGEST_LABEL = 40


class Terms(Struct, frozen=True, dict=True):
    """What a file is judged by. ``period`` None accepts every period. ``region`` is the office's own region, whose reports
    are nobody's filing here. ``others`` are the forms that the office collects beside ``form``, with their periods and how their rules weigh."""

    form: Form
    roster: Roster
    period: Period | None = None
    policy: Policy = field(default_factory=Policy)
    limits: Limits = field(default_factory=Limits)
    passwords: tuple[str, ...] = ()
    region: Agency | None = None
    others: tuple[tuple[Form, Period | None, Policy], ...] = ()

    @cached_property
    def weighing(self) -> Weighing:
        """How often each number counts in the check code; worked out once by each worker."""
        return Weighing(self.form)

    @property
    def rulebook(self) -> Rulebook:
        """Made where it is needed: what travels to the workers are its parts."""
        return Rulebook(self.form, self.policy)

    def given(self, period: Period | None) -> Given:
        """What the rows of a list are held against."""
        first, last = (period.first, period.last) if period else (None, None)
        return Given(first, last, self.policy.calendar)

    @property
    def each(self) -> list[Terms]:
        """The terms of every form by itself, its own first."""
        forms = ((self.form, self.period, self.policy), *self.others)
        return [replace(self, form=form, period=period, policy=policy, others=()) for form, period, policy in forms]

    @property
    def lasting(self) -> Terms:
        """What stays of them from week to week: without the periods of forms that are filed more than once a year."""
        return replace(
            self,
            period=of_year(self.period),
            others=tuple((form, of_year(period), policy) for form, period, policy in self.others),
        )

    def of(self, form_id: str) -> Terms:
        """The terms of the form of this id alone."""
        return next(terms for terms in self.each if terms.form.id == form_id)


def of_year(period: Period | None) -> Period | None:
    """A year; no other period."""
    return period if period and period.kind is PeriodKind.YEAR else None


CHANGING = "还在变化，没有读；请等传完后再运行一次"


def take_in(source: SourceFile, terms: Terms) -> Submission | FileRecord | Opened:
    """Identify and parse one file, or open it where it holds others.

    A document is called an attachment here; whether there is something that it came with is seen later.
    """
    content = b""
    try:
        content = content_of(source, terms.limits, terms.passwords)
        if hashlib.sha256(content).hexdigest() != source.sha256:
            return under_its_name(FileRecord(source, State.ARRIVING, CHANGING), terms)
        if result := lower_result(source, content):
            return taken_over(source, result, terms)
        if opened := open_container(source, content, terms.passwords):
            return opened
        refuse_content(content, terms.limits)
        if exported := exported_list(source, content, terms):
            return exported
        sheets = wanted(read_sheets(content, terms.limits, terms.passwords), terms)
        return read_as_form(source, as_seen(sheets), terms)
    except Oversized as error:
        return unreadable(source, f"{error}{excess_words(content)}", terms)
    except Document as error:
        return under_its_name(FileRecord(source, State.ATTACHMENT, str(error)), terms)
    except Unreadable as error:
        return unreadable(source, str(error), terms)


def taken_over(source: SourceFile, result: LowerResult, terms: Terms) -> Opened | FileRecord:
    """What a lower level's result is here: a container with the filings that it passes on, or the record of why it is
    nobody's. Raises Unreadable where it is not as it was published."""
    from workbook_tool.steps.intake.relayed import LowerLevel, region_of  # most files are none

    region, reason = region_of(result.told, terms.region, terms.roster)
    if region is None:
        return FileRecord(source, State.FOREIGN, reason)
    wanted = [(each.form, each.period) for each in terms.each]
    return LowerLevel(source, result.told, region, terms.roster, wanted).opened(result.rows, result.beside)


def read_as_form(source: SourceFile, sheets: Sequence[Sheet], terms: Terms) -> Submission | FileRecord:
    """What its sheets are: a filing of one of the forms, or the record of why they are none."""
    titles = "》《".join(one.form.title for one in terms.each)
    terms, others = form_of(sheets, terms), terms.each
    form, rulebook = terms.form, terms.rulebook
    sheets, said = put_aside(sheets, form)
    identity = identify(sheets, source.path, rulebook, terms.roster, terms.period, source.mail, terms.region)
    names = (identity.agency.name, *identity.agency.aliases) if identity.agency else ()
    parsed = parse(sheets, rulebook, identity.nil, names)
    reason, document = no_filing(sheets, form, parsed.tables, titles), document_of(sheets)
    if document and not parsed.tables:
        return under_its_name(FileRecord(source, State.ATTACHMENT, f"这是{document}，{reason}"), terms)
    if reason := reason or identity.foreign:
        of = form.id if parsed.tables else titled(sheets, [form, *(one.form for one in others)])
        return FileRecord(
            source, State.FOREIGN, reason, identity.agency, identity.period, of, misnamed=identity.misnamed
        )
    period = identity.period or terms.period
    options = dict(identity.agency.options) if identity.agency else {}
    lists, rows_told = judge_rows(parsed.lists, parsed.notes, rulebook, terms.given(period), options)
    readings = count(lists, form, period, parsed.readings)
    told = (*parsed.findings, *rows_told)
    altered = tamper(sheets, rulebook, parsed.findings)
    code, misfit = check_code(sheets, parsed.readings, rulebook, terms.weighing, trusted=not altered)
    beside = other_forms(sheets, parsed, rulebook, [one.rulebook for one in others if one.form.id != form.id])
    findings = (*identity.findings, *told, *altered, *misfit, *beside)
    problems = {(finding.rule, spot.key) for finding in told for spot in finding.records}
    words = (*explanations(said, form, readings, lists, problems), *noted(sheets, parsed.readings))
    read = Submission(source, identity, readings, findings, words, lists, remarks=parsed.remarks, code=code)
    return with_text(read, document, sheets, terms) if document else read


def exported_list(source: SourceFile, content: bytes, terms: Terms) -> Submission | FileRecord | None:
    """What a list is that a system exported as text; None for whatever else, which is no form in such a file. Raises
    Unreadable where it is one, and some of it cannot be trusted."""
    lists = [one for one in terms.each if one.form.registers]
    if not lists or content[:2] == b"PK" or content[:8] == OLE:
        return None
    from workbook_tool.files.intake.formats.delimited import read_exported  # most filings are workbooks

    sheet = read_exported(content, partial(head_rows, [register for one in lists for register in one.form.registers]))
    others = tuple((one.form, one.period, one.policy) for one in lists[1:])
    return read_as_form(source, as_seen([sheet]), replace(lists[0], others=others)) if sheet else None


def with_text(read: Submission, document: str, sheets: Sequence[Sheet], terms: Terms) -> Submission:
    """A filing that came as this kind of document, with what its running text says."""
    from workbook_tool.steps.intake.prose import read_prose  # most filings are workbooks

    read = replace(read, document=document)
    if period := read.identity.period or terms.period:
        # Who stands in a list is asked for, and stays in the office.
        records = {(record.sheet, record.row) for one in read.lists for record in one.records}
        sheets = [
            replace(s, cells={at: c for at, c in s.cells.items() if (s.name, at[0]) not in records}) for s in sheets
        ]
        prose = read_prose(sheets, terms.rulebook, read.identity, period.year, terms.roster.agencies)
        read = replace(read, findings=(*read.findings, *prose.findings), claims=prose.claims, said=prose.said)
    return read


def document_of(sheets: Sequence[Sheet]) -> str:
    """What kind of document the sheets are of; empty for those of a workbook."""
    return next((sheet.document for sheet in sheets if sheet.document), "")


def wanted(sheets: Sequence[Sheet], terms: Terms) -> Sequence[Sheet]:
    """The sheets. Raises Document where they are of a document, and this office wants none."""
    if (document := document_of(sheets)) and terms.policy.documents is Documents.ATTACHMENT:
        raise Document(f"这是{document}，按本单位的配置只作附件，没有计入")
    return sheets


def form_of(sheets: Sequence[Sheet], terms: Terms) -> Terms:
    """The terms of the form that the sheets are: the one of their hidden identity, else the one of which most numbers are
    found there; of several that fit as well, the first. A region's report is without the lists that it counted."""
    hidden = hidden_identity(sheets)
    found = terms if not terms.others else best_of(sheets, terms.each, hidden.get("form", ""))
    return replace(found, form=found.form.without_lists) if hidden.get(KIND) == REGION_REPORT else found


def best_of(sheets: Sequence[Sheet], each: Sequence[Terms], issued: str) -> Terms:
    """The terms of the form of this id, else of that of which most is found in the sheets."""
    if known := [one for one in each if one.form.id == issued]:
        return known[0]
    return max(each, key=lambda one: of_form(put_aside(sheets, one.form)[0], one))


def of_form(sheets: Sequence[Sheet], terms: Terms) -> tuple[int, int]:
    """How many cells of a form have a place in the sheets, its numbers and what its lists hold; then how many of its
    tables are there, be they read or not."""
    parsed = parse(sheets, terms.rulebook, ())
    rows = sum(column >= 0 for one in parsed.lists for record in one.records for column in record.columns)
    return sum(reading.place is not None for reading in parsed.readings) + rows, parsed.tables


def unreadable(source: SourceFile, reason: str, terms: Terms) -> FileRecord:
    """The record of a file that cannot be opened, under the agency that its name, or the mail that brought it, tells."""
    return under_its_name(FileRecord(source, State.UNREADABLE, reason), terms)


def under_its_name(record: FileRecord, terms: Terms) -> FileRecord:
    """The record of a file that was not read, under the agency that its name tells. Containers have none: what they
    hold speaks for itself."""
    told = record.state in (State.UNREADABLE, State.ATTACHMENT, State.ARRIVING)
    return replace(record, agency=named_in(record.source.path, terms.roster, record.source.mail)) if told else record


def titled(sheets: Sequence[Sheet], forms: Sequence[Form]) -> str:
    """The id of the one form whose title stands in the sheets, whatever else of it is there; empty where none does, or
    several do."""
    texts = [squash(text) for sheet in sheets for text in sheet.texts.values()]
    found = [form.id for form in forms if any(squash(form.title) in text for text in texts)]
    return found[0] if len(found) == 1 else ""


def no_filing(sheets: Sequence[Sheet], form: Form, tables: int, titles: str) -> str:
    """Why the sheets are no filing of this form: nothing of it is there, or it is an older layout; else empty. ``titles``
    are those of all forms that were looked for."""
    texts = [text for sheet in sheets for text in sheet.texts.values()]
    keys = {label_key(text) for text in texts if len(text) <= LONGEST_LABEL}
    for older in form.outdated:
        if len(keys & older.keys) >= ENOUGH_LABELS or (not tables and any(older.mark in text for text in texts)):
            return f"是{older.name}，请改用下发的《{form.title}》填报表重新填报"
    return "" if tables else f"没有找到《{titles}》的任何一张表；请改用下发的填报表重新填报"
