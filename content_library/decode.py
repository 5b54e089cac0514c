"""Step 2: one pass over the source that makes the work file and measures everything on the way."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from content_library import ffmpeg
from content_library.errors import EmptyFile, NotAudio, ToolFailed, TooLong, Truncated
from content_library.limits import IngestLimits
from content_library.measure import EBUR128, Loudness, LoudnessReader
from content_library.probe import SourceFormat

SAMPLE_RATE_HZ = 48_000
SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
# One Opus frame; with less the encoder has nothing to work on.
FEWEST_SAMPLES = 20 * SAMPLES_PER_MS
_BYTES_PER_SAMPLE = 4

_MONO = (
    f"aresample=osr={SAMPLE_RATE_HZ}:ochl=mono:osf=flt:rematrix_maxval=1,"
    f"aformat=sample_fmts=flt:sample_rates={SAMPLE_RATE_HZ}:channel_layouts=mono"
)
_RAW = "f32le" if sys.byteorder == "little" else "f32be"
_WORK_FILE = ("-c:a", f"pcm_{_RAW}", "-f", _RAW)
# How ffmpeg is told to read a work file: raw samples without a header.
READING_WORK = ("-f", _RAW, "-ac", "1", "-ar", str(SAMPLE_RATE_HZ))
_ASTATS = "astats=measure_perchannel=none:measure_overall=Peak_level+Flat_factor+Peak_count"
_FLAT = re.compile(r"(Peak level dB|Flat factor|Peak count): (-?inf|nan|-?[0-9.]+)\s*$")
_CUT_OFF = ("File ended prematurely", "Packet corrupt")
# Players skip a broken frame of these and go on; files of this kind are often joined or ripped from streams.
_FORGIVING = frozenset({"mp3", "aac"})


@dataclass(frozen=True)
class Decoded:
    """The work file (raw samples: mono, 48 kHz, 32-bit float) and what was found while it was made.

    `clipped` tells of flat tops in the source's own channels, before they were mixed. `broken_frames` counts
    what could not be decoded in formats where players skip such frames.
    """

    path: Path
    samples: int
    loudness: Loudness
    clipped: bool
    broken_frames: int

    @property
    def duration_ms(self) -> int:
        return round(self.samples / SAMPLES_PER_MS)


@dataclass
class _Listener:
    loudness: LoudnessReader = field(default_factory=LoudnessReader)
    peaks: dict[str, float] = field(default_factory=dict)
    broken_frames: int = 0
    cut_off: bool = False

    def read(self, line: str) -> None:
        self.loudness.read(line)
        if found := _FLAT.search(line):
            self.peaks[found[1]] = float(found[2])
        self.broken_frames += "Error while decoding" in line or "Error submitting packet" in line
        self.cut_off |= any(sign in line for sign in _CUT_OFF)

    @property
    def clipped(self) -> bool:
        """Full scale, reached often, and held for several samples at a time (runs of three on average)."""
        peaks = self.peaks
        return (
            peaks.get("Peak level dB", -99.0) > -1.0
            and peaks.get("Flat factor", 0.0) > 10.0
            and peaks.get("Peak count", 0.0) >= 10
        )


def decode(
    source: Path,
    said: SourceFormat,
    out: Path,
    *,
    limits: IngestLimits,
    channel: int | None = None,
    progress: Callable[[float], None],
) -> Decoded:
    """Decode the first audio stream to `out`, all channels mixed to one, or only the given `channel`.

    Raises NotAudio, EmptyFile, Truncated, TooLong and the errors of `ffmpeg.run`.
    """
    listener = _Listener()
    only = (f"pan=mono|c0=c{channel}",) if channel is not None else ()
    longest_s = limits.max_duration_ms / 1000 + 1
    ended = ffmpeg.run(
        ffmpeg.converting(
            source,
            (_ASTATS, *only, _MONO, EBUR128),
            ("-t", f"{longest_s:.3f}", *_WORK_FILE, *ffmpeg.BIT_EXACT, "-progress", "pipe:1", f"file:{out}"),
        ),
        step="decode",
        timeout_s=limits.step_timeout_s,
        on_line=listener.read,
        on_output=ffmpeg.progress_reader(said.claimed_ms or limits.max_duration_ms, progress),
    )
    samples = _count_samples(out)
    if not ended.ok and samples == 0:
        raise NotAudio("nothing in this file can be decoded as sound; export it again as WAV or MP3")
    decoded = Decoded(out, samples, listener.loudness.loudness, listener.clipped, listener.broken_frames)
    _refuse_unfit(decoded, said, limits, cut_off=listener.cut_off)
    if not ended.ok:
        raise ToolFailed(f"decoding stopped: {ended.first_complaint()}; export the recording again as WAV")
    return decoded


def _refuse_unfit(decoded: Decoded, said: SourceFormat, limits: IngestLimits, *, cut_off: bool) -> None:
    if decoded.samples < FEWEST_SAMPLES:
        raise EmptyFile("there is no sound in this file; record it again", duration_ms=decoded.duration_ms)
    if decoded.duration_ms > limits.max_duration_ms:
        raise too_long(decoded.duration_ms, limits)
    # Some encoders count their own delay into the length, hence the slack.
    slack_ms = 300
    if (
        said.claim_is_exact
        and said.claimed_ms is not None
        and decoded.duration_ms < said.claimed_ms - slack_ms
    ):
        raise Truncated(
            f"the file says it lasts {said.claimed_ms / 1000:.1f} s, but only "
            f"{decoded.duration_ms / 1000:.1f} s are there; copy or upload it again",
            claimed_ms=said.claimed_ms,
            duration_ms=decoded.duration_ms,
        )
    if said.container != "wav" and cut_off:
        raise Truncated("the file breaks off in the middle of a sound; copy or upload it again")
    if decoded.broken_frames and said.container not in _FORGIVING:
        raise Truncated(
            "parts of this file are damaged or cut off; copy or upload it again",
            pieces=decoded.broken_frames,
        )


def too_long(duration_ms: int, limits: IngestLimits) -> TooLong:
    """The error for a source that lasts, or says it lasts, longer than the limit."""
    return TooLong(
        f"longer than {limits.max_duration_ms / 3_600_000:.3g} h; cut it into parts and upload each",
        duration_ms=duration_ms,
        max_duration_ms=limits.max_duration_ms,
    )


def _count_samples(work_file: Path) -> int:
    return work_file.stat().st_size // _BYTES_PER_SAMPLE if work_file.exists() else 0
