"""The house: one word for one idea, and a sentence on every public name. import-linter holds the floors and rooms."""

from __future__ import annotations

import ast
import gc
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

from workbook_tool.model.regex import Uncompiled

PACKAGE = Path(__file__).parents[1] / "workbook_tool"
SHARED = {
    "agency": "an agency: where it stands, and all that is known of it",
    "agencies": "where each agency stands, and the sheet that shows it",
    "changes": "what is different from last week",
    "cover": "the cover: drawn, and read back",
    "drift": "what is not as it was signed",
    "follow_up": "what became of a problem",
    "inbox": "the inbox: its files as they lie there, and as they end",
    "last_year": "last year's values",
    "letter": "a letter to an agency",
    "mailbox": "the mailbox of an office: settled, and read",
    "period": "the period: what it is, and how a file says which",
    "periods": "the periods of a year, and the sheet that shows them",
    "pivots": "PivotTables: their figures, and their parts",
    "registers": "the lists of a form: as declared, and as filed",
    "reminders": "whom to remind: the sheet, and the drafts",
    "rules": "the rules: read, meant, and shown",
    "score": "the assessment",
    "versions": "the versions of an agency's filing",
    "yearly": "numbers that are the sum of a year's periods: declared, and meant",
}
"""Names that several modules have, since they are one idea on several floors or in several rooms."""


@cache
def modules() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(PACKAGE.rglob("*.py"))]


def telling_of(*words: str) -> Iterator[tuple[Path, ast.Module]]:
    """The modules in whose text all of these words stand: to look through each takes seconds."""
    for path, tree in modules():
        if all(word in path.read_text(encoding="utf-8") for word in words):
            yield path, tree


def public(body: list[ast.stmt], owner: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Public classes and functions, and the public methods of public classes."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            yield owner + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


def test_no_two_classes_have_one_name() -> None:
    where = defaultdict(list)
    for path, tree in modules():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                where[node.name].append(path.relative_to(PACKAGE).as_posix())
    assert {name: paths for name, paths in where.items() if len(paths) > 1} == {}


def test_modules_of_one_name_are_one_idea() -> None:
    where = defaultdict(list)
    for path, _ in modules():
        if path.stem != "__init__":
            where[path.stem].append(path)
    assert {name for name, paths in where.items() if len(paths) > 1} == set(SHARED)


def test_only_the_rulebook_makes_findings() -> None:
    makers = {
        path.relative_to(PACKAGE).as_posix()
        for path, tree in telling_of("Finding(")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Finding"
    }
    assert makers == {"model/judging/rulebook.py"}


def test_nouns_are_structs() -> None:
    """A dataclass writes its methods and compiles them whenever the program starts: a quarter of what a check takes."""
    imported = {
        path.relative_to(PACKAGE).as_posix()
        for path, tree in telling_of("dataclasses")
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"
    }
    assert imported == set()
    forgetful = [
        node.name
        for _, tree in telling_of("@cached_property")
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and (node.keywords or "Struct" in map(ast.unparse, node.bases))
        and "@cached_property" in ast.unparse(node)
        and not any(option.arg == "dict" for option in node.keywords)
    ]
    assert forgetful == []  # what it works out it could not keep


def test_what_a_module_looks_for_is_compiled_when_it_is_looked_for() -> None:
    """To compile all that there is takes a tenth of a check; a slip in one shows here instead of on import."""
    at_once = [
        path.relative_to(PACKAGE).as_posix()
        for path, tree in telling_of("re.compile(")
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and "re.compile(" in ast.unparse(statement)
    ]
    assert at_once == []
    for path, _ in modules():
        import_module(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"))
    written = [one for one in gc.get_objects() if type(one) is Uncompiled]
    assert len(written) > 200 and all(one.pattern == one.written[0] for one in written)


def test_every_public_name_says_what_it_means() -> None:
    silent = [
        f"{path.relative_to(PACKAGE).as_posix()} {name}"
        for path, tree in modules()
        for name, node in [("the module", tree), *public(tree.body)]
        if not ast.get_docstring(node)
    ]
    assert silent == []
