"""The very same audio in two places: recognised by its SHA-256, offered, and kept twice only on purpose.

The store keeps the bytes once whatever is chosen here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import NotPossible
from broadcaster.newsroom.belonging import may_touch, visible
from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.originals import forget_original
from broadcaster.newsroom.recordings import GONE
from broadcaster.newsroom.sound import IngestState

UNDECIDED = ("draft", "returned")
"""States in which a recording can still give way to its twin."""


def twins_of(
    session: Session, recordings: Iterable[Recording], reach: accounts.Reach = accounts.EVERYWHERE
) -> dict[int, list[Recording]]:
    """For each recording that somebody should decide about: which older ones within reach have its audio."""
    asking = [
        one
        for one in recordings
        if one.ingest == IngestState.DONE and one.sha256 and one.state in UNDECIDED and not one.twin_kept
    ]
    if not asking:
        return {}
    same = list(
        session.scalars(
            select(Recording)
            .join(Recording.announcement)
            .where(
                Recording.sha256.in_({one.sha256 for one in asking}),
                Recording.state.not_in(GONE),
                visible(reach),
            )
            .options(contains_eager(Recording.announcement))
            .order_by(Recording.id)
        )
    )
    found = {
        one.id: [twin for twin in same if twin.sha256 == one.sha256 and twin.id < one.id] for one in asking
    }
    return {number: twins for number, twins in found.items() if twins}


def keep_twin(session: Session, recording: Recording, person: Person | None, now: datetime) -> None:
    """It stays here too; nobody is asked again."""
    if recording.twin_kept:
        return
    recording.twin_kept = True
    accounts.record(
        session,
        action="recording.twin_kept",
        subject=recording.subject,
        after={"sha256": recording.sha256},
        actor=person,
        now=now,
    )


def give_way(
    session: Session, recording: Recording, twin: Recording, person: Person | None, now: datetime
) -> None:
    """Take this recording away, since its twin has the same audio. Its texts go to a twin that has none.

    `NotPossible` when they are not twins, or once it was submitted.
    """
    if twin is recording or recording.sha256 is None or twin.sha256 != recording.sha256:
        raise NotPossible("they do not have the same audio any more; load the page again", code="no_twins")
    if recording.state not in UNDECIDED:
        raise NotPossible("it was submitted already; return or withdraw it instead", code="twin_submitted")
    if session.scalar(select(Recording.id).where(Recording.made_from_id == recording.id).limit(1)):
        raise NotPossible("a newer version was made from it; keep it here too", code="twin_edited")
    may_write = person is None or may_touch(twin.announcement, person, accounts.Role.EDITOR)
    if may_write and recording.language == twin.language and not twin.transcript:
        twin.take_texts(recording)
        twin.edition += 1
    accounts.record(
        session,
        action="recording.gave_way",
        subject=recording.subject,
        before={"sha256": recording.sha256, "original_name": recording.original_name},
        after={"recording": twin.id},
        actor=person,
        now=now,
    )
    forget_original(session, recording, now)
    recording.announcement.recordings.remove(recording)
    session.delete(recording)
    session.flush()
