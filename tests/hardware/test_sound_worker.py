"""Whatever happens to the sound worker, the sound goes on within two seconds and none of it is left out."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hardware import Failed, Finished, OutputTrouble, PlayRequest, Stalled, Started, VlcOutput, WentOn
from tests.hardware.conftest import Inbox
from tests.hardware.sound_server import Recorder, sound_server
from tests.standing_still import Witness

RATE_HZ = 48_000
REPLACED_WITHIN_MS = 2000
HEARD_TWICE_MS = 350


@dataclass
class Line:
    """An output that leads nowhere, and what it told."""

    output: VlcOutput
    inbox: Inbox
    troubles: Inbox

    def lose(self, number: signal.Signals) -> None:
        """Do something to its worker."""
        pid = self.output.worker_pid
        assert pid is not None
        os.kill(pid, number)


@pytest.fixture
def line() -> Iterator[Line]:
    inbox, troubles = Inbox(), Inbox()
    output = VlcOutput(inbox.put, way="none", on_trouble=troubles.put)
    output.warm_up()
    yield Line(output, inbox, troubles)
    output.close()


def _is(kind: type, key: str) -> Callable[[object], bool]:
    return lambda event: isinstance(event, kind) and getattr(event, "key", None) == key


def _found(heard: Any, piece: Any) -> tuple[int, float]:
    """Where a piece lies in what was heard, and how like it is there."""
    size = 1 << (len(heard) + len(piece)).bit_length()
    both = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(piece, size)), size)
    at = int(np.argmax(both[: len(heard) - len(piece) + 1]))
    return at, float(np.corrcoef(heard[at : at + len(piece)], piece)[0, 1])


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_that_dies_or_hangs_is_replaced_and_the_sound_goes_on_where_it_was(
    line: Line,
    tmp_path: Path,
    speech: Path,
    speech_wav: Path,
    samples_of: Any,
    machine: Witness,
    number: signal.Signals,
) -> None:
    """One start, one whole end; silence of less than two seconds; every quarter second of it was heard."""
    line.output.begin_capture(tmp_path / "line.wav")
    line.output.play(PlayRequest("speech", speech))
    started = line.inbox.wait_for(_is(Started, "speech"))
    time.sleep(1.0)
    lost_at = datetime.now(UTC)
    line.lose(number)
    trouble = line.troubles.wait_for(lambda _: True)
    finished = line.inbox.wait_for(_is(Finished, "speech"))
    line.output.end_capture()
    source, heard = samples_of(speech_wav), samples_of(tmp_path / "line.wav")
    length_ms = len(source) * 1000 / RATE_HZ
    assert isinstance(trouble, OutputTrouble)
    assert trouble.key == "speech"
    stood_still_ms = machine.stood_still_s(lost_at, datetime.now(UTC)) * 1000
    assert 0 < trouble.silent_ms <= REPLACED_WITHIN_MS + stood_still_ms
    assert not finished.cut
    assert length_ms - 30 <= finished.played_ms <= length_ms + 100
    told = {type(event): event for event in line.inbox.seen}
    stalled, went_on = told[Stalled], told[WentOn]
    assert went_on.silent_ms == trouble.silent_ms
    assert abs((went_on.at - stalled.at) / timedelta(milliseconds=1) - went_on.silent_ms) < 5
    took_ms = (finished.last_sample_at - started.first_sample_at) / timedelta(milliseconds=1)
    assert length_ms < took_ms <= length_ms + trouble.silent_ms + HEARD_TWICE_MS + stood_still_ms
    assert [type(event) for event in line.inbox.drain()].count(Started) == 1
    for begin in range(0, len(source) - RATE_HZ // 4, RATE_HZ // 4):
        piece = source[begin : begin + RATE_HZ // 4]
        loud = np.abs(piece).max() > 1500
        cut_here = abs(begin / RATE_HZ - 1.0) < 0.6  # a piece may lie on either side of the silence
        assert not loud or cut_here or _found(heard, piece)[1] > 0.7, begin / RATE_HZ


def test_a_file_that_was_changed_while_it_played_is_not_opened_by_the_next_worker(
    line: Line, tmp_path: Path, speech: Path, tone: Path
) -> None:
    """What it holds now was never checked: what was heard of it counts, and no more is."""
    mine, other = tmp_path / "mine.webm", tmp_path / "other.webm"
    mine.write_bytes(speech.read_bytes())
    other.write_bytes(tone.read_bytes())
    line.output.play(PlayRequest("mine", mine))
    line.inbox.wait_for(_is(Started, "mine"))
    time.sleep(0.5)
    other.replace(mine)
    line.lose(signal.SIGKILL)
    failed = line.inbox.wait_for(_is(Failed, "mine"))
    assert "changed" in failed.message
    assert 300 <= failed.played_ms <= 1500
    assert failed.moved_at is not None


def test_what_follows_waits_for_the_end_of_a_sound_that_goes_on_late(
    line: Line, speech: Path, tone: Path, length_of: Callable[[Path], int], machine: Witness
) -> None:
    """Handed over for the nominal end before the worker died: the first one is not cut for that."""
    line.output.play(PlayRequest("speech", speech))
    started = line.inbox.wait_for(_is(Started, "speech"))
    ends = started.first_sample_at + timedelta(milliseconds=length_of(speech))
    line.output.play(PlayRequest("tone", tone, not_before=ends))
    time.sleep(1.2)
    line.lose(signal.SIGKILL)
    line.inbox.wait_for(_is(Finished, "tone"))
    told = {(type(event), event.key): event for event in line.inbox.seen}
    first, second = told[Finished, "speech"], told[Started, "tone"]
    assert not first.cut
    assert second.first_sample_at > ends
    stood_still_s = machine.stood_still_s(started.first_sample_at, datetime.now(UTC))
    assert abs((second.first_sample_at - first.last_sample_at).total_seconds()) <= 0.1 + stood_still_s


def test_a_sound_that_waits_begins_at_its_instant_with_the_next_worker(
    line: Line, tone: Path, machine: Witness
) -> None:
    """It had not begun: nothing happened to it."""
    asked_at = datetime.now(UTC)
    planned = asked_at + timedelta(seconds=2.5)
    line.output.play(PlayRequest("tone", tone, not_before=planned))
    time.sleep(0.2)
    line.lose(signal.SIGKILL)
    started = line.inbox.wait_for(_is(Started, "tone"))
    stood_still_s = machine.stood_still_s(asked_at, started.first_sample_at)
    assert abs((started.first_sample_at - planned).total_seconds()) <= 0.005 + stood_still_s


def test_a_stop_while_there_is_no_worker_ends_what_was_on(line: Line, speech: Path, machine: Witness) -> None:
    """At once, and another worker does not bring it back."""
    line.output.play(PlayRequest("speech", speech))
    started = line.inbox.wait_for(_is(Started, "speech"))
    time.sleep(0.5)
    line.lose(signal.SIGSTOP)
    line.output.stop(fade_ms=100)
    finished = line.inbox.wait_for(_is(Finished, "speech"))
    assert finished.cut
    stood_still_ms = machine.stood_still_s(started.first_sample_at, datetime.now(UTC)) * 1000
    assert finished.played_ms <= 1200 + stood_still_ms
    time.sleep(1.5)
    assert line.inbox.drain()[-1] is finished


def test_a_sound_that_costs_three_workers_has_failed_and_the_next_one_plays(
    line: Line, speech: Path, tone: Path
) -> None:
    """Nothing is tried for ever."""
    line.output.play(PlayRequest("speech", speech))
    line.inbox.wait_for(_is(Started, "speech"))
    for _ in range(3):
        before = line.output.worker_pid
        line.lose(signal.SIGKILL)
        until_s = time.monotonic() + 5
        while line.output.worker_pid in (None, before) and time.monotonic() < until_s:
            time.sleep(0.02)
        time.sleep(0.4)
    failed = line.inbox.wait_for(lambda event: isinstance(event, Finished | Failed))
    assert isinstance(failed, Failed)
    assert "died, also when tried again" in failed.message
    line.output.play(PlayRequest("tone", tone))
    assert not line.inbox.wait_for(_is(Finished, "tone")).cut


def test_a_worker_that_dies_at_rest_is_told_and_replaced(line: Line, tone: Path) -> None:
    """Nobody was listening; the next sound plays all the same."""
    line.lose(signal.SIGKILL)
    trouble = line.troubles.wait_for(lambda _: True)
    assert (trouble.key, trouble.silent_ms) == (None, 0)
    line.output.play(PlayRequest("tone", tone))
    assert not line.inbox.wait_for(_is(Finished, "tone")).cut


def test_a_worker_whose_agent_is_gone_ends(line: Line, speech: Path) -> None:
    """It sees the end of its pipe."""
    pid = line.output.worker_pid
    line.output.play(PlayRequest("speech", speech))
    line.inbox.wait_for(_is(Started, "speech"))
    line.output.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid or 0, 0)


# --- what leaves the machine -------------------------------------------------------------------------------


@pytest.fixture
def sounding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Line, Recorder]]:
    """An output on a sound server's null sink, whose monitor is recorded."""
    inbox, troubles = Inbox(), Inbox()
    with sound_server(tmp_path / "server", monkeypatch.setenv) as server, Recorder(server) as recorder:
        output = VlcOutput(inbox.put, way="pulse", on_trouble=troubles.put)
        output.warm_up()
        yield Line(output, inbox, troubles), recorder
        output.close()


def test_what_leaves_the_machine_is_the_approved_sound_in_its_order_and_its_time(
    sounding: tuple[Line, Recorder], speech: Path, speech_wav: Path, tone: Path, samples_of: Any
) -> None:
    """Recorded behind the sound server: whole, and the second one begins where the plan says."""
    line, recorder = sounding
    at = datetime.now(UTC) + timedelta(seconds=0.6)
    source = samples_of(speech_wav)
    line.output.play(PlayRequest("speech", speech, not_before=at))
    line.inbox.wait_for(_is(Started, "speech"))
    then = at + timedelta(seconds=len(source) / RATE_HZ + 0.5)
    line.output.play(PlayRequest("again", speech, not_before=then))
    line.inbox.wait_for(_is(Finished, "again"))
    time.sleep(0.2)
    heard = recorder.samples()
    half = len(heard) // 2
    first, like = _found(heard[: half + RATE_HZ // 2], source)
    second, like_again = _found(heard[first + len(source) :], source)
    assert like >= 0.95
    assert like_again >= 0.95
    assert abs(second / RATE_HZ - 0.5) <= 0.010  # the pause, as the programme has it


def test_a_stop_is_heard_within_three_hundred_milliseconds_and_without_a_click(
    sounding: tuple[Line, Recorder], tone: Path
) -> None:
    """Also near a file's end, where VLC's own stop takes 0.8 s. A click would be steeper than the tone."""
    line, recorder = sounding
    line.output.play(PlayRequest("tone", tone))
    line.inbox.wait_for(_is(Started, "tone"))
    time.sleep(0.65)
    asked = len(recorder.samples())
    line.output.stop(fade_ms=120)
    line.inbox.wait_for(_is(Finished, "tone"))
    time.sleep(0.5)
    heard = recorder.samples()
    last = int(np.flatnonzero(np.abs(heard) > 10)[-1])
    assert (last - asked) / RATE_HZ <= 0.300
    sounding_part = heard[asked - RATE_HZ // 4 : asked - RATE_HZ // 20]
    steepest = np.abs(np.diff(sounding_part)).max()
    assert np.abs(np.diff(heard[asked:])).max() <= steepest * 1.1 + 32
