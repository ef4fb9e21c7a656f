"""What a program and all its processes took, whoever of them started the others and ended last. Needs Linux."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER: whoever loses the process that started him becomes a child of ours, to be waited for."""
TELLS = sys.platform == "linux"
"""Only there the system tells it all."""


class Cost(Struct, frozen=True):
    """Seconds of the clock and of the processor, and the memory of the largest process in MiB."""

    wall: float
    cpu: float
    memory: int


def cost_of(words: Sequence[object], **how: Any) -> tuple[int, Cost]:
    """The exit code of a program and what it cost."""
    ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)
    start, cpu, memory, codes = time.monotonic(), 0.0, 0, {}
    first = subprocess.Popen([os.fspath(word) for word in words], start_new_session=True, **how)
    while True:
        try:
            pid, status, usage = os.wait4(-first.pid, 0)
        except ChildProcessError:  # all have ended
            break
        codes[pid] = os.waitstatus_to_exitcode(status)
        cpu, memory = cpu + usage.ru_utime + usage.ru_stime, max(memory, usage.ru_maxrss >> 10)
    ctypes.CDLL(None).prctl(
        SUBREAPER, 0, 0, 0, 0
    )  # else what a later test orphans stays with us, neither there nor gone
    first.returncode = codes[first.pid]
    return first.returncode, Cost(time.monotonic() - start, cpu, memory)
