"""What the text of a report says: of a number of the form, and what is gathered from it."""

from __future__ import annotations

from msgspec import Struct


class Claim(Struct, frozen=True):
    """A number that a sentence states. ``saying`` is the index of the declared kind of sentence, ``line`` the paragraph
    that the ``sentence`` begins in, from 0."""

    saying: int
    number: int
    sentence: str
    line: int


class Said(Struct, frozen=True):
    """What a report says of something that is gathered from all: the ``id`` of that, the passage or the figure, and the
    paragraph that it begins in, from 0."""

    id: str
    text: str
    line: int
