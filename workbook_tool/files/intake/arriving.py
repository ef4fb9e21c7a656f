"""Files that are still arriving: copied, synchronised or downloaded while we look. They are told, and read next time."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from fnmatch import fnmatch
from pathlib import Path

from workbook_tool.files.intake.formats.kinds import is_tar
from workbook_tool.files.intake.opening import open_regular
from workbook_tool.model.intake.source import SourceFile

DOWNLOADS = (
    *("*.crdownload", "*.part", "*.partial", "*.download", "*.downloading"),
    *("*.opdownload", "*.filepart", "*.xltd", "*.td"),
)
"""What browsers, Baidu, Thunder and WinSCP call a file until it is whole."""
FRESH, PAUSE = 2.0, 0.5
"""A file changed less than FRESH seconds ago is looked at again after a PAUSE."""
TAIL, RECENT = 8192, 600
"""So many zeros at its end, in a file changed less than RECENT seconds ago, are room set aside for what is to come."""


def unfinished(source: SourceFile, paths: Collection[str], now: float) -> str:
    """Why a file cannot be whole yet, by its name or its end; empty where nothing says so. ``paths`` are all there
    are: Firefox keeps ``x.xlsx`` empty while it fills ``x.xlsx.part``."""
    parts = source.path.lower().split("/")
    if any(fnmatch(part, pattern) for part in parts for pattern in DOWNLOADS) or f"{source.path}.part" in paths:
        return "还没有下载完，没有读；请等下载完后再运行一次，不再需要的请删去"
    if source.sha256 and abs(now - source.modified) < RECENT and zero_tail(source):
        return "末尾还是空的，像是正在传，没有读；请等传完后再运行一次"
    return ""


def zero_tail(source: SourceFile) -> bool:
    """Whether a file ends in zeros, as one does for which room was set aside; False where it cannot be opened."""
    try:
        with open_regular(source.location) as stream:
            stream.seek(max(0, source.size - TAIL))
            tail = stream.read(TAIL)
            stream.seek(0)
            if is_tar(stream.read(TAIL)):
                return False
    except OSError:
        return False
    return len(tail) == min(TAIL, source.size) > 0 and not tail.strip(b"\0")


def changed(sources: Sequence[SourceFile]) -> set[str]:
    """The paths of the files that are no longer what was listed, once fresh ones have had a moment to go on."""
    files = [source for source in sources if source.sha256]
    now = time.time()
    if any(now - source.modified < FRESH for source in files):
        time.sleep(PAUSE)
    return {source.path for source in files if look(source.location) != (source.size, source.modified)}


def look(location: Path) -> tuple[int, float] | None:
    """The size and the time of the last change as they are now; None where that can no longer be told."""
    try:
        status = location.lstat()
    except OSError:
        return None
    return status.st_size, status.st_mtime
