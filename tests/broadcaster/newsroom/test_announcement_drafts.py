"""Words that were not saved survive a reload, in a real browser, until they are saved or dropped."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import expect
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom import revisions, service
from broadcaster.newsroom.models import Announcement
from broadcaster.newsroom.texts import AnnouncementTexts
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import make_places
from tests.broadcaster.newsroom.served import served, signed_in_there
from tests.end_to_end.chromium import launched

SignIn = Callable[..., FlaskClient]


def test_unsaved_words_come_back_after_a_reload_and_meet_what_others_saved(
    app: APIFlask, settings: Settings, signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """Another kind's fields come back filled; what others saved is asked about, what is saved forgotten."""
    make_places(session)
    about = service.create_announcement(session, "Land law", "other", None, clock.now)
    session.commit()
    editor = signed_in("editor")
    with served(app, settings) as port, launched() as browser:
        page = signed_in_there(browser, editor).new_page()
        page.goto(f"http://127.0.0.1:{port}/announcements/1/edit")
        page.get_by_label("Kind", exact=True).select_option("law_orientation")
        page.get_by_label("Name of the law").fill("Law on land")
        page.get_by_label("Title").fill("The land law")
        expect(page.locator("form[data-draft-kept]")).to_be_visible()
        wanted = AnnouncementTexts("Law of the land", about.kind)
        revisions.revise_announcement(session, about, wanted, None, clock.now, edition=1)
        session.commit()

        page.reload()
        expect(page.get_by_text("did not save is back")).to_be_visible()
        expect(page.get_by_label("Title")).to_have_value("The land law")
        expect(page.get_by_label("Name of the law")).to_have_value("Law on land")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="Somebody else changed the same")).to_be_visible()
        expect(page.get_by_label("Name of the law")).to_have_value("Law on land")
        page.get_by_label("As I wrote it below").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="The land law", level=1)).to_be_visible()
        page.wait_for_function("!Object.keys(localStorage).some(key => key.startsWith('draft:'))")

        page.goto(f"http://127.0.0.1:{port}/announcements/1/edit")
        page.get_by_label("Title").fill("Something else")
        expect(page.locator("form[data-draft-kept]")).to_be_visible()
        page.reload()
        page.get_by_role("button", name="Drop it").click()
        expect(page.get_by_label("Title")).to_have_value("The land law")
        expect(page.get_by_text("did not save is back")).to_be_hidden()
    session.expire_all()
    saved = session.get_one(Announcement, 1)
    assert (saved.title, saved.details) == ("The land law", {"law": "Law on land"})
