"""The words of a declaration, each with its meaning and a line that is right: what mistakes are told with, and what the
handbook lists."""

from __future__ import annotations

from msgspec import Struct


class Word(Struct, frozen=True):
    """A key of a declaration: what it means, and a line that is right."""

    key: str
    meaning: str
    example: str


FORM = (
    Word("id", "编号，与文件名相同", 'id = "cz-yb"'),
    Word("title", "表名", 'title = "预算执行月报"'),
    Word("version", "版本，不写是 1.0", 'version = "1.1"'),
    Word("basis", "依据的文件", 'basis = "县财〔2024〕3号"'),
    Word("guide", "填表说明，一条一句", 'guide = ["没有发生的填 0。"]'),
    Word("period", "多久一报：week、month、quarter、half、year；不写是一年一报", 'period = "month"'),
    Word("due", "期满后几个工作日内报", "due = 5"),
    Word("unit", "各表、清单通用的单位", 'unit = "万元"'),
    Word("decimals", "各表、清单通用的小数位数，0 到 6", "decimals = 2"),
    Word("counted_in", "数后面可以写的其他量词", 'counted_in = ["件", "个"]'),
    Word("cover", "封面各栏，不写就用通常的", 'cover = [{ label = "审核人" }]'),
    Word("table", "一张表，写作 [[table]]", '[[table]]\nname = "附表"\nrows = ["丙"]'),
    Word(
        "tally",
        "从清单统计的数，写作 [[tally]]",
        '[[table]]\nname = "台账"\nlist = true\ncolumns = ["内容"]\n[[tally]]\nid = "N"\ntitle = "件数"\ntable = "台账"',
    ),
    Word("rule", "一条规则，写作 [[rule]]", '[[rule]]\nid = "X-1"\nformula = "甲 <= 乙"'),
    Word(
        "figure", "首页、各期的主要数字；不写的，各期列各表的合计", 'figure = [{ label = "甲合计", item = "合计.甲" }]'
    ),
    Word("facet", "数据透视表的一种分组", 'facet = [{ label = "渠道", table = "月报", by = "rows" }]'),
    Word("pivot", "一张数据透视表", 'pivot = [{ title = "渠道 × 列", down = "项目", across = "列" }]'),
    Word("outdated", "仍会有人报来的旧表", 'outdated = [{ mark = "〔2019〕60号", name = "旧表" }]'),
)
BLOCK = (
    Word("rows", "各行：列表，或三个引号括起来的提纲", 'rows = ["网站", "公众号 ?", "合计 ="]'),
    Word("columns", "各列，写法与行相同；不写就是一栏填报内容", 'columns = ["甲", "乙", "合计 ="]'),
    Word(
        "repeat",
        "各列在每个标题下重复一遍；另有别的列的不用它，用提纲把各列写全；几层标题的，写成几个列表",
        'repeat = ["第一季度", "第二季度"]',
    ),
    Word("caption", "整块上方的标题", 'caption = "（一）收入"'),
    Word("corner", "左上角", 'corner = "渠道"'),
    Word("heading", "各列上方共同的标题", 'heading = "本月"'),
    Word("unit", "单位", 'unit = "万元"'),
    Word("decimals", "小数位数", "decimals = 2"),
    Word("counted_in", "数后面可以写的其他量词", 'counted_in = ["件", "个"]'),
)
TABLE = (
    Word("name", "工作表名", 'name = "月报"'),
    Word("id", "编号；不写就用工作表名", 'id = "T1"'),
    Word("title", "表的标题；不写就用整张表式的表名", 'title = "一、收支情况"'),
    Word("layout", "side：各行横着并排", 'layout = "side"'),
    Word("page", "portrait 竖放、landscape 横放；不写的，列多的横放", 'page = "landscape"'),
    Word("note", "表末的话", 'note = "不含下属单位。"'),
    Word("subtotals", "别人会自己加的小计行、小计列", 'subtotals = ["小计"]'),
    Word("block", "一张表分几块的，每块写作 [[table.block]]", 'block = [{ rows = ["丙"], columns = ["丁"] }]'),
)
LINE = (
    Word("label", "名称；后面可跟 ?（可以不填）、=（是各项之和）、≥（其下是其中项）", '{ label = "合计 =" }'),
    Word("id", "编号，公式里可以用；不写就用名称", '{ id = "c1", label = "丙" }'),
    Word("is", "由别的数算出：和、差、比率、累计", '{ label = "丙", is = "甲 - 乙" }'),
    Word("rule", "说这件事的规则的编号", '{ label = "丙", is = "甲 + 乙", rule = "X-SUM" }'),
    Word(
        "severity",
        "算得不对时：must 必须改、explain 需说明、note 提示",
        '{ label = "丙", is = "甲", severity = "note" }',
    ),
    Word("within", "允许相差多少", '{ label = "丙", is = "甲 + 乙", within = 1 }'),
    Word("unit", "这一行或列自己的单位", '{ label = "丙率", unit = "%", is = "甲 / 乙" }'),
    Word("decimals", "这一行或列的小数位数", '{ label = "丙", decimals = 1 }'),
    Word("negative", "可以为负", '{ label = "丙", negative = true }'),
    Word("min", "最小是多少", '{ label = "丙", min = 1 }'),
    Word("max", "最大是多少", '{ label = "丙", max = 100 }'),
    Word("optional", "整行、整列可以不填（同名称后的 ?）", '{ label = "丙", optional = true }'),
    Word(
        "kind",
        "text 文字、date 日期、choice 选项、yesno 是否、code 编号、phone 电话等，同清单的列；不写是数",
        '{ label = "是否达标", kind = "yesno" }',
    ),
    Word("choices", "选项，只能填其中一个", '{ label = "水源", choices = ["地表水", "地下水"] }'),
    Word(
        "depends",
        "选项随哪一行（列）而定，choices 按那里的选项分开写",
        '{ label = "处理工艺", depends = "水源", choices = { "地表水" = ["常规"], "地下水" = ["消毒", "除氟"] } }',
    ),
    Word("pattern", "文字要合的正则表达式", '{ label = "编号", kind = "code", pattern = "[A-Z]{2}[0-9]{4}" }'),
    Word("stock", "是存量，几期之间不相加", '{ label = "年末人数", stock = true }'),
    Word("adds", "never：不能相加的数，如单价、名次；last：几期之间取最后一期", '{ label = "单价", adds = "never" }'),
    Word("total", "是合计（写了 = 或 is 的不用写）", '{ label = "丙", is = "甲 + 乙", total = true }'),
    Word("under", "上方（左边）的分组标题；提纲里缩进即可", '{ label = "丙", under = ["其中"] }'),
    Word("also", "报来的表里会有的别的写法", '{ label = "丙", also = ["丙项"] }'),
    Word("was", "以前的名称，改名后仍认得以前的数", '{ label = "丙", was = ["旧丙"] }'),
    Word("short", "地方小时用的简称", '{ label = "丙项的数量", short = "丙" }'),
    Word("breaks", "印出来时在哪里换行", '{ label = "丙项", breaks = "丙\\n项" }'),
)
CHECK = (
    Word("formula", "应当成立的关系", 'formula = "甲 <= 乙"'),
    Word("when", "只在这时才要求", 'when = "乙 > 0"'),
    Word("at", "指出哪一个数；不写就是单独在一边的那个", 'at = "乙"'),
    Word("over", "对每一行 rows、每一列 columns、或只对单个的格 form；不写时看公式里写的是什么", 'over = "rows"'),
    Word("within", "等式允许相差多少", "within = 1"),
    Word("fallback", "这些规则无法判定时才说", 'fallback = ["X-0"]'),
)
RULE = (
    Word("id", "编号", 'id = "X-1"'),
    Word("title", "标题；不写就是公式", 'title = "甲不超过乙"'),
    Word("words", "写给填报单位的话", 'words = "甲不应超过乙。"'),
    Word("advice", "请怎样改；{cell} 是这个数的格，{parts} 是有关各数的格", 'advice = "请核对 {parts} 和 {cell}。"'),
    Word("example", "举例", 'example = "乙 3，甲却填 5。"'),
    Word("severity", "must 必须改（不写就是）、explain 需说明、note 提示", 'severity = "explain"'),
    Word("origin", "来历：F 表式自带、L 法规、D 由总计推出、P 实务经验（不写就是）、R 凭经验", 'origin = "D"'),
    Word("basis", "依据，代替来历", 'basis = "预算法第六十三条"'),
    Word("table", "说的是哪张表（几张表里有同样名称时才要写）", 'table = "月报"'),
    Word(
        "checks",
        "几个公式的，写成列表，每个可有 formula、at、when、over、within、fallback",
        'checks = [{ formula = "甲 <= 乙" }]',
    ),
    Word("together", "几处不符合并成一条说", "together = true"),
    Word("trial", "试行：只作提示", "trial = true"),
    Word("kind", "不用公式的规则的种类，如 spike 大起大落、zero 有无变化、outlier 远离同类", 'kind = "spike"'),
    Word("items", "这种规则看哪些数", 'items = ["合计.甲"]'),
    Word("limits", "这种规则的限值", "limits = { least = 10, share = 0.5 }"),
    Word("scope", "这种规则说的报告口径", 'scope = "全域汇总"'),
    Word("unless", "这些规则说过的就不再说", 'unless = ["X-0"]'),
)
COVER = (
    Word("label", "这一栏的名称", '{ label = "审核人" }'),
    Word("id", "编号；不写就用名称", '{ id = "checker", label = "审核人" }'),
    Word(
        "kind",
        "text 文字、date 日期、scope 口径、nil 没有事项、agency 单位、code 代码、period（year）报告期",
        '{ label = "审核日期", kind = "date" }',
    ),
    Word("choices", "可选的几项", '{ label = "口径", kind = "scope", choices = ["本单位", "全域汇总"] }'),
    Word(
        "table",
        "kind = “nil”：答“是”就不用填的表",
        '{ label = "本月无收支", kind = "nil", table = "月报", zero = ["网站"] }',
    ),
    Word(
        "zero", "kind = “nil”：这些行应为 0", '{ label = "本月无收支", kind = "nil", table = "月报", zero = ["网站"] }'
    ),
    Word("hint", "提示", '{ label = "审核人", hint = "写全名。" }'),
    Word("also", "别的写法", '{ label = "审核人", also = ["复核人"] }'),
)
FIGURE = (
    Word("label", "名称", '{ label = "甲合计", item = "合计.甲" }'),
    Word("item", "哪一个数：行.列", '{ label = "甲合计", item = "合计.甲" }'),
    Word("items", "几个数之和", '{ label = "两项", items = ["合计.甲", "合计.乙"] }'),
)
FACET = (
    Word("label", "分组的名称，是透视数据的一列", '{ label = "渠道", table = "月报", by = "rows" }'),
    Word("table", "哪张表", '{ label = "渠道", table = "月报", by = "rows" }'),
    Word("by", "rows 每行一组、columns 每列一组", '{ label = "内容", table = "月报", by = "columns" }'),
    Word(
        "groups",
        "自己分的组",
        '{ label = "渠道", table = "月报", groups = [{ label = "线上", rows = "网站:公众号" }] }',
    ),
    Word("adds", "false：各组不能相加", '{ label = "渠道", table = "月报", by = "rows", adds = false }'),
)
GROUP = (
    Word("label", "组的名称", '{ label = "线上", rows = "网站:公众号" }'),
    Word("table", "哪张表；不写就是分组写的", '{ label = "线上", table = "月报", rows = "网站" }'),
    Word("rows", "从哪行到哪行（写编号）；不写是全部", '{ label = "线上", rows = "网站:公众号" }'),
    Word("columns", "从哪列到哪列；不写是全部", '{ label = "线上", rows = "网站", columns = "甲" }'),
)
PIVOT = (
    Word("title", "标题，也是工作表名", '{ title = "项目 × 列", down = "项目", across = "列" }'),
    Word(
        "down",
        "行：单位、类别、上级、状态、年度（期）、表、项目、列，或分组的名称",
        '{ title = "项目 × 列", down = "项目", across = "列" }',
    ),
    Word("across", "列，同上", '{ title = "项目 × 列", down = "项目", across = "列" }'),
    Word("table", "只看哪张表", '{ title = "项目 × 列", down = "项目", across = "列", table = "月报" }'),
    Word(
        "adds",
        "false：各行、各列不能相加",
        '{ title = "项目 × 列", down = "项目", across = "列", adds = false }',
    ),
)
OUTDATED = (
    Word("mark", "旧表里有的文号", '{ mark = "〔2019〕60号", name = "旧表" }'),
    Word("name", "怎样称呼旧表", '{ mark = "〔2019〕60号", name = "旧表" }'),
    Word("labels", "只有旧表才有的名称", '{ mark = "〔2019〕60号", name = "旧表", labels = ["旧甲"] }'),
)
REGISTER = (
    Word(
        "list",
        "true：是清单，一行一件，行数不限；没有写 [[tally]] 的，统计行数。空白表里清单排在别的表前面",
        "list = true",
    ),
    Word("name", "工作表名", 'name = "台账"'),
    Word("title", "表的标题；不写就用整张表式的表名", 'title = "依申请公开台账"'),
    Word("id", "编号；不写就用工作表名", 'id = "L1"'),
    Word("unit", "各列数通用的单位（列里另写的算数）", 'unit = "万元"'),
    Word("decimals", "各列数通用的小数位数", "decimals = 2"),
    Word("key", "这几列都相同就是重复登记；问题也凭它们逐期认出是哪一件", 'key = ["日期", "内容"]'),
    Word(
        "columns",
        "各列：只写名称的是文字，后面可跟 ?（可以不填）；第一列写序号的，自动编号",
        'columns = ["序号", "内容", "类别", "备注 ?"]',
    ),
    Word("total", "true：空白表的表头上方有合计，自动相加（不用填，不计入）", "total = true"),
    Word("group", "按这一列的每个选项各有一行小计（有 total）", 'group = "类别"'),
    Word("sign", "空白表表头上方签名的各栏；写在末尾的也不当作一件", 'sign = ["填表人", "审核人"]'),
    Word("note", "空白表表头上方的说明", 'note = "不含转办件。"'),
)
REGISTER_COLUMN = (
    Word("label", "名称", '{ label = "经办人" }'),
    Word(
        "kind",
        "text 文字、number 数、date 日期、choice 选项、yesno 是否、code 编号（保留前面的 0）、phone 电话、mail 邮箱、"
        "postcode 邮编、id 身份证号、credit 统一社会信用代码",
        '{ label = "编号", kind = "code" }',
    ),
    Word(
        "choices",
        "选项：自己写，或用另一张表的行、列（表式:表.rows(首:末)），或名录中的一张表（roster:表）",
        '{ label = "方式", choices = ["当面", "网络"] }',
    ),
    Word(
        "depends",
        "选项随哪一列而定，choices 按那一列的选项分开写",
        '{ label = "小类", depends = "类别", choices = { "甲类" = ["一", "二"], "乙类" = ["三"] } }',
    ),
    Word("is", "由同一行的其他列推算，可以不填", '{ label = "超过百元", kind = "yesno", is = "金额 > 100" }'),
    Word("optional", "可以空着（同名称后的 ?）", '{ label = "备注", optional = true }'),
    Word("unit", "数的单位", '{ label = "面积", unit = "亩" }'),
    Word("decimals", "数的小数位数", '{ label = "面积", decimals = 2 }'),
    Word("negative", "数可以为负", '{ label = "增减", kind = "number", negative = true }'),
    Word("min", "数最小是多少", '{ label = "份数", kind = "number", min = 1 }'),
    Word("max", "数最大是多少", '{ label = "份数", kind = "number", max = 100 }'),
    Word("pattern", "文字要合的正则表达式", '{ label = "编号", kind = "code", pattern = "[A-Z]{2}[0-9]{4}" }'),
    Word("under", "上方的分组标题（两层表头）", '{ label = "人数", under = ["其中"] }'),
    Word("also", "报来的表里会有的别的写法", '{ label = "经办人", also = ["承办人"] }'),
    Word("short", "地方小时用的简称", '{ label = "经办人姓名", short = "经办人" }'),
)
TALLY = (
    Word("id", "编号", 'id = "N"'),
    Word("title", "标题", 'title = "件数"'),
    Word("name", "工作表名；不写就用标题", 'name = "受理件数"'),
    Word("table", "从哪张清单统计（只有一张的不用写）", 'table = "台账"'),
    Word("by", "按哪一列、哪两列的选项分行、分列；不写就是一个数", 'by = ["类别"]'),
    Word("date", "按哪一天算进哪一期", 'date = "日期"'),
    Word("where", "只数合这个条件的", 'where = "金额 > 100"'),
    Word("sum", "不数行数，而把这一列的数相加", 'sum = "金额"'),
    Word("unit", "单位，不写是条", 'unit = "件"'),
    Word("stock", "true：是存量，几期之间不相加", "stock = true"),
    Word(
        "equals",
        "应与这些数相同：表.行、表.列，分组下的写 表.分组.行，别的表式写作 表式:表.行；单位要相同",
        'equals = "月报.网站.甲"',
    ),
    Word("severity", "不同时：must、explain（不写就是）、note", 'severity = "must"'),
    Word("words", "写给填报单位的话", 'words = "两处报的应当一致。"'),
    Word("advice", "请怎样改", 'advice = "请核对。"'),
    Word("origin", "来历，同规则", 'origin = "D"'),
    Word("basis", "依据", 'basis = "条例第四十九条"'),
    Word("example", "举例", 'example = "台账 3 件，月报填 4。"'),
)
LANGUAGE = {
    "": ("整张表式（文件开头）", FORM),
    "table": ("[[table]] 表", (*TABLE, *BLOCK)),
    "block": ("[[table.block]] 表的一块", BLOCK),
    "columns": ("columns、rows 中的一列、一行", LINE),
    "rule": ("[[rule]] 规则", (*RULE, *CHECK)),
    "checks": ("checks 中的一个公式", CHECK),
    "list": ("[[table]] list = true 清单", REGISTER),
    "list columns": ("清单的一列", REGISTER_COLUMN),
    "tally": ("[[tally]] 从清单统计的数", TALLY),
    "cover": ("cover 封面的一栏", COVER),
    "figure": ("figure 主要数字", FIGURE),
    "facet": ("facet 分组", FACET),
    "groups": ("groups 中的一组", GROUP),
    "pivot": ("pivot 数据透视表", PIVOT),
    "outdated": ("outdated 旧表", OUTDATED),
}
"""By the sort of table: its heading, and its words."""
FORMULAS = (
    Word(
        "+ - * / （ ）", "加减乘除和括号，全角半角都可以；率用 /，单位写 % 的自动乘 100，不要再乘", "已整改 / 发现隐患"
    ),
    Word("= ≤ ≥ < > !=", "相等、不超过、不少于、小于、大于、不等", "甲 <= 乙"),
    Word("行.列、表.行.列", "某一个格；同名的行、列带上分组标题：行.分组.列", "合计.甲 <= 100"),
    Word("sum(a:b)", "从 a 到 b 各项之和", "乙 >= sum(甲:乙) - 乙"),
    Word("each(a:b)", "从 a 到 b 每一项都", "each(甲:乙) <= 100"),
    Word("prev.", "上一期的数；逐期累计的，一年的第一期按 0 算", "甲 >= prev.甲"),
    Word("last.", "上年（同期）的数", "甲 <= last.甲 * 2"),
    Word("filled(a)", "a 填了没有", "filled(甲)"),
    Word("且 或 非", "都成立、有一个成立、不成立", "甲 >= 1 或 非 乙 >= 1"),
)
"""What formulas are made of: the writing, its meaning, and a formula of the handbook's form."""


def example_of(place: str, key: str) -> str:
    """A line that is right at this place; empty where none is known."""
    _, words = LANGUAGE.get("columns" if place == "rows" else place, ("", ()))
    return next((word.example.replace("\n", "；") for word in words if word.key == key), "")


def chapter() -> str:
    """The words of the language as the handbook lists them: a table for each place, in markdown."""
    parts = [table_of(heading, words) for heading, words in LANGUAGE.values()]
    return "\n\n".join([*parts, table_of("公式", FORMULAS)])


def table_of(heading: str, words: tuple[Word, ...]) -> str:
    """One table of words."""
    lines = [f"| `{word.key}` | {word.meaning} | {told(word.example)} |" for word in words]
    return "\n".join([f"#### {heading}", "", "| 写法 | 意思 | 例 |", "|---|---|---|", *lines])


def told(example: str) -> str:
    """An example in one cell of a table."""
    return "<br>".join(f"`{line.replace('|', chr(92) + '|')}`" for line in example.splitlines())
