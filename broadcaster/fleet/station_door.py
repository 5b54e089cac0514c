"""Who knocks at the station API: the token must be signed by the key the station enrolled with.

An unknown station, a retired one and a bad signature get the same answer after the same work. Only a token
with a good signature learns that it is out of date, with the server's time in the answer's header.
"""

from __future__ import annotations

import functools
from datetime import datetime

from flask import Response, request
from sqlalchemy.orm import Session

from broadcaster import clock
from broadcaster.database import db
from broadcaster.fleet.errors import StationUnknown
from broadcaster.fleet.models import Station, StationState
from broadcaster.fleet.stations import seen
from schedules.envelope import SigningKey
from schedules.errors import Expired, UntrustedDocument
from schedules.station_token import claimed_station, verify_token
from schedules.wire.base import format_instant

SCHEME = "Station"


@functools.cache
def _nobodys_key() -> str:
    """A public key nobody can sign with, so that strangers cost as much work as stations do."""
    return SigningKey.generate().public.public


def station_of_request() -> Station:
    """The active station that signed this request's token, marked as seen; `StationUnknown` otherwise."""
    now = clock.now()
    station = station_of_token(db.session, request.headers.get("Authorization", ""), now)
    seen(station, now)
    db.session.commit()
    return station


def station_of_token(session: Session, authorization: str, now: datetime) -> Station:
    """The active station an `Authorization` header belongs to; `StationUnknown` otherwise."""
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != SCHEME.lower() or not token:
        raise StationUnknown("a station signs its requests: send Authorization: Station <token>")
    try:
        station_id = claimed_station(token.strip())
        station = session.get(Station, station_id)
        key = _nobodys_key()
        if station is not None and station.state is StationState.ACTIVE and station.public_key:
            key = station.public_key
        verify_token(token.strip(), key, station_id, now)
    except Expired as error:
        raise StationUnknown("the station's token is out of date: compare clocks by X-Server-Time") from error
    except UntrustedDocument as error:
        raise StationUnknown from error
    if station is None or key == _nobodys_key():
        raise StationUnknown
    return station


def stamp(answer: Response) -> Response:
    """Every answer to a station carries the server's time and is not kept by anybody on the way."""
    answer.headers["X-Server-Time"] = format_instant(clock.now())
    if answer.status_code != 304:
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer
