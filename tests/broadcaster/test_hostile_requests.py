"""Requests nobody means well with: each is answered in words, none with a trace or a bare text."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select

from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.newsroom.models import Announcement

SignIn = Callable[..., FlaskClient]
TOO_LARGE = 2**63


@contextlib.contextmanager
def served(settings: Settings, limit_bytes: int) -> Iterator[int]:
    """The port of a real server whose uploads end at so many bytes."""
    environment = os.environ | {"BROADCASTER_AUDIO__MAX_UPLOAD_BYTES": str(limit_bytes)}
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", "from broadcaster.cli import main; main()"),
            *("--data", str(settings.data), "serve", "--port", "0"),
        ],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:(\d+)", process.stdout.readline())
        assert found
        yield int(found.group(1))
    finally:
        process.kill()
        process.wait(60)


def whole_answer(port: int, head: str, body_bytes: int, end: bytes = b"") -> str:
    """What a client reads that sends its whole body first, as browsers do."""
    with socket.create_connection(("127.0.0.1", port), timeout=120) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode())
        for _ in range(body_bytes // 65536):
            connection.sendall(bytes(65536))
        connection.sendall(end)
        connection.shutdown(socket.SHUT_WR)
        said = b""
        while piece := connection.recv(65536):
            said += piece
    return said.decode()


def test_a_body_over_the_limit_is_answered_in_the_readers_language(settings: Settings, app: object) -> None:
    """A page for people, JSON for programs, after the whole body was sent; for a chunked one too."""
    size = 8 * 2**20
    with served(settings, 2**20) as port:
        head = "POST {path} HTTP/1.1\nHost: 127.0.0.1\nConnection: close\nAccept-Language: lo\n"
        head += f"Content-Type: multipart/form-data; boundary=x\nContent-Length: {size}\n\n"
        page = whole_answer(port, head.format(path="/announcements/1/recordings"), size)
        api = whole_answer(port, head.format(path="/api/v1/announcements/1/recordings"), size)
        chunked = head.format(path="/").replace(f"Content-Length: {size}", "Transfer-Encoding: chunked")
        pieces = whole_answer(port, chunked + "800000\n", size, b"\r\n0\r\n\r\n")
    assert page.startswith("HTTP/1.1 413")
    assert "<html" in page
    assert "ໃຫຍ່ເກີນໄປ" in page
    assert "waitress" not in page
    assert pieces.startswith("HTTP/1.1 413")
    assert "ໃຫຍ່ເກີນໄປ" in pieces
    assert api.startswith("HTTP/1.1 413")
    assert list(json.loads(api.split("\r\n\r\n", 1)[1])) == ["message"]


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/announcements", "/api/stations/x/report", "/nowhere"])
@pytest.mark.parametrize("body", ["[" * 3000, '{"a":' * 3000, "[1]", "nonsense"])
def test_json_nested_beyond_reason_is_the_senders_mistake(strict_app: object, path: str, body: str) -> None:
    """Nobody need be signed in to try; the server's own mistakes stay ours."""
    client = strict_app.test_client()  # type: ignore[attr-defined]
    for method in ("GET", "POST"):
        answer = client.open(path, method=method, data=body, content_type="application/json")
        assert answer.status_code < 500


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/announcements", "/nowhere"])
def test_json_of_megabytes_is_refused_by_its_length(strict_app: object, path: str) -> None:
    """In words: to look who asks, and so in which language, nobody reads the body again."""
    body = b'{"title":"' + bytes(5 * 2**20) + b'"}'
    answer = strict_app.test_client().post(path, data=body, content_type="application/json")  # type: ignore[attr-defined]
    assert answer.status_code == 413
    assert "The file is too large" in answer.text


def test_a_statement_that_breaks_off_is_still_answered_with_a_page(app: object, signed_in: SignIn) -> None:
    """The server's mistake is told in the reader's language, though the database session lies in pieces."""

    def break_off() -> None:
        db.session.add(Announcement(title="x", kind="no kind", created_at=datetime(2026, 3, 3)))  # noqa: DTZ001
        db.session.flush()

    break_off.open_to_all = True  # type: ignore[attr-defined]  # so that nobody is looked up before
    app.add_url_rule("/break-off", view_func=break_off)  # type: ignore[attr-defined]
    app.config["PROPAGATE_EXCEPTIONS"] = False  # type: ignore[attr-defined]
    answer = signed_in("editor", language="lo").get("/break-off")
    assert answer.status_code == 500
    assert '<html lang="lo"' in answer.text


@pytest.mark.parametrize("path", ["/announcements/new", "/api/v1/announcements"])
def test_a_full_disk_is_told_as_one(app: Any, signed_in: SignIn, path: str) -> None:
    """When the database has no room for one row more: 507 in words, and nothing of that row is there."""
    editor, made = signed_in("editor"), 0
    with app.app_context():
        _leave_no_page_free(db.engine)
    wish = {"title": "x" * 300, "kind": "other"}
    body = {"json": wish} if "api" in path else {"data": wish | {"language": "lo", "without": "1"}}
    for _ in range(60):  # until what was left of the last pages is used up
        answer = editor.post(path, **body)
        if answer.status_code >= 400:
            break
        made += 1
    assert answer.status_code == 507
    assert "disk is full" in unescape(answer.text)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Announcement)) == made


def _leave_no_page_free(engine: Engine) -> None:
    """Every connection of this engine finds the database as large as it may become, as on a full disk."""

    def bound(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # which SQLite raises to the present size

    event.listen(engine, "connect", bound)
    engine.dispose()


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
@pytest.mark.parametrize("field", ["valid_from", "valid_until"])
def test_an_instant_at_the_ends_of_time_is_told_in_words(signed_in: SignIn, field: str, instant: str) -> None:
    """By programs, for a new announcement and one that is there; and by the day, on the page."""
    editor = signed_in("editor")
    new = {"title": "Land law"}
    assert editor.post("/api/v1/announcements", json=new | {field: instant}).status_code == 422
    made = editor.post("/api/v1/announcements", json=new).json
    address = f"/api/v1/announcements/{made['announcement']}"
    assert editor.patch(address, json={"edition": 1, field: instant}).status_code == 422
    asked = {"title": "Land law", "kind": "other", "language": "lo", "without": "1", field: instant[:10]}
    page = editor.post("/announcements/new", data=asked)
    assert page.status_code == 422
    assert "Choose a year from 2000 to 2199." in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/announcements/{}",
        "/recordings/{}/audio",
        "/jingles/{}/audio",
        "/campaigns/{}",
        "/settings/people/{}",
        "/api/v1/recordings/{}",
        "/api/v1/announcements/{}",
        "/api/v1/slots/{}",
    ],
)
@pytest.mark.parametrize("number", [2**31, TOO_LARGE, 10**30])
def test_a_number_no_row_can_have_is_not_there(signed_in: SignIn, path: str, number: int) -> None:
    """404, as for any other row that is not there."""
    assert signed_in("administrator").get(path.format(number)).status_code == 404


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_ends_of_time_is_told_in_words(signed_in: SignIn, day: str) -> None:
    """On the page and in the table."""
    for path in ("/aired", "/aired.csv"):
        answer = signed_in("administrator").get(path, query_string={"day": day})
        assert answer.status_code == 422
        assert "Choose a year from 2000 to 2199" in answer.text


@pytest.mark.parametrize(
    "words",
    [
        ("airing", "list", "--day", "9999-12-31"),
        ("airing", "list", "--day", "0001-01-01"),
        ("announcement", "new", "--title", "Land law", "--valid-from", "0001-01-01"),
        ("announcement", "new", "--title", "Land law", "--valid-until", "9999-12-31"),
        ("recording", "approve", "9" * 20),
        ("slot", "remove", "9" * 20),
        ("campaign", "show", "9" * 20),
    ],
)
def test_commands_say_so_in_one_line(settings: Settings, app: object, words: tuple[str, ...]) -> None:
    """And end with 1."""
    command = [sys.executable, "-c", "from broadcaster.cli import main; main()", "--data", str(settings.data)]

    ended = subprocess.run([*command, *words], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1, ended.stderr
    assert ended.stderr.count("\n") == 1
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)
def test_a_sign_that_no_text_may_hold_is_the_senders_mistake(client: FlaskClient, signed_in: SignIn) -> None:
    """PostgreSQL keeps no NUL; nobody need be signed in to try."""
    assert client.post("/sign-in", data={"email": "x\0y@example.org", "password": "x"}).status_code < 500
    editor = signed_in("editor")
    assert editor.get("/api/v1/announcements?search=x%00y").status_code < 500
    assert editor.post("/api/v1/announcements", json={"title": "x", "place": "\0"}).status_code == 422
    assert editor.get("/places/x%00y").status_code in (404, 422)
    assert editor.get("/api/v1/announcements").json == {"announcements": []}
