"""What the hardware's tests stand on: a clock set by hand, an inbox for events, speech made by ffmpeg."""

import queue
import subprocess
import time
import wave
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hardware.system_clock import SystemClock
from hardware.virtual_board import VirtualBoard, lcus_board

SENTENCE = "The assembly meets at seven in the school."
PATIENCE_S = 30.0
"""For what comes soon on an idle machine; this one may be a busy one. Promised times are asserted apart."""


class HandClock:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self._began = datetime(2026, 3, 1, 5, 30, tzinfo=UTC)
        self.passed_s = 0.0

    def now(self) -> datetime:
        return self._began + timedelta(seconds=self.passed_s)

    def monotonic(self) -> float:
        return 1000.0 + self.passed_s

    def advance(self, seconds: float) -> None:
        self.passed_s = round(self.passed_s + seconds, 6)


class Unhurried(SystemClock):
    """A clock on which a second lasts `times` as long, for limits that are not what is tested."""

    def __init__(self, times: float = 10.0) -> None:
        self._times = times

    def monotonic(self) -> float:
        return super().monotonic() / self._times


class Inbox:
    """Keeps events in order; waits for one with a limit."""

    def __init__(self) -> None:
        self._arriving: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self.seen: list[Any] = []

    def put(self, event: Any) -> None:
        self._arriving.put(event)

    def wait_for(
        self,
        matches: Callable[[Any], bool],
        within_s: float = PATIENCE_S,
        meanwhile: Callable[[], object] = lambda: None,
    ) -> Any:
        """The next matching event; `meanwhile` is called every 50 ms or oftener."""
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            meanwhile()
            try:
                event = self._arriving.get(timeout=0.05)
            except queue.Empty:
                continue
            self.seen.append(event)
            if matches(event):
                return event
        raise AssertionError(f"nothing of the kind within {within_s} s; seen: {self.seen[-8:]}")

    def drain(self) -> list[Any]:
        """Everything so far."""
        while not self._arriving.empty():
            self.seen.append(self._arriving.get())
        return self.seen


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def make_inbox() -> type[Inbox]:
    return Inbox


@pytest.fixture
def board(tmp_path: Path) -> Iterator[VirtualBoard]:
    """A four-channel board that answers in text."""
    with lcus_board(tmp_path / "board", channels=4) as plugged:
        yield plugged


@pytest.fixture(scope="session")
def wait_until() -> Callable[..., None]:
    def wait(true: Callable[[], object], within_s: float = PATIENCE_S) -> None:
        until_s = time.monotonic() + within_s
        while not true():
            assert time.monotonic() < until_s, f"not true within {within_s} s"
            time.sleep(0.01)

    return wait


def _ffmpeg(*arguments: str) -> None:
    subprocess.run(["ffmpeg", "-nostdin", "-loglevel", "error", "-y", *arguments], check=True, timeout=60)


def _encode(source: Path, target: Path) -> Path:
    opus = ("-c:a", "libopus", "-b:a", "24k", "-ac", "1", "-ar", "48000", "-bitexact")
    _ffmpeg("-i", str(source), *opus, "-fflags", "+bitexact", str(target))
    return target


@pytest.fixture(scope="session")
def speech_wav(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Spoken English, some two seconds, 48 kHz mono."""
    target = tmp_path_factory.mktemp("speech") / "speech.wav"
    _ffmpeg(
        "-f", "lavfi", "-i", f"flite=text='{SENTENCE}':voice=slt", "-ar", "48000", "-ac", "1", str(target)
    )
    return target


@pytest.fixture(scope="session")
def speech(speech_wav: Path) -> Path:
    """The same as a broadcast-ready file."""
    return _encode(speech_wav, speech_wav.with_suffix(".webm"))


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A steady tone of one second, broadcast-ready."""
    folder = tmp_path_factory.mktemp("tone")
    _ffmpeg("-f", "lavfi", "-i", "sine=frequency=440:duration=1:sample_rate=48000", str(folder / "tone.wav"))
    return _encode(folder / "tone.wav", folder / "tone.webm")


@pytest.fixture(scope="session")
def length_of() -> Callable[[Path], int]:
    """How many milliseconds of sound a WebM file was made from: its WAV lies beside it."""

    def measure(path: Path) -> int:
        with wave.open(str(path.with_suffix(".wav")), "rb") as file:
            return round(file.getnframes() * 1000 / file.getframerate())

    return measure


@pytest.fixture(scope="session")
def samples_of() -> Callable[[Path], Any]:
    import numpy as np

    def read(path: Path) -> Any:
        with wave.open(str(path), "rb") as file:
            assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48000, 1, 2)
            return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)

    return read
