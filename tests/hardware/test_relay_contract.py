"""What every `Relay` promises: the same cases on boards behind the guard and on the simulation."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware import (
    AttachedBoard,
    BoardReady,
    Duty,
    GuardedRelays,
    Limits,
    Relay,
    RelayCause,
    RelayFault,
    RelayState,
)
from hardware.errors import NoSuchChannel
from hardware.simulated_relays import SimulatedRelays
from hardware.virtual_board import virtual_board
from tests.hardware.board_ways import WAYS

DEADLINE_MS = 400


@dataclass
class Bench:
    """One adapter under test. `answers`: its board reads back. `pass_time` lets seconds go by.

    `on`: what the board's relays really are; None where there is no board beside the adapter.
    """

    relays: Relay
    inbox: Any
    answers: bool
    pass_time: Callable[[float], None]
    on: Callable[[], tuple[bool, ...] | None] = lambda: None

    def state(self, channel: int, on: bool, *, confirmed: bool = False) -> RelayState:
        """The next such state, beating meanwhile."""

        def matches(event: object) -> bool:
            return isinstance(event, RelayState) and (event.channel, event.on, event.confirmed) == (
                channel,
                on,
                confirmed,
            )

        def live() -> None:
            self.relays.beat()
            self.pass_time(0.0)

        found: RelayState = self.inbox.wait_for(matches, meanwhile=live)
        return found

    def really(self, *closed: int) -> None:
        """Exactly these relays of the board become closed, within the time a board needs."""
        until_s = time.monotonic() + 1.0
        while (on := self.on()) is not None and {c for c, is_on in enumerate(on, 1) if is_on} != set(closed):
            assert time.monotonic() < until_s, f"the board has {on}"
            self.relays.beat()
            time.sleep(0.01)


@pytest.fixture(params=[*WAYS, "two boards", "simulated", "simulated without read-back"])
def bench(request: pytest.FixtureRequest, tmp_path: Path, inbox: Any, clock: Any) -> Iterator[Bench]:
    """Each adapter, ready for commands."""
    if request.param.startswith("simulated"):
        answers = request.param == "simulated"
        simulated = SimulatedRelays(
            2, inbox.put, clock, limits=Limits(deadline_ms=DEADLINE_MS), answers=answers
        )

        def pass_time(seconds: float) -> None:
            clock.advance(seconds)
            simulated.look()

        yield Bench(simulated, inbox, answers, pass_time)
        simulated.close()
        return
    if request.param == "two boards":
        with (
            virtual_board("kmtronic", tmp_path / "first", channels=1) as first,
            virtual_board("devantech", tmp_path / "second", channels=2) as second,
        ):
            attached = tuple(
                AttachedBoard(kind, str(board.path), len(board.on))
                for kind, board in (("kmtronic", first), ("devantech", second))
            )
            with GuardedRelays(Duty(attached, Limits(deadline_ms=DEADLINE_MS)), inbox.put) as relays:
                for _ in attached:
                    inbox.wait_for(lambda event: isinstance(event, BoardReady))
                yield Bench(relays, inbox, True, time.sleep, lambda: first.on + second.on)
            assert not any(first.on + second.on)
        return
    way = WAYS[request.param]
    with way.plugged(tmp_path / "board") as board:
        duty = Duty((way.attached(board.path),), Limits(deadline_ms=DEADLINE_MS))
        with GuardedRelays(duty, inbox.put) as relays:
            inbox.wait_for(lambda event: isinstance(event, BoardReady))
            yield Bench(relays, inbox, way.answers, time.sleep, lambda: board.on)
        assert not any(board.on)


def test_every_relay_is_commanded_open_before_commands_are_taken(bench: Bench) -> None:
    """`BoardReady` comes after an opening of each relay."""
    if not any(isinstance(event, BoardReady) for event in bench.inbox.seen):
        bench.inbox.wait_for(lambda event: isinstance(event, BoardReady))
    last = max(i for i, event in enumerate(bench.inbox.seen) if isinstance(event, BoardReady))
    before = bench.inbox.seen[:last]
    opened = [event for event in before if isinstance(event, RelayState)]
    assert {event.channel for event in opened} == set(range(1, bench.relays.channels + 1))
    assert not any(event.on for event in opened)
    assert {event.cause for event in opened} == {RelayCause.START}


def test_a_command_is_told_when_written_and_when_read_back(bench: Bench) -> None:
    """Commanded first; confirmed only where the board answers, and never otherwise."""
    bench.relays.set(2, True)
    commanded = bench.state(2, True)
    bench.really(2)
    assert commanded.cause is RelayCause.COMMAND
    assert commanded.at.utcoffset() is not None
    if bench.answers:
        confirmed = bench.state(2, True, confirmed=True)
        assert confirmed.at >= commanded.at
        assert bench.relays.states()[2].confirmed
    else:
        for _ in range(8):
            bench.relays.beat()
            bench.pass_time(0.1)
        assert not any(isinstance(e, RelayState) and e.confirmed for e in bench.inbox.drain())
        assert not any(isinstance(e, RelayFault) for e in bench.inbox.seen)
        assert bench.relays.states()[2].on


def test_relays_are_commanded_one_by_one(bench: Bench) -> None:
    """Closing one leaves the others as they are."""
    bench.relays.set(1, True)
    bench.state(1, True)
    bench.relays.set(2, True)
    bench.state(2, True)
    bench.really(1, 2)
    bench.relays.set(1, False)
    bench.state(1, False)
    bench.really(2)
    assert [bench.relays.states()[channel].on for channel in (1, 2)] == [False, True]


def test_all_off_opens_every_relay(bench: Bench) -> None:
    """One call, whatever is closed."""
    bench.relays.set(1, True)
    bench.state(1, True)
    bench.relays.all_off()
    bench.state(1, False)
    assert not bench.relays.states()[1].on
    bench.really()


def test_without_heartbeats_every_relay_opens(bench: Bench) -> None:
    """The owner's loop is dead or wedged: the loudspeaker goes silent."""
    bench.relays.set(1, True)
    bench.state(1, True)
    bench.pass_time(DEADLINE_MS / 1000 + 0.3)
    opened = bench.state(1, False)
    assert opened.cause is RelayCause.HEARTBEAT_LOST
    bench.really()


def test_a_relay_opens_after_its_own_longest_time(bench: Bench) -> None:
    """Counted from the command, while the owner beats on."""
    bench.relays.set(2, True, max_on_ms=300)
    bench.state(2, True)
    for _ in range(6):
        bench.relays.beat()
        bench.pass_time(0.1)
    assert bench.state(2, False).cause is RelayCause.MAX_ON_TIME


def test_a_channel_that_does_not_exist_is_refused_and_closing_twice_does_no_harm(bench: Bench) -> None:
    """The first is the caller's own fault, so it raises; stops run in `finally`, so they never do."""
    for channel in (0, bench.relays.channels + 1):
        with pytest.raises(NoSuchChannel):
            bench.relays.set(channel, True)
    bench.relays.close()
    bench.relays.close()
