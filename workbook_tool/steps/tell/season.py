"""Tell: how an office stands between two runs, what was signed and what was taken back, as a few lines on a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec.structs import asdict

from workbook_tool.model.season.agency import AgencyState
from workbook_tool.model.season.changes import Signed
from workbook_tool.model.season.history import PastRun
from workbook_tool.model.season.work import OVERDUE, Work
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.manifest import Published
from workbook_tool.model.workbook.standing import Standing
from workbook_tool.steps.tell.outcomes import STANDS, first_of

ALL = " workbook-tool status --json"
"""Where all that waits is told."""
UNREAD = ("new_files", "arriving")
"""What waits and may be of any report."""
STILL_OPEN = (AgencyState.MISSING, AgencyState.UNKNOWN, AgencyState.RETURNED, AgencyState.HELD, AgencyState.EXCLUDED)


def statuses(standings: Sequence[Standing]) -> str:
    """Where an office stands between two runs, report by report: of each the newest period in full, those before it in a line
    each."""
    told, waits = "", False
    for number, now in enumerate(standings):
        newer = [one for one in standings[:number] if one.form == now.form]
        told += folded(now) if any(one.last for one in newer) else status(now, waits)
        waits |= any(work.kind in UNREAD for work in now.waiting)
    return told


def status(now: Standing, waits: bool = False) -> str:
    """Where a report stands between two runs: the last run, what was signed, what waits for the next, and what waits for
    people. ``waits`` says that files were told of with a report before it: whose they are only a run will know."""
    if now.last is None:
        said = "还没有运行过"
    else:
        figures = "，".join(f"{state.label} {now.last.states.get(state, 0)}" for state in STANDS)
        said = f"上次运行 {now.last.name}：{now.last.due} 家，{figures}"
    lines = [f"{now.office}  {said}"]
    if now.signed:
        lines.append(signed_words(now.signed))
    for title, works in (("等下一次运行", now.waiting), ("等人处理", now.for_people)):
        lines += [line for work in works for line in work_lines(title, work)]
    if now.last and not now.waiting and not now.for_people:
        lines.append(
            f"{'新到的文件见上（运行后才知道是哪份表的），没有' if waits else '没有新到的文件，也没有'}等人处理的事。"
        )
    return safe_text("\n".join(lines)) + "\n"


SHORT = (AgencyState.RETURNED.value, AgencyState.HELD.value, OVERDUE)
"""The work of an earlier period that is told by its first word alone."""


def folded(now: Standing) -> str:
    """An earlier period in a line: what is left to be done, and how to see it in full."""
    works = [
        f"{re.split('[，（]', work.words)[0]} {len(work.names)} {work.unit}"
        for work in now.for_people
        if work.kind in SHORT
    ]
    works += [f"{work.words} {len(work.names)} {work.unit}" for work in now.waiting]
    rest = sum(work.kind not in SHORT for work in now.for_people)
    works += [f"另有 {rest} 件事"] if rest else []
    return f"  {now.office}：{'，'.join(works)}（详见 workbook-tool status --form {now.form} --period {now.period}）\n"


def signed_words(signed: Signed) -> str:
    """``定稿：2024-02-05-1（张三，2024-03-01）``."""
    who = "，".join(filter(None, (signed.by, signed.day)))
    problem = f"；但用不上：{signed.problem}" if signed.problem else ""
    return f"定稿：{signed.run}（{who}）{problem}" if who else f"定稿：{signed.run}{problem}"


def work_lines(title: str, work: Work) -> Iterator[str]:
    """One kind of work; sentences (处) stand below each other, names in one line."""
    count = f" {len(work.names)} {work.unit}" if work.names else ""
    if work.unit == "处":
        yield f"{title}：{work.words}{count}："
        yield from (f"  · {sentence}" for sentence in work.names)
    else:
        yield f"{title}：{work.words}{count}" + (f"：{first_of(work.names, work.unit, ALL)}" if work.names else "")


def statuses_facts(standings: Sequence[Standing]) -> dict[str, object]:
    """The same for programs: the first report, and where there are several all of them as ``reports``."""
    first, *others = map(status_facts, standings)
    return {"schema": 1, **first} | ({"reports": [first, *others]} if others else {})


def status_facts(now: Standing) -> dict[str, object]:
    """The same of one report."""
    return {
        "region": now.region,
        "form": now.form,
        "year": now.period.year,
        "period": str(now.period),
        "last_run": run_facts(now.last) if now.last else None,
        "signed": {
            "run": now.signed.run,
            "day": now.signed.day,
            "by": now.signed.by,
            "problem": now.signed.problem,
        }
        if now.signed
        else None,
        "waiting": [asdict(work) for work in now.waiting],
        "for_people": [asdict(work) for work in now.for_people],
    }


def run_facts(run: PastRun) -> dict[str, object]:
    """A run: its name, its date, how many agencies are due and how they stand, and how many problems there are."""
    return {
        "run": run.name,
        "as_of": run.as_of.isoformat(),
        "due": run.due,
        "states": {state.value: number for state, number in run.states.items()},
        "findings": {severity.value: number for severity, number in run.findings.items()},
    }


def signed(manifest: Published, before: str, doubt: str, by: str, left: Sequence[Work]) -> str:
    """What to know when a run has been signed: what is still open, what the run asked of people, and what it takes the
    place of."""
    run, period = manifest.run, manifest.of
    who = f"，{by} 签" if by else ""
    lines = [
        f"已定稿：{manifest.region} {period.spaced}，{run}{who}。以后的运行都与它比较，下一年的{period.kind.year_ago}数取自它。"
    ]
    if before:
        lines.append(f"取代原来的定稿 {before}。")
    for state in STILL_OPEN:
        open_ = [agency.name for agency in manifest.agencies if agency.state == state.value]
        if open_:
            lines.append(f"请注意，还有{state.label} {len(open_)} 家：{first_of(open_, '家', '“报送情况”')}")
    lines += [line for work in left for line in work_lines("请注意", work)]
    lines += [doubt] if doubt else []
    return safe_text("\n".join(lines)) + "\n"


def unread_files(refused: str, works: Sequence[Work]) -> str:
    """Why nothing is signed, or sent, while files wait that no run has read."""
    told = "；".join(f"{w.words} {len(w.names)} 份：{first_of(w.names, '份', ALL)}" for w in works)
    return safe_text(
        f"{refused}：收件夹里还有没读过的文件（{told}）。请先运行一次，看过再来；确实不管它们的，加 --anyway。"
    )


def undoing(run: str, signed: str) -> str:
    """What ``undo`` is about to do, as a question."""
    if signed:
        return f"要撤销最新的定稿（{signed}）吗？运行的结果不动。"
    return f"要撤销最新的一次运行 {run} 吗？它的文件夹移入发件夹的 .undone，已填的处理意见照样有效。"


def completed(runs: Sequence[str]) -> str:
    """That an interrupted ``undo`` was completed, and nothing else done."""
    return f"{'、'.join(runs)}：上次撤销中断，现在已经补完，没有再撤销别的。还要撤销更早的，请再运行一次 workbook-tool undo。\n"


def undone(run: str, signed: str, moved: str, newest: str, restored: str) -> str:
    """What was taken back, where it is, and what holds now."""
    where = f"移到 {moved}" if moved else "文件夹早已不在"
    if signed:
        now = f"恢复原来的定稿 {restored}" if restored else "现在没有定稿"
        return safe_text(f"已撤销定稿（{signed}），标记{where}。{now}。\n")
    now = f"现在最新的是 {newest}，下一次运行接着它往下算" if newest else "现在没有运行结果，下一次如同第一次运行"
    return safe_text(
        f"已撤销 {run}：{where}，这个名字不再用。{now}。\n"
        "文件的首见记录、已填的处理意见（那份工作簿里的也读）都保留；已经发出的邮件收不回，请自行说明。\n"
    )
