"""The stations' pages."""

from __future__ import annotations

import re

import pytest

from broadcaster.database import db
from broadcaster.fleet import service
from schedules.wire.report import StationHealth
from tests.broadcaster.village import VillagePC, announce, daily_slot, make_places


@pytest.fixture
def places(app):
    with app.app_context():
        make_places(db.session)
        db.session.commit()


@pytest.fixture
def pc(app, settings, clock, places) -> VillagePC:
    with app.app_context():
        made = VillagePC.enrolled(db.session, clock.now)
        announcement = announce(db.session, "Vaccination <day>", ["lo", "tth"], clock.now)
        daily_slot(db.session, announcement, clock.now)
        service.publish_plans(db.session, settings, clock.now)
        db.session.commit()
    return made


def test_an_empty_list_says_what_it_is_for(signed_in, places):
    """And offers the first step."""
    page = signed_in("administrator").get("/stations").get_data(as_text=True)
    assert "A station is the PC beside" in page
    assert "/stations/new" in page


def test_a_new_station_shows_its_code_once_with_the_command_to_type(signed_in, client, places, clock):
    """The code opens the door; it is not there on the next look."""
    browser = signed_in("administrator")
    answer = browser.post("/stations/new", data={"village": "1504001", "channel": "2"})
    assert answer.status_code == 302
    shown = browser.get(answer.location).get_data(as_text=True)
    board = "--board lcus --port /dev/serial/by-id/…"
    assert f"station-agent --data station enrol --server http://localhost {board}<" in shown
    found = re.search(r'id="enrolment-code">(\S+?)<', shown)
    assert found
    again = browser.get(answer.location).get_data(as_text=True)
    assert found[1] not in again
    pc = VillagePC("thateng-neua")
    body = {"code": found[1], "public_key": pc.public_key}
    assert client.post("/api/v1/enrolments", json=body).json["station"] == "thateng-neua"


def test_a_station_without_relays_enrols_without_a_board(signed_in, places):
    """The line has only what this station needs."""
    browser = signed_in("administrator")
    answer = browser.post("/stations/new", data={"village": "1504001", "channel": ""})
    shown = browser.get(answer.location).get_data(as_text=True)
    assert "station-agent --data station enrol --server http://localhost<" in shown


def test_without_villages_a_station_cannot_be_added_and_the_page_says_how_to_get_them(signed_in, settings):
    """An empty list to choose from would help nobody."""
    page = signed_in("administrator").get("/stations/new").get_data(as_text=True)
    assert f"broadcaster --data {settings.data} place import FILE.csv" in page
    assert "code,name,district_code,languages" in page
    assert "<select" not in page


def test_a_station_page_shows_plan_broadcasts_and_day(signed_in, pc):
    """What it follows, what comes next; titles are text, never markup."""
    page = signed_in("operator").get(f"/stations/{pc.id}").get_data(as_text=True)
    assert "no. 1, not confirmed" in page
    assert "Vaccination &lt;day&gt;" in page
    assert "Vaccination <day>" not in page
    assert "day-line" in page
    assert "Retire" not in page


def test_a_silent_board_is_told_in_words_with_what_to_do(app, signed_in, client, pc, clock):
    """Health is not a number."""
    health = StationHealth(relay_ok=False, clock_trusted=True, disk_free_bytes=10**8, temperature_c=85)
    assert pc.post(client, pc.report(clock.now, health=health), clock.now).status_code == 200
    page = signed_in("operator").get(f"/stations/{pc.id}").get_data(as_text=True)
    assert "The relay board does not answer. Look whether its cable is plugged in" in page
    assert "Only 100 MB of disk are free" in page
    assert "85 °C: too hot" in page
    assert "no. 1, confirmed" in page
    listed = signed_in("operator").get("/stations").get_data(as_text=True)
    assert "does not answer" in listed


def test_zones_and_limits_are_changed_on_their_page(app, signed_in, pc):
    """A refused form keeps nothing and says beside the field what is wrong."""
    browser = signed_in("administrator")
    path = f"/stations/{pc.id}/settings"
    assert 'value="Loudspeaker"' in browser.get(path).get_data(as_text=True)
    form = {
        "zones-0-name": "Loudspeaker",
        "zones-0-channel": "1",
        "zones-1-name": "Transmitter",
        "zones-1-channel": "1",
        "warm_up_ms": "1500",
        "tail_ms": "500",
        "max_on_s": "1800",
        "volume_percent": "80",
        "quiet": "22:00-04:30",
    }
    refused = browser.post(path, data=form)
    assert refused.status_code == 422
    assert "Two zones use the same relay channel" in refused.get_data(as_text=True)
    wrong = browser.post(path, data=form | {"zones-1-channel": "2", "quiet": "late"})
    assert "Write quiet hours as 21:00-05:00, or none." in wrong.get_data(as_text=True)
    assert browser.post(path, data=form | {"zones-1-channel": "2"}).status_code == 302
    with app.app_context():
        station = service.station(db.session, pc.id)
        assert [(zone.key, zone.channel) for zone in station.zone_list] == [
            ("loudspeaker", 1),
            ("transmitter", 2),
        ]
        assert station.limit_values.quiet_hours.end_minute == 270
        assert station.limit_values.warm_up_ms == 1500


def test_a_new_code_and_retiring_are_the_administrators(signed_in, pc):
    """An operator looks; an administrator acts."""
    for path in (f"/stations/{pc.id}/code", f"/stations/{pc.id}/retire", "/stations/new"):
        assert signed_in("operator").post(path).status_code == 403
    browser = signed_in("administrator")
    answer = browser.post(f"/stations/{pc.id}/code")
    assert "station-agent --data station enrol" in browser.get(answer.location).get_data(as_text=True)
    browser.post(f"/stations/{pc.id}/retire")
    assert pc.id not in browser.get("/stations").get_data(as_text=True).replace("flash", "")
    assert "retired" in browser.get(f"/stations/{pc.id}").get_data(as_text=True)


def test_an_unknown_station_is_not_there(signed_in):
    """404, in words."""
    assert signed_in("operator").get("/stations/nowhere").status_code == 404


def test_the_pages_speak_lao_too(signed_in, pc):
    """Every page stands in both languages without breaking."""
    browser = signed_in("administrator", language="lo")
    for path in ("/stations", "/stations/new", f"/stations/{pc.id}", f"/stations/{pc.id}/settings"):
        assert browser.get(path).status_code == 200
