"""Uploads' rows and bytes, on both databases."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from broadcaster.accounts.models import Person
from broadcaster.config import Settings
from broadcaster.errors import NoSpace, NotAllowed, NotThere
from broadcaster.newsroom import incoming, incoming_bytes, space, taking_in, tus
from broadcaster.newsroom.incoming_models import IncomingState, IncomingUpload
from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.service import create_announcement, remove_announcement
from tests.broadcaster.conftest import FixedClock, _person
from tests.broadcaster.newsroom.conftest import make_places


@pytest.fixture
def editor(session: Session, clock: FixedClock) -> Person:
    """Somebody who may bring sound, everywhere."""
    from broadcaster.accounts.roles import Role

    person = _person(Role.EDITOR, "editor@example.org", clock.now)
    session.commit()
    return person


def wish(size: int, **more: object) -> incoming.Wish:
    """A file in Lao."""
    given = {"size_bytes": size, "original_name": "talk.wav", "language": "lo", **more}
    return incoming.Wish(**given)  # type: ignore[arg-type]  # as given


def test_pieces_become_a_recording_once(
    session: Session, settings: Settings, editor: Person, clock: FixedClock, sounds: Callable[..., Path]
) -> None:
    """However often it is asked for."""
    data = sounds(440).read_bytes()
    upload = incoming.begin(session, settings, editor, wish(len(data), title="Land law"), clock.now)
    for start in range(0, len(data), 30_000):
        piece = io.BytesIO(data[start : start + 30_000])
        incoming_bytes.append(session, settings, upload, start, piece, clock.now)
    assert incoming_bytes.file_of(settings, upload).read_bytes() == data
    for _ in range(2):
        taking_in.take_in(session, settings, upload, clock.now)
    recording = session.query(Recording).one()
    assert recording.announcement.title == "Land law"
    assert recording.upload == upload.file_name
    assert incoming.unfinished(session, editor, clock.now) == []
    assert incoming.lately_taken(session, editor, clock.now.replace(year=2000)) == [upload]


def test_an_announcement_that_was_removed_meanwhile_is_made_again(
    session: Session, settings: Settings, editor: Person, clock: FixedClock
) -> None:
    """Nobody's upload is lost because somebody tidied up."""
    announcement = create_announcement(session, "Short-lived", "other", editor, clock.now)
    session.commit()
    wanted = wish(4, announcement_id=announcement.id, title="Land law")
    upload = incoming.begin(session, settings, editor, wanted, clock.now)
    remove_announcement(session, announcement, editor, clock.now)
    session.commit()
    session.expire_all()
    incoming_bytes.append(session, settings, upload, 0, io.BytesIO(b"abcd"), clock.now)
    taking_in.take_in(session, settings, upload, clock.now)
    assert session.query(Recording).one().announcement.title == "Land law"


def test_the_sweep_ends_what_expired_and_forgets_what_is_long_over(
    session: Session, settings: Settings, editor: Person, clock: FixedClock
) -> None:
    """Bytes go 48 hours after the last one came, rows a week later; what is fresher stays."""
    old = incoming.begin(session, settings, editor, wish(4), clock.now)
    clock.advance(hours=40)
    fresh = incoming.begin(session, settings, editor, wish(4), clock.now)
    clock.advance(hours=9)
    incoming.sweep(session, {}, clock.now)
    session.commit()
    assert (old.state, fresh.state) == (IncomingState.ENDED, IncomingState.ARRIVING)
    assert not incoming_bytes.file_of(settings, old).exists()
    with pytest.raises(tus.Refusal, match="ended or expired"):
        incoming.find(session, editor, old.key, clock.now)
    clock.advance(days=7)
    for _ in range(2):
        incoming.sweep(session, {}, clock.now)
    session.commit()
    assert session.query(IncomingUpload).count() == 1
    with pytest.raises(NotThere):
        incoming.find(session, editor, old.key, clock.now)


def test_the_same_audio_counts_once_against_the_quota(
    session: Session, settings: Settings, editor: Person, clock: FixedClock
) -> None:
    """What is stored by its hash, and what is promised."""
    announcement = create_announcement(session, "Land law", "other", editor, clock.now)
    for number, (sha256, size) in enumerate((("a" * 64, 100), ("a" * 64, 100), ("b" * 64, 50)), start=1):
        values = {"language": "lo", "version": number, "original_name": "x", "created_at": clock.now}
        session.add(Recording(announcement=announcement, sha256=sha256, size_bytes=size, **values))
    session.flush()
    assert space.stored_bytes(session, settings) == 150
    audio = settings.audio.model_copy(update={"quota_bytes": 200})
    bound = settings.model_copy(update={"audio": audio})
    incoming.begin(session, bound, editor, wish(40), clock.now)
    with pytest.raises(NoSpace):
        incoming.begin(session, bound, editor, wish(11), clock.now)
    incoming.begin(session, bound, editor, wish(10), clock.now)


def test_what_waits_and_what_was_brought_count_against_the_quota(
    session: Session, settings: Settings, editor: Person, clock: FixedClock
) -> None:
    """A file counts all the while: as it arrives, as it waits for its turn, and as an original."""
    audio = settings.audio.model_copy(update={"quota_bytes": 100})
    bound = settings.model_copy(update={"audio": audio})
    upload = incoming.begin(session, bound, editor, wish(60), clock.now)
    incoming_bytes.append(session, bound, upload, 0, io.BytesIO(bytes(60)), clock.now)
    taking_in.take_in(session, bound, upload, clock.now)
    assert upload.recording is not None
    assert space.stored_bytes(session, bound) == 60
    with pytest.raises(NoSpace):
        incoming.begin(session, bound, editor, wish(41), clock.now)
    original = {"source_sha256": "c" * 64, "source_size_bytes": 30, "ingest": "failed", "upload": None}
    for name, value in original.items():
        setattr(upload.recording, name, value)
    session.flush()
    assert space.stored_bytes(session, bound) == 30
    none = bound.model_copy(update={"audio": audio.model_copy(update={"keep_originals": False})})
    assert space.stored_bytes(session, none) == 0


def test_an_editor_of_one_place_brings_nothing_to_another(
    session: Session, settings: Settings, editor: Person, clock: FixedClock
) -> None:
    """Neither into the province's announcements nor into new ones beyond their place."""
    from broadcaster.accounts.place_models import RolePlace

    make_places(session)
    whole = create_announcement(session, "Land law", "other", None, clock.now)
    session.add(RolePlace(person_id=editor.id, role="editor", place_code="LA1503"))
    session.commit()
    session.expire_all()
    with pytest.raises(NotAllowed):
        incoming.begin(session, settings, editor, wish(4, announcement_id=whole.id), clock.now)
    with pytest.raises(NotAllowed):
        incoming.begin(session, settings, editor, wish(4, place="LA15"), clock.now)
    upload = incoming.begin(session, settings, editor, wish(4), clock.now)
    assert upload.place_code == "LA1503"
