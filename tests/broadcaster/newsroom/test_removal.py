"""Taking a recording away: drafts and failed uploads go whole; what somebody decides about stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import NotPossible
from broadcaster.newsroom import loose_bytes, removal, service
from broadcaster.newsroom.models import Recording
from content_library import AudioStore
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.test_originals import bring, work_on

SignIn = Callable[..., FlaskClient]


@pytest.fixture
def draft(app: APIFlask, session: Session, clock: FixedClock, sounds: Callable[[float], Path]) -> Recording:
    """A recording of real sound that nobody has submitted."""
    return _bring(app, session, clock, sounds(440), "lo")


def _bring(app: APIFlask, session: Session, clock: FixedClock, sound: Path, language: str) -> Recording:
    about = service.create_announcement(session, f"In {language}", "other", None, clock.now)
    store: AudioStore = app.extensions["audio_store"]
    made = service.add_recording(session, store, about, language, sound, sound.name, None, clock.now)
    session.commit()
    return made


def forget(app: APIFlask, clock: FixedClock) -> None:
    """Let the time go by in which it can come back, and the job do its work."""
    with app.app_context():
        loose_bytes.forget_loose_bytes(db.session, {}, clock.advance(hours=1))


def test_a_draft_goes_and_its_audio_follows(
    app: APIFlask, session: Session, clock: FixedClock, draft: Recording, signed_in: SignIn
) -> None:
    """From the announcement's page, by who may write there; the bytes go when it cannot come back."""
    number, sha256 = draft.id, str(draft.sha256)
    editor, address = signed_in("editor"), f"/recordings/{draft.id}/remove"
    assert address in editor.get(f"/announcements/{draft.announcement_id}").text
    assert signed_in("operator").post(address).status_code == 403
    assert editor.post(address).status_code == 302
    session.expire_all()
    assert session.get(Recording, number) is None
    assert app.extensions["audio_store"].exists(sha256)
    forget(app, clock)
    assert not app.extensions["audio_store"].exists(sha256)


def test_audio_that_another_recording_has_stays(
    app: APIFlask,
    session: Session,
    clock: FixedClock,
    draft: Recording,
    sounds: Callable[[float], Path],
    signed_in: SignIn,
) -> None:
    """The store holds the bytes once for both."""
    other = _bring(app, session, clock, sounds(440), "tdf")
    assert other.sha256 == draft.sha256
    signed_in("editor").post(f"/recordings/{draft.id}/remove")
    forget(app, clock)
    assert app.extensions["audio_store"].exists(str(other.sha256))


@pytest.mark.parametrize("state", ["submitted", "approved", "withdrawn", "expired"])
def test_what_somebody_decides_or_decided_about_stays(
    session: Session, clock: FixedClock, draft: Recording, signed_in: SignIn, state: str
) -> None:
    """It is taken back or withdrawn instead, and the page does not offer to remove it."""
    draft.state = state
    session.commit()
    with pytest.raises(NotPossible) as refused:
        removal.remove_recording(session, draft, None, clock.now)
    assert refused.value.code == "not_removable"
    page = signed_in("editor").get(f"/announcements/{draft.announcement_id}").text
    assert f"/recordings/{draft.id}/remove" not in page


def test_a_draft_from_which_a_newer_version_was_made_stays(
    session: Session, clock: FixedClock, draft: Recording
) -> None:
    """The newer one would have nothing to be cut from."""
    newer = Recording(
        announcement=draft.announcement, language="lo", version=2, original_name="a.wav", state="draft",
        ingest=draft.ingest, created_at=clock.now, made_from=draft,
    )  # fmt: skip
    session.add(newer)
    session.flush()
    with pytest.raises(NotPossible) as refused:
        removal.remove_recording(session, draft, None, clock.now)
    assert refused.value.code == "has_newer_version"


def test_drafts_are_removed_together_and_the_others_are_told(
    app: APIFlask,
    session: Session,
    clock: FixedClock,
    draft: Recording,
    sounds: Callable[[float], Path],
    signed_in: SignIn,
) -> None:
    """One that is submitted does not stop the rest; audio it shares stays."""
    submitted = _bring(app, session, clock, sounds(440), "tdf")
    service.submit_recording(session, submitted, None, clock.now)
    session.commit()
    numbers, sha256 = [draft.id, submitted.id], str(draft.sha256)
    editor = signed_in("editor")
    answer = editor.post("/library/remove", data={"chosen": numbers, "page": "recordings", "asked": ""})
    page = editor.get(answer.location).text
    assert "1 recording removed. For an hour it can come back." in page
    assert "1 recording stays as it was" in page
    session.expire_all()
    assert [session.get(Recording, number) is None for number in numbers] == [True, False]
    forget(app, clock)
    assert app.extensions["audio_store"].exists(sha256)


def test_the_audio_can_be_taken_along(draft: Recording, signed_in: SignIn) -> None:
    """A link that saves it under the announcement's name and language."""
    page = signed_in("editor").get(f"/announcements/{draft.announcement_id}").text
    assert f'href="/recordings/{draft.id}/audio" download="In lo – Lao.opus"' in page


def test_the_file_as_it_was_brought_is_saved_by_who_may_edit(
    app: APIFlask,
    session: Session,
    settings: Settings,
    clock: FixedClock,
    sounds: Callable[[float], Path],
    signed_in: SignIn,
) -> None:
    """Byte for byte, never shown by the browser; a link stands where it is kept, and only there."""
    content = sounds(440).read_bytes()
    with app.app_context():
        made = bring(session, settings, content, clock)
        work_on(session, clock)
        made.original_name = "ສຽງ.wav"
        session.commit()
    address = f"/recordings/{made.id}/original"
    editor, page = signed_in("editor"), f"/announcements/{made.announcement_id}"
    assert address in editor.get(page).text
    answer = editor.get(address)
    assert answer.data == content
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "%E0%BA%AA" in answer.headers["Content-Disposition"]
    assert signed_in("operator").get(address).status_code == 403
    app.extensions["originals_store"].delete(made.source_sha256)
    assert editor.get(address).status_code == 404
    assert address not in editor.get(page).text
