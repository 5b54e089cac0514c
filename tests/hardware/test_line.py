"""The line on a device of its own clock that starves when it is not fed: what is heard when, to the sample.

Time is virtual; the device plays what it holds, and silence where it holds nothing, as a sound server does.
"""

from array import array
from pathlib import Path

import pytest

from hardware.sound.line import AHEAD, AWAKE_US, FEED_EVERY_S, Line
from hardware.sound.sounds import DECODE_AHEAD_S
from hardware.sound.voice import CLICK
from hardware.sound.wav_file import HEADER_BYTES
from hardware.sound.way_out import AtRest

RATE_HZ = 48_000
MILLISECOND = RATE_HZ // 1000
SOUND = [CLICK] * (RATE_HZ // 5)  # so soft that nothing is ramped


class Machine:
    """A clock, and a device that runs off it by `drift`; `rewrites`: what it holds can be written over.

    It tells `mistaken` frames more than it holds. `starved`: it was written to too late.
    """

    def __init__(self, drift: float = 0.0, *, rewrites: bool = True) -> None:
        self.now_us, self.drift, self._rewrites = 5_000_000, drift, rewrites
        self.at_rest = AtRest(2200 * MILLISECOND, 1.0) if rewrites else AtRest(AHEAD, 0.1)
        self._began_us = self.now_us
        self._at = bytearray()  # as the device holds or has played it
        self._next = 0  # where the next write goes
        self.mistaken, self.starved = 0, False

    def write(self, samples: bytes) -> None:
        """What comes too late is dropped; what lies where it goes gives way to it."""
        late = max(0, self._played() - self._next) * 2
        self.starved = self.starved or late > 0
        if (gap := self._next * 2 - len(self._at)) > 0:
            self._at += bytes(gap)
        to = self._next * 2 + len(samples)
        self._at[self._next * 2 + late : to] = samples[late:]
        self._next = to // 2

    def take_back(self, frames: int) -> int:
        """The next write goes there."""
        taken = frames if self._rewrites else 0
        self._next -= taken
        return taken

    def delay_frames(self) -> int | None:
        return self._next - self._played() + self.mistaken

    def close(self) -> None:
        """Nothing to let go."""

    def heard(self) -> list[int]:
        """Sample by sample."""
        return array("h", bytes(self._at)).tolist()

    def heard_first_us(self) -> int:
        """When the first sample that is not silence was heard."""
        first = next(index for index, sample in enumerate(self.heard()) if sample)
        return self._began_us + round(first * 1_000_000 / RATE_HZ / (1 + self.drift))

    def _played(self) -> int:
        return round((self.now_us - self._began_us) * (1 + self.drift) * RATE_HZ / 1_000_000)


def _live(line: Line, machine: Machine, until_us: int) -> None:
    while machine.now_us < until_us:
        machine.now_us += 10_000
        line.attend()


def _begun(machine: Machine) -> Line:
    line = Line(lambda: machine, lambda: machine.now_us)
    line.wake()
    _live(line, machine, machine.now_us + 1_000_000)
    return line


@pytest.mark.parametrize("drift", [0.0, 100e-6, -100e-6])
@pytest.mark.parametrize("starves_ms", [0, 100, 250, 1000])
def test_a_sound_begins_at_its_instant_though_the_device_starved_after_it_was_laid(
    drift: float, starves_ms: int
) -> None:
    """It had not been handed over: it is laid anew, by the device's clock."""
    machine = Machine(drift)
    line = _begun(machine)
    due_us = machine.now_us + 2_000_000
    voice = line.add(due_us, 100, joins=False)
    voice.place(array("h", SOUND).tobytes(), line.head)
    voice.finish(line.head)
    _live(line, machine, machine.now_us + 500_000)
    machine.now_us += starves_ms * 1000
    _live(line, machine, due_us + 1_000_000)
    assert abs(machine.heard_first_us() - due_us) <= 100
    heard = machine.heard()
    first = next(index for index, sample in enumerate(heard) if sample)
    assert heard[first : first + len(SOUND)] == SOUND
    assert not any(heard[first + len(SOUND) :])


def test_what_was_on_its_way_when_the_device_starved_goes_on_whole_and_what_follows_is_in_time() -> None:
    """Heard later, not lost; the sound after it begins at its own instant all the same."""
    machine = Machine()
    line = _begun(machine)
    due_us = machine.now_us + 500_000
    first, then = line.add(due_us, 100, joins=False), line.add(due_us + 2_000_000, 100, joins=False)
    first.place(array("h", SOUND * 5).tobytes(), line.head)
    first.finish(line.head)
    then.place(array("h", [-one for one in SOUND]).tobytes(), line.head)
    then.finish(line.head)
    _live(line, machine, due_us + 300_000)
    machine.now_us += 400_000
    _live(line, machine, due_us + 3_000_000)
    heard = machine.heard()
    assert heard.count(CLICK) == len(SOUND) * 5
    at = next(index for index, sample in enumerate(heard) if sample < 0)
    second_us = 5_000_000 + at * 1_000_000 // RATE_HZ
    assert abs(second_us - due_us - 2_000_000) <= 100


def test_so_little_is_handed_over_ahead_that_a_cut_is_heard_in_time() -> None:
    """What sounds is not taken back once it was handed over."""
    assert AHEAD <= 150 * MILLISECOND


def test_a_line_at_rest_is_fed_seldom_and_a_sound_that_is_announced_begins_at_its_instant() -> None:
    """Further ahead than a sound may be handed over; by the time its decoder gives samples it is not."""
    machine = Machine()
    line = _begun(machine)
    _live(line, machine, machine.now_us + AWAKE_US)
    line.attend()
    waits = _fed_as_asked(line, machine, machine.now_us + 3_000_000)
    assert min(waits) >= 1.0
    assert 1000 * MILLISECOND <= line.head - line.heard <= machine.at_rest.ahead_frames
    due_us = machine.now_us + round(DECODE_AHEAD_S * 1_000_000)
    line.wake()
    _fed_as_asked(line, machine, machine.now_us + 60_000)
    _sound_at(line, due_us)
    _fed_as_asked(line, machine, due_us + 500_000)
    assert abs(machine.heard_first_us() - due_us) <= 100


@pytest.mark.parametrize("rewrites", [True, False])
@pytest.mark.parametrize("rested_ms", [0, 10, 500, 990, 3333])
def test_a_sound_that_is_to_begin_at_once_waits_for_no_more_than_what_is_handed_over_awake(
    rested_ms: int, rewrites: bool
) -> None:
    """Nobody had announced it: the silence further ahead is taken back, or was never there."""
    machine = Machine(rewrites=rewrites)
    line = _begun(machine)
    _fed_as_asked(line, machine, machine.now_us + AWAKE_US)
    _fed_as_asked(line, machine, machine.now_us + rested_ms * 1000)
    asked_us = machine.now_us
    line.wake()
    _sound_at(line, None)
    _fed_as_asked(line, machine, asked_us + 1_000_000)
    assert machine.heard_first_us() - asked_us <= AHEAD * 1_000_000 // RATE_HZ
    assert machine.heard().count(CLICK) == len(SOUND)


@pytest.mark.parametrize("after_ms", [1, 20, 139, 300, 1500])
def test_what_sounded_is_not_taken_back_however_soon_the_next_sound_comes(after_ms: int) -> None:
    """A long sound leaves a line that rests at once, while its last samples are still to be heard, and which
    is told of more than that: nothing of them is written over, and it does not starve."""
    machine = Machine()
    line = _begun(machine)
    long = SOUND * 60  # longer than a line stays awake
    _sound_at(line, machine.now_us + 500_000, long)
    until_us = machine.now_us + 500_000 + 12_000_000
    while (wait_s := line.attend()) == FEED_EVERY_S:
        machine.now_us += 10_000
    assert machine.now_us < until_us, "the last of it is not heard yet"
    assert wait_s is not None
    came_us = machine.now_us + after_ms * 1000
    machine.mistaken = 30 * MILLISECOND
    machine.now_us += min(round(wait_s * 1_000_000), after_ms * 1000 // 2)
    _fed_as_asked(line, machine, came_us)
    line.wake()
    _sound_at(line, None, [-one for one in SOUND])
    _fed_as_asked(line, machine, machine.now_us + 2_000_000)
    assert not machine.starved
    heard = machine.heard()
    assert heard.count(CLICK) == len(long)
    assert heard.count(-CLICK) == len(SOUND)


def test_what_is_kept_of_a_line_is_what_was_heard_though_silence_was_taken_back_before(
    tmp_path: Path,
) -> None:
    """Its sample 0 lies where the keeping began, and while a file is kept nothing is taken back."""
    machine = Machine()
    line = _begun(machine)
    _fed_as_asked(line, machine, machine.now_us + AWAKE_US + 2_000_000)
    first_us = line.begin_keeping(tmp_path / "kept.wav")
    _fed_as_asked(line, machine, machine.now_us + AWAKE_US + 2_000_000)
    _sound_at(line, None)
    _fed_as_asked(line, machine, machine.now_us + 1_000_000)
    line.end_keeping()
    kept = array("h", (tmp_path / "kept.wav").read_bytes()[HEADER_BYTES:]).tolist()
    at = next(index for index, sample in enumerate(kept) if sample)
    assert abs(first_us + at * 1_000_000 // RATE_HZ - machine.heard_first_us()) <= 100
    assert kept.count(CLICK) == len(SOUND)


def _sound_at(line: Line, due_us: int | None, samples: list[int] = SOUND) -> None:
    voice = line.add(due_us, 100, joins=False)
    voice.place(array("h", samples).tobytes(), line.head)
    voice.finish(line.head)


def _fed_as_asked(line: Line, machine: Machine, until_us: int) -> list[float]:
    """Attended exactly when the line wants it; the waits it asked for."""
    waits = []
    while machine.now_us < until_us:
        wait_s = line.attend()
        assert wait_s is not None
        waits.append(wait_s)
        machine.now_us = min(machine.now_us + round(wait_s * 1_000_000), until_us)
    return waits
