"""What the cells of a list's rows say, by the head that they stand under: its units, its formulas, its formats."""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.model.form.register import Register
from workbook_tool.model.intake.submission import Content, Place, Uncomputed
from workbook_tool.model.text import shortened
from workbook_tool.steps.intake.parse.arithmetic import Arithmetic
from workbook_tool.steps.intake.parse.register_cells import Told, as_written, read_row_cell
from workbook_tool.steps.intake.parse.register_heads import RegisterHead
from workbook_tool.steps.intake.parse.register_rows import BodyRow


class RowCells(Struct):
    """The cells of one list; most say what others have said, which is ``known``."""

    register: Register
    arithmetic: Arithmetic
    known: dict[tuple[object, ...], Told] = field(default_factory=dict)

    def told(self, line: BodyRow, number: int, head: RegisterHead) -> Told:
        """What a cell says; a sum that is worked out otherwise than it is stored counts as it is worked out."""
        column, place = self.register.columns[number], (line.row, head.columns[self.register.columns[number].id])
        content = line.own[number]
        if column.kind == "number" and place in head.sheet.formulas:
            computed = self.arithmetic.replacing(head.sheet, place)
            if computed is not None and not isinstance(content, Uncomputed):
                return self.recomputed(line, number, head, computed)
            content = float(computed) if computed is not None else content
        return self.read_as(content, number, head, place)

    def recomputed(self, line: BodyRow, number: int, head: RegisterHead, computed: Decimal) -> Told:
        """What the cell of a formula says that comes to another number than is stored with it."""
        place = (line.row, head.columns[self.register.columns[number].id])
        told, formula = self.read_as(float(computed), number, head, place), self.arithmetic.text(head.sheet, place)
        right = f"{computed.normalize():f}"
        why = f"是公式（={shortened(formula)}）存的结果，按所引各格应为 {right}，已按 {right} 审核"
        return told if told.problem else replace(told, problem="stale", why=why, brief="公式存的结果过时")

    def read_as(self, content: Content, number: int, head: RegisterHead, place: Place) -> Told:
        """What this content says in a cell of a column."""
        column = self.register.columns[number]
        unit, look = head.units.get(column.id, ""), head.sheet.looks.get(place)
        if column.kind == "text":
            told = read_row_cell(content, look, column, unit)
            return as_written(told, column) if head.sheet.untyped else told
        key = (number, type(content), content, id(look), unit)  # most cells say what others have said
        if key not in self.known:
            told = read_row_cell(content, look, column, unit)
            self.known[key] = as_written(told, column) if head.sheet.untyped else told
        return self.known[key]
