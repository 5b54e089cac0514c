"""Step 1: what the file is, judged by its content and never by its name."""

import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from content_library import ffmpeg
from content_library.errors import NotAudio, Truncated

# Where a file states its length, a shorter decode means a broken file. Raw AAC and AMR state none: theirs is
# estimated from the bit rate and proves nothing, like any other length ffprobe says it had to estimate.
_ESTIMATED = frozenset({"aac", "amr"})
_ASKED = (
    "format=format_name,duration,probe_score"
    ":stream=codec_type,codec_name,sample_rate,channels,duration:stream_disposition=attached_pic"
)
_QUESTION = ("-hide_banner", "-loglevel", "repeat+level+info", "-of", "json", "-show_entries", _ASKED)
_LEAST_PROBE_SCORE = 20
# Beyond these a header is broken, or made to keep the resampler busy.
_SAMPLE_RATES_HZ = range(4_000, 768_001)
_CHANNELS = range(1, 65)
_CUT_OFF = ("moov atom not found", "partial file", "End of file", "File ended prematurely")


@dataclass(frozen=True)
class SourceFormat:
    """What a source says of itself. `claimed_ms` is None where it says nothing about its length."""

    container: str
    codec: str
    channels: int
    sample_rate_hz: int
    claimed_ms: int | None
    claim_is_exact: bool


def probe(source: Path, *, timeout_s: float) -> SourceFormat:
    """Read the headers of `source`, a path without an extension.

    Raises NotAudio for anything that is not one of the accepted sound files, Truncated where the index of the
    file is missing, ToolMissing and StepTimedOut.
    """
    answer = bytearray()
    ended = ffmpeg.run(
        ["ffprobe", *_QUESTION, *ffmpeg.SAFE_INPUT, "-i", f"file:{source}"],
        step="probe",
        timeout_s=timeout_s,
        on_output=answer.extend,
    )
    if not ended.ok:
        if any(sign in line for line in ended.last_lines for sign in _CUT_OFF):
            raise Truncated("the file breaks off before its index; copy or upload it again")
        raise NotAudio("this is not a sound file that can be read; upload WAV, FLAC, MP3, M4A, Ogg or WebM")
    estimated = any("Estimating duration from bitrate" in line for line in ended.last_lines)
    return _read_answer(json.loads(answer), estimated)


def _read_answer(answer: dict[str, Any], estimated: bool) -> SourceFormat:
    container = answer.get("format", {})
    name = str(container.get("format_name", ""))
    streams = answer.get("streams", [])
    sound = next((stream for stream in streams if stream.get("codec_type") == "audio"), None)
    if sound is None:
        raise NotAudio("there is no sound in this file, only other data; upload a recording with sound")
    if int(container.get("probe_score", 0)) < _LEAST_PROBE_SCORE:
        raise NotAudio("this looks like other data than sound; upload WAV, FLAC, MP3, M4A, Ogg or WebM")
    rate_hz, channels = int(sound.get("sample_rate", 0)), int(sound.get("channels", 0))
    if not sound.get("codec_name") or rate_hz not in _SAMPLE_RATES_HZ or channels not in _CHANNELS:
        raise NotAudio("the sound in this file is of a kind that cannot be decoded; export it as WAV or MP3")
    own = _milliseconds(sound.get("duration"))
    pictures_only = all(
        stream.get("codec_type") != "video" or stream.get("disposition", {}).get("attached_pic")
        for stream in streams
    )
    return SourceFormat(
        container=name,
        codec=str(sound["codec_name"]),
        channels=channels,
        sample_rate_hz=rate_hz,
        claimed_ms=own if own is not None else _milliseconds(container.get("duration")),
        # A film's length may exceed its sound's, so only a length of the sound itself binds there.
        claim_is_exact=not estimated and name not in _ESTIMATED and (own is not None or pictures_only),
    )


def _milliseconds(text: object) -> int | None:
    try:
        seconds = float(str(text))
    except ValueError:
        return None
    return round(seconds * 1000) if math.isfinite(seconds) and seconds > 0 else None
