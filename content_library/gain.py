"""How far to turn a recording up or down, and where to catch its peaks: pure decisions.

One gain for the whole recording, so that what its speaker did with the voice stays as it was. Only peaks that
would go over the ceiling are limited. What counts is the sound after the codec, which overshoots by tenths of
a decibel up to some decibels: so the choice is corrected by what was measured there.
"""

from dataclasses import dataclass, replace

from content_library.measure import Loudness

TARGET_LUFS = -16.0
CEILING_DBTP = -1.5
# Figures are read in tenths, and players differ by some tenths in how they resample: stay this far inside.
TOLERANCE_LU = 0.2
_PEAK_MARGIN_DB = 0.2
# What Opus at 24 kbit/s commonly adds to the peaks of speech.
_EXPECTED_OVERSHOOT_DB = 1.5
# Speech keeps its loudness to a tenth when its highest peaks are taken down by no more than this.
_HARMLESS_LIMITING_DB = 4.0
# With more than this to make up, the limiter would work on the voice itself and not only on knocks.
MOST_MAKE_UP_DB = 12.0


@dataclass(frozen=True)
class LevelPlan:
    """A static gain in dB, then a limiter at `limit_dbfs`, or none where it would never act."""

    gain_db: float
    limit_dbfs: float | None

    @property
    def filters(self) -> tuple[str, ...]:
        """The plan as ffmpeg filters. `latency` keeps head and tail where they were."""
        gain = f"volume={self.gain_db:.2f}dB:precision=float"
        if self.limit_dbfs is None:
            return (gain,)
        limit = 10 ** (max(self.limit_dbfs, -24.0) / 20)
        return (gain, f"alimiter=level=0:limit={limit:.6f}:attack=5:release=60:latency=1")


def first_plan(source: Loudness) -> LevelPlan:
    """Bring the loudness to the target; limit where the peaks would then leave no room for the codec."""
    gain_db = TARGET_LUFS - source.integrated_lufs
    room_dbfs = CEILING_DBTP - _EXPECTED_OVERSHOOT_DB
    needs_limiter = source.true_peak_dbtp + gain_db > room_dbfs
    return LevelPlan(gain_db, room_dbfs if needs_limiter else None)


def limiter_is_heard(plan: LevelPlan, source: Loudness) -> bool:
    """Whether the limiter takes so much off the peaks that the loudness may go with them."""
    if plan.limit_dbfs is None:
        return False
    return source.true_peak_dbtp + plan.gain_db - plan.limit_dbfs > _HARMLESS_LIMITING_DB


def peak_is_safe(heard: Loudness) -> bool:
    """Whether the stored sound stays under the ceiling, read with a margin."""
    return heard.true_peak_dbtp <= CEILING_DBTP - _PEAK_MARGIN_DB + 1e-6


def on_target(heard: Loudness) -> bool:
    return abs(heard.integrated_lufs - TARGET_LUFS) <= TOLERANCE_LU + 1e-6


def louder_or_softer(plan: LevelPlan, source: Loudness, heard: Loudness) -> LevelPlan:
    """Correct the gain by the loudness that was missed, within what a limiter can make up for."""
    most = TARGET_LUFS - source.integrated_lufs + MOST_MAKE_UP_DB
    return replace(plan, gain_db=min(most, plan.gain_db + TARGET_LUFS - heard.integrated_lufs))


def lower_ceiling(plan: LevelPlan, source: Loudness, heard: Loudness) -> LevelPlan:
    """Limit lower by as much as the codec went over, and a little more."""
    over_db = heard.true_peak_dbtp - (CEILING_DBTP - _PEAK_MARGIN_DB)
    reached_dbfs = source.true_peak_dbtp + plan.gain_db
    before_dbfs = reached_dbfs if plan.limit_dbfs is None else min(plan.limit_dbfs, reached_dbfs)
    return replace(plan, limit_dbfs=before_dbfs - over_db - 0.1)
