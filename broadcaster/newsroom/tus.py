"""The tus 1.0.0 protocol for resumable uploads: what its headers mean and when a request is refused.

Only words in and values out; files and rows are `incoming`'s, HTTP is `tus_doors`'.
Source: https://tus.io/protocols/resumable-upload (core, creation, creation-with-upload, expiration,
termination, checksum).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from broadcaster.errors import BroadcasterError

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,termination,checksum"
CHECKSUMS = ("sha1", "sha256")
BYTES = "application/offset+octet-stream"
LONGEST_METADATA = 8192
LARGEST_NUMBER = 2**63 - 1
_NUMBER = re.compile(r"[0-9]{1,19}")
_KEY = re.compile(r"[!-+\--~]+")
"""A metadata key: ASCII without blanks and commas."""


class Refusal(BroadcasterError):
    """A request the protocol refuses, with the status it names."""

    def __init__(self, status: int, code: str, message: str, **params: object) -> None:
        super().__init__(message, code=code, **params)
        self.http_status = status


@dataclass(frozen=True)
class Checksum:
    """What the bytes of one request must hash to."""

    algorithm: str
    digest: bytes

    def matches(self, seen: hashlib._Hash) -> bool:
        """Whether what was hashed is what the sender hashed."""
        return hmac.compare_digest(seen.digest(), self.digest)


def check_version(header: str | None) -> None:
    """412 unless the client speaks our version."""
    if header != VERSION:
        raise Refusal(412, "tus_version", f"this server speaks tus {VERSION}; send Tus-Resumable: {VERSION}")


def upload_length(header: str | None, most: int) -> int:
    """The announced size in bytes; 400 when there is none or it is no number, 413 above `most`."""
    size = _number("Upload-Length", header)
    if size > most:
        raise Refusal(
            413,
            "too_large",
            f"the file has {size} bytes; {most} are possible",
            size_bytes=size,
            max_size_bytes=most,
        )
    return size


def upload_offset(header: str | None) -> int:
    """Where the sender goes on; 400 when the header is missing or no number."""
    return _number("Upload-Offset", header)


def check_content_type(header: str | None) -> None:
    """415 unless the body is bytes of an upload."""
    if (header or "").split(";")[0].strip().lower() != BYTES:
        raise Refusal(415, "tus_content_type", f"the body of this request must be {BYTES}")


def metadata(header: str | None) -> dict[str, str]:
    """The pairs of Upload-Metadata; 400 for what is no list of keys with base64 of UTF-8."""
    pairs: dict[str, str] = {}
    text = (header or "").strip()
    if len(text) > LONGEST_METADATA:
        raise _bad_metadata(f"is longer than {LONGEST_METADATA} characters")
    for pair in text.split(",") if text else ():
        key, _blank, value = pair.strip().partition(" ")
        if not _KEY.fullmatch(key):
            raise _bad_metadata(f"has a key that is none: {key[:40]!r}")
        if key in pairs:
            raise _bad_metadata(f"has the key {key!r} twice")
        try:
            pairs[key] = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, ValueError) as error:
            raise _bad_metadata(f"has no base64 of UTF-8 text at {key!r}") from error
    return pairs


def checksum(header: str | None) -> Checksum | None:
    """What Upload-Checksum promises, None without the header; 400 for an algorithm we do not have."""
    if header is None:
        return None
    algorithm, _blank, value = header.strip().partition(" ")
    if algorithm not in CHECKSUMS:
        known = ", ".join(CHECKSUMS)
        raise Refusal(400, "tus_header", f"the checksum must be one of {known}, not {algorithm[:20]!r}")
    try:
        digest = base64.b64decode(value.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refusal(400, "tus_header", "the checksum is not base64; send it anew") from error
    if len(digest) != hashlib.new(algorithm).digest_size:
        raise Refusal(400, "tus_header", f"the checksum has not the length of {algorithm}; send it anew")
    return Checksum(algorithm, digest)


def check_append(held: int, whole: int, said: int, coming: int | None) -> None:
    """409 unless the sender goes on where the server stands, 413 when more would come than was announced.

    All in bytes: `held` are kept, `whole` were announced, the sender says to go on at `said`; `coming` is
    the body's length, None where it is not known before its end.
    """
    if said != held:
        raise Refusal(409, "tus_offset", f"{held} bytes are here, not {said}; ask with HEAD and go on there")
    if coming is not None and said + coming > whole:
        raise too_much(whole)


def too_much(whole: int) -> Refusal:
    """413: more bytes than were announced."""
    return Refusal(413, "tus_too_much", f"more bytes came than the {whole} that were announced")


def http_date(instant: datetime) -> str:
    """An aware UTC instant as Upload-Expires wants it (RFC 9110)."""
    return format_datetime(instant, usegmt=True)


def _number(name: str, header: str | None) -> int:
    text = header or ""
    if not _NUMBER.fullmatch(text) or int(text) > LARGEST_NUMBER:
        raise Refusal(400, "tus_header", f"{name} must be a whole number of bytes, not {text[:40]!r}")
    return int(text)


def _bad_metadata(what: str) -> Refusal:
    return Refusal(400, "tus_header", f"Upload-Metadata {what}")
