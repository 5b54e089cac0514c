"""One sound on its way to the line: whole, in order, without clicks, whatever comes late."""

from array import array
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hardware.sound.line import position_at, time_us_at
from hardware.sound.voice import CLICK, EDGE_RAMP, JOIN_RAMP, VOLUME_RAMP, Voice, gain_at, mixed

LOUD = 20_000


def _samples(*values: int) -> bytes:
    return array("h", values).tobytes()


def _values(data: bytes) -> list[int]:
    return array("h", data).tolist()


def _heard(voice: Voice, first: int, to: int) -> list[int]:
    return _values(mixed([voice.take(first, to)], to - first))


def _largest_step(values: list[int]) -> int:
    return max(abs(one - other) for one, other in pairwise(values))


def _steady(*, joins: bool = False, start: int = 100, frames: int = 9600) -> Voice:
    voice = Voice(start, 1.0, joins=joins)
    voice.place(_samples(*([LOUD] * frames)), head=0)
    return voice


@given(time_us=st.integers(0, 10**13))
def test_a_position_and_its_time_agree_to_half_a_sample(time_us: int) -> None:
    """Rounding never adds up."""
    assert abs(time_us_at(position_at(time_us)) - time_us) <= 11


@given(
    blocks=st.lists(st.integers(1, 40), min_size=1, max_size=12),
    hearings=st.lists(st.integers(1, 60), max_size=12),
)
def test_blocks_are_heard_whole_and_in_order(blocks: list[int], hearings: list[int]) -> None:
    """However hearing and placing alternate, as long as placing keeps ahead: sample by sample."""
    voice, expected, value = Voice(7, 1.0, joins=False), [], 0
    for size in blocks:
        values = [value := value % CLICK + 1 for _ in range(size)]
        voice.place(_samples(*values), head=0)
        expected += values
    voice.finish(head=0)
    heard, at = [], 0
    for size in hearings:
        heard += _heard(voice, at, at + size)
        at += size
    heard += _heard(voice, at, max(at, 7 + len(expected)))
    assert heard[:7] == [0] * min(7, len(heard))
    assert heard[7 : 7 + len(expected)] == expected
    assert not any(heard[7 + len(expected) :])
    assert voice.heard_frames(7 + len(expected)) == len(expected)


def test_what_comes_too_late_is_heard_later_and_not_lost() -> None:
    """The rest moves; the hole is told, and does not count as heard."""
    voice = Voice(0, 1.0, joins=False)
    voice.place(_samples(1, 2, 3), head=0)
    assert _heard(voice, 0, 10)[3:] == [0] * 7
    voice.place(_samples(*range(1, 301)), head=10)
    voice.finish(head=10)
    heard = _heard(voice, 10, 400)
    assert heard[EDGE_RAMP:300] == list(range(EDGE_RAMP + 1, 301))
    assert voice.moved_frames == 7
    assert voice.heard_frames(1000) == 303


def test_a_join_into_a_file_rises_over_its_ramp() -> None:
    """And is untouched after it."""
    heard = _heard(_steady(joins=True), 0, 9700)
    assert heard[:100] == [0] * 100
    assert _largest_step(heard[: 100 + JOIN_RAMP]) <= CLICK
    assert set(heard[100 + JOIN_RAMP : 9700]) == {LOUD}


def test_a_file_that_begins_and_ends_in_the_middle_of_a_wave_does_not_click() -> None:
    """Its first and last 3 ms are ramped; a steady full level never jumps by more than -30 dBFS a sample."""
    voice = _steady()
    voice.finish(head=0)
    heard = _heard(voice, 0, 9800)
    assert _largest_step(heard) <= LOUD * 3.2 / 2 / EDGE_RAMP
    assert set(heard[100 + EDGE_RAMP : 9700 - EDGE_RAMP]) == {LOUD}


def test_a_cut_fades_from_its_instant_and_nothing_follows() -> None:
    """Not even what was placed already, nor what is placed later."""
    voice = _steady()
    voice.cut(4800, 2400)
    voice.place(_samples(*([LOUD] * 100)), head=0)
    heard = _heard(voice, 0, 9600)
    assert set(heard[100 + EDGE_RAMP : 4800]) == {LOUD}
    fade = heard[4800:7200]
    assert fade == sorted(fade, reverse=True)
    assert _largest_step(fade) < 30
    assert not any(heard[7200:])
    assert voice.is_over(7200)
    assert voice.heard_frames(9600) == 7100


def test_a_change_of_volume_is_a_ramp_and_half_is_an_eighth() -> None:
    """As VLC's own outputs do it: the cube of the setting."""
    voice = _steady()
    before = _heard(voice, 0, 2000)
    voice.set_gain(gain_at(50), head=2000)
    after = _heard(voice, 2000, 9600)
    assert set(before[100 + EDGE_RAMP :]) == {LOUD}
    assert _largest_step(after) < 40
    assert set(after[VOLUME_RAMP:]) == {LOUD // 8}
    assert (gain_at(100), gain_at(0)) == (1.0, 0.0)


def test_the_volume_of_a_sound_that_was_placed_whole_changes_and_its_end_stays_soft() -> None:
    """A short file is decoded to its end long before it is heard; silenced, it can be made loud again."""
    voice = _steady(frames=19_200)
    voice.finish(head=0)
    heard = _heard(voice, 0, 2000)
    for at, percent in ((2000, 0), (6000, 100), (19_150, 50)):
        heard += _heard(voice, len(heard), at)
        voice.set_gain(gain_at(percent), head=at)
    heard += _heard(voice, len(heard), 19_500)
    assert set(heard[2000 + VOLUME_RAMP : 6000]) == {0}
    assert set(heard[6000 + VOLUME_RAMP : 19_150]) == {LOUD}
    assert not any(heard[19_300:])
    assert _largest_step(heard) <= LOUD * 3.2 / 2 / EDGE_RAMP


def test_two_sounds_that_meet_are_both_heard_and_clip_where_they_must() -> None:
    """As on a loudspeaker line: the second begins while the first one's tail still sounds."""
    first, second = Voice(0, 1.0, joins=False), Voice(2, 1.0, joins=False)
    first.place(_samples(1, 2, 3, 300), head=0)
    second.place(_samples(10, 20), head=0)
    for voice in (first, second):
        voice.finish(head=0)
    assert _values(mixed([first.take(0, 5), second.take(0, 5)], 5)) == [1, 2, 13, 320, 0]
    assert _values(mixed([_samples(30_000), _samples(30_000)], 2)) == [32_767, 0]


def test_silence_is_what_is_heard_where_nothing_was_placed() -> None:
    """Of the length asked for."""
    assert mixed([], 3) == bytes(6)
    assert _heard(Voice(50, 1.0, joins=False), 0, 10) == [0] * 10
