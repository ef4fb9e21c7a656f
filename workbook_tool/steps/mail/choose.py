"""Choose: which messages of a mailbox are fetched, by what is known before they are."""

from __future__ import annotations

from workbook_tool.model.mail.envelope import Envelope
from workbook_tool.model.mail.mailbox import Mailbox

BOUNCE, TOO_LARGE, STRANGER, EARLIER = "退信", "太大", "发件人不在 [mail] senders 之内", "早于 [mail] since"


def refusal(envelope: Envelope, mailbox: Mailbox) -> str:
    """Why a message is not fetched; empty where it is."""
    if envelope.bounce:
        return BOUNCE
    if mailbox.since and envelope.day < mailbox.since:
        return EARLIER
    if mailbox.senders and not is_among(envelope.sender, mailbox.senders):
        return STRANGER
    return TOO_LARGE if envelope.size > mailbox.mib << 20 else ""


def is_among(sender: str, allowed: tuple[str, ...]) -> bool:
    """Whether an address is one of these, or below one of the domains that begin with ``@``."""
    address = sender.strip().lower()
    domain = address.rpartition("@")[2]
    for each in (one.strip().lower() for one in allowed):
        if each.startswith("@"):
            if domain == each[1:] or domain.endswith(f".{each[1:]}"):
                return True
        elif address == each:
            return True
    return False
