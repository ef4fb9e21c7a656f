"""Dispatch: every agency that has something to put right gets its own file back, marked, with a draft mail.

Many copies take as long as the workbook, which only has to know what they are called in the end. So the workers that make
them are looked after in a thread, while the run goes on with what else it writes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event

from loguru import logger

from workbook_tool.copying import Made, Means, in_its_place, mail_of, make_return, standing
from workbook_tool.files.intake.engine import Engine, InProcess, Lost
from workbook_tool.files.intake.unique_names import UniqueNames
from workbook_tool.model.errors import OfficeError
from workbook_tool.model.returns.returned import RETURNS
from workbook_tool.model.workbook.result import Consolidation
from workbook_tool.steps.returns import returns_of

MANY = 64
"""So many new copies take longer than starting workers for them; what this program made for the run before mostly stands."""


class Dispatch:
    """The return copies and mails of some results, written into a run folder, below it: between ``begin`` and ``finish`` other
    things may be done. Leaving ends what was begun.

    Raises OSError or OutboxError where the folder cannot be written.
    """

    def __init__(
        self, folder: Path, results: Sequence[Consolidation], means: Means, engine: Engine = InProcess
    ) -> None:
        self.folder, self.means, self.engine = folder / RETURNS, means, engine
        self.due = [returns_of(result) for result in results]
        self.every = [given for own in self.due for given in own]
        self.names, self.lost = UniqueNames(), dict[int, Lost]()
        self.written: dict[int, str] = {}
        self.copies: dict[str, str] = {}
        """The paths of copies by what these were made of, where that hangs on no day."""
        self.aside, self.leaving = ThreadPoolExecutor(1, "returns"), Event()
        self.begun: Future[None] | None = None

    def __enter__(self) -> Dispatch:
        return self

    def __exit__(self, *failure: object) -> None:
        self.leaving.set()
        self.aside.shutdown()

    def begin(self) -> None:
        """Let workers make many; few are made here and now."""
        if len(self.every) - standing(self.means) >= MANY:
            self.begun = self.aside.submit(self.by_workers)
        else:
            self.finish()

    def finish(self) -> None:
        """Wait for the workers, and make what none of them has made."""
        if self.begun:
            self.begun.result()
        for number, given in enumerate(self.every):
            if number not in self.written:
                lost = self.lost.get(number)
                self.write(number, in_its_place(given, lost) if lost else make_return(given, self.means))

    def links(self) -> list[dict[str, Callable[[], str]]]:
        """Of each result what tells the path of an agency's copy, by its code."""
        numbers = count()
        return [{given.agency.code: partial(self.path_of, next(numbers)) for given in own} for own in self.due]

    def path_of(self, number: int) -> str:
        """Where one of them is, which may have to be waited for."""
        if number not in self.written:
            self.finish()
        return self.written[number]

    def by_workers(self) -> None:
        """Write what the engine's workers make. Nothing is rendered in this thread: it is not alone."""
        try:
            with self.engine(make_return, self.means, self.means.settings.limits) as workers:
                for number, made in enumerate(workers.map(self.every)):
                    if self.leaving.is_set():
                        return
                    if isinstance(made, Lost):
                        self.lost[number] = made
                    else:
                        self.write(number, made)
        except OfficeError as error:
            logger.warning(str(error))

    def write(self, number: int, made: Made) -> None:
        """Write one return copy and its mail, and remember where it is."""
        for words in made.told:
            logger.warning(words)
        enclosed = tuple((self.names.once(name), content) for name, content in made.enclosed)
        given = self.every[number]
        mail = made.mail if enclosed == made.enclosed else mail_of(given, made.copy.own_file, enclosed)
        self.folder.mkdir(exist_ok=True)
        for name, content in enclosed:
            (self.folder / name).write_bytes(content)
        name = enclosed[0][0]
        (self.folder / name).with_suffix(".eml").write_bytes(mail)
        self.written[number] = f"{RETURNS}/{name}"
        if made.copy.made_of:
            self.copies[made.copy.made_of] = self.written[number]
