"""说明: what this workbook is, what it was made from, what its words mean, and how to work with it."""

from __future__ import annotations

from collections.abc import Sequence

from workbook_tool import __version__
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.inbox import State
from workbook_tool.model.judging.diagnosis import Certainty
from workbook_tool.model.judging.follow_up import Opinion, Status
from workbook_tool.model.season.agency import AgencyState, Timeliness
from workbook_tool.model.workbook.book import Book, BookSheet
from workbook_tool.model.workbook.measure import text_height
from workbook_tool.steps.workbook.agencies import AS_OF
from workbook_tool.steps.workbook.number_roles import MARKS, STATE_ROLES
from workbook_tool.steps.workbook.plan import GREY, NOTES, Plan, heading

STATES = {
    State.COUNTED: "计入已通过；没有要改或要说明的。",
    State.HELD: "计入已通过，有需说明的问题；核实后可以不改。",
    State.RETURNED: "有必须改的问题，请单位改正后重报；只计入含退回，不计入已通过。",
    State.COMPARED: "只用来比对，不进任何合计：汇总报表与所属单位的报表都收到了，只有一种计入；或者单位报了填报表，又报了文档（Word、PDF 等）。",
    State.SUPERSEDED: "同一单位另有更新的一份，以新的为准。",
    State.DUPLICATE: "与另一份文件的内容完全相同，只计一次。",
    State.FOREIGN: "能打开，但不是本表、本期或名录中的单位。",
    State.ATTACHMENT: "随报表一起发来的图片，或里面没有本表的文档（PDF、Word 等）。",
    State.CONTAINER: "压缩包或邮件本身；里面的每份文件另有一行。",
    State.ARRIVING: "运行时还在传输，下次运行再读。",
    State.UNREADABLE: "打不开，原因见收件清单；请单位重新发来。",
    State.IGNORED: "临时文件和系统文件，只记在 run.json。",
}
TIMELINESS = {
    Timeliness.ON_TIME: "在截止日期当天或以前报送。报送日期是最早一份的邮件日期；没有邮件的按封面日期，但不早于它还没有到的那次运行、不晚于台账首次见到它的日期。",
    Timeliness.LATE: "在截止日期之后报送。",
    Timeliness.NOT_DUE: "还没有报，也还没有到截止日期；截止日期算不出或没有设的，期满以前都算未到期。",
    Timeliness.MISSING: "没有报，列入催报名单；过了截止日期的记为“已逾期”。",
    Timeliness.UNKNOWN: "没有邮件日期和封面日期，台账也不能说明是哪天报的；或没有截止日期。没有报的是“无法确定”：已经期满，截止日期算不出。",
}
SEVERITIES = {
    Severity.MUST: "逻辑性审核：一定有错，退回改正。",
    Severity.EXPLAIN: "核实性审核：可能有错；属实的说明原因即可。",
    Severity.NOTE: "供参考，不影响汇总，不需要答复。",
}
CERTAINTIES = {
    Certainty.UNIQUE: "只有这一处能解释不符，可以直接指出该改哪一格。",
    Certainty.TIED: "有几处同样能解释，请单位核对所列各格。",
    Certainty.OPEN: "能确定不符，不能确定错在哪一格。",
}
STATUSES = {
    Status.NEW: "本次第一次出现。",
    Status.STILL: "以前就有，至今没有改（括号中为周数）。",
    Status.FIXED: "以前有，现在没有了。",
    Status.BACK: "改过以后又出现。",
    Status.EXPLAINED: "单位已经说明原因。",
    Status.WAIVED: "审核人已同意，不再要求。",
    Status.CORRECTED: "按代改的数计已经没有，单位的文件里还有；等单位报来这个数。",
}
OPINIONS = {
    Opinion.PENDING: "还没有看，或还要再看。",
    Opinion.NOTIFIED: "已通知单位，等它答复。",
    Opinion.ACCEPTED: "单位的说明属实，不再要求修改；只用于“需说明”。",
    Opinion.RETURN: "把该单位的报表退回，不计入已通过。",
    Opinion.EXCLUDE: "该单位的报表不计入任何合计；理由写在备注里，没有写的不采用。",
}
LAYERS = {
    "已通过": "状态为已汇总和待核的报表之和，是可以上报、公布的数；“其中待核”是它的一部分。",
    "含退回": "已通过再加上退回的报表，供了解大致规模，不能上报。",
    "差额": "含退回减已通过，即退回的报表还有多少数没有进入已通过。",
    "缺数家数": "已收报表中，这一格没有填数的单位家数。缺数的勾稽关系为“无法判定”，不算对也不算错。",
}


def add_notes(book: Book, plan: Plan, widths: Sequence[float]) -> BookSheet:
    """Add the sheet, its columns so wide; the list of rules is put below its words."""
    sheet = book.sheet(NOTES, tab=GREY, widths=dict(enumerate(widths)))
    heading(sheet, NOTES, "这份工作簿是什么、从哪里来、各个词是什么意思、怎样使用；审核规则在最后。", len(widths))
    row = add_origin(sheet, plan, 3)
    row = add_part(sheet, row, "二、口径", {**LAYERS, "空白": plan.result.run.settings.policy.words})
    row = add_states(sheet, row, plan)
    row = add_severities(sheet, row)
    row = add_part(sheet, row, "五、怎样用“处理意见”", opinions())
    add_part(sheet, row, "六、链接、透视表和打印", USE)
    return sheet


def add_origin(sheet: BookSheet, plan: Plan, top: int) -> int:
    """What it is for, of which day, from which sources, and who made it."""
    result, form = plan.result, plan.form
    roster = (
        f"名录，应报 {result.due} 家{'（各级合计）' if result.by_levels else ''}。"
        if result.run.roster.given
        else "没有名录：凡报来的单位都列入，没有核对是否报全。"
    )
    received = sum(file.state is not State.IGNORED for file in result.files)
    row = section(sheet, top, "一、来源")
    basis = f"（{form.legal_basis}）" if form.legal_basis else ""
    lines = {
        "用途": f"{result.region.name} {result.period.said}{form.title}的审核与汇总，供审核、催报、退改、签发。",
        "汇总日期": "",
        "运行": result.run.name,
        "表式": f"{form.title}{basis}，表式版本 {form.version}",
        "应报单位": roster,
        "收件": f"收件夹中的 {received} 份文件，逐份列在收件清单。程序只读不改。",
        f"{form.period.year_ago}的数": result.run.last_year.words,
        "审核规则": weighed(plan),
        "程序": f"workbook-tool {__version__}。同样的收件、名录和配置，得到同样的结果。",
        "联系": result.run.settings.contact or "未设置（config.toml 的 [region] contact）。",
    }
    for word, text in lines.items():
        put_line(sheet, row, word, text)
        row += 1
    at = row - len(lines) + list(lines).index("汇总日期")
    sheet.cells = [cell for cell in sheet.cells if (cell.row, cell.column) != (at, 1)]
    sheet.put(at, 1, result.as_of, "date_left", span=(1, len(sheet.widths) - 1), name=AS_OF)
    return row + 1


def weighed(plan: Plan) -> str:
    """How many rules, and where this office weighs them otherwise than the form."""
    policy, rules = plan.result.run.settings.policy, plan.form.rules
    other = [
        f"{r.id} 改为{policy.weigh(r).label}" for r in rules if policy.severity.get(r.id, r.severity) is not r.severity
    ]
    trial = [rule.id for rule in rules if policy.on_trial(rule)]
    weights = [f"{len(rules)} 条，见下面的规则"]
    weights += [f"按本单位配置，{'、'.join(other)}"] if other else []
    weights += [f"试行（只提示）：{'、'.join(trial)}"] if trial else []
    return "；".join(weights) + "。"


def add_states(sheet: BookSheet, top: int, plan: Plan) -> int:
    """What the states of files and agencies mean, in their own colours."""
    row = section(sheet, top, "三、状态与时效")
    for state, text in STATES.items():
        put_line(sheet, row, state.label, text, STATE_ROLES.get(state.label, ""))
        row += 1
    missing = AgencyState.MISSING.label
    put_line(sheet, row, missing, "名录中应报、还没有能计入的报表的单位。", STATE_ROLES[missing])
    if plan.result.unlisted:
        row, unknown = row + 1, AgencyState.UNKNOWN.label
        text = "没有能计入的报表，但收件夹里有打不开的文件夹或文件，不能说它没有报；这时一律不催报。"
        put_line(sheet, row, unknown, text, STATE_ROLES[unknown])
    for number, (timely, text) in enumerate(TIMELINESS.items(), row + 1):
        put_line(sheet, number, f"时效：{timely.label}", text)
    return row + len(TIMELINESS) + 2


def add_severities(sheet: BookSheet, top: int) -> int:
    """What is said of a problem: how grave, how surely located, since when."""
    row = section(sheet, top, "四、问题的程度、定位和状态")
    for severity, text in SEVERITIES.items():
        put_line(sheet, row, severity.label, text, MARKS[severity])
        row += 1
    for certainty, text in CERTAINTIES.items():
        put_line(sheet, row, f"定位：{certainty.label}", text)
        row += 1
    for status, text in STATUSES.items():
        put_line(sheet, row, f"状态：{status.label}", text)
        row += 1
    return row + 1


def opinions() -> dict[str, str]:
    """How decisions are typed, when they fall away, and what each means."""
    steps = {
        "做法": "在问题清单的“处理意见”（对一条问题）或报送情况的“处理意见”（对整份报表）中点下拉选择，需要时写备注，保存；"
        "下次运行时从最近一次的工作簿读回，另存的放入 decisions 文件夹也读。不要改列名。",
        "何时失效": "意见记在台账里；有关的数改变以后，意见失效，重新列为待核。两份工作簿不一致时，以较新一次运行的为准并列出。",
    }
    steps["代改"] = (
        "电话核实要改数的，在问题清单这一行的“改为”填数（改成没有填的写“空白”），“依据”写谁、什么时候说的；没有问题可点的，"
        "在报送情况写“表三!D11=5”或“表四!A9:O9=0”，单元格按单位自己的文件，几处用“；”隔开。下次运行按改后的数重审、计入，列在“代改”，"
        "并写好请单位确认的邮件；单位的文件不动。撤回的，清空“改为”。"
    )
    return {**steps, **{opinion.value: text for opinion, text in OPINIONS.items()}}


USE = {
    "链接": "表内的链接随时可用。“退改件”指向同一运行文件夹里的 returns，请把整个文件夹一起移动或复制。链接到第一条问题的，"
    "在排序以后请改用筛选。",
    "筛选和排序": "各清单都是可以筛选的表。问题清单排序以后，“组”相同的行仍然用灰底和 └ 标出；按“序号”排序可以恢复。",
    "透视表": "打开时显示的是运行时的数，在表上点右键“刷新”不变。来源（“透视数据”等）、没有填上级时的“分组小计”（各类别一组法定格式的表）平时不显示，在任一表名上点右键“取消隐藏”。",
    "活公式": "合计、家数、条数都是公式，改动单位明细以后会随之改变；签发以程序运行的结果为准。",
    "打印": "各表已设好纸张、页眉行和页码，直接打印即可：单位明细用 A3，其余用 A4。单位明细每页都带单位名称，一行表项不分在两页上；没有 A3 纸的，打印时选“缩放到 A4”。",
}


def add_part(sheet: BookSheet, top: int, title: str, lines: dict[str, str]) -> int:
    """A part of words with their meanings; returns the row below."""
    row = section(sheet, top, title)
    for number, (word, text) in enumerate(lines.items()):
        put_line(sheet, row + number, word, text)
    return row + len(lines) + 1


def section(sheet: BookSheet, row: int, title: str) -> int:
    """The heading of a part; returns the row below."""
    sheet.put(row, 0, title, "section", span=(1, len(sheet.widths)))
    sheet.heights[row] = 24
    return row + 1


def put_line(sheet: BookSheet, row: int, word: str, text: str, role: str = "") -> None:
    """A word and what it means."""
    word_width, *others = sheet.widths.values()
    sheet.put(row, 0, word, role or "stub")
    sheet.put(row, 1, text, "cell_wrap", span=(1, len(others)))
    sheet.heights[row] = max(20.0, text_height(text, sum(others)), text_height(word, word_width))
