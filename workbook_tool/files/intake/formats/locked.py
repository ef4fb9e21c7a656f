"""OLE files: what they hold, and the passwords of those that have one."""

from __future__ import annotations

import io
from collections.abc import Sequence

from workbook_tool.files.intake.formats.kinds import SAVE_AS, SEND
from workbook_tool.model.errors import Document, Unreadable

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
DEFAULT_PASSWORD = "VelvetSweatshop"
"""What Excel encrypts with where only the structure of a workbook is protected: it opens without a question."""
DAMAGED = "文件已损坏，无法打开；请重新发送，并请用 Excel 或 WPS 另存为 .xlsx"


def ole_kind(content: bytes) -> str:
    """``locked`` for an encrypted package, ``workbook`` for .xls and .et, ``document`` for .doc and .wps. Raises Document or
    Unreadable for the rest."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            names = {entry[0].lower() for entry in ole.listdir(streams=True, storages=True)}
    except Exception as error:  # whatever a damaged directory leads to
        raise Unreadable(DAMAGED) from error
    if "encryptedpackage" in names:
        return "locked"
    if names & {"workbook", "book"}:
        return "workbook"
    if names & {"worddocument", "wpsdocument"}:
        return "document"
    if names & {"powerpoint document", "pp40"}:
        raise Document(f"这是演示文稿（.ppt、.dps），不是表格；{SEND}")
    if any(name.startswith("__substg1.0") or name.startswith("__properties_version") for name in names):
        raise Unreadable("这是 Outlook 邮件（.msg）；请把附件里的填报表放入收件夹")
    raise Unreadable(f"不是表格文件，或已损坏；{SAVE_AS}")


def unlock(content: bytes, passwords: Sequence[str]) -> bytes:
    """The content without its password: the first that fits, or Excel's own. Raises Unreadable where none does."""
    for password in dict.fromkeys((*passwords, DEFAULT_PASSWORD)):
        opened = unlocked_with(content, password)
        if opened is not None:
            return opened
    tried = f"配置的 {len(set(passwords))} 个密码都不对" if passwords else "没有配置可用的密码"
    raise Unreadable(f"文件有打开密码，{tried}；请去掉密码另存为 .xlsx 再报，或把密码写入配置")


def unlocked_with(content: bytes, password: str) -> bytes | None:
    """The content, decrypted and verified; None where the password does not fit."""
    import msoffcrypto
    from msoffcrypto.exceptions import InvalidKeyError

    opened = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(content))
        modern = file.format == "ooxml"
        try:
            file.load_key(password=password, **({"verify_password": True} if modern else {}))
        except InvalidKeyError:
            return None
        file.decrypt(opened, **({"verify_integrity": True} if modern and file.type == "agile" else {}))
    except MemoryError:
        raise
    except Exception as error:  # an encryption that msoffcrypto does not know ends in any way
        raise Unreadable("文件有打开密码，其加密方式不能识别，或已损坏；请去掉密码另存为 .xlsx 再报") from error
    return opened.getvalue()
