"""The doors of resumable uploads: statuses, headers, whose an upload is, and what is left on disk."""

from __future__ import annotations

import base64
import fcntl
import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from broadcaster.accounts.models import AuditEntry, Person
from broadcaster.config import Settings
from broadcaster.newsroom.incoming_models import IncomingState, IncomingUpload
from broadcaster.newsroom.models import Announcement, Recording
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import make_places

SignIn = Callable[..., FlaskClient]
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


def about(**values: object) -> str:
    """Upload-Metadata."""
    return ",".join(
        f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in values.items()
    )


def begin(
    browser: FlaskClient, size: int, headers: dict[str, str] | None = None, data: bytes = b"", **said: object
) -> TestResponse:
    """Ask for room."""
    told = {"filename": "talk.wav", "language": "tdf", **said}
    given = {**TUS, "Upload-Length": str(size), "Upload-Metadata": about(**told), **(headers or {})}
    return browser.post("/uploads/", headers=given, data=data)


def path_of(answer: TestResponse) -> str:
    """The address of a begun upload, without its host."""
    assert answer.status_code == 201, answer.text
    return re.sub("^http://[^/]+", "", answer.headers["Location"])


def send(browser: FlaskClient, path: str, offset: int, data: bytes, **headers: str) -> TestResponse:
    """A PATCH."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.patch(path, data=data, headers={**TUS, **BYTES, "Upload-Offset": str(offset), **more})


def offset_of(browser: FlaskClient, path: str) -> int:
    """What HEAD says is held."""
    answer = browser.head(path, headers=TUS)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    return int(answer.headers["Upload-Offset"])


def test_the_server_says_what_it_can_do(signed_in: SignIn, settings: Settings) -> None:
    """OPTIONS needs no version and answers with everything a client has to know."""
    answer = signed_in("editor").options("/uploads/")
    assert answer.status_code == 204
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-with-upload,expiration,termination,checksum"
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert answer.headers["Tus-Max-Size"] == str(settings.audio.max_upload_bytes)


def test_a_file_sent_in_pieces_becomes_a_recording(
    signed_in: SignIn,
    session: Session,
    sounds: Callable[..., Path],
    do_jobs: Callable[[], None],
    stored: Callable[[], list[str]],
) -> None:
    """Begin, three pieces, a question between: then it is prepared as any other, and the upload is gone."""
    editor, data = signed_in("editor"), sounds(440).read_bytes()
    begun = begin(editor, len(data), filename="ປະກາດ_lo.wav", language="lo", title="Land law")
    assert begun.headers["Tus-Resumable"] == "1.0.0"
    assert begun.headers["Upload-Expires"] == "Thu, 05 Mar 2026 02:00:00 GMT"
    path = path_of(begun)
    assert offset_of(editor, path) == 0
    first = send(editor, path, 0, data[:1000])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "1000")
    assert first.headers["Tus-Resumable"] == "1.0.0"
    assert send(editor, path, 1000, data[1000:5000]).headers["Upload-Offset"] == "5000"
    head = editor.head(path, headers=TUS)
    assert head.headers["Upload-Length"] == str(len(data))
    assert "filename" in head.headers["Upload-Metadata"]
    assert session.query(Recording).count() == 0
    assert send(editor, path, 5000, data[5000:]).headers["Upload-Offset"] == str(len(data))
    do_jobs()
    recording = session.query(Recording).one()
    assert recording.language == "lo"
    assert recording.announcement.title == "Land law"
    assert recording.original_name == "ປະກາດ_lo.wav"
    assert recording.source_sha256 == hashlib.sha256(data).hexdigest()
    assert recording.sha256 is not None
    assert not [name for name in stored() if name.startswith("tus-")]
    assert offset_of(editor, path) == len(data)  # for a client that lost the last answer


def test_bytes_may_come_with_the_creation(
    signed_in: SignIn, session: Session, sounds: Callable[..., Path]
) -> None:
    """Small files need one request."""
    editor, data = signed_in("editor"), sounds(440).read_bytes()
    begun = begin(editor, len(data), BYTES, data)
    assert begun.headers["Upload-Offset"] == str(len(data))
    assert session.query(Recording).count() == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Upload-Length": "x"}, 400),
        ({"Upload-Length": str(2**40)}, 413),
        ({"Upload-Metadata": "filename !"}, 400),
        ({"Upload-Metadata": about(filename="a.wav", language="kuy")}, 422),
        ({"Upload-Metadata": about(filename="a.wav", language="lo", announcement="77")}, 404),
        ({"Upload-Metadata": about(filename="a.wav", language="lo", announcement="7" * 30)}, 422),
        ({"Upload-Length": "0"}, 422),
    ],
)
def test_a_creation_that_cannot_be_is_refused_and_leaves_nothing(
    signed_in: SignIn, session: Session, stored: Callable[[], list[str]], headers: dict[str, str], status: int
) -> None:
    """Each with its status, in words, as JSON."""
    answer = begin(signed_in("editor"), 10, headers)
    assert answer.status_code == status
    assert answer.json
    assert set(answer.json) == {"message", "code"}
    assert session.query(IncomingUpload).count() == 0
    assert stored() == []


def test_a_piece_that_does_not_fit_is_refused_and_changes_nothing(signed_in: SignIn) -> None:
    """409 at another offset, 413 beyond the end, 415 of another kind, 400 without an offset, 405 for GET."""
    editor = signed_in("editor")
    path = path_of(begin(editor, 10))
    assert send(editor, path, 0, b"12345").status_code == 204
    assert send(editor, path, 4, b"x").status_code == 409
    assert send(editor, path, 6, b"x").status_code == 409
    assert send(editor, path, 5, b"678901").status_code == 413
    assert send(editor, path, 5, b"6", Content_Type="application/octet-stream").status_code == 415
    assert editor.patch(path, data=b"6", headers={**TUS, **BYTES}).status_code == 400
    assert editor.patch(path, data=b"6", headers={**BYTES, "Upload-Offset": "5"}).status_code == 412
    assert editor.get(path, headers=TUS).status_code == 405
    assert offset_of(editor, path) == 5


def test_damaged_bytes_are_not_kept(signed_in: SignIn) -> None:
    """460 for a checksum that does not match; an algorithm nobody knows is 400."""
    editor = signed_in("editor")
    path = path_of(begin(editor, 10))
    good = "sha1 " + base64.b64encode(hashlib.sha1(b"12345", usedforsecurity=False).digest()).decode()
    assert send(editor, path, 0, b"1234X", Upload_Checksum=good).status_code == 460
    assert offset_of(editor, path) == 0
    assert send(editor, path, 0, b"12345", Upload_Checksum="md5 AAAA").status_code == 400
    assert send(editor, path, 0, b"12345", Upload_Checksum=good).status_code == 204
    assert offset_of(editor, path) == 5


def test_a_method_can_be_named_in_a_header(signed_in: SignIn) -> None:
    """For networks that let only POST through."""
    editor = signed_in("editor")
    path = path_of(begin(editor, 10))
    override = {**TUS, **BYTES, "Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    assert editor.post(path, data=b"12345", headers=override).headers["Upload-Offset"] == "5"
    assert editor.post(path, headers=TUS).status_code == 405
    assert editor.post(path, headers={**TUS, "X-HTTP-Method-Override": "DELETE"}).status_code == 204
    assert editor.head(path, headers=TUS).status_code == 410


def test_an_ended_upload_is_gone_with_its_bytes(
    signed_in: SignIn, stored: Callable[[], list[str]], session: Session
) -> None:
    """204, then 410; another ends nothing twice; the trail knows it."""
    editor = signed_in("editor")
    path = path_of(begin(editor, 10))
    send(editor, path, 0, b"12345")
    assert editor.delete(path, headers=TUS).status_code == 204
    assert editor.head(path, headers=TUS).status_code == 410
    assert send(editor, path, 5, b"6").status_code == 410
    assert editor.delete(path, headers=TUS).status_code == 410
    assert stored() == []
    assert [entry.action for entry in session.query(AuditEntry) if entry.action.startswith("upload.")] == [
        "upload.begun",
        "upload.ended",
    ]


def test_an_upload_nobody_goes_on_with_expires(
    signed_in: SignIn,
    clock: FixedClock,
    do_jobs: Callable[[], None],
    stored: Callable[[], list[str]],
    app: APIFlask,
) -> None:
    """48 hours after its last byte; each byte gives it as long again; the sweep takes the bytes away."""
    editor = signed_in("editor")
    path = path_of(begin(editor, 10))
    clock.advance(hours=47)
    editor = signed_in("editor")
    assert send(editor, path, 0, b"12345").status_code == 204
    clock.advance(hours=47)
    editor = signed_in("editor")
    assert offset_of(editor, path) == 5
    clock.advance(hours=2)
    assert editor.head(path, headers=TUS).status_code == 410
    assert send(editor, path, 5, b"67890").status_code == 410
    ask_for_sweep(app)
    do_jobs()
    assert stored() == []
    clock.advance(days=8)
    ask_for_sweep(app)
    do_jobs()
    assert signed_in("editor").head(path, headers=TUS).status_code == 404


def ask_for_sweep(app: APIFlask) -> None:
    """As the hourly chore does."""
    from broadcaster import clock, jobs
    from broadcaster.database import db

    with app.app_context():
        jobs.ask(db.session, "take_in_uploads", clock.now())
        db.session.commit()


def test_others_uploads_are_not_there(signed_in: SignIn, session: Session) -> None:
    """404 for an administrator too; strangers are told to sign in; an operator may not bring anything."""
    editor = signed_in("editor")
    path = path_of(begin(editor, 10))
    other = signed_in("administrator")
    assert other.head(path, headers=TUS).status_code == 404
    assert send(other, path, 0, b"1").status_code == 404
    assert other.delete(path, headers=TUS).status_code == 404
    assert begin(signed_in("approver"), 10).status_code == 403
    assert offset_of(editor, path) == 0


def test_strangers_and_foreign_pages_are_refused(client: FlaskClient, signed_in: SignIn) -> None:
    """401 as a program understands it, 403 for a request another site's page makes."""
    assert begin(client, 10).status_code == 401
    assert begin(signed_in("editor"), 10, {"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_without_the_pages_token_nothing_is_taken(app: APIFlask, signed_in: SignIn) -> None:
    """A forged request has the cookie but not the token; the right token opens the door."""
    app.config["WTF_CSRF_ENABLED"] = True
    browser = signed_in("editor")
    assert begin(browser, 10).status_code == 400
    page = browser.get("/recordings/upload").text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token
    assert begin(browser, 10, {"X-CSRFToken": token.group(1)}).status_code == 201


def test_two_cannot_write_to_one_upload(signed_in: SignIn, settings: Settings) -> None:
    """423 while another holds it; the moment its lock falls, as when its process dies, it goes on."""
    editor = signed_in("editor")
    path = path_of(begin(editor, 10))
    [file] = (settings.data / "uploads").glob("tus-*")
    with file.open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert send(editor, path, 0, b"12345").status_code == 423
        assert editor.delete(path, headers=TUS).status_code == 423
    assert send(editor, path, 0, b"12345").status_code == 204


def test_bytes_that_were_not_noted_are_cut_off(
    signed_in: SignIn, settings: Settings, session: Session
) -> None:
    """After a power cut what lies beyond the noted offset may be anything: it is sent again."""
    editor = signed_in("editor")
    path = path_of(begin(editor, 10))
    send(editor, path, 0, b"12345")
    [file] = (settings.data / "uploads").glob("tus-*")
    with file.open("ab") as torn:
        torn.write(bytes(100))
    assert offset_of(editor, path) == 5
    assert send(editor, path, 5, b"67").status_code == 204
    assert file.read_bytes() == b"1234567"


def test_a_body_that_breaks_off_is_kept_as_far_as_it_came(app: APIFlask, signed_in: SignIn) -> None:
    """The offset is what is on disk, not what was announced."""

    class Torn:
        def __init__(self) -> None:
            self.pieces = [b"123", b"45"]

        def read(self, _size: int = -1) -> bytes:
            if self.pieces:
                return self.pieces.pop(0)
            raise ConnectionResetError

    editor = signed_in("editor")
    path = path_of(begin(editor, 10))
    overrides: dict[str, Any] = {"wsgi.input": Torn(), "wsgi.input_terminated": True}
    headers = {**TUS, **BYTES, "Upload-Offset": "0", "Content-Length": "10"}
    editor.patch(path, headers=headers, environ_overrides=overrides)
    assert offset_of(editor, path) == 5


def test_a_full_disk_is_told_before_and_while_bytes_come(
    app: APIFlask, signed_in: SignIn, session: Session, stored: Callable[[], list[str]]
) -> None:
    """507 in words; what had come stays, and goes on when there is room."""
    editor = signed_in("editor")
    app.extensions["free_bytes"] = lambda _folder: 1000
    refused = begin(editor, 10)
    assert refused.status_code == 507
    assert refused.json
    assert "no space left" in refused.json["message"]
    assert stored() == []
    del app.extensions["free_bytes"]
    path = path_of(begin(editor, 10))
    send(editor, path, 0, b"12345")
    app.extensions["free_bytes"] = lambda _folder: 1000
    assert send(editor, path, 5, b"67890").status_code == 507
    assert offset_of(editor, path) == 5
    app.extensions["free_bytes"] = lambda _folder: 2**40
    assert send(editor, path, 5, b"67890").status_code == 204


def test_room_that_was_promised_is_not_promised_twice(
    app: APIFlask, signed_in: SignIn, settings: Settings
) -> None:
    """Two large files that fit one at a time: the second is refused before it begins."""
    editor = signed_in("editor")
    app.extensions["free_bytes"] = lambda _folder: settings.audio.keep_free_bytes + 150
    assert begin(editor, 100).status_code == 201
    assert begin(editor, 100).status_code == 507
    assert begin(editor, 40).status_code == 201


def test_the_quota_bounds_what_is_stored_and_what_arrives(
    app: APIFlask, signed_in: SignIn, settings: Settings
) -> None:
    """With the figures; a plain form is bound by it too."""
    audio = settings.audio.model_copy(update={"quota_bytes": 3 * 2**20})
    app.config["SETTINGS"] = settings.model_copy(update={"audio": audio})
    editor = signed_in("editor")
    assert begin(editor, 2 * 2**20).status_code == 201
    refused = begin(editor, 2 * 2**20)
    assert refused.status_code == 507
    assert refused.json
    assert "1 of 3 MB" in refused.json["message"]


def test_nobody_leaves_more_unfinished_than_is_set(
    app: APIFlask, signed_in: SignIn, settings: Settings
) -> None:
    """One more is told what to do."""
    audio = settings.audio.model_copy(update={"uploads_per_person": 2})
    app.config["SETTINGS"] = settings.model_copy(update={"audio": audio})
    editor = signed_in("editor")
    paths = [path_of(begin(editor, 10)) for _ in range(2)]
    assert begin(editor, 10).status_code == 429
    editor.delete(paths[0], headers=TUS)
    assert begin(editor, 10).status_code == 201


def test_files_of_one_batch_and_title_go_into_one_announcement(
    signed_in: SignIn, session: Session, sounds: Callable[..., Path]
) -> None:
    """Two languages dropped together; another batch makes its own."""
    editor = signed_in("editor")
    for tag, tone, batch in (("lo", 440, "b1"), ("tdf", 550, "b1"), ("lo", 660, "b2")):
        data = sounds(tone).read_bytes()
        begin(editor, len(data), BYTES, data, language=tag, title="Market day", batch=batch)
    assert sorted(len(one.recordings) for one in session.query(Announcement)) == [1, 2]


def test_the_very_same_file_is_asked_about(
    signed_in: SignIn, session: Session, sounds: Callable[..., Path], do_jobs: Callable[[], None]
) -> None:
    """Before any work is done on it: use the one that is there, or store this one too."""
    editor, data = signed_in("editor"), sounds(440).read_bytes()
    begin(editor, len(data), BYTES, data, title="First")
    do_jobs()
    for title in ("Second", "Third"):
        begin(editor, len(data), BYTES, data, title=title)
    assert session.query(Recording).count() == 1
    page = editor.get("/recordings/upload").text
    assert "This very file is there already: “First”, Talieng, version 1." in page
    second, third = session.query(IncomingUpload).filter_by(state=IncomingState.ASKING).order_by("id")
    used = editor.post(f"/recordings/upload/{second.key}/answer", data={"do": "use"})
    assert used.location.endswith("#recording-1")
    editor.post(f"/recordings/upload/{third.key}/answer", data={"do": "store"})
    do_jobs()
    session.expire_all()
    assert [one.announcement.title for one in session.query(Recording)] == ["First", "Third"]
    again = editor.post(f"/recordings/upload/{third.key}/answer", data={"do": "store"}, follow_redirects=True)
    assert "answered already" in again.text


def test_the_same_file_in_the_same_place_cannot_be_stored_twice(
    signed_in: SignIn, session: Session, sounds: Callable[..., Path], do_jobs: Callable[[], None]
) -> None:
    """Only using the one that is there is offered."""
    editor, data = signed_in("editor"), sounds(440).read_bytes()
    begin(editor, len(data), BYTES, data, title="First")
    do_jobs()
    begin(editor, len(data), BYTES, data, announcement=1)
    page = editor.get("/recordings/upload").text
    assert "Use the one that is there" in page
    assert "Store it here too" not in page
    upload = session.query(IncomingUpload).filter_by(state=IncomingState.ASKING).one()
    refused = editor.post(
        f"/recordings/upload/{upload.key}/answer", data={"do": "store"}, follow_redirects=True
    )
    assert "Use that one" in refused.text
    assert session.query(Recording).count() == 1


def test_what_a_crash_left_whole_is_taken_in(
    app: APIFlask,
    signed_in: SignIn,
    session: Session,
    settings: Settings,
    sounds: Callable[..., Path],
    do_jobs: Callable[[], None],
) -> None:
    """The last byte was noted and then the power went: the hourly chore makes its recording."""
    editor, data = signed_in("editor"), sounds(440).read_bytes()
    begin(editor, len(data))
    upload = session.query(IncomingUpload).one()
    (settings.data / "uploads" / upload.file_name).write_bytes(data)
    upload.held_bytes = len(data)
    session.commit()
    ask_for_sweep(app)
    do_jobs()
    assert session.query(Recording).one().sha256 is not None


def test_a_file_that_is_no_sound_tells_why_in_its_row(
    signed_in: SignIn, sounds: Callable[..., Path], do_jobs: Callable[[], None], session: Session
) -> None:
    """The row asks again while work goes on, and then says what is wrong."""
    editor = signed_in("editor")
    begin(editor, 20, BYTES, b"just words, no sound")
    key = session.query(IncomingUpload).one().key
    assert "load delay:1s" in editor.get(f"/recordings/upload/{key}/row").text
    do_jobs()
    row = editor.get(f"/recordings/upload/{key}/row").text
    assert "This is not a sound file" in row
    assert "load delay" not in row


def test_an_unfinished_upload_is_listed_after_a_reload_and_can_be_cancelled(
    signed_in: SignIn, session: Session
) -> None:
    """With how much is here; of others nothing is shown."""
    editor = signed_in("editor")
    path = path_of(begin(editor, 10, filename="ລາຍການ.wav"))
    send(editor, path, 0, b"1234")
    page = editor.get("/recordings/upload").text
    assert "ລາຍການ.wav" in page
    assert 'data-held="4"' in page
    assert "ລາຍການ.wav" not in signed_in("administrator").get("/recordings/upload").text
    key = session.query(IncomingUpload).one().key
    assert "Nothing of it is kept" in editor.post(f"/recordings/upload/{key}/end", follow_redirects=True).text
    assert "ລາຍການ.wav" not in editor.get("/recordings/upload").text


def test_without_script_one_file_is_brought_by_a_form(
    signed_in: SignIn, session: Session, sounds: Callable[..., Path]
) -> None:
    """Into a new announcement, named after the file where no title is given."""
    make_places(session)
    editor = signed_in("editor")
    with sounds(440).open("rb") as file:
        answer = editor.post(
            "/recordings/upload", data={"language": "lo", "announcement": "", "file": (file, "Land law.wav")}
        )
    assert answer.status_code == 303, answer.text
    assert session.query(Recording).one().announcement.title == "Land law"
    assert session.query(Person).count() == 1
