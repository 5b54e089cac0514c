"""What is written about an announcement and a recording: its rules, its editions, its trace in the trail."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person, RoleRow
from broadcaster.accounts.people import make_roles
from broadcaster.errors import BadInput, NotAllowed, NotPossible
from broadcaster.jobs import Job
from broadcaster.newsroom import kinds, revisions, service, tags
from broadcaster.newsroom.models import Announcement, AnnouncementKind, AnnouncementTag, Recording
from broadcaster.newsroom.plain_text import folded, passage
from broadcaster.newsroom.texts import AnnouncementTexts, RecordingTexts
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.audio import ready_audio


def made(session: Session, clock: FixedClock, **more: object) -> Announcement:
    """An announcement about a law."""
    return service.create_announcement(session, "Land law", "law_orientation", None, clock.now, **more)  # type: ignore[arg-type]


def approved(session: Session, about: Announcement, clock: FixedClock) -> Recording:
    """A recording of it that may air."""
    recording = service.attach_recording(session, about, "lo", ready_audio("a"), "a.wav", None, clock.now)
    service.submit_recording(session, recording, None, clock.now)
    service.approve_recording(session, recording, None, recording.sha256 or "", clock.now)
    return recording


def person(session: Session, role: accounts.Role, clock: FixedClock) -> Person:
    """Somebody with one role in the whole province."""
    make_roles(session)
    rows = [row for row in session.query(RoleRow) if row.name == role.value]
    email = f"{role.value}@example.org"
    found = Person(
        email=email, name=email, language="en", active=True, created_at=clock.now, fs_uniquifier=email
    )
    found.roles = rows
    session.add(found)
    session.flush()
    return found


def test_a_kind_keeps_what_it_asks_for_and_refuses_the_rest(session: Session, clock: FixedClock) -> None:
    """Numbers within bounds, real days, no unknown field; an assembly's figures stand in columns too."""
    about = service.create_announcement(
        session,
        "Results",
        "assembly_result",
        None,
        clock.now,
        details={"legislature": "໙", "session_number": 6, "session_day": "2026-03-01"},
    )
    session.commit()
    session.refresh(about)
    assert about.detail_values == {"legislature": 9, "session_number": 6, "session_day": "2026-03-01"}
    assert (about.legislature, about.session_number) == (9, 6)
    assert about.details_text == "9 6 2026-03-01"
    for wrong in ({"legislature": 0}, {"legislature": "nine"}, {"session_day": "1 March"}, {"law": "x"}):
        with pytest.raises(BadInput):
            kinds.clean_details(AnnouncementKind.ASSEMBLY_RESULT, wrong)
    missing = kinds.still_needed(AnnouncementKind.LAW_ORIENTATION, {"law": "Land law"})
    assert [field.name for field in missing] == ["year"]


def test_columns_of_before_are_read_as_details(session: Session, clock: FixedClock) -> None:
    """What was written before there were details is not lost."""
    about = made(session, clock)
    about.kind, about.legislature, about.session_number = AnnouncementKind.ASSEMBLY_RESULT, 9, 6
    assert AnnouncementTexts.of(about).details == {"legislature": 9, "session_number": 6}


def test_tags_are_equal_however_they_are_written(session: Session, clock: FixedClock) -> None:
    """Stored NFC as they were first written; case, width and the order of Lao signs make no second tag."""
    water = "ນ້ຳ"
    decomposed = "ນໍ້າ"
    assert folded(water) == folded(decomposed)
    about = made(session, clock, tags=["Health", "ＨＥＡＬＴＨ", " health ", water, decomposed, "\u200b"])
    session.commit()
    session.refresh(about)
    assert about.tags == ["Health", unicodedata.normalize("NFC", water)]
    other = service.create_announcement(session, "b", "other", None, clock.now, tags=["health", "rice"])
    session.flush()
    assert tags.known_tags(session)[0] in ("Health", "health")
    assert tags.known_tags(session, "he") == tags.known_tags(session)[:1]
    assert tags.known_tags(session, "ນໍ") == [unicodedata.normalize("NFC", water)]
    assert other.tags == ["health", "rice"]
    with pytest.raises(BadInput, match="20 are possible"):
        tags.clean_tags(str(number) for number in range(21))


def test_the_second_who_saves_is_told_and_nothing_is_half_saved(session: Session, clock: FixedClock) -> None:
    """An old edition saves nothing; one taken in the very moment of saving neither."""
    about = made(session, clock, tags=["law"])
    session.commit()
    wanted = replace(AnnouncementTexts.of(about), title="Rice", tags=("rice",))
    with pytest.raises(revisions.EditedMeanwhile):
        revisions.revise_announcement(session, about, wanted, None, clock.now, edition=7)
    session.execute(  # somebody else saves between our reading and our saving
        update(Announcement).values(edition=2).execution_options(synchronize_session=False)
    )
    assert about.edition == 1
    with pytest.raises(revisions.EditedMeanwhile):
        revisions.revise_announcement(session, about, wanted, None, clock.now, edition=1)
    session.rollback()
    session.refresh(about)
    assert (about.title, about.tags, about.edition) == ("Land law", ["law"], 1)
    revisions.revise_announcement(session, about, wanted, None, clock.now, edition=1)
    session.commit()
    assert (about.title, about.tags, about.edition) == ("Rice", ["rice"], 2)
    assert session.scalars(select(AnnouncementTag.name)).all() == ["rice"]


def test_a_change_is_on_the_trail_field_by_field_and_none_is_no_change(
    session: Session, clock: FixedClock
) -> None:
    """Only what changed, before and after; saving the same again is no edition and no entry."""
    about = made(session, clock, details={"year": 2015})
    now = AnnouncementTexts.of(about)
    revisions.revise_announcement(
        session, about, replace(now, details={"year": 2019}), None, clock.now, edition=1
    )
    entry = accounts.trail(session, f"announcement:{about.id}")[0]
    assert entry.action == "announcement.edited"
    assert (entry.before, entry.after) == ({"detail_year": 2015}, {"detail_year": 2019})
    again = AnnouncementTexts.of(about)
    revisions.revise_announcement(session, about, again, None, clock.now, edition=2)
    assert about.edition == 2
    assert len(accounts.trail(session, f"announcement:{about.id}")) == 2


def test_an_approval_keeps_the_title_and_lets_an_editor_only_take_days_away(
    session: Session, clock: FixedClock
) -> None:
    """Kind, details and tags can be put right; more days are for whoever may approve, and plans follow."""
    until = clock.now + timedelta(days=30)
    about = made(session, clock, valid_until=until)
    approved(session, about, clock)
    editor = person(session, accounts.Role.EDITOR, clock)
    approver = person(session, accounts.Role.APPROVER, clock)

    def change(who: Person, **fields: object) -> None:
        wanted = replace(AnnouncementTexts.of(about), **fields)  # type: ignore[arg-type]
        revisions.revise_announcement(session, about, wanted, who, clock.now, edition=about.edition)

    with pytest.raises(NotPossible, match="approved under this title"):
        change(approver, title="Rice")
    with pytest.raises(NotAllowed, match="ask an approver"):
        change(editor, valid_until=until + timedelta(days=1))
    with pytest.raises(NotAllowed):
        change(editor, valid_until=None)
    session.query(Job).delete()
    change(editor, valid_until=until - timedelta(days=1), tags=("law",), details={"year": 2015})
    assert [job.kind for job in session.query(Job)] == ["publish_plans"]
    change(approver, valid_until=until + timedelta(days=1))
    assert about.valid_until == until + timedelta(days=1)
    assert about.on_air_ready()


def test_what_is_said_is_kept_line_by_line_and_touches_no_approval(
    session: Session, clock: FixedClock
) -> None:
    """NFC, lines kept, hidden signs gone; the audio stays approved; too much is refused."""
    recording = approved(session, made(session, clock), clock)
    wanted = RecordingTexts(
        "e\u0301 one\r\n\r\n\r\n\r\ntwo\u202e", "ສະບາຍດີ", ("speaker 1", " speaker 1 ", "")
    )
    revisions.revise_recording(session, recording, wanted, None, clock.now, edition=1)
    assert recording.transcript == "é one\n\ntwo"
    assert (recording.transcript_lo, recording.speakers) == ("ສະບາຍດີ", ["speaker 1"])
    assert recording.is_on_air_ready
    assert accounts.trail(session, recording.subject)[0].action == "recording.texts"
    with pytest.raises(revisions.EditedMeanwhile):
        revisions.revise_recording(session, recording, RecordingTexts("x"), None, clock.now, edition=1)
    with pytest.raises(BadInput, match="100000 are possible"):
        RecordingTexts("x" * 100_001).checked()
    assert passage(" a \n\n\n b ") == "a\n\nb"
