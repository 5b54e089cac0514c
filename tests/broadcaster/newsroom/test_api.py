"""The newsroom's JSON: the same steps for programs."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from apiflask import APIFlask
from flask.testing import FlaskClient

SignIn = Callable[..., FlaskClient]


def test_a_program_takes_an_announcement_from_upload_to_approval(
    signed_in: SignIn, sounds: Callable[..., Path], do_jobs: Callable[[], None]
) -> None:
    """Create, upload, wait until it is done, submit; an approver's program approves the hash."""
    editor = signed_in("editor")
    made = editor.post("/api/v1/announcements", json={"title": "Land law", "kind": "law_orientation"})
    assert made.status_code == 201
    assert made.json["recordings"] == []
    sent = editor.post(
        "/api/v1/announcements/1/recordings",
        data={"language": "tdf", "file": (io.BytesIO(sounds(440).read_bytes()), "talk.wav")},
    )
    assert sent.status_code == 202
    assert (sent.json["ingest"], sent.json["sha256"]) == ("waiting", None)
    do_jobs()
    ready = editor.get("/api/v1/recordings/1").json
    assert ready["ingest"] == "done"
    assert editor.post("/api/v1/recordings/1/submit").json["state"] == "submitted"
    sha256 = {"sha256": ready["sha256"]}
    assert editor.post("/api/v1/recordings/1/approve", json=sha256).status_code == 403
    approver = signed_in("approver")
    assert approver.post("/api/v1/recordings/1/approve", json={"sha256": "0" * 64}).status_code == 409
    assert approver.post("/api/v1/recordings/1/approve", json=sha256).json["state"] == "approved"
    found = approver.get("/api/v1/announcements?state=approved&search=land").json["announcements"]
    assert [one["announcement"] for one in found] == [1]
    withdrawn = approver.post("/api/v1/recordings/1/withdraw", json={"reason": "wrong figures"})
    assert withdrawn.json["state"] == "withdrawn"


def test_a_program_is_told_what_is_wrong(signed_in: SignIn, stored: Callable[[], list[str]]) -> None:
    """404, 422 and 403 with a message; nothing is kept."""
    editor = signed_in("editor")
    assert editor.get("/api/v1/announcements/7").status_code == 404
    assert editor.post("/api/v1/announcements", json={"title": ""}).status_code == 422
    assert editor.post("/api/v1/announcements", json={"title": "a", "kind": "gossip"}).status_code == 422
    editor.post("/api/v1/announcements", json={"title": "Rice"})
    for data in (
        {"language": "kuy", "file": (io.BytesIO(b"x"), "a.wav")},
        {"language": "lo", "file": (io.BytesIO(b""), "a.wav")},
        {"language": "lo"},
    ):
        answer = editor.post(
            "/api/v1/announcements/1/recordings", data=data, content_type="multipart/form-data"
        )
        assert answer.status_code == 422
        assert answer.json["message"]
    assert stored() == []
    assert signed_in("officer").post("/api/v1/announcements", json={"title": "a"}).status_code == 403


def test_strangers_are_refused(client: FlaskClient) -> None:
    """Every door needs a session or a token."""
    for address in ("/api/v1/announcements", "/api/v1/recordings/1", "/api/v1/slots"):
        assert client.get(address).status_code == 401
    assert client.get("/recordings/1/audio").status_code in (302, 401)


def test_every_door_is_described(signed_in: SignIn) -> None:
    """The OpenAPI document has the newsroom's and programming's paths."""
    paths = signed_in("editor").get("/api/openapi.json").json["paths"]
    for path in (
        "/api/v1/announcements",
        "/api/v1/announcements/{announcement_id}/recordings",
        "/api/v1/recordings/{recording_id}/approve",
        "/api/v1/slots",
    ):
        assert path in paths


def test_other_bytes_in_the_store_are_not_approved(
    app: APIFlask, signed_in: SignIn, sounds: Callable[..., Path], do_jobs: Callable[[], None]
) -> None:
    """The approver listened to what lies there; the hash in the row alone proves nothing about it."""
    editor, approver = signed_in("editor"), signed_in("approver")
    editor.post("/api/v1/announcements", json={"title": "Land law"})
    sound = io.BytesIO(sounds(440).read_bytes())
    editor.post("/api/v1/announcements/1/recordings", data={"language": "lo", "file": (sound, "talk.wav")})
    do_jobs()
    sha256 = editor.get("/api/v1/recordings/1").json["sha256"]
    editor.post("/api/v1/recordings/1/submit")
    file = app.extensions["audio_store"].local_path(sha256)
    right = file.read_bytes()
    file.write_bytes(right[:-1] + bytes([right[-1] ^ 1]))
    refused = approver.post("/api/v1/recordings/1/approve", json={"sha256": sha256})
    assert (refused.status_code, refused.json["code"]) == (409, "store_damaged")
    file.write_bytes(right)
    assert approver.post("/api/v1/recordings/1/approve", json={"sha256": sha256}).status_code == 200
