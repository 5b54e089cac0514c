"""What people do to a simulated village while it lives: the province's alerts, the operator's acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from schedules.wire.alert import Alert, AlertAct
from schedules.wire.plan import ItemKind, PlanItem, PlannedAudio
from station_agent.operator_acts import (
    OperatorHold,
    OperatorMicrophone,
    OperatorOrder,
    OperatorPlay,
    OperatorStop,
    OperatorVolume,
)
from station_agent.playout_values import AlertCame, Event
from station_agent.simulation.faults import Fault, FaultKind
from station_agent.simulation.premises import LACKING

if TYPE_CHECKING:
    from station_agent.simulation.village import Village

REPEATS_S = (None, None, 30, 60, 300)
ALERTS_LAST_S = (20, 120, 600, 3600, 3600, 3600)


def _alert(village: Village, fault: Fault, *, act: AlertAct) -> None:
    random = Random(fault.choice)  # noqa: S311 - a seeded village, not a secret
    clock, machine = village.machine.clock, village.machine
    words = random.sample(village.community.recordings, random.choice((1, 1, 2)))
    key = f"a{len({*machine.alerts, *(one.key for one in machine.alerts_to_come)})}"
    alert = Alert(
        key=key,
        serial=1,
        act=act,
        title=key,
        stations=("st-simulated",),
        issued_at=clock.true(),
        expires_at=clock.true() + timedelta(seconds=random.choice(ALERTS_LAST_S)),
        repeat_every_s=random.choice(REPEATS_S),
        items=tuple(
            PlanItem(
                key=f"{key}/{position}",
                kind=ItemKind.ANNOUNCEMENT,
                title=key,
                duration_ms=one.duration_ms,
                language="lo",
                sha256=one.sha256,
            )
            for position, one in enumerate(words, start=1)
        ),
        audio=tuple(
            PlannedAudio(
                sha256=one.sha256, size_bytes=1, duration_ms=one.duration_ms, media_type="audio/webm"
            )
            for one in words
        ),
    )
    machine.alerts_to_come.append(alert)
    bring_alerts(village)


def bring_alerts(village: Village) -> None:
    """What a station that was away has not heard of waits for it."""
    if village.agent is None:
        return
    machine = village.machine
    for alert in machine.alerts_to_come:
        machine.alerts[alert.key] = alert
        _tell(village, AlertCame(alert))
    machine.alerts_to_come = []


def _cancel(village: Village, fault: Fault) -> None:
    machine = village.machine
    newest = machine.alerts | {one.key: one for one in machine.alerts_to_come}
    if not newest:
        return
    before = list(newest.values())[-1 - fault.choice % min(2, len(newest))]
    cancelled = Alert(
        key=before.key,
        serial=before.serial + 1,
        act=AlertAct.CANCEL,
        title=before.title,
        stations=before.stations,
        issued_at=machine.clock.true(),
        expires_at=machine.clock.true() + timedelta(days=1),
    )
    machine.alerts_to_come.append(cancelled)
    bring_alerts(village)


def _hold(village: Village, fault: Fault) -> None:
    _tell(village, OperatorHold(village.machine.clock.now() + timedelta(seconds=fault.amount)))
    if fault.choice % 2:
        village.later(fault.amount / 2, lambda village: _tell(village, OperatorHold(None)))


def _zones(fault: Fault) -> tuple[str, ...]:
    """All of them, one, or one that is not there."""
    return ((), ("horns",), ("yard",), ("horns", "yard"), (LACKING.key,))[fault.choice // 3 % 5]


def _play(village: Village, fault: Fault) -> None:
    recording = village.community.recordings[fault.choice % len(village.community.recordings)]
    item = PlanItem(
        key="local",
        kind=ItemKind.ANNOUNCEMENT,
        title="local",
        duration_ms=recording.duration_ms,
        language="lo",
        sha256=recording.sha256,
    )
    _tell(village, OperatorPlay(item, _zones(fault)))


def _microphone(village: Village, fault: Fault) -> None:
    _tell(village, OperatorMicrophone(timedelta(seconds=fault.amount), _zones(fault)))
    if fault.choice % 2:
        village.later(fault.amount / 2, lambda village: _tell(village, OperatorMicrophone(None)))


def _set_volume(village: Village, fault: Fault) -> None:
    _tell(village, OperatorVolume(fault.choice % 101, "horns" if fault.choice % 2 else None))


def _order(village: Village, fault: Fault) -> None:
    keys = [one.key for one in village.broadcasts]
    Random(fault.choice).shuffle(keys)  # noqa: S311 - a seeded village, not a secret
    _tell(village, OperatorOrder(tuple(keys[:6])))


def _tell(village: Village, event: Event) -> None:
    if village.agent is not None:
        village.agent.arrivals.put(event)


DO: dict[FaultKind, Callable[[Village, Fault], None]] = {
    FaultKind.ALERT: lambda village, fault: _alert(village, fault, act=AlertAct.RAISE),
    FaultKind.ALERT_TEST: lambda village, fault: _alert(village, fault, act=AlertAct.TEST),
    FaultKind.ALERT_CANCELLED: _cancel,
    FaultKind.OPERATOR_STOPS: lambda village, _fault: _tell(village, OperatorStop()),
    FaultKind.OPERATOR_HOLDS: _hold,
    FaultKind.OPERATOR_PLAYS: _play,
    FaultKind.OPERATOR_SPEAKS: _microphone,
    FaultKind.OPERATOR_SETS_VOLUME: _set_volume,
    FaultKind.OPERATOR_ORDERS: _order,
}
