"""Doors: a recording has the very same audio as another — keep both, or let this one give way."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.errors import BroadcasterError
from broadcaster.newsroom import service, twins
from broadcaster.web.mishaps import say
from broadcaster.web.toasts import tell

blueprint = APIBlueprint("twins", __name__, enable_openapi=False)
EDITOR = accounts.Role.EDITOR


@blueprint.post("/recordings/<int:recording_id>/keep-twin")
@accounts.requires(EDITOR)
def keep(recording_id: int) -> Response:
    """It stays here too."""
    recording = service.recording(db.session, recording_id)
    twins.keep_twin(db.session, recording, accounts.current_person(), clock.now())
    db.session.commit()
    return _to(recording)


@blueprint.post("/recordings/<int:recording_id>/give-way")
@accounts.requires(EDITOR)
def give_way(recording_id: int) -> Response:
    """Use the other one; this recording goes."""
    recording = service.recording(db.session, recording_id)
    number = request.form.get("twin", "")
    twin = service.recording(db.session, int(number) if number.isdecimal() and len(number) < 10 else 0)
    try:
        service.refuse_unseen(db.session, twin.announcement_id, accounts.current_person())
        twins.give_way(db.session, recording, twin, accounts.current_person(), clock.now())
    except BroadcasterError as error:
        db.session.rollback()
        tell(say(error), "fail")
        return _to(recording)
    db.session.commit()
    tell(_("This is the one that was there already. Nothing was stored twice."))
    return _to(twin)


def _to(recording: service.Recording) -> Response:
    about, anchor = recording.announcement_id, f"recording-{recording.id}"
    return redirect(url_for("newsroom.show_announcement", announcement_id=about, _anchor=anchor), 303)
