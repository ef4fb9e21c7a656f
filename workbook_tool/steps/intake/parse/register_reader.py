"""Reads one list: every record, where it stands, and what is wrong with its cells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal

from msgspec import Struct, field
from msgspec.structs import replace

from workbook_tool.model.form.register import Register
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.records import Held, Record, RecordList
from workbook_tool.model.intake.row_note import RowNote
from workbook_tool.model.intake.submission import Place, Sheet, plain_decimal
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in, said_place
from workbook_tool.model.text import shortened
from workbook_tool.steps.intake.parse.arithmetic import Arithmetic
from workbook_tool.steps.intake.parse.hidden import why_hidden
from workbook_tool.steps.intake.parse.register_asides import settle_asides, settle_notes
from workbook_tool.steps.intake.parse.register_cells import (
    Told,
    amount_in,
    as_words,
    is_whole,
)
from workbook_tool.steps.intake.parse.register_frames import framing, is_heading, other_table
from workbook_tool.steps.intake.parse.register_headings import Amounts, find_headings
from workbook_tool.steps.intake.parse.register_heads import RegisterHead
from workbook_tool.steps.intake.parse.register_rows import BodyRow, denies, lines_below, what_is
from workbook_tool.steps.intake.parse.register_sums import Sums
from workbook_tool.steps.intake.parse.register_units import ListPage, currency_notes, in_own_unit, row_unit
from workbook_tool.steps.intake.parse.register_values import RowCells


class Read(Struct):
    """What was read of all lists: their records, the remarks on them, and findings about a list as a whole; ``unread`` are
    those whose head is there, and of which nobody can tell how some column is meant."""

    lists: list[RecordList] = field(default_factory=list)
    unread: int = 0
    notes: list[RowNote] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def without_records(self, sheet: Sheet) -> Sheet:
        """The sheet without the rows that are records: a grid may stand above or below a list."""
        rows = {record.row for one in self.lists for record in one.records if record.sheet == sheet.name}
        return replace(sheet, cells={at: c for at, c in sheet.cells.items() if at[0] not in rows}) if rows else sheet


class RegisterReader:
    """Reads one list from head to head. A line of totals is checked against the rows above it in the same sheet."""

    def __init__(self, rulebook: Rulebook, register: Register, arithmetic: Arithmetic, read: Read) -> None:
        self.rulebook, self.register, self.read = rulebook, register, read
        self.records: list[Record] = []
        self.hidden: dict[tuple[str, str], list[Place]] = {}
        self.sums = Sums(len(register.columns))
        self.sheet, self.denied = "", False
        self.early: list[tuple[BodyRow, RegisterHead, Amounts]] = []
        self.alone: list[tuple[BodyRow, RegisterHead, Sums | None]] = []
        self.overall = Sums(len(register.columns))
        self.cells = RowCells(register, arithmetic)

    def take(self, page: ListPage, names: Collection[str]) -> None:
        """Read the rows of one head; ``names`` are those that may stand alone among them."""
        head = page.head
        if head.sheet.name != self.sheet:
            self.close()
            self.sheet, self.sums = head.sheet.name, Sums(len(self.register.columns))
        columns = tuple(head.columns.get(column.id, -1) for column in self.register.columns)
        filled_extras: set[int] = set()
        lines = list(lines_below(self.register, head, page.rows, page.end))
        kinds = [what_is(line, self.register, head, first=not number) for number, line in enumerate(lines)]
        settle_notes(kinds)
        for number in framing(lines, kinds, self.register, page, names):
            kinds[number] = ""
        if other := other_table(lines, kinds, self.register):
            self.beside([lines[n] for n in other], head)
            kinds[other.start :] = [""] * len(other)
        unsure = settle_asides(kinds)
        headings = find_headings(lines, kinds, self.register, head, lambda line: self.amounts(line, head))
        for number, (line, kind) in enumerate(zip(lines, kinds, strict=True)):
            if number in headings.sure:
                self.sums.close(whole=False)
                continue
            if number in headings.doubtful:
                sums = headings.doubtful[number]
                self.doubtful(line, head, sums, Severity.MUST if number in headings.numbered else Severity.EXPLAIN)
            if number in unsure:
                self.unsure(line, head, unsure[number])
            self.denied |= not kind and denies(line)
            if kind == "record" and not line.other:
                kind = self.unnamed(line, head) or kind
            more = self.below(lines, kinds, number, head) if kind == "part" else {}
            if kind == "record":
                self.record(line, head, columns)
                filled_extras |= line.other.keys() & head.extra.keys()
            elif kind in ("total", "part") and not self.sums.count[0]:
                self.early.append((line, head, more))
            elif kind == "total" and page.folded and not self.fits(line, head):
                self.alone.append((line, head, self.sums.as_they_are()))  # it may be of all blocks
                self.sums.close(whole=True)
            elif kind in ("total", "part"):
                self.total(line, head, more, part=kind == "part")
                self.sums.close(whole=kind == "total")
            elif kind == "group":
                self.sums.close(whole=False)
        self.extra_finding(head, filled_extras)

    def close(self) -> None:
        """Check the lines of totals that stand above the rows they sum; those in a sheet without any may be of all."""
        for line, head, more in self.early:
            if self.sums.count[0]:
                self.total(line, head, more)
            else:
                self.alone.append((line, head, None))
        self.early = []

    def finish(self) -> None:
        """Check what is left when all sheets are read."""
        self.close()
        nothing = dict.fromkeys(range(len(self.register.columns)), Decimal(0))
        for line, head, sums in self.alone:
            self.sums = sums or self.overall
            self.total(line, head, {} if sums else nothing)

    def unnamed(self, line: BodyRow, head: RegisterHead) -> str:
        """What a row is in which only numbers stand: ``total`` or ``part`` where they are sums of the rows above."""
        plain = all(self.register.columns[n].kind == "number" for n in line.own)
        amounts = self.amounts(line, head) if plain and self.sums.count[0] > 1 else {}
        return self.sums.named_by(amounts) if len(amounts) == len(line.own) else ""

    def below(self, lines: Sequence[BodyRow], kinds: Sequence[str], at: int, head: RegisterHead) -> Amounts:
        """What the records below a line of subtotals add up to, down to the next: it may stand above its rows."""
        sums: dict[int, Decimal] = {}
        for n in range(at + 1, len(lines)):
            if kinds[n] in ("total", "part", "group"):
                break
            for number, amount in self.amounts(lines[n], head).items() if kinds[n] == "record" else ():
                sums[number] = sums.get(number, Decimal(0)) + amount
        return sums

    def record(self, line: BodyRow, head: RegisterHead, columns: tuple[int, ...]) -> None:
        """Read a row as a record."""
        sheet, register = head.sheet, self.register
        told = [
            self.cells.told(line, number, head) if number in line.own else Told()
            for number in range(len(register.columns))
        ]
        values: list[Held] = [one.held for one in told]
        unread = {
            n: as_words(line.own[n]) for n, one in enumerate(told) if n in line.own and one.held is None and one.problem
        }
        record = Record(sheet.name, line.row, tuple(values), columns, tuple(unread.items()))
        self.records.append(record)
        for number, one in enumerate(told):
            if one.problem:
                self.note(one, number, record, as_words(line.own[number]))
        for number, column in enumerate(register.columns):
            if values[number] is None and number not in unread and column.needed:
                blank = RowNote("row_blank", register.id, column.id, record, "空白", "空白")
                self.read.notes.append(blank)
        self.stray(line, head, record)
        self.read.notes.extend(currency_notes(register, line, record))
        self.sums.add(numbers := self.numbers(values))
        self.overall.add(numbers)
        plain = not (sheet.hidden or sheet.hidden_rows or sheet.hidden_columns)
        for number in line.own:
            place = record.place(number)
            if place is None or number in line.inherited or (plain and place not in sheet.looks):
                continue
            if why := why_hidden(sheet, place):
                rows = line.row in sheet.hidden_rows and not sheet.hidden
                why = f"行{why}（也可能是筛选后没有恢复）" if rows else f"格{'所在的工作表' * sheet.hidden}{why}"
                self.hidden.setdefault((sheet.name, why), []).append(place)

    def note(self, told: Told, number: int, record: Record, shown: str) -> None:
        """Keep what is to be said of a cell."""
        column = self.register.columns[number]
        said = f"显示为“{shortened(told.seen)}”" if told.seen else f"填“{shortened(shown)}”"
        said, brief = "，".join(filter(None, (said, told.why))), told.brief or told.why
        note = RowNote(told.problem, self.register.id, column.id, record, said, brief, usually=told.usually)
        self.read.notes.append(note)

    def numbers(self, values: Sequence[Held]) -> dict[int, Decimal]:
        """The numbers of a record, by the number of their column."""
        columns = enumerate(self.register.columns)
        return {
            n: plain_decimal(held, column.decimals)
            for n, column in columns
            if column.kind == "number" and isinstance(held := values[n], int)
        }

    def stray(self, line: BodyRow, head: RegisterHead, record: Record) -> None:
        """A cell in or right beside the list under no head: the row may have been shifted."""
        known = {*head.extra, *head.serial}
        first = min(head.columns.values())
        near = [c for c in line.other if c not in known and first - 1 <= c <= head.last_column + 1]
        near = [c for c in near if c > first or not is_whole(line.other[c])]  # the number of the row, without a head
        if near:
            where = cells_in(head.sheet.name, ((line.row, c) for c in near))
            said = f"{where} 有“{as_words(line.other[near[0]])[:30]}”，上面没有列名"
            self.read.notes.append(RowNote("row_stray", self.register.id, "", record, said, "有内容没有列名"))

    def amounts(self, line: BodyRow, head: RegisterHead) -> dict[int, Decimal]:
        """The numbers of a row in the columns that a line of totals adds up."""
        places = {self.register.places[column.id] for column in self.register.summed}
        count = range(len(self.register.columns))
        return self.numbers(
            [self.cells.told(line, n, head).held if n in line.own and n in places else None for n in count]
        )

    def where(self, head: RegisterHead, places: Iterable[Place]) -> Where:
        """These cells of a sheet, for a finding about the list."""
        return Where(self.register.name, sheet=head.sheet.name, cells=cells_in(head.sheet.name, places))

    def beside(self, lines: Sequence[BodyRow], head: RegisterHead) -> None:
        """Tell of a table below the list that was not read; of one without a title or heads nobody knows."""
        where = self.where(head, ((one.row, column) for one in lines for column in (min(head.columns.values()),)))
        rows = said_place(head.sheet.name, f"第 {lines[0].row + 1} 至 {lines[-1].row + 1} 行")
        said = f"{self.register.name}（{rows}）与上面隔着空行，必填的列大半空着，像是另一张表，没有读取。"
        advice = "是统计的，请移到别的工作表；是登记的，请接着上面填全。改正后重新填报"
        usually = Severity.EXPLAIN if is_heading(lines[0]) else Severity.MUST
        advice = f"{advice}，或说明。" if usually is Severity.EXPLAIN else f"{advice}。"
        rule = self.rulebook.of_kind("label")
        self.read.findings.append(self.rulebook.plain(rule, said, advice, where, usually=usually))

    def unsure(self, line: BodyRow, head: RegisterHead, usually: Severity) -> None:
        """Tell of a record that looks like a part of another number, or is compared with it."""
        places = [(line.row, head.columns[self.register.columns[n].id]) for n in line.own]
        where = self.where(head, places)
        said = f"{self.register.name}{where.in_file}像是上面各行的“其中”项或比较数，不像一件，但已按一件计入。"
        advice = "是的，请删去这一行，或移到合计行下面；是一件的，请写全名称。改正后重新填报。"
        self.read.findings.append(
            self.rulebook.plain(self.rulebook.of_kind("row_sum"), said, advice, where, usually=usually)
        )

    def doubtful(self, line: BodyRow, head: RegisterHead, sums: Mapping[int, Decimal], usually: Severity) -> None:
        """Tell of a record that looks like a heading of the rows below it, but does not hold their sum."""
        where = self.where(head, ((line.row, head.columns[self.register.columns[n].id]) for n in sums))
        told = "、".join(
            f"「{self.register.called(self.register.columns[n].id)}」{total:f}" for n, total in sums.items()
        )
        said = f"{self.register.name}{where.in_file}像是下面各行的标题，所填却不是下面各行之和（{told}），这一行也按一件计入了。"
        advice = "是标题的，请改正或删去其中的数；是一件的，请照别的行填写序号和各列。改正后重新填报。"
        self.read.findings.append(
            self.rulebook.plain(self.rulebook.of_kind("row_sum"), said, advice, where, usually=usually)
        )

    def fits(self, line: BodyRow, head: RegisterHead) -> bool:
        """Whether a line of totals is right for the rows so far."""
        return all(amount in self.sums.may_be(number) for number, amount in self.amounts(line, head).items())

    def total(self, line: BodyRow, head: RegisterHead, more: Amounts, part: bool = False) -> None:
        """Hold a line of totals against the rows that it may sum, those of all sheets so far and the sums ``more`` among
        them; it is never added."""
        meant, rows = self.sums.meant(part)
        for number, column in enumerate(self.register.columns):
            content = line.own.get(number)
            if column.kind != "number" or content is None or number in line.inherited:
                continue
            told = self.cells.told(line, number, head)
            if column.of and self.sums.typed[number] < self.sums.count[0]:
                continue  # in rows that leave it blank it comes to what is not known yet
            may_be = [*self.sums.may_be(number), self.overall.all[number], *([more[number]] if number in more else [])]
            held = plain_decimal(told.held, column.decimals) if isinstance(told.held, int) else None
            unit = row_unit(self.rulebook.form, self.register, line, column)
            filed = in_own_unit(content, unit, column) if unit and held not in may_be else held
            if filed is None or filed in may_be:
                continue
            label = self.register.called(column.id)
            where = replace(self.where(head, [(line.row, head.columns[column.id])]), column=label)
            told_as = f" {as_words(content)} {unit}（{filed:f} {column.unit}）" if unit else f" {filed:f}"
            said = f"{self.register.name}「{label}」{where.in_file}填{told_as}，{rows}之和是 {may_be[meant]:f}{f' {column.unit}' * bool(unit)}。"
            rule = self.rulebook.of_kind("row_sum")
            self.read.findings.append(self.rulebook.finding(rule, said, where, filed=filed, expected=may_be[meant]))
        self.counted(line, head)

    def counted(self, line: BodyRow, head: RegisterHead) -> None:
        """A line of totals of a list without numbers may say how many rows there are (``合计 17 件``)."""
        if any(column.kind == "number" for column in self.register.columns):
            return
        cells = {**{head.columns[self.register.columns[n].id]: c for n, c in line.own.items()}, **line.other}
        found = [
            (c, n) for c, content in cells.items() if c <= head.last_column and (n := amount_in(content)) is not None
        ]
        if len(found) == 1 and found[0][1] not in self.sums.count:
            ((column, number),) = found
            where = self.where(head, [(line.row, column)])
            said = f"{self.register.name}{where.in_file}填 {number:f}，上面共有 {self.sums.count[0]} 行。"
            rule = self.rulebook.of_kind("row_sum")
            self.read.findings.append(self.rulebook.finding(rule, said, where, filed=number, expected=Decimal(self.sums.count[0])))  # fmt: skip

    def extra_finding(self, head: RegisterHead, filled: set[int]) -> None:
        """Columns that the list does not have, and in which something stands."""
        if filled:
            names = "、".join(f"「{' '.join(head.extra[c].split())}」" for c in sorted(filled))
            where = self.where(head, ((head.bottom, c) for c in filled))
            said = f"{self.register.name}{where.in_file}多出 {names}。"
            self.read.findings.append(self.rulebook.finding(self.rulebook.of_kind("row_extra"), said, where))

    def hidden_findings(self) -> list[Finding]:
        """One finding for each sheet and reason why nobody sees what stands in rows of the list."""
        found = []
        for (sheet, why), places in self.hidden.items():
            where = Where(self.register.name, sheet=sheet, cells=cells_in(sheet, places))
            count = len({row for row, _ in places}) if why.startswith("行") else len(places)
            said = f"{self.register.name}（{said_place(sheet, '')}）有 {count} {why}，其中填有内容。"
            found.append(self.rulebook.finding(self.rulebook.of_kind("hidden"), said, where))
        return found
