"""Files made to harm, or by tools that went wrong: cover-art bombs, lying headers, numbers that are none."""

import math
import resource
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from content_library import AudioStore, SourceError, errors, ffmpeg, ingest
from tests.content_library import sounds
from tests.content_library.formats import FORMATS, float_wav
from tests.content_library.test_bad_uploads import refuse

# The largest square picture this generation of ffmpeg would decode: 768 MB of colours.
SIDE = 16_000
FAT_BYTES = 200 * 1024**2


def png(side: int = SIDE) -> bytes:
    """A picture that says how large it is and holds only its first rows: decoders take room for all."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = zlib.compress(bytes(3 * (1 + 3 * side)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def mp3_with(picture: bytes, sound: Path, folder: Path) -> Path:
    """An ID3 tag with this picture in front of an MP3."""
    body = b"\0image/png\0\3\0" + picture
    frame = b"APIC" + struct.pack(">I", len(body)) + b"\0\0" + body
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    plain = sounds.changed(sound, folder / "plain.mp3").read_bytes()
    (folder / "cover.mp3").write_bytes(b"ID3\3\0\0" + size + frame + plain)
    return folder / "cover.mp3"


def flac_with(picture: bytes, sound: Path, folder: Path) -> Path:
    """As many picture blocks as it takes, after the first block of a FLAC file; each holds at most 15 MiB."""
    plain = sounds.changed(sound, folder / "plain.flac").read_bytes()
    blocks = b""
    for at in range(0, len(picture), 15 * 1024**2):
        part = picture[at : at + 15 * 1024**2]
        content = struct.pack(">II9s", 3, 9, b"image/png")
        content += struct.pack(">IIIIII", 0, SIDE, SIDE, 24, 0, len(part)) + part
        blocks += b"\x06" + struct.pack(">I", len(content))[1:] + content
    (folder / "cover.flac").write_bytes(plain[:42] + blocks + plain[42:])
    return folder / "cover.flac"


def m4a_with(picture: bytes, sound: Path, folder: Path) -> Path:
    """A `covr` atom behind everything else of an M4A, where its index lies as well."""
    plain = sounds.changed(sound, folder / "plain.m4a", "anull", "-metadata", "title=x").read_bytes()

    def atom(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content) + 8) + kind + content

    cover = atom(b"covr", atom(b"data", struct.pack(">II", 14, 0) + picture))
    at = plain.rindex(b"ilst")
    end = at - 4 + struct.unpack_from(">I", plain, at - 4)[0]
    grown = bytearray(plain[:end] + cover + plain[end:])
    for parent in (b"moov", b"udta", b"meta", b"ilst"):
        where = plain.rindex(parent) - 4
        struct.pack_into(">I", grown, where, struct.unpack_from(">I", plain, where)[0] + len(cover))
    (folder / "cover.m4a").write_bytes(grown)
    return folder / "cover.m4a"


COVERS = {"MP3": mp3_with, "FLAC": flac_with, "M4A": m4a_with}


@pytest.mark.parametrize("name", COVERS)
def test_a_picture_that_would_fill_the_memory_is_not_decoded(
    name: str, speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """16 000 by 16 000 points come in a small tag; the sound beside it is used all the same."""
    audio = ingest(COVERS[name](png(), speech, tmp_path), store)
    assert audio.duration_ms == pytest.approx(len(sounds.samples(speech)) / 48, abs=60)


@pytest.mark.parametrize("name", COVERS)
def test_a_picture_of_200_megabytes_gets_a_verdict_in_bounded_memory(
    name: str, speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """Either the sound is used or the file refused; no tool may take more than its limit."""
    source = COVERS[name](png(10) + bytes(FAT_BYTES), speech, tmp_path)
    assert source.stat().st_size > FAT_BYTES
    try:
        assert ingest(source, store, workdir=tmp_path / "work").duration_ms > 0
    except SourceError:
        assert not any(path.is_file() for path in (tmp_path / "store").rglob("*"))
    assert list((tmp_path / "work").iterdir()) == []


def test_every_tool_runs_under_a_limit_of_memory() -> None:
    """The kernel holds the limit; a tool cannot lift it, since it is the hard one too."""
    said: list[bytes] = []
    tell = 'until [ "$(ulimit -H -d)" != unlimited ]; do sleep 0.05; done; ulimit -d; ulimit -H -d'
    ffmpeg.run(("sh", "-c", tell), step="test", timeout_s=120, on_output=said.append)
    kib = str(ffmpeg.MOST_MEMORY_BYTES // 1024).encode()
    assert b"".join(said).split() == [kib, kib]
    assert resource.getrlimit(resource.RLIMIT_DATA)[0] != ffmpeg.MOST_MEMORY_BYTES, "ours stays as it was"


def no_numbers(_speech: Path, folder: Path) -> Path:
    return float_wav(folder / "s.wav", struct.pack("<f", math.nan) * 48_000)


def one_infinity(speech: Path, folder: Path) -> Path:
    values = sounds.samples(speech).astype("<f4")
    values[100_000] = math.inf
    return float_wav(folder / "s.wav", values.tobytes())


def far_beyond_full_scale(_speech: Path, folder: Path) -> Path:
    return float_wav(folder / "s.wav", struct.pack("<2f", 2e5, -2e5) * 48_000)


def many_channels(_speech: Path, folder: Path) -> Path:
    return float_wav(folder / "s.wav", struct.pack("<2f", 0.1, -0.2) * 32 * 4800, channels=64)


def no_channels(speech: Path, folder: Path) -> Path:
    content = bytearray(speech.read_bytes())
    at = content.index(b"fmt ") + 10
    content[at : at + 2] = bytes(2)
    (folder / "s.wav").write_bytes(content)
    return folder / "s.wav"


def ten_hours_in_a_wav(speech: Path, folder: Path) -> Path:
    content = bytearray(speech.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", 36_000 * 96_000)
    (folder / "s.wav").write_bytes(content)
    return folder / "s.wav"


def ten_hours_in_an_m4a(speech: Path, folder: Path) -> Path:
    content = bytearray(sounds.changed(speech, folder / "plain.m4a").read_bytes())
    for box, at in ((b"mvhd", 20), (b"mdhd", 20), (b"tkhd", 24)):
        where = content.index(box)
        rate = 1000 if box != b"mdhd" else 48_000
        struct.pack_into(">I", content, where + at, 36_000 * rate)
    (folder / "s.m4a").write_bytes(content)
    return folder / "s.m4a"


def ogg_cut_between_pages(speech: Path, folder: Path) -> Path:
    content = sounds.changed(speech, folder / "whole.opus", "anull", "-c:a", "libopus").read_bytes()
    (folder / "s.opus").write_bytes(content[: content.rindex(b"OggS")])
    return folder / "s.opus"


HOSTILE: dict[str, tuple[Callable[[Path, Path], Path], tuple[type[SourceError], ...]]] = {
    "a float WAV full of NaN": (no_numbers, (errors.BrokenSamples,)),
    "one infinity in speech": (one_infinity, (errors.BrokenSamples,)),
    "a float WAV at +106 dBFS": (far_beyond_full_scale, (errors.BrokenSamples,)),
    "64 channels": (many_channels, (errors.ChannelsUnknown,)),
    "no channel": (no_channels, (errors.NotAudio,)),
    "a WAV that claims ten hours": (ten_hours_in_a_wav, (errors.Truncated, errors.TooLong)),
    "an Ogg cut at the border of a page": (ogg_cut_between_pages, (errors.Truncated,)),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_and_leaves_nothing_behind(case: str, speech: Path, tmp_path: Path) -> None:
    """By an error that says what to do."""
    make, expected = HOSTILE[case]
    (uploads := tmp_path / "uploads").mkdir()
    assert isinstance(refuse(make(speech, uploads), tmp_path, SourceError), expected)


def test_an_index_is_believed_before_a_header(speech: Path, store: AudioStore, tmp_path: Path) -> None:
    """An M4A whose header claims ten hours lasts as long as the sound that its index lists."""
    audio = ingest(ten_hours_in_an_m4a(speech, tmp_path), store)
    assert audio.duration_ms == pytest.approx(len(sounds.samples(speech)) / 48, abs=60)


# In these no cut of the last tenth can hide: the container says how much there is, or marks its end.
NOTICED = ("WAV", "FLAC", "M4A", "Ogg Vorbis", "Ogg Opus", "AIFF", "MP4 film")


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_cut_anywhere_gets_a_verdict(name: str, speech: Path, tmp_path: Path) -> None:
    """At the first byte, in the header, half way, near the end; formats that know their length refuse."""
    short = sounds.changed(speech, tmp_path / "short.wav", "atrim=duration=1.5")
    whole = FORMATS[name](short, tmp_path).read_bytes()
    store = AudioStore.open(tmp_path / "store")
    for share in (0.0001, 0.01, 0.5, 0.9):
        (tmp_path / "cut").write_bytes(whole[: max(1, int(len(whole) * share))])
        try:
            audio = ingest(tmp_path / "cut", store, workdir=tmp_path / "work")
        except SourceError:
            continue
        finally:
            assert list((tmp_path / "work").iterdir()) == []
        assert name not in NOTICED, f"{audio.duration_ms} ms of a file cut at {share}"


@pytest.mark.parametrize(
    "name", ["ຂ່າວ ບ້ານ.wav", "📢🎤.wav", "-i.wav", "a'b|c[d]%03d:.wav", "x" * 250 + ".wav"]
)
def test_any_name_a_file_system_takes_will_do(
    name: str, speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """Lao, emoji, what looks like an option or a pattern: the tools see neither name nor folder."""
    (tmp_path / name).symlink_to(speech)
    odd = tmp_path / "work [1]|'ວຽກ' 📁"
    assert ingest(tmp_path / name, store, workdir=odd).sha256 == ingest(speech, store).sha256


def test_a_tool_that_dies_in_the_middle_takes_the_other_with_it(tmp_path: Path) -> None:
    """Of two tools in a chain neither waits for one that is gone."""
    runs = ffmpeg.run_chain((("yes",), ("head", "-c", "10")), step="test", timeout_s=60, folder=tmp_path)
    assert runs[1].ok
    assert not runs[0].ok
