"""A mail as a draft: opened in the clerk's own mail program, looked through and sent from there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.policy import SMTP
from email.utils import encode_rfc2231, quote
from pathlib import Path
from typing import cast

from workbook_tool.files.intake.unique_names import UniqueNames
from workbook_tool.model.intake.source import BEIJING
from workbook_tool.model.mail.thread import letter_id
from workbook_tool.model.returns.letter import Letter
from workbook_tool.model.text import file_name, safe_text

ADDRESS = re.compile(r"\b([A-Za-z0-9._%+-]{1,64})@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})")
HOUR = time(9, tzinfo=BEIJING)
"""The time of day of every draft, so that the same run gives the same bytes."""


WORDS = "vnd.openxmlformats-officedocument.wordprocessingml.document"
WORKBOOK, MACROS = "vnd.openxmlformats-officedocument.spreadsheetml.sheet", "vnd.ms-excel.sheet.macroEnabled.12"


def draft_mail(letter: Letter, day: date, key: str, attachments: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """The bytes of an ``.eml`` that mail programs open for sending, to the agency's addresses if it has any.

    ``attachments`` are workbooks, names with contents; ``key`` tells this draft from all others of the office. The same
    letter, made again on the same day, has the same Message-ID: it is sent once.
    """
    message = EmailMessage(policy=SMTP.clone(refold_source="none"))  # header lines stay as they are written here
    message["X-Unsent"] = "1"
    message["Date"] = datetime.combine(day, HOUR)
    held = [hashlib.sha256(content).hexdigest() for _, content in attachments]
    mark = digest(day.isoformat(), key, letter.subject, letter.body, *held)
    message["Message-ID"] = letter_id(mark, letter.agency.code)
    if addresses := addresses_in(letter.agency.mail):
        message["To"] = addresses
    message["Subject"] = one_line(letter.subject)
    message.set_content(safe_text(letter.body), charset="utf-8", cte="base64")
    if attachments:
        message.make_mixed()
        for name, content in attachments:
            message.attach(cast(EmailMessage, attachment(one_line(name), content)))
        message.set_boundary(f"=={digest('boundary', key)}==")
    return message.as_bytes()


def attachment(name: str, content: bytes) -> MIMEApplication:
    """A workbook as part of a mail, its name written in two ways: Outlook and Foxmail of some age know only the older one
    (RFC 2047, in Content-Type), and lose a name of the newer (RFC 2231) that is cut in pieces, as Python would."""
    kind = {"xlsm": MACROS, "docx": WORDS}.get(name.rpartition(".")[2], WORKBOOK)
    part = MIMEApplication(content)
    older, newer = f'"{quote(name)}"', f'filename="{quote(name)}"'
    if not name.isascii():
        older = f'"{Header(name, "utf-8", maxlinelen=72).encode()}"'
        newer = f"filename*={encode_rfc2231(name, 'utf-8')}"
    part.replace_header("Content-Type", f"application/{kind};\n name={older}")
    part.add_header("Content-Disposition", f"attachment;\n {newer}")
    return part


def write_drafts(
    folder: Path,
    letters: Sequence[Letter],
    day: date,
    word: str,
    key: str,
    attached: Callable[[Letter], Sequence[tuple[str, bytes]]] = lambda letter: (),
) -> list[str]:
    """Write ``<code>_<agency>_<word>.eml`` for each letter, its tag before the word, with what is ``attached`` to it; no
    folder where there is none. ``key`` names the kind of letter among all drafts of the office. Returns their names."""
    names, written = UniqueNames(), list[str]()
    for one in letters:
        folder.mkdir(exist_ok=True)
        tag = f"_{one.tag}" if one.tag else ""
        name = names.once(file_name(f"{one.agency.code}_{one.agency.name}", f"{tag}_{word}.eml"))
        content = draft_mail(one, day, f"{key}/{one.agency.code}{tag}", attached(one))
        (folder / name).write_bytes(content)
        written.append(name)
    return written


def one_line(text: str) -> str:
    """A text that can stand in a header: line breaks there would begin another one."""
    return " ".join(safe_text(text).split())


def addresses_in(text: str) -> list[Address]:
    """The addresses in a cell of the roster; what is none is left out, for the clerk to fill in."""
    return [Address(username=user, domain=domain) for user, domain in ADDRESS.findall(text)]


def digest(*parts: str) -> str:
    """A mark that is the same for the same parts, so that a run repeated gives the same bytes."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
