"""The number formats of an .ods, written as a spreadsheet program writes them in a cell's dialog."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from workbook_tool.files.intake.formats.looks import DATE
from workbook_tool.model.intake.look import GENERAL

NAMESPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
NUMBER, STYLE = NAMESPACE % "datastyle", NAMESPACE % "style"
COLOUR = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}color"
KINDS = ("number-style", "currency-style", "percentage-style", "text-style", "date-style", "time-style")
TEXT_STYLE, PERCENTAGE = f"{NUMBER}text-style", f"{NUMBER}percentage-style"
MOMENTS = (f"{NUMBER}date-style", f"{NUMBER}time-style")
COLOURS = {"#ffffff": "[White]", "#000000": "[Black]", "#ff0000": "[Red]", "#00ff00": "[Green]", "#0000ff": "[Blue]"}
NUMERALS = {"一": "[DBNum1]", "壹": "[DBNum2]", "１": "[DBNum3]"}
MOST_DIGITS = 30
"""No format of an honest form has more places."""


def format_codes(styles: Mapping[str, etree._Element]) -> dict[str, str]:
    """The formats by the name of their data style."""
    return {name: code_of(node, styles) for name, node in styles.items()}


def code_of(style: etree._Element, styles: Mapping[str, etree._Element]) -> str:
    """A data style and those that it refers to for some numbers, as one format."""
    if style.tag in MOMENTS:
        return DATE
    sections, others = [], style.findall(f"{STYLE}map")
    for number, node in enumerate(others):
        mapped = styles.get(node.get(f"{STYLE}apply-style-name", ""))
        if mapped is None or mapped.tag in MOMENTS:
            return DATE if mapped is not None else GENERAL
        condition = node.get(f"{STYLE}condition", "").replace("value()", "").replace("!=", "<>")
        sections.append((f"[{condition}]" if number < 2 else "") + body(mapped))
    if style.tag == TEXT_STYLE and sections:
        sections += [sections[-1].partition("]")[2]] * (3 - len(sections))
    return ";".join((*sections, body(style)))


def body(style: etree._Element) -> str:
    """One section of a format."""
    code = NUMERALS.get(style.get(f"{NUMBER}transliteration-format", ""), "")
    percent = style.tag == PERCENTAGE
    for node in style:
        if node.tag == f"{NUMBER}text" and percent and "%" in (node.text or ""):
            before, _, after = (node.text or "").partition("%")
            code, percent = f"{code}{quoted(before)}%{quoted(after)}", False
        elif node.tag == f"{STYLE}text-properties":
            code += COLOURS.get(node.get(COLOUR, "").lower(), "")
        elif write := WRITTEN.get(str(node.tag)):
            code += write(node)
    return code


def quoted(text: str) -> str:
    """Words of a format, marked as such."""
    if not text:
        return ""
    return "".join(f"\\{letter}" for letter in text) if '"' in text else f'"{text}"'


def digits(node: etree._Element) -> str:
    """The places of a number: ``#,##0.00``, scaled by commas, with the words that stand among them."""
    if node.get(f"{NUMBER}decimal-places") is None:
        return GENERAL
    least, places = count(node, "min-integer-digits"), count(node, "decimal-places")
    words = {
        int(one.get(f"{NUMBER}position", "0")): quoted(one.text or "")
        for one in node.iterfind(f"{NUMBER}embedded-text")
    }
    grouped = node.get(f"{NUMBER}grouping") == "true"
    wide = max(least, 4 if grouped else 1, *(min(place, MOST_DIGITS) + 1 for place in words), 1)
    whole = ""
    for place in reversed(range(wide)):
        whole += ("0" if place < least else "#") + ("," if grouped and place == 3 else "") + words.get(place, "")
    sure = count(node, "min-decimal-places", places)
    after = "".join(("0" if n < sure else "#") + words.get(-n - 1, "") for n in range(places))
    thousands = "," * ((len(str(count(node, "display-factor", 1, most=10**15))) - 1) // 3)
    return whole + (f".{after}" if after else "") + thousands


def scientific(node: etree._Element) -> str:
    """``##0.00E+00``: the exponent goes in steps of as many places as stand before the point."""
    least, places = count(node, "min-integer-digits", 1), count(node, "decimal-places")
    whole = "#" * (count(node, "exponent-interval", 1) - least) + "0" * least
    return f"{whole}.{'0' * places}E+{'0' * count(node, 'min-exponent-digits', 1)}"


def fraction(node: etree._Element) -> str:
    """``# ?/?``, with the denominator where it is fixed."""
    whole = "# " if node.get(f"{NUMBER}min-integer-digits") is not None else ""
    fixed = node.get(f"{NUMBER}denominator-value")
    below = fixed or "?" * count(node, "min-denominator-digits", 1)
    return f"{whole}{'?' * count(node, 'min-numerator-digits', 1)}/{below}"


def count(node: etree._Element, name: str, other: int = 0, most: int = MOST_DIGITS) -> int:
    """A number of places that an element states, within what an honest format has; ``other`` if it is silent."""
    return min(max(int(node.get(f"{NUMBER}{name}", other)), 0), most)


WRITTEN: dict[str, Callable[[etree._Element], str]] = {
    f"{NUMBER}text": lambda node: quoted(node.text or ""),
    f"{NUMBER}number": digits,
    f"{NUMBER}scientific-number": scientific,
    f"{NUMBER}fraction": fraction,
    f"{NUMBER}currency-symbol": lambda node: quoted(node.text or "¥"),  # where it names none, that of the country
    f"{NUMBER}text-content": lambda node: "@",
    f"{NUMBER}fill-character": lambda node: "* ",
}
