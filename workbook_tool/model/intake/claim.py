"""What the text of a report says of a number of the form."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """A number that a sentence states. ``saying`` is the index of the declared kind of sentence, ``line`` the paragraph
    that the ``sentence`` begins in, from 0."""

    saying: int
    number: int
    sentence: str
    line: int
