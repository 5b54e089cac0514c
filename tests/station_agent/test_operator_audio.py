"""A file of the operator's own, measured before it is played."""

from __future__ import annotations

import os
import wave
from pathlib import Path

import pytest

from schedules.wire.plan import ItemKind
from station_agent.audio_store import AudioStore
from station_agent.errors import NotNow
from station_agent.operator_audio import LARGEST_BYTES, file_named

RATE_HZ = 8000


@pytest.fixture
def audio(tmp_path: Path) -> AudioStore:
    return AudioStore(tmp_path / "audio")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "operator"
    made.mkdir()
    return made


def silence(path: Path, seconds: float) -> Path:
    """A WAV that takes no room on the disk."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
        file.writeframes(b"\0\0")
    size_bytes = round(seconds * RATE_HZ) * 2
    os.truncate(path, 44 + size_bytes)
    with path.open("r+b") as written:
        for at, said in ((4, 36 + size_bytes), (40, size_bytes)):
            written.seek(at)
            written.write(said.to_bytes(4, "little"))
    return path


def test_a_file_is_planned_for_as_long_as_it_sounds(folder: Path, audio: AudioStore) -> None:
    """It is copied under its hash, and no account of the province's takes it for a message."""
    path = silence(folder / "ເພງ.wav", 2.5)
    found = file_named(folder, path.name, audio)
    assert abs(found.duration_ms - 2500) <= 100
    assert (found.kind, found.title, found.language) == (ItemKind.JINGLE, path.name, None)
    assert audio.path(found.sha256 or "").read_bytes() == path.read_bytes()


def test_what_is_here_already_stays_untouched(folder: Path, audio: AudioStore) -> None:
    """It may have been checked, and be about to air; one that has other bytes by now is made good."""
    path = silence(folder / "song.wav", 1)
    sha256 = file_named(folder, path.name, audio).sha256 or ""
    before = audio.fingerprint(sha256)
    assert file_named(folder, path.name, audio).sha256 == sha256
    assert audio.fingerprint(sha256) == before
    audio.path(sha256).write_bytes(b"spoilt")
    file_named(folder, path.name, audio)
    assert audio.is_whole(sha256)
    assert [one.name for one in audio.folder.iterdir()] == [sha256]


@pytest.mark.parametrize(
    ("seconds", "said"), [(3590, None), (3660, "sounds for longer than 60 min; cut it into shorter parts")]
)
def test_a_file_of_more_than_an_hour_is_refused(
    folder: Path, audio: AudioStore, seconds: int, said: str | None
) -> None:
    """Nothing of it would be heard whole; one that fits in is taken."""
    silence(folder / "speech.wav", seconds)
    if said is None:
        assert abs(file_named(folder, "speech.wav", audio).duration_ms - seconds * 1000) <= 100
        return
    with pytest.raises(NotNow, match=said):
        file_named(folder, "speech.wav", audio)
    assert list(audio.folder.iterdir()) == []


def test_a_file_without_a_sound_is_refused_at_once(folder: Path, audio: AudioStore) -> None:
    """In words that say what to do; nothing is copied for it."""
    (folder / "song.mp3").write_bytes(b"The assembly meets at seven.\n" * 200)
    with pytest.raises(NotNow) as refused:
        file_named(folder, "song.mp3", audio)
    assert str(refused.value) == (
        "song.mp3 cannot be played: VLC finds no sound in it; "
        "listen to it on another machine, save it anew as MP3 or WAV"
    )
    assert list(audio.folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../station.key", "is not a plain file name"),
        ("..", "is not a plain file name"),
        ("gone.mp3", "is not a file; put it there first"),
        ("link.wav", "is not a file; put it there first"),
        ("empty.wav", "has 0 bytes"),
        ("huge.wav", f"has {LARGEST_BYTES + 1} bytes"),
    ],
)
def test_what_is_no_file_of_the_folder_is_refused(
    folder: Path, audio: AudioStore, name: str, said: str
) -> None:
    """Before anything reads it."""
    song = silence(folder / "song.wav", 1)
    (folder / "link.wav").symlink_to(song)
    (folder / "empty.wav").touch()
    (folder / "huge.wav").touch()
    os.truncate(folder / "huge.wav", LARGEST_BYTES + 1)
    with pytest.raises(NotNow, match=said):
        file_named(folder, name, audio)
