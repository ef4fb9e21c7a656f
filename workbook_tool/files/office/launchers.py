"""A double-click start for an office folder: ``运行.bat`` for Windows, ``运行.sh`` for Linux and macOS.

Each goes to its own folder, finds the program and starts its menu, or with words behind it a run; says what the exit
code means, and stays open to be read.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

ABSENT = 127
"""The launchers' own exit code, as of any shell: the program was not found."""
WORDS = {
    0: "运行完成。结果在 outbox 中最新的文件夹里；什么都没有变的，仍是原来那个。",
    1: "运行完成，有“必须改”的问题，见结果中的问题清单。",
    2: "没有运行：配置、名录或表式有误，请按上面的提示改正后再运行。",
    3: "邮件服务器或邮箱没有照办，请按上面的提示处理后再试。",
    ABSENT: "没有找到 workbook-tool。请先安装（办公手册第 1 节；要有 64 位的 Python 3.11 以上）",
    4: "另一次运行还没有结束，请稍后再试。",
    5: "结果没有写成：请检查发件夹的权限和磁盘空间，关闭打开着的结果文件后再试。",
    70: "程序出错。请把 logs 文件夹中最新的日志发给维护人员。",
}
OTHER = "程序意外中止，没有写出结果；请再运行一次，仍不行的请把 logs 中的日志发给维护人员。"

# Control flow in ASCII and without labels: cmd.exe counts bytes where it should count characters.
BAT = """\
@echo off
chcp 65001 >nul
setlocal
pushd "%~dp0"
set PYTHONUTF8=1
set TOOL=
if exist ".venv\\Scripts\\workbook-tool.exe" set TOOL=".venv\\Scripts\\workbook-tool.exe"
if not defined TOOL where workbook-tool >nul 2>nul && set TOOL=workbook-tool
if not defined TOOL "{python}" -c "import workbook_tool" >nul 2>nul && set TOOL="{python}" -m workbook_tool
if not defined TOOL py -3 -c "import workbook_tool" >nul 2>nul && set TOOL=py -3 -m workbook_tool
set CODE={absent}
set DO=
if not "%~1"=="" set DO=run %*
if defined TOOL %TOOL% %DO%
if defined TOOL set CODE=%ERRORLEVEL%
if not defined DO if "%CODE%"=="0" popd& exit /b 0
set SAID=
echo.
{words}
if not defined SAID echo {other} [%CODE%]
popd
echo.
pause
exit /b %CODE%
"""
SH = """\
#!/bin/sh
cd "$(dirname "$0")" || exit 2
if [ -x .venv/bin/workbook-tool ]; then tool=.venv/bin/workbook-tool
elif command -v workbook-tool >/dev/null 2>&1; then tool=workbook-tool
elif {python} -c 'import workbook_tool' 2>/dev/null; then tool={python}
else tool=
fi
menu=yes
if [ $# -gt 0 ] || [ ! -t 0 ]; then menu=no; set -- run "$@"; fi
case $tool in
  "") code={absent} ;;
  *workbook-tool) "$tool" "$@"; code=$? ;;
  *) "$tool" -m workbook_tool "$@"; code=$? ;;
esac
if [ "$menu$code" = yes0 ]; then exit 0; fi
echo
case $code in
{words}
  *) echo "{other}（$code）" ;;
esac
if [ -t 0 ]; then printf '按回车键关闭…'; read -r _; fi
exit "$code"
"""


def write_launchers(folder: Path) -> list[Path]:
    """Write both into an office folder and return them. The Python that makes the office is where they look last."""
    bat, sh = folder / "运行.bat", folder / "运行.sh"
    bat.write_text(bat_text(sys.executable), encoding="utf-8", newline="\r\n")
    sh.write_text(sh_text(sys.executable), encoding="utf-8", newline="\n")
    sh.chmod(0o755)
    return [bat, sh]


def bat_text(python: str) -> str:
    """The launcher of Windows, which says in Chinese what an exit code means."""
    words = [f'if "%CODE%"=="{code}" set SAID=1& echo {said}' for code, said in WORDS.items()]
    return BAT.format(python=python.replace("%", "%%"), absent=ABSENT, words="\n".join(words), other=OTHER)


def sh_text(python: str) -> str:
    """The launcher of Linux and macOS, which says in Chinese what an exit code means."""
    words = [f"  {code}) echo {shlex.quote(said)} ;;" for code, said in WORDS.items()]
    return SH.format(python=shlex.quote(python), absent=ABSENT, words="\n".join(words), other=OTHER)
