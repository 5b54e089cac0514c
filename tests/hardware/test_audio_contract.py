"""What every `AudioOutput` promises: the same cases on every way out, and on the simulation."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hardware import (
    AudioOutput,
    CapturingOutput,
    Failed,
    Finished,
    PlayRequest,
    SimulatedOutput,
    Started,
    SystemClock,
    VlcOutput,
)
from hardware.errors import BadSetting
from tests.hardware.sound_server import ALSA_FILE, sound_server
from tests.standing_still import Witness


@dataclass
class Bench:
    """One adapter under test. `pass_time` lets seconds go by; `slack_s` is how exactly it tells instants."""

    output: AudioOutput
    inbox: Any
    now: Callable[[], datetime]
    pass_time: Callable[[float], None]
    slack_s: float

    def next_event(self) -> Any:
        """Whatever is told next."""
        return self.inbox.wait_for(lambda _: True, meanwhile=lambda: self.pass_time(0.01))


@pytest.fixture(params=["captured", "nowhere", "pulse", "alsa", "simulated"])
def bench(
    request: pytest.FixtureRequest,
    inbox: Any,
    clock: Any,
    speech: Path,
    tone: Path,
    length_of: Callable[[Path], int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Bench]:
    """Each adapter, warmed up: into a file, nowhere, a sound server's null sink, an ALSA file; simulated."""
    if request.param == "simulated":
        lengths = {speech: length_of(speech), tone: length_of(tone)}
        simulated = SimulatedOutput(inbox.put, clock, lengths.get)

        def pass_time(seconds: float) -> None:
            clock.advance(max(seconds, 0.25))
            simulated.look()

        yield Bench(simulated, inbox, clock.now, pass_time, 0.0)
        return
    with ExitStack() as stack:
        if request.param == "pulse":
            stack.enter_context(sound_server(tmp_path / "server", monkeypatch.setenv))
        output = _output(str(request.param), inbox, tmp_path, monkeypatch)
        stack.callback(output.close)
        output.warm_up()
        yield Bench(output, inbox, SystemClock().now, time.sleep, 0.1)


def _output(kind: str, inbox: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> VlcOutput:
    if kind == "captured":
        return CapturingOutput(inbox.put)
    if kind == "alsa":
        settings = folder / "asound.conf"
        settings.write_text(ALSA_FILE.format(file=folder / "alsa.raw"))
        monkeypatch.setenv("ALSA_CONFIG_PATH", str(settings))
        return VlcOutput(inbox.put, way="alsa", device="kept")
    return VlcOutput(inbox.put, way="pulse" if kind == "pulse" else "none")


def test_a_sound_starts_at_its_instant_and_finishes_when_it_was_heard(
    bench: Bench, tone: Path, machine: Witness
) -> None:
    """One `Started`, one `Finished`, both with true instants, and the second not before its time."""
    asked_at = datetime.now(UTC)
    planned = bench.now() + timedelta(seconds=0.4)
    bench.output.play(PlayRequest("tone", tone, not_before=planned))
    started = bench.next_event()
    assert isinstance(started, Started)
    slack_s = bench.slack_s + machine.stood_still_s(asked_at, datetime.now(UTC))
    assert abs((started.first_sample_at - planned).total_seconds()) <= slack_s
    finished = bench.next_event()
    told_at = bench.now()
    assert isinstance(finished, Finished)
    assert (finished.key, finished.cut) == ("tone", False)
    assert 970 <= finished.played_ms <= 1060
    slack_s = 0.06 + machine.stood_still_s(asked_at, datetime.now(UTC))
    assert abs((finished.last_sample_at - started.first_sample_at).total_seconds() - 1.0) <= slack_s
    assert told_at >= finished.last_sample_at


def test_a_stop_ends_the_sound_and_says_how_much_was_heard(bench: Bench, speech: Path) -> None:
    """After the fade, and marked as cut."""
    bench.output.play(PlayRequest("speech", speech))
    assert isinstance(bench.next_event(), Started)
    bench.pass_time(0.5)
    bench.output.stop(fade_ms=100)
    finished = bench.next_event()
    assert isinstance(finished, Finished)
    assert finished.cut
    assert 450 <= finished.played_ms <= 1500
    bench.pass_time(0.3)
    assert bench.inbox.drain()[-1] == finished


def test_a_new_sound_cuts_the_one_before_it(bench: Bench, speech: Path, tone: Path) -> None:
    """At once, when the new one names no later instant."""
    bench.output.play(PlayRequest("first", speech))
    assert bench.next_event().key == "first"
    bench.output.play(PlayRequest("second", tone))
    cut = bench.next_event()
    assert isinstance(cut, Finished)
    assert (cut.key, cut.cut) == ("first", True)
    assert isinstance(bench.next_event(), Started)
    whole = bench.next_event()
    assert (whole.key, whole.cut) == ("second", False)


def test_a_waiting_sound_is_replaced_and_told_as_not_heard(bench: Bench, tone: Path) -> None:
    """Every request gets its one answer."""
    later = bench.now() + timedelta(seconds=30)
    bench.output.play(PlayRequest("waiting", tone, not_before=later))
    bench.output.play(PlayRequest("new", tone))
    unheard = bench.next_event()
    assert isinstance(unheard, Finished)
    assert (unheard.key, unheard.played_ms, unheard.cut) == ("waiting", 0, True)
    assert bench.next_event().key == "new"
    bench.output.stop()
    assert bench.next_event().key == "new"


def test_a_sound_taken_back_is_not_heard_and_what_plays_goes_on(bench: Bench, tone: Path) -> None:
    """The next one was handed over ahead; it must not air after all."""
    bench.output.play(PlayRequest("first", tone))
    started = bench.next_event()
    ends = started.first_sample_at + timedelta(seconds=1)
    bench.output.play(PlayRequest("next", tone, not_before=ends))
    bench.output.take_back("next")
    unheard, whole = bench.next_event(), bench.next_event()
    assert (unheard.key, unheard.played_ms, unheard.cut) == ("next", 0, True)
    assert (whole.key, whole.cut) == ("first", False)
    assert whole.played_ms >= 970


def test_the_next_sound_begins_where_the_one_before_ends_and_cuts_nothing(
    bench: Bench, tone: Path, machine: Witness
) -> None:
    """Handed over ahead for the nominal end: the first is whole, though its file is a little longer."""
    asked_at = datetime.now(UTC)
    bench.output.play(PlayRequest("first", tone))
    ends = bench.next_event().first_sample_at + timedelta(seconds=1)
    bench.output.play(PlayRequest("next", tone, not_before=ends))
    told = [bench.next_event() for _ in range(3)]
    by_key = {(type(event), event.key): event for event in told}
    assert not by_key[Finished, "first"].cut
    assert by_key[Finished, "first"].played_ms >= 970
    slack_s = max(bench.slack_s, 0.02) + machine.stood_still_s(asked_at, datetime.now(UTC))
    assert abs((by_key[Started, "next"].first_sample_at - ends).total_seconds()) <= slack_s


def test_a_sound_can_begin_inside(bench: Bench, speech: Path, length_of: Callable[[Path], int]) -> None:
    """For a listener who joins where the programme would be by now."""
    bench.output.play(PlayRequest("rest", speech, start_ms=length_of(speech) - 1000))
    bench.next_event()
    rest = bench.next_event()
    assert not rest.cut
    assert 900 <= rest.played_ms <= 1100


@pytest.mark.parametrize("content", [b"", b"this is no sound" * 100])
def test_a_file_that_is_no_sound_fails_with_its_name(bench: Bench, tmp_path: Path, content: bytes) -> None:
    """And the next sound plays."""
    bad = tmp_path / "bad.webm"
    bad.write_bytes(content)
    bench.output.play(PlayRequest("bad", bad))
    failed = bench.next_event()
    assert isinstance(failed, Failed)
    assert failed.key == "bad"
    assert "bad.webm" in failed.message


def test_a_missing_file_fails_and_the_next_sound_plays(bench: Bench, tmp_path: Path, tone: Path) -> None:
    """One bad item must not silence the rest."""
    bench.output.play(PlayRequest("gone", tmp_path / "gone.webm"))
    assert isinstance(bench.next_event(), Failed)
    bench.output.prepare(PlayRequest("next", tone))
    bench.output.play(PlayRequest("next", tone))
    assert isinstance(bench.next_event(), Started)
    assert isinstance(bench.next_event(), Finished)


@pytest.mark.parametrize("changed", [{"volume_percent": 101}, {"volume_percent": -1}, {"start_ms": -5}])
def test_a_request_out_of_range_fails(bench: Bench, tone: Path, changed: dict[str, int]) -> None:
    """Told, not raised: the line goes on."""
    bench.output.play(PlayRequest("loud", tone, **changed))
    assert isinstance(bench.next_event(), Failed)


@pytest.mark.parametrize("percent", [-1, 101, 1000])
def test_a_volume_out_of_range_is_refused_in_words(bench: Bench, percent: int) -> None:
    """It names what was asked for and what there is."""
    with pytest.raises(BadSetting, match=f"0 to 100 percent, not {percent}"):
        bench.output.set_volume(percent)


def test_the_volume_changes_while_a_sound_plays(bench: Bench, tone: Path) -> None:
    """And the sound is heard to its end."""
    bench.output.play(PlayRequest("tone", tone, volume_percent=100))
    assert isinstance(bench.next_event(), Started)
    bench.output.set_volume(40)
    finished = bench.next_event()
    assert isinstance(finished, Finished)
    assert not finished.cut


def test_closing_ends_the_sound_and_twice_is_harmless(bench: Bench, speech: Path) -> None:
    """The sound is answered for."""
    bench.output.play(PlayRequest("speech", speech))
    bench.next_event()
    bench.output.close()
    bench.output.close()
    ended = bench.inbox.drain()[-1]
    assert isinstance(ended, Finished)
    assert ended.cut
