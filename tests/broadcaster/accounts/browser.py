"""A browser that signs in as a person does: by the form, with its token, and with an app that shows codes."""

from __future__ import annotations

import re
from datetime import datetime

from apiflask import APIFlask
from flask.testing import FlaskClient
from passlib.totp import TOTP  # type: ignore[import-untyped]  # libpass publishes no types
from werkzeug.test import TestResponse

from broadcaster.accounts import second_factor
from broadcaster.accounts.models import Person
from broadcaster.accounts.roles import Role
from broadcaster.accounts.service import add_person, person_by_email
from broadcaster.database import db

EMAIL = "somebody@example.org"
PASSWORD = "a long enough pass phrase"


def add(app: APIFlask, now: datetime, email: str = EMAIL, role: Role = Role.EDITOR) -> int:
    """Somebody who can sign in; their number."""
    with app.app_context():
        person = add_person(db.session, email, PASSWORD, [role], "Tested", now)
        db.session.commit()
        return person.id


def person(email: str = EMAIL) -> Person:
    """The person as the database has them now; inside an application context."""
    return person_by_email(db.session, email)


def token(page: str) -> str:
    """The page's CSRF token."""
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found
    return found.group(1)


def send(browser: FlaskClient, address: str, on: str = "/settings", **values: object) -> TestResponse:
    """A form of the page `on`, sent with its token."""
    values["csrf_token"] = token(browser.get(on).get_data(as_text=True))
    return browser.post(address, data=values)


def sign_in(
    browser: FlaskClient, email: str = EMAIL, password: str = PASSWORD, **more: object
) -> TestResponse:
    """The answer to address and password."""
    return send(browser, "/sign-in", on="/sign-in", email=email, password=password, **more)


def code_of(key: str, at: datetime) -> str:
    """What an app with this key shows at an instant: computed apart from the server."""
    return str(TOTP(key=re.sub(r"\W", "", key), format="base32").generate(time=at).token)


def with_app(app: APIFlask, now: datetime, email: str = EMAIL) -> tuple[str, list[str]]:
    """Set an authenticator app up for somebody: its key, and the spare codes."""
    with app.app_context():
        owner = person(email)
        secret = second_factor.new_secret()
        key = second_factor.to_scan(owner, secret)["key"]
        spare = second_factor.set_up(db.session, owner, secret, code_of(key, now), now)
        db.session.commit()
    return key, spare
