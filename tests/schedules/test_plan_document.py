"""A plan that contradicts itself does not exist."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from schedules.compile import compile_plan
from schedules.wire.alert import Alert
from schedules.wire.base import format_instant
from schedules.wire.plan import MissedPolicy, Plan, PlanItem
from tests.schedules.villages import BOTH, NOW, audio, plan, slot, village

GOOD = compile_plan(village(), (slot(),), BOTH, serial=1, now=NOW).plan
ONE = GOOD.broadcasts[0]
SHA256 = audio("x").sha256


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"broadcasts": (ONE, ONE)}, "stands twice"),
        ({"broadcasts": (ONE.model_copy(update={"zones": ("market",)}),)}, "names a zone"),
        ({"audio": GOOD.audio[1:]}, "does not list"),
        ({"withdrawn": (audio("results.lo").sha256,)}, "withdrawn recording"),
        ({"fresh_until": NOW - timedelta(seconds=1)}, "follow each other"),
        ({"not_after": NOW}, "follow each other"),
        ({"serial": 0}, "serial"),
        ({"languages": ()}, "languages"),
    ],
)
def test_a_plan_is_whole_or_refused(changes: dict[str, Any], why: str) -> None:
    """Every zone, file and key a broadcast needs is in the plan, once."""
    values = {name: getattr(GOOD, name) for name in Plan.model_fields}
    with pytest.raises(ValidationError, match=why):
        Plan(**{**values, **changes})
    assert Plan(**values) == GOOD


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "jingle"},
        {"kind": "announcement", "sha256": SHA256},
        {"kind": "pause", "sha256": SHA256},
        {"kind": "live"},
        {"kind": "pause", "url": "https://radio.example"},
        {"kind": "live", "url": "file:///etc/passwd"},
        {"kind": "pause", "duration_ms": -1},
        {"kind": "pause", "title": ""},
        {"kind": "pause", "key": "a b"},
        {"kind": "pause", "key": "a\n"},
        {"kind": "jingle", "sha256": "../../etc/passwd"},
    ],
)
def test_an_item_has_the_fields_of_its_kind(changes: dict[str, Any]) -> None:
    """Audio needs its hash, an announcement its language, live its address; nothing else fits."""
    values = {"key": "a/1", "title": "t", "duration_ms": 1, **changes}
    with pytest.raises(ValidationError):
        PlanItem(**values)
    assert PlanItem(key="a/1", kind="pause", title="t", duration_ms=1).sha256 is None


def test_late_and_its_limit_belong_together() -> None:
    """`until` without `late`, or `late` without `until`, says nothing."""
    for values in ({"rule": "late"}, {"rule": "skip", "until": NOW}):
        with pytest.raises(ValidationError, match="until"):
            MissedPolicy(**values)


def test_an_instant_is_written_in_one_way() -> None:
    """UTC, milliseconds, Z; finer parts are cut off, not rounded into the future."""
    assert format_instant(NOW.replace(microsecond=999_999)) == "2026-11-23T14:00:00.999Z"
    assert plan(issued_at=NOW.replace(microsecond=1999)).issued_at.microsecond == 1000


def test_an_alert_ends_after_it_begins() -> None:
    """An alert that is over before it starts does not exist."""
    with pytest.raises(ValidationError, match="expires_at"):
        Alert(
            key="flood",
            serial=1,
            act="cancel",
            title="Flood",
            stations=("dakcheung",),
            issued_at=NOW,
            expires_at=NOW,
        )


def test_an_alert_lists_the_audio_of_its_items() -> None:
    """Else no station could fetch it."""
    siren = {"key": "s", "kind": "jingle", "title": "Siren", "duration_ms": 900, "sha256": "ab" * 32}
    with pytest.raises(ValidationError, match="needs audio the alert does not list"):
        Alert(
            key="flood",
            serial=1,
            act="raise",
            title="Flood",
            stations=("dakcheung",),
            issued_at=NOW,
            expires_at=NOW + timedelta(hours=1),
            items=(siren,),
        )
