"""JSON for programs: announcements and recordings. Signed in by session or token."""

from __future__ import annotations

from typing import Annotated, Any

from apiflask import APIBlueprint
from apiflask.fields import File, String
from apiflask.schemas import Schema
from pydantic import BaseModel, Field

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.newsroom import service
from broadcaster.newsroom.facts import announcement_facts, recording_facts
from broadcaster.newsroom.pages import receive
from schedules.wire.base import Instant

blueprint = APIBlueprint("newsroom_api", __name__, url_prefix="/api/v1", tag="Newsroom")
EDITOR = accounts.Role.EDITOR


class RecordingAnswer(BaseModel):
    """A recording. Figures are null until `ingest` is `done`; `error` says why it is `failed`."""

    recording: int
    announcement: int
    title: str
    language: str
    version: int
    edition: int
    speakers: list[str]
    sha256: str | None
    size_bytes: int | None
    duration_ms: int | None
    media_type: str | None
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    verdict: str | None
    state: str
    ingest: str
    error: str | None
    original_name: str
    approved_at: Instant | None


class AttachmentAnswer(BaseModel):
    """A paper or a picture beside an announcement."""

    attachment: int
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    created_at: Instant


class AnnouncementAnswer(BaseModel):
    """An announcement with its recordings."""

    announcement: int
    title: str
    kind: service.AnnouncementKind
    place: str | None
    valid_from: Instant | None
    valid_until: Instant | None
    details: dict[str, str | int]
    tags: list[str]
    edition: int
    attachments: list[AttachmentAnswer]
    created_at: Instant
    recordings: list[RecordingAnswer]


class AnnouncementList(BaseModel):
    """Announcements, newest first."""

    announcements: list[AnnouncementAnswer]


class AnnouncementQuestion(BaseModel):
    """Filters: part of the title, kind, and a state that one of the recordings has."""

    search: Annotated[str, Field(max_length=100)] = ""
    kind: Annotated[str, Field(max_length=40)] = ""
    state: Annotated[str, Field(max_length=20)] = ""


class NewAnnouncement(BaseModel):
    """A new announcement; recordings are added to it afterwards."""

    title: Annotated[str, Field(min_length=1, max_length=300)]
    kind: service.AnnouncementKind = service.AnnouncementKind.OTHER
    valid_from: Instant | None = None
    valid_until: Instant | None = None
    place: Annotated[str, Field(max_length=40)] = ""
    details: dict[str, str | int | None] = {}
    tags: list[str] = []


class RecordingUpload(Schema):
    """A sound file and its language, as a multipart form."""

    language = String(required=True)
    file = File(required=True)  # type: ignore[no-untyped-call]  # apiflask's field has no types


@blueprint.get("/announcements")
@blueprint.input(AnnouncementQuestion, location="query")
@blueprint.output(AnnouncementList)
@blueprint.doc(summary="List announcements")
def list_announcements(query_data: AnnouncementQuestion) -> dict[str, Any]:
    """At most 200, newest first."""
    found = service.announcements(
        db.session,
        search=query_data.search,
        kind=query_data.kind,
        state=query_data.state,
        reach=accounts.reach(accounts.current_person()),
    )
    return {"announcements": [announcement_facts(one) for one in found]}


@blueprint.post("/announcements")
@blueprint.input(NewAnnouncement)
@blueprint.output(AnnouncementAnswer, status_code=201)
@blueprint.doc(summary="Create an announcement", responses=[403, 422])
@accounts.requires(EDITOR)
def create_announcement(json_data: NewAnnouncement) -> dict[str, Any]:
    """An announcement without recordings."""
    announcement = service.create_announcement(
        db.session,
        json_data.title,
        json_data.kind,
        accounts.current_person(),
        clock.now(),
        valid_from=json_data.valid_from,
        valid_until=json_data.valid_until,
        place_code=json_data.place or None,
        details=json_data.details,
        tags=json_data.tags,
    )
    db.session.commit()
    return announcement_facts(announcement)


@blueprint.get("/announcements/<int:announcement_id>")
@blueprint.output(AnnouncementAnswer)
@blueprint.doc(summary="One announcement", responses=[404])
def get_announcement(announcement_id: int) -> dict[str, Any]:
    """An announcement with all its recordings."""
    return announcement_facts(service.announcement(db.session, announcement_id))


@blueprint.post("/announcements/<int:announcement_id>/recordings")
@blueprint.input(RecordingUpload, location="form_and_files")
@blueprint.output(RecordingAnswer, status_code=202)
@blueprint.doc(
    summary="Upload a recording",
    description="Prepared in the background: ask for the recording until `ingest` is `done` or `failed`.",
    responses=[403, 404, 413, 422],
)
@accounts.requires(EDITOR)
def upload_recording(announcement_id: int, form_and_files_data: dict[str, Any]) -> dict[str, Any]:
    """Keep the file and prepare it for broadcast."""
    announcement = service.announcement(db.session, announcement_id)
    recording = receive(form_and_files_data["file"], announcement, form_and_files_data["language"])
    return recording_facts(recording)


@blueprint.get("/recordings/<int:recording_id>")
@blueprint.output(RecordingAnswer)
@blueprint.doc(summary="One recording", responses=[404])
def get_recording(recording_id: int) -> dict[str, Any]:
    """A recording with its figures and where it stands."""
    return recording_facts(service.recording(db.session, recording_id))
