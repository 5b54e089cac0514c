"""A village in virtual time: executes playout's commands with a board, an output and a journal that may fail.

It checks while it runs: relays only on the way of a broadcast, the warm-up before the first sample, no item
played twice, one outcome an item.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

from hardware.ports import (
    BoardReady,
    Failed,
    FaultCode,
    Finished,
    RelayCause,
    RelayFault,
    RelayState,
    Started,
)
from schedules.wire.plan import (
    Plan,
)
from schedules.wire.report import Airing
from station_agent.phases import Phase
from station_agent.planned import Planned
from station_agent.playout import first_state, step
from station_agent.playout_values import (
    ArmAlarm,
    AudioArrived,
    AudioChecked,
    CheckAudio,
    Event,
    JournalIncident,
    JournalIntent,
    JournalOutcome,
    JournalProgress,
    KeepOwed,
    PlanSwapped,
    Play,
    RelayOff,
    RelayOn,
    StopOutput,
    TakeBack,
    Tick,
)
from tests.station_agent.documents import NOON, ms, sha


@dataclass
class Village:
    """`bad`: hashes that are not usable. `fails`: items the output can't play. `board`: "raw" reads back.

    `start_late_ms`: how late each sound starts. `padding_ms`: how much longer files are than approved.
    """

    now: datetime = NOON
    board: str = "raw"
    bad: set[str] = field(default_factory=set)
    fails: set[str] = field(default_factory=set)
    plan: Plan | None = None
    outcomes: dict[str, Airing] = field(default_factory=dict)
    drafts: dict[str, Airing] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    incidents: list[JournalIncident] = field(default_factory=list)
    played: dict[str, datetime] = field(default_factory=dict)
    start_ms: dict[str, int] = field(default_factory=dict)
    relays: list[tuple[datetime, bool]] = field(default_factory=list)
    owed: tuple[Planned, ...] = ()
    endless: set[str] = field(default_factory=set)
    opened: list[tuple[int, ...]] = field(default_factory=list)
    commanded: list[tuple[int, ...]] = field(default_factory=list)
    start_late_ms: float = 0
    padding_ms: float = 0

    def __post_init__(self) -> None:
        self.heap: list[tuple[datetime, int, Event]] = []
        self.order = count()
        self.boot()

    def boot(
        self, down_reason: str = "power_lost", lost_at: datetime | None = None, *, clock_settled: bool = True
    ) -> None:
        """The process starts: open intents become what their last draft says."""
        for airing in self.drafts.values():
            self._account(airing)
        self.drafts.clear()
        self.heap.clear()
        self.state = first_state(
            running_since=self.now,
            down_reason=down_reason,
            has_board=self.board != "none",
            zone_channels={},
            final=frozenset(self.outcomes),
            begun=frozenset(self.begun),
            owed=self.owed,
            lost_at=lost_at,
            clock_settled=clock_settled,
        )
        if self.board != "none":
            self.send(BoardReady(self.now))
        if self.plan is not None:
            self.send(PlanSwapped(self.plan))

    def die(self, away: timedelta) -> None:
        """Killed: the guard opens the relays, nothing else is said."""
        self._switch(False)
        self.now += away
        self.boot()

    def swap(self, plan: Plan) -> None:
        self.plan = plan
        self.send(PlanSwapped(plan))

    def arrive(self, name: str) -> None:
        """Sync brings the audio of this item."""
        self.bad.discard(sha(name))
        self.send(AudioArrived(sha(name)))

    def fail(self, key: str) -> None:
        """The output can't play what it was given."""
        self._drop(lambda event: event.key == key)
        self.send(Failed(key, "the decoder gave up"))

    def send(self, event: Event) -> None:
        before = self.state
        self.state, commands = step(before, self.now, event)
        for command in commands:
            self._execute(command)
        if self.state.phase in (Phase.IDLE, Phase.ARMING):
            assert not self.closed(), f"relay closed while {self.state.phase}"

    def run_until(self, until: datetime) -> None:
        """Let time pass: events when they are due, a tick at the alarm and each second on the air."""
        while self.now < until:
            moments = [until]
            if self.heap:
                moments.append(self.heap[0][0])
            if self.state.alarm is not None:
                moments.append(self.state.alarm)
            if self.state.phase is not Phase.IDLE:
                moments.append(self.now + ms(1000))
            self.now = max(self.now, min(moments))
            if self.heap and self.heap[0][0] <= self.now:
                self.send(heapq.heappop(self.heap)[2])
            else:
                self.send(Tick())
                if self.state.alarm is not None and self.state.alarm <= self.now < until:
                    raise AssertionError("the alarm stands in the past")

    def run_into_a_handover(self, within: timedelta, further_ms: float) -> bool:
        """Go on until a sound has been handed over ahead, and `further_ms`; False when none was."""
        until = self.now + within
        while self.now < until:
            if self.state.run is not None and self.state.run.next_at is not None:
                self.run_until(self.now + ms(further_ms))
                return True
            moments = [self.heap[0][0]] if self.heap else []
            moments += [self.state.alarm] if self.state.alarm is not None else []
            self.run_until(max(min([until, *moments]), self.now + ms(1)))
        return False

    def closed(self) -> bool:
        return bool(self.relays) and self.relays[-1][1]

    def later(self, delay_ms: float, event: Event) -> None:
        heapq.heappush(self.heap, (self.now + ms(delay_ms), next(self.order), event))

    def _switch(self, on: bool) -> None:
        if on != self.closed():
            self.relays.append((self.now, on))

    def _account(self, airing: Airing) -> None:
        assert airing.item not in self.outcomes, f"{airing.item} accounted twice"
        self.outcomes[airing.item] = airing

    def _execute(self, command: object) -> None:  # noqa: C901 - one case a command
        match command:
            case CheckAudio(broadcast=key, hashes=hashes):
                self.later(50, AudioChecked(key, frozenset(hashes - self.bad), frozenset(hashes & self.bad)))
            case RelayOn(channels=channels):
                lines = [self.state.lines[one] for one in channels if one in self.state.lines]
                self.commanded.append(channels)
                powers = [one.power for one in lines if one.power is not None]
                self._relay_on((*powers, *channels))  # the guard gives their amplifiers power
            case RelayOff(channels=channels):
                self._relay_off(channels)
            case JournalIntent(airing=airing):
                assert airing.item not in self.outcomes
                assert airing.item not in self.drafts, f"{airing.item} has two intents"
                self.drafts[airing.item] = airing
                self.begun.add(airing.broadcast)
            case JournalProgress(airing=airing):
                self.drafts[airing.item] = airing
            case JournalOutcome(airing=airing):
                self.drafts.pop(airing.item, None)
                self._account(airing)
            case Play():
                self._play(command)
            case TakeBack(item=key):
                self._silence(key)
            case StopOutput(fade_ms=fade_ms):
                self._stop(fade_ms)
            case JournalIncident():
                self.incidents.append(command)
            case KeepOwed(owed=owed):
                self.owed = owed
            case ArmAlarm(at=at):
                assert at is None or at > self.now
            case _:
                pass

    def _relay_on(self, channels: tuple[int, ...]) -> None:
        if self.board == "broken":
            self.later(5, RelayFault(FaultCode.LINE_BROKEN, "serial port /dev/x broke off", self.now + ms(5)))
            return
        if self.board == "mute":
            return
        self._switch(True)
        for channel in channels:
            self._say(channel, True)

    def _relay_off(self, channels: tuple[int, ...]) -> None:
        self.opened.append(channels)
        self._switch(False)
        if self.board in ("raw", "silent"):
            for channel in channels:
                self._say(channel, False)

    def _say(self, channel: int, on: bool) -> None:
        self.later(15, RelayState(channel, on, False, self.now + ms(10), RelayCause.COMMAND))
        if self.board == "raw":
            self.later(200, RelayState(channel, on, True, self.now + ms(190), RelayCause.COMMAND))

    def _play(self, play: Play) -> None:
        key = play.cue.item.key
        assert key in self.drafts, "played without an intent"
        assert key not in self.played, f"{key} played twice"
        if key in self.fails:
            self.later(30, Failed(key, "the decoder gave up"))
            return
        first = max(play.at or self.now, self.now + ms(20)) + ms(self.start_late_ms)
        if self.state.run.channels and self.board in ("raw", "silent"):
            assert self.closed(), f"{key} played with the relay open"
            assert first - self.relays[-1][0] >= ms(1000), "the warm-up was cut short"
        self._cut_what_plays(first)
        self.played[key] = first
        self.start_ms[key] = play.cue.start_ms
        length = play.cue.item.duration_ms - play.cue.start_ms + self.padding_ms
        wait = (first - self.now) / ms(1)
        self.later(wait, Started(key, first))
        if key not in self.endless:
            self.later(wait + length, Finished(key, first + ms(length), round(length)))

    def _cut_what_plays(self, first: datetime) -> None:
        """At its instant a new sound cuts what has more than a moment left."""
        for at, order, event in list(self.heap):
            if isinstance(event, Finished) and at - first > ms(300):
                self.heap.remove((at, order, event))
                played = event.played_ms - round((at - first) / ms(1))
                cut = Finished(event.key, first, max(0, played), cut=True)
                self.heap.append((first, order, cut))
        heapq.heapify(self.heap)

    def _silence(self, key: str) -> None:
        if key in self.fails:
            return  # its failure is on the way
        assert self.played[key] > self.now, f"{key} was heard already"
        del self.played[key]
        self._drop(lambda event: event.key == key)
        self.later(0, Finished(key, self.now, 0, cut=True))

    def _stop(self, fade_ms: int = 0) -> None:
        silenced = {event.key for _, _, event in self.heap if isinstance(event, Started | Finished)}
        self._drop(lambda _event: True)
        for key in sorted(silenced):
            self.later(max(1, fade_ms), Finished(key, self.now + ms(fade_ms), 0, cut=True))

    def _drop(self, is_meant: Callable[[Started | Finished], bool]) -> None:
        self.heap = [
            entry
            for entry in self.heap
            if not (isinstance(entry[2], Started | Finished) and is_meant(entry[2]))
        ]
        heapq.heapify(self.heap)


def ended(village: Village) -> dict[str, tuple[str, str | None]]:
    """Outcome and reason of every item that has one, by key."""
    return {key: (airing.outcome.value, airing.reason) for key, airing in sorted(village.outcomes.items())}
