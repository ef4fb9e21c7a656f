"""Proof that nothing was done to a sheet but to mark it: without marks its markup is what it was, byte for byte."""

from __future__ import annotations

import re
from functools import cache

from workbook_tool.files.returns.fills import OURS
from workbook_tool.model.cells import address
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.regex import regex

TOLD = regex(rb' (?:s|priority|spans)="[^"]*"')
ROOT = regex(rb"<(\w+:)?worksheet\b")


def only_marked(before: bytes, after: bytes, round_at: Place | None) -> bool:
    """Whether a sheet is what it was but for looks, notes and empty cells that bear them; where ``round_at`` is told, the
    content there may differ too. Both as lxml writes markup."""
    return bare(before, round_at) == bare(after, round_at)


def bare(markup: bytes, round_at: Place | None) -> bytes:
    """A sheet's markup without what marks are made of."""
    root = ROOT.search(markup)
    space = root[1] or b"" if root else b""
    if OURS.encode() in markup:
        formats = re.compile(element(space, b"conditionalFormatting", rb"\b") + rb"\s*", re.DOTALL)
        markup = formats.sub(lambda found: b"" if OURS.encode() in found[0] else found[0], markup)
    if round_at:
        markup = re.sub(element(space, b"c", rb' r="%s"' % address(*round_at).encode()), b"", markup, flags=re.DOTALL)
    markup = TOLD.sub(b"", markup)
    for pattern, rest in bearers(space):
        markup = pattern.sub(rest, markup)
    return markup


def element(space: bytes, tag: bytes, more: bytes) -> bytes:
    """The pattern of an element with all in it, by the prefix of its names and what its tag goes on with."""
    return rb"<%s%s%s(?:[^>]*/>|.*?</%s%s>)" % (space, tag, more, space, tag)


@cache
def bearers(space: bytes) -> tuple[tuple[re.Pattern[bytes], bytes], ...]:
    """What says nothing once the looks are away: empty cells, rows of them, the way to the notes. A sheet without cells may
    say so in two ways."""
    patterns = {
        rb'<%sc r="[A-Z]+\d+"/>': b"",
        rb"></%srow>": b"/>",
        rb'<%srow r="\d+"/>': b"",
        rb"></%ssheetData>": b"/>",
        rb"<%slegacyDrawing [^>]*/>": b"",
    }
    return tuple((re.compile(pattern % space), rest) for pattern, rest in patterns.items())
