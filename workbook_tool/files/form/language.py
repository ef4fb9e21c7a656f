"""The words of a declaration, each with its meaning and a line that is right."""

from __future__ import annotations


def example_of(place: str, key: str) -> str:
    """A line that is right at this place; empty where none is known."""
    return ""
