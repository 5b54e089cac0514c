"""Listening by measuring: where approved audio stands in what a loudspeaker line carried, and how whole."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
EDGE_MS = 120

Samples = NDArray[np.float64]


def decode(file: Path) -> Samples:
    """Any audio file as mono samples at 48 kHz, decoded by ffmpeg, which is not what played it."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(file), "-f", "s16le", "-ac", "1"]
    command += ["-ar", str(RATE_HZ), "-"]
    raw = subprocess.run(command, capture_output=True, check=True, timeout=120).stdout
    return np.frombuffer(raw, "<i2").astype(np.float64)


@dataclass(frozen=True)
class Found:
    """Where the approved audio begins in the heard line, how alike they are, and its quieter-edge likeness.

    `present` is the share of the approved samples that lie inside the heard line.
    """

    offset_ms: float
    correlation: float
    head: float
    tail: float
    present: float


def find(approved: Samples, heard: Samples) -> Found:
    """Align by cross-correlation and compare sample by sample."""
    size = 1 << (len(approved) + len(heard)).bit_length()
    spectrum = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(approved, size))
    cross = np.fft.irfft(spectrum, size)
    lag = int(np.argmax(cross))
    if lag > size // 2:
        lag -= size
    first, last = max(0, -lag), min(len(approved), len(heard) - lag)
    wanted, got = approved[first:last], heard[first + lag : last + lag]
    sounding = np.flatnonzero(np.abs(wanted) > 300)
    edge = RATE_HZ * EDGE_MS // 1000
    head = slice(sounding[0], sounding[0] + edge)
    tail = slice(max(0, sounding[-1] - edge), sounding[-1])
    return Found(
        offset_ms=lag * 1000 / RATE_HZ,
        correlation=_likeness(wanted, got),
        head=_likeness(wanted[head], got[head]),
        tail=_likeness(wanted[tail], got[tail]),
        present=(last - first) / len(approved),
    )


def _likeness(a: Samples, b: Samples) -> float:
    return float(np.corrcoef(a, b)[0, 1])
