"""When a station believes a plan, tried with each forgery."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.compile import compile_plan
from schedules.envelope import SigningKey, sign
from schedules.errors import (
    BadDocument,
    BadEnvelope,
    BadSignature,
    DocumentTooLarge,
    Expired,
    Rollback,
    UntrustedDocument,
    WrongStation,
)
from schedules.trust import Accepted, SameSerial, TrustedPlan
from schedules.wire.alert import Alert
from schedules.wire.plan import Plan
from tests.schedules.villages import (
    BOTH,
    NOW,
    PLAN_KEY,
    ROOT,
    STATION_KEY,
    STRANGER,
    keyring,
    plan,
    signed_json,
    slot,
    trusted_keyring,
    village,
)


def started() -> TrustedPlan:
    """A station that trusts plan 5."""
    trusted = TrustedPlan.start(trusted_keyring(), "dakcheung")
    trusted.offer(signed(5), NOW)
    return trusted


def signed(serial: int, key: SigningKey = PLAN_KEY, **changes: Any) -> bytes:
    """A plan's envelope."""
    return sign(plan(serial, **changes), [key])


PLAIN: dict[str, Any] = json.loads(plan(6).to_bytes())


def test_the_first_plan_and_every_higher_one_is_accepted() -> None:
    """Serials may skip: plans in between were never fetched."""
    trusted = TrustedPlan.start(trusted_keyring(), "dakcheung")
    assert (trusted.plan, trusted.serial, trusted.is_stale(NOW)) == (None, 0, True)
    for serial in (1, 2, 40):
        outcome = trusted.offer(signed(serial), NOW)
        assert outcome == Accepted(plan(serial))
        assert (trusted.plan, trusted.serial) == (plan(serial), serial)


def test_the_same_plan_again_is_a_named_non_event() -> None:
    """Also when another valid signature or its JSON's order made other bytes around the same payload."""
    trusted = started()
    assert trusted.offer(signed(5), NOW) == SameSerial(5)
    reordered = json.dumps(dict(reversed(json.loads(signed(5)).items())), indent=1).encode()
    assert trusted.offer(reordered, NOW) == SameSerial(5)


FORGERIES: dict[str, tuple[bytes, type[UntrustedDocument]]] = {
    "unsigned": (sign(plan(6), []), BadSignature),
    "signed by a stranger": (signed(6, STRANGER), BadSignature),
    "signed by the root key, which signs no plans": (signed(6, ROOT), BadSignature),
    "signed by the station's own key": (signed(6, STATION_KEY), BadSignature),
    "for another station": (signed(6, station="thateng"), WrongStation),
    "a lower serial": (signed(4), Rollback),
    "the same serial, other content": (signed(5, village="Elsewhere"), Rollback),
    "past not_after": (
        signed(
            6,
            issued_at=NOW - timedelta(days=200),
            fresh_until=NOW - timedelta(days=170),
            not_after=NOW - timedelta(seconds=1),
        ),
        Expired,
    ),
    "issued more than a day ahead": (signed(6, issued_at=NOW + timedelta(hours=24, seconds=1)), Expired),
    "an unknown zone of time": (signed(6, time_zone="Asia/Sekong"), BadDocument),
    "an unknown format": (signed_json(Plan, {**PLAIN, "format": "sekong-plan/2"}), BadDocument),
    "an unknown field": (signed_json(Plan, {**PLAIN, "extra": 1}), BadDocument),
    "a missing field": (signed_json(Plan, {k: v for k, v in PLAIN.items() if k != "zones"}), BadDocument),
    "an instant without zone": (
        signed_json(Plan, {**PLAIN, "issued_at": "2026-11-23T14:00:00"}),
        BadDocument,
    ),
    "an instant at the end of the calendar": (
        signed_json(Plan, {**PLAIN, "not_after": "9999-12-31T23:59:59-12:00"}),
        BadDocument,
    ),
    "no object": (signed_json(Plan, [PLAIN]), BadDocument),
    "a signed alert": (sign(Alert.model_construct(), [PLAN_KEY]), BadEnvelope),
    "too many bytes": (b" " * (Plan.MAX_SIZE_BYTES + 1), DocumentTooLarge),
    "no envelope": (plan(6).to_bytes(), BadEnvelope),
    "nothing": (b"", BadEnvelope),
    "deep nesting": (b"[" * 1_000_000, BadEnvelope),
    "a huge number": (b'{"payload":' + b"9" * 1_000_000 + b"}", BadEnvelope),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forgery_is_refused_and_the_last_good_plan_stays(forgery: str) -> None:
    """Each by its own rule, in one line, with a code for the report."""
    envelope_bytes, rule = FORGERIES[forgery]
    trusted = started()
    with pytest.raises(rule) as refused:
        trusted.offer(envelope_bytes, NOW)
    assert refused.value.code == rule.code
    assert 0 < len(str(refused.value)) < 400
    assert "\n" not in str(refused.value)
    assert (trusted.plan, trusted.serial) == (plan(5), 5)
    assert trusted.offer(signed(5), NOW) == SameSerial(5)


def test_a_signature_taken_from_another_plan_does_not_hold() -> None:
    """Payload and signature belong together."""
    envelope = json.loads(signed(6))
    envelope["payload"] = base64.b64encode(plan(7).to_bytes()).decode()
    with pytest.raises(BadSignature):
        started().offer(json.dumps(envelope).encode(), NOW)


def test_a_signature_is_bound_to_the_kind_of_document() -> None:
    """The payload type is signed too: a plan's payload can't be passed off as another document's."""
    envelope = json.loads(signed(6))
    envelope["payloadType"] = Alert.PAYLOAD_TYPE
    with pytest.raises(BadEnvelope):
        started().offer(json.dumps(envelope).encode(), NOW)


REAL = sign(compile_plan(village(), (slot(),), BOTH, serial=6, now=NOW).plan, [PLAN_KEY])


@settings(max_examples=400)
@given(st.integers(0, len(REAL) - 1), st.integers(1, 255))
def test_no_byte_of_an_envelope_can_be_altered(position: int, flip: int) -> None:
    """Any bit pattern at any place: refused."""
    altered = bytearray(REAL)
    altered[position] ^= flip
    with pytest.raises(UntrustedDocument):
        started().offer(bytes(altered), NOW)


def test_no_byte_at_the_ends_of_an_envelope_can_be_altered() -> None:
    """Every byte of a small envelope's frame: the type, key id, signature and base64's last characters."""
    small = signed(6)
    trusted = started()
    frame = [*range(40), *range(len(small) - 420, len(small))]
    for position in frame:
        for flip in (1, 2, 4, 8, 16, 32, 64, 128):
            altered = bytearray(small)
            altered[position] ^= flip
            with pytest.raises(UntrustedDocument):
                trusted.offer(bytes(altered), NOW)
    assert isinstance(trusted.offer(small, NOW), Accepted)


@given(st.integers(0, len(REAL) - 1))
def test_a_truncated_envelope_is_refused(length: int) -> None:
    """A download that broke off, or a stick pulled out."""
    with pytest.raises(UntrustedDocument):
        started().offer(REAL[:length], NOW)


def test_dates_are_not_judged_by_a_clock_that_is_not_trusted() -> None:
    """A station whose battery died says 1970, or 2040: the serial decides."""
    for year in (1970, 2040):
        trusted = started()
        now = NOW.replace(year=year)
        assert isinstance(trusted.offer(signed(6), now, clock_trusted=False), Accepted)
        with pytest.raises(Rollback):
            trusted.offer(signed(4), now, clock_trusted=False)
        with pytest.raises(Expired):
            trusted.offer(signed(7), now)


def test_a_plan_past_fresh_until_goes_on_and_alarms() -> None:
    """28 days without network: stale, not silent; after 180 days a cold boot refuses it."""
    envelope_bytes = signed(5)
    for days, stale in ((27, False), (29, True), (180, True)):
        now = NOW + timedelta(days=days)
        trusted = TrustedPlan.start(trusted_keyring(), "dakcheung")
        assert trusted.restore(envelope_bytes, now) == plan(5)
        assert trusted.is_stale(now) is stale
        assert not trusted.is_expired(now)
    late = NOW + timedelta(days=180, milliseconds=1)
    with pytest.raises(Expired):
        TrustedPlan.start(trusted_keyring(), "dakcheung").restore(envelope_bytes, late)
    assert trusted.is_expired(late)


def test_a_cache_that_was_tampered_with_is_refused() -> None:
    """A disk is no more trusted than the network."""
    trusted = TrustedPlan.start(trusted_keyring(), "dakcheung")
    with pytest.raises(BadSignature):
        trusted.restore(signed(9, STRANGER), NOW)
    assert trusted.plan is None


def test_a_station_that_lost_its_cache_takes_the_same_plan_again_but_no_older_one() -> None:
    """The remembered serial outlives the file."""
    trusted = TrustedPlan.start(trusted_keyring(), "dakcheung", known_serial=5)
    with pytest.raises(Rollback):
        trusted.offer(signed(4), NOW)
    assert trusted.offer(signed(5), NOW) == Accepted(plan(5))


def test_restoring_twice_gives_the_same_plan() -> None:
    """A second start with the same cache changes nothing."""
    trusted = started()
    assert trusted.restore(signed(5), NOW) == plan(5)


def test_a_new_keyring_holds_for_the_next_offer() -> None:
    """Plans of a key that was rotated out are refused at once, those of the new one are taken."""
    ring = trusted_keyring()
    trusted = TrustedPlan.start(ring, "dakcheung")
    trusted.offer(signed(5), NOW)
    ring.update(sign(keyring(2, plan_keys=(STRANGER.public,)), [ROOT]), NOW)
    with pytest.raises(BadSignature):
        trusted.offer(signed(6), NOW)
    assert isinstance(trusted.offer(signed(6, STRANGER), NOW), Accepted)


@given(st.lists(st.integers(1, 30), max_size=25))
def test_the_serial_never_falls_whatever_is_offered(serials: list[int]) -> None:
    """Any order of old and new plans leaves the highest that was offered."""
    trusted = TrustedPlan.start(trusted_keyring(), "dakcheung")
    highest = 0
    for serial in serials:
        if serial < highest:
            with pytest.raises(Rollback):
                trusted.offer(signed(serial), NOW)
        else:
            trusted.offer(signed(serial), NOW)
        highest = max(highest, serial)
        assert trusted.serial == highest
