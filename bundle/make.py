"""Makes workbook-tool-<version>.zip: everything that installs the program on a computer without a network.

python3 tasks.py bundle                                          wheels for 64-bit Windows and Linux, Intel and ARM
python3 tasks.py bundle --system linux-x86_64 --python 3.11      only these
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SYSTEMS = {
    "windows": ["win_amd64"],
    "linux-x86_64": ["manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"],
    "linux-aarch64": ["manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64"],
}
"""What the bundle is for; 统信 and 麒麟 are Linux of either kind."""
PYTHONS = ["3.11", "3.12", "3.13"]
INSTALLERS = ("安装.bat", "安装.sh", "install.py", "读我.txt")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--system", choices=SYSTEMS, action="append", help="only for this system (may be given again)")
    parser.add_argument("--python", choices=PYTHONS, action="append", help="only for this Python (may be given again)")
    parser.add_argument("--out", type=Path, default=ROOT, help="where the zip goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "workbook-tool"
        wheels = folder / "wheels"
        pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT)
        (wheel,) = wheels.glob("*.whl")
        for system in options.system or SYSTEMS:
            for python in options.python or PYTHONS:
                fetch(wheels, system, python)
        for name in INSTALLERS:
            shutil.copy(ROOT / "bundle" / name, folder)
        (folder / "安装.sh").chmod(0o755)
        shutil.copy(ROOT / "pinned" / "run.txt", folder / "pinned.txt")
        shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("pictures"))
        name = "-".join(wheel.name.split("-")[:2])
        made = shutil.make_archive(str(options.out / name), "zip", place, folder.name)
    print(f"{made}  {Path(made).stat().st_size >> 20} MiB")
    return 0


def fetch(wheels: Path, system: str, python: str) -> None:
    """The pinned wheels for one system and Python. Some are built for either, and come once."""
    platforms = [word for platform in SYSTEMS[system] for word in ("--platform", platform)]
    pinned = pinned_for(system, python)
    with tempfile.TemporaryDirectory() as place:
        listed = Path(place) / "pinned.txt"
        listed.write_text(pinned, encoding="utf-8")
        version = ["--python-version", python, "--implementation", "cp"]
        pip(
            "download",
            "--no-deps",
            "--only-binary=:all:",
            *version,
            *platforms,
            "-d",
            wheels,
            "--require-hashes",
            "-r",
            listed,
        )


def pinned_for(system: str, python: str) -> str:
    """What is pinned for a system and Python: pip would take this computer's own for those of every marker."""
    from packaging.requirements import Requirement

    windows = system == "windows"
    marks = {
        "sys_platform": "win32" if windows else "linux",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_machine": "AMD64" if windows else system.partition("-")[2],
        "os_name": "nt" if windows else "posix",
        "platform_system": "Windows" if windows else "Linux",
    }
    entries = (ROOT / "pinned" / "run.txt").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
    kept = []
    for entry in filter(str.strip, entries):
        requirement = Requirement(entry.partition("--hash")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(marks):
            kept.append(f"{requirement.name}{requirement.specifier} {entry[entry.index('--hash') :]}")
    return "\n".join(kept) + "\n"


def pip(*words: str | Path) -> None:
    """Run pip, and end where it fails."""
    done = subprocess.run([sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, words)])
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    sys.exit(main())
