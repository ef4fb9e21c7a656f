"""What systems and programs leave beside the files that people file: it is nobody's filing, and no letter speaks of it."""

from __future__ import annotations

import re
from fnmatch import translate
from functools import cache

BESIDE = ("~$*", ".~*", "*.tmp", "*.swp", "*.swo", "._*")
"""Excel, WPS, LibreOffice and editors while a file is open, and macOS (``._x`` beside each ``x`` on a stick)."""
UNSAVED = ("[0-9a-f]" * 8 + ".tmp", "~*.tmp")
"""What Excel and Word write while they save: whole workbooks at times, but nobody's."""
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How workbooks begin, new ones and old."""
SYSTEM = (
    *(
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        ".ds_store",
        ".localized",
        ".apdisk",
        "icon[\r ]",
        ".directory",
    ),
    *(".gitkeep", ".gitignore", ".nomedia", ".dropbox", ".dropbox.attr", ".stignore", ".sync", ".sync_*.db*"),
    *("smime.p7s", "signature.asc", ".lock", "*.msf"),
)
"""Windows, macOS, Linux desktops, programs that synchronise, the signature that a mail program attaches, and its index."""
IN_MAILBOXES = ("*.mbox/table_of_contents", "*.mbox/info.plist")
"""What Apple Mail keeps beside the mails of a mailbox that is a folder."""
FOLDERS = (
    *("__macosx", ".trashes", ".trash-*", ".spotlight-v100", ".fseventsd", ".temporaryitems"),
    *("$recycle.bin", "recycler", "system volume information", "@eadir", "#recycle", "@recycle", "lost+found"),
    *(".sync", ".stfolder*", ".stversions", ".dropbox.cache", ".git", ".svn"),
    *(".undone", ".partial-*"),
)
"""Folders in which nothing was filed: waste bins, previews of network stores, what programs that synchronise keep, and the
results that a lower level has withdrawn or not finished, where its whole outbox was copied."""
REASON = "临时文件或系统文件"


def is_ignored(path: str, head: bytes = b"") -> bool:
    """Whether this is a temporary or system file that nobody filed, by its name or a folder that it lies in.

    ``head`` is how it begins: a workbook that somebody saved or sent under the name of a lock or of an unfinished copy is a
    filing. Where it is not given, the name alone decides.
    """
    *folders, name = path.lower().split("/")
    if any(matches(part, FOLDERS) for part in (*folders, name)) or matches(path.lower(), IN_MAILBOXES):
        return True
    if matches(name, SYSTEM + UNSAVED):
        return True
    return matches(name, BESIDE) and not head.startswith(WORKBOOKS)


def original_of(name: str) -> str:
    """The name of the file that a lock or an unfinished copy of this name belongs to."""
    for mark in ("~$", ".~", "._"):
        name = name.removeprefix(mark)
    return name.removesuffix(".tmp").removesuffix(".swp").removesuffix(".swo")


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a name in lower case fits one of these."""
    return bool(any_of(patterns).match(name))


@cache
def any_of(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """All of these at once."""
    return re.compile("|".join(map(translate, patterns)))
