"""``mail fetch`` against a real Dovecot with TLS: every message once, whatever is killed, cut, wrong or renumbered."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.mail_servers import DOVECOT, PASSWORD, Post, cut, dovecot, killed, mail
from tests.offices import CONFIG
from workbook_tool import fetching
from workbook_tool.files.intake.linked_files import links_to_files
from workbook_tool.files.mail import arrivals, password
from workbook_tool.files.mail.memory import MailMemory
from workbook_tool.files.office.config import load_settings
from workbook_tool.model.errors import MailError, OfficeError
from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.mail.envelope import Envelope
from workbook_tool.model.mail.mailbox import Mailbox
from workbook_tool.steps.mail.choose import BOUNCE, EARLIER, STRANGER, TOO_LARGE, refusal

if DOVECOT is None:
    pytest.skip("dovecot is missing (apt-get install dovecot-imapd)", allow_module_level=True)

USERS = [f"user{number}" for number in range(20)]
BOUNCED = (
    b"From: postmaster@example.cn\r\nTo: nianbao@example.gov.cn\r\nSubject: Undelivered\r\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x--\r\n"
)


@pytest.fixture(scope="module")
def post() -> Iterator[Post]:
    with TemporaryDirectory() as folder, dovecot(Path(folder), USERS) as made:  # pytest's own lets no server in
        yield made


@pytest.fixture(scope="module")
def free() -> Iterator[str]:
    return iter(USERS)


@pytest.fixture
def user(free: Iterator[str]) -> str:
    """A mailbox that no other test has."""
    return next(free)


@pytest.fixture
def config(tmp_path: Path, post: Post, user: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(password.VARIABLE, PASSWORD)
    return set_up(tmp_path, post, user)


def set_up(
    folder: Path, post: Post, user: str, more: str = "", port: int | None = None, host: str = "localhost"
) -> Path:
    """An office with this mailbox."""
    (folder / "inbox").mkdir(exist_ok=True)
    (folder / "roster.csv").write_text("代码,名称\n020,示例县教育局\n", encoding="utf-8")
    told = f'[mail]\nuser = "{user}"\nimap = "{host}:{port or post.port}"\nca = "{post.ca}"\n{more}'
    (folder / "config.toml").write_text(f"{CONFIG}\n{told}", encoding="utf-8")
    return folder / "config.toml"


def fetch(config: Path) -> str:
    return fetching.fetch(load_settings(config, date(2024, 2, 5), lambda templates, form: PeriodKind.YEAR)[0])


def arrived(config: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((config.parent / "inbox").rglob("*")) if path.is_file()}


def test_every_message_comes_whole_and_once_and_stays_on_the_server(config: Path, post: Post, user: str) -> None:
    sent = [mail("报送年报", number=1), mail("=?utf-8?b?5YaN5oql?=", number=2, files={"年报.xlsx": b"PK\x00\xff" * 9})]
    post.deliver(user, *sent)
    told = fetch(config)
    assert "收到新邮件 2 封" in told and "甲局 <jia@example.gov.cn> 《报送年报》" in told
    assert sorted(arrived(config).values()) == sorted(sent)
    assert {path.parent.name for path in (config.parent / "inbox").rglob("*.eml")} == {arrivals.FOLDER}
    post.deliver(user, mail("第三封", number=3))
    told = fetch(config)
    assert "收到新邮件 1 封" in told and "以前收过的 2 封没有再收" in told
    assert len(arrived(config)) == 3
    assert [name.partition(":2,")[2] for name in post.names(user)] == ["", "", ""], "not even marked as read"


def test_a_server_that_numbers_anew_brings_nothing_twice(config: Path, post: Post, user: str) -> None:
    post.deliver(user, *(mail(f"第{n}封", number=n) for n in range(4)))
    fetch(config)
    before = arrived(config)
    post.renumber(user)
    post.deliver(user, mail("新来的", number=9))
    told = fetch(config)
    assert "收到新邮件 1 封" in told and "以前收过的 4 封没有再收" in told
    assert set(before) < set(arrived(config)) and len(arrived(config)) == 5


def test_a_lost_memory_doubles_nothing(config: Path, post: Post, user: str) -> None:
    post.deliver(user, mail("甲"), mail("乙", number=2))
    fetch(config)
    before = arrived(config)
    (config.parent / "mail.sqlite").unlink()
    fetch(config)
    assert arrived(config) == before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing to be killed in")
@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [(os, "fsync", 2), (arrivals, "flush", 1), (os, "utime", 3), (MailMemory, "fetched", 2), (MailMemory, "note", 1)],
)
def test_a_fetch_killed_at_any_moment_loses_and_doubles_nothing(
    config: Path, post: Post, user: str, owner: object, name: str, call: int
) -> None:
    sent = [mail(f"第{n}封", number=n) for n in range(3)]
    post.deliver(user, *sent)
    assert killed(owner, name, call, lambda: fetch(config))
    assert set(arrived(config).values()) - {b""} <= {*sent}
    fetch(config)
    assert sorted(arrived(config).values()) == sorted(sent), "nothing is left of the one that was killed"


def test_a_line_that_is_cut_is_told_and_taken_up_again(tmp_path: Path, config: Path, post: Post, user: str) -> None:
    sent = [mail(f"第{n}封", number=n, files={"年报.xlsx": os.urandom(90_000)}) for n in range(6)]
    post.deliver(user, *sent)
    with cut(post.port, 400_000) as port:
        with pytest.raises(MailError, match="连接中断") as broken:
            fetch(set_up(tmp_path, post, user, port=port))
        assert "断开以前已收下" in broken.value.__notes__[0]
    half = arrived(config)
    assert 0 < len(half) < 6 and set(half.values()) < set(sent), "what came is whole"
    fetch(set_up(tmp_path, post, user))
    # Another port is another server to us: the names tell that these are the same messages.
    assert sorted(arrived(config).values()) == sorted(sent)


def test_five_hundred_and_one_of_sixty_megabytes(tmp_path: Path, config: Path, post: Post, user: str) -> None:
    post.deliver(
        user,
        *(mail(f"第{n}封", number=n) for n in range(500)),
        mail("大", number=900, text="x" * 70 + "\n") + b"y" * (60 << 20),
    )
    told = fetch(set_up(tmp_path, post, user, "mib = 50\n"))
    assert "收到新邮件 500 封" in told and "……另有 480 封" in told
    assert f"没有收 1 封：{TOO_LARGE}" in told and "60.0 MiB" in told
    assert "收到新邮件 1 封" in fetch(set_up(tmp_path, post, user))
    assert max(map(len, arrived(config).values())) > 60 << 20


def test_marked_and_moved_only_where_the_office_wants_it(tmp_path: Path, config: Path, post: Post, user: str) -> None:
    post.deliver(user, mail("甲"))
    fetch(set_up(tmp_path, post, user, "mark_read = true\n"))
    assert [name.partition(":2,")[2] for name in post.names(user)] == ["S"]
    post.deliver(user, mail("乙", number=2))
    fetch(set_up(tmp_path, post, user, 'move_to = "已收"\nfolders = ["INBOX", "已收"]\n'))
    moved = next(path.name[1:] for path in post.box(user).iterdir() if path.name.startswith(".&"))
    assert (len(post.names(user)), len(post.names(user, moved)), len(arrived(config))) == (1, 1, 2)


def test_what_the_limits_leave_is_told_with_its_reason(tmp_path: Path, config: Path, post: Post, user: str) -> None:
    post.deliver(
        user, mail("垃圾", sender="ad@example.com", number=5), mail("来自下级", "a@edu.example.gov.cn"), BOUNCED
    )
    told = fetch(set_up(tmp_path, post, user, 'senders = ["@example.gov.cn"]\n'))
    assert "收到新邮件 1 封" in told and f"没有收 1 封：{STRANGER}" in told and f"没有收 1 封：{BOUNCE}" in told
    told = fetch(set_up(tmp_path, post, user))
    assert "收到新邮件 1 封" in told, "what the office lets in later comes then"


def test_a_wrong_certificate_password_folder_or_server_is_told_and_no_password_is_written(
    tmp_path: Path,
    config: Path,
    post: Post,
    user: str,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    said = []
    for more, host, port, secret, words in (
        ("", "127.0.0.1", post.port, PASSWORD, "证书不可信"),
        ("", "localhost", post.port, "wrong-secret", "登录不上.*授权码"),
        ('folders = ["没有的"]\n', "localhost", post.port, PASSWORD, "文件夹“没有的”"),
        ("", "localhost", 1, PASSWORD, "不接受连接"),
        ("", "nowhere.invalid", 993, PASSWORD, "找不到收件服务器 nowhere.invalid:993"),
    ):
        monkeypatch.setenv(password.VARIABLE, secret)
        with pytest.raises(MailError, match=words) as failed:
            fetching.fetch_mails(set_up(tmp_path, post, user, more, port, host))
        said.append(str(failed.value))
    logs = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "logs").iterdir())
    everything = logs + "".join(said) + "".join(capfd.readouterr())
    assert PASSWORD not in everything and "wrong-secret" not in everything
    assert not arrived(config)


def test_a_password_comes_from_an_owner_only_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(password.VARIABLE, raising=False)
    kept = tmp_path / "授权码.txt"
    kept.write_text("abc\n", encoding="utf-8")
    box = Mailbox("u", password_file=kept)
    kept.chmod(0o640)
    if os.name != "nt":
        with pytest.raises(OfficeError, match="chmod 600"):
            password.password_of(box)
    kept.chmod(0o600)
    assert password.password_of(box) == "abc"
    monkeypatch.setattr(password, "from_keyring", lambda user: "")
    with pytest.raises(OfficeError, match=password.VARIABLE):
        password.password_of(Mailbox("u"))


def test_limits_are_asked_before_a_message_is_fetched() -> None:
    def left(sender: str = "a@x.cn", day: int = 9, size: int = 1, bounce: bool = False) -> str:
        box = Mailbox("u", senders=("@x.cn", "b@y.cn"), since=date(2024, 1, 5), mib=1)
        return refusal(Envelope("", sender, "", "", date(2024, 1, day), size, bounce), box)

    assert [left(), left("B@Y.cn"), left("c@sub.x.cn")] == ["", "", ""]
    assert [left("a@notx.cn"), left("c@y.cn"), left("")] == [STRANGER] * 3
    assert [left(day=4), left(size=(1 << 20) + 1), left(bounce=True)] == [EARLIER, TOO_LARGE, BOUNCE]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ('<a href="https://mail.163.com/large-attachment-download/index.html?p=X&amp;t=1">年报.xlsx</a>', 1),
        ("http://mail.qq.com/cgi-bin/ftnExs_download?k=1&t=exs_ftn_download", 1),
        ("https://wx.mail.qq.com/ftn/download?func=3&key=a", 1),
        ("从QQ邮箱发来的超大附件 年报.xlsx https://files.example.cn/abc", 1),
        ("见附件。某某局 https://www.example.gov.cn/", 0),
        ('超大附件 <img src="https://x.cn/logo.png">', 0),
    ],
)
def test_links_to_large_attachments_are_known(text: str, links: int) -> None:
    assert len(links_to_files([text])) == links
