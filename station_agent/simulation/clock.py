"""Virtual time: a clock that moves when told to, and whose wall may be wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hardware.sound.steady_clock import as_instant

MICROSECOND = timedelta(microseconds=1)
SECOND_US = 1_000_000
RTC_EMPTY = datetime(2000, 1, 1, tzinfo=UTC)
"""What a machine whose clock battery is empty believes after a power cut."""


class VirtualClock:
    """Fulfils the `Clock` contract. `us`: microseconds since the village's first midnight, true time.

    `wrong_us`: by how much the wall clock is ahead of the true time.
    """

    def __init__(self, begin: datetime) -> None:
        self._begin = begin
        self.us = 0
        self.wrong_us = 0
        self._read_us, self._read = 0, begin

    def now(self) -> datetime:
        """What the machine believes."""
        believed_us = self.us + self.wrong_us
        if self._read_us != believed_us:  # read many times in one instant
            self._read_us, self._read = believed_us, self._begin + believed_us * MICROSECOND
        return self._read

    def monotonic(self) -> float:
        """Seconds; never steps."""
        return self.us / SECOND_US

    def true(self) -> datetime:
        """What everybody else knows."""
        return self._begin + self.us * MICROSECOND

    def true_us(self, at: datetime) -> int:
        """A true instant as microseconds since the beginning."""
        return (at - self._begin) // MICROSECOND

    def us_when(self, wall: datetime) -> int:
        """When the wall clock will show this instant, should it not step before."""
        return (wall - self._begin) // MICROSECOND - self.wrong_us

    def forget(self) -> None:
        """The battery is empty: the wall clock begins anew."""
        self.wrong_us = (RTC_EMPTY - self.true()) // MICROSECOND


class EvenClock:
    """Fulfils the `Clock` contract with the true time, as instants of the output's steady clock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        """The true time; its date means nothing to people."""
        return as_instant(self._clock.us)

    def monotonic(self) -> float:
        """Seconds; never steps."""
        return self._clock.monotonic()
