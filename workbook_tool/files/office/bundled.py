"""Where the forms lie that came with the program."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).parents[2]


def bundled_templates() -> Path:
    """The declarations that came with the program: inside an installed package, beside it in a source checkout."""
    inside = PACKAGE / "templates"
    return inside if inside.is_dir() else PACKAGE.parent / "templates"
