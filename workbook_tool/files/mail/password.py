"""The password of the mailbox: from the environment, a file that only its owner reads, or the system's keyring."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from workbook_tool.model.errors import OfficeError, why
from workbook_tool.model.mail.mailbox import Mailbox

VARIABLE, SERVICE = "WORKBOOK_TOOL_MAIL_PASSWORD", "workbook-tool"
ABSENT = (
    f"没有邮箱的密码（163、QQ 等是授权码）。任选一种：设环境变量 {VARIABLE}；或把它单独存在一个文件里，"
    f"写在 [mail] password_file；或存入系统的钥匙串：keyring set {SERVICE} 用户名（要先 pip install keyring）。"
    "不要写进 config.toml。"
)


def password_of(mailbox: Mailbox) -> str:
    """The password. Raises OfficeError where there is none, or others may read the file that holds it."""
    if found := os.environ.get(VARIABLE):
        return found
    if mailbox.password_file:
        return from_file(mailbox.password_file)
    if found := from_keyring(mailbox.user):
        return found
    raise OfficeError(ABSENT)


def from_file(path: Path) -> str:
    """The first line of a file that nobody but its owner may read; Windows has other means, and is not asked."""
    try:
        mode = path.stat().st_mode
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeError) as error:
        reason = why(error) if isinstance(error, OSError) else "不是 UTF-8 文字"
        raise OfficeError(f"[mail] password_file 指的 {path} 读不了：{reason}。") from error
    if os.name != "nt" and stat.S_IMODE(mode) & 0o077:
        raise OfficeError(f"{path} 别人也能读，没有用。请只留给自己：chmod 600 {path.name}")
    if not lines or not lines[0].strip():
        raise OfficeError(f"[mail] password_file 指的 {path} 是空的。")
    return lines[0].strip()


def from_keyring(user: str) -> str:
    """What the system's keyring knows; nothing where there is no keyring, or it stays locked."""
    try:
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError:
        return ""
    try:
        return keyring.get_password(SERVICE, user) or ""
    except NoKeyringError:
        return ""
    except KeyringError as error:
        raise OfficeError(f"系统的钥匙串打不开：{error}。{ABSENT}") from error
