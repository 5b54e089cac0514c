"""The campaigns' pages."""

from __future__ import annotations

import csv
import io

import pytest

from broadcaster.campaigns import service
from broadcaster.database import db
from tests.broadcaster.village import first_aired, published


@pytest.fixture
def reached(app, client, settings, clock) -> int:
    """An announcement heard at Thateng Neua; its number."""
    pc, number, plan = published(app, settings, clock.now, "Vaccination day")
    assert pc.post(client, pc.report(clock.now, first_aired(plan)), clock.now).status_code == 200
    return number


def wish(number: int, **change: object) -> dict[str, object]:
    return {
        "title": "Vaccinate all",
        "announcements": [str(number)],
        "places": ["LA1504"],
        "from_day": "2026-03-01",
        "until_day": "2026-03-28",
        "goal": "relay_commanded",
    } | change


def test_an_empty_list_says_what_a_campaign_is(signed_in):
    """And offers the first step."""
    assert "A campaign is a goal" in signed_in("editor").get("/campaigns").get_data(as_text=True)


def test_a_goal_is_set_and_shows_where_it_was_heard(signed_in, reached):
    """In the reader's words, with the figures marked as illustrative."""
    browser = signed_in("editor")
    assert browser.get("/campaigns/new").status_code == 200
    answer = browser.post("/campaigns/new", data=wish(reached))
    assert answer.status_code == 302
    page = browser.get(answer.location).get_data(as_text=True)
    assert "Heard in 1 of 3 villages" in page
    assert "1,180 of 2,380 people live where it was heard." in page
    assert "illustrative" in page
    assert "not recorded" in page
    assert "loudspeaker confirmed on" in page
    assert "1 of 3 villages" in browser.get("/campaigns").get_data(as_text=True)


def test_the_matrix_can_be_taken_along(signed_in, reached):
    """One line a village, one column a language."""
    browser = signed_in("editor")
    location = browser.post("/campaigns/new", data=wish(reached)).location
    answer = browser.get(location + ".csv")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))}
    assert rows["1504001"]["lo"] == "reached"
    assert rows["1504001"]["state"] == "reached"
    assert rows["1503001"]["tdf"] == "not_recorded"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"announcements": []}, "Choose at least one announcement."),
        ({"places": []}, "Choose at least one place."),
        ({"until_day": "2026-02-01"}, "The last day lies before the first."),
        ({"title": ""}, "Say in a few words what it is about."),
    ],
)
def test_what_is_missing_is_said_beside_its_field(app, signed_in, reached, change, sentence):
    """Nothing is saved, and the page says what to correct."""
    answer = signed_in("editor").post("/campaigns/new", data=wish(reached, **change))
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    with app.app_context():
        assert list(service.campaigns(db.session)) == []


def test_only_editors_set_goals(signed_in, reached):
    """Others look."""
    assert signed_in("officer").get("/campaigns").status_code == 200
    assert signed_in("officer").post("/campaigns/new", data=wish(reached)).status_code == 403


def test_the_pages_speak_lao_too(signed_in, reached):
    """Every page stands in both languages without breaking."""
    browser = signed_in("editor", language="lo")
    location = browser.post("/campaigns/new", data=wish(reached)).location
    for path in ("/campaigns", "/campaigns/new", location):
        assert browser.get(path).status_code == 200
