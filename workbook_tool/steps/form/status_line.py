"""The status line of a table: what is wrong, what is missing, or that all is well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from workbook_tool.model.cells import absolute, address, area
from workbook_tool.model.form.items import Item, Table
from workbook_tool.model.form.live import quote, rectangles
from workbook_tool.model.workbook.book import BookSheet, Condition
from workbook_tool.steps.form.checks import Strip, line_name
from workbook_tool.steps.form.issue import YES, Issue, cover_name
from workbook_tool.steps.form.unanswered import unanswered, unanswered_live

ERROR_VALUE = "请更正：表中有错误值（如 #REF!），请改为数字"
LONGEST = 8000
"""Of the formula; Excel takes 8192 characters."""
NAMED_AT_MOST = 5
"""More lines than this are counted, not named."""

LOOKS = (("请更正", "bad"), ("还有", "warn"), ("✔", "ok"), ("封面", "info"))
"""How a status that starts so looks."""


def status_formula(issue: Issue, table: Table, found: list[Strip]) -> str:
    """The formula of the status line. It keeps to functions that Excel 2010, WPS and LibreOffice share. Of a broad table it
    says less: Excel takes no formula that is longer than ``LONGEST``."""
    named = worded(issue, table, found, imbalance)
    return named if len(named) <= LONGEST else worded(issue, table, found, lambda _, strip: counted(strip))


def worded(issue: Issue, table: Table, found: list[Strip], told: Callable[[Issue, Strip], str]) -> str:
    """The same, each strip that does not balance ``told`` so."""
    wrong = [invalid_count(issue, table), *(off_count(strip) for strip in found)]
    said = [f'IF({wrong[0]}=0,"","；"&{wrong[0]}&" 格填的不是可用的数（标红）")']
    said += [told(issue, strip) for strip in found]
    blanks = blank_count(issue, table)
    also = f'IF({blanks}=0,"","；另有 "&({blanks})&" 格未填")'
    well = quote("✔ 本表已填全" + ("，勾稽相符" if found else ""))
    return (
        f'=IFERROR(IF({"+".join(wrong)}>0,"请更正："&MID({"&".join(said)},2,999)&{also},'
        f"IF({blanks}=0,{well},{still_blank(issue, table, blanks)})),{quote(ERROR_VALUE)})"
    )


def still_blank(issue: Issue, table: Table, blanks: str) -> str:
    """The words for a table that is not filled in yet, or was answered with none on the cover."""
    waiting = f'"还有 "&({blanks})&" 格未填{nothing_is_0(issue, table)}"'
    answer = issue.nil_answer(table)
    if not answer:
        return waiting
    return f"IF({cover_name(answer)}={quote(YES)},{quote(f'封面已答“{answer.label}”，本表空白按 0 计')},{waiting})"


def input_areas(issue: Issue, items: Sequence[Item]) -> dict[tuple[int, bool, bool], list[str]]:
    """The cells of these items, by the decimals that they may have, whether they may be below 0, and whether they are
    ratios, which may have any."""
    cells = defaultdict(list)
    for item in items:
        cells[item.decimals, item.negative, item.adds == "ratio"].append(issue.places[item.index][1:])
    return {kind: [area(*rectangle) for rectangle in rectangles(places)] for kind, places in cells.items()}


def blank_count(issue: Issue, table: Table) -> str:
    """A formula that counts the blank cells of a table, where something must stand."""
    areas = [one for found in input_areas(issue, issue.needed(table)).values() for one in found]
    return "+".join([*(f"COUNTBLANK({one})" for one in areas), *unanswered_live(issue, table)]) or "0"


def opening_status(issue: Issue, table: Table) -> str:
    """What the status line of the blank table says."""
    return f"还有 {len(issue.needed(table)) + unanswered(issue, table, ())} 格未填{nothing_is_0(issue, table)}"


def nothing_is_0(issue: Issue, table: Table) -> str:
    """What to type where nothing happened, in a table that asks for numbers."""
    return "（没有发生的填 0）" if issue.needed(table) else ""


def invalid_count(issue: Issue, table: Table) -> str:
    """How many cells hold text, a negative number or too many decimals."""
    counts = []
    for (decimals, negative, ratio), found in input_areas(issue, issue.inputs(table)).items():
        for cells in found:
            below = "" if negative else f'+COUNTIF({cells},"<0")'
            counts.append(f'SUMPRODUCT(--({cells}<>""))-COUNT({cells}){below}')
            if ratio:
                continue
            # The digits after the permitted ones, as text, because arithmetic stumbles over cells that hold text. Gnumeric
            # asks no function of each cell of an area: there such cells are red and not counted.
            spare = max(3, 6 - decimals)
            pattern = "0." + "0" * (decimals + spare)
            tail = f'RIGHT(TEXT({cells},"{pattern}"),{spare})<>"{"0" * spare}"'
            counts.append(f'IFERROR(SUMPRODUCT(ISNUMBER({cells})*({cells}<>"")*({tail})*1),0)')
    return f"({'+'.join(counts)})"


def off_count(strip: Strip) -> str:
    """A formula that counts the checks of a strip that do not come to 0."""
    cells = [area(*rectangle) for rectangle in rectangles(strip.cells)]
    return "(" + "+".join(f'COUNTIF({a},">0")+COUNTIF({a},"<0")' for a in cells) + ")"


def imbalance(issue: Issue, strip: Strip) -> str:
    """The rule's title with the lines that are off, or nothing."""
    count = off_count(strip)
    names = "&".join(
        f'IF(N({address(*strip.place(position))})<>0,{quote("、" + line_name(issue.form, check))},"")'
        for position, check in strip.checks.items()
    )
    title = quote(f"；“{strip.rule.title}”不平：")
    return f'IF({count}=0,"",{title}&IF({count}>{NAMED_AT_MOST},{count}&" 处",MID({names},2,999)))'


def counted(strip: Strip) -> str:
    """The rule's title with how many lines are off, or nothing."""
    count = off_count(strip)
    return f'IF({count}=0,"",{quote(f"；“{strip.rule.title}”不平：")}&{count}&" 处")'


def color_status(sheet: BookSheet, first: tuple[int, int], last: tuple[int, int]) -> None:
    """Colour a status by the word it starts with."""
    cell = absolute(*first)
    for start, role in LOOKS:
        sheet.conditions.append(Condition(first, last, f'=LEFT({cell},{len(start)})="{start}"', role, stop=True))
