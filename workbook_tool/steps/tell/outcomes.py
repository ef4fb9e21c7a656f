"""Tell: where the reports of a run stand and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import PeriodKind
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.office.settings import Settings
from workbook_tool.model.returns.reminder import is_chased
from workbook_tool.model.returns.returned import has_to_answer
from workbook_tool.model.season.agency import AgencyRecord, AgencyState, Timeliness
from workbook_tool.model.season.filing import AnyFile, is_unsure
from workbook_tool.model.season.periods import skipped_words
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.result import Consolidation

NAMES_SHOWN = 5
FIRST_STEPS = """下一步（先进入这个文件夹）：
  1. 在 config.toml 中填写地区、年度和截止日期
  2. 在 templates/名录.xlsx 中登记应报单位
  3. workbook-tool template --all --out 下发   生成空白填报表，发给各单位
  4. 收回的文件放入 inbox，再运行 workbook-tool run
"""


def closing(workbooks: Sequence[str]) -> str:
    """Where the workbooks are."""
    lines = [f"汇总工作簿：{workbook}" for workbook in workbooks] or ["（试运行，没有写出文件）"]
    return safe_text("\n".join(lines)) + "\n"


def outcomes(results: Sequence[Consolidation], written: bool = True) -> str:
    """Where each report stands and what to do next. ``written`` as for ``outcome``."""
    first, files = results[0], [file for result in results for file in result.files]
    return "".join(outcome(r, written, files if r is first else None) for r in results if not r.aside)


def other_periods(result: Consolidation) -> Iterator[str]:
    """The periods of which files came early or late, in a line; what is to be done about them in one each."""
    if others := result.others:
        named = [other.period.spaced for other in others]
        which = "、".join(named) if len(named) <= NAMES_SHOWN else f"{named[0]}至{named[-1]}，{len(named)} 期"
        count = sum(len(other.filed) for other in others)
        yield (
            f"其他{result.period.kind.label}的报表 {count} 家次（{which}），各按其期审核，不计入本期；"
            f"要看某一期的，加 --period {others[-1].period} 运行"
        )
    for other in others:
        for state, words in ((AgencyState.RETURNED, "请退回"), (AgencyState.HELD, "请核实")):
            if found := other.agencies_in(state):
                yield f"{other.period.said}：{words} {len(found)} 家：{names(found)}"


def due_unknown(settings: Settings, form: Form) -> str:
    """That the day on which all are due cannot be told, and what to do; empty where it can."""
    if form.due is None or settings.deadline:
        return ""
    period = settings.period
    return (
        f"《{form.title}》{period.said}在期满后 {form.due} 个工作日内报，截止日期算不出：还不知道 {period.next.last.year} 年的"
        "放假和调休安排。请在 config.toml 的 [calendar] 写明 holidays（放假的日子）和 workdays（调休上班的日子），或升级程序；"
        "在此之前，是否逾期记为无法确定。"
    )


def outcome(result: Consolidation, written: bool = True, files: Sequence[AnyFile] | None = None) -> str:
    """Where things stand and what to do next. ``written``: return copies and drafts of mails are there. ``files``: all of
    the inbox, where what is to be done about them is told here; of several reports the first tells it."""
    counts = {state: result.states.get(state, 0) for state in (*STANDS, *SELDOM)}
    figures = "，".join(f"{state.label} {n}" for state, n in counts.items() if n or state in STANDS)
    levels = "各级" if result.by_levels else ""
    due = f"{levels}应报 {result.due}" if result.run.roster.given else "没有名录，未核对应报单位"
    totals = "，".join(counted(result, severity) for severity in Severity)
    lines = [
        f"{result.region.name} {result.period.said}《{result.form.title}》  {due}，{figures}",
        f"审核问题：{totals}",
    ]
    steps = agency_steps(result, written)
    if files is not None:
        steps = [*inbox_steps(result, files), *steps, *(file_steps(result) if result.agencies else ())]
    lines += [
        *(steps or ["全部单位已报，没有需要处理的问题。"]),
        *([skipped_words(result.skipped, result.form.id)] if result.skipped else ()),
        *told_late(result),
        *aside(result.of_other_years),
        *of_forms(result.of_other_forms),
        *other_periods(result),
    ]
    lines += [result.run.last_year.words] if result.run.last_year.problem else result.run.last_year.doubts
    if result.weeks.drift:
        lines.append(result.weeks.drift.words)
    return safe_text("\n".join(lines)) + "\n"


def counted(result: Consolidation, severity: Severity) -> str:
    """``必须改 9 条（其中 3 条已代改）``."""
    found = [f for _, f in result.told if f.severity is severity]
    corrected = sum(f.corrected for f in found)
    return f"{severity.label} {len(found)} 条" + (f"（其中 {corrected} 条已代改）" if corrected else "")


def unchanged(run: str) -> str:
    """That an earlier run of the day stands, and how to run all the same."""
    return f"与 {run} 运行时相比什么都没有变，没有另写结果，仍用文件夹 {run}；要重新运行的加 --again。\n"


def compared_with(withdrawn: Sequence[str], newest: str) -> list[str]:
    """That runs which were withdrawn do not count, and which one counts instead; nothing where none was."""
    if not withdrawn:
        return []
    goes_on = f"本次接着 {newest} 往下算" if newest else "本次如同第一次运行"
    return [f"{'、'.join(withdrawn)} 已撤销，不算数：{goes_on}。"]


SELDOM = (AgencyState.EXCLUDED, AgencyState.COMPARED, AgencyState.UNKNOWN)
"""Told only where there are any."""
STANDS = (AgencyState.COUNTED, AgencyState.HELD, AgencyState.RETURNED, AgencyState.MISSING)


UNSURE = "没有报表的单位是否已报无法确定，没有催报；请检查权限或网络盘，再运行一次。"


def agency_steps(result: Consolidation, written: bool) -> list[str]:
    """What a person has to do now about agencies; one line for each kind of work."""
    if not result.agencies:
        return [
            "名录中还没有单位，收件夹里也没有可以计入的文件：请登记名录、把收到的文件放入收件夹，再运行一次。",
        ]
    steps = []
    returned, held = result.agencies_in(AgencyState.RETURNED), result.agencies_in(AgencyState.HELD)
    missing = result.agencies_in(AgencyState.MISSING)
    overdue = [record for record in missing if record.timeliness is Timeliness.MISSING]
    unknown = [record for record in missing if record.timeliness is Timeliness.UNKNOWN]
    not_due = [record for record in missing if record.timeliness is Timeliness.NOT_DUE]
    near = [record for record in not_due if is_chased(record, result)]
    waiting = [record for record in not_due if record not in near]
    if returned:
        steps.append(f"请退回 {len(returned)} 家改正：{names(returned)}")
    if held := tuple(record for record in held if not record.from_below):
        steps.append(f"请核实 {len(held)} 家需说明的问题：{names(held)}")
    drafts = "（邮件草稿在 reminders 文件夹）" if written else ""
    if overdue:
        steps.append(f"请催报 {len(overdue)} 家：{names(overdue)}{drafts}")
    if claimed := [record for record in missing if record.claims]:
        steps.append(f"来过文件、没有计入的 {len(claimed)} 家，催报以前请先看“报送情况”里的原因：{names(claimed)}")
    if unknown:
        steps.append(
            f"期满未报、截止日期算不出，是否逾期无法确定，可以催报 {len(unknown)} 家：{names(unknown)}{drafts}"
        )
    if owing := [record for record in result.agencies if result.owed.get(record.agency.code)]:
        whose = [f"{r.agency.name}（{'、'.join(o.period.within for o in result.owed[r.agency.code])}）" for r in owing]
        steps.append(f"以前各期还没有报的 {len(owing)} 家，请催报：{first_of(whose, '家', '“催报名单”')}{drafts}")
    if near:
        steps.append(f"即将到期，可以提醒 {len(near)} 家：{names(near)}{drafts}")
    if written and any(has_to_answer(record, result.form) for record in result.filed):
        steps.append("要发出的退改件和邮件草稿在结果文件夹的 returns 里。")
    if result.followed:
        mails = "（邮件草稿在 returns 文件夹）" if written else ""
        who = first_of(list(dict.fromkeys(record.agency.name for record, _ in result.followed)), "家", "“代改”")
        steps.append(f"代改 {len(result.followed)} 处，请单位确认：{who}{mails}")
    if waiting:
        steps.append(f"尚未到期 {len(waiting)} 家：{names(waiting)}")
    if excluded := result.agencies_in(AgencyState.EXCLUDED):
        steps.append(f"审核人决定不计入 {len(excluded)} 家：{names(excluded)}")
    compared = result.agencies_in(AgencyState.COMPARED)
    if relayed := [record for record in compared if record.file and record.file.submission.added_up]:
        steps.append(f"下级汇总结果 {len(relayed)} 份，按所属单位逐家计入：{names(relayed)}")
    if result.lacking:
        steps.append(f"请催下级 {len(result.lacking)} 家，所属还有未报的：{names(result.lacking)}")
    if result.again:
        steps.append(
            f"不止一处报来的 {len(result.again)} 家，只计了一次，请核实（见“问题清单”）：{names(result.again)}"
        )
    if compared := tuple(record for record in compared if record not in (*relayed, *result.again)):
        steps.append(f"汇总报表与所属单位都报了，{len(compared)} 家只比对、不重复计入：{names(compared)}")
    if doubts := len(result.weeks.decided.conflicts) + len(result.weeks.decided.warnings):
        steps.append(f"处理意见有 {doubts} 处须看（见“本周变化”）")
    return steps


def inbox_steps(result: Consolidation, files: Sequence[AnyFile]) -> list[str]:
    """What a person has to do now about the inbox itself."""
    steps = []
    if result.unlisted:
        closed = first_of([f.source.path for f in result.unlisted], "处")
        steps.append(f"收件夹里有 {len(result.unlisted)} 处打不开：{closed}。{UNSURE}")
    if result.agencies and all(f.state is State.IGNORED for f in files):
        steps.append("收件夹是空的：请把收到的文件放入收件夹，再运行一次。")
    return steps


def file_steps(result: Consolidation) -> list[str]:
    """What a person has to do now about files that are nobody's filing."""
    others = {
        f.source.path
        for f in (*result.of_other_years, *result.of_other_forms, *after_signing(result), *result.unlisted)
    }
    unread = (State.UNREADABLE, State.FOREIGN)
    unusable = [f for f in result.files if (f.state in unread and f.source.path not in others) or is_unsure(f)]
    arriving = [f for f in result.files if f.state is State.ARRIVING]
    steps = []
    if unusable:
        steps.append(f"请查看 {len(unusable)} 份未能计入的文件（见“收件清单”）：{paths(unusable)}")
    if arriving:
        steps.append(f"请等 {len(arriving)} 份文件传完后再运行一次：{paths(arriving, '“收件清单”')}")
    return steps


def after_signing(result: Consolidation) -> list[FileRecord]:
    """The files of other periods that came when those were signed already."""
    return [file for file in result.files if isinstance(file, FileRecord) and file.after_signing]


def told_late(result: Consolidation) -> Iterator[str]:
    """The same in a line for each period: a correction must not go under."""
    late = after_signing(result)
    for period in sorted({file.period for file in late if file.period}):
        files = [file for file in late if file.period == period]
        owing = [record.agency for record in result.agencies if not record.file and period == result.period.previous]
        same = [file.agency.name for file in files if file.agency and file.agency in owing]
        doubt = f"。{first_of(same, '家')}还没有报 {result.period.spaced}的，请先看是不是没有改报告{period.kind.label}"
        yield (
            f"{period.spaced}定稿以后又收到 {len(files)} 份，没有审核：{paths(files)}；"
            f"要改的，加 --form {result.form.id} --period {period} 运行，再定稿{doubt if same else ''}"
        )


def aside(others: Sequence[FileRecord]) -> list[str]:
    """Files of other years, in one line: nobody has to do anything about them."""
    periods = "、".join(period.spaced for period in sorted({f.period for f in others if f.period}))
    kinds = [file.period.kind.label for file in others if file.period]
    years = all(kind == PeriodKind.YEAR.label for kind in kinds)
    rest = "确是往年的不用处理" if years else "已经定稿的、这次没有汇总的不用处理"
    return (
        [f"另有其他{'、'.join(dict.fromkeys(kinds))}的文件 {len(others)} 份（{periods}），没有计入；{rest}"]
        if others
        else []
    )


def of_forms(others: Sequence[FileRecord]) -> list[str]:
    """Files of other forms, in one line: they wait for their own report."""
    return [f"另有本单位其他表的文件 {len(others)} 份，这次没有汇总；不用处理"] if others else []


def paths(files: Sequence[AnyFile], where: str = "") -> str:
    """Some files by their paths, and how many more there are."""
    return first_of([f.source.path for f in files], "份", where)


def names(records: Sequence[AgencyRecord]) -> str:
    """Some agencies by name, and how many more there are."""
    return first_of([r.agency.name for r in records], "家", "“报送情况”")


def first_of(names: Sequence[str], unit: str, where: str = "") -> str:
    """The first of these names; where that is not all, how many there are, and ``where`` they stand."""
    rest = f" 等 {len(names)} {unit}" + (f"（全部见{where}）" if where else "")
    return "、".join(names[:NAMES_SHOWN]) + (rest if len(names) > NAMES_SHOWN else "")
