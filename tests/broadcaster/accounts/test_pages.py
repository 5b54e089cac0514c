"""The settings pages: one's own password, and everybody's roles for administrators."""

from __future__ import annotations

import re
from collections.abc import Callable

from apiflask import APIFlask
from flask.testing import FlaskClient

from broadcaster.accounts.service import Role, people, person_by_email, set_password
from broadcaster.database import db

PASSWORD = "a long enough pass phrase"


def test_a_refused_form_keeps_what_was_typed_and_says_what_is_wrong(
    app: APIFlask, signed_in: Callable[..., FlaskClient]
) -> None:
    """Beside the field and in a summary that takes the focus."""
    answer = signed_in().post(
        "/settings/people", data={"name": "Bo", "email": "not an address", "language": "lo"}
    )
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "data-summary" in page
    assert "Choose at least one role." in page
    assert 'value="Bo"' in page
    answer = signed_in().post(
        "/settings/people",
        data={"name": "Bo", "email": "not an address", "language": "lo", "roles": ["editor"]},
    )
    page = answer.get_data(as_text=True)
    assert "This is not an e-mail address." in page
    assert 'aria-invalid="true"' in page
    with app.app_context():
        assert [person.name for person in people(db.session)] == ["Test administrator"]


def test_a_role_is_given_without_ticking_every_other(signed_in: Callable[..., FlaskClient]) -> None:
    """`required` on a box of several would have the browser insist on each of them."""
    page = signed_in().get("/settings/people").get_data(as_text=True)
    boxes = re.findall(r'<input[^>]*name="roles"[^>]*>', page)
    assert len(boxes) == len(Role)
    assert not any("required" in box for box in boxes)


def test_the_own_password_is_changed_with_the_present_one_only(
    app: APIFlask, signed_in: Callable[..., FlaskClient], clock
) -> None:
    """This browser stays signed in."""
    browser = signed_in(Role.EDITOR)
    with app.app_context():
        set_password(db.session, person_by_email(db.session, "editor@example.org"), PASSWORD, clock.now)
        db.session.commit()
    browser = signed_in(Role.EDITOR)
    wrong = browser.post("/settings/password", data={"present": "no", "new": "another long pass phrase"})
    assert wrong.status_code == 422
    assert b"The present password is not right." in wrong.data
    short = browser.post("/settings/password", data={"present": PASSWORD, "new": "short"})
    assert b"at least 10 characters" in short.data
    good = browser.post("/settings/password", data={"present": PASSWORD, "new": "another long pass phrase"})
    assert good.status_code == 303
    assert b"Your password was changed" in browser.get("/settings").data


def test_roles_are_changed_and_the_list_shows_them(signed_in: Callable[..., FlaskClient]) -> None:
    """The person's page shows who changed what."""
    editor = signed_in(Role.EDITOR).person  # type: ignore[attr-defined]  # set by the fixture
    browser = signed_in()
    answer = browser.post(
        f"/settings/people/{editor.id}", data={"roles": ["approver"]}, follow_redirects=True
    )
    assert b"The roles of Test editor were changed." in answer.data
    assert b"person.roles" in browser.get(f"/settings/people/{editor.id}").data


def test_nobody_locks_themselves_out(signed_in: Callable[..., FlaskClient]) -> None:
    """Somebody else has to."""
    browser = signed_in()
    own = browser.person.id  # type: ignore[attr-defined]  # set by the fixture
    assert browser.post(f"/settings/people/{own}/lock").status_code == 409
    assert browser.get("/settings").status_code == 200


def test_an_unknown_person_is_not_found(signed_in: Callable[..., FlaskClient]) -> None:
    """In words."""
    answer = signed_in().get("/settings/people/999")
    assert answer.status_code == 404
    assert b"This person is not in the list." in answer.data
