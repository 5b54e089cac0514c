"""JSON for programs: what waits for whoever's token it is, and the matrix of an announcement's languages."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import current_app
from pydantic import BaseModel

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.newsroom import service
from broadcaster.newsroom.inbox import Waits, waiting_for
from broadcaster.newsroom.matrix_commands import matrix_facts
from schedules.wire.base import Instant

blueprint = APIBlueprint("inbox_api", __name__, url_prefix="/api/v1", tag="Newsroom")


class WaitingThing(BaseModel):
    """One thing that waits: what is to be done with which recording, jingle or announcement, since when."""

    waits: Waits
    subject: str
    title: str
    since: Instant
    announcement: int | None
    language: str | None


class Inbox(BaseModel):
    """Everything that waits, most pressing first."""

    items: list[WaitingThing]


class HeadsAnswer(BaseModel):
    """Villages, and people who live in them."""

    villages: int
    people: int


class LanguageAnswer(BaseModel):
    """One language. `villages` and `people` are where it is the first; `also` villages list it later."""

    language: str
    state: str
    recording: int | None
    version: int | None
    on_air: int | None
    villages: int
    people: int
    also: int
    silent: int
    in_lao: int


class MatrixAnswer(BaseModel):
    """An announcement's languages over the villages it is for, and how many will hear what."""

    announcement: int
    villages: int
    people: int
    hears: dict[str, HeadsAnswer]
    languages: list[LanguageAnswer]


@blueprint.get("/inbox")
@blueprint.output(Inbox)
@blueprint.doc(summary="What waits for me")
def inbox() -> dict[str, Any]:
    """Read from how things stand: what is done is no longer there."""
    found = waiting_for(db.session, accounts.current_person(), current_app.config["SETTINGS"], clock.now())
    names = WaitingThing.model_fields
    return {"items": [{name: getattr(one, name) for name in names} for one in found]}


@blueprint.get("/announcements/<int:announcement_id>/matrix")
@blueprint.output(MatrixAnswer)
@blueprint.doc(summary="Languages needed against recordings", responses=[404])
def languages(announcement_id: int) -> dict[str, Any]:
    """Over the villages of its slots and campaigns, else of the place it belongs to."""
    found = service.announcement(db.session, announcement_id)
    villages = service.target_villages(db.session, [found])[found.id]
    return {"announcement": announcement_id, **matrix_facts(service.matrix(found, villages))}
