"""Reads how a form says the region's own report is drafted (``templates/<form>/draft.toml``), and refuses a wrong one."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from workbook_tool.files.form.declared_texts import summed
from workbook_tool.files.office.toml import Keys, load, read_as
from workbook_tool.model.form.drafting import Chapter, Drafting, DraftSentence
from workbook_tool.model.form.form import Form
from workbook_tool.model.regex import regex

SLOT = regex(r"\{(\w+?)(?:_change|_parts)?\}")
GATHERED = regex(r"\{(?:last_)?(\w+)\}")
KNOWN = ("region", "year", "count")


def with_drafting(form: Form, templates: Path) -> Form:
    """The form with how the region's report is drafted, where that is declared. Raises OfficeError, with the key path,
    where it is wrong."""
    path = templates / form.id / "draft.toml"
    if not path.is_file():
        return form
    keys = load(path)
    chapters = tuple(read_chapter(one, form) for one in keys.tables("chapter", required=True))
    return replace(form, drafting=read_as(Drafting, keys, chapters=chapters))


def read_chapter(keys: Keys, form: Form) -> Chapter:
    """A chapter. Raises OfficeError where it shows a table that is not declared."""
    sentences = tuple(read_sentence(one, form) for one in keys.tables("sentence"))
    chapter = read_as(Chapter, keys, sentences=sentences)
    known = [one.id for one in form.texts.gathered] if form.texts else []
    for name in [name for each in chapter.each for name in GATHERED.findall(each)]:
        keys.known_name("each", name, ["name", *known])
    if chapter.table:
        keys.known_name("table", chapter.table, [table.id for table in form.tables])
    return chapter


def read_sentence(keys: Keys, form: Form) -> DraftSentence:
    """A sentence. Raises OfficeError where it says a number that has no slot."""
    told = keys.table("slots")
    slots = tuple((name, summed(told, name, told.text(name), form)) for name in told.values)
    quotients = keys.table("shares")
    shares = tuple(read_share(quotients, name, list(told.values)) for name in quotients.values)
    sentence = read_as(DraftSentence, keys, slots=slots, shares=shares)
    figures = [one.id for one in form.texts.gathered if one.patterns] if form.texts else []
    for name in (*SLOT.findall(sentence.says), *sentence.only):
        keys.known_name("says", name, [*told.values, *quotients.values, *KNOWN, *figures])
    return sentence


def read_share(keys: Keys, name: str, slots: list[str]) -> tuple[str, str, str]:
    """A share such as ``done / due`` under its name. Raises OfficeError where it is of something else than slots."""
    part, _, whole = (one.strip() for one in keys.text(name).partition("/"))
    for one in (part, whole):
        keys.known_name(name, one, slots)
    return name, part, whole
