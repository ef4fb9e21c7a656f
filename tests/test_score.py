"""考核: each agency's points from the facts of its filings, and the sheet that computes them live."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
from msgspec.structs import replace

from tests.grids import ROOT, annual_report, filled, submission, year, zeros
from tests.office_tools import needs_office, recalculated
from tests.results import NOTHING_SAID, consolidated, missing
from workbook_tool.files.workbook.render import render
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.explanation import Explanation
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.source import BEIJING, Mail, SourceFile
from workbook_tool.model.intake.submission import Agency, ReadingState
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Decision, FollowUp, Opinion, Status
from workbook_tool.model.office.settings import Roster, Settings
from workbook_tool.model.season.agency import AgencyRecord, DatedBy, FiledAgency, Timeliness
from workbook_tool.model.season.filing import Because, Behind, Checked, Filing
from workbook_tool.model.season.history import History, PastVersion
from workbook_tool.model.season.last_year import NO_LAST_YEAR
from workbook_tool.model.season.score import Scorecard, Weights
from workbook_tool.model.workbook.book import Book
from workbook_tool.model.workbook.result import Consolidation, Run
from workbook_tool.steps.season.score import score
from workbook_tool.steps.workbook.plan import Plan
from workbook_tool.steps.workbook.score import HEAD_ROW, PER_DAY, SCORES, add_scores, weight

FORM, HERE, DUE = annual_report(), Path(), date(2024, 1, 31)
SETTINGS = Settings("示例县", FORM.id, year(2023), DUE, HERE, HERE, HERE, ROOT / "templates", None)
GOOD = submission(FORM, filled(FORM, zeros(FORM)))

STORY = """
001 计入 01-30
002 计入 02-02
003 退回 01-31 musts=2 blanks=10
004 待核 01-20 explains=3 explained=1
005 未报
006 未到期
007 计入 03-31
008 不计入 01-30
"""
"""Agency, where it stands, the day it filed, and what was found."""

POINTS = """
1 001 30 20 40 10 100
2 002 26 20 40 10 96 迟报 2 天，扣 4 分
3 004 30 20 40 3.3 93.3 需说明 3 条，未说明 2 条，扣 6.7 分
4 003 30 19 25 10 84 首次报送缺数 10 格，扣 1 分；首次报送必须改 2 条、退回 1 次，扣 15 分
5 007 0 20 40 10 70 迟报 60 天，扣 30 分
6 005 0 0 0 0 0 未报，不得分
- 006 - - - - - 未到期，暂不计分
- 008 - - - - - 审核人决定不计入，不参加考核
"""


def office(story: str) -> Consolidation:
    agencies = [standing(*line.split()) for line in story.strip().splitlines()]
    run = Run("2024-04-01-1", date(2024, 4, 1), SETTINGS, FORM, Roster(), NO_LAST_YEAR)
    return consolidated(run, agencies)


def standing(code: str, stands: str, day: str = "", *more: str) -> AgencyRecord:
    agency = Agency(code, f"{code}局")
    if not day:
        return missing(agency, Timeliness.NOT_DUE if stands == "未到期" else Timeliness.MISSING, deadline=DUE)
    told = {key: int(value) for key, _, value in (part.partition("=") for part in more)}
    came = date.fromisoformat(f"2024-{day}")
    file, late = filing(agency, f"{code}.xlsx", **told), max(0, (came - DUE).days)
    if stands == "不计入":
        file = replace(file, on_file=Decision("", "", Opinion.EXCLUDE, "重复"))
    states = {"计入": State.COUNTED, "待核": State.HELD, "退回": State.RETURNED, "不计入": State.EXCLUDED}
    assert file.state is states[stands]
    timely = Timeliness.LATE if late else Timeliness.ON_TIME
    return FiledAgency(agency, timely, file, NOTHING_SAID, "", DUE, came, DatedBy.MAIL, late)


def filing(agency: Agency, path: str, musts: int = 0, blanks: int = 0, explains: int = 0, explained: int = 0) -> Filing:
    must = [Finding("T3-ROW", Severity.MUST, "", item=n) for n in range(musts)]
    open_points = [Finding("T2-STK", Severity.EXPLAIN, "", item=n) for n in range(explains)]
    said = tuple(Explanation("T2-STK", n, "属实") for n in range(explained))
    blank = tuple(
        replace(r, state=ReadingState.BLANK, number=None) if n < blanks else r for n, r in enumerate(GOOD.readings)
    )
    source = SourceFile(path, Path(path), path, 1)
    identity = replace(GOOD.identity, agency=agency)
    own = replace(GOOD, source=source, identity=identity, readings=blank, explanations=said)
    return Filing(Checked(own, (*must, *open_points), {}))


def older(filing: Filing, newest: str, sent: datetime) -> Filing:
    """The filing as an older version that came by mail."""
    mail = Mail("a@example.gov.cn", "", "", sent)
    submission = replace(filing.submission, source=replace(filing.source, mail=mail))
    return Filing(replace(filing.checked, submission=submission), behind=Behind(newest, Because.MAIL))


def told(scorecard: Scorecard) -> str:
    """The scorecard as text."""
    lines = []
    for one in scorecard.scores:
        points = (one.timely, one.complete, one.accurate, one.explain, one.total)
        shown = ["-" if point is None else f"{point.normalize():f}" for point in points]
        lines.append(" ".join(filter(None, [str(one.rank or "-"), one.code, *shown, one.reasons])))
    return "\n".join(lines)


def test_points_are_what_the_facts_come_to() -> None:
    assert told(score(office(STORY), Weights())) == POINTS.strip()


def version(code: str, name: str, day: str, state: State, musts: int = 0, numbers: int = 200) -> PastVersion:
    known = {item.code: 0 for item in FORM.items[:numbers]}
    return PastVersion(
        code, name, name, "", date.fromisoformat(f"2024-{day}"), state, known, frozenset(map(str, range(musts)))
    )


def test_the_first_filing_is_what_counts() -> None:
    """Filed in time with three mistakes, sent back twice, right in March: late for nothing, and the mistakes stay."""
    past = (
        version("001", "a", "01-29", State.RETURNED, musts=3, numbers=190),
        version("001", "b", "02-12", State.RETURNED, musts=1),
    )
    result = score(office("001 计入 03-04"), Weights(), History(versions={"001": past}))
    assert told(result) == (
        "1 001 30 19 15 10 74 首次报送缺数 10 格，扣 1 分；首次报送必须改 3 条、退回 2 次，扣 25 分"
    )


def test_an_older_mail_in_the_inbox_shows_when_it_was_first_filed() -> None:
    result = office("001 计入 02-20")
    (record,) = result.agencies
    sent = datetime(2024, 1, 30, 9, tzinfo=BEIJING)
    first = older(filing(record.agency, "old.xlsx"), "001.xlsx", sent)
    assert told(score(replace(result, files=(*result.files, first)), Weights())) == "1 001 30 20 40 10 100"
    empty = older(filing(record.agency, "old.xlsx", blanks=200), "001.xlsx", sent)
    assert "迟报 20 天" in told(score(replace(result, files=(*result.files, empty)), Weights())), "an empty form"


def test_a_reviewer_may_accept_without_words() -> None:
    result = office("001 待核 01-20 explains=1")
    (record,) = result.agencies
    assert record.file
    life = FollowUp("k", "b", Status.WAIVED, DUE)
    waived = tuple(replace(finding, follow_up=life) for finding in record.findings)
    file = replace(record.file, checked=replace(record.file.checked, findings=waived))
    result = replace(result, agencies=(replace(record, file=file),))
    assert told(score(result, Weights())) == "1 001 30 20 40 10 100"


def test_equal_points_share_a_rank() -> None:
    shared = score(office("001 计入 01-30\n002 计入 02-01\n003 计入 01-30"), Weights())
    assert [line[:5] for line in told(shared).splitlines()] == ["1 001", "1 003", "3 002"]


def test_without_a_date_nothing_is_taken_off() -> None:
    result = office("001 计入 01-30")
    (record,) = result.agencies
    result = replace(result, agencies=(replace(record, filed_on=None, days_late=None),))
    assert told(score(result, Weights())) == "1 001 30 20 40 10 100 没有截止日期或报送日期，及时不扣分"


def test_there_is_no_sheet_where_the_office_does_not_assess() -> None:
    book = Book("", DUE)
    add_scores(book, Plan(office(STORY)))
    assert not book.sheets


@needs_office
def test_other_weights_in_the_sheet_give_other_points(tmp_path: Path) -> None:
    """Whoever tries 5 points a day in the workbook sees what a run with 5 points a day would give."""
    book = Book("考核", DUE)
    add_scores(book, Plan(replace(office(STORY), scorecard=score(office(STORY), Weights()))))
    render(book, tmp_path / "score.xlsx")
    edited = openpyxl.load_workbook(tmp_path / "score.xlsx")
    edited[SCORES][weight(PER_DAY).replace("$", "")] = 5
    edited.save(tmp_path / "edited.xlsx")
    sheet = openpyxl.load_workbook(recalculated(tmp_path / "edited.xlsx"), data_only=True)[SCORES]
    seen = {row[1]: [row[0], *row[12:17]] for row in sheet.iter_rows(min_row=HEAD_ROW + 2, values_only=True)}
    for one in score(office(STORY), Weights(late_per_day=Decimal(5))).scores:
        points = [one.rank, one.timely, one.complete, one.accurate, one.explain, one.total]
        assert [None if p in ("", None) else round(float(p), 6) for p in seen[one.code]] == [
            None if p is None else float(p) for p in points
        ]
