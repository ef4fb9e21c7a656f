"""A run as it was published, to be held against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.workbook.manifest import PublishedAgency


class PublishedRun(Struct, frozen=True):
    """The agencies of a run by code, form and period, and the rows of its values.csv and findings.csv by their headings.
    ``aside`` are the forms and periods of which it tells those alone that have filed."""

    name: str
    agencies: Mapping[tuple[str, str, str], PublishedAgency]
    values: Sequence[Mapping[str, str]]
    findings: Sequence[Mapping[str, str]]
    aside: frozenset[tuple[str, str]] = frozenset()

    @property
    def judged(self) -> list[tuple[str, str]]:
        """The forms and periods that it judged."""
        return sorted({(form, period) for _, form, period in self.agencies})

    def state(self, code: str, form: str, period: str) -> str:
        """Where an agency stood; empty where it was not in the list."""
        found = self.agencies.get((code, form, period))
        return found.state if found else AgencyState.MISSING.value if (form, period) in self.aside else ""
