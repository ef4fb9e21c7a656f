"""A filing: a file that was read as the form and judged, and what follows from that for its state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from workbook_tool.model.form.period import Period
from workbook_tool.model.form.rules import Severity, Verdict
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.intake.submission import Agency, Submission
from workbook_tool.model.judging.correction import Correction
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.follow_up import Decision, Opinion
from workbook_tool.model.season.told import as_told

PASSING = (State.COUNTED, State.HELD)
"""The states of what stands in 已通过."""


class Checked(Struct, frozen=True, dict=True):
    """A submission with everything that was found in it, and the verdict of every rule: ``verdicts[rule]`` counts
    passes, fails and undecided over the lines of the rule."""

    submission: Submission
    findings: tuple[Finding, ...]
    verdicts: dict[str, dict[Verdict, int]]

    @cached_property
    def told(self) -> tuple[Finding, ...]:
        """What was found as people are told it: several findings may be one line."""
        return as_told(self.findings, self.submission)

    @property
    def state(self) -> State:
        """``returned`` with a must-finding, ``held`` with a point to explain that no reviewer accepted, here or at the lower
        level that passed it on, else ``counted``."""
        at_least = Severity.EXPLAIN if self.held_below else Severity.NOTE
        worst = min((at_least.rank, *(f.severity.rank for f in self.findings if f.holds)))
        return {Severity.MUST.rank: State.RETURNED, Severity.EXPLAIN.rank: State.HELD}.get(worst, State.COUNTED)

    @property
    def held_below(self) -> bool:
        """Whether the lower level that passed it on still waits for an explanation."""
        return self.submission.relay is not None and self.submission.relay.held

    @property
    def reason(self) -> str:
        """Why the submission is in its state; empty where there is nothing to be said."""
        weighty = (Severity.MUST, Severity.EXPLAIN)
        told = [f"{s.label} {self.count(s)} 条" for s in weighty if self.count(s)]
        waived = sum(f.waived for f in self.told)
        told += [f"审核人已同意 {waived} 条说明"] if waived else []
        told += ["下级待核"] if self.held_below else []
        return "，".join(told)

    def count(self, severity: Severity) -> int:
        """How many points of this severity still stand; what a reviewer accepted or corrected does not."""
        return sum(f.severity is severity and f.holds for f in self.told)


class Because(StrEnum):
    """What told that a file does not count beside another of its agency, the surest of what tells versions apart
    first. The value is what people read."""

    LEDGER = "台账"
    ROUND = "轮次"
    MAIL = "邮件日期"
    SIGHT = "台账首见"
    AGAIN = "内容先后"
    TIME = "文件修改时间"
    NAME = "文件名"
    HABIT = "以前的取舍"
    DOCUMENT = "是文档，单位另报了填报表，只比对"
    RELAYED = "由汇总结果转来，另直接报来一份，只比对"
    BLANK = "空白表，未作为新的一版"
    UNSURE = "单位存疑，不取代单位明确的一份"
    MISNAMED = "报告期存疑，不取代报告期明确的一份"

    @property
    def guessed(self) -> bool:
        """Whether any copying changes it, or an earlier run had to guess: it tells two files apart, but people are
        asked."""
        return self in (Because.TIME, Because.NAME, Because.HABIT)

    @property
    def aside(self) -> bool:
        """Whether it tells of a file that is no version of what counts at all."""
        return self in (Because.DOCUMENT, Because.RELAYED, Because.BLANK, Because.UNSURE, Because.MISNAMED)


class Behind(Struct, frozen=True):
    """Why a filing does not count: the path of the one that does (``newest``), and what told, in short and at length.

    ``same_numbers``: it does not matter which of the two counts. ``undone``: this one had nothing that must be changed,
    and the one that counts has.
    """

    newest: str
    because: Because
    why: str = ""
    same_numbers: bool = False
    undone: bool = False

    @property
    def older(self) -> bool:
        """Whether it is an older version; a document beside a workbook, what a lower level passed on beside what came
        directly, an empty form, or what may be another agency's or another period's, is no version at all."""
        return not self.because.aside

    @property
    def words(self) -> str:
        """The whole reason in a sentence, as the lists of the workbook show it."""
        if not self.older:
            why = f"（{self.why}）" if self.because is Because.MISNAMED else ""
            return f"{self.because}{why}；以“{self.newest}”为准"
        same = "；数字完全相同" if self.same_numbers else ""
        return f"已由“{self.newest}”取代（{self.why}）{same}{'；上一版曾通过' if self.undone else ''}"


class Covered(Struct, frozen=True):
    """Why the numbers of a filing stand in no total: those of its parts do (``by_parts``), or those of its whole, or the same
    agency's as another region reports it (``again``); and the names of the agencies whose numbers stand there."""

    by_parts: bool
    names: tuple[str, ...]
    again: bool = False

    @property
    def words(self) -> str:
        """``所属 2 家的数已计入，本表只比对，不重复计入``."""
        if self.by_parts:
            return f"所属 {len(self.names)} 家的数已计入合计，本表不重复计入"
        if self.again:
            return f"与“{self.names[0]}”像是同一家，那一份已计入合计，本份只比对，不重复计入"
        return f"“{self.names[0]}”的汇总报表已含本单位并计入合计，本表不重复计入"


class Filing(Struct, frozen=True, dict=True):
    """A file that was read as the form and judged.

    ``on_file`` is what a reviewer decided on it as a whole, ``behind`` why another file of the agency counts in its
    place, ``covered`` why its numbers stand in no total; ``again`` is the path of another region's filing of the same agency. Its state and the reason for it follow from these and from what
    was found.
    """

    checked: Checked
    on_file: Decision | None = None
    behind: Behind | None = None
    covered: Covered | None = None
    again: str = ""

    @property
    def submission(self) -> Submission:
        """The file as it was read."""
        return self.checked.submission

    @property
    def source(self) -> SourceFile:
        """Where it came from: path, bytes and mail."""
        return self.submission.source

    @property
    def agency(self) -> Agency:
        """Whose it is."""
        return self.submission.agency

    @property
    def period(self) -> Period | None:
        """The period that it says it reports; None where it says none."""
        return self.submission.identity.period

    @property
    def is_older(self) -> bool:
        """Whether it is a version that another took the place of."""
        return self.behind is not None and self.behind.older

    @property
    def is_document_beside(self) -> bool:
        """Whether it is a document of an agency that filed a workbook too, beside which it is only compared."""
        return self.behind is not None and self.behind.because is Because.DOCUMENT

    @property
    def is_beside(self) -> bool:
        """Whether it is only compared with another file of its agency, as such a document is, or what a lower level passed
        on where the agency filed with us too."""
        return self.behind is not None and self.behind.because in (Because.DOCUMENT, Because.RELAYED)

    @property
    def rulings(self) -> list[Decision]:
        """The reviewers' decisions that hold, on the file as a whole first."""
        held = [self.on_file, *(f.follow_up.decision for f in self.checked.findings if f.follow_up)]
        return [decision for decision in held if decision]

    @cached_property
    def state(self) -> State:
        """Superseded, or what the strongest decision makes of it, or what was found; what is covered and needs no change
        is only compared."""
        if self.behind:
            return State.COMPARED if self.is_beside else State.SUPERSEDED
        opinions = {decision.opinion for decision in self.rulings}
        ruled = [becomes for opinion, becomes, _ in RULINGS if opinion in opinions]
        state = ruled[-1] if ruled else self.checked.state
        return State.COMPARED if self.covered and state in PASSING else state

    @property
    def reason(self) -> str:
        """Why it is in its state, in words; empty where there is nothing to be said."""
        if self.behind:
            return self.behind.words
        covered = self.covered.words if self.covered else ""
        return "；".join(filter(None, (covered, ruling_words(self.rulings), self.checked.reason, self.to_confirm)))

    @property
    def followed(self) -> tuple[Correction, ...]:
        """The reviewers' corrections that count and that the agency is to confirm: what stands in no total waits for
        nobody."""
        counts = self.behind is None and self.state is not State.EXCLUDED
        return tuple(self.submission.corrected.values()) if counts else ()

    @property
    def to_confirm(self) -> str:
        """How many those are, in words; empty where there are none."""
        return f"代改 {len(self.followed)} 处，等单位确认" if self.followed else ""


RULINGS = ((Opinion.RETURN, State.RETURNED, "审核人退回"), (Opinion.EXCLUDE, State.EXCLUDED, "审核人决定不计入"))
"""What a decision makes of a file, the strongest last."""


def ruling_words(decisions: Sequence[Decision]) -> str:
    """``审核人退回：附件缺页``, or empty."""
    told = []
    for opinion, _, words in RULINGS:
        given = [decision for decision in decisions if decision.opinion is opinion]
        remarks = "、".join(dict.fromkeys(decision.remark for decision in given if decision.remark))
        told += [f"{words}：{remarks}" if remarks else words] if given else []
    return "；".join(told)


AnyFile = FileRecord | Filing


def is_unsure(file: AnyFile) -> bool:
    """Whether the file was set aside as it may be another agency's."""
    return isinstance(file, Filing) and file.behind is not None and file.behind.because is Because.UNSURE


def is_misnamed(file: AnyFile) -> bool:
    """Whether the file was set aside as it may be for another period."""
    return isinstance(file, Filing) and file.behind is not None and file.behind.because is Because.MISNAMED


def documents_beside(filings: Iterable[Filing]) -> dict[str, list[Filing]]:
    """The documents that are only compared, by the path of the file that counts in their place."""
    found: dict[str, list[Filing]] = {}
    for filing in filings:
        if filing.is_document_beside and filing.behind:
            found.setdefault(filing.behind.newest, []).append(filing)
    return found


def unlisted(files: Iterable[AnyFile]) -> tuple[FileRecord, ...]:
    """The folders and files among the lines of the inbox that the system kept from us, but for what nobody files."""
    return tuple(f for f in files if isinstance(f, FileRecord) and f.source.unlisted and f.state is not State.IGNORED)


class Received(Struct, frozen=True):
    """Every file of the inbox, in its order."""

    files: tuple[AnyFile, ...]

    @property
    def filings(self) -> list[Filing]:
        """Those that were read as the form, in the order of the inbox."""
        return [file for file in self.files if isinstance(file, Filing)]

    @property
    def hashes(self) -> frozenset[str]:
        """The bytes that are in the inbox."""
        return frozenset(file.source.sha256 for file in self.files)

    def renewed(self, filings: Iterable[Filing]) -> Received:
        """The same with its filings as they are now; paths tell them apart."""
        now = {filing.source.path: filing for filing in filings}
        return Received(tuple(now.get(file.source.path, file) for file in self.files))
