"""What a broadcast waits for before its first sample: which of its relays, and how long. Pure.

What can't be reached, or was refused, is not waited for; every other relay is, and its amplifier's warm-up.
Who begins late because of that wait says so: `relay_resting` where the relay had to rest open.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from station_agent.evidence import closed_since
from station_agent.missed_policy import ON_TIME
from station_agent.playout_state import PlayoutState, Run

RELAY_PATIENCE = timedelta(seconds=2)


def lines_of(state: PlayoutState, run: Run) -> tuple[int, ...]:
    """What is commanded closed: an amplifier's power follows its lines, and has no reason without one."""
    powers = {state.lines[one].power for one in run.channels if one in state.lines}
    return tuple(channel for channel in run.channels if channel not in powers)


def lost_of(state: PlayoutState, run: Run) -> frozenset[int]:
    """Those of its relays that are on a board that is lost."""
    return frozenset(channel for channel in run.channels if state.fault_of((channel,)) is not None)


def patience(state: PlayoutState, run: Run) -> timedelta:
    """For the relays' word: the guard lets a relay rest open before it closes again."""
    return RELAY_PATIENCE + _longest_rest(state, run)


def _longest_rest(state: PlayoutState, run: Run) -> timedelta:
    lines = [state.lines[one] for one in run.channels if one in state.lines]
    return timedelta(milliseconds=max((one.min_off_ms for one in lines), default=0))


def why_late(state: PlayoutState, run: Run, at: datetime) -> str:
    """The reason to give for a first sample at `at`: the relays where they made it late, else what it was."""
    if run.late is not None or run.why_late != "slow_start" or at - run.start <= ON_TIME:
        return run.why_late
    if open_still(state, run):
        return "relay_failed"
    return "relay_resting" if _longest_rest(state, run) else run.why_late


def open_still(state: PlayoutState, run: Run) -> bool:
    """Whether one of those that are waited for is not closed yet."""
    awaited = frozenset(run.channels)
    if run.unreachable:
        lines = frozenset(lines_of(state, run)) - run.unreachable
        powers = {state.lines[line].power for line in lines if line in state.lines}
        awaited = lines | (awaited & powers)
    return any(closed_since(run.relay_log, channel) is None for channel in awaited)


def warm_at(run: Run) -> datetime | None:
    """When the last of its closed relays has been closed for the warm-up; None while none is closed."""
    instants = [closed_since(run.relay_log, channel) for channel in run.channels]
    closed = [at for at in instants if at is not None]
    return max(closed) + timedelta(milliseconds=run.limits.warm_up_ms) if closed else None
