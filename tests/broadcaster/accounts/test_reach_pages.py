"""What people of a district see: lists, programs' answers and pages hold what concerns their places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from broadcaster.accounts.service import Role, person
from broadcaster.airings.models import IncidentEntry
from broadcaster.database import db
from tests.broadcaster.accounts.two_districts import ELSEWHERE, HERE, PROVINCE, TwoDistricts, browser_of
from tests.broadcaster.conftest import FixedClock

OWNED = {"announcement_id", "recording_id", "slot_id", "station_id", "campaign_id"}


@dataclass
class Titles:
    """What stands on pages: of here, of elsewhere, of all the province."""

    here: str = "Heard here"
    elsewhere: str = "Heard elsewhere"
    province: str = "Heard everywhere"


@pytest.fixture
def titles(app: APIFlask, clock: FixedClock) -> Titles:
    """An announcement, a slot, a station with an incident and a campaign of each."""
    found = Titles()
    with app.app_context():
        things = TwoDistricts(db.session, clock.now)
        things.places()
        for place, title in ((HERE, found.here), (ELSEWHERE, found.elsewhere), (PROVINCE, found.province)):
            slot = things.slot(place)
            slot.programme.title = title
            slot.programme.items[0].announcement.title = title
            campaign = things.campaign(place)
            campaign.title = title
            if place != PROVINCE:
                station = things.station(place)
                db.session.add(
                    IncidentEntry(
                        station_id=station.id,
                        journal=1,
                        at=clock.now,
                        code="board_silent",
                        subject=title,
                        message=title,
                        received_at=clock.now,
                    )
                )
        db.session.commit()
    return found


@pytest.fixture
def editor(app: APIFlask, clock: FixedClock, titles: Titles) -> FlaskClient:
    """Somebody who is editor of one district."""
    return browser_of(app, clock.now, (Role.EDITOR,), HERE)


@pytest.mark.parametrize(
    "path",
    [
        "/announcements",
        "/api/v1/announcements",
        "/recordings",
        "/schedule",
        "/api/v1/slots",
        "/schedule/new",
        "/campaigns",
        "/campaigns/new",
    ],
)
def test_a_list_holds_what_is_theirs_and_the_provinces(
    app: APIFlask, clock: FixedClock, editor: FlaskClient, titles: Titles, path: str
) -> None:
    """Not what is another district's; who reaches everywhere sees all three."""
    page = editor.get(path).text
    assert titles.here in page
    assert titles.province in page
    assert titles.elsewhere not in page
    everything = browser_of(app, clock.now, (Role.EDITOR,)).get(path).text
    assert all(title in everything for title in (titles.here, titles.elsewhere, titles.province))


@pytest.mark.parametrize("path", ["/stations", "/places", "/", "/incidents"])
def test_villages_and_their_stations_are_those_of_their_places(
    app: APIFlask, clock: FixedClock, editor: FlaskClient, path: str
) -> None:
    """On Today too."""
    page = editor.get(path).text
    whole = browser_of(app, clock.now, (Role.EDITOR,)).get(path).text
    assert "Ban Lamam" not in page
    assert "/stations/ban-lamam" not in page
    if path != "/":
        assert "Thateng Neua" in page
        assert "Ban Lamam" in whole
    else:
        assert "of 1 online" in page
        assert "of 2 online" in whole


def test_every_page_about_one_thing_is_there_for_its_district_only(
    app: APIFlask, clock: FixedClock, titles: Titles
) -> None:
    """Pages that are added later too: the gate reads the address."""
    app.config["PROPAGATE_EXCEPTIONS"] = False  # some doors look for sound, which these things have not
    browsers: dict[tuple[object, ...], FlaskClient] = {}

    def somebody(roles: tuple[Role, ...], place: str) -> FlaskClient:
        if (roles, place) not in browsers:
            browsers[roles, place] = browser_of(app, clock.now, roles, place)
        return browsers[roles, place]

    walked = 0
    for rule in app.url_map.iter_rules():
        about = set(rule.arguments) & OWNED
        view = app.view_functions[rule.endpoint]
        if "GET" not in (rule.methods or set()) or not about or getattr(view, "station_door", False):
            continue
        roles = getattr(view, "required_roles", ()) or (Role.EDITOR,)
        if set(roles) == {Role.ADMINISTRATOR}:
            continue
        roles = tuple(role for role in roles if role is not Role.ADMINISTRATOR)
        with app.app_context():
            things = TwoDistricts(db.session, clock.now)
            values = dict.fromkeys(rule.arguments, 1)
            values |= {name: things.named(name, HERE, "approved") for name in about}
            db.session.commit()
            with app.test_request_context():
                address = app.url_for(rule.endpoint, **values)
        assert somebody(roles, ELSEWHERE).get(address).status_code == 404, rule.rule
        assert somebody(roles, HERE).get(address).status_code != 403, rule.rule
        walked += 1
    assert walked > 8


def test_a_campaign_of_the_province_shows_a_district_its_own_villages(
    app: APIFlask, clock: FixedClock, editor: FlaskClient
) -> None:
    """Its figures are of the villages shown."""
    with app.app_context():
        number = TwoDistricts(db.session, clock.now).campaign(PROVINCE).id
        db.session.commit()
    for path in (f"/campaigns/{number}", f"/campaigns/{number}.csv"):
        page = editor.get(path).text
        assert "Thateng Neua" in page
        assert "Ban Lamam" not in page
    assert editor.get("/places/V2").status_code == 404
    assert editor.get(f"/places/{PROVINCE}").status_code == 200


def test_what_a_district_makes_is_its_own(editor: FlaskClient, titles: Titles) -> None:
    """Without being asked, where there is one place; nothing is made for another or for the province."""
    made = editor.post("/api/v1/announcements", json={"title": "New", "kind": "other"})
    assert made.json["place"] == HERE
    beyond = editor.post("/api/v1/announcements", json={"title": "New", "place": ELSEWHERE})
    assert beyond.status_code == 403
    assert beyond.json["message"].startswith("This belongs to Lamam.")
    assert editor.post("/api/v1/announcements", json={"title": "New", "place": "no"}).status_code == 422
    given = editor.post(f"/announcements/{made.json['announcement']}/place", data={"place": ""})
    assert given.status_code == 303
    page = editor.get(f"/announcements/{made.json['announcement']}").text
    assert "This belongs to the whole province." in page
    assert "Belongs to: Thateng" in page


def test_what_is_not_seen_cannot_be_scheduled(editor: FlaskClient, app: APIFlask, clock: FixedClock) -> None:
    """Neither by its number: it is not there."""
    with app.app_context():
        number = TwoDistricts(db.session, clock.now).ready(ELSEWHERE)
        db.session.commit()
    wish = {"announcements": [number], "times": ["10:00"], "places": [HERE]}
    assert editor.post("/api/v1/slots", json=wish).status_code == 404


def test_lists_are_narrowed_to_the_place_looked_at(app: APIFlask, clock: FixedClock, titles: Titles) -> None:
    """Remembered with the person; one's rights stay as they are; the way back leads nowhere else."""
    browser = browser_of(app, clock.now, (Role.EDITOR,))
    assert browser.post("/place", data={"place": HERE, "next": "/schedule"}).location == "/schedule"
    page = browser.get("/schedule").text
    assert titles.elsewhere not in page
    assert titles.province in page
    assert 'name="place" value="LA1504" aria-pressed="true"' in page
    assert 'name="place" value="V1" aria-pressed="false"' in page
    assert titles.elsewhere in browser.get("/schedule/new").text
    assert browser.post("/place", data={"place": "", "next": "//elsewhere.example"}).location == "/"
    assert titles.elsewhere in browser.get("/schedule").text


def test_an_administrator_says_on_a_page_where_a_role_holds(
    app: APIFlask, clock: FixedClock, titles: Titles, signed_in: Callable[..., FlaskClient]
) -> None:
    """Ticked in the tree of places, and shown wherever the role is."""
    editor = browser_of(app, clock.now, (Role.EDITOR,)).person  # type: ignore[attr-defined]  # set there
    administrator = signed_in()
    path = f"/settings/people/{editor.id}/places/editor"
    assert 'value="LA1504"' in administrator.get(path).text
    assert administrator.post(path, data={"places": ["no"]}).status_code == 422
    assert administrator.post(path, data={"places": [HERE, "V2"]}).status_code == 303
    page = administrator.get(f"/settings/people/{editor.id}").text
    assert "Thateng, Ban Lamam" in page
    assert "Thateng, Ban Lamam" in administrator.get("/settings/people").text
    assert administrator.get(f"/settings/people/{editor.id}/places/administrator").status_code == 404
    with app.app_context():
        assert person(db.session, editor.id).may(Role.EDITOR)
