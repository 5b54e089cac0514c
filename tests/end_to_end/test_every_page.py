"""Every page, in both languages, light and dark, wide and narrow: readable, reachable, light, ours alone.

The pages stand in `every_address.py`. What axe is, and its rules: https://www.deque.com/axe/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from broadcaster.web import assets
from tests.end_to_end.chromium import launched, window
from tests.end_to_end.every_address import FOR_STRANGERS, MISHAPS, NOT_PAGES, PAGES
from tests.end_to_end.sample_province import PASSWORD, WITH_CODE, Sample, served

AXE = Path(assets.__file__).parent / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHECKS = Path(__file__).with_name("page_checks.js")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OF_COLOURS = ["color-contrast", "link-in-text-block"]
PHONE, OFFICE, WALL = ((360, 740), (1280, 720), (1920, 1080))
RUN_AXE = """async ([standards, rules]) => {
  const runOnly = rules ? {type: "rule", values: rules} : {type: "tag", values: standards};
  const {violations} = await axe.run(document, {runOnly, resultTypes: ["violations"]});
  const places = (one) => one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ");
  return violations.map((one) => `${one.id} (${one.help}): ${places(one)}`);
}"""

FIRST_VIEW_BYTES, LATER_VIEW_BYTES = 250_000, 40_000
ADDRESSES = [address for addresses in PAGES.values() for address in addresses]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    with served(tmp_path_factory.mktemp("province")) as running:
        yield running


@pytest.fixture(scope="module")
def chromium(sample: Sample) -> Iterator[Browser]:
    with launched() as browser:
        yield browser


class Reader:
    """Somebody at a screen; notes what the browser complains of, and what it asks for elsewhere."""

    def __init__(self, chromium: Browser, sample: Sample, language: str, *, signed_in: bool = True) -> None:
        self.sample, self.language = sample, language
        context = window(chromium, locale=language, reduced_motion="reduce", color_scheme="light")
        context.add_init_script(path=CHECKS)
        context.add_cookies([{"name": "language", "value": language, "url": sample.address}])
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._asked)
        self._weigh(context.new_cdp_session(self.page))
        self.first_view_bytes = 0
        if signed_in:
            self._sign_in()

    def _sign_in(self) -> None:
        self.give_password(f"{self.language}@example.org")
        self.page.wait_for_url(re.compile(r"/(?!sign-in)[^/]*$"))

    def give_password(self, email: str) -> None:
        """As everybody begins."""
        self.page.goto(self.sample.at("/sign-in"))
        self.page.evaluate("document.fonts.ready.then(() => true)")
        self.first_view_bytes = self.weight_bytes
        self.page.locator("input[name=email]").fill(email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.locator("form:has(input[name=password]) button[type=submit]").click()

    def _weigh(self, wire: CDPSession) -> None:
        """Count the bytes that cross the wire; what the browser had kept weighs nothing."""
        self.weight_bytes = 0
        sound: set[str] = set()

        def began(told: dict[str, Any]) -> None:
            if told["type"] == "Media":
                sound.add(told["requestId"])

        def ended(told: dict[str, Any]) -> None:
            if told["requestId"] not in sound:
                self.weight_bytes += int(told["encodedDataLength"])

        wire.on("Network.responseReceived", began)
        wire.on("Network.loadingFinished", ended)
        wire.send("Network.enable")

    def _note(self, told: Any) -> None:
        if told.type in ("error", "warning") and "Failed to load resource" not in told.text:
            self.complaints.append(told.text)

    def _asked(self, request: Any) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.sample.address:
            self.complaints.append(f"asked elsewhere: {request.url}")

    def open(self, address: str, size: tuple[int, int] = OFFICE, status: int = 200) -> Page:
        """The page, with its letters loaded."""
        self.complaints.clear()
        self.weight_bytes = 0
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        answer = self.page.goto(self.sample.at(address), wait_until="load")
        assert answer is not None
        assert answer.status == status
        self.page.evaluate("document.fonts.ready.then(() => true)")
        return self.page

    def resize(self, size: tuple[int, int]) -> None:
        self.page.set_viewport_size({"width": size[0], "height": size[1]})
        self.page.evaluate("new Promise(requestAnimationFrame)")


@pytest.fixture(scope="module")
def readers(chromium: Browser, sample: Sample) -> dict[str, Reader]:
    return {language: Reader(chromium, sample, language) for language in ("en", "lo")}


@pytest.fixture(scope="module")
def strangers(chromium: Browser, sample: Sample) -> dict[str, Reader]:
    return {language: Reader(chromium, sample, language, signed_in=False) for language in ("en", "lo")}


def test_every_page_has_its_line_in_the_table(sample: Sample) -> None:
    """A page that nobody looks at here would be the one that is broken."""
    listed = {**PAGES, **FOR_STRANGERS, **NOT_PAGES}
    there = {
        rule.endpoint: rule.rule
        for rule in sample.app.url_map.iter_rules()
        if "GET" in (rule.methods or set()) and not rule.rule.startswith("/api/v1/")
    }
    assert {name: rule for name, rule in there.items() if name not in listed} == {}
    assert sorted(set(listed) - set(there)) == []


def by_keyboard(page: Page) -> list[str]:
    """First the way past the navigation, then each control, with a visible focus: what is not so."""
    begins_inside = page.locator("[autofocus]:visible, [data-summary]").count() > 0
    if not begins_inside:
        page.keyboard.press("Tab")
    first: str = page.evaluate("document.activeElement.className")
    wrong: list[str] = page.evaluate("pageChecks.unreachable()")
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    return wrong if begins_inside or first == "skip" else [f"the first stop is {first!r}", *wrong]


def ask_axe(reader: Reader, rules: list[str] | None) -> list[str]:
    """What axe finds. It copies the styles of shadow roots, which the page's policy rightly refuses it:
    the browser's words on that are not about the page."""
    before = len(reader.complaints)
    found: list[str] = reader.page.evaluate(RUN_AXE, [STANDARDS, rules])
    del reader.complaints[before:]
    return found


def look_at(reader: Reader, address: str) -> None:
    """By keyboard; light and dark by axe; then narrow and very wide; and what it weighed."""
    page = reader.open(address, status=404 if address in MISHAPS else 200)
    weight_bytes = reader.weight_bytes
    assert page.locator("html").get_attribute("lang") == reader.language
    wrong = {"by keyboard": by_keyboard(page)}
    page.evaluate(AXE.read_text(encoding="utf-8"))
    wrong["light"] = ask_axe(reader, None)
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    wrong["dark"] = ask_axe(reader, OF_COLOURS)
    for size in (OFFICE, PHONE, WALL):
        reader.resize(size)
        wrong[f"{size[0]} px"] = page.evaluate("pageChecks.laidOut()")
    reader.resize(PHONE)
    wrong["by touch"] = page.evaluate("pageChecks.small()")
    wrong["in the browser's words"] = list(reader.complaints)
    if reader.first_view_bytes:  # the style, script and letters of all pages are there since the sign-in page
        heavy = weight_bytes > LATER_VIEW_BYTES or reader.first_view_bytes + weight_bytes > FIRST_VIEW_BYTES
        wrong["weight"] = [f"{weight_bytes} bytes, and {reader.first_view_bytes} before"] if heavy else []
    assert {where: told for where, told in wrong.items() if told} == {}


@pytest.mark.parametrize("language", ["en", "lo"])
@pytest.mark.parametrize("address", [*ADDRESSES, *MISHAPS])
def test_a_page_can_be_read_by_everybody(readers: dict[str, Reader], address: str, language: str) -> None:
    """By eye, keyboard, finger and screen reader, in either theme, on any screen, over a slow line."""
    look_at(readers[language], address)


@pytest.mark.parametrize("language", ["en", "lo"])
@pytest.mark.parametrize("address", [one for addresses in FOR_STRANGERS.values() for one in addresses])
def test_a_page_before_the_door_can_be_read_by_everybody(
    strangers: dict[str, Reader], address: str, language: str
) -> None:
    """In the language of the browser, since nobody is known yet."""
    look_at(strangers[language], address)


@pytest.mark.parametrize("language", ["en", "lo"])
def test_the_questions_for_the_second_factor_can_be_read_by_everybody(
    chromium: Browser, sample: Sample, language: str
) -> None:
    """They stand between the password and the pages: the app's code, or a spare one."""
    reader = Reader(chromium, sample, language, signed_in=False)
    reader.give_password(WITH_CODE)
    reader.page.wait_for_url(re.compile("/sign-in/code"))
    look_at(reader, "/sign-in/code")
    look_at(reader, "/sign-in/spare-code")


@pytest.mark.parametrize("language", ["en", "lo"])
def test_a_campaign_of_four_languages_is_seen_whole_in_an_office(
    readers: dict[str, Reader], language: str
) -> None:
    """Every column of its villages up to their people, without scrolling sideways."""
    page = readers[language].open("/campaigns/{campaign}")
    table = page.locator(".table-wrap")
    assert table.locator("thead th").count() == 8
    assert table.evaluate("(one) => one.scrollWidth <= one.clientWidth")


@pytest.mark.parametrize("language", ["en", "lo"])
def test_the_first_view_of_all_is_light(readers: dict[str, Reader], language: str) -> None:
    """The sign-in page with style, script, sign and the Lao letters, over the wire."""
    assert 10_000 < readers[language].first_view_bytes <= FIRST_VIEW_BYTES
