"""Reads .doc and .wps as LibreOffice does, where it is installed: it saves them as .docx, and we read that.

It runs below the worker that reads the file, and so within its caps on memory; it has a profile of its own that is
thrown away, a clock of its own, no macros, and no network where the system can take that away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from workbook_tool.files.intake.formats.kinds import SEND
from workbook_tool.model.errors import Document

KIND = "Word 或 WPS 文字文件（.doc、.wps）"
NAMES = ("soffice", "libreoffice")
PLACES = (
    Path("/Applications/LibreOffice.app/Contents/MacOS/soffice"),
    Path("C:/Program Files/LibreOffice/program/soffice.exe"),
)
SAVE_AS = f"这是{KIND}，这台计算机上没有装 LibreOffice，读不了；请另存为 .docx，或{SEND.removeprefix('请')}"
FAILED = f"这是{KIND}，LibreOffice 打不开，可能没有传完、有密码或已损坏；请另存为 .docx，或{SEND.removeprefix('请')}"
SECONDS = 60
NOWHERE = "http://127.0.0.1:9"
"""Where whatever asks for a page is sent: nobody answers there."""
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""Of its profile: no macros, nothing fetched from elsewhere."""


@cache
def office() -> str:
    """Where LibreOffice is; empty where it is not installed."""
    found = [shutil.which(name) for name in NAMES] + [str(place) for place in PLACES if place.exists()]
    return next(filter(None, found), "")


@cache
def unshared() -> tuple[str, ...]:
    """What to put before a command so that it has no network; nothing where the system does not do that for us."""
    command = shutil.which("unshare")
    if command is None:
        return ()
    alone = (command, "--map-current-user", "--net")
    tried = subprocess.run([*alone, "true"], capture_output=True, timeout=10, check=False)
    return alone if tried.returncode == 0 else ()


def as_docx(content: bytes, ending: str = "doc") -> bytes:
    """The document as a .docx. Raises Document where LibreOffice is not there or does not open it."""
    if not office():
        raise Document(SAVE_AS)
    with tempfile.TemporaryDirectory(prefix="document-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / f"a.{ending}").write_bytes(content)
        profile = home / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
        run(
            [
                *unshared(),
                office(),
                f"-env:UserInstallation={(home / 'profile').as_uri()}",
                *("--headless", "--norestore", "--nolockcheck", "--convert-to", "docx:MS Word 2007 XML"),
                *("--outdir", str(home / "made"), str(home / f"a.{ending}")),
            ],
            home,
        )
        made = home / "made" / "a.docx"
        if not made.is_file():
            raise Document(FAILED)
        return made.read_bytes()


def run(command: list[str], home: Path) -> None:
    """Let it work for as long as it may. Whatever it started ends with it."""
    surroundings = {**os.environ, "HOME": str(home), "TMPDIR": str(home)}
    surroundings |= dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy"), NOWHERE)
    silent = subprocess.DEVNULL
    with subprocess.Popen(
        command, cwd=home, env=surroundings, stdin=silent, stdout=silent, stderr=silent, start_new_session=True
    ) as process:
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise Document(FAILED) from None
        finally:
            end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End it with all that it started."""
    if hasattr(os, "killpg"):
        import signal

        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
    else:
        process.kill()
