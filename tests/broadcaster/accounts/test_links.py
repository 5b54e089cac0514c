"""An invitation and a reset link let one person choose a password, once."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts import links
from broadcaster.accounts.service import Role, add_person, set_active, trail
from broadcaster.accounts.sign_in_models import AccountLink
from broadcaster.database import db
from broadcaster.errors import BadInput, NotPossible, NotThere
from broadcaster.mail_models import Letter
from tests.broadcaster.accounts.browser import EMAIL, PASSWORD, add, person, sign_in, with_app

CHOSEN = "quite another pass phrase"
FORM = {"name": "Tested", "email": EMAIL, "roles": ["editor", "officer"], "language": "lo"}


def invited(session: Session, now) -> str:  # type: ignore[no-untyped-def]  # an instant
    _person, word = links.invite(session, EMAIL, [Role.EDITOR], "Tested", now)
    return word


def shown_link(page: str) -> str:
    found = re.search(r'<code id="link">https?://[^/]+(/welcome/[^<]+)</code>', page)
    assert found
    return found.group(1)


def test_somebody_is_invited_chooses_a_password_and_is_in(app: APIFlask, signed_in, client, clock) -> None:
    """They read what they may do; language and roles are theirs; the list says who is awaited."""
    administrator = signed_in()
    link = shown_link(administrator.post("/settings/people", data=FORM).get_data(as_text=True))
    assert "invited" in administrator.get("/settings/people").get_data(as_text=True)
    page = client.get(link, headers={"Accept-Language": "en"}).get_data(as_text=True)
    assert "Test administrator ສ້າງບັນຊີໃຫ້ທ່ານ" in page
    client.post("/language", data={"language": "en"})
    page = client.get(link).get_data(as_text=True)
    assert "Test administrator made an account for you." in page
    assert "Editor: announcements" in page
    answer = client.post(link, data={"password": CHOSEN, "language": "en"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert "Tested" in client.get("/settings").get_data(as_text=True)
    with app.app_context():
        joined = person()
        assert (joined.language, joined.invited, joined.active) == ("en", False, True)
        assert joined.role_set == {Role.EDITOR, Role.OFFICER}
        actions = {entry.action for entry in trail(db.session, f"person:{joined.id}")}
    assert actions == {"person.add", "person.invite", "person.join", "person.password", "person.sign_in"}
    assert client.get("/sign-out").status_code == 405
    assert client.post(link, data={"password": CHOSEN, "language": "en"}).status_code == 404


def test_nobody_invited_signs_in_without_the_link(app: APIFlask, client: FlaskClient, clock) -> None:
    """There is no password to guess, and an administrator cannot let them in past it."""
    with app.app_context():
        invited(db.session, clock.now)
        db.session.commit()
        with pytest.raises(NotPossible) as caught:
            set_active(db.session, person(), True, clock.now)
    assert caught.value.code == "still_invited"
    for password in ("", "None", CHOSEN):
        assert client.post("/sign-in", data={"email": EMAIL, "password": password}).status_code == 200


def test_a_link_is_good_once(session: Session, clock) -> None:
    """Who comes second, even at the same moment with the link in hand, is told to ask for a new one."""
    word = invited(session, clock.now)
    first, second = links.find(session, word, clock.now), links.find(session, word, clock.now)
    links.use(session, first, CHOSEN, "lo", clock.now)
    with pytest.raises(NotThere):
        links.use(session, second, "the thief's pass phrase", "lo", clock.now)
    with pytest.raises(NotThere):
        links.find(session, word, clock.now)


def test_a_weak_password_does_not_use_the_link_up(session: Session, clock) -> None:
    """One may try again."""
    word = invited(session, clock.now)
    with pytest.raises(BadInput):
        links.use(session, links.find(session, word, clock.now), "password123", "lo", clock.now)
    assert links.use(session, links.find(session, word, clock.now), CHOSEN, "lo", clock.now).active


def test_a_link_ends_by_time_by_withdrawal_and_by_a_newer_one(session: Session, clock) -> None:
    """And there is one word for all of it, so that nobody learns which."""
    begun = clock.now
    replaced = invited(session, begun)
    withdrawn = links.make(session, person(), begun)
    links.withdraw(session, person(), begun)
    with pytest.raises(NotPossible):
        links.withdraw(session, person(), begun)
    last = links.make(session, person(), begun)
    assert [link.person_id for link in links.open_links(session, begun)] == [person().id]
    links.find(session, last, clock.advance(days=7, seconds=-1))
    over = [(replaced, begun), (withdrawn, begun), (last, clock.advance(seconds=1)), ("guess", begun)]
    for word, at in over:
        with pytest.raises(NotThere) as caught:
            links.find(session, word, at)
        assert caught.value.code == "link_over"
    assert links.open_links(session, clock.now) == []


def test_only_a_hash_of_the_link_is_kept(session: Session, clock) -> None:
    """Neither the database nor the trail lets a reader in."""
    word = invited(session, clock.now)
    session.flush()
    row = session.scalars(select(AccountLink)).one()
    kept = [str(value) for value in vars(row).values()]
    kept += [str((entry.before, entry.after)) for entry in trail(session)]
    assert not any(word in value for value in kept)


def test_a_reset_link_ends_the_old_password_its_sessions_and_tokens(app: APIFlask, clock, signed_in) -> None:
    """Until it is used, the present password works."""
    number = add(app, clock.now)
    before, after = app.test_client(), app.test_client()
    before.post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    with app.app_context():
        token = person().get_auth_token()
    link = shown_link(signed_in().post(f"/settings/people/{number}/link").get_data(as_text=True))
    assert before.get("/settings").status_code == 200
    assert after.post(link, data={"password": CHOSEN, "language": "en"}).location == "/"
    assert after.get("/settings").status_code == 200
    assert before.get("/settings").status_code == 302
    assert app.test_client().get("/settings", headers={"Authentication-Token": token}).status_code == 302
    assert app.test_client().post("/sign-in", data={"email": EMAIL, "password": PASSWORD}).status_code == 200


def test_a_reset_link_is_no_way_around_the_second_factor(app: APIFlask, client, clock) -> None:
    """Whoever takes it from the mail still needs the phone."""
    add(app, clock.now)
    with_app(app, clock.now)
    with app.app_context():
        word = links.make(db.session, person(), clock.now)
        db.session.commit()
    answer = client.post(f"/welcome/{word}", data={"password": CHOSEN, "language": "en"})
    assert answer.location == "/sign-in"
    answer = client.post("/sign-in", data={"email": EMAIL, "password": CHOSEN})
    assert answer.location.startswith("/sign-in/code")
    assert client.get("/settings").status_code == 302


def test_a_link_of_somebody_locked_out_opens_nothing(session: Session, clock) -> None:
    """And none is made for them."""
    add_person(session, EMAIL, PASSWORD, [Role.EDITOR], "Tested", clock.now)
    word = links.make(session, person(), clock.now)
    set_active(session, person(), False, clock.now)
    with pytest.raises(NotThere):
        links.find(session, word, clock.now)
    with pytest.raises(NotPossible):
        links.make(session, person(), clock.now)


def test_the_link_goes_out_by_mail_where_mail_is_configured(app: APIFlask, clock) -> None:
    """In the reader's language, with the address people reach the pages by."""
    settings = app.config["SETTINGS"]
    mail = type(settings.mail)(
        **{"host": "localhost", "from": "a@example.org", "base_url": "https://b.example"}
    )
    app.config["SETTINGS"] = settings.model_copy(update={"mail": mail})
    with app.app_context():
        someone, word = links.invite(db.session, EMAIL, [Role.EDITOR], "Tested", clock.now, language="lo")
        assert links.send(db.session, someone, links.address(word), clock.now)
        letter = db.session.scalars(select(Letter)).one()
    assert letter.to == EMAIL
    assert f"https://b.example/welcome/{word}" in letter.body
    assert "ສະບາຍດີ Tested" in letter.body


def test_a_form_of_another_site_cannot_use_a_link(strict_app: APIFlask, clock) -> None:
    """The page's token is needed there as well."""
    with strict_app.app_context():
        word = invited(db.session, clock.now)
        db.session.commit()
    browser = strict_app.test_client()
    assert browser.post(f"/welcome/{word}", data={"password": CHOSEN, "language": "en"}).status_code == 400
    assert browser.get(f"/welcome/{word}").status_code == 200
    assert sign_in(browser, EMAIL, CHOSEN).status_code == 200
