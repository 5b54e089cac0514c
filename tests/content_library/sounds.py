"""Sounds for the tests, made when they run: speech from ffmpeg's flite voice, tones, noise, knocks."""

import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]

SENTENCE = (
    "The ordinary session of the assembly ended today. "
    "Its members agreed on the plan for roads, water and schools. "
    "Every village will hear the results in its own language."
)


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)],
        check=True,
        timeout=120,
        capture_output=True,
    )


def speech(out: Path) -> Path:
    """About eleven seconds of clear speech, mono, 48 kHz."""
    ffmpeg("-f", "lavfi", "-i", f"flite=text='{SENTENCE}':voice=slt", "-ar", "48000", out)
    return out


def generated(out: Path, source: str, *arguments: str) -> Path:
    """What an ffmpeg lavfi source gives, in the format that `out` names."""
    ffmpeg("-f", "lavfi", "-i", source, *arguments, out)
    return out


def changed(source: Path, out: Path, filters: str = "anull", *arguments: str) -> Path:
    """`source` through ffmpeg filters, in the format that `out` names."""
    ffmpeg("-i", source, "-af", filters, *arguments, out)
    return out


def cut(source: Path, out: Path, share: float) -> Path:
    """The first part of a file's bytes, as an upload that broke off leaves them."""
    content = source.read_bytes()
    out.write_bytes(content[: int(len(content) * share)])
    return out


def samples(path: Path) -> Samples:
    """All samples of a mono file at 48 kHz, decoded by ffmpeg."""
    raw = subprocess.run(
        [
            "ffmpeg",
            "-nostdin",
            "-v",
            "error",
            "-i",
            str(path),
            "-ac",
            "1",
            "-ar",
            "48000",
            "-f",
            "f32le",
            "-",
        ],
        check=True,
        timeout=120,
        capture_output=True,
    ).stdout
    return np.frombuffer(raw, dtype="<f4").astype(np.float64)
