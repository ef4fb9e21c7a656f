"""Whose ledger it is: one ledger serves one office and its outbox, and says so where it is given another."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from workbook_tool.files.season.ledger.backup import COPIES
from workbook_tool.files.season.run_folders import run_folders
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.office.settings import Settings
from workbook_tool.model.workbook.manifest import run_order

NAMES_TOLD = 5
FORM, BETWEEN = "表式", "、"
OFFICE = ("地区", FORM, "办公文件夹（从台账看）")
"""What an office is known by."""


def settle_owner(
    connection: sqlite3.Connection,
    path: Path,
    settings: Settings,
    forms: Collection[str],
    same_office: bool,
    newest_here: str = "",
) -> None:
    """See that the ledger is this office's, and note that it is. The place of the office is kept as seen from the ledger:
    both may move together. An office may take up a form and give one up, as long as one stays. ``newest_here`` is the
    newest run, where its folder lies in this office's outbox.

    Raises OfficeError where it is another's, unless it is the ``same_office`` that has changed.
    """
    office = (settings.region, BETWEEN.join(sorted(forms)), place_of(settings.root, path))
    known = owner_of(connection)
    if known and not same_office:
        differ = [
            f"{what}是“{old}”，本次是“{new}”"
            for what, old, new in zip(OFFICE, known, office, strict=True)
            if old not in (new, None) and not (what == FORM and set(f"{old}".split(BETWEEN)) & set(forms))
        ]
        if differ:
            raise OfficeError(not_ours(path, "；".join(differ), newest_here))
    if known != office:
        connection.execute("DELETE FROM office")
        connection.execute("INSERT INTO office VALUES (?, ?, ?)", office)


def not_ours(path: Path, differ: str, newest_here: str) -> str:
    """Why a ledger is not taken for this office's, and the way on."""
    kept = "只是地区改了名、换了表式或挪了地方的，运行一次 workbook-tool run --same-office，以后不再问。"
    if newest_here:
        return (
            f"台账里{differ}，什么都没有做。{newest_here} 只是试用、config.toml 当时写错了的，用 workbook-tool undo "
            f"撤销它，再运行；那次运行算数，{kept}"
        )
    return (
        f"台账 {path} 是另一个办公文件夹的：{differ}，什么都没有做。两个办公文件夹不能共用一个台账："
        f"请在 config.toml 的 [folders] ledger 另写一个文件名。确是同一个办公文件夹，{kept}"
    )


def owner_of(connection: sqlite3.Connection) -> tuple[str, str, str | None] | None:
    """The office that a ledger knows: its region, form and place; of a ledger from before it kept them, those of its
    newest run. None where it has none: a ledger in which no run counts is anybody's."""
    for query in (
        "SELECT region, form, place FROM office WHERE EXISTS (SELECT 1 FROM runs WHERE stage = 'done')",
        "SELECT region, form, NULL FROM runs WHERE stage = 'done' ORDER BY id DESC LIMIT 1",
    ):
        if row := connection.execute(query).fetchone():
            region, form, place = row
            return region, form, place
    return None


def place_of(root: Path, ledger: Path) -> str:
    """Where an office lies, seen from its ledger; as it is where they are on different drives."""
    try:
        return Path(os.path.relpath(root.resolve(), ledger.parent.resolve())).as_posix()
    except ValueError:
        return root.as_posix()


def strangers(settings: Settings, forms: Collection[str], known: Sequence[str]) -> Iterator[str]:
    """A sentence on the runs in the outbox that a ledger does not know: it may be an old copy. Runs from before the
    ledger began are told once, at its beginning."""
    first = min(map(run_order, known), default=("", 0))
    names = dict.fromkeys(
        folder.name
        for folder, told in run_folders(settings.outbox)
        if told.form in forms
        and told.region == settings.region
        and folder.name not in known
        and run_order(folder.name) > first
    )
    if names:
        listed = "、".join([*names][:NAMES_TOLD]) + (f" 等 {len(names)} 次" if len(names) > NAMES_TOLD else "")
        yield (
            f"发件夹里有台账 {settings.ledger.name} 不知道的运行：{listed}。台账可能是旧的一份：请用较新的备份"
            f"（“{COPIES}”文件夹里最后的一份，或您自己的备份）换回，再运行。"
            + ("本来就是另起台账的，不必处理。" if not known else "不是的，把这些文件夹移出发件夹，就不再提示。")
        )
