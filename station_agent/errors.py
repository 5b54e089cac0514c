"""Errors of the village PC, by whose fault they are. Every message is one line: what, where, what to do."""

from __future__ import annotations


class StationError(Exception):
    """Root of every error this package raises on purpose."""


class SettingsError(StationError):
    """The configuration cannot be used. `mistakes` holds one line a mistake."""

    def __init__(self, mistakes: tuple[str, ...]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


class SettingsMissing(SettingsError):
    """There is no configuration yet."""


class NotEnrolled(StationError):
    """This data folder belongs to no station yet."""


class AlreadyEnrolled(StationError):
    """This data folder belongs to a station already; a second identity would lose its journal."""


class BadCode(StationError):
    """The one-time code given cannot be one."""


class KeyFileDamaged(StationError):
    """The station's own key or the province's keyring cannot be read from disk."""


class LinkError(StationError):
    """The province could not be reached, or broke off. Worth another try later."""


class Unreachable(LinkError):
    """Nobody answered at the province's address. Whoever tries again says so: the message does not."""


class Refused(LinkError):
    """The province answered and said no; `status` is the HTTP status."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class TooLarge(LinkError):
    """An answer was longer than it may be; it was dropped while it streamed."""


class AudioRefused(StationError):
    """Downloaded bytes do not have the SHA-256 they were asked for by."""


class DiskFull(StationError):
    """There is no room for the next file."""


class JournalDamaged(StationError):
    """The journal's file is no readable database."""


class JournalUnavailable(StationError):
    """The journal is out of reach for now; nothing says that it is damaged."""


class BadRequest(StationError):
    """What came through the operator's door is no request this program knows."""


class NotNow(StationError):
    """The operator asked for what cannot be done now; the message says why."""


class AgentNotRunning(StationError):
    """There is nobody behind the operator's door."""
