"""How a station comes in: its key is made, the one-time code shown, the answer kept."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from hardware.ports import Clock
from schedules.trust import TrustedKeyring
from schedules.wire.station_access import EnrolmentAnswer, EnrolmentRequest
from station_agent.errors import AlreadyEnrolled, BadCode, LinkError, Unreachable
from station_agent.identity import is_enrolled, keep_enrolment, own_key
from station_agent.server_link import ServerLink
from station_agent.software import software

SHORTEST_CODE, LONGEST_CODE = 6, 40
"""As in `EnrolmentRequest`; asked here, so that no message ever shows the code."""


def enrol(data: Path, url: str, code: str, clock: Clock) -> EnrolmentAnswer:
    """Enrol the folder. Raises `BadCode`, `AlreadyEnrolled`, `Refused` (wrong or used), `LinkError`, or an
    `UntrustedDocument` when the province's keyring does not hold. Nothing but the key is kept then."""
    if is_enrolled(data):
        raise AlreadyEnrolled(f"{data} belongs to a station already; use another folder for another station")
    length = len(code)
    if not SHORTEST_CODE <= length <= LONGEST_CODE:
        message = f"the one-time code has {SHORTEST_CODE} to {LONGEST_CODE} characters, not {length}"
        raise BadCode(f"{message}; copy it whole from the province's page")
    data.mkdir(parents=True, exist_ok=True)
    key = own_key(data)
    link = ServerLink(url, clock)
    try:
        answer = link.enrol(EnrolmentRequest(code=code, public_key=key.public.public, software=software()))
    except Unreachable as error:
        again = "look at the address and the network, then enrol again: the same code does"
        raise Unreachable(f"{error}; {data} is no station yet: {again}") from error
    finally:
        link.close()
    try:
        keyring = base64.b64decode(answer.keyring, validate=True)
    except (ValueError, binascii.Error) as error:
        raise LinkError(f"{url}: the keyring in its answer is not base64; is this the province?") from error
    TrustedKeyring.first(keyring, answer.server_time)
    keep_enrolment(data, answer.station, answer.village, keyring)
    return answer
