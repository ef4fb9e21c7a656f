"""Tell: what was fetched and what was not, which letters are to go out, and what became of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from workbook_tool.model.mail.envelope import Envelope
from workbook_tool.model.mail.posting import DraftMail
from workbook_tool.model.text import safe_text

MOST_LINES = 20
LINKED = "文件没有收到，只有下载链接：请在链接失效以前下载，放入收件夹，或请单位把文件附在邮件里重发"


def fetched(
    taken: Mapping[str, Envelope], linked: Sequence[str], left: Mapping[str, Sequence[Envelope]], known: int, where: str
) -> str:
    """What a fetch came to: the messages taken, by path; those of them that only bring a link; those left on the server,
    by reason; and how many were known."""
    lines = [f"收到新邮件 {len(taken)} 封" + (f"，放在 {where}：" if taken else "。")]
    lines += some([f"  {envelope.words}" for envelope in taken.values()], "都在那个文件夹里")
    if linked:
        lines.append(f"其中 {len(linked)} 封{LINKED}：")
        lines += [f"  {path}" for path in linked]
    for reason, envelopes in left.items():
        lines.append(f"没有收 {len(envelopes)} 封：{reason}")
        lines += some([f"  {each.words} {size(each.size)}" for each in envelopes], "请到邮箱里看")
    if known:
        lines.append(f"以前收过的 {known} 封没有再收。")
    return safe_text("\n".join(lines)) + "\n"


def some(lines: list[str], where: str) -> list[str]:
    """As many lines as people read, and where the rest is."""
    rest = len(lines) - MOST_LINES
    return [*lines[:MOST_LINES], f"  ……另有 {rest} 封，{where}"] if rest > 1 else lines


def size(bytes_: int) -> str:
    """``12 KiB``, ``3.4 MiB``."""
    return f"{bytes_ / (1 << 20):.1f} MiB" if bytes_ >= 1 << 20 else f"{-(-bytes_ // 1024)} KiB"


def outgoing(
    run: str,
    due: Sequence[tuple[DraftMail, str]],
    sent: int,
    unsure: Sequence[DraftMail],
    nowhere: Sequence[DraftMail],
    strange: Sequence[DraftMail],
) -> str:
    """The letters that are to go out, each with when one of its kind went there last; how many did already; those of which
    nobody knows; those without an address; and files that are none of our drafts."""
    lines = [f"{run} 要发的信 {len(due)} 封" + ("：" if due else "。")]
    lines += [
        f"  {draft.code} → {'、'.join(draft.to)}  {draft.subject}（{size(draft.size)}）{note}" for draft, note in due
    ]
    if sent:
        lines.append(f"已经发过的 {sent} 封不再发。")
    if unsure:
        codes = "、".join(draft.code for draft in unsure)
        lines.append(
            f"上次发到一半断了、不知道发出没有的 {len(unsure)} 封（{codes}），这次不发。请到邮箱的“已发送”里看，或问一问对方："
            "发出了的，加 --sent 代码 记下；没有的，加 --resend 代码 再发。"
        )
        lines += [f"  {draft.code} → {'、'.join(draft.to)}  {draft.subject}" for draft in unsure]
    if nowhere:
        lines.append(f"没有邮箱、发不了的 {len(nowhere)} 封：请在名录的“邮箱”里填好，再运行一次；或双击草稿自己发。")
        lines += [f"  {draft.code}  {draft.path}" for draft in nowhere]
    if strange:
        lines.append(f"认不出是本程序草稿的 {len(strange)} 份，不发（用邮件程序另存过的，请在邮件程序里发）：")
        lines += [f"  {draft.path}" for draft in strange]
    return safe_text("\n".join(lines)) + "\n"


def note(last: str, altered: bool) -> str:
    """What is to be known of a letter before it goes."""
    words = [f"上次给它发这种信：{last}"] if last else []
    words += ["草稿改动过，按改动后的发"] if altered else []
    return f"  ［{'；'.join(words)}］" if words else ""


def question(count: int, sender: str) -> str:
    """What is asked before letters go out; they cannot be taken back."""
    return f"从 {sender} 发出上面的 {count} 封？发出的邮件收不回。"


def posted(sent: int, refused: Sequence[tuple[DraftMail, str]], partly: Sequence[tuple[DraftMail, str]]) -> str:
    """What became of the letters: how many are out, which the server refused, and which did not reach everybody."""
    lines = [f"已发出 {sent} 封。"]
    if refused:
        lines.append(f"服务器不收的 {len(refused)} 封，没有发出；改好邮箱地址或过后再发：")
        lines += [f"  {draft.code} → {'、'.join(draft.to)}：{said}" for draft, said in refused]
    if partly:
        lines.append(f"有的收件人不收的 {len(partly)} 封（其余收件人已发）：")
        lines += [f"  {draft.code} {said}" for draft, said in partly]
    return safe_text("\n".join(lines)) + "\n"


def together(path: str, count: int) -> str:
    """That nothing was sent, and where all drafts are in one file."""
    return (
        f"没有设置发件服务器（config.toml 的 [mail] smtp），没有发。{count} 封草稿合成了一个文件：{path}\n"
        "在 Thunderbird（装 ImportExportTools 附加组件）或 Foxmail 里导入，看过再发；也可以双击 .eml 一封封地发。\n"
    )
