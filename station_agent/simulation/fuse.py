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
    """Passed at each boundary; once lit it counts them and then kills."""

    def __init__(self) -> None:
        self._left: int | None = None
        self._how = Ending.POWER

    @property
    def is_lit(self) -> bool:
        """Whether death is on its way."""
        return self._left is not None

    def light(self, boundaries: int, how: Ending) -> None:
        """Die after so many boundaries more."""
        self._left, self._how = boundaries, how

    def put_out(self) -> None:
        """Nobody dies."""
        self._left = None

    def boundary(self) -> None:
        """Raises `Death` when this is the one."""
        if self._left is None:
            return
        if self._left <= 0:
            self._left = None  # what runs while the dead are carried out passes no more boundaries
            raise Death(self._how)
        self._left -= 1
