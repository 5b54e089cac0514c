"""What was brought is kept beside the broadcast audio, what could not be used is set aside for a while."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import current_app
from sqlalchemy.orm import Session

from broadcaster import jobs, work
from broadcaster.config import Settings
from broadcaster.newsroom import loose_bytes, originals, removal, service
from broadcaster.newsroom.recordings import try_again
from broadcaster.newsroom.sound import IngestState
from broadcaster.newsroom.uploads import KEPT
from content_library.hashing import sha256_of
from tests.broadcaster.conftest import FixedClock


def bring(session: Session, settings: Settings, content: bytes, clock: FixedClock) -> service.Recording:
    """A recording whose upload waits to be prepared."""
    from broadcaster.newsroom.audio_in import upload_folder

    (upload_folder(settings) / f"{KEPT}one").write_bytes(content)
    announcement = service.create_announcement(session, "Land law", "law_orientation", None, clock.now)
    found = service.receive_recording(session, announcement, "lo", f"{KEPT}one", "voice.wav", None, clock.now)
    session.commit()
    return found


def work_on(session: Session, clock: FixedClock) -> None:
    """Do what waits, as the worker would."""
    jobs.run_pending(session, work.HANDLERS, clock.now)


def test_the_original_is_kept_byte_for_byte(
    session: Session, settings: Settings, clock: FixedClock, sounds: Callable[..., Path]
) -> None:
    """Beside the broadcast audio, under its own hash; the upload folder is empty again."""
    source = sounds(440, 1.0)
    recording = bring(session, settings, source.read_bytes(), clock)
    work_on(session, clock)
    assert recording.source_sha256 == sha256_of(source)
    assert recording.source_size_bytes == source.stat().st_size
    with originals.fetched(originals.originals_store(), recording.source_sha256 or "") as kept:
        assert kept.read_bytes() == source.read_bytes()
    assert [file for file in (settings.data / "uploads").rglob("*") if file.is_file()] == []


def test_a_server_that_keeps_no_originals_keeps_none(
    session: Session, settings: Settings, clock: FixedClock, sounds: Callable[..., Path]
) -> None:
    """Only the hash stays, which recognises the file when it is brought again."""
    without = settings.model_copy(
        update={"audio": settings.audio.model_copy(update={"keep_originals": False})}
    )
    current_app.config["SETTINGS"] = without
    recording = bring(session, settings, sounds(440, 1.0).read_bytes(), clock)
    work_on(session, clock)
    assert recording.ingest is IngestState.DONE
    assert recording.source_sha256 is not None
    assert not originals.has_original(recording)


def test_a_file_that_cannot_be_used_is_set_aside_for_two_weeks(
    session: Session, settings: Settings, clock: FixedClock
) -> None:
    """Somebody may want to look at it; its row keeps the reason after that."""
    recording = bring(session, settings, b"words, not sound", clock)
    work_on(session, clock)
    assert recording.ingest is IngestState.FAILED
    assert originals.has_original(recording)
    originals.forget_what_was_set_aside(session, {}, clock.advance(days=13))
    assert originals.has_original(recording)
    kept = recording.source_sha256 or ""
    originals.forget_what_was_set_aside(session, {}, clock.advance(days=2))
    session.commit()
    work_on(session, clock)
    assert not originals.originals_store().exists(kept)
    assert recording.error_code == "not_audio"


def test_a_failed_upload_is_tried_again_from_what_was_set_aside(
    session: Session, settings: Settings, clock: FixedClock, sounds: Callable[..., Path]
) -> None:
    """After the administrator made room on the disk nobody brings the file a second time."""
    recording = bring(session, settings, sounds(440, 1.0).read_bytes(), clock)
    work_on(session, clock)
    recording.ingest, recording.sha256, recording.error_code = IngestState.FAILED, None, "store_full"
    session.commit()
    try_again(session, recording, None, clock.now)
    session.commit()
    work_on(session, clock)
    assert recording.ingest is IngestState.DONE
    assert recording.sha256 is not None


def test_a_removed_upload_takes_its_original_along_unless_others_need_it(
    session: Session, settings: Settings, clock: FixedClock
) -> None:
    """The same file brought twice lies there once."""
    first = bring(session, settings, b"words, not sound", clock)
    work_on(session, clock)
    second = bring(session, settings, b"words, not sound", clock)
    work_on(session, clock)
    kept = first.source_sha256 or ""
    removal.remove_recording(session, first, None, clock.now)
    loose_bytes.forget_loose_bytes(session, {}, clock.advance(hours=2))
    assert originals.originals_store().exists(kept)
    removal.remove_recording(session, second, None, clock.now)
    loose_bytes.forget_loose_bytes(session, {}, clock.advance(hours=2))
    assert not originals.originals_store().exists(kept)
