"""The steps of approval, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.place_models import RolePlace
from broadcaster.accounts.roles import Role
from broadcaster.errors import BadInput, NotAllowed, NotPossible
from broadcaster.jobs import Job
from broadcaster.newsroom import service
from tests.broadcaster.accounts.two_districts import HERE, PROVINCE, TwoDistricts
from tests.broadcaster.conftest import FixedClock, _person
from tests.broadcaster.newsroom.audio import ready_audio
from tests.broadcaster.newsroom.workflow_people import person, submitted


@pytest.fixture
def announcement(session: Session, clock: FixedClock) -> service.Announcement:
    """An announcement without recordings."""
    return service.create_announcement(session, "Land law", "law_orientation", None, clock.now)


def approve(session: Session, clock: FixedClock, recording: service.Recording) -> None:
    """Approve what is there, as the command line does."""
    service.approve_recording(session, recording, None, recording.sha256 or "", clock.now)


def test_approval_binds_to_the_bytes_that_were_shown(
    session: Session, clock: FixedClock, announcement: service.Announcement
) -> None:
    """Another hash than the recording's is refused, and nothing changes."""
    recording = submitted(session, clock.now, announcement, "a")
    with pytest.raises(NotPossible, match="audio changed") as refused:
        service.approve_recording(session, recording, None, ready_audio("b").sha256, clock.now)
    assert refused.value.code == "audio_changed"
    assert recording.state == "submitted"
    assert service.approved_recordings(session, clock.now) == []


def test_an_author_does_not_approve_their_own_recording(
    session: Session, clock: FixedClock, announcement: service.Announcement
) -> None:
    """Unless the province's settings allow it."""
    author = person(session, clock.now, "author")
    recording = submitted(session, clock.now, announcement, "a", author)
    sha256 = recording.sha256 or ""
    with pytest.raises(NotAllowed, match="own recording"):
        service.approve_recording(session, recording, author, sha256, clock.now)
    service.approve_recording(session, recording, author, sha256, clock.now, author_may_approve=True)
    assert recording.is_on_air_ready


def test_a_draft_is_not_approved_without_being_submitted(
    session: Session, clock: FixedClock, announcement: service.Announcement
) -> None:
    """The table has no step from draft to approved."""
    recording = service.attach_recording(
        session, announcement, "lo", ready_audio("a"), "a.wav", None, clock.now
    )
    with pytest.raises(NotPossible) as refused:
        approve(session, clock, recording)
    assert refused.value.code == "step_not_possible"


def test_a_returned_recording_carries_its_comment_and_can_be_submitted_again(
    session: Session, clock: FixedClock, announcement: service.Announcement
) -> None:
    """Returning needs words; the author reads them."""
    recording = submitted(session, clock.now, announcement, "a")
    with pytest.raises(BadInput):
        service.return_recording(session, recording, None, "  ", clock.now)
    service.return_recording(session, recording, None, "the date is wrong", clock.now)
    assert (recording.state, recording.comment) == ("returned", "the date is wrong")
    service.submit_recording(session, recording, None, clock.now)
    assert recording.state == "submitted"


def test_a_newer_version_replaces_the_older_one_on_air(
    session: Session, clock: FixedClock, announcement: service.Announcement
) -> None:
    """Of one language only one version may air; the older is expired, not withdrawn."""
    older = submitted(session, clock.now, announcement, "a")
    approve(session, clock, older)
    newer = submitted(session, clock.now, announcement, "b")
    assert newer.version == 2
    assert [one.audio.sha256 for one in service.approved_recordings(session, clock.now)] == [older.sha256]
    approve(session, clock, newer)
    assert older.state == "expired"
    assert [one.audio.sha256 for one in service.approved_recordings(session, clock.now)] == [newer.sha256]
    assert service.withdrawn_hashes(session) == ()


def test_withdrawing_stops_every_copy_of_the_same_audio(
    session: Session, clock: FixedClock, announcement: service.Announcement
) -> None:
    """The same bytes in another announcement go too: stations stop audio by its hash."""
    other = service.create_announcement(session, "Again", "other", None, clock.now)
    first, second = (submitted(session, clock.now, about, "a") for about in (announcement, other))
    approve(session, clock, first)
    approve(session, clock, second)
    stopped = service.withdraw_recording(session, first, None, "wrong figures", clock.now)
    assert set(stopped) == {first, second}
    assert service.approved_recordings(session, clock.now) == []
    assert service.withdrawn_hashes(session) == (first.sha256,)


def test_withdrawing_ends_where_ones_role_does(session: Session, clock: FixedClock) -> None:
    """Who brings the province's audio into their own district cannot stop it elsewhere by that."""
    things = TwoDistricts(session, clock.now)
    things.places()
    mine, theirs, jingle = (
        things.recording(HERE, "approved"),
        things.recording(PROVINCE, "approved"),
        things.jingle("approved"),
    )
    approver = _person(Role.APPROVER, "approver@example.org", clock.now)
    session.flush()
    session.add(RolePlace(person_id=approver.id, role=Role.APPROVER, place_code=HERE))
    session.flush()
    assert service.withdraw_recording(session, mine, approver, "wrong figures", clock.now) == [mine]
    assert [one.state for one in (mine, theirs, jingle)] == ["withdrawn", "approved", "approved"]
    assert service.withdrawn_hashes(session) == ()


def test_audio_that_is_approved_anew_is_no_longer_withdrawn(
    session: Session, clock: FixedClock, announcement: service.Announcement
) -> None:
    """A plan may not both use and withdraw a hash."""
    first = submitted(session, clock.now, announcement, "a")
    approve(session, clock, first)
    service.withdraw_recording(session, first, None, "too early", clock.now)
    again = submitted(session, clock.now, announcement, "a")
    approve(session, clock, again)
    assert service.withdrawn_hashes(session) == ()
    assert len(service.approved_recordings(session, clock.now)) == 1


def test_every_step_is_in_the_trail_and_asks_for_new_plans(
    session: Session, clock: FixedClock, announcement: service.Announcement
) -> None:
    """Who did what, in order; approval and withdrawal ask for `publish_plans` once, each step for letters."""
    recording = submitted(session, clock.now, announcement, "a")
    approve(session, clock, recording)
    service.withdraw_recording(session, recording, None, "wrong figures", clock.now)
    trail = [entry.action for entry in accounts.trail(session, recording.subject)]
    assert trail[::-1] == [
        "recording.added",
        "recording.submit",
        "recording.approve",
        "recording.withdraw",
    ]
    assert sorted(job.kind for job in session.scalars(select(Job))) == ["publish_plans", "tell_people"]


def test_what_may_air_carries_the_bounds_of_its_announcement(session: Session, clock: FixedClock) -> None:
    """Long past announcements are no longer offered to plans."""
    until = clock.now + timedelta(days=3)
    about = service.create_announcement(
        session, "Market", "market", None, clock.now, valid_from=clock.now, valid_until=until
    )
    approve(session, clock, submitted(session, clock.now, about, "a", language="tdf"))
    (found,) = service.approved_recordings(session, clock.now)
    assert (found.announcement, found.language) == (about.key, "tdf")
    assert (found.valid_from, found.valid_until) == (clock.now, until)
    assert service.approved_recordings(session, until + timedelta(days=2)) == []
