"""The line's timeline and the file it is kept in."""

import wave
from array import array
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from hardware.timeline import Timeline, at_volume, position_at, time_us_at
from hardware.wav_file import GrowingWav


def _samples(*values: int) -> bytes:
    return array("h", values).tobytes()


def _values(data: bytes) -> list[int]:
    return array("h", data).tolist()


@given(time_us=st.integers(0, 10**13))
def test_a_position_and_its_time_agree_to_half_a_sample(time_us: int) -> None:
    """Rounding never adds up."""
    assert abs(time_us_at(position_at(time_us)) - time_us) <= 11


def test_silence_fills_what_nothing_was_placed_in() -> None:
    """Before, between and after."""
    timeline = Timeline(100)
    timeline.place(102, _samples(1, 2))
    timeline.place(106, _samples(3))
    assert _values(timeline.hear(109)) == [0, 0, 1, 2, 0, 0, 3, 0, 0]
    assert timeline.heard_to == 109


def test_two_sounds_that_meet_are_both_heard() -> None:
    """As on a loudspeaker line: the second begins while the first one's tail still sounds."""
    timeline = Timeline(0)
    timeline.place(0, _samples(1, 2, 3, 4))
    timeline.place(2, _samples(10, 20, 30))
    timeline.place(5, _samples(40))
    assert _values(timeline.hear(6)) == [1, 2, 13, 24, 30, 40]


def test_what_comes_too_late_is_lost_to_the_sample() -> None:
    """As it is in air: the rest keeps its place."""
    timeline = Timeline(0)
    timeline.hear(3)
    timeline.place(1, _samples(1, 2, 3, 4))
    assert _values(timeline.hear(6)) == [3, 4, 0]


def test_a_cut_drops_everything_from_its_instant_on() -> None:
    """What VLC delivered ahead of its time is not heard after a stop."""
    timeline = Timeline(0)
    timeline.place(0, _samples(*range(1, 11)))
    timeline.cut(4)
    assert _values(timeline.hear(10)) == [1, 2, 3, 4, 0, 0, 0, 0, 0, 0]


def test_a_fade_falls_steadily_to_silence() -> None:
    """Over its length, then nothing; before it, all."""
    timeline = Timeline(0)
    timeline.place(0, _samples(*([10_000] * 9600)))
    timeline.cut(4800, 2400)
    heard = _values(timeline.hear(9600))
    assert set(heard[:4800]) == {10_000}
    fade = heard[4800:7200]
    assert fade == sorted(fade, reverse=True)
    assert 9_000 < fade[0] < 10_000
    assert 0 <= fade[-1] < 500
    assert set(heard[7200:]) == {0}


@given(
    blocks=st.lists(st.integers(1, 40), min_size=1, max_size=12),
    hearings=st.lists(st.integers(1, 60), max_size=12),
)
def test_blocks_placed_one_after_the_other_are_heard_without_gap(
    blocks: list[int], hearings: list[int]
) -> None:
    """However hearing and placing alternate, as long as placing keeps ahead."""
    timeline, expected, position, value = Timeline(0), [], 0, 0
    for size in blocks:
        values = [value := value % 30_000 + 1 for _ in range(size)]
        timeline.place(position, _samples(*values))
        expected += values
        position += size
    heard, to = [], 0
    for size in hearings:
        to = min(position, to + size)
        heard += _values(timeline.hear(to))
    assert heard + _values(timeline.hear(position)) == expected


def test_full_volume_leaves_samples_as_they_are_and_half_is_the_cube() -> None:
    """Bit by bit at 100 percent; an eighth at 50, as VLC's own outputs do."""
    samples = _samples(8000, -8000, 16, 0)
    assert at_volume(samples, 100) == samples
    assert _values(at_volume(samples, 50)) == [1000, -1000, 2, 0]
    assert set(_values(at_volume(samples, 0))) == {0}


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
