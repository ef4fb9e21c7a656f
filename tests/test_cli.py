"""The command line as people and programs use it: exit codes, where output goes, and words."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.grids import ROOT
from tests.offices import CASES, make_office
from tests.test_handbook import keys_told
from workbook_tool.__main__ import main

STORY = CASES / "ten_wrong_ways"


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
        "汇总_示例县_2023_2024-02-05-1.xlsx",
    ]
    assert "请退回 9 家改正" in first.stdout


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
    for name in ("findings.csv", "values.csv"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    a, b = (json.loads((folder / "run.json").read_text(encoding="utf-8")) for folder in (one, two))
    assert json.loads(second.stdout) == b
    assert b["schema"] == 2 and b["counts"]["files"] == {"held": 2, "returned": 9}
    for manifest in (a, b):
        del manifest["run"], manifest["workbook"], manifest["workbook_sha256"], manifest["seconds"]
        del manifest["reports"][0]["workbook"], manifest["reports"][0]["workbook_sha256"]
    assert a == b


def test_check_shows_findings_and_exits_1(office: Path, here: Tool) -> None:
    done = tool("check", office / "inbox" / "023.xlsx", office / "inbox" / "027.xlsx", at=office)
    assert done.returncode == 1
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


def test_init_makes_an_office_that_runs(tmp_path: Path, here: Tool) -> None:
    assert here("init", "新办公室", at=tmp_path).returncode == 0
    done = tool("run", "--as-of", "2024-02-05", at=tmp_path / "新办公室")
    assert (done.returncode, done.stderr) == (0, "")
    again = here("run", "--as-of", "2024-02-05", "--again", at=tmp_path / "新办公室")
    assert again.stdout == done.stdout.replace("2024-02-05-1", "2024-02-05-2")
    assert here("init", "新办公室", at=tmp_path).returncode == 2


def test_explain_says_meaning_source_and_example() -> None:
    done = tool("explain", "t3-col")
    assert done.returncode == 0
    for part in ("含义：各项办理结果之和", "来源：由“总计”的含义推出", "例子：", "怎么办："):
        assert part in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["explain", "T3-KOL"], "没有规则 T3-KOL，是否指 T3-COL"),
        (["run", "--as-of", "tomorrow"], "“tomorrow”不是日期"),
        (["run", "--as-og", "2024-02-05"], "没有 --as-og 2024-02-05 这个选项"),
        (["run", "--year", "x"], "“x”不是一个期，应写成 2024"),
        (["rnu"], "没有“rnu”，可用的有"),
        (["template"], "须写明 --agency --all 中的一个"),
        (["run", "--config", "nothing.toml"], "找不到配置文件"),
        (["check", "nothing.xlsx"], "找不到文件 nothing.xlsx"),
        (["template", "--agency", "02O"], "名录中没有代码 02O，是否指 020"),
    ],
)
def test_wrong_usage_is_exit_2_with_a_hint(office: Path, words: list[str], said: str, here: Tool) -> None:
    done = here(*words, at=office)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_a_wrong_declaration_stops_before_any_file_is_read(office: Path, tmp_path: Path, here: Tool) -> None:
    for name in ("config.toml", "roster.csv"):
        shutil.copy(office / name, tmp_path)
    (tmp_path / "inbox").mkdir()
    path = Path(shutil.copytree(office / "templates", tmp_path / "templates")) / "zfxxgk-2021.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('at = "r25"', 'at = "r52"'), encoding="utf-8")
    done = here("run", at=tmp_path)
    assert done.returncode == 2
    assert "rule[1].checks[1]：at 中的 r52 没有声明，是否指 r25" in done.stderr
    assert not (tmp_path / "outbox").exists()
