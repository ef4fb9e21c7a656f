"""Regular expressions that are compiled when they are first used: a command asks few of the hundreds that there are."""

from __future__ import annotations

import re
from typing import Any, AnyStr, Generic, cast


def regex(text: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What ``re.compile`` gives, in effect; for the constants of a module."""
    return cast("re.Pattern[AnyStr]", Uncompiled(text, flags))


class Uncompiled(Generic[AnyStr]):
    """A regular expression as it is written; its methods are those of the compiled one, made when they are asked for."""

    def __init__(self, text: AnyStr, flags: int) -> None:
        self.written: tuple[AnyStr, int] = (text, flags)

    def __getattr__(self, name: str) -> Any:
        """A method of the compiled one, which stands here from now on."""
        method = getattr(re.compile(*self.written), name)
        setattr(self, name, method)
        return method
