"""Trim, fades and gains of a recording. Saving makes a new version from the original; earlier ones stay.

Times of an edit are those of the first version in the chain, whose audio is whole: the page shows that one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from broadcaster import jobs
from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import BadInput, NotPossible
from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.recordings import new_version
from broadcaster.newsroom.sound import IngestState
from content_library import Edit


def whole_version(recording: Recording) -> Recording:
    """The unedited version a recording comes from, itself if it is one."""
    while recording.made_from is not None:
        recording = recording.made_from
    return recording


def edit_of(recording: Recording) -> Edit:
    """What was edited about a version."""
    return Edit.from_dict(recording.edit)


def edited_version(
    session: Session, recording: Recording, edit: Edit, author: Person | None, now: datetime
) -> Recording:
    """A new version of the recording with this edit, made broadcast-ready by a job; texts come along.

    `NotPossible` while the audio is not ready, or when this version has that very edit; `BadInput` for times
    beyond the end.
    """
    whole = whole_version(recording)
    if recording.ingest != IngestState.DONE or whole.duration_ms is None:
        raise NotPossible(
            "the audio is not ready; wait until it is, or bring another file", code="audio_not_ready"
        )
    fitting = _fitting(edit, whole.duration_ms)
    if fitting == edit_of(recording) or (fitting.is_nothing and edit_of(recording).is_nothing):
        raise NotPossible("nothing was changed, so there is no new version", code="nothing_edited")
    version = new_version(
        session, recording.announcement, recording.language, whole.original_name, author, now
    )
    version.made_from = whole
    version.edit = None if fitting.is_nothing else fitting.to_dict()
    version.source_sha256, version.source_size_bytes = whole.source_sha256, whole.source_size_bytes
    version.take_texts(recording)
    version.ingest = IngestState.WAITING
    session.flush()
    jobs.ask(session, "ingest_recording", now, {"recording": version.id})
    accounts.record(
        session,
        action="recording.trimmed",
        subject=version.subject,
        before={"version": recording.version, "edit": recording.edit},
        after={"version": version.version, "edit": version.edit},
        actor=author,
        now=now,
    )
    return version


def _fitting(edit: Edit, duration_ms: int) -> Edit:
    """The edit within the recording: an end at or beyond the recording's own is none."""
    if edit.start_ms >= duration_ms:
        raise BadInput(
            "the beginning lies after the end of the recording; move it",
            field="start",
            code="edit_beyond_end",
        )
    ends_late = edit.end_ms is not None and edit.end_ms >= duration_ms
    return replace(
        edit,
        end_ms=None if ends_late else edit.end_ms,
        sections=tuple(one for one in edit.sections if one.gain_db and one.start_ms < duration_ms),
    )
