"""代改: what is understood of what a reviewer types, what becomes of it on other numbers, and where it shows."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from email import message_from_bytes, policy

import openpyxl
import pytest
from msgspec.structs import replace

from tests.grids import year
from tests.seasons import Season, form, season
from workbook_tool import batch
from workbook_tool.files.season.ledger import open_ledger
from workbook_tool.files.season.typed_numbers import numbers_by_cell, typed_numbers
from workbook_tool.model.form.form import Form
from workbook_tool.model.form.line import Line
from workbook_tool.model.form.register import Register, RegisterColumn
from workbook_tool.model.intake.submission import Reading, ReadingState, Submission
from workbook_tool.model.judging.correction import (
    Corrected,
    Life,
    PastCorrection,
    TypedNumber,
    kept_numbers,
    known_again,
    read_numbers,
)
from workbook_tool.model.judging.finding import Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.season.history import DeskRow, Reviewed
from workbook_tool.office import Office, Report
from workbook_tool.status import is_refused
from workbook_tool.steps.season.correct import correct, understand
from workbook_tool.steps.season.correct.understand import number_of
from workbook_tool.steps.season.decide import decide

__all__ = ["form", "season"]
FIRST, SECOND, THIRD = date(2024, 2, 5), date(2024, 2, 12), date(2024, 2, 19)
RUN, KEY = "2024-02-05-1", "001|2023|SUM|A.red.all"


@pytest.fixture
def filed(season: Season) -> Submission:
    """甲园 with a wrong total: 8 in 甲!C1."""
    season.file("001", "A.red.all=8")
    return season.filed["甲园"]


def typed(submission: Submission, cell: str, number: str, why: str = "电话", was: str = "", **more: str) -> TypedNumber:
    """What a reviewer typed beside this file."""
    numbers, sha = kept_numbers(r.number for r in submission.readings), submission.source.sha256[:16]
    return replace(TypedNumber(KEY, cell, number, why, was, numbers, sha, RUN, "a.xlsx", "第 5 行"), **more)


def understood(season: Season, *what: TypedNumber, past: dict[str, PastCorrection] | None = None) -> Corrected:
    return understand(what, season.filed.values(), season.form, season.roster, SECOND, past or {})


# ── What is typed ────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "by_cell"),
    [
        ("7", {"own": "7"}),
        (" ７ ", {"own": "7"}),
        ("=7", {"own": "7"}),  # Excel makes a formula of it
        ("表三!D11=5", {"表三!D11": "5"}),
        ("表三！Ｄ11＝5； 表三!E11 = 0", {"表三!D11": "5", "表三!E11": "0"}),
        ("D11=1,234\nE11=空白", {"D11": "1,234", "E11": "空白"}),
        ("表四!$a$9:b9=0；C列=1", {"表四!A9": "0", "表四!B9": "0", "C列": "1"}),
        ("A1:XFD1048576=0", {"A1:XFD1048576": "0"}),
        ("  ", {}),
    ],
)
def test_numbers_are_typed_alone_or_by_cell(text: str, by_cell: dict[str, str]) -> None:
    assert numbers_by_cell(text, "own") == by_cell


def row(key: str, change: str, why: str, cell: str = "", changed: str = "") -> DeskRow:
    filed = ("numbers-sha", "1 2 -") if key.endswith("file") else ("", "")
    return DeskRow(
        "第 5 行", key, filed[0], "", "", "", None, None, change, why, cell=cell, changed=changed, filed=filed[1]
    )


@pytest.mark.parametrize(
    ("change", "why", "changed", "told"),
    [
        ("甲!A1=1；甲!B1=2", "电话", "甲!A1=1；甲!B1=2\n电话", []),
        ("甲!A1=1", "电话", "甲!A1=1；甲!B1=2\n电话", [("甲!B1", "", "2")]),
        ("甲!A1=3；甲!B1=2", "电话", "甲!A1=1；甲!B1=2\n电话", [("甲!A1", "3", "1")]),
        ("甲!A1=1", "改口", "甲!A1=1\n电话", [("甲!A1", "1", "1")]),
        ("", "", "甲!A1=1\n电话", [("甲!A1", "", "1")]),
        ("", "电话", "", ["第 5 行只写了依据，没有写“改为”，没有采用。"]),
        ("甲!A1=", "电话", "", ["第 5 行的“改为”“甲!A1”没有写改成多少，没有采用；要改成没有填，请写“空白”。"]),
        ("甲!A1=", "", "甲!A1=1\n电话", [("甲!A1", "", "1")]),
        ("甲!A1=1；甲!A1=2", "电话", "", [("甲!A1", "1；2", "")]),
    ],
)
def test_only_what_was_typed_since_is_read(change: str, why: str, changed: str, told: list[object]) -> None:
    read = typed_numbers([row("001|2023|file", change, why, changed=changed)], RUN, "a.xlsx")
    assert [one if isinstance(one, str) else (one.cell, one.number, one.was) for one in read] == told


@pytest.mark.parametrize(
    ("written", "cells"),
    [
        ("表三!D11=5，表三!E11=0", {"表三!D11": "5", "表三!E11": "0"}),
        ("表三 D11 = 1,234，E11＝0", {"表三!D11": "1,234", "E11": "0"}),
        ("表三Ｄ１１＝５、表三！ e11=6", {"表三!D11": "5", "表三!E11": "6"}),
        ("表三.D11=5\n附表 1!D11=6", {"表三!D11": "5", "附表 1!D11": "6"}),
        ("表四 A9:B9=0", {"表四!A9": "0", "表四!B9": "0"}),
    ],
)
def test_cells_are_understood_as_people_write_them(written: str, cells: dict[str, str]) -> None:
    assert numbers_by_cell(written, "") == cells


def test_a_problem_knows_the_numbers_of_its_agency_s_file_from_the_list_of_agencies() -> None:
    rows = [row("001|2023|file", "", ""), row(KEY, "7", "电话", "A.red.all"), row("002|2023|X|", "7", "电话")]
    one, other = (one for one in typed_numbers(rows, RUN, "a.xlsx") if isinstance(one, TypedNumber))
    assert (one.cell, one.filed, one.sha256) == ("A.red.all", "1 2 -", "sha")
    assert (other.cell, other.filed) == ("", "")


@pytest.mark.parametrize(
    ("cell", "number", "item"),
    [
        ("A.red.all", "7", "A.red.all"),
        ("甲!C1", "7", "A.red.all"),
        ("$c$1", "7件", None),
        ("苹果!a2", "空白", "A.green.big"),
        ("'甲'!A2", "1,234", "A.green.big"),
    ],
)
def test_a_cell_is_one_of_the_agency_s_own_file(
    season: Season, filed: Submission, cell: str, number: str, item: str | None
) -> None:
    got = understood(season, typed(filed, cell, number))
    assert [season.form.items[one.item].code for one in got.corrections] == ([item] if item else [])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"number": "七"}, "“七”不是数"),
        ({"number": "-1"}, "“-1”是负数"),
        ({"number": "3.5"}, "应为整数"),
        ({"number": "9" * 16}, "太大"),
        ({"number": "8"}, "与单位所填的相同"),
        ({"why": " "}, "没有写依据"),
        ({"cell": ""}, "没有写明是哪一格"),
        ({"cell": "C列"}, "不是单元格"),
        ({"cell": "甲!D9"}, "不是表里填数的格"),
        ({"cell": "乙!C1"}, "不是表里填数的格"),
        ({"cell": "甲!C1", "sha256": "gone"}, "已不在收件夹"),
        ({"filed": ""}, "隐藏的列被删去了"),
        ({"filed": "1 2"}, "隐藏的列被删去了"),
        ({"key": "|2023|SUM|x"}, "全域的问题"),
    ],
)
def test_what_cannot_be_followed_is_refused_in_words(
    season: Season, filed: Submission, changes: dict[str, str], said: str
) -> None:
    got = understood(season, replace(typed(filed, "A.red.all", "7"), **changes))
    assert got.corrections == () and [said in words for words in got.refused] == [True], got


def test_a_row_of_a_list_cannot_be_corrected_for_its_agency(season: Season, filed: Submission) -> None:
    """问题清单 sent to 报送情况, which said that this is no cell of a table."""
    line = Line("c", "金额")
    lists = replace(season.form, registers=(Register("L", "台账", "台账", (RegisterColumn(line, "number"),)),))
    season.form = lists
    of_row = replace(typed(filed, "", "7"), key="001|2023|L-ROW|台账/79d9/金额")
    for one in (of_row, typed(filed, "台账!D9", "7")):
        (said,) = understood(season, one).refused
        assert "清单里一行的内容不能代改，请单位改正后重报" in said and "报送情况”的“改为" not in said


def test_a_number_that_is_not_followed_does_not_wait_for_the_next_run(season: Season, filed: Submission) -> None:
    """status told it twice: that it was not followed, and that the next run would."""
    for one in (typed(filed, "甲!D9", "7"), replace(typed(filed, "A.red.all", "7"), cell="")):
        told = understood(season, one).refused
        assert is_refused(one, told) and not is_refused(one, [])
        assert not is_refused(replace(one, cell="甲!C1", number="9"), told), "another was typed since"


def test_a_cell_that_several_sheets_have_needs_its_sheet(season: Season, filed: Submission) -> None:
    readings = [r if n < 3 else replace(r, sheet="乙", place=(0, n - 3)) for n, r in enumerate(filed.readings)]
    season.filed["甲园"] = filed = replace(filed, readings=tuple(readings))
    assert "请写明工作表" in understood(season, typed(filed, "C1", "7")).refused[0]
    assert understood(season, typed(filed, "乙!C1", "7")).corrections[0].item == 5


def test_amounts_have_decimals(form: Form) -> None:
    item = form.items[0]
    amount = replace(item, block=replace(item.block, decimals=2))
    assert (number_of("1.5", amount), number_of("空白", amount)) == (150, None)
    assert "最多 2 位小数" in str(number_of("1.555", amount))


def test_a_later_word_holds_and_only_who_did_not_see_the_other_disagrees(season: Season, filed: Submission) -> None:
    one = typed(filed, "A.red.all", "7")
    other = typed(filed, "甲!C1", "6", file="b.xlsx")
    got = understood(season, one, other)
    assert ([c.number for c in got.corrections], len(got.refused)) == ([6], 1)
    saw = replace(other, was="7", run="2024-02-12-1")
    assert understood(season, one, saw).refused == ()
    cleared = replace(saw, number="", why="")
    assert [c.life for c in understood(season, one, cleared).corrections] == [Life.WITHDRAWN]
    assert understood(season, one, other, saw).refused == (), "a newer word ends an older dispute"
    changed, cleared_too = (replace(saw, number=n, file=f"{n}.xlsx") for n in ("5", ""))
    for last, held in ((cleared_too, "撤回"), (changed, "5")):
        told = understood(season, one, *((changed, cleared_too) if last is cleared_too else (cleared_too, changed)))
        assert f"采用 “{held}”" in told.refused[0], "both saw 7, and neither what the other typed"
    two_rows = [replace(cleared_too, file="5.xlsx"), replace(changed, cell="A.red.all")]
    assert understood(season, one, *two_rows).refused == (), "cleared in one row, typed in another"
    beside = replace(cleared, run=RUN, file=one.file)
    assert [c.number for c in understood(season, one, beside).corrections] == [7], "typed anew in another row"
    on_other_numbers = replace(other, filed=one.filed.replace("8", "9"))
    assert understood(season, one, on_other_numbers).refused == ()


def test_what_an_earlier_run_understood_by_an_address_is_remembered(season: Season, filed: Submission) -> None:
    """Where the file of then is gone, nothing else says which number was meant; the workbook may be a copy by now."""
    one = typed(filed, "甲!C1", "7", sha256="gone")
    kept = replace(one, item="A.red.all", file="b.xlsx")
    (again,) = decide([Reviewed("a.xlsx", RUN, keys=frozenset({KEY}), numbers=(one,))], corrected=[kept]).numbers[-1:]
    assert [c.item for c in understood(season, again).corrections] == [2]
    lost = decide([Reviewed("a.xlsx", RUN, keys=frozenset({KEY}))], corrected=[replace(kept, file="a.xlsx")])
    assert lost.numbers == (), "cleared where it was typed"


def test_back_to_the_filed_number_takes_a_correction_back(season: Season, filed: Submission) -> None:
    (got,) = understood(season, typed(filed, "A.red.all", "8", was="7")).corrections
    assert got.life is Life.WITHDRAWN


def test_since_when_and_that_it_ended_is_remembered(season: Season, filed: Submission) -> None:
    one = typed(filed, "A.red.all", "7")
    past = {known_again(KEY, "A.red.all", "7", RUN): PastCorrection(FIRST, Life.CONFIRMED)}
    (got,) = understood(season, one, past=past).corrections
    assert (got.since, got.life) == (FIRST, Life.CONFIRMED)
    assert correct([filed], Corrected((got,)), Rulebook(season.form)) == [
        replace(filed, corrections=(replace(got, now=8),))
    ]


# ── What becomes of it ───────────────────────────────────────────────────────


def corrected(season: Season, filed: Submission, now: Submission, number: int | None = 7) -> Submission:
    """The file of ``now`` after 8 in 甲!C1 was corrected on that of before."""
    word = "空白" if number is None else str(number)
    got = understood(season, typed(filed, "A.red.all", word))
    (one,) = correct([now], got, Rulebook(season.form))
    assert isinstance(one, Submission)
    return one


@pytest.mark.parametrize(
    ("later", "life", "counts"),
    [
        ("A.red.all=8", Life.PENDING, 7),
        ("A.red.all=8 A.green.small=1 A.green.big=0", Life.PENDING, 7),  # far from it
        ("A.red.all=7", Life.CONFIRMED, 7),
        ("A.red.all=7 A.red.big=9", Life.CONFIRMED, 7),
        ("A.red.all=9", Life.OTHER, 9),
        ("A.red.all=8 A.red.big=4", Life.LAPSED, 8),
        ("A.red.all=8 A.green.all=2", Life.LAPSED, 8),  # MORE looks at both totals
    ],
)
def test_a_correction_lives_as_long_as_the_numbers(
    season: Season, filed: Submission, later: str, life: Life, counts: int
) -> None:
    season.file("001", later)
    one = corrected(season, filed, season.filed["甲园"])
    assert (one.corrections[0].life, one.readings[2].number) == (life, counts)
    assert (one.before is not None, bool(one.corrected)) == (life is Life.PENDING,) * 2
    assert one.as_filed.readings == season.filed["甲园"].readings
    told = [(f.severity, f.item) for f in one.findings]
    assert told == {Life.PENDING: [("note", 2)], Life.CONFIRMED: []}.get(life, [("explain", 2)])


def test_a_number_around_that_the_agency_was_asked_for_too_is_no_other_number(
    season: Season, filed: Submission
) -> None:
    both = understood(season, typed(filed, "A.red.all", "9"), typed(filed, "A.red.big", "5"))
    season.file("001", "A.red.all=8 A.red.big=5")
    (one,) = correct([season.filed["甲园"]], both, Rulebook(season.form))
    assert isinstance(one, Submission)
    assert [c.life for c in one.corrections] == [Life.PENDING, Life.CONFIRMED]
    assert [r.number for r in one.readings[:3]] == [5, 4, 9]


def test_what_stood_in_the_cell_is_said_no_more_and_still_told(season: Season, filed: Submission) -> None:
    """A text in the place of the number: the objection to it goes, the text is what is stored there."""
    book = Rulebook(season.form)
    words = Reading(ReadingState.UNUSABLE, None, "约八", "甲", (0, 2))
    here, there = (
        book.finding(book.of_kind("type"), "是文字。", Where("甲", sheet="甲", cells=c)) for c in ("C1", "C1:C2")
    )
    spoilt = replace(filed, readings=(*filed.readings[:2], words, *filed.readings[3:]), findings=(here, there))
    season.filed["甲园"] = spoilt
    one = corrected(season, spoilt, spoilt)
    assert one.findings[0] == there and here not in one.findings
    assert (one.readings[2].number, one.readings[2].stored) == (7, "约八")
    assert one.filed(season.form.items[2]) == "“约八”", "as the letter and the list of 代改 say"


def test_a_blank_may_be_put_in_and_a_place_that_is_gone_takes_none(season: Season, filed: Submission) -> None:
    one = corrected(season, filed, filed, None)
    assert (one.readings[2].state, one.readings[2].stored) == (ReadingState.BLANK, "8")
    lost = replace(filed, readings=(*filed.readings[:2], replace(filed.readings[2], place=None), *filed.readings[3:]))
    assert corrected(season, filed, lost).corrections[0].life is Life.LAPSED


def test_many_that_are_alike_are_told_together(season: Season, filed: Submission) -> None:
    blank = tuple(replace(reading, state=ReadingState.BLANK, number=None, shown="") for reading in filed.readings)
    season.filed["甲园"] = empty = replace(filed, readings=blank)
    got = understood(season, *(typed(empty, item.code, "0", "都没有") for item in season.form.items))
    for number, told in ((None, ["note"]), (5, ["explain"] * 3 + ["note"] * 3)):
        first = replace(blank[0], state=ReadingState.NUMBER, number=number) if number else blank[0]
        now = replace(empty, readings=(first, *blank[1:]))
        (one,) = correct([now], got, Rulebook(season.form))
        assert isinstance(one, Submission)
        assert sorted(f.severity for f in one.findings) == sorted(told)
    assert (
        "甲共 6 格（工作表「甲」A1:C2），代改为 0（依据：都没有；2024-02-12 起）"
        in correct([empty], got, Rulebook(season.form))[0].findings[0].message
    )  # type: ignore[union-attr]


def test_numbers_survive_a_hidden_cell() -> None:
    numbers = (3, None, 0, 10**14)
    assert read_numbers(kept_numbers(numbers)) == numbers


# ── Where it shows ───────────────────────────────────────────────────────────


def shown(season: Season, sheet: str) -> list[dict[str, object]]:
    """The rows of a list of the last run's workbook, by header."""
    assert season.outcome and season.outcome.result
    rows = openpyxl.load_workbook(season.workbook(season.outcome.result.run.name))[sheet].iter_rows(min_row=4)
    head, *body = ([cell.value for cell in row] for row in rows)
    return [dict(zip(head, values, strict=True)) for values in body]


def test_a_run_with_a_corrected_number(season: Season) -> None:
    """Both rows of 甲园 are wrong and one is corrected: its file goes back as it came, and a mail asks about the other."""
    blank = "A.red.small=空 A.red.all=空 A.green.small=空 A.green.all=空"
    for line in ("001 报：A.red.all=8 A.green.small=1", "002 报", f"003 报：{blank}"):
        season.happen(line)
    season.run(FIRST)
    season.happen(f"在 {RUN} 另存为 甲 填 003 V-blank：已通知 / 2月6日")
    season.happen(f"在 {RUN} 另存为 甲 填 003 整份 改为 甲!B1=4：李四 2月6日电话")
    season.happen(f"在 {RUN} 另存为 甲 填 001 SUM|A.red.all 改为 7：张三 2月6日电话")
    season.run(SECOND)
    assert season.outcome and season.outcome.folder and season.outcome.result
    folder, result = season.outcome.folder, season.outcome.result
    assert [f.rule for f in result.agencies[0].findings if f.holds and f.severity == "must"] == ["SUM"]
    assert "代改 1 处，等单位确认" in result.agencies[0].remark and "代改 1 处" in result.agencies[0].file.reason

    (left,) = (f for f in result.agencies[2].findings if f.blank and not f.corrected)
    assert left.blank and len(left.blank.items) == 3 and left.follow_up and left.follow_up.decision
    assert left.follow_up.decision.remark == "2月6日" and not left.follow_up.reopened, "said of the block it is left of"

    (copy,) = folder.glob("returns/001_*.xlsx")
    assert [cell.value for cell in openpyxl.load_workbook(copy)["甲"][1]] == [3, 4, 8], (
        "what was filed, and nothing else"
    )
    (mail,) = folder.glob("returns/001_甲园_请确认代改.eml")
    letter = message_from_bytes(mail.read_bytes(), policy=policy.default)
    assert letter["Subject"] == "请确认代改的 1 个数：甲园2023年度果品"
    assert (
        "甲「红」×「共」（工作表「甲」C1）：原填 8，代改为 7。依据：张三 2月6日电话（2024 年 2 月 12 日起）。"
        in letter.get_body().get_content()
    )  # type: ignore[attr-defined]

    one, _ = season.outcome.manifest["corrections"]
    assert (one["code"], one["item"], one["filed"], one["number"], one["life"]) == ("001", "A.red.all", 8, 7, "pending")
    assert [(r["状态"], r["改为"]) for r in shown(season, "问题清单") if r["单元格"] == "C1"] == [
        ("代改（1 周）", "7"),
        ("新增", "7"),
    ]
    assert shown(season, "报送情况")[0]["改为"] == "甲!C1=7"
    page = openpyxl.load_workbook(season.workbook(result.run.name))["单位明细"]
    (comment,) = (
        cell.comment.text for row in page.iter_rows() for cell in row if cell.comment and "张三" in cell.comment.text
    )
    assert comment == "代改：原填 8，改为 7\n依据：张三 2月6日电话\n自 2024-02-12，待确认"

    office = Office((Report(season.settings, season.form),), season.roster, engine=season.engine)
    assert batch.unchanged(office, SECOND), "a correction that was just taken is no change"
    shutil.rmtree(season.settings.decisions)
    season.happen("001 报：A.red.all=8")
    season.run(THIRD)
    assert season.outcome.result.totals.passed.sums[:3] == (6, 8, 14), "it outlives its workbook in the ledger"
    with open_ledger(season.settings.ledger) as ledger:
        (kept,) = ledger.history("fruit", 2023, date.max).versions["001"][-1:]
    assert kept.numbers["A.red.all"] == 8, "the next version is held against what was filed"
    with (season.outcome.folder / "values.csv").open(encoding="utf-8-sig", newline="") as stream:
        told = [(r["value"], r["stored"]) for r in csv.DictReader(stream) if r["agency_code"] == "001"]
    assert told[2] == ("7", "8") and told[0] == ("3", "")


def test_without_a_ledger_the_workbook_still_says_it(season: Season) -> None:
    season.happen("001 报：A.red.all=8")
    season.run(FIRST)
    season.happen(f"在 {RUN} 填 001 整份 改为 C1=7：张三")
    season.settings.ledger.unlink()
    season.run(SECOND)
    assert season.outcome and season.outcome.result
    assert season.outcome.result.totals.passed.sums[:3] == (3, 4, 7)
    with open_ledger(season.settings.ledger) as ledger:
        (kept,) = ledger.corrections("fruit", year(2023))
    assert (kept.cell, kept.item, kept.number) == ("C1", "A.red.all", "7")
