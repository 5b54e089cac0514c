"""Which keys are the province's: trusted once at enrolment, then rotated by chain and threshold.

Rules, after TUF's root:

1. The first keyring is trusted because of how it came (the enrolment), and must be signed by its own keys.
2. The next one has exactly the next version, and is signed by the threshold of the present one and of itself.
3. The same keyring again is a named non-event; another one of the same or a lower version is a rollback.
4. Expiry degrades and alarms, it does not silence: an expired keyring still verifies, `is_stale` says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.envelope import public_key, unverified_payload, verified_payload
from schedules.errors import BadDocument, Expired, Rollback, VersionGap
from schedules.wire.keyring import Keyring, PublicKey

MAX_AHEAD = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class KeyringUpdated:
    """The next version is trusted from now on."""

    keyring: Keyring


@dataclass(frozen=True, slots=True)
class SameKeyring:
    """The keyring that is trusted already came again: nothing to do."""

    version: int


class TrustedKeyring:
    """The province's keys as one station (or the server) trusts them. Made by `first` or `restore`."""

    def __init__(self, keyring: Keyring, payload: bytes) -> None:
        """For `first` and `restore`: the keyring and the payload it was verified from."""
        self._keyring = keyring
        self._payload = payload

    @classmethod
    def first(cls, envelope_bytes: bytes, now: datetime, *, clock_trusted: bool = True) -> TrustedKeyring:
        """Trust on enrolment. Any `UntrustedDocument`; `Expired` only where the clock can be trusted.

        For the station's own cache at a cold boot take `restore`: an expired keyring must not silence it.
        """
        trusted = cls.restore(envelope_bytes)
        if clock_trusted and now > trusted.keyring.not_after:
            raise Expired(
                f"keyring {trusted.keyring.version} expired at {trusted.keyring.not_after}; issue a new one"
            )
        if clock_trusted:
            _refuse_from_the_future(trusted.keyring, now)
        return trusted

    @classmethod
    def restore(cls, envelope_bytes: bytes) -> TrustedKeyring:
        """From the station's own cache. Self-signed by its threshold or refused; dates are not judged.

        The one place where bytes are parsed before they are verified: the keys to verify with are in them.
        Size and format are bounded, and nothing but the keys is used until the signatures hold.
        """
        claimed = Keyring.from_bytes(unverified_payload(envelope_bytes, Keyring))
        _refuse_unusable(claimed)
        payload = verified_payload(envelope_bytes, Keyring, claimed.root_keys, claimed.root_threshold)
        return cls(Keyring.from_bytes(payload), payload)

    def update(
        self, envelope_bytes: bytes, now: datetime, *, clock_trusted: bool = True
    ) -> KeyringUpdated | SameKeyring:
        """Take the next version, or raise an `UntrustedDocument` and keep the present one.

        An expired next version is taken: it may be one link of a longer chain. `is_stale` tells afterwards.
        """
        present = self._keyring
        payload = verified_payload(envelope_bytes, Keyring, present.root_keys, present.root_threshold)
        if payload == self._payload:
            return SameKeyring(present.version)
        offered = Keyring.from_bytes(payload)
        if offered.version <= present.version:
            raise Rollback(f"keyring {offered.version} is not newer than {present.version}; it is refused")
        if offered.version > present.version + 1:
            raise VersionGap(
                f"keyring {offered.version} skips versions after {present.version}; fetch those between first"
            )
        _refuse_unusable(offered)
        verified_payload(envelope_bytes, Keyring, offered.root_keys, offered.root_threshold)
        if clock_trusted:
            _refuse_from_the_future(offered, now)
        self._keyring, self._payload = offered, payload
        return KeyringUpdated(offered)

    @property
    def keyring(self) -> Keyring:
        """The trusted document."""
        return self._keyring

    @property
    def version(self) -> int:
        """The trusted version."""
        return self._keyring.version

    @property
    def plan_keys(self) -> tuple[PublicKey, ...]:
        """The keys that sign plans and alerts."""
        return self._keyring.plan_keys

    def is_stale(self, now: datetime) -> bool:
        """Whether the keyring is past its `not_after`: it still verifies, and the station should alarm."""
        return now > self._keyring.not_after


def _refuse_unusable(keyring: Keyring) -> None:
    """A keyring whose threshold can't be met with well-labelled keys would lock everybody out for good."""
    for key in (*keyring.root_keys, *keyring.plan_keys):
        if public_key(key.public) != key:
            raise BadDocument(f"keyring {keyring.version}: key id {key.keyid[:12]}… is not that of its key")
    if keyring.root_threshold > len({key.public for key in keyring.root_keys}):
        raise BadDocument(f"keyring {keyring.version}: fewer different root keys than its threshold")


def _refuse_from_the_future(keyring: Keyring, now: datetime) -> None:
    if keyring.issued_at > now + MAX_AHEAD:
        raise Expired(f"keyring {keyring.version} is not valid before {keyring.issued_at}; check the clock")
