"""Installs the program from the wheels beside this file, without a network, and makes an office with a shortcut to it.

It runs before anything is installed: the standard library alone. Run again over an office that is there (after an
upgrade), it only lets that office's start files find the new program.
"""

from __future__ import annotations

import importlib.util
import os
import struct
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
WINDOWS = sys.platform == "win32"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")
WHERE = "可从 python.org 下载（Windows 选 64-bit 安装包，安装时勾选 Add to PATH）；统信、麒麟在应用商店或向管理员要。"
RENEW = "import sys; from pathlib import Path; from workbook_tool.files.office.launchers import write_launchers; write_launchers(Path(sys.argv[1]))"


def main(words: list[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="replace")
    refuse_python()
    print("正在安装（不用网络）……", flush=True)
    run([sys.executable, "-m", "venv", "--clear", VENV], "建立运行环境")
    offline = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-index",
        "--find-links",
        HERE / "wheels",
    ]
    run([*offline, "--require-hashes", "-r", HERE / "pinned.txt"], "安装所需的库")
    run([*offline, "--no-deps", "workbook-tool"], "安装程序")
    office = Path(words[0] if words else asked_office()).expanduser().resolve()
    if office == HERE or HERE in office.parents:
        sys.exit("办公文件夹不要放在程序文件夹里：升级时会一起被替换。请换一个地方，再运行一次安装。")
    if (office / "config.toml").is_file():
        run([PYTHON, "-c", RENEW, office], "更新启动文件")
    else:
        run([PYTHON, "-m", "workbook_tool", "init", office], "新建办公文件夹")
    shortcut(office)
    print(
        f"装好了。办公文件夹：{office}\n双击其中的 {'运行.bat' if WINDOWS else '运行.sh'}（或桌面上的快捷方式）开始。"
    )
    return 0


def refuse_python() -> None:
    """Say what is missing, and where to get it."""
    if sys.version_info < (3, 11):  # noqa: UP036 (an older one may run this)
        sys.exit(f"需要 Python 3.11 或更高版本，这里是 {sys.version.split()[0]}。{WHERE}")
    if struct.calcsize("P") != 8:
        sys.exit(f"需要 64 位的 Python，这里的是 32 位的。{WHERE}")
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit("这里的 Python 没有带 venv。Debian、统信、麒麟请先安装：sudo apt-get install -y python3-venv")
    made_for = f"cp{sys.version_info[0]}{sys.version_info[1]}-"
    if not any(made_for in path.name for path in (HERE / "wheels").glob("numpy-*.whl")):
        sys.exit(
            f"这个安装包里没有给 Python {sys.version_info[0]}.{sys.version_info[1]} 的库；请改用安装包支持的版本（见 读我.txt）。{WHERE}"
        )


def asked_office() -> str:
    """Where the office is to be; without a terminal in the home folder."""
    usual = Path.home() / "workbook-tool 办公"
    if not (sys.stdin and sys.stdin.isatty()):
        return str(usual)
    return input(f"办公文件夹放在哪里（直接回车：{usual}）：").strip().strip('"') or str(usual)


def shortcut(office: Path) -> None:
    """Put a shortcut to the office on the desktop; where there is none, or it cannot be, that is said and nothing lost."""
    desktop = next((p for name in ("Desktop", "桌面") if (p := Path.home() / name).is_dir()), None)
    if desktop is None:
        print("没有找到桌面文件夹，没有放快捷方式。")
    elif WINDOWS:
        script = (
            "$s = (New-Object -ComObject WScript.Shell).CreateShortcut($env:LINK); $s.TargetPath = $env:TARGET;"
            " $s.WorkingDirectory = $env:OFFICE; $s.Save()"
        )
        env = os.environ | {
            "LINK": f"{desktop / office.name}.lnk",
            "TARGET": f"{office / '运行.bat'}",
            "OFFICE": f"{office}",
        }
        if subprocess.run(["powershell", "-NoProfile", "-Command", script], env=env).returncode:
            print("快捷方式没有放成；请自己把 运行.bat 发送到桌面快捷方式。")
    else:
        entry = desktop / "workbook-tool.desktop"
        quoted = str(office / "运行.sh").replace("\\", "\\\\").replace('"', '\\"')
        entry.write_text(
            f'[Desktop Entry]\nType=Application\nName={office.name}\nExec="{quoted}"\nTerminal=true\n', encoding="utf-8"
        )
        entry.chmod(0o755)


def run(command: list[str | Path], doing: str) -> None:
    """Run a command, and end where it fails."""
    if code := subprocess.run([str(word) for word in command], cwd=HERE).returncode:
        sys.exit(f"{doing}没有成功（{code}），原因见上面。")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
