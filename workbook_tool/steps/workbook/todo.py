"""需要处理 of 总览: one line for each kind of work, with the names as far as the page has room."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from workbook_tool.model.intake.inbox import State
from workbook_tool.model.returns.reminder import is_chased
from workbook_tool.model.season.agency import AgencyRecord, AgencyState, Timeliness
from workbook_tool.model.season.filing import is_unsure
from workbook_tool.model.workbook.book import BookSheet
from workbook_tool.model.workbook.measure import text_height, text_width
from workbook_tool.steps.workbook.corrections import CORRECTION_LIST
from workbook_tool.steps.workbook.overview_grid import PANEL, PANEL_WIDTH, UNIT
from workbook_tool.steps.workbook.plan import CHANGES, FILES, FINDINGS, REMINDERS, Plan, row_link
from workbook_tool.steps.workbook.turns import Turn

KIND, WORDS, LOOK = 4, 8, 2
LINES = 3
"""Lines of names for one kind of work, where there is no room for more."""
assert KIND + WORDS + LOOK == PANEL_WIDTH


class Task(Struct, frozen=True):
    """A kind of work: in a word and a role, of whom, what to do, and where to look. ``count`` is how many there are, if not
    as many as names."""

    word: str
    role: str
    names: tuple[str, ...]
    unit: str
    todo: str
    link: str
    count: int = 0


def tasks(plan: Plan) -> Iterator[Task]:
    """What people have to do, the most urgent first."""
    result = plan.result
    absent, rows = plan.missing, plan.reminder_row
    overdue = [r for r in absent if r.timeliness is not Timeliness.NOT_DUE]
    waiting = [r for r in absent if r.timeliness is Timeliness.NOT_DUE]
    if result.unlisted:
        paths = tuple(file.source.path for file in result.unlisted)
        yield Task("打不开", "bad", paths, "处", "查权限或网络盘，能打开后再运行；此前不催报", f"{FILES}!A1")
    if yours := [owner for (owner, _), turn in zip(plan.findings, plan.turns, strict=True) if turn is Turn.YOURS]:
        asking = tuple(dict.fromkeys(owner.agency.name for owner in yours))
        first = plan.finding_link(plan.turns.index(Turn.YOURS))
        yield Task(Turn.YOURS.value, "warn", asking, "条", "看单位说明，填处理意见", first, len(yours))
    if overdue:
        unknown = overdue[0].timeliness is Timeliness.UNKNOWN
        since = (
            f"最长逾期 {overdue[0].days_late} 天：" if overdue[0].days_late else "是否逾期无法确定：" if unknown else ""
        )
        todo = f"{since}按催报名单发出催报"
        yield Task("催报", "bad", names(overdue), "家", todo, row_link(REMINDERS, rows[overdue[0].agency.code]))
    if owing := [record for record in plan.chased if result.owed.get(record.agency.code)]:
        yield Task(
            "前期",
            "bad",
            names(owing),
            "家",
            "以前各期还没有报，按催报名单催报",
            row_link(REMINDERS, rows[owing[0].agency.code]),
        )
    if below := result.lacking:
        todo = "汇总结果里所属还有未报的：按催报名单请其催报"
        yield Task("催下级", "warn", names(below), "家", todo, row_link(REMINDERS, rows[below[0].agency.code]))
    returned = result.agencies_in(AgencyState.RETURNED)
    if returned:
        yield Task("退回", "bad", names(returned), "家", "把退改件发回，改正后重报", finding_link(plan, returned[0]))
    if asked := [owner for (owner, _), turn in zip(plan.findings, plan.turns, strict=True) if turn is Turn.EXPLAIN]:
        link, who = (
            plan.finding_link(plan.turns.index(Turn.EXPLAIN)),
            tuple(dict.fromkeys(o.agency.name for o in asked)),
        )
        yield Task(Turn.EXPLAIN.value, "warn", who, "家", "请单位说明原因，核实后可不改", link)
    if excluded := result.agencies_in(AgencyState.EXCLUDED):
        link = plan.agency_link(excluded[0].agency.code)
        yield Task(State.EXCLUDED.label, "warn", names(excluded), "家", "审核人决定不计入，原因见报送情况", link)
    if corrected := result.followed:
        link = CORRECTION_LIST.link(CORRECTION_LIST.row(result.corrections.index(corrected[0])))
        who = tuple(dict.fromkeys(record.agency.name for record, _ in corrected))
        yield Task("代改", "warn", who, "家", f"有 {len(corrected)} 处按代改的数计，请单位确认", link)
    if doubts := (*result.weeks.decided.conflicts, *result.weeks.decided.warnings):
        yield Task("意见", "warn", ("处理意见",), "处", f"有 {len(doubts)} 处没有采用或互相矛盾", f"{CHANGES}!A1")
    unread = (State.UNREADABLE, State.FOREIGN, State.ARRIVING)
    others = {f.source.path for f in (*result.of_other_years, *result.of_other_forms, *result.unlisted)}
    files = [f for f in result.files if is_unsure(f) or (f.state in unread and f.source.path not in others)]
    if files:
        paths = tuple(f"{file.source.path}（{file.state.label}）" for file in files)
        yield Task("收件", "warn", paths, "份", "没有计入：按原因请单位重新发来", f"{FILES}!A1")
    if waiting:
        yield Task(
            "未到期",
            "info",
            names(waiting),
            "家",
            "将到期的先提醒，届时仍未报的催报" if any(is_chased(r, result) for r in waiting) else "届时仍未报的催报",
            row_link(REMINDERS, rows[waiting[0].agency.code]),
        )


def names(records: list[AgencyRecord] | tuple[AgencyRecord, ...]) -> tuple[str, ...]:
    """The names of these agencies."""
    return tuple(record.agency.name for record in records)


def finding_link(plan: Plan, record: AgencyRecord) -> str:
    """The agency's first finding; its row in 报送情况 where a reviewer returned a file without any."""
    row = plan.first_finding.get(record.agency.code)
    return plan.agency_link(record.agency.code) if row is None else row_link(FINDINGS, row)


def shortened(task: Task, lines: int) -> str:
    """As many names as fit so many lines, and how many there are."""
    room = lines * (WORDS * UNIT - 3) - 14
    shown: list[str] = []
    for name in task.names:
        if shown and text_width("、".join([*shown, name])) > room:
            break
        shown.append(name)
    unit = "家" if task.count else task.unit
    more = f" 等 {len(task.names)} {unit}" if len(shown) < len(task.names) else ""
    return "、".join(shown) + more


def add_todo(sheet: BookSheet, plan: Plan, top: int, bottom: int) -> None:
    """Draw it beside the figures, which reach from ``top`` to above ``bottom``: a kind of work takes as many of their rows
    as its words need."""
    sheet.put(top, PANEL, "需要处理", "section", span=(2, PANEL_WIDTH))
    todo, row = list(tasks(plan)), top + 2
    if not todo:
        done = bool(plan.result.agencies)
        text = "全部单位已报，没有需要处理的问题。" if done else "还没有收到任何报表，也没有登记应报单位。"
        if done and not plan.result.run.roster.given:
            text = "报来的报表没有需要处理的问题；没有名录，未核对是否报全。"
        sheet.put(row, PANEL, text, "ok" if done else "info", span=(1, PANEL_WIDTH))
    lines = max(LINES, (bottom - row) // max(1, len(todo)) - 1)
    for task in todo:
        words = f"{task.todo}\n{shortened(task, lines)}"
        rows = taken(sheet, row, bottom, text_height(words, WORDS * UNIT))
        sheet.put(row, PANEL, f"{task.word} {task.count or len(task.names)} {task.unit}", task.role, span=(rows, KIND))
        sheet.put(row, PANEL + KIND, words, "cell_wrap", span=(rows, WORDS))
        sheet.put(row, PANEL + KIND + WORDS, "查看", "cell_link", span=(rows, LOOK), link=task.link)
        row += rows


def taken(sheet: BookSheet, row: int, bottom: int, height: float) -> int:
    """How many rows are as high as this; below the figures one is made so."""
    rows, high = 0, 0.0
    while high < height:
        if row + rows >= bottom:
            sheet.heights[row + rows] = max(20.0, height - high)
        high += sheet.heights.setdefault(row + rows, 20.0)
        rows += 1
    return rows
