"""Asked: what a run asks of people besides the agencies that it names: files, opinions, what was signed, the region, and
the regions below that wait for agencies of their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.turnout import NAMED_IN_LISTS, first_of
from workbook_tool.model.judging.follow_up import WHOLE_FILE, Opinion
from workbook_tool.model.season.agency import AgencyRecord, AgencyState
from workbook_tool.model.season.filing import is_unsure
from workbook_tool.model.season.history import Conflict
from workbook_tool.model.season.periods import skipped_words
from workbook_tool.model.season.work import AGENCIES, OPINIONS, Work
from workbook_tool.model.text import safe_text
from workbook_tool.model.workbook.result import Consolidation

UNREAD, REFUSED, UNSURE = "unreadable", "foreign", "unsure"
OF_FILES = (UNREAD, REFUSED, UNSURE)
"""The kinds of work that end when the file is gone."""


def asked(result: Consolidation) -> tuple[Work, ...]:
    """All of it, so that it can be repeated until somebody has done it."""
    told = (Work(w.kind, w.words, w.unit, tuple(map(safe_text, w.names))) for w in works(result))
    return tuple(work for work in told if work.names or not work.unit)


def works(result: Consolidation) -> Iterator[Work]:
    """Kind by kind; those of which there is nothing too."""
    decided, drift = result.weeks.decided, result.weeks.drift
    others = {file.source.path for file in (*result.of_other_years, *result.of_other_forms, *result.unlisted)}
    records = [f for f in result.files if isinstance(f, FileRecord) and f.source.path not in others]
    for kind, state, words in (
        (UNREAD, State.UNREADABLE, "无法读取的文件，请单位重发"),
        (REFUSED, State.FOREIGN, "没有计入的文件，原因见“收件清单”"),
    ):
        yield Work(kind, words, "份", tuple(file.source.path for file in records if file.state is state))
    unsure = (file.source.path for file in result.files if is_unsure(file))
    yield Work(UNSURE, "可能是别家的文件，没有计入，请核实", "份", tuple(unsure))
    yield Work("conflicts", "处理意见不一致", "处", tuple(disagreement(c, result) for c in decided.conflicts))
    yield Work(OPINIONS, "没有采用或没有读到的处理意见", "处", decided.warnings)
    corrected = dict.fromkeys(record.agency.name for record, _ in result.followed)
    yield Work("corrections", "有代改的数，还没有由单位报来", AGENCIES, tuple(corrected))
    excluded = (exclusion(record) for record in result.agencies_in(AgencyState.EXCLUDED))
    yield Work("excluded", "审核人决定不计入", AGENCIES, tuple(excluded))
    yield Work("lacking", "下级地区还有未报的单位，请催下级", "处", tuple(waiting_below(result)))
    yield Work("twice", "不止一处报来、只计了一次的单位，请核实", AGENCIES, tuple(r.agency.name for r in result.again))
    region = (finding.message for finding in result.region.findings)
    yield Work("region", "全区的数有问题", "处", tuple(region))
    if drift and not drift.same:
        yield Work("drift", drift.words)
    if result.skipped:
        yield Work("skipped", skipped_words(result.skipped, result.form.id))
    last = result.run.last_year
    for words in [last.words] if last.problem else last.doubts:
        yield Work("last_year", words)


def waiting_below(result: Consolidation) -> Iterator[str]:
    """``丁市·乙县：未报 1 家（东河镇）`` for each region that waits for agencies, below those that are to be asked for them,
    with as many names as 各级报送 gives."""
    for record in result.lacking:
        for one in result.told_below[record.agency.code or record.agency.name]:
            if one.missing:
                yield f"{one.name}：未报 {len(one.missing)} 家（{first_of(one.missing, NAMED_IN_LISTS)}）"


def exclusion(record: AgencyRecord) -> str:
    """``甲园（并入乙园）``."""
    rulings = record.file.rulings if record.file else ()
    reasons = dict.fromkeys(one.remark for one in rulings if one.opinion is Opinion.EXCLUDE and one.remark)
    return f"{record.agency.name}（{'、'.join(reasons)}）" if reasons else record.agency.name


def disagreement(conflict: Conflict, result: Consolidation) -> str:
    """``甲园 SUM：采用“退回”（2024-02-12-1，a.xlsx），没有采用“已通知”（微信；2024-02-05-1，b.xlsx）``."""
    names = {record.agency.code: record.agency.name for record in result.agencies}
    what = about(conflict.followed.key, names)
    return f"{what}：采用{conflict.followed.words}，没有采用{conflict.other.words}"


def about(key: str, names: Mapping[str, str]) -> str:
    """What a decision is about, by its key: ``甲园 SUM``. Who is in no roster goes by his name."""
    code, _, rule, *_ = (*key.split("|"), "", "")
    return f"{names.get(code, code) or '全区'} {'整份报表' if rule == WHOLE_FILE else rule}"
