"""Undo: takes back the newest run or signing. What it withdraws is moved aside first and noted in the ledger then: where
it is interrupted between the two, the next start completes it (``Ledger.repair``)."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from workbook_tool.files.season.ledger import Ledger, open_ledger
from workbook_tool.files.season.ledger.owner import strangers
from workbook_tool.files.season.ledger.runs import RunEntry
from workbook_tool.files.season.ledger.signings import Signing
from workbook_tool.files.season.outbox import one_run_at_a_time, set_aside
from workbook_tool.files.season.signatures import Signature, read_marks
from workbook_tool.files.season.signing import replace_mark
from workbook_tool.model.errors import OfficeError
from workbook_tool.office import Office
from workbook_tool.steps.tell import season as tell_season


class InForce(Struct, frozen=True):
    """A signature that is in force, of the form of this title, and what the ledger knows of it."""

    title: str
    mark: Signature
    noted: Signing | None

    def newer_than(self, run: RunEntry | None) -> bool:
        """Whether it was made after this run. Of one that the ledger does not know only a signing of that very run is
        sure to be."""
        if run is None:
            return True
        return self.noted.after >= run.number if self.noted else self.mark.run == run.name

    @property
    def words(self) -> str:
        """``《年报》2023 年度，2024-02-05-1，张三，2024-03-01``."""
        what = f"《{self.title}》{self.mark.period.said}"
        return "，".join(filter(None, (what, self.mark.run or self.mark.path.name, self.mark.by, self.mark.day)))


def undo(office: Office, agree: Callable[[str], bool]) -> str:
    """Withdraw the newest run or signing, whichever is newer, if people ``agree``. Returns what was done.

    Raises OfficeError where there is nothing to withdraw, nobody agreed, or the ledger does not know all runs, and OutboxError where it cannot be moved.
    """
    settings = office.settings
    with one_run_at_a_time(settings.outbox), open_ledger(settings.ledger) as ledger:
        interrupted = ledger.half_withdrawn(settings.outbox)
        if ledger.newest_in(settings.outbox):  # it is taken back whatever config.toml said then
            ledger.settle_runs(settings.outbox)
        else:
            ledger.settle(settings, office.forms)
        if interrupted:
            return tell_season.completed(interrupted)
        run, signed = ledger.newest, newest_signed(office, ledger)
        if run and (unknown := [*strangers(settings, office.forms, ledger.names)]):
            raise OfficeError(f"没有撤销，什么都没有动：最新的是哪一次，台账说不准。{unknown[0]}")
        if signed and signed.newer_than(run):
            ask(tell_season.undoing("", signed.words), agree)
            return undo_signing(signed, ledger)
        if run is None:
            raise OfficeError("没有可以撤销的：台账里没有运行，发件夹里也没有定稿。")
        ask(tell_season.undoing(run.name, ""), agree)
        return undo_run(office, run, ledger)


def ask(question: str, agree: Callable[[str], bool]) -> None:
    """Raises OfficeError unless people agree."""
    if not agree(question):
        raise OfficeError("没有撤销，什么都没有动。")


def newest_signed(office: Office, ledger: Ledger) -> InForce | None:
    """The signature in force that was made last, of whatever form and period."""
    signed = [
        InForce(form.title, mark, ledger.signings.by_mark(mark.sha256))
        for form in office.forms.values()
        for mark in read_marks(office.settings.outbox, form.id)
    ]
    return max(signed, key=lambda one: (one.noted.number if one.noted else 0, one.mark.path.name), default=None)


def undo_signing(signed: InForce, ledger: Ledger) -> str:
    """Move the mark aside; the one that it took the place of is in force again."""
    former = ledger.signings.by_mark(signed.noted.replaced) if signed.noted and signed.noted.replaced else None
    path, run = signed.mark.path, signed.mark.run
    name = f"{path.stem}_{run}{path.suffix}" if run else path.name
    moved = replace_mark(path, name, former.mark) if former else set_aside(path, name)
    return tell_season.undone("", signed.words, str(moved), "", former.run if former else "")


def undo_run(office: Office, run: RunEntry, ledger: Ledger) -> str:
    """Move the folder aside, if it is still there, and mark the run as withdrawn."""
    folder = office.settings.outbox / run.name
    moved = str(set_aside(folder, run.name)) if folder.is_dir() else ""
    with ledger.transaction():
        ledger.withdraw(run.name)
    return tell_season.undone(run.name, "", moved, ledger.newest_name, "")
