"""Names around: where there is a better reason why a file's names say another period than it does itself."""

from __future__ import annotations

from collections.abc import Sequence, Set

from msgspec.structs import replace

from workbook_tool.model.intake.inbox import FileRecord
from workbook_tool.model.intake.submission import Submission

Read = Submission | FileRecord


def weigh_names(read: Sequence[Read]) -> list[Read]:
    """The same files. What a mail's subject or an archive's name says of one member tells nothing of the others, and bytes
    that came under a name that fits are not misnamed."""
    filed = [one for one in read if isinstance(one, Submission)]
    together = {(one.source.parcel, one.identity.period) for one in filed if one.source.member}
    fitting = {one.source.sha256 for one in filed if not one.identity.misnamed}
    return [weighed(one, together, fitting) if isinstance(one, Submission) else one for one in read]


def weighed(one: Submission, together: Set[object], fitting: Set[str]) -> Submission:
    """A file with those names that nothing else explains."""
    if not one.identity.misnamed:
        return one
    own = one.source.sha256 not in fitting
    left = [s for s in one.identity.misnamed if own and not (s.around and (one.source.parcel, s.period) in together)]
    return replace(one, identity=replace(one.identity, misnamed=tuple(left)))
