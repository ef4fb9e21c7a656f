"""The roster's names as people write them: listed, abbreviated in the usual ways, or misspelt by a hair."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from workbook_tool.model.intake.submission import Agency
from workbook_tool.model.office.settings import Roster
from workbook_tool.model.regex import regex
from workbook_tool.model.text import squash

PLACE = regex(r"(?:[\u4e00-\u9fff]{2,6}?(?:自治州|自治县|自治旗|地区|省|市|县|区|旗|州)){1,2}(?=..)")
LEVELS = "省市县区旗州"
ENDINGS = (
    ("人民政府办公室", "政府办公室", "政府办", "府办"),
    ("镇人民政府", "镇政府", "镇"),
    ("乡人民政府", "乡政府", "乡"),
    ("街道办事处", "街道办", "街道"),
    ("局机关", "局"),
)
"""Families of endings that mean the same office, each family with its longest ending first."""
NOBODY = frozenset({"人民政府", "管委会", "管理委员会", "委员会", "办公室", *ENDINGS[3]})
"""What is left of some names without their place, and then means nobody in particular."""
SHORTEST = 3
BEFORE = frozenset("年度月日号报送由于呈致给至交和及的")
"""Letters that may stand right before a short name in running text; any other would make it part of a longer one."""
PART = regex(
    r"[\u4e00-\u9fff]{0,8}?(?:中心|大队|支队|中队|分局|派出所|学校|小学|中学|幼儿园|医院|卫生院|公司|村委会|社区|服务站)"
    r"|(?:(?![年报表汇网])[\u4e00-\u9fff]){1,6}?(?:所(?![有属需])|站|科(?![学技室])|股(?!份)|(?<!科)室|队)"
)
"""After a name: the name of a part of it, which is another body. Short endings count only right after a few letters of
which none is of a report's title."""
BRANCH = regex(r"(?:(?![年报表汇网各])[\u4e00-\u9fff]){1,4}?(?:所(?![有属需报])|站)")
"""A part that is another body even where a mark parts it: “东河镇-财政所”, but not “教育局（办公室）”."""
ADDRESSED = regex(r"(?:(?<!关于上)报|(?<!关于)报送|抄送|抄报|报给|报至|致|呈|交|(?<!报)送|给|发)$")
NOUN, YEARLY = regex(r"(?:(?<!\d)年|[月季周半填申])报$"), regex(r"年报$")
"""What comes right before a name where the text is sent to it; “关于报送” and “信息公开年报” are about the report itself.
“2023年报县政府办” can be read both ways: it is taken for the report only where a mark or a space parts it."""
BRACKETS = regex(r"[()\[\]〔〕【】{}]")
STAMP = regex(r"[(（][^()（）]*[章签][^()（）]*[)）]\s*$")
CODE = regex(r"[(（]\s*([^()（）\u4e00-\u9fff]+?)\s*[)）]\s*$")
NUMERIC = regex(r"[0-9]{1,18}")
"""A code that a spreadsheet program takes for a number."""
LIKE, MARGIN, LONG_ENOUGH = 90.0, 8.0, 4
"""A misspelling: this like one name, from 0 to 100, this much less like any other, and not a short word."""
TELLING = frozenset("一二三四五六七八九十东西南北中上下大小新老前后0123456789")
"""Letters that tell one body from its neighbour: 第一 and 第二 are two, not one misspelt."""


class Match(Struct, frozen=True):
    """Whom a text means. ``how``: ``listed`` (name or alias), ``variant``, ``misspelt`` or empty (nobody).

    ``agencies`` holds several where nobody can tell which is meant.
    """

    agencies: tuple[Agency, ...] = ()
    how: str = ""

    @property
    def agency(self) -> Agency | None:
        """The one agency that is meant; None where it is nobody, or one of several."""
        return self.agencies[0] if len(self.agencies) == 1 else None


class Mention(Struct, frozen=True):
    """An agency named inside a longer text; ``addressed`` where the text is sent to it rather than from it."""

    text: str
    match: Match
    addressed: bool


class Spelling(Struct, frozen=True):
    """One way to write an agency's name. A ``whole`` one is unmistakable wherever it stands; one that is not ``sure``
    leaves out a place that is not the whole roster's, and only keeps others from being taken for it."""

    agency: Agency
    listed: bool
    whole: bool
    sure: bool


class Spellings:
    """Every spelling of every agency of a roster."""

    def __init__(self, roster: Roster) -> None:
        self.roster = roster
        self.spellings: dict[str, list[Spelling]] = defaultdict(list)
        region = common_place(agency.name for agency in roster.agencies)
        for agency in roster.agencies:
            for listed in (n for n in (agency.name, *agency.aliases) if name_key(n)):
                self.spellings[name_key(listed)].append(Spelling(agency, True, listed == agency.name, True))
                for key, whole, sure in variants(name_key(listed), region):
                    self.spellings[key].append(Spelling(agency, False, whole, sure))
        self.longest = max(map(len, self.spellings), default=0)
        self.numbers: dict[int, list[Agency]] = defaultdict(list)
        for agency in roster.agencies:
            if NUMERIC.fullmatch(agency.code):
                self.numbers[int(agency.code)].append(agency)

    def read(self, text: str) -> Match:
        """Whom a text means that is nothing but a name."""
        key = name_key(without_marks(text))
        return self.known(key) or self.misspelt(key)

    def known(self, key: str) -> Match | None:
        """Whom a spelling means exactly; None where none is like it, or only one that is not sure."""
        found = self.spellings.get(key, [])
        listed = [s for s in found if s.listed]
        agencies = tuple(dict.fromkeys(s.agency for s in listed or found))
        if not agencies or (len(agencies) == 1 and not any(s.sure for s in found)):
            return None
        return Match(agencies, "listed" if listed else "variant")

    def misspelt(self, key: str) -> Match:
        """The one agency whose name is nearly this text, where no other comes near."""
        from rapidfuzz.fuzz import ratio

        if len(key) < LONG_ENOUGH:
            return Match()
        best: dict[Agency, tuple[float, str]] = {}
        for other, spellings in self.spellings.items():
            for spelling in spellings:
                if spelling.listed and len(other) >= LONG_ENOUGH:
                    best[spelling.agency] = max(best.get(spelling.agency, (0.0, "")), (ratio(key, other), other))
        ranked = sorted(best, key=lambda agency: -best[agency][0])
        likeness, nearest = best[ranked[0]] if ranked else (0.0, "")
        rival = best[ranked[1]][0] if len(ranked) > 1 else 0.0
        if likeness < LIKE or likeness - rival < MARGIN or not same_body(key, nearest):
            return Match()
        return Match((ranked[0],), "misspelt")

    def inside(self, text: str) -> list[Mention]:
        """The agencies named in a longer text, left to right. A name within a longer known one belongs to that."""
        letters, marks, gaps = spread(text)
        found, start = [], 0
        while start < len(letters):
            ends = range(min(len(letters), start + self.longest), start, -1)
            end = next((end for end in ends if letters[start:end] in self.spellings), start)
            # A mark inside does not part a name: “县 教育局”, “教育局（机关）”.
            match = self.known(letters[start:end])
            if match and stands_alone(letters, marks, start, end, self.spellings[letters[start:end]]):
                found.append(Mention(letters[start:end], match, is_addressed(letters, marks, gaps, start, end)))
            start = max(end, start + 1)
        return found

    def by_code(self, code: str) -> Agency | None:
        """The agency of a code, or of one that it had before; a code that lost its zeros counts where only one agency has
        that number."""
        if exact := self.roster.by_any_code(code):
            return exact
        code = re.sub(r"^\W+|\W+$", "", unicodedata.normalize("NFKC", code))  # “０２０”, “020#”
        if exact := self.roster.by_any_code(code):
            return exact
        same = self.numbers.get(int(code), []) if NUMERIC.fullmatch(code) else []
        return same[0] if len(same) == 1 else None


LATEST: list[Spellings] = []
"""The spellings of the roster that was asked for last: one serves every file of a run, and hashing a long one for each
file would take longer than reading the file."""


def spellings_of(roster: Roster) -> Spellings:
    """The spellings of this roster."""
    if not LATEST or LATEST[0].roster is not roster:
        LATEST[:] = [Spellings(roster)]
    return LATEST[0]


def name_key(text: str) -> str:
    """The key under which a name is looked up: width, spaces, punctuation and brackets do not count."""
    return BRACKETS.sub("", squash(text))


def without_marks(text: str) -> str:
    """A name without what people write behind it: its code or a place for the seal, in brackets."""
    return CODE.sub("", STAMP.sub("", text.strip())).strip()


def common_place(names: Iterable[str]) -> str:
    """The place that most of a roster's names start with; empty where no place stands out."""
    every = [place for name in names if (place := leading_place(name_key(name)))]
    place, count = Counter(every).most_common(1)[0] if every else ("", 0)
    return place if count > 1 and 2 * count > len(every) else ""


def leading_place(name: str) -> str:
    """The place name that a name starts with; empty where it starts with none."""
    match = PLACE.match(name)
    return match[0] if match else ""


def variants(name: str, region: str) -> Iterator[tuple[str, bool, bool]]:
    """The harmless variants of a name; whether each starts with a whole place name, and whether it is sure."""
    place = leading_place(name)
    rest = name[len(place) :]
    if not place and region and name[0] == region[-1] in LEVELS and not name.startswith("市场"):
        place, rest = region, name[1:]
    own = place or region
    heads = {"", own, own[-1:]} if place else {"", own}
    for tail in tails(rest):
        for head in heads:
            key = head + tail
            if key != name and len(key) >= SHORTEST and not (head != own and tail in NOBODY):
                yield key, bool(own) and head == own, head == place or own == region


def tails(rest: str) -> list[str]:
    """The name without its place, under every ending of its family."""
    for family in ENDINGS:
        for ending in family:
            if rest.endswith(ending):
                return [rest.removesuffix(ending) + other for other in family]
    return [rest]


def same_body(text: str, name: str) -> bool:
    """Whether two spellings can mean one body: the same place, and no difference that tells neighbours apart."""
    places = leading_place(text), leading_place(name)
    differing = (Counter(text) - Counter(name)) + (Counter(name) - Counter(text))
    return (places[0] == places[1] or not all(places)) and TELLING.isdisjoint(differing)


def is_addressed(letters: str, marks: dict[int, str], gaps: set[int], start: int, end: int) -> bool:
    """Whether a text is sent to the name in it: “报送县政府办”, “县政府办：…”."""
    if ":" in marks.get(end, "") and end < len(letters):
        return True
    before = letters[:start]
    if "《" in marks.get(start, "") or NOUN.search(before) or (start in gaps and YEARLY.search(before)):
        return False
    return bool(ADDRESSED.search(before))


@lru_cache(maxsize=1 << 12)  # the titles of every file
def spread(text: str) -> tuple[str, dict[int, str], set[int]]:
    """The letters of a text, the punctuation before each of them (spaces are nothing), and where either parts them."""
    letters: list[str] = []
    marks: dict[int, str] = {}
    gaps = set()
    for letter in unicodedata.normalize("NFKC", text):
        if name_key(letter):
            letters.append(letter)
            continue
        gaps.add(len(letters))
        if not letter.isspace():
            marks[len(letters)] = marks.get(len(letters), "") + letter
    return "".join(letters), marks, gaps


def stands_alone(letters: str, marks: dict[int, str], start: int, end: int, spellings: list[Spelling]) -> bool:
    """Whether a name found in a text is not a piece of another, longer one."""
    if BRANCH.match(letters, end) or (end not in marks and PART.match(letters, end)):
        return False
    before = letters[start - 1] if start and start not in marks else ""
    return any(s.whole for s in spellings) or before in BEFORE or not "\u4e00" <= before <= "\u9fff"
