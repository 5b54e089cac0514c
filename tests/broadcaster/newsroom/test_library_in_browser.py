"""The list of all recordings in Chromium."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom import service
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.audio import ready_audio
from tests.broadcaster.newsroom.served import served, signed_in_there
from tests.end_to_end.chromium import launched

LONG = (
    "Results of the third ordinary session of the provincial assembly for the villages of Dakcheung district"
)


def test_beside_a_long_title_a_player_keeps_its_time_bar(
    app: APIFlask,
    settings: Settings,
    session: Session,
    clock: FixedClock,
    signed_in: Callable[..., FlaskClient],
) -> None:
    """On a window of 1280 pixels; the page itself does not scroll sideways."""
    about = service.create_announcement(session, LONG, "other", None, clock.now)
    service.attach_recording(session, about, "lo", ready_audio("a"), f"{LONG}.wav", None, clock.now)
    session.commit()
    editor = signed_in("editor")
    with served(app, settings) as port, launched() as browser:
        opened = signed_in_there(browser, editor, viewport={"width": 1280, "height": 800}).new_page()
        opened.goto(f"http://127.0.0.1:{port}/recordings")
        box = opened.locator(".library-rows audio").bounding_box()
        assert box is not None
        assert box["width"] >= 208
        assert box["x"] + box["width"] <= 1280
        assert opened.evaluate("document.documentElement.scrollWidth") <= 1280
