"""A first-time editor in a real browser, in real time: sign in, upload, approve, schedule, see it aired."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from broadcaster.demo.samples import speak
from broadcaster.demo.stage import ZONE, Stage
from tests.end_to_end.chromium import launched, window
from tests.end_to_end.waiting import wait_until

LEAD = timedelta(seconds=60)
"""Long enough to fill in the form, short enough to wait for."""


@pytest.fixture
def chromium(stage: Stage) -> Iterator[Browser]:  # after the stage: Playwright's loop and Flask's don't mix
    with launched() as browser:
        yield browser


def signed_in(chromium: Browser, stage: Stage, role: str, problems: list[str]) -> Page:
    """A page in a browser of its own, signed in; what its console complains about lands in `problems`."""
    page = window(chromium).new_page()
    page.on("console", lambda told: problems.append(told.text) if told.type == "error" else None)
    page.goto(stage.address)
    page.get_by_label("E-mail").fill(f"{role}@demo.test")
    page.get_by_label("Password").fill(stage.sign_in.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    return page


def test_an_editor_gets_an_announcement_on_air_and_sees_that_it_aired(
    chromium: Browser, stage: Stage, tmp_path: Path
) -> None:
    """Upload → language → approve → when and where → heard."""
    station, problems = stage.stations[0], []
    sound = speak("Market day on Friday", "lo", tmp_path)

    editor = signed_in(chromium, stage, "editor", problems)
    editor.get_by_role("link", name="New announcement").first.click()
    editor.get_by_label("Title").fill("Market day on Friday")
    editor.get_by_label("Language of the recording").select_option("lo")
    editor.locator("input[type=file]").set_input_files(sound.file)
    editor.get_by_role("button", name="Upload and prepare").click()
    editor.get_by_role("button", name=re.compile("Submit")).click()

    approver = signed_in(chromium, stage, "approver", problems)
    approver.goto(editor.url)
    approver.get_by_role("button", name="Approve").click()
    expect(approver.get_by_text("approved").first).to_be_visible()

    editor.reload()  # the address has a fragment: going to it again would fetch nothing
    editor.get_by_role("link", name=re.compile("Schedule…")).first.click()
    at = (datetime.now(UTC) + LEAD).astimezone(ZONE)
    editor.get_by_label("Once").check()
    editor.get_by_label("Times").fill(f"{at:%H:%M:%S}")
    editor.get_by_label("Day", exact=True).or_(editor.get_by_label("First day")).first.fill(f"{at:%Y-%m-%d}")
    editor.locator(f"input[name=places][value='{station.village.code}']").check()
    editor.get_by_role("button", name="Check").click()
    expect(editor.get_by_text(f"This is what {station.village.name} will hear")).to_be_visible()
    keep = editor.get_by_label("Keep all the same")
    if keep.count():  # in the evening the hour is unusual, and the page says so
        keep.check()
    editor.get_by_role("button", name="Save").click()
    expect(editor).to_have_url(re.compile(r"/schedule(?!/new)"))

    def aired() -> bool:
        editor.goto(f"{stage.address}/aired?day={at:%Y-%m-%d}")
        row = editor.get_by_role("row").filter(has_text="Market day on Friday")
        return row.count() > 0 and "aired" in row.first.inner_text()

    wait_until("the airing's report on the page", aired, 90)
    row = editor.get_by_role("row").filter(has_text="Market day on Friday").first
    assert "loudspeaker confirmed on" in row.inner_text()
    assert problems == []
