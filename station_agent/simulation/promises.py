"""The promises of a station, looked at after every step of a simulated village. See docs/simulation.md."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from schedules.airing_origin import Origin, origin_of
from schedules.wire.plan import Plan
from schedules.wire.report import Airing
from station_agent.phases import ARMING, IDLE, PAUSE
from station_agent.playout_state import PlayoutState
from station_agent.playout_values import AlertCame
from station_agent.simulation.accounts import Accounts
from station_agent.simulation.alert_promises import AlertPromises
from station_agent.simulation.beginning import out_of_time
from station_agent.simulation.board import Board
from station_agent.simulation.clock import SECOND_US, VirtualClock
from station_agent.simulation.continuity import Continuity
from station_agent.simulation.disk import SimulatedDisk
from station_agent.simulation.reassertion import Reassertion
from station_agent.simulation.recordings import SimulatedAudio
from station_agent.simulation.relay_promises import RelayPromises
from station_agent.simulation.sound import Sound
from station_agent.simulation.timeliness import LEEWAY, left_alone, not_on_time, too_late
from station_agent.simulation.truth import untrue
from station_agent.simulation.violation import Violation

SILENT_AT_MOST_US = 16 * SECOND_US
"""Lead, patience with relays and with an output that hangs, twice over: more needs a reason."""
LIMIT_SLACK_US = 50_000
HANDED_OVER_US = 10 * SECOND_US
"""What the output was given before the clock stepped still begins."""
FADE_US = 300_000
"""What is cut fades out, and is over by then."""


class Promises:
    """Hears of everything that matters, and raises `Violation`."""

    def __init__(
        self,
        clock: VirtualClock,
        disk: SimulatedDisk,
        audio: SimulatedAudio,
        board: Board | None,
        relays: RelayPromises | None,
    ) -> None:
        self._clock, self._disk, self._audio = clock, disk, audio
        self._board, self._relays = board, relays
        self._reassertion = None if board is None or relays is None else Reassertion(clock, board, relays)
        self.accounts = Accounts(clock)
        self._withdrawn: dict[str, int] = {}
        self._plan: Plan | None = None
        self._zone = ZoneInfo("Asia/Vientiane")
        self._state: PlayoutState | None = None
        self.stepped_us = 0
        self.told_time_us: int | None = None
        self._last_sound: Sound | None = None
        self._reason_us = 0
        self._alerts = AlertPromises(clock, self._withdrawn, self._broken)
        self._continuity = Continuity(clock)

    # -- what the agent is given ---------------------------------------------------------------------------

    def given(self, plan: Plan) -> None:
        """From now on this is the plan."""
        self.accounts.given(plan)
        self._plan = plan
        for sha256 in plan.withdrawn:
            self._withdrawn.setdefault(sha256, self._clock.us)

    def alert_comes(self, event: AlertCame, state: PlayoutState, *, is_well: bool) -> None:
        """An alert has reached the agent, which is in this state."""
        head = f"alert:{event.alert.key}/{event.alert.serial}/"
        was_played = any(key.startswith(head) for key in self.accounts.known)
        limits = self._plan.limits if self._plan is not None else None
        if limits is not None:
            warm_us = limits.warm_up_ms * 1000 if self._relays is None else self._relays.ready_within_us()
            self._alerts.comes(event, state, warm_us, is_well=is_well, was_played=was_played)

    def something_happens(self) -> None:
        """A fault: it may well keep an alert waiting."""
        self._alerts.something_happens()

    # -- what is heard -------------------------------------------------------------------------------------

    def sounds(self, sound: Sound) -> None:
        """The first sample of an item is out."""
        known = self.accounts.known.get(sound.key)
        if known is None:
            self._broken(f"{sound.key} sounds and no plan holds it")
        if known.sounds:
            self._broken(f"{sound.key} airs twice")
        known.sounds.append(sound)
        if self._relays is not None:
            self._relays.sounds(sound, known.broadcast.zones, known.asked_for_us)
        self._alerts.sounds(sound.key)
        self._last_sound = sound
        item = known.item
        if item.sha256 in self._withdrawn:
            self._broken(f"{sound.key} airs and was withdrawn")
        if item.sha256 is not None and not self._audio.is_known(item.sha256):
            self._broken(f"{sound.key} airs and nobody approved it")
        late = timedelta(seconds=1)
        has_stepped = self._clock.us - self.stepped_us < HANDED_OVER_US
        if item.valid_until is not None and not has_stepped and self._clock.now() > item.valid_until + late:
            self._broken(f"{sound.key} airs and has expired")
        if not self._disk.holds("intents", sound.key):
            self._broken(f"{sound.key} sounds and the journal knows nothing of it")
        run = self._state.run if self._state is not None else None
        is_first = not has_stepped and run is not None and run.cues[0].item.key == sound.key
        if (
            run is not None
            and is_first
            and origin_of(sound.key) is Origin.PLAN
            and not self.accounts.has_begun(known)
        ):
            rest_us = 0 if self._relays is None else self._relays.patience_us
            leeway = LEEWAY + timedelta(microseconds=rest_us)
            self._fits(too_late(known.broadcast, run.cues[0], self._clock.now(), leeway))

    def is_handed_over(self, path: Path) -> None:
        """A sound worker opens this file to play it."""
        if path.name in self._audio.altered:
            self._broken(f"{path.name[:12]}… is opened to be heard, and was altered")

    def breaks_off(self, sound: Sound) -> None:
        """The sound worker is gone under this sound."""
        self._continuity.breaks_off(sound)

    def goes_on(self, sound: Sound) -> None:
        """Another sound worker has taken it up."""
        self._continuity.goes_on(sound)
        self.accounts.known[sound.key].sounds.append(sound)
        self._last_sound = sound

    def fails(self, key: str) -> None:
        """The output does not play it as it was asked to."""
        if key in self.accounts.known:
            self.accounts.known[key].failed = True

    def is_given_up(self, key: str) -> None:
        """What was broken off has its answer."""
        self._continuity.is_given_up(key)

    def intends(self, item: str, state: PlayoutState) -> None:
        """The journal is told that an item is about to be heard."""
        known, run = self.accounts.known.get(item), state.run
        if known is not None:
            known.asked_for_us = self._clock.us
        if known is not None and run is not None and run.cues[0].item.key == item:
            wrong = out_of_time(
                known.broadcast,
                run.start,
                self._plan,
                self._clock,
                stepped_us=self.stepped_us,
                told_time_us=self.told_time_us,
            )
            self._fits(wrong)

    # -- what is journalled --------------------------------------------------------------------------------

    def journalled(self, airing: Airing) -> None:
        """An item has its outcome."""
        known = self.accounts.known.get(airing.item)
        if known is None:
            self._broken(f"{airing.item} is accounted for and no plan held it")
        if known.airing is not None and not self.accounts.journal_was_lost:
            self._broken(f"{airing.item} is accounted for twice")
        known.airing = airing
        if self._relays is not None:
            self._relays.journalled(airing, known.sounds)
        self._reason_us = self._clock.us  # the next item is tried, for as long
        self.accounts.owed.discard(airing.item)
        if airing.reason != "journal_lost":
            self._fits(untrue(airing, known, self.stepped_us, self._clock.us, self._relays))

    def journalled_twice(self, airing: Airing) -> None:
        """The journal refused a second outcome."""
        self._broken(f"{airing.item} was given a second outcome ({airing.outcome.value} {airing.reason})")

    # -- relays --------------------------------------------------------------------------------------------

    def turned(self, state: PlayoutState) -> None:
        """The agent has taken an event."""
        before, self._state = self._state, state
        now_us = self._clock.us
        if before is not None and before.phase is PAUSE:
            self._reason_us = now_us
        if state.phase is PAUSE or state.phase is IDLE:
            self._reason_us = now_us
        sound = self._last_sound
        if sound is not None and sound.to_us is not None:
            self._reason_us = max(self._reason_us, sound.to_us)
        elif sound is not None:
            self._reason_us = now_us
            withdrawn_us = self._withdrawn.get(self.accounts.known[sound.key].item.sha256 or "")
            if withdrawn_us is not None and now_us - withdrawn_us > FADE_US:
                self._broken(f"{sound.key} goes on and was withdrawn")
        if self._relays is not None and self._reassertion is not None:
            self._fits(self._reassertion.wrong(state))
            self._look_at_lines(state, self._relays)

    def _look_at_lines(self, state: PlayoutState, relays: RelayPromises) -> None:
        """No line is closed but on the way of a broadcast, nor for long without a sound."""
        closed = relays.closed_lines()
        if not closed:
            return
        now_us, run = self._clock.us, state.run
        for channel, since_us in closed:
            if run is None or state.phase is ARMING or channel not in run.channels:
                self._broken(f"relay {channel} is closed while {state.phase.value}")
            if now_us - max(since_us, self._reason_us) > SILENT_AT_MOST_US + relays.patience_us:
                self._broken(f"relay {channel} is closed for nothing while {state.phase.value}")

    def time_passed(self, *, stands_still_since_us: int | None, is_up: bool, is_well: bool) -> None:
        """Looked at whenever time has passed."""
        is_here = is_up and stands_still_since_us is None
        self._alerts.time_passed(self._state, is_calm=is_here and is_well)
        self._continuity.look(is_watched=is_here)
        if self._reassertion is not None and self._board is not None:
            self._reassertion.time_passed(is_well=is_here and (is_well or self._board.is_ready))
        if self._board is None or self._relays is None or self._plan is None:
            return
        self._relays.look_beyond_reach()
        closed = self._board.closed()
        if not closed:
            return
        self._relays.look(closed)
        still_us = 0 if stands_still_since_us is None else self._clock.us - stands_still_since_us
        for channel in closed:
            if not is_up:
                self._broken(f"relay {channel} is closed and nobody is there")
            if still_us > SECOND_US + 2 * LIMIT_SLACK_US:
                self._broken(f"relay {channel} is closed and its owner stands still")

    # -- at the end ----------------------------------------------------------------------------------------

    def all_accounted(self) -> None:
        """The village's days are over, and more than the longest policy has passed since."""
        if self.accounts.owed:
            keys = sorted(self.accounts.owed)
            self._broken(f"{len(keys)} items have no accounted state: {', '.join(keys[:5])}")

    def all_on_time(self) -> None:
        """Where nothing went wrong: what nothing stood in the way of was heard whole, to the moment."""
        assert self._plan is not None  # noqa: S101 - it has aired by now
        broadcasts = {one.broadcast.key: one.broadcast for one in self.accounts.known.values()}
        for broadcast in left_alone(broadcasts.values(), self._plan.limits, self._zone, self._relays):
            for item in broadcast.items:
                wrong = not_on_time(self.accounts.known[item.key].airing)
                self._fits(None if wrong is None else f"nothing is wrong, and {item.key} {wrong}")

    def _fits(self, wrong: str | None) -> None:
        if wrong is not None:
            self._broken(wrong)

    def _broken(self, what: str) -> NoReturn:
        raise Violation(what)
