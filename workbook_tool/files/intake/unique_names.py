"""Names as people see them: any bytes become a text that is safe to show, and no two files get the same one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

from workbook_tool.model.text import safe_text


def from_bytes(name: bytes) -> str:
    """A text of unknown encoding: UTF-8 where it is that, else GB18030, which the older Chinese programs write."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode("utf-8", "replace")


def from_disk(path: str) -> str:
    """A relative path of the disk; each part may have come from another system."""
    return "/".join(from_bytes(os.fsencode(part)) for part in path.split("/"))


def harmless(name: str) -> str:
    """The name of a member of an archive or mail without what would lead anywhere: drives, ``..`` and roots."""
    parts = [
        part for part in re.split(r"[/\\]", re.sub(r"^[A-Za-z]:", "", name)) if part.strip() not in ("", ".", "..")
    ]
    return "/".join(parts) or "无名"


class UniqueNames:
    """Gives every file a path of its own: a twin becomes ``x (2).xlsx``."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self.taken = set(taken)

    def once(self, path: str) -> str:
        """The path, safe to show and on one line, and not given before."""
        shown = re.sub(r"\s", " ", safe_text(path))
        name = re.split("[/!]", shown)[-1]
        folder = shown.removesuffix(name)
        stem, dot, suffix = name.rpartition(".")
        if not stem:
            stem, dot, suffix = name, "", ""
        number = 1
        while shown in self.taken:
            number += 1
            shown = f"{folder}{stem} ({number}){dot}{suffix}"
        self.taken.add(shown)
        return shown
