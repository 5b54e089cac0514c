"""The pages of as-run."""

from __future__ import annotations

import csv
import io
import re
from datetime import time
from pathlib import Path

import pytest

from broadcaster.airings import wording
from broadcaster.database import db
from broadcaster.fleet import service as fleet
from schedules.airing_origin import Origin, unplanned_key
from schedules.wire.plan import Plan
from tests.broadcaster.village import (
    VillagePC,
    airing_of,
    announce,
    daily_slot,
    first_aired_in_part,
    incident,
    make_places,
    published,
)


@pytest.fixture
def reported(app, client, settings, clock) -> tuple[VillagePC, Plan]:
    """Lao aired, Upper Ta-oi missed, one incident; a title a spreadsheet might execute."""
    pc, _number, plan = published(app, settings, clock.now, "=1+1 Vaccination")
    clock.advance(hours=2)
    said = [*first_aired_in_part(plan), incident(3, clock.now, code="plan_refused")]
    assert pc.post(client, pc.report(clock.now, said), clock.now).status_code == 200
    return pc, plan


def test_an_empty_day_says_what_will_stand_there(signed_in):
    """Every empty list says what it is for."""
    page = signed_in("editor").get("/aired?day=2026-03-01").get_data(as_text=True)
    assert "Nothing was planned on this day" in page


def test_a_day_shows_outcome_reason_and_evidence_in_words(signed_in, reported):
    """Planned, actual, what became of it, and how sure we are."""
    page = signed_in("editor").get("/aired").get_data(as_text=True)
    assert "aired" in page
    assert "its audio had not arrived" in page
    assert "loudspeaker confirmed on" in page
    assert "10:00:00" in page
    assert "A plan was refused" in page


def test_what_aired_stands_newest_first_and_what_is_to_come_is_folded_away(app, signed_in, settings, clock):
    """Who looks in the evening need not pass the whole morning."""
    with app.app_context():
        make_places(db.session)
        pc = VillagePC.enrolled(db.session, clock.now)
        announcement = announce(db.session, "News", ["lo"], clock.now)
        for hour in (10, 11, 15, 16, 17, 18, 19):
            daily_slot(db.session, announcement, clock.now, at=time(hour))
        fleet.publish_plans(db.session, settings, clock.now)
        db.session.commit()
    clock.advance(hours=4)
    page = signed_in("editor").get("/aired").get_data(as_text=True)
    known, folded = page.split('<details class="stack">')
    assert known.index("11:00:00") < known.index("10:00:00")
    assert "15:00:00" not in known
    assert folded.index("15:00:00") < folded.index("19:00:00")
    shown, more = signed_in("operator").get(f"/stations/{pc.id}").get_data(as_text=True).split("2 more today")
    assert shown.index("10:00:00") < shown.index("17:00:00")
    assert "18:00:00" not in shown
    assert "19:00:00" in more


def test_the_filter_narrows_the_day(signed_in, reported):
    """By station and by outcome; nonsense in the address shows today."""
    browser = signed_in("editor")
    assert "its audio had not arrived" not in browser.get("/aired?state=aired").get_data(as_text=True)
    assert "Nothing was planned" in browser.get("/aired?station=san-neua").get_data(as_text=True)
    assert "its audio had not arrived" in browser.get("/aired?day=yesterday&state=x").get_data(as_text=True)


def test_the_csv_holds_the_same_lines_and_executes_nothing(signed_in, reported):
    """A title that begins like a formula is text in the spreadsheet."""
    answer = signed_in("editor").get("/aired.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["state"] for row in rows] == ["aired", "missed"]
    assert rows[0]["title"] == "'=1+1 Vaccination"
    assert rows[0]["evidence"] == "relay_confirmed"
    assert "attachment" in answer.headers["Content-Disposition"]


def test_what_no_plan_held_says_whose_it_was(signed_in, app, client, clock, reported):
    """A test of an alert stands in the lists as one; on the day's page, the station's and in the table."""
    pc, plan = reported
    first, key = plan.broadcasts[0], unplanned_key(Origin.TEST, "flood/1", clock.now)
    tested = airing_of(plan, first, first.items[0], 4).model_copy(
        update={"broadcast": key, "item": f"{key}/1", "title": "Flood drill"}
    )
    assert pc.post(client, pc.report(clock.now, [tested]), clock.now).status_code == 200
    for who, path in (("editor", "/aired"), ("operator", f"/stations/{pc.id}")):
        page = signed_in(who).get(path).get_data(as_text=True)
        assert page.count('<span class="chip">test of an alert</span>') == 1
    assert "Flood drill (test of an alert, aired)" in page
    answer = signed_in("editor").get("/aired.csv")
    rows = list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert [(row["title"], row["origin"]) for row in rows if row["origin"] != "plan"] == [
        ("Flood drill", "test")
    ]


def test_the_microphone_is_called_in_the_readers_language(signed_in, app, client, clock, reported):
    """The village PC names it in English; somebody's own title is never touched."""
    pc, plan = reported
    first, key = plan.broadcasts[0], unplanned_key(Origin.MICROPHONE, "microphone/1", clock.now)
    spoken = airing_of(plan, first, first.items[0], 4).model_copy(
        update={"broadcast": key, "item": f"{key}/1", "title": "Microphone", "language": None}
    )
    assert pc.post(client, pc.report(clock.now, [spoken]), clock.now).status_code == 200
    for path in ("/aired", f"/stations/{pc.id}"):
        assert "Microphone" in signed_in("operator").get(path).text
        lao = signed_in("operator", language="lo").get(path).text
        assert "Microphone" not in lao
        assert "ໄມໂຄຣໂຟນ" in lao
    assert wording.title_words(Origin.LOCAL, "Microphone") == "Microphone"


def test_every_incident_a_station_tells_of_has_words_here():
    """The codes of docs/station.md: none is shown as a bare code, and what is over looks so."""
    told = (Path(__file__).parents[3] / "docs" / "station.md").read_text(encoding="utf-8")
    table = told.partition("Incidents also go to the province:")[2].partition("\n## ")[0]
    codes = {
        code
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for code in re.findall(r"`(\w+)`", row)
    }
    assert {"relay_lost", "not_heard", "journal_lost"} <= codes
    assert sorted(codes - set(wording.INCIDENTS)) == []
    assert (wording.incident_tone("relay_back"), wording.incident_tone("relay_lost")) == ("done", "fail")
    assert {wording.incident_tone(code) for code in ("alert_taken", "alert_cancelled", "clock_stepped")} == {
        "quiet"
    }


def test_incidents_say_what_happened_and_what_to_do(signed_in, reported):
    """Newest first, with the station's own words."""
    page = signed_in("operator").get("/incidents").get_data(as_text=True)
    assert "It was not signed by the province" in page
    assert "the board does not answer" in page


def test_a_stations_page_shows_its_day(signed_in, reported):
    """The same words on the station's own page."""
    pc, _ = reported
    page = signed_in("operator").get(f"/stations/{pc.id}").get_data(as_text=True)
    assert "its audio had not arrived" in page
    assert "loudspeaker confirmed on" in page
    assert "A plan was refused" in page


def test_the_pages_speak_lao_too(signed_in, reported):
    """Every page stands in both languages without breaking."""
    browser = signed_in("editor", language="lo")
    for path in ("/aired", "/incidents"):
        assert browser.get(path).status_code == 200
