"""Step 3: gain, limiter and Opus in WebM, in one pass.

WebM and not Ogg: VLC 3 leaves out the last 74 ms or so of an Ogg Opus file, of WebM nothing.
"""

from collections.abc import Callable
from pathlib import Path

from content_library import ffmpeg
from content_library.decode import READING_WORK, SAMPLE_RATE_HZ, Decoded
from content_library.gain import LevelPlan

MEDIA_TYPE = "audio/webm"
BIT_RATE = 24_000

# From complexity 7 on libopus tells speech from music and codes each its own way; beyond it only gets slower.
_OPUS = (
    "-c:a",
    "libopus",
    "-b:a",
    str(BIT_RATE),
    "-vbr",
    "on",
    "-application",
    "audio",
    "-compression_level",
    "7",
)
_MONO = ("-ac", "1", "-ar", str(SAMPLE_RATE_HZ))


def encode(
    work: Decoded, plan: LevelPlan, out: Path, *, timeout_s: float, progress: Callable[[float], None]
) -> None:
    """Write `out`: Opus, mono, 48 kHz, 24 kbit/s. The same work file and plan give the same bytes."""
    ended = ffmpeg.run(
        ffmpeg.converting(
            work.path,
            plan.filters,
            (*_OPUS, *_MONO, *ffmpeg.BIT_EXACT, "-progress", "pipe:1", "-f", "webm", f"file:{out}"),
            reading=READING_WORK,
        ),
        step="encode",
        timeout_s=timeout_s,
        on_output=ffmpeg.progress_reader(work.duration_ms, progress),
    )
    if not ended.ok:
        raise ffmpeg.failed("encode", ended)
