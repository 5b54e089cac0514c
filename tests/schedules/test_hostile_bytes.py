"""Whatever arrives, a reader of documents raises `UntrustedDocument` and nothing else."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.envelope import MAX_SIGNATURES, sign, verified_payload
from schedules.errors import BadEnvelope, BadSignature, UntrustedDocument
from schedules.trust import TrustedKeyring, TrustedPlan, trusted_alert, trusted_report
from schedules.wire.alert import Alert
from schedules.wire.base import WireDocument
from schedules.wire.keyring import Keyring
from schedules.wire.plan import Plan
from schedules.wire.report import StationReport
from schedules.wire.station_access import StationToken
from tests.schedules.villages import NOW, PLAN_KEY, ROOT, STATION_KEY, STRANGER, plan, trusted_keyring

KINDS: tuple[type[WireDocument], ...] = (Plan, Keyring, Alert, StationReport, StationToken)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(max_size=30)
    | st.datetimes().map(lambda value: value.isoformat() + "+14:00"),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


def read_everywhere(envelope_bytes: bytes) -> None:
    """Each reader refuses these bytes, in one line."""
    ring = trusted_keyring()
    readers = (
        lambda: TrustedPlan.start(ring, "dakcheung").offer(envelope_bytes, NOW),
        lambda: TrustedKeyring.first(envelope_bytes, NOW),
        lambda: ring.update(envelope_bytes, NOW),
        lambda: trusted_alert(envelope_bytes, ring, "dakcheung", NOW, {}),
        lambda: trusted_report(envelope_bytes, STATION_KEY.public, "dakcheung"),
    )
    for read in readers:
        with pytest.raises(UntrustedDocument) as refused:
            read()
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 500


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused(envelope_bytes: bytes) -> None:
    """Noise on the line, a foreign file on the stick."""
    read_everywhere(envelope_bytes)


@given(json_values)
def test_arbitrary_json_is_refused(plain: Any) -> None:
    """JSON that is no envelope."""
    read_everywhere(json.dumps(plain).encode())


texts = st.one_of(
    st.text(max_size=20), st.binary(max_size=40).map(lambda raw: base64.b64encode(raw).decode())
)
signatures = st.lists(
    st.fixed_dictionaries({"keyid": texts | json_values, "sig": texts | json_values}), max_size=3
)


@given(texts | json_values, st.sampled_from([kind.PAYLOAD_TYPE for kind in KINDS]), signatures | json_values)
def test_an_envelope_of_arbitrary_parts_is_refused(payload: Any, payload_type: str, signed_by: Any) -> None:
    """The frame of an envelope with anything in it."""
    plain = {"payload": payload, "payloadType": payload_type, "signatures": signed_by}
    read_everywhere(json.dumps(plain).encode())


@settings(max_examples=200)
@given(st.data())
def test_a_signed_payload_with_any_field_replaced_is_read_or_refused(data: st.DataObject) -> None:
    """Even who holds the key can't make a reader fail in another way."""
    plain = json.loads(plan(6).to_bytes())
    field = data.draw(st.sampled_from(sorted(plain)))
    plain[field] = data.draw(json_values)
    try:
        document = Plan.from_bytes(json.dumps(plain).encode())
    except UntrustedDocument:
        return
    assert Plan.from_bytes(document.to_bytes()) == document


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "payload",
    [b"", b"null", b"[]", b"\xff\xfe", b"[" * 100_000, b'{"station":' * 5000, b"9" * 100_000, b'"\\ud800"'],
)
def test_hostile_payloads_are_bad_documents(kind: type[WireDocument], payload: bytes) -> None:
    """Nesting, number size and encoding are bounded by the parser."""
    with pytest.raises(UntrustedDocument):
        kind.from_bytes(payload)


def test_a_field_name_of_the_sender_stays_short_and_on_one_line() -> None:
    """Messages go to logs and pages."""
    plain = {**json.loads(plan(6).to_bytes()), "a\nb" * 1000: 1}
    with pytest.raises(UntrustedDocument) as refused:
        Plan.from_bytes(json.dumps(plain).encode())
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400


def altered(**changes: Any) -> bytes:
    """A good plan envelope with parts replaced."""
    return json.dumps({**json.loads(sign(plan(6), [PLAN_KEY])), **changes}).encode()


GOOD: dict[str, Any] = json.loads(sign(plan(6), [PLAN_KEY]))
(SIGNATURE,) = GOOD["signatures"]
# 64 bytes end in a character of which four bits are spare; one of them set decodes to the same bytes.
SPARE_BITS = SIGNATURE["sig"][:-3] + chr(ord(SIGNATURE["sig"][-3]) + 1) + "=="


@pytest.mark.parametrize(
    "changes",
    [
        {"payload": GOOD["payload"] + "\n"},
        {"payload": "!" + GOOD["payload"]},
        {"payload": base64.urlsafe_b64encode(b"\xff\xff\xff").decode()},
        {"signatures": [SIGNATURE, SIGNATURE]},
        {"signatures": [{**SIGNATURE, "note": "x"}]},
        {"signatures": [{**SIGNATURE, "sig": SIGNATURE["sig"].rstrip("=")}]},
        {"signatures": [{**SIGNATURE, "sig": SPARE_BITS}]},
        {"signatures": [SIGNATURE] + [{"keyid": str(n), "sig": ""} for n in range(MAX_SIGNATURES)]},
        {"signatures": {"keyid": "x"}},
        {"signatures": "x"},
        {"payloadType": 7},
        {"comment": "x"},
    ],
)
def test_an_envelope_that_is_not_written_as_we_write_it_is_refused(changes: dict[str, Any]) -> None:
    """One spelling of each envelope: nothing rides along beside what is signed."""
    assert base64.b64decode(SPARE_BITS) == base64.b64decode(SIGNATURE["sig"])
    with pytest.raises(BadEnvelope):
        verified_payload(altered(**changes), Plan, [PLAN_KEY.public])


def test_a_threshold_counts_keys_and_nothing_else() -> None:
    """Two signatures of two trusted keys are two; a key listed twice or a stranger's adds nothing."""
    both = [PLAN_KEY.public, ROOT.public]
    assert verified_payload(sign(plan(6), [PLAN_KEY, ROOT]), Plan, both, 2) == plan(6).to_bytes()
    for signers, keys in (
        ([PLAN_KEY], both),
        ([PLAN_KEY, STRANGER], both),
        ([PLAN_KEY, PLAN_KEY], both),
        ([PLAN_KEY], [PLAN_KEY.public, PLAN_KEY.public]),
        ([PLAN_KEY], [PLAN_KEY.public, PLAN_KEY.public.model_copy(update={"keyid": "0" * 64})]),
        ([PLAN_KEY, ROOT], []),
    ):
        with pytest.raises(BadSignature):
            verified_payload(sign(plan(6), signers), Plan, keys, 2)
    for threshold in (0, -1):
        with pytest.raises(BadSignature):
            verified_payload(sign(plan(6), [PLAN_KEY]), Plan, both, threshold)


def test_one_key_under_two_key_ids_is_one_key() -> None:
    """Two entries with the same signature, two listings of the same key: still one who signed."""
    alias = PLAN_KEY.public.model_copy(update={"keyid": "0" * 64})
    twice = altered(signatures=[SIGNATURE, {**SIGNATURE, "keyid": alias.keyid}])
    with pytest.raises(BadSignature):
        verified_payload(twice, Plan, [PLAN_KEY.public, alias], 2)
    assert verified_payload(twice, Plan, [PLAN_KEY.public, alias]) == plan(6).to_bytes()


def test_a_garbled_signature_beside_a_good_one_does_no_harm() -> None:
    """A stranger's entry neither counts nor hinders."""
    noise = {"keyid": STRANGER.public.keyid, "sig": base64.b64encode(b"x" * 3).decode()}
    mixed = altered(signatures=[noise, SIGNATURE])
    assert verified_payload(mixed, Plan, [PLAN_KEY.public, STRANGER.public]) == plan(6).to_bytes()
