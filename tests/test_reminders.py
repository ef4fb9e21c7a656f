"""催报: whom the office chases, in which words, and as which draft mail."""

from __future__ import annotations

from datetime import date
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path
from typing import cast

import pytest
from msgspec.structs import replace

from tests.grids import ROOT, annual_report, year
from tests.results import consolidated, nothing_decided
from tests.workbooks import unpacked
from workbook_tool.files.returns.blank_forms import blank_forms
from workbook_tool.files.returns.draft import draft_mail
from workbook_tool.files.returns.reminders import write_reminders
from workbook_tool.files.season.outbox import publish
from workbook_tool.files.workbook.render import rendered
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.returns.letter import Letter
from workbook_tool.model.season.last_year import NO_LAST_YEAR
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.result import Consolidation, Run
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.returns.remind import remind
from workbook_tool.steps.season.versions import agency_records
from workbook_tool.steps.tell.outcomes import agency_steps, told_late
from workbook_tool.steps.workbook.inbox import add_files, file_list
from workbook_tool.steps.workbook.overview import days_left, deadline_words
from workbook_tool.steps.workbook.plan import Plan

FORM, HERE, DUE = annual_report(), Path(), date(2024, 1, 31)
CALL = "政务公开科 张三，0537-1234567"
SETTINGS = Settings("示例县", FORM.id, year(2023), DUE, HERE, HERE, HERE, ROOT / "templates", None, contact=CALL)
AGENCY = Agency("020", "示例县教育局", mail="jyj@example.gov.cn")


def result(
    *agencies: Agency,
    files: tuple[FileRecord, ...] = (),
    on: str = "2024-02-05",
    due: date | None = DUE,
    form: Form = FORM,
) -> Consolidation:
    """A run on this day in which none of these agencies has a filing that counts."""
    roster, settings, day = Roster(agencies), replace(SETTINGS, deadline=due), date.fromisoformat(on)
    records = agency_records(files, form, roster, settings, day, nothing_decided)
    return consolidated(Run("run", day, settings, form, roster, NO_LAST_YEAR), records, files)


def came(path: str, state: State, reason: str, period: Period | None = None) -> FileRecord:
    return FileRecord(SourceFile(path, Path(path), path, 1), state, reason, AGENCY, period)


def test_the_words_of_a_reminder() -> None:
    (letter,) = remind(result(AGENCY))
    assert letter.subject == "催报：2023年度《政府信息公开工作年度报告》（示例县教育局）"
    assert (
        letter.body
        == """\
示例县教育局：

贵单位 2023 年度政府信息公开工作年度报告应不迟于 2024 年 1 月 31 日报送，截至 2024 年 2 月 5 日仍未收到，已逾期 5 天。请尽快填报并发回；已经发出的，请告知发出日期和邮箱，以便查找。
请用附件中的填报表（与先前下发的相同，已在填的接着填即可）填报，核对各表上方显示“✔”后，以 .xlsx 文件发回本邮箱。确实没有发生的事项填 0。

联系人：政务公开科 张三，0537-1234567
示例县
2024 年 2 月 5 日
"""
    )


@pytest.mark.parametrize(
    ("on", "due", "said"),
    [
        ("2024-01-23", DUE, None),
        ("2024-01-24", DUE, "还有 7 天。请按时填报"),
        ("2024-01-31", DUE, "今天到期。请按时填报"),
        ("2024-02-01", DUE, "已逾期 1 天。请尽快填报"),
        ("2024-02-01", None, "应当报送，截至 2024 年 2 月 1 日尚未收到。请尽快填报"),
    ],
)
def test_near_the_deadline_and_after_it(on: str, due: date | None, said: str | None) -> None:
    letters = remind(result(AGENCY, on=on, due=due))
    assert [said in letter.body for letter in letters] == ([True] if said else [])
    assert all(letter.subject.startswith("提醒" if due and on <= "2024-01-31" else "催报") for letter in letters)


@pytest.mark.parametrize(
    ("on", "counts", "letters", "stands", "step"),
    [
        ("2023-12-31", 5, 0, "未到期", "尚未到期 1 家：示例县教育局"),
        ("2023-12-31", None, 0, "未到期", "尚未到期 1 家：示例县教育局"),
        ("2024-01-01", 5, 1, "无法确定", "期满未报、截止日期算不出，是否逾期无法确定，可以催报 1 家：示例县教育局"),
        ("2024-01-01", None, 1, "未报", "请催报 1 家：示例县教育局"),
    ],
)
def test_nobody_is_chased_for_a_period_that_is_not_over(
    on: str, counts: int | None, letters: int, stands: str, step: str
) -> None:
    """Where there is no deadline: the holidays of the next year are not announced, so the working days ``counts`` are not
    known, or none is set. In November five agencies were chased for the last quarter of the year."""
    found = result(AGENCY, on=on, due=None, form=replace(FORM, due=counts))
    assert (len(remind(found)), found.agencies[0].timely_label) == (letters, stands)
    assert agency_steps(found, written=False) == [step]
    assert deadline_words(found) == ("截止日期算不出" if counts else "未设截止日期")
    assert days_left(found) == (" · 截止日期算不出（2024 年节假日未公布）" if counts else "")


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2024-01-20", "尚未到期 1 家：示例县教育局"),
        ("2024-01-31", "即将到期，可以提醒 1 家：示例县教育局（邮件草稿在 reminders 文件夹）"),
        ("2024-02-01", "请催报 1 家：示例县教育局（邮件草稿在 reminders 文件夹）"),
    ],
)
def test_what_is_said_of_drafts_is_what_lies_there(on: str, said: str) -> None:
    """尚未到期 was said while drafts lay there."""
    found = result(AGENCY, on=on)
    assert bool(remind(found)) == ("草稿" in said)
    assert said in agency_steps(found, written=True)


def test_an_agency_s_own_deadline_goes_before() -> None:
    assert not remind(result(replace(AGENCY, deadline=date(2024, 3, 1))))


def test_who_need_not_report_is_never_chased() -> None:
    closed, new = replace(AGENCY, due_to=2022), Agency("021", "示例县数据局", due_from=2024)
    assert not remind(result(closed, new, on="2025-01-01"))


def test_whose_file_is_arriving_is_left_alone() -> None:
    assert not remind(result(AGENCY, files=(came("a.xlsx", State.ARRIVING, "还在变化"),)))


def test_a_file_that_did_not_count_is_told_but_not_last_year_s() -> None:
    broken = came("020.xlsx", State.UNREADABLE, "文件已损坏")
    old = came("去年.xlsx", State.FOREIGN, "报告年度为 2022 年", year(2022))
    (letter,) = remind(result(AGENCY, files=(broken, old)))
    assert "没有能计入：“020.xlsx”无法读取：文件已损坏。请据此更正" in letter.body
    assert "去年" not in letter.body


def test_a_file_of_the_period_before_that_came_now_is_told() -> None:
    """Last week's file sent again under a new name, and a form whose head nobody changed: nothing had come, said the letter
    to an agency that had sent it. A copy that also lay in a mail is nothing."""

    def file(path: str, state: State, digest: str, late: bool = False, before: int = 2022) -> FileRecord:
        source = SourceFile(path, Path(path), digest, 1)
        return FileRecord(source, state, "", AGENCY, year(before), FORM.id, late)

    once = (file("旧/上期.xlsx", State.FOREIGN, "a"), file("信.eml!上期.xlsx", State.DUPLICATE, "a"))
    (letter,) = remind(result(AGENCY, files=(*once, file("早.xlsx", State.FOREIGN, "d", late=True, before=2021))))
    assert "写的是" not in letter.body
    again = (file("本期.xlsx", State.DUPLICATE, "a"), file("没改.xlsx", State.FOREIGN, "b", late=True))
    told = result(AGENCY, files=(*once[:1], *again))
    (letter,) = remind(told)
    assert (
        "收到的“本期.xlsx”、“没改.xlsx”写的是 2022 年的，没有作为 2023 年的计入；是填错或发错的，请更正后重新报送。"
        in letter.body
    )
    (late,) = told_late(told)
    assert late.endswith("再定稿。示例县教育局还没有报 2023 年的，请先看是不是没有改报告年度")


def read(content: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(content, policy=policy.default))


def test_drafts_open_as_unsent_mails(tmp_path: Path) -> None:
    other, longest = Agency("021", "数据/局"), [Agency("9" * 300 + end, "长" * 99) for end in "ab"]
    found = result(AGENCY, other, *longest)

    def write(folder: Path) -> None:
        write_reminders(folder, remind(found), found.as_of, lambda letter: [("空表.xlsx", letter.agency.code.encode())])

    folder = publish(tmp_path, "one", write)[0] / "reminders"
    again = publish(tmp_path, "two", write)[0] / "reminders"
    names = sorted(path.name for path in folder.iterdir())
    assert names[:2] == ["020_示例县教育局_催报.eml", "021_数据_局_催报.eml"] and len(names) == 4, "all are there"
    assert all(len(name.encode()) < 220 for name in names)
    assert [p.read_bytes() for p in sorted(folder.iterdir())] == [p.read_bytes() for p in sorted(again.iterdir())]
    mails = [read(path.read_bytes()) for path in sorted(folder.iterdir())][:2]
    assert [(m["X-Unsent"], m["To"], m["Date"]) for m in mails] == [
        ("1", "jyj@example.gov.cn", "Mon, 05 Feb 2024 09:00:00 +0800"),
        ("1", None, "Mon, 05 Feb 2024 09:00:00 +0800"),
    ]
    assert len({m["Message-ID"] for m in mails}) == 2
    assert mails[0]["Subject"] == "催报：2023年度《政府信息公开工作年度报告》（示例县教育局）"
    words, form = mails[0].get_body(), next(mails[0].iter_attachments())
    assert words is not None and words.get_content().replace("\r\n", "\n") == remind(found)[0].body
    assert (form.get_filename(), form.get_content()) == ("空表.xlsx", b"020")


def test_nobody_to_chase_leaves_no_folder(tmp_path: Path) -> None:
    assert not write_reminders(tmp_path, [], DUE, lambda letter: [])
    assert not list(tmp_path.iterdir())


def test_a_form_made_from_the_common_one_is_the_one_that_was_issued() -> None:
    def issue(agency: Agency) -> Book:
        return blank_book(FORM, year(2023), date(2024, 1, 1), agency)

    form_of = blank_forms(issue)
    for agency in (AGENCY, Agency("007", "城东<区>科技&信息化局")):
        assert unpacked(form_of(agency)) == unpacked(rendered(issue(agency)))


def test_a_draft_carries_files_and_no_header_of_somebody_else() -> None:
    """What stands in a roster or a form's title never adds a header or another recipient than the addresses in it."""
    evil = Letter(
        replace(AGENCY, mail="甲 <a@example.gov.cn>；b@example.gov.cn\r\nBcc: c@evil"),
        "催\r\nBcc: x@evil.cn",
        "正文\x00",
    )
    content = draft_mail(evil, DUE, "k", [("表\r\n.xlsx", b"PK")])
    mail = read(content)
    assert content == draft_mail(evil, DUE, "k", [("表\r\n.xlsx", b"PK")])
    assert (mail["Bcc"], mail["To"], mail["Subject"]) == (
        None,
        "a@example.gov.cn, b@example.gov.cn",
        "催 Bcc: x@evil.cn",
    )
    (attachment,) = mail.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == ("表 .xlsx", b"PK")


NAMED = ["001_东水务局_第2轮退改.xlsx", f"002_{'某某省某某市经济技术开发区' * 4}_第2轮退改.xlsx", 'plain "a".xlsm']


@pytest.mark.parametrize("name", NAMED)
def test_old_mail_programs_see_the_name_of_an_attachment_too(name: str) -> None:
    """Outlook and Foxmail lose a name that is only told by RFC 2231, and all the more one in pieces (filename*0*=)."""
    content = draft_mail(Letter(AGENCY, "主题" * 60, "正文"), DUE, "k", [(name, b"PK" * 100)])
    _, part = message_from_bytes(content).get_payload()
    named = str(part.get_param("name"))
    assert named.isascii() and str(make_header(decode_header(named))) == name
    assert b"filename*0" not in content and content.count(b"\n") == content.count(b"\r\n")
    assert max(map(len, content.splitlines())) < 998
    mail = read(content)
    (attachment,) = mail.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content(), mail["Subject"]) == (name, b"PK" * 100, "主题" * 60)


def test_last_year_s_files_are_one_line_in_the_list_of_files() -> None:
    left = [came(f"{n}.xlsx", State.FOREIGN, "报告年度为 2022 年，本次汇总 2023 年", year(2022)) for n in range(3)]
    lone = came("旧.xlsx", State.FOREIGN, "报告年度为 2021 年，本次汇总 2023 年", year(2021))
    other = came("别的.xlsx", State.FOREIGN, "没有找到任何一张表")
    book = Book("", DUE)
    add_files(book, Plan(result(AGENCY, files=(*left, lone, other))))
    rows = {
        cell.value for cell in book.sheets[0].every_cell if cell.column == 0 and cell.row > file_list(FORM.period).top
    }
    assert rows == {"旧.xlsx", "别的.xlsx", "（3 份）"}
