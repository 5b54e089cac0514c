"""The guard's decisions about relays that were read back closed and open by themselves."""

from __future__ import annotations

from dataclasses import replace

from hardware.guard.limits import ChannelLimits, Limits
from hardware.guard.rules import (
    Asked,
    AskedAllOff,
    BoardLost,
    BoardOpened,
    GuardEvent,
    Heard,
    OwnerGone,
    ReadBack,
    next_act_s,
    step,
)
from hardware.guard.state import GuardState, Refusal, Want
from hardware.ports import RelayCause

LIMITS = Limits(
    max_on_ms=600_000,
    channels={
        2: ChannelLimits(power=1),
        6: ChannelLimits(power=7),
        8: ChannelLimits(power=9),
        10: ChannelLimits(power=11),
        1: ChannelLimits(min_off_ms=20_000),
        4: ChannelLimits(min_off_ms=5000),
    },
    interlocks=(frozenset({3, 5}), frozenset({9, 11})),
)


class Watched:
    """A guard whose owner is heard all the time, and every command it has given, each with its instant."""

    def __init__(self) -> None:
        self.state, self.now_s = GuardState(0.0), 0.0
        self.commands: list[tuple[float, int, bool]] = []

    def take(self, event: GuardEvent) -> tuple[Want | Refusal, ...]:
        self.state, decided = step(self.state, self.now_s, event, LIMITS)
        self.commands += [
            (round(self.now_s, 1), one.channel, one.on) for one in decided if isinstance(one, Want)
        ]
        return decided

    def pass_time(self, seconds: float) -> None:
        until_s = round(self.now_s + seconds, 6)
        while self.now_s < until_s:
            self.now_s = round(min(until_s, self.now_s + 0.1), 6)
            self.take(Heard())

    def close(self, *channels: int) -> None:
        for channel in channels:
            self.take(Asked(channel, True))
        for channel in self.state.closed:
            self.take(ReadBack(channel, True))
        self.commands.clear()


def closed_for_ten_seconds(channel: int) -> Watched:
    """And nothing else was commanded."""
    guard = Watched()
    guard.close(channel)
    guard.pass_time(10)
    return guard


def test_it_is_commanded_open_and_closed_again_at_once() -> None:
    """Open first: it counts from there as any relay that opened."""
    guard = closed_for_ten_seconds(3)
    assert guard.take(ReadBack(3, False)) == (Want(3, False, RelayCause.REFUSED_BY_BOARD),)
    guard.pass_time(1)
    assert guard.commands == [(10.0, 3, False), (10.2, 3, True)]


def test_one_that_was_never_seen_closed_has_not_fallen() -> None:
    """Its command was lost on the way, and is repeated by who speaks to the board."""
    guard = Watched()
    guard.take(Asked(3, True))
    assert guard.take(ReadBack(3, False)) == ()
    assert 3 in guard.state.closed


def test_it_rests_as_long_as_it_must() -> None:
    """The shortest time off holds for a relay that fell as for one that was opened."""
    guard = closed_for_ten_seconds(4)
    guard.take(ReadBack(4, False))
    guard.pass_time(6)
    assert guard.commands == [(10.0, 4, False), (15.0, 4, True)]


def test_it_is_closed_for_no_longer_than_it_might_have_stayed_closed() -> None:
    """The owner's limit counts from its command, whatever happened in between."""
    guard = Watched()
    guard.take(Asked(3, True, 20_000))
    guard.take(ReadBack(3, True))
    guard.pass_time(15)
    guard.take(ReadBack(3, False))
    guard.pass_time(10)
    assert guard.commands[-1] == (20.0, 3, False)


def test_one_whose_time_ends_while_it_rests_stays_open_and_is_told_so() -> None:
    """At the instant at which it would have opened: who waits for it waits no longer."""
    guard = Watched()
    guard.take(Asked(4, True, 12_000))
    guard.take(ReadBack(4, True))
    guard.pass_time(10)
    guard.take(ReadBack(4, False))
    guard.pass_time(1.9)
    assert next_act_s(guard.state) == 12.0
    guard.now_s = 12.0
    assert guard.take(Heard()) == (Want(4, False, RelayCause.MAX_ON_TIME),)
    guard.pass_time(10)
    assert [on for _, _, on in guard.commands] == [True, False, False]


def test_an_amplifier_is_not_kept_for_a_line_whose_time_has_ended() -> None:
    """It goes as it does behind every last line that opens."""
    guard = Watched()
    guard.close(2)
    guard.take(Asked(2, True, 100_000))
    for _ in range(4):
        guard.take(ReadBack(2, True))
        guard.take(ReadBack(2, False))
        guard.pass_time(max(one.close_at_s for one in guard.state.waiting.values()) - guard.now_s)
    guard.take(Asked(2, True, 3000))
    guard.take(ReadBack(2, True))
    guard.take(ReadBack(2, False))
    assert guard.state.waiting[2].close_at_s > guard.now_s + 3.5
    guard.commands.clear()
    guard.pass_time(4)
    assert [(channel, on) for _, channel, on in guard.commands] == [(2, False), (1, False)]


def test_with_an_amplifiers_power_its_lines_open_and_close_again_after_its_rest() -> None:
    """Power first, as ever, and no line is closed on an amplifier without power."""
    guard = closed_for_ten_seconds(2)
    guard.take(ReadBack(1, False))
    guard.pass_time(25)
    assert guard.commands == [(10.0, 2, False), (10.0, 1, False), (30.0, 1, True), (30.0, 2, True)]


def test_a_board_that_lost_both_the_power_and_its_line_gets_both_back() -> None:
    """One look at the board tells of both, the line first or last; neither is closed twice."""
    for first, last in ((1, 2), (2, 1)):
        guard = closed_for_ten_seconds(2)
        guard.take(ReadBack(first, False))
        guard.take(ReadBack(last, False))
        guard.pass_time(25)
        assert [one for one in guard.commands if one[2]] == [(30.0, 1, True), (30.0, 2, True)]


def test_power_that_need_not_rest_waits_until_its_board_takes_commands() -> None:
    """Another board with its line may be quicker: power first, also where both fell."""
    for fell in ((7,), (7, 6), (6, 7)):
        guard = closed_for_ten_seconds(6)
        for channel in fell:
            guard.take(ReadBack(channel, False))
        guard.pass_time(2)
        assert [one for one in guard.commands if one[2]] == [(10.5, 7, True), (10.5, 6, True)]


def test_a_line_that_fell_has_its_amplifier_warm() -> None:
    """The power stays for the moment until the line is closed again."""
    guard = closed_for_ten_seconds(2)
    guard.take(ReadBack(2, False))
    guard.pass_time(25)
    assert guard.commands == [(10.0, 2, False), (10.2, 2, True)]


def test_power_that_falls_behind_its_last_line_stays_off() -> None:
    """It was to follow anyway."""
    guard = Watched()
    guard.close(2)
    guard.take(Asked(2, False))
    guard.take(ReadBack(1, False))
    guard.pass_time(30)
    assert not any(on for _, _, on in guard.commands)


def test_what_must_not_be_closed_with_it_stays_out_while_it_rests() -> None:
    """Nobody slips into its place."""
    guard = Watched()
    guard.close(3)
    guard.take(ReadBack(3, False))
    (refused,) = guard.take(Asked(5, True))
    assert isinstance(refused, Refusal)
    guard.pass_time(1)
    assert set(guard.state.closed) == {3}


def test_the_owner_ends_it_by_asking_for_it_open_or_by_going() -> None:
    """What nobody wants is not closed again."""
    for event in (Asked(4, False), AskedAllOff(), OwnerGone()):
        guard = Watched()
        guard.close(4)
        guard.take(ReadBack(4, False))
        guard.take(event)
        guard.pass_time(10)
        assert not any(on for _, _, on in guard.commands)
        assert next_act_s(guard.state) is None


def test_a_new_command_takes_the_place_of_what_waits() -> None:
    """It is closed at once and for no longer than this command says; what waited does not close it later."""
    guard = Watched()
    guard.close(3)
    guard.take(ReadBack(3, False))
    guard.pass_time(0.3)
    guard.take(ReadBack(3, True))
    guard.take(ReadBack(3, False))
    guard.take(Asked(3, True, 1000))
    guard.pass_time(10)
    assert guard.commands[-2:] == [(0.3, 3, True), (1.3, 3, False)]
    assert next_act_s(guard.state) is None


def test_what_is_refused_is_not_closed_later_by_an_older_command() -> None:
    """The owner was told that it stays open."""
    guard = Watched()
    guard.close(4)
    guard.take(ReadBack(4, False))
    guard.take(BoardLost(frozenset({4})))
    guard.take(BoardOpened(frozenset({4})))
    guard.take(Asked(4, True))
    assert 4 in guard.state.waiting
    guard.state = replace(guard.state, away=frozenset({4}))
    (refused,) = guard.take(Asked(4, True, 60_000))
    assert isinstance(refused, Refusal)
    guard.pass_time(10)
    assert not any(on for _, _, on in guard.commands)


def test_an_amplifiers_power_is_kept_for_a_line_that_falls_again() -> None:
    """It would have to rest for 20 s, and the line with it; nobody waiting any more, it goes as ever."""
    guard = Watched()
    guard.close(2)
    guard.pass_time(30)
    for _ in range(2):
        guard.take(ReadBack(2, False))
        guard.pass_time(2.5)
        guard.take(ReadBack(2, True))
    assert [one for one in guard.commands if one[1] == 1] == []
    assert guard.commands[-1] == (34.5, 2, True)
    guard.take(ReadBack(2, False))
    guard.take(Asked(2, False))
    guard.pass_time(1)
    assert 1 not in guard.state.closed


def test_the_power_of_a_line_that_waits_is_as_good_as_closed() -> None:
    """What must not be closed with it is refused, not let in to wait beside it."""
    guard = closed_for_ten_seconds(8)
    guard.take(ReadBack(9, False))
    (refused,) = guard.take(Asked(10, True))
    assert isinstance(refused, Refusal)
    guard.pass_time(1)
    assert set(guard.state.closed) == {8, 9}


def test_one_that_falls_again_and_again_is_tried_a_bounded_number_of_times() -> None:
    """It does not chatter: at most seven times in any minute, four later on; and it is tried for ever."""
    guard = Watched()
    guard.close(3)
    for _ in range(6000):
        guard.pass_time(0.1)
        if 3 in guard.state.closed:
            guard.take(ReadBack(3, True))
            guard.take(ReadBack(3, False))
    tried_s = [at_s for at_s, _, on in guard.commands if on]
    for minute_s in range(540):
        tries = [at_s for at_s in tried_s if minute_s <= at_s < minute_s + 60]
        assert 3 <= len(tries) <= (7 if minute_s < 60 else 5), minute_s


def test_one_that_was_well_for_a_while_is_closed_again_at_once() -> None:
    """What happened long ago does not count."""
    guard = Watched()
    guard.close(3)
    for _ in range(3):
        guard.take(ReadBack(3, False))
        guard.pass_time(100)
        guard.take(ReadBack(3, True))
    assert [at_s for at_s, _, on in guard.commands if on] == [0.2, 100.2, 200.2]
