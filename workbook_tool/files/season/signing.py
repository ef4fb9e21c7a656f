"""Signing: a small file of its own in the outbox says which run is the signed result of a period.

It stands beside the run folders, so that people see it and it outlives a lost ledger; no run folder is written to.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path

from msgspec.structs import asdict

from workbook_tool.files.intake.opening import digest
from workbook_tool.files.season.ledger.signings import Signing, Signings
from workbook_tool.files.season.outbox import flush, free_place
from workbook_tool.files.season.signatures import Signature, SignatureFile, mark_paths, read_mark, wrong
from workbook_tool.model.errors import OfficeError, OutboxError, why
from workbook_tool.model.season.agency import ACCEPTED
from workbook_tool.model.season.history import UNDONE
from workbook_tool.model.workbook.manifest import Published, run_order

SCHEMA = 1


def replace_mark(path: Path, name: str, former: str) -> Path:
    """Put a former mark in the place of one that is withdrawn, of which a copy stays among what was undone. Returns where
    that is. Raises OutboxError where it cannot be written; then the mark is as it was."""
    undone = path.parent / UNDONE
    try:
        undone.mkdir(exist_ok=True)
        own = path.read_text(encoding="utf-8")
    except OSError as error:
        raise unmarked(path, error) from error
    kept = free_place(undone, name)
    write_whole(kept, own)
    write_whole(path, former)
    return kept


def sign(
    folder: Path, manifest: Published, day: date, by: str = "", signings: Signings | None = None, several: bool = False
) -> Signature | None:
    """Sign this run as the signed result of its form and period, and note it in the ledger first, so that no mark is
    without its note; ``several``: the office has other forms too. Returns the signature that it takes the place of.

    Raises OfficeError where the run is not as it was published or a newer one is signed, and OutboxError where the mark
    cannot be written.
    """
    if not manifest.values_sha256:
        raise OfficeError(f"不能定稿：“{folder.name}”是旧版本的程序写的。请重新运行一次，再对新的结果定稿。")
    if problem := wrong(folder, manifest.values_sha256):
        raise OfficeError(f"不能定稿：{problem}。请重新运行一次，再对新的结果定稿。")
    if not any(agency.state in ACCEPTED for agency in manifest.agencies):
        raise OfficeError(f"不能定稿：“{folder.name}”里还没有已通过的报表。")
    if day.isoformat() < min(manifest.as_of, date.today().isoformat()):
        raise OfficeError(
            f"不能定稿：定稿的日期 {day} 早于这次运行的日期 {manifest.as_of}。请改正 --as-of，不写就是今天。"
        )
    outbox, period, form = folder.parent, manifest.of, manifest.form
    before = read_mark(outbox, period, form)
    if before and run_order(before.run) > run_order(folder.name):
        raise OfficeError(
            f"{period.spaced}已定稿的是较新的一次运行（{before.run}）；确要改回 {folder.name}，请先用 workbook-tool undo 撤销那次定稿。"
        )
    own, plain = mark_paths(outbox, period, form)
    path = before.path if before else own if several or plain.exists() else plain
    workbook = folder / manifest.workbook
    mark = SignatureFile(
        schema=SCHEMA,
        form=form,
        region=manifest.region,
        year=period.year,
        run=folder.name,
        as_of=manifest.as_of,
        workbook=workbook.name,
        workbook_sha256=digest(workbook),
        values_sha256=manifest.values_sha256,
        signed_on=day.isoformat(),
        signed_by=by,
    )
    text = json.dumps(asdict(mark), ensure_ascii=False, indent=1) + "\n"
    if signings:
        sha256, replaced = hashlib.sha256(text.encode()).hexdigest(), before.sha256 if before else ""
        signings.add(Signing(folder.name, form, str(period), mark.signed_on, by, sha256, text, replaced))
    write_whole(path, text)
    return before


def doubt_of(workbook: Path, manifest: Published) -> str:
    """What to know of the workbook of a run that is signed; empty where it is as it was published."""
    if not workbook.is_file():
        return f"请注意，结果文件夹里的汇总工作簿 {workbook.name} 不在了：定稿的数都在，要看、要打印的请从备份移回。"
    if digest(workbook) != manifest.workbook_sha256:
        return "请注意，这次运行的工作簿后来又保存过；其中新填的处理意见没有算进定稿，要再运行一次才生效。"
    return ""


def write_whole(path: Path, text: str) -> None:
    """The file appears whole or stays as it was."""
    partial = path.with_name(f".partial-{path.name}")
    try:
        partial.write_text(text, encoding="utf-8", newline="\n")
        flush(partial)
        partial.replace(path)
        flush(path.parent)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise unmarked(path, error) from error


def unmarked(path: Path, error: OSError) -> OutboxError:
    """The error for a mark that cannot be written."""
    return OutboxError(f"{path} 写不进去：{why(error)}。定稿没有变动；请检查磁盘空间和文件夹的权限，再试一次。")
