"""Documents beside workbooks, and alone: the report as a document says what the form says, or somebody has to explain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from workbook_tool.model.form.items import Item
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Documents, Rulebook
from workbook_tool.model.season.filing import Filing, documents_beside

MOST = 20
"""So many differences are told one by one; more of them are one for each table."""


def compare_documents(filings: Sequence[Filing], rulebook: Rulebook) -> list[Filing]:
    """The filings, each that counts with what a document of its agency says otherwise, or with a finding that it is a
    document itself."""
    documents = documents_beside(filings)
    return [f if f.behind else beside(f, documents.get(f.source.path, ()), rulebook) for f in filings]


def beside(filing: Filing, documents: Sequence[Filing], rulebook: Rulebook) -> Filing:
    """A filing that counts, held against the documents that were set aside for it."""
    if filing.submission.document:
        told = list(alone(filing, rulebook))
    else:
        told = [finding for document in distinct(documents) for finding in differences(filing, document, rulebook)]
    findings = (*filing.checked.findings, *told)
    return replace(filing, checked=replace(filing.checked, findings=findings)) if told else filing


def alone(filing: Filing, rulebook: Rulebook) -> Iterator[Finding]:
    """A document that came without the form is to be confirmed, unless this office counts it like a form."""
    if rulebook.policy.documents is Documents.HELD:
        found = len(filing.submission.numbers())
        said = f"只收到{filing.submission.document}，没有收到填报表；从文档里读出 {found} 个数。"
        yield rulebook.finding(rulebook.of_kind("document"), said)


def distinct(documents: Sequence[Filing]) -> list[Filing]:
    """The documents that say different things: a .docx and its .pdf are one report."""
    return list({tuple(sorted(d.submission.numbers().items())): d for d in reversed(documents)}.values())[::-1]


def differences(filing: Filing, document: Filing, rulebook: Rulebook) -> Iterator[Finding]:
    """What the document says otherwise, cell by cell; where nearly nothing agrees, table by table."""
    ours, theirs = filing.submission.numbers(), document.submission.numbers()
    apart = [form_item for form_item in rulebook.form.items if differs(form_item, ours, theirs)]
    later = "文档的日期更晚，请说明以哪一份为准。" if is_later(document, filing) else ""
    if len(apart) <= MOST:
        groups = [[item] for item in apart]
    else:
        groups = [[item for item in apart if item.table is table] for table in rulebook.form.tables]
    for items in filter(None, groups):
        yield difference(filing, document, items, later, rulebook)


def differs(item: Item, ours: dict[int, int], theirs: dict[int, int]) -> bool:
    """Whether both say a number, and not the same."""
    return item.index in ours and item.index in theirs and ours[item.index] != theirs[item.index]


def difference(filing: Filing, document: Filing, items: Sequence[Item], later: str, rulebook: Rulebook) -> Finding:
    """One number, or several of a table, that the document says otherwise."""
    first, ours, theirs = items[0], filing.submission, document.submission
    said = (
        f"{first.label}{ours.where(items[:1]).in_file}填 {ours.number(first):f}，"
        f"文档“{document.source.path}”{theirs.where(items[:1]).in_file}是 {theirs.number(first):f}"
    )
    more = f"；{first.table.name}共有 {len(items)} 处不一致" if len(items) > 1 else ""
    filed = None if more else ours.number(first)
    return rulebook.finding(rulebook.of_kind("differs"), f"{said}{more}。{later}", ours.where(items), filed=filed)


def is_later(document: Filing, filing: Filing) -> bool:
    """Whether the document came after the workbook, by their mails, or else by the dates of the files."""
    mails = [one.source.mail.sent if one.source.mail else None for one in (document, filing)]
    if mails[0] is not None and mails[1] is not None:
        return mails[0] > mails[1]
    return document.source.modified > filing.source.modified
