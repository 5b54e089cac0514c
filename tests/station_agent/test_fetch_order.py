"""In which order audio is fetched."""

from __future__ import annotations

from datetime import timedelta

from station_agent.sync import fetch_order
from tests.station_agent.documents import NOON, broadcast, plan_of, sha


def test_audio_that_airs_first_is_fetched_first() -> None:
    """The order of fetching is that of airing; what no longer airs comes last."""
    early, late, past = (
        broadcast(key, NOON + timedelta(hours=hours)) for key, hours in (("e", 1), ("l", 5), ("p", -48))
    )
    plan = plan_of(late, past, early)
    assert [one.sha256 for one in fetch_order(plan, lambda _sha256: False, NOON)] == [
        sha("e/1"),
        sha("l/1"),
        sha("p/1"),
    ]
    assert fetch_order(plan, lambda _sha256: True, NOON) == ()
