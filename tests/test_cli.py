"""The command line as people and programs use it: exit codes, where output goes, and words."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.grids import ROOT
from tests.offices import CASES, make_office
from tests.test_handbook import keys_told
from tests.workbooks import packed
from workbook_tool import checking, commands
from workbook_tool.__main__ import main
from workbook_tool.arguments import arguments_parser
from workbook_tool.files.intake.inbox import list_files
from workbook_tool.files.intake.typed_paths import typed_paths
from workbook_tool.files.office.nearest_config import nearest_config
from workbook_tool.issuing import MISSING, issue
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.workbook.manifest import PublishedAgency
from workbook_tool.model.workbook.published import PublishedRun
from workbook_tool.orders import COMMANDS
from workbook_tool.parser import SPOKEN
from workbook_tool.showing import compare_runs
from workbook_tool.steps.tell.between import between

STORY = CASES / "ten_wrong_ways"
OURS = (
    *("batch", "files.season.ledger", "files.intake.cage", "files.intake.eml", "files.form.declaration"),
    "model.workbook.result",
)
NOT_FOR_A_CHECK = {f"workbook_tool.{name}" for name in OURS} | {
    *("pandas", "numpy", "openpyxl", "xlsxwriter", "docx", "pdfplumber", "sqlite3"),
    *("pebble", "asyncio", "ssl", "loguru", "email.message", "html", "dataclasses"),
}
"""What a command of half a second has no time to load."""


def tool(*words: str | Path, at: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "workbook_tool", *map(str, words)],
        cwd=at,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"} | environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


Tool = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tool:
    """The same in this process, which has imported everything already."""

    def run(*words: str | Path, at: Path) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(at)
        try:
            code = main([*map(str, words)])
        except SystemExit as left:  # argparse
            code = int(str(left.code))
        return subprocess.CompletedProcess(words, code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_office(tmp_path_factory.mktemp("cli") / "office", STORY).parent


@pytest.fixture(scope="module")
def first(office: Path) -> subprocess.CompletedProcess[str]:
    """Its first run."""
    return tool("run", "--as-of", "2024-02-05", at=office, PYTHONHASHSEED="1", TZ="Asia/Shanghai")


def test_run_says_what_to_do_next_and_where_the_workbook_is(
    office: Path, first: subprocess.CompletedProcess[str]
) -> None:
    assert (first.returncode, first.stderr) == (0, "")
    folder = office / "outbox" / "2024-02-05-1"
    assert f"汇总工作簿：{folder / '汇总_示例县_2023_2024-02-05-1.xlsx'}" in first.stdout
    assert sorted(p.name for p in folder.iterdir()) == [
        "findings.csv",
        "returns",
        "run.json",
        "values.csv",
        "上报表_示例县_2023.xlsx",
        "年度报告_示例县_2023.docx",
        "汇总_示例县_2023_2024-02-05-1.xlsx",
    ]
    assert "请退回 9 家改正" in first.stdout


def test_one_agency_is_shown_and_who_has_not_filed_gets_a_blank_form(
    office: Path, first: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    config = office / "config.toml"
    shown = commands.show(config, "示例县水利局")
    assert shown.startswith("023 示例县水利局") and "上次运行 2024-02-05-1：退回" in shown
    assert "还在的问题（1）：\n  [必须改 T4-SUM] 2024-02-05 起：表四「行政复议」" in shown
    with pytest.raises(OfficeError, match="没有“示例县水力局”这个代码或名称，是否指 示例县水利局"):
        commands.show(config, "示例县水力局")
    with pytest.raises(OfficeError, match=r"没有“水利”这个代码或名称；名称里有的：示例县水利局（023）"):
        commands.show(config, "水利")
    issue(config, ["023"], None, tmp_path, False)
    made, there = issue(config, ["示例县水利局", "020"], None, tmp_path, False)
    assert ([path.name[:3] for path in made], [path.name[:3] for path in there]) == (["020"], ["023"])
    made, _ = issue(config, MISSING, None, tmp_path / "缺", False)
    assert made == [], "everybody who is due has filed something"


def test_a_rerun_names_the_folder_that_stands(
    office: Path, first: subprocess.CompletedProcess[str], here: Tool
) -> None:
    rerun = tool("run", "--as-of", "2024-02-05", at=office)
    assert (rerun.returncode, rerun.stderr) == (0, "")
    stands, rest = rerun.stdout.split("\n", 1)
    assert (
        stands
        == "与 2024-02-05-1 运行时相比什么都没有变，没有另写结果，仍用文件夹 2024-02-05-1；要重新运行的加 --again。"
    )
    assert rest == first.stdout, "what to do is said as it was"
    strict = here("run", "--as-of", "2024-02-05", "--json", "--strict", at=office)
    assert strict.returncode == 1, "the run that stands has must-findings too"
    assert strict.stdout == (office / "outbox" / "2024-02-05-1" / "run.json").read_text(encoding="utf-8")
    assert len(list((office / "outbox").glob("2*"))) == 1


def test_a_dry_run_writes_nothing(office: Path, first: subprocess.CompletedProcess[str], here: Tool) -> None:
    done = here("run", "--as-of", "2024-02-06", "--dry-run", at=office)
    assert (done.returncode, first.returncode) == (0, 0)
    assert len(list((office / "outbox").glob("2*"))) == 1


def test_the_same_inputs_give_the_same_bytes_wherever_and_however(
    office: Path, first: subprocess.CompletedProcess[str], tmp_path: Path
) -> None:
    """By ``--json``, which prints the manifest, and ``--strict``, which turns musts into an exit code."""
    other = Path(shutil.copytree(office, tmp_path / "office"))
    (other / "ledger.sqlite").unlink()  # with it nothing would be read again
    words = ("run", "--as-of", "2024-02-05", "--config", other / "config.toml", "--json", "--strict")
    second = tool(*words, PYTHONHASHSEED="2", TZ="UTC", LC_ALL="C")
    assert (first.returncode, second.returncode) == (0, 1)
    one, two = (other / "outbox" / f"2024-02-05-{n}" for n in (1, 2))
    for name in ("findings.csv", "values.csv", "年度报告_示例县_2023.docx"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    a, b = (json.loads((folder / "run.json").read_text(encoding="utf-8")) for folder in (one, two))
    assert json.loads(second.stdout) == b
    assert b["schema"] == 2 and b["counts"]["files"] == {"held": 2, "returned": 9}
    for manifest in (a, b):
        del manifest["run"], manifest["workbook"], manifest["workbook_sha256"], manifest["seconds"]
        del manifest["reports"][0]["workbook"], manifest["reports"][0]["workbook_sha256"]
        del manifest["regions"][0]["run"]
    assert a == b


def test_check_shows_findings_and_exits_1(office: Path, here: Tool) -> None:
    files = (office / "inbox" / "023.xlsx", office / "inbox" / "027.xlsx")
    tool("check", *files, at=office)  # from the second time on the forms are known
    done = tool("check", *files, at=office, PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 1
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "workbook_tool.checking" in loaded and not loaded & NOT_FOR_A_CHECK
    assert "023.xlsx（示例县水利局）：必须改，1 条" in done.stdout
    assert "[必须改 T4-SUM] 表四「行政复议」×「总计」（工作表「表四」E9）填 3，应为 2，多 1" in done.stdout
    done = here("check", "--json", office / "inbox" / "027.xlsx", at=office)
    (file,) = json.loads(done.stdout)["files"]
    assert (done.returncode, file["path"], file["agency"], file["state"]) == (0, "027.xlsx", "东河镇人民政府", "held")
    (finding, *_) = file["findings"]
    assert {"schema", "files", *file, *finding} == keys_told("check --json")


def test_check_needs_no_office(office: Path, tmp_path: Path, here: Tool) -> None:
    done = here("check", office / "inbox" / "023.xlsx", at=tmp_path)
    assert (done.returncode, "T4-SUM" in done.stdout) == (1, True)


def test_files_are_meant_by_folder_pattern_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("甲/a.xlsx", "甲/下级/b.xlsx", "甲/~$a.xlsx", "甲/Thumbs.db", "c.xlsx"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"PK")))
    monkeypatch.chdir(tmp_path)
    paths = typed_paths(["甲", "*.xlsx", "-"], tmp_path)
    assert [source.path for source in list_files(paths)] == ["甲/a.xlsx", "甲/下级/b.xlsx", "c.xlsx", "标准输入"]
    with pytest.raises(OfficeError, match=r"没有与 \*\.xls 相符的文件"):
        typed_paths(["*.xls"], tmp_path)


def test_a_file_that_is_meant_twice_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "甲").mkdir()
    (tmp_path / "甲" / "a.xlsx").write_bytes(b"x")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"PK")))
    monkeypatch.chdir(tmp_path / "甲")
    paths = typed_paths(["a.xlsx", "-", "./a.xlsx", "*.xlsx", "../甲", f"{tmp_path}/甲/a.xlsx", "-"], tmp_path)
    assert [(source.path, source.size) for source in list_files(paths)] == [("a.xlsx", 1), ("标准输入", 2)]


def test_a_folder_without_files_is_not_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "~$a.xlsx").write_bytes(b"x")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OfficeError, match=r"^\. 里没有可以审核的文件"):
        checking.check(["."], Path("config.toml"))
    (tmp_path / "空.zip").write_bytes(packed({}))
    (tmp_path / "空.eml").write_bytes(b"From: a@example.cn\nSubject: x\n\nx")
    with pytest.raises(OfficeError, match=r"^空\.zip、空\.eml 里没有可以审核的文件"):
        checking.check(["空.zip", "空.eml"], Path("config.toml"))


def test_the_office_is_found_from_a_folder_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    office, below, usual = tmp_path / "office", tmp_path / "office" / "inbox" / "a", Path("config.toml")
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    (office / "config.toml").write_text("[region]\n", encoding="utf-8")
    (office / "inbox" / "config.toml").write_text("[hugo]\n", encoding="utf-8")
    assert nearest_config(usual) == office / "config.toml"
    (below / "config.toml").touch()
    assert nearest_config(usual) == usual


def test_two_runs_are_told_apart_by_state_problem_and_number() -> None:
    value = {"agency_code": "020", "table": "表三", "row": "总计", "column": "自然人"}
    found = {"agency_code": "020", "rule": "T3-COL", "table": "表三", "message": "合计多 1", "status": "new"}
    one = PublishedRun("a", {("020", "", ""): PublishedAgency("020", "教育局", "held")}, [value | {"value": "3"}], [])
    two = PublishedRun(
        "b", {("020", "", ""): PublishedAgency("020", "教育局", "returned")}, [value | {"value": "4"}], [found]
    )
    assert between(one, two).splitlines() == [
        "a → b",
        "有变化的 1 家，没有变化的 0 家。",
        "020 教育局",
        "  状态：待核 → 退回",
        "  新出现的问题 T3-COL：合计多 1",
        "  表三「总计」×「自然人」：3 → 4",
    ]
    assert "没有了的问题 T3-COL" in between(two, one)


def test_a_problem_that_weighs_more_than_before_is_told() -> None:
    """A form's rule was made a must: the file went back, and compare did not say why."""
    found = {"agency_code": "020", "rule": "X-1", "table": "月报", "message": "甲多 2"}
    mild, strict = (
        PublishedRun(
            name, {("020", "", ""): PublishedAgency("020", "教育局", state)}, [], [found | {"severity": weight}]
        )
        for name, state, weight in (("a", "held", "explain"), ("b", "returned", "must"))
    )
    assert between(mild, strict).splitlines()[3:] == [
        "  状态：待核 → 退回",
        "  问题 X-1 由需说明变为必须改：甲多 2",
    ]


def test_a_new_week_is_a_line_and_the_others_are_held_against_themselves() -> None:
    """compare listed every number of a new week as one that came, 54 lines for one agency."""

    def week(number: int, state: str, *values: int) -> tuple[dict[Any, PublishedAgency], list[dict[str, str]]]:
        told = ("zb", f"2024-W0{number}")
        rows = [{"row": f"{n}", "value": f"{value}"} for n, value in enumerate(values)]
        named = {"agency_code": "1", "form": told[0], "period": told[1], "table": "周报", "column": "合计"}
        return {("1", *told): PublishedAgency("1", "甲", state)}, [named | row for row in rows]

    (fifth, was), (again, now), (sixth, new) = (
        week(5, "returned", 3, 4),
        week(5, "counted", 3, 5),
        week(6, "held", 1, 2),
    )
    late: dict[Any, PublishedAgency] = {("2", "zb", "2024-W05"): PublishedAgency("2", "乙", "missing")}
    sixth |= {("3", "zb", "2024-W06"): PublishedAgency("3", "丙", "missing")}  # files the newer one alone
    one = PublishedRun("a", fifth | late, was, [])
    two = PublishedRun("b", again | sixth, [*now, *new], [], frozenset({("zb", "2024-W05")}))
    assert between(one, two).splitlines() == [
        "a → b",
        "新的一期：2024 年第 6 周（zb）：待核 1，未报 1",
        "有变化的 1 家，没有变化的 1 家。",
        "1 甲",
        "  状态：退回 → 已汇总",
        "  周报「1」×「合计」：4 → 5",
    ]
    assert between(two, PublishedRun("c", sixth, new, [])).splitlines()[1] == (
        "后一次没有审核：2024 年第 5 周（zb）：已汇总 1"
    )


def test_init_makes_an_office_that_runs(tmp_path: Path, here: Tool) -> None:
    assert here("init", "新办公室", at=tmp_path).returncode == 0
    done = tool("run", "--as-of", "2024-02-05", at=tmp_path / "新办公室")
    assert (done.returncode, len(done.stderr.splitlines())) == (0, 1)
    assert "地区名称还是“某某县”" in done.stderr, "the one thing that nobody may forget"
    again = here("run", "--as-of", "2024-02-05", "--again", at=tmp_path / "新办公室")
    assert again.stdout == done.stdout.replace("2024-02-05-1", "2024-02-05-2")
    told = commands.compare(tmp_path / "新办公室" / "config.toml", "2024-02-05-1", "2024-02-05-2")
    assert told == "2024-02-05-1 → 2024-02-05-2\n有变化的 0 家，没有变化的 0 家。\n"
    assert here("init", "新办公室", at=tmp_path).returncode == 2


def test_a_run_of_an_older_program_is_compared_like_any(tmp_path: Path) -> None:
    """compare across an upgrade had said of every number that it was gone, and of every one that it was new."""
    told = {"form": "zfxxgk-2021", "region": "示例县", "year": 2023}
    agency, row = {"code": "020", "name": "甲局", "state": "counted"}, "020,甲局,2023,表二,规章,件数"
    new = {"form": "zfxxgk-2021", "period": "2023"}
    for name, more, head, ends in (
        ("2024-02-05-1", {}, "", ("1", "2")),
        ("2024-02-12-1", new, ",form,period", ("1,zfxxgk-2021,2023", "3,zfxxgk-2021,2023")),
    ):
        (tmp_path / name).mkdir()
        manifest = json.dumps({**told, **more, "agencies": [agency | more]})
        (tmp_path / name / "run.json").write_text(manifest, encoding="utf-8")
        lines = [f"agency_code,agency,year,table,row,column,value{head}", f"{row},{ends[0]}", f"{row}二,{ends[1]}"]
        (tmp_path / name / "values.csv").write_text("\n".join(lines), encoding="utf-8")
        (tmp_path / name / "findings.csv").write_text("agency_code\n", encoding="utf-8")
    said = compare_runs(tmp_path, "2024-02-05-1", "2024-02-12-1")
    assert said.splitlines()[1:] == ["有变化的 1 家，没有变化的 0 家。", "020 甲局", "  表二「规章」×「件数二」：2 → 3"]


def test_explain_says_meaning_source_and_example() -> None:
    done = tool("explain", "t3-col")
    assert done.returncode == 0
    for part in ("含义：各项办理结果之和", "来源：由“总计”的含义推出", "例子：", "怎么办："):
        assert part in done.stdout
    everything = commands.explain("", ROOT / "config.toml")
    assert (
        "\n表三\n  T3-ID  " in everything
        and "\n  TZ-LATE  " in everything
        and "\n文件目录\n" in everything
        and "\n与上年、上期比\n" in everything
        and "整张表" not in everything.split()
    )


def test_help_stands_in_columns_of_the_screen(office: Path, here: Tool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = here("run", "--help", at=office).stdout.splitlines()
    assert all(len(line.encode("gb18030")) < 80 for line in lines)  # there a Chinese character takes two bytes
    told = [re.fullmatch(rb"  (-.*\S  +)\S.*", line.encode("gb18030")) for line in lines]
    assert {found.end(1) for found in told if found} == {24}


def test_every_command_is_known_by_a_chinese_word() -> None:
    assert {*SPOKEN} == {*COMMANDS, "mail", "--help"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explain", "T3-KOL"], "没有规则 T3-KOL，是否指 T3-COL"),
        (["run", "--as-of", "tomorrow"], "“tomorrow”不是日期"),
        (["run", "--as-og", "2024-02-05"], "没有 --as-og 这个选项，是否指 --as-of"),
        (["run", "--year", "x"], "“x”不是一个期，应写成 2024"),
        (["template", "--agnecy", "020"], "没有 --agnecy 这个选项，是否指 --agency"),
        (["form", "check", "x"], "x 不是表式：请写表式文件的路径"),
        (["rnu"], "没有“rnu”，是否指 run。可用的有"),
        (["运行"], "没有“运行”，是否指 run。"),
        (["看状态"], "没有“看状态”，是否指 status。"),
        (["收邮件"], "没有“收邮件”，是否指 mail fetch。"),
        (["mail", "发信"], "没有“发信”，是否指 mail send。"),
        (["帮助"], "没有“帮助”，是否指 --help。"),
        (["template"], "须写明 --agency --all --missing 中的一个"),
        (["run", "--config", "nothing.toml"], "找不到配置文件"),
        (["check", "nothing.xlsx"], "找不到文件 nothing.xlsx"),
        (["run", "--form", "a", "--form", "b"], "--form 只能写一个，写了两个"),
        (["template", "--agency", "02O"], "没有“02O”这个代码或名称，是否指 020"),
    ],
)
def test_wrong_usage_is_exit_2_with_a_hint(office: Path, words: list[str], said: str, here: Tool) -> None:
    done = here(*words, at=office)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_what_may_be_several_may_be_written_several_times() -> None:
    """Only the last had counted, and nothing was said of the others."""
    twice = arguments_parser().parse_args(["template", "--agency", "001", "--agency", "002", "003"])
    assert twice.agency == ["001", "002", "003"]
    twice = arguments_parser().parse_args(["mail", "send", "--only", "001,002", "--only", "003", "--sent", "004"])
    assert (twice.only, twice.sent, twice.resend) == (["001", "002", "003"], ["004"], [])


def test_a_wrong_declaration_stops_before_any_file_is_read(office: Path, tmp_path: Path, here: Tool) -> None:
    for name in ("config.toml", "roster.csv"):
        shutil.copy(office / name, tmp_path)
    (tmp_path / "inbox").mkdir()
    path = Path(shutil.copytree(office / "templates", tmp_path / "templates")) / "zfxxgk-2021.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('at = "r25"', 'at = "r52"'), encoding="utf-8")
    done = here("run", at=tmp_path)
    assert done.returncode == 2
    assert "at 中的 r52 没有声明，是否指" in done.stderr
    assert not (tmp_path / "outbox").exists()
