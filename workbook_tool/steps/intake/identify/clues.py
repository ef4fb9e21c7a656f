"""All that names an agency, the surest first, and what is to be said where two of them disagree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.model.form.form import Form
from workbook_tool.model.form.rules import Severity
from workbook_tool.model.intake.source import Mail
from workbook_tool.model.intake.submission import IDENTITY_SHEET, KIND, Agency, Sheet
from workbook_tool.model.judging.finding import Finding, Where
from workbook_tool.model.judging.rulebook import Rulebook
from workbook_tool.model.locations import cells_in
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.regex import regex
from workbook_tool.model.text import cover_key, squash
from workbook_tool.steps.intake.identify.cover import Cover, alone
from workbook_tool.steps.intake.identify.period import YEAR, as_text, plain
from workbook_tool.steps.intake.identify.spellings import CODE, Match, Spellings, name_key, spellings_of, without_marks
from workbook_tool.steps.intake.identify.titles import titles

HIDDEN, CODE_CELL, NAME_CELL, TITLE = "隐藏标识", "封面的单位代码", "封面的填报单位", "表头"
FILE, SUBJECT, FOLDER, THREAD = "文件名", "邮件主题", "文件夹名", "所回复的信"
PATH = regex(r"/|(?<=\.zip)!|(?<=\.eml)!|(?<=\.rar)!", re.IGNORECASE)
BODY = regex(r"[\u4e00-\u9fff]{2,}(?:局|委|办|府|处|会|院|中心|室|所|站|厅|部|校|队|公司|乡|镇|街道|区)")


class Clue(Struct, frozen=True):
    """Something that names an agency: where it stood, the text, and the roster's agency it means (if any).

    ``named`` are all agencies that the text names, among them those it is only addressed to. ``decides`` and
    ``disputes`` say whether the clue may settle whose file this is, and whether it may contradict a surer one.
    """

    source: str
    text: str
    agency: Agency | None
    sheet: str = ""
    cell: str = ""
    how: str = "listed"
    named: tuple[Agency, ...] = ()
    decides: bool = True
    disputes: bool = True


def agency_clues(
    hidden: dict[str, str],
    cover: Cover,
    sheets: Sequence[Sheet],
    form: Form,
    path: str,
    mail: Mail | None,
    roster: Roster,
) -> list[Clue]:
    """All that names an agency, the surest first."""
    names = spellings_of(roster)
    clues = [*hidden_clue(hidden, names), *cover_clues(cover, names)]
    clues += title_clues(sheets, form, names, decides=not any(c.source != HIDDEN for c in clues))
    clues = as_issued(clues, hidden)
    clues += mentions("工作表名", [s.name for s in sheets if s.name != IDENTITY_SHEET], names)
    *folders, name = PATH.split(path)
    clues += [*mentions(FILE, [name], names), *thread_clue(mail, roster)]
    # A folder is often the parent body's, and anybody may forward a mail: neither contradicts what the file says.
    around = mentions(SUBJECT, [mail.subject] if mail else [], names)
    around += [clue for folder in reversed(folders) for clue in mentions(FOLDER, [folder], names)]
    return [*clues, *(replace(clue, disputes=False) for clue in around), *sender_clue(mail, roster)]


def hidden_clue(hidden: dict[str, str], names: Spellings) -> list[Clue]:
    """What we wrote into the workbook when it was issued. The roster may have given the code to another agency since: the
    name that stands with it tells whose the workbook was."""
    code, name = hidden.get("agency", ""), hidden.get("name", "")
    if not code and not name:
        return []
    if not names.roster.given:
        return [Clue(HIDDEN, name or code, Agency(code or name, name or code))]
    known = names.known(name_key(name))
    agency = (known.agency if known else None) or names.roster.by_any_code(code)
    return [Clue(HIDDEN, name or code, agency, disputes=agency is not None)]


def as_issued(clues: list[Clue], hidden: dict[str, str]) -> list[Clue]:
    """What the cover and the titles still say as we printed them means whom the hidden identity means."""
    owner = clues[0].agency if clues and clues[0].source == HIDDEN else None
    code, name = squash(hidden.get("agency", "")), squash(hidden.get("name", ""))
    printed = {code, name, squash(f"{hidden.get('name', '')}（{hidden.get('agency', '')}）")} - {""}
    if owner is None or KIND in hidden:
        return clues
    own = {"agency": owner, "named": (owner,), "how": "listed"}
    return [replace(c, **own) if c.source != HIDDEN and squash(c.text) in printed else c for c in clues]


def cover_clues(cover: Cover, names: Spellings) -> list[Clue]:
    """The cover's code and name."""
    by_kind = {
        field.kind: (as_text(value), sheet, cells_in(sheet, [place])) for field, (value, sheet, place) in cover.items()
    }
    nothing = ("", "", "")
    code, code_sheet, code_cell = by_kind.get("code", nothing)
    name, sheet, cell = by_kind.get("agency", nothing)
    if not names.roster.given:
        return [Clue("封面", name or code, Agency(code or name, name or code), sheet, cell)] if code or name else []
    clues = [Clue(CODE_CELL, code, names.by_code(code), code_sheet, code_cell)] if code else []
    return clues + ([of_match(NAME_CELL, name, names.read(name), sheet, cell)] if name else [])


def of_match(source: str, text: str, match: Match, sheet: str = "", cell: str = "") -> Clue:
    """A text as a clue to whom it was found to mean."""
    return Clue(source, text, match.agency, sheet, cell, match.how, match.agencies)


def title_clues(sheets: Sequence[Sheet], form: Form, names: Spellings, *, decides: bool) -> list[Clue]:
    """What the titles of sheets and the labelled lines over their tables say. ``decides``: the cover names nobody.

    An issued workbook prints the agency over every table, where nobody thinks of changing it. So that line never
    settles a file whose cover was filled in by somebody else.
    """
    labels = next(field.keys for field in form.cover if field.kind == "agency")
    clues = []
    for sheet, place, text in titles(sheets):
        head, _, value = text.replace("：", ":").partition(":")
        if cover_key(head) in labels and value.strip():
            clues.append(line_clue(alone(value), names, decides, sheet.name, cells_in(sheet.name, [place])))
        elif squash(form.title) in squash(text):
            clues += title_clue(text, form, names, sheet.name, cells_in(sheet.name, [place]))
    return list({(clue.agency or clue.text): clue for clue in reversed(clues)}.values())[::-1]


def line_clue(value: str, names: Spellings, decides: bool, sheet: str, cell: str) -> Clue:
    """A line such as ``填报单位：示例县教育局（020）`` over a table."""
    code = CODE.search(value)
    if not names.roster.given:
        name = without_marks(value)
        return Clue(TITLE, name, Agency(code[1] if code else name, name), sheet, cell, disputes=False)
    printed = names.by_code(code[1]) if code else None
    clue = of_match(TITLE, value, Match((printed,), "listed") if printed else names.read(value), sheet, cell)
    return replace(clue, decides=decides or not printed, disputes=clue.agency is not None)


def title_clue(text: str, form: Form, names: Spellings, sheet: str, cell: str) -> list[Clue]:
    """A title such as ``示例县教育局2023年政府信息公开工作年度报告``; one that names a body nobody knows is a clue too."""
    if clues := mentions(TITLE, [text], names):
        return [replace(clue, sheet=sheet, cell=cell) for clue in clues]
    body = BODY.fullmatch(re.sub(r"[年度]+$", "", YEAR.sub("", plain(text).partition(plain(form.title))[0])))
    return [Clue(TITLE, body[0], None, sheet, cell, disputes=False)] if body else []


def mentions(source: str, texts: Iterable[str], names: Spellings) -> list[Clue]:
    """The one agency that these texts name, apart from those they are addressed to; several are nobody in particular.
    A text that names only whom it is addressed to leads to nobody."""
    found = [mention for text in texts for mention in names.inside(text)]
    if not found:
        return []
    from_them = [m for m in found if not m.addressed]
    counting = from_them or found
    common = reduce(lambda left, right: left & right, (set(mention.match.agencies) for mention in counting))
    everyone = tuple(dict.fromkeys(agency for mention in found for agency in mention.match.agencies))
    agency = common.pop() if len(common) == 1 else None
    text = agency.name if agency else "、".join(dict.fromkeys(mention.text for mention in counting))
    sent_by = bool(from_them)
    return [Clue(source, text, agency, named=everyone, decides=sent_by, disputes=agency is not None and sent_by)]


def thread_clue(mail: Mail | None, roster: Roster) -> list[Clue]:
    """The one agency to which the letter of ours went that this mail answers."""
    answered = [agency for code in (mail.answers if mail else ()) if (agency := roster.by_code(code))]
    return [Clue(THREAD, answered[0].name, answered[0])] if len(answered) == 1 else []


def sender_clue(mail: Mail | None, roster: Roster) -> list[Clue]:
    """The one agency whose address the mail came from."""
    sender = mail.sender.strip().lower() if mail else ""
    senders = [a for a in roster.agencies if a.mail and sender in addresses(a)] if sender else []
    return [Clue("发件人", senders[0].name, senders[0], disputes=False)] if len(senders) == 1 else []


def addresses(agency: Agency) -> set[str]:
    """The mail addresses that the roster knows for an agency."""
    return {part.lower() for part in re.split(r"[、;；,，\s]+", agency.mail) if part}


def decide(clues: list[Clue]) -> Clue | None:
    """The clue that settles whose file this is: the first that leads to an agency.

    A code alone, with nothing else of its agency, gives way to the name: one wrong digit is soon typed.
    A hidden identity gives way where the file shows another agency throughout: its name on the cover, and its code or
    the file's name with it, and no clue in sight for the first one. Somebody has then filled in a borrowed workbook;
    counted for its owner, it would push the owner's own report aside.
    """
    able = [clue for clue in clues if clue.agency and clue.decides]
    first = able[0] if able else None
    on_cover = next((c for c in clues if c.source == NAME_CELL and c.agency), None)
    if first is None or on_cover is None or on_cover.agency == first.agency or on_cover.how == "misspelt":
        return first
    if first.source == HIDDEN:
        shown = [c for c in clues if c.source in (CODE_CELL, NAME_CELL, FILE, SUBJECT)]
        return on_cover if len(shown) > 1 and all(c.agency == on_cover.agency for c in shown) else first
    others = [c.agency for c in clues if c.source in (TITLE, FILE)]
    return on_cover if on_cover.agency in others and first.agency not in others else first


def agency_findings(clues: list[Clue], deciding: Clue, rulebook: Rulebook) -> Iterator[Finding]:
    """One finding for each clue that names another agency than the one that counts, or one that nobody knows."""
    rule, agency = rulebook.of_kind("agency"), deciding.agency
    assert agency is not None
    if deciding.source == FOLDER and sum(c.agency == agency and c.source != FOLDER for c in clues) == 0:
        said = f"只有文件夹（压缩包）的名称写了“{agency.name}”，文件里和文件名都没有写填报单位，暂按它计入。"
        yield rulebook.plain(rule, said, rule.advice)
    for clue in once(clues):
        if clue.agency == agency or agency in clue.named or not clue.disputes:
            continue
        meant = f"（{clue.agency.name}）" if clue.agency and clue.agency.name not in clue.text else ""
        said = f"{deciding.source}是“{agency.name}”（{agency.code}），{clue.source}却是“{clue.text}”{meant}。"
        if clue.source == HIDDEN:
            said += f"封面等处一致写“{agency.name}”，按它计入；没有计入“{clue.text}”，“{clue.text}”仍须另报。"
        yield rulebook.finding(rule, said, Where(sheet=clue.sheet, cells=clue.cell))


def roster_findings(
    hidden: dict[str, str], clues: list[Clue], agency: Agency, roster: Roster, rulebook: Rulebook
) -> Iterator[Finding]:
    """The workbook was issued under a code or name that the roster has given to another, or knows no more."""
    code, name = hidden.get("agency", ""), hidden.get("name", "")
    if not roster.given or not clues or clues[0].source != HIDDEN or clues[0].agency != agency or KIND in hidden:
        return  # a region's report was issued by nobody: what its cover says is held against the roster
    names = spellings_of(roster)
    known, now = names.known(name_key(name)), names.by_code(code)
    if code and now != agency and code not in agency.former:
        whose = f"，{code} 现在是“{now.name}”的" if now else ""
        said = f"名录中它的代码现在是 {agency.code}{whose}，按名称计入。"
        advice = f"请核对名录：确是改了代码的，在它的“原代码”里写上 {code}。"
    elif name and not (known and agency in known.agencies):
        said = f"名录中 {code} 现在是“{agency.name}”，按代码计入。"
        advice = f"请核对名录：是单位改了名的，在“别名”里写上“{name}”；是代码另给了别的单位的，把“{name}”补登进名录。"
    else:
        return
    yield rulebook.plain(rulebook.of_kind("agency"), f"这份填报表是下发给“{name}”（{code}）的，{said}", advice)


def once(clues: list[Clue]) -> list[Clue]:
    """The first clue for each agency: code and name of the same other agency are one disagreement."""
    first = {clue.agency.code if clue.agency else clue.text: clue for clue in reversed(clues)}
    return [clue for clue in clues if any(clue is one for one in first.values())]


def name_findings(clues: list[Clue], deciding: Clue, rulebook: Rulebook) -> Iterator[Finding]:
    """The cover's name of the agency that counts is another spelling than the roster's."""
    rule, agency = rulebook.of_kind("name"), deciding.agency
    clue = next((c for c in clues if c.source == NAME_CELL and c.agency == agency), None)
    if agency is None or clue is None or clue.how == "listed":
        return
    alone = clue.how == "misspelt" and not any(c.agency == agency for c in clues if c is not clue)
    read = "疑为笔误，按最接近的" if clue.how == "misspelt" else "按"
    said = f"封面的填报单位写“{clue.text}”，名录中是“{agency.name}”（{agency.code}），{read}“{agency.name}”计入。"
    where = Where(sheet=clue.sheet, cells=clue.cell)
    yield rulebook.finding(rule, said, where, usually=Severity.EXPLAIN if alone else None)


def sender_findings(mail: Mail | None, agency: Agency, roster: Roster, rulebook: Rulebook) -> Iterator[Finding]:
    """The mail came from an address that the roster does not know for this agency, though it knows another."""
    known = addresses(agency)
    if mail is None or not mail.sender.strip() or not known or mail.sender.strip().lower() in known:
        return
    owner = next((f"，是“{c.text}”的邮箱" for c in sender_clue(mail, roster)), "")
    who = f"{mail.name} <{mail.sender}>" if mail.name else mail.sender
    said = f"“{agency.name}”的报表由 {who} 发来{owner}；名录中它的邮箱是 {agency.mail}。"
    yield rulebook.finding(rulebook.of_kind("sender"), said)
