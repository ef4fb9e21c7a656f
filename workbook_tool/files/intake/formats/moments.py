"""Days and times as XML writes them (ISO 8601)."""

from __future__ import annotations

import re
from datetime import date, datetime, time


def moment(stored: str) -> date:
    """A day, or a day with its time. Python's own reading of ISO 8601 knows at most six digits of a second. Raises
    ValueError where the text is no day."""
    if "T" not in stored:
        return date.fromisoformat(stored)
    found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", stored))
    return found.date() if found.time() == time() else found
