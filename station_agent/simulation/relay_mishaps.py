"""How boards, their lines and their guard fail a simulated village, and how that passes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from station_agent.simulation.faults import Fault, FaultKind

if TYPE_CHECKING:
    from station_agent.simulation.village import Village

HANG_NOTICED_AFTER_S = 2.0
"""So long a guard that answers no ping is waited for (`hardware.guard.client`)."""
LOOKS_AGAIN_S = 0.2


def _unplug(village: Village, fault: Fault, *, keeps_power: bool = False) -> None:
    """Not while its guard hangs: until that is noticed nobody could know."""
    board = village.machine.board
    if board is None or (board.relays is not None and board.relays.guard_hangs):
        return
    which = fault.choice % board.count
    if board.is_plugged(which):
        board.plug(which, False, keeps_power=keeps_power)
        village.later(fault.amount, lambda _village: board.plug(which, True))


def _lose_guard(village: Village, fault: Fault, *, hangs: bool) -> None:
    """Who starts another one is the agent: not while that stands still, and a new agent has its own."""
    board, agent = village.machine.board, village.agent
    if board is None or agent is None or village.still_since_us is not None or not board.is_served:
        return
    if not board.is_guarded:
        return

    def once_it_goes_on(what: Callable[[], None]) -> Callable[[Village], None]:
        def look(village: Village) -> None:
            if village.agent is not agent:
                return
            if village.still_since_us is not None:
                village.later(LOOKS_AGAIN_S, look)
            else:
                what()

        return look

    board.lose_guard(hangs=hangs)
    noticed_s = HANG_NOTICED_AFTER_S if hangs else 0.0
    if hangs:
        village.later(noticed_s, once_it_goes_on(board.notice_hang))
    village.later(noticed_s + fault.amount, once_it_goes_on(board.restart_guard))


def _fall_silent(village: Village, fault: Fault) -> None:
    """Not while it refuses: what a board does that says nothing nobody can know."""
    board = village.machine.board
    if board is None or board.misbehaves:
        return
    which = fault.choice % board.count
    board.fall_silent(which, True)
    village.later(fault.amount, lambda _village: board.fall_silent(which, False))


def _refuse(village: Village, fault: Fault) -> None:
    """Of a board that reads nothing back nobody can know it."""
    board = village.machine.board
    if board is None or board.misbehaves or not board.answers:
        return
    channel = 1 + fault.choice % len(board.contacts)
    board.refuse(channel, True)
    village.later(fault.amount, lambda _village: board.refuse(channel, False))


DO: dict[FaultKind, Callable[[Village, Fault], None]] = {
    FaultKind.UNPLUG: _unplug,
    FaultKind.LINE_BREAKS: partial(_unplug, keeps_power=True),
    FaultKind.GUARD_DIES: partial(_lose_guard, hangs=False),
    FaultKind.GUARD_HANGS: partial(_lose_guard, hangs=True),
    FaultKind.BOARD_SILENT: _fall_silent,
    FaultKind.BOARD_REFUSES: _refuse,
}
