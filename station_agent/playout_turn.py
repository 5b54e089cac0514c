"""One turn of playout: the state as it changes, and the commands it gives. Nothing acts here."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from schedules.wire.report import Airing
from station_agent.phases import IDLE, Happening, after
from station_agent.playout_state import PlayoutState, Run
from station_agent.playout_values import Command, JournalIncident, JournalOutcome


class Turn:
    """Collects what one event leads to. Lives for one call of `step`.

    `state` is the turn's own copy until `step` hands it out; the state it began with is never touched. A run
    is replaced as a whole at each change, so that one may hold on to what it was.
    """

    def __init__(self, state: PlayoutState, now: datetime) -> None:
        self.state = _twin(state, {})
        self.now = now
        self.commands: list[Command] = []

    def give(self, *commands: Command) -> None:
        """Add commands, in the order in which they are to be executed."""
        self.commands.extend(commands)

    def change(self, **fields: Any) -> None:
        """Change fields of the state."""
        self.state.__dict__.update(fields)

    @property
    def run(self) -> Run:
        """The broadcast on its way; only asked where the phase says there is one."""
        run = self.state.run
        assert run is not None, self.state.phase  # noqa: S101 - the table of phases keeps this
        return run

    def change_run(self, **fields: Any) -> None:
        """Change fields of the run."""
        self.state.__dict__["run"] = _twin(self.run, fields)

    def go(self, happening: Happening, deadline: datetime | None = None) -> None:
        """Move along the table; the next phase is to be over at `deadline`. Raises `IllegalTransition`."""
        phase = after(self.state.phase, happening)
        run = None if phase is IDLE else _twin(self.run, {"deadline": deadline})
        self.change(phase=phase, run=run)

    def account(self, airing: Airing) -> None:
        """Give an item its one outcome."""
        self.give(JournalOutcome(airing))
        self.change(final=self.state.final.with_(airing.item))

    def incident(self, code: str, subject: str, message: str) -> None:
        """Have something journalled that the province should know."""
        self.give(JournalIncident(code, subject[:300], message[:2000]))


Value = TypeVar("Value", PlayoutState, Run)


def _twin(value: Value, fields: dict[str, Any]) -> Value:
    """A copy with these fields changed: what `dataclasses.replace` does, many times as fast.

    The dictionary is made first and given as a whole: one that is filled grows and is rearranged meanwhile.
    """
    twin = object.__new__(type(value))
    object.__setattr__(twin, "__dict__", value.__dict__ | fields)
    return twin
