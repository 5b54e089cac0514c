"""Where stations hand in their reports: signed by the station, taken once, acknowledged by number."""

from __future__ import annotations

from datetime import datetime

from apiflask import APIBlueprint
from flask import Response, abort, jsonify, request
from sqlalchemy.exc import IntegrityError

from broadcaster import clock
from broadcaster.accounts.service import station_door
from broadcaster.airings import service
from broadcaster.database import db
from broadcaster.errors import BroadcasterError
from broadcaster.fleet.service import Station, stamp, station_of_request
from schedules.errors import BadSignature, DocumentTooLarge, UntrustedDocument, WrongStation
from schedules.trust import trusted_report
from schedules.wire.report import StationReport
from schedules.wire.station_access import ReportReceipt

blueprint = APIBlueprint("report_api", __name__, url_prefix="/api/v1", tag="Stations")


@blueprint.before_request
def bound_the_request() -> None:
    """A report has its largest size; more is not read."""
    request.max_content_length = StationReport.MAX_SIZE_BYTES
    if (request.content_length or 0) > StationReport.MAX_SIZE_BYTES:
        abort(413)


blueprint.after_request(stamp)


@blueprint.errorhandler(BroadcasterError)
def refuse(error: BroadcasterError) -> tuple[Response, int]:
    """One line of JSON, with the status of whose fault it is."""
    db.session.rollback()
    return jsonify(message=str(error)), error.http_status


@blueprint.errorhandler(UntrustedDocument)
def refuse_document(error: UntrustedDocument) -> tuple[Response, int]:
    """The report itself is refused: too large, not this station's, altered, or not understood."""
    db.session.rollback()
    status = 400
    if isinstance(error, DocumentTooLarge):
        status = 413
    elif isinstance(error, BadSignature | WrongStation):
        status = 403
    return jsonify(message=str(error), code=error.code), status


@blueprint.post("/station/reports")
@blueprint.output(ReportReceipt)
@blueprint.doc(
    summary="Hand in a report, signed by the station (DSSE)",
    description="The same report may come again, and reports in any order; each entry counts once.",
    responses=[400, 401, 403, 413, 422],
)
@station_door
def take_report() -> Response:
    """The report's envelope in, the number through which the server has everything out."""
    now = clock.now()
    station = station_of_request()
    report = trusted_report(request.get_data(cache=False), station.public_key or "", station.id)
    try:
        acknowledged = _accept(station, report, now)
    except IntegrityError:  # the same report by another way at the same moment: by now it is known
        db.session.rollback()
        acknowledged = _accept(station, report, now)
    receipt = ReportReceipt(acknowledged=acknowledged, plan_serial=station.published_serial, server_time=now)
    return Response(receipt.model_dump_json(), mimetype="application/json")


def _accept(station: Station, report: StationReport, now: datetime) -> int:
    acknowledged = service.accept_report(db.session, station, report, now)
    db.session.commit()
    return acknowledged
