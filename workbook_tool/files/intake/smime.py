"""S/MIME: the mail inside of one that is signed as a whole (smime.p7m), by as much of ASN.1 as that takes.

Whether the signature is right is not asked: a filing counts for what it says, signed or not.
"""

from __future__ import annotations

from collections.abc import Iterator

SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
SEQUENCE, CONTENT, OCTETS, IDENTIFIER = 0x30, 0xA0, (0x04, 0x24), 0x06
DEEPEST = 20
"""Octets in pieces hold pieces; no honest program nests them any further."""


def signed_content(data: bytes) -> bytes | None:
    """What was signed, where that is in it; None for what is encrypted, broken, or no S/MIME."""
    try:
        _, outer = next(values(data))
        kind, content = found(outer, IDENTIFIER), found(outer, CONTENT)
        if kind != SIGNED_DATA:
            return None
        within = found(found(content, SEQUENCE), SEQUENCE)
        tag, octets = next(values(found(within, CONTENT)))
        return b"".join(pieces(tag, octets, DEEPEST)) if tag in OCTETS else None
    except (StopIteration, IndexError, ValueError, RecursionError):
        return None


def found(data: bytes, wanted: int) -> bytes:
    """The first value of this tag. Raises StopIteration where there is none."""
    return next(value for tag, value in values(data) if tag == wanted)


def pieces(tag: int, value: bytes, deep: int) -> Iterator[bytes]:
    """Octets that may have been written in pieces. Raises ValueError where they are nested beyond sense."""
    if tag == OCTETS[0]:
        yield value
    elif deep:
        for inner, part in values(value):
            yield from pieces(inner, part, deep - 1)
    else:
        raise ValueError("octets in octets")


def values(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each value, one behind the other."""
    at = 0
    while at < len(data) and data[at : at + 2] != b"\0\0":
        tag, start, end = bounds(data, at)
        if end is None:
            end = end_of(data, start)
            yield tag, data[start:end]
            at = end + 2
        else:
            yield tag, data[start:end]
            at = end


def bounds(data: bytes, at: int) -> tuple[int, int, int | None]:
    """The tag of the value that stands here, where its content begins, and where it ends if that is said."""
    tag, length = data[at], data[at + 1]
    if length < 0x80:
        return tag, at + 2, at + 2 + length
    if length == 0x80:
        return tag, at + 2, None
    size = length & 0x7F
    start = at + 2 + size
    return tag, start, start + int.from_bytes(data[at + 2 : start], "big")


def end_of(data: bytes, at: int) -> int:
    """Where a value ends that only says so behind its content. Raises IndexError where it never does."""
    open_values = 1
    while open_values:
        if data[at : at + 2] == b"\0\0":
            open_values -= 1
            at += 2
            continue
        _, start, end = bounds(data, at)
        open_values += end is None
        at = start if end is None else end
    return at - 2
