"""Where a device stands, told from measures that come late: to the millisecond, and not lost after a jump."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from hardware.sound.device_clock import AFTER, DeviceClock

RATE_HZ = 48_000
EVERY_US = 60_000
MILLISECOND = RATE_HZ // 1000


def _frames(time_us: int) -> int:
    return round(time_us * RATE_HZ / 1_000_000)


@given(
    late_ms=st.lists(st.floats(0, 60), min_size=60, max_size=120),
    drift=st.floats(-100e-6, 100e-6),
    begins_us=st.integers(0, 10**12),
)
def test_late_measures_on_a_clock_of_its_own_are_right_to_a_millisecond(
    late_ms: list[float], drift: float, begins_us: int
) -> None:
    """One in six was made in time, the others up to 60 ms too late; the device runs off by 0.01 %."""
    clock = DeviceClock()
    for index, late in enumerate(late_ms):
        time_us = begins_us + index * EVERY_US
        was_late = 0.0 if index % 6 == 5 else late
        since_us = index * EVERY_US * (1 + drift) - was_late * 1000
        clock.measured(time_us, round(since_us * RATE_HZ / 1_000_000))
    now_us = begins_us + (len(late_ms) - 1) * EVERY_US
    true = round((len(late_ms) - 1) * EVERY_US * (1 + drift) * RATE_HZ / 1_000_000)
    assert abs(clock.heard_at(now_us) - true) <= 1.2 * MILLISECOND


@given(by_ms=st.integers(20, 2000), later=st.booleans())
def test_a_device_that_jumps_is_followed_after_a_few_measures(by_ms: int, later: bool) -> None:
    """A sink that was moved or suspended stands elsewhere from one measure to the next."""
    clock = DeviceClock()
    for index in range(100):
        clock.measured(index * EVERY_US, _frames(index * EVERY_US))
    by = by_ms * MILLISECOND * (1 if later else -1)
    for index in range(100, 100 + AFTER):
        clock.measured(index * EVERY_US, _frames(index * EVERY_US) + by)
    now_us = (99 + AFTER) * EVERY_US
    assert clock.heard_at(now_us) == _frames(now_us) + by


def test_before_a_measure_nothing_is_known_and_the_first_one_counts_at_once() -> None:
    """Nor is anything known once the device has begun anew."""
    clock = DeviceClock()
    known = [clock.is_known]
    clock.measured(1_000_000, 40_000)
    known.append(clock.is_known)
    assert clock.heard_at(2_000_000) == 88_000
    clock.forget()
    known.append(clock.is_known)
    assert known == [False, True, False]


@given(
    block_ms=st.sampled_from([5.33, 21.33, 42.67]),
    seed=st.integers(0, 2**32),
    drift=st.floats(-100e-6, 100e-6),
)
def test_a_server_that_tells_by_blocks_is_right_to_a_fraction_of_a_block(
    block_ms: float, seed: int, drift: float
) -> None:
    """It counts a block as heard as soon as that begins: measures, made at uneven times, lie too high by up
    to a block."""
    clock, random = DeviceClock(by_blocks=True), Random(seed)  # noqa: S311 - a seeded test
    block, time_us = round(block_ms * MILLISECOND), 0
    for _ in range(160):
        time_us += random.randrange(55_000, 98_000)
        heard = time_us * (1 + drift) * RATE_HZ / 1_000_000
        clock.measured(time_us, (int(heard) // block + 1) * block)
    true = round(time_us * (1 + drift) * RATE_HZ / 1_000_000)
    error = clock.heard_at(time_us) - true
    assert -1.2 * MILLISECOND <= error <= block * 0.3 + 1.2 * MILLISECOND


@given(by_ms=st.integers(110, 2000), later=st.booleans())
def test_a_server_that_tells_by_blocks_is_followed_when_it_jumps(by_ms: int, later: bool) -> None:
    """Only what goes beyond a block is a jump."""
    clock = DeviceClock(by_blocks=True)
    by = by_ms * MILLISECOND * (1 if later else -1)
    for index in range(100 + AFTER):
        moved = by if index >= 100 else 0
        clock.measured(index * EVERY_US, _frames(index * EVERY_US) + moved + (index % 7) * 6 * MILLISECOND)
    now_us = (99 + AFTER) * EVERY_US
    assert abs(clock.heard_at(now_us) - _frames(now_us) - by) <= 12 * MILLISECOND
