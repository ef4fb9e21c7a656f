"""What a file says of itself in so many words: the hidden identity, and the labelled lines of its cover."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime

from workbook_tool.model.form import CoverField, Form
from workbook_tool.model.submission import IDENTITY_SHEET, Content, Place, Sheet
from workbook_tool.model.text import label_key
from workbook_tool.steps.identify.period import as_text, as_year

YES = frozenset({"是", "✔", "√", "对", "Y", "YES"})
NO = frozenset({"否", "×", "✘", "N", "NO"})
DATE = re.compile(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})")
ROUND = re.compile(r"[1-9]\d{0,2}")
LONGEST_LABEL = 30

Cover = dict[CoverField, tuple[Content, str, Place]]
"""By field: what is answered, on which sheet and where."""


def hidden_identity(sheets: Sequence[Sheet]) -> dict[str, str]:
    """Key and value of the issued workbook's hidden sheet; empty where it is gone."""
    for sheet in sheets:
        if sheet.name == IDENTITY_SHEET:
            keys = {row: str(value) for (row, column), value in sheet.cells.items() if column == 0}
            return {key: as_text(sheet.cells.get((row, 1))) for row, key in keys.items()}
    return {}


def as_round(text: str) -> int:
    """The round of the hidden identity; what is no number is the first."""
    return int(text) if ROUND.fullmatch(text) else 1


def read_cover(sheets: Sequence[Sheet], form: Form) -> Cover:
    """The answers of the cover, with sheet and place. A sheet is a cover where it has at least two of the labels."""
    for sheet in sheets:
        inline = dict(inline_answers(sheet, form))
        labels = {place: field for place, text in sheet.cells.items() if (field := labelled(text, form))}
        if len({*inline, *labels.values()}) < 2:
            continue
        found: Cover = {}
        for place, field in sorted(labels.items(), key=lambda pair: pair[0]):
            answer = beside(sheet, place, labels) or below(sheet, place, labels, field)
            if answer and field not in found:
                found[field] = (sheet.cells[answer], sheet.name, answer)
        return {field: (text, sheet.name, place) for field, (text, place) in inline.items()} | found
    return {}


def labelled(text: Content, form: Form) -> CoverField | None:
    """The field whose label this text is."""
    if not isinstance(text, str) or len(text) >= LONGEST_LABEL:
        return None
    key = label_key(text)
    return next((field for field in form.cover if label_key(field.label) == key), None)


def beside(sheet: Sheet, place: Place, labels: dict[Place, CoverField]) -> Place | None:
    """The nearest filled cell at the right, unless that is the next label."""
    right = min((p for p in sheet.cells if p[0] == place[0] and p[1] > place[1]), default=None)
    return right if right is not None and right not in labels else None


def below(sheet: Sheet, place: Place, labels: dict[Place, CoverField], field: CoverField) -> Place | None:
    """The cell under a label that is a heading; a line that holds labels of its own holds no answers."""
    under = (place[0] + 1, place[1])
    content = sheet.cells.get(under)
    if content is None or any(row == under[0] for row, _ in labels):
        return None
    return under if answers(content, field) else None


def answers(content: Content, field: CoverField) -> bool:
    """Whether a content can be the answer to this field at all."""
    text = as_text(content)
    if field.kind in ("agency", "text"):
        return not text.endswith((":", "：")) and not text.isdecimal()
    possible = {
        "code": bool(re.fullmatch(r"(?=.*\d)[\w&-]{1,18}", text)),
        "year": as_year(content) is not None,
        "date": as_date(content) is not None,
        "nil": text.upper() in YES | NO,
    }
    return possible.get(field.kind, text in field.choices)


def inline_answers(sheet: Sheet, form: Form) -> list[tuple[CoverField, tuple[str, Place]]]:
    """Answers that stand in one cell with their labels (``填报单位：示例县教育局　填报日期：…``), first ones last."""
    wanted = {label_key(field.label): field for field in form.cover}
    spaced = "|".join(r"\s*".join(map(re.escape, unicodedata.normalize("NFKC", f.label))) for f in form.cover)
    pattern = re.compile(rf"({spaced})\s*:\s*")
    found = []
    for place, text in sorted(strings(sheet), reverse=True):
        parts = pattern.split(unicodedata.normalize("NFKC", text))
        if not parts[0].strip():
            found += [(wanted[label_key(k)], (v.strip(), place)) for k, v in zip(parts[1::2], parts[2::2], strict=True)]
    return [(field, answer) for field, answer in found if answer[0]]


def strings(sheet: Sheet) -> list[tuple[Place, str]]:
    return [(place, text) for place, text in sheet.cells.items() if isinstance(text, str)]


def as_date(value: Content) -> date | None:
    """A content as a date, whether typed as one or written as text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = DATE.search(str(value or ""))
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def is_yes(value: Content) -> bool:
    """Whether an answer says yes, in any of the usual ways."""
    return value is True or str(value).strip().upper() in YES
