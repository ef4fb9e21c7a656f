"""The files that somebody types on a command line: files, folders, patterns, and ``-`` for standard input."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from glob import glob
from pathlib import Path

from workbook_tool.model.errors import OfficeError

STANDARD_INPUT = "标准输入"
"""What a file from there is called."""


def typed_paths(words: Sequence[str], aside: Path) -> list[Path]:
    """The files and folders that are meant; what comes from standard input is put ``aside``. A pattern counts where the shell
    has not replaced it, as on Windows. Raises OfficeError for what is not there."""
    found: list[Path] = []
    for word in dict.fromkeys(words):
        if word == "-":
            found.append(aside / STANDARD_INPUT)
            found[-1].write_bytes(sys.stdin.buffer.read())
        elif Path(word).exists():
            found.append(Path(word))
        elif matching := sorted(glob(word, recursive=True)):  # noqa: PTH207 (a Path takes no pattern that begins at the root)
            found += map(Path, matching)
        else:
            raise OfficeError(f"没有与 {word} 相符的文件。" if set(word) & set("*?[") else f"找不到文件 {word}。")
    return found
