"""A station's short-lived token: shows the server that the sender holds the station's key.

Sent as `Authorization: Station <token>`: the base64url (no padding) of the payload, a dot, the base64url of
the signature. That is a DSSE envelope without what both sides know already, its payload type and the key's
id: a station sends one with each request, over lines where every byte is paid for.
"""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime, timedelta

from pydantic import ValidationError

from schedules.envelope import SigningKey, sign, unverified_payload, verified_payload
from schedules.errors import BadDocument, BadEnvelope, DocumentTooLarge, Expired, InvalidInput, WrongStation
from schedules.recurrence import in_utc
from schedules.trusted_documents import as_public_key
from schedules.wire.keyring import PublicKey
from schedules.wire.station_access import StationToken

LIFETIME = timedelta(minutes=5)
LEEWAY_S = 300
MAX_TEXT_LENGTH = StationToken.MAX_SIZE_BYTES * 4 // 3 + 4


def issue_token(station: str, key: SigningKey, now: datetime, nonce: str) -> str:
    """A token of five minutes from `now` (aware). `nonce`: 32 random hexadecimal digits, never used twice.

    `InvalidInput` for a station id, instant or nonce the wire can't carry.
    """
    issued_at = in_utc(now)
    try:
        token = StationToken(
            station=station, issued_at=issued_at, expires_at=issued_at + LIFETIME, nonce=nonce
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InvalidInput(f"token: {first['loc'][0]}: {first['msg']}") from error
    envelope = json.loads(sign(token, [key]))
    parts = (envelope["payload"], envelope["signatures"][0]["sig"])
    return ".".join(_base64url(base64.b64decode(part)) for part in parts)


def verify_token(
    text: str,
    public_key: PublicKey | str,
    station: str | None,
    now: datetime,
    *,
    leeway_s: int = LEEWAY_S,
) -> StationToken:
    """The token, if the station's key signed it and it is in date by the server's clock, give or take.

    `station` is whose key this is; None leaves that comparison to the caller. Raises `BadSignature`,
    `BadEnvelope`, `BadDocument`, `DocumentTooLarge`, `WrongStation`, or `Expired`: a station's clock may be
    wrong, so answer that one with the server's time.
    """
    key = as_public_key(public_key)
    payload = verified_payload(_envelope_bytes(text, key.keyid), StationToken, (key,))
    token = StationToken.from_bytes(payload)
    if station is not None and token.station != station:
        raise WrongStation(f"token of {token.station}, used for {station}")
    if not timedelta(0) < token.expires_at - token.issued_at <= LIFETIME:
        raise BadDocument("token: expires_at: must be at most five minutes after issued_at")
    leeway = timedelta(seconds=leeway_s)
    if not token.issued_at - leeway <= now <= token.expires_at + leeway:
        raise Expired(f"token of {token.station} is out of date: set the station's clock and ask again")
    return token


def claimed_station(text: str) -> str:
    """The station a token says it comes from: to find whose key to verify it with, and for nothing else.

    Nothing is verified here. Size and format are bounded; raises an `UntrustedDocument`.
    """
    return StationToken.from_bytes(unverified_payload(_envelope_bytes(text, ""), StationToken)).station


def _envelope_bytes(text: str, keyid: str) -> bytes:
    """The DSSE envelope a token's text stands for, signed by whoever holds the key of this id."""
    if len(text) > MAX_TEXT_LENGTH:
        raise DocumentTooLarge(f"token of {len(text)} characters; at most {MAX_TEXT_LENGTH} are read")
    payload, dot, signature = text.partition(".")
    if not dot:
        raise BadEnvelope("token: not a payload and a signature")
    envelope = {
        "payload": base64.b64encode(_decoded(payload)).decode(),
        "payloadType": StationToken.PAYLOAD_TYPE,
        "signatures": [{"keyid": keyid, "sig": base64.b64encode(_decoded(signature)).decode()}],
    }
    return json.dumps(envelope).encode()


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadEnvelope("token: not base64url") from error
    if _base64url(raw) != text:
        raise BadEnvelope("token: not base64url as it is written here")
    return raw


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
