"""In a real browser: what is shown once or asked in between can be read by everybody, and is kept whole."""

from __future__ import annotations

import sqlite3

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.broadcaster.accounts.browser import code_of
from tests.end_to_end.sample_province import PASSWORD, Sample
from tests.end_to_end.test_every_page import (
    AXE,
    PHONE,
    RUN_AXE,
    STANDARDS,
    Reader,
    chromium,
    sample,
)

__all__ = ["chromium", "sample"]


def can_be_read(page: Page) -> None:
    """By axe, and on a phone."""
    size = page.viewport_size
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert page.evaluate(RUN_AXE, [STANDARDS, None]) == []
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert page.evaluate("pageChecks.laidOut()") == []
    if size:
        page.set_viewport_size(size)


def press(page: Page, field: str) -> None:
    """The button of the form this field stands in."""
    page.locator(f"form:has({field}) button[type=submit]").click()


@pytest.mark.parametrize("language", ["en", "lo"])
def test_an_invitation_and_an_app_from_end_to_end(chromium: Browser, sample: Sample, language: str) -> None:
    """Asked who one is, hand over the link; set the app up; the guest comes in by the link."""
    reader = Reader(chromium, sample, language)
    page = reader.open("/settings/people")
    _an_hour_ago(sample)
    page.fill("#name", "Invited")
    page.fill("#email", f"invited-{language}@example.org")
    page.check("input[name=roles][value=editor]")
    press(page, "#email")
    page.fill("#confirm", "not the password")
    can_be_read(page)
    press(page, "#confirm")
    page.wait_for_selector("[data-summary]")
    page.fill("#confirm", PASSWORD)
    press(page, "#confirm")
    link = page.inner_text("#link")
    can_be_read(page)
    page = reader.open("/settings/second-factor")
    page.fill("#code", code_of(page.inner_text("#app-key"), sample.app.extensions["clock"]()))
    press(page, "#code")
    expect(page.locator("#spare-codes li")).to_have_count(10)
    can_be_read(page)
    guest = Reader(chromium, sample, language, signed_in=False).page
    guest.goto(link)
    guest.fill("#password", "quite another pass phrase")
    press(guest, "#password")
    guest.wait_for_url(sample.at("/"))


def _an_hour_ago(sample: Sample) -> None:
    """Everybody proved who they are before the last quarter of an hour."""
    data = sample.app.config["SETTINGS"].data
    with sqlite3.connect(data / "broadcaster.db") as database:
        database.execute("UPDATE sign_in_session SET fresh_at = '2026-03-03 01:00:00.000000'")
    database.close()
