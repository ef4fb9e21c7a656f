"""Spread: the other machines that read for this one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """A Dask cluster by the address of its scheduler. ``shared`` says that its workers see the inbox under the same path as
    this machine does; else the files are sent along with the work."""

    scheduler: str
    shared: bool = False
