"""The pieces of the style page at work: dialogs, menus, tabs, toasts, and the same without script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.chromium import launched, window
from tests.end_to_end.sample_province import Sample, served
from tests.end_to_end.test_every_page import PHONE, Reader

FACE = "/settings/face"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    with served(tmp_path_factory.mktemp("province")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(sample: Sample) -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def reader(chromium: Browser, sample: Sample) -> Reader:
    return Reader(chromium, sample, "en")


@pytest.fixture
def page(reader: Reader) -> Page:
    return reader.open(FACE)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))


def test_a_dialog_keeps_the_focus_inside_and_gives_it_back(page: Page) -> None:
    """Opened by keyboard; Tab goes round in it; Escape shuts it."""
    opener = page.get_by_role("link", name="Open a dialog")
    opener.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog", name="Dialog")).to_be_visible()
    assert "dialog-name" in focused(page)
    for _ in range(7):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement.closest('dialog') !== null || document.activeElement === document.body"
        )
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Dialog")).to_be_hidden()
    assert "Open a dialog" in focused(page)


def test_an_act_that_takes_away_asks_first_and_can_be_undone(page: Page) -> None:
    """In words that say what will happen; keeping is where the focus is."""
    page.get_by_role("button", name="Remove").click()
    question = page.get_by_role("dialog", name="Remove it from this list?")
    expect(question).to_be_visible()
    assert "Cancel" in focused(page)
    page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    expect(page.locator(".flashes")).to_have_count(0)
    page.get_by_role("button", name="Remove").click()
    question.get_by_role("button", name="Remove").click()
    told = page.locator(".flashes")
    expect(told).to_contain_text("Saved.")
    expect(told.get_by_role("button", name="Undo")).to_be_visible()


def test_a_menu_is_walked_with_arrows_and_shut_by_escape(page: Page) -> None:
    """And shuts by itself when the focus goes on."""
    summary = page.locator("main details[data-menu] summary")
    summary.focus()
    page.keyboard.press("ArrowDown")
    assert "Lists" in focused(page)
    page.keyboard.press("ArrowDown")
    assert "Form" in focused(page)
    page.keyboard.press("Escape")
    assert "summary" in focused(page)
    assert page.locator("main details[data-menu]").get_attribute("open") is None


def test_tabs_show_one_part_and_stay_after_a_reload(page: Page) -> None:
    """Arrow keys change the part; the address remembers it."""
    first, second = page.get_by_role("tab", name="Transcript"), page.get_by_role("tab", name="History")
    expect(page.get_by_role("tabpanel")).to_have_count(1)
    first.focus()
    page.keyboard.press("ArrowRight")
    expect(second).to_have_attribute("aria-selected", "true")
    page.reload()
    expect(second).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tabpanel", name="History")).to_be_visible()


def test_what_htmx_did_is_told_at_once_and_a_fault_stays(page: Page) -> None:
    """In a polite region; with its Undo button, or until it is closed."""
    region = page.locator("#toasts")
    assert region.get_attribute("role") == "status"
    page.get_by_role("button", name="Tell it: done").click()
    expect(region.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("button", name="Tell it: fail").click()
    fault = region.locator(".fail")
    expect(fault).to_contain_text("Saved.")
    fault.get_by_role("button", name="Close").click()
    expect(fault).to_have_count(0)


def test_the_key_for_searching_leads_to_the_search(page: Page) -> None:
    """But types a stroke where somebody is writing."""
    page.keyboard.press("/")
    assert "data-search" in focused(page)
    page.get_by_label("Title", exact=True).focus()
    page.keyboard.press("/")
    assert page.get_by_label("Title", exact=True).input_value() == "/"


def test_letters_left_and_the_day_in_words(page: Page) -> None:
    """The count appears near the end; the day follows the page's language, not the browser's."""
    page.get_by_label("Description").fill("x" * 70)
    expect(page.locator("[data-counter=words]")).to_have_text("10 letters left")
    page.get_by_label("Day", exact=True).fill("2026-03-03")
    expect(page.locator("[data-day-of=day]")).to_have_text("Tuesday 3 March 2026")


def test_a_refused_form_leads_to_its_mistakes(page: Page) -> None:
    """The summary has the focus, each line leads to its field, and the field names its mistake."""
    page.locator("form:has(#title)").get_by_role("button", name="Save").click()
    summary = page.locator("[data-summary]")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link", name="Title")).to_have_attribute("href", "#title")
    expect(page.get_by_label("Title", exact=True)).to_have_attribute(
        "aria-describedby", "title-mistake title-hint"
    )


@pytest.mark.parametrize("refused", [False, True])
def test_changing_the_language_keeps_what_was_typed(chromium: Browser, sample: Sample, refused: bool) -> None:
    """On the same page, also when it is a form that came back; passwords are not kept."""
    page = Reader(chromium, sample, "en").open(FACE)
    if refused:
        page.locator("form:has(#title)").get_by_role("button", name="Save").click()
        expect(page.locator("[data-summary]")).to_be_focused()
    page.locator("#title").fill("Market day on Friday")
    page.locator("#often-1").check()
    page.get_by_role("group", name="Language").get_by_role("button", name="ລາວ").click()
    expect(page.locator("html")).to_have_attribute("lang", "lo")
    assert page.url.endswith(FACE)
    expect(page.locator("#title")).to_have_value("Market day on Friday")
    expect(page.locator("#often-1")).to_be_checked()
    page.get_by_role("group", name="ພາສາ").get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#title")).to_have_value("Market day on Friday")


def test_before_signing_in_the_language_changes_too(chromium: Browser, sample: Sample) -> None:
    """The address that was typed stays; the password must be typed again."""
    page = Reader(chromium, sample, "en", signed_in=False).open("/sign-in")
    page.locator("input[name=email]").fill("en@example.org")
    page.locator("input[name=password]").fill("secret words")
    page.get_by_role("button", name="ລາວ").click()
    expect(page.locator("html")).to_have_attribute("lang", "lo")
    expect(page.locator("input[name=email]")).to_have_value("en@example.org")
    expect(page.locator("input[name=password]")).to_have_value("")


def test_everything_is_there_without_script(chromium: Browser, sample: Sample, reader: Reader) -> None:
    """Dialogs stand in the page, all parts of tabs are open, and what takes away wants a box ticked."""
    state = reader.page.context.storage_state()
    context = window(chromium, java_script_enabled=False, storage_state=state)
    page = context.new_page()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(sample.at(FACE))
    expect(page.locator("#face-transcript")).to_be_visible()
    expect(page.locator("#face-history")).to_be_visible()
    page.get_by_role("link", name="Open a dialog").click()
    expect(page.locator("#dialog-name")).to_be_visible()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".flashes")).to_have_count(0)
    page.get_by_label("Remove it from this list?").check()
    page.get_by_role("button", name="Remove").click()
    expect(page.locator(".flashes")).to_contain_text("Saved.")
    context.close()
