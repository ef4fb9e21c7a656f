"""A report of ours as plain data: paragraphs in their roles, and tables. How it looks is the writer's affair."""

from __future__ import annotations

from msgspec import Struct

from workbook_tool.model.form.layout import Layout


class DraftParagraph(Struct, frozen=True):
    """A paragraph. ``role``: ``title``, ``head1``, ``head2`` or ``body``."""

    text: str
    role: str = "body"


class DraftTable(Struct, frozen=True):
    """A table of the form with its numbers, as they are to be read, by item."""

    layout: Layout
    numbers: dict[int, str]


Draft = tuple[DraftParagraph | DraftTable, ...]
"""From the title to the last paragraph."""
