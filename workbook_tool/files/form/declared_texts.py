"""Reads what a form declares of the text of its reports (``templates/<form>/text.toml``), and refuses a wrong one."""

from __future__ import annotations

import re
from pathlib import Path

from msgspec.structs import asdict, replace

from workbook_tool.files.form.names import Names
from workbook_tool.files.form.rules import read_rule
from workbook_tool.files.office.toml import Keys, Noun, load, read_as
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.texts import Breakdown, Citation, Gathered, Guards, ReportPart, Saying, Texts
from workbook_tool.model.regex import regex

PART = regex(r"\{([a-z_]+)\}")
LATER = {"year", "last_year", "next_year", "name"}
"""What is put in once it is known whose report it is."""

DEEPEST = 5
"""Parts may stand in parts, but not without end."""


def text_declaration(templates: Path, form_id: str) -> Path:
    """Where a form declares the text of its reports; it need not."""
    return templates / form_id / "text.toml"


def with_texts(form: Form, templates: Path, proven: bool = False) -> Form:
    """The form with the text of its reports and the rules for it, where they are declared. Raises OfficeError, with the key
    path, where something is wrong; a pattern that is none is passed over where they are ``proven``."""
    path = text_declaration(templates, form.id)
    if not path.is_file():
        return form
    keys, names = load(path), Names(form)
    parts = {name: keys.table("parts").text(name) for name in keys.table("parts").values}
    rules = tuple(read_rule(one, names)[0] for one in keys.tables("rule", required=True))
    keys.unique("rule.id", [rule.id for rule in (*form.rules, *rules)])
    reading = Patterns(parts, form, [rule.id for rule in rules], proven)
    texts = Texts(
        tuple(reading.saying(one) for one in keys.tables("text", required=True)),
        tuple(reading.citation(one) for one in keys.tables("citation")),
        tuple(reading.section(one) for one in keys.tables("section")),
        reading.patterns(keys.table("guards"), Guards),
        reading.patterns(keys.table("breakdown"), Breakdown),
        reading.listed(keys, "hints"),
        tuple(reading.gathered(one) for one in keys.tables("gathered")),
    )
    keys.unique("gathered.id", [one.id for one in texts.gathered])
    keys.done()
    return replace(form, rules=(*form.rules, *rules), texts=texts)


class Patterns:
    """The parts that patterns are made of, the form, and the rules that they may serve."""

    def __init__(self, parts: dict[str, str], form: Form, rules: list[str], proven: bool) -> None:
        self.parts, self.form, self.rules, self.proven = parts, form, rules, proven

    def saying(self, keys: Keys) -> Saying:
        """A kind of sentence. Raises OfficeError where it speaks of a number that is not declared."""
        patterns, value = self.listed(keys, "patterns"), keys.get("value", int)
        means = tuple(summed(keys, "means", one, self.form) for one in keys.texts("means", required=True))
        topic, unless = (self.whole(keys, name, keys.text(name)) for name in ("topic", "unless"))
        told = {"patterns": patterns, "means": means, "value": value, "topic": topic, "unless": unless}
        return read_as(Saying, keys, rule=self.rule(keys), **told)

    def citation(self, keys: Keys) -> Citation:
        """Something that is cited."""
        return read_as(Citation, keys, rule=self.rule(keys), patterns=self.listed(keys, "patterns"))

    def section(self, keys: Keys) -> ReportPart:
        """A part of the report."""
        head, must = (self.whole(keys, name, keys.text(name)) for name in ("head", "must"))
        return read_as(ReportPart, keys, rule=self.rule(keys), head=head, must=must)

    def gathered(self, keys: Keys) -> Gathered:
        """What is gathered."""
        head, begins = (self.whole(keys, name, keys.text(name)) for name in ("head", "begins"))
        patterns = tuple(self.whole(keys, "patterns", one) for one in keys.texts("patterns"))
        return read_as(Gathered, keys, head=head, begins=begins or "(?!)", patterns=patterns)

    def rule(self, keys: Keys) -> str:
        """The rule that it serves."""
        name = keys.need("rule")
        keys.known_name("rule", name, self.rules)
        return name

    def patterns(self, keys: Keys, noun: type[Noun]) -> Noun:
        """A noun all of whose texts are patterns."""
        read = read_as(noun, keys)
        told = {name: self.whole(keys, name, one) for name, one in asdict(read).items() if isinstance(one, str)}
        return replace(read, **told)

    def listed(self, keys: Keys, key: str) -> tuple[str, ...]:
        """The patterns under a key."""
        return tuple(self.whole(keys, key, one) for one in keys.texts(key, required=True))

    def whole(self, keys: Keys, key: str, pattern: str) -> str:
        """A pattern with its parts in it. Raises OfficeError where one is not declared, or where it is no pattern."""
        for _ in range(DEEPEST):
            for name in set(PART.findall(pattern)) - LATER:
                keys.known_name(key, name, list(self.parts))
                pattern = pattern.replace(f"{{{name}}}", self.parts[name])
        if self.proven:
            return pattern
        try:
            re.compile(PART.sub("0", pattern))
        except re.error as error:
            raise keys.fail(key, f"“{pattern}”不是正确的正则表达式：{error}") from None
        return pattern


def summed(keys: Keys, key: str, text: str, form: Form) -> tuple[int, ...]:
    """The numbers of a sum such as ``T3.r5.c7:T3.r12.c7 + T3.r3.c7``; a span stays in its row or its column. Raises
    OfficeError where one is not declared."""
    codes = list(form.by_code)
    found: list[int] = []
    for term in text.split("+"):
        first, _, last = (code.strip() for code in term.partition(":"))
        names = keys.span(key, codes, first, last or first)
        one, other = form.by_code[first], form.by_code[last or first]
        for item in map(form.by_code.__getitem__, names):
            in_row, in_column = item.row is one.row, item.column is one.column
            if (one.row is other.row or in_column) and (one.column is other.column or in_row):
                found.append(item.index)
    return tuple(found)
