"""After the password a code, good once; without the phone a spare code, good once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts import second_factor
from broadcaster.accounts.service import Role, add_person, trail
from broadcaster.accounts.sign_in_models import RecoveryCode
from broadcaster.config import AccountsSettings
from broadcaster.database import db
from broadcaster.errors import BadInput, NotPossible
from tests.broadcaster.accounts.browser import (
    EMAIL,
    PASSWORD,
    add,
    code_of,
    person,
    send,
    sign_in,
    with_app,
)


def demand(app: APIFlask, word: str) -> None:
    settings = app.config["SETTINGS"]
    changed = AccountsSettings(second_factor=word)  # type: ignore[arg-type]  # one of the three
    app.config["SETTINGS"] = settings.model_copy(update={"accounts": changed})


def test_a_code_is_asked_for_after_the_password(strict_app: APIFlask, clock) -> None:
    """The password alone opens nothing; then the way goes on to the page that was wanted."""
    add(strict_app, clock.now)
    key, _spare = with_app(strict_app, clock.now)
    clock.advance(minutes=5)
    browser = strict_app.test_client()
    answer = sign_in(browser, next="/announcements")
    assert answer.location == "/sign-in/code?next=/announcements"
    assert browser.get("/settings").status_code == 302
    wrong = send(browser, answer.location, on=answer.location, code="000000")
    assert wrong.status_code == 200
    assert b"The code is not right." in wrong.data
    right = send(browser, answer.location, on=answer.location, code=code_of(key, clock.now))
    assert right.location == "/announcements"
    assert browser.get("/settings").status_code == 200


def test_a_code_is_good_once(app: APIFlask, clock) -> None:
    """Whoever looks over the shoulder is too late, also with the step before; the next one works."""
    add(app, clock.now)
    key, _spare = with_app(app, clock.now)
    clock.advance(minutes=5)

    def attempt(code: str) -> bool:
        browser = app.test_client()
        browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
        browser.post("/sign-in/code", data={"code": code})
        return browser.get("/settings").status_code == 200

    used, before = code_of(key, clock.now), code_of(key, clock.now - timedelta(seconds=30))
    assert attempt(used)
    assert not attempt(used)
    assert not attempt(before)
    assert attempt(code_of(key, clock.advance(seconds=30)))


def test_the_code_that_set_the_app_up_is_used_up(session: Session, clock) -> None:
    """It was typed on a page somebody may have watched."""
    someone = add_person(session, EMAIL, PASSWORD, [Role.EDITOR], "Tested", clock.now)
    secret = second_factor.new_secret()
    key = second_factor.to_scan(someone, secret)["key"]
    code = code_of(key, clock.now)
    with pytest.raises(BadInput):
        second_factor.set_up(session, someone, secret, "000000", clock.now)
    assert not someone.has_second_factor
    second_factor.set_up(session, someone, secret, code, clock.now)
    assert not second_factor.is_right(someone, code)
    assert second_factor.is_right(someone, code_of(key, clock.advance(seconds=30)))
    assert not second_factor.is_right(someone, code_of(key, clock.now - timedelta(minutes=10)))


def test_a_spare_code_is_good_once(app: APIFlask, clock) -> None:
    """Typed with or without dashes; the page says how many are left, the trail that one was used."""
    number = add(app, clock.now)
    _key, spare = with_app(app, clock.now)
    assert len(set(spare)) == 10

    def attempt(code: str) -> FlaskClient:
        browser = app.test_client()
        browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
        browser.post("/sign-in/spare-code", data={"code": code})
        return browser

    page = attempt(spare[0].replace("-", "").upper()).get("/settings")
    assert page.status_code == 200
    assert b"9 spare codes are left." in page.data
    assert attempt(spare[0]).get("/settings").status_code == 302
    assert attempt("0000-0000-0000").get("/settings").status_code == 302
    with app.app_context():
        (used,) = [line for line in trail(db.session, f"person:{number}") if "spare_code_used" in line.action]
        assert used.after == {"left": 9}


def test_somebody_elses_spare_code_opens_nothing(app: APIFlask, client: FlaskClient, clock) -> None:
    """Each is bound to its person."""
    add(app, clock.now)
    add(app, clock.now, "other@example.org")
    with_app(app, clock.now)
    _key, theirs = with_app(app, clock.now, "other@example.org")
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    client.post("/sign-in/spare-code", data={"code": theirs[0]})
    assert client.get("/settings").status_code == 302


def test_guessing_codes_brings_the_pause_however_often_the_password_is_given(app: APIFlask, clock) -> None:
    """Who knows the password cannot wash the wrong codes away with it."""
    add(app, clock.now)
    key, _spare = with_app(app, clock.now)
    clock.advance(minutes=5)
    answers = []
    for number in range(5):
        browser = app.test_client()
        browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
        answers.append(browser.post("/sign-in/code", data={"code": f"{number:06}"}).status_code)
    assert answers == [200] * 5
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 429
    clock.advance(minutes=1)
    browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert browser.post("/sign-in/code", data={"code": code_of(key, clock.now)}).status_code == 302


def test_a_password_given_ten_minutes_ago_must_be_given_again(
    app: APIFlask, client: FlaskClient, clock
) -> None:
    """A browser left half way is no open door."""
    add(app, clock.now)
    key, _spare = with_app(app, clock.now)
    client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    clock.advance(minutes=11)
    answer = client.post("/sign-in/code", data={"code": code_of(key, clock.now)})
    assert answer.location == "/sign-in"
    assert b"That took too long." in client.get("/sign-in").data
    assert client.get("/settings").status_code == 302


def test_an_app_is_set_up_on_the_page_with_a_picture_and_a_key(
    app: APIFlask, signed_in: Callable[..., FlaskClient], clock
) -> None:
    """A reload and a wrong code keep the key; the spare codes are shown once; the trail has a line."""
    browser = signed_in(Role.EDITOR)

    def key_on(page: str) -> str:
        found = re.search(r'<code id="app-key">([^<]+)</code>', page)
        assert found
        return found.group(1)

    page = browser.get("/settings/second-factor").get_data(as_text=True)
    assert 'src="data:image/svg+xml;base64,' in page
    key = key_on(page)
    wrong = browser.post("/settings/second-factor", data={"code": "123456"})
    assert wrong.status_code == 422
    assert key_on(wrong.get_data(as_text=True)) == key
    done = browser.post("/settings/second-factor", data={"code": code_of(key, clock.now)})
    spare = re.findall(r"<code>([0-9a-f-]{14})</code>", done.get_data(as_text=True))
    assert len(spare) == 10
    assert b"10 spare codes are left." in browser.get("/settings").data
    assert not any(code.encode() in browser.get("/settings").data for code in spare)
    with app.app_context():
        newest = trail(db.session, f"person:{browser.person.id}")[0]  # type: ignore[attr-defined]  # the fixture's
    assert (newest.action, newest.after) == ("person.second_factor", {"second_factor": True})


def test_secrets_are_kept_encrypted_or_hashed(session: Session, clock) -> None:
    """A stolen copy of the database shows neither key nor spare code, nor does the trail."""
    someone = add_person(session, EMAIL, PASSWORD, [Role.EDITOR], "Tested", clock.now)
    secret = second_factor.new_secret()
    key = second_factor.to_scan(someone, secret)["key"].replace("-", "")
    spare = second_factor.set_up(session, someone, secret, code_of(key, clock.now), clock.now)
    session.flush()
    kept = [str(someone.tf_totp_secret), *(row.code_hash for row in session.scalars(select(RecoveryCode)))]
    kept += [str((line.before, line.after)) for line in trail(session)]
    assert not any(key in text for text in kept)
    assert not any(code in text or code.replace("-", "") in text for code in spare for text in kept)


def test_new_spare_codes_end_the_earlier_ones(app: APIFlask, clock) -> None:
    """A lost sheet of paper opens nothing."""
    add(app, clock.now)
    _key, spare = with_app(app, clock.now)
    with app.app_context():
        fresh = second_factor.new_spare_codes(db.session, person(), clock.now)
        db.session.commit()
        util = app.extensions["security"].mf_recovery_codes_util
        assert not util.check_recovery_code(person(), spare[0])
        assert util.check_recovery_code(person(), fresh[0])


def test_an_administrator_removes_the_second_factor_of_a_lost_phone(
    app: APIFlask, signed_in: Callable[..., FlaskClient], clock
) -> None:
    """They are signed out everywhere; then the password is enough. It is on the trail."""
    number = add(app, clock.now)
    with_app(app, clock.now)
    assert signed_in(Role.EDITOR).post(f"/settings/people/{number}/second-factor/remove").status_code == 403
    assert signed_in().post(f"/settings/people/{number}/second-factor/remove").status_code == 303
    browser = app.test_client()
    assert browser.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).location == "/"
    with app.app_context():
        lines = trail(db.session, f"person:{number}")
        assert [line.actor for line in lines if line.after == {"second_factor": False}] == [
            "Test administrator"
        ]


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.APPROVER])
def test_where_it_is_required_nothing_else_opens_before_it_is_set_up(
    app: APIFlask, signed_in: Callable[..., FlaskClient], clock, role: Role
) -> None:
    """Pages lead there, programs in the browser are told; signing out and the language stay open."""
    demand(app, "required")
    browser = signed_in(role)
    for address in ("/", "/settings", "/settings/people", "/announcements"):
        assert browser.get(address).location == "/settings/second-factor"
    told = browser.get("/api/v1/announcements")
    assert (told.status_code, told.json["code"]) == (403, "second_factor_needed")
    assert browser.post("/language", data={"language": "lo"}).status_code == 303
    page = browser.get("/settings/second-factor").get_data(as_text=True)
    found = re.search(r'<code id="app-key">([^<]+)</code>', page)
    assert found
    browser.post("/settings/second-factor", data={"code": code_of(found.group(1), clock.now)})
    assert browser.get("/settings").status_code == 200


def test_others_need_none_and_programs_go_on(
    app: APIFlask, signed_in: Callable[..., FlaskClient], client: FlaskClient
) -> None:
    """An editor chooses; a token was given out by somebody at the server."""
    demand(app, "required")
    assert signed_in(Role.EDITOR).get("/settings").status_code == 200
    administrator = signed_in().person  # type: ignore[attr-defined]  # the fixture's
    with app.app_context():
        token = administrator.get_auth_token()
    headers = {"Authentication-Token": token}
    assert client.get("/api/v1/announcements", headers=headers).status_code == 200


@pytest.mark.parametrize("address", ["/sign-in", "/sign-in/code", "/confirm"])
def test_signing_in_hands_out_no_token(app: APIFlask, clock, address: str) -> None:
    """It would open everything without the app that must be set up, and outlive signing out everywhere."""
    demand(app, "required")
    add(app, clock.now, role=Role.APPROVER)
    asked = {"email": EMAIL, "password": PASSWORD}
    answer = app.test_client().post(f"{address}?include_auth_token", json=asked)
    assert answer.status_code == 404
    assert "authentication_token" not in answer.text


def test_switched_off_codes_are_neither_asked_for_nor_set_up(
    app: APIFlask, client: FlaskClient, clock
) -> None:
    """For the day the server's own clock is wrong and every code with it."""
    add(app, clock.now)
    with_app(app, clock.now)
    demand(app, "off")
    assert client.post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).location == "/"
    with app.app_context(), pytest.raises(NotPossible):
        second_factor.set_up(db.session, person(), second_factor.new_secret(), "000000", clock.now)


@pytest.mark.parametrize(
    "address", ["/tf-setup", "/tf-setup/token", "/tf-rescue", "/tf-select", "/mf-recovery-codes"]
)
def test_doors_that_are_not_ours_are_shut(signed_in: Callable[..., FlaskClient], address: str) -> None:
    """The library brings them along; we have others in their place."""
    browser = signed_in()
    assert browser.post(address).status_code == 404
    assert browser.get(address).status_code in (404, 405)
