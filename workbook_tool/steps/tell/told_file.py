"""Tell: what was found in one file that was checked on its own."""

from __future__ import annotations

from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.season.filing import AnyFile

CHECK_WORDS = {State.COUNTED: "通过", State.HELD: "需说明", State.RETURNED: "必须改"}
"""What ``check`` calls a file: nothing is added up there."""


def file_report(file: AnyFile) -> str:
    """One file as ``check`` shows it: first whose it is."""
    whose = f"（{file.agency.name}）" if file.agency else ""
    head = f"{file.source.path}{whose}：{CHECK_WORDS.get(file.state, file.state.label)}"
    if isinstance(file, FileRecord):
        return f"{head}。{file.reason}\n"
    findings = sorted(file.checked.told, key=lambda f: f.severity.rank)
    if not findings:
        return f"{head}。没有问题。\n"
    return f"{head}，{len(findings)} 条。\n" + "".join(map(finding_line, findings))


def finding_line(finding: Finding) -> str:
    """One finding as ``check`` lists it below its file."""
    return f"  [{finding.severity.label} {finding.rule}] {finding.message}{finding.suggestion}\n"
