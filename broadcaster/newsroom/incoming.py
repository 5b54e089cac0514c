"""Uploads that arrive in pieces: begun, found, ended, swept away. Their bytes are `incoming_bytes`'."""

from __future__ import annotations

import contextlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.config import Settings
from broadcaster.errors import BadInput, NotThere
from broadcaster.newsroom import belonging, tus
from broadcaster.newsroom.announcements import announcement, clean_title, known_language
from broadcaster.newsroom.incoming_bytes import LIVES_FOR, file_of, make_file, writing
from broadcaster.newsroom.incoming_models import IncomingState, IncomingUpload
from broadcaster.newsroom.space import must_fit
from content_library.naming import display_name

REMEMBERED_FOR = timedelta(days=7)
"""So long an upload that ended is told as gone, not as unknown."""
OPEN = (IncomingState.ARRIVING, IncomingState.ASKING)


@dataclass(frozen=True)
class Wish:
    """What a sender says about a file: for an announcement that is there, or for a new one of this title.

    Files of one `batch` with one title go into one new announcement, `place`'s or the whole province's
    (`belonging.owning_place`). `print` lets the page recognise the
    file when it is chosen again; `about` are the sender's own words, given back as they came.
    """

    size_bytes: int
    original_name: str
    language: str
    announcement_id: int | None = None
    title: str = ""
    place: str = ""
    batch: str = ""
    print: str = ""
    about: str = ""


def begin(session: Session, settings: Settings, person: Person, wish: Wish, now: datetime) -> IncomingUpload:
    """Room for a file that will come. `BadInput`, `NotThere`, `NoSpace` or `Refusal` leave nothing behind."""
    if wish.size_bytes == 0:
        raise BadInput("the file is empty; choose another one", field="file", code="empty_file")
    language = known_language(wish.language)
    name = display_name(wish.original_name)
    place = _target(session, person, wish)
    _refuse_too_many(session, settings, person)
    must_fit(session, settings, wish.size_bytes)
    upload = IncomingUpload(
        key=secrets.token_hex(16),
        person_id=person.id,
        original_name=name,
        size_bytes=wish.size_bytes,
        held_bytes=0,
        about=wish.about,
        print=wish.print[:100],
        language=language,
        title=clean_title(wish.title or Path(name).stem or name),
        place_code=place,
        batch=wish.batch[:40],
        announcement_id=wish.announcement_id,
        created_at=now,
        expires_at=now + LIVES_FOR,
    )
    session.add(upload)
    session.flush()
    accounts.record(
        session,
        action="upload.begun",
        subject=upload.subject,
        after={"name": name, "size_bytes": wish.size_bytes, "language": language},
        actor=person,
        now=now,
    )
    make_file(settings, upload)
    session.commit()
    return upload


def find(session: Session, person: Person, key: str, now: datetime) -> IncomingUpload:
    """The person's own upload. `NotThere` for others and unknown ones; 410 when it ended or expired."""
    found = session.scalar(
        select(IncomingUpload).where(IncomingUpload.key == key, IncomingUpload.person_id == person.id)
    )
    if found is None:
        raise NotThere("there is no such upload; begin it anew", code="upload_not_there")
    if found.state == IncomingState.ENDED or (found.state in OPEN and found.expires_at <= now):
        raise tus.Refusal(410, "upload_gone", "this upload ended or expired; begin it anew")
    return found


def unfinished(session: Session, person: Person, now: datetime) -> list[IncomingUpload]:
    """What the person has begun and what waits for their word, oldest first."""
    wanted = select(IncomingUpload).where(
        IncomingUpload.person_id == person.id,
        IncomingUpload.state.in_(OPEN),
        IncomingUpload.expires_at > now,
    )
    return list(session.scalars(wanted.order_by(IncomingUpload.id)))


def lately_taken(session: Session, person: Person, since: datetime, most: int = 20) -> list[IncomingUpload]:
    """What the person brought since then, newest first."""
    wanted = select(IncomingUpload).where(
        IncomingUpload.person_id == person.id,
        IncomingUpload.state == IncomingState.TAKEN,
        IncomingUpload.recording_id.is_not(None),
        IncomingUpload.created_at > since,
    )
    return list(session.scalars(wanted.order_by(IncomingUpload.id.desc()).limit(most)))


def end(
    session: Session, settings: Settings, upload: IncomingUpload, actor: Person | str, now: datetime
) -> None:
    """Away with an upload and its bytes. `Refusal` 423 while somebody writes to it."""
    file = file_of(settings, upload)
    with writing(settings, upload) if file.exists() else contextlib.nullcontext():
        session.refresh(upload)
        if upload.state not in OPEN:
            return
        upload.state = IncomingState.ENDED
        accounts.record(
            session,
            action="upload.ended",
            subject=upload.subject,
            before={"name": upload.original_name, "held_bytes": upload.held_bytes},
            actor=actor,
            now=now,
        )
        session.commit()
        file.unlink(missing_ok=True)


def sweep(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """A job: uploads nobody went on with lose their bytes; a week later they are forgotten."""
    settings: Settings = current_app.config["SETTINGS"]
    expired = select(IncomingUpload).where(IncomingUpload.state.in_(OPEN), IncomingUpload.expires_at <= now)
    for upload in session.scalars(expired).all():
        with contextlib.suppress(tus.Refusal):  # somebody writes to it at this moment: the next sweep sees
            end(session, settings, upload, "expired", now)
    closed = select(IncomingUpload).where(
        IncomingUpload.state.not_in(OPEN), IncomingUpload.expires_at <= now - REMEMBERED_FOR
    )
    for upload in session.scalars(closed).all():
        session.delete(upload)
    session.flush()


def _target(session: Session, person: Person, wish: Wish) -> str | None:
    """Whose the new announcement will be; one that is there must be seen and reached by the person."""
    if wish.announcement_id is None:
        return belonging.owning_place(session, person, wish.place or None)
    belonging.refuse_unseen(session, wish.announcement_id, person)
    found = announcement(session, wish.announcement_id)
    belonging.refuse_foreign(session, found, person, accounts.Role.EDITOR)
    return found.place_code


def _refuse_too_many(session: Session, settings: Settings, person: Person) -> None:
    most = settings.audio.uploads_per_person
    there = session.scalar(
        select(func.count()).where(
            IncomingUpload.person_id == person.id, IncomingUpload.state == IncomingState.ARRIVING
        )
    )
    if (there or 0) >= most:
        raise tus.Refusal(
            429,
            "too_many_uploads",
            f"{most} uploads are unfinished; finish or cancel some of them first",
            most=most,
        )
