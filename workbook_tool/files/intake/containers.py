"""Archives, mails and mailboxes: what they hold, each member by index and in memory; nothing is ever extracted.

One archive deep: a mail is only the envelope, so files in an archive, in a mail, and in an archive that came with a
mail are read. Each mail of a mailbox is a member that is opened in its turn. An archive in an archive, and a mail in an
archive or attached as a file to a mail, are refused in words; but for a lower level's result, of which only two files are
ever read, and which is opened as nothing else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from zipfile import ZipFile, ZipInfo

from msgspec import Struct
from msgspec.structs import replace

from workbook_tool.files.intake import archive, mbox
from workbook_tool.files.intake.ignored import REASON, is_ignored
from workbook_tool.files.intake.letter_heads import is_letter
from workbook_tool.files.intake.lower_results import is_packed
from workbook_tool.files.intake.opening import UNREAD
from workbook_tool.files.intake.reading import EMPTY, read_bytes, too_large
from workbook_tool.files.intake.unique_names import UniqueNames, harmless
from workbook_tool.model.errors import Unreadable
from workbook_tool.model.intake.inbox import FileRecord, Opened, State
from workbook_tool.model.intake.source import SourceFile
from workbook_tool.model.office.settings import CONTAINER_MIB, Limits

if TYPE_CHECKING:
    from workbook_tool.files.intake.eml import ReceivedMail

MOST_MEMBERS, MOST_MIB = 200, CONTAINER_MIB
"""What one file of the inbox may hold, all in all."""
HOLLOW = "空文件（里面没有一张表）；可能没有存完或传完，请用 Excel 或 WPS 重新另存为 .xlsx 后再报"
LINKED = "超大附件"
"""What a file is called of which only a link came."""
NOT_COME = (
    "文件没有收到，只有下载链接（超大附件）；请在链接失效以前从邮件里下载，放入收件夹，或请单位把文件附在邮件里重发"
)
Member = SourceFile | FileRecord


def content_of(source: SourceFile, limits: Limits, passwords: Sequence[str]) -> bytes:
    """The bytes of a file, or of a member that an opened container told of. Raises Unreadable."""
    content = read_bytes(source.location, limits.of_containers)
    for depth, index in enumerate(source.member):
        if not depth and (mails := mbox.mails_in(content))[1:]:
            content = mails[index]
        elif is_letter(content):
            content = letter(content).attachments[index].content
        else:
            with archive.open_archive(content) as opened:
                content = archive.read_entry(opened, opened.infolist()[index], passwords)
    return content


def letter(content: bytes) -> ReceivedMail:
    """The mail in these bytes. What reads it is loaded with the first: most files are none. Raises Unreadable."""
    from workbook_tool.files.intake.eml import read_letter

    return read_letter(content)


def refuse_content(content: bytes, limits: Limits) -> None:
    """Raises Unreadable for what cannot be a filing by its size alone. Only containers may be larger than a file."""
    if not content.strip(b"\0"):
        raise Unreadable(EMPTY)
    if len(content) > limits.file_mib << 20:
        raise too_large(len(content), limits)


def open_container(source: SourceFile, content: bytes, passwords: Sequence[str]) -> Opened | None:
    """The container with its members; None where this is none. Raises Unreadable where it may not be opened."""
    opening = Opening(tuple(passwords), UniqueNames())
    if not source.member and (mails := mbox.mails_in(content))[1:]:
        members = tuple(opening.boxed(source, mails))
        return Opened(FileRecord(source, State.CONTAINER, f"邮箱文件，内有 {len(mails)} 封邮件"), members)
    if archive.is_archive(content):
        if source.member and is_packed(content):
            raise Unreadable("里面有 run.json 和 values.csv，却不是本程序写出的汇总结果；请解开后分别放入收件夹")
        members = tuple(opening.archived(source, content))
        if not members and not source.path.lower().endswith(".zip"):
            raise Unreadable(HOLLOW)
        return Opened(FileRecord(source, State.CONTAINER, archive_words(members)), members)
    if is_letter(content):
        read = letter(content)
        members = tuple(opening.mailed(source, read))
        return Opened(FileRecord(replace(source, mail=read.mail), State.CONTAINER, letter_words(read)), members)
    return None


class Opening(Struct):
    """A container being opened: what was named so far, and how much it may still hold."""

    passwords: tuple[str, ...]
    names: UniqueNames
    members_left: int = MOST_MEMBERS
    bytes_left: int = MOST_MIB << 20

    def take(self, members: int, size: int) -> None:
        """Account for members and bytes before they are read. Raises Unreadable where they are too many."""
        if members > self.members_left:
            raise Unreadable(f"里面的文件超过 {MOST_MEMBERS} 份的上限；请解开后把填报表放入收件夹")
        if size > self.bytes_left:
            raise Unreadable(f"里面的文件合计超过 {MOST_MIB} MiB 的上限；请解开后把填报表放入收件夹")
        self.members_left -= members
        self.bytes_left -= size

    def boxed(self, source: SourceFile, mails: Sequence[bytes]) -> Iterator[Member]:
        """Every mail of a mailbox, to be opened like one that came alone. Raises Unreadable where they are too many."""
        if len(mails) > mbox.MOST_MAILS:
            raise Unreadable(f"里面有 {len(mails)} 封邮件，超过 {mbox.MOST_MAILS} 封的上限；请分几次导出后放入收件夹")
        for index, content in enumerate(mails):
            unread = self.member(source, f"第{index + 1}封.eml", index, source.modified, len(content))
            yield replace(with_bytes(unread, content), letter=index + 1)

    def mailed(self, source: SourceFile, read: ReceivedMail) -> Iterator[Member]:
        """Every attachment of a mail; of an attached archive also what it holds. Where only a link came, a line says that
        the file did not."""
        self.take(len(read.attachments), 0)
        if read.links and not read.attachments:
            yield refused(replace(self.member(source, LINKED, 0, source.modified, 0), mail=read.mail), NOT_COME)
        for index, attachment in enumerate(read.attachments):
            content, by = attachment.content, attachment.mail
            unread = self.member(source, attachment.name, index, source.modified, len(content))
            found = replace(with_bytes(unread, content), mail=by)
            if archive.is_archive(content) and not is_packed(content):
                yield from self.nested(found, content)
                continue
            self.take(0, len(content))
            if is_ignored(found.path.rpartition("!")[2], content[:8]):
                yield FileRecord(found, State.IGNORED, REASON)
            else:
                yield refused(found, "邮件里还附有邮件，请另存后分别放入收件夹") if is_letter(content) else found

    def nested(self, source: SourceFile, content: bytes) -> Iterator[Member]:
        """An archive that came with a mail. Where it may not be opened, only its own line says so."""
        try:
            members = tuple(self.archived(source, content))
        except Unreadable as error:
            yield refused(source, str(error))
            return
        yield FileRecord(source, State.CONTAINER, archive_words(members))
        yield from members

    def archived(self, source: SourceFile, content: bytes) -> Iterator[Member]:
        """Every entry of an archive, also those that are no files."""
        with archive.open_archive(content) as opened:
            entries = [(harmless(archive.entry_name(entry)), entry) for entry in opened.infolist()]
            files = [entry for name, entry in entries if not idle(name, entry, opened)]
            self.take(len(files), sum(entry.file_size for entry in files))
            for index, (name, entry) in enumerate(entries):
                modified = archive.entry_date(entry) or source.modified
                unread = self.member(source, name, index, modified, entry.file_size)
                if reason := idle(name, entry, opened):
                    yield FileRecord(unread, State.IGNORED, reason)
                    continue
                try:
                    data = archive.read_entry(opened, entry, self.passwords)
                except Unreadable as error:
                    yield refused(unread, str(error))
                    continue
                yield one_deep(unread, data)

    def member(self, source: SourceFile, name: str, index: int, modified: float, size: int) -> SourceFile:
        """A member by its place, its bytes not looked at yet."""
        path = self.names.once(f"{source.path}!{harmless(name)}")
        inside = (*source.member, index)
        return replace(source, path=path, sha256=UNREAD, size=size, modified=modified, member=inside, repeats=())


def with_bytes(unread: SourceFile, content: bytes) -> SourceFile:
    """The file with the fingerprint and size of its bytes, in place of what its container said of it."""
    return replace(unread, sha256=hashlib.sha256(content).hexdigest(), size=len(content))


def one_deep(unread: SourceFile, content: bytes) -> Member:
    """A member of an archive, unless it holds files itself that are no lower level's result."""
    found = with_bytes(unread, content)
    if archive.is_archive(content) and not is_packed(content):
        return refused(found, "压缩包里还有压缩包，请解开后分别放入收件夹")
    if is_letter(content):
        return refused(found, "压缩包里还有邮件，请解开后分别放入收件夹")
    return found


def refused(source: SourceFile, reason: str) -> FileRecord:
    """The line of a member that cannot be used, and why."""
    return FileRecord(source, State.UNREADABLE, reason)


def idle(name: str, entry: ZipInfo, packed: ZipFile) -> str:
    """Why an entry is nothing that anybody filed; empty where it is a file."""
    if entry.is_dir() or archive.entry_name(entry).endswith("\\"):
        return "文件夹"
    return REASON if is_ignored(name) and is_ignored(name, archive.head_of_entry(packed, entry)) else ""


def archive_words(members: Sequence[Member]) -> str:
    """An archive in a line: how many files came in it, those of the system not counted."""
    files = [m for m in members if not (isinstance(m, FileRecord) and m.state is State.IGNORED)]
    return f"压缩包，内有 {len(files)} 份文件" if files else "压缩包里没有文件；请来件单位重新打包发送"


def letter_words(read: ReceivedMail) -> str:
    """A mail in a line: from whom, about what, when, and how much came with it."""
    mail = read.mail
    who = " ".join(filter(None, (mail.name, f"<{mail.sender}>" if mail.sender else ""))) or "（没有写发件人）"
    day = f" {mail.sent:%Y-%m-%d}" if mail.sent else " 没有日期"
    count = f"附件 {len(read.attachments)} 份"
    if not read.attachments:
        count = "没有附件；如正文里有超大附件的下载链接，请下载后放入收件夹，否则请来件人补发"
    if read.links:
        count = (
            "没有附件，只有下载链接"
            if not read.attachments
            else f"{count}；正文里另有超大附件的下载链接，那个文件没有收到，需要的请下载后放入收件夹"
        )
    broken = "" if read.whole else "；邮件不完整，可能没有收全，请核对附件"
    doubt = f"；{mail.doubt}" if mail.doubt else ""
    return f"来自 {who} 《{mail.subject or '无主题'}》{day}，{count}{broken}{doubt}"
