"""Death at a chosen boundary: between two commands, or inside a write to the journal."""

from __future__ import annotations

from enum import StrEnum


class Ending(StrEnum):
    """How a process ends that nobody told to."""

    POWER = "power"  # the machine goes down, and the board with it
    KILL = "kill"  # the process alone; the guard and the board live on


class Death(BaseException):
    """Not an `Exception`: nothing of the agent may catch it and go on."""

    def __init__(self, how: Ending) -> None:
        super().__init__(how.value)
        self.how = how


class Fuse:
    """Passed at each boundary; once lit it counts them and then kills. `is_lit`: death is on its way."""

    def __init__(self) -> None:
        self._left = 0
        self._how = Ending.POWER
        self.is_lit = False

    def light(self, boundaries: int, how: Ending) -> None:
        """Die after so many boundaries more."""
        self._left, self._how, self.is_lit = boundaries, how, True

    def put_out(self) -> None:
        """Nobody dies."""
        self.is_lit = False

    def boundary(self) -> None:
        """Raises `Death` when this is the one."""
        if not self.is_lit:
            return
        if self._left <= 0:
            self.is_lit = False  # what runs while the dead are carried out passes no more boundaries
            raise Death(self._how)
        self._left -= 1
