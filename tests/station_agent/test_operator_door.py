"""The operator's door: who may open it, what is said through it, and what is refused."""

from __future__ import annotations

import contextlib
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from station_agent import operator_door
from station_agent.errors import AgentNotRunning, NotNow
from station_agent.operator_door import HEARD_AT_ONCE, SOCKET, OperatorDoor, ask, socket_path
from station_agent.operator_words import Answer, PlayRequest, Request, StopRequest, VolumeRequest
from tests.station_agent.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]


class Desk:
    """Does what it is asked, and remembers."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def do(self, request: Request) -> Answer:
        self.asked.append(request)
        if isinstance(request, StopRequest):
            raise NotNow("nothing is on the air")
        return Answer(ok=True, message="it is done")


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def data(tmp_path: Path, desk: Desk) -> Iterator[Path]:
    """A folder whose path is longer than a socket's address can be."""
    folder = tmp_path / ("a-long-name-" * 9)
    folder.mkdir()
    door = OperatorDoor(folder, desk.do)
    door.start()
    yield folder
    door.close()


def test_only_its_owner_can_open_it(data: Path) -> None:
    """The socket stands in the data folder with mode 0600."""
    mode = (data / SOCKET).stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_a_request_is_done_or_refused_in_words(data: Path, desk: Desk) -> None:
    """A refusal is an answer, not an error of the line."""
    done = ask(data, VolumeRequest(act="volume", percent=40))
    refused = ask(data, StopRequest(act="stop"))
    assert (done.ok, done.message) == (True, "it is done")
    assert (refused.ok, refused.message) == (False, "nothing is on the air")
    assert desk.asked == [VolumeRequest(act="volume", percent=40), StopRequest(act="stop")]


@pytest.mark.parametrize(
    ("line", "word"),
    [
        (b"\n", "request"),
        (b"{}\n", "act"),
        (b'{"act":"sing"}\n', "act"),
        (b'{"act":"stop","loudly":1}\n', "loudly"),
        (b'{"act":"volume","percent":101}\n', "percent"),
        (b'{"act":"volume","percent":-1}\n', "percent"),
        (b'{"act":"hold","minutes":481}\n', "minutes"),
        (b'{"act":"play"}\n', "either"),
        (b'{"act":"microphone","minutes":61}\n', "minutes"),
        (b"\xff\xfe\n", "request"),
        (b"x" * 600_000 + b"\n", "one line"),
    ],
)
def test_what_is_no_request_is_refused_and_nothing_is_done(
    data: Path, desk: Desk, line: bytes, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closed and bounded; the answer names the field."""
    monkeypatch.setattr(operator_door, "READ_WITHIN_S", PATIENCE_S)  # a busy machine may take long to say it
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(PATIENCE_S)
        with socket_path(data) as path:
            client.connect(path)
        with contextlib.suppress(ConnectionError):  # what is too long is answered before all of it was taken
            client.sendall(line)
        answer = client.makefile("rb").readline()
    assert b'"ok":false' in answer
    assert word.encode() in answer
    assert desk.asked == []


def test_who_says_nothing_keeps_nobody_out(data: Path) -> None:
    """After two seconds the next one is heard."""
    with socket.socket(socket.AF_UNIX) as silent:
        with socket_path(data) as path:
            silent.connect(path)
        assert ask(data, VolumeRequest(act="volume", percent=10)).ok


def test_however_many_say_half_a_line_a_stop_is_heard_at_once(
    data: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All are listened to together, and the first of too many is shown out."""
    monkeypatch.setattr(operator_door, "READ_WITHIN_S", PATIENCE_S)
    with contextlib.ExitStack() as lines, socket_path(data) as path:
        halves = [lines.enter_context(socket.socket(socket.AF_UNIX)) for _ in range(HEARD_AT_ONCE + 8)]
        for half in halves:
            half.settimeout(PATIENCE_S)
            half.connect(path)
            half.sendall(b'{"act":')
        assert ask(data, VolumeRequest(act="volume", percent=10)).ok
        assert b"in time" in halves[0].makefile("rb").readline()
        halves[-1].sendall(b'"volume","percent":20}\n')
        assert b'"ok":true' in halves[-1].makefile("rb").readline()
    assert desk.asked == [VolumeRequest(act="volume", percent=one) for one in (10, 20)]


def test_a_closed_door_ends_its_thread(tmp_path: Path, desk: Desk) -> None:
    """Also while somebody speaks."""
    door = OperatorDoor(tmp_path, desk.do)
    door.start()
    with socket.socket(socket.AF_UNIX) as half:
        with socket_path(tmp_path) as path:
            half.connect(path)
        half.sendall(b"{")
        (listening,) = [one for one in threading.enumerate() if one.name == "operator"]
        door.close()
        assert not listening.is_alive()


def test_who_says_it_a_byte_at_a_time_keeps_nobody_out(data: Path) -> None:
    """Two seconds are for the whole line, not for each byte of it."""
    connected, done = threading.Event(), threading.Event()

    def dawdle() -> None:
        with socket.socket(socket.AF_UNIX) as slow, contextlib.suppress(OSError):
            with socket_path(data) as path:
                slow.connect(path)
            connected.set()
            while not done.is_set():
                slow.sendall(b" ")
                done.wait(1.0)

    dawdling = threading.Thread(target=dawdle)
    dawdling.start()
    try:
        assert connected.wait(PATIENCE_S)
        assert ask(data, VolumeRequest(act="volume", percent=10)).ok
    finally:
        done.set()
        dawdling.join()


def test_a_stop_does_not_wait_for_a_file_that_is_looked_at(tmp_path: Path) -> None:
    """To measure one takes seconds."""
    looked_at, may_end = threading.Event(), threading.Event()

    def do(request: Request) -> Answer:
        if isinstance(request, PlayRequest):
            looked_at.set()
            assert may_end.wait(PATIENCE_S)
        return Answer(ok=True, message=request.act)

    played: list[Answer] = []
    door = OperatorDoor(tmp_path, do)
    door.start()
    playing = threading.Thread(
        target=lambda: played.append(ask(tmp_path, PlayRequest(act="play", file="song.mp3")))
    )
    playing.start()
    try:
        assert looked_at.wait(PATIENCE_S)
        assert ask(tmp_path, StopRequest(act="stop")).message == "stop"
        assert played == []
    finally:
        may_end.set()
        playing.join()
        door.close()
    assert [one.message for one in played] == ["play"]


def test_a_door_that_was_left_open_by_a_killed_agent_is_taken_over(data: Path, desk: Desk) -> None:
    """The folder's lock says that its owner is gone."""
    door = OperatorDoor(data, desk.do)
    door.start()
    assert ask(data, VolumeRequest(act="volume", percent=10)).ok
    door.close()
    assert not (data / SOCKET).exists()


def test_nobody_behind_the_door_is_said_in_one_line(tmp_path: Path) -> None:
    """And the command ends with 1; what cannot be asked for ends with 2."""
    with pytest.raises(AgentNotRunning, match="no agent answers"):
        ask(tmp_path, StopRequest(act="stop"))
    too_loud = call(tmp_path, "operator", "volume", "101")
    assert "percent: must be at most 100" in too_loud.stderr
    for arguments, code in ((("stop",), 1), (("volume", "101"), 2), (("hold", "-5"), 2), (("play",), 2)):
        done = call(tmp_path, "operator", *arguments)
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr


def call(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "station_agent.cli", "--data", str(data), *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=PATIENCE_S, check=False)
