"""The operator's door: a UNIX socket in the data folder that its owner alone can open.

One thread hears all who speak; a request is a line of JSON, its answer another one. Who does not finish his
line within two seconds is shown out, and so is the first of more than can be heard at once: whoever hangs
keeps nobody waiting. What takes long to do is done beside: a stop or an alert never waits for it.
"""

from __future__ import annotations

import contextlib
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
LONG_ANSWER_WITHIN_S = 120.0
"""For what takes long: a large file is measured, and copied to a slow disk."""
HEARD_AT_ONCE = 64
NO_ROOM_S = 0.2
WAITING_AT_MOST = 4 * HEARD_AT_ONCE


@dataclass(slots=True)
class Caller:
    """Somebody who has not finished his line yet."""

    connection: socket.socket
    until_s: float
    said: bytes = b""


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
        self._socket.setblocking(False)
        self._callers: list[Caller] = []  # the first to have come first
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="operator", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def close(self) -> None:
        """Answer no more, and take the socket away."""
        (self._data / SOCKET).unlink(missing_ok=True)
        self._closed.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # which wakes its thread
        if self._thread.is_alive():
            self._thread.join(READ_WITHIN_S)
        self._socket.close()

    def _run(self) -> None:
        with selectors.DefaultSelector() as ears:
            ears.register(self._socket, selectors.EVENT_READ)
            while True:
                now_s = time.monotonic()
                wait_s = max(0.0, self._callers[0].until_s - now_s) if self._callers else None
                speaking = [key.data for key, _ in ears.select(wait_s)]
                if self._closed.is_set():
                    return
                if None in speaking:
                    self._let_in(ears)
                for caller in speaking:
                    if caller in self._callers:
                        self._hear(ears, caller)
                self._show_out(ears)

    def _let_in(self, ears: selectors.BaseSelector) -> None:
        """All who wait."""
        while True:
            try:
                connection, _ = self._socket.accept()
            except BlockingIOError:
                return
            except OSError as error:  # whoever waited has gone; or there is no room for one more
                log.warning("operator_left", why=str(error))
                time.sleep(NO_ROOM_S)
                return
            connection.setblocking(False)
            caller = Caller(connection, time.monotonic() + READ_WITHIN_S)
            self._callers.append(caller)
            ears.register(connection, selectors.EVENT_READ, caller)

    def _hear(self, ears: selectors.BaseSelector, caller: Caller) -> None:
        """What he says now; his request, where that is the end of it, is answered."""
        try:
            caller.said += _more(caller.connection, caller.said, MAX_REQUEST_BYTES)
        except BlockingIOError:
            return
        except (BadRequest, OSError) as error:
            self._leave(ears, caller, error)
            return
        if caller.said.endswith(b"\n"):
            self._forget(ears, caller)
            try:
                self._receive(caller.connection, caller.said)
            except Exception as error:  # noqa: BLE001 - edge of a runner: the door stays open for the next
                log.warning("operator_left", why=f"{type(error).__name__}: {error}")

    def _show_out(self, ears: selectors.BaseSelector) -> None:
        """Whoever has had his time, and the first of too many."""
        now_s = time.monotonic()
        while self._callers and (self._callers[0].until_s <= now_s or len(self._callers) > HEARD_AT_ONCE):
            self._leave(ears, self._callers[0], BadRequest("nothing was asked in time"))

    def _leave(self, ears: selectors.BaseSelector, caller: Caller, why: Exception) -> None:
        self._forget(ears, caller)
        _send(caller.connection, _refusal(why))

    def _forget(self, ears: selectors.BaseSelector, caller: Caller) -> None:
        self._callers.remove(caller)
        ears.unregister(caller.connection)

    def _receive(self, connection: socket.socket, line: bytes) -> None:
        try:
            request = read_request(line)
        except BadRequest as error:
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
    within_s = LONG_ANSWER_WITHIN_S if takes_long(request) else ANSWER_WITHIN_S
    try:
        with socket.socket(socket.AF_UNIX) as line, socket_path(data) as path:
            line.settimeout(ANSWER_WITHIN_S)
            line.connect(path)
            line.sendall(request.model_dump_json().encode() + b"\n")
            return Answer.model_validate_json(_read_line(line, MAX_ANSWER_BYTES, within_s))
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
        received += _more(connection, received, most_bytes)
    return received


def _more(connection: socket.socket, received: bytes, most_bytes: int) -> bytes:
    """What comes next. Raises `BadRequest` or `OSError`."""
    chunk = connection.recv(64 * 1024)
    if not chunk or len(received) + len(chunk) > most_bytes:
        raise BadRequest(f"what is said here is one line of at most {most_bytes} bytes")
    return chunk
