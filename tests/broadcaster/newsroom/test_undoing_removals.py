"""What was removed comes back for an hour, and no upload loses its bytes to the removal of its twin."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import NotPossible, NotThere
from broadcaster.newsroom import loose_bytes, originals, removal, service
from broadcaster.newsroom.audio_in import make_broadcast_ready
from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.removal_models import LooseBytes, RemovedRecording
from broadcaster.newsroom.space import stored_bytes
from content_library import AudioStore, BroadcastAudio
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.test_originals import bring, work_on
from tests.broadcaster.newsroom.workflow_people import person
from tests.end_to_end.waiting import PATIENCE_S

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def store(app: APIFlask) -> AudioStore:
    """Where broadcast-ready audio lies."""
    found: AudioStore = app.extensions["audio_store"]
    return found


@pytest.fixture
def draft(
    app: APIFlask, session: Session, settings: Settings, clock: FixedClock, sounds: Callable[..., Path]
) -> Recording:
    """A draft of real sound with its original, words and speakers."""
    with app.app_context():
        made = bring(session, settings, sounds(440, 1.0).read_bytes(), clock)
        work_on(session, clock)
        made.transcript, made.speakers = "Every household.", ["Kham"]
        session.commit()
    return made


def test_the_toast_and_the_page_bring_a_removed_draft_back_as_it_was(
    session: Session, clock: FixedClock, draft: Recording, signed_in: SignIn
) -> None:
    """Same number, same version, same words, same bytes; and the trail has both acts."""
    before = {column.key: getattr(draft, column.key) for column in Recording.__table__.columns}
    number, about = draft.id, draft.announcement_id
    editor = signed_in("editor")
    page = editor.get(editor.post(f"/recordings/{number}/remove").location).text
    assert page.count('action="/library/restore"') == 2  # in the toast, and where the recording was
    (removed,) = session.scalars(select(RemovedRecording)).all()
    assert signed_in("operator").post("/library/restore", data={"removed": removed.id}).status_code == 403
    answer = editor.post("/library/restore", data={"removed": removed.id})
    assert answer.location == f"/announcements/{about}#recording-{number}"
    session.expire_all()
    back = session.get_one(Recording, number)
    assert {column.key: getattr(back, column.key) for column in Recording.__table__.columns} == before
    assert "/library/restore" not in editor.get(f"/announcements/{about}").text.split("</aside>")[-1]
    actions = [one.action for one in accounts.trail(session, back.subject)]
    assert actions[:2] == ["recording.restored", "recording.removed"]


def test_it_can_be_found_and_heard_again(
    app: APIFlask, session: Session, clock: FixedClock, draft: Recording, signed_in: SignIn
) -> None:
    """The search knows it, and its bytes stay when the hour is over."""
    editor, number = signed_in("editor"), draft.id
    editor.post("/library/remove", data={"chosen": [number], "page": "recordings", "asked": ""})
    (removed,) = session.scalars(select(RemovedRecording)).all()
    editor.post("/library/restore", data={"removed": str(removed.id)})
    with app.app_context():
        loose_bytes.forget_loose_bytes(session, {}, clock.advance(hours=2))
        assert originals.has_original(session.get_one(Recording, number))
    assert f'value="{number}"' in editor.get("/recordings?search=household").text
    assert editor.get(f"/recordings/{number}/audio").status_code == 200
    assert session.scalars(select(LooseBytes)).all() == []


def test_after_the_hour_it_cannot_come_back_and_nothing_of_it_is_left(
    session: Session, settings: Settings, clock: FixedClock, draft: Recording, store: AudioStore
) -> None:
    """Until then its bytes count as stored, since they are."""
    sha256, source = draft.sha256 or "", draft.source_sha256 or ""
    taken = stored_bytes(session, settings)
    removed = removal.remove_recording(session, draft, None, clock.now).id
    session.commit()
    assert stored_bytes(session, settings) == taken
    loose_bytes.forget_loose_bytes(session, {}, clock.advance(minutes=59))
    assert store.exists(sha256)
    later = clock.advance(minutes=1)
    with pytest.raises(NotThere):
        removal.restore_recording(session, removed, None, later)
    loose_bytes.forget_loose_bytes(session, {}, later)
    assert not store.exists(sha256)
    assert not originals.originals_store().exists(source)
    assert stored_bytes(session, settings) == 0
    assert session.scalars(select(RemovedRecording)).all() == session.scalars(select(LooseBytes)).all() == []


def test_what_took_its_place_stays_and_it_comes_back_beside_it(
    session: Session, settings: Settings, clock: FixedClock, draft: Recording, sounds: Callable[..., Path]
) -> None:
    """A version number given away is not given twice; the very same audio is not there twice."""
    about, version = draft.announcement, draft.version
    removed = removal.remove_recording(session, draft, None, clock.now).id
    session.commit()
    other = service.add_recording(
        session, originals.current_app.extensions["audio_store"], about, "lo", sounds(660, 1.0), "b.wav",
        None, clock.now,
    )  # fmt: skip
    session.commit()
    assert other.version == version
    back = removal.restore_recording(session, removed, None, clock.now)
    assert (back.version, back.id == other.id) == (version + 1, False)
    again = removal.remove_recording(session, back, None, clock.now).id
    service.add_recording(
        session, originals.current_app.extensions["audio_store"], about, "lo", sounds(440, 1.0), "a.wav",
        None, clock.now,
    )  # fmt: skip
    with pytest.raises(NotPossible) as refused:
        removal.restore_recording(session, again, None, clock.now)
    assert refused.value.code == "identical_audio"


def test_a_cut_that_somebody_else_cut_again_cannot_be_removed(
    session: Session, clock: FixedClock, draft: Recording
) -> None:
    """Who had a hand in a line of versions stays known."""
    editors = [person(session, clock.now, f"editor-{at}") for at in (0, 1)]
    first, second = (
        Recording(
            announcement=draft.announcement, language="lo", version=2 + at, original_name="a.wav",
            ingest=draft.ingest, created_at=clock.now, made_from=draft, created_by=editor,
        )
        for at, editor in enumerate(editors)
    )  # fmt: skip
    session.add_all([first, second])
    session.flush()
    with pytest.raises(NotPossible):
        removal.remove_recording(session, first, None, clock.now)
    second.created_by = first.created_by
    session.flush()
    removal.remove_recording(session, first, None, clock.now)


def removed_twin(session: Session, clock: FixedClock, draft: Recording) -> None:
    """The twin is gone, and its grace over: the job may take the bytes at any moment."""
    removal.remove_recording(session, draft, None, clock.now - timedelta(hours=2))
    session.commit()


def test_bytes_that_go_between_storing_and_knowing_are_stored_once_more(
    app: APIFlask, session: Session, clock: FixedClock, draft: Recording, store: AudioStore,
    sounds: Callable[..., Path],
) -> None:  # fmt: skip
    """The upload finds its twin's bytes there, the job takes them away, then its row is written."""
    sha256 = draft.sha256 or ""
    removed_twin(session, clock, draft)
    made: list[BroadcastAudio] = []

    def make() -> BroadcastAudio:
        made.append(make_broadcast_ready(sounds(440, 1.0), store))
        if len(made) == 1:
            with Session(db.engine) as elsewhere:
                loose_bytes.forget_loose_bytes(elsewhere, {}, clock.now)
            assert not store.exists(sha256)
        return made[-1]

    audio = loose_bytes.held_audio(session, store, make)
    assert (audio.sha256, len(made)) == (sha256, 2)
    about = service.create_announcement(session, "Twin", "other", None, clock.now)
    service.attach_recording(session, about, "lo", audio, "twin.wav", None, clock.now)
    session.commit()
    store.verify(sha256)


def test_the_job_waits_for_an_upload_that_holds_the_bytes_and_then_leaves_them(
    app: APIFlask, session: Session, clock: FixedClock, draft: Recording, store: AudioStore,
    sounds: Callable[..., Path],
) -> None:  # fmt: skip
    """The row is written but not committed when the job comes: it looks after the commit, not before."""
    sha256 = draft.sha256 or ""
    removed_twin(session, clock, draft)
    about = service.create_announcement(session, "Twin", "other", None, clock.now)
    session.commit()
    service.add_recording(session, store, about, "lo", sounds(440, 1.0), "twin.wav", None, clock.now)
    began, over = threading.Event(), threading.Event()

    def sweep() -> None:
        with app.app_context():
            began.set()
            loose_bytes.forget_loose_bytes(db.session, {}, clock.now)
            over.set()

    job = threading.Thread(target=sweep)
    job.start()
    assert began.wait(PATIENCE_S)
    assert not over.wait(0.5)  # it is held up as long as nothing is committed
    session.commit()
    job.join(PATIENCE_S)
    assert over.is_set()
    store.verify(sha256)
