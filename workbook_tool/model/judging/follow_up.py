"""What became of a problem over the weeks, and what a reviewer decided on it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct


class Status(StrEnum):
    """What became of a problem since the run before."""

    NEW = "new"
    STILL = "still"
    FIXED = "fixed"
    BACK = "back"
    EXPLAINED = "explained"
    WAIVED = "waived"
    CORRECTED = "corrected"

    @property
    def label(self) -> str:
        """The word that clerks and reviewers know."""
        return STATUS_LABELS[self]


STATUS_LABELS = {
    Status.NEW: "新增",
    Status.STILL: "仍存",
    Status.FIXED: "已改",
    Status.BACK: "复发",
    Status.EXPLAINED: "已说明",
    Status.WAIVED: "已同意",
    Status.CORRECTED: "代改",
}


class Opinion(StrEnum):
    """处理意见: what a reviewer may decide on a problem. The value is what the workbook's drop-down shows, in this order:
    what is chosen most stands first, so that it takes the fewest keys."""

    ACCEPTED = "已说明，同意"
    RETURN = "退回"
    EXCLUDE = "不计入"
    PENDING = "待核"
    NOTIFIED = "已通知"


class Decision(Struct, frozen=True):
    """A reviewer's decision on a problem. It holds while ``grounds``, a digest of the values under the problem, is that
    of the problem now. ``run`` is the run whose workbook it was typed into, ``file`` the name of that workbook."""

    key: str
    grounds: str
    opinion: Opinion
    remark: str = ""
    run: str = ""
    file: str = ""

    @property
    def words(self) -> str:
        """``“退回”（附件缺页；2024-02-05-1，decisions/a.xlsx）``."""
        origin = "，".join(filter(None, (self.run, self.file)))
        return f"“{self.opinion}”（{'；'.join(filter(None, (self.remark, origin)))}）"


WHOLE_FILE = "file"
"""Stands for the rule in the key of a decision on a whole file."""


class FollowUp(Struct, frozen=True):
    """Where a problem of this run stands: since when without a break, what the agency explained, and what was decided.

    ``reopened`` is the earlier decision that no longer holds because the values under it have changed.
    """

    key: str
    grounds: str
    status: Status
    since: date
    weeks: int = 0
    explanation: str = ""
    decision: Decision | None = None
    reopened: Decision | None = None

    @property
    def words(self) -> str:
        """``仍存（3 周）``."""
        return f"{self.status.label}（{self.weeks} 周）" if self.weeks else self.status.label


class OnFile(Struct, frozen=True):
    """What was decided on an agency's file as a whole, or on its not having filed; ``key`` and ``grounds`` are those
    by which the next run knows it again. ``reopened`` is a decision that no longer holds."""

    key: str
    grounds: str
    decision: Decision | None = None
    reopened: Decision | None = None
