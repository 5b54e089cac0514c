"""Sound counted from a WAV as it comes."""

import io
import wave

import pytest

from hardware.sound.wav_count import WavCount


def a_wav(milliseconds: int, channels: int = 2, rate_hz: int = 44_100) -> bytes:
    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setparams((channels, 2, rate_hz, 0, "NONE", ""))
        file.writeframes(bytes(channels * 2 * (rate_hz * milliseconds // 1000)))
    return made.getvalue()


@pytest.mark.parametrize("piece", [1, 7, 43, 44, 45, 100_000])
def test_it_counts_the_same_however_it_comes(piece: int) -> None:
    """In whatever pieces the header arrives."""
    count, whole = WavCount(), a_wav(250)
    for at in range(0, len(whole), piece):
        count.take(whole[at : at + piece])
    assert count.milliseconds == 250


def test_a_header_that_does_not_know_the_length_does_not_matter() -> None:
    """It is written before the sound is: it says nothing, or all there can be."""
    for said in (b"\x00" * 4, b"\xff" * 4):
        count, whole = WavCount(), a_wav(1000, channels=1, rate_hz=8000)
        count.take(whole[:40] + said + whole[44:])
        assert count.milliseconds == 1000


def test_what_is_no_wav_has_no_length() -> None:
    """However much of it comes."""
    count = WavCount()
    for _ in range(100):
        count.take(b"The assembly meets at seven.\n" * 100)
    assert count.milliseconds == 0
