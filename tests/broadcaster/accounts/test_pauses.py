"""Guessing takes ever longer, and right attempts never do."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy.orm import Session

from broadcaster.accounts import pauses
from broadcaster.accounts.service import trail
from broadcaster.accounts.sign_in_models import PauseKind
from broadcaster.database import db
from tests.broadcaster.accounts.browser import EMAIL, PASSWORD, add, person, sign_in
from tests.broadcaster.at_once import at_once


def minutes(failures: int, kind: PauseKind = PauseKind.ACCOUNT) -> float:
    wait = pauses.pause_after(failures, kind)
    return 0 if wait is None else wait / timedelta(minutes=1)


def test_the_pause_doubles_up_to_half_an_hour() -> None:
    """Five attempts at an account are free, twenty from an address: an office has only one."""
    assert [minutes(failures) for failures in (4, 5, 6, 7, 8, 9, 10, 500)] == [0, 1, 2, 4, 8, 16, 30, 30]
    assert [minutes(failures, PauseKind.ADDRESS) for failures in (19, 20, 21)] == [0, 1, 2]


def test_wrong_attempts_at_an_account_add_up_and_are_forgotten_after_a_day(session: Session, clock) -> None:
    """Wherever they come from."""
    for number in range(5):
        counted = pauses.counted_for(session, EMAIL, f"10.0.0.{number}")
        assert pauses.attempt(session, counted, clock.now) is None
    counted = pauses.counted_for(session, EMAIL.upper() + " ", "10.0.0.9")
    assert pauses.attempt(session, counted, clock.now) == clock.now + timedelta(minutes=1)
    clock.advance(minutes=1)
    assert pauses.attempt(session, counted, clock.now) is None
    assert pauses.attempt(session, counted, clock.now) == clock.now + timedelta(minutes=2)
    clock.advance(days=1, minutes=1)
    for _ in range(5):
        assert pauses.attempt(session, counted, clock.now) is None


def test_an_attempt_is_counted_before_it_is_looked_at(session: Session, clock) -> None:
    """So guesses that come all at once, each before the first was answered, are no more than five."""
    counted = pauses.counted_for(session, EMAIL, "10.0.0.1")
    let_in = [pauses.attempt(session, counted, clock.now) for _ in range(20)].count(None)
    assert let_in == 5


def test_guesses_sent_at_the_same_moment_are_no_more_than_five(app: APIFlask, clock) -> None:
    """With real threads over one database."""

    def guess() -> datetime | None:
        with app.app_context():
            counted = pauses.counted_for(db.session, EMAIL, "10.0.0.1")
            return pauses.attempt(db.session, counted, clock.now)

    assert at_once(12, guess).count(None) == 5


def test_signing_in_again_and_again_is_no_attack(strict_app: APIFlask, clock) -> None:
    """Only wrong attempts count, and a right one forgets them."""
    add(strict_app, clock.now)
    for _ in range(2):
        for number in range(4):
            assert sign_in(strict_app.test_client(), password=f"guess {number}").status_code == 200
        for _again in range(3):
            assert sign_in(strict_app.test_client()).status_code == 302


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.org"])
def test_a_paused_account_and_an_address_nobody_has_look_the_same(
    strict_app: APIFlask, clock, email: str
) -> None:
    """Nobody learns by the pause who has an account."""
    add(strict_app, clock.now)
    answers = [sign_in(strict_app.test_client(), email, f"guess {number}") for number in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    assert b"Too many wrong attempts. Try again from today 09:01 on." in answers[-1].data


def test_many_accounts_from_one_address_are_held_up_too(strict_app: APIFlask, clock) -> None:
    """Twenty wrong attempts in a row, however many accounts they are spread over."""
    add(strict_app, clock.now)
    for number in range(20):
        assert sign_in(strict_app.test_client(), f"nobody{number}@example.org", "x").status_code == 200
    assert sign_in(strict_app.test_client()).status_code == 429
    clock.advance(minutes=1)
    assert sign_in(strict_app.test_client()).status_code == 302


def test_an_administrator_lets_somebody_try_again(app: APIFlask, signed_in, clock) -> None:
    """The people page says who must wait; the trail keeps who lifted it."""
    number = add(app, clock.now)
    for guess in range(5):
        app.test_client().post("/sign-in", data={"email": EMAIL, "password": f"guess {guess}"})
    administrator = signed_in()
    page = administrator.get("/settings/people").get_data(as_text=True)
    assert "Waiting after wrong attempts" in page
    assert "5 wrong attempts" in page
    with app.app_context():
        (pause,) = pauses.pauses(db.session, clock.now)
        pause_id = pause.id
    assert administrator.post(f"/settings/pauses/{pause_id}/lift").status_code == 303
    answer = app.test_client().post("/sign-in", data={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 302
    with app.app_context():
        actions = [entry.action for entry in trail(db.session, f"person:{number}")]
        assert "person.pause_lifted" in actions
        assert person().active
