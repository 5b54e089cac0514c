"""Changes of what is written about an announcement or a recording.

Rule 1: who changes something says which edition was read. Was it changed since, nothing is saved and the
        caller gets both to compare (`merging`).
Rule 2: an approval binds to the audio and was given under a title: that stays once something was approved.
Rule 3: after an approval the days may be narrowed by an editor; more days are for whoever may approve.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from broadcaster import jobs
from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import NotAllowed, NotPossible
from broadcaster.newsroom.announcements import keep_details
from broadcaster.newsroom.merging import Conflict, merge
from broadcaster.newsroom.models import Announcement, Recording
from broadcaster.newsroom.tags import put_tags
from broadcaster.newsroom.texts import AnnouncementTexts, RecordingTexts

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)


class EditedMeanwhile(NotPossible):
    """Somebody else saved since this edition was read."""

    def __init__(self, subject: str) -> None:
        super().__init__(
            f"{subject} was changed by somebody else meanwhile; compare both, then save again",
            code="edited_meanwhile",
        )


def was_approved(announcement: Announcement) -> bool:
    """Whether anything in it was ever approved."""
    return any(one.approved_at is not None for one in announcement.recordings)


def merge_announcement(
    base: AnnouncementTexts, theirs: AnnouncementTexts, mine: AnnouncementTexts
) -> tuple[AnnouncementTexts, tuple[Conflict, ...]]:
    """Both changes in one, and what they disagree about. Another kind and its fields go as a whole."""
    same_kind = base.kind == theirs.kind == mine.kind
    merged = merge(*(_mergeable(one, same_kind) for one in (base, theirs, mine)))
    values = dict(merged.values)
    if not same_kind:
        values |= values.pop("kind")
    return AnnouncementTexts.from_fields(values), merged.conflicts


def merge_recording(
    base: RecordingTexts, theirs: RecordingTexts, mine: RecordingTexts
) -> tuple[RecordingTexts, tuple[Conflict, ...]]:
    """Both changes in one, and what they disagree about."""
    merged = merge(base.as_fields(), theirs.as_fields(), mine.as_fields())
    return RecordingTexts.from_fields(merged.values), merged.conflicts


def revise_announcement(
    session: Session,
    announcement: Announcement,
    wanted: AnnouncementTexts,
    person: Person | None,
    now: datetime,
    *,
    edition: int,
) -> None:
    """Save what was written. `person` None is the administrator at the command line.

    `BadInput` for a field, `EditedMeanwhile` when this is not the edition any more, `NotPossible` for another
    title and `NotAllowed` for more days once something was approved. Plans follow a change of days.
    """
    before, after = AnnouncementTexts.of(announcement), wanted.checked()
    _refuse_other_edition(announcement, edition)
    changed = _changed(before.as_fields(), after.as_fields())
    if not changed:
        return
    if was_approved(announcement):
        _refuse_what_approval_binds(before, after, person)
    _claim(session, announcement, edition)
    announcement.title, announcement.kind = after.title, after.kind
    announcement.valid_from, announcement.valid_until = after.valid_from, after.valid_until
    keep_details(announcement, after.details)
    put_tags(announcement, after.tags)
    session.flush()
    accounts.record(
        session,
        action="announcement.renamed" if set(changed) == {"title"} else "announcement.edited",
        subject=f"announcement:{announcement.id}",
        before={name: old for name, (old, _new) in changed.items()},
        after={name: new for name, (_old, new) in changed.items()},
        actor=person,
        now=now,
    )
    if {"valid_from", "valid_until"} & set(changed):
        jobs.ask(session, "publish_plans", now)


def rename(
    session: Session, announcement: Announcement, title: str, person: Person | None, now: datetime
) -> None:
    """Another title for the announcement as it stands here."""
    wanted = replace(AnnouncementTexts.of(announcement), title=title)
    revise_announcement(session, announcement, wanted, person, now, edition=announcement.edition)


def revise_recording(
    session: Session,
    recording: Recording,
    wanted: RecordingTexts,
    person: Person | None,
    now: datetime,
    *,
    edition: int,
) -> None:
    """Save what is said in a recording; no approval is touched. `BadInput`, or `EditedMeanwhile`."""
    before, after = RecordingTexts.of(recording), wanted.checked()
    _refuse_other_edition(recording, edition)
    changed = _changed(before.as_fields(), after.as_fields())
    if not changed:
        return
    _claim(session, recording, edition)
    recording.transcript = after.transcript or None
    recording.transcript_lo = after.transcript_lo or None
    recording.speakers = list(after.speakers)
    session.flush()
    accounts.record(
        session,
        action="recording.texts",
        subject=recording.subject,
        before={name: old for name, (old, _new) in changed.items()},
        after={name: new for name, (_old, new) in changed.items()},
        actor=person,
        now=now,
    )


def _mergeable(texts: AnnouncementTexts, same_kind: bool) -> dict[str, Any]:
    values = texts.as_fields()
    if same_kind:
        return values
    about = {name: values.pop(name) for name in list(values) if name == "kind" or name.startswith("detail_")}
    return values | {"kind": about}


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = {**before, **after}
    return {
        name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    }


def _refuse_other_edition(thing: Announcement | Recording, edition: int) -> None:
    if thing.edition != edition:
        raise EditedMeanwhile(type(thing).__name__.lower())


def _claim(session: Session, thing: Announcement | Recording, edition: int) -> None:
    """Take the next edition, or `EditedMeanwhile` when somebody took it in this very moment."""
    table = type(thing)
    taken = session.execute(
        update(table)
        .where(table.id == thing.id, table.edition == edition)
        .values(edition=edition + 1)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # an update's result has it
        raise EditedMeanwhile(table.__name__.lower())
    set_committed_value(thing, "edition", edition + 1)


def _refuse_what_approval_binds(
    before: AnnouncementTexts, after: AnnouncementTexts, person: Person | None
) -> None:
    if after.title != before.title:
        raise NotPossible(
            "a recording of it was approved under this title; make a new announcement instead",
            code="approved_once",
        )
    wider = (after.valid_from or _BEGINNING) < (before.valid_from or _BEGINNING) or (
        after.valid_until or _END
    ) > (before.valid_until or _END)
    if wider and person is not None and not person.may(accounts.Role.APPROVER):
        raise NotAllowed(
            "it was approved for fewer days; ask an approver to add days", code="widening_needs_approver"
        )
