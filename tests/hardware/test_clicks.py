"""Never a click louder than -40 dBFS, with full-level tones that begin and end at their peak.

Through VLC and the line. A click is what lies above 8 kHz, where the tones have nothing: at starts, ends,
joins, fades, changes of level and where one sound cuts another.
"""

import time
import wave
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hardware import CapturingOutput, Failed, Finished, PlayRequest, Started, VlcOutput
from tests.hardware.conftest import Inbox
from tests.hardware.sound_server import Recorder, sound_server

RATE_HZ = 48_000
LOUDEST_CLICK = 32_768 * 10 ** (-40 / 20)
FULL = 32_767
ABOVE_HZ = 8_000


def _click(heard: Any) -> float:
    """The loudest sample of what lies above 8 kHz."""
    spectrum = np.fft.rfft(np.concatenate([np.zeros(RATE_HZ // 10), heard, np.zeros(RATE_HZ // 10)]))
    spectrum[: ABOVE_HZ * 2 * (len(spectrum) - 1) // RATE_HZ] = 0
    return float(np.abs(np.fft.irfft(spectrum)).max())


@pytest.fixture(scope="module")
def peak(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tone of 500 Hz, one second at full level, whose first and last samples are its peaks."""
    path = tmp_path_factory.mktemp("peak") / "peak.wav"
    values = FULL * np.cos(2 * np.pi * 500 * np.arange(RATE_HZ + 1) / RATE_HZ)
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(np.round(values).astype("<i2").tobytes())
    return path


def _ended(key: str) -> Callable[[object], bool]:
    return lambda event: isinstance(event, Finished | Failed) and event.key == key


def _whole(output: VlcOutput, inbox: Inbox, peak: Path) -> None:
    output.play(PlayRequest("one", peak))
    inbox.wait_for(_ended("one"))


def _joined(output: VlcOutput, inbox: Inbox, peak: Path) -> None:
    output.play(PlayRequest("one", peak, start_ms=500))
    inbox.wait_for(_ended("one"))


def _faded(output: VlcOutput, inbox: Inbox, peak: Path) -> None:
    output.play(PlayRequest("one", peak))
    inbox.wait_for(lambda event: isinstance(event, Started))
    output.stop(fade_ms=120)
    inbox.wait_for(_ended("one"))


def _stopped(output: VlcOutput, inbox: Inbox, peak: Path) -> None:
    output.play(PlayRequest("one", peak))
    inbox.wait_for(lambda event: isinstance(event, Started))
    output.stop()
    inbox.wait_for(_ended("one"))


def _louder_and_softer(output: VlcOutput, inbox: Inbox, peak: Path) -> None:
    output.play(PlayRequest("one", peak, volume_percent=60))
    inbox.wait_for(lambda event: isinstance(event, Started))
    for percent in (100, 20, 100, 0, 100):
        time.sleep(0.1)
        output.set_volume(percent)
    inbox.wait_for(_ended("one"))


def _cut_by_another(output: VlcOutput, inbox: Inbox, peak: Path) -> None:
    output.play(PlayRequest("one", peak))
    started = inbox.wait_for(lambda event: isinstance(event, Started))
    at = started.first_sample_at + timedelta(seconds=0.6)
    output.play(PlayRequest("two", peak, not_before=at))
    inbox.wait_for(_ended("two"))


def _one_after_the_other(output: VlcOutput, inbox: Inbox, peak: Path) -> None:
    at = datetime.now(UTC) + timedelta(seconds=0.4)
    output.play(PlayRequest("one", peak, not_before=at))
    inbox.wait_for(lambda event: isinstance(event, Started))
    output.play(PlayRequest("two", peak, not_before=at + timedelta(seconds=1)))
    inbox.wait_for(_ended("two"))


def _faded_under_another(output: VlcOutput, inbox: Inbox, peak: Path) -> None:
    output.play(PlayRequest("one", peak, volume_percent=75))
    inbox.wait_for(lambda event: isinstance(event, Started))
    output.stop(fade_ms=120)
    output.play(PlayRequest("two", peak, volume_percent=75))
    inbox.wait_for(_ended("two"))


ACTS = [
    *(_whole, _joined, _faded, _stopped),
    *(_louder_and_softer, _cut_by_another, _one_after_the_other, _faded_under_another),
]


@pytest.fixture
def output(inbox: Inbox) -> Iterator[VlcOutput]:
    line = CapturingOutput(inbox.put)
    line.warm_up()
    yield line
    line.close()


@pytest.mark.parametrize("act", ACTS)
def test_no_click_is_louder_than_forty_decibels_below_full_scale(
    output: VlcOutput,
    inbox: Inbox,
    peak: Path,
    tmp_path: Path,
    samples_of: Any,
    act: Callable[[VlcOutput, Inbox, Path], None],
) -> None:
    """In what the line carries, to the sample."""
    output.begin_capture(tmp_path / "line.wav")
    act(output, inbox, peak)
    time.sleep(0.1)
    output.end_capture()
    heard = samples_of(tmp_path / "line.wav")
    assert np.abs(heard).max() > (FULL * 0.98 if act in (_whole, _louder_and_softer) else FULL / 10)
    assert _click(heard) <= LOUDEST_CLICK


def test_what_fades_goes_on_fading_under_the_sound_that_follows_at_once(
    output: VlcOutput, inbox: Inbox, peak: Path, tmp_path: Path, samples_of: Any
) -> None:
    """An alert comes while a broadcast is faded out for it: neither waits for the other."""
    silence = tmp_path / "silence.wav"
    with wave.open(str(silence), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(bytes(RATE_HZ))
    output.begin_capture(tmp_path / "line.wav")
    output.play(PlayRequest("one", peak))
    inbox.wait_for(lambda event: isinstance(event, Started))
    time.sleep(0.3)
    output.stop(fade_ms=120)
    output.play(PlayRequest("two", silence))
    inbox.wait_for(_ended("two"))
    output.end_capture()
    heard = np.abs(samples_of(tmp_path / "line.wav"))
    half, nearly_silent = np.flatnonzero(heard > FULL * 0.5)[-1], np.flatnonzero(heard > FULL * 0.02)[-1]
    loud = np.flatnonzero(heard > FULL * 0.97)[-1]
    assert 0.070 * RATE_HZ <= nearly_silent - loud <= 0.150 * RATE_HZ
    assert loud < half < nearly_silent


def test_a_jump_from_silence_would_be_found(peak: Path, samples_of: Any) -> None:
    """The measure itself: the file as it is clicks at both its ends, a ramp of 3 ms does not."""
    tone = samples_of(peak)
    ramp = (1 - np.cos(np.pi * np.arange(144) / 144)) / 2
    soft = tone.copy()
    soft[:144] *= ramp
    soft[-144:] *= ramp[::-1]
    assert _click(tone) > 30 * LOUDEST_CLICK
    assert _click(soft) <= LOUDEST_CLICK


def test_behind_the_sound_server_nothing_clicks_either(
    inbox: Inbox, peak: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Recorded at the sink's monitor, whose rate is another: start, cut, fade and end in a row."""
    with sound_server(tmp_path / "server", monkeypatch.setenv) as server, Recorder(server) as recorder:
        line = VlcOutput(inbox.put, way="pulse")
        line.warm_up()
        _cut_by_another(line, inbox, peak)
        _joined(line, inbox, peak)
        _faded(line, inbox, peak)
        time.sleep(0.4)
        line.close()
        heard = recorder.samples()
    assert np.abs(heard).max() > FULL / 2
    assert _click(heard) <= LOUDEST_CLICK
