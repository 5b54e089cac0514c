"""The schedule's pages: a slot is checked, previewed, saved, removed and brought back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.newsroom import service as newsroom
from broadcaster.places.models import Place, PlaceKind
from broadcaster.programming.models import Slot
from content_library import AudioStore
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import make_places

SignIn = Callable[..., FlaskClient]
FORM = {
    "first": "1",
    "frequency": "daily",
    "times": "05:30",
    "start": "2026-03-03",
    "places": ["V1"],
    "message_class": "ordinary",
    "missed": "skip",
    "languages": "every",
}


@pytest.fixture
def approved(
    session: Session, store: AudioStore, sounds: Callable[..., Path], clock: FixedClock
) -> newsroom.Recording:
    """ "Land law" in Lao, approved; and three villages."""
    make_places(session)
    about = newsroom.create_announcement(session, "Land law", "law_orientation", None, clock.now)
    recording = newsroom.add_recording(session, store, about, "lo", sounds(330), "a.wav", None, clock.now)
    newsroom.submit_recording(session, recording, None, clock.now)
    newsroom.approve_recording(session, recording, None, recording.sha256 or "", clock.now)
    session.commit()
    return recording


def test_the_form_comes_prefilled_from_an_announcement(
    signed_in: SignIn, approved: newsroom.Recording
) -> None:
    """The short way: the button on an approved announcement opens the form with it chosen."""
    editor = signed_in("editor")
    page = editor.get("/announcements/1").text
    assert "/schedule/new?announcement=1" in page
    page = editor.get("/schedule/new?announcement=1").text
    assert '<option selected value="1">Land law</option>' in page


def test_what_a_village_will_hear_shows_before_saving(
    signed_in: SignIn, approved: newsroom.Recording
) -> None:
    """The check names the missing language, and tells what is heard instead, village by village."""
    page = signed_in("editor").post("/schedule/check", data=FORM).text
    assert "Land law has no recording in Talieng for Ban Dakcheung" in page
    assert "heard in Lao only" in page
    assert "This is what Ban Dakcheung will hear: tomorrow 05:30" in page


def test_conflicts_are_saved_only_on_purpose(
    signed_in: SignIn, session: Session, approved: newsroom.Recording
) -> None:
    """A slot with conflicts needs "keep all the same"."""
    editor = signed_in("editor")
    answer = editor.post("/schedule/new", data=FORM)
    assert answer.status_code == 422
    assert session.query(Slot).count() == 0
    answer = editor.post("/schedule/new", data={**FORM, "keep": "y"})
    assert answer.status_code == 302
    assert session.query(Slot).count() == 1
    page = editor.get("/schedule").text
    assert "Land law" in page
    assert "tomorrow 05:30" in page


def test_a_removed_slot_can_be_brought_back_from_the_same_page(
    signed_in: SignIn, session: Session, approved: newsroom.Recording
) -> None:
    """Removing offers to undo it."""
    editor = signed_in("editor")
    editor.post("/schedule/new", data={**FORM, "keep": "y"})
    page = editor.post("/schedule/1/remove", follow_redirects=True).text
    assert "Land law is no longer in the schedule" in page
    assert "/schedule/1/restore" in page
    page = editor.post("/schedule/1/restore", follow_redirects=True).text
    assert "Land law is in the schedule again" in page
    assert session.get_one(Slot, 1).removed_at is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"first": ""}, "Choose at least one announcement"),
        ({"places": []}, "Choose at least one place"),
        ({"times": "25:00"}, "25:00 is not a time"),
        ({"frequency": "weekly"}, "Choose at least one weekday"),
        ({"frequency": "once", "start": "2026-03-01"}, "This would never air"),
        ({"ignore_quiet": "y"}, "Only an emergency may ignore quiet hours"),
        ({"until": "2026-03-01"}, "The last day must come after the first day"),
        ({"missed": "late", "late_by": "5000"}, "Number must be between"),
    ],
)
def test_a_mistake_stands_beside_its_field_and_nothing_is_saved(
    signed_in: SignIn,
    session: Session,
    approved: newsroom.Recording,
    change: dict[str, object],
    words: str,
) -> None:
    """Each mistake is told in words, with status 422, and no slot is made."""
    answer = signed_in("editor").post("/schedule/new", data={**FORM, "keep": "y", **change})
    assert answer.status_code == 422
    assert words in answer.text
    assert session.query(Slot).count() == 0


def test_only_editors_make_slots(signed_in: SignIn, approved: newsroom.Recording) -> None:
    """An officer sees the schedule, but may not change it."""
    officer = signed_in("officer")
    assert officer.get("/schedule").status_code == 200
    assert officer.get("/schedule/new").status_code == 403
    assert officer.post("/schedule/new", data=FORM).status_code == 403
    assert officer.post("/schedule/1/remove").status_code == 403


def test_places_without_a_village_are_told(
    signed_in: SignIn, session: Session, approved: newsroom.Recording
) -> None:
    """A district nobody lives in yet may be chosen, but not by accident."""
    session.add(Place(code="LA1502", kind=PlaceKind.DISTRICT, name="Kaleum", parent_code="LA15"))
    session.commit()
    page = signed_in("editor").post("/schedule/check", data={**FORM, "places": ["LA1502"]}).text
    assert "No village lies in these places yet" in page
    assert "nothing in the way" not in page
