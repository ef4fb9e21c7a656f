"""The inbox is a record: it is listed and read, never changed."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Sequence
from pathlib import Path

from workbook_tool.files.intake.unique_names import UniqueNames, from_disk
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.intake.submission import SourceFile

UNREAD = ""


def list_inbox(inbox: Path) -> list[SourceFile]:
    """Every entry below the inbox that is not a folder, in byte order of the paths; also folders that cannot be
    opened and links to folders, since there may be filings behind them.

    ``sha256`` is empty where an entry is no regular file or cannot be read. Raises OfficeError without an inbox.
    """
    if not inbox.is_dir():
        raise OfficeError(f"找不到收件夹 {inbox}；请新建这个文件夹，或在 config.toml 的 [folders] inbox 中改正。")
    found: list[Path] = []

    def closed(error: OSError) -> None:
        found.append(Path(error.filename))

    for folder, folders, names in os.walk(inbox, onerror=closed):
        links = [name for name in folders if (Path(folder) / name).is_symlink()]
        found += [Path(folder) / name for name in (*names, *links)]
    found.sort(key=lambda path: os.fsencode(path.relative_to(inbox).as_posix()))
    shown = UniqueNames()
    return [source_file(path, shown.once(from_disk(path.relative_to(inbox).as_posix()))) for path in found]


def list_files(paths: Sequence[Path]) -> list[SourceFile]:
    """Single files from anywhere, by their names."""
    names = UniqueNames()
    return [source_file(path, names.once(from_disk(path.name))) for path in paths]


def source_file(location: Path, path: str) -> SourceFile:
    """The facts about one file; one that vanished or may not be looked at has none."""
    try:
        status = location.lstat()
    except OSError:
        return SourceFile(path, location, UNREAD, 0)
    regular = stat.S_ISREG(status.st_mode)
    return SourceFile(path, location, digest(location) if regular else UNREAD, status.st_size, status.st_mtime)


def digest(location: Path) -> str:
    """The sha256 of a file's content; empty where it cannot be read."""
    try:
        with location.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return UNREAD
