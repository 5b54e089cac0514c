"""The relay board of a simulated village, under the guard's real rules, and what its contacts did.

Its words take their time over the serial line. What the contacts do is kept with true times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.guard.limits import Limits
from hardware.ports import BoardReady, RelayCause, RelayEvent, RelayState
from hardware.simulated_relays import SimulatedRelays
from station_agent.simulation.clock import SECOND_US, VirtualClock

TOLD_AFTER_US = 15_000
READ_BACK_AFTER_US = 200_000


@dataclass
class Contact:
    """One relay's contact: since when it is closed, and for how long it was in all."""

    closed_since_us: int | None = None
    stretches: list[tuple[int, int]] = field(default_factory=list)

    def closed_between(self, from_us: int, to_us: int, now_us: int) -> int:
        """For how many microseconds it was closed between two instants."""
        spans = list(self.stretches[-8:])
        if self.closed_since_us is not None:
            spans.append((self.closed_since_us, now_us))
        return sum(max(0, min(end, to_us) - max(start, from_us)) for start, end in spans)


class Board:
    """The boards and their guard, over the lives of many agents. `relays` is what an agent holds of them.

    `sizes`: how many relays each has. `closes` is called when a contact is about to close.
    """

    def __init__(self, clock: VirtualClock, sizes: tuple[int, ...], limits: Limits, *, answers: bool) -> None:
        self._clock, self._sizes, self._limits, self._answers = clock, sizes, limits, answers
        self._put: Callable[[RelayEvent, int], None] = lambda _event, _after_us: None
        self.contacts = {channel: Contact() for channel in range(1, sum(sizes) + 1)}
        self.closes: Callable[[int], None] = lambda _channel: None
        self.relays: SimulatedRelays | None = None
        self.is_beaten = True
        self._unplugged: set[int] = set()
        self._is_served = False
        self.opened_us = 0  # when every relay of some board was last opened anew

    def serve(self, put: Callable[[RelayEvent, int], None]) -> SimulatedRelays:
        """A new agent has come, and a new guard with it. It takes commands from `begin` on."""
        self._put = put
        self.is_beaten = True
        self.relays = SimulatedRelays(
            len(self.contacts),
            self._told,
            self._clock,
            boards=self._sizes,
            limits=self._limits,
            answers=self._answers,
            plugged=False,
        )
        return self.relays

    def begin(self) -> None:
        """The guard has opened the ports and every relay."""
        self._is_served = True
        for board in range(len(self._sizes)):
            if self.relays is not None and board not in self._unplugged:
                self.relays.plug_in(board)

    def leave(self, *, at_once: bool) -> None:
        """The agent is gone. `at_once`: the board lost its power too; else its guard opens the relays."""
        self._put = lambda _event, _after_us: None
        self._is_served = False
        if self.relays is not None:
            self.relays.close()
            self.relays = None
        if at_once:
            for contact in self.contacts.values():
                self._open(contact)

    @property
    def count(self) -> int:
        """How many boards there are."""
        return len(self._sizes)

    @property
    def is_ready(self) -> bool:
        """Whether every board takes commands."""
        return self._is_served and not self._unplugged

    def is_plugged(self, board: int) -> bool:
        """Whether this board is there."""
        return board not in self._unplugged

    def plug(self, board: int, is_plugged: bool) -> None:
        """Take a board away, with its power, or bring it back."""
        if is_plugged:
            self._unplugged.discard(board)
        else:
            self._unplugged.add(board)
        if self.relays is None:
            return
        if is_plugged:
            self.relays.plug_in(board)
        else:
            self.relays.unplug(board)

    def due_us(self) -> int | None:
        """When a relay next opens by itself."""
        if self.relays is None:
            return None
        due_s = self.relays.acts_at_s() if self.is_beaten else self.relays.due_s()
        return None if due_s is None else max(self._clock.us + 1, round(due_s * SECOND_US) + 1)

    def pass_time(self) -> None:
        """Time has passed, and the agent has beaten all the while, unless it stands still."""
        if self.relays is not None and not self.relays.is_idle:
            if self.is_beaten:
                self.relays.beats_until(self._clock.monotonic())
            self.relays.look()

    def closed(self) -> dict[int, int]:
        """Channels whose contact is closed, and since when."""
        return {
            channel: contact.closed_since_us
            for channel, contact in self.contacts.items()
            if contact.closed_since_us is not None
        }

    def _told(self, event: RelayEvent) -> None:
        after_us = TOLD_AFTER_US
        if isinstance(event, RelayState):
            contact = self.contacts[event.channel]
            if event.confirmed or event.cause is RelayCause.BOARD_LOST:
                after_us = READ_BACK_AFTER_US  # what was read back before the line broke comes first
            if event.confirmed:
                pass
            elif event.on and contact.closed_since_us is None:
                self.closes(event.channel)
                contact.closed_since_us = self._clock.us
            elif not event.on:
                self._open(contact)
        elif isinstance(event, BoardReady):
            self.opened_us = self._clock.us
            after_us = READ_BACK_AFTER_US
        self._put(event, after_us)

    def _open(self, contact: Contact) -> None:
        if contact.closed_since_us is not None:
            contact.stretches.append((contact.closed_since_us, self._clock.us))
            contact.closed_since_us = None
