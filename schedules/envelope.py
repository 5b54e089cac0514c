"""DSSE envelopes with Ed25519: bytes are verified before they are parsed.

Source: the DSSE 1.0 protocol (pre-authentication encoding over payload type and payload), here by
securesystemslib. Key ids are the SHA-256 of the raw public key.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import CryptoSigner, SSlibKey

from schedules.errors import BadEnvelope, BadSignature, DocumentTooLarge, InvalidInput
from schedules.wire.base import WireDocument
from schedules.wire.keyring import PublicKey

MAX_SIGNATURES = 32


@dataclass(frozen=True, repr=False)
class SigningKey:
    """An Ed25519 private key. Its repr shows nothing; `public` is what others may know."""

    private: Ed25519PrivateKey

    @classmethod
    def generate(cls) -> SigningKey:
        """A new key from the operating system's randomness."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_raw(cls, raw: bytes) -> SigningKey:
        """From its 32 raw bytes; `InvalidInput` for any other length."""
        if len(raw) != 32:
            raise InvalidInput(f"an Ed25519 private key has 32 bytes, not {len(raw)}")
        return cls(Ed25519PrivateKey.from_private_bytes(raw))

    def raw(self) -> bytes:
        """Its 32 raw bytes, for the owner's key file only."""
        return self.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())

    @property
    def public(self) -> PublicKey:
        """The public half as the wire writes it."""
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return public_key(raw.hex())


def public_key(public_hex: str) -> PublicKey:
    """A public key with its key id, from 64 hexadecimal digits."""
    return PublicKey(keyid=hashlib.sha256(bytes.fromhex(public_hex)).hexdigest(), public=public_hex)


def _sslib_key(key: PublicKey) -> SSlibKey:
    known = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public))
    return SSlibKey.from_crypto(known, keyid=key.keyid)


def sign(document: WireDocument, keys: Sequence[SigningKey]) -> bytes:
    """The envelope's bytes: JSON with `payloadType`, base64 `payload` and one signature a key."""
    envelope = Envelope(document.to_bytes(), document.PAYLOAD_TYPE, {})
    for key in keys:
        envelope.sign(CryptoSigner(key.private, _sslib_key(key.public)))
    return json.dumps(envelope.to_dict(), sort_keys=True, separators=(",", ":")).encode()


def verified_payload(
    envelope_bytes: bytes,
    kind: type[WireDocument],
    keys: Sequence[PublicKey],
    threshold: int = 1,
) -> bytes:
    """The payload of an envelope that `threshold` of the keys signed, not parsed yet.

    Raises `DocumentTooLarge`, `BadEnvelope` (no DSSE, or another payload type) or `BadSignature`.
    """
    envelope = _parse_envelope(envelope_bytes, kind)
    distinct = {key.keyid: _sslib_key(key) for key in keys if public_key(key.public).keyid == key.keyid}
    try:
        envelope.verify(list(distinct.values()), threshold)
    except (VerificationError, ValueError) as error:
        raise BadSignature(
            f"{kind.__name__.lower()} is not signed by {threshold} trusted key(s); it is refused"
        ) from error
    return bytes(envelope.payload)


def unverified_payload(envelope_bytes: bytes, kind: type[WireDocument]) -> bytes:
    """The payload as it is claimed, with no signature looked at: only to learn which key to verify with.

    Raises `DocumentTooLarge` or `BadEnvelope`.
    """
    return bytes(_parse_envelope(envelope_bytes, kind).payload)


def _parse_envelope(envelope_bytes: bytes, kind: type[WireDocument]) -> Envelope:
    if len(envelope_bytes) > kind.MAX_SIZE_BYTES:
        raise DocumentTooLarge(
            f"{kind.__name__.lower()} of {len(envelope_bytes)} bytes; at most {kind.MAX_SIZE_BYTES} are read"
        )
    kind_name = kind.__name__.lower()
    try:
        plain: Any = json.loads(envelope_bytes)
        if not _is_exact(plain):
            raise BadEnvelope(f"{kind_name}: not a DSSE envelope")
        if plain["payloadType"] != kind.PAYLOAD_TYPE:
            raise BadEnvelope(f"{kind_name}: the envelope holds {plain['payloadType'][:80]!a}")
        return Envelope.from_dict(plain)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadEnvelope(f"{kind_name}: not a DSSE envelope") from error


def _is_exact(plain: Any) -> bool:
    """Whether this is an envelope as `sign` writes it, so that no altered byte goes unnoticed.

    Decoders skip foreign characters and spare bits of base64, and unknown fields: none of that is let in.
    """
    if not isinstance(plain, dict) or set(plain) != {"payload", "payloadType", "signatures"}:
        return False
    signatures = plain["signatures"]
    if not isinstance(signatures, list) or len(signatures) > MAX_SIGNATURES:
        return False
    if any(not isinstance(one, dict) or set(one) != {"keyid", "sig"} for one in signatures):
        return False
    texts = [plain["payloadType"], *(one["keyid"] for one in signatures)]
    encoded = [plain["payload"], *(one["sig"] for one in signatures)]
    return all(isinstance(text, str) for text in (*texts, *encoded)) and all(
        base64.b64encode(base64.b64decode(text, validate=True)).decode() == text for text in encoded
    )
