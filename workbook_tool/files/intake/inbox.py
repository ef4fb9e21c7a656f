"""The inbox is a record: it is listed and read, never changed."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from workbook_tool.files.intake.ignored import is_ignored, original_of
from workbook_tool.files.intake.opening import UNREAD, NotRegularError, entries, head_of, sha256_of
from workbook_tool.files.intake.unique_names import UniqueNames, from_disk
from workbook_tool.model.errors import OfficeError, why
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.office.settings import Limits

USUAL = Limits()


def list_inbox(inbox: Path, limits: Limits = USUAL) -> list[SourceFile]:
    """Every entry below the inbox that is not a folder, in byte order of the paths; also folders that cannot be listed
    and links to folders, since there may be filings behind them.

    ``sha256`` is empty where an entry is no regular file, cannot be read, or is larger than anything that is opened.
    Raises OfficeError without an inbox, and for one that cannot be listed: nobody would know who has filed.
    """
    try:
        found, closed = entries(inbox)
    except (FileNotFoundError, NotADirectoryError):
        raise OfficeError(
            f"找不到收件夹 {inbox}；请新建这个文件夹，或在 config.toml 的 [folders] inbox 中改正。"
        ) from None
    except OSError as error:
        raise closed_folder("收件夹", inbox, error) from error
    shown = UniqueNames()
    sources = []
    for path in sorted((*found, *closed), key=lambda path: os.fsencode(path.relative_to(inbox).as_posix())):
        name = shown.once(from_disk(path.relative_to(inbox).as_posix()))
        sources.append(closed_source(path, name, closed[path]) if path in closed else source_file(path, name, limits))
    return sources


def closed_source(folder: Path, name: str, error: OSError) -> SourceFile:
    """A folder that cannot be listed, in the place of what may be in it."""
    return SourceFile(name, folder, UNREAD, 0, unlisted=closed_words(error))


def closed_words(error: OSError) -> str:
    """Why a folder's content is unknown."""
    return f"文件夹打不开：{why(error)}，里面有没有报表不清楚"


def closed_folder(what: str, folder: Path, error: OSError) -> OfficeError:
    """The error for a folder of the office whose content nobody can tell: nothing is concluded from that."""
    return OfficeError(
        f"{what} {folder} 打不开：{why(error)}。不知道里面有什么，没有运行；请检查这个文件夹的权限、网络盘是否连上，再运行一次。"
    )


def list_files(paths: Sequence[Path], limits: Limits = USUAL) -> list[SourceFile]:
    """Single files from anywhere by their names, and those below folders by their paths there, also folders that cannot be
    listed; each once, though it may be meant by its name, by a pattern and by its folder."""
    names, found, closed = UniqueNames(), dict[Path, tuple[Path, str]](), dict[Path, OSError]()
    for path in paths:
        files, kept = below(path)
        closed |= kept
        for each in (*files, *kept):
            name = each.name if each == path else shown_below(path, each)
            found.setdefault(each.parent.resolve() / each.name, (each, name))
    named = [(path, names.once(from_disk(name))) for path, name in found.values()]
    return [
        closed_source(path, name, closed[path]) if path in closed else source_file(path, name, limits)
        for path, name in named
    ]


def is_idle(path: str, location: Path) -> bool:
    """Whether a file is temporary or the system's, by its name and, where that is not enough, by how it begins, or by the
    file beside it that it is a copy of."""
    if not is_ignored(path):
        return False
    return is_ignored(path, head_of(location)) or location.with_name(original_of(location.name)).exists()


def below(path: Path) -> tuple[list[Path], dict[Path, OSError]]:
    """The files in a folder that somebody may have filed, of a file itself; and the folders that cannot be listed."""
    if not path.is_dir():
        return [path], {}
    try:
        found, closed = entries(path)
    except OSError as error:
        return [], {path: error}
    return sorted(each for each in found if not is_idle(each.relative_to(path).as_posix(), each)), closed


def shown_below(folder: Path, path: Path) -> str:
    """A file by its path from a folder on, with the folder's name where it has one."""
    return (Path(folder.name) / path.relative_to(folder)).as_posix()


def source_file(location: Path, path: str, limits: Limits = USUAL) -> SourceFile:
    """The facts about one file; one that vanished or may not be looked at has none. Whose it is that our system keeps
    from us nobody knows, and nobody but us can help it: that is told like a folder that cannot be listed."""
    size, modified, sha256, closed = 0, 0.0, UNREAD, ""
    try:
        status = location.lstat()
        size, modified = status.st_size, status.st_mtime
        sha256 = sha256_of(location, limits.most_bytes) if stat.S_ISREG(status.st_mode) else UNREAD
    except (FileNotFoundError, NotRegularError):
        pass  # it is gone, or another by now: whoever opens it says so
    except OSError as error:
        closed = f"打不开：{why(error)}，里面是什么不清楚"
    return SourceFile(path, location, sha256, size, modified, unlisted=closed)
