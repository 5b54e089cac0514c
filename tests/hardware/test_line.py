"""The line on a device of its own clock that starves when it is not fed: what is heard when, to the sample.

Time is virtual; the device plays what it holds, and silence where it holds nothing, as a sound server does.
"""

from array import array

import pytest

from hardware.sound.line import AHEAD, AWAKE_US, Line
from hardware.sound.sounds import DECODE_AHEAD_S
from hardware.sound.voice import CLICK

RATE_HZ = 48_000
MILLISECOND = RATE_HZ // 1000
SOUND = [CLICK] * (RATE_HZ // 5)  # so soft that nothing is ramped


class Machine:
    """A clock, and a device that runs off it by `drift`."""

    ahead_at_rest = 280 * MILLISECOND

    def __init__(self, drift: float = 0.0) -> None:
        self.now_us, self.drift = 5_000_000, drift
        self._began_us = self.now_us
        self._at = bytearray()  # as the device holds or has played it

    def write(self, samples: bytes) -> None:
        """What comes too late is dropped."""
        late = max(0, self._played() - len(self._at) // 2)
        kept = samples[late * 2 :]
        self._at += bytes(len(samples) - len(kept))
        self._at += kept

    def delay_frames(self) -> int | None:
        return len(self._at) // 2 - self._played()

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
    """What was handed over can not be taken back."""
    assert AHEAD <= 150 * MILLISECOND


def test_a_line_at_rest_is_fed_seldom_and_a_sound_that_is_announced_begins_at_its_instant() -> None:
    """Further ahead than a sound may be handed over; by the time its decoder gives samples it is not."""
    machine = Machine()
    line = _begun(machine)
    _live(line, machine, machine.now_us + AWAKE_US)
    waits = _fed_as_asked(line, machine, machine.now_us + 3_000_000)
    assert min(waits) >= 0.1
    ahead = line.head - line.heard
    assert 150 * MILLISECOND <= ahead <= machine.ahead_at_rest
    due_us = machine.now_us + round(DECODE_AHEAD_S * 1_000_000)
    line.wake()
    _fed_as_asked(line, machine, machine.now_us + 60_000)
    voice = line.add(due_us, 100, joins=False)
    voice.place(array("h", SOUND).tobytes(), line.head)
    voice.finish(line.head)
    _fed_as_asked(line, machine, due_us + 500_000)
    assert abs(machine.heard_first_us() - due_us) <= 100


def test_a_sound_that_is_to_begin_at_once_waits_for_no_more_than_the_silence_handed_over() -> None:
    """Nobody had announced it."""
    machine = Machine()
    line = _begun(machine)
    _live(line, machine, machine.now_us + AWAKE_US + 1_000_000)
    asked_us = machine.now_us
    line.wake()
    voice = line.add(None, 100, joins=False)
    voice.place(array("h", SOUND).tobytes(), line.head)
    voice.finish(line.head)
    _fed_as_asked(line, machine, asked_us + 1_000_000)
    assert machine.heard_first_us() - asked_us <= 280_000
    assert machine.heard().count(CLICK) == len(SOUND)


def _fed_as_asked(line: Line, machine: Machine, until_us: int) -> list[float]:
    """Attended exactly when the line wants it; the waits it asked for."""
    waits = []
    while machine.now_us < until_us:
        wait_s = line.attend()
        assert wait_s is not None
        waits.append(wait_s)
        machine.now_us += round(wait_s * 1_000_000)
    return waits
