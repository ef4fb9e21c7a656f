"""Reads ``[mail]`` of an office's config.toml."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from workbook_tool.files.office.toml import Keys, read_as
from workbook_tool.model.mail.mailbox import ADDRESS, IMAP_PORT, SMTP_PORT, Mailbox, Server


def read_mailbox(mail: Keys, root: Path, region: str) -> Mailbox:
    """The mailbox of an office; letters come from the ``region`` unless it says otherwise. Raises OfficeError where a server
    or an address is none."""
    user = mail.need("user")
    address = mail.text("address") or user
    read = read_as(
        Mailbox,
        mail,
        user=user,
        imap=read_server(mail, "imap", IMAP_PORT),
        smtp=read_server(mail, "smtp", SMTP_PORT),
        address=address,
        name=mail.text("name") or region,
        password_file=read_path(mail, "password_file", root),
        ca=read_path(mail, "ca", root),
        folders=mail.texts("folders") or ("INBOX",),
        since=mail.get("since", date),
    )
    if read.smtp and not ADDRESS.fullmatch(address):
        raise mail.fail("address", f"应为发件的邮箱地址，如 nianbao@example.gov.cn，现为“{address}”")
    if read.mib < 1:
        raise mail.fail("mib", f"应为不小于 1 的整数，现为 {read.mib}")
    return read


def read_server(mail: Keys, key: str, usual: int) -> Server | None:
    """A server; None where it is not named."""
    text = mail.text(key)
    try:
        return Server.parse(text, usual) if text else None
    except ValueError as error:
        raise mail.fail(key, str(error)) from None


def read_path(mail: Keys, key: str, root: Path) -> Path | None:
    """A file beside config.toml; None where it is not named."""
    return root / text if (text := mail.text(key)) else None
