"""The inbox: the one state in which each of its files ends, and the records of files that are no filings."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.stated_period import Stated
from workbook_tool.model.intake.submission import Agency, Submission


class State(StrEnum):
    """The one state in which every file of the inbox ends."""

    COUNTED = "counted"
    HELD = "held"
    RETURNED = "returned"
    EXCLUDED = "excluded"
    COMPARED = "compared"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"
    FOREIGN = "foreign"
    ATTACHMENT = "attachment"
    CONTAINER = "container"
    ARRIVING = "arriving"
    UNREADABLE = "unreadable"
    IGNORED = "ignored"

    @property
    def label(self) -> str:
        """The word that clerks and reviewers know."""
        return STATE_LABELS[self]


STATE_LABELS = {
    State.COUNTED: "已汇总",
    State.HELD: "待核",
    State.RETURNED: "退回",
    State.EXCLUDED: "不计入",
    State.COMPARED: "只比对",
    State.SUPERSEDED: "旧版",
    State.DUPLICATE: "重复",
    State.FOREIGN: "非本表",
    State.ATTACHMENT: "附件",
    State.CONTAINER: "压缩包/邮件",
    State.ARRIVING: "到达中",
    State.UNREADABLE: "无法读取",
    State.IGNORED: "忽略",
}


class FileRecord(Struct, frozen=True):
    """The line of a file that is no filing, and why it is none. What was read as the form is a ``Filing``. ``form`` is what
    it is a file of, where that is known. ``after_signing``: it came when the result of its period was signed already.
    ``misnamed``: names of a report of another year, or of a signed period, that say another."""

    source: SourceFile
    state: State
    reason: str = ""
    agency: Agency | None = None
    period: Period | None = None
    form: str = ""
    after_signing: bool = False
    misnamed: tuple[Stated, ...] = ()


class Opened(Struct, frozen=True):
    """An archive, mail or lower level's result: its own line, and what it holds, each as a file to be read, as the line of
    one that is not, or as what was read already, in their order."""

    record: FileRecord
    members: tuple[SourceFile | FileRecord | Submission, ...]
