"""A sound server that hangs: whoever connects is told which one, and waits no longer than it may."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hardware.errors import AudioUnavailable
from hardware.ports import Failed, PlayRequest
from hardware.sound import pulse_stream
from hardware.sound.pulse import PulseWayOut
from hardware.vlc_output import VlcOutput
from tests.hardware.conftest import Inbox, Unhurried
from tests.hardware.sound_server import silent_server, sound_server


def test_a_server_that_never_answers_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its address, with the time that it had and what to do."""
    monkeypatch.setattr(pulse_stream, "OPEN_WITHIN_S", 0.2)
    with (
        silent_server(tmp_path / "silent", monkeypatch.setenv) as path,
        pytest.raises(AudioUnavailable) as refused,
    ):
        PulseWayOut()
    assert str(refused.value) == (f"the sound server at unix:{path} did not answer within 0.2 s; restart it")


@contextmanager
def _falls_silent(path: Path, server: str, after_bytes: int) -> Iterator[None]:
    """Passes on what a server says, so many bytes of it and no more; what it is asked it hears."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(path))
        door.listen()

        def serve() -> None:
            try:
                client, _ = door.accept()
            except OSError:
                return
            with client, socket.socket(socket.AF_UNIX) as line:
                line.connect(server)
                asks = threading.Thread(target=_pass_on, args=(client, line, None))
                asks.start()
                _pass_on(line, client, after_bytes)
                asks.join()

        serving = threading.Thread(target=serve)
        serving.start()
        yield
        door.shutdown(socket.SHUT_RDWR)
        serving.join()


def _pass_on(source: socket.socket, to: socket.socket, most: int | None) -> None:
    """Until the source has ended."""
    passed = 0
    try:
        while data := source.recv(65536):
            part = data if most is None else data[: max(0, most - passed)]
            passed += len(data)
            to.sendall(part)
    except OSError:
        pass
    finally:
        to.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("after_bytes", [0, 30, 100, 200, 300])
def test_a_server_that_falls_silent_while_one_connects_has_no_more_time_for_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after_bytes: int
) -> None:
    """In whatever step it does: all of them together have one limit."""
    monkeypatch.setattr(pulse_stream, "OPEN_WITHIN_S", 1.0)
    (tmp_path / "client.conf").write_text("enable-shm = no\n")  # what is passed on is bytes
    monkeypatch.setenv("PULSE_CLIENTCONFIG", str(tmp_path / "client.conf"))
    with sound_server(tmp_path / "server", monkeypatch.setenv) as server:
        real = server.environment["PULSE_SERVER"].removeprefix("unix:")
        with _falls_silent(tmp_path / "door", real, after_bytes):
            monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path / 'door'}")
            with pytest.raises(AudioUnavailable, match="did not answer within 1 s; restart it"):
                PulseWayOut()


def test_a_sound_for_a_server_that_hangs_fails_in_words_and_costs_no_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: Inbox, tone: Path
) -> None:
    """The worker goes on answering meanwhile: nobody has to replace it."""
    troubles = Inbox()
    with silent_server(tmp_path / "silent", monkeypatch.setenv) as path:
        output = VlcOutput(inbox.put, Unhurried(), way="pulse", on_trouble=troubles.put)
        try:
            output.warm_up()
            worker = output.worker_pid
            for key in ("one", "two"):
                output.play(PlayRequest(key, tone))
                failed = inbox.wait_for(lambda event: isinstance(event, Failed))
                assert f"unix:{path} did not answer within 3 s" in failed.message
            assert output.worker_pid == worker
        finally:
            output.close()
    assert troubles.drain() == []
