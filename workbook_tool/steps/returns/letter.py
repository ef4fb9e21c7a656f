"""The mail that a return copy is sent with, in a clerk's words."""

from __future__ import annotations

from workbook_tool.model.form.rules import Severity
from workbook_tool.model.returns.letter import Letter
from workbook_tool.model.returns.reminder import day
from workbook_tool.model.returns.returned import Return
from workbook_tool.steps.returns.notice import by_when

COLORS = {Severity.MUST: "红色必须改", Severity.EXPLAIN: "橙色需说明", Severity.NOTE: "蓝色供参考"}
MOST_POINTS = 8


def letter_of(given: Return, own_file: bool) -> Letter:
    """The mail for a return copy; ``own_file`` says whether that is the agency's own file."""
    subject = f"请{asked(given)}：{given.subject}填报表（按第{given.round}轮报回）"
    return Letter(given.agency, subject, text(given, own_file))


def asked(given: Return) -> str:
    """``改正``, ``说明`` or ``改正并说明``."""
    words = {"改正": Severity.MUST, "说明": Severity.EXPLAIN}
    return "并".join(word for word, severity in words.items() if given.count(severity)) or "核对"


def text(given: Return, own_file: bool) -> str:
    """The body of the mail; ``own_file`` says whether the attachment is the agency's own file."""
    contact = given.contact
    parts = [f"{given.agency.name}：", judgement(given), *(["\n".join(points(given))] if given.points else [])]
    parts.append(
        f"{attached(given, own_file)}请直接在附件里改，改好保存，回复本邮件发回即可"
        + ("；颜色和批注不用删。" if given.points else "。")
    )
    if given.count(Severity.EXPLAIN):
        parts.append("需说明的，数字有误就改正；数字属实，请在“退改说明”的“情况说明”一栏写明原因。")
    parts.append(f"{by_when(given)}发回。" + (f"有疑问请联系：{contact}。" if contact else ""))
    parts.append(f"谢谢！\n\n{given.region}\n{day(given.as_of)}")
    return "\n\n".join(parts) + "\n"


def judgement(given: Return) -> str:
    """What came of the filing, in a sentence or two."""
    counts = "、".join(f"{s.label} {given.count(s)} 条" for s in Severity if given.count(s))
    what = "文档" if given.submission.document else "填报表"
    came = f"贵单位报来的 {given.period.said}《{given.form.title}》{what}（第 {given.round - 1} 轮）收到了。"
    ruling = f"{given.ruling}。" if given.ruling else ""
    if not counts:
        return f"{came}{ruling}请{asked(given)}后发回。"
    return f"{came}{ruling}经审核，{counts}，请{asked(given)}后发回。主要是："


def attached(given: Return, own_file: bool) -> str:
    """What the attachment is."""
    if not given.points:
        return "附件就是贵单位自己的填报表。" if own_file else ""
    colors = "，".join(words for severity, words in COLORS.items() if given.count(severity))
    if given.submission.document:
        return f"附件是按贵单位报来的文档填好的填报表，请逐格核对，填好封面后发回：{colors}。“退改说明”一页逐条写明怎么改；原是 Word 文档的，另附加了批注的原件，供修改报告用。"
    what = (
        f"附件就是贵单位自己的填报表，只加了底色和批注：{colors}。"
        if own_file
        else f"附件是退改说明，并附各表的副本，有问题的格标了颜色：{colors}。"
    )
    return f"{what}“退改说明”一页逐条写明哪一格、填了多少、应为多少、怎么改。"


def points(given: Return) -> list[str]:
    """The weightiest points, one line each."""
    first = [point for point in given.points if point.first and point.finding.severity is not Severity.NOTE]
    lines = [f"{p.number}. [{p.finding.severity.label}] {p.finding.message}" for p in first[:MOST_POINTS]]
    rest = len(first) - len(lines)
    return [*lines, f"……另有 {rest} 条，见“退改说明”。"] if rest else lines
