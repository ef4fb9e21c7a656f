"""``mail send`` against a real SMTP server with TLS: each letter once, and what nobody knows is asked, not sent again."""

from __future__ import annotations

import mailbox
import os
import smtplib
from datetime import date
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
import trustme

from tests.mail_servers import PASSWORD, Outbox, killed, mail, smtp
from tests.offices import CONFIG
from workbook_tool import sending
from workbook_tool.files.intake.eml import facts
from workbook_tool.files.mail import password
from workbook_tool.files.mail.drafts import TOGETHER
from workbook_tool.files.mail.memory import MailMemory, open_memory
from workbook_tool.files.office.config import load_settings
from workbook_tool.files.returns.draft import draft_mail
from workbook_tool.files.season.ledger.runs import RunEntry
from workbook_tool.model.errors import MailError, OfficeError
from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.mail.posting import Choice
from workbook_tool.model.mail.thread import codes_in
from workbook_tool.model.returns.letter import Letter

RUN, DAY = "2024-02-05-1", date(2024, 2, 5)
CODES = ("020", "021", "乡-03")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def office(tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office with a run that has three letters, and one to nobody."""
    monkeypatch.setenv(password.VARIABLE, PASSWORD)
    monkeypatch.setattr(sending, "run_of", lambda settings, run: RunEntry(1, RUN, DAY, "", "", {}, {}))
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    (tmp_path / "inbox").mkdir()
    folder = tmp_path / "outbox" / RUN
    for code in CODES:
        put_draft(folder / "returns", code, f"{code.encode().hex()}@example.gov.cn", files=[("表.xlsx", b"PK" * 99)])
    put_draft(folder / "reminders", "029", "")
    return tmp_path


def put_draft(
    folder: Path, code: str, address: str, words: str = "请改正", files: list[tuple[str, bytes]] | None = None
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    letter = Letter(Agency(code, f"单位{code}", mail=address), f"请改正：{code}", words)
    (folder / f"{code}_单位{code}_退改.eml").write_bytes(draft_mail(letter, DAY, f"return/{code}", files or []))


def send(
    office: Path,
    port: int | None,
    *,
    agree: bool = True,
    dry_run: bool = False,
    host: str = "localhost",
    **choice: tuple[str, ...],
) -> str:
    """What is shown and said."""
    server = f'smtp = "{host}:{port}"\n' if port else ""
    told = f'{CONFIG}\n[mail]\nuser = "nianbao@example.gov.cn"\nca = "ca.pem"\n{server}'
    (office / "config.toml").write_text(told, encoding="utf-8")
    shown: list[str] = []
    said = sending.send(
        load_settings(office / "config.toml", DAY, lambda templates, form: PeriodKind.YEAR)[0],
        None,
        Choice(**choice),
        lambda question: agree,
        shown.append,
        dry_run=dry_run,
    )
    return "".join([*shown, said])


def test_every_letter_goes_out_once_with_a_sender_and_without_the_mark_of_a_draft(
    office: Path, authority: trustme.CA
) -> None:
    with smtp(taken := Outbox(), authority) as port:
        told = send(office, port)
        assert "要发的信 3 封" in told and "已发出 3 封" in told and "没有邮箱、发不了的 1 封" in told
        again = send(office, port)
    assert "要发的信 0 封" in again and "已经发过的 3 封不再发" in again
    assert taken.addresses() == [f"{code.encode().hex()}@example.gov.cn" for code in CODES]
    letter = message_from_bytes(taken.letters[0].content, policy=default)
    assert (letter["X-Unsent"], letter["From"], letter["Subject"]) == (
        None,
        "示例县 <nianbao@example.gov.cn>",
        "请改正：020",
    )
    assert [part.get_filename() for part in letter.iter_attachments()] == ["表.xlsx"]
    assert abs(letter["Date"].datetime.timestamp() - (office / "mail.sqlite").stat().st_mtime) < 3600, "sent now"


def test_an_answer_names_the_agency_by_the_letter_that_it_answers(office: Path, authority: trustme.CA) -> None:
    with smtp(taken := Outbox(), authority) as port:
        send(office, port, only=("乡-03",))
    own = str(message_from_bytes(taken.letters[0].content)["Message-ID"])
    assert codes_in(own) == ("乡-03",)
    answer = mail("回复", number=7, In_Reply_To=own, References=f"<other@x.cn> {own}")
    assert facts(message_from_bytes(answer)).answers == ("乡-03",)


def test_nothing_goes_out_unless_people_agree_and_a_dry_run_leaves_no_trace(
    office: Path, authority: trustme.CA
) -> None:
    with smtp(taken := Outbox(), authority) as port:
        with pytest.raises(OfficeError, match="没有发"):
            send(office, port, agree=False)
        (office / "mail.sqlite").unlink()
        (office / "mail.lock").unlink(missing_ok=True)
        assert "020 → " in send(office, port, dry_run=True)
        with pytest.raises(OfficeError, match="没有给 999 的信"):
            send(office, port, only=("999",))
    assert not taken.letters and not (office / "mail.sqlite").exists()


def test_a_changed_letter_of_the_same_day_is_another_one(office: Path, authority: trustme.CA) -> None:
    with smtp(taken := Outbox(), authority) as port:
        send(office, port)
        put_draft(office / "outbox" / RUN / "returns", "020", "a@example.gov.cn", "请再改正")
        told = send(office, port)
    assert "要发的信 1 封" in told and "上次给它发这种信：2" in told and "草稿改动过" in told
    assert taken.addresses()[3:] == ["a@example.gov.cn"]


def test_a_refused_address_is_told_and_the_others_go_out(office: Path, authority: trustme.CA) -> None:
    bad = f"{b'021'.hex()}@example.gov.cn"
    with smtp(taken := Outbox(refuses=(bad,)), authority) as port:
        with pytest.raises(MailError, match=f"已发出 2 封(.|\n)*不收的 1 封(.|\n)*{bad}.*550") as failed:
            send(office, port)
        assert "停下" not in str(failed.value)
        taken.refuses = ()
        assert "要发的信 1 封" in send(office, port), "what was surely not sent is sent again"
    assert sorted(taken.addresses()) == sorted(f"{code.encode().hex()}@example.gov.cn" for code in CODES)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_line_that_breaks_in_a_letter_leaves_it_to_people(office: Path, authority: trustme.CA, keeps: bool) -> None:
    with smtp(taken := Outbox(drops=2, keeps=keeps), authority) as port:
        with pytest.raises(MailError, match="中断") as broken:
            send(office, port)
        assert "已发出 1 封" in "".join(broken.value.__notes__) and "给 021 的一封" in "".join(broken.value.__notes__)
        told = send(office, port)
        assert "要发的信 1 封" in told and "不知道发出没有的 1 封（021）" in told, "the third goes, the second does not"
        told = send(office, port, **({"sent": ("021",)} if keeps else {"resend": ("021",)}))
        assert ("已经发过的 3 封" if keeps else "已发出 1 封") in told
    assert sorted(taken.addresses()) == sorted(f"{code.encode().hex()}@example.gov.cn" for code in CODES)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing to be killed in")
@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [(MailMemory, "put", 1), (MailMemory, "put", 2), (smtplib.SMTP, "data", 2), (smtplib.SMTP, "mail", 3)],
)
def test_sending_that_is_killed_sends_nothing_twice(
    office: Path, authority: trustme.CA, owner: object, name: str, call: int
) -> None:
    with smtp(taken := Outbox(), authority) as port:
        assert killed(owner, name, call, lambda: send(office, port))
        before = len(taken.letters)
        told = send(office, port)
    assert len({*taken.addresses()}) == len(taken.addresses()) >= before
    unsure = "不知道发出没有的 1 封" in told
    assert unsure == ((name, call) in {("put", 2), ("data", 2)}), "told only of what may have gone out"


def test_a_server_that_begins_in_the_open_is_upgraded(
    office: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with smtp(taken := Outbox(), authority, upgraded=True) as port:
        monkeypatch.setattr("workbook_tool.model.mail.mailbox.UPGRADED", (port,))
        assert "已发出 3 封" in send(office, port)
    assert len(taken.letters) == 3


def test_a_wrong_certificate_password_or_port_sends_nothing(
    office: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    with smtp(taken := Outbox(), authority) as port:
        with pytest.raises(MailError, match="证书不可信"):
            send(office, port, host="127.0.0.1")
        monkeypatch.setenv(password.VARIABLE, "wrong-secret")
        with pytest.raises(MailError, match=r"登录不上.*授权码"):
            send(office, port)
    with pytest.raises(MailError, match="不接受连接"):
        send(office, 1)
    assert not taken.letters
    with open_memory(office) as memory:
        assert not [code for code in CODES if memory.sent_to(code)], "nothing was begun"


def test_without_a_server_all_drafts_are_put_into_one_file(office: Path) -> None:
    told = send(office, None)
    path = office / "outbox" / RUN / TOGETHER
    assert "合成了一个文件" in told and str(path) in told
    assert [message["X-Unsent"] for message in mailbox.mbox(path)] == ["1"] * 3
    assert "要发的信 3 封" in send(office, None), "nothing was sent"
