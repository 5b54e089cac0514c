"""JSON for programs: the steps of approval. Signed in by session or token."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import BaseModel, Field

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.newsroom import service, step_rules
from broadcaster.newsroom.api import RecordingAnswer
from broadcaster.newsroom.facts import recording_facts

blueprint = APIBlueprint("steps_api", __name__, url_prefix="/api/v1", tag="Newsroom")
EDITOR, APPROVER = accounts.Role.EDITOR, accounts.Role.APPROVER


class DecisionRequest(BaseModel):
    """The hash of the audio that was listened to: the decision is about those bytes alone."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ReasonRequest(BaseModel):
    """Why, in a few words; written into the history."""

    reason: Annotated[str, Field(min_length=1, max_length=1000)]


@blueprint.post("/recordings/<int:recording_id>/submit")
@blueprint.output(RecordingAnswer)
@blueprint.doc(summary="Ask for approval", responses=[403, 404, 409])
@accounts.requires(EDITOR, APPROVER)
def submit(recording_id: int) -> dict[str, Any]:
    """From draft, returned or expired to submitted."""
    recording = service.recording(db.session, recording_id)
    service.submit_recording(db.session, recording, accounts.current_person(), clock.now())
    return _done(recording)


@blueprint.post("/recordings/<int:recording_id>/take-back")
@blueprint.output(RecordingAnswer)
@blueprint.doc(summary="Take a submission back", responses=[403, 404, 409])
@accounts.requires(EDITOR)
def take_back(recording_id: int) -> dict[str, Any]:
    """A draft again, while nobody has decided."""
    recording = service.recording(db.session, recording_id)
    service.take_back(db.session, recording, accounts.current_person(), clock.now())
    return _done(recording)


@blueprint.post("/recordings/<int:recording_id>/check")
@blueprint.input(DecisionRequest)
@blueprint.output(RecordingAnswer)
@blueprint.doc(summary="Confirm the language of exactly these bytes", responses=[403, 404, 409])
@accounts.requires(*accounts.Role)
def check(recording_id: int, json_data: DecisionRequest) -> dict[str, Any]:
    """403 for who does not understand it, and for one's own recording."""
    recording = service.recording(db.session, recording_id)
    step_rules.check(db.session, recording, accounts.current_person(), json_data.sha256, clock.now())
    return _done(recording)


@blueprint.post("/recordings/<int:recording_id>/approve")
@blueprint.input(DecisionRequest)
@blueprint.output(RecordingAnswer)
@blueprint.doc(summary="Approve exactly these bytes", responses=[403, 404, 409])
@accounts.requires(APPROVER)
def approve(recording_id: int, json_data: DecisionRequest) -> dict[str, Any]:
    """409 when the recording has other audio by now or was decided on; 403 for one's own recording."""
    recording = service.recording(db.session, recording_id)
    step_rules.approve(db.session, recording, accounts.current_person(), json_data.sha256, clock.now())
    return _done(recording)


@blueprint.post("/recordings/<int:recording_id>/return")
@blueprint.input(ReasonRequest)
@blueprint.output(RecordingAnswer)
@blueprint.doc(summary="Return to its author with a comment", responses=[403, 404, 409])
@accounts.requires(*accounts.Role)
def give_back(recording_id: int, json_data: ReasonRequest) -> dict[str, Any]:
    """By an approver, or by somebody who checks its language."""
    recording = service.recording(db.session, recording_id)
    person = accounts.current_person()
    service.return_recording(db.session, recording, person, json_data.reason, clock.now())
    return _done(recording)


@blueprint.post("/recordings/<int:recording_id>/withdraw")
@blueprint.input(ReasonRequest)
@blueprint.output(RecordingAnswer)
@blueprint.doc(summary="Withdraw everywhere", responses=[403, 404, 409])
@accounts.requires(APPROVER)
def withdraw(recording_id: int, json_data: ReasonRequest) -> dict[str, Any]:
    """Stop it wherever it can be reached."""
    recording = service.recording(db.session, recording_id)
    person = accounts.current_person()
    service.withdraw_recording(db.session, recording, person, json_data.reason, clock.now())
    return _done(recording)


def _done(recording: service.Recording) -> dict[str, Any]:
    db.session.commit()
    return recording_facts(recording)
