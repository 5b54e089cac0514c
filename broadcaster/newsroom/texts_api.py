"""JSON for programs: change what is written, what is attached; each change names its edition."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from apiflask.fields import File
from apiflask.schemas import EmptySchema, Schema
from flask import Response, jsonify, request
from pydantic import BaseModel, Field

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.errors import BadInput
from broadcaster.newsroom import attachments, revisions, service
from broadcaster.newsroom.api import AnnouncementAnswer, AttachmentAnswer
from broadcaster.newsroom.attachment_pages import file_answer
from broadcaster.newsroom.facts import announcement_facts, attachment_facts, texts_facts
from broadcaster.newsroom.kinds import FIELDS
from broadcaster.newsroom.models import AnnouncementKind
from broadcaster.newsroom.texts import AnnouncementTexts, RecordingTexts
from broadcaster.web.mishaps import say
from schedules.wire.base import Instant

blueprint = APIBlueprint("newsroom_texts_api", __name__, url_prefix="/api/v1", tag="Newsroom")
EDITOR, APPROVER = accounts.Role.EDITOR, accounts.Role.APPROVER
_EDITION = (
    "Of the edition in `If-Match` (or `edition`); 409 with `yours` and `theirs` when there is a newer one."
)


class AnnouncementChange(BaseModel):
    """The fields to change; what is not named stays. A detail that is null is taken away."""

    edition: int | None = None
    title: str | None = None
    kind: AnnouncementKind | None = None
    details: dict[str, str | int | None] | None = None
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    tags: list[str] | None = None


class TextsChange(BaseModel):
    """The texts to change; what is not named stays."""

    edition: int | None = None
    transcript: str | None = None
    transcript_lo: str | None = None
    speakers: list[str] | None = None


class TextsAnswer(BaseModel):
    """What is said in a recording: in its own language, in Lao, and by whom."""

    recording: int
    language: str
    edition: int
    transcript: str
    transcript_lo: str
    speakers: list[str]


class DetailAnswer(BaseModel):
    """One field of a kind; a `day` is written as 2026-03-03."""

    name: str
    type: str
    label: str
    needed: bool


class KindAnswer(BaseModel):
    """A kind of announcement and what it asks for."""

    kind: AnnouncementKind
    fields: list[DetailAnswer]


class KindList(BaseModel):
    """Every kind."""

    kinds: Annotated[list[KindAnswer], Field()]


class AttachmentUpload(Schema):
    """A PDF, picture, text or DOCX, as a multipart form."""

    file = File(required=True)  # type: ignore[no-untyped-call]  # apiflask's field has no types


@blueprint.get("/announcement-kinds")
@blueprint.output(KindList)
@blueprint.doc(summary="Kinds of announcements and their fields")
def list_kinds() -> dict[str, Any]:
    """What `details` may hold."""
    return {
        "kinds": [
            {
                "kind": kind,
                "fields": [
                    {"name": one.name, "type": one.type, "label": str(one.label), "needed": one.needed}
                    for one in fields
                ],
            }
            for kind, fields in FIELDS.items()
        ]
    }


@blueprint.patch("/announcements/<int:announcement_id>")
@blueprint.input(AnnouncementChange)
@blueprint.output(AnnouncementAnswer)
@blueprint.doc(summary="Change an announcement", description=_EDITION, responses=[403, 404, 409, 422])
@accounts.requires(EDITOR, APPROVER)
def change_announcement(announcement_id: int, json_data: AnnouncementChange) -> Any:
    """Title, kind, details, days, tags."""
    announcement = service.announcement(db.session, announcement_id)
    wanted = AnnouncementTexts.of(announcement).changed(_given(json_data))
    try:
        revisions.revise_announcement(
            db.session,
            announcement,
            wanted,
            accounts.current_person(),
            clock.now(),
            edition=_edition(json_data.edition),
        )
    except revisions.EditedMeanwhile as error:
        db.session.rollback()
        db.session.refresh(announcement)
        return _both(error, json_data, AnnouncementAnswer.model_validate(announcement_facts(announcement)))
    db.session.commit()
    return announcement_facts(announcement)


@blueprint.get("/recordings/<int:recording_id>/texts")
@blueprint.output(TextsAnswer)
@blueprint.doc(summary="What is said in a recording", responses=[404])
def get_texts(recording_id: int) -> dict[str, Any]:
    """Transcripts and speakers."""
    return texts_facts(service.recording(db.session, recording_id))


@blueprint.patch("/recordings/<int:recording_id>/texts")
@blueprint.input(TextsChange)
@blueprint.output(TextsAnswer)
@blueprint.doc(
    summary="Change what is said in a recording", description=_EDITION, responses=[403, 404, 409, 422]
)
@accounts.requires(EDITOR, APPROVER)
def change_texts(recording_id: int, json_data: TextsChange) -> Any:
    """No approval is touched: it binds to the audio."""
    recording = service.recording(db.session, recording_id)
    wanted = RecordingTexts.from_fields(RecordingTexts.of(recording).as_fields() | _given(json_data))
    try:
        revisions.revise_recording(
            db.session,
            recording,
            wanted,
            accounts.current_person(),
            clock.now(),
            edition=_edition(json_data.edition),
        )
    except revisions.EditedMeanwhile as error:
        db.session.rollback()
        db.session.refresh(recording)
        return _both(error, json_data, TextsAnswer.model_validate(texts_facts(recording)))
    db.session.commit()
    return texts_facts(recording)


@blueprint.post("/announcements/<int:announcement_id>/attachments")
@blueprint.input(AttachmentUpload, location="files")
@blueprint.output(AttachmentAnswer, status_code=201)
@blueprint.doc(summary="Attach a file", responses=[403, 404, 409, 413, 422])
@accounts.requires(EDITOR, APPROVER)
def attach(announcement_id: int, files_data: dict[str, Any]) -> dict[str, Any]:
    """At most 20 MB, told by its content; the very same file again is the one that is there."""
    announcement = service.announcement(db.session, announcement_id)
    file, person = files_data["file"], accounts.current_person()
    kept = attachments.attach(db.session, announcement, file.stream, file.filename or "", person, clock.now())
    db.session.commit()
    return attachment_facts(kept)


@blueprint.get("/announcements/<int:announcement_id>/attachments/<int:attachment_id>")
@blueprint.doc(summary="Fetch an attachment", responses=[404])
def fetch_attachment(announcement_id: int, attachment_id: int) -> Response:
    """Its bytes."""
    return file_answer(attachments.attachment(db.session, announcement_id, attachment_id))


@blueprint.delete("/announcements/<int:announcement_id>/attachments/<int:attachment_id>")
@blueprint.output(EmptySchema, status_code=204)
@blueprint.doc(summary="Take an attachment off", responses=[403, 404])
@accounts.requires(EDITOR, APPROVER)
def detach(announcement_id: int, attachment_id: int) -> str:
    """Attaching the same file again brings it back."""
    found = attachments.attachment(db.session, announcement_id, attachment_id)
    attachments.remove(db.session, found, accounts.current_person(), clock.now())
    db.session.commit()
    return ""


def _given(sent: BaseModel) -> dict[str, Any]:
    """The fields that were named, as values: dumped, instants would be texts already."""
    return {name: getattr(sent, name) for name in sent.model_fields_set - {"edition"}}


def _edition(in_body: int | None) -> int:
    """The edition the caller has read."""
    stated = [tag for tag in request.if_match.as_set(include_weak=True) if tag.isdecimal()]
    if in_body is not None:
        return in_body
    if len(stated) != 1 or len(stated[0]) > 9:
        raise BadInput(
            "say which edition was read, with If-Match or `edition`",
            field="edition",
            code="edition_missing",
        )
    return int(stated[0])


def _both(error: revisions.EditedMeanwhile, sent: BaseModel, saved: BaseModel) -> Response:
    """What was sent and what is saved, side by side, each as it is written where nobody was faster."""
    yours, theirs = sent.model_dump(mode="json", exclude_unset=True), saved.model_dump(mode="json")
    answer = jsonify(message=say(error), code=error.code, yours=yours, theirs=theirs)
    answer.status_code = error.http_status
    return answer
