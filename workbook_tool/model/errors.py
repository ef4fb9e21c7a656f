"""What can go wrong on our side. A problem in an agency's file is never one of these: it is a Finding."""

from __future__ import annotations

import errno


class OfficeError(Exception):
    """Usage, configuration, roster or declaration is wrong (exit 2). The message says where and what to do."""


class Busy(Exception):
    """Another run holds the lock (exit 4)."""


class OutboxError(Exception):
    """The outbox could not be written (exit 5); nothing half-written remains."""


class MailError(Exception):
    """A mail server or mailbox failed (exit 3); the message says how, and what to do."""


class Unreadable(Exception):
    """A file of the inbox cannot be opened; the message says why in a clerk's words."""


class Oversized(Unreadable):
    """It is larger than a worker can take, in itself or unpacked; perhaps by rows that nobody needs."""


class Document(Unreadable):
    """A PDF, Word, presentation or picture: no table, but perhaps what came beside one."""


class Unmarkable(Exception):
    """An agency's file cannot be marked without the risk of changing it; the message says why in a clerk's words."""


SAID = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.ENOENT: "不在了",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EROFS: "磁盘只读",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "同时打开的文件太多",
    errno.ENFILE: "同时打开的文件太多",
    errno.EBUSY: "正被占用",
    errno.EAGAIN: "系统资源不足",
    errno.ENOMEM: "内存不足",
    errno.EPIPE: "对方已经关闭",
}


def unwritten(what: object, error: Exception) -> OutboxError:
    """The error for a file that cannot be written; XlsxWriter hands on the system's own in one of its own."""
    cause = error if isinstance(error, OSError) else next((one for one in error.args if isinstance(one, OSError)), None)
    told = why(cause) if cause else str(error)
    return OutboxError(f"{what} 写不出去：{told}。请检查磁盘空间和文件夹的权限，再试一次。")


def why(error: OSError) -> str:
    """What the system says went wrong, in a clerk's words where there are any, and as it says it."""
    told = error.strerror or str(error)
    return f"{SAID[error.errno]}（{told}）" if error.errno in SAID else told
