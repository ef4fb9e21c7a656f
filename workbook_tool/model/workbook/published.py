"""A run as it was published, to be held against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbook_tool.model.workbook.manifest import PublishedAgency


@dataclass(frozen=True)
class PublishedRun:
    """The agencies of a run by code, form and period, and the rows of its values.csv and findings.csv by their headings."""

    name: str
    agencies: Mapping[tuple[str, str, str], PublishedAgency]
    values: Sequence[Mapping[str, str]]
    findings: Sequence[Mapping[str, str]]
