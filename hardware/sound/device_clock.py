"""Where a device stands in what it was handed, told from measures of which most come late. Pure.

Rules
1. A measure is made before it is told: on a busy machine it is too low by that time, and hardly ever too
   high. So nearly the highest of the last `WINDOW_US` counts, not their middle.
2. A device's clock runs off the machine's by some 0.01 %: within the window that is less than a millisecond.
3. A device that jumps is followed: when `AFTER` measures in a row all lie `STEP` or more to one side of what
   counts, only they count from then on.
4. PipeWire says that a block was heard as soon as it begins to be: its measures are too high by up to one
   block, 43 ms, evenly. There nearly the lowest counts, and a jump is what goes beyond a block.
"""

from collections import deque

RATE_HZ = 48_000
WINDOW_US = 10_000_000
NEARLY_HIGHEST = 0.9
STEP = RATE_HZ * 15 // 1000
AFTER = 8
NEARLY_LOWEST, BEYOND_A_BLOCK = 0.1, RATE_HZ * 60 // 1000


class DeviceClock:
    """Frames heard against microseconds of the steady clock. `by_blocks`: rule 4 holds."""

    def __init__(self, *, by_blocks: bool = False) -> None:
        self._counts = NEARLY_LOWEST if by_blocks else NEARLY_HIGHEST
        self._step = BEYOND_A_BLOCK if by_blocks else STEP
        self._measures: deque[tuple[int, int]] = deque()  # when, and frames heard beyond the machine's clock
        self._beyond: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether there was a measure at all."""
        return self._beyond is not None

    def measured(self, time_us: int, heard_frames: int) -> None:
        """The device had brought so many frames to the loudspeaker at that time."""
        self._measures.append((time_us, heard_frames - _frames(time_us)))
        while self._measures[0][0] < time_us - WINDOW_US:
            self._measures.popleft()
        if self._beyond is not None and self._jumped(self._beyond):
            self._measures = deque(list(self._measures)[-AFTER:])
        beyond = sorted(one for _, one in self._measures)
        self._beyond = beyond[int((len(beyond) - 1) * self._counts)]

    def heard_at(self, time_us: int) -> int:
        """Frames heard at a time; before the first measure as many as the machine's clock has."""
        return _frames(time_us) + (self._beyond or 0)

    def forget(self) -> None:
        """The device begins anew."""
        self._measures.clear()
        self._beyond = None

    def _jumped(self, beyond: int) -> bool:
        last = [one - beyond for _, one in list(self._measures)[-AFTER:]]
        return len(last) == AFTER and (min(last) >= self._step or max(last) <= -self._step)


def _frames(time_us: int) -> int:
    return round(time_us * RATE_HZ / 1_000_000)
