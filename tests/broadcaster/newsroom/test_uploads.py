"""Uploads that go wrong: told on the page, and nothing of them is left."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom.models import Announcement, Jingle, Recording
from broadcaster.newsroom.uploads import sweep
from tests.broadcaster.newsroom.audio import silent_wav
from tests.broadcaster.newsroom.test_pages import upload

SignIn = Callable[..., FlaskClient]


def wav_cut_in_half(sounds: Callable[..., Path]) -> bytes:
    """A WAV whose header promises more than there is."""
    whole = sounds(440, 2.0).read_bytes()
    return whole[: len(whole) // 2]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("text", "This is not a sound file"),
        ("zip", "This is not a sound file"),
        ("truncated", "The file breaks off"),
        ("silent", "There is nothing to hear"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_with_its_reason(
    signed_in: SignIn,
    session: Session,
    sounds: Callable[..., Path],
    do_jobs: Callable[[], None],
    stored: Callable[[], list[str]],
    kind: str,
    words: str,
) -> None:
    """The recording shows as failed with a way on; it can be taken away; no file is left."""
    data = {
        "text": lambda: b"just words, although it says .wav",
        "zip": lambda: b"PK\x03\x04" + bytes(2000),
        "truncated": lambda: wav_cut_in_half(sounds),
        "silent": silent_wav,
    }[kind]()
    editor = signed_in("editor")
    address = upload(editor, data).location
    do_jobs()
    page = editor.get(address).text
    assert words in page
    assert "Try another file" in page
    assert stored() == []
    assert "Removed." in editor.post("/recordings/1/remove", follow_redirects=True).text
    assert session.query(Recording).count() == 0


def test_an_empty_file_is_refused_at_once(
    signed_in: SignIn, session: Session, stored: Callable[[], list[str]]
) -> None:
    """Beside its field, with nothing created."""
    answer = upload(signed_in("editor"), b"")
    assert answer.status_code == 422
    assert "The file is empty" in answer.text
    assert session.query(Announcement).count() == 0
    assert stored() == []


def test_a_file_above_the_limit_is_refused_and_not_kept(
    signed_in: SignIn, session: Session, app: object, settings: Settings, stored: Callable[[], list[str]]
) -> None:
    """The limit is the settings'; what arrived until then is gone."""
    small = settings.audio.model_copy(update={"max_upload_bytes": 1024})
    app.config["SETTINGS"] = settings.model_copy(update={"audio": small})  # type: ignore[attr-defined]
    answer = upload(signed_in("editor"), bytes(5000))
    assert answer.status_code == 422
    assert "The file is too large" in answer.text
    assert session.query(Announcement).count() == 0
    assert stored() == []


@pytest.mark.parametrize(
    ("path", "fields"),
    [("/jingles", {"title": "Chime"}), ("/announcements/1/recordings", {"language": "tdf"})],
)
def test_an_upload_that_the_database_does_not_take_is_not_kept(
    signed_in: SignIn,
    session: Session,
    sounds: Callable[..., Path],
    stored: Callable[[], list[str]],
    path: str,
    fields: dict[str, str],
) -> None:
    """The file came in whole, but nothing is noted that would ever work on it or take it away."""
    editor = signed_in("editor")
    assert editor.post("/api/v1/announcements", json={"title": "Land law"}).status_code == 201
    session.execute(
        text("CREATE TRIGGER full BEFORE INSERT ON job BEGIN SELECT RAISE(ABORT, 'no room'); END")
    )
    session.commit()
    data = {**fields, "file": (io.BytesIO(sounds(440).read_bytes()), "talk.wav")}
    with pytest.raises(IntegrityError, match="no room"):
        editor.post(path, data=data, content_type="multipart/form-data")
    assert stored() == []
    assert session.query(Recording).count() == session.query(Jingle).count() == 0


def test_a_hostile_name_is_shown_harmlessly(
    signed_in: SignIn,
    sounds: Callable[..., Path],
    do_jobs: Callable[[], None],
    stored: Callable[[], list[str]],
) -> None:
    """Path parts, markup and 300 Lao letters: shown as a short text, never as a path or as markup."""
    editor = signed_in("editor")
    name = "../../etc/<script>alert(1)</script>" + "ກ" * 300 + ".wav"
    address = upload(editor, sounds(440).read_bytes(), name=name).location
    do_jobs()
    page = editor.get(address).text
    assert "<script>alert" not in page
    assert "etc/" not in page
    assert "ກ" * 100 not in page
    assert len(stored()) == 1


def test_the_same_audio_again_is_told_and_not_kept(
    signed_in: SignIn,
    session: Session,
    sounds: Callable[..., Path],
    do_jobs: Callable[[], None],
    stored: Callable[[], list[str]],
) -> None:
    """The first one stays as it is."""
    editor = signed_in("editor")
    data = sounds(440).read_bytes()
    upload(editor, data)
    do_jobs()
    address = editor.post(
        "/announcements/1/recordings", data={"language": "tdf", "file": (io.BytesIO(data), "again.wav")}
    ).location
    do_jobs()
    assert "This very audio is there already: talk.wav" in editor.get(address).text
    assert session.get_one(Recording, 1).state == "draft"
    assert len(stored()) == 1


def test_what_a_killed_request_left_is_swept_away_after_a_day(tmp_path: Path) -> None:
    """Uploads that are kept for work, and those still arriving, stay."""
    old, fresh, kept = (tmp_path / name for name in ("incoming-old", "incoming-fresh", "upload-kept"))
    for file in (old, fresh, kept):
        file.touch()
    for file in (old, kept):
        os.utime(file, (0, time.time() - 25 * 3600))
    sweep(tmp_path)
    assert sorted(tmp_path.iterdir()) == [fresh, kept]


def test_audio_is_served_in_ranges(
    signed_in: SignIn, session: Session, sounds: Callable[..., Path], do_jobs: Callable[[], None]
) -> None:
    """A player asks for pieces; beyond the end there is none."""
    editor = signed_in("editor")
    upload(editor, sounds(440).read_bytes())
    assert editor.get("/recordings/1/audio").status_code == 404
    do_jobs()
    whole = editor.get("/recordings/1/audio")
    assert whole.mimetype == "audio/webm"
    size = session.get_one(Recording, 1).size_bytes or 0
    assert len(whole.data) == size
    part = editor.get("/recordings/1/audio", headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.headers["Content-Range"] == f"bytes 100-199/{size}"
    assert part.data == whole.data[100:200]
    assert editor.get("/recordings/1/audio", headers={"Range": f"bytes={size}-"}).status_code == 416
    again = editor.get("/recordings/1/audio", headers={"If-None-Match": whole.headers["ETag"]})
    assert again.status_code == 304


def test_an_upload_that_vanished_is_told_and_does_not_hang(
    signed_in: SignIn,
    settings: Settings,
    sounds: Callable[..., Path],
    do_jobs: Callable[[], None],
    stored: Callable[[], list[str]],
) -> None:
    """Somebody emptied the folder before the work began."""
    editor = signed_in("editor")
    address = upload(editor, sounds(440).read_bytes()).location
    for file in (settings.data / "uploads").iterdir():
        file.unlink()
    do_jobs()
    assert "The uploaded file is no longer there" in editor.get(address).text
    assert stored() == []
