"""The PC of a simulated village with all that is attached to it: what outlives the agent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from hardware.ports import OutputEvent
from schedules.wire.alert import Alert
from schedules.wire.plan import Plan
from station_agent.alert_book import is_in_force
from station_agent.simulation.board import Board
from station_agent.simulation.clock import SECOND_US, VirtualClock
from station_agent.simulation.disk import SimulatedDisk
from station_agent.simulation.fuse import Fuse
from station_agent.simulation.loudspeaker import Loudspeaker
from station_agent.simulation.programme import Community
from station_agent.simulation.promises import Promises
from station_agent.simulation.recordings import SimulatedAudio
from station_agent.simulation.relay_promises import RelayPromises
from station_agent.simulation.trace import Trace
from station_agent.wiring import Wiring

CONTACT_AFTER_US = 2 * SECOND_US


class Machine:
    """`boot_id` changes with each boot; `plan` is the one on its disk; `contact_us` when the network is next
    used, should there be one."""

    def __init__(
        self, community: Community, wiring: Wiring, *, board_answers: bool, start_after_ms: int
    ) -> None:
        self.clock = VirtualClock(community.begin)
        self.fuse = Fuse()
        self.trace = Trace(self.clock)
        self.disk = SimulatedDisk(self.fuse)
        self.audio = SimulatedAudio(community.recordings)
        self.wiring = wiring
        self.board: Board | None = None
        relays: RelayPromises | None = None
        if wiring.boards:
            sizes = tuple(board.channels for board in wiring.boards)
            self.board = Board(self.clock, sizes, wiring.limits, answers=board_answers)
            relays = RelayPromises(self.clock, self.board, wiring, community.limits, community.zones)
            self.board.closes = relays.closes
        self.promises = Promises(self.clock, self.disk, self.audio, self.board, relays)
        self.loudspeaker: Loudspeaker | None = None
        self.plan: Plan | None = None
        self.alerts: dict[str, Alert] = {}
        self.alerts_to_come: list[Alert] = []
        self.boots = 0
        self.contact_us = 0
        self._start_after_ms = start_after_ms
        self.output_hangs = self.output_refuses = False

    @property
    def in_danger(self) -> bool:
        """Whether the agent may die at any moment: then every mark that it makes matters."""
        return self.fuse.is_lit or self.disk.is_full

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong just now with what a broadcast needs."""
        audio, board = self.audio, self.board
        if self.in_danger or self.output_hangs or self.output_refuses or audio.absent or audio.altered:
            return False
        has_sound = self.loudspeaker is None or self.loudspeaker.has_worker
        return has_sound and (board is None or board.is_ready)

    @property
    def boot_id(self) -> str:
        """Of this boot."""
        return f"boot-{self.boots}"

    def new_loudspeaker(self, put: Callable[[OutputEvent], None]) -> Loudspeaker:
        """A new process opens the output anew."""
        found = Loudspeaker(self.clock, self.audio, put, self.promises, start_after_ms=self._start_after_ms)
        found.hangs, found.refuses = self.output_hangs, self.output_refuses
        self.loudspeaker = found
        return found

    def alerts_in_force(self, clock_trusted: bool, last_known: datetime | None) -> list[Alert]:
        """What the agent finds in its alert book."""
        now = self.clock.now()
        return [one for one in self.alerts.values() if is_in_force(one, now, clock_trusted, last_known)]

    def wants_contact(self) -> None:
        """The agent has something to report."""
        self.contact_us = min(self.contact_us, self.clock.us + CONTACT_AFTER_US)
