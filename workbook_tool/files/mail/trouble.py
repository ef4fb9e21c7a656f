"""Whatever goes wrong with a mail server, in words: a wrong certificate, a wrong password, a line that was cut."""

from __future__ import annotations

import imaplib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from imap_tools.errors import ImapToolsError, MailboxLoginError, UnexpectedCommandStatusError

from workbook_tool.model.errors import MailError, OfficeError, why
from workbook_tool.model.mail.mailbox import Server
from workbook_tool.model.text import safe_text

PATIENCE = 60
"""In seconds, for whatever a server is asked."""
LOGIN = (
    "登录不上。请核对 [mail] user 和密码；163、QQ 等邮箱要用“授权码”（在网页邮箱的设置里开启 IMAP/SMTP 服务时给出），"
    "不是登录网页的密码"
)
UNTRUSTED = (
    "的证书不可信，没有登录。请核对服务器名；单位自建的邮件服务器，请向管理员要根证书文件，写在 [mail] ca；"
    "电脑的日期不对也会这样"
)


@contextmanager
def spoken(what: str, server: Server) -> Iterator[None]:
    """Raises MailError, with what to do, for whatever fails between us and a server; ``what`` is what it serves as."""
    who = f"{what} {server}"
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise MailError(f"{who} {UNTRUSTED}（{error.verify_message}）。") from error
    except (MailboxLoginError, smtplib.SMTPAuthenticationError) as error:
        raise MailError(f"{who} {LOGIN}。服务器说：{said(error)}") from error
    except TimeoutError as error:
        raise MailError(f"{who} 等了很久没有回答。请检查网络和端口，稍后再试。") from error
    except socket.gaierror as error:
        raise MailError(f"找不到{who}。请核对 [mail] 里的服务器名，检查网络。") from error
    except ConnectionRefusedError as error:
        raise MailError(f"{who} 不接受连接。请核对服务器名和端口；单位网络可能不许连到这里。") from error
    except (imaplib.IMAP4.abort, smtplib.SMTPServerDisconnected, ConnectionError, EOFError) as error:
        raise MailError(f"与{who} 的连接中断。请稍后再试一次，会接着做没有做完的。") from error
    except ssl.SSLError as error:
        raise MailError(f"与{who} 不能加密连接（{error.reason or error}）。请核对端口：IMAP 993，SMTP 465。") from error
    except (ImapToolsError, imaplib.IMAP4.error, smtplib.SMTPException) as error:
        raise MailError(f"{who} 不照办。服务器说：{said(error)}") from error
    except OSError as error:
        raise MailError(f"连不上{who}：{why(error)}。请检查网络，稍后再试。") from error


def said(error: Exception) -> str:
    """What a server said, on one line."""
    if isinstance(error, UnexpectedCommandStatusError):
        words: object = b" ".join(part for part in error.command_result[1] if isinstance(part, bytes))
    else:
        words = error.smtp_error if isinstance(error, smtplib.SMTPResponseException) else str(error)
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return " ".join(safe_text(text).split())[:300]


def trusted(ca: Path | None) -> ssl.SSLContext:
    """What a server's certificate is held against: those of the system, and an office's own. Raises OfficeError where
    that file is none."""
    context = ssl.create_default_context()
    if ca:
        try:
            context.load_verify_locations(ca)
        except ssl.SSLError as error:
            raise OfficeError(f"[mail] ca 指的 {ca} 不是能用的证书文件（PEM）：{error}。") from error
        except OSError as error:
            raise OfficeError(f"[mail] ca 指的 {ca} 读不了：{why(error)}。") from error
    return context
