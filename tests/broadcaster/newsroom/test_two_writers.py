"""Two people who write in one announcement at once, each in a browser of their own."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom import service
from broadcaster.newsroom.models import Announcement
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import make_places
from tests.broadcaster.newsroom.served import served, signed_in_there
from tests.end_to_end.chromium import launched

SignIn = Callable[..., FlaskClient]


def test_the_second_to_save_sees_the_first_and_nothing_is_lost(
    app: APIFlask, settings: Settings, signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """What only one of them changed is kept from both; what both changed is asked, with both words shown."""
    make_places(session)
    about = service.create_announcement(session, "Land law", "other", None, clock.now)
    session.commit()
    first, second = signed_in("editor"), signed_in("administrator")
    with served(app, settings) as port, launched() as browser:
        place = f"http://127.0.0.1:{port}/announcements/{about.id}/edit"
        one = signed_in_there(browser, first).new_page()
        other = signed_in_there(browser, second).new_page()
        for page in (one, other):
            page.goto(place)
        one.get_by_label("Title").fill("Law of the first")
        one.get_by_label("Tags").fill("Rain")
        one.get_by_role("button", name="Save").click()
        expect(one.get_by_role("heading", name="Law of the first", level=1)).to_be_visible()

        other.get_by_label("Title").fill("Law of the second")
        other.get_by_label("May be heard until").fill("2027-05-31")
        other.get_by_role("button", name="Save").click()
        expect(other.get_by_role("heading", name="Somebody else changed the same")).to_be_visible()
        expect(other.get_by_text("Law of the first").first).to_be_visible()
        expect(other.get_by_label("Title")).to_have_value("Law of the second")
        expect(other.get_by_label("May be heard until")).to_have_value("2027-05-31")
        session.expire_all()
        assert session.get_one(Announcement, about.id).title == "Law of the first", "nothing is saved yet"
        other.get_by_label("As I wrote it below").check()
        other.get_by_role("button", name="Save").click()
        expect(other.get_by_role("heading", name="Law of the second", level=1)).to_be_visible()
    session.expire_all()
    saved = session.get_one(Announcement, about.id)
    assert (saved.title, saved.tags) == ("Law of the second", ["Rain"])
    assert saved.valid_until is not None
