"""Spread: the other machines that read for this one."""

from __future__ import annotations

from msgspec import Struct


class Spread(Struct, frozen=True):
    """A Dask cluster by the address of its scheduler. ``shared`` says that its workers see the inbox under the same path as
    this machine does; else the files are sent along with the work."""

    scheduler: str
    shared: bool = False
