"""From where somebody acts: by a page, a program, a station, the command line, or the server by itself."""

from __future__ import annotations

import getpass
import socket
from dataclasses import dataclass
from enum import StrEnum

from flask import g, has_app_context, has_request_context, request

from broadcaster.accounts.access import is_station_door

LONGEST_ADDRESS = 100


class Via(StrEnum):
    """The way an act came in."""

    PAGE = "page"
    API = "api"
    STATION = "station"
    COMMAND_LINE = "command line"
    SERVER = "server"


@dataclass(frozen=True)
class Origin:
    """The way, and the address: a network address, or `user@machine` at a terminal."""

    via: Via
    address: str | None


def act_as_server() -> None:
    """What is done in this application context, nobody asked for: the server's own work."""
    g.act_as_server = True


def origin() -> Origin:
    """From where the code that runs now was asked."""
    if has_request_context():
        return Origin(_door(), request.remote_addr)
    if has_app_context() and g.get("act_as_server", False):
        return Origin(Via.SERVER, None)
    return Origin(Via.COMMAND_LINE, _terminal())


def _door() -> Via:
    if is_station_door():
        return Via.STATION
    return Via.API if request.path.startswith("/api/") else Via.PAGE


def _terminal() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # an account without a name, as in some containers
        user = "?"
    return f"{user}@{socket.gethostname()}"[:LONGEST_ADDRESS]
