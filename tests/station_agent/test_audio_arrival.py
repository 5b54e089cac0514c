"""Audio that comes at the last moment: missing is provisional until the relays have to close."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schedules.message_class import MessageClass
from schedules.wire.plan import MissedPolicy, MissedRule
from station_agent.phases import Phase
from tests.station_agent.documents import IN_A_MINUTE, NOON, broadcast, item, ms, plan_of, sha
from tests.station_agent.village_simulator import Village, ended

RELAYS_CLOSE = IN_A_MINUTE - ms(1500)
"""One relay, a warm-up of a second."""


def test_a_plan_that_comes_seconds_ahead_airs_once_its_audio_has_followed() -> None:
    """Swapped five seconds ahead, every file missing at the first look, all here moments later."""
    village = Village(now=IN_A_MINUTE - ms(5200), bad={sha("n/1"), sha("n/2")})
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, (3000, 3000))))
    village.run_until(village.now + ms(100))
    assert village.outcomes == {}
    village.arrive("n/1")
    village.arrive("n/2")
    village.run_until(IN_A_MINUTE + timedelta(seconds=20))
    assert ended(village) == {"n/1": ("aired", None), "n/2": ("aired", None)}
    assert village.played["n/1"] == IN_A_MINUTE


@pytest.mark.parametrize("told", [True, False])
def test_an_item_that_comes_before_the_relays_close_is_heard_in_its_place(told: bool) -> None:
    """By its event, or by the final look where nobody said anything."""
    village = Village(bad={sha("n/1")})
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, (3000, 3000))))
    village.run_until(RELAYS_CLOSE - ms(600))
    assert village.state.phase is Phase.ARMING
    assert village.outcomes == {}
    if told:
        village.arrive("n/1")
    else:
        village.bad.clear()
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"n/1": ("aired", None), "n/2": ("aired", None)}
    assert village.played["n/1"] == IN_A_MINUTE


def test_an_item_that_comes_after_the_relays_have_closed_is_missed() -> None:
    """The rest starts on time; what was left out stays left out."""
    village = Village(bad={sha("n/1")})
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, (3000, 3000))))
    village.run_until(RELAYS_CLOSE + ms(100))
    assert ended(village) == {"n/1": ("missed", "audio_missing")}
    village.arrive("n/1")
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"n/1": ("missed", "audio_missing"), "n/2": ("aired", None)}
    assert village.played["n/2"] == IN_A_MINUTE


@pytest.mark.parametrize(
    ("after_start_s", "outcome"),
    [
        (-1.6, ("aired", None)),
        (-1.0, ("aired", None)),
        (5, ("late", "audio_missing")),
        (13, ("late", "audio_missing")),
        (13.6, ("missed", "audio_missing")),
    ],
)
def test_a_broadcast_of_which_nothing_can_be_heard_waits_as_long_as_any_late_start_may(
    after_start_s: float, outcome: tuple[str, str | None]
) -> None:
    """Until its first sample would come more than `GRACE` after its instant; no relay closes meanwhile."""
    village = Village(bad={sha("n/1")})
    village.swap(plan_of(broadcast("n", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE + timedelta(seconds=after_start_s))
    assert village.relays == []
    village.arrive("n/1")
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"n/1": outcome}


def test_what_never_comes_is_accounted_soon_after_and_disturbs_nobody() -> None:
    """Something of lower class that can be heard goes on air meanwhile."""
    village = Village(bad={sha("n/1")})
    village.swap(
        plan_of(
            broadcast("n", IN_A_MINUTE, rank=MessageClass.PRIORITY),
            broadcast("songs", IN_A_MINUTE + ms(500), (60_000,), rank=MessageClass.FILLER),
        )
    )
    village.run_until(IN_A_MINUTE + timedelta(seconds=20))
    assert village.played["songs/1"] == IN_A_MINUTE + ms(500)
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"n/1": ("missed", "audio_missing"), "songs/1": ("aired", None)}


def test_an_alarm_cuts_nothing_before_it_can_be_heard_itself() -> None:
    """Its audio comes while a song plays: the song is cut then, not for silence before."""
    alarm = IN_A_MINUTE + timedelta(seconds=20)
    late = MissedPolicy(rule=MissedRule.LATE, until=alarm + timedelta(minutes=10))
    village = Village(bad={sha("alarm/1")})
    village.swap(
        plan_of(
            broadcast("songs", IN_A_MINUTE, (60_000,), rank=MessageClass.FILLER),
            broadcast("alarm", alarm, rank=MessageClass.EMERGENCY, missed=late),
        )
    )
    village.run_until(alarm + timedelta(seconds=5))
    assert village.outcomes == {}
    village.arrive("alarm/1")
    village.run_until(NOON + timedelta(minutes=5))
    assert ended(village)["songs/1"] == ("cut", "pre_empted")
    assert ended(village)["alarm/1"][0] == "late"
    assert village.played["alarm/1"] - alarm < timedelta(seconds=10)


def test_an_answer_about_other_audio_proves_nothing() -> None:
    """A new plan gives the broadcast another recording while the old one is still being read."""
    village = Village(bad={sha("other")})
    village.swap(plan_of(broadcast("n", IN_A_MINUTE)))
    village.run_until(RELAYS_CLOSE - ms(3800) + ms(20))
    fresh = item("n/1", sha256=sha("other"))
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=(fresh,)), serial=2))
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"n/1": ("missed", "audio_missing")}
    assert village.played == {}
