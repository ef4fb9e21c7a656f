"""Draft mails as files: opened in a mail program they are ready to be sent."""

from __future__ import annotations

import hashlib
from datetime import datetime, time
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from workbook_tool.model.returned import Letter
from workbook_tool.model.submission import BEIJING
from workbook_tool.model.text import safe_text

WORKBOOK = ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet")
MACROS = ("application", "vnd.ms-excel.sheet.macroEnabled.12")
OPENING = time(9, tzinfo=BEIJING)
"""A mail has an hour; the run has only a day."""


def draft(letter: Letter, name: str, content: bytes) -> bytes:
    """The letter with a workbook attached under this name. The same letter gives the same bytes."""
    mail = EmailMessage(policy.SMTP)
    mail["X-Unsent"] = "1"  # Outlook then opens it as a draft
    mail["Date"] = format_datetime(datetime.combine(letter.day, OPENING))
    if letter.to:
        mail["To"] = ", ".join(letter.to)
    mail["Subject"] = " ".join(safe_text(letter.subject).split())
    digest = hashlib.sha256(b"\n".join([repr(letter).encode("utf-8", "replace"), content])).hexdigest()
    mail["Message-ID"] = f"<{digest[:32]}@workbook-tool>"
    mail.set_content(safe_text(letter.text), cte="base64")
    main, sub = MACROS if name.endswith(".xlsm") else WORKBOOK
    mail.add_attachment(content, maintype=main, subtype=sub, filename=name)
    mail.set_boundary("=====return-copy=====")
    return mail.as_bytes()
