"""How an office stands between two runs."""

from __future__ import annotations

from msgspec import Struct

from workbook_tool.model.form.period import Period
from workbook_tool.model.season.changes import Signed
from workbook_tool.model.season.history import PastRun
from workbook_tool.model.season.work import Work


class Standing(Struct, frozen=True):
    """A report of the office, its newest run and signed result (None where there is none), what waits for the next run, and what only
    people can do."""

    region: str
    form: str
    period: Period
    last: PastRun | None
    signed: Signed | None
    waiting: tuple[Work, ...]
    for_people: tuple[Work, ...]
    title: str = ""

    @property
    def office(self) -> str:
        """The office in words, with the form's ``title`` where it collects several."""
        return f"{self.region} {self.period.said}" + (f"《{self.title}》" if self.title else "")
