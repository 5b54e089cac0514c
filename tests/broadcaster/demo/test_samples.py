"""The voices of the demonstration: sample speech, or the user's own recordings."""

import wave
from pathlib import Path

import pytest

from broadcaster.demo.samples import own_recordings, sample_text, speak
from broadcaster.errors import BadInput


def test_sample_speech_says_that_it_is_a_sample_and_for_which_language() -> None:
    """Nobody may take it for a recording of the province."""
    assert "sample speech, standing in for Talieng" in sample_text("Results", "tdf")


def test_sample_speech_is_spoken_into_a_file_of_some_seconds(tmp_path: Path) -> None:
    """ffmpeg's flite voice makes it at run time; nothing is shipped."""
    sound = speak("Sixth ordinary session: results", "kuf", tmp_path)
    with wave.open(str(sound.file)) as file:
        assert file.getframerate() == 48_000
        assert 4 < file.getnframes() / 48_000 < 30


@pytest.mark.parametrize(
    ("files", "tags", "words"),
    [
        (["a.wav"], [], "come in pairs"),
        (["a.wav", "a.wav"], ["lo", "lo"], "given twice"),
        (["missing.wav"], ["lo"], "no such file"),
        (["a.wav"], ["xx"], "--language: unknown language 'xx'; known are"),
    ],
)
def test_recordings_that_do_not_pair_up_are_refused(
    tmp_path: Path, files: list[str], tags: list[str], words: str
) -> None:
    """Each --audio has its --language, a language stands once, and the file exists."""
    (tmp_path / "a.wav").touch()
    with pytest.raises(BadInput, match=words):
        own_recordings([tmp_path / name for name in files], tags)
