"""The mailbox that an office settles in its config.toml: where its mails lie, what of them is fetched, who sends."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from msgspec import Struct

from workbook_tool.model.regex import regex

IMAP_PORT, SMTP_PORT = 993, 465
UPGRADED = (143, 25, 587)
"""The ports on which a connection begins in the open and is encrypted before anything is said (STARTTLS)."""
ADDRESS = regex(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")


class Server(Struct, frozen=True):
    """A mail server. Every connection is encrypted; ``upgraded`` ones only after a first word in the open."""

    host: str
    port: int
    upgraded: bool = False

    @classmethod
    def parse(cls, text: str, usual: int) -> Server:
        """``imap.example.cn`` or ``imap.example.cn:993``. Raises ValueError where it is neither."""
        found = re.fullmatch(r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::(\d{1,5}))?", text.strip())
        if not found or not 0 < (port := int(found[2] or usual)) < 1 << 16:
            raise ValueError(f"“{text}”不是服务器，应写成 imap.163.com 或 imap.163.com:{usual} 的样子")
        return cls(found[1].strip("[]"), port, port in UPGRADED)

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class Mailbox(Struct, frozen=True):
    """``[mail]`` of config.toml. Either server may be missing: then nothing is fetched, or sent.

    ``address`` is what letters come from, ``name`` whom; ``password_file`` holds nothing but the password; ``ca`` are
    certificates to be trusted besides those of the system. Only messages of these ``folders``, from these ``senders``
    (all, where there are none), received ``since`` a day and not larger than ``mib`` are fetched. What was fetched stays
    on the server as it is, unless ``mark_read`` or ``move_to`` say otherwise.
    """

    user: str
    imap: Server | None = None
    smtp: Server | None = None
    address: str = ""
    name: str = ""
    password_file: Path | None = None
    ca: Path | None = None
    folders: tuple[str, ...] = ("INBOX",)
    senders: tuple[str, ...] = ()
    since: date | None = None
    mib: int = 100
    mark_read: bool = False
    move_to: str = ""
