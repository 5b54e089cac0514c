"""Which stations have confirmed a withdrawal: a higher room knows, and tells this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import Flask, current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.newsroom.models import Jingle, Recording
from content_library.approval import ApprovalState


class Obstacle(StrEnum):
    """Why a station has not confirmed: its plan is being made, not fetched yet, or it is out of reach."""

    PLAN = "plan"
    WAITING = "waiting"
    SILENT = "silent"
    NEVER_SEEN = "never_seen"


@dataclass(frozen=True)
class StationWithdrawal:
    """One station that had the audio. `obstacle` is None once it confirmed a plan without it."""

    station: str
    village: str
    obstacle: Obstacle | None
    last_seen_at: datetime | None
    url: str | None = None


@dataclass(frozen=True)
class WithdrawalReach:
    """Every station that had the audio, those that have not confirmed first."""

    stations: tuple[StationWithdrawal, ...]

    @property
    def open(self) -> tuple[StationWithdrawal, ...]:
        """Those that may still air it."""
        return tuple(one for one in self.stations if one.obstacle is not None)

    @property
    def confirmed(self) -> int:
        """How many have confirmed."""
        return len(self.stations) - len(self.open)


Finder = Callable[[Session, str, datetime], Sequence[StationWithdrawal]]


def tell_withdrawals(app: Flask, finder: Finder) -> None:
    """From now on ask this which stations had audio of a hash and where each stands."""
    app.extensions["withdrawals"] = finder


def stays_approved(session: Session, sound: Recording | Jingle) -> bool:
    """Whether the very same audio stays approved elsewhere: then no station is told to drop it."""
    if sound.approved_sha256 is None:
        return False
    return any(
        session.scalar(
            select(table.id)
            .where(
                table.approved_sha256 == sound.approved_sha256, table.state == ApprovalState.APPROVED.value
            )
            .limit(1)
        )
        is not None
        for table in (Recording, Jingle)
    )


def withdrawal_reach(session: Session, sound: Recording | Jingle, now: datetime) -> WithdrawalReach | None:
    """How far the withdrawal came; None where no station ever had it."""
    finder: Finder | None = current_app.extensions.get("withdrawals")
    if finder is None or sound.approved_sha256 is None:
        return None
    stations = sorted(
        finder(session, sound.approved_sha256, now), key=lambda one: (one.obstacle is None, one.village)
    )
    return WithdrawalReach(tuple(stations)) if stations else None
