"""A mail as a draft: opened in the clerk's own mail program, looked through and sent from there.

It is written line by line: the library breaks headers and bodies so carefully that the mails of a run took it twice as
long as the return copies in them. ``tests/test_reminders.py`` reads them back by the library.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode, encodebytes
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from email.utils import encode_rfc2231, format_datetime, quote
from pathlib import Path

from workbook_tool.files.intake.unique_names import UniqueNames
from workbook_tool.model.intake.source import BEIJING
from workbook_tool.model.mail.thread import letter_id
from workbook_tool.model.regex import regex
from workbook_tool.model.returns.letter import Letter
from workbook_tool.model.text import file_name, safe_text

ADDRESS = regex(r"\b([A-Za-z0-9._%+-]{1,64})@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})")
HOUR = time(9, tzinfo=BEIJING)
"""The time of day of every draft, so that the same run gives the same bytes."""
FOLD = ",\n "
"""Between addresses: each on a line of its own."""
WORD = 11
"""So many characters, of four bytes at most, fit into one encoded word of a header."""

WORDS = "vnd.openxmlformats-officedocument.wordprocessingml.document"
WORKBOOK, MACROS = "vnd.openxmlformats-officedocument.spreadsheetml.sheet", "vnd.ms-excel.sheet.macroEnabled.12"


def draft_mail(letter: Letter, day: date, key: str, attachments: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """The bytes of an ``.eml`` that mail programs open for sending, to the agency's addresses if it has any.

    ``attachments`` are workbooks, names with contents; ``key`` tells this draft from all others of the office. The same
    letter, made again on the same day, has the same Message-ID: it is sent once.
    """
    held = [hashlib.sha256(content).hexdigest() for _, content in attachments]
    mark = digest(day.isoformat(), key, letter.subject, letter.body, *held)
    head = ["X-Unsent: 1", f"Date: {format_datetime(datetime.combine(day, HOUR))}"]
    head.append(f"Message-ID: {letter_id(mark, letter.agency.code)}")
    if addresses := addresses_in(letter.agency.mail):
        head.append(f"To: {FOLD.join(addresses)}")
    head += [f"Subject: {encoded(one_line(letter.subject))}", "MIME-Version: 1.0"]
    words = b"\r\n".join([*safe_text(letter.body).encode().splitlines(), b""])
    parts = [part('text/plain; charset="utf-8"', words)]
    parts += [attachment(one_line(name), content) for name, content in attachments]
    if attachments:
        boundary = f"=={digest('boundary', key)}=="
        head += [f'Content-Type: multipart/mixed; boundary="{boundary}"', ""]
        parts = [f"--{boundary}\n{one}" for one in parts] + [f"--{boundary}--\n"]
    return "\n".join([*head, *parts]).replace("\n", "\r\n").encode()


def part(kind: str, content: bytes, *more: str) -> str:
    """A part of a mail: what it is, and its content in letters that no mail server changes."""
    head = (f"Content-Type: {kind}", "Content-Transfer-Encoding: base64", *more, "", "")
    return "\n".join(head) + encodebytes(content).decode()


def attachment(name: str, content: bytes) -> str:
    """A workbook as part of a mail, its name written in two ways: Outlook and Foxmail of some age know only the older one
    (RFC 2047, in Content-Type), and lose a name of the newer (RFC 2231) that is cut in pieces, as Python would."""
    kind = {"xlsm": MACROS, "docx": WORDS}.get(name.rpartition(".")[2], WORKBOOK)
    older, newer = f'"{quote(name)}"', f'filename="{quote(name)}"'
    if not name.isascii():
        older, newer = f'"{encoded(name)}"', f"filename*={encode_rfc2231(name, 'utf-8')}"
    return part(f"application/{kind};\n name={older}", content, f"Content-Disposition: attachment;\n {newer}")


def encoded(text: str) -> str:
    """A text as a header holds it (RFC 2047), in words of at most 75 letters."""
    pieces = (text[start : start + WORD].encode() for start in range(0, len(text), WORD))
    return "\n ".join(f"=?utf-8?b?{b64encode(piece).decode()}?=" for piece in pieces)


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


def addresses_in(text: str) -> list[str]:
    """The addresses in a cell of the roster; what is none is left out, for the clerk to fill in."""
    return [f"{user}@{domain}" for user, domain in ADDRESS.findall(text)]


def digest(*parts: str) -> str:
    """A mark that is the same for the same parts, so that a run repeated gives the same bytes."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]
