"""The amplifier's table, over any history."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.amplifier import (
    Amplifier,
    AmplifierEvent,
    AmplifierState,
    Stage,
    SwitchRelay,
    next_due_s,
    step,
)
from hardware.errors import BadSetting

ZONE = Amplifier(channels=(2, 3), warm_up_ms=5000, tail_ms=800, max_on_ms=60_000, power_channel=1)
HISTORY = st.lists(st.tuples(st.integers(0, 20_000), st.sampled_from(list(AmplifierEvent))), max_size=40)


def _walk(*moves: tuple[float, AmplifierEvent]) -> tuple[AmplifierState, tuple[SwitchRelay, ...]]:
    state, commands = AmplifierState(), ()
    for now_s, event in moves:
        state, commands = step(ZONE, state, now_s, event)
    return state, commands


@given(history=HISTORY)
def test_relays_are_closed_exactly_outside_off_and_never_too_long(
    history: list[tuple[int, AmplifierEvent]],
) -> None:
    """Whatever happens: off means every relay open, anything else every relay closed, within the limit."""
    state, closed, now_s = AmplifierState(), {}, 0.0
    for wait_ms, event in history:
        until_s = now_s + wait_ms / 1000
        while (due_s := next_due_s(ZONE, state)) is not None and due_s <= until_s:
            now_s = max(now_s, due_s)
            state, commands = step(ZONE, state, now_s, AmplifierEvent.TIME)
            _obey(closed, now_s, commands)
        now_s = until_s
        state, commands = step(ZONE, state, now_s, event)
        _obey(closed, now_s, commands)
        assert set(closed) == (set() if state.stage is Stage.OFF else {1, 2, 3})
        assert all(now_s - closed_at_s < 60 for closed_at_s in closed.values())
        if event is AmplifierEvent.FAULT:
            assert state.stage is Stage.OFF
        if state.stage is Stage.LIVE:
            assert now_s - closed[2] >= 5


def _obey(closed: dict[int, float], now_s: float, commands: tuple[SwitchRelay, ...]) -> None:
    for command in commands:
        if command.on:
            closed.setdefault(command.channel, now_s)
        else:
            closed.pop(command.channel, None)


def test_power_goes_on_first_and_off_last() -> None:
    """The line is closed between the two, so that no switching thump is heard."""
    _, closing = _walk((0, AmplifierEvent.ASK))
    assert [(c.channel, c.on) for c in closing] == [(1, True), (2, True), (3, True)]
    _, opening = _walk((0, AmplifierEvent.ASK), (6, AmplifierEvent.RELEASE), (7, AmplifierEvent.TIME))
    assert [(c.channel, c.on) for c in opening] == [(3, False), (2, False), (1, False)]


def test_it_is_live_only_after_the_warm_up() -> None:
    """The amplifier's own relay connects seconds after power-on."""
    assert _walk((0, AmplifierEvent.ASK), (4.999, AmplifierEvent.TIME))[0].stage is Stage.WARMING
    assert _walk((0, AmplifierEvent.ASK), (5, AmplifierEvent.TIME))[0].stage is Stage.LIVE


def test_without_a_warm_up_it_is_live_at_once() -> None:
    """A transmitter's key needs none."""
    state, commands = step(Amplifier(channels=(1,)), AmplifierState(), 7.0, AmplifierEvent.ASK)
    assert state.stage is Stage.LIVE
    assert [command.on for command in commands] == [True]


def test_asked_again_in_the_tail_it_stays_closed() -> None:
    """Two broadcasts close together do not make the relay chatter."""
    state, commands = _walk((0, AmplifierEvent.ASK), (9, AmplifierEvent.RELEASE), (9.5, AmplifierEvent.ASK))
    assert state.stage is Stage.LIVE
    assert commands == ()


def test_released_while_warming_everything_opens_at_once() -> None:
    """Nothing was heard, so there is no tail."""
    state, commands = _walk((0, AmplifierEvent.ASK), (1, AmplifierEvent.RELEASE))
    assert state.stage is Stage.OFF
    assert len(commands) == 3


def test_a_fault_in_off_commands_the_relays_open_once_more() -> None:
    """What failed may have left one closed."""
    _, commands = step(ZONE, AmplifierState(), 1.0, AmplifierEvent.FAULT)
    assert {(command.channel, command.on) for command in commands} == {(1, False), (2, False), (3, False)}


@pytest.mark.parametrize(
    "settings",
    [
        {"channels": ()},
        {"channels": (1, 1)},
        {"channels": (0,)},
        {"channels": (1,), "power_channel": 1},
        {"channels": (1,), "warm_up_ms": -1},
        {"channels": (1,), "warm_up_ms": 5000, "max_on_ms": 5000},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings: dict[str, object]) -> None:
    """A clear line at the start is better than a silent village."""
    with pytest.raises(BadSetting):
        Amplifier(**settings)  # type: ignore[arg-type] # wrong on purpose
