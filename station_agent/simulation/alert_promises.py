"""What is promised of alerts: each begins at once, and comes again in its turn for as long as it lasts.

Looked at only where nothing is in the way just then. Not expected is what the station could not do either:
play an alert that is over by a clock that it has every reason to believe, or one that it may have played
before its journal was lost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from schedules.airing_origin import Origin
from schedules.wire.alert import Alert, AlertAct
from station_agent.playout_state import PlayoutState
from station_agent.playout_values import AlertCame
from station_agent.simulation.clock import SECOND_US, VirtualClock

ALERT_WITHIN_US = 500_000
"""From an alert at the agent to its first sample, besides the amplifier's warm-up."""
IN_TURN_SLACK_US = 90 * SECOND_US
"""Other alerts' plays, rests between plays, and relays that have to rest stand before a repetition."""
JUDGED_WITHIN_US = 5 * SECOND_US
"""So long after a step the station may hold what it held of the clock before."""


@dataclass(frozen=True, slots=True)
class _Repeating:
    """`on_a_wrong_clock`: it was taken on one, so that one may end it."""

    alert: Alert
    every_us: int
    long_us: int
    on_a_wrong_clock: bool


class AlertPromises:
    """Hears of alerts and of their plays. `broken` is told of a promise that was; `withdrawn`: hashes."""

    def __init__(
        self, clock: VirtualClock, withdrawn: Mapping[str, int], broken: Callable[[str], NoReturn]
    ) -> None:
        self._clock, self._withdrawn, self._broken = clock, withdrawn, broken
        self._due: tuple[Alert, int] | None = None
        self._repeating: dict[str, _Repeating] = {}
        self._played_us: dict[str, int] = {}
        self._long_us: dict[str, int] = {}
        self._others_until_us = 0
        self._calm_since_us = 0
        self._wrong_us = self._stepped_us = 0

    def comes(
        self, event: AlertCame, state: PlayoutState, warm_us: int, *, is_well: bool, was_played: bool
    ) -> None:
        """It has reached the agent, which is in this state. `warm_us`: until its relays are closed and warm.

        `was_played`: some time before.
        """
        alert, before = event.alert, self._due
        self._due = None
        self._watch(alert, state)
        is_known = state.alert_serials.get(alert.key, 0) >= alert.serial
        if alert.act is not AlertAct.RAISE or not is_well or before is not None or was_played or is_known:
            return
        is_first = not state.alerts and not any(one.origin is Origin.ALERT for one in state.agenda)
        lost_at = state.lost_at
        is_told_again = event.from_book and alert.repeat_every_s is None
        may_have_aired = is_told_again and lost_at is not None and alert.issued_at <= lost_at
        if not is_first or state.stopping or may_have_aired:
            return
        if not self._is_over(alert, state) and not self._is_withdrawn(alert):
            self._due = (alert, self._clock.us + warm_us + ALERT_WITHIN_US)

    def sounds(self, key: str) -> None:
        """The first sample of an item is out."""
        if self._due is not None and key.startswith(_head(self._due[0])):
            self._due = None
        alert_key = key.partition(":")[2].partition("/")[0]
        if alert_key in self._repeating:
            self._played_us[alert_key] = self._clock.us
        elif alert_key in self._long_us:
            self._others_until_us = self._clock.us + self._long_us[alert_key]

    def something_happens(self) -> None:
        """A fault: it may well keep an alert waiting."""
        self._due = None
        self._calm_since_us = self._clock.us

    def time_passed(self, state: PlayoutState | None, *, is_calm: bool) -> None:
        """Looked at whenever time has passed. `is_calm`: nothing was wrong meanwhile."""
        if self._due is not None and self._is_withdrawn(self._due[0]):
            self._due = None  # by what came just after it
        if self._due is not None and self._clock.us > self._due[1]:
            self._broken(f"{_head(self._due[0])} has not begun within its bound")
        if self._clock.wrong_us != self._wrong_us:
            self._wrong_us, self._stepped_us = self._clock.wrong_us, self._clock.us
        if not is_calm or self._clock.wrong_us:
            self._calm_since_us = self._clock.us
        if not self._repeating:
            return
        for key, one in list(self._repeating.items()):
            if self._is_no_more_expected(one, state):
                self._let_go(key, one)
                continue
            ends_us = self._clock.true_us(one.alert.expires_at)
            self._in_turn(key, one, min(self._clock.us, ends_us))
            if self._clock.us >= ends_us:
                self._let_go(key, one)

    def _in_turn(self, key: str, one: _Repeating, by_us: int) -> None:
        """Until then nothing has happened since the last look: it is looked at as it was then, too."""
        others_us = sum(each.long_us for other, each in self._repeating.items() if other != key)
        since_us = max(self._calm_since_us, self._played_us.get(key, 0), self._others_until_us)
        if by_us - since_us > one.every_us + one.long_us + 2 * others_us + IN_TURN_SLACK_US:
            self._broken(f"{_head(one.alert)} has not come again in its turn")

    def _let_go(self, key: str, one: _Repeating) -> None:
        del self._repeating[key]
        self._others_until_us = max(self._others_until_us, self._clock.us + one.long_us)

    def _watch(self, alert: Alert, state: PlayoutState) -> None:
        known = self._repeating.pop(alert.key, None)
        if alert.items:
            self._long_us[alert.key] = sum(item.duration_ms for item in alert.items) * 1000
        if alert.act is not AlertAct.RAISE or alert.repeat_every_s is None or self._is_over(alert, state):
            return
        if known is not None and known.alert.serial >= alert.serial:
            self._repeating[alert.key] = known
            return
        self._calm_since_us = max(self._calm_since_us, self._clock.us)
        self._repeating[alert.key] = _Repeating(
            alert,
            alert.repeat_every_s * SECOND_US,
            self._long_us[alert.key],
            bool(self._clock.wrong_us),
        )

    def _is_no_more_expected(self, one: _Repeating, state: PlayoutState | None) -> bool:
        if self._is_withdrawn(one.alert):
            return True
        has_judged = self._clock.us - self._stepped_us > JUDGED_WITHIN_US
        is_settled = has_judged and state is not None and state.clock_settled
        return (one.on_a_wrong_clock or is_settled) and self._clock.now() >= one.alert.expires_at

    def _is_over(self, alert: Alert, state: PlayoutState) -> bool:
        wall: datetime = self._clock.now()
        return state.clock_trusted and wall >= alert.expires_at

    def _is_withdrawn(self, alert: Alert) -> bool:
        return any(item.sha256 in self._withdrawn for item in alert.items)


def _head(alert: Alert) -> str:
    """How the keys of its plays begin."""
    return f"alert:{alert.key}/{alert.serial}/"
