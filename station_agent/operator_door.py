"""The operator's door: a UNIX socket in the data folder that its owner alone can open.

One thread; a request is a line of JSON, its answer another one. Who does not finish his line within two
seconds is shown out, so that one who hangs keeps nobody out for long. What takes long to do is done beside:
a stop or an alert never waits for it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from hardware.errors import HardwareError
from schedules.errors import ScheduleError
from station_agent.errors import AgentNotRunning, BadRequest, StationError
from station_agent.log import log
from station_agent.operator_words import (
    MAX_ANSWER_BYTES,
    MAX_REQUEST_BYTES,
    Answer,
    Request,
    read_request,
    takes_long,
)

SOCKET = "operator.sock"
READ_WITHIN_S = 2.0
ANSWER_WITHIN_S = 15.0
WAITING_AT_MOST = 64


class OperatorDoor:
    """Answers requests until `close`. `do` does what a request asks and says so; it raises to refuse."""

    def __init__(self, data: Path, do: Callable[[Request], Answer]) -> None:
        self._data, self._do = data, do
        self._socket = socket.socket(socket.AF_UNIX)
        os.fchmod(self._socket.fileno(), 0o600)  # the file is made with this mode: at no moment with another
        (data / SOCKET).unlink(missing_ok=True)  # the folder is held: whoever made it is gone
        with socket_path(data) as path:
            self._socket.bind(path)
        self._socket.listen(WAITING_AT_MOST)
        self._thread = threading.Thread(target=self._run, name="operator", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Answer no more, and take the socket away."""
        (self._data / SOCKET).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _run(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return  # closed
            try:
                self._receive(connection)
            except Exception as error:  # noqa: BLE001 - edge of a runner: the door stays open for the next
                log.warning("operator_left", why=f"{type(error).__name__}: {error}")

    def _receive(self, connection: socket.socket) -> None:
        try:
            request = read_request(_read_line(connection, MAX_REQUEST_BYTES, READ_WITHIN_S))
        except (BadRequest, OSError) as error:
            _send(connection, _refusal(error))
            return
        if takes_long(request):
            asked = (connection, request)
            threading.Thread(target=self._serve, args=asked, name="operator-play", daemon=True).start()
        else:
            self._serve(connection, request)

    def _serve(self, connection: socket.socket, request: Request) -> None:
        _send(connection, self._answer(request))

    def _answer(self, request: Request) -> Answer:
        try:
            answer = self._do(request)
        except (StationError, ScheduleError, HardwareError, OSError) as error:
            return _refusal(error)
        except Exception as error:  # edge of a runner: who asked hears of it, and the door stays open
            log.exception("operator_failed")
            return Answer(ok=False, message=f"this failed inside: {type(error).__name__}")
        log.info("operator_asked", act=request.act, answer=answer.message)
        return answer


def _refusal(error: Exception) -> Answer:
    log.info("operator_refused", why=str(error))
    return Answer(ok=False, message=str(error))


def _send(connection: socket.socket, answer: Answer) -> None:
    """The last that is said on it."""
    with connection:
        try:
            connection.settimeout(READ_WITHIN_S)
            connection.sendall(answer.model_dump_json().encode() + b"\n")
        except OSError as error:
            log.info("operator_left", why=str(error))


def ask(data: Path, request: Request) -> Answer:
    """Ask the running agent. Raises `AgentNotRunning` where nobody answers in time."""
    try:
        with socket.socket(socket.AF_UNIX) as line, socket_path(data) as path:
            line.settimeout(ANSWER_WITHIN_S)
            line.connect(path)
            line.sendall(request.model_dump_json().encode() + b"\n")
            return Answer.model_validate_json(_read_line(line, MAX_ANSWER_BYTES, ANSWER_WITHIN_S))
    except (OSError, ValueError, BadRequest) as error:
        message = f"{data}: no agent answers there; start it with: station-agent --data {data} run"
        raise AgentNotRunning(message) from error


@contextlib.contextmanager
def socket_path(data: Path) -> Iterator[str]:
    """The socket's path by an open folder: its own may be longer than a socket's address can be."""
    folder = os.open(data, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{SOCKET}"
    finally:
        os.close(folder)


def _read_line(connection: socket.socket, most_bytes: int, within_s: float) -> bytes:
    """All of it within that time, however slowly it comes. Raises `BadRequest` or `OSError`."""
    received, until_s = b"", time.monotonic() + within_s
    while not received.endswith(b"\n"):
        connection.settimeout(max(0.001, until_s - time.monotonic()))
        chunk = connection.recv(64 * 1024)
        received += chunk
        if not chunk or len(received) > most_bytes:
            raise BadRequest(f"what is said here is one line of at most {most_bytes} bytes")
    return received
