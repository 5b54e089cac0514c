"""Many announcements changed, and a list shown otherwise, by clicks in Chromium."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom import service
from broadcaster.newsroom.models import Announcement, AnnouncementKind
from broadcaster.places.models import Place, PlaceKind
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import make_places
from tests.broadcaster.newsroom.served import served, signed_in_there
from tests.end_to_end.chromium import launched

SignIn = Callable[..., FlaskClient]
BROKEN_WORDS = """() => {
  const broken = [];
  const walker = document.createTreeWalker(document.querySelector("table"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (const found of node.data.matchAll(/[A-Za-z]{2,18}/g)) {
      const range = document.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
      if (lines.size > 1) broken.push(found[0]);
    }
  }
  return broken;
}"""
"""Ordinary words of a table that stand on two lines."""


@pytest.fixture
def three(session: Session, clock: FixedClock) -> list[Announcement]:
    """Their titles have long words; one is tagged."""
    made = [
        service.create_announcement(session, title, "law_orientation", None, clock.now, tags=["Rain"])
        for title in ("Fair", "Flood", "Law orientation: local administration")
    ]
    session.commit()
    return made


def tick(page: Page, title: str) -> None:
    """As a reader of the list does: the box in the line of that title."""
    page.get_by_role("row").filter(has_text=title).get_by_role("checkbox").check()


def test_chosen_announcements_are_changed_and_all_of_it_is_undone(
    app: APIFlask, settings: Settings, signed_in: SignIn, session: Session, three: list[Announcement]
) -> None:
    """Two boxes, a kind, a tag, a last day; the list and its toast afterwards; then all is as before."""
    editor = signed_in("editor")
    with served(app, settings) as port, launched() as browser:
        page = signed_in_there(browser, editor).new_page()
        page.goto(f"http://127.0.0.1:{port}/announcements?sort=title")
        tick(page, "Fair")
        tick(page, "Flood")
        page.get_by_role("button", name="Change the chosen ones…").click()
        expect(page.get_by_role("heading", name="Change 2 announcements", level=1)).to_be_visible()
        page.get_by_role("button", name="Change 2 announcements").click()
        expect(page.get_by_text("Say first what is to be changed.")).to_be_visible()
        page.get_by_label("Kind", exact=True).select_option("market")
        page.get_by_label("May be heard until").fill("2027-05-31")
        page.get_by_label("Tags to add").fill("Fair days")
        page.get_by_role("button", name="Change 2 announcements").click()
        expect(page).to_have_url(re.compile(r"/announcements\?sort=title$"))
        expect(page.get_by_text("2 announcements changed.")).to_be_visible()
        expect(page.get_by_role("link", name="Fair days")).to_have_count(2)
        session.expire_all()
        assert [one.kind for one in three[:2]] == [AnnouncementKind.MARKET] * 2
        assert (three[2].tags, three[2].valid_until) == (["Rain"], None)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("2 announcements are as they were before.")).to_be_visible()
        expect(page.get_by_role("link", name="Fair days")).to_have_count(0)
    session.expire_all()
    assert [(one.kind, one.valid_until, one.tags) for one in three] == [
        (AnnouncementKind.LAW_ORIENTATION, None, ["Rain"])
    ] * 3


def test_all_on_a_page_are_chosen_at_once(
    app: APIFlask, settings: Settings, signed_in: SignIn, three: list[Announcement]
) -> None:
    """One box for all of them; without a choice the list says what is missing."""
    editor = signed_in("editor")
    with served(app, settings) as port, launched() as browser:
        page = signed_in_there(browser, editor).new_page()
        page.goto(f"http://127.0.0.1:{port}/announcements")
        page.get_by_role("button", name="Change the chosen ones…").click()
        expect(page.get_by_text("Choose announcements first.")).to_be_visible()
        page.get_by_label("Choose all on this page").check()
        page.get_by_role("button", name="Change the chosen ones…").click()
        expect(page.get_by_role("heading", name="Change 3 announcements", level=1)).to_be_visible()


def test_rows_and_columns_are_chosen_and_kept_with_the_person(
    app: APIFlask, settings: Settings, signed_in: SignIn, session: Session, clock: FixedClock
) -> None:
    """Fewer rows and without two columns; in another browser of the same person too, and only there."""
    for number in range(30):
        service.create_announcement(session, f"News {number}", "other", None, clock.now)
    session.commit()
    editor, administrator = signed_in("editor"), signed_in("administrator")
    with served(app, settings) as port, launched() as browser:
        place = f"http://127.0.0.1:{port}/announcements"
        page = signed_in_there(browser, editor).new_page()
        page.goto(place)
        expect(page.locator("tbody tr")).to_have_count(30)
        page.get_by_text("Rows and columns").click()
        page.get_by_label("Rows on a page").select_option("25")
        for column in ("Until", "Created"):
            page.get_by_role("checkbox", name=column).uncheck()
        page.get_by_role("button", name="Show it so").click()
        expect(page.locator("tbody tr")).to_have_count(25)
        again, other = signed_in_there(browser, editor).new_page(), signed_in_there(browser, administrator)
        again.goto(place)
        for shown in (page, again):
            expect(shown.locator("tbody tr")).to_have_count(25)
            expect(shown.get_by_role("columnheader", name="Kind")).to_be_visible()
            expect(shown.get_by_role("columnheader", name="Until")).to_have_count(0)
            expect(shown.get_by_role("columnheader", name="Created")).to_have_count(0)
        theirs = other.new_page()
        theirs.goto(place)
        expect(theirs.locator("tbody tr")).to_have_count(30)
        expect(theirs.get_by_role("columnheader", name="Until")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 360])
def test_no_ordinary_word_of_a_list_is_broken(
    app: APIFlask,
    settings: Settings,
    signed_in: SignIn,
    session: Session,
    three: list[Announcement],
    width: int,
) -> None:
    """A title keeps room for its words beside many languages; the page itself does not scroll sideways."""
    make_places(session)
    for tag in ("tth", "ngt", "alk", "stg", "lo"):
        village = Place(
            code=f"V-{tag}", kind=PlaceKind.VILLAGE, name=tag, parent_code="LA1503", languages=[tag]
        )
        session.add(village)
    session.commit()
    editor = signed_in("editor")
    with served(app, settings) as port, launched() as browser:
        reader = signed_in_there(browser, editor, viewport={"width": width, "height": 800})
        page = reader.new_page()
        page.goto(f"http://127.0.0.1:{port}/announcements")
        expect(page.locator("tbody tr")).to_have_count(3)
        page.evaluate("document.fonts.ready.then(() => true)")
        assert page.evaluate(BROKEN_WORDS) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
