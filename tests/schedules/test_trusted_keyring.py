"""Keys rotate by chain and threshold, and nobody gets in between."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from schedules.envelope import SigningKey, public_key, sign
from schedules.errors import (
    BadDocument,
    BadSignature,
    DocumentTooLarge,
    Expired,
    Rollback,
    UntrustedDocument,
    VersionGap,
)
from schedules.trust import KeyringUpdated, SameKeyring, TrustedKeyring
from schedules.wire.keyring import Keyring, PublicKey
from tests.schedules.villages import NOW, PLAN_KEY, ROOT, STRANGER, keyring, trusted_keyring

A, B, C, D = (SigningKey.from_raw(bytes([n]) * 32) for n in (11, 12, 13, 14))


def two_of_three(version: int = 1, **changes: Any) -> Keyring:
    """A keyring whose next version needs two of three keys."""
    values = {"root_threshold": 2, "root_keys": (A.public, B.public, C.public), **changes}
    return keyring(version, **values)


def trusting_two_of_three() -> TrustedKeyring:
    return TrustedKeyring.first(sign(two_of_three(), [A, B]), NOW)


def test_the_first_keyring_is_signed_by_itself() -> None:
    """Its own threshold of its own keys."""
    trusted = trusting_two_of_three()
    assert (trusted.version, trusted.plan_keys) == (1, (PLAN_KEY.public,))
    for signers in ([], [A], [STRANGER], [A, STRANGER], [PLAN_KEY]):
        with pytest.raises(BadSignature):
            TrustedKeyring.first(sign(two_of_three(), signers), NOW)


def test_the_next_version_is_taken_with_the_old_and_the_new_keys() -> None:
    """B and C hand over to D: two of the old and two of the new signed it."""
    trusted = trusting_two_of_three()
    offered = two_of_three(2, root_keys=(B.public, C.public, D.public), plan_keys=(STRANGER.public,))
    assert trusted.update(sign(offered, [B, C]), NOW) == KeyringUpdated(offered)
    assert (trusted.version, trusted.plan_keys) == (2, (STRANGER.public,))


@pytest.mark.parametrize(
    ("signers", "why"),
    [
        ([A], "one of the old keys is not two"),
        ([D, STRANGER], "only new keys"),
        ([A, D], "one old and one new key"),
        ([A, B], "the old keys alone: nobody shows that the new ones exist"),
        ([PLAN_KEY], "a plan key"),
        ([], "nobody"),
    ],
)
def test_a_rotation_without_both_thresholds_is_refused(signers: Sequence[SigningKey], why: str) -> None:
    """Who holds fewer keys than the threshold can't change who is trusted."""
    trusted = trusting_two_of_three()
    offered = two_of_three(2, root_keys=(A.public, D.public, STRANGER.public))
    with pytest.raises(BadSignature):
        trusted.update(sign(offered, signers), NOW)
    assert (trusted.version, why != "") == (1, True)
    assert isinstance(trusted.update(sign(offered, [A, B, D]), NOW), KeyringUpdated)


def test_the_same_keyring_again_is_a_named_non_event() -> None:
    """With other signers too, as long as they meet the threshold."""
    trusted = trusting_two_of_three()
    assert trusted.update(sign(two_of_three(), [A, B]), NOW) == SameKeyring(1)
    assert trusted.update(sign(two_of_three(), [C, B, A]), NOW) == SameKeyring(1)


def test_a_lower_version_or_another_of_the_same_is_a_rollback() -> None:
    """A stolen old key is of no use with an old keyring."""
    trusted = trusted_keyring()
    trusted.update(sign(keyring(2), [ROOT]), NOW)
    for envelope_bytes in (sign(keyring(1), [ROOT]), sign(keyring(2, plan_keys=(STRANGER.public,)), [ROOT])):
        with pytest.raises(Rollback):
            trusted.update(envelope_bytes, NOW)
    assert trusted.version == 2


def test_a_version_can_not_be_skipped() -> None:
    """Each link is signed by the one before; a chain is taken link by link."""
    trusted = trusted_keyring()
    with pytest.raises(VersionGap):
        trusted.update(sign(keyring(3), [ROOT]), NOW)
    trusted.update(sign(keyring(2, root_keys=(A.public,)), [ROOT, A]), NOW)
    with pytest.raises(BadSignature):
        trusted.update(sign(keyring(3), [ROOT]), NOW)
    assert isinstance(trusted.update(sign(keyring(3, root_keys=(B.public,)), [A, B]), NOW), KeyringUpdated)


def test_one_signature_does_not_count_twice() -> None:
    """The same key twice in the list, under its own or another key id, is one key."""
    alias = PublicKey(keyid="f" * 64, public=A.public.public)
    for keys in ((A.public, alias), (A.public, A.public)):
        claimed = two_of_three().model_copy(update={"root_keys": keys})
        with pytest.raises(UntrustedDocument):
            TrustedKeyring.first(sign(claimed, [A]), NOW)
    with pytest.raises(BadDocument, match="key id"):
        TrustedKeyring.first(sign(two_of_three(root_keys=(A.public, B.public, alias)), [A, B]), NOW)


def test_a_rotation_to_keys_nobody_could_use_is_refused() -> None:
    """A mislabelled plan key would silence every village for good: it never comes in."""
    trusted = trusted_keyring()
    mislabelled = PublicKey(keyid="0" * 64, public=PLAN_KEY.public.public)
    with pytest.raises(BadDocument):
        trusted.update(sign(keyring(2, plan_keys=(mislabelled,)), [ROOT]), NOW)
    assert trusted.plan_keys == (PLAN_KEY.public,)


def test_expiry_is_judged_at_enrolment_and_alarms_later() -> None:
    """An expired keyring enrols nobody, but an enrolled station goes on with it over a cold boot."""
    envelope_bytes = sign(keyring(not_after=NOW + timedelta(days=1)), [ROOT])
    late = NOW + timedelta(days=2)
    with pytest.raises(Expired):
        TrustedKeyring.first(envelope_bytes, late)
    with pytest.raises(Expired):
        TrustedKeyring.first(envelope_bytes, NOW - timedelta(days=2))
    assert TrustedKeyring.first(envelope_bytes, late, clock_trusted=False).version == 1
    restored = TrustedKeyring.restore(envelope_bytes)
    assert restored.is_stale(late)
    assert not restored.is_stale(NOW)
    assert isinstance(restored.update(sign(keyring(2), [ROOT]), late), KeyringUpdated)
    assert not restored.is_stale(late)


def test_a_keyring_from_the_future_is_refused_where_the_clock_is_trusted() -> None:
    """More than a day ahead of a trusted clock is a mistake or worse."""
    ahead = sign(keyring(2, issued_at=NOW + timedelta(days=2)), [ROOT])
    trusted = trusted_keyring()
    with pytest.raises(Expired):
        trusted.update(ahead, NOW)
    assert isinstance(trusted.update(ahead, NOW, clock_trusted=False), KeyringUpdated)


def test_a_keyring_is_small() -> None:
    """What is parsed before it is verified is bounded."""
    with pytest.raises(DocumentTooLarge):
        TrustedKeyring.first(b" " * (Keyring.MAX_SIZE_BYTES + 1), NOW)


def test_a_key_id_is_the_hash_of_its_key() -> None:
    """So one key has one id."""
    assert public_key(A.public.public) == A.public
    assert len({key.public.keyid for key in (A, B, C, D)}) == 4


def test_a_private_key_shows_nothing() -> None:
    """Neither in logs nor in tracebacks; and only 32 bytes make one."""
    assert A.raw().hex() not in repr(A)
    assert SigningKey.from_raw(A.raw()).public == A.public
    assert SigningKey.generate().public != SigningKey.generate().public
