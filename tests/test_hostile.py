"""An office whose inbox holds everything hostile there is, beside three good filings: promises 1 to 4, 11, 12 and 18."""

from __future__ import annotations

import csv
import os
import re
import shutil
import warnings
import zipfile
from pathlib import Path
from urllib.parse import unquote

import openpyxl
import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from tests.cost import TELLS
from tests.from_outside import MEMORY_MIB, Published, demand, run
from tests.hostile import CANARY, Make, archives, resources
from tests.hostile_filings import edited, filings, good, kinds, names, wrong_containers
from tests.offices import CASES, CONFIG
from tests.stories import snapshot
from workbook_tool.model.text import safe_text

LONG_AGO = 1_700_000_000
SECONDS = 90
"""What all of this may cost a processor; a busy machine takes longer, and that is no fault."""
GOOD = {"020", "021", "022"}
FOREIGN_PARTS = re.compile(r"externalLink|vbaProject|connections|embeddings|activeX|macrosheets", re.IGNORECASE)


def good_filings() -> dict[str, bytes]:
    """Three filings, one in order, one to be explained, one to be returned."""
    return {
        "好/020.xlsx": good("020"),
        "好/021.xlsx": edited("021", lambda book: book["表三"].__setitem__("D9", 43)),
        "好/022.xlsx": edited("022", lambda book: book["表三"].__setitem__("D10", "3（其中1件补报）")),
    }


def hostile(secret: Path) -> dict[str | bytes, Make]:
    made: dict[str | bytes, Make] = {}
    for group in (resources(secret), archives(), wrong_containers(), filings()):
        assert not made.keys() & group.keys()
        made |= group
    return made | {name: lambda n=n: b"PK broken %d" % n for n, name in enumerate(names())}  # type: ignore[misc]


def write(folder: Path, name: str | bytes, content: bytes) -> None:
    path = Path(os.fsdecode(os.fsencode(folder) + b"/" + os.fsencode(name)))
    try:
        path.write_bytes(content)
        os.utime(path, (LONG_AGO, LONG_AGO))
    except OSError as error:
        warnings.warn(f"the file system refuses {name!r}: {error}; NOT CHECKED", stacklevel=2)


def an_office(folder: Path) -> Path:
    (folder / "inbox" / "好").mkdir(parents=True)
    (folder / "config.toml").write_text(f"{CONFIG}\n[limits]\nwall_seconds = 600\n", encoding="utf-8")
    shutil.copy(CASES / "roster.csv", folder / "roster.csv")
    for name, content in good_filings().items():
        write(folder / "inbox", name, content)
    return folder


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Published:
    return run(an_office(tmp_path_factory.mktemp("alone")))


@pytest.fixture(scope="module")
def together(tmp_path_factory: pytest.TempPathFactory) -> Published:
    if not TELLS:
        pytest.skip("this system does not tell what a process used")
    office = an_office(tmp_path_factory.mktemp("together"))
    secret = office / "secret.txt"
    secret.write_text(CANARY, encoding="utf-8")
    for name, make in hostile(secret).items():
        write(office / "inbox", name, make())
    before = snapshot(office)
    published = run(office)
    after = {path: what for path, what in snapshot(office).items() if path in before}
    assert after == before, "the inbox is a record: nothing in it may change"
    return published


def test_every_entry_is_told_once_with_a_state_and_a_reason(together: Published) -> None:
    files = together.manifest["files"]
    paths = [file["path"] for file in files]
    there = sum(len(names) for _, _, names in os.walk(together.office / "inbox"))
    assert len(paths) == len(set(paths))
    assert sum("!" not in path or path.startswith("'!") for path in paths) == there
    assert all(file["reason"] or file["state"] == "counted" for file in files)
    assert all(path == safe_text(path) and path.splitlines() == [path] for path in paths)


def test_every_file_ends_as_the_table_says(together: Published, accept: bool) -> None:
    """``hostile_states.csv``, without the files that lie about what they are: those end alike under every name."""
    plain = [state for state in together.states if not state[0].startswith("this is")]
    demand(plain, Path(__file__).with_name("hostile_states.csv"), accept)
    ends: dict[str, set[tuple[str, str]]] = {}
    for path, state, reason in together.states:
        if path.startswith("this is") and "!" not in path and state != "duplicate":
            ends.setdefault(path.rpartition(".")[0], set()).add((state, reason))
    assert len(ends) == len(kinds())
    assert [kind for kind, found in ends.items() if len(found) != 1] == []


def test_the_good_filings_are_read_as_if_they_were_alone(alone: Published, together: Published) -> None:
    for name in ("values.csv", "findings.csv"):
        assert together.rows(name, GOOD) == alone.rows(name, GOOD)
        assert len(alone.rows(name, GOOD)) >= 2


def test_no_file_takes_more_than_its_share(together: Published) -> None:
    assert together.cost.memory <= MEMORY_MIB
    assert together.cost.cpu <= SECONDS
    slow = [file["path"] for file in together.manifest["files"] if "超过 20 秒" in file["reason"]]
    assert not slow


def test_nothing_live_in_the_workbook_stems_from_a_file(alone: Published, together: Published) -> None:
    """More agencies make more pages, but no new kind of part, link or function, and no word of a file is in a formula."""
    ours, theirs = live(alone.workbook), live(together.workbook)
    assert theirs["parts"] == ours["parts"] and not FOREIGN_PARTS.search(" ".join(ours["parts"]))
    assert theirs["functions"] <= ours["functions"] | {"COUNTIF", "COUNTIFS"} and ours["functions"]
    assert theirs["links"] == {"display location ref", "id ref"}
    assert all(re.fullmatch(r"inside|returns/[^\\/]+_第\d+轮退改(说明)?\.xlsx", target) for target in theirs["targets"])
    sent = {Path(file["path"]).name for file in together.manifest["files"]}
    assert not [text for text in theirs["texts"] if text in sent or re.search(r"cmd|http|file:|DDE", text)]


def live(path: Path) -> dict[str, set[str]]:
    """What could do something in a workbook: its parts, where they lead, its links, and the functions and quoted texts of
    its formulas."""
    found: dict[str, set[str]] = {kind: set() for kind in ("parts", "targets", "links", "functions", "texts")}
    with zipfile.ZipFile(path) as package:
        for name in package.namelist():
            data = package.read(name)
            found["parts"].add(re.sub(r"\d+", "#", name))
            if name.endswith((".xml", ".rels", ".vml")):
                for node in etree.fromstring(data).iter("{*}f", "{*}formula", "{*}hyperlink", "{*}Relationship"):
                    look(node, found)
    return found


def look(node: etree._Element, found: dict[str, set[str]]) -> None:
    kind = etree.QName(node).localname
    if kind == "hyperlink":
        found["links"].add(" ".join(sorted(etree.QName(name).localname for name in node.attrib)))
    elif kind == "Relationship":
        outside = node.get("TargetMode") == "External" or ":" in node.get("Target", "")
        found["targets"].add(unquote(node.get("Target", "")) if outside else "inside")
    else:
        formula = node.text or ""
        found["functions"] |= set(re.findall(r"[A-Z.]+(?=\()", re.sub(r'"[^"]*"', "", formula)))
        found["texts"] |= set(re.findall(r'"([^"]*)"', formula))


@pytest.mark.parametrize("name", ["findings.csv", "values.csv"])
def test_nothing_in_a_csv_is_taken_for_a_formula(name: str, together: Published) -> None:
    with together.workbook.with_name(name).open(encoding="utf-8-sig", newline="") as stream:
        cells = {cell for row in csv.reader(stream) for cell in row}
    odd = {cell for cell in cells if re.match(r"\s*[=+\-@＝＋－＠\t\r]", cell)}
    assert all(re.fullmatch(r"-\d+(\.\d+)?", cell) for cell in odd), odd
    assert name == "findings.csv" or "'=1+1 @SUM(1)" in cells


def test_both_readers_open_the_workbook(together: Published) -> None:
    book = openpyxl.load_workbook(together.workbook)
    assert CalamineWorkbook.from_path(together.workbook).sheet_names == book.sheetnames
    told = {line[0] for line in book["收件清单"].iter_rows(min_row=5, values_only=True)}
    assert {file["path"] for file in together.manifest["files"] if file["state"] != "ignored"} <= told


def test_the_secret_stays_where_it_is(together: Published) -> None:
    for path in (together.office / "outbox").rglob("*"):
        if path.is_file():
            assert CANARY.encode() not in path.read_bytes()
    assert CANARY not in together.printed
