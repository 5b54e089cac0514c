"""The schedule's pages: a slot is checked, previewed, saved, removed and brought back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.newsroom import service as newsroom
from broadcaster.places.models import Place, PlaceKind
from broadcaster.programming.models import Slot
from schedules.wire.plan import QuietHours, StationLimits
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.programming.stations import make_station

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


def kept(browser: FlaskClient, form: dict[str, object]) -> dict[str, object]:
    """The form with its warnings seen and kept all the same."""
    page = browser.post("/schedule/check", data=form).text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen is not None
    return {**form, "keep": "y", "seen": seen[1]}


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
    """A slot with conflicts needs "keep all the same"; the refusal leads to them and takes the focus."""
    editor = signed_in("editor")
    answer = editor.post("/schedule/new", data=FORM)
    assert answer.status_code == 422
    assert "data-summary" in answer.text
    assert '<a href="#outlook">1 thing to look at before this is saved</a>' in answer.text
    assert 'aria-describedby="None"' not in answer.text
    assert session.query(Slot).count() == 0
    answer = editor.post("/schedule/new", data=kept(editor, FORM))
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
    editor.post("/schedule/new", data=kept(editor, FORM))
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


def test_keeping_holds_only_for_the_warnings_that_were_shown(
    signed_in: SignIn, session: Session, approved: newsroom.Recording
) -> None:
    """Another time brings another warning: the box comes back without its tick, and nothing is saved."""
    editor = signed_in("editor")
    changed = {**kept(editor, FORM), "times": "22:00"}
    answer = editor.post("/schedule/new", data=changed)
    assert answer.status_code == 422
    assert "The warnings changed since you ticked" in answer.text
    assert re.search(r'<input[^>]*\bchecked\b[^>]*name="keep"', answer.text) is None
    assert session.query(Slot).count() == 0
    assert editor.post("/schedule/new", data={**FORM, "keep": "y"}).status_code == 422
    assert editor.post("/schedule/new", data=kept(editor, changed)).status_code == 302


def test_the_check_needs_no_new_page_and_without_script_lands_at_its_answer(
    signed_in: SignIn, approved: newsroom.Recording
) -> None:
    """One button, two ways."""
    editor = signed_in("editor")
    page = editor.get("/schedule/new").text
    button = re.search(r'<button[^>]*name="check"[^>]*>', page)
    assert button is not None
    assert 'hx-post="/schedule/check"' in button[0]
    assert 'hx-target="#outlook"' in button[0]
    assert 'formaction="/schedule/new#outlook"' in button[0]
    answer = editor.post("/schedule/new", data={**FORM, "check": "1"})
    assert answer.status_code == 200
    assert "heard in Lao only" in answer.text
    assert "data-summary" not in answer.text


def test_everything_that_is_missing_is_told_at_once(signed_in: SignIn, approved: newsroom.Recording) -> None:
    """An empty form names the announcement, the time and the place in one round."""
    empty = {**FORM, "first": "", "times": "", "places": []}
    answer = signed_in("editor").post("/schedule/new", data=empty)
    assert answer.status_code == 422
    for words in ("Choose at least one announcement", "A time is needed", "Choose at least one place"):
        assert words in answer.text


def test_once_asks_for_its_day_and_knows_no_last_day(
    signed_in: SignIn, session: Session, approved: newsroom.Recording
) -> None:
    """Both labels are there, the frequency shows one; a last day left over from before does no harm."""
    editor = signed_in("editor")
    page = editor.get("/schedule/new").text
    assert '<span class="only-repeated">First day</span><span class="only-once">Day</span>' in page
    once = {**FORM, "frequency": "once", "start": "2026-03-05", "until": "2026-03-01"}
    assert editor.post("/schedule/new", data=kept(editor, once)).status_code == 302
    assert session.query(Slot).one().ends_on is None


def test_the_preview_promises_nothing_where_no_station_is(
    signed_in: SignIn, session: Session, approved: newsroom.Recording, clock: FixedClock
) -> None:
    """Villages without a station are named; where there is none at all, that is said plainly."""
    editor = signed_in("editor")
    page = editor.post("/schedule/check", data={**FORM, "places": ["LA1503"]}).text
    assert "No station yet in 2 villages: Ban Katu, Ban Xieng. Nobody hears it there." in page
    assert "This is what Ban Dakcheung will hear" in page
    page = editor.post("/schedule/check", data={**FORM, "places": ["V3"]}).text
    assert "There is no station in these places yet" in page
    assert "will hear:" not in page


def test_quiet_hours_are_not_shown_as_heard(
    signed_in: SignIn, approved: newsroom.Recording, session: Session, clock: FixedClock
) -> None:
    """A broadcast that will be held back says so instead of what it holds."""
    quiet = StationLimits(quiet_hours=QuietHours(start_minute=22 * 60, end_minute=5 * 60))
    make_station(session, "V2", clock.now, limits=quiet)
    session.commit()
    page = signed_in("editor").post("/schedule/check", data={**FORM, "places": ["V2"], "times": "22:00"}).text
    assert "not heard: quiet hours" in page
    assert "will hear:" not in page


def test_pauses_are_part_of_the_preview(
    signed_in: SignIn, session: Session, approved: newsroom.Recording
) -> None:
    """What airs as an item of its own is listed as one."""
    twice = {**FORM, "second": "1", "pause_s": "7"}
    page = signed_in("editor").post("/schedule/check", data=twice).text
    listed = page[page.index("<ol>") : page.index("</ol>")]
    assert listed.count("<li>") == 3
    assert listed.count("pause") == 1


def test_a_district_is_told_from_a_village_of_the_same_name(
    signed_in: SignIn, session: Session, approved: newsroom.Recording
) -> None:
    """With its kind and how many villages lie in it, in both languages."""
    session.add(Place(code="K1", kind=PlaceKind.KUMBAN, name="Dakcheung", parent_code="LA1503"))
    session.commit()
    editor = signed_in("editor")
    editor.post("/schedule/new", data=kept(editor, {**FORM, "places": ["LA1503", "K1", "V1"]}))
    page = editor.get("/schedule").text
    assert "Dakcheung district (3 villages), Dakcheung (kumban, 0 villages), Ban Dakcheung" in page
    assert "(3 ບ້ານ)" in signed_in("editor", language="lo").get("/schedule").text
