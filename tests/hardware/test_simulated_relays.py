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
