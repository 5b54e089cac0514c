"""Dangerous acts ask who is there, unless that was proved within the last quarter of an hour."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from broadcaster.accounts.service import Role, set_password, trail
from broadcaster.database import db
from tests.broadcaster.accounts.browser import PASSWORD, add, code_of, person, with_app

DANGEROUS = {
    "account_links.make",
    "account_sign_in.lift",
    "account_sign_in.new_spare_codes",
    "account_sign_in.remove",
    "account_sign_in.remove_own",
    "account_sign_in.set_up_second_factor",
    "accounts.everybody",
    "accounts.lock",
    "accounts.one",
    "accounts.unlock",
}


@pytest.fixture
def stale(app: APIFlask, signed_in: Callable[..., FlaskClient], clock) -> FlaskClient:
    """An administrator's browser that was signed in twenty minutes ago."""
    with app.app_context():
        signed_in()
        set_password(db.session, person("administrator@example.org"), PASSWORD, clock.now)
        db.session.commit()
    browser = signed_in()
    clock.advance(minutes=20)
    return browser


def roles_of(app: APIFlask) -> set[str]:
    with app.app_context():
        return {role.value for role in person().role_set}


def test_every_dangerous_door_asks(app: APIFlask) -> None:
    """A door that no longer asks fails here."""
    asking = {name for name, view in app.view_functions.items() if getattr(view, "asks_who", False)}
    assert asking >= DANGEROUS


def test_the_act_goes_on_with_what_was_sent_once_the_password_is_given(
    app: APIFlask, stale: FlaskClient, clock
) -> None:
    """Nothing typed is lost; then there is a quarter of an hour of peace."""
    number = add(app, clock.now)
    asked = stale.post(f"/settings/people/{number}", data={"roles": ["approver", "officer"]})
    page = asked.get_data(as_text=True)
    assert asked.status_code == 401
    assert "Confirm that it is you" in page
    assert roles_of(app) == {"editor"}
    kept = re.findall(r'<input type="hidden" name="(\w+)" value="(\w+)">', page)
    assert [pair for pair in kept if pair[0] != "csrf_token"] == [("roles", "approver"), ("roles", "officer")]
    data = {"roles": ["approver", "officer"], "confirm_with": "not the password"}
    wrong = stale.post(f"/settings/people/{number}", data=data)
    assert wrong.status_code == 401
    assert b"The password or the code is not right." in wrong.data
    assert roles_of(app) == {"editor"}
    data["confirm_with"] = PASSWORD
    assert stale.post(f"/settings/people/{number}", data=data).status_code == 303
    assert roles_of(app) == {"approver", "officer"}
    clock.advance(minutes=15)
    assert stale.post(f"/settings/people/{number}", data={"roles": ["editor"]}).status_code == 303
    clock.advance(minutes=1)
    assert stale.post(f"/settings/people/{number}", data={"roles": ["officer"]}).status_code == 401
    with app.app_context():
        me = person("administrator@example.org").id
        assert "person.confirm_failed" in [line.action for line in trail(db.session, f"person:{me}")]


def test_the_code_of_the_app_confirms_as_well_and_only_once(app: APIFlask, stale: FlaskClient, clock) -> None:
    """A code somebody saw does not confirm the next act."""
    number = add(app, clock.now)
    key, _spare = with_app(app, clock.now, "administrator@example.org")
    data = {"roles": ["officer"], "confirm_with": code_of(key, clock.now)}
    assert stale.post(f"/settings/people/{number}", data=data).status_code == 401
    data["confirm_with"] = code_of(key, clock.advance(seconds=30))
    assert stale.post(f"/settings/people/{number}", data=data).status_code == 303


def test_guessing_there_brings_the_pause_too(app: APIFlask, stale: FlaskClient, clock) -> None:
    """A stolen browser does not find the password out."""
    number = add(app, clock.now)
    data = {"roles": ["officer"], "confirm_with": "guess"}
    answers = [stale.post(f"/settings/people/{number}", data=data).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
    data["confirm_with"] = PASSWORD
    assert stale.post(f"/settings/people/{number}", data=data).status_code == 429
    wrong = stale.post("/settings/password", data={"present": PASSWORD, "new": "quite another pass phrase"})
    assert b"Too many wrong attempts." in wrong.data


def test_pieces_of_pages_and_programs_are_told(app: APIFlask, stale: FlaskClient, client, clock) -> None:
    """htmx goes to the page that asks and back; a token never proves who sits there."""
    number = add(app, clock.now)
    address = f"/settings/people/{number}/lock"
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://localhost/settings/people/{number}"}
    piece = stale.post(address, headers=headers)
    assert piece.status_code == 401
    assert piece.headers["HX-Redirect"] == f"/confirm?next=/settings/people/{number}"
    for elsewhere in ("http://elsewhere.example/settings", "http://["):
        piece = stale.post(address, headers=headers | {"HX-Current-URL": elsewhere})
        assert piece.headers["HX-Redirect"] == "/confirm?next=/"
    with app.app_context():
        token = person("administrator@example.org").get_auth_token()
    for told in (
        client.post(address, headers={"Authentication-Token": token}),
        stale.post(address, json={}),
        client.post(address, data={"confirm_with": PASSWORD}, headers={"Authentication-Token": token}),
    ):
        assert (told.status_code, told.json["code"]) == (401, "confirm_first")
    with app.app_context():
        assert person().active


def test_the_page_that_asks_leads_back_and_nowhere_else(app: APIFlask, stale: FlaskClient, clock) -> None:
    """A stranger's link is forgotten."""
    number = add(app, clock.now)
    page = stale.get("/confirm?next=/settings/people")
    assert page.status_code == 200
    assert b"Your password" in page.data
    answer = stale.post("/confirm", data={"password": PASSWORD, "next": "/settings/people"})
    assert answer.location == "/settings/people"
    assert stale.post(f"/settings/people/{number}/lock").status_code == 303
    answer = stale.post("/confirm", data={"password": PASSWORD, "next": "//elsewhere.example"})
    assert answer.location == "/"


def test_looking_needs_no_proof(stale: FlaskClient) -> None:
    """Only acts do."""
    assert stale.get("/settings/people").status_code == 200
    assert stale.get("/settings/second-factor").status_code == 200
    assert Role.ADMINISTRATOR in stale.person.role_set  # type: ignore[attr-defined]  # the fixture's
