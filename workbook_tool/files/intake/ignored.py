"""What systems and programs leave beside the files that people file: it is nobody's filing, and no letter speaks of it."""

from __future__ import annotations

from fnmatch import fnmatchcase

OPEN_ELSEWHERE = ("~$*", ".~*", "*.tmp", "*.swp", "*.swo")
"""Excel, WPS, LibreOffice and editors while a file is open."""
SYSTEM = (
    *(
        "thumbs.db",
        "ehthumbs.db",
        "desktop.ini",
        ".ds_store",
        "._*",
        ".localized",
        ".apdisk",
        "icon[\r ]",
        ".directory",
    ),
    *(".gitkeep", ".gitignore", ".nomedia", ".dropbox", ".dropbox.attr", ".stignore", ".sync", ".sync_*.db*"),
    *("smime.p7s", "signature.asc", ".lock"),
)
"""Windows, macOS (``._x`` beside each ``x`` on a stick), Linux desktops programs that synchronise, and the signature that a mail program attaches."""
FOLDERS = (
    *("__macosx", ".trashes", ".trash-*", ".spotlight-v100", ".fseventsd", ".temporaryitems"),
    *("$recycle.bin", "recycler", "system volume information", "@eadir", "#recycle", "@recycle", "lost+found"),
    *(".sync", ".stfolder*", ".stversions", ".dropbox.cache", ".git", ".svn"),
    *(".undone", ".partial-*"),
)
"""Folders in which nothing was filed: waste bins, previews of network stores, what programs that synchronise keep, and the
results that a lower level has withdrawn or not finished, where its whole outbox was copied."""
REASON = "临时文件或系统文件"


def is_ignored(path: str) -> bool:
    """Whether this is a temporary or system file that nobody filed, by its name or a folder that it lies in."""
    *folders, name = path.lower().split("/")
    return matches(name, OPEN_ELSEWHERE + SYSTEM) or any(matches(part, FOLDERS) for part in (*folders, name))


def matches(name: str, patterns: tuple[str, ...]) -> bool:
    """Whether a name in lower case fits one of these."""
    return any(fnmatchcase(name, pattern) for pattern in patterns)
