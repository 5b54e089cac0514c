"""Gain that changes along a recording, applied to raw samples: trim, fades, section gains.

A curve is a list of points (sample, factor), straight between them. It works on 32-bit float samples of the
machine's own byte order, in chunks, so that memory does not grow with the recording.
"""

import itertools
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from content_library.edit import RAMP_MS, Edit, SectionGain

BYTES_PER_SAMPLE = 4
_CHUNK_SAMPLES = 1 << 16

Curve = tuple[tuple[int, float], ...]


@dataclass(frozen=True)
class Cut:
    """Which samples of the source remain, and the curves they are multiplied by, in samples of the source."""

    start: int
    end: int
    curves: tuple[Curve, ...]

    @property
    def samples(self) -> int:
        return max(0, self.end - self.start)


def planned(edit: Edit, samples: int, samples_per_ms: int) -> Cut:
    """The edit for a source of this many samples. A cut that ends before it starts has no samples."""
    start = edit.start_ms * samples_per_ms
    end = samples if edit.end_ms is None else min(samples, edit.end_ms * samples_per_ms)
    curves: list[Curve] = []
    if any(section.gain_db for section in edit.sections):
        curves.append(_sections_curve(edit.sections, samples_per_ms))
    if edit.fade_in_ms:
        curves.append(((start, 0.0), (start + edit.fade_in_ms * samples_per_ms, 1.0)))
    if edit.fade_out_ms:
        curves.append(((end - edit.fade_out_ms * samples_per_ms, 1.0), (end, 0.0)))
    return Cut(start, end, tuple(curves))


def _sections_curve(sections: Sequence[SectionGain], samples_per_ms: int) -> Curve:
    """Steps at the borders, each spread evenly over the ramp: sections that touch go straight over."""
    half = RAMP_MS * samples_per_ms // 2
    steps: list[tuple[int, float]] = []
    for section in sections:
        rise = 10 ** (section.gain_db / 20) - 1
        steps += [(section.start_ms * samples_per_ms, rise), (section.end_ms * samples_per_ms, -rise)]

    def factor(at: int) -> float:
        return 1 + sum(rise * min(1.0, max(0.0, (at - border + half) / (2 * half))) for border, rise in steps)

    corners = sorted({corner for border, _ in steps for corner in (border - half, border + half)})
    return tuple((corner, factor(corner)) for corner in corners)


def apply(cut: Cut, source: IO[bytes], out: IO[bytes]) -> None:
    """Write what remains of `source`, an open file of raw samples, to `out`."""
    for start in range(cut.start, cut.end, _CHUNK_SAMPLES):
        end = min(cut.end, start + _CHUNK_SAMPLES)
        source.seek(start * BYTES_PER_SAMPLE)
        chunk = array("f", source.read((end - start) * BYTES_PER_SAMPLE))
        for curve in cut.curves:
            _multiply(chunk, start, curve)
        out.write(chunk)


def _multiply(chunk: "array[float]", at: int, curve: Curve) -> None:
    for start, end, first, rise in _pieces(curve, at, at + len(chunk)):
        if rise == 0.0 and abs(first - 1.0) < 1e-9:
            continue
        part = chunk[start - at : end - at]
        if rise == 0.0:
            chunk[start - at : end - at] = array("f", map(first.__mul__, part))
        else:
            chunk[start - at : end - at] = array(
                "f", [value * (first + rise * number) for number, value in enumerate(part)]
            )


def _pieces(curve: Curve, start: int, end: int) -> Iterator[tuple[int, int, float, float]]:
    """The curve from `start` up to `end` as (start, end, first factor, rise for each sample)."""
    flat_before = (min(start, curve[0][0]), curve[0][1])
    flat_after = (max(end, curve[-1][0]), curve[-1][1])
    for (left, low), (right, high) in itertools.pairwise((flat_before, *curve, flat_after)):
        first, last = max(start, left), min(end, right)
        if first < last:
            rise = (high - low) / (right - left)
            yield first, last, low + rise * (first - left), rise
