"""The keyring: which keys the province signs with. It rotates by chain and threshold."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schedules.wire.base import Instant, WireDocument, WireValue


class PublicKey(WireValue):
    """An Ed25519 public key: 32 bytes as lower-case hexadecimal, and the key id signatures name."""

    keyid: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    public: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Keyring(WireDocument):
    """Version n+1 must be signed by `threshold` keys of version n and of itself (after TUF's root)."""

    PAYLOAD_TYPE: ClassVar[str] = "application/vnd.sekong.keyring+json"
    MAX_SIZE_BYTES: ClassVar[int] = 64 * 1024

    format: Literal["sekong-keyring/1"] = "sekong-keyring/1"
    version: Annotated[int, Field(ge=1)]
    issued_at: Instant
    not_after: Instant
    root_threshold: Annotated[int, Field(ge=1, le=16)]
    root_keys: Annotated[tuple[PublicKey, ...], Field(min_length=1, max_length=16)]
    plan_keys: Annotated[tuple[PublicKey, ...], Field(min_length=1, max_length=16)]

    @model_validator(mode="after")
    def _threshold_can_be_met(self) -> Self:
        if self.root_threshold > len({key.keyid for key in self.root_keys}):
            raise ValueError("root_threshold is higher than the number of root keys")
        return self
