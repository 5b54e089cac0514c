"""What playout does with the relay board's word: evidence while it is on the air, incidents otherwise.

The sound never waits for a board that is gone: a transmitter may need no relay; the evidence says the rest.
"""

from __future__ import annotations

from hardware.ports import BoardReady, FaultCode, RelayCause, RelayFault, RelayState
from schedules.wire.report import Outcome, RelayChange
from station_agent import off_air, on_air
from station_agent.phases import Phase
from station_agent.playout_turn import Turn
from station_agent.playout_values import RelayOff, RelayOn

LOST = frozenset(
    {
        FaultCode.PORT_MISSING,
        FaultCode.PORT_BUSY,
        FaultCode.PORT_DENIED,
        FaultCode.NOT_A_PORT,
        FaultCode.LINE_BROKEN,
        FaultCode.GUARD_GONE,
    }
)
"""The board can't be reached until `BoardReady`. Any other fault concerns one command only."""
UNSEEN = frozenset({FaultCode.BOARD_SILENT, FaultCode.BOARD_GARBLED})
"""Relays are switched, and nobody can see it."""


def relay_state(turn: Turn, event: RelayState) -> None:
    """A relay was switched, or read back."""
    run = turn.state.run
    if run is None or event.channel not in run.channels or turn.state.phase is Phase.ARMING:
        if event.on and event.cause is RelayCause.COMMAND:
            turn.give(RelayOff((event.channel,)))  # nothing is on the air: no relay has a reason to be closed
        return
    change = RelayChange(
        at=event.at,
        zone=run.channels[event.channel],
        channel=event.channel,
        on=event.on,
        confirmed=event.confirmed,
    )
    turn.change_run(relay_log=(*run.relay_log, change))
    if turn.state.phase is Phase.WARMING:
        on_air.check_warm(turn)
    elif turn.state.phase is Phase.CLOSING:
        off_air.check_closed(turn)
    elif not event.on:
        _relay_fell(turn, event)


def _relay_fell(turn: Turn, event: RelayState) -> None:
    """A relay opened while something is on the air."""
    if event.cause is RelayCause.MAX_ON_TIME:
        off_air.cut(turn, "max_on_time", rest=Outcome.MISSED)
        return
    message = f"relay {event.channel} opened while on the air ({event.cause.value})"
    on_air.relay_failed(turn, message)
    if event.cause is RelayCause.HEARTBEAT_LOST and turn.state.phase in (Phase.ITEM, Phase.PAUSE):
        turn.change_run(warm_again=True)
        turn.give(RelayOn(tuple(turn.run.channels), turn.run.limits.max_on_s * 1000))


def relay_fault(turn: Turn, event: RelayFault) -> None:
    """Something is wrong with the board, its line, or one command."""
    if event.code in UNSEEN:
        turn.incident("relay_unseen", "relay board", event.message)  # the evidence says the rest
        return
    if event.code in LOST:
        if event.message != turn.state.board_fault:
            turn.incident("relay_lost", "relay board", event.message)
        turn.change(board_fault=event.message, board_ready=False)
    if event.code is FaultCode.NOT_READY and turn.state.phase is Phase.WARMING:
        return  # the guard is still opening the board: `board_ready` commands anew, patience is bounded
    run = turn.state.run
    if run is not None and run.channels and turn.state.phase not in (Phase.ARMING, Phase.CLOSING):
        on_air.relay_failed(turn, event.message)
        if turn.state.phase is Phase.WARMING:
            on_air.check_warm(turn)


def board_ready(turn: Turn, _event: BoardReady) -> None:
    """The board takes commands; all its relays were opened first."""
    if turn.state.board_fault is not None:
        turn.incident(
            "relay_back", "relay board", "the relay board answers again; all relays were opened first"
        )
    turn.change(board_fault=None, board_ready=True)
    run = turn.state.run
    if run is not None and run.channels and turn.state.phase in (Phase.WARMING, Phase.ITEM, Phase.PAUSE):
        turn.change_run(warm_again=turn.state.phase is not Phase.WARMING)
        turn.give(RelayOn(tuple(run.channels), run.limits.max_on_s * 1000))
