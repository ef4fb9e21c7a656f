"""Tell: all that is known of one agency: its versions, problems, what was decided, and the letters to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.period import Period
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.judging.follow_up import WHOLE_FILE, Decision
from workbook_tool.model.mail.posting import Fate, Posted
from workbook_tool.model.season.history import History, PastProblem, PastVersion
from workbook_tool.model.text import safe_text

FATES = {Fate.SENT: "已发出", Fate.BEGUN: "不知道发出没有", Fate.REFUSED: "服务器没有收"}


class AgencyFile(Struct, frozen=True):
    """What is known of an agency for one period of a form: what earlier runs knew, and what was decided."""

    agency: Agency
    form: Form
    period: Period
    history: History
    decided: Sequence[Decision]

    @property
    def asked(self) -> bool:
        """Whether it files this form at all, or did."""
        return self.agency.due(self.period, self.form.id) or bool(self.versions)

    @property
    def versions(self) -> Sequence[PastVersion]:
        """The files that counted for it, the oldest first."""
        return self.history.versions.get(self.agency.code, ())

    @property
    def problems(self) -> list[PastProblem]:
        """Every problem that it had."""
        return [p for p in self.history.problems.values() if p.code == self.agency.code]

    @property
    def standing(self) -> list[PastProblem]:
        """The problems that the last run had."""
        last = self.history.last_run
        return [p for p in self.problems if last and p.last == last.as_of]

    @property
    def state(self) -> str:
        """How it stood in the last run."""
        last = self.history.last_run
        now = [version for version in self.versions if last and version.last == last.as_of]
        return now[-1].state.label if now else "没有报表计入"

    @property
    def done(self) -> bool:
        """Whether nothing is left to be done about it."""
        return self.state == State.COUNTED.label and all(p.severity is Severity.NOTE for p in self.standing)


def shown(files: Sequence[AgencyFile], *, several: bool) -> str:
    """An agency's periods of one form, the newest first: that of the last run in full, the others in a line each; of ``several``
    forms only those that it files."""
    if several and not any(one.asked for one in files):
        return ""
    at = next((number for number, one in enumerate(files) if one.history.last_run), 0)
    told = "".join(f"{heading(one)}\n还没有运行过。\n" for one in files[:at])
    return (
        safe_text(told) + show(files[at]) + safe_text("".join(f"{line}\n" for line in earlier_lines(files[at + 1 :])))
    )


def heading(one: AgencyFile) -> str:
    """Who, which form, which period, and what the roster says besides."""
    agency = one.agency
    name = f" {agency.name}" if agency.name != agency.code else ""
    return f"{agency.code}{name}  《{one.form.title}》{one.period.said}{facts(agency)}"


def show(one: AgencyFile) -> str:
    """Everything of an agency in a period, the newest state first."""
    lines = [heading(one)]
    last = one.history.last_run
    if last is None:
        lines.append("还没有运行过。")
    else:
        lines.append(f"上次运行 {last.name}：{one.state}")
    lines += section("报来的各版（旧的在前）", map(version_line, one.versions))
    lines += section("还在的问题", map(problem_line, one.standing))
    lines += section("已经没有的问题", (past_line(p) for p in one.problems if p not in one.standing))
    own = (d for d in one.decided if d.key.split("|")[0] == one.agency.code)
    lines += section("处理意见", map(decision_line, own))
    return safe_text("\n".join(lines)) + "\n"


def earlier_lines(files: Sequence[AgencyFile]) -> Iterator[str]:
    """The earlier periods that nobody has signed: a line for each in which something is left to be done, one for the others,
    and how to see one in full."""
    if not files:
        return
    first = files[0]
    how = f"workbook-tool show {first.agency.code} --form {first.form.id} --period {first.period}"
    yield f"以前没有定稿的 {len(files)} 期（看其中一期的全部：{how}）："
    done = [one for one in files if one.done]
    for one in files:
        if one not in done:
            rules = "、".join(dict.fromkeys(p.rule for p in one.standing))
            yield f"  {one.period.said}：{one.state}" + (
                f"，还在的问题 {len(one.standing)} 条（{rules}）" if rules else ""
            )
    if done:
        yield f"  {'、'.join(one.period.said for one in done)}：{done[0].state}，没有还在的问题"


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
