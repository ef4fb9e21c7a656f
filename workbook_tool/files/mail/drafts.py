"""The drafts of a run as they lie in its folder: read to be sent, or put together into one mailbox file."""

from __future__ import annotations

import mailbox
import re
from collections.abc import Mapping, Sequence
from email import message_from_bytes
from email.utils import getaddresses
from pathlib import Path

from workbook_tool.files.intake.eml import decoded, raw_header
from workbook_tool.files.intake.opening import digest
from workbook_tool.model.errors import OfficeError, OutboxError, why
from workbook_tool.model.mail.mailbox import ADDRESS
from workbook_tool.model.mail.posting import DraftMail
from workbook_tool.model.mail.thread import codes_in
from workbook_tool.model.returns.reminder import REMINDERS
from workbook_tool.model.returns.returned import RETURNS

TOGETHER = "草稿.mbox"
"""All drafts of a run in one file, as Thunderbird and Foxmail take them over."""
PLACES = (RETURNS, REMINDERS)


def drafts_of(folder: Path, published: Mapping[str, str]) -> list[DraftMail]:
    """The drafts in a run folder; ``published`` are its files by path with their sha256, as the run left them."""
    paths = sorted(path for place in PLACES for path in (folder / place).glob("*.eml"))
    try:
        return [draft(path, path.relative_to(folder).as_posix(), published) for path in paths]
    except OSError as error:
        raise OfficeError(f"草稿 {error.filename} 读不了：{why(error)}，什么都没有发。") from error


def draft(path: Path, name: str, published: Mapping[str, str]) -> DraftMail:
    """One draft."""
    content = path.read_bytes()
    message = message_from_bytes(content)
    recipients = getaddresses([decoded(raw_header(message, "to"))])
    own = raw_header(message, "message-id").strip()
    code = next(iter(codes_in(own)), "")
    return DraftMail(
        name,
        code,
        tuple(dict.fromkeys(address for _, address in recipients if ADDRESS.fullmatch(address))),
        decoded(raw_header(message, "subject")),
        len(content),
        own if code else "",
        digest(path) != published.get(name),
    )


def write_together(folder: Path, drafts: Sequence[DraftMail]) -> Path:
    """Write these drafts as one mailbox file into the run folder, in place of an earlier one. Raises OutboxError where that
    fails; then an earlier one is as it was."""
    path = folder / TOGETHER
    partial = folder / f".{TOGETHER}.tmp"
    try:
        partial.unlink(missing_ok=True)
        box = mailbox.mbox(partial)
        for each in drafts:
            box.add(re.sub(rb"\r\n", b"\n", (folder / each.path).read_bytes()))
        box.close()
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutboxError(f"{path} 没有写成：{why(error)}。草稿都还在 {folder} 里。") from error
    return path
