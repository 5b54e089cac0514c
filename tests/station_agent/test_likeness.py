"""Loudness in time tells one sound from another, far away and in noise."""

import random
from array import array

import pytest

from station_agent.likeness import SILENT_DB, compare, loudness

RATE_HZ = 16_000


def _syllables(seed: int, seconds: float) -> list[int]:
    """A loudness like that of speech: syllables and pauses, in steps of 20 ms."""
    chance = random.Random(seed)  # noqa: S311 - the same noise every time
    steps: list[int] = []
    while len(steps) < seconds * 50:
        steps += [chance.randint(2000, 9000)] * chance.randint(3, 12) + [30] * chance.randint(2, 9)
    return [30] * 25 + steps[: int(seconds * 50)] + [30] * 25


def _in_the_room(line: list[int], *, late: int, share: float, hiss: int) -> list[int]:
    chance = random.Random(1)  # noqa: S311 - the same noise every time
    return [round((value * share) + chance.randint(0, hiss)) for value in [30] * late + line]


@pytest.mark.parametrize("late", [0, 4, 40])
@pytest.mark.parametrize("share", [1.0, 0.1, 0.01])
def test_a_sound_is_known_again_later_and_softer(late: int, share: float) -> None:
    """Its level is that of the microphone, in dB full scale."""
    line = _syllables(7, 5)
    found = compare(line, _in_the_room(line, late=late, share=share, hiss=8))
    assert found.heard
    assert found.late_ms == late * 20
    assert -70 < found.level_db < -10


@pytest.mark.parametrize("seed", range(20))
def test_another_sound_is_not_taken_for_it(seed: int) -> None:
    """Speech has pauses of its own; a market is no announcement."""
    assert not compare(_syllables(7, 8), _syllables(1000 + seed, 9)).heard


def test_noise_and_silence_are_not_the_sound() -> None:
    """A cut cable: hiss, or nothing at all."""
    chance = random.Random(3)  # noqa: S311 - the same noise every time
    line = _syllables(7, 5)
    assert not compare(line, [chance.randint(5, 60) for _ in line]).heard
    nothing = compare(line, [0] * len(line))
    assert (nothing.heard, nothing.level_db) == (False, SILENT_DB)
    assert not compare(line, []).heard


def test_loudness_is_the_root_mean_square_of_twenty_milliseconds() -> None:
    """A rest shorter than that is left out."""
    samples = array("h", [1000, -1000] * (RATE_HZ // 50 // 2) + [0] * (RATE_HZ // 50) + [7] * 10)
    assert loudness(samples.tobytes(), RATE_HZ) == [1000, 0]
