"""Doors: `/uploads/`, where programs and the pages' uploader send sound files by the tus protocol.

For editors signed in, or programs with their token; a page's requests carry its CSRF token. Others' uploads
are not there (404). Answers have no pages: errors are `{"message", "code"}`.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from apiflask import APIBlueprint
from flask import Response, current_app, jsonify, make_response, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as BaseResponse

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError
from broadcaster.newsroom import incoming, incoming_bytes, taking_in, tus
from broadcaster.newsroom.incoming_models import IncomingUpload
from broadcaster.newsroom.upload_words import MISHAPS
from broadcaster.web.mishaps import add_sentences, say

blueprint = APIBlueprint("tus", __name__, url_prefix="/uploads", enable_openapi=False)
EDITOR = accounts.Role.EDITOR
OTHER_SITES = frozenset({"cross-site", "same-site"})
LARGEST_ID = 2**31 - 1
_NUMBER = re.compile(r"[0-9]{1,10}")


@blueprint.record_once
def prepare(_state: BlueprintSetupState) -> None:
    """Errors are told in the newsroom's words."""
    add_sentences(MISHAPS)


@blueprint.after_request
def speak(answer: Response) -> Response:
    """Every answer names the protocol's version; none is kept by a cache."""
    answer.headers["Tus-Resumable"] = tus.VERSION
    answer.headers["Cache-Control"] = "no-store"
    if not answer.is_json:  # nothing but headers
        answer.headers.pop("Content-Type", None)
    return answer


@blueprint.errorhandler(BroadcasterError)
def refuse(error: BroadcasterError) -> Response:
    """In the reader's words, with the status the protocol names."""
    db.session.rollback()
    answer = jsonify(message=say(error), code=error.code)
    answer.status_code = error.http_status
    if answer.status_code == 412:
        answer.headers["Tus-Version"] = tus.VERSION
    return answer


@blueprint.route("/", methods=["OPTIONS"], provide_automatic_options=False)
@blueprint.route("/<key>", methods=["OPTIONS"], provide_automatic_options=False)
def describe(key: str = "") -> Response:  # noqa: ARG001 - the same for every upload
    """What this server can do."""
    answer = make_response("", 204)
    answer.headers["Tus-Version"] = tus.VERSION
    answer.headers["Tus-Extension"] = tus.EXTENSIONS
    answer.headers["Tus-Checksum-Algorithm"] = ",".join(tus.CHECKSUMS)
    answer.headers["Tus-Max-Size"] = str(_settings().audio.max_upload_bytes)
    return answer


@blueprint.post("/", provide_automatic_options=False)
@accounts.requires(EDITOR)
def create() -> Response:
    """Room for a file; its first bytes may come along."""
    _check_request()
    most = _settings().audio.max_upload_bytes
    size = tus.upload_length(request.headers.get("Upload-Length"), most)
    about = request.headers.get("Upload-Metadata", "")
    wish = _wish(size, tus.metadata(about), about)
    brings_bytes = request.content_length != 0 and request.headers.get("Content-Type") is not None
    if brings_bytes:
        tus.check_content_type(request.headers.get("Content-Type"))
        tus.check_append(0, size, 0, request.content_length)
    upload = incoming.begin(db.session, _settings(), accounts.current_person(), wish, clock.now())
    answer = make_response("", 201)
    if brings_bytes:
        try:
            _append(upload, 0)
        except BroadcasterError:  # whose sender never learns its address
            db.session.rollback()
            incoming.end(db.session, _settings(), upload, "refused", clock.now())
            raise
        answer.headers["Upload-Offset"] = str(upload.held_bytes)
    answer.headers["Location"] = url_for("tus.one", key=upload.key, _external=True)
    return _dated(answer, upload)


@blueprint.route("/<key>", methods=["HEAD", "PATCH", "DELETE", "POST"], provide_automatic_options=False)
@accounts.requires(EDITOR)
def one(key: str) -> BaseResponse:
    """Ask for, go on with or end one upload. A POST says in X-HTTP-Method-Override what it means."""
    method = request.method
    if method == "POST":
        method = request.headers.get("X-HTTP-Method-Override", "").upper()
    _check_request()
    doors: dict[str, Callable[[IncomingUpload], Response]] = {"HEAD": _ask, "PATCH": _go_on, "DELETE": _end}
    door = doors.get(method)
    if door is None:
        raise tus.Refusal(405, "tus_method", "an upload knows HEAD, PATCH and DELETE")
    return door(incoming.find(db.session, accounts.current_person(), key, clock.now()))


def _ask(upload: IncomingUpload) -> Response:
    taking_in.take_in(db.session, _settings(), upload, clock.now())
    answer = make_response("", 200)
    answer.headers["Upload-Offset"] = str(upload.held_bytes)
    answer.headers["Upload-Length"] = str(upload.size_bytes)
    if upload.about:
        answer.headers["Upload-Metadata"] = upload.about
    return _dated(answer, upload)


def _go_on(upload: IncomingUpload) -> Response:
    tus.check_content_type(request.headers.get("Content-Type"))
    _append(upload, tus.upload_offset(request.headers.get("Upload-Offset")))
    answer = make_response("", 204)
    answer.headers["Upload-Offset"] = str(upload.held_bytes)
    return _dated(answer, upload)


def _end(upload: IncomingUpload) -> Response:
    if upload.state not in incoming.OPEN:
        raise tus.Refusal(410, "upload_gone", "this upload ended; its recording stays")
    incoming.end(db.session, _settings(), upload, accounts.current_person(), clock.now())
    return make_response("", 204)


def _append(upload: IncomingUpload, said: int) -> None:
    if upload.state not in incoming.OPEN:
        tus.check_append(upload.held_bytes, upload.size_bytes, said, request.content_length)
        return  # nothing is to come any more, and nothing came
    incoming_bytes.append(
        db.session,
        _settings(),
        upload,
        said,
        request.stream,
        clock.now(),
        coming=request.content_length,
        checksum=tus.checksum(request.headers.get("Upload-Checksum")),
    )
    taking_in.take_in(db.session, _settings(), upload, clock.now())


def _check_request() -> None:
    tus.check_version(request.headers.get("Tus-Resumable"))
    if request.headers.get("Sec-Fetch-Site") in OTHER_SITES:
        raise tus.Refusal(403, "tus_other_site", "uploads are taken from this server's own pages only")


def _wish(size: int, said: dict[str, str], about: str) -> incoming.Wish:
    number = said.get("announcement", "")
    if number and not (_NUMBER.fullmatch(number) and int(number) <= LARGEST_ID):
        raise BadInput(f"there is no announcement {number[:20]!r}", field="announcement", code="tus_header")
    return incoming.Wish(
        size_bytes=size,
        original_name=said.get("filename", ""),
        language=said.get("language", ""),
        announcement_id=int(number) if number else None,
        title=said.get("title", ""),
        place=said.get("place", ""),
        batch=said.get("batch", ""),
        print=said.get("print", ""),
        about=about,
    )


def _dated(answer: Response, upload: IncomingUpload) -> Response:
    if upload.state in incoming.OPEN:
        answer.headers["Upload-Expires"] = tus.http_date(upload.expires_at)
    return answer


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
