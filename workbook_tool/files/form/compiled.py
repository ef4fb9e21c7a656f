"""Forms as they come out of their declarations, kept where Python keeps its compiled modules, and on the same terms: it is
this program that reads them back, nobody has to write them, and another office's are none of this one's.

What is kept is found again only where every declaration of the office and everything in the program that makes a form is
the same, byte by byte.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import msgspec

from workbook_tool.model.form.form import Form

PACKAGE = Path(__file__).parents[2]
MAKERS = ("model", "files/form", "files/office")
"""The parts of the program that make a form."""
BESIDE = ("text.toml", "draft.toml")
"""What a form may declare in a folder of its own."""
KEPT = 24
"""So many offices of one machine are remembered; of more the oldest goes."""
ENDING = ".forms"
SEAL = 32
Named = Sequence[tuple[Path, str]]
"""Forms by the folders of their declarations and their ids."""


def compiled(named: Named, proven: bool = False) -> list[Form]:
    """The forms of these ids, as ``load_form`` reads them; raises OfficeError as that does."""
    place = kept_at(named, proven)
    if place and (forms := kept(place)):
        return forms
    from workbook_tool.files.form.declaration import Known, load_form  # most of what a check would have to import

    known: Known = {}
    forms = [load_form(templates, form_id, known, proven=proven) for templates, form_id in named]
    # Whoever saved a declaration, or upgraded, while they were read would find the new ones under the digest of the old.
    if place and not sys.dont_write_bytecode and program() == PROGRAM and kept_at(named, proven) == place:
        with suppress(OSError, RecursionError):  # the second: of formulas with more than some 500 signs
            keep(place, forms)
    return forms


def kept_at(named: Named, proven: bool) -> Path | None:
    """Where what comes out of these declarations is kept; None where nothing is, or they cannot be read."""
    if not PROGRAM or sys.implementation.cache_tag is None:
        return None
    folders = list(dict.fromkeys(folder for folder, _ in named))
    asked = [(folders.index(folder), form_id) for folder, form_id in named]
    told = hashlib.sha256(repr((PROGRAM, asked, proven)).encode())
    try:
        for folder in folders:
            take_up(told, declarations(folder))
    except OSError:  # whoever reads them says what is wrong
        return None
    return Path(cache_from_source(__file__)).with_name(f"{told.hexdigest()}{ENDING}")


def program() -> str:
    """A digest of everything in the program that makes a form; empty where it cannot be read."""
    told = hashlib.sha256(f"{sys.version} {msgspec.__version__}".encode())
    try:
        take_up(told, [Path(__file__)])
        for part in MAKERS:
            for folder, _, names in sorted(os.walk(PACKAGE / part)):
                own = sorted(name for name in names if name.endswith((".py", ".toml")))
                take_up(told, (Path(folder, name) for name in own))
    except OSError:  # it runs from an archive, say
        return ""
    return told.hexdigest()


def declarations(folder: Path) -> Iterator[Path]:
    """All declarations in a folder: a form may speak of another."""
    for path in sorted(folder.glob("*.toml")):
        yield from (one for one in (path, *(path.with_suffix("") / name for name in BESIDE)) if one.is_file())


def take_up(told: hashlib._Hash, paths: Iterable[Path]) -> None:
    """Let a digest hang on these files."""
    for path in paths:
        content = path.read_bytes()
        told.update(f"{path.name} {len(content)}\n".encode("utf-8", "surrogateescape"))
        told.update(content)


PROGRAM = program()
"""Taken as soon as this module is there, since what runs by then is what goes on running: who upgrades under an open menu
changes the files, but not what makes forms here."""


def kept(place: Path) -> list[Form] | None:
    """What is kept there; None where nothing is, or not as it was written."""
    try:
        content = place.read_bytes()
        if hashlib.sha256(content[SEAL:]).digest() != content[:SEAL]:
            return None
        return pickle.loads(content[SEAL:])  # type: ignore[no-any-return]
    except Exception:  # whatever it is, it is only kept
        return None


def keep(place: Path, forms: Sequence[Form]) -> None:
    """Keep forms, whole or not at all, and let go of the oldest."""
    content = pickle.dumps(list(forms), pickle.HIGHEST_PROTOCOL)
    place.parent.mkdir(parents=True, exist_ok=True)
    new = place.with_name(f"{place.stem}.{os.getpid()}{ENDING}")
    try:
        new.write_bytes(hashlib.sha256(content).digest() + content)
        new.replace(place)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    there = sorted(place.parent.glob(f"*{ENDING}"), key=lambda path: path.stat().st_mtime)
    for path in there[:-KEPT]:
        path.unlink(missing_ok=True)
