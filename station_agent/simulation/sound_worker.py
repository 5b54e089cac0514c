"""The process that plays a simulated village's sound: there, hanging, or gone until another one is ready.

That it hangs is noticed a while later; that it died, at once. Nothing is noticed while nobody watches.
"""

from __future__ import annotations

NOTICED_AFTER_US = 800_000
"""So long a worker that hangs is waited for (`hardware.sound.client`)."""


class SoundWorker:
    """Of one life of the agent: one worker after the other.

    `plays`: it is there. `is_gone`: it is known not to be. Between the two it hangs. `hung`: the last one
    that was lost had hung before.
    """

    def __init__(self) -> None:
        self.plays, self.is_gone, self.hung = True, False, False
        self._noticed_us: int | None = None
        self._back_us: int | None = None

    def lose(self, now_us: int, *, hung: bool, back_after_us: int) -> None:
        """It dies or hangs; another one is ready so much later."""
        self.plays, self.hung = False, hung
        self._noticed_us = now_us + (NOTICED_AFTER_US if hung else 0)
        self._back_us = now_us + back_after_us

    def due_us(self) -> int | None:
        """When there is something to notice."""
        return self._back_us if self._noticed_us is None else self._noticed_us

    def is_noticed(self, now_us: int) -> bool:
        """Whether its loss is noticed now: from then on it is gone."""
        if self._noticed_us is None or self._noticed_us > now_us:
            return False
        self._noticed_us, self.is_gone = None, True
        return True

    def is_back(self, now_us: int) -> bool:
        """Whether another one is ready now: from then on that one plays."""
        if self._noticed_us is not None or self._back_us is None or self._back_us > now_us:
            return False
        self._back_us, self.plays, self.is_gone = None, True, False
        return True
