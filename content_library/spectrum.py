"""How far up a voice reaches and how noisy its pauses are, from a few dozen blocks of a recording."""

import cmath
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

POINTS = 1024
# Four points of the transform: about 190 Hz at 48 kHz.
_POINTS_PER_BAND = 4
# What is this far under the strongest band of speech is a filter's slope, a codec's noise or a converter's.
_REACH_DB = 55.0
# And what is this far under it belongs to a voice where it speaks.
_HOLDS_DB = 40.0
# The telephone's own band. A voice fills it, a bell or a tone does not.
_VOICE_HZ = (300, 3400)
_TINY = 1e-20

_TURNS = [cmath.exp(-2j * math.pi * k / POINTS) for k in range(POINTS // 2)]
_WINDOW = [0.5 - 0.5 * math.cos(2 * math.pi * n / POINTS) for n in range(POINTS)]


@dataclass(frozen=True)
class Spectrum:
    """Mean power in `bands` of equal width from 0 Hz up; `band_hz` is that width.

    `flatness` (0…1) is how even the power lies between 300 and 3400 Hz in each block: near 0.5 for noise,
    near 0 for voices and tones.
    """

    bands: tuple[float, ...]
    band_hz: float
    flatness: float

    def bandwidth_hz(self) -> int:
        """The upper end of the highest band that comes within 55 dB of the strongest."""
        strongest = max(self.bands, default=0.0)
        if strongest <= _TINY:
            return 0
        least = strongest * 10 ** (-_REACH_DB / 10)
        highest = max(number for number, power in enumerate(self.bands) if power >= least)
        return round((highest + 1) * self.band_hz)

    def filled(self, low_hz: float, high_hz: float) -> float:
        """The share, 0…1, of the bands between two frequencies that hold something."""
        within = [
            power for number, power in enumerate(self.bands) if low_hz <= number * self.band_hz < high_hz
        ]
        least = max(self.bands, default=0.0) * 10 ** (-_HOLDS_DB / 10)
        return sum(power > max(_TINY, least) for power in within) / max(1, len(within))


def spectrum(blocks: Iterable[Sequence[float]], rate_hz: int) -> Spectrum:
    """The mean spectrum of blocks of at least 1024 samples each, of which the first 1024 count."""
    powers = [0.0] * (POINTS // 2)
    flatness, count = 0.0, 0
    low, high = (round(hz * POINTS / rate_hz) for hz in _VOICE_HZ)
    for block in blocks:
        own = _powers(block)
        powers = [total + power for total, power in zip(powers, own, strict=True)]
        flatness += _flatness(own[low:high])
        count += 1
    steps = range(0, POINTS // 2, _POINTS_PER_BAND)
    bands = tuple(sum(powers[at : at + _POINTS_PER_BAND]) / max(1, count) for at in steps)
    return Spectrum(bands, rate_hz / POINTS * _POINTS_PER_BAND, flatness / max(1, count))


def _powers(block: Sequence[float]) -> list[float]:
    lines = _transform([sample * weight for sample, weight in zip(block, _WINDOW, strict=False)])
    return [line.real * line.real + line.imag * line.imag for line in lines[: POINTS // 2]]


def _transform(values: Sequence[complex]) -> list[complex]:
    """The fast Fourier transform of Cooley and Tukey for a power of two of values, at most 1024."""
    count = len(values)
    if count == 1:
        return list(values)
    even, odd = _transform(values[::2]), _transform(values[1::2])
    turned = [turn * value for turn, value in zip(_TURNS[:: POINTS // count], odd, strict=True)]
    sums = [one + other for one, other in zip(even, turned, strict=True)]
    differences = [one - other for one, other in zip(even, turned, strict=True)]
    return sums + differences


def _flatness(powers: Sequence[float]) -> float:
    """Geometric by arithmetic mean."""
    mean = sum(powers) / len(powers)
    if mean <= _TINY:
        return 0.0
    return math.exp(sum(math.log(power + _TINY) for power in powers) / len(powers)) / mean
