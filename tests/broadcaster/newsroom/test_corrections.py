"""An announcement that was never approved can be renamed, and removed while it holds nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.errors import BadInput, NotPossible
from broadcaster.newsroom import service
from broadcaster.newsroom.models import Announcement, Recording
from broadcaster.programming import service as programming
from schedules.recurrence import Frequency, Recurrence
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.audio import ready_audio
from tests.broadcaster.newsroom.conftest import make_places
from tests.broadcaster.newsroom.test_pages import upload

SignIn = Callable[..., FlaskClient]


def test_a_failed_first_upload_is_told_and_removed_in_one_click(
    signed_in: SignIn, session: Session, do_jobs: Callable[[], None], stored: Callable[[], list[str]]
) -> None:
    """The list gives the reason instead of missing languages; then nothing is left but the trail."""
    make_places(session)
    editor = signed_in("editor")
    address = upload(editor, b"just words").location
    do_jobs()
    page = editor.get("/announcements").text
    assert "Upload failed: This is not a sound file" in page
    assert "Talieng – missing" not in page
    assert "Remove announcement" in editor.get(address).text
    assert "Remove announcement" not in signed_in("approver").get(address).text
    assert signed_in("approver").post(f"{address}/remove").status_code == 403
    assert "Nothing of it is left" in editor.post(f"{address}/remove", follow_redirects=True).text
    assert session.query(Announcement).count() == session.query(Recording).count() == 0
    assert stored() == []
    actions = [entry.action for entry in accounts.trail(session, "announcement:1")]
    assert actions[0] == "announcement.removed"


def test_an_announcement_whose_failed_recording_was_removed_can_go_too(
    signed_in: SignIn, session: Session, do_jobs: Callable[[], None]
) -> None:
    """It holds nothing any more."""
    editor = signed_in("editor")
    address = upload(editor, b"just words").location
    do_jobs()
    editor.post("/recordings/1/remove")
    assert "Remove announcement" in editor.get(address).text
    editor.post(f"{address}/remove")
    assert session.query(Announcement).count() == 0


def test_what_has_audio_or_is_planned_is_not_removed(session: Session, clock: FixedClock) -> None:
    """A recording is withdrawn instead; a programme lets go of it first."""
    make_places(session)
    with_audio = service.create_announcement(session, "Rice", "market", None, clock.now)
    service.attach_recording(session, with_audio, "lo", ready_audio("a"), "a.wav", None, clock.now)
    with pytest.raises(NotPossible, match="has a recording"):
        service.remove_announcement(session, with_audio, None, clock.now)
    planned = service.create_announcement(session, "Law", "law_orientation", None, clock.now)
    wish = programming.SlotWish(
        items=(programming.WishedAnnouncement(planned.id),),
        recurrence=Recurrence(Frequency.DAILY, (time(5, 30),), start=date(2026, 3, 1)),
        places=("V1",),
    )
    programming.create_slot(session, wish, None, clock.now)
    with pytest.raises(NotPossible, match="programme"):
        service.remove_announcement(session, planned, None, clock.now)
    assert service.announcements(session) == [planned, with_audio]


def test_a_title_changes_until_the_first_approval(session: Session, clock: FixedClock) -> None:
    """Also when what was approved is withdrawn later: it was heard under that title."""
    about = service.create_announcement(session, "Rize", "market", None, clock.now)
    recording = service.attach_recording(session, about, "lo", ready_audio("a"), "a.wav", None, clock.now)
    service.rename_announcement(session, about, " Rice ", None, clock.now)
    assert about.title == "Rice"
    with pytest.raises(BadInput):
        service.rename_announcement(session, about, " ", None, clock.now)
    service.submit_recording(session, recording, None, clock.now)
    service.approve_recording(session, recording, None, recording.sha256 or "", clock.now)
    service.withdraw_recording(session, recording, None, "wrong price", clock.now)
    assert not service.may_be_renamed(about)
    with pytest.raises(NotPossible, match="approved"):
        service.rename_announcement(session, about, "Maize", None, clock.now)
    (renamed, _created) = accounts.trail(session, f"announcement:{about.id}")
    assert (renamed.before, renamed.after) == ({"title": "Rize"}, {"title": "Rice"})


def test_the_page_renames(signed_in: SignIn, session: Session, clock: FixedClock) -> None:
    """Editors only; a bad title is told."""
    service.create_announcement(session, "Rize", "market", None, clock.now)
    session.commit()
    editor = signed_in("editor")
    page = editor.post("/announcements/1/rename", data={"title": "Rice"}, follow_redirects=True).text
    assert "Renamed." in page
    assert "<h1>Rice</h1>" in page
    page = editor.post("/announcements/1/rename", data={"title": " "}, follow_redirects=True).text
    assert "Say in a few words what it is about" in page
    assert signed_in("officer").post("/announcements/1/rename", data={"title": "X"}).status_code == 403


def test_only_editors_are_offered_a_new_announcement(signed_in: SignIn) -> None:
    """Nobody is led to a page that refuses them."""
    assert "/announcements/new" in signed_in("editor").get("/announcements").text
    for role in ("approver", "officer", "operator"):
        assert "/announcements/new" not in signed_in(role).get("/announcements").text
