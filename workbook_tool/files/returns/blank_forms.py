"""Blank forms to go with reminders: made once, for an agency that stands for all, and given each agency's name and code."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from functools import cache
from xml.sax.saxutils import escape

from workbook_tool.files.opc import Parts
from workbook_tool.files.workbook.render import rendered
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.book import Book

CODE, NAME = "〔代码〕", "〔单位名称〕"
"""What stands in the place of an agency's own: no agency is called so."""


def blank_forms(issue: Callable[[Agency], Book]) -> Callable[[Agency], bytes]:
    """What gives the blank form of each agency; ``issue`` composes the one that it is made from."""

    @cache
    def drawn(scope: str) -> Parts:
        return Parts(rendered(issue(Agency(CODE, NAME, scope=scope))))

    def form_of(agency: Agency) -> bytes:
        parts = copy(drawn(agency.scope))
        parts.data = {name: named(data, agency) for name, data in parts.data.items()}
        return parts.pack()

    return form_of


def named(data: bytes, agency: Agency) -> bytes:
    """A part with the agency's own name and code."""
    for mark, text in ((CODE, agency.code), (NAME, agency.name)):
        data = data.replace(mark.encode(), escape(safe_text(text)).encode("utf-8"))
    return data
