"""What is left to be done by people: said at the end of a run, and repeated until it is done."""

from __future__ import annotations

from msgspec import Struct

OVERDUE = "overdue"
"""The kind of work that is to chase who has not filed."""
OPINIONS = "opinions"
"""That of what reviewers typed and a run did not follow."""
AGENCIES = "家"
"""What is counted where the work is with agencies."""


class Work(Struct, frozen=True):
    """One kind of work: a word for programs, the words for people, what is counted (家, 份, 处), and the names, or
    sentences, of each."""

    kind: str
    words: str
    unit: str = ""
    names: tuple[str, ...] = ()
