"""One real file of every accepted format, made when the tests run."""

import random
import struct
from collections.abc import Callable
from pathlib import Path

from tests.content_library import sounds

FormatMaker = Callable[[Path, Path], Path]

# Frame type and bytes of a frame after its first byte: 12.2 kbit/s of 3GPP TS 26.101, 23.85 of TS 26.201.
_NARROW = (b"#!AMR\n", 7, 31)
_WIDE = (b"#!AMR-WB\n", 8, 60)
_FRAMES_A_SECOND = 50


def amr(out: Path, *, wide: bool = False, seconds: float = 3.0) -> Path:
    """Raw AMR. ffmpeg has no encoder for it, so its frames hold random bits, which decode to some noise."""
    magic, kind, size = _WIDE if wide else _NARROW
    dice = random.Random(7)  # noqa: S311 -- the same file every time
    frames = (bytes([kind << 3 | 4]) + dice.randbytes(size) for _ in range(round(seconds * _FRAMES_A_SECOND)))
    out.write_bytes(magic + b"".join(frames))
    return out


def _in_3gp(_sound: Path, folder: Path) -> Path:
    sounds.ffmpeg("-i", amr(folder / "phone.amr"), "-c", "copy", folder / "phone.3gp")
    return folder / "phone.3gp"


def _film(extension: str, *arguments: str) -> FormatMaker:
    def make(sound: Path, folder: Path) -> Path:
        out = folder / f"film.{extension}"
        picture = ("-f", "lavfi", "-i", "testsrc=d=4:s=64x64:r=5")
        sounds.ffmpeg(*picture, "-i", sound, *arguments, out)
        return out

    return make


def _encoded(extension: str, *arguments: str) -> FormatMaker:
    return lambda sound, folder: sounds.changed(sound, folder / f"sound.{extension}", "anull", *arguments)


FORMATS: dict[str, FormatMaker] = {
    "WAV": _encoded("wav"),
    "WAV, 32-bit float": _encoded("wav", "-c:a", "pcm_f32le"),
    "WAV, 8-bit mu-law": _encoded("wav", "-c:a", "pcm_mulaw", "-ar", "8000"),
    "W64": _encoded("w64"),
    "FLAC": _encoded("flac"),
    "MP3": _encoded("mp3"),
    "AAC": _encoded("aac"),
    "M4A": _encoded("m4a"),
    "M4A, lossless": _encoded("m4a", "-c:a", "alac"),
    "Ogg Vorbis": _encoded("ogg", "-c:a", "libvorbis"),
    "Ogg Opus": _encoded("opus", "-c:a", "libopus"),
    "WebM": _encoded("webm", "-c:a", "libopus"),
    "AIFF": _encoded("aiff"),
    "CAF": _encoded("caf"),
    "WMA": _encoded("wma"),
    "AMR": lambda _sound, folder: amr(folder / "phone.amr"),
    "AMR, wide band": lambda _sound, folder: amr(folder / "phone.amr", wide=True),
    "AMR in 3GP": _in_3gp,
    "MP4 film": _film("mp4"),
    "MOV film": _film("mov", "-c:a", "pcm_s16le"),
}


def float_wav(out: Path, values: bytes, *, channels: int = 1) -> Path:
    """A WAV of 32-bit floats with exactly these samples."""
    head = struct.pack("<IHHIIHH", 16, 3, channels, 48_000, 192_000 * channels, 4 * channels, 32)
    body = b"WAVEfmt " + head + b"data" + struct.pack("<I", len(values)) + values
    out.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return out
