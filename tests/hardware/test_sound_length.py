"""How long a file sounds, told before it is heard. Real VLC in a process of its own, files by ffmpeg."""

import json
import os
import subprocess
import threading
import time
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

import psutil
import pytest

from hardware.sound import length
from hardware.sound.length import MODULE, LengthUnknown, NoSound, length_of, measured_ms
from tests.hardware.conftest import PATIENCE_S

HOUR_MS = 3_600_000
TONE_MS = 4000
EXACT_MS = 100
FORMATS = {
    "webm": ("-c:a", "libopus"),
    "mp3": ("-c:a", "libmp3lame", "-q:a", "4", "-write_xing", "0"),
    "aac": ("-c:a", "aac", "-ar", "44100", "-ac", "2", "-f", "adts"),
    "ogg": (
        "-c:a",
        "libvorbis",
    ),
    "flac": ("-ar", "22050"),
    "wav": ("-ar", "44100", "-ac", "2"),
}


@pytest.fixture(scope="module")
def make_tone(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A tone of four seconds, under a name that says nothing."""

    def make(ending: str, *coded: str) -> Path:
        folder = tmp_path_factory.mktemp(ending)
        source = ("-f", "lavfi", "-i", f"sine=frequency=440:duration={TONE_MS // 1000}:sample_rate=48000")
        target = folder / f"tone.{ending}"
        subprocess.run(
            ["ffmpeg", "-nostdin", "-v", "error", "-y", *source, *coded, str(target)], check=True, timeout=60
        )
        return target.rename(folder / "sound")

    return make


def measured(path: Path, most_ms: int = HOUR_MS) -> int:
    with path.open("rb") as sound:
        return measured_ms(sound, most_ms)


@pytest.mark.parametrize("ending", FORMATS)
def test_a_files_length_is_what_will_be_heard_of_it(make_tone: Callable[..., Path], ending: str) -> None:
    """Also where the file itself is minutes off, as an MP3 without an index."""
    assert abs(measured(make_tone(ending, *FORMATS[ending])) - TONE_MS) <= EXACT_MS


def test_a_recording_from_a_browser_says_no_length_and_has_one(make_tone: Callable[..., Path]) -> None:
    """A WebM written as it was spoken."""
    assert abs(measured(make_tone("webm", "-c:a", "libopus", "-live", "1")) - TONE_MS) <= EXACT_MS


def test_of_a_cut_file_counts_what_is_there(make_tone: Callable[..., Path], tmp_path: Path) -> None:
    """Its header still says four seconds."""
    whole = make_tone("webm", "-c:a", "libopus").read_bytes()
    half = tmp_path / "half"
    half.write_bytes(whole[: len(whole) // 2])
    assert abs(measured(half) - TONE_MS / 2) <= 500


@pytest.mark.parametrize("content", [b"", b"The assembly meets at seven.\n" * 200, bytes(range(256)) * 64])
def test_what_makes_no_sound_is_told_apart(tmp_path: Path, content: bytes) -> None:
    """Empty, text, noise without a form."""
    path = tmp_path / "notes"
    path.write_bytes(content)
    with pytest.raises(NoSound, match="VLC finds no sound in it"):
        measured(path)


def test_a_header_alone_makes_no_sound(make_tone: Callable[..., Path], tmp_path: Path) -> None:
    """Whatever it promises."""
    path = tmp_path / "header"
    path.write_bytes(make_tone("webm", "-c:a", "libopus").read_bytes()[:300])
    with pytest.raises(NoSound, match="VLC finds no sound in it"):
        measured(path)


def test_what_sounds_for_longer_than_may_be_is_not_counted_to_its_end(tmp_path: Path) -> None:
    """Four hours of silence: it is longer than an hour, nobody needs to know by how much."""
    path = tmp_path / "long"
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 8000, 4 * 3600 * 8000, "NONE", ""))
        file.writeframes(b"")
    header = path.stat().st_size
    os.truncate(path, header + 4 * 3600 * 8000 * 2)
    _say_length(path, 4 * 3600 * 8000 * 2)
    assert HOUR_MS < measured(path) <= 4 * HOUR_MS


def _say_length(path: Path, data_bytes: int) -> None:
    """Write it into the header of a WAV of 44 bytes and `data_bytes`."""
    with path.open("r+b") as file:
        file.seek(4)
        file.write((36 + data_bytes).to_bytes(4, "little"))
        file.seek(40)
        file.write(data_bytes.to_bytes(4, "little"))


# --- what hangs, and what dies -----------------------------------------------------------------------------


@pytest.fixture
def endless() -> Iterator[BinaryIO]:
    """Nothing comes of it, and no end."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as sound:
        yield sound
    os.close(writing)


def measuring() -> list[psutil.Process]:
    """The processes of this one that measure."""
    found = []
    for child in psutil.Process().children():
        try:
            if MODULE in child.cmdline():
                found.append(child)
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue
    return found


def test_what_takes_too_long_is_given_up(endless: BinaryIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the process itself."""
    monkeypatch.setattr(length, "MEASURE_WITHIN_S", 0.3)
    with pytest.raises(LengthUnknown, match=r"was not through with it within 0\.3 s"):
        measured_ms(endless, HOUR_MS)


def test_what_hangs_is_killed(endless: BinaryIO, monkeypatch: pytest.MonkeyPatch) -> None:
    """By who waits for it; nothing of it is left."""
    monkeypatch.setattr(length, "MEASURE_WITHIN_S", 10 * PATIENCE_S)
    monkeypatch.setattr(length, "KILL_AFTER_S", 1.0)
    with pytest.raises(LengthUnknown, match="VLC hangs over it"):
        measured_ms(endless, HOUR_MS)
    assert measuring() == []


def test_what_brings_vlc_down_brings_nothing_else_down(
    endless: BinaryIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a file that cannot be played."""
    monkeypatch.setattr(length, "MEASURE_WITHIN_S", 10 * PATIENCE_S)
    monkeypatch.setattr(length, "KILL_AFTER_S", 10 * PATIENCE_S)

    def bring_down() -> None:
        until_s = time.monotonic() + PATIENCE_S
        while not (found := measuring()) and time.monotonic() < until_s:
            time.sleep(0.01)
        for one in found:
            one.kill()

    bringing_down = threading.Thread(target=bring_down)
    bringing_down.start()
    try:
        with pytest.raises(NoSound, match="VLC breaks down over it"):
            measured_ms(endless, HOUR_MS)
    finally:
        bringing_down.join()


# --- what a report means -----------------------------------------------------------------------------------


def report(counted_ms: int, stated_ms: int = 0, *, whole: bool = False) -> bytes:
    return json.dumps({"counted_ms": counted_ms, "whole": whole, "stated_ms": stated_ms}).encode()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        (report(4000, whole=True), 4000),
        (report(4000, 9000, whole=True), 4000),
        (report(2000, 9000), 9000),
        (report(2000, HOUR_MS + 1), HOUR_MS + 1),
        (report(HOUR_MS + 1, 9000), HOUR_MS + 1),
    ],
)
def test_what_was_counted_goes_before_what_the_file_says(said: bytes, found: int) -> None:
    """What it says counts where the time did not suffice."""
    assert length_of(said, HOUR_MS) == found


@pytest.mark.parametrize("said", [report(5000, 2000), report(5000), report(0, 9000)])
def test_a_file_that_says_what_cannot_be_is_not_believed(said: bytes) -> None:
    """It sounds already longer than it says, or it says nothing, or not a sound of it came."""
    with pytest.raises(LengthUnknown):
        length_of(said, HOUR_MS)


@pytest.mark.parametrize(
    "said", [b"", b"{}", b"[1]", b"\xff", b'{"counted_ms": "x", "whole": 1, "stated_ms": 0}']
)
def test_a_report_that_is_none_comes_of_a_breakdown(said: bytes) -> None:
    """Whatever wrote it."""
    with pytest.raises(NoSound, match="breaks down"):
        length_of(said, HOUR_MS)
