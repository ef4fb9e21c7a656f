"""What nobody sees in a text: left out of names, codes, labels and numbers before anything is made of them."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.grids import annual_report, distinct, filled, submission
from workbook_tool.model.intake.submission import Sheet
from workbook_tool.model.text import label_key, squash, unspaced, visible
from workbook_tool.steps.intake.invisible import as_seen

FORM = annual_report()
UNSEEN = ["\u200b", "\ufeff", "\u202c", "\u200e", "\xad", "\u2060", "\ufe0f", "\u200d", "\x07", "\u2067"]


@pytest.mark.parametrize("mark", UNSEEN, ids=[f"U+{ord(mark):04X}" for mark in UNSEEN])
def test_a_mark_that_nobody_sees_changes_nothing(mark: str) -> None:
    assert visible(f"示例县{mark}教育局") == "示例县教育局"
    assert squash(f"{mark}甲 县") == "甲县" and unspaced(f"1{mark} 7{mark}") == "17"
    assert label_key(f"（{mark}七）总{mark}计") == label_key("（七）总计")
    marked = [
        replace(s, cells={at: f"{c[:1]}{mark}{c[1:]}" if isinstance(c, str) else c for at, c in s.cells.items()})
        for s in filled(FORM, distinct(FORM))
    ]
    assert submission(FORM, list(as_seen(marked))).findings == ()
    assert submission(FORM, list(as_seen(marked))).numbers() == submission(FORM, filled(FORM, distinct(FORM))).numbers()


def test_a_cell_with_nothing_to_be_seen_is_blank() -> None:
    (sheet,) = as_seen([Sheet("表", {(0, 0): "\u200b\ufeff", (0, 1): 5.0, (0, 2): "0\u200b71"})])
    assert sheet.cells == {(0, 1): 5.0, (0, 2): "071"}
    plain = Sheet("表", {(0, 0): "甲\n乙"})
    assert as_seen([plain]) == (plain,) and as_seen([plain])[0] is plain


def test_what_turns_digits_round_stays() -> None:
    assert visible("\u202e12") == "\u202e12"
