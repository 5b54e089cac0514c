"""Errors of the pure core, by whose fault they are."""

from __future__ import annotations


class ScheduleError(Exception):
    """Root of every error this package raises on purpose."""


class InvalidInput(ScheduleError):
    """The caller handed over a value that breaks a rule; the message names it."""


class UntrustedDocument(ScheduleError):
    """Bytes from outside were refused; `code` says by which rule, the message says why."""

    code = "untrusted"


class DocumentTooLarge(UntrustedDocument):
    """More bytes than a document of this kind may have."""

    code = "too_large"


class BadEnvelope(UntrustedDocument):
    """The bytes are no DSSE envelope of the expected payload type."""

    code = "bad_envelope"


class BadSignature(UntrustedDocument):
    """Unsigned, signed by a key that is not trusted, or altered after signing."""

    code = "bad_signature"


class BadDocument(UntrustedDocument):
    """Correctly signed, but not a document this version understands: format, field or value."""

    code = "bad_document"


class WrongStation(UntrustedDocument):
    """Signed for another station."""

    code = "wrong_station"


class Rollback(UntrustedDocument):
    """A lower serial than the one already trusted: an old document played again."""

    code = "rollback"


class VersionGap(UntrustedDocument):
    """A keyring that skips a version: the ones between must be taken first, each signed by the one before."""

    code = "version_gap"


class Expired(UntrustedDocument):
    """Past its `not_after`, or not valid yet."""

    code = "expired"
