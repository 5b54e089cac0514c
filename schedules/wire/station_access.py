"""How a station comes in: the enrolment request and answer, and its short-lived token."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from schedules.wire.base import Instant, StationId, Title, WireDocument, WireValue


class EnrolmentRequest(WireValue):
    """`POST /api/v1/enrolments`: the one-time code and the station's Ed25519 public key in hexadecimal."""

    code: Annotated[str, Field(min_length=6, max_length=40)]
    public_key: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    software: Annotated[str, Field(max_length=40)] = ""


class EnrolmentAnswer(WireValue):
    """The station's id and the keyring's envelope (DSSE JSON, base64), trusted from now on."""

    station: StationId
    village: Title
    keyring: str
    server_time: Instant


class ReportReceipt(WireValue):
    """Answer to a report: the server has every entry through this number."""

    acknowledged: Annotated[int, Field(ge=0)]
    plan_serial: Annotated[int, Field(ge=0)]
    server_time: Instant


class BellAnswer(WireValue):
    """Answer of the bell: the newest plan's serial; equal to `after` when nothing rang."""

    plan_serial: Annotated[int, Field(ge=0)]
    server_time: Instant


class StationToken(WireDocument):
    """Signed by the station's own key, at most five minutes long, for one audience.

    Sent as `Authorization: Station <payload>.<signature>`; see `schedules.station_token`.
    """

    PAYLOAD_TYPE: ClassVar[str] = "application/vnd.sekong.token+json"
    MAX_SIZE_BYTES: ClassVar[int] = 4096

    format: Literal["sekong-token/1"] = "sekong-token/1"
    station: StationId
    audience: Literal["sekong-province"] = "sekong-province"
    issued_at: Instant
    expires_at: Instant
    nonce: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
