"""Whose file it is: hidden identity, cover, file name, in that order; disagreements are findings, never guesses."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from tests.grids import annual_report
from tests.grids import year as of_year
from workbook_tool.model.intake.source import Mail
from workbook_tool.model.intake.submission import (
    IDENTITY_SHEET,
    REGION_REPORT,
    Agency,
    Content,
    ErrorValue,
    Identity,
    Sheet,
    Uncomputed,
)
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.office.settings import Roster
from workbook_tool.steps.intake.identify import identify, named_in, stated_scope
from workbook_tool.steps.intake.identify.cover import is_signed, yes_or_no

FORM = annual_report()
EDUCATION = Agency("007", "示例县教育局", ("县教育局", "教体局"))
HEALTH = Agency("0071", "示例县卫生健康局", due_to=2022)
ROSTER = Roster((EDUCATION, HEALTH))


def cover(**given: Content) -> Sheet:
    labels = {
        "agency": "填报单位：",
        "code": "单位代码",
        "year": "报告 年度",
        "nil_t3": "本年无申请",
        "date": "填报日期",
    }
    cells: dict[tuple[int, int], Content] = {}
    for row, (key, label) in enumerate(labels.items(), 3):
        cells[row, 1] = label
        if key in given:
            cells[row, 3] = given[key]
    return Sheet("封面", cells)


def hidden(**given: Content) -> Sheet:
    return Sheet(
        IDENTITY_SHEET, {(r, c): v for r, pair in enumerate(given.items()) for c, v in enumerate(pair)}, hidden=True
    )


def who(*sheets: Sheet, path: str = "a.xlsx", roster: Roster = ROSTER, year: int | None = 2023) -> Identity:
    return identify(sheets, path, Rulebook(FORM), roster, of_year(year) if year else None)


ISSUED = hidden(tool="workbook-tool", form=FORM.id, agency="007", name="示例县教育局", year="2023", round="2")


def test_the_hidden_identity_decides() -> None:
    found = who(ISSUED, path="x.xlsx")
    assert (found.agency, found.period, found.round, found.source) == (EDUCATION, of_year(2023), 2, "隐藏标识")
    assert not found.findings
    assert not found.foreign


@pytest.mark.parametrize(
    "between", ["      单位：元", "      金额单 位：万元", " 联系人：张三", "　电话：123 备注：无"]
)
def test_what_the_cover_does_not_ask_for_is_no_part_of_an_answer(between: str) -> None:
    line = {(1, 0): f"填报单位：示例县 教育局{between}", (2, 0): "报告年度：2023"}
    found = who(Sheet("表", line), path="x.xlsx")
    assert (found.agency, found.source, found.foreign) == (EDUCATION, "封面的填报单位", "")


@pytest.mark.parametrize("name", ["示例县教育局", "县 教育局", "教体局"])
def test_the_cover_names_the_agency_by_name_or_alias(name: str) -> None:
    found = who(cover(agency=name, year=2023.0), path="x.xlsx")
    assert (found.agency, found.source, found.foreign) == (EDUCATION, "封面的填报单位", "")


def test_the_longest_name_in_the_file_name_counts() -> None:
    assert who(cover(year=2023), path="报表/示例县教育局年报.xlsx").agency == EDUCATION


def test_codes_are_text() -> None:
    assert who(cover(code="007", year=2023)).agency == EDUCATION
    assert who(cover(code="0071", year=2022), year=2022).agency == HEALTH


def test_places_that_disagree_are_findings() -> None:
    found = who(ISSUED, cover(agency="示例县卫生健康局", code="007", year=2023), path="x.xlsx")
    assert found.agency == EDUCATION
    assert [(f.rule, f.place) for f in found.findings] == [("P-AGENCY", "封面!D4")]
    assert "隐藏标识是“示例县教育局”（007），封面的填报单位却是“示例县卫生健康局”" in found.findings[0].message


@pytest.mark.parametrize(
    "signed", ["张三", "2024年1月5日", date(2024, 1, 5), "同上", "〃", "√", "已审", "无名", "未央", "不凡", True]
)
def test_a_name_a_day_or_a_tick_is_a_signature(signed: Content) -> None:
    assert is_signed(signed)


@pytest.mark.parametrize(
    "unsigned",
    [
        *("/", "—", "－－", "×", "□", "无", "空", "暂缺", "待审", "未审核", "尚未签字", "不需要", "没有", "待"),
        *("（签字）", "（盖章）", "签名：", "____", "　　年　月　日", "签字栏", "（请签名）"),
    ],
)
def test_what_says_that_nobody_has_signed_is_no_signature(unsigned: str) -> None:
    """报送情况 counted 待审 and （盖章） as steps that were done: 4/4."""
    assert not is_signed(unsigned)
    names = {"sign1": "编辑人初审", "sign2": "科室主任审核", "agency": "填报单位", "code": "单位代码"}
    given = {"sign1": "张三", "sign2": unsigned, "agency": "示例县教育局", "code": "007"}
    cells = {
        (row, column): text for row, key in enumerate(names) for column, text in ((0, names[key]), (1, given[key]))
    }
    assert who(Sheet("封面", cells)).signed == ("sign1",)


def test_a_workbook_stays_its_agency_s_when_the_roster_gives_the_codes_anew() -> None:
    """Issued to 教育局 as 020; today 020 is 水利局's and 教育局 has 021."""
    education, water = Agency("021", "示例县教育局"), Agency("020", "示例县水利局")
    lines = titled("填报单位：示例县教育局（020）")
    found = who(*as_020("示例县教育局"), lines, path="x.xlsx", roster=Roster((education, water)))
    assert (found.agency, found.foreign, told(found)) == (education, "", [("P-AGENCY", "explain")])
    assert found.findings[0].message == (
        "这份填报表是下发给“示例县教育局”（020）的，名录中它的代码现在是 021，020 现在是“示例县水利局”的，按名称计入。"
    )
    assert found.findings[0].suggestion == "请核对名录：确是改了代码的，在它的“原代码”里写上 020。"


def test_a_former_code_on_the_cover_is_the_agency_s_own() -> None:
    education = Agency("021", "示例县教育局", former=("020",))
    for sheets in (as_020("示例县教育局"), as_020("示例县教育局")[1:]):
        found = who(*sheets, titled("填报单位：示例县教育局（020）"), path="x.xlsx", roster=Roster((education,)))
        assert (found.agency, found.foreign, found.findings) == (education, "", ())


def test_who_was_renamed_or_has_another_s_code_is_asked_about_as_it_was_issued() -> None:
    sports = Agency("020", "示例县体育局")
    found = who(*as_020("示例县教育局"), path="x.xlsx", roster=Roster((sports, HEALTH)))
    assert (found.agency, found.foreign, told(found)) == (sports, "", [("P-AGENCY", "explain")])
    said = "这份填报表是下发给“示例县教育局”（020）的，名录中 020 现在是“示例县体育局”，按代码计入。"
    assert found.findings[0].message == said
    assert "在“别名”里写上“示例县教育局”" in found.findings[0].suggestion
    renamed = Agency("020", "示例县体育局", ("示例县教育局",))
    assert not who(*as_020("示例县教育局"), path="x.xlsx", roster=Roster((renamed, HEALTH))).findings


def test_whose_code_was_changed_without_a_word_is_asked_about_once() -> None:
    education = Agency("120", "示例县教育局")
    found = who(*as_020("示例县教育局"), path="x.xlsx", roster=Roster((education, HEALTH)))
    said = "这份填报表是下发给“示例县教育局”（020）的，名录中它的代码现在是 120，按名称计入。"
    assert (found.agency, [f.message for f in found.findings]) == (education, [said])


def test_a_region_s_report_was_issued_by_nobody() -> None:
    county = Agency("C1", "甲县")
    told_in = hidden(form=FORM.id, year=2023, agency="370800", name="甲县", kind=REGION_REPORT)
    found = who(told_in, cover(agency="甲县", code="370800", year=2023), path="x.xlsx", roster=Roster((county,)))
    assert (found.agency, len(found.findings)) == (county, 1)
    assert "封面的单位代码却是“370800”" in found.findings[0].message and "下发给" not in found.findings[0].message


def as_020(name: str) -> tuple[Sheet, Sheet]:
    """A workbook that was issued to this agency under the code 020, and whose cover nobody has changed."""
    issued = hidden(form=FORM.id, year=2023, agency="020", name=name, round=1)
    return issued, cover(agency=name, code="020", year=2023)


def test_an_unknown_agency_is_foreign_and_the_nearest_is_suggested() -> None:
    found = who(cover(agency="示例县教育体育局", year=2023), path="x.xlsx")
    assert found.foreign == "名录中没有“示例县教育体育局”，最接近的是“示例县教育局”；请核对单位名称，或在名录中补登"


def test_nobody_named_is_foreign() -> None:
    assert "没有写明填报单位" in who(cover(year=2023), path="x.xlsx").foreign


def test_another_year_is_foreign_and_so_is_one_in_which_the_agency_is_not_due() -> None:
    assert who(cover(agency="教体局", year="2022年")).foreign == "报告年度为 2022 年，本次汇总 2023 年"
    assert "不应报" in who(cover(code="0071", year=2023)).foreign


def test_a_year_that_is_missing_or_contradicted_is_a_finding() -> None:
    assert [f.rule for f in who(cover(agency="教体局")).findings] == ["P-PERIOD"]
    twice = who(ISSUED, cover(agency="教体局", year=2022), year=2021)
    assert ([f.rule for f in twice.findings], twice.foreign) == (["P-PERIOD"], "报告年度为 2022 年，本次汇总 2021 年")


def test_a_mistyped_year_on_the_cover_loses_no_file() -> None:
    this_year, last_year = titled("2023年政府信息公开工作年度报告"), titled("2022年政府信息公开工作年度报告")
    mistyped = cover(agency="教体局", year=2022)
    for sheets in ((ISSUED, mistyped), (ISSUED, mistyped, this_year), (mistyped, this_year)):
        found = who(*sheets, path="x.xlsx")
        assert (found.period, found.foreign, told(found)) == (of_year(2023), "", [("P-PERIOD", "explain")])
        assert "封面" in found.findings[0].message and "2022 年" in found.findings[0].message
    assert who(mistyped, last_year, path="x.xlsx").foreign, "last year's lie around for good"
    assert who(mistyped, this_year, last_year, path="x.xlsx").foreign


def test_another_form_is_foreign() -> None:
    assert "是另一种表（shushe）" in who(hidden(form="shushe", agency="007")).foreign


def test_nil_answers_and_the_date_are_read() -> None:
    found = who(cover(agency="教体局", year=2023, nil_t3="是", date="2024年1月20日"))
    assert (found.nil, found.filed_on) == (("T3",), date(2024, 1, 20))
    assert who(cover(agency="教体局", year=2023, nil_t3="否")).nil == ()


def test_without_a_roster_every_agency_that_names_itself_is_accepted() -> None:
    found = who(cover(agency="某县某局", year=2023), roster=Roster(given=False), year=None)
    assert (found.agency, found.foreign) == (Agency("某县某局", "某县某局"), "")


# ── names ────────────────────────────────────────────────────────────────────

FINANCE = Agency("010", "示例县财政局", mail="czj@example.gov.cn、财政@example.gov.cn")
TREASURY = Agency("011", "示例县财政局国库支付中心")
OFFICE = Agency("012", "示例县人民政府办公室")
TOWN = Agency("013", "东河镇人民政府", ("东河镇",))
STREET = Agency("014", "南湖街道办事处")
SCHOOL = Agency("015", "示例县第一中学")
RESOURCES = Agency("016", "示例县人力资源和社会保障局")
EVERYONE = Roster((EDUCATION, FINANCE, TREASURY, OFFICE, TOWN, STREET, SCHOOL, RESOURCES))


def told(found: Identity) -> list[tuple[str, str]]:
    return [(f.rule, f.severity.value) for f in found.findings]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("示例县教育局（盖章）", EDUCATION),
        ("示例县教育局（007）", EDUCATION),
        ("东河镇", TOWN),
    ],
)
def test_marks_behind_a_name_and_aliases_are_no_finding(written: str, meant: Agency) -> None:
    found = who(cover(agency=written, year=2023), path="x.xlsx", roster=EVERYONE)
    assert (found.agency, told(found)) == (meant, [])


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("财政局", FINANCE),
        ("县财政局机关", FINANCE),
        ("示例县财政局 机关", FINANCE),
        ("县政府办", OFFICE),
        ("示例县政府办公室", OFFICE),
        ("政府办公室", OFFICE),
        ("示例县（东河镇人民政府）", TOWN),
        ("东河镇政府", TOWN),
        ("示例县南湖街道", STREET),
        ("南湖街道办", STREET),
        ("示例县教体局", EDUCATION),
    ],
)
def test_usual_variants_of_a_name_are_read_and_noted(written: str, meant: Agency) -> None:
    found = who(cover(agency=written, year=2023), path="x.xlsx", roster=EVERYONE)
    assert (found.agency, told(found)) == (meant, [("N-NAME", "note")])
    assert f"写“{written}”，名录中是“{meant.name}”（{meant.code}）" in found.findings[0].message
    assert found.findings[0].place == "封面!D4"


@pytest.mark.parametrize(
    "written", ["邻县财政局", "人民政府", "财政", "第二中学", "示例县第二中学", "西河镇", "街道办"]
)
def test_a_neighbour_or_a_general_word_is_nobody(written: str) -> None:
    found = who(cover(agency=written, year=2023), path="x.xlsx", roster=EVERYONE)
    assert found.agency is None
    assert f"名录中没有“{written}”" in found.foreign


def test_a_variant_that_fits_two_agencies_fits_none_and_says_so() -> None:
    roster = Roster((Agency("1", "甲乙县应急管理局"), Agency("2", "丙丁县应急管理局")))
    found = who(cover(agency="应急管理局", year=2023), path="应急管理局.xlsx", roster=roster)
    assert found.agency is None
    assert "写的“应急管理局”可以指“甲乙县应急管理局”、“丙丁县应急管理局”，无法确定是哪一个" in found.foreign


def test_a_place_is_left_out_only_where_the_roster_is_of_one_place() -> None:
    """县政府办 in an office of three counties: only one of them is on the roster, and the mail may be another's."""
    roster = Roster(
        tuple(Agency(str(n), name) for n, name in enumerate(("甲乙县人民政府办公室", "丙丁县财政局", "戊己县教育局")))
    )
    assert who(cover(agency="县政府办", year=2023), path="县政府办.xlsx", roster=roster).agency is None
    assert who(cover(agency="甲乙县政府办", year=2023), path="x.xlsx", roster=roster).agency == roster.agencies[0]


def test_a_misspelling_alone_is_to_be_explained_and_beside_other_clues_noted() -> None:
    slip = "示例县人力资源和社会保证局"
    assert told(who(cover(agency=slip, year=2023), path="x.xlsx", roster=EVERYONE)) == [("N-NAME", "explain")]
    beside = who(cover(agency=slip, code="016", year=2023), path="x.xlsx", roster=EVERYONE)
    assert (beside.agency, told(beside)) == (RESOURCES, [("N-NAME", "note")])


def test_a_misspelling_near_two_names_is_nobody() -> None:
    roster = Roster((RESOURCES, Agency("017", "示例县人力资源和社会保险局")))
    assert who(cover(agency="示例县人力资源和社会保证局", year=2023), path="x.xlsx", roster=roster).agency is None


@pytest.mark.parametrize(
    ("known", "written"),
    [
        ("示例县高新技术产业开发区第一中学", "示例县高新技术产业开发区第二中学"),
        ("示例县人力资源和社会保障局", "邻里县人力资源和社会保障局"),
        ("示例县人力资源和社会保障局", "示例市人力资源和社会保障局"),
    ],
)
def test_a_neighbour_is_no_misspelling(known: str, written: str) -> None:
    found = who(cover(agency=written, year=2023), path="x.xlsx", roster=Roster((Agency("1", known),)))
    assert found.agency is None


def test_a_listed_alias_goes_before_another_agencys_variant() -> None:
    roster = Roster((Agency("1", "甲乙县财政局"), Agency("2", "丙丁县财政局", ("财政局",))))
    found = who(cover(agency="财政局", year=2023), path="x.xlsx", roster=roster)
    assert (found.agency, told(found)) == (roster.agencies[1], [])


def test_an_alias_of_nothing_but_marks_means_nobody() -> None:
    roster = Roster((Agency("1", "示例县财政局", ("——",)), EDUCATION))
    assert who(cover(agency="—", year=2023), path="——.xlsx", roster=roster).agency is None


def test_a_government_without_its_place_is_nobody() -> None:
    county = Agency("1", "示例县人民政府")
    found = who(path="人民政府2023.xlsx", roster=Roster((county, EDUCATION)))
    assert found.agency is None
    assert who(path="示例县人民政府2023.xlsx", roster=Roster((county, EDUCATION))).agency == county


def test_a_code_that_lost_its_zeros_counts_where_only_one_agency_has_it() -> None:
    found = who(cover(code=10.0, year=2023), path="x.xlsx", roster=EVERYONE)
    assert (found.agency, told(found)) == (FINANCE, [])
    twins = Roster((FINANCE, Agency("10", "示例县林业局"), Agency("0010", "示例县水利局")))
    assert who(cover(code="0010", year=2023), roster=twins).agency == twins.agencies[2]
    assert who(cover(code="00010", year=2023), path="x.xlsx", roster=twins).agency is None


# ── where the agency is named ────────────────────────────────────────────────


def titled(text: str, name: str = "表二") -> Sheet:
    return Sheet(name, {(0, 0): text})


@pytest.mark.parametrize(
    ("sheet", "path", "source"),
    [
        (titled("示例县教育局2023年政府信息公开工作年度报告"), "x.xlsx", "表头"),
        (titled("填报单位：示例县教育局（007）"), "2023年度.xlsx", "表头"),
        (titled("填报单位：示例县教育局      单 位：元"), "2023年度.xlsx", "表头"),
        (titled("2023年", "县教育局"), "x.xlsx", "工作表名"),
        (titled("2023年度"), "示例县教育局年报.xlsx", "文件名"),
        (titled("2023年度"), "2023年教育局年报.xlsx", "文件名"),
    ],
)
def test_places_that_name_the_agency(sheet: Sheet, path: str, source: str) -> None:
    found = who(sheet, path=path, roster=EVERYONE)
    assert (found.agency, found.source, found.period, told(found)) == (EDUCATION, source, of_year(2023), [])


@pytest.mark.parametrize("path", ["县教育局/年报.xlsx", "县教育局.zip!年报.xlsx"])
def test_a_folder_as_the_only_clue_counts_and_is_to_be_explained(path: str) -> None:
    found = who(titled("2023年度"), path=path, roster=EVERYONE)
    assert (found.agency, found.source, told(found)) == (EDUCATION, "文件夹名", [("P-AGENCY", "explain")])
    assert "只有文件夹（压缩包）的名称写了“示例县教育局”" in found.findings[0].message


@pytest.mark.parametrize(
    "path",
    [
        "报送县政府办2023年报.xlsx",
        "致县政府办.xlsx",
        "给政府办的表.xlsx",
        "县政府办：2023年报.xlsx",
        "报送 县政府办.xlsx",
        "报至县政府办.xlsx",
        "2023年报县政府办.xlsx",
        "报送县政府办.zip!附件1.xlsx",
    ],
)
def test_a_name_that_is_only_written_to_decides_nothing(path: str) -> None:
    roster = Roster((EDUCATION, replace(OFFICE, aliases=("政府办",))))
    found = who(titled("2023年度"), path=path, roster=roster)
    assert (found.agency, found.name) == (None, "")
    assert "只写了报给谁" in found.foreign
    assert "没有写是谁报的" in found.foreign
    assert named_in(path, roster) is None


@pytest.mark.parametrize(
    "path",
    [
        "2023年报_县教育局.xlsx",
        "2023年报 县教育局.xlsx",
        "2023年年报县教育局.xlsx",
        "政府信息公开年报县教育局.xlsx",
        "关于报送示例县教育局2023年报的函.xlsx",
        "关于上报示例县教育局2023年报的函.xlsx",
        "报送《示例县教育局2023年报》.xlsx",
        "示例县教育局网站公开年报.xlsx",
        "示例县教育局所有报表.xlsx",
        "示例县教育局2023年度各科室报表.xlsx",
        "示例县教育局政府信息公开工作年度报告.xlsx",
    ],
)
def test_the_word_report_before_a_name_is_no_address(path: str) -> None:
    assert who(titled("2023年度"), path=path, roster=EVERYONE).agency == EDUCATION


@pytest.mark.parametrize("part", ["财政所", "司法所", "水管站", "党政办公室", "民政科", "执法队", "便民服务中心"])
def test_a_part_of_a_town_is_not_the_town(part: str) -> None:
    assert who(titled("2023年度"), path=f"东河镇{part}2023.xlsx", roster=EVERYONE).agency is None
    assert who(titled("2023年度"), path=f"东河镇{part}年报.xlsx", roster=EVERYONE).agency is None


@pytest.mark.parametrize(
    ("path", "whose"),
    [
        ("东河镇-财政所2023.xlsx", None),
        ("东河镇（水管站）2023.xlsx", None),
        ("东河镇-各站所2023.xlsx", TOWN),
        ("示例县教育局（办公室）2023.xlsx", EDUCATION),
        ("示例县教育局-网站公开2023年报.xlsx", EDUCATION),
    ],
)
def test_a_station_is_another_body_even_where_a_mark_parts_it(path: str, whose: Agency | None) -> None:
    assert who(titled("2023年度"), path=path, roster=EVERYONE).agency == whose


def test_the_mail_names_the_agency_by_its_sender_or_subject() -> None:
    def mailed(sender: str, subject: str) -> Identity:
        return identify([], "年报.xlsx", Rulebook(FORM), EVERYONE, of_year(2023), Mail(sender, "", subject, None))

    assert (mailed("CZJ@example.gov.cn ", "年报").agency, mailed("财政@example.gov.cn", "").source) == (
        FINANCE,
        "发件人",
    )
    assert (mailed("x@y", "示例县教育局2023年度年报").source, mailed("x@y", "报送县教育局年报").agency) == (
        "邮件主题",
        None,
    )
    assert told(mailed("czj@example.gov.cn", "示例县财政局2023年度年报")) == []
    assert told(mailed("x@y", "示例县财政局2023年度年报")) == [("P-SENDER", "note")]
    assert told(mailed("x@y", "示例县教育局2023年度年报")) == []  # the roster knows no address of theirs
    assert "是“示例县财政局”的邮箱" in str(
        identify(
            [cover(agency="示例县教育局", year=2023)],
            "x.xlsx",
            Rulebook(FORM),
            Roster((replace(EDUCATION, mail="a@b"), FINANCE)),
            of_year(2023),
            Mail("czj@example.gov.cn", "", "", None),
        ).findings
    )


@pytest.mark.parametrize(
    "path",
    [
        "报示例县财政局-示例县教育局年报.xlsx",
        "示例县政府办：教育局.xlsx",
        "报示例县财政局.xlsx",
        "报示例县教育局-示例县财政局.xlsx",
        "示例县财政局/教育局.xlsx",
        "示例县财政局 示例县教育局.xlsx",
    ],
)
def test_naming_the_recipient_too_is_no_disagreement(path: str) -> None:
    found = who(cover(agency="示例县教育局", year=2023), path=path, roster=EVERYONE)
    assert (found.agency, told(found)) == (EDUCATION, [])


@pytest.mark.parametrize("path", ["报示例县财政局-示例县教育局2023年报.xlsx", "示例县政府办：教育局2023.xlsx"])
def test_a_file_name_with_recipient_alone_leads_to_the_sender(path: str) -> None:
    assert who(path=path, roster=EVERYONE).agency == EDUCATION


def test_a_file_name_that_names_two_alike_leads_nowhere() -> None:
    found = who(path="示例县财政局 示例县教育局2023.xlsx", roster=EVERYONE)
    assert "无法确定是哪一个" in found.foreign


def test_a_name_within_a_longer_one_belongs_to_that() -> None:
    assert who(path="示例县财政局国库支付中心2023.xlsx", roster=EVERYONE).agency == TREASURY
    assert who(path="示例县教育局考试中心2023.xlsx", roster=EVERYONE).agency is None
    assert who(path="邻县教育局2023.xlsx", roster=EVERYONE).agency is None
    assert who(cover(agency="示例县财政局国库支付中心", year=2023), path="x.xlsx", roster=EVERYONE).agency == TREASURY


def test_a_file_name_of_somebody_else_is_a_disagreement() -> None:
    found = who(cover(agency="示例县教育局", year=2023), path="示例县财政局.xlsx", roster=EVERYONE)
    assert (found.agency, told(found)) == (EDUCATION, [("P-AGENCY", "explain")])


def test_the_printed_line_of_a_borrowed_workbook_does_not_settle_it() -> None:
    printed = titled("填报单位：示例县教育局（007）")
    found = who(cover(agency="示例县体育局", year=2023), printed, path="x.xlsx")
    assert "名录中没有“示例县体育局”" in found.foreign
    found = who(cover(agency="示例县财政局", year=2023), printed, path="x.xlsx", roster=EVERYONE)
    assert (found.agency, told(found)) == (FINANCE, [("P-AGENCY", "explain")])


@pytest.mark.parametrize(
    ("name", "code", "path", "counts"),
    [
        ("示例县财政局", "010", "示例县财政局.xlsx", FINANCE),
        ("示例县财政局", "010", "年报.xlsx", FINANCE),
        ("示例县财政局", None, "财政局.xlsx", FINANCE),
        ("示例县财政局", None, "年报.xlsx", EDUCATION),
        ("示例县财政局", "007", "示例县财政局.xlsx", EDUCATION),
        ("示例县财政局", "010", "示例县教育局.xlsx", EDUCATION),
        (None, None, "示例县财政局.xlsx", EDUCATION),
    ],
)
def test_a_borrowed_workbook_counts_for_whom_all_in_sight_names(
    name: str | None, code: str | None, path: str, counts: Agency
) -> None:
    given = {k: v for k, v in {"agency": name, "code": code, "year": 2023}.items() if v is not None}
    found = who(ISSUED, cover(**given), titled("填报单位：示例县教育局（007）"), path=path, roster=EVERYONE)
    assert (found.agency, told(found)) == (counts, [("P-AGENCY", "explain")])
    assert all(agency.name in found.findings[0].message for agency in (EDUCATION, FINANCE))
    # Round 2 is of the workbook issued to the education bureau.
    assert found.round == (2 if counts == EDUCATION else 1)


@pytest.mark.parametrize(
    ("path", "title", "counts"),
    [
        ("示例县财政局.xlsx", "填报单位：示例县财政局", FINANCE),
        ("年报.xlsx", "填报单位：示例县财政局", FINANCE),
        ("示例县财政局.xlsx", "2023年度", FINANCE),
        ("年报.xlsx", "2023年度", EDUCATION),
        ("示例县教育局.xlsx", "填报单位：示例县财政局", EDUCATION),
    ],
)
def test_a_wrong_code_alone_gives_way_to_the_name(path: str, title: str, counts: Agency) -> None:
    found = who(cover(agency="示例县财政局", code="007", year=2023), titled(title), path=path, roster=EVERYONE)
    assert (found.agency, told(found)[0]) == (counts, ("P-AGENCY", "explain"))
    assert all(agency.name in found.findings[0].message for agency in (EDUCATION, FINANCE))


def test_the_round_of_another_years_workbook_does_not_count() -> None:
    last = hidden(form=FORM.id, agency="007", name="示例县教育局", year="2022", round="2")
    found = who(last, cover(agency="示例县教育局", code="007", year=2023), path="x.xlsx")
    assert (found.period, found.round) == (of_year(2023), 1)


def test_the_subject_of_a_mail_disputes_nothing() -> None:
    mail = Mail("x@y", "", "示例县教育局报送2023年年报", None)
    found = identify(
        [cover(code="010", year=2023)], "x.xlsx", Rulebook(FORM), Roster((EDUCATION, FINANCE)), of_year(2023), mail
    )
    assert found.agency == FINANCE
    assert "P-AGENCY" not in [rule for rule, _ in told(found)]


def test_the_letter_that_a_mail_answers_names_the_agency_below_the_file() -> None:
    def answering(*codes: str, sheets: tuple[Sheet, ...] = ()) -> Identity:
        mail = Mail("x@y", "", "回复", None, answers=codes)
        return identify(sheets, "年报2023.xlsx", Rulebook(FORM), EVERYONE, of_year(2023), mail)

    assert (answering(EDUCATION.code).agency, answering(EDUCATION.code).source) == (EDUCATION, "所回复的信")
    assert [answering(*codes).agency for codes in ((), ("nobody",), (EDUCATION.code, FINANCE.code))] == [None] * 3
    found = answering(FINANCE.code, sheets=(cover(agency="示例县教育局", year=2023),))
    assert (found.agency, told(found)) == (EDUCATION, [("P-AGENCY", "explain")])


# ── the year ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "written", [2023.0, "2023", "2023年度", "二〇二三年", "二○二三年", "23年", "２０２３", datetime(2023, 1, 1)]
)
def test_a_year_is_read_however_it_is_written(written: Content) -> None:
    found = who(cover(agency="教体局", year=written), path="x.xlsx")
    assert (found.period, told(found)) == (of_year(2023), [])


@pytest.mark.parametrize(
    "text",
    [
        "二〇二三年政府信息公开工作年度报告",
        "23年政府信息公开工作年度报告",
        "统计期限 2023年1月1日至12月31日",
        "2023年 1月 至 2023年 12月",
        "（2023年1—12月）",
        "（2023年1月1日—2023年12月31日）",
        "（2023 年）",
    ],
)
def test_titles_say_the_year(text: str) -> None:
    found = who(titled(text), path="教体局.xlsx")
    assert (found.period, found.findings) == (of_year(2023), ())


@pytest.mark.parametrize(
    ("path", "year"),
    [
        ("教体局2023年度.xlsx", 2023),
        ("教体局_2023.xlsx", 2023),
        ("教体局2023年报 2024年1月5日报.xlsx", 2023),
        ("教体局2023年报20240115.xlsx", 2023),
        ("教体局2022年报.xlsx", 2022),
        ("教体局2024年度.xlsx", 2024),
        ("教体局2024.xlsx", None),
        ("教体局20240115.xlsx", None),
        ("教体局2024-01-15.xlsx", None),
        ("教体局2022年2023年.xlsx", None),
    ],
)
def test_a_year_in_the_file_name_is_weak(path: str, year: int | None) -> None:
    found = who(titled("x"), path=path)
    assert found.period == (of_year(year) if year else None)
    assert [f.rule for f in found.findings] == ([] if year else ["P-PERIOD"])
    assert bool(found.foreign) == (year in (2022, 2024))


def test_a_date_of_filing_is_no_disagreement() -> None:
    sheets = cover(agency="教体局", year=2023, date="2024年1月20日"), titled("2024年1月20日"), titled("（2024年）")
    assert who(*sheets, path="2024/教体局2024.xlsx").findings == ()


def test_a_notice_is_no_title() -> None:
    notice = titled("示例县人民政府办公室关于报送2024年政府信息公开工作年度报告的通知")
    assert who(cover(agency="示例县教育局", year=2023), notice, path="x.xlsx", roster=EVERYONE).findings == ()


def test_a_title_of_another_year_is_to_be_explained() -> None:
    found = who(cover(agency="教体局", year=2023), titled("2022年政府信息公开工作年度报告"), path="x.xlsx")
    assert (found.period, found.foreign) == (of_year(2023), "")
    assert [(f.rule, f.place) for f in found.findings] == [("P-PERIOD", "表二!A1")]
    assert "封面是 2023 年，工作表「表二」的表头却写 2022 年" in found.findings[0].message


@pytest.mark.parametrize(
    ("text", "sheet", "told"),
    [
        ("二、主动公开政府信息情况（2022年度）", "表二", "表二!A1"),
        ("二〇二二年主动公开政府信息情况", "表二", "表二!A1"),
        ("22年度 二、主动公开政府信息情况", "表二", "表二!A1"),
        ("二、主动公开政府信息情况", "表二（2022年）", "表二（2022年）"),
        ("二、主动公开政府信息情况（2023年度）", "2023年表二", ""),
        ("二、主动公开政府信息情况（国办公开办函〔2021〕30号）", "表二", ""),
        ("二、主动公开政府信息情况（2022年、2023年）", "表二 (2)", ""),
        ("关于填报2022年二、主动公开政府信息情况的通知", "表二", ""),
        ("行政许可（2022年）", "表二", "表二!A1"),
        ("行政许可（2023年）", "表二", ""),
        ("行政许可（2022年起下放）", "表二", ""),
    ],
)
def test_a_table_of_another_year_is_to_be_explained(text: str, sheet: str, told: str) -> None:
    titled_ = Sheet(sheet, {(0, 0): text})
    found = who(cover(agency="教体局", year=2023), titled_, path="x.xlsx")
    assert found.period == of_year(2023)
    assert [f.place for f in found.findings if f.rule == "P-PERIOD"] == ([told] if told else [])


def test_a_report_of_this_year_behind_one_of_last_year_is_not_lost() -> None:
    found = who(titled("2022年政府信息公开工作年度报告"), titled("2023年政府信息公开工作年度报告"), path="教体局.xlsx")
    assert (found.period, found.foreign) == (of_year(2023), "")
    assert [f.message for f in found.findings] == ["表头是 2023 年，工作表「表二」的表头却写 2022 年。"]


@pytest.mark.parametrize(
    ("text", "sheet", "said"),
    [
        ("二、主动公开政府信息情况（2023年上半年）", "表二", "上半年"),
        ("二、主动公开政府信息情况（2023年1-11月）", "表二", "1-11月"),
        ("2023年1—11月政府信息公开工作年度报告", "表二", "1—11月"),
        ("统计期限：2023年1月1日至2023年12月20日", "表二", "1月1日至2023年12月20日"),
        ("二、主动公开政府信息情况（截至11月底）", "表二", "截至11月底"),
        ("二、主动公开政府信息情况", "表二（上半年）", "上半年"),
        ("二、主动公开政府信息情况", "2023年前三季度表二", "前三季度"),
        ("二、上年主动公开政府信息情况", "表二", "上年"),
        ("统计期限：2023年1月1日至2023年12月31日", "表二", ""),
        ("二、主动公开政府信息情况（2023年1-12月）", "表二", ""),
        ("二、主动公开政府信息情况（含上年结转，与上年相比）", "表二", ""),
        ("填报时间：2024年1月15日", "表二", ""),
        ("2023年上半年工作安排", "附件", ""),
    ],
)
def test_a_report_of_a_year_that_says_it_is_of_a_part_of_it_is_asked_about(text: str, sheet: str, said: str) -> None:
    found = who(cover(agency="教体局", year=2023), Sheet(sheet, {(0, 0): text}), path="x.xlsx")
    told_ = [f.message for f in found.findings if f.rule == "P-PERIOD"]
    assert len(told_) == bool(said) and all(f"写“{said}”，不像是 2023 年全年的数" in message for message in told_)


# ── the cover ────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "cells",
    [
        {(2, 0): "填报单位：示例县教育局", (3, 0): "报告年度： 2023 年"},
        {(2, 0): "填 报 单 位 ： 示例县教育局    报告年度:2023"},
        {(2, 1): "填报单位", (2, 4): "报告年度", (3, 1): "示例县教育局", (3, 4): 2023},
        {(2, 1): "填报单位", (3, 1): "示例县教育局", (5, 1): "报告年度", (6, 1): 2023},
        {(2, 2): "填报单位 :", (2, 7): "示例县教育局", (4, 2): "报告 年度", (4, 7): "2023年"},
        {(2, 0): "填报单位：", (2, 1): "示例县教育局", (4, 0): "报告年度：2023年度"},
        {(2, 0): "填报单位（盖章）", (2, 1): "示例县教育局", (4, 0): "报告年度", (4, 1): 2023},
        {(2, 0): "填报单位（公章）：示例县教育局", (4, 0): "报告年度：2023"},
        {(2, 0): "单位名称", (2, 1): "示例县教育局", (4, 0): "报告年度", (4, 1): 2023},
        {(2, 0): "报送单位（签章）：", (2, 1): "示例县教育局", (4, 0): "报告年度", (4, 1): 2023},
        {(2, 0): "填表单位（盖章）：示例县教育局", (4, 0): "报告年度：2023"},
    ],
)
def test_the_cover_is_read_in_every_shape(cells: dict[tuple[int, int], Content]) -> None:
    found = who(Sheet("Sheet1", cells), path="x.xlsx")
    assert (found.agency, found.period, found.source, told(found)) == (EDUCATION, of_year(2023), "封面的填报单位", [])


def test_a_blank_answer_takes_nothing_from_the_next_line() -> None:
    cells: dict[tuple[int, int], Content] = {(2, 0): "填报单位", (3, 0): "单位代码", (3, 1): "007", (4, 0): "说明："}
    assert who(Sheet("封面", cells), path="x.xlsx").source == "封面的单位代码"


def test_a_remark_below_a_label_is_no_answer() -> None:
    cells: dict[tuple[int, int], Content] = {(2, 0): "填报单位", (2, 1): "示例县教育局", (4, 0): "单位代码"}
    assert [f.rule for f in who(Sheet("封面", {**cells, (5, 0): "以下略"}), path="2023年度.xlsx").findings] == []
    assert [f.rule for f in who(Sheet("封面", {**cells, (5, 0): "0071"}), path="2023年度.xlsx").findings] == [
        "P-AGENCY"
    ]


@pytest.mark.parametrize(("text", "round_"), [("", 1), ("二", 1), ("0", 1), ("-1", 1), ("9" * 5000, 1), ("3", 3)])
def test_a_round_that_is_no_number_is_the_first(text: str, round_: int) -> None:
    assert who(hidden(form=FORM.id, agency="007", year="2023", round=text), path="x.xlsx").round == round_


def test_a_place_for_the_seal_in_a_line_over_a_table() -> None:
    found = who(titled("填报单位（盖章）：示例县教育局"), path="2023年度.xlsx", roster=EVERYONE)
    assert (found.agency, found.source, told(found)) == (EDUCATION, "表头", [])


REVIEW = Sheet("审核表", {(0, 0): "填报单位", (0, 1): "示例县教育局", (1, 0): "填报人", (1, 1): "张三"})
HOW_TO = Sheet("填写说明", {(0, 0): "填报单位", (0, 1): "填写单位全称", (1, 0): "报告年度", (1, 1): "如：2022"})
LAST = Sheet(
    "2022年封面",
    {(0, 0): "填报单位", (0, 1): "示例县教育局", (1, 0): "报告年度", (1, 1): 2022, (2, 0): "本年无申请", (2, 1): "是"},
)


@pytest.mark.parametrize("front", [REVIEW, HOW_TO])
@pytest.mark.parametrize("answer", ["是", None])
def test_a_sheet_in_front_hides_no_answer_of_the_cover(front: Sheet, answer: str | None) -> None:
    filled = cover(agency="示例县教育局", code="007", year=2023, **({"nil_t3": answer} if answer else {}))
    for sheets in ((front, filled), (filled, front)):
        found = who(*sheets, path="x.xlsx", roster=EVERYONE)
        assert (found.agency, found.period, found.nil, told(found)) == (
            EDUCATION,
            of_year(2023),
            ("T3",) if answer else (),
            [],
        )


def test_an_example_or_an_instruction_is_no_answer() -> None:
    found = who(HOW_TO, path="示例县教育局2023年度.xlsx", roster=EVERYONE)
    assert (found.agency, found.period, told(found)) == (EDUCATION, of_year(2023), [])


def test_what_the_cover_leaves_open_another_sheet_adds_but_no_cover_of_another_year() -> None:
    asked = Sheet("确认表", {(0, 0): "本年无申请", (0, 1): "是", (1, 0): "填报人", (1, 1): "张三"})
    filled = cover(agency="示例县教育局", code="007", year=2023)
    assert who(filled, asked, path="x.xlsx").nil == ("T3",)
    assert who(filled, LAST, path="x.xlsx").nil == ()
    another = {(2, 0): "报告年度", (2, 1): "2023年", (3, 0): "单位代码", (3, 1): 7.0}
    assert who(filled, replace(asked, cells={**asked.cells, **another}), path="x.xlsx").nil == ("T3",)
    assert who(filled, replace(asked, hidden=True), path="x.xlsx").nil == ()


def test_a_hidden_cover_counts_where_there_is_no_other() -> None:
    filled = replace(cover(agency="示例县教育局", code="007", year=2023, nil_t3="是"), hidden=True)
    assert who(filled, titled("x"), path="x.xlsx").nil == ("T3",)
    assert who(filled, cover(agency="示例县教育局", code="007", year=2023), path="x.xlsx").nil == ()


def test_a_list_of_agencies_is_no_cover() -> None:
    cells: dict[tuple[int, int], Content] = {(0, 0): "单位代码", (0, 1): "单位名称", (1, 0): "010", (2, 0): "012"}
    listed = Sheet("名单", {**cells, (1, 1): "示例县财政局", (2, 1): "示例县人民政府办公室"})
    assert who(listed, path="示例县教育局2023年度.xlsx", roster=EVERYONE).agency == EDUCATION


@pytest.mark.parametrize("written", ["０１０", "010#", "'010", " 010 "])
def test_a_code_in_other_clothes(written: str) -> None:
    found = who(cover(code=written, year=2023), path="x.xlsx", roster=EVERYONE)
    assert (found.agency, told(found)) == (FINANCE, [])


@pytest.mark.parametrize(
    ("written", "means"),
    [
        *(
            (yes, True)
            for yes in ("是", "☑是", "√是", "是√", "是（无）", "■是 □否", "是☑ 否□", "☑ 是　□ 否", "√是/否", True)
        ),
        *((no, False) for no in ("否", "□是 ☑否", "是□ 否■", "□是√否", "是 否√", "☑否")),
        *(
            (unknown, None)
            for unknown in ("", "□是 □否", "□是", "是/否", "是√否", "☑是 ☑否", "是（否）", "是（×）", 1.5)
        ),
    ],
)
def test_a_nil_answer_counts_where_it_is_unmistakable(written: Content, means: bool | None) -> None:
    assert yes_or_no(written) is means
    assert who(cover(agency="教体局", year=2023, nil_t3=written)).nil == (("T3",) if means else ())


@pytest.mark.parametrize("broken", [Uncomputed("VLOOKUP(B7,X!A:B,2,0)"), ErrorValue("#REF!"), True])
def test_a_cell_that_shows_no_answer_is_unanswered(broken: Content) -> None:
    found = who(cover(agency=broken, code="007", year=2023), path="x.xlsx")
    assert (found.agency, told(found)) == (EDUCATION, [])
    nobody = who(cover(agency=broken, code=broken, year=broken), path="x.xlsx")
    assert "没有写明填报单位" in nobody.foreign
    assert not any(word in repr(nobody) for word in ("Uncomputed", "ErrorValue", "“True”"))


def test_a_scope_with_a_remark_is_the_scope() -> None:
    (field,) = (field for field in FORM.cover if field.kind == "scope")
    assert stated_scope(field, "全域汇总（含乡镇）") == "全域汇总"
    assert stated_scope(field, "本单位或全域汇总") == "本单位或全域汇总"


def test_last_years_report_under_this_years_name_is_known_for_it() -> None:
    for path, names in (
        ("县教育局2023年度.xlsx", ["文件名 2023"]),
        ("县教育局2022.xlsx", []),
        ("2022年和2023年.xlsx", []),
    ):
        found = who(cover(agency="示例县教育局", year=2022), path=path)
        assert (bool(found.foreign), [f"{s.source} {s.period}" for s in found.misnamed]) == (True, names)
    assert not who(cover(agency="示例县教育局", year=2023), path="县教育局2022年度.xlsx").misnamed
