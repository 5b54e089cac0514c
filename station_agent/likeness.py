"""Was what a microphone recorded the sound that left the line? Loudness in time, compared. Pure.

Both recordings become their loudness in steps of 20 ms. A loudspeaker far away, with its echo and its narrow
band, changes every sample, but not when it is loud and when it is still. Half a second before and after
belong to it.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul

with warnings.catch_warnings():  # deprecated in 3.11 and 3.12; from 3.13 on audioop-lts provides it
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

STEP_MS = 20
EARLIEST_STEPS, LATEST_STEPS = -25, 50
"""A recording may begin half a second off, and sound comes through air and buffers up to a second late."""
LIKE_AT_LEAST = 0.6
LOUDEST = 32_768
SILENT_DB = -96.0


@dataclass(frozen=True, slots=True)
class Heard:
    """`heard`: it was that sound. `likeness` from -1 to 1; `level_db` of what the microphone got, dB full
    scale."""

    heard: bool
    likeness: float
    level_db: float
    late_ms: int


def loudness(samples: bytes, rate_hz: int) -> list[int]:
    """Mono 16-bit samples as root mean squares of 20 ms each."""
    step = rate_hz * STEP_MS // 1000 * 2
    return [audioop.rms(samples[at : at + step], 2) for at in range(0, len(samples) - step + 1, step)]


def compare(line: Sequence[int], microphone: Sequence[int]) -> Heard:
    """Look for the line's loudness in the microphone's. Both begin at the same instant, as far as is
    known."""
    best, best_at = -1.0, 0
    for shift in range(EARLIEST_STEPS, LATEST_STEPS + 1):
        wanted, got = (line, microphone[shift:]) if shift >= 0 else (line[-shift:], microphone)
        count = min(len(wanted), len(got))
        if count * 2 >= len(line):
            like = _correlation(wanted[:count], got[:count])
            best, best_at = max((best, best_at), (like, shift))
    level = math.sqrt(sum(map(mul, microphone, microphone)) / len(microphone)) if microphone else 0.0
    level_db = 20 * math.log10(level / LOUDEST) if level >= 1 else SILENT_DB
    return Heard(best >= LIKE_AT_LEAST, round(best, 3), round(level_db, 1), best_at * STEP_MS)


def _correlation(one: Sequence[int], other: Sequence[int]) -> float:
    count = len(one)
    mean_one, mean_other = sum(one) / count, sum(other) / count
    both = sum(map(mul, one, other)) - count * mean_one * mean_other
    spread = (sum(map(mul, one, one)) - count * mean_one**2) * (
        sum(map(mul, other, other)) - count * mean_other**2
    )
    return both / math.sqrt(spread) if spread > 1e-6 else 0.0
