"""The simulated board, where it does what no contract case asks for."""

from typing import Any

from hardware import BoardReady, FaultCode, RelayCause, RelayFault, RelayState, SimulatedRelays
from hardware.guard.limits import Limits


def test_an_unplugged_board_loses_its_relays_and_returns_with_all_open(inbox: Any, clock: Any) -> None:
    """As behind the guard: told at once, refused meanwhile, commanded open on return."""
    relays = SimulatedRelays(2, inbox.put, clock)
    relays.set(1, True)
    relays.unplug()
    assert relays.states()[1].cause is RelayCause.BOARD_LOST
    relays.set(1, True)
    codes = [event.code for event in inbox.drain() if isinstance(event, RelayFault)]
    assert codes == [FaultCode.LINE_BROKEN, FaultCode.NOT_READY]
    relays.plug_in()
    assert isinstance(inbox.drain()[-1], BoardReady)
    assert not any(state.on for state in relays.states().values())
    assert relays.due_s() is None


def test_it_tells_when_time_alone_will_open_a_relay(inbox: Any, clock: Any) -> None:
    """So that a simulated day can jump from one instant to the next."""
    relays = SimulatedRelays(2, inbox.put, clock, limits=Limits(deadline_ms=700))
    relays.set(2, True)
    due_s = relays.due_s()
    assert due_s is not None
    clock.advance(due_s - clock.monotonic())
    relays.look()
    last = inbox.drain()[-1]
    assert isinstance(last, RelayState)
    assert (last.on, last.cause) == (False, RelayCause.HEARTBEAT_LOST)


def test_of_several_boards_one_can_be_taken_away(inbox: Any, clock: Any) -> None:
    """Relays are counted through them; what is lost, and what is back, names the relays of that board."""
    relays = SimulatedRelays(3, inbox.put, clock, boards=(2, 1))
    assert [one.channels for one in inbox.drain() if isinstance(one, BoardReady)] == [(1, 2), (3,)]
    relays.set(1, True)
    relays.set(3, True)
    relays.unplug(1)
    assert {channel for channel, state in relays.states().items() if state.on} == {1}
    relays.set(3, True)
    faults = [(one.code, one.channels) for one in inbox.drain() if isinstance(one, RelayFault)]
    assert faults == [(FaultCode.LINE_BROKEN, (3,)), (FaultCode.NOT_READY, (3,))]
    relays.plug_in(1)
    assert inbox.drain()[-1].channels == (3,)
    relays.set(3, True)
    assert {channel for channel, state in relays.states().items() if state.on} == {1, 3}


def test_a_dead_guard_takes_nothing_with_it_and_the_next_one_opens_everything_first(
    inbox: Any, clock: Any
) -> None:
    """As the real one: what was closed counts as open, nothing is commanded meanwhile, and then all opens."""
    relays = SimulatedRelays(3, inbox.put, clock, boards=(2, 1))
    relays.set(1, True)
    relays.unplug(1)
    before = len(inbox.drain())
    relays.lose_guard()
    assert relays.states()[1].cause is RelayCause.GUARD_GONE
    relays.set(1, True)
    relays.all_off()
    relays.look()
    faults = [(one.code, one.channels) for one in inbox.drain()[before:] if isinstance(one, RelayFault)]
    assert faults == [(FaultCode.GUARD_GONE, ()), (FaultCode.NOT_READY, (1,))]
    before = len(inbox.drain())
    relays.restart_guard()
    told = inbox.drain()[before:]
    assert [(one.channel, one.on, one.cause) for one in told[:2] if isinstance(one, RelayState)] == [
        (1, False, RelayCause.START),
        (1, False, RelayCause.START),
    ]
    assert [one.channels for one in told if isinstance(one, BoardReady)] == [(1, 2)]
    assert [one.code for one in told if isinstance(one, RelayFault)] == [FaultCode.PORT_MISSING]


def test_a_guard_that_hangs_does_and_says_nothing_until_it_is_lost(inbox: Any, clock: Any) -> None:
    """Not even when a relay was closed for as long as it may be."""
    relays = SimulatedRelays(2, inbox.put, clock, limits=Limits(deadline_ms=700))
    relays.set(1, True)
    before = len(inbox.drain())
    relays.guard_hangs = True
    relays.set(1, False)
    clock.advance(5)
    relays.look()
    assert relays.due_s() is None
    assert len(inbox.drain()) == before
    relays.lose_guard()
    assert not relays.is_guarded
    relays.restart_guard()
    assert relays.is_guarded
    assert not any(state.on for state in relays.states().values())


def test_a_board_that_falls_silent_is_told_once_and_confirms_again_later(inbox: Any, clock: Any) -> None:
    """It takes commands all the while: they are not confirmed."""
    relays = SimulatedRelays(2, inbox.put, clock)
    relays.silent = {1, 2}
    before = len(inbox.drain())
    relays.set(1, True)
    relays.set(1, False)
    relays.set(1, True)
    told = inbox.drain()[before:]
    assert [one.code for one in told if isinstance(one, RelayFault)] == [FaultCode.BOARD_SILENT]
    assert not any(one.confirmed for one in told if isinstance(one, RelayState))
    relays.silent = set()
    relays.read_back()
    last = inbox.drain()[-1]
    assert (last.channel, last.on, last.confirmed) == (1, True, True)


def test_a_relay_that_does_not_move_is_read_back_open(inbox: Any, clock: Any) -> None:
    """What the board reads back is believed, not what was commanded; at the next look it is told again."""
    relays = SimulatedRelays(2, inbox.put, clock)
    relays.refusing = {2}
    relays.set(2, True)
    assert (relays.states()[2].on, relays.states()[2].cause) == (False, RelayCause.REFUSED_BY_BOARD)
    assert inbox.drain()[-1].code is FaultCode.BOARD_DISAGREES
    relays.refusing = set()
    relays.read_back()
    assert (relays.states()[2].on, relays.states()[2].confirmed) == (True, True)
