"""The running text of a report: which sentences state a number of the form, what contradicts the table, and what must not
be published. The sentences are our own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.grids import annual_report, submission, year, zeros
from tests.grids import filled as sheets_of
from workbook_tool.files.form.declaration import load_form
from workbook_tool.files.intake.formats.stored import typed
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.submission import Agency, Identity, Sheet
from workbook_tool.model.judging.finding import Finding
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import TEXT
from workbook_tool.model.season.filing import Because, Behind, Checked, Filing
from workbook_tool.model.season.last_year import LastYear
from workbook_tool.steps.intake.prose import read_prose
from workbook_tool.steps.intake.prose.sentences import sentences
from workbook_tool.steps.judging.compare import compare_years
from workbook_tool.steps.judging.stated import judge_texts

FORM = annual_report()
BOOK = Rulebook(FORM)
AGENCY = Agency("001", "甲县应急管理局", ("县应急局",))
IDENTITY = Identity(FORM.id, AGENCY, AGENCY.name, year(2023))


def text(*lines: str) -> Sheet:
    return Sheet(TEXT, {(row, 0): line for row, line in enumerate(lines)}, document="Word 文件（.docx）")


def claimed(sentence: str, heading: str = "") -> set[tuple[str, int]]:
    claims = read_prose([text(*filter(None, (heading, sentence)))], BOOK, IDENTITY, 2023).claims
    assert FORM.texts
    return {(FORM.texts.sayings[claim.saying].rule, claim.number) for claim in claims}


STATED = {
    "受理政府信息公开申请行政复议案件3件。": {("N-REV", 3)},
    "2023年，本局未收到任何形式的政府信息公开申请。": {("N-NONE", 0)},
    "全年无依申请公开事项。": {("N-NONE", 0)},
    "2023 年共收到政府信息公开申请 1,203 件。": {("N-REC", 1203)},
    "本镇受理依申请公开 12 件，新收 11 件，上年结转 1 件。": {("N-REC", 12), ("N-NEW", 11), ("N-CAR", 1)},
    "收到政府信息公开申请9件，已办结7件，2件结转下年度继续办理。": {("N-REC", 9), ("N-DONE", 7), ("N-FWD", 2)},
    "（二）依申请公开。共收到申请8件，予以公开3件、部分公开2件、不予公开1件、无法提供1件、其他处理1件。": {
        ("N-REC", 8),
        *(("N-GRP", n) for n in (3, 2, 1)),
    },
    "收到信息公开申请6件，予以公开及部分公开4件，不予处理2件。": {("N-REC", 6), ("N-GRP", 4), ("N-GRP", 2)},
    "因政府信息公开被申请行政复议3件，行政诉讼１件。": {("N-REV", 3), ("N-LIT", 1)},
    "没有因政府信息公开引发的行政复议、行政诉讼。": {("N-REV", 0), ("N-LIT", 0)},
    "全年制定规范性文件2件，现行有效规范性文件15件。": {("N-T2", 2), ("N-T2", 15)},
}
SILENT = [
    "依申请公开文件12条，不予公开文件36条。",
    "受理群众诉求86件，答复热线来电45件。",
    "办理人大建议、政协提案28件，答复率100%。",
    "收到政府信息公开申请约20件。",
    "收到政府信息公开申请20余件。",
    "通过网络收到政府信息公开申请5件。",
    "比2022年(31起)有所增加。",
    "我局办理行政复议案件56件，政府信息公开类的按时办结。",
    "未发生因政府信息公开被行政复议纠正的情况。",
    "因未按期答复被申请行政复议。",
    "县本级收到政府信息公开申请5件。",
    "公示行政许可55条。",
    "未收到行政许可申请。",
    "无法提供等其他情况46件。",
    "没有出现应公开而不予公开的办件。",
    "完善政府信息公开申请受理制度，收到申请后15个工作日内答复。",
]


@pytest.mark.parametrize("sentence", STATED)
def test_sentences_state_numbers_of_the_form(sentence: str) -> None:
    assert claimed(sentence) == STATED[sentence]


@pytest.mark.parametrize("sentence", SILENT)
def test_numbers_of_something_else_are_no_claims(sentence: str) -> None:
    assert claimed(sentence) == set()


SENTENCES = Path(__file__).parent / "cases" / "sentences"
ROW = re.compile(r"\| (.+?) \| (.*?) ?\|")
CLAIMED = re.compile(r"(\()?(N-\w+) (\d+)")
"""A rule and its number; in brackets what is right and is not read all the same."""


@pytest.mark.parametrize("name", ["tuned", "first_try", "second_try", "third_try"])
def test_labelled_sentences_state_what_they_say_and_nothing_else(name: str) -> None:
    rows = [ROW.fullmatch(line) for line in (SENTENCES / f"{name}.md").read_text(encoding="utf-8").splitlines()]
    labelled = {row[1]: row[2] for row in rows if row and "//" not in row[2]}
    assert len(labelled) > 20
    for whole, said in labelled.items():
        heading, _, sentence = whole.rpartition("//")
        told = {(rule, int(number)) for unread, rule, number in CLAIMED.findall(said) if not unread}
        assert whole == "句子" or claimed(sentence, heading) == told, whole


def test_a_heading_says_what_a_sentence_is_about() -> None:
    assert claimed("共收到16件。", "（二）依申请公开情况") == {("N-REC", 16)}
    assert claimed("共收到16件。", "（一）主动公开情况") == set()


def test_a_text_that_was_copied_line_by_line_is_put_together() -> None:
    lines = ["甲县应急管理局报告", "2023年，我局共收到公民、法人提出的政府信息", "公开申请3件。已办结。", "（三）管理"]
    assert [s.text for s in sentences(lines)] == [
        "甲县应急管理局报告",
        "2023年,我局共收到公民、法人提出的政府信息公开申请3件。",
        "已办结。",
        "(三)管理",
    ]


def filing(contents: dict[str, object], *lines: str) -> Filing:
    read = submission(FORM, sheets_of(FORM, contents))  # type: ignore[arg-type]
    prose = read_prose([text(*lines)], BOOK, IDENTITY, 2023)
    read = replace(read, claims=prose.claims, said=prose.said, identity=IDENTITY, document="Word 文件（.docx）")
    return Filing(Checked(read, prose.findings, {}))


def told(contents: dict[str, object], *lines: str) -> list[Finding]:
    (judged,) = judge_texts([filing(contents, *lines)], BOOK)
    return list(judged.checked.findings)


NUMBERS = {**zeros(FORM), "T3.r1.c7": 275.0, "T3.r1.c1": 258.0, "T3.r1.c2": 17.0, "T3.r24.c7": 275.0}


def test_a_contradiction_names_both_numbers_and_the_cell_that_was_taken() -> None:
    (finding,) = told(NUMBERS, "全年收到政府信息公开申请258件。")
    assert finding.rule == "N-REC" and finding.severity is Severity.EXPLAIN
    assert "正文第 1 段写“全年收到政府信息公开申请258件。”，说的是 258" in finding.message
    assert "是 275" in finding.message and "「自然人」" in finding.message and "取错了格" in finding.message
    assert finding.item == FORM.by_code["T3.r1.c7"].index


@pytest.mark.parametrize(
    "line", ["全年收到政府信息公开申请275件。", "办理政府信息公开申请275件。", "其中部分公开0件。"]
)
def test_what_agrees_is_not_told(line: str) -> None:
    assert told(NUMBERS, line) == []


def test_numbers_that_are_not_there_contradict_nothing() -> None:
    assert told({**NUMBERS, "T3.r2.c7": None}, "全年收到政府信息公开申请258件。") == []


def test_a_blank_table_that_the_text_calls_empty_is_advised_so() -> None:
    blank = {code: None if code.startswith("T4") else value for code, value in NUMBERS.items()}
    (finding,) = told(blank, "未发生因政府信息公开引起的行政复议和行政诉讼。")
    assert finding.severity is Severity.NOTE and "空白" in finding.message and "封面" in finding.suggestion


def test_the_text_of_a_document_is_judged_against_the_workbook_that_counts() -> None:
    book = Filing(Checked(replace(submission(FORM, sheets_of(FORM, NUMBERS)), identity=IDENTITY), (), {}))
    document = filing({**NUMBERS, "T3.r1.c7": 5.0}, "收到政府信息公开申请5件。", "依据国办公开办函〔2019〕60号编制。")
    source = replace(document.source, path="报告.docx")
    document = replace(
        document, checked=replace(document.checked, submission=replace(document.submission, source=source))
    )
    document = replace(document, behind=Behind(book.source.path, Because.DOCUMENT))
    counting, _ = judge_texts([book, document], BOOK)
    assert [f.rule for f in counting.checked.findings] == ["N-DOC", "N-REC"]
    assert all("文档“报告.docx”" in f.message and f.sheet != TEXT for f in counting.checked.findings)


def found(*lines: str) -> list[str]:
    return [finding.rule for finding in read_prose([text(*lines)], BOOK, IDENTITY, 2023).findings]


@pytest.mark.parametrize(
    ("line", "rules"),
    [
        ("按照国办公开办函〔2021〕30号的要求编制。", []),
        ("按照国办公开办函[2019]60号的要求编制。", ["N-DOC"]),
        ("按照国办发〔2023〕1号的要求编制。", []),
        ("《政府信息公开工作年度报告格式》（国办公开办函〔2023〕30号）规定了格式。", ["N-DOC"]),
        ("按照《关于规范政府信息公开平台有关事项的通知》（国办公开办函〔2019〕61号）改版。", []),
        ("平台上线时间为2022年1月1日，统计口径不变。", []),
        ("统计期限自2023年1月1日起至2023年12月31日止。", []),
        ("统计期限自2022年1月1日起至2022年12月31日止。", ["N-YEAR"]),
        ("本报告由甲县应急管理局按照条例编制。", []),
        ("本报告由乙县应急管理局按照条例编制。", ["N-BODY"]),
        ("本报告由我县应急局按照条例编制。", []),
        ("本报告由甲县应管局按照条例编制。", []),
        ("本报告由甲县财政局按照条例编制。", ["N-BODY"]),
        ("按照《乙市2023年工作要点》，制定《县应急局2023年工作安排》。", []),
        ("全年共发布信息45条，其中甲类30条、乙类15条。", []),
        ("全年共发布信息45条，其中甲类30条、乙类20条。", ["N-SUM"]),
        ("全年共发布信息45条，其中甲类30条（其中一季度20条）、乙类10条。", []),
        ("共收到申请12件，其中网络9件、信函3件，办结12件。", []),
        ("全年共发布信息45条，包括：政务动态30条，公告公示20条，政策解读共计8条。", ["N-SUM"]),
        ("共受理申请12件，办结10件，予以公开6件，占60%。", []),
        ("共受理申请12件，予以公开6件，占50%。", []),
        ("共受理申请12件，予以公开6件，占60%。", ["N-PCT"]),
        ("申请人身份证号11010519491231002X。", ["P-PRIVACY"]),
        ("申请人身份证号110105194912310021。", []),
        ("请与张某联系，13800138000。", ["P-PRIVACY"]),
        ("申请人：张三丰，由县局受理。", []),
        ("乙县应急管理局2023年政府信息公开工作年度报告", ["N-BODY"]),
        ("县应急局2023年度政府信息公开年度报告", []),
        ("甲县应急管理局   2024年1月20日", []),
        ("乙县应急管理局   2024年1月20日", ["N-BODY"]),
        ("联系电话：0537-8727890，010-12345678901。", []),
        ("机密★一年", ["P-PRIVACY"]),
        ("做好涉密信息的保密审查，严防泄露国家秘密。", []),
        ("××局2023年报告", ["P-LEFT"]),
        ("【请补写】", ["P-LEFT"]),
    ],
)
def test_what_is_cited_added_up_or_left_behind(line: str, rules: list[str]) -> None:
    assert found(line) == rules


def test_a_report_says_what_its_last_parts_must() -> None:
    five = "五、存在的主要问题及改进情况"
    problems = "一是解读材料偏少，形式单一；二是更新不够及时。下一步，将丰富解读形式，及时更新栏目。"
    assert found(five, problems, "六、其他需要报告的事项", "2023年未收取信息处理费。") == []
    assert found(five, "六、其他需要报告的事项", "本年开展了培训。") == ["N-SEC5", "N-SEC6"]
    assert found("只有一段话，不是报告。") == []


def test_no_quoted_sentence_tells_a_private_number() -> None:
    claims = read_prose([text("请致电13800138000，收到政府信息公开申请5件。")], BOOK, IDENTITY, 2023).claims
    assert [claim.sentence for claim in claims] == ["请致电1380…8000,收到政府信息公开申请5件。"]


def test_a_name_beside_a_private_number_is_told_and_masked() -> None:
    (finding,) = read_prose([text("申请人张三丰，电话13800138000，负责人：李四。")], BOOK, IDENTITY, 2023).findings
    assert "姓名“张○○”、姓名“李○”" in finding.message and "张三" not in finding.message


def test_private_numbers_in_a_table_are_told_once_for_it() -> None:
    cells = {(1, 0): "张三", (1, 1): 13800138000.0, (2, 1): typed("110105194912310038"), (3, 1): 1380013800.0}
    table = Sheet("第 4 个表", cells, document="Word 文件（.docx）")
    (finding,) = read_prose([table, text("甲")], BOOK, IDENTITY, 2023).findings
    assert finding.sheet == "第 4 个表" and finding.cell == "第 2 至 3 行第 2 列"
    assert finding.message.startswith("有身份证号 1101…0038、手机号 1380…8000。")


def test_a_report_that_speaks_of_another_agency_alone_was_its() -> None:
    others = (AGENCY, Agency("002", "甲县财政局"), Agency("003", "甲县教育局"))

    def left(*lines: str) -> list[str]:
        return [f.rule for f in read_prose([text(*lines)], BOOK, IDENTITY, 2023, others).findings]

    assert left(*3 * ["甲县财政局做好公开。"]) == ["P-LEFT"]
    assert left(*3 * ["我局会同甲县财政局做好公开。"], "县应急局做好公开。") == []
    assert left(*2 * ["我局会同甲县财政局做好公开。"]) == []


def test_what_is_last_years_word_for_word_is_told() -> None:
    last = LastYear(
        year(2022),
        values={"001": {0: 1}},
        said={"001": {"measures": "一是加强业务培训，提高人员素质和能力水平；二是丰富解读。"}},
    )
    five = ("五、存在的主要问题及改进情况", "下一步，我局将做好工作。")

    def told(*lines: str) -> list[str]:
        checked = filing(NUMBERS, *five, *lines).checked
        return [f.rule for f in compare_years([checked], BOOK, last)[0].findings if f.rule == "P-LEFT"]

    assert told("一是加强业务培训， 提高人员素质和能力水平。") == ["P-LEFT"]
    assert told("一是加强业务培训，提高全体人员的素质和能力。") == []
    assert (
        told(
            "一是加强业务培训，提高人员素质和能力水平。",
            "二是新建信息公开专区，方便群众就近查阅和咨询办理；三是按季度通报。",
        )
        == []
    )


def gathered(*lines: str) -> dict[str, str]:
    return {said.id: said.text for said in read_prose([text(*lines)], BOOK, IDENTITY, 2023).said}


def test_what_a_report_says_of_problems_and_measures_is_gathered() -> None:
    lines = (
        "五、存在的主要问题及改进情况",
        "2023年，工作取得进展，但更新不够及时；",
        "形式单一。下一步，我局将：一是加强培训；二是",
    )
    more = ("解决更新中存在的问题。", "六、其他", "未收取信息处理费。")
    assert gathered(*lines, *more) == {
        "problems": "2023年，工作取得进展，但更新不够及时；形式单一。",
        "measures": "下一步，我局将：一是加强培训；二是解决更新中存在的问题。",
        "fee": "0",
    }
    parted = (
        "五、存在的问题",
        "（一）上年问题改进情况",
        "一是丰富了栏目。",
        "（二）2023年存在问题及下步举措",
        "存在问题：请找13800138000。",
    )
    assert gathered(*parted) == {"improved": "一是丰富了栏目。", "problems": "请找1380…8000。"}
    assert gathered("五、存在的主要问题及改进情况：更新不及时。") == {"problems": "更新不及时。"}


@pytest.mark.parametrize(
    ("line", "fee"),
    [
        ("2023年共收取信息公开处理费1,250.5元。", "1250.5"),
        ("本年度没有产生信息处理费。", "0"),
        ("信息处理费收取情况：无。", None),
        ("收费情况：未收取。", "0"),
        ("全年减免信息处理费120元。", None),
        ("按照信息处理费收取标准每件10元执行。", None),
        ("行政事业性收费12.5万元。", None),
    ],
)
def test_the_fee_is_kept_as_a_number(line: str, fee: str | None) -> None:
    assert gathered("六、其他需要报告的事项", line).get("fee") == fee


def test_private_numbers_are_never_told_whole() -> None:
    (finding,) = read_prose([text("13800138000")], BOOK, IDENTITY, 2023).findings
    assert "13800138000" not in finding.message and "1380…8000" in finding.message


def test_a_wrong_declaration_is_told_with_its_key(tmp_path: Path) -> None:
    for name in ("zfxxgk-2021.toml", "zfxxgk-2021/text.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((Path("templates") / name).read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "zfxxgk-2021/text.toml"
    whole = path.read_text(encoding="utf-8")
    for old, new, said in (
        ('means = ["T3.r25.c7"]', 'means = ["T3.r99.c7"]', "T3.r99.c7"),
        ("{moved}(?:至", "{movde}(?:至", "是否指 moved"),
        ("topic = '依申请|{about}'", "topic = '依申请|{about}('", "正则"),
        ('rule = "N-CAR"', 'rule = "N-CARR"', "N-CAR"),
    ):
        path.write_text(whole.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(OfficeError, match=said):
            load_form(tmp_path, "zfxxgk-2021")
