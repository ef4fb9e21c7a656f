"""config.toml: every key accounted for, and a wrong one reported with its place and a hint."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.grids import settings_of, year
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.office.bundled import bundled_templates
from workbook_tool.files.office.config import check_policy, find_templates
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.mail.mailbox import Mailbox, Server
from workbook_tool.model.office.settings import Limits
from workbook_tool.model.season.score import Weights

SMALLEST = '[region]\nname = "甲县"\n[report]\nform = "zfxxgk-2021"\nyear = 2023\n'


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "inbox").mkdir()
    return tmp_path / "config.toml"


def write(config: Path, text: str) -> Path:
    config.write_text(text, encoding="utf-8")
    return config


def test_the_smallest_config_has_defaults_beside_it(config: Path) -> None:
    settings = settings_of(write(config, SMALLEST))
    assert (settings.region, settings.form, settings.period) == ("甲县", "zfxxgk-2021", year(2023))
    assert settings.deadline is None and settings.roster is None
    assert settings.contact == "" and settings.scorecard is None
    assert settings.root == config.parent
    assert settings.inbox == config.parent / "inbox"
    assert settings.outbox == config.parent / "outbox"
    assert settings.templates == config.parent / "templates"
    assert settings.limits == Limits(20, 300, 20, 120, 1024, 0)


def test_every_key_is_read(config: Path) -> None:
    (config.parent / "来文").mkdir()
    text = """
        region = { name = "甲县", contact = "张三 0537-1234567" }
        report = { form = "zfxxgk-2021", year = 2023, deadline = 2024-01-31, last_year = "去年/values.csv" }
        folders = { inbox = "来文", outbox = "结果", templates = "表式" }
        roster = { file = "名录.csv" }
         rules = { severity = { V-TEXT = "explain" }, blank_is_zero = true, zero_marks = ["/", "无"], trial = ["G-SAME"], limits = { Y-SPIKE = { least = 20, share = 0.35 } } }
         reading = { passwords = ["2023", "密码"] }
        limits = { file_mib = 5, unpacked_mib = 50, seconds = 9, wall_seconds = 99, memory_mib = 700, workers = 3 }
        scorecard = { timely = 40, late_per_day = 0.5 }
        mail = { user = "n", imap = "imap.x.cn", smtp = "smtp.x.cn:587", address = "n@x.cn", name = "办", password_file = "密", ca = "ca.pem", folders = ["报表"], senders = ["@x.cn"], since = 2024-01-01, mib = 50, mark_read = true, move_to = "已收" }
    """
    settings = settings_of(write(config, text))
    assert (settings.region, settings.deadline) == ("甲县", date(2024, 1, 31))
    assert [p.name for p in (settings.inbox, settings.outbox, settings.templates)] == ["来文", "结果", "表式"]
    assert settings.roster == config.parent / "名录.csv"
    assert settings.policy.severity == {"V-TEXT": Severity.EXPLAIN}
    assert settings.policy.blank_is_zero and settings.policy.zero_marks == ("/", "无")
    assert settings.passwords == ("2023", "密码")
    assert settings.contact == "张三 0537-1234567"
    assert settings.scorecard == Weights(timely=Decimal(40), late_per_day=Decimal("0.5"))
    assert settings.limits == Limits(5, 50, 9, 99, 700, 3)
    assert settings.policy.trial == ("G-SAME",) and settings.last_year == config.parent / "去年" / "values.csv"
    assert settings.policy.limits == {"Y-SPIKE": {"least": Decimal(20), "share": Decimal("0.35")}}
    assert settings.mail == Mailbox(
        user="n",
        imap=Server("imap.x.cn", 993),
        smtp=Server("smtp.x.cn", 587, upgraded=True),
        address="n@x.cn",
        name="办",
        password_file=config.parent / "密",
        ca=config.parent / "ca.pem",
        folders=("报表",),
        senders=("@x.cn",),
        since=date(2024, 1, 1),
        mib=50,
        mark_read=True,
        move_to="已收",
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "hint"),
    [
        ("[region]", "[regoin]", "config.toml：regoin", "是否指 region"),
        ("year = 2023", "yaer = 2023", "[report]：yaer", "是否指 year"),
        ("year = 2023", 'period = "2024-W05"', "[report]：period", "这张表是年报"),
        ("year = 2023", 'period = "2024第5周"', "[report]：period", "2024-W05"),
        ("year = 2023", 'year = 2023\nperiod = "2023"', "[report]：year", "只写一个"),
        ('form = "zfxxgk-2021"', "", "[report]：form", "必须填写"),
        ('name = "甲县"', 'name = " "', "[region]：name", "不能为空"),
        ("year = 2023", 'year = "2023"', "[report]：year", "应为整数"),
        ("year = 2023", "year = 23", "[report]：year", "四位数"),
        ("year = 2023", 'year = 2023\ndeadline = "下周"', "[report]：deadline", "2024-01-31"),
        ("year = 2023", "year = 2023\n[rules]\nblank_is_zero = 1", "[rules]：blank_is_zero", "true 或 false"),
        ("year = 2023", 'year = 2023\n[rules]\nzero_marks = [""]', "[rules]：zero_marks", "blank_is_zero"),
        ("year = 2023", 'year = 2023\n[rules.severity]\nT3-ID = "mst"', "[rules.severity]：T3-ID", "是否指 “must”"),
        ("year = 2023", 'year = 2023\n[reading]\npasswords = [""]', "[reading]：passwords", "passwords = []"),
        ("year = 2023", "year = 2023\n[reading]\npasswords = [2023]", "[reading]：passwords", "文字"),
        ("year = 2023", "year = 2023\n[limits]\nfile_mib = 0", "[limits]：file_mib", "不小于 1"),
        ("year = 2023", "year = 2023\n[scorecard]\nlate_day = 1", "[scorecard]：late_day", "是否指 late_per_day"),
        ("year = 2023", "year = 2023\n[scorecard]\ntimely = -1", "[scorecard]：timely", "不小于 0"),
        ("year = 2023", 'year = 2023\n[mail]\nuser = "a"\nimap = "imap.x.cn:x"', "[mail]：imap", "imap.163.com:993"),
        ("year = 2023", 'year = 2023\n[mail]\nuser = "a"\nsmtp = "x.cn"', "[mail]：address", "邮箱地址"),
        (
            "year = 2023",
            'year = 2023\n[mail]\nuser = "a"\npassword = "x"',
            "[mail]：password",
            "不写在 config.toml 里：单独存一个文件",
        ),
        ("year = 2023", 'year = 2023\n[mail]\nimap = "x.cn"', "[mail]：user", "必须填写"),
        ("year = 2023", "year = ", "config.toml", "不是正确的 TOML"),
    ],
)
def test_a_wrong_key_is_told_with_place_and_hint(config: Path, old: str, new: str, place: str, hint: str) -> None:
    assert old in SMALLEST
    with pytest.raises(OfficeError) as error:
        settings_of(write(config, SMALLEST.replace(old, new)))
    assert place in str(error.value) and hint in str(error.value)
    assert 'password = "x' not in str(error.value), "a secret is not repeated"


def test_a_missing_config_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(OfficeError, match="workbook-tool init"):
        settings_of(tmp_path / "config.toml")
    (tmp_path / "config.toml.txt").touch()
    with pytest.raises(OfficeError, match=r"有 config\.toml\.txt.*改名为 config\.toml"):
        settings_of(tmp_path / "config.toml")


def test_a_missing_inbox_says_what_to_do(config: Path) -> None:
    (config.parent / "inbox").rmdir()
    with pytest.raises(OfficeError, match=r"收件夹 .*inbox.*workbook-tool init"):
        settings_of(write(config, SMALLEST))


def test_an_unknown_rule_is_told_with_the_nearest(config: Path) -> None:
    settings = settings_of(write(config, SMALLEST + '[rules.severity]\nV-TXET = "note"\n'))
    form = load_form(find_templates(settings.templates, settings.form), settings.form)
    with pytest.raises(OfficeError, match="没有规则 V-TXET，是否指 V-TEXT"):
        check_policy(settings, [form])


def test_the_offices_own_form_comes_before_the_bundled_one(tmp_path: Path) -> None:
    assert find_templates(tmp_path, "zfxxgk-2021") == bundled_templates()
    (tmp_path / "zfxxgk-2021.toml").touch()
    assert find_templates(tmp_path, "zfxxgk-2021") == tmp_path
    assert find_templates(tmp_path, "nobody-has-it") == tmp_path


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ('trial = ["G-SAMEE"]', "[rules] trial：表式 zfxxgk-2021 没有规则 G-SAMEE，是否指 G-SAME"),
        ("limits = { Y-SPIK = { least = 1 } }", "[rules.limits]：表式 zfxxgk-2021 没有规则 Y-SPIK，是否指 Y-SPIKE"),
        ("limits = { Y-SPIKE = { leest = 1 } }", "[rules.limits] Y-SPIKE：没有限值 leest，是否指 least"),
        ("limits = { V-TYPE = { most = 1 } }", "[rules.limits] V-TYPE：没有限值 most，可用的有 无"),
    ],
)
def test_a_rule_or_limit_that_the_form_does_not_have(config: Path, rules: str, said: str) -> None:
    settings = settings_of(write(config, f"{SMALLEST}[rules]\n{rules}\n"))
    with pytest.raises(OfficeError) as caught:
        check_policy(settings, [load_form(bundled_templates(), "zfxxgk-2021")])
    assert said in str(caught.value)


def test_a_limit_is_a_number(config: Path) -> None:
    with pytest.raises(OfficeError, match=r"share 应为不小于 0 的数，现为 '一半'"):
        settings_of(write(config, SMALLEST + '[rules.limits]\nY-SPIKE = { share = "一半" }\n'))
