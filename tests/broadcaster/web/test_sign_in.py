"""Signing in: by address and password, never telling which was wrong, not endlessly often."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from broadcaster.accounts.service import Role, add_person, trail
from broadcaster.database import db

PASSWORD = "a long enough pass phrase"


@pytest.fixture
def somebody(strict_app: APIFlask, clock) -> str:
    """The address of somebody who can sign in."""
    with strict_app.app_context():
        add_person(db.session, "ann@example.org", PASSWORD, [Role.EDITOR], "Ann", clock.now)
        db.session.commit()
    return "ann@example.org"


def attempt(browser: FlaskClient, email: str, password: str, **more: str):  # type: ignore[no-untyped-def]  # a test response
    values = {"email": email, "password": password, "csrf_token": word_of(browser, "/sign-in"), **more}
    return browser.post("/sign-in", data=values)


def word_of(browser: FlaskClient, address: str) -> str:
    """The page's word against forged forms."""
    page = browser.get(address).get_data(as_text=True)
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found
    return found.group(1)


def choose_language(browser: FlaskClient, language: str) -> None:
    """By the switch on the sign-in page."""
    values = {"language": language, "next": "/sign-in", "csrf_token": word_of(browser, "/sign-in")}
    assert browser.post("/language", data=values).status_code == 303


def test_the_right_password_opens_the_pages(strict_app: APIFlask, somebody: str) -> None:
    """After signing in, the pages greet by name; the trail has a line."""
    browser = strict_app.test_client()
    assert attempt(browser, somebody, PASSWORD).status_code == 302
    assert "Ann" in browser.get("/settings").get_data(as_text=True)
    with strict_app.app_context():
        assert trail(db.session)[0].action == "person.sign_in"


def test_a_wrong_address_and_a_wrong_password_look_the_same(strict_app: APIFlask, somebody: str) -> None:
    """Nobody learns from the page who has an account."""
    pages = []
    for email, password in ((somebody, "wrong wrong wrong"), ("nobody@example.org", PASSWORD)):
        page = attempt(strict_app.test_client(), email, password).get_data(as_text=True)
        assert "The e-mail address or the password is not right." in page
        page = re.sub(r'content="[^"]*"|value="[^"]*"|nonce="[^"]*"', "", page)
        pages.append(page)
    assert pages[0] == pages[1]


def test_a_failed_attempt_is_in_the_trail_without_what_was_typed(strict_app: APIFlask, somebody: str) -> None:
    """People type passwords into the wrong field."""
    attempt(strict_app.test_client(), somebody, "wrong wrong wrong")
    with strict_app.app_context():
        newest = trail(db.session)[0]
    assert (newest.action, newest.actor) == ("person.sign_in_failed", "stranger")
    assert "wrong" not in str(newest.after)


def test_after_five_wrong_attempts_at_an_account_the_next_must_wait(
    strict_app: APIFlask, somebody: str, clock
) -> None:
    """The right password waits too; other accounts are not held up; the page says until when."""
    browser = strict_app.test_client()
    statuses = [attempt(browser, somebody, f"guess number {number}").status_code for number in range(6)]
    assert statuses == [200] * 5 + [429]
    refused = attempt(browser, somebody, PASSWORD)
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert b"Too many wrong attempts. Try again from today 09:01 on." in refused.data
    assert attempt(browser, "nobody@example.org", "x").status_code == 200
    clock.advance(minutes=1)
    assert attempt(browser, somebody, PASSWORD).status_code == 302


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(strict_app: APIFlask, somebody: str) -> None:
    """HttpOnly and SameSite=Lax always; Secure where people come by https."""
    answer = attempt(strict_app.test_client(), somebody, PASSWORD, remember="y")
    cookies = answer.headers.getlist("Set-Cookie")
    assert [cookie.split("=")[0] for cookie in cookies] == ["sekong_session"]
    assert "Expires=" in cookies[0]
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_signing_out_takes_a_button_not_a_link(strict_app: APIFlask, somebody: str) -> None:
    """A picture in a letter cannot sign anybody out."""
    browser = strict_app.test_client()
    attempt(browser, somebody, PASSWORD)
    assert browser.get("/sign-out").status_code == 405
    assert browser.post("/sign-out").status_code == 400
    token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/settings").get_data(as_text=True))
    assert token
    browser.post("/sign-out", data={"csrf_token": token.group(1)})
    assert browser.get("/settings").status_code == 302


def spoken(browser: FlaskClient, address: str = "/settings") -> str:
    """The language of a page."""
    found = re.search(r'<html lang="(\w+)"', browser.get(address).get_data(as_text=True))
    assert found
    return found.group(1)


def test_the_language_chosen_on_the_sign_in_page_stays_after_it(strict_app: APIFlask, somebody: str) -> None:
    """Who chose Lao there is not spoken to in English behind the door, nor on another device later."""
    browser = strict_app.test_client()
    choose_language(browser, "lo")
    assert attempt(browser, somebody, PASSWORD).status_code == 302
    assert spoken(browser) == "lo"
    elsewhere = strict_app.test_client()
    attempt(elsewhere, somebody, PASSWORD)
    assert spoken(elsewhere) == "lo"


def test_a_language_that_somebody_else_left_on_the_sign_in_page_is_nobodys_choice(
    strict_app: APIFlask, somebody: str
) -> None:
    """On a shared computer the page goes on as it was left; each is spoken to in their own language."""
    browser = strict_app.test_client()
    browser.set_cookie("language", "lo")
    assert spoken(browser, "/sign-in") == "lo"
    attempt(browser, somebody, PASSWORD)
    assert spoken(browser) == "en"


def test_a_choice_on_the_way_in_counts_once(strict_app: APIFlask, somebody: str, clock) -> None:
    """What one chose is not handed on to the next who signs in here."""
    with strict_app.app_context():
        add_person(db.session, "bea@example.org", PASSWORD, [Role.EDITOR], "Bea", clock.now, language="en")
        db.session.commit()
    browser = strict_app.test_client()
    choose_language(browser, "lo")
    attempt(browser, somebody, PASSWORD)
    assert browser.post("/sign-out", data={"csrf_token": word_of(browser, "/settings")}).status_code == 302
    attempt(browser, "bea@example.org", PASSWORD)
    assert spoken(browser) == "en"
