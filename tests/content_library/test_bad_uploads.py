"""What people upload by mistake or with bad intent: refused by its own error, and nothing is left behind."""

import os
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from content_library import AudioStore, ContentLibraryError, IngestLimits, errors, ffmpeg, ingest
from tests.content_library import sounds

Maker = Callable[[Path, Path], Path]
DEFAULT = IngestLimits()


def _text(_speech: Path, folder: Path) -> Path:
    (folder / "speech.mp3").write_text("Dear colleagues, attached you find the recording.\n" * 500)
    return folder / "speech.mp3"


def _program(_speech: Path, folder: Path) -> Path:
    return Path(shutil.copy(os.path.realpath("/bin/sh"), folder / "speech.wav"))


def _archive(speech: Path, folder: Path) -> Path:
    with zipfile.ZipFile(folder / "speech.wav", "w", zipfile.ZIP_STORED) as archive:
        archive.write(speech, "speech.wav")
    return folder / "speech.wav"


def _random(_speech: Path, folder: Path) -> Path:
    (folder / "speech.mp3").write_bytes(bytes((i * i * 31 + i // 7) % 256 for i in range(100_000)))
    return folder / "speech.mp3"


def _picture_only(_speech: Path, folder: Path) -> Path:
    return sounds.generated(folder / "film.mp4", "testsrc=d=1:s=64x64:r=5")


def _hls_playlist(speech: Path, folder: Path) -> Path:
    lines = ("#EXTM3U", "#EXT-X-TARGETDURATION:11", "#EXTINF:11,", f"file://{speech}", "#EXT-X-ENDLIST", "")
    (folder / "speech.m3u8").write_text("\n".join(lines))
    return folder / "speech.m3u8"


def _concat_list(speech: Path, folder: Path) -> Path:
    (folder / "speech.wav").write_text(f"ffconcat version 1.0\nfile '{speech}'\n")
    return folder / "speech.wav"


def _empty(_speech: Path, folder: Path) -> Path:
    (folder / "speech.wav").touch()
    return folder / "speech.wav"


def _header_only(speech: Path, folder: Path) -> Path:
    return sounds.changed(speech, folder / "speech.wav", "atrim=end_sample=5")


def _folder(_speech: Path, folder: Path) -> Path:
    (folder / "speech.wav").mkdir()
    return folder / "speech.wav"


def _broken_off(extension: str, *arguments: str) -> Maker:
    def make(speech: Path, folder: Path) -> Path:
        whole = sounds.changed(speech, folder / f"whole.{extension}", "anull", *arguments)
        return sounds.cut(whole, folder / f"speech.{extension}", 0.7)

    return make


def _filtered(filters: str) -> Maker:
    return lambda speech, folder: sounds.changed(speech, folder / "s.wav", filters, "-c:a", "pcm_s24le")


CASES: dict[str, tuple[Maker, type[ContentLibraryError]]] = {
    "an empty file": (_empty, errors.EmptyFile),
    "a header without sound": (_header_only, errors.EmptyFile),
    "text named mp3": (_text, errors.NotAudio),
    "a program": (_program, errors.NotAudio),
    "an archive": (_archive, errors.NotAudio),
    "random bytes": (_random, errors.NotAudio),
    "a film without sound": (_picture_only, errors.NotAudio),
    "a playlist that reads other files": (_hls_playlist, errors.NotAudio),
    "a list that joins other files": (_concat_list, errors.NotAudio),
    "a folder": (_folder, errors.NotAudio),
    "nothing at all": (lambda _speech, folder: folder / "gone.wav", errors.SourceMissing),
    "a cut WAV": (_broken_off("wav"), errors.Truncated),
    "a cut MP3": (_broken_off("mp3"), errors.Truncated),
    "a cut M4A": (_broken_off("m4a"), errors.Truncated),
    "a cut M4A with its index in front": (_broken_off("m4a", "-movflags", "+faststart"), errors.Truncated),
    "a cut FLAC": (_broken_off("flac"), errors.Truncated),
    "a cut Ogg Vorbis": (_broken_off("ogg", "-c:a", "libvorbis"), errors.Truncated),
    "a cut Ogg Opus": (_broken_off("opus", "-c:a", "libopus"), errors.Truncated),
    "a cut WebM": (_broken_off("webm", "-c:a", "libopus"), errors.Truncated),
    "a cut AIFF": (_broken_off("aiff"), errors.Truncated),
    "digital silence": (_filtered("volume=0"), errors.Silent),
    "a whisper below the noise": (_filtered("volume=-50dB"), errors.Silent),
    "a beep of silence": (_filtered("volume=0,atrim=duration=0.2"), errors.Silent),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_upload_is_refused_and_leaves_nothing_behind(case: str, speech: Path, tmp_path: Path) -> None:
    """The error says in one line what is wrong and what to do; work folder and store are as they were."""
    make, error = CASES[case]
    (uploads := tmp_path / "uploads").mkdir()
    refuse(make(speech, uploads), tmp_path, error)


def refuse(
    source: Path, folder: Path, error: type[ContentLibraryError], limits: IngestLimits = DEFAULT
) -> ContentLibraryError:
    """Ingest `source`, expect `error`, and look for anything left behind."""
    store = AudioStore.open(folder / "store")
    with pytest.raises(error) as refused:
        ingest(source, store, limits=limits, workdir=folder / "work")
    message = str(refused.value)
    assert ";" in message, "what is wrong; what to do"
    assert "\n" not in message
    assert str(folder) not in message
    assert [path for path in (folder / "store").rglob("*") if path.is_file()] == []
    assert list((folder / "work").glob("*")) == []
    return refused.value


def test_a_recording_that_says_it_is_too_long_is_not_decoded(speech: Path, tmp_path: Path) -> None:
    """The claim in the header is enough, and the error carries both lengths."""
    error = refuse(speech, tmp_path, errors.TooLong, IngestLimits(max_duration_ms=5000))
    assert error.figures["max_duration_ms"] == 5000


def test_a_recording_that_hides_its_length_is_decoded_up_to_the_limit(speech: Path, tmp_path: Path) -> None:
    """Raw AAC states no length: decoding stops one second after the limit."""
    hidden = sounds.changed(speech, tmp_path / "speech.aac")
    error = refuse(hidden, tmp_path, errors.TooLong, IngestLimits(max_duration_ms=5000))
    assert error.figures["duration_ms"] == pytest.approx(6000, abs=30)


def test_a_file_above_the_size_limit_is_refused_unread(speech: Path, tmp_path: Path) -> None:
    """Size comes first."""
    refuse(speech, tmp_path, errors.TooLarge, IngestLimits(max_size_bytes=1000))


def test_a_step_that_takes_too_long_is_stopped(speech: Path, tmp_path: Path) -> None:
    """No source keeps a worker for ever."""
    refuse(speech, tmp_path, errors.StepTimedOut, IngestLimits(step_timeout_s=0.001))


def test_a_machine_without_ffmpeg_says_what_to_install(
    speech: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message holds the command."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "apt-get install ffmpeg" in str(refuse(speech, tmp_path, errors.ToolMissing))


def test_a_full_disk_is_told_from_a_bad_file(speech: Path) -> None:
    """/dev/full takes no byte, as a full disk does."""
    to_full_disk = ffmpeg.converting(speech, ("anull",), ("-f", "wav", "file:/dev/full"))
    with pytest.raises(errors.StoreFull):
        ffmpeg.run(to_full_disk, step="decode", timeout_s=30)


def test_a_source_cannot_reach_the_network(tmp_path: Path) -> None:
    """ffmpeg is told to open local files only: an address is refused before any connection is made."""
    ended = ffmpeg.run(
        ["ffprobe", "-hide_banner", *ffmpeg.SAFE_INPUT, "-i", "http://127.0.0.1:9/speech.wav"],
        step="probe",
        timeout_s=30,
    )
    assert not ended.ok
    assert any("not on whitelist" in line for line in ended.last_lines)


def test_a_broken_piece_in_an_mp3_is_reported_and_not_refused(
    speech: Path, store: AudioStore, tmp_path: Path
) -> None:
    """Players skip a broken frame of an MP3; whoever approves is told to listen."""
    whole = sounds.changed(speech, tmp_path / "whole.mp3")
    content = bytearray(whole.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 600] = bytes(600)
    (tmp_path / "damaged.mp3").write_bytes(content)
    verdict = ingest(tmp_path / "damaged.mp3", store).verdict
    assert verdict.code == "damaged"
    assert verdict.broken_frames > 0


@pytest.mark.parametrize("rate_hz", [1, 2_000_000_000])
def test_a_header_with_an_absurd_sample_rate_is_refused(rate_hz: int, speech: Path, tmp_path: Path) -> None:
    """A resampler fed with such a rate would run for hours or take all memory."""
    content = bytearray(speech.read_bytes())
    at = content.index(b"fmt ") + 12
    content[at : at + 4] = rate_hz.to_bytes(4, "little")
    (tmp_path / "absurd.wav").write_bytes(content)
    refuse(tmp_path / "absurd.wav", tmp_path, errors.NotAudio)
