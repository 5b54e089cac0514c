"""A browser is signed in as long as its row lives; a copied cookie opens nothing after that."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts import pauses, sessions
from broadcaster.accounts.browsers import browser_words
from broadcaster.accounts.service import Role, add_person, people, trail
from broadcaster.accounts.sign_in_models import SignInSession
from broadcaster.database import db
from tests.broadcaster.accounts.browser import EMAIL, PASSWORD, add, person, send, sign_in

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36"


def copied(browser: FlaskClient, app: APIFlask) -> FlaskClient:
    """Another browser with the same cookie."""
    cookie = browser.get_cookie("sekong_session")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("sekong_session", cookie.value)
    return thief


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/settings").status_code == 200


def enter(app: APIFlask, agent: str = FIREFOX, **more: str) -> FlaskClient:
    browser = app.test_client()
    values = {"email": EMAIL, "password": PASSWORD, **more}
    assert browser.post("/sign-in", data=values, headers={"User-Agent": agent}).status_code == 302
    return browser


def test_a_cookie_copied_before_signing_out_opens_nothing_after(strict_app: APIFlask, clock) -> None:
    """Also one that was to stay for two weeks; the trail has both lines."""
    add(strict_app, clock.now)
    browser = strict_app.test_client()
    sign_in(browser, remember="y")
    thief = copied(browser, strict_app)
    assert is_in(thief)
    send(browser, "/sign-out")
    assert not is_in(thief)
    assert not is_in(browser)
    with strict_app.app_context():
        assert [line.action for line in trail(db.session)][:2] == ["person.sign_out", "person.sign_in"]


def test_a_new_password_signs_every_other_device_out(app: APIFlask, clock) -> None:
    """Copies of the own cookie too; this browser stays."""
    add(app, clock.now)
    mine, other = enter(app), enter(app)
    thief = copied(mine, app)
    mine.post("/settings/password", data={"present": PASSWORD, "new": "quite another pass phrase"})
    assert (is_in(mine), is_in(other), is_in(thief)) == (True, False, False)


def test_the_list_shows_every_device_and_ends_one_or_all_others(app: APIFlask, clock) -> None:
    """In words a person knows: which browser, from where, when; this one is marked and stays."""
    add(app, clock.now)
    mine, phone, other = enter(app), enter(app, PHONE), enter(app)
    page = mine.get("/settings").get_data(as_text=True)
    for words in ("Firefox on Windows", "Chrome on Android", "127.0.0.1", "today 09:00"):
        assert words in page
    assert page.count("this one</span>") == 1
    with app.app_context():
        phones = db.session.scalars(select(SignInSession).where(SignInSession.browser == PHONE)).one().id
    assert mine.post(f"/settings/sessions/{phones}/end").status_code == 303
    assert (is_in(mine), is_in(phone), is_in(other)) == (True, False, True)
    mine.post("/settings/sessions/end-others")
    assert (is_in(mine), is_in(other)) == (True, False)


def test_nobody_ends_somebody_elses_session_but_an_administrator(
    app: APIFlask, signed_in: Callable[..., FlaskClient], clock
) -> None:
    """To others it is not even there."""
    number = add(app, clock.now)
    theirs, also = enter(app), enter(app)
    with app.app_context():
        row = sessions.live(db.session, person(), clock.now)[0].id
    assert signed_in(Role.EDITOR).post(f"/settings/sessions/{row}/end").status_code == 404
    assert signed_in(Role.EDITOR).post(f"/settings/people/{number}/sessions/end").status_code == 403
    assert is_in(theirs)
    assert is_in(also)
    assert signed_in().post(f"/settings/sessions/{row}/end").status_code == 303
    assert [is_in(theirs), is_in(also)].count(True) == 1
    signed_in().post(f"/settings/people/{number}/sessions/end")
    assert not is_in(theirs)
    assert not is_in(also)


@pytest.mark.parametrize(
    ("remember", "used_until", "over"),
    [
        ({}, timedelta(hours=20), timedelta(hours=12)),
        ({"remember": "y"}, timedelta(days=13), timedelta(days=1)),
    ],
    ids=["plain", "remembered"],
)
def test_a_session_runs_out(
    app: APIFlask, clock, remember: dict[str, str], used_until: timedelta, over: timedelta
) -> None:
    """Twelve hours after it was last used; with "stay signed in" two weeks after it began, used or not."""
    add(app, clock.now)
    browser = enter(app, **remember)
    end = clock.now + used_until
    while clock.now < end:
        clock.advance(hours=10)
        assert is_in(browser)
    clock.now += over
    assert not is_in(browser)


def test_a_cookie_planted_before_signing_in_is_worth_nothing_after(strict_app: APIFlask, clock) -> None:
    """Session fixation: neither the planted cookie nor its form token works for whoever knows them."""
    add(strict_app, clock.now)
    victim = strict_app.test_client()
    page = victim.get("/sign-in").get_data(as_text=True)
    planted = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert planted
    thief = copied(victim, strict_app)
    values = {"email": EMAIL, "password": PASSWORD, "csrf_token": planted.group(1)}
    assert victim.post("/sign-in", data=values).status_code == 302
    assert not is_in(thief)
    assert is_in(victim)
    forged = victim.post("/settings/sessions/end-others", data={"csrf_token": planted.group(1)})
    assert forged.status_code == 400


def test_a_cookie_without_its_word_or_with_anothers_opens_nothing(
    app: APIFlask, clock, signed_in: Callable[..., FlaskClient]
) -> None:
    """Even one that the server itself had signed."""
    add(app, clock.now)
    administrator = signed_in().person  # type: ignore[attr-defined]  # the fixture's
    browser = enter(app)
    with browser.session_transaction() as cookie:
        cookie["_user_id"] = administrator.fs_uniquifier
    assert not is_in(browser)
    with browser.session_transaction() as cookie:
        cookie.pop("sign_in_word")
    assert not is_in(browser)


@pytest.mark.parametrize(
    "elsewhere",
    ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example", "javascript:alert(1)"],
)
def test_a_way_back_that_leads_elsewhere_is_not_taken(strict_app: APIFlask, clock, elsewhere: str) -> None:
    """In the address or in the form; signing in works all the same, and stays on this server."""
    add(strict_app, clock.now)
    browser = strict_app.test_client()
    assert browser.get("/sign-in", query_string={"next": elsewhere}).status_code == 200
    answer = sign_in(browser, next=elsewhere)
    assert answer.status_code == 302
    assert answer.location in ("/", "/%5Celsewhere.example")


@pytest.mark.parametrize("nothing", ["//[", "http://[", "//[x]y", "/settings\x00", "/\t/elsewhere.example"])
def test_a_way_back_that_is_no_address_is_refused(strict_app: APIFlask, clock, nothing: str) -> None:
    """In the address or in the form: a request that no browser makes is no fault of the server."""
    add(strict_app, clock.now)
    browser = strict_app.test_client()
    assert browser.get("/sign-in", query_string={"next": nothing}).status_code == 400
    assert sign_in(browser, next=nothing).status_code == 400
    assert not is_in(browser)


def test_a_token_in_the_address_or_the_body_is_no_token(
    app: APIFlask, signed_in: Callable[..., FlaskClient], client: FlaskClient
) -> None:
    """Addresses stand in logs and histories; the header works."""
    with app.app_context():
        token = signed_in().person.get_auth_token()  # type: ignore[attr-defined]  # the fixture's
    door = "/api/v1/announcements"
    assert client.get(f"{door}?auth_token={token}").status_code == 401
    assert client.post(door, json={"auth_token": token, "title": "x"}).status_code == 401
    assert client.get(door, headers={"Authentication-Token": token}).status_code == 200


def test_only_a_hash_of_the_cookies_word_is_kept(session: Session, clock) -> None:
    """A stolen copy of the database signs nobody in; what ended a month ago is gone."""
    someone = add_person(session, EMAIL, PASSWORD, [Role.EDITOR], "Tested", clock.now)
    row, word = sessions.begin(session, someone, clock.now)
    assert word not in str(vars(row))
    assert sessions.find(session, word, clock.now) is row
    assert sessions.find(session, row.token_hash, clock.now) is None
    sessions.begin(session, someone, clock.advance(days=31))
    assert sessions.find(session, word, clock.now) is None
    pauses.forget_old(session, {}, clock.now)
    assert len(session.scalars(select(SignInSession)).all()) == 1
    assert len(people(session)) == 1


def test_an_unknown_browser_is_said_to_be_unknown(app: APIFlask) -> None:
    """Whatever a program sends, it is only words."""
    with app.test_request_context():
        assert browser_words("<script>alert(1)</script>") == "An unknown browser"
        assert browser_words("curl/8 (Linux)") == "Linux"
