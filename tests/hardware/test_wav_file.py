"""The file a line is kept in."""

import wave
from array import array
from pathlib import Path

from hardware.sound.wav_file import GrowingWav


def _samples(*values: int) -> bytes:
    return array("h", values).tobytes()


def _values(data: bytes) -> list[int]:
    return array("h", data).tolist()


def test_a_growing_file_can_be_read_before_it_is_closed(tmp_path: Path) -> None:
    """Its header is brought up to date while it grows."""
    path = tmp_path / "line.wav"
    growing = GrowingWav(path, 48_000)
    growing._refreshed_s -= 1.0
    growing.append(_samples(*range(1000)))
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (48_000, 1, 2)
        assert _values(file.readframes(2000)) == list(range(1000))
    growing.append(_samples(7))
    growing.close()
    growing.close()
    with wave.open(str(path)) as file:
        assert file.getnframes() == growing.samples == 1001


def test_an_empty_capture_is_a_file_of_no_samples(tmp_path: Path) -> None:
    """And a readable one."""
    GrowingWav(tmp_path / "line.wav", 48_000).close()
    assert (tmp_path / "line.wav").stat().st_size == 44
    with wave.open(str(tmp_path / "line.wav")) as file:
        assert file.getnframes() == 0


def test_a_file_that_a_killed_process_left_is_gone_on_with(tmp_path: Path) -> None:
    """What it held stays, though its header was never brought up to date."""
    path = tmp_path / "line.wav"
    left = GrowingWav(path, 48_000)
    left.append(_samples(*range(100)))
    on = GrowingWav(path, 48_000, goes_on=True)
    assert on.samples == 100
    on.append(_samples(7, 8))
    on.close()
    with wave.open(str(path)) as file:
        assert _values(file.readframes(200)) == [*range(100), 7, 8]
    left.close()
