"""What holds for every process the agent keeps: the relay guard and the sound worker alike."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware import (
    AttachedBoard,
    BoardReady,
    Duty,
    GuardedRelays,
    Limits,
    PlayRequest,
    Started,
    VlcOutput,
)
from hardware.virtual_board import VirtualBoard
from tests.hardware.conftest import PATIENCE_S, Inbox
from tests.standing_still import Witness


@dataclass(frozen=True)
class Kept:
    """A process in use. `use` has it do something and waits for that; `beat` is called while time passes.

    `stopped_within_s`: so soon after SIGSTOP another one stands in its place; likewise when it is killed.
    """

    pid: Callable[[], int | None]
    use: Callable[[], None]
    beat: Callable[[], None]
    close: Callable[[], None]
    killed_within_s: float
    stopped_within_s: float

    def replaced_at(self, gone: int) -> datetime:
        """When another process takes its place."""
        until_s = time.monotonic() + PATIENCE_S
        while self.pid() in (None, gone):
            assert time.monotonic() < until_s, f"process {gone} was not replaced"
            self.beat()
            time.sleep(0.02)
        return datetime.now(UTC)


def _guard(board: VirtualBoard, inbox: Inbox) -> Kept:
    relays = GuardedRelays(Duty((AttachedBoard("lcus", str(board.path), 4),), Limits()), inbox.put)
    inbox.wait_for(lambda event: isinstance(event, BoardReady))

    def use() -> None:
        until_s = time.monotonic() + PATIENCE_S
        while not board.on[0]:
            assert time.monotonic() < until_s, "relay 1 does not close"
            relays.set(1, True)
            relays.beat()
            time.sleep(0.1)

    return Kept(lambda: relays.guard_pid, use, relays.beat, relays.close, 1.0, 4.0)


def _sound(tone: Path, inbox: Inbox) -> Kept:
    output = VlcOutput(inbox.put, way="none")
    output.warm_up()

    def use() -> None:
        output.play(PlayRequest("tone", tone))
        inbox.wait_for(lambda event: isinstance(event, Started))

    return Kept(lambda: output.worker_pid, use, lambda: None, output.close, 1.0, 2.0)


@pytest.fixture(params=["guard", "sound"])
def kept(request: pytest.FixtureRequest, board: VirtualBoard, tone: Path, inbox: Inbox) -> Iterator[Kept]:
    """Each of them, at work."""
    one = _guard(board, inbox) if request.param == "guard" else _sound(tone, inbox)
    one.use()
    yield one
    one.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_one_that_is_killed_or_stopped_at_work_is_replaced_in_time_and_the_next_one_works(
    kept: Kept, machine: Witness, number: signal.Signals
) -> None:
    """Killed: seen at the end of its pipe. Stopped: seen by what it leaves unanswered."""
    gone = kept.pid()
    assert gone is not None
    struck_at = datetime.now(UTC)
    os.kill(gone, number)
    replaced_at = kept.replaced_at(gone)
    limit_s = kept.killed_within_s if number is signal.SIGKILL else kept.stopped_within_s
    assert machine.took_s(struck_at, replaced_at) <= limit_s
    kept.use()
    with pytest.raises(ProcessLookupError):
        os.kill(gone, 0)


def test_it_runs_in_a_session_of_its_own_and_without_secrets(
    board: VirtualBoard, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A signal to the agent's group does not take it along; what it holds nobody can take from it."""
    monkeypatch.setenv("STATION_SECRET", "made up")
    for one in (_guard(board, Inbox()), _sound(tone, Inbox())):
        pid = one.pid()
        assert pid is not None
        assert b"STATION_SECRET" not in Path(f"/proc/{pid}/environ").read_bytes()
        assert os.getsid(pid) == pid
        one.close()


def test_one_that_is_let_go_ends_and_none_follows(kept: Kept) -> None:
    """Closing waits for it; twice is harmless."""
    pid = kept.pid()
    kept.close()
    kept.close()
    assert kept.pid() is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, 0)
