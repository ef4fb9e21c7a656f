"""An agency's .docx goes back with comments and otherwise as it was, part by part."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from lxml import etree

from tests.documents import MAIN, W, body, document, parts_of, report
from tests.grids import annual_report, distinct, submission
from tests.test_documents import boxed_twice, controls, nested, split_with_head, tracked
from tests.workbooks import packed, relations, unpacked
from workbook_tool.files.intake.reading import read_sheets
from workbook_tool.files.returns.word_comments import commented
from workbook_tool.model.errors import Unmarkable
from workbook_tool.model.locations import TEXT
from workbook_tool.model.office.settings import Limits

FORM = annual_report()
NUMBERS = {code: int(value) for code, value in distinct(FORM).items() if isinstance(value, float)}
DAY = date(2024, 2, 5)
NOTES = {("第 2 个表", (3, 9)): "需说明（N-REC）：甲", (TEXT, (0, 0)): "需说明（N-DOC）：乙"}
OURS = {f"{W}commentRangeStart", f"{W}commentRangeEnd"}


def without_comments(markup: bytes) -> bytes:
    """The main part without what was put in."""
    root = etree.fromstring(markup)
    for node in [node for node in root.iter() if node.tag in OURS or node.find(f"{W}commentReference") is not None]:
        node.getparent().remove(node)
    return etree.tostring(root, method="c14n")


def comments_of(parts: dict[str, bytes]) -> list[str]:
    (name,) = (name for name in parts if "comments" in name and name.endswith(".xml"))
    return ["".join(node.itertext()) for node in etree.fromstring(parts[name])]


def test_nothing_but_comments_is_added() -> None:
    content = report(FORM, NUMBERS)
    before, after = unpacked(content), unpacked(commented(content, NOTES, DAY))
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"[Content_Types].xml", MAIN} and after.keys() - before.keys() == {
        "word/comments1.xml",
        "word/_rels/document.xml.rels",
    }
    assert without_comments(after[MAIN]) == etree.tostring(etree.fromstring(before[MAIN]), method="c14n")
    assert comments_of(after) == list(NOTES.values())
    again = submission(FORM, list(read_sheets(packed(after), Limits())))
    assert again.numbers() == submission(FORM, list(read_sheets(content, Limits()))).numbers()


def test_a_comment_stands_where_the_number_does() -> None:
    after = unpacked(commented(report(FORM, NUMBERS), NOTES, DAY))
    spoken_of = [
        "".join(start.getparent().itertext()) for start in etree.fromstring(after[MAIN]).iter(f"{W}commentRangeStart")
    ]
    read = submission(FORM, list(read_sheets(packed(after), Limits())))
    (item,) = (
        i for i in FORM.items if (read.readings[i.index].sheet, read.readings[i.index].place) == ("第 2 个表", (3, 9))
    )
    assert sorted(spoken_of) == sorted([str(NUMBERS[item.code]), "甲县应急管理局2023年政府信息公开工作年度报告"])


@pytest.mark.parametrize("change", [controls, tracked, split_with_head, boxed_twice, nested])
def test_however_word_writes_a_table_nothing_but_comments_is_added(change: Callable[[etree._Element], object]) -> None:
    root = etree.fromstring(document(body(FORM, NUMBERS, ("报告",), ())).encode())
    change(root)
    content = packed({**parts_of(""), MAIN: etree.tostring(root)})
    before = submission(FORM, list(read_sheets(content, Limits())))
    places = {(one.sheet, one.place) for one in before.readings if one.place} if before.readings else set()
    notes = {(sheet, place): f"{sheet} {place}" for sheet, place in sorted(places)[::9] if place}
    after = unpacked(commented(content, notes, DAY))
    assert without_comments(after[MAIN]) == etree.tostring(root, method="c14n")
    assert sorted(comments_of(after)) == sorted(notes.values()) and len(notes) > 10
    assert submission(FORM, list(read_sheets(packed(after), Limits()))).numbers() == before.numbers()


def test_the_agencys_own_comments_stay() -> None:
    parts = parts_of(body(FORM, NUMBERS, ("报告",), ()))
    parts["word/comments.xml"] = (
        b'<w:comments xmlns:w="%s"><w:comment w:id="7"><w:p><w:r><w:t>own</w:t></w:r></w:p></w:comment></w:comments>'
        % W[1:-1].encode()
    )
    parts["word/_rels/document.xml.rels"] = relations(("comments", "comments.xml"))
    after = unpacked(commented(packed(parts), NOTES, DAY))
    assert comments_of(after) == ["own", *NOTES.values()]
    assert [node.get(f"{W}id") for node in etree.fromstring(after["word/comments.xml"])] == ["7", "8", "9"]


def test_a_place_that_is_not_there_is_not_guessed() -> None:
    with pytest.raises(Unmarkable):
        commented(report(FORM, NUMBERS), {("第 9 个表", (0, 0)): "甲"}, DAY)
    with pytest.raises(Unmarkable):
        commented(b"PK no package", NOTES, DAY)
