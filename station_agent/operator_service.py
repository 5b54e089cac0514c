"""What the agent does when somebody at the station asks: an event for playout, and an answer in words.

Refused is what could have no effect, by what playout was doing a moment ago; what becomes of the rest is
playout's to decide, and stands in the journal.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from hardware.ports import Clock
from schedules.message_class import MessageClass
from schedules.wire.alert import Alert, AlertAct
from schedules.wire.plan import PlanItem
from station_agent import alerts, operator_audio, operator_choice
from station_agent.alert_book import AlertBook
from station_agent.audio_store import AudioStore
from station_agent.errors import NotNow
from station_agent.hush import quiet_of
from station_agent.operator_acts import (
    OperatorHold,
    OperatorMicrophone,
    OperatorOrder,
    OperatorPlay,
    OperatorStop,
    OperatorVolume,
)
from station_agent.operator_words import (
    MOST_LISTED,
    Act,
    AlertRequest,
    Answer,
    HoldRequest,
    MicrophoneRequest,
    OrderRequest,
    PlayRequest,
    RecordingsRequest,
    Request,
    StopRequest,
    VolumeRequest,
)
from station_agent.phases import Phase
from station_agent.playout_state import PlayoutState
from station_agent.playout_values import AlertCame, Event
from station_agent.village_time import told, zone_of

MOST_NAMED = 10
"""Broadcasts in one refusal: those of the next hours."""


class OperatorService:
    """`state`: what playout knows now. `put`: an event for it. `on_alert`: one was taken, fetch its audio."""

    def __init__(
        self,
        data: Path,
        clock: Clock,
        state: Callable[[], PlayoutState],
        put: Callable[[Event], None],
        audio: AudioStore,
        book: AlertBook,
        on_alert: Callable[[], None],
    ) -> None:
        self._clock, self._state, self._put = clock, state, put
        self._audio, self._book, self._on_alert = audio, book, on_alert
        self._folder = data / operator_audio.FOLDER
        self._folder.mkdir(exist_ok=True)
        self._measures = threading.Lock()

    def do(self, request: Request) -> Answer:
        """Do it, and say so. Raises `NotNow` or an `UntrustedDocument`."""
        if isinstance(request, RecordingsRequest):
            return self._recordings()
        return Answer(ok=True, message=self._done(request))

    def _done(self, request: Act) -> str:
        match request:
            case StopRequest():
                return self._stop()
            case HoldRequest(minutes=minutes):
                return self._hold(minutes)
            case VolumeRequest(percent=percent, zone=zone):
                return self._volume(percent, zone)
            case OrderRequest(broadcasts=broadcasts):
                return self._order(broadcasts)
            case PlayRequest():
                return self._play(request)
            case MicrophoneRequest(minutes=minutes, zones=zones):
                return self._microphone(minutes, zones)
            case AlertRequest(envelope=envelope):
                return self.take_alert(envelope)

    def take_alert(self, envelope: bytes) -> str:
        """Judge a signed alert, keep it, and let it play."""
        alert, is_news = self._book.offer(envelope)
        if is_news:
            self.alert_came(alert)
        word = {AlertAct.RAISE: "raised", AlertAct.TEST: "tested", AlertAct.CANCEL: "cancelled"}[alert.act]
        return f"alert {alert.key} no. {alert.serial} is {word}" + ("" if is_news else " already")

    def alert_came(self, alert: Alert) -> None:
        """Tell playout of a trusted alert, and have its audio fetched."""
        self._put(AlertCame(alert))
        self._on_alert()

    def _stop(self) -> str:
        state = self._state()
        if state.phase is Phase.IDLE or state.run is None:
            raise NotNow("nothing is on the air")
        self._put(OperatorStop())
        return f"{state.run.planned.broadcast.title} is stopped"

    def _hold(self, minutes: int) -> str:
        if minutes == 0:
            self._put(OperatorHold(None))
            return "broadcasts start again"
        until = self._clock.now() + timedelta(minutes=minutes)
        self._put(OperatorHold(until))
        over = told(until, zone_of(self._state().plan))
        return (
            f"nothing new of the plan starts for {minutes} min, until {over}; "
            "alerts, emergencies and what is played by hand do"
        )

    def _order(self, keys: tuple[str, ...]) -> str:
        ahead = _ahead(self._state())
        unknown = [key for key in keys if key not in ahead]
        if unknown:
            raise NotNow(f"{unknown[0]!r} is no broadcast that is still to air here; {_which(ahead)}")
        self._put(OperatorOrder(keys))
        if not keys:
            return "there is no order any more: where several are due together the earliest goes first"
        if len(keys) == 1:
            return "it goes first where others are due together with it"
        return f"{len(keys)} broadcasts go first in this order where they are due together"

    def _volume(self, percent: int, zone: str | None) -> str:
        self._known_zones(() if zone is None else (zone,))
        self._put(OperatorVolume(percent, zone))
        return f"{zone or 'every zone'} plays at {percent} % of its level"

    def _recordings(self) -> Answer:
        found = operator_choice.playable(self._state().plan, self._folder, self._clock.now(), self._audio)
        more = len(found) - MOST_LISTED
        words = f"{len(found)} can be played" + (f"; the last {more} are not listed" if more > 0 else "")
        return Answer(ok=True, message=words, recordings=found[:MOST_LISTED])

    def _play(self, request: PlayRequest) -> str:
        self._may_play(request.zones)
        if request.recording is not None:
            found = operator_choice.recording_named(
                self._state().plan, request.recording, request.language, self._clock.now(), self._audio
            )
            item = found.model_copy(update={"key": operator_audio.DRAFT_KEY})
        else:
            item = self._measured(request.file or "")
            self._may_play(request.zones)  # that took its time
        self._put(OperatorPlay(item, request.zones))
        return f"{item.title} is played"

    def _may_play(self, zones: tuple[str, ...]) -> None:
        state = self._state()
        self._known_zones(zones)
        if quiet_of(state.plan)(self._clock.now()):
            raise NotNow(
                "these are quiet hours of the plan; the province's emergencies are heard all the same"
            )
        self._must_be_free(state, MessageClass.ORDINARY)

    def _measured(self, file: str) -> PlanItem:
        """One at a time: each takes as much of the machine as it gets."""
        if not self._measures.acquire(blocking=False):
            raise NotNow("another file is being looked at; try again in some seconds")
        try:
            return operator_audio.file_named(self._folder, file, self._audio)
        finally:
            self._measures.release()

    def _microphone(self, minutes: int, zones: tuple[str, ...]) -> str:
        if minutes == 0:
            self._put(OperatorMicrophone(None))
            return "the microphone is given back"
        state = self._state()
        self._known_zones(zones)
        self._must_be_free(state, MessageClass.PRIORITY)
        self._put(OperatorMicrophone(timedelta(minutes=minutes), zones))
        return f"the loudspeakers are the microphone's for {minutes} min"

    def _known_zones(self, zones: tuple[str, ...]) -> None:
        known = alerts.all_zones(self._state())
        unknown = [zone for zone in zones if zone not in known]
        if unknown:
            raise NotNow(f"this station has no zone {unknown[0]!r}; it has: {', '.join(known)}")

    def _must_be_free(self, state: PlayoutState, message_class: MessageClass) -> None:
        run = state.run
        if run is None or state.phase is Phase.ARMING or run.planned.rank < message_class.rank:
            return
        raise NotNow(f"{run.planned.broadcast.title} is on the air; stop it first")


def _ahead(state: PlayoutState) -> tuple[str, ...]:
    """The keys of what is still to begin here: what is armed may still give way, what is on the air not."""
    begun = None if state.run is None or state.phase is Phase.ARMING else state.run.planned.broadcast.key
    return tuple(one.broadcast.key for one in state.agenda if one.broadcast.key != begun)


def _which(ahead: tuple[str, ...]) -> str:
    if not ahead:
        return "nothing is"
    more = len(ahead) - MOST_NAMED
    return f"next are: {', '.join(ahead[:MOST_NAMED])}" + (f", and {more} later ones" if more > 0 else "")
