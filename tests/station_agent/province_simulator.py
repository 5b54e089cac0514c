"""A province on loopback: real HTTP, the wire contract, and every way to misbehave.

`tamper` alters what is sent, `cut_after_bytes` breaks audio off, `stop` and `start` make it go and return.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from schedules.envelope import SigningKey, public_key, sign
from schedules.errors import UntrustedDocument
from schedules.station_token import claimed_station, verify_token
from schedules.trust import trusted_report
from schedules.wire.base import format_instant
from schedules.wire.keyring import Keyring
from schedules.wire.plan import Plan
from schedules.wire.report import Airing, Incident, StationReport
from schedules.wire.station_access import EnrolmentRequest

STATION = "st-dakcheung"
CODE = "KATU-2026"


class _Server(ThreadingHTTPServer):
    """Knows every connection it has taken, so that none outlives it; a caller may go as it likes."""

    daemon_threads = True

    def __init__(self, port: int, handler: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", port), handler)
        self.taken: list[socket.socket] = []

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, caller = super().get_request()
        self.taken.append(connection)
        return connection, caller

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Province:
    """Keys, one station's plan, audio, and what was reported."""

    def __init__(self) -> None:
        self.root, self.planner = SigningKey.generate(), SigningKey.generate()
        self.keyrings = [self.signed_keyring(1, self.planner)]
        self.plan: bytes | None = None
        self.serial = 0
        self.audio: dict[str, bytes] = {}
        self.station_key: str | None = None
        self.reports: list[StationReport] = []
        self.entries: dict[int, Airing | Incident] = {}
        self.asked: list[tuple[str, str, str]] = []  # method, path, Range
        self.sent_bytes = 0
        self.tamper: Callable[[str, bytes], bytes] = lambda _path, body: body
        self.cut_after_bytes: int | None = None
        self.time_offset = timedelta(0)
        self._server: _Server | None = None
        self._kept: socket.socket | None = None  # nobody else gets its port while it is away
        self.port = 0
        self.bell_waits_s = 2.0  # a real one waits up to 55 s; tests end sooner
        self.live = b""  # what /live streams

    def signed_keyring(self, version: int, planner: SigningKey) -> bytes:
        now = datetime.now(UTC)
        keyring = Keyring(
            version=version,
            issued_at=now - timedelta(days=1),
            not_after=now + timedelta(days=900),
            root_threshold=1,
            root_keys=(self.root.public,),
            plan_keys=(planner.public,),
        )
        return sign(keyring, [self.root])

    def publish(self, plan: Plan) -> None:
        self.plan, self.serial = sign(plan, [self.planner]), plan.serial

    def add_audio(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        self.audio[sha256] = content
        return sha256

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def airings(self) -> dict[str, Airing]:
        return {one.item: one for one in self.entries.values() if isinstance(one, Airing)}

    @property
    def incidents(self) -> list[str]:
        return [one.code for _, one in sorted(self.entries.items()) if isinstance(one, Incident)]

    def start(self) -> None:
        handler = type("Handler", (_Handler,), {"province": self})
        if self._kept is None:
            self._kept = socket.socket()
            self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._kept.bind(("127.0.0.1", 0))
            self.port = self._kept.getsockname()[1]
        self._server = _Server(self.port, handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            for connection in self._server.taken:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._kept is not None:
            self._kept.close()

    def take_report(self, envelope: bytes) -> int:
        assert self.station_key is not None
        report = trusted_report(envelope, self.station_key, STATION)
        self.reports.append(report)
        for entry in report.entries:
            self.entries.setdefault(entry.number, entry)
        through = 0
        while through + 1 in self.entries:
            through += 1
        return through


class _Handler(BaseHTTPRequestHandler):
    province: Province
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_GET(self) -> None:
        self._note()
        path = self.path.partition("?")[0]
        if path == "/api/v1/keyring":
            self._send(200, self.province.keyrings[-1])
        elif path == "/live":
            self._stream()
        elif not self._allowed():
            self._json(401, {"message": "the token is missing or wrong"})
        elif path == "/api/v1/station/plan":
            self._plan()
        elif path.startswith("/api/v1/audio/"):
            self._audio(path.rsplit("/", 1)[1])
        elif path == "/api/v1/station/bell":
            self._bell()
        else:
            self._json(404, {"message": "there is nothing here"})

    def do_POST(self) -> None:
        self._note()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        now = format_instant(datetime.now(UTC) + self.province.time_offset)
        if self.path == "/api/v1/enrolments":
            request = EnrolmentRequest.model_validate_json(body)
            if request.code != CODE:
                self._json(403, {"message": "this code is unknown, used or expired"})
                return
            self.province.station_key = request.public_key
            keyring = base64.b64encode(self.province.keyrings[-1]).decode()
            answer = {"station": STATION, "village": "Ban Dakcheung", "keyring": keyring, "server_time": now}
            self._json(201, answer)
        elif not self._allowed():
            self._json(401, {"message": "the token is missing or wrong"})
        elif self.path == "/api/v1/station/reports":
            try:
                through = self.province.take_report(body)
            except UntrustedDocument as error:
                self._json(400, {"message": str(error)})
                return
            self._json(
                200, {"acknowledged": through, "plan_serial": self.province.serial, "server_time": now}
            )

    def _note(self) -> None:
        self.province.asked.append((self.command, self.path, self.headers.get("Range", "")))

    def _allowed(self) -> bool:
        token = self.headers.get("Authorization", "").removeprefix("Station ")
        try:
            if self.province.station_key is None or claimed_station(token) != STATION:
                return False
            now = datetime.now(UTC) + self.province.time_offset
            verify_token(token, public_key(self.province.station_key), STATION, now)
        except UntrustedDocument:
            return False
        return True

    def _plan(self) -> None:
        etag = f'"{self.province.serial}"'
        if self.province.plan is None:
            self._json(404, {"message": "no plan yet"})
        elif self.headers.get("If-None-Match") == etag:
            self._send(304, b"", {"ETag": etag})
        else:
            self._send(200, self.province.plan, {"ETag": etag})

    def _audio(self, sha256: str) -> None:
        content = self.province.audio.get(sha256)
        if content is None:
            self._json(404, {"message": "no such audio"})
            return
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(wanted[1]) if wanted and self.headers.get("If-Range") == f'"{sha256}"' else 0
        extra = {"ETag": f'"{sha256}"'}
        if start:
            extra["Content-Range"] = f"bytes {start}-{len(content) - 1}/{len(content)}"
        self._send(206 if start else 200, content[start:], extra, cut=self.province.cut_after_bytes)

    def _bell(self) -> None:
        after = int(self.path.partition("after=")[2] or 0)
        until = time.monotonic() + self.province.bell_waits_s
        while self.province.serial <= after and time.monotonic() < until:
            time.sleep(0.02)
        now = format_instant(datetime.now(UTC) + self.province.time_offset)
        self._json(200, {"plan_serial": self.province.serial, "server_time": now})

    def _stream(self) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Type", "audio/mpeg")
        self.end_headers()
        with contextlib.suppress(OSError):
            while True:
                for start in range(0, len(self.province.live), 1000):
                    self.wfile.write(self.province.live[start : start + 1000])
                    time.sleep(0.05)

    def _json(self, status: int, value: object) -> None:
        self._send(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(
        self, status: int, body: bytes, headers: dict[str, str] | None = None, cut: int | None = None
    ) -> None:
        body = self.province.tamper(self.path, body)
        self.send_response(status)
        self.send_header("X-Server-Time", format_instant(datetime.now(UTC) + self.province.time_offset))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body if cut is None else body[:cut])
            self.wfile.flush()
        except OSError:
            return
        self.province.sent_bytes += len(body)
        if cut is not None and cut < len(body):
            self.close_connection = True
            self.connection.close()
