"""Errors of the province server, by whose fault they are. Pages translate by `code`."""

from __future__ import annotations


class BroadcasterError(Exception):
    """Root of every error this package raises on purpose; `params` fill the translated sentence."""

    code = "error"
    http_status = 400

    def __init__(self, message: str, *, code: str | None = None, **params: object) -> None:
        super().__init__(message)
        self.params = params
        if code is not None:
            self.code = code


class ConfigurationError(BroadcasterError):
    """The configuration file or environment is wrong; `mistakes` has one clear line for each."""

    code = "configuration"

    def __init__(self, mistakes: list[str]) -> None:
        super().__init__("; ".join(mistakes))
        self.mistakes = mistakes


class NotThere(BroadcasterError):
    """The thing asked for does not exist (any more)."""

    code = "not_there"
    http_status = 404


class NotAllowed(BroadcasterError):
    """This person may not do this here."""

    code = "not_allowed"
    http_status = 403


class NotPossible(BroadcasterError):
    """A rule of the work forbids it now; the message says which and what to do."""

    code = "not_possible"
    http_status = 409


class BadInput(BroadcasterError):
    """A field is wrong; `field` names it."""

    code = "bad_input"
    http_status = 422

    def __init__(
        self, message: str, *, field: str | None = None, code: str | None = None, **params: object
    ) -> None:
        super().__init__(message, code=code, **params)
        self.field = field


class NoSpace(BroadcasterError):
    """The disk or the quota is full; nothing of what came was kept."""

    code = "no_space"
    http_status = 507
