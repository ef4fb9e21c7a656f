"""One command to install and run, one to install and test. Needs Python 3.11 and nothing else.

python3 tasks.py run      install into .venv, then run the main job on the sample office   安装并试运行示例
python3 tasks.py test     install into .venv, then check style, types, floors and tests    安装并测试
python3 tasks.py bundle   make one zip that installs without a network            做一个离线安装包
python3 tasks.py pin      pin again what is installed, in pinned/ (with hashes)    重新固定各库的版本
python3 tasks.py accept   rewrite the golden results of the tests: read the diff by eye    重新生成对照结果

Further words go to the command at the end: python3 tasks.py run --as-of 2024-02-01
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if sys.platform == "win32" else "bin")
PYTHON = BIN / ("python.exe" if sys.platform == "win32" else "python")
STAMP = VENV / "installed"
PINNED = {"": "pinned/run.txt", "[test]": "pinned/test.txt"}
AT_ONCE = 3
BUILD = "pinned/build.in"
SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
PIN = [
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-annotate",
    "--no-header",
    "--quiet",
    "--upgrade",
]


def main(words: list[str]) -> int:
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # else every process would compile all modules anew
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")  # a console that has no Chinese
    tasks = {"run": run, "test": test, "accept": accept, "bundle": bundle, "pin": pin}
    if not words or words[0] not in tasks:
        print(__doc__)
        return 2 if words and words[0] not in ("-h", "--help") else 0
    return tasks[words[0]](words[1:])


def run(rest: list[str]) -> int:
    install("")
    before = workbooks()
    code = first_failure([[PYTHON, "-m", "workbook_tool", "run", *rest]])
    for path in sorted(workbooks() - before):
        print(f"\nThe workbook 汇总工作簿: {path}")
    return code


def test(rest: list[str]) -> int:
    install("[test]")
    looks = [
        [PYTHON, "-m", "ruff", "check", "."],
        [PYTHON, "-m", "ruff", "format", "--check", "."],
        [BIN / "lint-imports"],
    ]
    # What every worker reads is compiled once, beside the looks; what is wrong in it the tests will say.
    compiled = subprocess.Popen([PYTHON, "-m", "pytest", "--collect-only", "-qq"], cwd=ROOT, **SILENT)
    if code := first_failure(looks):
        compiled.kill()
        return code
    types = subprocess.Popen([PYTHON, "-m", "mypy"], cwd=ROOT, stdout=subprocess.PIPE, text=True)  # beside the tests
    compiled.wait()
    # What shares costly work stays with one worker (tests/conftest.py says what); skips are listed at the end.
    tests = first_failure([[PYTHON, "-m", "pytest", "-n", "auto", "--dist", "loadscope", "-rs", *rest]])
    said, _ = types.communicate()
    print(said if types.returncode else "", end="", flush=True)  # the last line stays pytest's own
    return tests or types.returncode


def accept(rest: list[str]) -> int:
    install("[test]")
    return first_failure([[PYTHON, "-m", "pytest", "--accept", *rest]])


def bundle(rest: list[str]) -> int:
    install("")
    return first_failure([[PYTHON, "bundle/make.py", *rest]])


def pin(rest: list[str]) -> int:
    """Resolve the ranges of pyproject.toml for every system and Python, to the newest releases of today."""
    install("")
    looks = [[PYTHON, "-m", "pip", "install", "--quiet", "uv"]]
    for extra, path in PINNED.items():
        more = ["--extra", extra[1:-1]] if extra else []
        looks.append([PYTHON, "-m", "uv", "pip", "compile", *PIN, *more, "-o", path, "pyproject.toml", BUILD, *rest])
    return first_failure(looks)


def workbooks() -> set[Path]:
    return set((ROOT / "outbox").glob("*/汇总_*.xlsx"))


def first_failure(commands: list[list[str | Path]]) -> int:
    """Run the commands in order, stop at the first that fails, and return its exit code."""
    for command in commands:
        print("$", *(Path(command[0]).name, *command[1:]), file=sys.stderr, flush=True)
        code = subprocess.run(command, cwd=ROOT).returncode
        if code:
            return code
    return 0


def install(extra: str) -> None:
    """Make .venv and install the project into it, unless that is done already for this pyproject.toml."""
    if sys.version_info < (3, 11):  # noqa: UP036 (this file runs before anything has asked for a version)
        sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. 需要 Python 3.11 或更高版本。")
    # The place counts too: a virtual environment does not survive being moved.
    told = b"".join((ROOT / path).read_bytes() for path in ("pyproject.toml", *PINNED.values()))
    state = hashlib.sha256(told + str(ROOT).encode()).hexdigest()
    installed = STAMP.read_text() if PYTHON.exists() and STAMP.exists() else ""
    if installed in (state + extra, state + "[test]"):
        return
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            "python3-venv is missing. Install it and try again: sudo apt-get install -y python3-venv\n"
            "缺少 python3-venv，请先安装再运行：sudo apt-get install -y python3-venv"
        )
    print("Installing into .venv … 正在安装到 .venv …", file=sys.stderr, flush=True)
    if not installed.startswith(state):
        subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    install_pinned(extra)
    STAMP.write_text(state + extra)


def install_pinned(extra: str) -> None:
    """Install what is pinned, with its hashes, and the project itself beside it. Where an index has not the pinned releases,
    whatever the ranges allow is installed, and said; where the content of one is another, it is not, and all is given up.
    What is used is compiled when it is used: most of what lies in these packages never is, such as their own tests."""
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--no-compile", "--disable-pip-version-check"]
    alone = [*pip, "--no-deps", "--require-hashes", "-r"]
    at_once = [subprocess.Popen([*alone, part], stderr=subprocess.PIPE, text=True) for part in in_parts(PINNED[extra])]
    said = "".join(each.communicate()[1] for each in at_once)
    if not any(each.returncode for each in at_once):
        project = [*pip, "--no-deps", "--no-build-isolation", "-e", "."]
    elif "DO NOT MATCH THE HASHES" in said:
        sys.exit(f"{said}\nThe downloads are not what was pinned. 下载的内容与固定的不符，没有安装。")
    else:
        print(said, file=sys.stderr)
        print(
            "The pinned releases cannot be had here: installing by the ranges. 固定的版本装不上，改按范围安装。",
            file=sys.stderr,
        )
        project = [*pip, "-e", f".{extra}"]
    if code := subprocess.run(project, cwd=ROOT).returncode:
        sys.exit(code)


def in_parts(pinned: str) -> list[Path]:
    """The pins, dealt out to files that are installed at the same time: one pip fetches and unpacks one after the other,
    and most of the time one of its computers waits."""
    pins = re.split(r"(?m)^(?=\S)", (ROOT / pinned).read_text(encoding="utf-8"))[1:]
    parts = [VENV / f"pinned{number}.txt" for number in range(AT_ONCE)]
    for number, part in enumerate(parts):
        part.write_text("".join(pins[number::AT_ONCE]), encoding="utf-8")
    return parts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
