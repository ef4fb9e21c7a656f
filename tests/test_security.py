"""SECURITY.md names tests that are there, for every promise."""

from __future__ import annotations

import re

from tests.grids import ROOT


def test_every_promise_names_tests_that_exist() -> None:
    rows = re.findall(r"(?m)^\| (\d+) \|.*$", (text := (ROOT / "SECURITY.md").read_text(encoding="utf-8")))
    assert [int(number) for number in rows] == list(range(1, len(rows) + 1)) and len(rows) >= 25
    for line in re.findall(r"(?m)^\| \d+ \|.*$", text):
        named = re.findall(r"`(test_\w+)::(test_\w+)`", line)
        assert named, line
        for module, test in named:
            code = (ROOT / "tests" / f"{module}.py").read_text(encoding="utf-8")
            assert re.search(rf"(?m)^def {test}\(", code), f"{module}::{test}"
