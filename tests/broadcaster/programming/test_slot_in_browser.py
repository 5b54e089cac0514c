"""A new slot's form in Chromium, on a line on which answers overtake each other."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Route, expect
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom import service as newsroom
from broadcaster.programming.models import Slot
from tests.broadcaster.newsroom.served import served, signed_in_there
from tests.end_to_end.chromium import launched
from tests.end_to_end.waiting import wait_until

CHECK = "**/schedule/check"


def test_a_tick_outlives_the_answer_to_an_earlier_question(
    app: APIFlask,
    settings: Settings,
    signed_in: Callable[..., FlaskClient],
    session: Session,
    approved: newsroom.Recording,
) -> None:
    """The page asked by itself; "Check" was answered first, and ticked; only now the first answer comes."""
    editor = signed_in("editor")
    held: list[Route] = []
    with served(app, settings) as port, launched() as browser:
        page = signed_in_there(browser, editor).new_page()
        page.goto(f"http://127.0.0.1:{port}/schedule/new?announcement={approved.announcement_id}")
        page.get_by_label("Times").fill("05:30")
        page.route(CHECK, lambda route: route.continue_() if held else held.append(route))
        page.locator("input[name=places][value=V1]").check()
        wait_until("the page's own question", lambda: page.wait_for_timeout(50) or held)
        page.get_by_role("button", name="Check").click()
        keep = page.get_by_label("Keep all the same")
        keep.check()
        page.evaluate("document.querySelector('#outlook > *').dataset.first = ''")
        held[0].continue_()
        expect(page.locator("#outlook [data-first]")).to_have_count(0)
        expect(keep).to_be_checked()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Land law is scheduled.")).to_be_visible()
    assert session.query(Slot).count() == 1
