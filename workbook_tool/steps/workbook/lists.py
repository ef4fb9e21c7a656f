"""Lists that can be filtered, one look for all; and 收件清单."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.season.filing import AnyFile
from workbook_tool.model.workbook.book import Book, BookSheet, ListTable, Print, Value
from workbook_tool.model.workbook.measure import text_height, text_width
from workbook_tool.steps.workbook.plan import FILES, GREY, LIST_TOP, Plan, heading

STATE_ROLES = {
    "已汇总": "ok",
    "待核": "warn",
    "退回": "bad",
    "未报": "bad",
    "不计入": "bad",
    "旧版": "info",
    "重复": "info",
    "到达中": "warn",
    "无法读取": "bad",
    "迟报": "warn",
    "已逾期": "bad",
}
HEAD_HEIGHT, LOWEST, HIGHEST = 24.0, 20.0, 400.0
PORTRAIT = 145
"""How broad a list may be to print upright without getting too small to read."""


@dataclass(frozen=True)
class ListCell:
    """A cell of a list that is more than its text: a role of its own, a formula, or a link."""

    value: Value = None
    role: str = ""
    formula: str = ""
    link: str = ""
    file: str = ""


def value_of(entry: Value | ListCell) -> Value:
    return entry.value if isinstance(entry, ListCell) else entry


def fitted(values: Iterable[Value | ListCell], least: float, most: float) -> float:
    """The width that shows the longest of these texts on one line, within limits."""
    longest = max((text_width(str(value_of(v))) for v in values if value_of(v) is not None), default=0)
    return round(min(max(least, longest + 3.5), most), 1)


def add_list(
    sheet: BookSheet,
    name: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[Value | ListCell]],
    roles: Sequence[str],
    size: float = 10.5,
) -> None:
    """A list that can be filtered, its rows as high as their longest text needs."""
    for column, header in enumerate(headers):
        sheet.put(LIST_TOP, column, header, "list_head")
    sheet.heights |= {LIST_TOP - 1: 6, LIST_TOP: max(HEAD_HEIGHT, row_height(sheet, headers, 10))}
    for number, row in enumerate(rows):
        line = LIST_TOP + 1 + number
        for column, (entry, role) in enumerate(zip(row, roles, strict=True)):
            put_entry(sheet, line, column, entry if isinstance(entry, ListCell) else ListCell(entry), role)
        sheet.heights[line] = row_height(sheet, [value_of(entry) for entry in row], size)
    if not rows:
        for column in range(len(headers)):
            sheet.put(LIST_TOP + 1, column, None, "cell")
    last = (LIST_TOP + max(1, len(rows)), len(headers) - 1)
    sheet.lists.append(ListTable((LIST_TOP, 0), last, name, tuple(headers)))
    sheet.freeze = (LIST_TOP + 1, 2)
    broad = sum(sheet.widths.get(column, 9) for column in range(len(headers))) > PORTRAIT
    sheet.print = Print(landscape=broad, wide=1, tall=0, repeat_rows=(LIST_TOP, LIST_TOP))


def put_entry(sheet: BookSheet, row: int, column: int, entry: ListCell, role: str) -> None:
    role = entry.role or (STATE_ROLES.get(str(entry.value), "cell_center") if role == "state" else role)
    sheet.put(row, column, entry.value, role, formula=entry.formula, link=entry.link, file=entry.file)


def row_height(sheet: BookSheet, row: Sequence[Value], size: float = 10.5) -> float:
    texts = [
        (value, sheet.widths.get(column, 9))
        for column, value in enumerate(row)
        if isinstance(value, str) and column not in sheet.hidden_columns
    ]
    return min(max([LOWEST, *(text_height(text, width, size) for text, width in texts)]), HIGHEST)


def add_files(book: Book, plan: Plan) -> None:
    """收件清单: every file of the inbox and where it ended."""
    headers = ("文件", "状态", "原因", "代码", "单位", "年度", "大小（字节）", "SHA-256（前 12 位）")
    roles = ("cell_wrap", "state", "cell_wrap", "cell_center", "cell_wrap", "cell_center", "cell_number", "cell_center")
    others = [files for files in other_years(plan) if len(files) > 1]
    gathered = {id(record) for files in others for record in files}
    shown = [r for r in plan.result.files if r.state is not State.IGNORED and id(r) not in gathered]
    rows: list[list[Value | ListCell]] = [
        [
            record.source.path,
            record.state.label,
            record.reason,
            record.agency.code if record.agency else "",
            agency_name(plan, record),
            record.year,
            record.source.size,
            record.source.sha256[:12],
        ]
        for record in shown
    ]
    rows += map(one_line, others)
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(headers)
    breadths = ((20, 46), (13, 13), (24, 54), (9, 25), (20, 34), (8, 8), (14, 14), (22, 22))
    widths = {n: fitted(columns[n], *limits) for n, limits in enumerate(breadths)}
    sheet = book.sheet(FILES, tab=GREY, widths=widths)
    told = "收件夹中的每一份文件都有且只有一个状态，压缩包和邮件里的也一样；其他年度的合为一行；临时文件和系统文件只记在 run.json。"
    empty = "收件夹里还没有可以列出的文件。" if not rows else f"共 {len(shown) + len(gathered)} 份。"
    heading(sheet, "收件清单", empty + told, len(headers))
    add_list(sheet, "tblFiles", headers, rows, roles)
    sheet.freeze = (LIST_TOP + 1, 1)


def agency_name(plan: Plan, record: AnyFile) -> Value | ListCell:
    """With the way to the agency's page, from the file that stands there."""
    if record.agency is None:
        return ""
    row = plan.agency_row.get(record.agency.code)
    agency = plan.result.agencies[row - LIST_TOP - 1] if row is not None else None
    page = plan.page_link(agency) if agency and agency.file is record else ""
    return ListCell(record.agency.name, "cell_link_left" if page else "", link=page)


def other_years(plan: Plan) -> list[list[FileRecord]]:
    """The files of other years, year by year: each is one line here."""
    files = plan.result.of_other_years
    return [[f for f in files if f.year == year] for year in sorted({f.year for f in files if f.year})]


def one_line(files: Sequence[FileRecord]) -> list[Value | ListCell]:
    """The files of another year as one line of 收件清单."""
    first, size = files[0], sum(record.source.size for record in files)
    why = f"{first.year} 年度的文件，没有计入；逐份见 run.json"
    return [f"（{len(files)} 份）", first.state.label, why, "", "", first.year, size, ""]
