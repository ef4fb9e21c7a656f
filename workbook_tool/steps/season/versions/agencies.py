"""Where each agency stands: the file that counts for it, whether it came in time, and what else there is of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.season.history import NO_HISTORY, History, PastVersion
from workbook_tool.model.workbook.result import MISSING, AgencyRecord, FileRecord, State
from workbook_tool.steps.season.versions.dates import filed_on, sent_at

UNSURE = "单位存疑，不取代单位明确的一份"
BY_MAIL, BY_SIGHT, BY_COVER = "邮件日期", "台账首见", "封面日期"
STANDING = (State.COUNTED, State.HELD, State.RETURNED, State.EXCLUDED)
"""The states of the file that stands for an agency."""
Filed = tuple[date | None, str]
"""A day of filing, None where nothing tells it, and what told it."""


def agency_records(
    records: Iterable[FileRecord], roster: Roster, settings: Settings, as_of: date, history: History = NO_HISTORY
) -> list[AgencyRecord]:
    """Where each agency stands, in roster order (without a roster: those that filed, by code)."""
    files = list(records)
    counting = {r.agency.name: r for r in files if r.agency and r.state in STANDING}
    known = roster.agencies or tuple(sorted({r.agency for r in counting.values() if r.agency}, key=lambda a: a.code))
    yardstick = Yardstick(settings, as_of, history)
    return [
        yardstick.of(agency, counting.get(agency.name), [r for r in files if r.agency and r.agency.name == agency.name])
        for agency in known
        if agency.due(settings.year) or agency.name in counting
    ]


@dataclass(frozen=True)
class Yardstick:
    """What an agency's filing is measured against."""

    settings: Settings
    as_of: date
    history: History

    def of(self, agency: Agency, file: FileRecord | None, files: list[FileRecord]) -> AgencyRecord:
        """Where the agency stands; ``file`` is the one that counts for it, ``files`` are all of its files."""
        deadline = agency.deadline or self.settings.deadline
        past = self.history.versions.get(agency.code, ())
        remark = remarks(file, files, self.settings.year)
        if file is None:
            timely = "missing" if deadline is None or self.as_of > deadline else "not_due"
            remark, late = "；".join(filter(None, (vanished(past), remark))), days_after(self.as_of, deadline)
            return AgencyRecord(agency, MISSING, timely, "", None, remark, deadline, None, late)
        day, source = first(
            [*(self.filed(r, deadline) for r in files if is_version(r)), *map(as_filed, past)], deadline
        )
        if day is None or deadline is None:
            return AgencyRecord(agency, file.state.value, "unknown", "", file, remark, deadline, day)
        timely = "on_time" if day <= deadline else "late"
        late = days_after(day, deadline)
        return AgencyRecord(agency, file.state.value, timely, source, file, remark, deadline, day, late)

    def filed(self, record: FileRecord, deadline: date | None) -> Filed:
        """The day on which a file was filed: that of its mail, else that of its cover, which cannot lie after the day
        on which we saw the file, nor before a day on which it was not there yet.

        Without a cover's date it is the day on which we saw it, unless that may be long after it came.
        """
        sent, cover = sent_at(record), filed_on(record)
        if sent:
            return sent.date(), BY_MAIL
        seen = self.history.sighting(record.source.sha256, self.as_of)
        if cover:
            day = min(max(cover, seen.after or cover), seen.day)
            return day, BY_COVER if day == cover else BY_SIGHT
        told = seen.after or (deadline and seen.day <= deadline)
        return (seen.day, BY_SIGHT) if told else (None, "")


def days_after(day: date, deadline: date | None) -> int | None:
    """How many days after the deadline a day is, at least 0; None without a deadline."""
    return None if deadline is None else max(0, (day - deadline).days)


def is_version(record: FileRecord) -> bool:
    """Whether the file is a filing: it counts, or did until another took its place."""
    return record.checked is not None and (record.state is not State.SUPERSEDED or bool(record.replaced_by))


def as_filed(past: PastVersion) -> Filed:
    return past.filed_on, past.filed_by


def first(days: Sequence[Filed], deadline: date | None) -> Filed:
    """The earliest filing. Where one has no date, only that another was in time is sure."""
    day, source = min((filed for filed in days if filed[0]), key=lambda filed: (filed[0], filed[1]), default=(None, ""))
    sure = day and (None not in dict(days) or (deadline and day <= deadline))
    return (day, source) if sure else (None, "")


def vanished(past: Sequence[PastVersion]) -> str:
    """What is to be said where nothing is left of an agency that had filed."""
    last = max(past, key=lambda version: version.last or version.day, default=None)
    return f"上次计入的文件“{last.path}”（{last.last or last.day}）已不在收件夹" if last else ""


def remarks(file: FileRecord | None, files: list[FileRecord], year: int) -> str:
    """What else there is of this agency: files that could not be used, and earlier versions. Files of other years
    matter only where nothing else came."""
    others = [r for r in files if r.state is State.FOREIGN and r.year not in (None, year)]
    said = [
        f"“{r.source.path}”{r.state.label}：{r.reason}"
        for r in files
        if r.state in (State.UNREADABLE, State.FOREIGN, State.ARRIVING) and r not in others
    ]
    if file is None and others:
        more = f" 等 {len(others)} 份" if len(others) > 1 else ""
        said.append(f"只有其他年度的文件：“{others[0].source.path}”（{others[0].year} 年）{more}")
    older = [r for r in files if r.state is State.SUPERSEDED]
    said += [f"“{r.source.path}”{r.reason}" for r in older if r.reason.startswith(UNSURE)]
    if older and any("上一版曾通过" in r.reason for r in older):
        said.insert(0, "上一版曾通过")
    elif older:
        said.append(f"另有旧版 {len(older)} 份")
    return "；".join(said)
