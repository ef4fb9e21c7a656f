"""The log file of an office, for whoever maintains it. The library is loaded with the first log: a check has none."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO

from workbook_tool.model.errors import OutboxError, why

SCREEN: list[TextIO] = []
"""Where the log is shown besides."""


def shown(wanted: bool) -> None:
    """Show the log on the screen too, or not."""
    SCREEN[:] = [sys.stderr] if wanted and sys.stderr else []


def off() -> None:
    """No log at all, for a command that writes nothing, unless it is to be shown."""
    os.environ["LOGURU_AUTOINIT"] = "0"  # loaded from here on, it says nothing by itself
    if SCREEN or "loguru" in sys.modules:
        from loguru import logger

        logger.remove()
        for stream in SCREEN:
            logger.add(stream, diagnose=False)


def start(folder: Path) -> None:
    """Log to ``workbook-tool.log`` in this folder, and nowhere else but where it is to be shown. Raises OutboxError where it
    cannot be written."""
    from loguru import logger

    from workbook_tool.files.office.log_file import LogFile

    off()
    try:
        folder.mkdir(exist_ok=True)
        logger.add(
            LogFile(folder / "workbook-tool.log", maxBytes=5 << 20, backupCount=5, encoding="utf-8"), diagnose=False
        )
    except OSError as error:
        raise OutboxError(f"无法写日志 {folder}：{why(error)}。请检查文件夹权限和磁盘空间。") from error
