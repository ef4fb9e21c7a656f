"""The log file of an office, for whoever maintains it."""

from __future__ import annotations

from pathlib import Path

from loguru import logger

from workbook_tool.model.errors import OutboxError


def off() -> None:
    """No log at all, for a command that writes nothing."""
    logger.remove()


def start(folder: Path) -> None:
    """Log to ``workbook-tool.log`` in this folder, and nowhere else. Raises OutboxError where it cannot be written."""
    logger.remove()
    try:
        folder.mkdir(exist_ok=True)
        logger.add(folder / "workbook-tool.log", rotation="5 MB", retention=5, encoding="utf-8", diagnose=False)
    except OSError as error:
        raise OutboxError(f"无法写日志 {folder}：{error.strerror}。请检查文件夹权限和磁盘空间。") from error
