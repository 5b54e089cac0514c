"""What every `Relay` promises: the same cases on boards behind the guard and on the simulation."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware import (
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
from tests.hardware.board_ways import WAYS, Way
from tests.hardware.conftest import PATIENCE_S
from tests.hardware.relay_events import PATIENT, ready, state

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

        def live() -> None:
            self.relays.beat()
            self.pass_time(0.0)

        found: RelayState = self.inbox.wait_for(state(channel, on, confirmed=confirmed), meanwhile=live)
        return found

    def really(self, *closed: int) -> None:
        """Exactly these relays of the board become closed."""
        until_s = time.monotonic() + PATIENCE_S
        while (on := self.on()) is not None and {c for c, is_on in enumerate(on, 1) if is_on} != set(closed):
            assert time.monotonic() < until_s, f"the board has {on}"
            self.relays.beat()
            time.sleep(0.01)


ADAPTERS = [*WAYS, "two boards", "simulated", "simulated without read-back"]


@pytest.fixture(params=ADAPTERS)
def bench(request: pytest.FixtureRequest, tmp_path: Path, inbox: Any, clock: Any) -> Iterator[Bench]:
    """Each adapter, ready for commands."""
    with _bench(request.param, tmp_path, inbox, clock, PATIENT) as one:
        yield one


@pytest.fixture(params=ADAPTERS)
def strict_bench(request: pytest.FixtureRequest, tmp_path: Path, inbox: Any, clock: Any) -> Iterator[Bench]:
    """The same, with an owner that must be heard every `DEADLINE_MS`."""
    with _bench(request.param, tmp_path, inbox, clock, Limits(deadline_ms=DEADLINE_MS)) as one:
        yield one


@contextmanager
def _bench(name: str, folder: Path, inbox: Any, clock: Any, limits: Limits) -> Iterator[Bench]:
    if name.startswith("simulated"):
        with closing(SimulatedRelays(2, inbox.put, clock, limits=limits, answers=name == "simulated")) as one:

            def pass_time(seconds: float) -> None:
                clock.advance(seconds)
                one.look()

            yield Bench(one, inbox, name == "simulated", pass_time)
        return
    ways = [Way("kmtronic", 1), Way("devantech", 2)] if name == "two boards" else [WAYS[name]]
    with ExitStack() as stack:
        boards = [stack.enter_context(way.plugged(folder / str(n))) for n, way in enumerate(ways)]
        attached = tuple(way.attached(board.path) for way, board in zip(ways, boards, strict=True))

        def on() -> tuple[bool, ...]:
            return tuple(is_on for board in boards for is_on in board.on)

        with GuardedRelays(Duty(attached, limits), inbox.put) as relays:
            for _ in attached:
                inbox.wait_for(ready)
            bench = Bench(relays, inbox, all(way.answers for way in ways), time.sleep, on)
            yield bench
        bench.really()


def test_every_relay_is_commanded_open_before_commands_are_taken(bench: Bench) -> None:
    """`BoardReady` comes after an opening of each relay."""
    if not any(ready(event) for event in bench.inbox.seen):
        bench.inbox.wait_for(ready)
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


def test_without_heartbeats_every_relay_opens(strict_bench: Bench) -> None:
    """The owner's loop is dead or wedged: the loudspeaker goes silent."""
    bench = strict_bench
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
