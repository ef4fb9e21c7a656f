"""Reads how a form says the region's own report is drafted (``templates/<form>/draft.toml``), and refuses a wrong one."""

from __future__ import annotations

import re
from pathlib import Path

from workbook_tool.files.form.declared_texts import summed
from workbook_tool.files.office.toml import Keys, load, read_as
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.drafting import Chapter, Drafting, DraftSentence
from workbook_tool.model.form.form import Form

SLOT = re.compile(r"\{(\w+?)(?:_change)?\}")
KNOWN = ("region", "year", "count")


def load_drafting(templates: Path, form: Form) -> Drafting:
    """How the report is drafted. Raises OfficeError, with the key path, where that is not declared or wrong."""
    path = templates / form.id / "draft.toml"
    if not path.is_file():
        raise OfficeError(f"《{form.title}》没有声明怎样起草本地区的报告（{path}）。")
    keys = load(path)
    chapters = tuple(read_chapter(one, form) for one in keys.tables("chapter", required=True))
    return read_as(Drafting, keys, chapters=chapters)


def read_chapter(keys: Keys, form: Form) -> Chapter:
    """A chapter. Raises OfficeError where it shows a table that is not declared."""
    sentences = tuple(read_sentence(one, form) for one in keys.tables("sentence"))
    chapter = read_as(Chapter, keys, sentences=sentences)
    if chapter.table:
        keys.known_name("table", chapter.table, [table.id for table in form.tables])
    return chapter


def read_sentence(keys: Keys, form: Form) -> DraftSentence:
    """A sentence. Raises OfficeError where it says a number that has no slot."""
    told = keys.table("slots")
    slots = tuple((name, summed(told, name, told.text(name), form)) for name in told.values)
    sentence = read_as(DraftSentence, keys, slots=slots)
    for name in (*SLOT.findall(sentence.says), *sentence.only):
        keys.known_name("says", name, [*told.values, *KNOWN])
    return sentence
