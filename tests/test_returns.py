"""Return copies: the agency's own file with marks and nothing else, which comes back clean once it is corrected."""

from __future__ import annotations

import io
import os
import pickle
import re
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from msgspec import Struct
from msgspec.structs import replace
from openpyxl.styles import Color, PatternFill
from python_calamine import CalamineWorkbook

from tests.grids import ROOT, annual_report, year
from tests.office_tools import needs_office, saved_as
from tests.offices import CASES, make_office
from tests.returns import complaints, differences, looks_alike, notes_of
from tests.tables import fill, put, read_tables
from tests.test_corpus import FILES, STRICT, needs_corpus
from tests.workbooks import MAIN, packed, parts_of, unpacked
from workbook_tool import batch, commands, copying, dispatch
from workbook_tool.batch import Outcome
from workbook_tool.copying import Means
from workbook_tool.dispatch import Dispatch
from workbook_tool.files.intake.engine import Engine, InProcess, Lost, Progress
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.files.returns import copy
from workbook_tool.files.returns.copy import marked_copy
from workbook_tool.files.returns.fills import TRUE, Cells
from workbook_tool.files.returns.proof import only_marked
from workbook_tool.files.returns.styles import COLORS as FILLS
from workbook_tool.files.returns.styles import NEAREST
from workbook_tool.files.season.ledger import open_ledger
from workbook_tool.files.workbook.render import render
from workbook_tool.model.cells import within
from workbook_tool.model.errors import OfficeError, Unmarkable, Unreadable
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.explanation import MARKER, RETURN_SHEET
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import Agency, Place
from workbook_tool.model.office.settings import Limits, Settings
from workbook_tool.model.returns.returned import RETURNS, Mark, Return, return_name
from workbook_tool.model.season.filing import Filing
from workbook_tool.model.workbook.book import Book, Print
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.form import blank_book
from workbook_tool.steps.returns import returns_of
from workbook_tool.steps.returns.notice import by_when

FORM = annual_report()
AGENCY = Agency("020", "示例县教育局", scope="本单位", mail="jyj@example.gov.cn")
Marked = dict[str, dict[Place, Mark]]


def notice() -> Book:
    """A sheet as it is put behind an agency's own, as small as can be."""
    book = Book(RETURN_SHEET, date(2024, 2, 5))
    sheet = book.sheet(RETURN_SHEET, print=Print(repeat_rows=(1, 1)))
    sheet.put(0, 0, "关于退改", "sheet_title")
    sheet.put(1, 0, "必须改", "mark_must")
    sheet.put(2, 0, "D9", "cell_link", link="表三!D9")
    return book


def marks(sheet: str, **cells: str) -> Marked:
    """``must="D9:E9"``: each area in one severity, its first cell with a note."""
    found: dict[Place, Mark] = {}
    for severity, references in cells.items():
        for n, place in enumerate(within(references)):
            found[place] = Mark(Severity(severity), "" if n else f"{MARKER}{references} 有问题")
    return {sheet: found}


def copied(content: bytes, wanted: Marked, round: int = 2) -> bytes:
    return marked_copy(content, wanted, notice(), round)[0]


def proven(content: bytes, wanted: Marked) -> bytes:
    """The copy, once it is the file with nothing but marks, in three readers' eyes."""
    copy = copied(content, wanted)
    assert differences(content, copy, wanted) == []
    assert looks_alike(content, copy, wanted) == []
    assert CalamineWorkbook.from_filelike(io.BytesIO(copy)).sheet_names[0] == RETURN_SHEET
    return copy


def issued(path: Path) -> bytes:
    render(blank_book(FORM, year(2023), date(2024, 1, 1), AGENCY), path)
    fill(path, FORM, read_tables((CASES / "good.md").read_text(encoding="utf-8")))
    return path.read_bytes()


# ── Part by part ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", sorted(p.name for p in (ROOT / "inbox").glob("*_2023.xlsx") if p.name.count("_") == 2))
def test_a_sample_file_is_only_marked(name: str) -> None:
    proven((ROOT / "inbox" / name).read_bytes(), marks("表三", must="D9:J12", explain="D20", note="J33"))


def test_an_issued_workbook_is_only_marked(tmp_path: Path) -> None:
    content = issued(tmp_path / "a.xlsx")
    copy = proven(content, marks("表三", must="D9:E9", explain="J33"))
    assert complaints(copy) <= complaints(content)
    assert notes_of(copy, "表三") == {"D9": f"{MARKER}D9:E9 有问题", "J33": f"{MARKER}J33 有问题"}
    identity = {row[0].value: row[1].value for row in openpyxl.load_workbook(io.BytesIO(copy))["_identity"]["A1:B7"]}
    assert (identity["agency"], identity["round"]) == ("020", 2)
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert (book.active.title, book["表三"].protection.sheet) == (RETURN_SHEET, True)  # type: ignore[union-attr]


def test_a_fill_is_seen_although_a_conditional_format_would_hide_it(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(copied(issued(tmp_path / "a.xlsx"), marks("表三", must="D9"))))["表三"]
    rules = [(rule, "D9" in area.sqref) for area in sheet.conditional_formatting for rule in area.rules]
    priorities = [rule.priority for rule, _ in rules]
    assert len(set(priorities)) == len(priorities) > 1
    first = min((rule for rule, own in rules if own), key=lambda rule: rule.priority)
    assert (first.priority, first.dxf.fill.bgColor.rgb) == (1, FILLS["must"])


def test_a_cell_has_its_own_fill_again_when_its_mark_goes() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet
    sheet.title = "表"
    for row, color in enumerate((Color(rgb="FFFFFF00"), Color(theme=4, tint=0.5), None), 1):
        sheet.cell(row, 1, row)
        if color:
            sheet.cell(row, 1).fill = PatternFill("solid", fgColor=color)
    stream = io.BytesIO()
    book.save(stream)
    marked = copied(stream.getvalue(), marks("表", must="A1", note="A2", explain="A3"))
    moved = copied(marked, marks("表", explain="A1"), 3)
    clean = openpyxl.load_workbook(io.BytesIO(copied(moved, {}, 4)))["表"]
    for cell, own in ((clean.cell(row, 1), sheet.cell(row, 1)) for row in (1, 2, 3)):
        assert (cell.fill.patternType, cell.fill.fgColor) == (own.fill.patternType, own.fill.fgColor)


@pytest.mark.parametrize("own", [0, 1])
@pytest.mark.parametrize("marked", [True, False])
def test_fills_that_excel_reserves_are_there_where_another_program_left_them_out(own: int, marked: bool) -> None:
    none = '<fill><patternFill patternType="none"/></fill>'
    parts = parts_of()
    parts["xl/styles.xml"] = f"""<styleSheet xmlns="{MAIN}"><fonts><font><name val="宋体"/></font></fonts>
<fills>{none * own}</fills><borders><border/></borders><cellXfs><xf fillId="0"/></cellXfs></styleSheet>""".encode()
    styled = '<Relationship Id="rIdS" Type="http://x/styles" Target="styles.xml"/></Relationships>'
    rels = "xl/_rels/workbook.xml.rels"
    parts[rels] = parts[rels].replace(b"</Relationships>", styled.encode())
    copy = copied(packed(parts), marks("表", must="A1") if marked else {})
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert [fill.patternType for fill in book._fills[:3]] == [None, "gray125", "solid"]  # type: ignore[attr-defined]


def rich(path: Path) -> bytes:
    """A workbook with about everything that Excel can hold."""
    book = xlsxwriter.Workbook(str(path))
    sheet, other, hidden = (book.add_worksheet(name) for name in ("表三", "其他 '表", "藏"))
    red = book.add_format({"bold": True, "bg_color": "#00FF00", "border": 2, "num_format": "0.00", "locked": False})
    sheet.set_column(3, 3, 30, red)
    sheet.set_row(8, 40, red)
    sheet.write_row(4, 0, ["甲", 1, 2.5, "=1+1"], red)
    sheet.write_formula("D9", "=SUM(B5:C5)", red, 3.5)
    sheet.write_array_formula("E9:F9", "{=B5:C5*2}", red, 2)
    sheet.write_datetime("G9", date(2024, 1, 1), red)
    sheet.merge_range("A1:F1", "并格", red)
    sheet.write_comment("B5", "单位自己的批注", {"author": "王五", "visible": True})
    sheet.insert_image("H1", "x.png", {"image_data": io.BytesIO(PIXEL)})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=表三!$B$5:$C$5"})
    sheet.insert_chart("H5", chart)
    sheet.insert_textbox("H20", "文字框")
    sheet.insert_button("K1", {"macro": "go", "caption": "跑"})
    sheet.data_validation("B5:C5", {"validate": "integer", "criteria": ">=", "value": 0})
    sheet.conditional_format("B5:C5", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format("B5:D9", {"type": "cell", "criteria": ">", "value": 1, "format": red})
    sheet.autofilter("A4:C8")
    sheet.protect("geheim", {"autofilter": True})
    sheet.set_header("&L&G", {"image_left": "x.png", "image_data_left": io.BytesIO(PIXEL)})
    sheet.add_sparkline("L5", {"range": "表三!B5:C5"})
    other.write_url("A1", "https://example.gov.cn", string="网址")
    other.add_table("A3:B5", {"name": "tbl", "columns": [{"header": "甲"}, {"header": "乙"}]})
    other.activate()
    hidden.hide()
    book.define_name("总数", "=表三!$D$9")
    book.define_name("藏!局部", "=藏!$A$1")
    sheet.print_area("A1:F20")
    book.add_vba_project(io.BytesIO(b"any bytes"), True)
    book.set_custom_property("编号", "7", "text")
    book.close()
    parts = unpacked(path.read_bytes())
    parts["customXml/item1.xml"] = "<甲 xmlns='urn:甲'/>".encode()
    parts["xl/externalLinks/externalLink1.xml"] = b"<externalLink/>"
    return packed(parts)


PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000"
    "000049454e44ae426082"
)


def test_whatever_a_workbook_holds_is_kept(tmp_path: Path) -> None:
    content = rich(tmp_path / "a.xlsm")
    copy = proven(content, marks("表三", must="B5:D5,D9", explain="K40", note="A1"))
    assert unpacked(copy)["xl/vbaProject.bin"] == b"any bytes"
    assert marked_copy(content, {}, notice(), 2)[1] == "xlsm"
    assert complaints(copy) <= complaints(content)
    book = openpyxl.load_workbook(io.BytesIO(copy))
    assert book.sheetnames == [RETURN_SHEET, "表三", "其他 '表", "藏"]
    assert book.active.title == RETURN_SHEET  # type: ignore[union-attr]
    assert [sheet.title for sheet in book if sheet.sheet_view.tabSelected] == [RETURN_SHEET], "no group is typed into"
    assert book["表三"]["B5"].comment.text.startswith("单位自己的批注")  # type: ignore[union-attr]


@needs_corpus
def test_odd_files_are_only_marked_or_left_alone() -> None:
    kept = 0
    for path in FILES:
        content = path.read_bytes()
        try:
            sheets = [sheet for sheet in read_sheets(content, Limits()) if sheet.name != RETURN_SHEET]
            wanted: Mapping[str, Mapping[Place, Mark]] = {
                sheet.name: {p: Mark(Severity.MUST, f"{MARKER}甲") for p in [*sorted(sheet.cells)[:3], (39, 7)]}
                for sheet in sheets[:2]
            }
            copy = copied(content, wanted)
        except (Unmarkable, Unreadable):
            continue
        assert differences(content, copy, wanted) == [], path.name
        kept += 1
    assert kept >= 50


# ── There and back ───────────────────────────────────────────────────────────

STORY = """
## 020.xlsx
单位 = 020
T3.r3.c1 = 12
T2.L.n = 约300

## 来件.zip

## 来件.zip!021.xlsx
单位 = 021
T3.r24.c1 =

## 022.xlsx
单位 = 022
T2.F.n = 12.5（含工本费）

## 023.xlsx
单位 = 023
去标识 = 是
T4.d.g5 = 3

## 024.xlsx
单位 = 024

## 025.xlsx
单位 = 025
T2.L.n = 约300
"""
FIRST, SECOND = date(2024, 2, 5), date(2024, 2, 12)


class Week(Struct, frozen=True):
    """A finished run and the office that it was made in."""

    office: batch.Office
    outcome: Outcome

    @property
    def returns(self) -> dict[str, bytes]:
        assert self.outcome.folder is not None
        return {path.name: path.read_bytes() for path in sorted(self.outcome.folder.glob("returns/*"))}

    def copy(self, code: str) -> bytes:
        return self.returns[
            next(name for name in self.returns if name.startswith(f"{code}_") and not name.endswith(".eml"))
        ]

    def given(self, code: str) -> Return:
        return next(one for one in returns_of(self.outcome.result) if one.agency.code == code)

    def stands(self, code: str) -> tuple[str, str, list[tuple[str, str]]]:
        """State, file, and rule and cell of each finding of an agency."""
        record = next(a for a in self.outcome.result.agencies if a.agency.code == code)
        assert record.file is not None
        return record.state, record.file.source.path, [(f.rule, f.cell) for f in record.findings]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Week:
    """The week in which everybody has filed."""
    folder = tmp_path_factory.mktemp("returns")
    (folder / "story").mkdir()
    (folder / "story" / "inbox.md").write_text(STORY, encoding="utf-8")
    config = make_office(folder / "office", folder / "story")
    said = config.read_text(encoding="utf-8").replace('name = "示例县"', 'name = "示例县"\ncontact = "张三 1234567"')
    config.write_text(said, encoding="utf-8")
    roster = config.with_name("roster.csv")
    header, *lines = roster.read_text(encoding="utf-8").splitlines()
    mailed = [f"{line},{'jyj@example.gov.cn' if line.startswith('020') else ''}" for line in lines]
    roster.write_text("\n".join([f"{header},邮箱", *mailed]), encoding="utf-8")
    odd = config.parent / "inbox" / "025.xlsx"
    odd.write_bytes(strict(odd.read_bytes()))
    return run(config, FIRST)


@pytest.fixture(scope="module")
def second(first: Week) -> Week:
    """The week after: one has corrected a part, three everything, and one has sent its copy back as it was."""
    inbox = first.office.settings.inbox
    (inbox / "020改.xlsx").write_bytes(typed(first.copy("020"), T2_L_n=326))
    (inbox / "021改.xlsx").write_bytes(typed(first.copy("021"), T3_r24_c1=41))
    (inbox / "022改.xlsx").write_bytes(first.copy("022"))
    (inbox / "023改.xlsx").write_bytes(typed(first.copy("023"), T4_d_g5=2))
    book = openpyxl.load_workbook(io.BytesIO(first.copy("025")))
    book["表二"]["B12"] = 326
    book.save(inbox / "025改.xlsx")
    for path in inbox.iterdir():
        os.utime(path, (1_700_000_000,) * 2)  # nothing but the round tells old and new apart
    return run(first.office.settings.root / "config.toml", SECOND)


def run(config: Path, day: date) -> Week:
    office = commands.open_office(config)
    return Week(office, batch.run(office, day))


def strict(content: bytes) -> bytes:
    """The workbook as Excel saves it in the strict dialect of its format."""
    parts = unpacked(content)
    for there, here in STRICT.items():
        parts = {name: data.replace(here, there) for name, data in parts.items()}
    return packed(parts)


def typed(content: bytes, **cells: object) -> bytes:
    """The workbook after a clerk has typed into the cells with these names (``T3_r3_c1``)."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for name, value in cells.items():
        put(book, name, value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def notice_of(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))[RETURN_SHEET]


def words_of(content: bytes) -> str:
    return " ".join(str(cell.value) for row in notice_of(content) for cell in row if cell.value is not None)


def test_who_must_put_something_right_gets_a_copy_and_a_mail(first: Week, tmp_path: Path) -> None:
    assert [name.removesuffix(".xlsx") for name in first.returns if name.endswith(".xlsx")] == [
        "020_示例县教育局_第2轮退改",
        "021_示例县卫生健康局_第2轮退改",
        "022_示例县财政局_第2轮退改",
        "023_示例县水利局_第2轮退改",
        "025_示例县公安局_第2轮退改说明",
    ]
    assert {Path(name).stem for name in first.returns if name.endswith(".eml")} == {
        Path(name).stem for name in first.returns if name.endswith(".xlsx")
    }
    assert written(tmp_path, first.outcome.result, Means(first.office.settings)) == first.returns, "the same bytes"


def dispatched(folder: Path, results: list[Consolidation], means: Means, engine: Engine = InProcess) -> list[str]:
    """The paths of the copies that are written."""
    with Dispatch(folder, results, means, engine) as returns:
        returns.begin()
        return [path() for own in returns.links() for path in own.values()]


def written(folder: Path, result: Consolidation, means: Means, engine: Engine = InProcess) -> dict[str, bytes]:
    dispatched(folder, [result], means, engine)
    return {path.name: path.read_bytes() for path in sorted((folder / RETURNS).iterdir())}


@pytest.mark.parametrize("change", ["", "altered", "gone", "deadline"])
def test_a_copy_is_that_of_the_run_before_while_nothing_has_changed(
    change: str, first: Week, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, name = first.office.settings, "020_示例县教育局_第2轮退改.xlsx"
    assert first.outcome.folder is not None
    with open_ledger(settings.ledger) as ledger:
        (before,) = ledger.entries("name = ?", first.outcome.folder.name)
    outbox = tmp_path / "outbox"
    shutil.copytree(first.outcome.folder, outbox / before.name)
    kept = outbox / before.name / RETURNS / name
    if change in ("altered", "gone"):
        kept.write_bytes(first.returns[name] + b"0") if change == "altered" else kept.unlink()
    made: list[int] = []
    monkeypatch.setattr(copying, "marked_copy", lambda *told: made.append(told[-1]) or marked_copy(*told))
    due = date(2024, 2, 29) if change == "deadline" else settings.deadline
    run = replace(first.outcome.result.run, as_of=SECOND, settings=replace(settings, deadline=due))
    result = replace(first.outcome.result, run=run)
    again = written(tmp_path, result, Means(replace(settings, outbox=outbox), before))
    assert len(made) == {"": 1, "altered": 2, "gone": 2, "deadline": 5}[change], "one cannot be marked at all"
    told = {name for name in again if again[name] != first.returns[name] and not name.endswith(".eml")}
    assert len(told) == {"deadline": 5}.get(change, 1), "the workbook of ours bears its day"
    mail = message_from_bytes(again[f"{name[:-5]}.eml"], policy=policy.default)
    assert mail["Date"] == "Mon, 12 Feb 2024 09:00:00 +0800", "a mail is of its day"


class FarAway(InProcess[Settings]):
    """Workers to whom everything travels; the second copy takes its worker along, and after the third there are none."""

    def map(self, items: Sequence[Return], progress: Progress | None = None) -> Iterator[Any]:
        made = super().map(pickle.loads(pickle.dumps(items)))
        for number, one in enumerate(made):
            if number == 3:
                raise OfficeError("没有工作进程")
            yield Lost("读取超过 20 秒", "") if number == 1 else pickle.loads(pickle.dumps(one))


def test_it_does_not_matter_where_a_copy_is_made(first: Week, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "MANY", 1)
    made = written(tmp_path, first.outcome.result, Means(first.office.settings), FarAway)
    lost = {name for name in made if name not in first.returns}
    assert lost == {f"021_示例县卫生健康局_第2轮退改说明.{ending}" for ending in ("xlsx", "eml")}
    assert {name: made[name] for name in made.keys() - lost} == {
        name: content for name, content in first.returns.items() if not name.startswith("021")
    }


@pytest.mark.parametrize("upgraded", [False, True])
def test_all_copies_are_new_after_an_upgrade(
    upgraded: bool, first: Week, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So workers make them: that as many stood there before is no reason to make them here."""
    assert first.outcome.folder is not None
    with open_ledger(first.office.settings.ledger) as ledger:
        (before,) = ledger.entries("name = ?", first.outcome.folder.name)
    asked: list[object] = []
    monkeypatch.setattr(dispatch, "MANY", 3)
    if upgraded:
        monkeypatch.setattr(copying, "program", lambda: "another program")

    def engine(*task: Any) -> InProcess[Any]:
        asked.append(task)
        return InProcess(*task)

    made = written(tmp_path, first.outcome.result, Means(first.office.settings, before), engine)
    assert (len(asked), made) == (int(upgraded), first.returns)


def test_what_goes_wrong_beside_the_run_is_not_lost(
    first: Week, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Copies are written in a thread of their own: the run still fails where their folder cannot be written, and one that
    fails elsewhere leaves no thread behind."""
    monkeypatch.setattr(dispatch, "MANY", 1)
    (tmp_path / RETURNS).write_text("a file in the place of the folder")
    with pytest.raises(FileExistsError):
        dispatched(tmp_path, [first.outcome.result], Means(first.office.settings), InProcess)
    with pytest.raises(ZeroDivisionError), Dispatch(tmp_path / "other", [], Means(first.office.settings)) as returns:
        returns.begin()
        raise ZeroDivisionError
    assert not [one for one in threading.enumerate() if one.name.startswith("returns")]


def test_twins_get_names_and_mails_of_their_own(first: Week, tmp_path: Path) -> None:
    result = first.outcome.result
    paths = dispatched(tmp_path, [result, result], Means(first.office.settings))
    assert paths[5] == "returns/020_示例县教育局_第2轮退改 (2).xlsx"
    mail = message_from_bytes(
        (tmp_path / RETURNS / "020_示例县教育局_第2轮退改 (2).eml").read_bytes(), policy=policy.default
    )
    assert [part.get_filename() for part in mail.iter_attachments()] == ["020_示例县教育局_第2轮退改 (2).xlsx"]


def test_the_cells_concerned_are_marked_and_the_likely_one_too(first: Week) -> None:
    assert notes_of(first.copy("020"), "表三").keys() == {"D11", "J11", "D32"}
    notes = notes_of(first.copy("020"), "表三")
    assert "先看 D11" in notes["D11"]
    assert "见 D11，改好那里，这里随之相符" in notes["J11"]
    assert notes_of(first.copy("020"), "表二").keys() == {"B12"}


def test_what_is_corrected_in_the_copy_reads_clean_and_takes_the_old_ones_place(second: Week) -> None:
    assert second.stands("021") == ("counted", "021改.xlsx", [])
    assert second.stands("023") == ("counted", "023改.xlsx", [])
    assert second.stands("025") == ("counted", "025改.xlsx", [])
    reasons = {r.source.path: r.reason for r in second.outcome.result.files if r.state is State.SUPERSEDED}
    assert reasons["来件.zip!021.xlsx"] == "已由“021改.xlsx”取代（轮次 1，早于 2）"
    assert [name[:3] for name in second.returns if not name.endswith(".eml")] == ["020", "022"]


def test_a_copy_that_comes_back_as_it_is_says_what_the_file_said(first: Week, second: Week) -> None:
    assert first.stands("022") == ("held", "022.xlsx", [("V-TEXT", "B19")])
    assert second.stands("022") == ("held", "022改.xlsx", [("V-TEXT", "B19")])


def test_a_third_round_has_its_own_marks_and_only_those(first: Week, second: Week) -> None:
    third = second.copy("020")
    book = openpyxl.load_workbook(io.BytesIO(third))
    assert book.sheetnames.count(RETURN_SHEET) == 1
    assert book["表二"]["B12"].comment is None
    assert book["表二"]["B12"].fill.fgColor.rgb not in FILLS.values()
    assert not [area for area in book["表二"].conditional_formatting if "退改" in str([r.formula for r in area.rules])]
    assert notes_of(third, "表三").keys() == notes_of(first.copy("020"), "表三").keys()
    assert all(text.count(MARKER) == 1 for text in notes_of(third, "表三").values())
    assert "第 3 轮" in words_of(third) and "V-APPROX" not in words_of(third)
    assert complaints(third) <= complaints((second.office.settings.inbox / "020改.xlsx").read_bytes())


@needs_office
def test_marks_are_known_again_after_another_program_has_saved_them(first: Week, tmp_path: Path) -> None:
    path = tmp_path / "020.xlsx"
    path.write_bytes(first.copy("020"))
    saved = saved_as(path, "xlsx", tmp_path).read_bytes()
    assert notes_of(saved, "表三").keys() == notes_of(first.copy("020"), "表三").keys()
    third = copied(saved, marks("表三", must="D11"), 3)
    assert (notes_of(third, "表二"), notes_of(third, "表三").keys()) == ({}, {"D11"})
    fills = {
        cell.coordinate: cell.fill.fgColor.rgb
        for row in openpyxl.load_workbook(io.BytesIO(third))["表三"]
        for cell in row
    }
    assert [cell for cell, color in fills.items() if color in FILLS.values()] == ["D11"]
    assert NEAREST.isdisjoint(fills.values()), "what that program put under the marks is nobody's"
    assert complaints(third) <= complaints(saved)


def test_the_notice_has_a_line_for_every_finding_with_a_link_to_its_cell(first: Week) -> None:
    sheet = notice_of(first.copy("020"))
    rows = [[cell.value for cell in row] for row in sheet]
    header = next(n for n, row in enumerate(rows) if row[0] == "序号")
    assert rows[header] == ["序号", "程度", "规则", "工作表", "单元格", "问题", "填报值", "应为", "怎么改", "情况说明"]
    lines = rows[header + 1 :]
    assert [(line[0], line[2], line[4], line[6], line[7]) for line in lines] == [
        (1, "V-APPROX", "B12", None, None),
        (2, "T3-ROW", "J11", 28, "见 D11"),
        ("同上", "T3-COL", "D32", 41, "见 D11"),
    ]
    links = {cell.value: cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink}
    assert links == {"B12": "'表二'!B12", "J11": "'表三'!J11", "D32": "'表三'!D32"}


def test_a_mail_is_a_draft_with_the_file_in_it(first: Week) -> None:
    mail = message_from_bytes(first.returns["020_示例县教育局_第2轮退改.eml"], policy=policy.default)
    assert (mail["X-Unsent"], mail["To"], mail["Date"]) == (
        "1",
        "jyj@example.gov.cn",
        "Mon, 05 Feb 2024 09:00:00 +0800",
    )
    assert mail["Subject"] == "请改正：示例县教育局2023年度政府信息公开工作年度报告填报表（按第2轮报回）"
    (attached,) = mail.iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == ("020_示例县教育局_第2轮退改.xlsx", first.copy("020"))
    text = mail.get_body(("plain",)).get_content()
    assert "请收到后尽快发回。有疑问请联系：张三 1234567。" in text and "1. [必须改] 表二「行政许可」" in text
    assert "有疑问，请找：张三 1234567" in words_of(first.copy("020"))
    assert message_from_bytes(first.returns["021_示例县卫生健康局_第2轮退改.eml"], policy=policy.default)["To"] is None


def test_the_day_is_named_while_there_is_time(first: Week) -> None:
    settings = replace(first.office.settings, deadline=date(2024, 2, 29))
    result = replace(first.outcome.result, run=replace(first.outcome.result.run, settings=settings))
    (given,) = (one for one in returns_of(result) if one.agency.code == "020")
    assert by_when(given) == "请不迟于 2024 年 2 月 29 日"
    assert by_when(first.given("020")) == "请收到后尽快"


# ── What cannot be marked ────────────────────────────────────────────────────


def test_a_file_of_another_kind_becomes_a_workbook_of_ours(first: Week) -> None:
    book = openpyxl.load_workbook(io.BytesIO(first.copy("025")))
    assert book.sheetnames == [RETURN_SHEET, "_identity", "封面", "表二", "表三", "表四", "出错说明"]
    assert book["表二"]["B12"].value == "约300" and MARKER in book["表二"]["B12"].comment.text
    assert "Strict Open XML" in words_of(first.copy("025"))


def elsewhere(filing: Filing, location: Path) -> Filing:
    """The filing as if it lay there."""
    submission = replace(filing.submission, source=replace(filing.source, location=location))
    return replace(filing, checked=replace(filing.checked, submission=submission))


@pytest.mark.parametrize("change", ["gone", "changed", "crash"])
def test_what_goes_wrong_with_one_file_ends_in_a_workbook_of_ours(
    change: str, first: Week, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> bytes:
        raise RecursionError

    given = first.given("020")
    other = tmp_path / "020.xlsx"
    if change == "changed":
        other.write_bytes(given.file.source.location.read_bytes() + b"\0")
    if change == "crash":
        monkeypatch.setattr(copying, "marked_copy", crash)
    else:
        given = replace(given, record=replace(given.record, file=elsewhere(given.file, other)))
    made = copying.copy_for(given, Means(first.office.settings), [])
    content, book = made.content, openpyxl.load_workbook(io.BytesIO(made.content))
    assert not made.own_file and not made.made_of and book["表二"]["B12"].value == "约300"
    assert ("又有变动" in words_of(content)) == (change != "crash")


def test_a_signed_workbook_is_not_touched(tmp_path: Path) -> None:
    parts = {**unpacked(issued(tmp_path / "a.xlsx")), "_xmlsignatures/sig1.xml": b"<Signature/>"}
    with pytest.raises(Unmarkable, match="数字签名"):
        copied(packed(parts), marks("表三", must="D9"))


def test_a_copy_that_would_read_otherwise_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil(root: Any, *_: object) -> None:
        Cells(root).set_number((8, 3), 7)

    monkeypatch.setattr(copy, "fill", spoil)
    with pytest.raises(Unmarkable):
        copied(issued(tmp_path / "a.xlsx"), marks("表三", must="D9"))


SHEET = b"""<worksheet xmlns="urn:x"><sheetViews><sheetView tabSelected="1"/></sheetViews><cols><col min="1" max="2"/></cols>
<sheetData><row r="1" spans="1:2"><c r="A1" s="1"><f>SUM(B1)</f><v>3</v></c><c r="B1"><v>3</v></c></row><row r="2" ht="20"/>
</sheetData><mergeCells><mergeCell ref="A1:A2"/></mergeCells></worksheet>"""
OURS_TOO = f'<conditionalFormatting sqref="A1"><cfRule priority="1"><formula>{TRUE}</formula></cfRule></conditionalFormatting>'.encode()
MARKED = (
    (b' s="1"', b' s="7"'),
    (b' spans="1:2"', b""),
    (b'<row r="2" ht="20"/>', b'<row r="2" ht="20"><c r="D2" s="7"/></row><row r="9"><c r="D9" s="7"/></row>'),
    (b"</mergeCells>", b"</mergeCells>" + OURS_TOO),
    (b"</worksheet>", b'<legacyDrawing r:id="rId1"/></worksheet>'),
)
SPOILT = (
    (b"<v>3</v></c></row>", b"<v>4</v></c></row>"),
    (b"SUM(B1)", b"SUM(C1)"),
    (b'<c r="B1">', b'<c r="B2">'),
    (b'<c r="B1">', b'<c r="B1" t="s">'),
    (b'max="2"', b'max="2" hidden="1"'),
    (b'ht="20"', b'ht="0"'),
    (b'<mergeCell ref="A1:A2"/>', b""),
    (b"</sheetData>", b'<row r="9"><c r="D9" s="7"><v>1</v></c></row></sheetData>'),
)


@pytest.mark.parametrize("space", [b"", b"x:"])
def test_a_mark_is_known_from_a_change(space: bytes) -> None:
    def spelt(markup: bytes) -> bytes:
        return re.sub(rb"<(/?)(?=\w)", rb"<\1" + space, markup)

    marked = SHEET
    for old, new in MARKED:
        marked = marked.replace(old, new)
        assert only_marked(spelt(SHEET), spelt(marked), None), new
    for old, new in SPOILT:
        assert not only_marked(spelt(SHEET), spelt(marked).replace(spelt(old), spelt(new)), None), new
    renamed = SHEET.replace(b'<c r="B1"><v>3', b'<c r="B1"><v>2')
    assert only_marked(spelt(SHEET), spelt(renamed), (0, 1)) and not only_marked(spelt(SHEET), spelt(renamed), (0, 0))


def test_names_are_short_and_safe(first: Week) -> None:
    given = first.given("020")
    record = replace(given.record, agency=Agency("a/1", "长" * 200))
    name = return_name(replace(given, record=record), "xlsx", own_file=True)
    assert len(name.encode()) <= 230 and name.startswith("a_1_长") and name.endswith("_第2轮退改.xlsx")
