"""Recording in the browser: what the microphone hears arrives, is kept through a crash, and is judged."""

from __future__ import annotations

import re
import subprocess
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom.models import Recording
from content_library import AudioStore
from tests.broadcaster.newsroom.conftest import make_places
from tests.broadcaster.newsroom.served import served, signed_in_there
from tests.end_to_end.chromium import launched

RATE = 48000


def write(samples: np.ndarray, file: Path) -> Path:
    """A WAV of 16 bits."""
    with wave.open(str(file), "wb") as opened:
        opened.setparams((1, 2, RATE, 0, "NONE", ""))
        opened.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return file


def speech_like(seconds: float) -> np.ndarray:
    """Noise in syllables whose pitch never repeats, so that a piece of it fits in one place only."""
    chance = np.random.default_rng(7)
    time = np.arange(int(seconds * RATE)) / RATE
    pitch = np.interp(
        time,
        np.arange(0, seconds + 0.2, 0.2),
        chance.uniform(150, 900, int(seconds * 5) + 2)[: len(np.arange(0, seconds + 0.2, 0.2))],
    )
    voice = np.sin(2 * np.pi * np.cumsum(pitch) / RATE) + 0.4 * np.sin(4 * np.pi * np.cumsum(pitch) / RATE)
    return 0.25 * voice * (0.6 + 0.4 * np.sin(2 * np.pi * 3.7 * time))


@pytest.fixture
def window(
    app: APIFlask, settings: Settings, signed_in: Callable[..., FlaskClient], session: Session
) -> Callable[[Path], object]:
    """An editor's window whose microphone hears a file, over and over."""
    make_places(session)
    editor = signed_in("editor")

    @contextmanager
    def opened(heard: Path) -> Iterator[Page]:
        flags = (
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={heard}",
        )
        with served(app, settings) as port, launched(*flags) as browser:
            page = signed_in_there(browser, editor).new_page()
            page.on("dialog", lambda asked: asked.accept())
            page.goto(f"http://127.0.0.1:{port}/recordings/upload")
            yield page

    return opened


def send_as(page: Page, language: str) -> None:
    """The recorded file stands in the list: choose its language and send it."""
    page.locator("select[data-language]").select_option(language)
    page.get_by_role("button", name="Send all").click()
    expect(page.get_by_role("link", name="Listen and submit")).to_be_visible()


def recorded_for(page: Page, seconds: int) -> None:
    """Wait until the page counts so many."""
    expect(page.locator("[data-recorder-words]")).to_contain_text(re.compile(rf"0:0[{seconds}-9]"))


def likeness(stored: bytes, heard: Path) -> float:
    """The highest normalised correlation of what was stored with a place in what was heard, 0 to 1."""
    rate = 8000

    def decoded(*source: str, data: bytes | None = None) -> np.ndarray:
        command = ["ffmpeg", "-loglevel", "error", *source, "-f", "f32le", "-ac", "1", "-ar", str(rate), "-"]
        out = subprocess.run(command, input=data, check=True, capture_output=True, timeout=120).stdout
        return np.frombuffer(out, dtype="<f4").astype(float)

    piece = decoded("-i", "-", data=stored)[rate // 2 : 5 * rate // 2]
    whole = np.tile(decoded("-i", str(heard)), 2)
    length = len(whole) + len(piece)
    found = np.fft.irfft(np.fft.rfft(whole, length) * np.conj(np.fft.rfft(piece, length)), length)[
        : len(whole)
    ]
    powers = np.concatenate([[0.0], np.cumsum(whole**2)])
    norms = np.sqrt(powers[len(piece) :] - powers[: len(powers) - len(piece)])
    return float(np.max(np.abs(found[: len(norms)]) / (norms * np.linalg.norm(piece) + 1e-9)))


def test_what_the_microphone_heard_is_what_is_stored(
    window: Callable[[Path], object], session: Session, app: APIFlask, tmp_path: Path
) -> None:
    """Record, pause, go on, listen, use, send: broadcast-ready, and the same sound."""
    heard = write(speech_like(9), tmp_path / "heard.wav")
    with window(heard) as page:  # type: ignore[attr-defined]  # a context manager
        page.get_by_role("button", name="Record here").click()
        expect(page.locator("[data-level-words]")).to_have_text("The level is good.")
        page.get_by_role("button", name="Record", exact=True).click()
        recorded_for(page, 3)
        page.get_by_role("button", name="Pause", exact=True).first.click()
        expect(page.locator("[data-recorder-words]")).to_contain_text("Paused at 0:0")
        page.locator('[data-do="resume"]').click()
        page.get_by_role("button", name="Stop").click()
        expect(page.locator("[data-listen]")).to_have_js_property("error", None)
        page.get_by_role("button", name="Use this recording").click()
        send_as(page, "tdf")
        assert page.evaluate("indexedDB.databases().then((all) => all.length)") == 1
    recording = session.query(Recording).one()
    store: AudioStore = app.extensions["audio_store"]
    assert recording.sha256
    assert recording.duration_ms
    assert recording.duration_ms > 2700
    assert recording.loudness_lufs == pytest.approx(-16, abs=0.5)
    assert likeness(store.read_range(recording.sha256, 0, recording.size_bytes or 0), heard) > 0.85


def test_a_reload_in_the_middle_loses_at_most_a_second(
    window: Callable[[Path], object], session: Session, tmp_path: Path
) -> None:
    """What was recorded is offered again, can be listened to, and arrives; then it is offered no more."""
    heard = write(speech_like(9), tmp_path / "heard.wav")
    with window(heard) as page:  # type: ignore[attr-defined]
        page.get_by_role("button", name="Record here").click()
        page.get_by_role("button", name="Record", exact=True).click()
        recorded_for(page, 3)
        page.reload()
        expect(page.locator("[data-takes]")).to_contain_text(
            re.compile(r"A recording of 0:0[2-9] from .* was not sent")
        )
        page.get_by_role("button", name="Bring it back").click()
        page.get_by_role("button", name="Use this recording").click()
        send_as(page, "lo")
        page.reload()
        expect(page.get_by_role("link", name="Listen and submit")).to_be_visible()
        expect(page.locator("[data-takes] li")).to_have_count(0)
    assert (session.query(Recording).one().duration_ms or 0) > 1500


def test_silence_and_clipping_are_told_while_they_happen_and_afterwards(
    window: Callable[[Path], object], session: Session, tmp_path: Path
) -> None:
    """A microphone that is off, then one that is shouted into: each in words, and what to do."""
    silence, shout = np.zeros(6 * RATE), 4 * speech_like(4)
    heard = write(np.concatenate([silence, shout]), tmp_path / "heard.wav")
    with window(heard) as page:  # type: ignore[attr-defined]
        page.get_by_role("button", name="Record here").click()
        words = page.locator("[data-level-words]")
        expect(words).to_contain_text("Nothing is heard")
        page.get_by_role("button", name="Record", exact=True).click()
        expect(words).to_contain_text("Too loud")
        page.get_by_role("button", name="Stop").click()
        expect(words).to_contain_text("It was too loud in")
        page.locator('[data-do="discard"]').click()
        expect(page.locator("[data-recorder]")).to_be_hidden()
        page.reload()
        expect(page.locator("[data-takes] li")).to_have_count(0)
    assert session.query(Recording).count() == 0
