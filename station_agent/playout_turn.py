"""One turn of playout: the state as it changes, and the commands it gives. Nothing acts here."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from schedules.wire.report import Airing
from station_agent.playout_state import PlayoutState, Run
from station_agent.playout_values import Command, JournalIncident, JournalOutcome, Phase

NEXT: dict[Phase, frozenset[Phase]] = {
    Phase.IDLE: frozenset({Phase.ARMING}),
    Phase.ARMING: frozenset({Phase.WARMING, Phase.CLOSING, Phase.IDLE}),
    Phase.WARMING: frozenset({Phase.ITEM, Phase.PAUSE, Phase.TAIL, Phase.CLOSING}),
    Phase.ITEM: frozenset({Phase.ITEM, Phase.PAUSE, Phase.WARMING, Phase.TAIL, Phase.CLOSING}),
    Phase.PAUSE: frozenset({Phase.ITEM, Phase.PAUSE, Phase.WARMING, Phase.TAIL, Phase.CLOSING}),
    Phase.TAIL: frozenset({Phase.CLOSING}),
    Phase.CLOSING: frozenset({Phase.IDLE}),
}
"""Which phase may follow which. Once a relay was closed, the way back is through CLOSING."""


class Turn:
    """Collects what one event leads to. Lives for one call of `step`."""

    def __init__(self, state: PlayoutState, now: datetime) -> None:
        self.state = state
        self.now = now
        self.commands: list[Command] = []

    def give(self, *commands: Command) -> None:
        """Add commands, in the order in which they are to be executed."""
        self.commands.extend(commands)

    def change(self, **fields: Any) -> None:
        """Change fields of the state."""
        self.state = replace(self.state, **fields)

    @property
    def run(self) -> Run:
        """The broadcast on its way; only asked where the phase says there is one."""
        run = self.state.run
        assert run is not None, self.state.phase  # noqa: S101 - the table of phases keeps this
        return run

    def change_run(self, **fields: Any) -> None:
        """Change fields of the run."""
        self.change(run=replace(self.run, **fields))

    def go(self, phase: Phase, deadline: datetime | None) -> None:
        """Enter a phase, which is to be over at `deadline`."""
        assert phase in NEXT[self.state.phase], (self.state.phase, phase)  # noqa: S101 - the rule of the house
        self.change(phase=phase)
        if phase is Phase.IDLE:
            self.change(run=None)
        else:
            self.change_run(deadline=deadline)

    def account(self, airing: Airing) -> None:
        """Give an item its one outcome."""
        self.give(JournalOutcome(airing))
        self.change(final=self.state.final | {airing.item})

    def incident(self, code: str, subject: str, message: str) -> None:
        """Have something journalled that the province should know."""
        self.give(JournalIncident(code, subject[:300], message[:2000]))
