"""Several boards, amplifiers and limits as playout sees them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hardware.ports import BoardReady, FaultCode, RelayCause, RelayFault, RelayState
from schedules.wire.plan import Zone
from schedules.wire.report import Airing, EvidenceGrade, Outcome
from station_agent.operator_acts import OperatorHold
from station_agent.phases import Phase
from station_agent.playout import step
from station_agent.playout_values import AlertCame, RelayOff, RelayOn
from station_agent.zone_line import ZoneLine
from tests.station_agent.documents import IN_A_MINUTE, NOON, alert, broadcast, ms, plan_of
from tests.station_agent.village_simulator import Village

TWO_ZONES = (Zone(key="horns", name="Horns", channel=1), Zone(key="hall", name="Hall", channel=5))


def test_an_amplifiers_power_closes_first_and_its_warm_up_is_waited_for() -> None:
    """The first sample is on time: the relays close as much earlier, and the power counts as evidence too."""
    village = Village()
    village.state = replace(village.state, lines={1: ZoneLine(power=4, warm_up_ms=8000)})
    village.swap(plan_of(broadcast("news", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE - ms(7500))
    assert village.state.run is not None
    assert tuple(village.state.run.channels) == (4, 1)
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["news/1"]
    assert (airing.outcome, airing.evidence) == (Outcome.AIRED, EvidenceGrade.RELAY_CONFIRMED)
    assert village.played["news/1"] == IN_A_MINUTE
    assert village.played["news/1"] - village.relays[0][0] >= ms(8000)
    assert {change.channel for change in airing.relay} == {1, 4}


def test_a_zones_own_longest_time_is_stricter_than_the_plans() -> None:
    """What is commanded may last no longer than what is wired there bears."""
    village = Village()
    village.state = replace(village.state, lines={1: ZoneLine(max_on_s=30)})
    village.swap(plan_of(broadcast("news", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE)
    assert village.state.run is not None
    assert village.state.run.limits.max_on_s == 30


def a_resting_relay() -> Village:
    """A village with news in a minute, on a relay that may have to rest and does not say that it closed."""
    village = Village(board="mute")
    village.state = replace(village.state, lines={1: ZoneLine(min_off_ms=6000)})
    village.swap(plan_of(broadcast("news", IN_A_MINUTE)))
    return village


def closes_after(village: Village, rest_until: datetime) -> Airing:
    """The relay has rested by then; what becomes of the news."""
    village.run_until(rest_until)
    assert village.state.phase is Phase.WARMING
    village.board = "raw"
    village._relay_on((1,))
    village.run_until(NOON + timedelta(minutes=3))
    return village.outcomes["news/1"]


def test_a_relay_that_has_to_rest_is_waited_for() -> None:
    """The guard lets it close some seconds later: the broadcast is late, not unheard."""
    airing = closes_after(a_resting_relay(), IN_A_MINUTE + ms(3000))
    assert (airing.outcome, airing.evidence) == (Outcome.LATE, EvidenceGrade.RELAY_CONFIRMED)
    assert airing.reason == "relay_resting"


def test_a_board_that_never_answers_is_why_a_broadcast_is_late() -> None:
    """Its relay may have had to rest, but nobody ever said that it closed."""
    village = a_resting_relay()
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["news/1"]
    assert (airing.outcome, airing.reason) == (Outcome.LATE, "relay_failed")


def test_what_held_a_broadcast_up_before_its_relay_had_to_rest_stays_its_reason() -> None:
    """The operator held it; that its relay then rested is a consequence."""
    village = a_resting_relay()
    village.send(OperatorHold(IN_A_MINUTE + ms(4000)))
    airing = closes_after(village, IN_A_MINUTE + ms(8000))
    assert (airing.outcome, airing.reason) == (Outcome.LATE, "operator_hold")


def test_a_lost_board_concerns_only_the_zones_on_it() -> None:
    """The other village half hears its broadcast with full evidence and no incident of its own."""
    village = Village()
    village.send(BoardReady(village.now, (1, 2, 3, 4)))
    village.send(RelayFault(FaultCode.PORT_MISSING, "serial port /dev/b does not exist", village.now, (5, 6)))
    assert village.state.board_fault == "serial port /dev/b does not exist"
    assert not village.state.board_ready
    village.swap(plan_of(broadcast("news", IN_A_MINUTE), zones=TWO_ZONES))
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["news/1"]
    assert (airing.reason, airing.evidence) == (None, EvidenceGrade.RELAY_CONFIRMED)
    assert [one.code for one in village.incidents] == ["relay_lost"]
    village.send(BoardReady(village.now, (5, 6)))
    assert [one.code for one in village.incidents] == ["relay_lost", "relay_back"]
    assert village.state.board_ready


def test_a_broadcast_on_a_lost_board_says_that_it_was_not_proven() -> None:
    """Its own board is gone: the sound plays, the evidence stays low."""
    village = Village(board="mute")
    village.send(RelayFault(FaultCode.PORT_MISSING, "serial port /dev/b does not exist", village.now, (5, 6)))
    village.swap(plan_of(broadcast("news", IN_A_MINUTE, zones=("hall",)), zones=TWO_ZONES))
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["news/1"]
    assert (airing.outcome, airing.reason) == (Outcome.AIRED, "relay_failed")
    assert airing.evidence is EvidenceGrade.PLAYED


def test_a_board_that_comes_back_on_the_air_is_commanded_anew() -> None:
    """Its relays were opened first; what is on the air closes again, what is not stays open."""
    village = Village()
    village.swap(plan_of(broadcast("news", IN_A_MINUTE, (20_000,))))
    village.run_until(IN_A_MINUTE + ms(2000))
    closings = len([on for _, on in village.relays if on])
    village.send(BoardReady(village.now, (5, 6)))
    assert len([on for _, on in village.relays if on]) == closings
    village._switch(False)
    village.send(BoardReady(village.now, (1, 2)))
    assert village.closed()


def test_a_board_that_comes_back_keeps_no_other_relay_closed_for_longer_than_it_may_be() -> None:
    """What is closed already has used some of its time."""
    village = Village()
    village.swap(
        plan_of(broadcast("news", IN_A_MINUTE, (600_000,), zones=("horns", "hall")), zones=TWO_ZONES)
    )
    village.run_until(IN_A_MINUTE + timedelta(minutes=5))
    longest_ms = village.state.run.limits.max_on_s * 1000 if village.state.run is not None else 0
    _, commands = step(village.state, village.now, BoardReady(village.now, (5, 6)))
    (closing,) = (one for one in commands if isinstance(one, RelayOn))
    assert 0 < closing.max_on_ms <= longest_ms - 300_000


def test_a_refused_interlock_is_told_and_the_sound_goes_on() -> None:
    """The guard's own words reach the province."""
    village = Village(board="mute")
    village.swap(plan_of(broadcast("news", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE - ms(1000))
    why = "relay 1 stays open: relay 2 is closed, and 1 and 2 are interlocked"
    village.send(RelayFault(FaultCode.INTERLOCKED, why, village.now, (1,)))
    village.run_until(NOON + timedelta(minutes=3))
    assert village.outcomes["news/1"].reason == "relay_refused"
    assert [one.code for one in village.incidents] == ["relay_refused"]
    assert [one.message for one in village.incidents] == [why]


def test_an_alert_waits_for_the_amplifier_that_warms_up_though_another_zone_is_refused() -> None:
    """Else its first words would be lost where it can be heard."""
    village = Village(board="mute")
    village.swap(plan_of(zones=TWO_ZONES))
    village.send(AlertCame(alert()))
    village.run_until(NOON + ms(500))
    assert village.state.phase is Phase.WARMING
    closed_at = village.now
    village.send(RelayState(1, True, False, closed_at, RelayCause.COMMAND))
    why = "relay 5 stays open: relay 1 is closed, and 5 and 1 are interlocked"
    village.send(RelayFault(FaultCode.INTERLOCKED, why, closed_at, (5,)))
    village.run_until(NOON + timedelta(seconds=10))
    assert min(village.played.values()) - closed_at == ms(1000)


def test_an_alert_finds_the_others_warm_though_one_was_refused() -> None:
    """What closed stays closed and warms on; the one that an interlock kept open is asked anew."""
    village = Village(board="mute")
    village.swap(plan_of(broadcast("news", IN_A_MINUTE, zones=("horns", "hall")), zones=TWO_ZONES))
    village.run_until(IN_A_MINUTE - ms(1900))
    closed_at = village.now
    village.send(RelayState(1, True, False, closed_at, RelayCause.COMMAND))
    why = "relay 5 stays open: relay 1 is closed, and 5 and 1 are interlocked"
    village.send(RelayFault(FaultCode.INTERLOCKED, why, closed_at, (5,)))
    village.send(AlertCame(alert(at=village.now)))
    village.run_until(village.now + ms(100))
    village.send(RelayFault(FaultCode.INTERLOCKED, why, village.now, (5,)))
    village.run_until(village.now + timedelta(seconds=10))
    assert village.commanded == [(1, 5), (1, 5)]
    assert not village.opened
    assert min(village.played.values()) - closed_at == ms(1000)


def test_an_alert_leaves_what_is_about_to_close() -> None:
    """The board has not said yet that it is closed: it is not told to open, and may be closed no longer."""
    village = Village(board="mute")
    village.swap(plan_of(broadcast("news", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE - ms(1500))
    assert village.commanded == [(1,)]
    assert village.state.run is not None
    longest_ms = village.state.run.limits.max_on_s * 1000
    village.run_until(IN_A_MINUTE - ms(1400))
    village.send(AlertCame(alert(at=village.now)))
    at, _, checked = village.heap[0]
    state, commands = step(village.state, at, checked)
    (closing,) = (one for one in commands if isinstance(one, RelayOn))
    assert not [one for one in commands if isinstance(one, RelayOff)]
    assert closing.max_on_ms == longest_ms - 150
    assert state.phase is Phase.WARMING


def test_an_amplifiers_power_is_not_commanded_without_its_line() -> None:
    """The guard closes it with the first of its lines: one that is refused leaves it without power."""
    village = Village(board="mute")
    village.state = replace(village.state, lines={1: ZoneLine(power=4, warm_up_ms=2000)})
    village.swap(plan_of(broadcast("news", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE)
    assert village.commanded == [(1,)]


def test_what_is_withdrawn_while_its_relays_are_awaited_is_not_heard() -> None:
    """Its instant has come, so that an older plan still owes it: the newer one's word counts all the same."""
    village = Village(board="mute")
    planned = broadcast("news", IN_A_MINUTE)
    village.swap(plan_of(planned))
    village.run_until(IN_A_MINUTE + ms(200))
    assert village.state.phase is Phase.WARMING
    village.swap(plan_of(serial=2, withdrawn=(planned.items[0].sha256,)))
    village.run_until(NOON + timedelta(minutes=3))
    assert not village.played
    assert (village.outcomes["news/1"].outcome, village.outcomes["news/1"].reason) == (
        Outcome.SKIPPED,
        "withdrawn",
    )
