"""The inbox: what waits for whom, what disappears when it is done, and what mail tells, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster import jobs, mail, work
from broadcaster.accounts.models import Person
from broadcaster.accounts.role_places import set_places
from broadcaster.accounts.roles import Role
from broadcaster.config import MailSettings
from broadcaster.database import db
from broadcaster.newsroom import removal, service
from broadcaster.newsroom.inbox import Waits, mark_read, waiting_for, with_read
from broadcaster.newsroom.sound import IngestState
from broadcaster.newsroom.telling import digest_is_due
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import make_places
from tests.broadcaster.newsroom.workflow_people import draft, person, submitted

SEKONG = ZoneInfo("Asia/Vientiane")


@pytest.fixture
def about(session: Session, clock: FixedClock) -> service.Announcement:
    """An announcement without recordings."""
    return service.create_announcement(session, "Land law", "law_orientation", None, clock.now)


@pytest.fixture
def waits(app: APIFlask, session: Session, clock: FixedClock) -> Callable[[Person], list[tuple[str, str]]]:
    """What waits for somebody, as pairs of what is to be done and with what."""

    def found(somebody: Person) -> list[tuple[str, str]]:
        items = waiting_for(session, somebody, app.config["SETTINGS"], clock.now)
        return [(one.waits.value, one.subject) for one in items]

    return found


def configure(app: APIFlask, section: str, **values: Any) -> None:
    """Other settings of a section."""
    settings = app.config["SETTINGS"]
    changed = getattr(settings, section).model_copy(update=values)
    app.config["SETTINGS"] = settings.model_copy(update={section: changed})


def with_mail_server(app: APIFlask) -> None:
    """Letters are queued; nobody sends them in these tests."""
    address = {"host": "localhost", "from": "news@example.org", "base_url": "https://b.example.org/"}
    app.config["SETTINGS"] = app.config["SETTINGS"].model_copy(update={"mail": MailSettings(**address)})


def tell(session: Session, clock: FixedClock) -> list[mail.Letter]:
    """Do what waits but the sending; the letters so far, oldest first."""
    jobs.ask(session, "tell_people", clock.now)
    session.commit()
    handlers = {kind: one for kind, one in work.HANDLERS.items() if kind != "send_letter"}
    jobs.run_pending(session, handlers, clock.now)
    return list(mail.letters(session))[::-1]


def test_what_is_submitted_waits_for_approvers_and_not_for_its_author(
    session: Session, clock: FixedClock, about: service.Announcement, waits: Any
) -> None:
    """And is gone from everybody's inbox when one of them decided."""
    author = person(session, clock.now, "author", Role.EDITOR, Role.APPROVER)
    one, other = (person(session, clock.now, name, Role.APPROVER) for name in ("one", "other"))
    editor = person(session, clock.now, "editor", Role.EDITOR)
    recording = submitted(session, clock.now, about, "a", author)
    assert waits(one) == waits(other) == [("approve", recording.subject)]
    assert waits(author) == waits(editor) == []
    service.approve_recording(session, recording, one, recording.sha256 or "", clock.now)
    assert waits(one) == waits(other) == []


def test_what_is_returned_waits_for_its_author_until_it_is_brought_anew(
    session: Session, clock: FixedClock, about: service.Announcement, waits: Any
) -> None:
    """Submitted again, or replaced by a newer version: either is an answer."""
    author = person(session, clock.now, "author", Role.EDITOR)
    recording = submitted(session, clock.now, about, "a", author)
    service.return_recording(session, recording, None, "wrong date", clock.now)
    assert waits(author) == [("returned", recording.subject)]
    draft(session, clock.now, about, "b", author)
    assert waits(author) == []


def test_a_failed_upload_waits_for_who_brought_it(
    session: Session, clock: FixedClock, about: service.Announcement, waits: Any
) -> None:
    """Until it is taken away."""
    author = person(session, clock.now, "author", Role.EDITOR)
    recording = service.receive_recording(session, about, "lo", "name", "a.wav", author, clock.now)
    assert waits(author) == []
    recording.ingest = IngestState.FAILED
    session.flush()
    assert waits(author) == [("failed", recording.subject)]
    removal.remove_recording(session, recording, author, clock.now)
    assert waits(author) == []


def test_speakers_get_what_is_in_their_languages_and_did_not_bring(
    app: APIFlask, session: Session, clock: FixedClock, about: service.Announcement, waits: Any
) -> None:
    """Nobody else; and nobody at all where no check is asked for."""
    author = person(session, clock.now, "author", Role.EDITOR, languages=["tdf"])
    speaker = person(session, clock.now, "speaker", Role.OFFICER, languages=["tdf", "lo"])
    stranger = person(session, clock.now, "stranger", Role.EDITOR, languages=["kuf"])
    recording = submitted(session, clock.now, about, "a", author, "tdf")
    assert waits(speaker) == [("check", recording.subject)]
    assert waits(author) == waits(stranger) == []
    configure(app, "newsroom", language_check="off")
    assert waits(speaker) == []


def test_where_the_check_is_required_approvers_wait_for_it(
    app: APIFlask, session: Session, clock: FixedClock, about: service.Announcement, waits: Any
) -> None:
    """They are told of it when nobody could do it: otherwise it would wait for ever unseen."""
    configure(app, "newsroom", language_check="required")
    approver = person(session, clock.now, "approver", Role.APPROVER)
    recording = submitted(session, clock.now, about, "a", language="tdf")
    assert waits(approver) == [("no_speaker", recording.subject)]
    speaker = person(session, clock.now, "speaker", Role.OFFICER, languages=["tdf"])
    assert waits(approver) == []
    service.confirm_language(session, recording, speaker, recording.sha256 or "", clock.now)
    assert waits(approver) == [("approve", recording.subject)]
    assert waits(speaker) == []


def test_missing_languages_wait_for_who_made_the_announcement(
    app: APIFlask, session: Session, clock: FixedClock, waits: Any
) -> None:
    """Once there is a voice at all, until the last one is there or its last day has passed."""
    make_places(session)
    author = person(session, clock.now, "author", Role.EDITOR)
    until = clock.now + timedelta(days=5)
    mine = service.create_announcement(session, "Market", "market", author, clock.now, valid_until=until)
    assert waits(author) == []
    draft(session, clock.now, mine, "a", author, "tdf")
    (item,) = waiting_for(session, author, app.config["SETTINGS"], clock.now)
    assert item.waits is Waits.MISSING
    assert item.figures == {"languages": ["kuf"], "villages": 1, "people": 200}
    draft(session, clock.now, mine, "b", author, "kuf")
    assert waits(author) == []
    other = service.create_announcement(session, "Fair", "market", author, clock.now, valid_until=until)
    draft(session, clock.now, other, "c", author, "tdf")
    assert waits(author) == [("missing", f"announcement:{other.id}")]
    clock.now = until + timedelta(minutes=1)
    assert waits(author) == []


def test_what_belongs_to_another_district_does_not_wait_here(
    session: Session, clock: FixedClock, about: service.Announcement, waits: Any
) -> None:
    """An approver of one village is not asked about the province's: they could not decide."""
    make_places(session)
    local = person(session, clock.now, "local", Role.APPROVER)
    set_places(session, local, Role.APPROVER, ["V1"], clock.now)
    submitted(session, clock.now, about, "a")
    assert waits(local) == []
    theirs = service.create_announcement(session, "Here", "other", None, clock.now, place_code="V1")
    recording = submitted(session, clock.now, theirs, "b")
    assert waits(local) == [("approve", recording.subject)]


def test_what_was_seen_is_no_longer_new_until_it_waits_again(
    app: APIFlask, session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """Returned to its author and submitted once more, it is new to the approver again."""
    approver = person(session, clock.now, "approver", Role.APPROVER)
    recording = submitted(session, clock.now, about, "a")
    settings = app.config["SETTINGS"]

    def unread() -> list[bool]:
        items = with_read(session, approver, waiting_for(session, approver, settings, clock.now))
        return [one.unread for one in items]

    assert unread() == [True]
    mark_read(session, approver, waiting_for(session, approver, settings, clock.now), clock.now)
    session.flush()
    assert unread() == [False]
    clock.advance(minutes=5)
    service.return_recording(session, recording, None, "wrong date", clock.now)
    service.submit_recording(session, recording, None, clock.now)
    assert unread() == [True]


def test_the_page_counts_marks_what_is_new_and_is_empty_when_all_is_done(
    app: APIFlask,
    signed_in: Callable[..., FlaskClient],
    session: Session,
    clock: FixedClock,
    about: service.Announcement,
) -> None:
    """The icon stands on every page."""
    recording = submitted(session, clock.now, about, "a")
    session.commit()
    browser = signed_in(Role.APPROVER)
    anywhere = browser.get("/settings").text
    assert "1 thing waits for you" in anywhere
    assert "inbox unread" in anywhere
    page = browser.get("/inbox").text
    assert f"/announcements/{about.id}#recording-{recording.id}" in page
    assert ">new<" in page.replace("\n", "") or "new</span>" in page
    assert "inbox unread" not in browser.get("/inbox/count").text
    browser.post(f"/recordings/{recording.id}/approve", data={"sha256": recording.sha256})
    assert "Nothing waits for you" in browser.get("/inbox").text
    assert browser.get("/api/v1/inbox").json == {"items": []}


def test_a_letter_goes_once_for_each_new_thing_in_the_readers_language(
    app: APIFlask, session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """With where to do it, and nothing of the sound or of a secret."""
    with_mail_server(app)
    person(session, clock.now, "approver", Role.APPROVER, language="lo")
    recording = submitted(session, clock.now, about, "a")
    (letter,) = tell(session, clock)
    assert letter.to == "approver@example.org"
    assert f"https://b.example.org/announcements/{about.id}#recording-{recording.id}" in letter.body
    assert "Land law" in letter.body
    assert any("\u0e80" <= sign <= "\u0eff" for sign in letter.subject)
    assert (recording.sha256 or "") not in letter.body
    assert len(tell(session, clock)) == 1
    submitted(session, clock.now, about, "b", language="kuf")
    _first, second = tell(session, clock)
    assert "recording-1" not in second.body
    assert second.body.count("https://b.example.org/announcements/") == 1


def test_what_was_seen_on_the_page_is_not_told_by_mail(
    app: APIFlask, session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """A letter tells of what the reader does not know yet."""
    with_mail_server(app)
    approver = person(session, clock.now, "approver", Role.APPROVER)
    submitted(session, clock.now, about, "a")
    mark_read(session, approver, waiting_for(session, approver, app.config["SETTINGS"], clock.now), clock.now)
    assert tell(session, clock) == []


def test_who_wants_one_letter_a_day_gets_one_in_the_morning_and_who_wants_none_gets_none(
    app: APIFlask, session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """It is 09:00: today's letter goes at once, the next at seven tomorrow with all that came since."""
    with_mail_server(app)
    daily = person(session, clock.now, "daily", Role.APPROVER)
    never = person(session, clock.now, "never", Role.APPROVER)
    daily.mail_wish, never.mail_wish = "daily", "never"
    submitted(session, clock.now, about, "a")
    assert [letter.to for letter in tell(session, clock)] == ["daily@example.org"]
    for number, language in enumerate(("kuf", "tdf")):
        clock.advance(hours=1)
        submitted(session, clock.now, about, f"more-{number}", language=language)
        assert len(tell(session, clock)) == 1
    clock.now = datetime(2026, 3, 3, 23, 59, tzinfo=UTC)  # 06:59 of the next day in Sekong
    assert len(tell(session, clock)) == 1
    clock.advance(minutes=1)
    _first, second = tell(session, clock)
    assert second.body.count("#recording-") == 2


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, (3, 6, 59), False),
        (None, (3, 7, 0), True),
        ((3, 7, 0), (3, 23, 0), False),
        ((3, 7, 0), (4, 6, 0), False),
        ((3, 7, 0), (4, 7, 0), True),
        ((3, 7, 0), (6, 15, 0), True),
    ],
)
def test_a_daily_letter_is_due_once_after_seven(
    last: tuple[int, ...] | None, now: tuple[int, ...], due: bool
) -> None:
    """A server that was off at seven sends it when it is back."""
    before = datetime(2026, 3, *last, tzinfo=SEKONG) if last else None
    assert digest_is_due(before, datetime(2026, 3, *now, tzinfo=SEKONG), SEKONG) is due


def test_a_step_has_people_told_at_once(
    app: APIFlask, session: Session, clock: FixedClock, about: service.Announcement
) -> None:
    """Nobody waits for the hourly look."""
    with_mail_server(app)
    person(session, clock.now, "approver", Role.APPROVER)
    submitted(session, clock.now, about, "a")
    session.commit()
    handlers = {kind: one for kind, one in work.HANDLERS.items() if kind != "send_letter"}
    jobs.run_pending(session, handlers, clock.now)
    assert len(mail.letters(session)) == 1


def test_languages_and_letters_are_chosen_on_ones_own_page_and_stand_in_the_trail(
    app: APIFlask, signed_in: Callable[..., FlaskClient]
) -> None:
    """An unknown language or wish changes nothing."""
    browser = signed_in(Role.EDITOR)
    browser.post("/settings/languages", data={"languages": ["tdf", "kuf"], "mail": "daily"})
    for wrong in ({"languages": ["xx"], "mail": "daily"}, {"languages": [], "mail": "hourly"}):
        browser.post("/settings/languages", data=wrong)
    with app.app_context():
        found = db.session.query(Person).filter_by(email="editor@example.org").one()
        assert (found.languages_known, found.mail_wish) == (["kuf", "tdf"], "daily")
    assert 'value="tdf" checked' in browser.get("/settings/languages").text
    trail = signed_in(Role.ADMINISTRATOR).get("/settings/trail").text
    assert "said which languages they understand" in trail


def test_administrators_see_letters_that_could_not_be_sent_and_have_them_tried_again(
    app: APIFlask, signed_in: Callable[..., FlaskClient], session: Session, clock: FixedClock
) -> None:
    """What a letter says is not shown: it may hold somebody's link."""
    session.commit()
    administrator, editor = signed_in(), signed_in(Role.EDITOR)
    with app.app_context():
        mail.queue(db.session, "gone@example.org", "Invitation", "https://b/secret-link", clock.now)
        db.session.commit()
    page = administrator.get("/settings/mail").text
    assert "gone@example.org" in page
    assert "secret-link" not in page
    assert editor.get("/settings/mail").status_code == 403
    administrator.post("/settings/mail/1/retry")
    with app.app_context():
        assert mail.letter(db.session, 1).state.value == "waiting"
