"""The waveform page in a real browser: what is dragged is what is saved, and the horn takes away the bass."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import waitress
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from broadcaster import schema
from broadcaster.accounts.service import Role, add_person
from broadcaster.app import create_app
from broadcaster.config import Settings
from broadcaster.database import Base, db
from broadcaster.newsroom import service as newsroom
from broadcaster.newsroom.models import Recording
from broadcaster.secret import make_secret
from tests.end_to_end.chromium import launched, window

PASSWORD = "a long enough pass phrase"
NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
# Whatever is connected to the loudspeaker is heard by an analyser too.
LISTEN_IN = """
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode) {
    window.heard ??= new AnalyserNode(this.context, {fftSize: 8192, smoothingTimeConstant: 0.5});
    connect.call(this, window.heard);
  }
  return connect.call(this, to, ...rest);
};
window.levelAt = (hertz) => {
  const levels = new Float32Array(window.heard.frequencyBinCount);
  window.heard.getFloatFrequencyData(levels);
  return levels[Math.round((hertz * 8192) / window.heard.context.sampleRate)];
};
"""


@dataclass(frozen=True)
class House:
    """A province server with one recording of six seconds: a low and a middle tone together."""

    address: str
    settings: Settings


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    data = tmp_path / "data"
    data.mkdir()
    make_secret(data)
    settings = Settings(data=data)
    engine = create_engine(settings.database_url)
    Base.metadata.create_all(engine)
    schema.stamp(engine)
    engine.dispose()
    app = create_app(settings, overrides={"RATELIMIT_ENABLED": False})
    tones = tmp_path / "tones.wav"
    mix = "sine=f=100:d=6,volume=6dB[low];sine=f=1000:d=6[middle];[low][middle]amix=inputs=2:normalize=0"
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-filter_complex", mix, str(tones)], check=True, timeout=120
    )
    with app.app_context():
        editor = add_person(db.session, "editor@example.org", PASSWORD, [Role.EDITOR], "Editor", NOW)
        announcement = newsroom.create_announcement(db.session, "Market day", "market", editor, NOW)
        newsroom.add_recording(
            db.session, app.extensions["audio_store"], announcement, "lo", tones, tones.name, editor, NOW
        )
        db.session.commit()
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield House(f"http://127.0.0.1:{server.effective_port}", settings)
    server.close()
    thread.join(5)
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def chromium(house: House) -> Iterator[Browser]:
    with launched("--autoplay-policy=no-user-gesture-required") as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser, house: House) -> Page:
    """The waveform page, an editor before it."""
    context = window(chromium, viewport={"width": 1280, "height": 900})
    context.add_init_script(LISTEN_IN)
    page = context.new_page()
    page.goto(f"{house.address}/sign-in?next=/recordings/1/sound")
    page.locator("input[name=email]").fill("editor@example.org")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("form:has(input[name=password]) button[type=submit]").click()
    page.wait_for_url(f"{house.address}/recordings/1/sound")
    expect(page.locator(".wave [part~=region]")).to_have_count(1)
    return page


def test_what_is_dragged_and_typed_is_what_is_saved(page: Page, house: House) -> None:
    """The end by its handle, the beginning at the playhead, a part by its button; then one new version."""
    handle = page.locator(".wave [part~=region-handle-right]").bounding_box()
    wave = page.locator(".wave").bounding_box()
    assert handle is not None
    assert wave is not None
    middle = handle["y"] + handle["height"] / 2
    page.mouse.move(handle["x"] + handle["width"] / 2, middle)
    page.mouse.down()
    page.mouse.move(wave["x"] + wave["width"] / 2, middle, steps=8)
    page.mouse.up()
    end_s = float(page.get_by_label("Ends at").input_value().removeprefix("0:"))
    assert 2.8 <= end_s <= 3.2

    page.evaluate("document.querySelector('audio').currentTime = 1")
    page.get_by_role("button", name="Begin here").click()
    expect(page.get_by_label("Begins at")).to_have_value("0:01")
    page.get_by_role("button", name="Level a part from here").click()
    expect(page.locator(".wave [part~=region]")).to_have_count(2)
    page.get_by_role("button", name="Save as a new version").click()
    expect(page.get_by_text("A new version is being prepared")).to_be_visible()
    engine = create_engine(house.settings.database_url)
    with Session(engine) as session:
        saved = session.get_one(Recording, 2)
        assert saved.edit is not None
        assert saved.edit["start_ms"] == 1000
        assert abs(saved.edit["end_ms"] - end_s * 1000) <= 1
        assert [one["start_ms"] for one in saved.edit["sections"]] == [1000]
    engine.dispose()


def test_as_the_loudspeaker_will_sound_there_is_no_bass(page: Page) -> None:
    """Measured where it leaves the page: the low tone falls far below the middle one, and comes back."""

    def hears(condition: str) -> bool:
        """Whether it comes true within a minute of listening."""
        look = (
            "new Promise((done) => {{ const until = performance.now() + 60000; const look = () => "
            "({0}) ? done(true) : performance.now() > until ? done(false) : setTimeout(look, 50); look(); }})"
        )
        return bool(page.evaluate(look.format(condition)))

    page.evaluate("document.querySelector('audio').loop = true; document.querySelector('audio').play()")
    bass_over_middle = "window.heard && levelAt(1000) > -60 && levelAt(100) - levelAt(1000)"
    horn = page.get_by_label("As the loudspeaker will sound")
    assert hears(f"({bass_over_middle}) > 0")
    horn.check()
    assert hears(f"({bass_over_middle}) < -20")
    horn.uncheck()
    assert hears(f"({bass_over_middle}) > 0")
