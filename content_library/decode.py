"""Step 2: one pass over the source that makes the work file and measures everything on the way."""

import math
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from content_library import ffmpeg
from content_library.blocks import BlockMeter
from content_library.character import Character, character, true_peak_dbtp
from content_library.errors import BrokenSamples, ChannelsUnknown, EmptyFile, NotAudio, TooLong, Truncated
from content_library.limits import IngestLimits
from content_library.local_folder import storage_errors
from content_library.measure import EBUR128_QUICK, Loudness, LoudnessReader
from content_library.probe import SourceFormat

SAMPLE_RATE_HZ = 48_000
SAMPLES_PER_MS = SAMPLE_RATE_HZ // 1000
# So many have places that follow from their number alone; a header must name those of more.
MOST_CHANNELS_WITHOUT_PLACES = 8
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
_ASTATS = (
    "astats=measure_perchannel=none:"
    "measure_overall=Peak_level+Flat_factor+Peak_count+Number_of_NaNs+Number_of_Infs"
)
_FIGURE = re.compile(
    r"(Peak level dB|Flat factor|Peak count|Number of NaNs|Number of Infs): (-?inf|-?nan|-?[0-9.]+)\s*$"
)
_CUT_OFF = ("File ended prematurely", "Packet corrupt")
# Players skip a broken frame of these and go on; files of this kind are often joined or ripped from streams.
_FORGIVING = frozenset({"mp3", "aac"})
# Headroom that a float file may use and that turning it down gives back; beyond it the numbers are no sound.
_HIGHEST_DBFS = 40.0


@dataclass(frozen=True)
class Decoded:
    """The work file (raw samples: mono, 48 kHz, 32-bit float) and what was found while it was made.

    `clipped_share` is the share, 0…1, of the source's samples that stand at its highest level where that is
    full scale and held in flat tops, before channels were mixed; 0 for a recording without flat tops.
    `broken_frames` counts what could not be decoded in formats where players skip such frames.
    """

    path: Path
    samples: int
    loudness: Loudness
    character: Character
    clipped_share: float
    broken_frames: int

    @property
    def duration_ms(self) -> int:
        return round(self.samples / SAMPLES_PER_MS)


@dataclass
class _Listener:
    loudness: LoudnessReader = field(default_factory=LoudnessReader)
    figures: dict[str, float] = field(default_factory=dict)
    broken_frames: int = 0
    cut_off: bool = False

    def read(self, line: str) -> None:
        self.loudness.read(line)
        if "astats" in line and (found := _FIGURE.search(line)):
            self.figures[found[1]] = float(found[2])
        self.broken_frames += "Error while decoding" in line or "Error submitting packet" in line
        self.cut_off |= any(sign in line for sign in _CUT_OFF)

    def clipped_share(self, source_samples: float) -> float:
        """Full scale, reached often, and held for several samples at a time (runs of three on average)."""
        figures = self.figures
        at_the_top = figures.get("Peak count", 0.0)
        clipped = (
            figures.get("Peak level dB", -99.0) > -1.0
            and figures.get("Flat factor", 0.0) > 10.0
            and at_the_top >= 10
        )
        return min(1.0, round(at_the_top / max(1.0, source_samples), 6)) if clipped else 0.0

    def refuse_broken_samples(self) -> None:
        figures = self.figures
        highest_dbfs = figures.get("Peak level dB", 0.0)
        no_numbers = figures.get("Number of NaNs", 0.0) + figures.get("Number of Infs", 0.0)
        if no_numbers > 0 or math.isnan(highest_dbfs) or highest_dbfs > _HIGHEST_DBFS:
            raise BrokenSamples(
                "its samples are no numbers or far beyond full scale; export it again as 16-bit WAV"
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

    Raises NotAudio, ChannelsUnknown, EmptyFile, Truncated, BrokenSamples, TooLong and the errors of
    `ffmpeg.run`.
    """
    listener, blocks = _Listener(), BlockMeter(SAMPLES_PER_MS)
    expected = (said.claimed_ms or limits.max_duration_ms) * SAMPLES_PER_MS

    def on_output(chunk: bytes) -> None:
        blocks.feed(chunk)
        progress(min(1.0, blocks.samples / expected))

    ended = ffmpeg.run(
        _command(source, out, channel, longest_s=limits.max_duration_ms / 1000 + 1),
        step="decode",
        timeout_s=limits.step_timeout_s,
        on_line=listener.read,
        on_output=on_output,
    )
    blocks.finish()
    samples = out.stat().st_size // _BYTES_PER_SAMPLE if out.exists() else 0
    if not ended.ok and samples == 0:
        if said.channels > MOST_CHANNELS_WITHOUT_PLACES:
            raise ChannelsUnknown(
                f"its {said.channels} channels have no places in its header, so they cannot be mixed; "
                "export it with one or two channels",
                channels=said.channels,
            )
        raise NotAudio("nothing in this file can be decoded as sound; export it again as WAV or MP3")
    _refuse_unfit(samples, said, limits, listener)
    if not ended.ok:
        raise Truncated("parts of this file are damaged or cut off; copy or upload it again")
    with storage_errors(str(out.parent)):
        loudness = replace(
            listener.loudness.loudness,
            true_peak_dbtp=true_peak_dbtp(
                out,
                blocks,
                out.with_name("peaky.f32"),
                reading=READING_WORK,
                timeout_s=limits.step_timeout_s,
            ),
        )
        return Decoded(
            out,
            samples,
            loudness,
            character(out, blocks, SAMPLE_RATE_HZ, source_rate_hz=said.sample_rate_hz),
            listener.clipped_share(samples * said.sample_rate_hz / SAMPLE_RATE_HZ),
            listener.broken_frames,
        )


def _command(source: Path, out: Path, channel: int | None, *, longest_s: float) -> list[str]:
    """Float samples through the meter into the work file, 16-bit samples to us, from one decoding.

    One thread for the filters: `astats` gives each small frame to several, which costs it twice the time.
    """
    only = f",pan=mono|c0=c{channel}" if channel is not None else ""
    graph = f"[0:a:0]{_ASTATS}{only},{_MONO},asplit[all][look];[all]{EBUR128_QUICK}[work]"
    until = ("-t", f"{longest_s:.3f}")
    return [
        *("ffmpeg", *ffmpeg.COMMON, *ffmpeg.SAFE_INPUT, "-i", f"file:{source}"),
        *("-filter_complex_threads", "1", "-filter_complex", graph),
        *("-map", "[work]", *until, *_WORK_FILE, f"file:{out}"),
        *("-map", "[look]", *until, "-c:a", "pcm_s16le", "-f", "s16le", "pipe:1"),
    ]


def _refuse_unfit(samples: int, said: SourceFormat, limits: IngestLimits, listener: _Listener) -> None:
    duration_ms = round(samples / SAMPLES_PER_MS)
    if samples < FEWEST_SAMPLES:
        raise EmptyFile("there is no sound in this file; record it again", duration_ms=duration_ms)
    listener.refuse_broken_samples()
    if duration_ms > limits.max_duration_ms:
        raise too_long(duration_ms, limits)
    # Some encoders count their own delay into the length, hence the slack.
    slack_ms = 300
    if said.claim_is_exact and said.claimed_ms is not None and duration_ms < said.claimed_ms - slack_ms:
        raise Truncated(
            f"the file says it lasts {said.claimed_ms / 1000:.1f} s, but only "
            f"{duration_ms / 1000:.1f} s are there; copy or upload it again",
            claimed_ms=said.claimed_ms,
            duration_ms=duration_ms,
        )
    if said.container != "wav" and listener.cut_off:
        raise Truncated("the file breaks off in the middle of a sound; copy or upload it again")
    if listener.broken_frames and said.container not in _FORGIVING:
        raise Truncated(
            "parts of this file are damaged or cut off; copy or upload it again",
            pieces=listener.broken_frames,
        )


def too_long(duration_ms: int, limits: IngestLimits) -> TooLong:
    """The error for a source that lasts, or says it lasts, longer than the limit."""
    return TooLong(
        f"longer than {limits.max_duration_ms / 3_600_000:.3g} h; cut it into parts and upload each",
        duration_ms=duration_ms,
        max_duration_ms=limits.max_duration_ms,
    )
