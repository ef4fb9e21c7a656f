"""A cell as the reviewer sees it: what counts is what is shown, and where that is not what is stored both are said."""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec.structs import replace

from workbook_tool.model.form.items import Item
from workbook_tool.model.intake.look import RAISED, STRUCK, TINY, UNSEEN, Look, same_colour
from workbook_tool.model.intake.submission import Content
from workbook_tool.model.text import unspaced
from workbook_tool.steps.intake.parse.display import Shown, reads_as, show, show_text
from workbook_tool.steps.intake.parse.unit_words import scaled
from workbook_tool.steps.intake.parse.value import (
    Value,
    as_stored,
    read_number,
    read_text,
    read_value,
    takes,
    with_unit,
)

CUSTOMARY = Decimal("0.005")
"""Amounts are shown to two decimals everywhere, and nobody is asked about those behind them."""
DISFIGURED = (STRUCK, RAISED)


def read_cell(content: Content | None, look: Look | None, item: Item, unit: str = "") -> Value:
    """What a cell says for this item, as it is shown."""
    if look is None:
        return read_value(content, item, unit)
    value = read_as(content, look, item, unit)
    if look.perhaps is None or value.number is None:
        return value
    other = read_as(content, look.perhaps, item, unit)
    if other.number == value.number:
        return value
    shown = f"，它会显示为“{other.seen}”" if other.seen else f"，它会{other.why}" if other.why else ""
    return Value(problem="shown", why=f"有条件格式，条件成立时{shown.removeprefix('，')}，是否成立无法确定")


def read_as(content: Content | None, look: Look, item: Item, unit: str) -> Value:
    """What a cell says under one look."""
    if look.runs and isinstance(content, str):
        return read_runs(content, look, item, unit)
    if isinstance(content, (int, float)) and not isinstance(content, bool):
        value = read_shown(content, look.format, item, unit)
    elif isinstance(content, str):
        shown = show_text(look.format, content).strip()
        value = read_text(shown or content, item, unit)
        if shown and shown != content.strip() and value.number is not None:
            value = replace(value, problem="shown", weighty=True, why=f"存的是“{content}”", seen=shown)
    else:
        return read_value(content, item, unit)
    marks = [mark for mark in look.marks if mark in DISFIGURED]
    return Value(problem="struck", why=f"整格{'、'.join(marks)}") if marks and value.number is not None else value


def read_runs(content: str, look: Look, item: Item, unit: str) -> Value:
    """What a text says that looks different in places: what is struck through, raised or cannot be seen is no part of a
    number, and a number that it seems to be a part of is none."""
    whole = read_text(content, item, unit)
    marked = [run for run in look.runs if run.marks and run.text.strip()]
    if not marked or whole.problem == "blank" or unseen(content, look):
        return whole
    left = "".join(run.text for run in look.runs if not run.marks)
    part = read_text(left, item, unit)
    if part.number is not None and part.number == whole.number:
        return part
    if part.number is None and whole.number is None:
        return whole
    why = "、".join(f"“{run.text.strip()}”{'、'.join(run.marks)}" for run in marked)
    return Value(problem="struck", why=f"其中{why}")


def read_shown(stored: float, code: str, item: Item, unit: str) -> Value:
    """What a stored number says under its number format."""
    own, taken = item.unit, takes(item)
    if own == "%" and "%" in code:  # typed as 80% it is stored as 0.8
        return read_number(float(as_stored(stored) * 100), taken, "")
    plain = read_number(stored, taken, unit)
    number = as_stored(stored)
    shown = None if number.is_nan() else show(code, number)
    if shown is not None and shown.faithful and not shown.exact:
        return rounded_off(plain, shown, item, unit)
    if shown is None or shown.faithful or not shown.text or (not number and not re.search("[1-9]", shown.text)):
        return plain
    if in_own_unit(shown, number, own):
        return rounded_off(read_number(stored, taken, ""), shown, item, unit)
    told = replace(read_text(shown.text, item, unit), seen=shown.seen)
    remark = told.weighty and not told.why
    if shown.exact and told.number == number == plain.number and told.problem == "text" and not remark:
        return plain  # as 0"宗" shows it, or 0,"千件"
    stands = f"存的是 {number.normalize():f}"
    if told.problem == "approx":
        return told
    if (number < 0 and not item.negative) or not shown.exact or told.number is None:
        reason = "由显示的数得不出所存的数" if not shown.exact and told.number is not None else told.why
        return Value(problem="shown", why="，".join(filter(None, (stands, reason))), seen=shown.seen)
    return replace(told, problem="shown", why="，".join(filter(None, (stands, told.why))), weighty=True)


def rounded_off(plain: Value, shown: Shown, item: Item, unit: str) -> Value:
    """The number stored, of which the cell shows another one where it rounds: that is what was signed."""
    seen = read_text(shown.text, item, unit).number
    if shown.exact or plain.number is None or (seen is not None and abs(seen - plain.number) <= CUSTOMARY):
        return plain
    why = "，".join(filter(None, (f"存的是 {plain.number.normalize():f}，显示时舍入了", plain.why)))
    return replace(plain, problem="shown", why=why, weighty=True, seen=shown.seen)


def in_own_unit(shown: Shown, number: Decimal, own: str) -> bool:
    """Whether a cell shows the number stored, and beside it only the unit that its place is counted in."""
    measured = with_unit(unspaced(shown.text), own)
    return measured is not None and bool(own) and scaled(measured[1]) == scaled(own) and reads_as(measured[0], number)


def unseen(content: Content | None, look: Look | None) -> str:
    """Why nobody sees what stands in a cell; empty where it can be seen."""
    if look is None or content is None:
        return ""
    written = [run.marks for run in look.runs if run.text.strip()] or [look.marks]
    if hidden := "、".join(mark for mark in (UNSEEN, TINY) if all(mark in marks for marks in written)):
        hidden = f"的字{hidden}"
    if isinstance(content, str):
        empty = not show_text(look.format, content).strip()
    elif isinstance(content, (int, float)) and (shown := show(look.format, as_stored(content))):
        empty = not shown.seen
        if shown.colour and TINY not in look.marks:
            hidden = f"的字{UNSEEN}" if same_colour(shown.colour, look.ground) else ""
    else:
        empty = False
    return f"的数字格式“{look.format}”什么也不显示" if empty else hidden
