"""Lower levels' results: a run folder of this program, or its zip, as one container. Only run.json and values.csv of it
are read, the values line by line, under limits of their own; whatever else lies in it is never opened.

A run folder is known by its run.json and the values.csv beside it, a zip by the same two in one folder of it. The values
count only as they were published: run.json holds their digest.
"""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Callable, Collection, Iterator
from fnmatch import fnmatch
from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO, cast

from msgspec import Struct

from workbook_tool.files.intake.archive import DAMAGED, entry_name, is_archive
from workbook_tool.files.intake.caps import begin_anew
from workbook_tool.files.intake.opening import open_regular
from workbook_tool.files.intake.unique_names import harmless
from workbook_tool.model.errors import Unreadable, why
from workbook_tool.model.intake.inbox import FileRecord, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.text import as_meant

if TYPE_CHECKING:
    from workbook_tool.model.workbook.manifest import Published

MANIFEST, VALUES = "run.json", "values.csv"
OF_A_RUN = (
    *("*.csv", "*.parquet", MANIFEST, "汇总_*.xlsx", "上报表_*.xlsx", "年度报告_*.docx"),
    *("returns/*", "reminders/*"),
)
"""What lies in a run folder."""
SIGNED = "定稿_*.json"
"""What lies beside the run folders of an outbox."""
BELONGS = "随下级的汇总结果来，不单独读：只读它的 run.json 和 values.csv"
MOST_MANIFEST, MOST_VALUES, LONGEST_LINE = 20 << 20, 600 << 20, 1 << 16
"""In bytes: those of more than 10,000 agencies with 200 numbers each; a row of values.csv holds names, the way to the cell
and one number, some 180 bytes."""
BUFFER, PIECE = 1 << 18, 100 << 20
"""The bytes that are taken from a zip at once, and those that may take as long as a file."""
MOST_ENTRIES = 50_000
"""Return copies and letters make many entries of a zip, of which none is opened."""
AGAIN = "请在下级重新打包原来的结果文件夹（不要用表格软件打开另存）后再报"


class LowerResult(Struct, frozen=True):
    """A result that was recognised: what its run.json tells, the rows of its values.csv, which are read as they are asked
    for, and the lines of what was packed beside it and is none of it.

    Whoever takes the rows takes them all: only the end tells whether they are as published. Raises Unreadable then.
    """

    told: Published
    rows: Iterator[dict[str, str]]
    beside: tuple[FileRecord, ...] = ()


def parts_of_results(paths: Collection[str]) -> set[str]:
    """The paths of the inbox that belong to a run folder in it, but for the run.json by which it is read."""
    tops = [path.removesuffix(MANIFEST) for path in paths if path.rpartition("/")[2] == MANIFEST]
    tops = [top for top in tops if f"{top}{VALUES}" in paths]
    parts = {path for path in paths for top in tops if path != f"{top}{MANIFEST}" and is_of_run(path, top)}
    outboxes = {top.removesuffix("/").rpartition("/")[0] for top in tops if top}
    named = ((path, *path.rpartition("/")) for path in paths)
    return parts | {path for path, folder, _, name in named if folder in outboxes and fnmatch(name, SIGNED)}


def is_of_run(path: str, top: str) -> bool:
    """Whether this is what lies in the run folder ``top``, which is empty or ends in a slash."""
    return path.startswith(top) and any(fnmatch(path.removeprefix(top), pattern) for pattern in OF_A_RUN)


def lower_result(source: SourceFile, content: bytes) -> LowerResult | None:
    """The result that a run.json stands for, or that a zip holds; None where this is none. Raises Unreadable where it may
    not be opened."""
    if source.path.rpartition("/")[2] == MANIFEST and not source.member:
        values = source.location.with_name(VALUES)
        if not values.is_file():
            return None
        told = manifest(content)
        return LowerResult(told, rows_of(lambda: open_regular(values), told)) if told.run else None
    return packed(source, content) if is_archive(content) else None


def is_packed(content: bytes) -> bool:
    """Whether a zip holds a result."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return bool(tops_of({entry_name(entry): entry for entry in archive.infolist()}))


def tops_of(entries: Collection[str]) -> list[str]:
    """The folders of a zip that are run folders, each with a slash at its end."""
    tops = (name.removesuffix(MANIFEST) for name in entries if name.rpartition("/")[2] == MANIFEST)
    return [top for top in tops if f"{top}{VALUES}" in entries]


def packed(source: SourceFile, content: bytes) -> LowerResult | None:
    """The result in a zip; None where it holds none. Raises Unreadable where it holds several, or too much."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    entries = {entry_name(entry): entry for entry in archive.infolist()}
    tops = tops_of(entries)
    if not tops:
        return None
    if len(tops) > 1:
        raise Unreadable(f"压缩包里有 {len(tops)} 份汇总结果；请解开后把各结果文件夹分别放入收件夹")
    if len(entries) > MOST_ENTRIES:
        raise Unreadable(f"压缩包里有 {len(entries)} 项，超过 {MOST_ENTRIES} 项的上限；请只打包一个结果文件夹")
    (top,) = tops
    told_in, values = entries[f"{top}{MANIFEST}"], entries[f"{top}{VALUES}"]
    if told_in.file_size > MOST_MANIFEST:
        raise Unreadable(f"{MANIFEST} 超过 {MOST_MANIFEST >> 20} MiB 的上限")
    try:
        with archive.open(told_in) as stream:
            told = manifest(stream.read())
    except (*DAMAGED, RuntimeError) as error:  # RuntimeError: it wants a password
        raise Unreadable(f"压缩包里的 {MANIFEST} 解不开（已损坏或设有密码）；{AGAIN}") from error
    if not told.run:
        return None
    names = [name for name in entries if not name.endswith("/") and not is_of_run(name, top)]
    beside = tuple(left(source, name, number) for number, name in enumerate(names))
    return LowerResult(told, rows_of(lambda: archive.open(values), told), beside)  # type: ignore[arg-type, return-value]


def left(source: SourceFile, name: str, number: int) -> FileRecord:
    """The line of a file that was packed together with a result: nobody looks for a filing there, so it is said."""
    path = f"{source.path}!{harmless(name)}"
    member = SourceFile(path, source.location, "", 0, source.modified, (*source.member, number), source.mail)
    reason = "和下级的汇总结果装在一个压缩包里，没有读；是填报表的请单独放入收件夹"
    return FileRecord(member, State.UNREADABLE, reason)


def manifest(content: bytes) -> Published:
    """What a run.json tells; of anything else, nothing at all. What it takes is loaded with the first that comes."""
    import msgspec

    from workbook_tool.model.workbook.manifest import Published

    try:
        return msgspec.json.decode(content[:MOST_MANIFEST], type=Published)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return Published()


def rows_of(opened: Callable[[], BinaryIO], told: Published) -> Iterator[dict[str, str]]:
    """The rows of values.csv by their headings, without the apostrophes that we put before what looks like a formula.
    Raises Unreadable where they cannot be read, and at their end where they are not those that were published."""
    digest = hashlib.sha256()
    if not told.values_sha256:
        raise Unreadable(f"由旧版程序写出，{MANIFEST} 里没有 {VALUES} 的校验；请用新版程序重新汇总后再报")
    try:
        with opened() as stream:
            # Not each line from a zip by itself: a buffer between is three times as fast.
            buffered = io.BufferedReader(cast(io.RawIOBase, stream), BUFFER)
            rows, meant = csv.reader(lines(buffered, digest)), lru_cache(1 << 14)(as_meant)
            heads = next(rows, [])
            for row in rows:
                yield dict(zip(heads, map(meant, row), strict=False))
    except OSError as error:
        raise Unreadable(f"{VALUES} 无法读取：{why(error)}") from error
    except (csv.Error, UnicodeDecodeError, zipfile.BadZipFile, RuntimeError, EOFError) as error:
        raise Unreadable(f"{VALUES} 读不出来（已损坏、设有密码或被改写）；{AGAIN}") from error
    if digest.hexdigest() != told.values_sha256:
        raise Unreadable(f"{VALUES} 与 {MANIFEST} 记的校验不符：汇总以后被改过，或被表格软件另存过，没有计入；{AGAIN}")


def lines(stream: BinaryIO, digest: hashlib._Hash) -> Iterator[str]:
    """The lines of a text, the digest of its bytes kept up. Raises Unreadable where there is no end to them."""
    read, encoding, pieces = 0, "utf-8-sig", 0
    while line := stream.readline(LONGEST_LINE):
        read += len(line)
        if read // PIECE > pieces:
            pieces += 1
            begin_anew()
        if read > MOST_VALUES or (len(line) == LONGEST_LINE and not line.endswith(b"\n")):
            raise Unreadable(
                f"{VALUES} 超过上限（{MOST_VALUES >> 20} MiB，一行 {LONGEST_LINE} 字节），不是程序写出的样子"
            )
        digest.update(line)
        yield line.decode(encoding)
        encoding = "utf-8"
