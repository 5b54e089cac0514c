"""Commands to close that were lost on the way, of one board: which are given once more, and when.

From try to try more time passes (`tries`); a new command of the owner begins anew.
"""

from hardware.guard.tries import wait_s

NEVER_S = float("inf")


class LostCommands:
    """Of relays commanded closed that the board has only read back open since."""

    def __init__(self) -> None:
        self._lost: set[int] = set()
        self._due: list[int] = []  # of these, to be commanded once more
        self._from_s: dict[int, float] = {}  # not before: asking and repeating would chase each other
        self._tries: dict[int, int] = {}  # how often each of these was commanded again already

    @property
    def are_due(self) -> bool:
        """Whether one is to be given once more."""
        return bool(self._due)

    def add(self, channel: int) -> None:
        """This relay reads open."""
        self._lost.add(channel)

    def obeyed(self, channel: int) -> None:
        """This relay reads as commanded."""
        self._lost.discard(channel)

    def forget(self, channel: int) -> None:
        """The owner commands this relay anew."""
        self._lost.discard(channel)
        self._from_s.pop(channel, None)
        self._tries.pop(channel, None)

    def plan(self, now_s: float) -> float:
        """The board was looked at: what is due now. When it is to be looked at again for those that wait."""
        look_s = NEVER_S
        for channel in sorted(self._lost - set(self._due)):
            from_s = self._from_s.get(channel, now_s)
            if from_s <= now_s:
                self._due.append(channel)
                tries = self._tries[channel] = self._tries.get(channel, 0) + 1
                self._from_s[channel] = now_s + wait_s(tries)
            else:
                look_s = min(look_s, from_s)
        return look_s

    def take(self) -> int | None:
        """The next relay to be commanded once more."""
        self._due = [channel for channel in self._due if channel in self._lost]
        return self._due.pop(0) if self._due else None
