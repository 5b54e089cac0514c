"""The promises about relays that hang on a station's wiring, by what the contacts truly did.

What is expected of a channel is read from the station's settings, and from nothing the agent makes of them.
"""

from __future__ import annotations

from typing import NoReturn

from hardware.guard.limits import INTERLOCK_GAP_MS
from schedules.wire.plan import StationLimits, Zone
from schedules.wire.report import Airing, EvidenceGrade
from station_agent.clock import LEAST_STEP
from station_agent.simulation.board import Board
from station_agent.simulation.clock import MICROSECOND, SECOND_US, VirtualClock
from station_agent.simulation.sound import Sound
from station_agent.simulation.violation import Violation
from station_agent.wiring import Wiring

WARM_TOLERANCE_US = 50_000
SLACK_US = 50_000


class RelayPromises:
    """Raises `Violation`. `patience_us`: what warm-ups and rests may add to any wait for relays."""

    def __init__(
        self,
        clock: VirtualClock,
        board: Board,
        wiring: Wiring,
        limits: StationLimits,
        zones: tuple[Zone, ...],
    ) -> None:
        self._clock, self._board, self._limits = clock, board, wiring.limits
        relays = range(1, wiring.relays + 1)
        named = {zone.key: wiring.zones.get(zone.key, zone.channel) for zone in zones}
        self.lacking = frozenset(
            zone for zone, channel in named.items() if channel is not None and channel not in relays
        )
        self._channels: dict[str, tuple[int, ...]] = {}
        for zone, channel in named.items():
            if channel is not None and channel in relays:
                power = wiring.limits.of(channel).power
                self._channels[zone] = (channel,) if power is None else (power, channel)
        self._behind = {power: wiring.limits.behind(power) for power in wiring.limits.powers}
        self._never_with = {channel: wiring.limits.never_with(channel) for channel in relays}
        self._warm_us = dict.fromkeys(named, limits.warm_up_ms * 1000)
        self._plan_max_on_us = limits.max_on_s * SECOND_US + SLACK_US
        self._max_on_us = dict.fromkeys(relays, self._plan_max_on_us)
        for zone, channel in named.items():
            line = wiring.lines.get(channel or 0)
            if channel is None or line is None:
                continue
            self._warm_us[zone] = max(limits.warm_up_ms, line.warm_up_ms) * 1000
            if line.max_on_s is not None:
                self._max_on_us[channel] = min(self._max_on_us[channel], line.max_on_s * SECOND_US + SLACK_US)
        rests_ms = [one.min_off_ms for one in wiring.limits.channels.values()]
        self.rest_us = max([*rests_ms, INTERLOCK_GAP_MS if wiring.limits.interlocks else 0], default=0) * 1000
        self.warm_us = max(self._warm_us.values(), default=0)
        self.patience_us = self.rest_us + self.warm_us - limits.warm_up_ms * 1000

    def channels(self, zones: tuple[str, ...]) -> list[int]:
        """The relays that have to be closed for these zones to hear anything."""
        return [channel for zone in zones for channel in self._channels.get(zone, ())]

    def closed_between(self, zones: tuple[str, ...], from_us: int, to_us: int) -> list[int]:
        """For how long each of them was closed between two instants."""
        contacts, now_us = self._board.contacts, self._clock.us
        return [contacts[channel].closed_between(from_us, to_us, now_us) for channel in self.channels(zones)]

    def longest_ms(self, zones: tuple[str, ...]) -> int:
        """How long a broadcast to these zones may last without its warm-up; 0 where none is there."""
        if zones and self.lacking.issuperset(zones):
            return 0
        longest_us = [self._max_on_us[channel] for channel in self.channels(zones)]
        return (min(longest_us, default=self._plan_max_on_us) - self.warm_us) // 1000

    def ready_within_us(self) -> int:
        """What an alert may have to wait for besides the agent: the warm-up, and relays that rest."""
        lately_us = self._clock.us - self.rest_us
        rests = self._board.opened_us > lately_us or any(
            one.closed_since_us is not None or (one.stretches and one.stretches[-1][1] > lately_us)
            for one in self._board.contacts.values()
        )
        return self.warm_us + (self.rest_us if rests else 0)

    def closed_lines(self) -> list[tuple[int, int]]:
        """What is closed, and since when; but no amplifier's power: its lines are the reason for it."""
        closed = self._board.closed()
        return [one for one in closed.items() if one[0] not in self._behind] if closed else []

    def may_be_kept_open(self, channel: int) -> bool:
        """Whether an interlock may stand in its way, or in that of what is wired to it."""
        power = self._limits.of(channel).power
        wired = (channel, *self._behind.get(channel, ()), *(() if power is None else (power,)))
        return any(self._never_with[one] for one in wired)

    def closes(self, channel: int) -> None:
        """A contact is about to close."""
        contacts = self._board.contacts
        for other in self._never_with[channel]:
            if contacts[other].closed_since_us is not None:
                _broken(f"relays {channel} and {other} are closed together, and are interlocked")
        rest_us = self._limits.of(channel).min_off_ms * 1000
        stretches = contacts[channel].stretches
        if rest_us and stretches and self._clock.us - stretches[-1][1] < rest_us:
            rested_ms = (self._clock.us - stretches[-1][1]) // 1000
            _broken(f"relay {channel} closes again within its minimum off-time, after {rested_ms} ms")

    def sounds(self, sound: Sound, zones: tuple[str, ...], asked_for_us: int) -> None:
        """The first sample of an item is out, which was asked for then."""
        if zones and self.lacking.issuperset(zones):
            _broken(f"{sound.key} airs, and none of its zones is there")
        for zone in zones:
            for channel in self._channels.get(zone, ()):
                contact = self._board.contacts[channel]
                since_us = contact.closed_since_us
                if since_us is None or contact.beyond_reach_since_us is not None:
                    continue  # by all that anybody can know it is open
                if contact.told_us > asked_for_us:
                    continue  # the sound did not wait for it any longer
                warm_us = sound.from_us - since_us
                stepped_us = abs(self._clock.wrong_us - contact.closed_wrong_us)
                if stepped_us < LEAST_STEP // MICROSECOND:
                    warm_us += stepped_us  # so small a step is not noticed, and instants are the wall clock's
                if warm_us < self._warm_us[zone] - WARM_TOLERANCE_US:
                    _broken(
                        f"{sound.key} begins {warm_us // 1000} ms after relay {channel} closed, not warm yet"
                    )

    def journalled(self, airing: Airing, sounds: list[Sound]) -> None:
        """An item has its outcome, which sounded so."""
        if airing.started_at is not None and not self.lacking.isdisjoint(airing.zones):
            _broken(f"{airing.item} is said to have aired in a zone that is not there")
        if airing.evidence is EvidenceGrade.RELAY_CONFIRMED and sounds:
            began_us, now_us = sounds[0].from_us, self._clock.us
            for channel in self.channels(airing.zones):
                if not self._board.contacts[channel].was_read_back(began_us, now_us):
                    _broken(f"{airing.item} is confirmed, and relay {channel} was not read back closed")

    def look(self, closed: dict[int, int]) -> None:
        """Time has passed; these contacts are closed, since then."""
        now_us = self._clock.us
        for channel, since_us in closed.items():
            lines = self._behind.get(channel)
            if lines is None:
                if now_us - since_us > self._max_on_us[channel]:
                    _broken(
                        f"relay {channel} is closed for longer than {self._max_on_us[channel] // SECOND_US} s"
                    )
            elif not any(line in closed for line in lines):
                self._look_at_power(channel, since_us, lines)

    def look_beyond_reach(self) -> None:
        """Time has passed: whoever reaches a relay again has opened it before anything else."""
        for channel in self._board.beyond_reach():
            if self._board.is_reached(channel):
                _broken(f"relay {channel} was not opened first when its board was reached again")

    def _look_at_power(self, power: int, since_us: int, lines: tuple[int, ...]) -> None:
        contacts = [self._board.contacts[line] for line in lines]
        if any(one.refused_us >= since_us for one in contacts):
            return  # the guard holds it for closed, which is the safer mistake
        ended = [one.stretches[-1][1] for one in contacts if one.stretches]
        ended += [one.beyond_reach_since_us for one in contacts if one.beyond_reach_since_us is not None]
        idle_us = self._clock.us - max([since_us, *ended])
        if idle_us > self._limits.power_off_delay_ms * 1000 + SLACK_US:
            _broken(f"the amplifier on relay {power} has power and no line behind it is closed")


def _broken(what: str) -> NoReturn:
    raise Violation(what)
