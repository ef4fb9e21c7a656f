"""How a letter of ours is known by its answers: its Message-ID carries the code of the agency it went to.

So an answer says whose it is even where nothing else does, and no memory is needed to read it.
"""

from __future__ import annotations

from workbook_tool.model.regex import regex

LETTER = regex(r"<[0-9a-f]{24}\.((?:[0-9a-f]{2})*)@workbook-tool\.invalid>")


def letter_id(mark: str, code: str) -> str:
    """The Message-ID of a letter: ``mark`` (24 hexadecimal digits) tells it from all others."""
    return f"<{mark}.{code.encode().hex()}@workbook-tool.invalid>"


def codes_in(text: str) -> tuple[str, ...]:
    """The codes of the agencies whose letters a text names, such as an answer's In-Reply-To and References."""
    found = (bytes.fromhex(code).decode(errors="ignore") for code in LETTER.findall(text))
    return tuple(dict.fromkeys(code for code in found if code))
