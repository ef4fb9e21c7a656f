"""Remind: the words to send to every agency that has not filed and is past or near its deadline (催报)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.returns.letter import Letter
from workbook_tool.model.returns.reminder import day, owing, plea, plea_below
from workbook_tool.model.season.agency import AgencyRecord
from workbook_tool.model.season.filing import AnyFile
from workbook_tool.model.season.periods import Owed
from workbook_tool.model.workbook.result import Consolidation

REGIONS = "贵地区用本程序汇总的，不必另填：把结果文件夹打成一个压缩包发回即可。"
REGIONS_AGAIN = "把结果文件夹打成一个压缩包发回即可；已经报来的单位不必重报。"


def remind(result: Consolidation) -> tuple[Letter, ...]:
    """A letter for each agency that owes this period or an earlier one, in roster order. Whoever need not report this year,
    or whose file is just arriving, is left alone. A region whose result lacks agencies is asked to chase those, in
    the one letter that it gets: nobody writes to them past it."""
    letters = (letter(record, owed, result) for record in result.agencies if (owed := owing(record, result)))
    below = (letter_below(record, result) for record in result.lacking if not owing(record, result))
    return (*letters, *below)


def files_of(record: AgencyRecord, result: Consolidation, *states: State) -> list[str]:
    """What came from the agency for this year and ended in one of these states: the file and why."""
    return [
        f"“{file.source.path}”{file.state.label}：{file.reason}"
        for file in result.came_from.get(record.agency, ())
        if file.state in states and file.period in (None, result.period)
    ]


def of_period_before(record: AgencyRecord, result: Consolidation) -> list[AnyFile]:
    """What came from the agency and says the period before, although that was signed by then, or was filed as it stands under
    another name: mostly the file of this period whose head nobody changed, or the last one sent again."""
    came = result.came_from.get(record.agency, ())
    names: dict[str, set[str]] = {}
    for file in came:
        names.setdefault(file.source.sha256, set()).add(re.split("[/!]", file.source.path)[-1])
    return [
        file
        for file in came
        if isinstance(file, FileRecord)
        and (file.form, file.period) == (result.form.id, result.period.previous)
        and (file.after_signing or (file.state is State.DUPLICATE and len(names[file.source.sha256]) > 1))
    ]


def letter(record: AgencyRecord, owed: Sequence[Owed], result: Consolidation) -> Letter:
    """A reminder of all that is owed: what came and could not be used, how to file, and whom to ask."""
    agency, form, periods = record.agency, result.form, tuple(one.period for one in owed)
    late = any(one.deadline is None or result.as_of > one.deadline for one in owed)
    which = f"{'、'.join(period.full for period in periods)}《{form.title}》"
    subject = f"{'催报' if late else '提醒'}：{which}（{agency.name}）"
    unusable = [*files_of(record, result, State.UNREADABLE, State.FOREIGN, State.ATTACHMENT), *record.claims]
    before = "、".join(f"“{file.source.path}”" for file in of_period_before(record, result))
    wrong = (
        f"收到的{before}写的是 {result.period.previous.spaced}的，没有作为 {result.period.spaced}的计入；"
        "是填错或发错的，请更正后重新报送。"
    )
    lines = [
        f"{agency.name}：",
        "",
        plea(result, record),
        *([wrong] if before else []),
        *([f"此前收到过贵单位的文件，但没有能计入：{'；'.join(unusable)}。请据此更正后重新报送。"] if unusable else []),
        "请用附件中的填报表（与先前下发的相同，已在填的接着填即可）填报，核对各表上方显示“✔”后，以 .xlsx 文件发回本邮箱。"
        "确实没有发生的事项填 0。",
        *([f"另外，{plea_below(result, record)}{REGIONS_AGAIN}"] if record in result.lacking else []),
        *([REGIONS] if agency.scope and agency.scope == form.whole_scope else []),
        "",
        *signature(result),
    ]
    return Letter(agency, subject, "\n".join(lines) + "\n", result.run.settings.tag, periods)


def letter_below(record: AgencyRecord, result: Consolidation) -> Letter:
    """What a region is written that lacks some of its own agencies."""
    subject = f"催报：{result.period.full}《{result.form.title}》（{record.agency.name}所属未报）"
    lines = [f"{record.agency.name}：", "", plea_below(result, record), REGIONS_AGAIN, "", *signature(result)]
    return Letter(record.agency, subject, "\n".join(lines) + "\n", result.run.settings.tag)


def signature(result: Consolidation) -> list[str]:
    """Whom to ask, who writes, and when."""
    contact = result.run.settings.contact
    return [*([f"联系人：{contact}"] if contact else []), result.region.name, day(result.as_of)]
