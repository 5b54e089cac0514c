"""THE heart of the village PC: `step(state, now, event) -> (state, commands)`. Pure.

Rules
1. Every planned item whose time has come ends in exactly one accounted state: one `JournalOutcome`.
2. An item that has an intent or an outcome never plays again, in no plan and after no restart.
3. States and transitions stand in `phases.TABLE`, and its rules are checked after every step.
4. Nothing starts on a clock that is not trusted.
5. Commands are executed in the order given; whatever needs the answer waits for an event.

The tables below are the machine: which handler an event has, and what each phase does at its deadline.
Which phase may follow which stands in `phases`; the broadcast's way in `on_air` and `off_air`; who is next,
and for whom others give way, in `agenda`; what no plan holds in `alerts` and `operator_desk`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from hardware.ports import (
    BoardReady,
    Failed,
    Finished,
    RelayFault,
    RelayState,
    Stalled,
    Started,
    WentOn,
)
from station_agent import (
    agenda,
    alerts,
    clock_step,
    giving_way,
    handover,
    marks,
    off_air,
    on_air,
    operator_desk,
    output_watch,
    phases,
    plan_change,
    relay_watch,
    timetable,
)
from station_agent.item_set import ItemSet
from station_agent.next_look import next_look
from station_agent.operator_acts import (
    Desk,
    OperatorHold,
    OperatorMicrophone,
    OperatorOrder,
    OperatorPlay,
    OperatorStop,
    OperatorVolume,
)
from station_agent.phases import SOUNDING, Happening, Phase
from station_agent.planned import Planned
from station_agent.playout_state import PlayoutState
from station_agent.playout_turn import Turn
from station_agent.playout_values import (
    AlertCame,
    ArmAlarm,
    AudioArrived,
    AudioChecked,
    AudioUnfit,
    ClockStepped,
    ClockTrust,
    Command,
    Event,
    PlanSwapped,
    Stopping,
    StreamBroke,
    Tick,
)
from station_agent.zone_line import ZoneLine

AT_MOST_ROUNDS = 4
"""Looks at deadlines and agenda in one step; what is still due then waits for the next event."""


def step(state: PlayoutState, now: datetime, event: Event) -> tuple[PlayoutState, tuple[Command, ...]]:
    """The state after `event` at `now` (aware UTC), and what is to be done, in order."""
    if type(event) is Tick and state.alarm is not None and now < state.alarm:
        return _only_mark(state, now)
    turn = Turn(state, now)
    ON_EVENT[type(event)](turn, event)
    if type(event) is RelayState and is_only_noted(turn, state):
        phases.check(turn.state)
        return turn.state, ()
    for _ in range(AT_MOST_ROUNDS):
        _time_passes(turn)
        alerts.look(turn)
        agenda.settle(turn)
        handover.look(turn, giving_way.cut_comes_at)
        if not _is_due(turn):
            break
    off_air.let_kept_fall(turn)
    _arm_alarm(turn)
    phases.check(turn.state)
    return turn.state, tuple(turn.commands)


def _only_mark(state: PlayoutState, now: datetime) -> tuple[PlayoutState, tuple[Command, ...]]:
    """Before the alarm nothing is due, but once a second a mark of what was heard."""
    if state.run is None or not marks.mark_is_due(state.run, now):
        return state, ()
    turn = Turn(state, now)
    marks.mark_progress(turn)
    return turn.state, tuple(turn.commands)


def is_only_noted(turn: Turn, before: PlayoutState) -> bool:
    """Whether a relay's word before the alarm has led to nothing but its note: it brings nothing nearer."""
    if before.alarm is None or turn.now >= before.alarm or turn.commands or _is_due(turn):
        return False
    run, run_before = turn.state.run, before.run
    return run is run_before or (
        run is not None and run_before is not None and run.warm_again is run_before.warm_again
    )


def _time_passes(turn: Turn) -> None:
    """Let deadlines have their effect; each leads to another phase or sets a later deadline."""
    while _is_due(turn):
        before = _place(turn.state)
        ON_DEADLINE[turn.state.phase](turn)
        if _place(turn.state) == before:
            return


def _place(state: PlayoutState) -> tuple[Phase, int, datetime | None]:
    """Where the broadcast stands; each deadline takes it further, so there is an end to them."""
    run = state.run
    return (state.phase, -1, None) if run is None else (state.phase, run.position, run.deadline)


def _is_due(turn: Turn) -> bool:
    run = turn.state.run
    return run is not None and run.deadline is not None and turn.now >= run.deadline


def _arm_alarm(turn: Turn) -> None:
    state, now = turn.state, turn.now
    at: datetime | None = None
    for instant in (
        None if state.run is None else state.run.deadline,
        next_look(turn),
        handover.due_at(state),
        alerts.due_at(state),
        state.desk.held_until,
    ):
        if instant is not None and instant > now and (at is None or instant < at):
            at = instant
    if at != state.alarm:
        turn.change(alarm=at)
        turn.give(ArmAlarm(at))


# --- what each event does ------------------------------------------------------------------------------


def _tick(turn: Turn, _event: Tick) -> None:
    if turn.state.phase in SOUNDING:
        marks.mark_progress(turn)


def _plan_swapped(turn: Turn, event: PlanSwapped) -> None:
    plan_change.take_plan(turn, event.plan)


def _stopping(turn: Turn, _event: Stopping) -> None:
    turn.change(stopping=True)
    if turn.state.phase is Phase.ARMING:
        turn.go(Happening.TAKEN_BACK)
    elif turn.state.phase is not Phase.IDLE:
        off_air.cut(turn, "stopped", rest=None)


def _clock_trust(turn: Turn, event: ClockTrust) -> None:
    turn.change(clock_trusted=event.trusted, clock_settled=event.trusted and event.settled)
    if turn.state.clock_settled:
        alerts.clock_settled(turn)
    agenda.clock_judged(turn)


ON_EVENT: dict[type[Any], Callable[[Turn, Any], None]] = {
    Tick: _tick,
    PlanSwapped: _plan_swapped,
    AudioChecked: agenda.audio_checked,
    AudioArrived: agenda.audio_arrived,
    AlertCame: alerts.came,
    OperatorStop: operator_desk.stop,
    OperatorHold: operator_desk.hold,
    OperatorVolume: operator_desk.volume,
    OperatorOrder: operator_desk.order,
    OperatorPlay: operator_desk.play,
    OperatorMicrophone: operator_desk.microphone,
    Stopping: _stopping,
    ClockStepped: clock_step.stepped,
    ClockTrust: _clock_trust,
    AudioUnfit: output_watch.unfit,
    StreamBroke: output_watch.stream_broke,
    Started: output_watch.started,
    Finished: output_watch.finished,
    Failed: output_watch.failed,
    Stalled: output_watch.stalled,
    WentOn: output_watch.went_on,
    RelayState: relay_watch.relay_state,
    RelayFault: relay_watch.relay_fault,
    BoardReady: relay_watch.board_ready,
}


# --- what each phase does when its deadline comes --------------------------------------------------------


ON_DEADLINE: dict[Phase, Callable[[Turn], None]] = {
    Phase.ARMING: agenda.commit,
    Phase.WARMING: on_air.check_warm,
    Phase.ITEM: output_watch.hangs,
    Phase.PAUSE: on_air.silence_over,
    Phase.TAIL: off_air.close,
    Phase.FADING: off_air.faded,
    Phase.CLOSING: off_air.check_closed,
}


def first_state(
    *,
    running_since: datetime,
    down_reason: str,
    has_board: bool,
    zone_channels: dict[str, int],
    final: Iterable[str],
    begun: Iterable[str],
    owed: tuple[Planned, ...],
    board_channels: frozenset[int] | None = None,
    lines: Mapping[int, ZoneLine] | None = None,
    lost_at: datetime | None = None,
    clock_trusted: bool = True,
    clock_settled: bool = True,
    desk: Desk | None = None,
) -> PlayoutState:
    """What playout knows when the process starts: the journal's word; `PlanSwapped` brings the plan."""
    return PlayoutState(
        running_since=running_since,
        down_reason=down_reason,
        has_board=has_board,
        zone_channels=dict(zone_channels),
        board_channels=board_channels,
        lines=dict(lines or {}),
        final=ItemSet(final),
        begun=ItemSet(begun),
        lost_at=lost_at,
        clock_trusted=clock_trusted,
        clock_settled=clock_settled,
        agenda=timetable.as_recalled(owed, ItemSet(final), running_since),
        desk=desk or Desk(),
    )
