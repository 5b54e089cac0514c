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
    read_back_us: list[int] = field(default_factory=list)  # when it was read back closed
    beyond_reach_since_us: int | None = None  # closed, and nobody is there who could open it
    told_us: int = 0  # when the agent hears, or would, that it has closed
    closed_wrong_us: int = 0  # how wrong the wall clock was when it closed
    refused_us: int = -1  # when its board last did not close it when told to

    def was_read_back(self, at_us: int, by_us: int) -> bool:
        """Whether it was read back closed by `by_us`, in the stretch around `at_us`."""
        soon_us = at_us + TOLD_AFTER_US  # what happened in one instant is told in either order
        began_us = [start for start, end in self.stretches[-8:] if start <= soon_us and at_us <= end]
        if self.closed_since_us is not None and self.closed_since_us <= soon_us:
            began_us.append(self.closed_since_us)
        return any(start <= one <= by_us for start in began_us for one in self.read_back_us[-64:])

    def closed_between(self, from_us: int, to_us: int, now_us: int) -> int:
        """For how many microseconds it was closed between two instants."""
        spans = list(self.stretches[-8:])
        if self.closed_since_us is not None:
            spans.append((self.closed_since_us, now_us))
        closed_us = 0
        for start_us, end_us in spans:
            if end_us > from_us and start_us < to_us:
                closed_us += min(end_us, to_us) - max(start_us, from_us)
        return closed_us


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
        self._closed: dict[int, int] | None = None  # None: some contact has moved since it was looked at
        self._lost_sight: set[int] = set()
        self._unplugged: set[int] = set()
        self._silent: set[int] = set()
        self._refusing: set[int] = set()
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
        self.relays.silent, self.relays.refusing = self._silent, self._refusing
        return self.relays

    def begin(self) -> None:
        """The guard has opened the ports and every relay."""
        self._is_served = True
        for board in range(len(self._sizes)):
            if self.relays is not None and board not in self._unplugged:
                self.relays.plug_in(board)

    def leave(self, *, at_once: bool) -> None:
        """The agent is gone. `at_once`: the board lost its power too; else its guard opens the relays.

        Where the guard is gone as well, what the service runs after its end opens what it can reach.
        """
        self._put = lambda _event, _after_us: None
        self._is_served = False
        was_guarded = self.relays is None or self.relays.is_guarded
        if self.relays is not None:
            self.relays.close()
            self.relays = None
        for channel, contact in self.contacts.items():
            if at_once or (not was_guarded and self._board_of(channel) not in self._unplugged):
                self._open(contact)

    @property
    def count(self) -> int:
        """How many boards there are."""
        return len(self._sizes)

    @property
    def answers(self) -> bool:
        """Whether the boards read back."""
        return self._answers

    @property
    def is_served(self) -> bool:
        """Whether a guard has opened the ports."""
        return self._is_served

    @property
    def is_guarded(self) -> bool:
        """Whether there is a guard that does what it is told."""
        return self.relays is not None and self.relays.is_guarded

    @property
    def is_ready(self) -> bool:
        """Whether every board takes commands, and answers as it should."""
        is_well = not (self._unplugged or self._silent or self._refusing)
        return is_well and self._is_served and self.is_guarded

    @property
    def misbehaves(self) -> bool:
        """Whether a board reads nothing back, or does not do what it is told."""
        return bool(self._silent or self._refusing)

    def is_plugged(self, board: int) -> bool:
        """Whether this board is there."""
        return board not in self._unplugged

    def plug(self, board: int, is_plugged: bool, *, keeps_power: bool = False) -> None:
        """Take a board away, or bring it back. Its relays fall unless it `keeps_power`."""
        if is_plugged:
            self._unplugged.discard(board)
            if self.relays is not None and self._is_served:  # else the guard finds it as it begins
                self.relays.plug_in(board)
            return
        self._unplugged.add(board)
        if keeps_power:
            self._lose_sight(self._channels_of(board))
        else:
            for channel in self._channels_of(board):
                self._open(self.contacts[channel])
        if self.relays is not None:
            self.relays.unplug(board)

    def lose_guard(self, *, hangs: bool) -> None:
        """The guard dies, or, where it `hangs`, does nothing until that is noticed."""
        self._lose_sight(tuple(self.contacts))
        if self.relays is not None and hangs:
            self.relays.guard_hangs = True
        elif self.relays is not None:
            self.relays.lose_guard()

    def notice_hang(self) -> None:
        """The guard has answered no ping for too long: it is killed."""
        if self.relays is not None and self.relays.guard_hangs:
            self.relays.lose_guard()

    def restart_guard(self) -> None:
        """Another guard is there."""
        self.notice_hang()
        if self.relays is not None and not self.relays.is_guarded:
            self.relays.restart_guard()

    def fall_silent(self, board: int, is_silent: bool) -> None:
        """A board takes commands and reads nothing back, or does so again."""
        channels = self._channels_of(board)
        self._silent = self._silent | set(channels) if is_silent else self._silent - set(channels)
        if self.relays is not None:
            self.relays.silent = self._silent
            self.relays.read_back()

    def refuse(self, channel: int, refuses: bool) -> None:
        """A relay does not close when its board is told so, or does again."""
        self._refusing = self._refusing | {channel} if refuses else self._refusing - {channel}
        if self.relays is not None:
            self.relays.refusing = self._refusing
            self.relays.read_back()

    def is_reached(self, channel: int) -> bool:
        """Whether somebody is there who can open it."""
        return self._is_served and self.is_guarded and self._board_of(channel) not in self._unplugged

    def beyond_reach(self) -> set[int]:
        """Relays whose contact is closed since nobody was there who could have opened it."""
        if self._lost_sight:
            contacts = self.contacts
            self._lost_sight = {c for c in self._lost_sight if contacts[c].beyond_reach_since_us is not None}
        return self._lost_sight

    def _channels_of(self, board: int) -> tuple[int, ...]:
        first = 1 + sum(self._sizes[:board])
        return tuple(range(first, first + self._sizes[board]))

    def _board_of(self, channel: int) -> int:
        return next(one for one in range(len(self._sizes)) if channel in self._channels_of(one))

    def _lose_sight(self, channels: tuple[int, ...]) -> None:
        for channel in channels:
            contact = self.contacts[channel]
            if contact.closed_since_us is not None and contact.beyond_reach_since_us is None:
                contact.beyond_reach_since_us, self._closed = self._clock.us, None
                self._lost_sight.add(channel)

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
        """Channels whose contact is closed and could be opened, and since when it is closed."""
        if self._closed is None:
            self._closed = {
                channel: contact.closed_since_us
                for channel, contact in self.contacts.items()
                if contact.closed_since_us is not None and contact.beyond_reach_since_us is None
            }
        return self._closed

    def _told(self, event: RelayEvent) -> None:
        after_us = TOLD_AFTER_US
        if isinstance(event, RelayState):
            contact = self.contacts[event.channel]
            if event.confirmed or event.cause is RelayCause.BOARD_LOST:
                after_us = READ_BACK_AFTER_US  # what was read back before the line broke comes first
            if event.confirmed and event.on:
                if contact.closed_since_us is None:
                    self._close(event.channel, after_us)
                contact.read_back_us.append(self._clock.us)
            elif event.confirmed or (not event.on and self._is_only_supposed(event)):
                pass  # nobody commands anything then: what becomes of the contact is the board's own affair
            elif event.on and contact.closed_since_us is None and event.channel in self._refusing:
                contact.refused_us = self._clock.us
            elif event.on and contact.closed_since_us is None:
                self._close(event.channel, after_us)
            elif not event.on:
                self._open(contact)
        elif isinstance(event, BoardReady):
            self.opened_us = self._clock.us
            after_us = READ_BACK_AFTER_US
        self._put(event, after_us)

    def _close(self, channel: int, told_after_us: int) -> None:
        self.closes(channel)
        contact = self.contacts[channel]
        contact.closed_wrong_us = self._clock.wrong_us
        contact.closed_since_us, contact.told_us = self._clock.us, self._clock.us + told_after_us
        self._closed = None

    def _is_only_supposed(self, event: RelayState) -> bool:
        is_lost = self._board_of(event.channel) in self._unplugged
        return event.cause is RelayCause.GUARD_GONE or (event.cause is RelayCause.BOARD_LOST and is_lost)

    def _open(self, contact: Contact) -> None:
        if contact.closed_since_us is not None:
            contact.stretches.append((contact.closed_since_us, self._clock.us))
            contact.closed_since_us = contact.beyond_reach_since_us = self._closed = None
