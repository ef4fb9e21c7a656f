"""Tell: all that is known of one agency: its versions, problems, what was decided, and the letters to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from workbook_tool.model.form.period import Period
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.follow_up import WHOLE_FILE, Decision
from workbook_tool.model.mail.posting import Fate, Posted
from workbook_tool.model.season.history import History, PastProblem, PastVersion
from workbook_tool.model.text import safe_text

FATES = {Fate.SENT: "已发出", Fate.BEGUN: "不知道发出没有", Fate.REFUSED: "服务器没有收"}


def show(agency: Agency, title: str, period: Period, history: History, decided: Sequence[Decision]) -> str:
    """Everything of an agency in this period of a form, the newest state first."""
    lines = [f"{agency.code} {agency.name}  《{title}》{period.said}{facts(agency)}"]
    last = history.last_run
    versions = history.versions.get(agency.code, ())
    if last is None:
        lines.append("还没有运行过。")
    else:
        now = [version for version in versions if version.last == last.as_of]
        lines.append(f"上次运行 {last.name}：" + (now[-1].state.label if now else "没有报表计入"))
    lines += section("报来的各版（旧的在前）", map(version_line, versions))
    problems = [p for p in history.problems.values() if p.code == agency.code]
    standing = [p for p in problems if last and p.last == last.as_of]
    lines += section("还在的问题", map(problem_line, standing))
    lines += section("已经没有的问题", (past_line(p) for p in problems if p not in standing))
    lines += section("处理意见", (decision_line(d) for d in decided if d.key.split("|")[0] == agency.code))
    return safe_text("\n".join(lines)) + "\n"


def letters_to(agency: Agency, letters: Sequence[Posted]) -> str:
    """The letters to an agency; nothing where there are none."""
    return safe_text("".join(f"{line}\n" for line in section(f"给{agency.name}的信", map(letter_line, letters))))


def facts(agency: Agency) -> str:
    """What the roster says besides."""
    told = [
        f"别名 {'、'.join(agency.aliases)}" if agency.aliases else "",
        f"上级 {agency.parent}" if agency.parent else "",
        f"截止 {agency.deadline}" if agency.deadline else "",
        f"邮箱 {agency.mail}" if agency.mail else "",
    ]
    return "".join(f"；{part}" for part in told if part)


def section(title: str, lines: Iterator[str]) -> list[str]:
    """A heading with its lines below; nothing where there are none."""
    found = [f"  {line}" for line in lines]
    return [f"{title}（{len(found)}）：", *found] if found else []


def version_line(version: PastVersion) -> str:
    """A file that counted once."""
    filed = f"，{version.filed_on} 报送（{version.filed_by}）" if version.filed_on and version.filed_by else ""
    return f"{version.day} 首见，{version.state.label}{filed}：{version.path}"


def problem_line(problem: PastProblem) -> str:
    """A problem that the last run had."""
    return f"[{problem.severity.label} {problem.rule}] {problem.since} 起：{problem.message}"


def past_line(problem: PastProblem) -> str:
    """A problem that is gone."""
    return f"[{problem.severity.label} {problem.rule}] {problem.first} 至 {problem.last}：{problem.message}"


def decision_line(decision: Decision) -> str:
    """What was decided, on a rule or on the whole file."""
    rule = [*decision.key.split("|"), "", ""][2]
    return f"{'整份文件' if rule == WHOLE_FILE else rule}：{decision.words}"


def letter_line(letter: Posted) -> str:
    """A letter, and what became of it."""
    said = f"（{letter.said}）" if letter.said else ""
    return f"{letter.moment} {FATES[letter.fate]} → {letter.to}：{letter.subject}{said}"
