"""What comes from outside is listed and opened here, and nowhere else.

Between a look at a file and its opening somebody may put a pipe in its place, which would keep us waiting for ever; a
folder may be closed to us, and what lies in it is then unknown and not missing.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
UNREAD = ""
STEP = 1 << 20


class NotRegularError(OSError):
    """It is a link, a pipe, a device or a folder: nothing to be read from."""


def entries(folder: Path) -> tuple[list[Path], dict[Path, OSError]]:
    """Everything below a folder that is no folder, links to folders included, since there may be filings behind them;
    and the folders that could not be listed, each with what the system says of it.

    Raises OSError where the folder itself cannot be listed.
    """
    found: list[Path] = []
    closed: dict[Path, OSError] = {}

    def note(error: OSError) -> None:
        closed[Path(error.filename)] = error

    for place, folders, names in os.walk(folder, onerror=note):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        found += [Path(place) / name for name in (*names, *links)]
    if folder in closed:
        raise closed[folder]
    return found, closed


def open_regular(location: Path) -> BinaryIO:
    """A regular file, opened without ever waiting for one. Raises NotRegularError for anything else, and OSError where
    it cannot be opened."""
    if not stat.S_ISREG(location.lstat().st_mode):  # asked before opening: a pipe would wake its writer
        raise NotRegularError
    stream = os.fdopen(os.open(location, FLAGS), "rb")
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):  # asked again: it may be another by now
        stream.close()
        raise NotRegularError
    return stream


def head_of(location: Path, count: int = 8) -> bytes:
    """How a file begins; nothing where it cannot be read."""
    try:
        with open_regular(location) as stream:
            return stream.read(count)
    except OSError:
        return b""


def digest(location: Path, most: int | None = None) -> str:
    """The sha256 of a file's content; empty where it cannot be read, or holds more than ``most`` bytes: then it is not
    read to its end, however long that is."""
    try:
        return sha256_of(location, most)
    except OSError:
        return UNREAD


def sha256_of(location: Path, most: int | None = None) -> str:
    """As ``digest``, for whoever has to know why a file cannot be read. Raises OSError then."""
    with open_regular(location) as stream:
        if most is not None and os.fstat(stream.fileno()).st_size > most:
            return UNREAD
        told, left = hashlib.sha256(), most
        while chunk := stream.read(STEP):
            told.update(chunk)
            if left is not None and (left := left - len(chunk)) < 0:  # it grew meanwhile
                return UNREAD
        return told.hexdigest()
