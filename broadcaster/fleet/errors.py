"""Errors of the fleet, by whose fault they are."""

from __future__ import annotations

from broadcaster.errors import BroadcasterError


class CodeRefused(BroadcasterError):
    """The enrolment code is unknown, used or expired: the answer does not say which."""

    code = "code_refused"
    http_status = 403

    def __init__(self) -> None:
        super().__init__("this code is not valid (any more): ask the province for a new one")


class StationUnknown(BroadcasterError):
    """The token does not show that a station of ours is asking; which part was wrong is not told."""

    code = "station_unknown"
    http_status = 401

    def __init__(self, message: str = "the station's token is not valid") -> None:
        super().__init__(message)


class KeysMissing(BroadcasterError):
    """The province's signing keys cannot be used; the message says what to do."""

    code = "keys_missing"
    http_status = 500


class TooManyWaiting(BroadcasterError):
    """More stations wait at the bell than this server has room for; they come again later."""

    code = "too_many_waiting"
    http_status = 503
