"""What playout does with the relay board's word: evidence while it is on the air, incidents otherwise.

The sound never waits for a board that is gone: a transmitter may need no relay; the evidence says the rest.
"""

from __future__ import annotations

from collections.abc import Collection

from hardware.ports import UNSEEN, BoardReady, FaultCode, RelayCause, RelayFault, RelayState
from schedules.wire.report import Outcome, RelayChange
from station_agent import off_air, on_air
from station_agent.evidence import closed_since
from station_agent.phases import Phase
from station_agent.playout_state import Run
from station_agent.playout_turn import Turn
from station_agent.playout_values import RelayOff

LOST = frozenset(
    {
        FaultCode.PORT_MISSING,
        FaultCode.PORT_BUSY,
        FaultCode.PORT_DENIED,
        FaultCode.PORT_AMBIGUOUS,
        FaultCode.NOT_A_PORT,
        FaultCode.LINE_BROKEN,
        FaultCode.GUARD_GONE,
    }
)
"""The board can't be reached until `BoardReady`. Any other fault concerns one command only."""
MENDS_TOLD = 3
"""So often a broadcast tells that its relays are closed again: who falls after that is not mended."""


def relay_state(turn: Turn, event: RelayState) -> None:
    """A relay was switched, or read back."""
    if event.on and turn.state.fault_of((event.channel,)) is not None:
        return  # of a board that is lost nothing closed is believed until it is ready again
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
    closes = event.on and closed_since(run.relay_log, event.channel) is None
    turn.change_run(relay_log=(*run.relay_log, change))
    if event.on:
        _closed(turn, event)
    if turn.state.phase is Phase.WARMING:
        on_air.check_warm(turn)
    elif turn.state.phase is Phase.CLOSING:
        off_air.check_closed(turn)
    elif not event.on:
        _relay_fell(turn, event)
    elif closes and turn.state.phase in (Phase.ITEM, Phase.PAUSE):
        turn.change_run(warm_again=True)  # nobody waited for it any longer: what follows does


def _relay_fell(turn: Turn, event: RelayState) -> None:
    """A relay opened while something is on the air."""
    if event.cause is RelayCause.MAX_ON_TIME:
        off_air.cut(turn, "max_on_time", rest=Outcome.MISSED)
        return
    if event.cause is RelayCause.REFUSED_BY_BOARD:
        _fell_by_itself(turn, event.channel)
        return
    on_air.relay_failed(turn, f"relay {event.channel} opened while on the air ({event.cause.value})")
    if event.cause is RelayCause.HEARTBEAT_LOST and turn.state.phase in (Phase.ITEM, Phase.PAUSE):
        turn.change_run(warm_again=True)
        on_air.close_relays(turn)


def _fell_by_itself(turn: Turn, channel: int) -> None:
    """Told for each relay, and of the same one not again before it was told that it is over."""
    run = turn.run
    turn.change_run(fell=run.fell | {channel})
    if channel in run.falls_told:
        return
    then = "it is commanded closed again"
    if run.mends_told == MENDS_TOLD:
        then += f", as after {MENDS_TOLD} falls before it; no more is told of this: check the board"
    turn.change_run(falls_told=run.falls_told | {channel}, failure_told=False)
    on_air.relay_failed(turn, f"relay {channel} opened by itself while on the air; {then}")


def _closed(turn: Turn, event: RelayState) -> None:
    """One closed. That it is over is told once none of the broadcast's relays is open, whatever opened it."""
    if event.confirmed:
        one = {event.channel}
        turn.change_run(fell=turn.run.fell - one, unreachable=turn.run.unreachable - one)
    run = turn.run
    if not run.falls_told or run.fell or run.mends_told == MENDS_TOLD or _open(run):
        return
    named = ", ".join(map(str, sorted(run.falls_told)))
    again = f"relay {named} is" if len(run.falls_told) == 1 else f"relays {named} are"
    what = f"{again} closed again; what was silent meanwhile does not count as aired"
    turn.change_run(falls_told=frozenset(), failure_told=False, mends_told=run.mends_told + 1)
    turn.incident("relay_mended", run.planned.broadcast.key, what)


def _open(run: Run) -> frozenset[int]:
    """Those of its relays that are not closed, as far as anybody knows."""
    return frozenset(one for one in run.channels if closed_since(run.relay_log, one) is None)


def relay_fault(turn: Turn, event: RelayFault) -> None:
    """Something is wrong with the board, its line, or one command."""
    if event.code in UNSEEN:
        turn.incident("relay_unseen", "relay board", event.message)  # the evidence says the rest
        return
    if event.code in LOST:
        _note_lost(turn, event)
    if event.code is FaultCode.NOT_READY and turn.state.phase is Phase.WARMING:
        return  # the guard is still opening the board: `board_ready` commands anew, patience is bounded
    run = turn.state.run
    if run is None or not _concerns(event.channels, run.channels):
        return
    if turn.state.phase not in (Phase.ARMING, Phase.CLOSING):
        gone = frozenset(event.channels) or frozenset(run.channels)
        if event.code is FaultCode.BOARD_DISAGREES:
            gone &= _open(run)  # it names the whole board, of which the others do as they were told
        turn.change_run(unreachable=run.unreachable | gone)
        refused = event.code is FaultCode.INTERLOCKED
        on_air.relay_failed(turn, event.message, "relay_refused" if refused else "relay_failed")
        if turn.state.phase is Phase.WARMING:
            on_air.check_warm(turn)


def _concerns(told: tuple[int, ...], channels: Collection[int]) -> bool:
    """Whether what was told of these relays is about one of the channels; () is about every relay."""
    return bool(channels) and (not told or not frozenset(told).isdisjoint(channels))


def _note_lost(turn: Turn, event: RelayFault) -> None:
    state = turn.state
    if event.message != state.boards_lost.get(event.channels):
        turn.incident("relay_lost", "relay board", event.message)
    ready = frozenset() if not event.channels else state.boards_ready - {event.channels}
    turn.change(boards_lost={**state.boards_lost, event.channels: event.message}, boards_ready=ready)


def board_ready(turn: Turn, event: BoardReady) -> None:
    """A board takes commands; all its relays were opened first."""
    state = turn.state
    over = {(), event.channels} if event.channels else state.boards_lost.keys()  # the guard lives, too
    if over & state.boards_lost.keys():
        turn.incident(
            "relay_back", "relay board", "the relay board answers again; all relays were opened first"
        )
    lost = {board: message for board, message in state.boards_lost.items() if board not in over}
    turn.change(boards_lost=lost, boards_ready=state.boards_ready | {event.channels})
    run = state.run
    if run is None or not _concerns(event.channels, run.channels):
        return
    if state.phase in (Phase.WARMING, Phase.ITEM, Phase.PAUSE):
        reached = frozenset(event.channels) or frozenset(run.channels)
        turn.change_run(warm_again=state.phase is not Phase.WARMING, unreachable=run.unreachable - reached)
        on_air.close_relays(turn)
