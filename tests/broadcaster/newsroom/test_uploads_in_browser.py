"""The page's uploader, with the real tus client in Chromium: many files, cuts, reloads, cancelling."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom.incoming_models import IncomingState, IncomingUpload
from broadcaster.newsroom.models import Announcement, Recording
from broadcaster.newsroom.service import create_announcement
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import make_places
from tests.broadcaster.newsroom.served import Line, served, signed_in_there
from tests.end_to_end.chromium import launched
from tests.end_to_end.waiting import wait_until


@pytest.fixture
def line(app: APIFlask, settings: Settings) -> Iterator[Line]:
    """A line to a real server."""
    with served(app, settings) as port:
        opened = Line(port)
        yield opened
        opened.close()


@pytest.fixture
def page(signed_in: Callable[..., FlaskClient], session: Session, line: Line) -> Iterator[Page]:
    """An editor's window on the page that brings recordings."""
    make_places(session)
    editor = signed_in("editor")
    with (
        launched() as browser
    ):  # after the application, before it ends: Playwright's loop and Flask's don't mix
        opened = signed_in_there(browser, editor).new_page()
        opened.on("dialog", lambda asked: asked.accept())
        opened.goto(f"http://127.0.0.1:{line.port}/recordings/upload")
        yield opened


@pytest.fixture
def talk(sounds: Callable[..., Path]) -> Path:
    """A sound of 1.3 MB."""
    return sounds(440, 15.0)


def choose(page: Page, *files: Path) -> None:
    """By the file dialog."""
    page.locator("[data-choose]").set_input_files(files)


def copy(source: Path, folder: Path, name: str) -> Path:
    """The same bytes under another name."""
    target = folder / name
    target.write_bytes(source.read_bytes())
    return target


def until_held(session: Session, size_bytes: int) -> None:
    """Wait until the server has taken in what came before a cut, which it does after the page knows of it."""

    def held() -> bool:
        session.rollback()
        upload = session.query(IncomingUpload).populate_existing().one_or_none()
        return upload is not None and upload.held_bytes >= size_bytes

    wait_until(f"{size_bytes} bytes at the server", held)


def send_until_cut(page: Page, line: Line, session: Session, talk: Path, after_bytes: int) -> None:
    """Send it over a line that breaks in the middle of a piece; wait until the server holds what came."""
    choose(page, talk)
    page.locator("select[data-language]").select_option("lo")
    line.cut_after(after_bytes)
    page.get_by_role("button", name="Send all").click()
    expect(page.locator("[data-rows-list] > li")).to_contain_text("No connection. It goes on by itself")
    until_held(session, after_bytes * 5 // 6)


def test_files_chosen_together_become_one_announcement_in_two_languages(
    page: Page, session: Session, sounds: Callable[..., Path], tmp_path: Path
) -> None:
    """Languages and title are guessed from the names; the rows show the preparation to its end."""
    files = [
        copy(sounds(440), tmp_path, "Market day_lo.wav"),
        copy(sounds(550), tmp_path, "Market day_katu.wav"),
        copy(sounds(660), tmp_path, "something else.wav"),
    ]
    choose(page, *files)
    rows = page.locator("[data-rows-list] > li")
    expect(rows).to_have_count(3)
    expect(rows.nth(0).locator("[data-language]")).to_have_value("lo")
    expect(rows.nth(1).locator("[data-language]")).to_have_value("kuf")
    expect(rows.nth(1).locator("[data-title]")).to_have_value("Market day")
    expect(rows.nth(2)).to_contain_text("Choose its language")
    page.get_by_role("button", name="Send all").click()
    expect(page.get_by_role("link", name="Listen and submit")).to_have_count(2)
    expect(rows.nth(2).locator("[data-language]")).to_be_focused()
    rows.nth(2).locator("[data-language]").select_option("tdf")
    rows.nth(2).get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("link", name="Listen and submit")).to_have_count(3)
    expect(page.locator("[data-all-words]")).to_have_text("3 of 3 files sent, 100 %")
    found = {one.title: sorted(r.language for r in one.recordings) for one in session.query(Announcement)}
    assert found == {"Market day": ["kuf", "lo"], "something else": ["tdf"]}


def test_one_choice_fills_the_language_of_all_files_that_have_none(
    page: Page, session: Session, clock: FixedClock, sounds: Callable[..., Path], tmp_path: Path
) -> None:
    """What was guessed or chosen for one file stays; the announcement is chosen for all in the same way."""
    about = create_announcement(session, "Market day", "market", None, clock.now)
    session.commit()
    page.reload()
    names = ("one.wav", "two.wav", "three.wav", "four_lo.wav")
    files = [copy(sounds(440 + 110 * at), tmp_path, name) for at, name in enumerate(names)]
    choose(page, *files)
    rows = page.locator("[data-rows-list] > li")
    expect(rows).to_have_count(4)
    rows.nth(2).locator("[data-language]").select_option("tdf")
    page.get_by_label("Language of all files without one").select_option("kuf")
    for at, language in enumerate(("kuf", "kuf", "tdf", "lo")):
        expect(rows.nth(at).locator("[data-language]")).to_have_value(language)
    rows.nth(1).get_by_role("button", name="Cancel").click()
    page.get_by_label("Announcement of all files without one").select_option(str(about.id))
    expect(page.locator("[data-only-new]:visible")).to_have_count(0)
    page.get_by_role("button", name="Send all").click()
    expect(page.get_by_role("link", name="Listen and submit")).to_have_count(3)
    brought = session.query(Recording).all()
    assert sorted(one.language for one in brought) == ["kuf", "lo", "tdf"]
    assert {one.announcement_id for one in brought} == {about.id}


def test_a_cut_line_is_waited_for_and_nothing_is_sent_twice(
    page: Page, line: Line, session: Session, talk: Path, settings: Settings
) -> None:
    """The line breaks in the middle of a piece; what came is kept, and the rest follows by itself."""
    send_until_cut(page, line, session, talk, 300_000)
    assert line.cuts == 1
    line.cut_after(talk.stat().st_size - 200_000)  # not enough for all of it anew
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_role("link", name="Listen and submit")).to_be_visible()
    assert session.query(Recording).one().source_sha256 == hashlib.sha256(talk.read_bytes()).hexdigest()


def test_after_a_reload_the_same_file_goes_on_and_another_is_refused(
    page: Page, line: Line, session: Session, talk: Path, sounds: Callable[..., Path], tmp_path: Path
) -> None:
    """The page lists what is unfinished; it knows the file by its content, not by its name."""
    send_until_cut(page, line, session, talk, 700_000)
    line.cut_after(None)
    page.reload()
    begun = page.locator("[data-unfinished]")
    expect(begun).to_contain_text("Choose the same file to go on")
    held = int(begun.get_attribute("data-held") or 0)
    assert held > 500_000
    other = tmp_path / "other.wav"
    other.write_bytes(bytes(talk.stat().st_size))
    begun.locator("[data-again]").set_input_files(other)
    expect(begun).to_contain_text("This is another file")
    line.cut_after(talk.stat().st_size - held + 20_000)
    begun.locator("[data-again]").set_input_files(copy(talk, tmp_path, "renamed.wav"))
    expect(page.get_by_role("link", name="Listen and submit")).to_be_visible()
    assert session.query(Recording).one().source_sha256 == hashlib.sha256(talk.read_bytes()).hexdigest()


def test_a_pause_holds_and_a_cancel_leaves_nothing(
    page: Page, line: Line, session: Session, talk: Path, stored: Callable[[], list[str]]
) -> None:
    """Terminated on the server too."""
    send_until_cut(page, line, session, talk, 300_000)
    row = page.locator("[data-rows-list] > li")
    row.get_by_role("button", name="Pause").click()
    expect(row).to_contain_text(re.compile(r"Paused at \d+ %"))
    line.cut_after(None)
    with page.expect_response(
        lambda answer: answer.request.method == "DELETE" and answer.status != 423
    ) as told:
        row.get_by_role("button", name="Cancel").click()
    assert told.value.status == 204
    expect(row).to_have_count(0)
    assert session.query(IncomingUpload).one().state == IncomingState.ENDED
    assert not [name for name in stored() if name.startswith("tus-")]


def test_an_expired_upload_begins_anew(
    page: Page, line: Line, session: Session, talk: Path, clock: FixedClock
) -> None:
    """What was begun three days ago is gone; the client makes a new one and sends all of it."""
    send_until_cut(page, line, session, talk, 300_000)
    session.query(IncomingUpload).one().expires_at = clock.now
    session.commit()
    line.cut_after(None)
    page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(page.get_by_role("link", name="Listen and submit")).to_be_visible()
    assert session.query(IncomingUpload).count() == 2


def test_a_refusal_is_told_in_the_servers_words(page: Page, app: APIFlask, talk: Path) -> None:
    """A full disk: why, and a way to try again."""
    app.extensions["free_bytes"] = lambda _folder: 0
    choose(page, talk)
    page.locator("select[data-language]").select_option("lo")
    page.get_by_role("button", name="Send all").click()
    row = page.locator("[data-rows-list] > li")
    expect(row).to_contain_text("There is no space left on the server")
    del app.extensions["free_bytes"]
    row.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("link", name="Listen and submit")).to_be_visible()


def test_files_can_be_dropped_anywhere_on_the_page_and_a_poison_file_says_why(page: Page) -> None:
    """As people do who miss the frame; the row ends with the reason."""
    page.evaluate(
        """() => {
          const held = new DataTransfer();
          held.items.add(new File(["x".repeat(5000)], "law_tdf.wav", { type: "audio/wav" }));
          document.body.dispatchEvent(new DragEvent("dragover", { dataTransfer: held, bubbles: true }));
          document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true }));
        }"""
    )
    expect(page.locator("select[data-language]")).to_have_value("tdf")
    page.get_by_role("button", name="Send all").click()
    expect(page.locator("[data-rows-list] > li")).to_contain_text("This is not a sound file")


def test_files_without_a_language_are_shown_the_first_of_them_at_once(
    page: Page, sounds: Callable[..., Path]
) -> None:
    """None is sent; each says what it lacks until it is chosen."""
    page.locator("[data-choose]").set_input_files([sounds(440), sounds(550)])
    page.get_by_role("button", name="Send all").click()
    languages = page.locator("select[data-language]")
    expect(languages.first).to_be_focused()
    expect(languages.last).to_have_attribute("aria-invalid", "true")
    languages.last.select_option("lo")
    expect(languages.last).not_to_have_attribute("aria-invalid", "true")


def test_on_an_announcements_page_the_uploader_comes_when_it_is_wanted(
    page: Page, session: Session, clock: FixedClock, sounds: Callable[..., Path]
) -> None:
    """Not before, since the page is light; then everything goes into this announcement."""
    announcement = create_announcement(session, "Land law", "other", None, clock.now)
    session.commit()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(page.url.replace("recordings/upload", f"announcements/{announcement.id}"))
    add = page.locator("#add")
    assert not [url for url in asked if "/uploads-" in url]
    with page.expect_file_chooser() as chooser:
        add.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(sounds(440))
    page.locator("select[data-language]").select_option("tdf")
    page.get_by_role("button", name="Send all").click()
    expect(page.get_by_role("link", name="Listen and submit")).to_be_visible()
    assert session.query(Recording).one().announcement_id == announcement.id
