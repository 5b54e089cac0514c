"""What playout knows: the broadcast on its way and those to come. Frozen values, no rules."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from schedules.wire.alert import Alert
from schedules.wire.plan import Plan, StationLimits
from schedules.wire.report import Airing, RelayChange
from station_agent.item_set import ItemSet
from station_agent.operator_acts import Desk
from station_agent.phases import Phase
from station_agent.planned import Cue, Planned
from station_agent.zone_line import ZoneLine

NOTHING = ItemSet()
UNTOUCHED = Desk()


@dataclass(frozen=True)  # no slots: a turn copies it many times, and a dictionary is copied at once
class Run:
    """The broadcast on its way. `start` is the instant of the first sample of its first cue.

    `why_late` is the reason to give should it begin late. `deadline` is when the phase ends or is given up.
    """

    planned: Planned
    cues: tuple[Cue, ...]
    start: datetime
    limits: StationLimits
    channels: Mapping[int, str]  # channel → zone
    why_late: str
    volume_percent: int = 100
    position: int = 0
    deadline: datetime | None = None
    asked_at: datetime | None = None  # since when its relays are commanded closed
    late: bool | None = None  # decided by the first sample
    behind: timedelta | None = None  # how much later than planned that was
    playing: bool = False  # the current cue has its intent in the journal and no outcome yet
    cue_at: datetime | None = None  # when the current cue was to begin
    started_at: datetime | None = None
    stalled_at: datetime | None = None  # what plays the current cue is being replaced: it is silent since
    silent_ms: int = 0  # for how long the current cue was silent so
    next_at: datetime | None = None  # the next sound has its intent and was handed over, to begin then
    next_started_at: datetime | None = None
    marked_at: datetime | None = None
    draft: Airing | None = None  # the last mark, where a further one differs from it in its end only
    draft_log: tuple[RelayChange, ...] = ()  # the relays' word it was made from
    relay_log: tuple[RelayChange, ...] = ()
    relay_failed: str | None = None  # the reason why its relays can't be relied on
    failure_told: bool = False  # that they can't be relied on: told by an incident, and not that it is over
    fell: frozenset[int] = frozenset()  # of its relays: opened by themselves, and not seen closed since
    falls_told: frozenset[int] = frozenset()  # of which that was told, and not that it is over
    mends_told: int = 0  # how often it was told that it is over
    unreachable: frozenset[int] = frozenset()  # of its relays: refused, or on a board that is lost
    warm_again: bool = False  # the relays were opened and closed anew: the next sound waits for the warm-up
    pending: Airing | None = None  # the last item's outcome, waiting for the relay's word
    failed_live: Mapping[str, datetime] = field(default_factory=dict)  # until when each was to be heard
    give_up: bool = False  # cut: what has not begun goes back to the agenda
    keeps: frozenset[int] | None = None  # cut for something that follows at once, on these relays

    @property
    def cue(self) -> Cue:
        """The cue at the current position."""
        return self.cues[self.position]


@dataclass(frozen=True, slots=True)
class Kept:
    """Relays that are not commanded open, for what begins in this very step. `log`: what is known of them.

    `asked_at`: since when they are commanded closed; one that has not said so yet may be closed since.
    `fell`, `falls_told`: of those, as `Run` has them.
    """

    channels: frozenset[int]
    log: tuple[RelayChange, ...]
    asked_at: datetime | None
    fell: frozenset[int] = frozenset()
    falls_told: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert that is in force until `until`. `next_at`: when it is played next; None: no more.

    `from_book`: it was known before this start.
    """

    alert: Alert
    until: datetime
    next_at: datetime | None
    from_book: bool = False


@dataclass(frozen=True, slots=True)
class AudioKnown:
    """What was last found of a broadcast's audio: hashes that are whole, and those that are not."""

    asked_at: datetime
    whole: frozenset[str] = frozenset()
    unusable: frozenset[str] = frozenset()


class Looked(NamedTuple):
    """When the agenda is looked at next, as reckoned at `since` from the fields before it."""

    agenda: tuple[Planned, ...]
    leads: Mapping[tuple[str, ...], timedelta]
    audio: Mapping[str, AudioKnown]
    final: ItemSet
    begun: ItemSet
    since: datetime
    at: datetime | None


@dataclass(frozen=True)  # no slots: a turn copies it many times, and a dictionary is copied at once
class PlayoutState:
    """Everything playout knows. `agenda`: broadcasts not yet accounted for in full, earliest first.

    `final`: items that have an intent or an outcome; they never air again. `begun`: broadcasts of which
    something was heard. `blocked`: why a broadcast whose time has come is not on the air. `down_reason`:
    why this station was away before `running_since`. `alerts`: those in force. `desk`: what the operator set.
    """

    running_since: datetime
    down_reason: str = "not_running"
    has_board: bool = False
    zone_channels: Mapping[str, int] = field(default_factory=dict)
    lines: Mapping[int, ZoneLine] = field(default_factory=dict)  # by the zone's relay
    board_channels: frozenset[int] | None = None  # relays there are; None: not known
    lacks: frozenset[int] = frozenset()  # channels the plan or the settings name and no board here has
    leads: Mapping[tuple[str, ...], timedelta] = field(default_factory=dict)  # by zones, reckoned once a plan
    plan: Plan | None = None
    agenda: tuple[Planned, ...] = ()
    final: ItemSet = NOTHING
    begun: ItemSet = NOTHING
    withdrawn: frozenset[str] = frozenset()
    blocked: Mapping[str, str] = field(default_factory=dict)
    audio: Mapping[str, AudioKnown] = field(default_factory=dict)  # by broadcast, once asked for
    lost_at: datetime | None = None  # the journal was lost then: nobody knows what aired before
    clock_trusted: bool = True
    clock_settled: bool = True  # else it may be ahead: nothing is given up that was not heard
    boards_ready: frozenset[tuple[int, ...]] = frozenset()  # a board is named by its relays; () is every one
    boards_lost: Mapping[tuple[int, ...], str] = field(default_factory=dict)
    phase: Phase = Phase.IDLE
    run: Run | None = None
    kept: Kept | None = None
    alerts: tuple[Standing, ...] = ()
    alert_serials: Mapping[str, int] = field(default_factory=dict)  # the highest taken, by alert key
    desk: Desk = UNTOUCHED
    follow: bool = False  # a broadcast has just ended: what is owed as make-up may follow it
    stopping: bool = False
    alarm: datetime | None = None
    looked: Looked | None = None

    @property
    def board_ready(self) -> bool:
        """Whether every board that was heard of takes commands."""
        return bool(self.boards_ready) and not self.boards_lost

    @property
    def board_fault(self) -> str | None:
        """What stands in the way of the boards that cannot be reached."""
        return "; ".join(self.boards_lost.values()) or None

    def fault_of(self, channels: Collection[int]) -> str | None:
        """Why one of these relays cannot be reached; None: all can, as far as anybody knows."""
        for board, message in self.boards_lost.items():
            if not board or not frozenset(board).isdisjoint(channels):
                return message
        return None
