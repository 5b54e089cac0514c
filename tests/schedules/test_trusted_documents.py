"""When an alert and a station's report are believed."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from schedules.envelope import SigningKey, sign
from schedules.errors import BadDocument, BadEnvelope, BadSignature, Expired, Rollback, WrongStation
from schedules.trust import trusted_alert, trusted_report
from schedules.wire.alert import Alert
from schedules.wire.report import Incident, StationHealth, StationReport
from tests.schedules.villages import (
    NOW,
    PLAN_KEY,
    STATION_KEY,
    STRANGER,
    airing,
    audio,
    plan,
    signed_json,
    trusted_keyring,
)

FLOOD = {
    "key": "flood-1/1",
    "kind": "jingle",
    "title": "Siren",
    "duration_ms": 5000,
    "sha256": audio("x").sha256,
}


def alert(serial: int = 1, key: SigningKey = PLAN_KEY, **changes: Any) -> bytes:
    """A flood alert for Dakcheung, an hour long."""
    values: dict[str, Any] = {
        "key": "flood-1",
        "act": "raise",
        "title": "Flood",
        "stations": ("dakcheung",),
        "issued_at": NOW,
        "expires_at": NOW + timedelta(hours=1),
        "items": (FLOOD,),
        "audio": (asdict(audio("x")),),
        **changes,
    }
    return sign(Alert(serial=serial, **values), [key])


def taken(envelope_bytes: bytes, known: dict[str, int] | None = None, **changes: Any) -> Alert:
    """The alert as Dakcheung judges it."""
    values = {"now": NOW, "known_serial": known or {}, **changes}
    return trusted_alert(envelope_bytes, trusted_keyring(), "dakcheung", **values)


def test_an_alert_of_the_province_for_this_station_is_taken() -> None:
    """Again too: it comes by network and by stick."""
    assert taken(alert()).title == "Flood"
    assert taken(alert(), {"flood-1": 1}).serial == 1
    assert taken(alert(2), {"flood-1": 1, "fire": 9}).serial == 2


def test_an_alert_that_is_not_for_us_old_or_forged_is_refused() -> None:
    """By whom, for whom, newer, in date."""
    with pytest.raises(BadSignature):
        taken(alert(key=STRANGER))
    with pytest.raises(WrongStation):
        taken(alert(stations=("thateng",)))
    with pytest.raises(Rollback):
        taken(alert(1), {"flood-1": 2})
    with pytest.raises(Expired):
        taken(alert(), now=NOW + timedelta(hours=1, seconds=1))
    with pytest.raises(Expired):
        taken(alert(), now=NOW - timedelta(days=2))
    with pytest.raises(BadEnvelope):
        taken(sign(plan(), [PLAN_KEY]))


def test_a_cancel_can_not_be_undone_by_a_replay() -> None:
    """The cancel has the higher serial, and is taken past its date: it can only end something."""
    cancel = alert(2, act="cancel", items=())
    assert taken(cancel, {"flood-1": 1}, now=NOW + timedelta(days=30)).act == "cancel"
    with pytest.raises(Rollback):
        taken(alert(1), {"flood-1": 2})


def test_an_emergency_is_not_lost_to_a_wrong_clock() -> None:
    """Where the clock can't be trusted the serial decides."""
    assert taken(alert(), now=NOW.replace(year=1970), clock_trusted=False).serial == 1


def test_a_raised_alert_without_anything_to_say_does_not_exist() -> None:
    """And a cancel has nothing to play."""
    with pytest.raises(ValueError, match="items"):
        alert(items=())
    with pytest.raises(ValueError, match="items"):
        alert(act="cancel")


def report(key: SigningKey = STATION_KEY, **changes: Any) -> bytes:
    """A report with one airing and one incident."""
    incident = Incident(number=2, at=NOW, code="power_cut", subject="mains", message="off for an hour")
    values: dict[str, Any] = {
        "station": "dakcheung",
        "number": 2,
        "sent_at": NOW,
        "software": "0.1.0",
        "plan_serial": 1,
        "health": StationHealth(disk_free_bytes=10**10, clock_trusted=True),
        "entries": (airing(1, "evening-20261124T100000Z/2"), incident),
        **changes,
    }
    return sign(StationReport(**values), [key])


def test_a_report_signed_by_the_station_is_taken() -> None:
    """Whole, with its entries; the key as the server keeps it or as a value."""
    got = trusted_report(report(), STATION_KEY.public.public, "dakcheung")
    assert [entry.number for entry in got.entries] == [1, 2]
    assert trusted_report(report(), STATION_KEY.public, "dakcheung") == got


def test_a_report_of_another_key_or_another_station_is_refused() -> None:
    """No station speaks for another."""
    with pytest.raises(BadSignature):
        trusted_report(report(STRANGER), STATION_KEY.public, "dakcheung")
    with pytest.raises(WrongStation):
        trusted_report(report(station="thateng"), STATION_KEY.public, "dakcheung")


def test_a_report_of_a_station_whose_clock_is_lost_is_taken() -> None:
    """The year 1970 is a fact about that station, not a forgery; the year 9999 is no instant."""
    lost = NOW.replace(year=1970)
    assert trusted_report(report(sent_at=lost), STATION_KEY.public, "dakcheung").sent_at == lost
    plain = json.loads(trusted_report(report(), STATION_KEY.public, "dakcheung").to_bytes())
    far = signed_json(StationReport, {**plain, "sent_at": "9999-12-31T23:59:59-12:00"}, STATION_KEY)
    with pytest.raises(BadDocument, match="sent_at"):
        trusted_report(far, STATION_KEY.public, "dakcheung")


@pytest.mark.parametrize("numbers", [(1, 3), (2, 1), (1, 1), (2, 3)])
def test_entries_are_numbered_without_gaps_up_to_the_reports_number(numbers: tuple[int, int]) -> None:
    """A gap would mean that something was silently lost."""
    entries = tuple(airing(number, "evening-20261124T100000Z/2") for number in numbers)
    with pytest.raises(ValueError, match="without gaps"):
        report(entries=entries, number=2)


@pytest.mark.parametrize(
    "changes",
    [
        {"outcome": "skipped", "reason": "quiet_hours"},
        {"outcome": "late"},
        {"started_at": None},
    ],
)
def test_an_airing_that_contradicts_itself_does_not_exist(changes: dict[str, Any]) -> None:
    """Skipped has no aired time, anything but aired has a reason, what aired has a start."""
    with pytest.raises(ValueError, match="item"):
        airing(1, "evening-20261124T100000Z/2", **changes)
