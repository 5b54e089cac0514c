"""The whole way to approval on both databases: language check, take back, expiry, two who decide at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.roles import Role
from broadcaster.database import db
from broadcaster.errors import NotAllowed, NotPossible
from broadcaster.newsroom import service, step_rules
from broadcaster.newsroom.service import LanguageCheck
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import Ended
from tests.broadcaster.newsroom.workflow_people import draft, person, submitted


@pytest.fixture
def about(session: Session, clock: FixedClock) -> service.Announcement:
    """An announcement without recordings."""
    return service.create_announcement(session, "Land law", "law_orientation", None, clock.now)


def configure(app: APIFlask, **newsroom: Any) -> None:
    """Other settings of the newsroom."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = settings.model_copy(
        update={"newsroom": settings.newsroom.model_copy(update=newsroom)}
    )


def test_somebody_who_understands_the_language_checks_it(
    session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """Not who does not, not the author; and who did stands on the recording and in the trail."""
    author = person(session, clock.now, "author", Role.EDITOR, languages=["tdf"])
    speaker = person(session, clock.now, "speaker", Role.OFFICER, languages=["tdf"])
    stranger = person(session, clock.now, "stranger", Role.EDITOR, languages=["kuf"])
    recording = submitted(session, clock.now, about, "a", author, "tdf")
    sha256 = recording.sha256 or ""
    for somebody, code in ((stranger, "language_unknown"), (author, "author_is_checker")):
        with pytest.raises(NotAllowed) as refused:
            service.confirm_language(session, recording, somebody, sha256, clock.now)
        assert refused.value.code == code
    service.confirm_language(session, recording, speaker, sha256, clock.now)
    assert (recording.state, recording.checked_by, recording.checked_at) == (
        "language_checked",
        speaker,
        clock.now,
    )
    (newest, *_older) = accounts.trail(session, recording.subject)
    assert (newest.action, newest.actor) == ("recording.confirm_language", "speaker")


def test_a_language_check_is_of_the_bytes_that_were_heard(
    session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """As an approval is."""
    recording = submitted(session, clock.now, about, "a")
    with pytest.raises(NotPossible) as refused:
        service.confirm_language(session, recording, None, "0" * 64, clock.now)
    assert refused.value.code == "audio_changed"


def test_where_the_check_is_required_nothing_is_approved_without_it(
    app: APIFlask, session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """Not by an approver, not at the command line; where it is offered, both may."""
    configure(app, language_check="required")
    approver = person(session, clock.now, "approver", Role.APPROVER)
    recording = submitted(session, clock.now, about, "a")
    sha256 = recording.sha256 or ""
    for somebody in (approver, None):
        with pytest.raises(NotPossible) as refused:
            step_rules.approve(session, recording, somebody, sha256, clock.now)
        assert refused.value.code == "language_not_checked"
    step_rules.check(session, recording, None, sha256, clock.now)
    step_rules.approve(session, recording, approver, sha256, clock.now)
    assert recording.is_on_air_ready
    configure(app, language_check="offered")
    other = submitted(session, clock.now, about, "b", language="kuf")
    step_rules.approve(session, other, approver, other.sha256 or "", clock.now)
    assert other.is_on_air_ready


def test_where_the_check_is_off_nobody_is_asked(
    session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """The step is not possible then."""
    recording = submitted(session, clock.now, about, "a")
    with pytest.raises(NotPossible, match="no language check"):
        service.confirm_language(
            session, recording, None, recording.sha256 or "", clock.now, language_check=LanguageCheck.OFF
        )


def test_a_speaker_returns_what_is_wrong_in_their_language_and_nothing_else(
    session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """They are no approver: what was checked, or is in another language, is not theirs."""
    speaker = person(session, clock.now, "speaker", Role.OFFICER, languages=["tdf"])
    for language, checked in (("kuf", False), ("tdf", True)):
        recording = submitted(session, clock.now, about, f"{language}{checked}", language=language)
        if checked:
            service.confirm_language(session, recording, None, recording.sha256 or "", clock.now)
        with pytest.raises(NotAllowed) as refused:
            service.return_recording(session, recording, speaker, "wrong word", clock.now)
        assert refused.value.code == "not_yours_to_return"
    recording = submitted(session, clock.now, about, "c", language="tdf")
    service.return_recording(session, recording, speaker, "wrong word", clock.now)
    assert (recording.state, recording.comment) == ("returned", "wrong word")


def test_a_submission_is_taken_back_until_somebody_decided(
    session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """Also after its language was checked; submitted again it is to be checked again."""
    recording = submitted(session, clock.now, about, "a")
    service.confirm_language(session, recording, None, recording.sha256 or "", clock.now)
    service.take_back(session, recording, None, clock.now)
    assert recording.state == "draft"
    service.submit_recording(session, recording, None, clock.now)
    assert (recording.state, recording.checked_at) == ("submitted", None)
    service.approve_recording(session, recording, None, recording.sha256 or "", clock.now)
    with pytest.raises(NotPossible):
        service.take_back(session, recording, None, clock.now)


def test_who_decides_second_is_told_who_was_first_and_changes_nothing(
    app: APIFlask, session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """Two approvers press at once: one step, one line in the trail, one clear refusal."""
    first, second = (person(session, clock.now, name, Role.APPROVER) for name in ("first", "second"))
    recording = submitted(session, clock.now, about, "a")
    number, sha256, subject = recording.id, recording.sha256 or "", recording.subject
    people = (first.id, second.id)
    session.commit()
    both_have_looked = threading.Barrier(2)
    outcomes: list[str] = []

    def decide(who: int) -> None:
        with app.app_context():
            seen = service.recording(db.session, number)
            somebody = accounts.person(db.session, who)
            both_have_looked.wait(60)
            try:
                service.approve_recording(db.session, seen, somebody, sha256, clock.now)
                db.session.commit()
                outcomes.append("approved")
            except NotPossible as refused:
                db.session.rollback()
                outcomes.append(f"{refused.code}: {refused.params['name']}")

    threads = [threading.Thread(target=decide, args=(who,)) for who in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    session.refresh(recording)
    winner = recording.approved_by
    assert winner is not None
    assert sorted(outcomes) == ["approved", f"decided_before: {winner.name}"]
    steps = [entry.action for entry in accounts.trail(session, subject)]
    assert steps.count("recording.approve") == 1


def test_an_approver_with_an_old_page_does_not_undo_anothers_decision(
    session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """What was returned meanwhile is not approved, what was approved is not returned."""
    first = person(session, clock.now, "first", Role.APPROVER)
    recording = submitted(session, clock.now, about, "a")
    service.return_recording(session, recording, first, "wrong date", clock.now)
    with pytest.raises(NotPossible, match="first was first") as refused:
        service.approve_recording(session, recording, None, recording.sha256 or "", clock.now)
    assert refused.value.code == "decided_before"
    assert (recording.state, recording.approved_at) == ("returned", None)


def test_the_calendar_ends_what_is_past_its_last_day(session: Session, clock: FixedClock) -> None:
    """It does not air, is not withdrawn, and the trail says the calendar did it."""
    until = clock.now + timedelta(days=3)
    market = service.create_announcement(session, "Market", "market", None, clock.now, valid_until=until)
    recording = submitted(session, clock.now, market, "a")
    service.approve_recording(session, recording, None, recording.sha256 or "", clock.now)
    assert service.expire_recordings(session, until) == []
    clock.now = until + timedelta(hours=1)
    assert service.expire_recordings(session, clock.now) == [recording]
    assert recording.state == "expired"
    assert service.expire_recordings(session, clock.now) == []
    assert service.withdrawn_hashes(session) == ()
    assert service.approved_recordings(session, clock.now) == []
    newest = accounts.trail(session, recording.subject)[0]
    assert (newest.action, newest.actor) == ("recording.expire", "calendar")


def test_what_expired_is_asked_for_again_when_its_last_day_is_moved_on(
    session: Session, clock: FixedClock
) -> None:
    """The date alone puts nothing on the air: somebody submits it, somebody approves it."""
    until = clock.now + timedelta(days=3)
    market = service.create_announcement(session, "Market", "market", None, clock.now, valid_until=until)
    recording = submitted(session, clock.now, market, "a")
    service.approve_recording(session, recording, None, recording.sha256 or "", clock.now)
    clock.now = until + timedelta(hours=1)
    service.expire_recordings(session, clock.now)
    with pytest.raises(NotPossible) as refused:
        service.submit_recording(session, recording, None, clock.now)
    assert refused.value.code == "validity_over"
    market.valid_until = clock.now + timedelta(days=7)
    assert service.approved_recordings(session, clock.now) == []
    service.submit_recording(session, recording, None, clock.now)
    service.approve_recording(session, recording, None, recording.sha256 or "", clock.now)
    assert [one.audio.sha256 for one in service.approved_recordings(session, clock.now)] == [recording.sha256]


def test_an_earlier_version_can_be_put_on_the_air_again(
    session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """By the whole way; the newer one is then the replaced one."""
    older = submitted(session, clock.now, about, "a")
    service.approve_recording(session, older, None, older.sha256 or "", clock.now)
    newer = submitted(session, clock.now, about, "b")
    service.approve_recording(session, newer, None, newer.sha256 or "", clock.now)
    service.submit_recording(session, older, None, clock.now)
    service.approve_recording(session, older, None, older.sha256 or "", clock.now)
    assert (older.state, newer.state) == ("approved", "expired")


def test_the_page_says_at_once_that_the_last_day_has_passed(
    signed_in: Callable[..., FlaskClient], session: Session, clock: FixedClock
) -> None:
    """Before the calendar came by."""
    until = clock.now + timedelta(minutes=5)
    market = service.create_announcement(session, "Market", "market", None, clock.now, valid_until=until)
    recording = submitted(session, clock.now, market, "a")
    service.approve_recording(session, recording, None, recording.sha256 or "", clock.now)
    session.commit()
    browser = signed_in(Role.EDITOR)
    assert "its last day has passed" not in browser.get(f"/announcements/{market.id}").text
    clock.advance(minutes=6)
    assert "its last day has passed" in browser.get(f"/announcements/{market.id}").text


def test_every_step_goes_by_the_page(
    signed_in: Callable[..., FlaskClient], session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """The buttons of each state lead to the next."""
    recording = draft(session, clock.now, about, "a", language="tdf")
    session.commit()
    number, sha256 = recording.id, recording.sha256
    editor, approver = signed_in(Role.EDITOR), signed_in(Role.APPROVER)
    approver.post("/settings/languages", data={"languages": ["tdf", "lo"], "mail": "daily"})

    def state_after(browser: FlaskClient, step: str, **form: str | None) -> str:
        page = browser.get(f"/announcements/{about.id}").text
        assert f'action="/recordings/{number}/{step}"' in page, step
        answer = browser.post(f"/recordings/{number}/{step}", data=form)
        assert answer.location.endswith(f"/announcements/{about.id}#recording-{number}")
        session.expire_all()
        return service.recording(session, number).state

    assert state_after(editor, "submit") == "submitted"
    assert state_after(editor, "take-back") == "draft"
    assert state_after(editor, "submit") == "submitted"
    assert state_after(approver, "check", sha256=sha256) == "language_checked"
    assert state_after(approver, "return", reason="wrong date") == "returned"
    assert state_after(editor, "submit") == "submitted"
    assert state_after(approver, "approve", sha256=sha256) == "approved"
    assert state_after(approver, "withdraw", reason="wrong figures") == "withdrawn"


def test_every_step_goes_by_the_api(
    signed_in: Callable[..., FlaskClient], session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """With the same rules: no role, no language, other bytes are refused."""
    recording = draft(session, clock.now, about, "a", language="tdf")
    session.commit()
    door = f"/api/v1/recordings/{recording.id}"
    bytes_heard = {"sha256": recording.sha256}
    editor, approver = signed_in(Role.EDITOR), signed_in(Role.APPROVER)
    assert editor.post(f"{door}/submit").json["state"] == "submitted"
    assert editor.post(f"{door}/take-back").json["state"] == "draft"
    assert editor.post(f"{door}/take-back").status_code == 409
    assert editor.post(f"{door}/submit").json["state"] == "submitted"
    refused = approver.post(f"{door}/check", json=bytes_heard)
    assert (refused.status_code, refused.json["code"]) == (403, "language_unknown")
    approver.post("/settings/languages", data={"languages": ["tdf"], "mail": "never"})
    assert approver.post(f"{door}/check", json=bytes_heard).json["state"] == "language_checked"
    assert editor.post(f"{door}/return", json={"reason": "no"}).status_code == 403
    assert approver.post(f"{door}/return", json={"reason": "wrong date"}).json["state"] == "returned"
    assert editor.post(f"{door}/submit").json["state"] == "submitted"
    assert approver.post(f"{door}/approve", json={"sha256": "0" * 64}).status_code == 409
    assert approver.post(f"{door}/approve", json=bytes_heard).json["state"] == "approved"
    again = approver.post(f"{door}/approve", json=bytes_heard)
    assert (again.status_code, again.json["code"]) == (409, "decided_before")
    assert approver.post(f"{door}/withdraw", json={"reason": "wrong"}).json["state"] == "withdrawn"


@pytest.mark.usefixtures("sqlite_only")
def test_every_step_goes_by_the_command_line(
    run: Callable[..., Any], session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """Each answers with the recording as it is then, or one clear line."""
    number = draft(session, clock.now, about, "a").id
    session.commit()
    assert run("recording", "submit", number)["state"] == "submitted"
    assert run("recording", "take-back", number)["state"] == "draft"
    with pytest.raises(Ended, match="cannot take the step"):
        run("recording", "take-back", number)
    run("recording", "submit", number)
    assert run("recording", "check", number)["state"] == "language_checked"
    assert run("recording", "return", number, "--reason", "wrong date")["state"] == "returned"
    assert run("recording", "approve", number)["state"] == "approved"
    assert run("recording", "withdraw", number, "--reason", "wrong")["state"] == "withdrawn"


def test_a_withdrawn_recordings_page_says_that_the_same_audio_stays_approved_elsewhere(
    session: Session, clock: FixedClock, about: service.Announcement, signed_in: Callable[..., FlaskClient]
) -> None:
    """No station is asked to drop it then, so none is waited for; once the other is withdrawn, they are."""
    other = service.create_announcement(session, "The same elsewhere", "other", None, clock.now)
    first, second = (submitted(session, clock.now, one, "a") for one in (about, other))
    for one in (first, second):
        service.approve_recording(session, one, None, one.sha256 or "", clock.now)
    first.state, first.withdrawn_at = "withdrawn", clock.now
    session.commit()
    address = f"/recordings/{first.id}/withdrawal"
    officer = signed_in("approver")
    page = officer.get(address).text
    assert "no longer airs" in page
    assert "none is asked to drop it" in page
    assert "hx-get" not in page
    assert "Confirmed by" not in page
    assert service.withdrawn_hashes(session) == ()
    service.withdraw_recording(session, second, None, "wrong figures", clock.now)
    session.commit()
    assert "No station had it." in officer.get(address).text
    assert service.withdrawn_hashes(session) == (first.sha256,)
