"""Fetched messages as files of the inbox: each whole or not at all, and once, wherever a fetch is killed."""

from __future__ import annotations

import os
from datetime import datetime, time
from itertools import count
from pathlib import Path

from workbook_tool.files.season.outbox import flush
from workbook_tool.model.errors import OutboxError, why
from workbook_tool.model.intake.source import BEIJING
from workbook_tool.model.mail.envelope import Envelope
from workbook_tool.model.text import file_name

FOLDER = "邮件"
"""The folder in the inbox that fetched messages are put into."""
PARTIAL = ".fetching.tmp"
"""What a message is called until it is whole; nothing that reads the inbox looks at such a file."""


def put_into(inbox: Path, envelope: Envelope, content: bytes) -> str:
    """Put a message into the inbox, under a name that is the same for the same message. Returns its path there; the name is
    durable once ``make_durable`` has been called.

    Raises OutboxError where it cannot be written; then nothing of it is there.
    """
    folder = inbox / FOLDER
    partial = folder / PARTIAL
    try:
        folder.mkdir(exist_ok=True)
        path = free(folder, envelope, content)
        if not path.exists():
            write(partial, content)
            moment = datetime.combine(envelope.day, time(12, tzinfo=BEIJING)).timestamp()
            os.utime(partial, (moment, moment))
            partial.rename(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutboxError(f"收件夹 {folder} 写不进去：{why(error)}。请检查磁盘空间和权限，再收一次。") from error
    return path.relative_to(inbox).as_posix()


def make_durable(inbox: Path) -> None:
    """Make the names of all messages durable that were put into the inbox."""
    if (inbox / FOLDER).is_dir():
        flush(inbox / FOLDER)


def free(folder: Path, envelope: Envelope, content: bytes) -> Path:
    """The path for a message: where its bytes lie already, or else one that nothing has."""
    start = f"{envelope.day}_{envelope.subject or envelope.sender}"
    for number in count(1):
        again = f"（{number}）" if number > 1 else ""
        path = folder / file_name(start, f"_{envelope.identity[:8]}{again}.eml")
        if not path.exists() or path.read_bytes() == content:
            return path
    raise AssertionError


def write(path: Path, content: bytes) -> None:
    """Write a file and make it durable."""
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
