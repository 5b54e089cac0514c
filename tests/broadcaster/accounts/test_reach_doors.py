"""Every door that changes something lets in whom its line of the table says, where their role holds."""

from __future__ import annotations

import itertools

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from broadcaster.accounts.models import AuditEntry
from broadcaster.accounts.service import Role
from broadcaster.database import db
from tests.broadcaster.accounts.door_table import DOORS, For
from tests.broadcaster.accounts.two_districts import ELSEWHERE, HERE, PROVINCE, TwoDistricts, browser_of
from tests.broadcaster.conftest import FixedClock

SAFE = {"GET", "HEAD", "OPTIONS"}


def of(whose: For) -> list[list[str]]:
    """The doors of a kind, one blueprint's together: to make an application takes longer than to knock."""
    names = sorted(name for name, door in DOORS.items() if door.whose is whose)
    return [list(group) for _room, group in itertools.groupby(names, lambda name: name.partition(".")[0])]


def room(names: list[str]) -> str:
    return names[0].partition(".")[0]


@pytest.fixture
def world(app: APIFlask, clock: FixedClock) -> None:
    """Two districts, empty."""
    with app.app_context():
        TwoDistricts(db.session, clock.now).places()
        db.session.commit()


class Knocker:
    """Somebody who knocks at one door, each time about a thing made for this knock."""

    def __init__(self, app: APIFlask, now, name: str) -> None:
        self.app, self.now, self.door = app, now, DOORS[name]
        endpoint, self.method = name.split()
        rules = app.url_map.iter_rules(endpoint)
        self.rule = next(rule for rule in rules if self.method in (rule.methods or set()))

    def somebody(self, *places: str, roles: tuple[Role, ...] | None = None) -> FlaskClient:
        return browser_of(self.app, self.now, self.door.roles if roles is None else roles, *places)

    def knock(self, browser: FlaskClient, place: str) -> TestResponse:
        with self.app.app_context():
            things = TwoDistricts(db.session, self.now)
            values = dict.fromkeys(self.rule.arguments, 1)
            if self.door.about:
                values[self.door.about] = things.named(self.door.about, place, self.door.state)
            body = self.door.body if isinstance(self.door.body, dict) else self.door.body(things, place)
            db.session.commit()
            with self.app.test_request_context():
                address = self.app.url_for(self.rule.endpoint, **values)
        sent = {"json": body} if address.startswith("/api/") else {"data": body}
        return browser.open(address, method=self.method, **sent)

    def lines(self) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count(AuditEntry.id))) or 0

    def newest(self, most: int = 5) -> list[str]:
        with self.app.app_context():
            query = select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(most)
            return list(db.session.scalars(query))


def let_in(answer: TestResponse) -> bool:
    """What is wrong in what was sent is told to those who were let in only."""
    return answer.status_code < 500 and answer.status_code not in (401, 403, 404, 405)


def test_every_door_that_changes_something_has_its_line(app: APIFlask) -> None:
    """Who adds a door says for whom it is and what it writes, or this fails."""
    there = {
        f"{rule.endpoint} {method}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - SAFE
    }
    assert there - set(DOORS) == set()
    assert set(DOORS) - there == set()


def test_every_line_says_what_is_written_or_why_nothing(app: APIFlask) -> None:
    """A door that changes something leaves a line in the trail, here or in the tests it names."""
    assert [name for name, door in DOORS.items() if bool(door.writes) == bool(door.because)] == []


@pytest.mark.parametrize("names", of(For.PLACE), ids=room)
def test_a_role_holds_at_its_places(app: APIFlask, clock: FixedClock, world: None, names: list[str]) -> None:
    """Who has it for the province or the right district is in; for the other, the thing is not there."""
    for name in names:
        knocker = Knocker(app, clock.now, name)
        door, before = knocker.door, knocker.lines()
        refused = knocker.knock(knocker.somebody(ELSEWHERE), HERE)
        if door.about:
            assert refused.status_code == 404, name
        else:
            assert refused.status_code in (403, 422) or "This belongs to " in refused.text, name
        assert knocker.knock(knocker.somebody(roles=()), HERE).status_code == 403, name
        if door.writes:
            assert door.writes not in knocker.newest(knocker.lines() - before), name
        for somebody in (knocker.somebody(), knocker.somebody(HERE), knocker.somebody("V1", HERE)):
            before = knocker.lines()
            answer = knocker.knock(somebody, HERE)
            if door.also and answer.status_code == 404:
                continue  # the other thing its address names is not there; the gate was passed
            assert let_in(answer), (name, answer.status_code, answer.text[:500])
            if door.writes:
                written = knocker.newest(knocker.lines() - before)
                assert door.writes in written, (name, answer.text[:2000])


@pytest.mark.parametrize("names", of(For.PLACE), ids=room)
def test_what_is_the_provinces_is_seen_by_a_district_and_not_touched(
    app: APIFlask, clock: FixedClock, world: None, names: list[str]
) -> None:
    """And it is said whose it is. Stations are left out: each stands in a village."""
    for name in names:
        if DOORS[name].about in ("", "station_id"):
            continue
        knocker = Knocker(app, clock.now, name)
        before = knocker.lines()
        answer = knocker.knock(knocker.somebody(HERE), PROVINCE)
        assert answer.status_code == 403, name
        assert "This belongs to the whole province." in answer.text, name
        if knocker.door.writes:
            assert knocker.door.writes not in knocker.newest(knocker.lines() - before), name
        administrator = knocker.knock(knocker.somebody(roles=(Role.ADMINISTRATOR,)), PROVINCE)
        assert let_in(administrator) or knocker.door.also, name


@pytest.mark.parametrize("names", of(For.PROVINCE), ids=room)
def test_things_of_the_province_are_for_roles_that_hold_everywhere(
    app: APIFlask, clock: FixedClock, world: None, names: list[str]
) -> None:
    """A district's editor uses its jingles and does not change them."""
    for name in names:
        knocker = Knocker(app, clock.now, name)
        assert knocker.knock(knocker.somebody(HERE), PROVINCE).status_code == 403, name
        assert knocker.knock(knocker.somebody(roles=()), PROVINCE).status_code == 403, name
        if name == "jingles.chime POST":
            continue  # it makes a sound, which takes long
        answer = knocker.knock(knocker.somebody(), PROVINCE)
        assert let_in(answer), (name, answer.text[:500])
        if knocker.door.writes:
            assert knocker.door.writes in knocker.newest(), name


@pytest.mark.parametrize("names", of(For.ADMINISTRATORS), ids=room)
def test_people_and_keys_are_the_administrators(
    app: APIFlask, clock: FixedClock, world: None, names: list[str]
) -> None:
    """Whatever else somebody may do, and wherever."""
    others = tuple(role for role in Role if role is not Role.ADMINISTRATOR)
    for name in names:
        knocker = Knocker(app, clock.now, name)
        for somebody in (knocker.somebody(roles=others), knocker.somebody(HERE, roles=others)):
            assert knocker.knock(somebody, HERE).status_code == 403, name


@pytest.mark.parametrize(
    ("name", "writes"),
    [("library.submit POST", "recording.submit"), ("library.tag POST", "announcement.changed")],
)
def test_acts_on_many_leave_out_what_is_not_theirs(
    app: APIFlask, clock: FixedClock, world: None, name: str, writes: str
) -> None:
    """Each of the things chosen is asked about."""
    knocker = Knocker(app, clock.now, name)
    knocker.knock(knocker.somebody(ELSEWHERE), HERE)
    knocker.knock(knocker.somebody(HERE), PROVINCE)
    assert knocker.knock(knocker.somebody(roles=()), HERE).status_code == 403
    assert writes not in knocker.newest(50)
    knocker.knock(knocker.somebody(HERE), HERE)
    assert writes in knocker.newest(50)
