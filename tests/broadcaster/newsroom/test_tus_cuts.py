"""Uploads over real connections that break at any byte: each continues, and what arrives is what was sent."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import random
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom.incoming_models import IncomingUpload
from broadcaster.newsroom.models import Recording
from tests.broadcaster.newsroom.served import listening
from tests.end_to_end.waiting import PATIENCE_S, wait_until

CUTS = 200
SEED = 20260303


@pytest.fixture
def port(app: APIFlask, settings: Settings) -> Iterator[int]:
    """A real server of the application, as `serve` makes it."""
    with listening(app, settings, threads=4) as listened:
        yield listened


@pytest.fixture
def cookie(signed_in: Callable[..., Any]) -> str:
    """What an editor's browser sends."""
    browser = signed_in("editor")
    browser.get("/recordings/upload")
    return "; ".join(f"{one.key}={one.value}" for one in browser._cookies.values())


class Sender:
    """A client of the protocol that knows nothing but it."""

    def __init__(self, port: int, cookie: str) -> None:
        self.port = port
        self.common = {"Cookie": cookie, "Tus-Resumable": "1.0.0"}

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """One request without a body on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        connection.request(method, path, headers={**self.common, **(headers or {})})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer

    def begin(self, size: int) -> str:
        """The address of a new upload."""
        about = {"filename": "cut.wav", "language": "lo"}
        words = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in about.items())
        answer = self.ask("POST", "/uploads/", {"Upload-Length": str(size), "Upload-Metadata": words})
        assert answer.status == 201
        return (answer.getheader("Location") or "").split(str(self.port), 1)[1]

    def held(self, path: str) -> int:
        """What the server says it has."""
        answer = self.ask("HEAD", path)
        assert answer.status == 200
        return int(answer.getheader("Upload-Offset") or "")

    def send(
        self, path: str, offset: int, data: bytes, cut_after: int | None = None, *, hard: bool = False
    ) -> int:
        """A PATCH whose connection breaks after so many bytes of request; the answer's status, 0 when cut."""
        head = [f"PATCH {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/offset+octet-stream"]
        head += [f"{name}: {value}" for name, value in self.common.items()]
        head += [f"Upload-Offset: {offset}", f"Content-Length: {len(data)}", "", ""]
        words = "\r\n".join(head).encode() + data
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as connection:
            if cut_after is None:
                connection.sendall(words)
                return int(connection.recv(65536).split()[1])
            connection.sendall(words[:cut_after])
            if hard:  # RST: what lies in buffers may be lost, as with a pulled plug
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        return 0


def test_two_hundred_cuts_at_any_byte_leave_the_file_as_it_was(
    port: int, cookie: str, session: Session, settings: Settings
) -> None:
    """Cut in the headers, in the body, softly or hard; resumed from what HEAD says; identical at the end."""
    chance = random.Random(SEED)  # noqa: S311 - the same cuts each time, not secrets
    data = chance.randbytes(600_000)
    sender = Sender(port, cookie)
    path = sender.begin(len(data))
    for _ in range(CUTS):
        offset = sender.held(path)
        rest = data[offset:]
        cut = chance.randrange(1, min(len(rest), 6000) + 300)
        sender.send(path, offset, rest, min(cut, len(rest) + 200), hard=chance.random() < 0.3)
    while (offset := sender.held(path)) < len(data):
        assert sender.send(path, offset, data[offset:]) in (204, 409, 423)
    upload = session.query(IncomingUpload).one()
    file = settings.data / "uploads" / upload.file_name
    assert hashlib.sha256(file.read_bytes()).digest() == hashlib.sha256(data).digest()
    assert session.query(Recording).one().source_sha256 == hashlib.sha256(data).hexdigest()


def test_what_came_before_a_cut_is_kept(port: int, cookie: str) -> None:
    """Half of it arrived: that half need not be sent again."""
    sender = Sender(port, cookie)
    data = bytes(2_000_000)
    path = sender.begin(len(data))
    sender.send(path, 0, data, 1_000_000)
    wait_until("the taking in of what came", lambda: sender.held(path))
    held = sender.held(path)
    assert 900_000 < held < 1_000_000
    assert sender.send(path, held, data[held:]) == 204


def open_files() -> list[str]:
    """What this process, in which the server runs, holds open."""
    found = []
    for one in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.append(str(one.readlink()))
    return found


def test_large_bodies_wait_in_the_upload_folder(
    port: int, cookie: str, settings: Settings, tmp_path: Path
) -> None:
    """Not in memory and not on the system's own disk; and the folder is clean again."""
    sender = Sender(port, cookie)
    data = bytes(3_000_000)
    path = sender.begin(len(data))
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        head = [f"PATCH {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/offset+octet-stream"]
        head += [f"{name}: {value}" for name, value in sender.common.items()]
        head += ["Upload-Offset: 0", f"Content-Length: {len(data)}", "", ""]
        connection.sendall("\r\n".join(head).encode() + data[:2_000_000])
        folder = str(settings.data / "uploads")
        wait_until(
            "a file of the waiting body in the upload folder",
            lambda: any(name.startswith(folder) for name in open_files()),
        )
        connection.sendall(data[2_000_000:])
        assert connection.recv(65536).split()[1] == b"204"
    assert [one.name for one in (settings.data / "uploads").iterdir() if not one.name.startswith("tus-")] in (
        [],
        ["one-at-a-time.lock"],
    )
