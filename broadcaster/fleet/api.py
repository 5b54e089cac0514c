"""The station API: what a village PC asks of the province. Every answer carries the server's time."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Annotated

import structlog
from apiflask import APIBlueprint
from flask import Response, abort, current_app, jsonify, request
from flask.sansio.blueprints import BlueprintSetupState
from pydantic import BaseModel, Field

from broadcaster import clock
from broadcaster.accounts.service import station_door
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BroadcasterError, NotThere
from broadcaster.fleet import service
from broadcaster.fleet.byte_range import wanted_span
from broadcaster.web.limits import ENROLMENT, limiter
from content_library import AudioStore
from schedules.wire.base import WireValue
from schedules.wire.keyring import Keyring
from schedules.wire.plan import Plan
from schedules.wire.station_access import BellAnswer, EnrolmentAnswer, EnrolmentRequest

MAX_REQUEST_BYTES = 8 * 1024

log = structlog.get_logger(__name__)

blueprint = APIBlueprint("station_api", __name__, url_prefix="/api/v1", tag="Stations")


@blueprint.record_once
def hang_the_bell(state: BlueprintSetupState) -> None:
    """One bell a process; half of the web server's threads may wait at it."""
    settings: Settings = state.app.config["SETTINGS"]
    state.app.extensions["bell"] = service.Bell(most=max(1, settings.server.threads // 2))


class BellQuestion(BaseModel):
    """`after`: the plan's serial the station holds already."""

    after: Annotated[int, Field(ge=0, le=2**53)] = 0


@blueprint.before_request
def bound_the_request() -> None:
    """Nothing a station sends here is larger than a few hundred bytes."""
    request.max_content_length = MAX_REQUEST_BYTES
    if (request.content_length or 0) > MAX_REQUEST_BYTES:
        abort(413)


blueprint.after_request(service.stamp)


@blueprint.errorhandler(BroadcasterError)
def refuse(error: BroadcasterError) -> tuple[Response, int]:
    """One line of JSON, with the status of whose fault it is."""
    db.session.rollback()
    return jsonify(message=str(error)), error.http_status


@blueprint.post("/enrolments")
@blueprint.input(EnrolmentRequest)
@blueprint.output(EnrolmentAnswer)
@blueprint.doc(summary="Enrol with a one-time code", responses=[403, 422, 429])
@limiter.limit(ENROLMENT)
@station_door
def enrol(json_data: EnrolmentRequest) -> Response:
    """One-time code and the station's own public key in, the station's id and the keyring out."""
    now = clock.now()
    settings: Settings = current_app.config["SETTINGS"]
    station = service.enrol(db.session, json_data, now)
    keyring = service.keyring_envelope(db.session, settings, now)
    db.session.commit()
    return _json(
        EnrolmentAnswer(
            station=station.id,
            village=station.village.name,
            keyring=base64.b64encode(keyring).decode(),
            server_time=now,
        )
    )


@blueprint.get("/keyring")
@blueprint.doc(summary="The province's public keys, signed (DSSE)")
@station_door
def keyring() -> Response:
    """The newest keyring's exact bytes; nothing in it is secret."""
    settings: Settings = current_app.config["SETTINGS"]
    envelope = service.keyring_envelope(db.session, settings, clock.now())
    db.session.commit()
    return Response(envelope, mimetype=Keyring.PAYLOAD_TYPE)


@blueprint.get("/station/plan")
@blueprint.doc(
    summary="The station's newest plan, signed (DSSE)",
    description="`ETag` is the serial; with `If-None-Match` the common answer is 304.",
    responses=[304, 401, 404],
)
@station_door
def plan() -> Response:
    """The exact bytes that were signed, or 304 where the station holds them."""
    station = service.station_of_request()
    serial = service.current_serial(db.session, station.id)
    if serial and request.if_none_match.contains(str(serial)):
        answer = Response(status=304)
        answer.set_etag(str(serial))
        return answer
    published = service.current_plan(db.session, station.id)
    if published is None:
        raise NotThere("no plan is published for this station yet; it comes within a minute of its enrolment")
    answer = Response(published.envelope, mimetype=Plan.PAYLOAD_TYPE)
    answer.set_etag(str(published.serial))
    return answer


@blueprint.get("/audio/<string(length=64):sha256>")
@blueprint.doc(
    summary="Audio by its SHA-256",
    description="Only audio that a plan of the asking station lists. One `Range`, with `If-Range` the hash.",
    responses=[206, 401, 404, 416],
)
@station_door
def audio(sha256: str) -> Response:
    """The broadcast-ready audio, whole or from where the station's copy ends."""
    station = service.station_of_request()
    store: AudioStore = current_app.extensions["audio_store"]
    if not service.may_fetch(db.session, station.id, sha256):
        raise NotThere("no plan of this station lists this audio")
    if not store.exists(sha256):
        log.error("audio_lost", sha256=sha256, station=station.id)
        raise NotThere("the province's store has lost this audio; it must be restored from the backup")
    db.session.commit()  # the connection goes back before a slow line keeps the answer for minutes
    size_bytes = store.size_bytes(sha256)
    span = wanted_span(request.headers.get("Range"), request.headers.get("If-Range"), sha256, size_bytes)
    if span is None:
        refused = jsonify(message=f"the audio has {size_bytes} bytes; ask for a range within them")
        refused.status_code = 416
        refused.headers["Content-Range"] = f"bytes */{size_bytes}"
        return refused
    answer = Response(
        _pieces(store, sha256, span.start, span.length),
        status=206 if span.partial else 200,
        mimetype="audio/webm",
    )
    answer.content_length = span.length
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    if span.partial:
        answer.headers["Content-Range"] = span.content_range
    answer.set_etag(sha256)
    return answer


@blueprint.get("/station/bell")
@blueprint.input(BellQuestion, location="query")
@blueprint.output(BellAnswer)
@blueprint.doc(summary="Wait for a newer plan, at most 55 seconds", responses=[401, 422, 503])
@station_door
def bell(query_data: BellQuestion) -> Response:
    """Answers as soon as a plan newer than `after` is published, or after the longest wait."""
    station_id = service.station_of_request().id
    bell: service.Bell = current_app.extensions["bell"]

    def newest() -> int:
        serial = service.current_serial(db.session, station_id)
        db.session.rollback()  # the connection must not be kept while waiting
        return serial

    serial = bell.wait(newest, query_data.after)
    return _json(BellAnswer(plan_serial=serial, server_time=clock.now()))


def _pieces(store: AudioStore, sha256: str, start: int, length: int) -> Iterator[bytes]:
    left = length
    for piece in store.iter_chunks(sha256, start=start):
        yield piece[:left]
        left -= len(piece)
        if left <= 0:
            return


def _json(value: WireValue) -> Response:
    return Response(value.model_dump_json(), mimetype="application/json")
