"""What may be chosen in the cells of a copy, offered there as in the issued form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbook_tool.model.form.register import RegisterColumn, as_column
from workbook_tool.model.intake.submission import Place
from workbook_tool.model.returns.returned import Return
from workbook_tool.model.workbook.book import Validation

YES_NO = ("是", "否")
LONGEST = 255
"""Excel takes no longer list in a drop-down that holds it itself."""


def drop_downs_in(given: Return, sheet: str) -> Iterator[Validation]:
    """The drop-downs of a sheet as it was read: for answers where they stand, for a list down its records."""
    submission = given.submission.as_filed
    for item in given.form.remarks:
        reading = submission.reading(item)
        if reading.sheet == sheet and reading.place:
            yield from offered(as_column(item), [reading.place])
    registers = {register.id: register for register in given.form.registers}
    for one in submission.lists:
        records = [record for record in one.records if record.sheet == sheet]
        for at, column in enumerate(registers[one.register].columns):
            yield from offered(column, [place for record in records if (place := record.place(at))])


def offered(column: RegisterColumn, places: Sequence[Place]) -> Iterator[Validation]:
    """A drop-down over these cells of a column and what is between them, where a few words may be chosen there."""
    words = YES_NO if column.kind == "yesno" else tuple(line.label for line in column.choices.lines)
    short = words and len(",".join(words)) <= LONGEST and not any("," in word for word in words)
    for across in sorted({column for _, column in places}) if short else ():
        rows = [row for row, other in places if other == across]
        first, last = (min(rows), across), (max(rows), across)
        yield Validation(first, last, "list", words, error_title="填写有误", error="请从下拉列表中选择。")
