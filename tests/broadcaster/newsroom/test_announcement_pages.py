"""The announcement's page: everything it has is changed here, and two people at once lose nothing."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom import attachments, service, twins
from broadcaster.newsroom.attachment_types import DOCX, PDF, TEXT, type_of
from broadcaster.newsroom.models import Announcement, Attachment, Recording
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.audio import ready_audio
from tests.broadcaster.newsroom.conftest import make_places

SignIn = Callable[..., FlaskClient]
EDIT = "/announcements/1/edit"


def law(session: Session, clock: FixedClock) -> Announcement:
    """Announcement 1, with its first recording in Lao."""
    make_places(session)
    about = service.create_announcement(
        session, "Land law", "law_orientation", None, clock.now, details={"year": 2015}, tags=["law"]
    )
    service.attach_recording(session, about, "lo", ready_audio("a"), "a.wav", None, clock.now)
    session.commit()
    return about


def form_of(page: str) -> dict[str, str]:
    """What the form of a page would send, unchanged."""
    inputs = dict(
        re.findall(r'name="(title|valid_from|valid_until|tags|detail_\w+)"[^>]*? value="([^"]*)"', page)
    )
    areas = dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\s?\n?([^<]*)</textarea>', page))
    base = re.search(r'name="base"[^>]* value="([^"]*)"', page)
    kind = re.search(r'<option selected value="(\w+)"', page)
    assert base is not None
    found = inputs | areas | {"base": base[1]} | ({"kind": kind[1]} if kind else {})
    return {name: html.unescape(value) for name, value in found.items()}


def test_only_the_fields_of_the_chosen_kind_are_asked_for(signed_in: SignIn, session: Session) -> None:
    """With script they are swapped; without, a button shows them and keeps what was written."""
    editor = signed_in("editor")
    assert "detail_" not in editor.get("/announcements/new").text
    part = editor.get("/announcements/kind-fields?kind=law_orientation&detail_year=2015").text
    assert 'name="detail_law"' in part
    assert 'value="2015"' in part
    assert "<html" not in part
    again = editor.post(
        "/announcements/new", data={"title": "Results", "kind": "assembly_result", "show_fields": "1"}
    )
    assert again.status_code == 200
    assert 'name="detail_session_number"' in again.text
    assert 'value="Results"' in again.text
    assert "Please correct this" not in again.text
    assert session.query(Announcement).count() == 0


def test_an_announcement_is_made_before_its_sound_is_there(signed_in: SignIn, session: Session) -> None:
    """Its fields stand on its page, and what is still needed is pointed out."""
    editor = signed_in("editor")
    answer = editor.post(
        "/announcements/new",
        data={
            "title": "Land law",
            "kind": "law_orientation",
            "language": "lo",
            "without": "1",
            "detail_law": "Law on land",
            "tags": "land, ທີ່ດິນ",
        },
    )
    assert answer.status_code == 302
    page = editor.get(answer.location).text
    assert "Law on land" in page
    assert "ທີ່ດິນ" in page
    assert "Still to be written: Year" in page
    assert session.query(Recording).count() == 0


def test_a_wrong_field_is_told_beside_it_and_nothing_is_saved(
    signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """422 with the words beside the field; what was written is still there."""
    law(session, clock)
    editor = signed_in("editor")
    form = form_of(editor.get(EDIT).text) | {"title": "New words", "detail_year": "12"}
    answer = editor.post(EDIT, data=form)
    assert answer.status_code == 422
    assert "Write a number from 1900 to 2199" in answer.text
    assert 'value="New words"' in answer.text
    assert editor.post(EDIT, data=form | {"base": "{"}).status_code == 422
    session.expire_all()
    assert session.get_one(Announcement, 1).title == "Land law"
    assert signed_in("officer").get(EDIT).status_code == 403


def test_two_who_change_different_fields_are_both_saved(
    signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """The second is told that it was saved together with the first's."""
    law(session, clock)
    editor, other = signed_in("editor"), signed_in("administrator")
    mine, theirs = form_of(editor.get(EDIT).text), form_of(other.get(EDIT).text)
    assert other.post(EDIT, data=theirs | {"detail_year": "2019"}).status_code == 303
    page = editor.post(EDIT, data=mine | {"title": "The land law"}, follow_redirects=True).text
    assert "together with what somebody else changed" in page
    session.expire_all()
    about = session.get_one(Announcement, 1)
    assert (about.title, about.details, about.edition) == ("The land law", {"year": 2019}, 3)


def test_the_second_who_changes_the_same_sees_both_and_chooses(
    signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """Nothing is saved until the choice; then exactly what was chosen, and nothing else is lost."""
    law(session, clock)
    editor, other = signed_in("editor"), signed_in("administrator")
    mine, theirs = form_of(editor.get(EDIT).text), form_of(other.get(EDIT).text)
    other.post(EDIT, data=theirs | {"title": "Law of the land", "detail_year": "2019"})
    wrote = mine | {"title": "The land law", "detail_year": "2003", "tags": "law, land"}
    asked = editor.post(EDIT, data=wrote)
    assert asked.status_code == 409
    assert "Test administrator saved" in asked.text
    for words in ("Law of the land", "The land law", "2019", "2003"):
        assert words in asked.text
    shown = form_of(asked.text) | {"undecided": ["title", "detail_year"]}
    assert shown["tags"] == "land, law"
    still = editor.post(EDIT, data=shown | {"choice-title": "theirs"})
    assert still.status_code == 409
    session.expire_all()
    assert session.get_one(Announcement, 1).title == "Law of the land"
    chosen = shown | {"choice-title": "theirs", "choice-detail_year": "mine", "draft": "mark"}
    assert editor.post(EDIT, data=chosen).status_code == 303
    session.expire_all()
    about = session.get_one(Announcement, 1)
    assert (about.title, about.details["year"], about.tags) == ("Law of the land", 2003, ["land", "law"])
    assert 'data-draft-saved="mark"' in editor.get("/announcements/1").text
    assert "data-draft-saved" not in editor.get("/announcements/1").text


def test_two_who_write_down_the_same_recording_lose_nothing(
    signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """Both transcripts side by side; the speakers that only one wrote go along."""
    law(session, clock)
    address = "/recordings/1/texts"
    editor, other = signed_in("editor"), signed_in("administrator")
    mine, theirs = form_of(editor.get(address).text), form_of(other.get(address).text)
    other.post(address, data=theirs | {"transcript": "first words"})
    asked = editor.post(address, data=mine | {"transcript": "other words", "speakers": "speaker 1"})
    assert asked.status_code == 409
    assert "first words" in asked.text
    assert "other words" in asked.text
    form = form_of(asked.text) | {"undecided": "transcript", "choice-transcript": "theirs"}
    assert editor.post(address, data=form).status_code == 303
    session.expire_all()
    recording = session.get_one(Recording, 1)
    assert (recording.transcript, recording.speakers) == ("first words", ["speaker 1"])
    assert "first words" in editor.get("/announcements/1").text


def test_a_day_that_is_not_touched_keeps_its_minute(
    signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """A program set it to the minute; the form knows days only and changes nothing it was not told to."""
    about = law(session, clock)
    about.valid_until = clock.now + timedelta(days=3, minutes=7)
    session.commit()
    editor = signed_in("editor")
    form = form_of(editor.get(EDIT).text)
    editor.post(EDIT, data=form | {"title": "Law"})
    session.expire_all()
    assert session.get_one(Announcement, 1).valid_until == clock.now + timedelta(days=3, minutes=7)
    form = form_of(editor.get(EDIT).text)
    editor.post(EDIT, data=form | {"valid_until": "2026-03-31"})
    session.expire_all()
    assert str(session.get_one(Announcement, 1).valid_until) == "2026-03-31 16:59:59.999000+00:00"


def test_the_same_audio_elsewhere_is_offered_and_kept_once(
    signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """Use that one: this recording goes and its words go along. Keep: nobody is asked again."""
    law(session, clock)
    other = service.create_announcement(session, "Law again", "other", None, clock.now)
    for language in ("lo", "tdf"):
        recording = service.attach_recording(
            session, other, language, ready_audio("a"), "b.wav", None, clock.now
        )
        recording.transcript = f"words in {language}"
    session.commit()
    assert list(twins.twins_of(session, other.recordings)) == [2, 3]
    editor = signed_in("editor")
    page = editor.get("/announcements/2").text
    assert page.count("This very audio is there already") == 2
    assert "This very audio" not in editor.get("/announcements/1").text
    editor.post("/recordings/3/keep-twin")
    assert editor.get("/announcements/2").text.count("This very audio is there already") == 1
    answer = editor.post("/recordings/2/give-way", data={"twin": "1"})
    assert answer.location.endswith("/announcements/1#recording-1")
    session.expire_all()
    assert session.get(Recording, 2) is None
    assert session.get_one(Recording, 1).transcript == "words in lo"
    for twin in ("7", "3", "x"):
        editor.post("/recordings/3/give-way", data={"twin": twin})
    assert session.get(Recording, 3) is not None


def test_papers_are_attached_fetched_locked_taken_off_and_back(
    signed_in: SignIn, session: Session, clock: FixedClock, settings: Settings
) -> None:
    """They come as downloads no browser runs; taking off can be undone."""
    law(session, clock)
    editor = signed_in("editor")
    address = "/announcements/1/attachments"
    files = [(io.BytesIO(b"%PDF-1.7 x"), "../ໃບ.exe"), (io.BytesIO(b"<script>alert(1)</script>"), "a.html")]
    page = editor.post(address, data={"file": files}, follow_redirects=True).text
    assert page.count("is attached") == 2
    got = editor.get(f"{address}/2")
    assert got.headers["Content-Disposition"].startswith("attachment; filename=a.html.txt")
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.mimetype == "text/plain"
    assert ".exe.pdf" in editor.get(f"{address}/1").headers["Content-Disposition"]
    page = editor.post(f"{address}/1/remove", follow_redirects=True).text
    assert "/attachments/1/restore" in page
    assert "../" not in page
    editor.post(f"{address}/1/restore")
    assert ".exe" in editor.get("/announcements/1").text
    assert editor.get("/announcements/2/attachments/1").status_code == 404
    assert signed_in("officer").post(address, data={"file": files[:0]}).status_code == 403
    assert len(list((settings.data / "attachments").iterdir())) == 2


def test_what_cannot_be_attached_is_told_and_leaves_nothing(
    app: APIFlask, session: Session, clock: FixedClock, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty, too large, a programme, a ZIP, a document with macros, too many, a full disk."""
    about = service.create_announcement(session, "Rice", "market", None, clock.now)
    monkeypatch.setattr(attachments, "LARGEST_BYTES", 5000)
    macros = packed("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
    for data in (b"", b"x" * 5001, b"MZ\x00\x01", packed("a.txt"), macros, b"PK\x03\x04broken"):
        with pytest.raises(attachments.BadInput):
            attachments.attach(session, about, io.BytesIO(data), "a.pdf", None, clock.now)
    for number in range(attachments.MOST_ATTACHMENTS):
        attachments.attach(session, about, io.BytesIO(b"%d" % number), "a.txt", None, clock.now)
    same = attachments.attach(session, about, io.BytesIO(b"0"), "b.txt", None, clock.now)
    assert same.name == "a.txt"
    with pytest.raises(attachments.NotPossible, match="remove one first"):
        attachments.attach(session, about, io.BytesIO(b"one more"), "a.txt", None, clock.now)
    assert len(about.attachments) == attachments.MOST_ATTACHMENTS


def test_bytes_nobody_speaks_of_are_forgotten(
    session: Session, clock: FixedClock, settings: Settings
) -> None:
    """A removed attachment stays for a month; then row and bytes go, and orphans with them."""
    about = service.create_announcement(session, "Rice", "market", None, clock.now)
    kept = attachments.attach(session, about, io.BytesIO(b"kept"), "a.txt", None, clock.now)
    gone = attachments.attach(session, about, io.BytesIO(b"gone"), "b.txt", None, clock.now)
    attachments.remove(session, gone, None, clock.now)
    session.commit()
    attachments.forget_removed(session, {}, clock.now + timedelta(days=29))
    assert session.get(Attachment, gone.id) is not None
    long_after = clock.now + timedelta(days=40 * 365)  # files carry the machine's own time
    attachments.forget_removed(session, {}, long_after)
    assert session.query(Attachment).count() == 1
    assert [file.name for file in (settings.data / "attachments").iterdir()] == [kept.sha256]


def packed(*names: str) -> bytes:
    """A ZIP with these empty files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name in names:
            made.writestr(name, "")
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.4", PDF),
        ("ສະບາຍດີ\n".encode(), TEXT),
        (packed("[Content_Types].xml", "word/document.xml"), DOCX),
    ],
)
def test_a_file_is_known_by_its_content(tmp_path: Path, data: bytes, expected: Any) -> None:
    """Whatever its name says."""
    file = tmp_path / "anything.bin"
    file.write_bytes(data)
    assert type_of(file) is expected
    assert expected.download_name("a.pdf").endswith(expected.suffixes)
