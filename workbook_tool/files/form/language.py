"""The words of a declaration, each with its meaning and a line that is right: what mistakes are told with, and what the
handbook lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
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
    Word("unit", "各表通用的单位", 'unit = "万元"'),
    Word("decimals", "各表通用的小数位数，0 到 6", "decimals = 2"),
    Word("counted_in", "数后面可以写的其他量词", 'counted_in = ["件", "个"]'),
    Word("cover", "封面各栏，不写就用通常的", 'cover = [{ label = "审核人" }]'),
    Word("table", "一张表，写作 [[table]]", '[[table]]\nname = "附表"\nrows = ["丙"]'),
    Word("tally", "由清单统计的数，写作 [[tally]]", "tally = []"),
    Word("rule", "一条规则，写作 [[rule]]", '[[rule]]\nid = "X-1"\nformula = "甲 <= 乙"'),
    Word("figure", "首页的主要数字", 'figure = [{ label = "甲合计", item = "合计.甲" }]'),
    Word("facet", "数据透视表的一种分组", 'facet = [{ label = "渠道", table = "月报", by = "rows" }]'),
    Word("pivot", "一张数据透视表", 'pivot = [{ title = "渠道 × 列", down = "项目", across = "列" }]'),
    Word("outdated", "仍会有人报来的旧表", 'outdated = [{ mark = "〔2019〕60号", name = "旧表" }]'),
)
BLOCK = (
    Word("rows", "各行：列表，或三个引号括起来的提纲", 'rows = ["网站", "公众号 ?", "合计 ="]'),
    Word("columns", "各列，写法与行相同；不写就是一栏填报内容", 'columns = ["甲", "乙", "合计 ="]'),
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
    Word("title", "表的标题；不写就用表名", 'title = "一、收支情况"'),
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
    Word("kind", "text 文字、date 日期；不写是数", '{ label = "备注", kind = "text", optional = true }'),
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
)
OUTDATED = (
    Word("mark", "旧表里有的文号", '{ mark = "〔2019〕60号", name = "旧表" }'),
    Word("name", "怎样称呼旧表", '{ mark = "〔2019〕60号", name = "旧表" }'),
    Word("labels", "只有旧表才有的名称", '{ mark = "〔2019〕60号", name = "旧表", labels = ["旧甲"] }'),
)
REGISTER = (
    Word("list", "行数不定，一行一件", "list = true"),
    Word("name", "工作表名", 'name = "台账"'),
    Word("id", "编号；不写就用工作表名", 'id = "L1"'),
    Word("title", "标题；不写就用表名", 'title = "受理台账"'),
    Word("key", "这几列都相同，就是重复登记", 'key = ["日期", "类型"]'),
    Word(
        "columns", "各列", 'columns = [{ label = "日期", kind = "date" }, { label = "类型", choices = ["甲", "乙"] }]'
    ),
    Word("note", "表末的话", 'note = "按受理先后登记。"'),
)
REGISTER_COLUMN = (
    Word("label", "名称", '{ label = "内容" }'),
    Word(
        "kind",
        "text 文字、number 数、date 日期、choice 选项、yesno 是否、code 编号，及 phone、mail、postcode、id 身份证号、credit 信用代码",
        '{ label = "电话", kind = "phone" }',
    ),
    Word("choices", "选项：自己列出；别的表的行、列；名录的列", '{ label = "方式", choices = ["当面", "信函"] }'),
    Word(
        "depends",
        "选项随哪一列而不同：choices 写成每项一组",
        '{ label = "细类", choices = { "甲" = ["甲一"], "乙" = ["乙一"] }, depends = "类型" }',
    ),
    Word("is", "由这一行的别的列得出", '{ label = "倍数", kind = "number", is = "数 * 2" }'),
    Word("pattern", "应有的写法（正则表达式）", '{ label = "文号", kind = "code", pattern = "[0-9]{4}" }'),
    Word("optional", "可以空着", '{ label = "备注", optional = true }'),
    Word("unit", "单位", '{ label = "金额", unit = "万元" }'),
    Word("decimals", "小数位数", '{ label = "金额", unit = "万元", decimals = 2 }'),
    Word("negative", "可以为负", '{ label = "增减", unit = "件", negative = true }'),
    Word("min", "最小是多少", '{ label = "人数", unit = "人", min = 1 }'),
    Word("max", "最大是多少", '{ label = "人数", unit = "人", max = 100 }'),
    Word("under", "上方的分组标题", '{ label = "单位", under = ["申请人"] }'),
    Word("also", "别的写法", '{ label = "内容", also = ["事项"] }'),
    Word("short", "简称", '{ label = "申请的内容", short = "内容" }'),
)
TALLY = (
    Word("id", "编号", 'id = "TZ-1"'),
    Word("title", "标题，也是核对的名称", 'title = "受理件数"'),
    Word("name", "工作表名；不写就用标题", 'name = "件数"'),
    Word("table", "数哪一张清单（只有一张的不用写）", 'table = "台账"'),
    Word("by", "按哪一列、哪两列分", 'by = ["类型"]'),
    Word("date", "按哪一天算进哪一期", 'date = "日期"'),
    Word("where", "只数这样的行", 'where = "数 >= 1"'),
    Word("sum", "不数行数，把这一列相加", 'sum = "数"'),
    Word("unit", "单位；不写是条", 'unit = "件"'),
    Word("stock", "是存量，几期之间不相加", "stock = true"),
    Word("equals", "应等于哪张表（表、表.行、表.列，别的表式写 表式:表）", 'equals = "月报.件数"'),
    Word("severity", "不等时：must、explain（不写就是）、note", 'severity = "must"'),
    Word("words", "不等时的话", 'words = "台账与月报应当一致。"'),
    Word("advice", "请怎样改", 'advice = "请核对台账和 {cell}。"'),
    Word("origin", "来历，字母同规则", 'origin = "D"'),
    Word("basis", "依据", 'basis = "条例第四十九条"'),
    Word("example", "举例", 'example = "台账 17 件，月报 16 件。"'),
)
LANGUAGE = {
    "": ("整张表式（文件开头）", FORM),
    "table": ("[[table]] 表", (*TABLE, *BLOCK)),
    "block": ("[[table.block]] 表的一块", BLOCK),
    "columns": ("columns、rows 中的一列、一行", LINE),
    "rule": ("[[rule]] 规则", (*RULE, *CHECK)),
    "checks": ("checks 中的一个公式", CHECK),
    "list": ("[[table]] 清单（list = true）", REGISTER),
    "list.columns": ("清单的一列", REGISTER_COLUMN),
    "tally": ("[[tally]] 由清单统计的数", TALLY),
    "cover": ("cover 封面的一栏", COVER),
    "figure": ("figure 主要数字", FIGURE),
    "facet": ("facet 分组", FACET),
    "groups": ("groups 中的一组", GROUP),
    "pivot": ("pivot 数据透视表", PIVOT),
    "outdated": ("outdated 旧表", OUTDATED),
}
"""By the sort of table: its heading, and its words."""
FORMULAS = (
    Word("+ - * / （ ）", "加减乘除和括号，全角半角都可以；率用 /，单位写 % 的自动乘 100", "已整改 / 发现隐患"),
    Word("= ≤ ≥ < > !=", "相等、不超过、不少于、小于、大于、不等", "甲 <= 乙"),
    Word("行.列、表.行.列", "某一个格", "合计.甲 <= 100"),
    Word("sum(a:b)", "从 a 到 b 各项之和", "乙 >= sum(甲:乙) - 乙"),
    Word("each(a:b)", "从 a 到 b 每一项都", "each(甲:乙) <= 100"),
    Word("prev.", "上一期的数；逐期累计的，一年的第一期按 0 算", "甲 >= prev.甲"),
    Word("last.", "上年（同期）的数", "甲 <= last.甲 * 2"),
    Word("filled(a)", "a 填了没有", "filled(甲)"),
    Word("且 或", "都成立、有一个成立", "甲 >= 1 或 乙 >= 1"),
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
