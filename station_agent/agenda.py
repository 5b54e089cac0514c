"""What is due: which broadcast goes on air next, and what is accounted without a sound.

Rules
1. One broadcast at a time. A higher class cuts a lower one short; an equal or lower one waits, and its
   missed-policy decides when its turn comes. An alert stands above every class, and has the relays it needs
   left closed for it.
2. Among those due the highest class goes first, then as the operator ordered, then the earliest.
3. On a clock that can't be right nothing timed is started and nothing is given up; on one that may be ahead
   nothing is given up. An alert is not timed.
4. What is found when a broadcast is armed is provisional: it is decided anew the moment its relays have to
   close, and only then accounted.
5. While the operator holds, nothing of the plan and no test starts but emergencies, and nothing is given up.

Who gives way is in `giving_way`, what may start now in `leave_to_start`, what would become of a broadcast in
`prospect`.
"""

from __future__ import annotations

from datetime import timedelta

from station_agent import audio_check, off_air, on_air
from station_agent.evidence import silent_airing
from station_agent.giving_way import give_way
from station_agent.leave_to_start import block, may_start
from station_agent.level import level_of
from station_agent.missed_policy import Verdict
from station_agent.phases import ARMING, IDLE, Happening, Phase
from station_agent.planned import Planned
from station_agent.playout_state import Run
from station_agent.playout_turn import Turn
from station_agent.playout_values import AudioArrived, AudioChecked
from station_agent.prospect import as_here, look_at_audio, may_still_arrive, verdict_of
from station_agent.timetable import channels_of, due, forget_if_done, limits_here, on_air_lead


def settle(turn: Turn) -> None:
    """Look at what is due until there is nothing more to decide now."""
    if turn.state.stopping:
        return
    if turn.state.phase is ARMING:
        look_at_audio(turn, turn.run.planned)
    if turn.state.phase is not IDLE:
        give_way(turn)
    if turn.state.phase is IDLE:
        _choose(turn)
        if turn.state.follow and all(audio_check.is_answered(turn.state, one) for one in due(turn)):
            turn.change(follow=False)  # else somebody's audio is still being checked: he may follow too


def audio_checked(turn: Turn, event: AudioChecked) -> None:
    """What is armed is chosen anew where its audio turns out to be otherwise."""
    before = turn.state.audio.get(event.broadcast)
    audio_check.answered(turn, event)
    is_news = turn.state.audio.get(event.broadcast) != before
    if is_news and turn.state.phase is Phase.ARMING and turn.run.planned.broadcast.key == event.broadcast:
        turn.go(Happening.TAKEN_BACK)


def audio_arrived(turn: Turn, event: AudioArrived) -> None:
    """Sync has brought a file."""
    audio_check.arrived(turn, event)


def clock_judged(turn: Turn) -> None:
    """What has not begun to sound does not, once the clock is known to be wrong: its relays open again."""
    run = turn.state.run
    warms = run is not None and turn.state.phase is Phase.WARMING and not run.playing
    if run is not None and warms and not may_start(turn, run.planned):
        off_air.cut(turn, "clock_untrusted", rest=None)


def _choose(turn: Turn) -> None:
    for planned in due(turn):
        if not may_start(turn, planned):
            continue
        if not look_at_audio(turn, planned):
            if _is_ahead(turn, planned):
                return  # the answer comes within moments; nothing lower goes first meanwhile
            continue
        verdict = verdict_of(turn, planned)
        if may_still_arrive(turn, planned, verdict):
            if turn.now >= planned.broadcast.planned_start - on_air_lead(turn.state, planned):
                block(turn, planned.broadcast.key, "audio_missing")
            continue
        if verdict.start is not None:
            _begin(turn, planned, verdict)
            return
        _account_lost(turn, planned, verdict)


def commit(turn: Turn) -> None:
    """The relays have to close now: what is missing by now is left out, the rest goes on air."""
    planned = turn.run.planned
    verdict = verdict_of(turn, planned)
    closes_at = None if verdict.start is None else verdict.start - on_air_lead(turn.state, planned)
    if closes_at is None or closes_at > turn.now or not may_start(turn, planned):
        turn.go(Happening.TAKEN_BACK)  # it has changed since it was armed: it is chosen anew
        return
    _account_lost(turn, planned, verdict)
    turn.change_run(cues=verdict.cues, start=verdict.start, why_late=verdict.reason)
    on_air.warm(turn)


def _account_lost(turn: Turn, planned: Planned, verdict: Verdict) -> None:
    on_disk = verdict.start is not None
    for lost in verdict.lost if turn.state.clock_settled else ():  # else it waits for a certain time
        present = on_disk and lost.reason != "audio_missing"
        turn.account(silent_airing(planned, lost.cue, lost.outcome, lost.reason, on_disk=present))
    forget_if_done(turn, planned)


def _is_ahead(turn: Turn, planned: Planned) -> bool:
    return planned.broadcast.planned_start + timedelta(seconds=60) > turn.now


def _begin(turn: Turn, planned: Planned, verdict: Verdict) -> None:
    assert verdict.start is not None  # noqa: S101 - asked for by the caller
    state = turn.state
    run = Run(
        planned=as_here(state, planned),
        cues=verdict.cues,
        start=verdict.start,
        limits=limits_here(state, planned),
        channels=channels_of(state, planned),
        why_late=verdict.reason,
        volume_percent=level_of(state, planned),
    )
    turn.change(run=run)
    turn.go(Happening.CHOSEN, verdict.start - on_air_lead(state, planned))
