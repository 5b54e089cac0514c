"""Step 4: gain, limiter and Opus in WebM, in one pass.

WebM and not Ogg: VLC 3 leaves out the last 74 ms or so of an Ogg Opus file, of WebM nothing.
"""

from pathlib import Path

from content_library import ffmpeg
from content_library.decode import READING_WORK, SAMPLE_RATE_HZ, Decoded
from content_library.gain import LevelPlan

MEDIA_TYPE = "audio/webm"
BIT_RATE = 24_000

# Up to complexity 6 libopus takes one way for all sound at this bit rate. Beyond, it takes another for what
# it holds for speech: three times slower, and no nearer to the source by spectrum, noise or envelope.
# Frames of 40 ms carry less of their own upkeep than the usual 20, and take a quarter less time.
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
    "5",
    "-frame_duration",
    "40",
)
_MONO = ("-ac", "1", "-ar", str(SAMPLE_RATE_HZ))


def encoding(work: Decoded, plan: LevelPlan, out: Path) -> list[str]:
    """The command that writes `out` and, as it goes, the same packets to its standard output.

    Opus, mono, 48 kHz, 24 kbit/s. The same work file and plan give the same bytes. To be run in the folder
    of both files: ffmpeg's `tee` reads brackets, bars and quotes in a path as its own.
    """
    both = "|".join(f"[f=webm:fflags=+bitexact]{target}" for target in (out.name, "pipe\\:1"))
    return ffmpeg.converting(
        Path(work.path.name),
        plan.filters,
        (*_OPUS, *_MONO, *ffmpeg.BIT_EXACT, "-f", "tee", both),
        reading=READING_WORK,
    )
