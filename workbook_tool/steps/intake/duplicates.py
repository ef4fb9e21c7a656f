"""Duplicates: what was read, before it is checked: documents that came beside a workbook, and the same bytes twice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.source import Mail, SourceFile
from workbook_tool.model.intake.submission import Agency, Submission

Read = Submission | FileRecord
ASIDE = (State.IGNORED, State.ARRIVING, State.SUPERSEDED)
"""What nothing else is a twin of: it does not count, whatever else has its bytes."""


def mark_duplicates(read: Sequence[Read]) -> list[Read]:
    """The same files in the same order, with documents and twins in their state."""
    return without_twins(beside_workbooks(read))


def agency_of(one: Read) -> Agency | None:
    """Whose a file is, as far as it was read; None where nothing told."""
    return one.identity.agency if isinstance(one, Submission) else one.agency


def period_of(one: Read) -> Period | None:
    """The period that a file is about; None where it says none."""
    return one.identity.period if isinstance(one, Submission) else one.period


def beside_workbooks(read: Sequence[Read]) -> list[Read]:
    """Each document as the attachment of the workbook it came beside; one that came alone cannot be used.

    Beside: of the agency that its name tells, or, where it tells none, in the same archive or mail.
    """
    workbooks = Workbooks(read)
    parcels: dict[str, set[tuple[Path, int]]] = defaultdict(set)
    for one in read:
        if one.source.member:
            parcels[one.source.sha256].add(one.source.parcel)
    return [
        placed(one, workbooks, parcels[one.source.sha256])
        if isinstance(one, FileRecord) and one.state is State.ATTACHMENT
        else one
        for one in read
    ]


class Workbooks:
    """What documents may stand beside, in the order in which it was read: by what it came in, and by whose it is."""

    def __init__(self, read: Iterable[Read]) -> None:
        self.in_parcel: dict[tuple[Path, int], list[tuple[int, Read]]] = defaultdict(list)
        self.of_agency: dict[Agency | None, list[Read]] = defaultdict(list)
        for number, one in enumerate(read):
            if isinstance(one, Submission) or one.state is State.FOREIGN:
                self.of_agency[agency_of(one)].append(one)
                if one.source.member:
                    self.in_parcel[one.source.parcel].append((number, one))

    def together(self, parcels: Iterable[tuple[Path, int]]) -> list[Read]:
        """Those that came in one of these archives or mails."""
        found = (pair for parcel in parcels for pair in self.in_parcel.get(parcel, ()))
        return [one for _, one in sorted(found, key=lambda pair: pair[0])]


def placed(document: FileRecord, workbooks: Workbooks, parcels: set[tuple[Path, int]]) -> FileRecord:
    """A document as the attachment of the workbook it came beside, and of its agency; unreadable if it came alone."""
    near = workbooks.together(parcels)
    if document.agency:
        near = [w for w in near if agency_of(w) == document.agency] or workbooks.of_agency.get(document.agency, [])
    else:
        folder = document.source.path.rpartition("/")[0]
        near.sort(key=lambda w: w.source.path.rpartition("/")[0] != folder)
    if not near:
        return replace(document, state=State.UNREADABLE)
    return replace(document, reason=f"随“{near[0].source.path}”一起收到，没有读", agency=agency_of(near[0]))


def without_twins(read: Sequence[Read]) -> list[Read]:
    """Of files with the same bytes from the same agency for the same period only the first path in byte order keeps its
    state.

    Decided after reading: two agencies that are known by their files' names alone may both send a form full of zeros, and
    one may for two weeks.
    """
    groups: dict[tuple[str, str, Period | None], list[int]] = defaultdict(list)
    for number, one in enumerate(read):
        agency = agency_of(one)
        if one.source.sha256 and (isinstance(one, Submission) or one.state not in ASIDE):
            groups[one.source.sha256, agency.name if agency else "", period_of(one)].append(number)
    sifted = list(read)
    for twins in groups.values():
        first, *others = sorted(twins, key=lambda number: read[number].source.path.encode())
        if others:
            source = read[first].source
            mail = first_mail([read[number].source for number in sorted(twins)])
            again = tuple(read[number].source for number in others)
            sifted[first] = replace(read[first], source=replace(source, mail=mail, repeats=(source, *again)))
        for number in others:
            sifted[number] = twin(read[number], read[first].source.path)
    return sifted


def twin(one: Read, first: str) -> FileRecord:
    """The line of a file with the same bytes as ``first``, the path of the one that is kept."""
    form = one.identity.form if isinstance(one, Submission) else one.form
    return FileRecord(one.source, State.DUPLICATE, f"与“{first}”内容完全相同", agency_of(one), period_of(one), form)


def first_mail(twins: Sequence[SourceFile]) -> Mail | None:
    """The earliest mail that brought these bytes: it says when they were filed, whichever copy is kept."""
    mails = [source.mail for source in twins if source.mail]
    dated = [(mail.sent, mail) for mail in mails if isinstance(mail.sent, datetime)]
    return min(dated, key=lambda pair: pair[0])[1] if dated else next(iter(mails), None)
