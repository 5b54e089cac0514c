"""Loudness after ITU-R BS.1770-4 / EBU R 128, and silence, read from what ffmpeg's filters print."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from content_library import ffmpeg

# `verbose` keeps the ten lines a second of ebur128 out of a log at level info; only its summary is printed.
EBUR128 = "ebur128=peak=true:framelog=verbose"
# True peak takes twice the time of all the rest; where a sample peak will do, this is enough.
EBUR128_QUICK = "ebur128=peak=sample:framelog=verbose"
# Integrated loudness is gated in blocks of 400 ms: below that there is not one block to measure.
SHORTEST_MEASURABLE_MS = 500
# What ebur128 reports when no block passes its absolute gate.
NO_LOUDNESS_LUFS = -70.0

_FIGURE = re.compile(r"^\s*(I|LRA|Peak):\s+(-?inf|nan|-?[0-9.]+) (?:LUFS|LU|dBFS)\s*$")
_SILENCE = re.compile(r"silence_(start|end): (-?[0-9.]+)")


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness (LUFS), true peak (dBTP) and loudness range (LU); figures are exact to 0.1."""

    integrated_lufs: float
    true_peak_dbtp: float
    range_lu: float


@dataclass
class LoudnessReader:
    """Feed it every line of a run with EBUR128 in its filters; the last summary counts."""

    figures: dict[str, float] = field(default_factory=dict)

    def read(self, line: str) -> None:
        if found := _FIGURE.match(line.rsplit("[info]", 1)[-1]):
            self.figures[found[1]] = float(found[2])

    @property
    def loudness(self) -> Loudness:
        integrated = self.figures.get("I", NO_LOUDNESS_LUFS)
        return Loudness(
            integrated_lufs=integrated if math.isfinite(integrated) else NO_LOUDNESS_LUFS,
            true_peak_dbtp=self.figures.get("Peak", -math.inf),
            range_lu=self.figures.get("LRA", 0.0),
        )


@dataclass
class SilenceReader:
    """Feed it every line of a run with silencedetect in its filters; it keeps only head, tail and sum."""

    first: tuple[float, float] | None = None
    last: tuple[float, float] | None = None
    total_s: float = 0.0
    _open_since: float | None = None

    def read(self, line: str) -> None:
        found = _SILENCE.search(line)
        if found is None:
            return
        at_s = max(0.0, float(found[2]))
        if found[1] == "start":
            self._open_since = at_s
        elif self._open_since is not None:
            self._close(at_s)

    def _close(self, at_s: float) -> None:
        assert self._open_since is not None  # noqa: S101 -- both callers have looked
        self.last = (self._open_since, at_s)
        self.first = self.first or self.last
        self.total_s += at_s - self._open_since
        self._open_since = None

    def finish(self, duration_s: float) -> "Silence":
        """Head, tail and sum for a sound of this length; a silence still open lasts to the end."""
        if self._open_since is not None:
            self._close(duration_s)
        near = 0.03
        leading = self.first[1] if self.first and self.first[0] <= near else 0.0
        trailing = duration_s - self.last[0] if self.last and self.last[1] >= duration_s - near else 0.0
        return Silence(round(leading * 1000), round(trailing * 1000), round(self.total_s * 1000))


@dataclass(frozen=True)
class Silence:
    """Silence before the first and after the last sound, and altogether."""

    leading_ms: int = 0
    trailing_ms: int = 0
    total_ms: int = 0


def measure(
    path: Path,
    *,
    reading: Sequence[str],
    filters: tuple[str, ...] = (),
    repeat_samples: int = 0,
    true_peak: bool = True,
    timeout_s: float,
) -> Loudness:
    """Measure a file that ffmpeg is told to read as `reading` says, optionally through `filters`.

    With `repeat_samples` the first that many samples are played over and over for three seconds, which gives
    sounds shorter than a gating block the loudness they would have if they went on. Without `true_peak` the
    peak is that of the samples, some tenths of a decibel lower.
    """
    reader = LoudnessReader()
    repeated = (f"aloop=loop=-1:size={repeat_samples}", "atrim=duration=3") if repeat_samples else ()
    meter = EBUR128 if true_peak else EBUR128_QUICK
    ended = ffmpeg.run(
        ffmpeg.converting(path, (*filters, *repeated, meter), ("-f", "null", "-"), reading=reading),
        step="measure",
        timeout_s=timeout_s,
        on_line=reader.read,
    )
    if not ended.ok:
        raise ffmpeg.failed("measure", ended)
    return reader.loudness
