"""What a file says of itself in so many words: the hidden identity, and the labelled lines of its cover."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache

from workbook_tool.model.form.form import PERIOD_FIELDS, CoverField, Form
from workbook_tool.model.intake.submission import IDENTITY_SHEET, Content, Place, Sheet
from workbook_tool.model.regex import regex
from workbook_tool.model.text import SEAL, cover_key, squash
from workbook_tool.steps.intake.identify.period import as_text, as_year

YES = frozenset({"是", "✔", "√", "对", "Y", "YES"})
NO = frozenset({"否", "×", "✘", "N", "NO"})
TICKED, MARKS = frozenset("☑✓✔√■●"), "☑✓✔√■●□☐○"
BEFORE, AFTER = regex(rf"([{MARKS}]?)(是|否)"), regex(rf"(是|否)([{MARKS}]?)")
REMARK = regex(r"\([^()是否√×✓✔✘]*\)$")
BETWEEN = regex(r"[\s/、,;|]+")
EXAMPLE = regex(r"(?:例如|比如|请?填写|请选择)|(?:如|例|示例|样例)\s*[:：]")
UNSIGNED = regex(
    r"[×✗✘☒xX□☐]|[暂尚还]?[无缺空]白?|(?:[暂尚还]?[未没待]|不)(?:[审核签定批填补要需办有完]\S{0,6})?"
    r"|请?(?:本人|此处|手写)?(?:签[字名章]|盖章|印章)(?:处|栏)?|年月日"
)
"""What stands in the place of a signature and is none: that there is none, or that one should be put there."""
WEIGHTS = {"nil": 3, "period": 3, "year": 3, "code": 3}
"""What only a cover answers weighs more than what also stands on other sheets."""
DATE = regex(r"(\d{4})\D{1,2}(\d{1,2})\D{1,2}(\d{1,2})")
ROUND = regex(r"[1-9]\d{0,2}")
LONGEST_LABEL = 30
OTHERWISE = regex(r"\s{2,}(?=[^:]{1,12}:)|\s+(?=[^\s:]{1,12}:)")
"""Before what asks for something that the cover does not: ``示例县教育局      单位：元``."""

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
    """The answers of the cover, with sheet and place. A sheet is a cover where it has at least two of the labels.

    Of several the one that answers most counts: a sheet for signatures or an instruction may lie in front. The others
    add what it leaves open, but never whose report it is, and only where they do not speak of another agency or period.
    """
    answered = [(sheet, sheet_answers(sheet, form)) for sheet in sheets]
    # A hidden copy speaks only where there is no other cover.
    covers = [c for sheet, c in answered if c and not sheet.hidden] or [c for _, c in answered if c]
    ranked = sorted(covers, key=lambda cover: -sum(WEIGHTS.get(field.kind, 1) for field in cover))
    best: Cover = ranked[0] if ranked else {}
    named = any(field.kind in ("agency", "code") for field in best)
    for other in ranked[1:]:
        if not contradicts(other, best):
            more = {f: a for f, a in other.items() if not (named and f.kind in ("agency", "code"))}
            best = more | best
    return best


def contradicts(one: Cover, other: Cover) -> bool:
    """Whether two sheets speak of different agencies or periods, such as a cover of last year left in the workbook."""
    both = [(field, one[field][0], other[field][0]) for field in one.keys() & other.keys()]
    return any(
        as_year(a) != as_year(b) if field.kind == "year" else not alike(squash(as_text(a)), squash(as_text(b)))
        for field, a, b in both
        if field.kind in ("agency", "code", *PERIOD_FIELDS)
    )


def alike(one: str, other: str) -> bool:
    """Whether one is the other with something left out: a place before the name, zeros before the code."""
    return one in other or other in one


def sheet_answers(sheet: Sheet, form: Form) -> Cover:
    """What a sheet answers to the labels of a cover; nothing where it has fewer than two of them."""
    inline = dict(inline_answers(sheet.texts, form))
    labels = {place: field for place, text in sheet.texts.items() if (field := labelled(text, form))}
    if len({*inline, *labels.values()}) < 2:
        return {}
    found: Cover = {field: (text, sheet.name, place) for field, (text, place) in inline.items()}
    taken = set()
    for place, field in sorted(labels.items(), key=lambda pair: pair[0]):
        answer = beside(sheet, place, labels) or below(sheet, place, labels, field)
        if answer and field not in taken and is_answer(sheet.cells[answer]):
            found[field] = (sheet.cells[answer], sheet.name, answer)
            taken.add(field)
    return found


def is_answer(content: Content) -> bool:
    """Whether a content can be an answer; no error, no formula without its result, no example and no instruction."""
    return content is True or (bool(text := as_text(content)) and not EXAMPLE.match(text))


def labelled(text: str, form: Form) -> CoverField | None:
    """The field whose label this text is."""
    return form.cover_labels.get(cover_key(text)) if len(text) < LONGEST_LABEL else None


def beside(sheet: Sheet, place: Place, labels: dict[Place, CoverField]) -> Place | None:
    """The nearest filled cell at the right, unless that is the next label."""
    right = min((p for p in sheet.cells if p[0] == place[0] and p[1] > place[1]), default=None)
    return right if right is not None and right not in labels else None


def below(sheet: Sheet, place: Place, labels: dict[Place, CoverField], field: CoverField) -> Place | None:
    """The cell under a label that is a heading; a line that holds labels of its own holds no answers, and a heading
    over several names or codes is that of a list."""
    under, next_one = (place[0] + 1, place[1]), (place[0] + 2, place[1])
    content = sheet.cells.get(under)
    if content is None or any(row == under[0] for row, _ in labels):
        return None
    listed = (
        field.kind in ("agency", "code") and next_one in sheet.cells and not any(r == next_one[0] for r, _ in labels)
    )
    return under if answers(content, field) and not listed else None


def answers(content: Content, field: CoverField) -> bool:
    """Whether a content can be the answer to this field at all."""
    text = as_text(content)
    if field.kind in ("agency", "text", "sign"):
        return not text.endswith((":", "：")) and not text.isdecimal()
    possible = {
        "code": bool(re.fullmatch(r"(?=.*\d)[\w&#-]{1,18}", text)),
        "year": as_year(content) is not None,
        "period": bool(re.search("[\\d一二三四五六七八九十]|半年", text)),
        "date": as_date(content) is not None,
        "nil": yes_or_no(content) is not None,
    }
    return possible.get(field.kind, text in field.choices)


def inline_answers(texts: dict[Place, str], form: Form) -> list[tuple[CoverField, tuple[str, Place]]]:
    """Answers that stand in one cell with their labels (``填报单位：示例县教育局　填报日期：…``), first ones last."""
    wanted = {key: field for field in form.cover for key in field.keys}
    labels = tuple(label for field in form.cover for label in field.labels)
    told = [(place, parts) for place, text in texts.items() if (parts := labelled_parts(text, labels))]
    found = [(wanted[key], (said, place)) for place, parts in sorted(told, reverse=True) for key, said in parts]
    return [(field, answer) for field, answer in found if is_answer(answer[0])]


@lru_cache(maxsize=1 << 13)  # the same texts stand in every file
def labelled_parts(text: str, labels: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """What a text that begins with one of these labels says behind each of them, by their keys; nothing where it does not."""
    pattern, plain = label_pattern(labels), unicodedata.normalize("NFKC", text).lstrip()
    if not pattern.match(plain):
        return ()
    parts = pattern.split(plain)
    return tuple(zip(map(cover_key, parts[1::2]), map(alone, parts[2::2]), strict=True))


def alone(answer: str) -> str:
    """An answer without what else its cell says."""
    return OTHERWISE.split(answer.strip())[0]


@lru_cache
def label_pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these labels with what stands between it and its answer; the longer ones first."""
    normal = sorted((unicodedata.normalize("NFKC", label) for label in labels), key=len, reverse=True)
    spaced = "|".join(r"\s*".join(map(re.escape, label)) for label in normal)
    return re.compile(rf"({spaced})\s*(?:{SEAL})?\s*:\s*")


def as_date(value: Content) -> date | None:
    """A content as a date, whether typed as one or written as text."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    match = DATE.search(as_text(value))
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def is_yes(value: Content) -> bool:
    """Whether an answer says yes, in any of the usual ways."""
    return yes_or_no(value) is True


def is_signed(value: Content) -> bool:
    """Whether somebody has put a name, a day or a tick to a step, and not a dash or 待审."""
    kept = unicodedata.normalize("NFKC", as_text(value))
    said = re.sub(r"[\W_]+", "", kept)
    return not UNSIGNED.fullmatch(said) if said else value is True or bool(set(kept) & {*TICKED, "〃"})


def yes_or_no(value: Content) -> bool | None:
    """What a question is answered, also with ticked boxes (``☑是 □否``); None where nobody can tell (``□是 □否``)."""
    if isinstance(value, bool):
        return value
    bare = REMARK.sub("", BETWEEN.sub("", unicodedata.normalize("NFKC", as_text(value)))).upper()
    if bare in YES or bare in NO:
        return bare in YES
    # The box stands before its word or behind it; where it could be either, it tells nothing.
    before = BEFORE.findall(bare) if covers_all(BEFORE, bare) else []
    behind = [(mark, word) for word, mark in AFTER.findall(bare)] if covers_all(AFTER, bare) else []
    answers = {chosen(pairs) for pairs in (before, behind) if pairs}
    return answers.pop() if len(answers) == 1 else None


def covers_all(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a text consists of nothing but matches; an empty one does not."""
    return bool(text) and not pattern.sub("", text)


def chosen(pairs: list[tuple[str, str]]) -> bool | None:
    """The one word that is ticked; a single word also counts without a box, but not with an empty one."""
    ticked = {word for mark, word in pairs if mark in TICKED}
    words = {word for _, word in pairs} if pairs == [("", pairs[0][1])] else ticked
    return words == {"是"} if len(words) == 1 else None
