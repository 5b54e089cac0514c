"""Step 4: play back what was encoded, as a player would, and measure that."""

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


def play_back(
    encoded: Path, *, expected_samples: int, timeout_s: float, progress: Callable[[float], None]
) -> Playback:
    """Decode `encoded` once and collect everything that is known of it."""
    loudness, silence, waveform = LoudnessReader(), SilenceReader(), PeakCollector(expected_samples)

    def on_line(line: str) -> None:
        loudness.read(line)
        silence.read(line)

    def on_output(chunk: bytes) -> None:
        waveform.feed(chunk)
        progress(min(1.0, waveform.samples / max(1, expected_samples)))

    ended = ffmpeg.run(
        ffmpeg.converting(encoded, (_SILENCEDETECT, EBUR128), ("-c:a", "pcm_s16le", "-f", "s16le", "pipe:1")),
        step="verify",
        timeout_s=timeout_s,
        on_line=on_line,
        on_output=on_output,
    )
    if not ended.ok:
        raise ffmpeg.failed("verify", ended)
    heard = loudness.loudness
    if waveform.samples < SHORTEST_MEASURABLE_MS * SAMPLES_PER_MS:
        heard = measure(
            encoded, reading=ffmpeg.SAFE_INPUT, repeat_samples=waveform.samples, timeout_s=timeout_s
        )
    return Playback(
        waveform.samples, heard, silence.finish(waveform.samples / SAMPLES_PER_MS / 1000), waveform.peaks()
    )
