"""A sink without a card renders two seconds ahead once nobody asks for less: no lost worker may mean that."""

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware import PlayRequest, Started, VlcOutput, WentOn
from hardware.sound.held_sink import HeldSink
from tests.hardware.conftest import PATIENCE_S, Inbox
from tests.hardware.sound_server import SINK, SoundServer, sound_server
from tests.standing_still import Witness

REPLACED_WITHIN_MS = 2000
STREAMS = 2
"""The worker's and the one that holds the sink."""


def _streams(server: SoundServer) -> int:
    done = subprocess.run(
        ["pactl", "list", "short", "sink-inputs"],
        env={**os.environ, **server.environment},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return len(done.stdout.splitlines())


def _wait_for_streams(server: SoundServer, count: int) -> None:
    until_s = time.monotonic() + PATIENCE_S
    while _streams(server) != count:
        assert time.monotonic() < until_s, f"{_streams(server)} streams instead of {count}"
        time.sleep(0.05)


@contextmanager
def _playing(server: SoundServer, inbox: Inbox) -> Iterator[VlcOutput]:
    """An output on that server, with the sink held."""
    output = VlcOutput(inbox.put, way="pulse", device=SINK)
    try:
        output.warm_up()
        _wait_for_streams(server, STREAMS)
        yield output
    finally:
        output.close()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_lost_worker_is_heard_again_within_two_seconds_behind_a_sink_that_nobody_listens_to(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    inbox: Inbox,
    speech: Path,
    machine: Witness,
    number: signal.Signals,
) -> None:
    """No recorder asks the sink for haste; what the output tells is when the next worker's sound was due."""
    with sound_server(tmp_path / "server", monkeypatch.setenv) as server:
        with _playing(server, inbox) as output:
            output.play(PlayRequest("speech", speech))
            inbox.wait_for(lambda event: isinstance(event, Started))
            time.sleep(1.0)
            struck_at = datetime.now(UTC)
            os.kill(output.worker_pid or 0, number)
            went_on = inbox.wait_for(lambda event: isinstance(event, WentOn))
        _wait_for_streams(server, 0)
    stood_still_ms = machine.stood_still_s(struck_at, datetime.now(UTC)) * 1000
    assert went_on.silent_ms <= REPLACED_WITHIN_MS + stood_still_ms


def test_the_sink_is_held_again_by_a_server_that_was_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: Inbox
) -> None:
    """The worker is replaced when its server is gone; with the next one both streams are there again."""
    with ExitStack() as stack:
        with sound_server(tmp_path / "server", monkeypatch.setenv) as server:
            stack.enter_context(_playing(server, inbox))
        with sound_server(tmp_path / "server", monkeypatch.setenv) as server:
            _wait_for_streams(server, STREAMS)
            stack.close()


def test_a_sink_let_go_while_its_server_stands_still_is_not_held_when_the_server_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., None]
) -> None:
    """Nobody waits for the opening any more: it lets go by itself what it gets."""
    with sound_server(tmp_path / "server", monkeypatch.setenv) as server:
        sink = HeldSink(SINK)
        server.process.send_signal(signal.SIGSTOP)
        try:
            sink.hold()
            (opening,) = [thread for thread in threading.enumerate() if thread.name == "held-sink"]
            sink.close()
            assert opening.is_alive(), "there was nothing to wait for"
        finally:
            server.process.send_signal(signal.SIGCONT)
        wait_until(lambda: not opening.is_alive())
        _wait_for_streams(server, 0)
        time.sleep(0.3)
        assert _streams(server) == 0
