"""Reads choices that depend on another choice: of a column of a list, or of a row or column of a table."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool.files.office.toml import Keys

HOW = '随另一列（行）而定的，用 depends 写明哪一列，并按它的选项分列：choices = { "甲" = ["一"] }'


def read_dependents(keys: Keys) -> dict[str, tuple[str, ...]]:
    """What may be chosen after each choice of what it depends on; empty where it depends on nothing. Raises OfficeError where
    only one of the two is declared."""
    told = keys.values.get("choices")
    if bool(keys.text("depends")) != isinstance(told, dict):
        raise keys.fail("choices", HOW)
    return {word: keys.inner(told, "choices").texts(word, True) for word in told} if isinstance(told, dict) else {}


def tell_dependents(keys: Keys, depends: str, offered: Sequence[str], after: Sequence[str]) -> None:
    """Say where nothing can be chosen in what a choice depends on, or what is said to be chosen there is not among the
    ``offered``."""
    if not offered:
        keys.wrong("depends", f"“{depends}” 没有写明选项，也不是“是否”", depends)
    for word in after if offered else ():
        with keys.going_on():
            keys.known_name("choices", word, list(offered))
