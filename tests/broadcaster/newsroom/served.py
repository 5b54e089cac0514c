"""A real server with its worker, a line to it that can be cut, and somebody signed in on the other side."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import waitress  # type: ignore[import-untyped]  # publishes no types
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext

from broadcaster import refused_bodies, serving
from broadcaster.config import Settings
from tests.end_to_end.chromium import window


@contextlib.contextmanager
def served(app: APIFlask, settings: Settings) -> Iterator[int]:
    """The port of the application as `serve` serves it, its worker at work."""
    with listening(app, settings, threads=8) as port, serving.working(app):
        yield port


@contextlib.contextmanager
def listening(app: APIFlask, settings: Settings, *, threads: int) -> Iterator[int]:
    """The port of the application as `serve` serves it; nobody does the work it asks for."""
    folder = settings.data / "uploads"
    folder.mkdir(exist_ok=True)
    sockets: dict[int, Any] = {}
    server = waitress.create_server(
        app, sockets, host="127.0.0.1", port=0, threads=threads, asyncore_use_poll=True
    )
    refused_bodies.drop_above(refused_bodies.Intake(app.config["MAX_CONTENT_LENGTH"], folder), sockets)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.close()
        thread.join(10)


class Line:
    """A line to a server that lets so many bytes through and then breaks, with everything on it."""

    def __init__(self, to_port: int) -> None:
        self._to = ("127.0.0.1", to_port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._guard = threading.Lock()
        self._left: int | None = None
        self._whole = True
        self._open: set[socket.socket] = set()
        self.cuts = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def cut_after(self, size_bytes: int | None) -> None:
        """From now on so many bytes pass towards the server; None is a whole line."""
        with self._guard:
            self._left = size_bytes
            self._whole = True

    def close(self) -> None:
        """Nobody is there any more."""
        self._listening.close()
        self._break()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _address = self._listening.accept()
                if self._left == 0:
                    near.close()
                    continue
                far = socket.create_connection(self._to)
                self._open |= {near, far}
                threading.Thread(target=self._pass, args=(near, far, True), daemon=True).start()
                threading.Thread(target=self._pass, args=(far, near, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, to_server: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(16384):
                allowed = self._allowed(len(data)) if to_server else len(data)
                target.sendall(data[:allowed])
                if allowed < len(data):
                    self._cut()
                    return
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _allowed(self, wanted: int) -> int:
        with self._guard:
            if self._left is None:
                return wanted
            allowed = min(wanted, self._left)
            self._left -= allowed
            return allowed

    def _cut(self) -> None:
        with self._guard:  # what was on other connections of the same line falls with it: that is one cut
            self.cuts += self._whole
            self._whole = False
        self._break()

    def _break(self) -> None:
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.clear()


def signed_in_there(browser: Browser, client: FlaskClient, **more: Any) -> BrowserContext:
    """A browser window with the cookies of a test client on which somebody is signed in."""
    context = window(browser, **more)
    context.add_cookies(
        [{"name": one.key, "value": one.value, "url": "http://127.0.0.1"} for one in client._cookies.values()]
    )
    return context
