"""What can go wrong on our side. A problem in an agency's file is never one of these: it is a Finding."""


class OfficeError(Exception):
    """Usage, configuration, roster or declaration is wrong (exit 2). The message says where and what to do."""


class Busy(Exception):
    """Another run holds the lock (exit 4)."""


class OutboxError(Exception):
    """The outbox could not be written (exit 5); nothing half-written remains."""


class Unreadable(Exception):
    """A file of the inbox cannot be opened; the message says why in a clerk's words."""


class Document(Unreadable):
    """A PDF, Word, presentation or picture: no table, but perhaps what came beside one."""


class Unmarkable(Exception):
    """An agency's file cannot be marked without the risk of changing it; the message says why in a clerk's words."""
