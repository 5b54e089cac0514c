"""Step 5: play back what is being encoded, as a player would, and measure that."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from content_library import ffmpeg
from content_library.decode import SAMPLES_PER_MS
from content_library.measure import (
    EBUR128,
    SHORTEST_MEASURABLE_MS,
    Loudness,
    LoudnessReader,
    Silence,
    SilenceReader,
    measure,
)
from content_library.peaks import PeakCollector, Peaks

# Levelled speech stands at −16 LUFS: what is 34 dB below that for a tenth of a second is a pause.
_SILENCEDETECT = "silencedetect=noise=-50dB:duration=0.1"


@dataclass(frozen=True)
class Playback:
    """What a player gets out of the encoded file: its samples, loudness, silence and waveform."""

    samples: int
    loudness: Loudness
    silence: Silence
    peaks: Peaks

    @property
    def duration_ms(self) -> int:
        return round(self.samples / SAMPLES_PER_MS)


class Listener:
    """Hears what `playing` makes of an encoded sound, while it is still being encoded."""

    def __init__(self, expected_samples: int, progress: Callable[[float], None]) -> None:
        self._expected = max(1, expected_samples)
        self._progress = progress
        self._loudness, self._silence = LoudnessReader(), SilenceReader()
        self._waveform = PeakCollector(expected_samples)

    def on_line(self, line: str) -> None:
        self._loudness.read(line)
        self._silence.read(line)

    def on_output(self, chunk: bytes) -> None:
        self._waveform.feed(chunk)
        self._progress(min(1.0, self._waveform.samples / self._expected))

    def heard(self, encoded: Path, *, timeout_s: float) -> Playback:
        """What was heard. A sound shorter than a gating block is measured once more, repeated."""
        samples = self._waveform.samples
        loudness = self._loudness.loudness
        if samples < SHORTEST_MEASURABLE_MS * SAMPLES_PER_MS:
            loudness = measure(
                encoded, reading=ffmpeg.SAFE_INPUT, repeat_samples=samples, timeout_s=timeout_s
            )
        silence = self._silence.finish(samples / SAMPLES_PER_MS / 1000)
        return Playback(samples, loudness, silence, self._waveform.peaks())


def playing() -> list[str]:
    """The command that decodes an encoded sound from its standard input, measures it and hands on samples."""
    chain = ("-map", "0:a:0", "-af", f"{_SILENCEDETECT},{EBUR128}")
    samples = ("-c:a", "pcm_s16le", "-f", "s16le", "pipe:1")
    return ["ffmpeg", *ffmpeg.COMMON, *ffmpeg.SAFE_INPUT, "-i", "pipe:0", *chain, *samples]
