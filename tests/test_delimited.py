"""Lists that came as text (.csv, .txt): however a system exports one, it is read as it was, or its rows are told and
nothing is read."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from tests.test_registers import LISTS, declared
from workbook_tool import commands
from workbook_tool.batch import Outcome
from workbook_tool.files.office.roster import load_roster
from workbook_tool.intake import Terms, take_in
from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.explanation import RETURN_SHEET
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.records import shown_in
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Submission

FORM = declared((LISTS / "ht-dc.toml").read_text(encoding="utf-8"))
ROSTER = "代码,名称\n001,示例县水利局\n002,示例县教育局\n"
HEAD = ["合同编号", "合同名称", "签订日期", "金额（万元）", "状态", "备注"]
ROWS = [
    ["00123", "供水管网\n二期", "2024-01-05", "1,250.50", "履行中", "甲,乙;丙"],
    ["330106199001010011", "水 泵 “采购”", "2024/2/6", "12.3", "已完成", ""],
    ["HT-7", "渠道", "2024年3月1日", "7", "履行中", '又称"南渠"'],
]
READ = [
    ["00123", "供水管网\n二期", "2024-01-05", "1250.50", "履行中", "甲,乙;丙"],
    ["330106199001010011", "水 泵 “采购”", "2024-02-06", "12.30", "已完成", ""],
    ["HT-7", "渠道", "2024-03-01", "7.00", "履行中", '又称"南渠"'],
]


def exported(
    separator: str = ",", rows: list[list[str]] | None = None, *, quoted: bool = False, end: str = "\r\n"
) -> str:
    text = io.StringIO()
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows or [HEAD, *ROWS])
    return text.getvalue()


@pytest.fixture(scope="module")
def terms(tmp_path_factory: pytest.TempPathFactory) -> Terms:
    path = tmp_path_factory.mktemp("office") / "名录.csv"
    path.write_text(ROSTER, encoding="utf-8")
    return Terms(FORM, load_roster(path), Period.parse("2024-Q1"))


Take = Callable[[bytes], Submission | FileRecord]


@pytest.fixture
def take(terms: Terms, tmp_path: Path) -> Take:
    def taken(content: bytes, name: str = "水利局合同台账2024年一季度.csv") -> Submission | FileRecord:
        path = tmp_path / name
        path.write_bytes(content)
        source = SourceFile(name, path, hashlib.sha256(content).hexdigest(), len(content))
        read = take_in(source, terms)
        assert isinstance(read, Submission | FileRecord)
        return read

    return taken


def records(read: Submission | FileRecord) -> list[list[str]]:
    assert isinstance(read, Submission), read
    (register,) = FORM.registers
    return [[shown_in(register, one, n) for n in range(len(HEAD))] for one in read.lists[0].records]


WAYS = {
    "UTF-8": exported().encode(),
    "UTF-8 with a mark": exported().encode("utf-8-sig"),
    "GBK": exported().encode("gbk"),
    "Unicode text of Excel": exported("\t").encode("utf-16"),
    "UTF-16 without a mark": exported().encode("utf-16-le"),
    "UTF-16, the other way round": exported().encode("utf-16-be"),
    "tabs": exported("\t").encode("gbk"),
    "semicolons": exported(";").encode(),
    "what parts them is told": f"sep=;\r\n{exported(';')}".encode(),
    "all in quotation marks": exported(quoted=True).encode("gbk"),
    "the mark of DOS at its end": f"{exported()}\x1a".encode("gbk"),
    "Unix": exported(end="\n").encode(),
    "codes kept from being numbers": exported(rows=[HEAD, *([f'="{one}"', *rest] for one, *rest in ROWS)]).encode(),
    "codes behind a tab": exported(rows=[HEAD, *([f"\t{one}", *rest] for one, *rest in ROWS)]).encode(),
    "codes behind an apostrophe": exported(rows=[HEAD, *([f"'{one}", *rest] for one, *rest in ROWS)]).encode(),
    "a separator behind every row": exported(rows=[HEAD, *([*row, ""] for row in ROWS)]).encode(),
    "blanks at the end left out": exported(rows=[HEAD, *(row[: 6 if row[5] else 5] for row in ROWS)]).encode(),
    "a title, a total and a note": exported(
        rows=[["合同台账"], ["填报单位：水利局"], HEAD, *ROWS, ["合计", "", "", "1269.8", "", ""], ["注：含税"]]
    ).encode("gbk"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_list_is_read_however_it_was_exported(way: str, take: Take) -> None:
    """It was refused; nothing in it is noted for being a text, as all of it is."""
    read = take(WAYS[way])
    assert records(read) == READ
    assert isinstance(read, Submission) and read.identity.agency and read.identity.agency.code == "001"
    assert read.findings == () and not read.document


def test_a_note_of_many_lines_holds_no_rows(take: Take) -> None:
    rows = [["A1", "渠道", "2024-03-01", "7.00", "履行中", "一、泵,闸,井\n二、渠,池,管,阀,表,柜,灯"]]
    assert records(take(exported(rows=[HEAD, *rows]).encode())) == rows


DOUBTS = {
    "第 3 行却更多": exported(rows=[HEAD, *ROWS[1:]]).replace("渠道", "渠,道").encode(),
    "第 2 行却更多": exported(rows=[HEAD, [*ROWS[0][:5], "", ""], ROWS[1]]).encode(),
    "第 3 行有认不出的字": exported().encode().replace("水 泵".encode(), b"\xe6\xb0 \xe6"),
    "第 4 行有认不出的字": exported().encode("gbk").replace("渠道".encode("gbk"), b"\xff\xff"),
    "第 2 行的引号不成对": exported().replace('又称""南渠"""', "").replace("供水", '"供水').encode(),
    "第 3 行有一格里像是另外几行": exported(
        rows=[HEAD, ROWS[1], [*ROWS[1][:5], "旧管"], *[ROWS[1]] * 2, [*ROWS[1][:5], "新管"]]
    )
    .replace("旧管", '"旧管')
    .replace("新管", '新管"')
    .encode(),
    "或有一格超过 13 万字": exported(rows=[HEAD, [*ROWS[1][:5], "泵" * 140_000]]).encode(),
    "第 5 行与别的行编码不同": exported().encode("gbk") + "HT-8,灌区,2024-03-02,3,水库,河道\r\n".encode(),
}


@pytest.mark.parametrize("said", DOUBTS)
def test_what_may_not_be_as_it_was_exported_is_told_and_not_read(said: str, take: Take) -> None:
    read = take(DOUBTS[said])
    assert isinstance(read, FileRecord) and read.state is State.UNREADABLE and said in read.reason
    assert "重新导出" in read.reason and read.agency and read.agency.code == "001"


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        (0, "1.23E+17", "must L-TYPE 第 2 行第 1 列"),
        (0, "330106199001000000", "explain L-TYPE 第 2 行第 1 列"),
        (1, "3.3E+17", "explain L-TYPE 第 2 行第 2 列"),
        (1, "王?明", "explain L-TYPE 第 2 行第 2 列"),
        (3, "1.2E+05", "must L-TYPE 第 2 行第 4 列"),
        (2, "########", "must L-TYPE 第 2 行第 3 列"),
        (3, "#REF!", "must L-TYPE 第 2 行第 4 列"),
        (1, "是否够用?", ""),
        (0, "6222021234567890", ""),
    ],
)
def test_what_a_spreadsheet_lost_before_it_wrote_the_text_is_told(
    column: int, text: str, told: str, take: Take
) -> None:
    row = ["A1", "渠道", "2024-03-01", "7", "履行中", ""]
    read = take(exported(rows=[HEAD, [*row[:column], text, *row[column + 1 :]]]).encode("gbk"))
    assert isinstance(read, Submission)
    assert [f"{f.severity.value} {f.rule} {f.cell}" for f in read.findings] == ([told] if told else [])


@pytest.mark.parametrize(
    "text",
    ["姓名,电话\r\n张三,1\r\n", exported(rows=ROWS), "各位领导，合同编号、合同名称见附件。\n"],
    ids=["another list", "no head", "a letter"],
)
def test_what_is_no_list_stays_refused(text: str, take: Take) -> None:
    read = take(text.encode())
    assert isinstance(read, FileRecord) and read.state is State.UNREADABLE and "纯文本（如 .csv、.txt）" in read.reason


def test_what_goes_back_is_a_workbook_that_reads_as_the_text_did(tmp_path: Path) -> None:
    """With the rows where they were, also of a long list; codes and days in it are none that were typed wrongly."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "ht-dc.toml").write_bytes((LISTS / "ht-dc.toml").read_bytes())
    (tmp_path / "名录.csv").write_text(ROSTER, encoding="utf-8")
    config = tmp_path / "config.toml"
    config.write_text(
        '[region]\nname = "示例县"\n[[report]]\nform = "ht-dc"\nperiod = "2024-Q1"\n[roster]\nfile = "名录.csv"\n',
        encoding="utf-8",
    )
    name = "水利局2024年一季度.csv"
    many = [[f"N{number}", "渠道", "2024-03-02", "1", "履行中", ""] for number in range(4000)]
    text = exported(rows=[HEAD, *ROWS, ["77", "堤防", "2024-03-02", "三万", "履行中", ""], *many])
    (tmp_path / "inbox" / name).write_bytes(text.encode("gbk"))
    told: list[Outcome] = []
    commands.run_office(config, date(2024, 4, 10), told=told.append)
    folder = told[0].folder
    assert folder
    (path,) = (folder / "returns").glob("*.xlsx")
    book = openpyxl.load_workbook(path)
    assert "文本（.csv、.txt）" in " ".join(str(c.value) for row in book[RETURN_SHEET].iter_rows() for c in row)
    sheet = book["文本清单"]
    assert [c.value for c in sheet[2]][:3] == ["00123", "供水管网\n二期", datetime(2024, 1, 5)]
    assert sheet["A5"].value == "77" and sheet["D5"].comment
    sheet["D5"].value = 3
    (tmp_path / "inbox" / name).unlink()
    book.save(tmp_path / "inbox" / "001_第2轮.xlsx")
    commands.run_office(config, date(2024, 4, 11), told=told.append)
    assert "必须改 0 条，需说明 0 条，提示 0 条" in told[1].summary
