"""Where each agency stands: the file that counts for it, whether it came in time, and what else there is of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period, PeriodKind
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.follow_up import OnFile
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.season.agency import AgencyRecord, DatedBy, FiledAgency, Timeliness, timeliness_of_missing
from workbook_tool.model.season.filing import AnyFile, Filing, is_misnamed, is_unsure, ruling_words, unlisted
from workbook_tool.model.season.history import NO_HISTORY, History, PastVersion
from workbook_tool.steps.season.versions.dates import filed_on, sent_at

Filed = tuple[date, DatedBy | None]
"""A day of filing and what told it."""
NOTHING_NAMED: Mapping[str, tuple[str, ...]] = {}
UNSURE = "收件夹里有打不开的文件夹或文件，是否已报无法确定"
Decides = Callable[[Agency, Filing | None], OnFile]
"""What was decided on an agency's file as a whole, or on its having none."""


def agency_records(
    files: Iterable[AnyFile],
    form: Form,
    roster: Roster,
    settings: Settings,
    as_of: date,
    on_file: Decides,
    history: History = NO_HISTORY,
    named: Mapping[str, tuple[str, ...]] = NOTHING_NAMED,
) -> list[AgencyRecord]:
    """Where each agency stands, in roster order (without a roster: those that filed, by code). ``named`` is, by code, what is
    to be said of its files whose names say this period, and that stand in another."""
    files = list(files)
    filings = (file for file in files if isinstance(file, Filing))
    counting = {f.agency.name: f for f in filings if f.behind is None}
    claimed, sent = claims(files), defaultdict(list)
    for file in files:
        if file.agency:
            sent[file.agency.name].append(file)
    known = roster.agencies or tuple(sorted({f.agency for f in counting.values()}, key=lambda a: a.code))
    yardstick = Yardstick(form, settings, as_of, on_file, history, bool(unlisted(files)))
    return [
        yardstick.of(
            agency,
            counting.get(agency.name),
            sent[agency.name],
            (*claimed.get(agency.code, ()), *(named.get(agency.code, ()) if agency.name not in counting else ())),
        )
        for agency in known
        if agency.due(settings.period, form.id) or agency.name in counting
    ]


def claims(files: Iterable[AnyFile]) -> dict[str, tuple[str, ...]]:
    """By agency's code, what is to be said of files that name it and are another's by a surer sign."""
    found: dict[str, tuple[str, ...]] = {}
    filings = [file for file in files if isinstance(file, Filing)]
    named = {(file.agency.code, agency.code) for file in filings for agency in file.submission.identity.also}
    for file in filings:
        for agency in file.submission.identity.also:
            said = (
                f"收到“{file.source.path}”，里面写了“{agency.name}”，但{file.submission.identity.source}是“{file.agency.name}”的，"
                "没有计入本单位；"
            )
            if (agency.code, file.agency.code) in named:
                said += "两家可能互用了对方的填报表，请一并核对"
            else:
                said += "请用下发给本单位的填报表重新报送"
            found[agency.code] = (*found.get(agency.code, ()), said)
    return found


class Yardstick(Struct, frozen=True):
    """What an agency's filing is measured against; ``unsure`` whether there may be files where we could not look."""

    form: Form
    settings: Settings
    as_of: date
    on_file: Decides
    history: History
    unsure: bool = False

    def of(
        self, agency: Agency, file: Filing | None, files: list[AnyFile], claims: tuple[str, ...] = ()
    ) -> AgencyRecord:
        """Where the agency stands; ``file`` is the one that counts for it, ``files`` are all of its files, ``claims`` what
        is to be said of others' files that name it."""
        deadline = self.settings.deadline_of(agency)
        past = self.history.versions.get(agency.code, ())
        others, decided = remarks(file, files, self.settings.period), self.on_file(agency, file)
        if file is None:
            others = joined(others, *claims)
            if self.unsure:
                return AgencyRecord(
                    agency,
                    Timeliness.UNKNOWN,
                    None,
                    decided,
                    joined(UNSURE, others),
                    deadline,
                    claims=claims,
                    unsure=True,
                )
            timely = timeliness_of_missing(deadline, self.form, self.settings.period, self.as_of)
            remark, late = joined(vanished(past), others), days_after(self.as_of, deadline)
            return AgencyRecord(agency, timely, None, decided, remark, deadline, days_late=late, claims=claims)
        mates = claims if file.submission.identity.also else ()  # whose file it is is in doubt, too
        remark = joined(ruling_words(file.rulings), file.to_confirm, others, said_besides(file, self.form), *mates)
        if (relay := file.submission.relay) and file.submission.from_below:  # that level knows whether it was in time
            return FiledAgency(agency, timely_of(relay.timeliness), file, decided, remark)
        versions = [f for f in files if isinstance(f, Filing) and (f.behind is None or f.is_older)]
        came = first([*(self.filed(f, deadline) for f in versions), *map(as_filed, past)], deadline)
        if came is None or deadline is None:
            day = came[0] if came else None
            return FiledAgency(agency, Timeliness.UNKNOWN, file, decided, remark, deadline, day)
        day, source = came
        timely = Timeliness.ON_TIME if day <= deadline else Timeliness.LATE
        return FiledAgency(agency, timely, file, decided, remark, deadline, day, source, days_after(day, deadline))

    def filed(self, filing: Filing, deadline: date | None) -> Filed | None:
        """The day on which a file was filed: that of its mail, else that of its cover, which cannot lie after the day
        on which we saw the file, nor before a day on which it was not there yet.

        Without a cover's date it is the day on which we saw it, unless that may be long after it came.
        """
        sent, cover = sent_at(filing), filed_on(filing)
        if sent:
            return sent.date(), DatedBy.MAIL
        seen = self.history.sighting(filing.source.sha256, self.as_of)
        if cover:
            day = min(max(cover, seen.after or cover), seen.day)
            return day, DatedBy.COVER if day == cover else DatedBy.SIGHT
        told = seen.after or (deadline and seen.day <= deadline)
        return (seen.day, DatedBy.SIGHT) if told else None


def timely_of(told: str) -> Timeliness:
    """Whether an agency filed in time, as another level tells it."""
    return Timeliness(told) if told in set(Timeliness) else Timeliness.UNKNOWN


def joined(*said: str) -> str:
    """What there is of these sentences, as one."""
    return "；".join(filter(None, said))


def days_after(day: date, deadline: date | None) -> int | None:
    """How many days after the deadline a day is, at least 0; None without a deadline."""
    return None if deadline is None else max(0, (day - deadline).days)


def as_filed(past: PastVersion) -> Filed | None:
    """The day of an earlier version and what told it; None where the ledger has no day."""
    return (past.filed_on, past.filed_by) if past.filed_on else None


def first(days: Sequence[Filed | None], deadline: date | None) -> Filed | None:
    """The earliest filing. Where one has no date, only that another was in time is sure."""
    earliest = min((filed for filed in days if filed), key=lambda filed: (filed[0], filed[1] or ""), default=None)
    sure = earliest and (None not in days or (deadline and earliest[0] <= deadline))
    return earliest if sure else None


def vanished(past: Sequence[PastVersion]) -> str:
    """What is to be said where nothing is left of an agency that had filed."""
    last = max(past, key=lambda version: version.last or version.day, default=None)
    return f"上次计入的文件“{last.path}”（{last.last or last.day}）已不在收件夹" if last else ""


def remarks(file: Filing | None, files: list[AnyFile], period: Period) -> str:
    """What else there is of this agency: files that could not be used, and earlier versions. Files of other years
    matter only where nothing else came; those of other weeks lie in every inbox."""
    states = (State.FOREIGN, State.UNREADABLE)
    others = [f for f in files if f.state in states and f.period not in (None, period)]
    said = [
        f"“{f.source.path}”{f.state.label}：{f.reason}"
        for f in files
        if f.state in (State.UNREADABLE, State.FOREIGN, State.ARRIVING) and f not in others
    ]
    if file is None and others and period.kind is PeriodKind.YEAR:
        more = f" 等 {len(others)} 份" if len(others) > 1 else ""
        told = f"（{others[0].period.spaced}）" if others[0].period else ""
        said.append(f"只有其他{period.kind.label}的文件：“{others[0].source.path}”{told}{more}")
    said += [f"“{f.source.path}”{f.reason}" for f in files if is_unsure(f) or is_misnamed(f)]
    relayed = (f.submission.relay for f in files if isinstance(f, Filing) and (f.behind is None or f.is_beside))
    said += [relay.told for relay in relayed if relay and relay.told]
    said += [f"“{f.source.path}”{f.source.mail.doubt}" for f in files if f.source.mail and f.source.mail.doubt]
    behind = [f.behind for f in files if isinstance(f, Filing) and f.behind and not (f.is_beside or is_misnamed(f))]
    if any(one.undone for one in behind):
        said.insert(0, "上一版曾通过")
    elif behind:
        said.append(f"另有旧版 {len(behind)} 份")
    return "；".join(said)


def said_besides(filing: Filing, form: Form) -> str:
    """What the agency explains that no problem of it asks about: nothing that it wrote is lost."""
    submission = filing.submission
    asked = [
        one
        for f in filing.checked.findings
        for one in submission.explaining(f.rule, None if form.rule(f.rule).together else f.item)
    ]
    told = (e for e in submission.explanations if e not in asked)
    words = dict.fromkeys(f"{f'{e.rule} ' if e.rule else ''}{e.text}" for e in told)
    return f"单位另有说明：{'；'.join(words)}" if words else ""
