"""The PivotTables, each on a sheet of its own so that it may grow, and what they are made from.

Their figures stand there before any refresh. Above each a live check adds up what is shown and compares it with the
totals of the region, which come another way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.items import Item
from workbook_tool.model.form.live import quote, references
from workbook_tool.model.form.summaries import DeclaredPivot
from workbook_tool.model.workbook.book import Book, BookSheet, ListTable, Print
from workbook_tool.model.workbook.headers import RULE, STATE
from workbook_tool.model.workbook.listing import LIST_TOP
from workbook_tool.model.workbook.measure import text_width
from workbook_tool.model.workbook.pivot import (
    BY_RULE,
    NO_GROUP,
    PARENT,
    PASSED,
    SHARED,
    SUMMED,
    Pivot,
    Source,
)
from workbook_tool.steps.workbook.detail_list import DETAIL
from workbook_tool.steps.workbook.facts import Facts
from workbook_tool.steps.workbook.findings import findings_range
from workbook_tool.steps.workbook.pivot_figures import (
    BREADTH,
    DATA,
    PROBLEMS,
    WIDTH,
    cells_of,
    put_check,
    put_figures,
)
from workbook_tool.steps.workbook.plan import FINDINGS, GREEN, GREY, Plan, heading

if TYPE_CHECKING:
    from pandas import DataFrame

PIVOT_SHEET = "透视 {}"
PAGE_ROW, LABEL_WIDTH = 4, 28.0
SCREEN = 20
"""As many lines as a screen shows below the filters: longer ones keep their heads in sight."""
FREE_FILTERS = ("类别", PARENT)
LEAST, NAME_LIMIT = 3, 31
"""So many PivotTables at least has a workbook with figures; so long may the name of a sheet be."""
NOTHING = "没有填报的数"
MERGED = f"单位多，为了打开得快，各单位相同的项合为一行、不分单位（各单位的数见“{DETAIL}”）"
USE = "数据透视表：可以筛选、拖动字段；由“{}”生成。"
ONLY_PASSED = "先只列已通过（已汇总＋待核）的，“审核结论”改选（全部）就含退回。只累加最细的数，不含总计。"
ONLY_TOTALS = "各单位只填了合计，没有填细数，所以列的是合计，各列不相加。"
LIKE_FOR_LIKE = "只比{}填报的数，缺一期的单位不会被误认为增减。"
PRINTED, PRINTED_ROWS = "打印时只印第一页。", 45
WIDEST = 34.0


def add_pivots(book: Book, plan: Plan) -> None:
    """Add the PivotTables that have something to show, then what they are made from, which says why others have not."""
    facts = Facts(plan.result)
    numbers, problems = facts.source(), facts.problems()
    draft = Draft(book, plan, facts)
    why = {pivot.title: draft.add_declared(pivot, numbers) if numbers else NOTHING for pivot in plan.form.pivots}
    why[BY_RULE] = draft.add_problems(problems) if problems else "没有问题"
    for pivot in spares(plan.form):
        if numbers and draft.count < LEAST and pivot.title not in why:
            draft.add_declared(pivot, numbers)
    without = "；".join(f"{title}（{reason}）" for title, reason in why.items() if reason)
    reason = f"没有作的透视表：{without}。" if without else ""
    whose = MERGED if numbers and numbers.merged else "每个单位每个不为 0 的细项一行"
    add_source(book, DATA, numbers, f"{whose}，不含总计；透视表由此生成。{reason}{PRINTED}")
    if problems:
        add_source(book, PROBLEMS, problems, f"每个单位每条规则一行；透视表“{BY_RULE}”由此生成。{PRINTED}")


def spares(form: Form) -> Iterator[DeclaredPivot]:
    """What is added where fewer than LEAST have anything to show: each agency by the form's own groups, each table as it
    stands, to be narrowed down to one kind of agency, and each agency, kind and state of agencies by its columns."""
    titled = [DeclaredPivot(f"单位 × {facet.label}", "单位", facet.label) for facet in form.facets]
    titled += [
        DeclaredPivot(f"{table.name} {down} × 列", down, "列", table.id, adds=False)
        for down in ("项目", "单位", "类别", STATE)
        for table in form.tables
    ]
    return (pivot for pivot in titled if len(PIVOT_SHEET.format(pivot.title)) <= NAME_LIMIT)


def add_source(book: Book, name: str, source: Source | None, meaning: str) -> None:
    """The rows that PivotTables are made from, as an Excel Table."""
    fields = source.fields if source else ()
    sheet = book.sheet(name, tab=GREY, widths=dict.fromkeys(range(10), 12.0))
    heading(sheet, name, meaning, 10)
    if not source:
        return
    for column, field in enumerate(fields):
        widest = max(text_width(text, 10) for text in (field, *source.items.get(field, ())))
        sheet.widths[column] = min(widest, WIDEST) + 4
    for column, field in enumerate(fields):
        sheet.put(LIST_TOP, column, field, "list_head")
    last = (LIST_TOP + len(source.numbers), len(fields) - 1)
    sheet.lists.append(ListTable((LIST_TOP, 0), last, source.table, fields, source=source))
    sheet.freeze = (LIST_TOP + 1, 2)
    page = ((0, 0), (min(last[0], LIST_TOP + PRINTED_ROWS), last[1]))
    sheet.print = Print(landscape=True, wide=1, tall=1, area=page)


class Draft:
    """Puts PivotTables into the book."""

    def __init__(self, book: Book, plan: Plan, facts: Facts) -> None:
        self.book, self.plan, self.facts = book, plan, facts
        self.count = 0
        self.frames: dict[str, DataFrame] = {}

    def add_declared(self, declared: DeclaredPivot, source: Source) -> str:
        """A PivotTable of the form, or why there is none: an empty one is none, nor is one of two years with only one."""
        kind = self.plan.form.period
        years = kind.label in (declared.down, declared.across)
        if years and kind.both not in source.items.get(SHARED, ()):
            return f"没有可比的{kind.year_ago}数"
        if source.merged and "单位" in (declared.down, declared.across):
            return "单位太多"
        if PARENT in (declared.down, declared.across) and PARENT not in source.items:
            return "没有填上级"
        table = self.plan.form.table(declared.table).name if declared.table else ""
        passed = PASSED in source.items["审核结论"]
        pages = [
            ("审核结论", PASSED if passed else ""),
            (SHARED, kind.both) if years else (kind.label, self.plan.result.period.name),
        ]
        pages += [("表", table)] if table else []
        pages += [
            (f, "")
            for f in FREE_FILTERS
            if f not in (declared.down, declared.across) and len(source.items.get(f, ())) > 1
        ]
        leaves = self.leaves(declared)
        units = {item.unit for item in leaves}
        caption = f"{SUMMED}（{units.pop()}）" if len(units) == 1 else SUMMED
        pivot = self.crossed(
            source, declared.down, declared.across, pages, caption, declared.adds and not self.facts.only_totals
        )
        if pivot is None:
            return NOTHING
        meaning = USE.format(DATA) + (LIKE_FOR_LIKE.format(kind.both) if years else "") + ONLY_PASSED
        if self.facts.only_totals:
            meaning += ONLY_TOTALS
        sheet = self.sheet(declared.title, meaning, pivot)
        if years:
            checked = f"SUMIFS({cells_of(source, source.number)},{','.join(self.criteria(pivot))})"
            put_check(sheet, pivot, checked, pivot.sum_of(), f"“{DATA}”中{kind.both}的数之和")
        else:
            layer, which = ("passed", "已通过") if passed else ("all", "全部填报")
            total = sum((Decimal(str(self.plan.total(layer, i.index))) for i in leaves), Decimal(0))
            places = self.plan.totals_places(layer)
            checked = f"SUM({references((i.index for i in leaves), places, sheet.name)})"
            names = "、".join(dict.fromkeys(f"“{self.plan.totals_sheet(i.table)}”" for i in leaves))
            put_check(sheet, pivot, checked, total, f"{names}中{which}的各细项之和")
        return ""

    def add_problems(self, source: Source) -> str:
        """Findings by kind of agency and rule; 问题热图 has them by agency."""
        pages = [("程度", ""), *([(PARENT, "")] if len(source.items[PARENT]) > 1 else [])]
        pivot = self.crossed(source, "类别", RULE, pages, "问题条数")
        assert pivot is not None
        meaning = USE.format(PROBLEMS) + "各条规则的含义见“说明”，每一条问题见“问题清单”。"
        sheet = self.sheet(BY_RULE, meaning, pivot)
        found = Decimal(len(self.plan.findings))
        put_check(sheet, pivot, f"COUNTA({findings_range(self.plan, RULE)})", found, f"“{FINDINGS}”的条数")
        return ""

    def leaves(self, declared: DeclaredPivot) -> list[Item]:
        """The numbers that a PivotTable adds up."""
        facets = [facet for facet in self.plan.form.facets if facet.label in (declared.down, declared.across)]
        return [
            item
            for item in self.plan.form.items
            if self.facts.is_leaf(item)
            and declared.table in ("", item.table.id)
            and all(item.code in facet.by_code for facet in facets)
        ]

    def adds(self, field: str) -> bool:
        """Whether the items of a field may be added up."""
        return field != self.plan.form.period.label and all(
            facet.adds for facet in self.plan.form.facets if facet.label == field
        )

    def criteria(self, pivot: Pivot) -> list[str]:
        """What SUMIFS asks of the rows that a PivotTable shows."""
        axes = (pivot.down, pivot.across)
        wanted = [f"{cells_of(pivot.source, field)},{quote(chosen)}" for field, chosen in pivot.pages if chosen]
        return wanted + [
            f"{cells_of(pivot.source, f)},{quote('<>' + text)}"
            for f in axes
            for text in pivot.hidden
            if text in pivot.source.items[f]
        ]

    def crossed(
        self,
        source: Source,
        down: str,
        across: str,
        pages: Sequence[tuple[str, str]],
        caption: str,
        adds: bool = True,
    ) -> Pivot | None:
        """The PivotTable with its figures, exact; None where it would be empty. ``adds``: whether it has totals."""
        import pandas as pd

        if source.table not in self.frames:
            pairs = zip(source.fields, source.columns, strict=False)
            columns: dict[str, Any] = {n: pd.Categorical.from_codes(c, pd.Index(source.items[n])) for n, c in pairs}
            columns[source.number] = pd.array(source.numbers, dtype=object)
            self.frames[source.table] = pd.DataFrame(columns)
        frame = self.frames[source.table]
        hidden = tuple(text for text in (NO_GROUP,) if text in (*source.items[down], *source.items[across]))
        for field, chosen in pages:
            frame = frame[frame[field] == chosen] if chosen else frame
        frame = frame[~frame[down].isin(hidden) & ~frame[across].isin(hidden)]
        if frame.empty:
            return None
        sums = frame.groupby([down, across], sort=False, observed=True)[source.number].sum()
        cells: dict[tuple[str, str], Decimal] = dict(zip(sums.index.tolist(), sums.tolist(), strict=True))
        lines, heads = ({key[n] for key in cells} for n in (0, 1))
        self.count += 1
        return Pivot(
            name=f"pvt{self.count}",
            source=source,
            down=down,
            across=across,
            pages=tuple(pages),
            caption=caption,
            place=(PAGE_ROW + len(pages) + 1, 0),
            lines=tuple(text for text in source.items[down] if text in lines),
            heads=tuple(text for text in source.items[across] if text in heads),
            cells=cells,
            hidden=hidden,
            total_column=adds and self.adds(across),
            total_row=adds and self.adds(down),
        )

    def sheet(self, title: str, meaning: str, pivot: Pivot) -> BookSheet:
        """The sheet of a PivotTable, with the figures that it shows."""
        sheet = self.book.sheet(PIVOT_SHEET.format(title), tab=GREEN, widths={0: LABEL_WIDTH})
        sheet.widths |= {1 + column: WIDTH for column in range(max(BREADTH - 1, pivot.last[1]))}
        heading(sheet, title, meaning, BREADTH)
        sheet.pivots.append(pivot)
        put_figures(sheet, pivot)
        top = pivot.place[0]
        if len(pivot.lines) > SCREEN:
            sheet.freeze = (top + 2, 1)
        sheet.print = Print(landscape=True, wide=1, tall=0, repeat_rows=(top, top + 1))
        return sheet
