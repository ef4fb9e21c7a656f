"""The file behind the log, which may be full or closed one day."""

from __future__ import annotations

import sys
from contextlib import suppress
from logging import LogRecord
from logging.handlers import RotatingFileHandler

from workbook_tool.model.errors import why


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
