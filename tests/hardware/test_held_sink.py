"""A sink without a card renders two seconds ahead once nobody asks for less: no lost worker may mean that."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from hardware import PlayRequest, Started, VlcOutput, WentOn
from tests.hardware.conftest import Inbox
from tests.hardware.sound_server import SINK, SoundServer, sound_server

REPLACED_WITHIN_MS = 2000
STREAMS = 2
"""The worker's and the one that holds the sink."""


def _streams(server: SoundServer) -> int:
    command = ["pactl", "list", "short", "sink-inputs"]
    done = subprocess.run(
        command,
        env={**os.environ, **server.environment},
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    return len(done.stdout.splitlines())


def _wait_for_streams(server: SoundServer, count: int) -> None:
    until_s = time.monotonic() + 15
    while _streams(server) != count:
        assert time.monotonic() < until_s, f"{_streams(server)} streams instead of {count}"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_lost_worker_is_heard_again_within_two_seconds_behind_a_sink_that_nobody_listens_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech: Path, number: signal.Signals
) -> None:
    """No recorder asks the sink for haste; what the output tells is when the next worker's sound was due."""
    inbox = Inbox()
    with sound_server(tmp_path / "server", monkeypatch.setenv) as server:
        output = VlcOutput(inbox.put, way="pulse", device=SINK)
        output.warm_up()
        _wait_for_streams(server, STREAMS)
        output.play(PlayRequest("speech", speech))
        inbox.wait_for(lambda event: isinstance(event, Started))
        time.sleep(1.0)
        os.kill(output.worker_pid or 0, number)
        went_on = inbox.wait_for(lambda event: isinstance(event, WentOn))
        output.close()
        assert _streams(server) == 0
    assert went_on.silent_ms <= REPLACED_WITHIN_MS


def test_the_sink_is_held_again_by_a_server_that_was_started_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The worker is replaced when its server is gone; with the next one both streams are there again."""
    inbox = Inbox()
    with sound_server(tmp_path / "server", monkeypatch.setenv) as server:
        output = VlcOutput(inbox.put, way="pulse", device=SINK)
        output.warm_up()
        _wait_for_streams(server, STREAMS)
    with sound_server(tmp_path / "server", monkeypatch.setenv) as server:
        _wait_for_streams(server, STREAMS)
        output.close()
