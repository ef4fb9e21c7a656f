"""A message as it lies on the server, before it is fetched."""

from __future__ import annotations

from datetime import date

from msgspec import Struct


class Envelope(Struct, frozen=True):
    """What a message's header and the server say of it.

    ``identity`` is the same for the same message wherever it lies, and after the server has numbered its messages anew.
    ``day`` is when the server received it; ``bounce`` says that it only reports a letter as undelivered.
    """

    identity: str
    sender: str
    name: str
    subject: str
    day: date
    size: int
    bounce: bool = False

    @property
    def words(self) -> str:
        """``2024-01-26 教育局 <jyj@example.gov.cn> 《报送年报》``."""
        who = " ".join(filter(None, (self.name, f"<{self.sender}>" if self.sender else ""))) or "（没有写发件人）"
        return f"{self.day} {who} 《{self.subject or '无主题'}》"


class Spot(Struct, frozen=True):
    """Where a message lies: the account, the folder, its number there and the number of that numbering
    (UIDVALIDITY): a server that renumbers changes it."""

    account: str
    folder: str
    validity: int
    uid: int
