"""What kind of recording this is: how quiet its pauses are, what is in them, how far up the voice reaches."""

from array import array
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from content_library import ffmpeg
from content_library.blocks import BlockMeter
from content_library.measure import measure
from content_library.spectrum import POINTS, Spectrum, spectrum

_BYTES_PER_SAMPLE = 4
_LOUD_BLOCKS, _QUIET_BLOCKS = 24, 12
_VOICE_HZ = (400, 3200)
_FILLED = 0.9
# Between two samples a voice rises by some tenths of a decibel over the higher of them, hardly ever by two:
# the highest point of all is near one of these samples. What is stored is measured throughout.
_PEAKY_DB = 2.0
# So much silence between pieces that were not neighbours keeps the meter's filter from joining them.
_GAP = bytes(48 * _BYTES_PER_SAMPLE)


@dataclass(frozen=True)
class Character:
    """Figures of the mono mix.

    `noise_floor_dbfs` is the mean power of the quietest tenth of all 50-ms blocks, digital silence left out.
    `bandwidth_hz` is where the mean spectrum of the louder blocks falls 55 dB under its highest band, in
    steps of some 190 Hz. `fills_voice_band` tells a voice from bells and tones; `pause_flatness` (0…1) tells
    noise, near 0.5, from soft voices and tones in the quietest blocks.
    """

    noise_floor_dbfs: float
    bandwidth_hz: int
    fills_voice_band: bool
    pause_flatness: float


def character(work: Path, blocks: BlockMeter, rate_hz: int, *, source_rate_hz: int) -> Character:
    """Look at some blocks of a work file; the same file gives the same figures."""
    with work.open("rb") as file:
        loud = _spectrum_of(file, blocks, blocks.loudest(_LOUD_BLOCKS), rate_hz)
        quiet = _spectrum_of(file, blocks, blocks.quietest(_QUIET_BLOCKS), rate_hz)
    return Character(
        noise_floor_dbfs=round(blocks.noise_floor_dbfs(), 1),
        # What stands above half the source's own rate came in when the rate was raised.
        bandwidth_hz=min(loud.bandwidth_hz(), source_rate_hz // 2),
        fills_voice_band=loud.filled(*_VOICE_HZ) >= _FILLED,
        pause_flatness=round(quiet.flatness, 3),
    )


def _spectrum_of(file: IO[bytes], blocks: BlockMeter, numbers: list[int], rate_hz: int) -> Spectrum:
    return spectrum((_samples(file, number * blocks.block_samples, POINTS) for number in numbers), rate_hz)


def _samples(file: IO[bytes], at: int, count: int) -> "array[float]":
    file.seek(at * _BYTES_PER_SAMPLE)
    return array("f", file.read(count * _BYTES_PER_SAMPLE))


def true_peak_dbtp(
    work: Path, blocks: BlockMeter, scratch: Path, *, reading: tuple[str, ...], timeout_s: float
) -> float:
    """The true peak of a work file, from the places where its samples come near their highest."""
    with work.open("rb") as source, scratch.open("wb") as out:
        for start, end in blocks.peaky_spans(_PEAKY_DB):
            source.seek(start * _BYTES_PER_SAMPLE)
            out.write(_GAP)
            _copy(source, out, (end - start) * _BYTES_PER_SAMPLE)
        out.write(_GAP)
    peak = measure(scratch, reading=reading, timeout_s=timeout_s).true_peak_dbtp
    scratch.unlink()
    return peak


def _copy(source: IO[bytes], out: IO[bytes], size: int) -> None:
    while size > 0 and (piece := source.read(min(size, ffmpeg.CHUNK_BYTES))):
        out.write(piece)
        size -= len(piece)
