"""Reads the roster 名录: who must report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from workbook_tool.files.office.roster_rows import Row, read_grid, rows_of
from workbook_tool.files.office.roster_tables import with_tables
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.mail.mailbox import ADDRESS
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.regex import regex
from workbook_tool.model.text import squash

SHORTENED = regex(r"\d(?:\.\d+[Ee]\+?|[Ee]\+)\d+")
LONGEST_EXACT = 10**15
"""From here on Excel keeps no more than 15 digits of a number."""


def load_roster(path: Path | None) -> Roster:
    """The roster of an .xlsx or .csv file; without a file, one that is not given and accepts every agency.

    Raises OfficeError, with the row and the column, where it is wrong: who must report is never guessed.
    """
    if path is None:
        return Roster((), given=False)
    notes: list[str] = []
    rows = list(rows_of(path.name, read_grid(path), notes))
    agencies = tuple(read_agency(row) for row in rows)
    refuse_twins(rows, agencies)
    notes += [told for row, agency in zip(rows, agencies, strict=True) for told in doubtful_mail(row, agency.mail)]
    # A new office's roster has no rows yet: then nobody is turned away, and completeness is said to be unchecked.
    told = tuple(f"名录 {path.name}：{note}" for note in notes)
    return with_tables(Roster(agencies, given=bool(agencies), notes=told), path)


def doubtful_mail(row: Row, mail: str) -> Iterator[str]:
    """What is no mail address among those of a row: letters would not go there."""
    for part in re.split(r"[、;；,，\s]+", mail):
        if part and not ADDRESS.fullmatch(part):
            yield f"第 {row.number} 行的邮箱“{part}”不像邮箱地址，信发不到那里，请改正"


def read_code(row: Row) -> str:
    """The code of a row. Raises OfficeError where a spreadsheet program has lost some of its digits."""
    code, stored = row.need("代码"), row.values["代码"]
    if SHORTENED.fullmatch(code) or (isinstance(stored, float) and stored >= LONGEST_EXACT):
        raise row.fail("代码", f"“{code}” 是被表格软件改写的长代码，后面的位数已经丢了：先把这一列设为文本，再重新填")
    return code


def read_agency(row: Row) -> Agency:
    """A row as an agency. Raises OfficeError where a value cannot be understood."""
    return Agency(
        code=read_code(row),
        name=row.need("名称"),
        aliases=several(row.text("别名")),
        category=row.text("类别"),
        parent=row.text("上级"),
        scope=row.text("报告口径"),
        deadline=row.date("截止日期"),
        due_from=row.year("应报起"),
        due_to=row.year("应报止"),
        mail=row.text("邮箱"),
        forms=several(row.text("表式")),
        former=several(row.text("原代码")),
        empowered=row.yes_or_no("规章制定权"),
        contact=row.text("联系人"),
        phone=row.text("联系电话"),
    )


def several(text: str) -> tuple[str, ...]:
    """The parts of a cell that lists several things."""
    return tuple(part.strip() for part in re.split("[、，,；;]", text) if part.strip())


WILD = frozenset("*?~")
"""What stands for any text where Excel looks for a code, as it takes A1 and a1 for one."""
SPLIT = "：拆分的单位上年的数分不开，原代码只写在承接它的一家，别的不写（上年的数未知）"
"""What to do where two agencies would follow the same former one."""


def refuse_twins(rows: list[Row], agencies: tuple[Agency, ...]) -> None:
    """Raises OfficeError where a code stands twice, or a name or alias could mean two agencies. The numbers of an
    agency that was split cannot be told apart, so a former code belongs to one agency."""
    codes: dict[str, Row] = {}
    former: dict[str, Row] = {}
    names: dict[str, Row] = {}
    for row, agency in zip(rows, agencies, strict=True):
        if set(agency.code) & WILD:
            raise row.fail("代码", f"“{agency.code}”里不能有 {'、'.join(sorted(WILD))}")
        claim(codes, agency.code.casefold(), row, "代码", agency.code)
        claim(names, squash(agency.name), row, "名称", agency.name)
        for alias in agency.aliases:
            claim(names, squash(alias), row, "别名", alias)
        for code in agency.former:
            claim(former, code, row, "原代码", code, SPLIT)


def claim(taken: dict[str, Row], key: str, row: Row, heading: str, shown: str, advice: str = "") -> None:
    """Take a code or name for a row. Raises OfficeError where another row has it."""
    owner = taken.setdefault(key, row)
    if owner is not row:
        raise row.fail(heading, f"“{shown}” 与第 {owner.number} 行重复{advice}")
