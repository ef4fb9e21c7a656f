"""Rules as live formulas: the text of a constraint over cells, for blank forms and for regional totals.

``places`` says in which sheet, row and column each number stands; ``home`` is the sheet on which the formula will
stand, whose own cells need no sheet name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from workbook_tool.model.cells import areas, position
from workbook_tool.model.form.conditions import Derivation
from workbook_tool.model.form.constraints import Constraint
from workbook_tool.model.form.expression import Amount, Expression, Leaf, Operation, leaves
from workbook_tool.model.form.form import Form

Places = dict[int, tuple[str, int, int]]
Area = tuple[tuple[int, int], tuple[int, int]]

UNDECIDED = "—"


def quote(text: str) -> str:
    """A text as a literal of a formula."""
    return '"' + text.replace('"', '""') + '"'


def rectangles(cells: Iterable[tuple[int, int]]) -> list[Area]:
    """The fewest rectangles that cover exactly these cells: first and last cell of each."""
    found = []
    for part in areas(cells).split(","):
        first, _, last = part.partition(":")
        found.append((position(first), position(last or first)))
    return found


def on_sheet(sheet: str) -> str:
    """The start of a reference to another sheet: ``'乙'!``."""
    return "'" + sheet.replace("'", "''") + "'!"


def references(indexes: Iterable[int], places: Places, home: str) -> str:
    """The cells of these items as arguments of a function: ``D8:D9,'乙'!C7``."""
    by_sheet: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for index in indexes:
        sheet, row, column = places[index]
        by_sheet[sheet].append((row, column))
    found = []
    for sheet, cells in by_sheet.items():
        prefix = "" if sheet == home else on_sheet(sheet)
        found += [prefix + part for part in areas(cells).split(",")]
    return ",".join(found)


def total(indexes: Iterable[int], places: Places, home: str) -> str:
    """The sum of these items: ``SUM(D9:D14)``, or the cell itself where it is one."""
    cells = references(indexes, places, home)
    return f"SUM({cells})" if ":" in cells or "," in cells else cells


def difference(constraint: Constraint, form: Form, places: Places, home: str) -> str:
    """Filed minus the value at ``at`` that closes the equation, in its own unit."""
    items = form.items
    decimals = {index: items[index].decimals for index, _ in constraint.terms}
    own = constraint.coefficients[constraint.at] * Fraction(10) ** decimals[constraint.at]
    by_factor: dict[Fraction, list[int]] = defaultdict(list, {Fraction(1): []})
    for index, coefficient in constraint.terms:
        by_factor[coefficient * Fraction(10) ** decimals[index] / own].append(index)
    formula = "".join(weighted(k, total(part, places, home)) for k, part in by_factor.items()).removeprefix("+")
    formula += weighted(constraint.constant / own, "1") if constraint.constant else ""
    # Cents do not add up exactly in binary; whole numbers do.
    return f"ROUND({formula},{max(decimals.values())})" if any(decimals.values()) else formula


def weighted(factor: Fraction, term: str) -> str:
    """A term with its sign and factor, as a formula writes it."""
    sign = "+" if factor > 0 else "-"
    size = abs(factor)
    return f"{sign}{term}" if size == 1 else f"{sign}{size.numerator}/{size.denominator}*{term}"


SIGNS = {"==": "=", "!=": "<>"}


def reckoned_formula(expression: Expression, places: Places, home: str) -> str:
    """An expression over cells of this filing, as a formula writes it. Raises KeyError where it speaks of anything else."""
    if isinstance(expression, Amount):
        number = expression.number
        return str(number.numerator) if number.denominator == 1 else f"{number.numerator}/{number.denominator}"
    if isinstance(expression, Leaf):
        return references([expression.index if not expression.earlier else -1], places, home)
    if isinstance(expression, Operation):
        left, right = (reckoned_formula(side, places, home) for side in (expression.left, expression.right))
        return f"({left}{SIGNS.get(expression.sign, expression.sign)}{right})"
    raise KeyError(str(expression))


def ratio_formula(derived: Derivation, form: Form, places: Places, home: str) -> str:
    """What a ratio comes to over these cells, empty where it comes to nothing; no formula where it looks back."""
    try:
        whole = reckoned_formula(derived.value, places, home)
    except KeyError:
        return ""
    return f'=IFERROR(ROUND({whole},{form.items[derived.at].decimals}),"")'


def ratio_check(derived: Derivation, form: Form, places: Places, home: str) -> str:
    """The live check of a ratio: undecided while a part of it is blank, else how far what is filed is off, beyond what
    rounding may do. No check where it looks back."""
    parts = [leaf.index for leaf in leaves(derived.value) if isinstance(leaf, Leaf)]
    meant = ratio_formula(derived, form, places, home).removeprefix("=")
    if not meant:
        return ""
    filed = references([derived.at], places, home)
    needed = [index for index in dict.fromkeys(parts) if not form.items[index].optional]
    exact = reckoned_formula(derived.value, places, home)
    slack = f"{derived.slack.numerator}/{derived.slack.denominator}"
    off = f"IF(ABS({filed}-{exact})<={slack}+1E-9,0,ROUND({filed}-{meant},{form.items[derived.at].decimals}))"
    known = f'IF({meant}="",0,IF({filed}="",{quote(UNDECIDED)},{off}))'
    if not needed:
        return f"={known}"
    return f"=IF(COUNT({references(needed, places, home)})<{len(needed)},{quote(UNDECIDED)},{known})"


def check_formula(constraint: Constraint, form: Form, places: Places, home: str) -> str:
    """The live check: undecided while a cell is blank that may not be, else the difference."""
    needed = [index for index, _ in constraint.terms if not form.items[index].optional]
    result = difference(constraint, form, places, home)
    if constraint.slack:
        item = form.items[constraint.at]
        own = Fraction(constraint.slack, abs(constraint.coefficients[constraint.at]) * 10**item.decimals)
        result = f"IF(ABS({result})<={own.numerator}/{own.denominator},0,{result})"
    if not needed:
        return f"={result}"
    return f"=IF(COUNT({references(needed, places, home)})<{len(needed)},{quote(UNDECIDED)},{result})"


def sum_formula(constraint: Constraint, form: Form, places: Places, home: str) -> str:
    """The total that a sum asks for; empty until all its parts are there but optional ones."""
    cells = references(constraint.parts, places, home)
    needed = [index for index in constraint.parts if not form.items[index].optional]
    decimals = max(form.items[index].decimals for index, _ in constraint.terms)
    result = f"ROUND(SUM({cells}),{decimals})" if decimals else f"SUM({cells})"
    return f'=IF(COUNT({references(needed, places, home)})<{len(needed)},"",{result})' if needed else f"={result}"
