"""What every wire document shares: closed, frozen, one spelling of instants and of bytes.

Unknown fields are refused; `format` names the version. The canonical bytes (sorted keys, no blanks, UTF-8)
are made once, signed, and from then on only copied: nobody re-serialises a document he did not write.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
)

from schedules.errors import BadDocument

# Room on both sides for whoever adds a duration or shows it in local time; a lost clock says 1970.
_FIRST_YEAR, _LAST_YEAR = 1900, 2300


def _to_utc_ms(value: datetime) -> datetime:
    try:
        in_utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    except OverflowError as error:  # the first or last hours of the calendar, in another zone
        raise ValueError("the instant is outside the calendar") from error
    beyond = in_utc.microsecond % 1000
    if not _FIRST_YEAR <= in_utc.year <= _LAST_YEAR:
        raise ValueError(f"the instant is not in the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return in_utc.replace(microsecond=in_utc.microsecond - beyond) if beyond else in_utc


@lru_cache(maxsize=4096)  # the same few instants stand in draft after draft of one airing
def format_instant(value: datetime) -> str:
    """An instant as the wire writes it: `2026-11-24T22:30:00.000Z`."""
    return _to_utc_ms(value).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


Instant = Annotated[AwareDatetime, AfterValidator(_to_utc_ms), PlainSerializer(format_instant)]
"""An aware instant, in UTC, to the millisecond."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
StationId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Key = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._:/+-]+$")]
Tag = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Title = Annotated[str, Field(min_length=1, max_length=300)]
DurationMs = Annotated[int, Field(ge=0, le=24 * 3600 * 1000)]
Count = Annotated[int, Field(ge=0, le=2**53)]


class WireValue(BaseModel):
    """A closed, frozen part of a document."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="null", str_max_length=4000)


class WireDocument(WireValue):
    """A document that travels signed. Subclasses set the DSSE payload type and the largest size."""

    PAYLOAD_TYPE: ClassVar[str]
    MAX_SIZE_BYTES: ClassVar[int] = 8 * 1024 * 1024

    def to_bytes(self) -> bytes:
        """Canonical JSON, the bytes that are signed."""
        plain: Any = self.model_dump(mode="json")
        return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """The document in verified bytes; `BadDocument` says which field is wrong and how."""
        try:
            return cls.model_validate_json(payload)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "document"
            # A field's name is the sender's text: short and on one line, whatever it is.
            raise BadDocument(f"{cls.__name__.lower()}: {where[:120]!a}: {first['msg'][:200]}") from error
