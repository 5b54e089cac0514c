"""Relays that open by themselves while something is on the air: what is told of them, and what is counted."""

from __future__ import annotations

from datetime import timedelta

from hardware.ports import FaultCode, RelayCause, RelayFault, RelayState
from schedules.wire.plan import Zone
from schedules.wire.report import EvidenceGrade, Outcome
from station_agent.playout_values import AlertCame
from tests.station_agent.documents import IN_A_MINUTE, NOON, alert, broadcast, ms, plan_of
from tests.station_agent.village_simulator import Village


def test_a_relay_that_fell_by_itself_and_is_closed_again_is_told_and_the_airing_counts_what_was_heard() -> (
    None
):
    """Both are told once for each fall; the next sound waits for the warm-up and is whole."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000, 5000))))
    fell = RelayCause.REFUSED_BY_BOARD
    for second, open_ms in ((5, 3000), (12, 2500)):
        village.run_until(IN_A_MINUTE + ms(second * 1000))
        village._switch(False)
        village.send(RelayState(1, False, True, village.now - ms(1500), fell))
        why = "relay 1 is not as commanded; check the board"
        village.send(RelayFault(FaultCode.BOARD_DISAGREES, why, village.now, (1, 2)))
        village.send(RelayState(1, False, False, village.now, fell))
        village.run_until(village.now + ms(open_ms - 1500))
        village._switch(True)
        for confirmed in (False, True):
            village.send(RelayState(1, True, confirmed, village.now, RelayCause.COMMAND))
    village.run_until(NOON + timedelta(minutes=3))
    assert [one.code for one in village.incidents] == ["relay_failed", "relay_mended"] * 2
    first, second_item = village.outcomes["a/1"], village.outcomes["a/2"]
    assert (first.outcome, first.reason, first.evidence) == (
        Outcome.AIRED,
        "relay_failed",
        EvidenceGrade.PLAYED,
    )
    assert first.aired_ms == 20_000 - 3000 - 2500
    assert (second_item.reason, second_item.evidence) == (None, EvidenceGrade.RELAY_CONFIRMED)


def on_two_lines(durations: tuple[int, ...] = (60_000,)) -> Village:
    """A broadcast on relays 1 and 2 of a board of four."""
    zones = (Zone(key="horns", name="Horns", channel=1), Zone(key="hall", name="Hall", channel=2))
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, durations, zones=("horns", "hall")), zones=zones))
    return village


def falls(village: Village, channel: int, at_ms: float) -> None:
    """Its board is found to have opened it by itself, as the guard tells it."""
    village.run_until(IN_A_MINUTE + ms(at_ms))
    village.send(RelayState(channel, False, True, village.now, RelayCause.REFUSED_BY_BOARD))
    why = f"relay {channel} is not as commanded; check the board"
    village.send(RelayFault(FaultCode.BOARD_DISAGREES, why, village.now, (1, 2, 3, 4)))
    village.send(RelayState(channel, False, False, village.now, RelayCause.REFUSED_BY_BOARD))


def closes(village: Village, channel: int, at_ms: float) -> None:
    village.run_until(IN_A_MINUTE + ms(at_ms))
    for confirmed in (False, True):
        village.send(RelayState(channel, True, confirmed, village.now, RelayCause.COMMAND))


def told(village: Village) -> list[tuple[str, str]]:
    """What the province reads of its relays: code, and the words up to the first that are no relay's name."""
    return [
        (one.code, one.message.split(" opened")[0].split(" is closed")[0].split(" are closed")[0])
        for one in village.incidents
    ]


def both_fell() -> Village:
    """Three seconds into the broadcast."""
    village = on_two_lines()
    falls(village, 1, 3000)
    falls(village, 2, 3000)
    return village


def test_a_zone_that_stays_silent_is_told_though_another_one_came_back() -> None:
    """Two relays fall and one closes again: nothing is mended, and both falls are told."""
    village = both_fell()
    closes(village, 1, 6000)
    village.run_until(NOON + timedelta(minutes=4))
    assert told(village) == [("relay_failed", "relay 1"), ("relay_failed", "relay 2")]
    assert village.outcomes["a/1"].aired_ms == 3000


def test_it_is_over_once_the_last_relay_that_fell_is_closed_again() -> None:
    """One word for all of them; one that fell twice meanwhile was told once."""
    village = both_fell()
    closes(village, 1, 5000)
    falls(village, 1, 7000)
    closes(village, 2, 9000)
    assert [code for code, _ in told(village)] == ["relay_failed", "relay_failed"]
    closes(village, 1, 11_000)
    village.run_until(NOON + timedelta(minutes=4))
    assert told(village)[2:] == [("relay_mended", "relays 1, 2")]
    airing = village.outcomes["a/1"]
    assert (airing.outcome, airing.reason) == (Outcome.AIRED, "relay_failed")


def test_a_relay_that_falls_again_after_it_was_mended_is_told_anew() -> None:
    """Else the last that the province hears of a silent zone is that nothing is to be done."""
    village = on_two_lines()
    falls(village, 1, 3000)
    closes(village, 1, 5000)
    falls(village, 1, 8000)
    village.run_until(NOON + timedelta(minutes=4))
    assert [code for code, _ in told(village)] == ["relay_failed", "relay_mended", "relay_failed"]


def test_nothing_is_mended_while_a_relay_that_opened_for_another_reason_is_open() -> None:
    """It is on a board that was lost, which is back two seconds after the other relay closed again."""
    village = on_two_lines()
    falls(village, 1, 3000)
    village.send(RelayState(2, False, False, village.now, RelayCause.BOARD_LOST))
    closes(village, 1, 5000)
    assert "relay_mended" not in dict(told(village))
    closes(village, 2, 7000)
    assert told(village)[-1] == ("relay_mended", "relay 1")


def test_after_it_was_mended_any_other_failure_is_told_too() -> None:
    """Not only that it fell once more: here another relay is refused."""
    village = on_two_lines()
    falls(village, 1, 3000)
    closes(village, 1, 5000)
    village.run_until(IN_A_MINUTE + ms(8000))
    why = "relay 2 stays open: relay 3 is closed, and 2 and 3 are interlocked"
    village.send(RelayFault(FaultCode.INTERLOCKED, why, village.now, (2,)))
    assert [one.code for one in village.incidents] == ["relay_failed", "relay_mended", "relay_refused"]


def test_a_board_that_chatters_is_told_a_few_times_and_the_last_word_is_that_it_fails() -> None:
    """Four minutes in each of which it falls and closes again: no journal fills with that."""
    village = on_two_lines((300_000,))
    for second in range(10, 250, 12):
        falls(village, 1, second * 1000)
        closes(village, 1, (second + 4) * 1000)
    village.run_until(NOON + timedelta(minutes=10))
    assert [code for code, _ in told(village)] == ["relay_failed", "relay_mended"] * 3 + ["relay_failed"]
    assert "no more is told of this: check the board" in village.incidents[-1].message


def test_after_a_board_that_disagreed_the_next_sound_waits_for_every_relay_again() -> None:
    """It names all of its relays; only the one that was open then was not waited for, until it closed."""
    village = on_two_lines((20_000, 5000))
    falls(village, 1, 3000)
    assert village.state.run is not None
    assert village.state.run.unreachable == {1}
    closes(village, 1, 5000)
    assert village.state.run.unreachable == frozenset()
    village.run_until(NOON + timedelta(minutes=3))
    assert village.outcomes["a/2"].evidence is EvidenceGrade.RELAY_CONFIRMED


def test_a_relay_that_was_never_closed_is_waited_for_again_once_it_has() -> None:
    """It did not fall, it was late: what its board said of it then is over."""
    village = on_two_lines((20_000, 5000))
    village.board = "mute"
    village.run_until(IN_A_MINUTE - ms(1000))
    closes(village, 1, -900)
    why = "relay 2 is not as commanded; check the board"
    village.send(RelayFault(FaultCode.BOARD_DISAGREES, why, village.now, (1, 2, 3, 4)))
    assert village.state.run is not None
    assert village.state.run.unreachable == {2}
    closes(village, 2, 5000)
    assert village.state.run.unreachable == frozenset()


def test_an_alert_that_takes_over_a_relay_that_fell_tells_when_it_is_closed_again() -> None:
    """Else the last that the province hears is that it fell; commanded closed alone does not end it."""
    village = on_two_lines()
    falls(village, 1, 3000)
    village.run_until(IN_A_MINUTE + ms(4000))
    village.board = "mute"  # what follows is told by hand
    village.send(AlertCame(alert(at=village.now)))
    village.run_until(IN_A_MINUTE + ms(5000))
    village.send(RelayState(1, True, False, village.now, RelayCause.COMMAND))
    assert [code for code, _ in told(village)] == ["relay_failed", "alert_taken"]
    village.send(RelayState(1, True, True, village.now, RelayCause.COMMAND))
    assert told(village)[2:] == [("relay_mended", "relay 1")]
