"""Relays on the way of a broadcast: what they prove, and what becomes of one whose relay falls."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from hardware.ports import BoardReady, Failed, FaultCode, RelayCause, RelayFault, RelayState
from schedules.wire.report import EvidenceGrade, Outcome, RelayChange
from station_agent import evidence
from station_agent.operator_acts import OperatorStop
from station_agent.phases import Phase
from tests.station_agent.documents import IN_A_MINUTE, NOON, broadcast, ms, plan_of
from tests.station_agent.village_simulator import Village, ended


def test_a_silent_board_gives_commanded_a_broken_one_played() -> None:
    """The evidence is what was seen, the outcome what was played."""
    for board, grade, reason in (
        ("silent", EvidenceGrade.RELAY_COMMANDED, None),
        ("broken", EvidenceGrade.PLAYED, "relay_failed"),
        ("mute", EvidenceGrade.PLAYED, "relay_failed"),
        ("none", EvidenceGrade.PLAYED, None),
    ):
        village = Village(board=board)
        village.swap(plan_of(broadcast("news", IN_A_MINUTE)))
        village.run_until(NOON + timedelta(minutes=3))
        airing = village.outcomes["news/1"]
        assert (airing.outcome.value, airing.reason, airing.evidence) == ("aired", reason, grade), board
        assert ("relay_failed" in [one.code for one in village.incidents]) is bool(reason), board


def test_a_relay_that_falls_on_air_lowers_the_evidence_and_not_the_outcome() -> None:
    """Heard in the studio, not proven in the village."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000,))))
    village.run_until(IN_A_MINUTE + timedelta(seconds=5))
    village._switch(False)
    village.send(RelayState(1, False, False, village.now, RelayCause.BOARD_LOST))
    village.send(RelayFault(FaultCode.LINE_BROKEN, "serial port /dev/x broke off", village.now))
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["a/1"]
    assert (airing.outcome, airing.reason) == (Outcome.AIRED, "relay_failed")
    assert airing.evidence is EvidenceGrade.PLAYED


def test_the_longest_time_a_relay_may_be_closed_ends_the_broadcast() -> None:
    """The guard opens it; what was not heard is not called aired."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000, 5000))))
    village.run_until(IN_A_MINUTE + timedelta(seconds=5))
    village._switch(False)
    village.send(RelayState(1, False, False, village.now, RelayCause.MAX_ON_TIME))
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"a/1": ("cut", "max_on_time"), "a/2": ("missed", "max_on_time")}


def test_a_board_that_goes_and_comes_back_is_told_once_each() -> None:
    """One incident when it is lost, one when it is back, however often it is tried meanwhile."""
    village = Village()
    for _ in range(3):
        village.send(RelayFault(FaultCode.PORT_MISSING, "serial port /dev/x does not exist", village.now))
    village.send(BoardReady(village.now))
    assert [one.code for one in village.incidents] == ["relay_lost", "relay_back"]


def test_a_relay_that_closes_with_nothing_on_the_air_is_opened() -> None:
    """Whatever made it close, silence is the rule."""
    village = Village()
    village.send(RelayState(2, True, True, village.now, RelayCause.COMMAND))
    assert village.relays == []
    assert not village.closed()
    assert village.opened == [(2,)]


def test_a_board_that_is_just_being_opened_is_waited_for() -> None:
    """Started into a broadcast: the warm-up counts from when the relay is really closed."""
    village = Village(board="mute")
    village.swap(plan_of(broadcast("a", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE - ms(1400))
    assert village.state.phase is Phase.WARMING
    village.send(
        RelayFault(FaultCode.NOT_READY, "relay 1 stays open: the guard is being started", village.now)
    )
    assert village.state.phase is Phase.WARMING
    village.board = "raw"
    village.send(BoardReady(village.now))
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["a/1"]
    assert (airing.outcome, airing.reason) == (Outcome.AIRED, None)
    assert airing.evidence is EvidenceGrade.RELAY_CONFIRMED
    assert village.played["a/1"] - village.relays[0][0] >= ms(1000)


def heartbeat_lost(village: Village, at: datetime) -> None:
    village._switch(False)
    village.send(RelayState(1, False, False, at, RelayCause.HEARTBEAT_LOST))


def test_a_sound_that_stood_still_counts_only_what_was_heard_with_the_relay_closed() -> None:
    """The process was stopped: the relay fell a second later, and the output had long ceased."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000, 5000))))
    village.run_until(IN_A_MINUTE + ms(1000))
    village._drop(lambda event: event.key == "a/1")
    village.now = IN_A_MINUTE + ms(9000)
    heartbeat_lost(village, IN_A_MINUTE + ms(1900))
    village.send(Failed("a/1", "VLC stood still for 5 s", 1600, IN_A_MINUTE + ms(1600)))
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["a/1"]
    assert (airing.outcome, airing.reason, airing.aired_ms) == (Outcome.CUT, "output_failed", 1600)
    assert airing.ended_at == IN_A_MINUTE + ms(1600)


def test_nothing_counts_as_heard_after_the_relay_opened() -> None:
    """The output said nothing about where it ceased: the relay bounds it."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000, 5000))))
    village.run_until(IN_A_MINUTE + ms(1000))
    village.now = IN_A_MINUTE + ms(9000)
    heartbeat_lost(village, IN_A_MINUTE + ms(1900))
    village.send(OperatorStop())
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["a/1"]
    assert (airing.outcome, airing.aired_ms) == (Outcome.CUT, 1900)
    assert airing.ended_at == IN_A_MINUTE + ms(1900)


def test_time_with_the_relay_open_does_not_count_as_aired() -> None:
    """It fell for two seconds in the middle, and closed again."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000,))))
    village.run_until(IN_A_MINUTE + ms(8000))
    heartbeat_lost(village, IN_A_MINUTE + ms(6000))
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["a/1"]
    assert airing.evidence is EvidenceGrade.PLAYED
    assert 17_900 <= airing.aired_ms <= 18_000


def test_after_the_relays_fell_the_next_sound_waits_for_the_warm_up() -> None:
    """Closed anew: a whole warm-up before the first sample, and then the evidence is full again."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (5000, 5000))))
    village.run_until(IN_A_MINUTE + ms(4500))
    village._drop(lambda event: event.key == "a/1")
    heartbeat_lost(village, village.now)
    village.fail("a/1")
    closed_at = village.relays[-1][0]
    assert village.closed()
    assert village.state.phase is Phase.WARMING
    village.run_until(NOON + timedelta(minutes=3))
    assert village.played["a/2"] - closed_at >= ms(1000)
    assert village.outcomes["a/2"].evidence is EvidenceGrade.RELAY_CONFIRMED
    assert village.outcomes["a/2"].outcome is Outcome.AIRED


def test_after_a_relay_that_closed_late_the_next_sound_waits_for_the_warm_up() -> None:
    """The board did not do at first what it was told: the sound went on without it, what follows is whole."""
    village = Village(board="mute")
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (5000, 5000))))
    village.run_until(IN_A_MINUTE - ms(1000))
    why = "relay 1 is not as commanded; check the board"
    village.send(RelayFault(FaultCode.BOARD_DISAGREES, why, village.now, (1, 2)))
    village.run_until(IN_A_MINUTE + ms(4500))
    closed_at = village.now
    village.send(RelayState(1, True, True, closed_at, RelayCause.COMMAND))
    village.run_until(NOON + timedelta(minutes=3))
    assert village.played["a/2"] - closed_at == ms(1000)
    first, second = village.outcomes["a/1"], village.outcomes["a/2"]
    assert (first.evidence, first.reason) == (EvidenceGrade.PLAYED, "relay_failed")
    assert first.aired_ms <= 500
    assert (second.outcome, second.evidence) == (Outcome.AIRED, EvidenceGrade.RELAY_CONFIRMED)


def test_a_relay_closed_too_late_for_the_warm_up_proves_nothing() -> None:
    """Only `played`, though it was closed at the first sample."""
    on = RelayChange(at=NOON, zone="horns", channel=1, on=True, confirmed=True)
    for after_ms, found in ((500, EvidenceGrade.PLAYED), (990, EvidenceGrade.RELAY_CONFIRMED)):
        started_at = NOON + ms(after_ms)
        assert evidence.grade((1,), (on,), started_at, started_at + ms(5000), 1000) is found


@pytest.mark.parametrize("falls_at_ms", [None, 3500, 6200])
def test_each_mark_says_what_a_power_cut_would_leave(falls_at_ms: int | None) -> None:
    """Made from the one before where only time has passed: the same as made anew, in every field."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE + timedelta(microseconds=700), (12_000,))))
    for second in range(1, 12):
        village.run_until(IN_A_MINUTE + ms(second * 1000))
        if falls_at_ms is not None and falls_at_ms < second * 1000 <= falls_at_ms + 1000:
            heartbeat_lost(village, IN_A_MINUTE + ms(falls_at_ms))
        run, mark = village.state.run, village.drafts.get("a/1")
        if run is None or mark is None or mark.started_at is None or run.marked_at is None:
            continue
        assert run.started_at is not None
        aired_ms = evidence.length_ms(run.started_at, run.marked_at)
        ended_at = run.started_at + ms(aired_ms)
        anew = evidence.heard_airing(run, ended_at, aired_ms, Outcome.CUT, "power_lost")
        assert mark == anew or mark.relay != anew.relay  # the relays have spoken since the mark
    village.run_until(IN_A_MINUTE + ms(15_000))
    assert village.outcomes["a/1"].outcome is Outcome.AIRED


def test_a_lost_board_is_not_believed_when_a_late_word_says_closed() -> None:
    """A read-back that was on its way as the line broke is no evidence."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE - ms(100))
    village.send(RelayFault(FaultCode.LINE_BROKEN, "serial port /dev/x broke off", village.now))
    village.send(RelayState(1, False, False, village.now, RelayCause.BOARD_LOST))
    village.send(RelayState(1, True, True, village.now + ms(1), RelayCause.COMMAND))
    village.run_until(NOON + timedelta(minutes=3))
    assert village.outcomes["a/1"].evidence is EvidenceGrade.PLAYED
