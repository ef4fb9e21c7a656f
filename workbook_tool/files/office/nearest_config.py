"""Finds the office that somebody works in, from a folder of it."""

from __future__ import annotations

from pathlib import Path

from workbook_tool.model.regex import regex

OFFICE = regex(rb"(?m)^\s*\[region\]")
"""What tells an office's config.toml from the many other files of that name."""


def nearest_config(usual: Path) -> Path:
    """The config.toml here, or else the nearest above that is an office's; where there is none, the one that is missing
    here."""
    if usual.exists():
        return usual
    for folder in Path.cwd().parents:
        try:
            if OFFICE.search((folder / usual).read_bytes()):
                return folder / usual
        except OSError:  # none there, or nobody's business
            continue
    return usual
