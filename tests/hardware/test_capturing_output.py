"""What is kept of a line is what was approved: whole, in order, to the sample."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hardware import CapturingOutput, Finished, PlayRequest, Started
from hardware.errors import AudioUnavailable, CallerError
from tests.standing_still import Witness

RATE_HZ = 48_000


@pytest.fixture
def output(inbox: Any) -> Iterator[CapturingOutput]:
    line = CapturingOutput(inbox.put)
    line.warm_up()
    yield line
    line.close()


def _started(key: str) -> Callable[[object], bool]:
    return lambda event: isinstance(event, Started) and event.key == key


def _finished(key: str) -> Callable[[object], bool]:
    return lambda event: isinstance(event, Finished) and event.key == key


def _find(heard: Any, source: Any) -> tuple[int, float]:
    """Where `source` lies in `heard`, and how like it is there (correlation)."""
    size = 1 << (len(heard) + len(source)).bit_length()
    both = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(source, size)), size)
    at = int(np.argmax(both[: len(heard) - len(source) + 1]))
    return at, float(np.corrcoef(heard[at : at + len(source)], source)[0, 1])


def test_what_was_heard_is_the_approved_sound_whole_and_at_its_instant(
    output: CapturingOutput,
    inbox: Any,
    tmp_path: Path,
    speech: Path,
    speech_wav: Path,
    samples_of: Any,
    machine: Witness,
) -> None:
    """Like the source over its whole length, begun at the planned instant, and as the events tell it."""
    captured_from = output.begin_capture(tmp_path / "line.wav")
    planned = datetime.now(UTC) + timedelta(seconds=0.5)
    output.play(PlayRequest("speech", speech, not_before=planned))
    started = inbox.wait_for(_started("speech"))
    finished = inbox.wait_for(_finished("speech"))
    time.sleep(0.3)
    count = output.end_capture()
    heard, source = samples_of(tmp_path / "line.wav"), samples_of(speech_wav)
    assert len(heard) == count
    stood_still_s = machine.stood_still_s(captured_from, datetime.now(UTC))
    assert abs((started.first_sample_at - planned).total_seconds()) <= 0.002 + stood_still_s
    at, likeness = _find(heard, source)
    assert likeness >= 0.95
    first = round((started.first_sample_at - captured_from).total_seconds() * RATE_HZ)
    assert abs(at - first) <= 5  # the codec's own beginning is left out, nothing else
    assert finished.played_ms >= 0.999 * len(source) * 1000 / RATE_HZ
    assert not heard[: first - 48].any()
    last = round((finished.last_sample_at - captured_from).total_seconds() * RATE_HZ)
    assert not heard[last + 48 :].any()


def test_every_sample_of_the_approved_file_is_heard_bit_for_bit(
    output: CapturingOutput, inbox: Any, tmp_path: Path, speech: Path, samples_of: Any
) -> None:
    """Against the codec's own decoder. VLC's time stamps are rounded; the blocks are joined all the same."""
    decoded = tmp_path / "decoded.wav"
    subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "error", "-c:a", "libopus", "-i", str(speech), str(decoded)],
        check=True,
        timeout=30,
    )
    output.begin_capture(tmp_path / "line.wav")
    output.play(PlayRequest("speech", speech))
    inbox.wait_for(_finished("speech"))
    output.end_capture()
    heard, reference = samples_of(tmp_path / "line.wav"), samples_of(decoded)
    at, _ = _find(heard, reference)
    assert np.array_equal(heard[at : at + len(reference)], reference)


def test_two_sounds_follow_without_losing_the_first_ones_tail(
    output: CapturingOutput,
    inbox: Any,
    tmp_path: Path,
    tone: Path,
    speech: Path,
    speech_wav: Path,
    samples_of: Any,
    machine: Witness,
) -> None:
    """The second is asked for ahead, at the instant where the first ends."""
    captured_from = output.begin_capture(tmp_path / "line.wav")
    output.play(PlayRequest("speech", speech))
    started = inbox.wait_for(_started("speech"))
    source = samples_of(speech_wav)
    ends = started.first_sample_at + timedelta(seconds=len(source) / RATE_HZ)
    output.play(PlayRequest("tone", tone, not_before=ends))
    inbox.wait_for(_finished("tone"))
    output.end_capture()
    told = {(type(event), event.key): event for event in inbox.seen}
    assert not told[Finished, "speech"].cut
    stood_still_s = machine.stood_still_s(captured_from, datetime.now(UTC))
    assert abs((told[Started, "tone"].first_sample_at - ends).total_seconds()) <= 0.002 + stood_still_s
    heard = samples_of(tmp_path / "line.wav")
    _, likeness = _find(heard, source)
    assert likeness >= 0.95


def test_after_a_stop_nothing_more_is_heard(
    output: CapturingOutput, inbox: Any, tmp_path: Path, tone: Path, samples_of: Any
) -> None:
    """Though VLC had delivered more than a second ahead."""
    captured_from = output.begin_capture(tmp_path / "line.wav")
    output.play(PlayRequest("tone", tone))
    inbox.wait_for(_started("tone"))
    time.sleep(0.3)
    output.stop()
    finished = inbox.wait_for(_finished("tone"))
    time.sleep(1.0)
    output.end_capture()
    heard = samples_of(tmp_path / "line.wav")
    sounding = np.flatnonzero(np.abs(heard) > 200)
    stopped = (finished.last_sample_at - captured_from).total_seconds() * RATE_HZ
    assert sounding[-1] <= stopped + 480
    assert sounding[-1] >= stopped - 4800


def test_the_volume_is_what_the_request_says(
    output: CapturingOutput, inbox: Any, tmp_path: Path, tone: Path, samples_of: Any
) -> None:
    """Half the setting is an eighth of the amplitude, as on VLC's own outputs."""
    peaks = []
    for percent in (100, 50):
        output.begin_capture(tmp_path / "line.wav")
        output.play(PlayRequest("tone", tone, volume_percent=percent))
        inbox.wait_for(_finished("tone"))
        output.end_capture()
        peaks.append(np.abs(samples_of(tmp_path / "line.wav")).max())
    assert peaks[1] == pytest.approx(peaks[0] / 8, rel=0.02)


def test_a_killed_process_leaves_what_was_heard(
    tmp_path: Path, speech: Path, samples_of: Any, wait_until: Callable[..., None]
) -> None:
    """A readable file, whole to half a second before the kill."""
    code = (
        "import sys, time; from pathlib import Path; from hardware import *\n"
        "line = CapturingOutput(lambda event: print('told', flush=True)); line.warm_up()\n"
        "line.begin_capture(Path(sys.argv[2])); print('begun', flush=True)\n"
        "line.play(PlayRequest('speech', Path(sys.argv[1]))); time.sleep(30)"
    )
    target = tmp_path / "line.wav"
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(speech), str(target)],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"begun\n"
    began_s = time.monotonic()
    time.sleep(1.4)
    process.send_signal(signal.SIGKILL)
    lived_s = time.monotonic() - began_s
    process.communicate()
    heard = samples_of(target)
    assert lived_s - 0.6 <= len(heard) / RATE_HZ <= lived_s + 0.6
    assert np.abs(heard[len(heard) // 2 :]).max() > 1000


def test_a_capture_that_was_not_begun_cannot_end(output: CapturingOutput) -> None:
    """By the caller's own fault."""
    with pytest.raises(CallerError):
        output.end_capture()


def test_a_capture_that_cannot_be_written_is_refused_in_words(
    output: CapturingOutput, tmp_path: Path
) -> None:
    """With the path, and the line goes on."""
    with pytest.raises(AudioUnavailable, match="cannot be written"):
        output.begin_capture(tmp_path / "no folder" / "line.wav")
    output.begin_capture(tmp_path / "line.wav")
    assert output.end_capture() >= 0


def test_a_machine_without_vlc_is_told_what_to_install(tmp_path: Path) -> None:
    """One clear line from `warm_up`, and from the first sound where nobody warmed up."""
    (tmp_path / "vlc.py").write_text("raise OSError('libvlc.so.5: cannot open shared object file')\n")
    code = (
        "import queue, sys; from pathlib import Path; from hardware import *\n"
        "inbox = queue.SimpleQueue(); line = CapturingOutput(inbox.put)\n"
        "try: line.warm_up()\n"
        "except HardwareError as problem: print(problem)\n"
        "line.play(PlayRequest('x', Path(__import__('os').__file__))); print(inbox.get(timeout=5).message)\n"
        "line.close()"
    )
    house = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": f"{tmp_path}:{house}"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stdout.count("sudo apt-get install libvlc5 vlc-plugin-base") == 2, done.stderr
