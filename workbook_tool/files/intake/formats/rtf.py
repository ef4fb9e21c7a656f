"""Reads .rtf, in which Word and WPS wrote documents for others: what is shown, and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.intake.formats.looks import LEAST_FONT, PLAIN_STYLE, Style
from workbook_tool.files.intake.formats.rtf_flows import RtfFlows
from workbook_tool.files.intake.formats.rtf_tables import RtfTable
from workbook_tool.files.intake.formats.rtf_tokens import BROKEN, RtfToken, tokens
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.look import BLACK, WHITE
from workbook_tool.model.intake.submission import Sheet

KIND = "RTF 文档（.rtf）"
DEEPEST = 500
NESTED, BOX = "nesttableprops", "shptxt"
KEPT = {NESTED, "shpinst", "shppict", "ud"}
"""What is read all the same where a program may pass it over."""
GONE = {
    *(
        "stylesheet",
        "info",
        "pict",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
        "footerr",
        "footerf",
    ),
    *("footnote", "nonesttables", "shprslt", "sp", "listtext", "pntext", "xe", "tc", "fldinst", "upr", "rxe"),
    *("ftnsep", "ftnsepc", "aftnsep", "aftnsepc", "nonshppict", "objdata", "themedata", "datastore"),
}
CODE_PAGES = {134: "gb18030", 136: "big5", 128: "cp932", 129: "cp949", 204: "cp1251", 2: "latin-1"}
ANSI = {936: "gb18030", 950: "big5", 65001: "utf-8"}
LETTERS = {
    **{
        "tab": "\t",
        "line": "\n",
        "emdash": "—",
        "endash": "–",
        "lquote": "‘",
        "rquote": "’",
        "ldblquote": "“",
        "rdblquote": "”",
    },
    **{"bullet": "•", "emspace": " ", "enspace": " ", "qmspace": " "},
}
SHADES = ("red", "green", "blue")
TABLED = ("fonttbl", "colortbl")


class Group(Struct, frozen=True):
    """What holds within a group: how text looks, in which code page it is written, and whether it is read at all.
    ``skipped`` letters stand behind a code for those who do not know it; ``special`` is what the group is."""

    style: Style = PLAIN_STYLE
    hidden: bool = False
    deleted: bool = False
    font: int = -1
    skipped: int = 1
    gone: bool = False
    special: str = ""


def read_rtf(content: bytes) -> tuple[Sheet, ...]:
    """Tables and text. Raises Unreadable where the file is broken."""
    story = RtfStory()
    for token in tokens(content):
        story.take(token)
    story.end()
    return story.flows.found.sheets(KIND)


class RtfStory:
    """A document while it is read, token by token."""

    def __init__(self) -> None:
        self.flows = RtfFlows()
        self.groups: list[Group] = [Group()]
        self.page = "gb18030"
        self.fonts: dict[int, str] = {}
        self.colours: list[str] = []
        self.mixed: dict[str, int] = {}
        self.raw = b""
        self.skip = 0
        self.starred = False

    @property
    def now(self) -> Group:
        """What holds here."""
        return self.groups[-1]

    def hold(self, **changes: object) -> None:
        """What holds from here on within the group."""
        self.groups[-1] = replace(self.now, **changes)

    def take(self, token: RtfToken) -> None:
        """The next token. Raises Unreadable where groups do not fit."""
        if token.data:
            self.text(token.data)
            return
        self.flush()
        if token.word == "{":
            self.groups.append(replace(self.now, special=self.now.special if self.now.special in TABLED else ""))
            if len(self.groups) > DEEPEST:
                raise Unreadable(BROKEN)
        elif token.word == "}":
            if len(self.groups) == 1:
                raise Unreadable(BROKEN)
            if self.groups.pop().special == BOX and not self.now.gone:
                self.flows.close_box()
        elif token.word == "*":
            self.starred = True
            return
        else:
            self.command(token.word, token.number)
        self.starred = False
        if token.word in "{}":
            self.skip = 0

    def text(self, data: bytes) -> None:
        """Bytes of text, of which those are passed over that stand for a letter that was told already."""
        if self.now.special in TABLED or self.now.gone:
            for _ in range(data.count(b";") if self.now.special == "colortbl" else 0):
                known = "".join(f"{self.mixed.get(shade, 0):02X}" for shade in SHADES) if self.mixed else BLACK
                self.colours.append(known)
                self.mixed = {}
            return
        if self.skip:
            passed = min(self.skip, len(data))
            self.skip -= passed
            data = data[passed:]
        self.raw += data

    def flush(self) -> None:
        """What was written byte by byte, as letters."""
        if self.raw:
            page = self.fonts.get(self.now.font, self.page)
            raw, self.raw = self.raw, b""
            self.put(raw.decode(page, "replace"))

    def put(self, text: str) -> None:
        """Letters that are shown, unless something hides them."""
        if not (self.now.gone or self.now.hidden or self.now.deleted):
            self.flows.put(text, self.now.style)

    def command(self, word: str, number: int | None) -> None:
        """A command: what it begins, or changes."""
        if self.now.special in TABLED:
            self.tabled(word, number)
        elif (self.starred and word not in KEPT) or word in GONE:
            self.hold(gone=True)
        elif self.now.gone:
            return
        elif word in (*TABLED, NESTED, BOX):
            self.hold(special=word)
            if word == BOX:
                self.flows.begin_box()
        elif word == "u" and number is not None:
            self.put(chr(number % 0x10000))
            self.skip = self.now.skipped
        elif word in LETTERS:
            self.put(LETTERS[word])
        elif word in LAYOUT:
            LAYOUT[word](self, number)
        else:
            self.dress(word, number)

    def tabled(self, word: str, number: int | None) -> None:
        """A font's code page, or a colour."""
        if word in SHADES and number is not None:
            self.mixed[word] = number % 256
        elif word == "f" and number is not None:
            self.hold(font=number)
        elif word == "fcharset" and number in CODE_PAGES:
            self.fonts[self.now.font] = CODE_PAGES[number]

    def dress(self, word: str, number: int | None) -> None:
        """What a command changes of how text looks or is written."""
        on, style = number != 0, self.now.style
        match word:
            case "plain":
                self.hold(style=Style(), hidden=False, font=-1)
            case "v":
                self.hold(hidden=on)
            case "deleted":
                self.hold(deleted=on)
            case "strike" | "striked":
                self.hold(style=replace(style, struck=on))
            case "super" | "sub":
                self.hold(style=replace(style, raised=on))
            case "fs" if number is not None:
                self.hold(style=replace(style, tiny=number < 2 * LEAST_FONT))
            case "nosupersub":
                self.hold(style=replace(style, raised=False))
            case "cf":
                self.hold(style=replace(style, colour=self.colour(number or 0)))
            case "chcbpat" | "highlight" | "cb":
                self.hold(style=replace(style, ground="" if number else WHITE))
            case "f" if number is not None:
                self.hold(font=number)
            case "uc" if number is not None:
                self.hold(skipped=min(max(number, 0), 8))
            case "ansicpg" if number is not None:
                self.page = ANSI.get(number, f"cp{number}" if number in (1250, 1251, 1252, 932, 949) else "gb18030")

    def colour(self, index: int) -> str:
        """``RRGGBB`` of a colour of the document; black for that of the program."""
        return self.colours[index] if 0 < index < len(self.colours) else BLACK

    def end(self) -> None:
        """The document ends. Raises Unreadable where it does so too early."""
        if len(self.groups) > 1 or len(self.flows.flows) > 1:
            raise Unreadable(BROKEN)
        self.flush()
        self.flows.end()

    @property
    def ruled(self) -> RtfTable:
        """The table whose row is being described."""
        nested = any(group.special == NESTED for group in self.groups)
        return self.flows.open(max(self.flows.now.level, 2) if nested else 1)


Change = Callable[[RtfStory, int | None], None]


def level(story: RtfStory, depth: int) -> None:
    """In how many tables the paragraph stands."""
    story.flows.now.level = min(max(depth, 0), 8)


def noted(name: str, value: str | bool) -> Change:
    """What is said of the next cell."""
    return lambda story, _: story.ruled.next.update({name: value})


LAYOUT: dict[str, Change] = {
    "par": lambda story, _: story.flows.paragraph(),
    "sect": lambda story, _: story.flows.paragraph(),
    "pard": lambda story, _: level(story, 0),
    "intbl": lambda story, _: level(story, max(story.flows.now.level, 1)),
    "itap": lambda story, number: level(story, 1 if number is None else number),
    "trowd": lambda story, _: story.ruled.begin(),
    "trleft": lambda story, number: setattr(story.ruled, "left", number or 0),
    "cellx": lambda story, number: story.ruled.end_cell(number or 0),
    "clvmgf": noted("down", "restart"),
    "clvmrg": noted("down", "continue"),
    "clmgf": noted("across", "restart"),
    "clmrg": noted("across", "continue"),
    "clcbpat": noted("shaded", True),
    "cell": lambda story, _: story.flows.cell(1),
    "nestcell": lambda story, _: story.flows.cell(max(story.flows.now.level, 2)),
    "row": lambda story, _: story.flows.open(1).end_row(),
    "nestrow": lambda story, _: story.ruled.end_row(),
}
"""Commands that divide a document into paragraphs, rows and cells."""
