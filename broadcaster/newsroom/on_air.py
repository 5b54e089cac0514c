"""What may air and what must not: the newsroom's word to programming and to the plans."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broadcaster.newsroom.models import Jingle, Recording
from broadcaster.newsroom.sound import SoundColumns
from schedules.programme import AudioRef
from schedules.recordings import ApprovedRecording

# A plan looks back a few minutes, so what has just ended must still be known.
LOOK_BACK = timedelta(days=1)


def audio_ref(sound: SoundColumns) -> AudioRef:
    """The approved audio as plans speak of it."""
    return AudioRef(
        sha256=sound.approved_sha256 or "",
        size_bytes=sound.size_bytes or 0,
        duration_ms=sound.duration_ms or 0,
        media_type=sound.media_type or "",
    )


def approved_recordings(session: Session, at: datetime) -> list[ApprovedRecording]:
    """Every recording that may air at `at` or later, with the bounds of its announcement."""
    found = session.scalars(
        select(Recording)
        .where(Recording.state == "approved")
        .options(joinedload(Recording.announcement))
        .order_by(Recording.id)
    )
    return [
        ApprovedRecording(
            announcement=one.announcement.key,
            language=one.language,
            audio=audio_ref(one),
            valid_from=one.announcement.valid_from,
            valid_until=one.announcement.valid_until,
        )
        for one in found
        if one.is_on_air_ready
        and (one.announcement.valid_until is None or one.announcement.valid_until >= at - LOOK_BACK)
    ]


def withdrawn_hashes(session: Session) -> tuple[str, ...]:
    """Audio that must not be heard again: withdrawn, and not approved anew since."""
    gone: set[str] = set()
    approved: set[str] = set()
    for table in (Recording, Jingle):
        for state, hashes in (("withdrawn", gone), ("approved", approved)):
            found = session.scalars(select(table.approved_sha256).where(table.state == state))
            hashes.update(sha256 for sha256 in found if sha256)
    return tuple(sorted(gone - approved))
