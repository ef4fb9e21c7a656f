"""A period that something about a file says, and what says it."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from workbook_tool.model.form.period import Period

SUBJECT, ARCHIVE = "邮件主题", "压缩包名"


class Stated(Struct, frozen=True):
    """A period, what says it and where. ``sure`` is False where it could be the time of filing instead."""

    period: Period
    source: str
    sheet: str = ""
    cell: str = ""
    sure: bool = True

    @property
    def around(self) -> bool:
        """Whether what brought the file says it, beside other files perhaps."""
        return self.source in (SUBJECT, ARCHIVE)

    @property
    def title(self) -> str:
        """The title of a sheet that says it, or its name, for a sentence."""
        return f"工作表「{self.sheet}」的表头" if self.cell else f"工作表名「{self.sheet}」"


def in_two_words(own: Period | None, misnamed: Sequence[Stated]) -> str:
    """What a misnamed file says itself, and what its names say."""
    said = f"里面写的是 {own.spaced}" if own else ""
    return "，".join((said, *(f"{one.source}却写 {one.period.spaced}" for one in misnamed)))
