"""Attachments: papers and pictures beside an announcement, kept by content; removed ones can come back."""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.config import Settings
from broadcaster.errors import BadInput, NotPossible, NotThere
from broadcaster.newsroom.attachment_types import type_of
from broadcaster.newsroom.models import Announcement, Attachment
from broadcaster.newsroom.space import must_fit_in_quota, must_fit_on_disk
from content_library.naming import display_name

LARGEST_BYTES = 20_000_000
MOST_ATTACHMENTS = 20
KEPT_AFTER_REMOVAL = timedelta(days=30)
_CHUNK_BYTES = 256 * 1024
_ARRIVING = "arriving-"


def attach(
    session: Session,
    announcement: Announcement,
    stream: IO[bytes],
    name: str,
    person: Person | None,
    now: datetime,
) -> Attachment:
    """Keep a file beside the announcement. The very same file again is the attachment that is there.

    `BadInput` for an empty, too large or unknown file, `NotPossible` beyond `MOST_ATTACHMENTS` or with a full
    disk, `NoSpace` beyond the quota; then nothing is kept.
    """
    sha256, media_type, size_bytes = _take_in(session, stream)
    same = next((one for one in announcement.attachments if one.sha256 == sha256), None)
    if same is not None and same.removed_at is None:
        return same
    _refuse_too_many(announcement)
    if same is not None:
        restore(session, same, person, now)
        return same
    attachment = Attachment(
        announcement=announcement,
        sha256=sha256,
        name=display_name(name),
        media_type=media_type,
        size_bytes=size_bytes,
        created_by=person,
        created_at=now,
    )
    session.add(attachment)
    session.flush()
    _note(session, attachment, "announcement.attached", person, now)
    return attachment


def attachment(session: Session, announcement_id: int, attachment_id: int) -> Attachment:
    """One attachment of an announcement, removed or not; `NotThere` if there is none."""
    found = session.get(Attachment, attachment_id)
    if found is None or found.announcement_id != announcement_id:
        raise NotThere(
            f"announcement {announcement_id} has no attachment {attachment_id}",
            code="attachment_not_there",
            attachment=attachment_id,
        )
    return found


def in_use(announcement: Announcement) -> list[Attachment]:
    """What is attached and not removed, in the order it came."""
    return [one for one in announcement.attachments if one.removed_at is None]


def remove(session: Session, attachment: Attachment, person: Person | None, now: datetime) -> None:
    """Take it off; for `KEPT_AFTER_REMOVAL` it can come back."""
    if attachment.removed_at is None:
        attachment.removed_at = now
        _note(session, attachment, "announcement.detached", person, now)


def restore(session: Session, attachment: Attachment, person: Person | None, now: datetime) -> None:
    """Undo a removal. `NotPossible` beyond `MOST_ATTACHMENTS`, `NotThere` when the bytes are gone."""
    if attachment.removed_at is not None:
        file_of(attachment)
        _refuse_too_many(attachment.announcement)
        attachment.removed_at = None
        _note(session, attachment, "announcement.attached", person, now)


def file_of(attachment: Attachment) -> Path:
    """Where its bytes lie; `NotThere` when they are gone."""
    file = _folder() / attachment.sha256
    if not file.is_file():
        raise NotThere(f"the bytes of attachment {attachment.id} are gone", code="attachment_gone")
    return file


def forget_removed(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """Job `forget_removed_attachments`: rows removed long ago, then bytes that no row speaks of."""
    long_ago = select(Attachment).where(Attachment.removed_at < now - KEPT_AFTER_REMOVAL)
    for one in session.scalars(long_ago):
        session.delete(one)
    session.commit()
    known = set(session.scalars(select(Attachment.sha256)))
    oldest = now - timedelta(days=1)  # younger files may belong to a row that is being written
    for file in _folder().iterdir():
        if file.name not in known and datetime.fromtimestamp(file.stat().st_mtime, now.tzinfo) < oldest:
            file.unlink(missing_ok=True)


def _refuse_too_many(announcement: Announcement) -> None:
    if len(in_use(announcement)) >= MOST_ATTACHMENTS:
        raise NotPossible(
            f"there are {MOST_ATTACHMENTS} attachments already; remove one first",
            code="too_many_attachments",
            most=MOST_ATTACHMENTS,
        )


def _folder() -> Path:
    settings: Settings = current_app.config["SETTINGS"]
    folder = settings.data / "attachments"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _take_in(session: Session, stream: IO[bytes]) -> tuple[str, str, int]:
    """The file durably under its SHA-256: that, its media type, and its size."""
    settings: Settings = current_app.config["SETTINGS"]
    folder = _folder()
    arriving = folder / (_ARRIVING + secrets.token_hex(8))
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with arriving.open("xb") as opened:
            while chunk := stream.read(_CHUNK_BYTES):
                size_bytes += len(chunk)
                if size_bytes > LARGEST_BYTES:
                    raise BadInput(
                        f"the file is larger than {LARGEST_BYTES // 1_000_000} MB; make it smaller",
                        field="file",
                        code="attachment_too_large",
                        most=LARGEST_BYTES // 1_000_000,
                    )
                digest.update(chunk)
                opened.write(chunk)
            opened.flush()
            os.fsync(opened.fileno())
        if size_bytes == 0:
            raise BadInput("the file is empty; choose another one", field="file", code="empty_file")
        media_type = type_of(arriving).media_type
        if not (folder / digest.hexdigest()).exists():
            must_fit_on_disk(settings, 0)  # its bytes lie on the disk already
            must_fit_in_quota(session, settings, size_bytes)
        arriving.replace(folder / digest.hexdigest())
        _sync(folder)
    except OSError as error:
        raise NotPossible(f"the file could not be kept: {error.strerror}", code="store_full") from error
    finally:
        arriving.unlink(missing_ok=True)
    return digest.hexdigest(), media_type, size_bytes


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _note(
    session: Session, attachment: Attachment, action: str, person: Person | None, now: datetime
) -> None:
    accounts.record(
        session,
        action=action,
        subject=f"announcement:{attachment.announcement_id}",
        after={"name": attachment.name, "sha256": attachment.sha256},
        actor=person,
        now=now,
    )
