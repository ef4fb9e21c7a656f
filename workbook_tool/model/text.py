"""How labels and names are compared: one reading of a label, whatever brackets, widths or numbering it wears."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

NUMBERING = re.compile(r"^(?:[(〔\[][一二三四五六七八九十\d]+[)〕\]]|[一二三四五六七八九十]+、|\d{1,2}[.．、])")
DROPPED = re.compile(r"[\s\u200b-\u200f\ufeff\"'“”‘’「」『』《》<>:：;；,，、.。·_—–-]+")
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
BIDI = re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
EXCEL_CELL_LIMIT = 32_767
CLOSE_ENOUGH = 0.5
"""The likeness, from 0 to 1, from which a word is worth suggesting for another."""


def squash(text: str) -> str:
    """The text without spaces and punctuation, in NFKC: what two spellings of one thing have in common."""
    return DROPPED.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=1 << 16)  # the same labels stand in every file
def label_key(text: str) -> str:
    """The key under which a row or column label is looked up.

    Width, spaces, line breaks, quotes and leading numbering (``（七）``, ``三、``, ``1.``) do not count, and
    neither do brackets, so that ``（一）规 章`` and ``(一)规章`` are the same label.
    """
    bare = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    bare = NUMBERING.sub("", bare)
    return re.sub(r"[()\[\]〔〕【】]", "", squash(bare))


def safe_text(text: str) -> str:
    """The text as any file format of ours can hold it: no control, surrogate or direction-changing characters, and not
    longer than an Excel cell."""
    return BIDI.sub("", ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text))[:EXCEL_CELL_LIMIT]


def safe_name(text: str) -> str:
    """The text as a file name on any system."""
    return re.sub(r'[\\/:*?"<>|\n\r\t]', "_", safe_text(text)).strip(" .") or "_"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like ``word``, or None where nothing is close enough to suggest."""
    from rapidfuzz.distance import Prefix
    from rapidfuzz.distance.DamerauLevenshtein import normalized_similarity

    likeness = {
        other: (normalized_similarity(word, other), -abs(len(word) - len(other)), Prefix.similarity(word, other))
        for other in known
    }
    best = max(likeness, key=lambda other: likeness[other], default=None)
    return best if best is not None and likeness[best][0] >= CLOSE_ENOUGH else None
