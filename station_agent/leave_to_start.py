"""Whether a broadcast may start now: the clock, and what the operator holds.

Rules
1. On a clock that can't be right nothing timed is started. An alert is not timed.
2. The operator's hold keeps back what the plan and tests would start, emergencies excepted. It holds neither
   alerts nor what is played by hand and the microphone: whoever holds is at hand himself.
3. What may not start remembers why, once its instant has come.
"""

from __future__ import annotations

from schedules.airing_origin import Origin
from schedules.message_class import MessageClass
from station_agent.operator_acts import LONGEST_HOLD
from station_agent.planned import Planned
from station_agent.playout_turn import Turn

BY_THE_CLOCK = frozenset({Origin.PLAN, Origin.TEST})
"""What keeps quiet hours with nobody at hand who could say what time it is."""
BUSY_REASONS = frozenset({"pre_empted", "busy", "clock_untrusted", "clock_step", "operator_hold"})


def may_start(turn: Turn, planned: Planned) -> bool:
    """Whether nothing stands in its way but others."""
    if not turn.state.clock_trusted and planned.origin in BY_THE_CLOCK:
        reason = "clock_untrusted"
    elif _is_held(turn, planned):
        reason = "operator_hold"
    else:
        return True
    if turn.now >= planned.broadcast.planned_start:
        block(turn, planned.broadcast.key, reason)
    return False


def _is_held(turn: Turn, planned: Planned) -> bool:
    until = turn.state.desk.held_until
    if until is None or not turn.now < until <= turn.now + LONGEST_HOLD:
        return False  # longer than one can ask for: it was kept by a clock that was far ahead
    return planned.rank < MessageClass.EMERGENCY.rank and planned.origin in (Origin.PLAN, Origin.TEST)


def block(turn: Turn, key: str, reason: str, *, outweighs: bool = False) -> None:
    """Remember why a broadcast whose time has come is not on the air.

    Having to wait for others, the clock or the operator stays the reason, unless the new one `outweighs`.
    """
    if outweighs or turn.state.blocked.get(key) not in BUSY_REASONS:
        turn.change(blocked={**turn.state.blocked, key: reason})
