"""A handful of the faults that ``python -m tests.injection`` injects into a run; and no run reaches for a network."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.injection import Point, Trial

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace, which is not installed")


def test_a_run_that_is_killed_or_finds_the_disk_full_loses_nothing(tmp_path: Path) -> None:
    trial = Trial(tmp_path, filings=0, earlier=False)  # which also looks whether it reaches for a network
    last = trial.counts["fsync"]
    for point, codes in ((Point("rename", 1, "KILL"), (-9, 137)), (Point("fsync", last, "EIO"), (0,))):
        struck = trial.strike(point, rerun=point.fault == "KILL")
        assert struck.reached, point
        assert struck.wrong == ()
        assert struck.code in codes
    assert "磁盘没有确认" in struck.said, "the last is the outbox itself: the folder is there"
