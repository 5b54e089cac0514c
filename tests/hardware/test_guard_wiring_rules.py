"""The guard's decisions where relays hang together: rests, interlocks, amplifiers, several boards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import BadSetting
from hardware.guard.limits import INTERLOCK_GAP_MS, ChannelLimits, Limits
from hardware.guard.rules import (
    Asked,
    AskedAllOff,
    BoardLost,
    BoardOpened,
    GuardEvent,
    Heard,
    OwnerGone,
    ReadBack,
    SentOpen,
    TimePassed,
    next_due_s,
    step,
)
from hardware.guard.state import GuardState, Refusal, Want
from hardware.ports import FaultCode, RelayCause

BOARD_A, BOARD_B = frozenset({1, 2, 3}), frozenset({4, 5})
LIMITS = Limits(
    deadline_ms=1000,
    max_on_ms=10_000,
    channels={
        2: ChannelLimits(power=1),
        3: ChannelLimits(power=1, max_on_ms=4000),
        4: ChannelLimits(min_off_ms=2000),
    },
    interlocks=(frozenset({3, 5}),),
    power_off_delay_ms=300,
)
EVENTS: st.SearchStrategy[GuardEvent] = st.one_of(
    st.builds(Asked, st.integers(1, 5), st.booleans(), st.one_of(st.none(), st.integers(1, 8000))),
    st.sampled_from(
        [Heard(), Heard(), TimePassed(), AskedAllOff(), BoardLost(BOARD_A), BoardLost(BOARD_B), OwnerGone()]
    ),
    st.sampled_from([BoardOpened(BOARD_A), BoardOpened(BOARD_B)]),
    st.builds(ReadBack, st.integers(1, 5), st.booleans()),
    st.builds(SentOpen, st.integers(1, 5)),
)
HISTORY = st.lists(st.tuples(st.integers(0, 900), EVENTS), max_size=60)


class House:
    """The relays as two boards would hold them that keep what they have when their line is lost."""

    def __init__(self) -> None:
        self.closed_at_s: dict[int, float] = {}
        self.opened_at_s: dict[int, float] = {}
        self.lost: frozenset[int] = frozenset()

    def obey(self, now_s: float, decided: tuple[Want | Refusal, ...]) -> None:
        for one in decided:
            if isinstance(one, Refusal) or one.channel in self.lost:
                continue
            if one.on:
                self._close(now_s, one.channel)
            elif self.closed_at_s.pop(one.channel, None) is not None:
                self.opened_at_s[one.channel] = now_s

    def _close(self, now_s: float, channel: int) -> None:
        if channel in self.closed_at_s:
            return
        if channel == 4:
            assert now_s - self.opened_at_s.get(4, float("-inf")) >= 2.0
        if channel in (3, 5):
            other = 8 - channel
            assert other not in self.closed_at_s
            assert now_s - self.opened_at_s.get(other, float("-inf")) >= INTERLOCK_GAP_MS / 1000
        if channel in (2, 3):
            assert 1 in self.closed_at_s, "a line closed before its amplifier's power"
        self.closed_at_s[channel] = now_s

    def lose(self, channels: frozenset[int]) -> None:
        self.lost |= channels

    def open_board(self, now_s: float, channels: frozenset[int]) -> None:
        """Its port opened, and every relay of it was commanded open."""
        self.lost -= channels
        for channel in channels & self.closed_at_s.keys():
            del self.closed_at_s[channel]
            self.opened_at_s[channel] = now_s


@given(history=HISTORY)
def test_no_limit_of_the_wiring_is_ever_broken(history: list[tuple[int, GuardEvent]]) -> None:
    """Rests, interlocks also over lost boards, power before line: on the relays, not in the guard's books."""
    state, house, now_s, gone = GuardState(heard_at_s=0.0), House(), 0.0, False
    for wait_ms, event in history:
        until_s = now_s + wait_ms / 1000
        while (due_s := next_due_s(state, LIMITS)) is not None and due_s <= until_s:
            now_s = max(now_s, due_s)
            state, decided = step(state, now_s, TimePassed(), LIMITS)
            house.obey(now_s, decided)
            assert next_due_s(state, LIMITS) != due_s
        now_s = until_s
        if isinstance(event, BoardOpened):
            if not event.channels & house.lost:
                continue  # it was never away
            house.open_board(now_s, event.channels)
        state, decided = step(state, now_s, event, LIMITS)
        if isinstance(event, BoardLost) and event.channels is not None:
            house.lose(event.channels)
        house.obey(now_s, decided)
        gone = gone or isinstance(event, OwnerGone)
        reached = house.closed_at_s.keys() - house.lost
        assert reached == state.closed.keys()
        assert not (gone and (reached or state.waiting))
        for channel in reached:
            longest_s = 4.0 if channel == 3 else 10.0
            assert now_s < house.closed_at_s[channel] + longest_s
        if reached & {2, 3}:
            assert 1 in reached, "a line is closed without its amplifier's power"


def _ask(
    state: GuardState, now_s: float, channel: int, on: bool = True
) -> tuple[GuardState, list[Want | Refusal]]:
    state, decided = step(state, now_s, Asked(channel, on), LIMITS)
    return state, list(decided)


def test_an_interlock_is_refused_with_words_that_say_so() -> None:
    """Both relays are named; nothing moves."""
    state, _ = _ask(GuardState(0.0), 0.0, 3)
    state, decided = _ask(state, 0.1, 5)
    (refused,) = decided
    assert isinstance(refused, Refusal)
    assert (refused.channel, refused.code) == (5, FaultCode.INTERLOCKED)
    assert refused.why == "relay 5 stays open: relay 3 is closed, and 5 and 3 are interlocked"
    assert 5 not in state.closed


def test_an_interlocked_relay_waits_until_the_other_has_had_the_time_to_fall() -> None:
    """Two boards move at their own pace: half a second lies between."""
    state, _ = _ask(GuardState(0.0), 0.0, 3)
    state, _ = _ask(state, 0.1, 3, on=False)
    state, decided = _ask(state, 0.2, 5)
    assert decided == []
    assert next_due_s(state, LIMITS) == pytest.approx(0.4)  # the amplifier's power comes first
    state, _ = step(state, 0.59, Heard(), LIMITS)
    assert 5 not in state.closed
    _, wants = step(state, 0.6, Heard(), LIMITS)
    assert wants == (Want(5, True, RelayCause.COMMAND),)


def test_a_relay_on_a_lost_board_may_be_closed_for_all_anybody_knows() -> None:
    """Never with: also when the one board was pulled out while its relay was closed."""
    state, _ = _ask(GuardState(0.0), 0.0, 3)
    state, _ = step(state, 0.1, BoardLost(BOARD_A), LIMITS)
    state, (refused,) = _ask(state, 0.9, 5)
    assert isinstance(refused, Refusal)
    assert "relay 3 is not known to be open" in refused.why
    state, _ = step(state, 1.0, BoardOpened(BOARD_A), LIMITS)
    _, wants = _ask(state, 1.6, 5)
    assert wants == [Want(5, True, RelayCause.COMMAND)]


def test_a_board_lost_with_its_relay_open_blocks_nobody() -> None:
    """An open relay does not close by being unplugged; the other zone must not fall silent for weeks."""
    state, _ = step(GuardState(0.0), 0.0, BoardLost(BOARD_A), LIMITS)
    for at_s in (0.9, 1.0):
        state, wants = _ask(state, at_s, 5)
        assert wants == [Want(5, True, RelayCause.COMMAND)]


def test_an_order_to_open_that_the_loss_overtook_is_not_trusted() -> None:
    """It was asked for a moment before the board went: nobody knows whether it got there."""
    state, _ = _ask(GuardState(0.0), 0.0, 3)
    state, _ = _ask(state, 0.5, 3, on=False)
    state, _ = step(state, 0.6, BoardLost(BOARD_A), LIMITS)
    _, (refused,) = _ask(state, 1.4, 5)
    assert isinstance(refused, Refusal)


def test_what_is_wanted_for_a_shorter_time_than_it_has_to_rest_stays_open() -> None:
    """It would close only to open again; that its time is over is told."""
    state, _ = _ask(GuardState(0.0), 0.0, 4)
    state, _ = _ask(state, 0.5, 4, on=False)
    state, _ = step(state, 0.6, Asked(4, True, 500), LIMITS)
    state, decided = step(state, 1.1, Heard(), LIMITS)
    assert decided == (Want(4, False, RelayCause.MAX_ON_TIME),)
    assert not state.waiting


def test_a_relay_that_reads_back_closed_blocks_what_is_interlocked_with_it() -> None:
    """A welded contact is a closed contact."""
    state, _ = step(GuardState(0.0), 0.0, ReadBack(3, True), LIMITS)
    state, (refused,) = _ask(state, 0.1, 5)
    assert isinstance(refused, Refusal)
    state, _ = step(state, 0.2, ReadBack(3, False), LIMITS)
    _, wants = _ask(state, 0.3, 5)
    assert wants == [Want(5, True, RelayCause.COMMAND)]


def test_a_relay_rests_before_it_closes_again() -> None:
    """The command is kept; an opening, a lost owner or a lost board forgets it."""
    state, _ = _ask(GuardState(0.0), 0.0, 4)
    state, _ = _ask(state, 0.5, 4, on=False)
    state, decided = _ask(state, 0.6, 4)
    assert decided == []
    assert next_due_s(state, LIMITS) == pytest.approx(1.6)  # the owner's deadline comes first
    for event in (Asked(4, False), AskedAllOff(), OwnerGone(), BoardLost(BOARD_B)):
        assert not step(state, 0.7, event, LIMITS)[0].waiting
    for tenth in range(7, 25):
        state, _ = step(state, tenth / 10, Heard(), LIMITS)
    _, wants = step(state, 2.5, Heard(), LIMITS)
    assert wants == (Want(4, True, RelayCause.COMMAND),)


def test_a_rest_counts_from_when_the_order_went_out() -> None:
    """A board may take its orders later than they are decided; the relay rests whole all the same."""
    state, _ = _ask(GuardState(0.0), 0.0, 4)
    state, _ = _ask(state, 0.5, 4, on=False)
    state, _ = step(state, 0.9, SentOpen(4), LIMITS)
    state, _ = _ask(state, 1.0, 4)
    for tenth in range(11, 29):
        state, decided = step(state, tenth / 10, Heard(), LIMITS)
        assert decided == ()
    _, wants = step(state, 2.9, Heard(), LIMITS)
    assert wants == (Want(4, True, RelayCause.COMMAND),)


def test_an_amplifiers_power_goes_on_first_and_off_last() -> None:
    """The line opens at once, the power a moment later; a second line keeps it."""
    state, wants = _ask(GuardState(0.0), 0.0, 2)
    assert wants == [Want(1, True, RelayCause.COMMAND), Want(2, True, RelayCause.COMMAND)]
    state, wants = _ask(state, 0.1, 3)
    assert wants == [Want(3, True, RelayCause.COMMAND)]
    state, _ = _ask(state, 0.2, 2, on=False)
    assert 1 in state.closed
    state, wants = _ask(state, 0.3, 1, on=False)
    assert wants == []
    state, wants = _ask(state, 0.4, 3, on=False)
    assert wants == [Want(3, False, RelayCause.COMMAND)]
    assert next_due_s(state, LIMITS) == pytest.approx(0.7)
    state, wants = _ask(state, 0.5, 1, on=False)
    assert wants == []
    _, decided = step(state, 0.7, TimePassed(), LIMITS)
    assert decided == (Want(1, False, RelayCause.COMMAND),)


def test_a_line_asked_for_again_keeps_the_amplifier_on() -> None:
    """Two broadcasts close together do not switch its power."""
    state, _ = _ask(GuardState(0.0), 0.0, 2)
    state, _ = _ask(state, 0.2, 2, on=False)
    state, _ = _ask(state, 0.4, 2)
    state, decided = step(state, 0.9, Heard(), LIMITS)
    assert decided == ()
    assert set(state.closed) == {1, 2}


def test_everything_opens_with_the_lines_first() -> None:
    """No amplifier falls under a line that is still closed."""
    state, _ = _ask(GuardState(0.0), 0.0, 2)
    _, decided = step(state, 0.1, OwnerGone(), LIMITS)
    assert [one.channel for one in decided] == [2, 1]


def test_a_board_lost_takes_only_its_own_relays() -> None:
    """And the lines behind an amplifier whose power was on it."""
    limits = Limits(channels={4: ChannelLimits(power=1)})
    state, _ = step(GuardState(0.0), 0.0, Asked(4, True), limits)
    state, _ = step(state, 0.1, Asked(5, True), limits)
    state, wants = step(state, 0.2, BoardLost(BOARD_A), limits)
    assert wants == (Want(4, False, RelayCause.BOARD_LOST),)
    assert set(state.closed) == {5}


def test_a_line_stays_open_without_its_amplifiers_power() -> None:
    """The power is on a board that is not there."""
    limits = Limits(channels={4: ChannelLimits(power=1)})
    state, _ = step(GuardState(0.0), 0.0, BoardLost(BOARD_A), limits)
    _, (refused,) = step(state, 0.1, Asked(4, True), limits)
    assert isinstance(refused, Refusal)
    assert refused.code is FaultCode.NOT_READY
    assert "amplifier's power, relay 1" in refused.why


def test_a_channel_may_stay_closed_less_long_than_the_others() -> None:
    """What hangs on it decides."""
    state, _ = _ask(GuardState(0.0), 0.0, 3)
    for tenth in range(40):
        state, _ = step(state, tenth / 10, Heard(), LIMITS)
    assert 3 in state.closed
    _, decided = step(state, 4.0, Heard(), LIMITS)
    assert Want(3, False, RelayCause.MAX_ON_TIME) in decided


def test_an_amplifier_behind_an_amplifier_is_refused() -> None:
    """One power a line."""
    with pytest.raises(BadSetting, match="relay 1 is an amplifier's power"):
        Limits(channels={2: ChannelLimits(power=1), 1: ChannelLimits(power=3)})
