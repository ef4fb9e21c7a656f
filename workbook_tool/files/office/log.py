"""The log file of an office, for whoever maintains it."""

from __future__ import annotations

import sys
from contextlib import suppress
from logging import LogRecord
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from loguru import logger

from workbook_tool.model.errors import OutboxError, why

SCREEN: list[TextIO] = []
"""Where the log is shown besides."""


def shown(wanted: bool) -> None:
    """Show the log on the screen too, or not."""
    SCREEN[:] = [sys.stderr] if wanted and sys.stderr else []


def off() -> None:
    """No log at all, for a command that writes nothing, unless it is to be shown."""
    logger.remove()
    for stream in SCREEN:
        logger.add(stream, diagnose=False)


def start(folder: Path) -> None:
    """Log to ``workbook-tool.log`` in this folder, and nowhere else but where it is to be shown. Raises OutboxError where it
    cannot be written."""
    off()
    try:
        folder.mkdir(exist_ok=True)
        logger.add(
            LogFile(folder / "workbook-tool.log", maxBytes=5 << 20, backupCount=5, encoding="utf-8"), diagnose=False
        )
    except OSError as error:
        raise OutboxError(f"无法写日志 {folder}：{why(error)}。请检查文件夹权限和磁盘空间。") from error


class LogFile(RotatingFileHandler):
    """A log that tells once where it cannot be written any more: the run does not depend on it, and goes on."""

    told = False

    def close(self) -> None:
        """Close it; what it could not write has been told by then."""
        with suppress(OSError):
            super().close()

    def handleError(self, record: LogRecord) -> None:  # noqa: N802
        """Say it on standard error, where the log itself cannot."""
        error = sys.exc_info()[1]
        if not self.told and sys.stderr:
            reason = why(error) if isinstance(error, OSError) else str(error)
            with suppress(OSError):
                print(f"日志 {self.baseFilename} 写不进去：{reason}。运行照常进行，结果不受影响。", file=sys.stderr)
        self.told = True
