"""Withdrawn audio and the stations that had it: in which plan each was told, and whether it confirmed.

A station confirms a plan once all of it is on board. Until then it may still air what it holds.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from flask import url_for
from flask_babel import get_locale
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from broadcaster.fleet.health import Contact, contact
from broadcaster.fleet.models import AudioRecall, PlanAudio, Station, StationState
from broadcaster.newsroom.service import Obstacle, StationWithdrawal


def recall_audio(
    session: Session, station_id: str, serial: int, withdrawn: Collection[str], listed: Collection[str]
) -> None:
    """With a new plan: note the withdrawn audio the station had, forget what it may air again."""
    if listed:
        session.execute(
            delete(AudioRecall).where(AudioRecall.station_id == station_id, AudioRecall.sha256.in_(listed))
        )
    if not withdrawn:
        return
    of_station = (PlanAudio.station_id == station_id, PlanAudio.sha256.in_(withdrawn))
    had = set(session.scalars(select(PlanAudio.sha256).where(*of_station)))
    known = set(session.scalars(select(AudioRecall.sha256).where(AudioRecall.station_id == station_id)))
    session.add_all(
        AudioRecall(station_id=station_id, sha256=sha256, serial=serial) for sha256 in had - known
    )


def withdrawals(session: Session, sha256: str, now: datetime) -> list[StationWithdrawal]:
    """Every station in use that had the audio, with what keeps it from having confirmed."""
    told = select(AudioRecall.serial, AudioRecall.station_id).where(AudioRecall.sha256 == sha256)
    serials = {row.station_id: row.serial for row in session.execute(told)}
    had = session.scalars(select(PlanAudio.station_id).where(PlanAudio.sha256 == sha256))
    stations = session.scalars(
        select(Station).where(Station.id.in_({*serials, *had}), Station.state == StationState.ACTIVE)
    )
    locale = get_locale()
    language = str(locale.language) if locale else "en"
    return [
        StationWithdrawal(
            one.id,
            one.village.name_in(language),
            _obstacle(one, serials.get(one.id), now),
            one.last_seen_at,
            url_for("fleet.show_station", station_id=one.id),
        )
        for one in stations
    ]


def _obstacle(station: Station, serial: int | None, now: datetime) -> Obstacle | None:
    if serial is not None and station.confirmed_serial >= serial:
        return None
    if station.last_seen_at is None:
        return Obstacle.NEVER_SEEN
    if contact(station, now) is not Contact.ONLINE:
        return Obstacle.SILENT
    return Obstacle.PLAN if serial is None else Obstacle.WAITING
