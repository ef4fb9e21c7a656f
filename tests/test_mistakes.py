"""Mistakes that clerks made in a declaration, and the first words of what is said: all of them at once, each with its
line. Where the words are empty, it was no mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.grids import ROOT
from workbook_tool.files.form.declaration import load_form
from workbook_tool.model.errors import OfficeError

FIRST = (ROOT / "tests" / "released" / "zdgk-zb.toml").read_text(encoding="utf-8")
RULE = '[[rule]]\nid = "X"\ntable = "W"\n{}\n[[figure]]'
TABLE = FIRST[FIRST.index("[[table.block]]") : FIRST.index("[[rule]]")]
MISTAKES: list[tuple[str, str, str]] = [
    ('label = "通知公告"', 'lable = "通知公告"', "第 60 行 lable 不是可用的键，是否指 label"),
    ('title = "主动公开', 'titel = "主动公开', "第 6 行 titel 不是可用的键，是否指 title"),
    ("[[table]]", "[[tabel]]", "第 48 行 tabel 不是可用的键，是否指 table"),
    ("sum(site:more)", "sum(site:moer)", "第 98 行 formula 中的 moer 没有声明，是否指 more"),
    ('at = "all" }', 'at = "alll" }', "第 87 行 at 中的 alll 没有声明，是否指 all"),
    ("sum(news:other)", "sum(other:news)", "第 87 行 formula “other:news” 次序颠倒"),
    ('over = "rows", formula = "all', 'over = "columns", formula = "all', "第 87 行 formula 中的 all 没有声明"),
    ("[[figure]]", RULE.format('formula = "all == 7 + sum(news:other)"'), "规则 X 与前面的规则互相矛盾"),
    ("[[figure]]", RULE.format('formula = "total == sum(site:more)"'), "规则 X 是多余的"),
    ('id = "notice"', 'id = "news"', "columns “news” 出现了两次"),
    ('id = "gov"', 'id = "site"', "rows “site” 出现了两次"),
    ('id = "W-SUM"', 'id = "W-ROW"', "第 90 行 id “W-ROW” 出现了两次"),
    ('label = "通知公告"', 'label = "部门动态"', "两列读表时分不开：“部门动态”和“部门动态”"),
    ('label = "抖音号"', 'label = "部门网站"', "两行读表时分不开：“部门网站”和“部门网站”"),
    ('label = "通知公告"', 'label = ""', "第 60 行 label 不能为空"),
    ('unit = "条"', 'unit = "条"\ndecimals = 9', "第 57 行 decimals 应在 0 到 6 之间"),
    ('unit = "条"', 'unit = "条"\ndecimals = "2"', "第 57 行 decimals 应为整数，现为 '2'，请去掉引号"),
    (TABLE, "", "第 48 行 rows 缺少，必须填写"),
    ('"本周合计", total = true', '"本周合计", total = "yes"', "第 66 行 total 应为true 或 false"),
    ('"本周合计", total = true', '"本周合计"', ""),
    ('label = "部门动态",', 'label = "部门动态", total = true,', "的列“部门动态”写了 total，却没有规则"),
    ('severity = "must"', 'severity = "error"', "第 82 行 severity = “error” 无效"),
    ("{cell}，改正", "{row}，改正", "第 85 行 advice 里只能用 {cell} 和 {parts}"),
    ("W.total.all", "W.total.x", "第 123 行 items 中的 W.total.x 没有声明"),
    ('items = ["W.total.all"]', "items = []", "第 123 行 items 不能为空"),
    ('id = "W-ROW"', 'id = "W-ROW', "第 79 行写法不对：引号没有成对"),
    ('id = "W-ROW"', "id = “W-ROW”", "用了中文引号 “，请改成英文半角引号"),
    ('id = "notice"', 'id = "通 知"', "不需要编号的可以不写 id"),
    ("all == sum(news:other)", "all ＝ sum（news：other）", ""),
    ("all == sum(news:other)", "本周合计 = sum(部门动态:其他)", ""),
    ("all == sum(news:other)", "sum(news:other) < all", "的列“本周合计”写了 total，却没有规则说它是哪些项之和"),
    ('kind = "code"', 'kind = "text"', "cover.label “单位代码” 出现了两次"),
    ('label = "填报人"', 'label = "联系电话"', "cover.label “联系电话” 出现了两次"),
    (
        'id = "zdgk-zb"',
        'id = "zdgk-yb"',
        "第 5 行 id = “zdgk-yb” 与文件名 zdgk-zb.toml 不同，两处应一样：改这一行，或把文件改名为 zdgk-yb.toml",
    ),
    ('name = "周报"', 'name = "周报/一"', "第 50 行 table.name “周报/一” 要作工作表名，不能有 /"),
    ('name = "周报"', f'name = "{"周" * 40}"', "要作工作表名，至多 29 个字"),
    ('name = "周报"', 'name = "封面"', "已用作填报表的另一张工作表"),
    ("[[figure]]", RULE.format('formula = "news == all + notice"'), "规则 X 与别的规则合在一起"),
    ("[[figure]]", RULE.format('formula = "news >= notice"\nwhen = "all < 0"'), "规则 X 的 when 永远不成立"),
    ("[[figure]]", RULE.format('formula = "news >= 0"'), "规则 X 总是成立"),
    (
        "[[figure]]",
        RULE.format('formula = "news >= 10"\n[[rule]]\nid = "Y"\ntable = "W"\nformula = "news <= 5"'),
        "规则 Y 与别的规则合在一起",
    ),
    ('unit = "条"\n', "", ""),
    ('version = "1.0"', "version = 1.0", "version 应为文字，现为 1.0，请加上引号"),
    (FIRST, "", "table 缺少，必须填写"),
    ('label = "通知公告"', 'label = "部门 动态"', "两列读表时分不开：“部门动态”和“部门 动态”"),
    ('label = "微信公众号",', 'label = "微信公众号", under = "新媒体",', "under 应为列表，现为 '新媒体'"),
    ('label = "微信公众号",', 'label = "微信公众号", under = ["其他渠道"],', "的行“其他渠道”与分组“其他渠道”同名"),
    ('also = ["公示公告"]', 'also = ["部门动态"]', "两列读表时分不开：“部门动态”和“通知公告”"),
    ("[[figure]]", RULE.format('formula = "news <= 12345 * notice"'), ""),
    ('label = "填报日期"', 'label = "填报日期"\nchoices = ["a"]', "choices 用不着：kind = “date”"),
    (
        "[[figure]]",
        "".join(f'[[rule]]\nid = "B{n}"\nkind = "blank"\ntitle = "x"\nwords = "x"\nadvice = "x"\n' for n in (1, 2))
        + "[[figure]]",
        "B1、B2 都是 kind = “blank” 的规则，只能有一条",
    ),
]


@pytest.mark.parametrize("number", range(len(MISTAKES)))
def test_what_is_said_of_it(number: int, tmp_path: Path) -> None:
    old, new, said = MISTAKES[number]
    assert old in FIRST
    (tmp_path / "zdgk-zb.toml").write_text(FIRST.replace(old, new, 1), encoding="utf-8")
    if not said:
        load_form(tmp_path, "zdgk-zb")
        return
    with pytest.raises(OfficeError) as caught:
        load_form(tmp_path, "zdgk-zb")
    assert said in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    text = FIRST
    for old, new, _ in (MISTAKES[0], MISTAKES[3], MISTAKES[15], MISTAKES[33]):
        text = text.replace(old, new, 1)
    (tmp_path / "zdgk-zb.toml").write_text(text, encoding="utf-8")
    with pytest.raises(OfficeError) as caught:
        load_form(tmp_path, "zdgk-zb")
    assert str(caught.value).startswith("zdgk-zb.toml 有 4 处要改：")
    assert 'lable = "通知公告"' in str(caught.value), "the line itself"
    assert "例如：{ label = " in str(caught.value), "a line that is right"
