"""Real mail servers on loopback: Dovecot (IMAP) and aiosmtpd (SMTP), both with TLS, and a line between that can be cut."""

from __future__ import annotations

import getpass
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from itertools import count
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from msgspec import Struct, field

PASSWORD = "never-in-a-log"
KILLED = 9
DOVECOT = shutil.which("dovecot") or next((p for p in ("/usr/sbin/dovecot",) if Path(p).exists()), None)
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
auth_mechanisms = plain login
auth_failure_delay = 0
mail_location = maildir:{folder}/mails/%u
first_valid_uid = 0
default_internal_user = {internal}
default_login_user = {login}
{group}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/passwd
}}
userdb {{
  driver = passwd-file
  args = username_format=%u {folder}/passwd
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""


def free_port() -> int:
    with socket.socket() as made:
        made.bind(("127.0.0.1", 0))
        return int(made.getsockname()[1])


class Post(Struct):
    """A Dovecot at work: the mails of each user lie in a Maildir."""

    folder: Path
    port: int
    authority: trustme.CA
    owner: pwd.struct_passwd
    last: int = 0

    @property
    def ca(self) -> Path:
        path = self.folder / "ca.pem"
        if not path.exists():
            self.authority.cert_pem.write_to_path(path)
        return path

    def box(self, user: str, folder: str = "") -> Path:
        return self.folder / "mails" / user / (f".{folder}" if folder else "")

    def deliver(self, user: str, *mails: bytes) -> None:
        """Put mails into a user's mailbox, as a server would that received them just now."""
        for part in ("tmp", "new", "cur"):
            (self.box(user) / part).mkdir(parents=True, exist_ok=True)
        for content in mails:
            self.last += 1
            (self.box(user) / "new" / f"{1_700_000_000 + self.last}.M{self.last}.test").write_bytes(content)
        if os.getuid() == 0:
            for path in (self.folder / "mails", *(self.folder / "mails").rglob("*")):
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def renumber(self, user: str) -> None:
        """What a server does that was restored from a backup: other numbers, under another UIDVALIDITY."""
        for path in self.box(user).glob("dovecot.index*"):
            path.unlink()
        uids = self.box(user) / "dovecot-uidlist"
        first, *rest = uids.read_text().splitlines()
        validity = next(word for word in first.split() if word.startswith("V"))
        moved = [f"{1000 + number} {line.split(' ', 1)[1]}" for number, line in enumerate(reversed(rest))]
        uids.write_text("\n".join([first.replace(validity, "V77").replace(" N", " N9"), *moved]) + "\n")

    def names(self, user: str, folder: str = "") -> list[str]:
        """The files of the mails in a folder; their ends tell the flags."""
        return sorted(p.name for part in ("new", "cur") for p in (self.box(user, folder) / part).glob("*"))


@contextmanager
def dovecot(folder: Path, users: list[str]) -> Iterator[Post]:
    """A Dovecot for these users, all with the same password."""
    authority, port = trustme.CA(), free_port()
    root = os.getuid() == 0
    me = getpass.getuser()
    owner = pwd.getpwnam("mail" if root else me)
    certificate = authority.issue_cert("localhost")
    (folder / "server.pem").write_bytes(b"".join(pem.bytes() for pem in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(folder / "server.key")
    (folder / "mails").mkdir()
    lines = [f"{u}:{{PLAIN}}{PASSWORD}:{owner.pw_uid}:{owner.pw_gid}::{folder}/mails/{u}::" for u in users]
    (folder / "passwd").write_text("\n".join(lines) + "\n", encoding="utf-8")
    internal, login = ("dovecot", "dovenull") if root else (me, me)
    group = "" if root else f"default_internal_group = {me}"
    told = CONFIG.format(folder=folder, internal=internal, login=login, group=group, port=port)
    (folder / "dovecot.conf").write_text(told)
    folder.chmod(0o755)
    process = subprocess.Popen([DOVECOT, "-F", "-c", folder / "dovecot.conf"], stderr=subprocess.DEVNULL)
    post = Post(folder, port, authority, owner)
    try:
        wait_for(port)
        for user in users:
            post.deliver(user)
        yield post
    finally:
        process.terminate()
        process.wait(120)


def wait_for(port: int) -> None:
    end = time.monotonic() + 120
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


@contextmanager
def cut(port: int, after: int) -> Iterator[int]:
    """A line to a server that breaks once the server has said so many bytes. Gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def carry(source: socket.socket, target: socket.socket, left: float, ends: list[socket.socket]) -> None:
        with suppress(OSError):
            while left > 0 and (data := source.recv(min(65536, int(min(left, 65536))))):
                target.sendall(data)
                left -= len(data)
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with suppress(OSError):
            while True:
                inner, _ = listener.accept()
                outer = socket.create_connection(("127.0.0.1", port))
                for source, target, left in ((inner, outer, float("inf")), (outer, inner, after)):
                    threading.Thread(target=carry, args=(source, target, left, [inner, outer]), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()


class Outbox(Struct):
    """A server that takes letters. ``refuses`` are addresses that it does not know; it falls silent in the middle of the
    letter of the number ``drops``, having taken it or not (``keeps``)."""

    refuses: tuple[str, ...] = ()
    drops: int = 0
    keeps: bool = False
    letters: list[Envelope] = field(default_factory=list)
    seen: int = 0

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        if address in self.refuses:
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.seen += 1
        if self.seen == self.drops:
            if self.keeps:
                self.letters.append(envelope)
            server.transport.abort()
            return "451 never heard"
        self.letters.append(envelope)
        return "250 OK"

    def addresses(self) -> list[str]:
        return [address for envelope in self.letters for address in envelope.rcpt_tos]


@contextmanager
def smtp(outbox: Outbox, authority: trustme.CA, host: str = "localhost", upgraded: bool = False) -> Iterator[int]:
    """An SMTP server with TLS that puts what it takes into ``outbox``; upgraded: it speaks in the open first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)

    controller = Controller(
        outbox,
        hostname="127.0.0.1",
        port=free_port(),
        ssl_context=None if upgraded else context,
        tls_context=context if upgraded else None,
        require_starttls=upgraded,
        authenticator=authenticate,
        auth_required=True,
        auth_require_tls=upgraded,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def mail(
    subject: str,
    sender: str = "甲局 <jia@example.gov.cn>",
    number: int = 1,
    text: str = "请查收",
    files: dict[str, bytes] | None = None,
    **headers: str,
) -> bytes:
    """A mail as an agency sends it."""
    message = EmailMessage(policy=WIRE)
    message["From"], message["To"], message["Subject"] = sender, "nianbao@example.gov.cn", subject
    message["Date"] = "Fri, 26 Jan 2024 09:00:00 +0800"
    message["Message-ID"] = f"<{number}@example.gov.cn>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    for name, content in (files or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def killed(owner: object, name: str, call: int, do: Callable[[], object]) -> bool:
    """Do it in a process that is gone when it calls this for so many times; whether it came to that."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == KILLED
    try:
        calls, real = count(1), getattr(owner, name)
        setattr(owner, name, lambda *words: os._exit(KILLED) if next(calls) == call else real(*words))
        do()
    finally:
        os._exit(0)
