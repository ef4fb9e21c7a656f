"""The words of an .rtf: what is a command, what is text, and where groups begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from workbook_tool.model.errors import Unreadable
from workbook_tool.model.regex import regex

TOKEN = regex(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)", re.DOTALL
)
BROKEN = "文件不完整或已损坏（.rtf）；请用 Word 或 WPS 重新保存为 .docx 后再报"


class RtfToken(Struct, frozen=True):
    """``word`` is a command with its number (None where it has none), a bracket, or empty for the bytes of a text."""

    word: str = ""
    number: int | None = None
    data: bytes = b""


def tokens(content: bytes) -> Iterator[RtfToken]:
    """The tokens in their order. Raises Unreadable where they stop making sense."""
    at = 0
    while at < len(content):
        match = TOKEN.match(content, at)
        if match is None:
            raise Unreadable(BROKEN)
        at = match.end()
        word, told, code, sign, bracket, text = match.groups()
        if word is not None:
            number = None if told is None else int(told)
            if word == b"bin":  # what follows is no text at all
                at += max(number or 0, 0)
            else:
                yield RtfToken(word.decode("ascii"), number)
        elif code is not None:
            yield RtfToken(data=bytes.fromhex(code.decode("ascii")))
        elif sign is not None:
            yield from signed(sign)
        elif bracket is not None:
            yield RtfToken(bracket.decode("ascii"))
        elif text is not None:
            yield RtfToken(data=text)


def signed(sign: bytes) -> Iterator[RtfToken]:
    """A backslash before anything but a letter: a letter that would be a bracket, a space, a hyphen or a line."""
    if sign in (b"\\", b"{", b"}"):
        yield RtfToken(data=sign)
    elif sign == b"*":
        yield RtfToken("*")
    elif sign in (b"~", b"_"):
        yield RtfToken(data=b" " if sign == b"~" else b"-")
    elif sign in (b"\r", b"\n"):
        yield RtfToken("par")
