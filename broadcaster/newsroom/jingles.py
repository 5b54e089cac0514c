"""Jingles: chimes and signature tunes, audio without a language."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import jobs
from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import NotPossible, NotThere
from broadcaster.newsroom.announcements import clean_title
from broadcaster.newsroom.audio_in import make_broadcast_ready
from broadcaster.newsroom.loose_bytes import held_audio
from broadcaster.newsroom.models import Jingle
from broadcaster.newsroom.recordings import GONE
from broadcaster.newsroom.sound import IngestState
from content_library import AudioStore, BroadcastAudio, IngestLimits
from content_library.chime import write_chime
from content_library.naming import display_name

CHIME_TITLE = "Chime"


def add_jingle(
    session: Session,
    store: AudioStore,
    title: str,
    source: Path,
    original_name: str,
    author: Person | None,
    now: datetime,
    *,
    limits: IngestLimits | None = None,
) -> Jingle:
    """Ingest a file now and keep it as a draft jingle. Nothing is left behind when it is refused."""
    wanted = clean_title(title)
    audio = held_audio(session, store, lambda: make_broadcast_ready(source, store, limits=limits))
    return attach_jingle(session, wanted, audio, original_name, author, now)


def add_chime(session: Session, store: AudioStore, author: Person | None, now: datetime) -> Jingle:
    """The synthesised chime as a draft; the one that is there already, where it is."""
    with tempfile.TemporaryDirectory(prefix="chime-") as folder:
        file = Path(folder) / "chime.wav"
        write_chime(file)
        audio = held_audio(session, store, lambda: make_broadcast_ready(file, store))
    there = _same_audio(session, audio.sha256)
    if there is not None:
        return there
    return attach_jingle(session, CHIME_TITLE, audio, "chime.wav", author, now)


def attach_jingle(
    session: Session,
    title: str,
    audio: BroadcastAudio,
    original_name: str,
    author: Person | None,
    now: datetime,
) -> Jingle:
    """A draft jingle from audio that is in the store already. `NotPossible` when this very audio is there."""
    refuse_identical_jingle(session, audio.sha256)
    jingle = _new(session, title, original_name, author, now)
    jingle.take_audio(audio)
    session.flush()
    note_jingle_added(session, jingle, author, now)
    return jingle


def receive_jingle(
    session: Session, title: str, upload: str, original_name: str, author: Person | None, now: datetime
) -> Jingle:
    """A jingle whose upload lies in the upload folder under `upload`; a job makes it broadcast-ready."""
    jingle = _new(session, title, original_name, author, now)
    jingle.ingest = IngestState.WAITING
    jingle.upload = upload
    session.flush()
    jobs.ask(session, "ingest_jingle", now, {"jingle": jingle.id})
    return jingle


def jingle(session: Session, jingle_id: int) -> Jingle:
    """One jingle; `NotThere` if it does not exist."""
    found = session.get(Jingle, jingle_id)
    if found is None:
        raise NotThere(
            f"there is no jingle {jingle_id}; `jingle list` shows what there is",
            code="jingle_not_there",
            jingle=jingle_id,
        )
    return found


def jingles(session: Session, *, on_air_ready: bool = False) -> list[Jingle]:
    """By title; optionally only those that may air."""
    found = session.scalars(select(Jingle).order_by(Jingle.title, Jingle.id))
    return [one for one in found if one.is_on_air_ready or not on_air_ready]


def refuse_identical_jingle(session: Session, sha256: str, but: int | None = None) -> None:
    """`NotPossible` when this very audio is a jingle already."""
    same = _same_audio(session, sha256, but)
    if same is not None:
        raise NotPossible(
            f"this very audio is already there as jingle {same.id} ({same.title}); nothing was added",
            code="identical_audio",
            recording=same.id,
            name=same.title,
        )


def note_jingle_added(session: Session, jingle: Jingle, author: Person | None, now: datetime) -> None:
    """Write into the audit trail that a jingle has its audio."""
    accounts.record(
        session,
        action="jingle.added",
        subject=jingle.subject,
        after={"title": jingle.title, "sha256": jingle.sha256},
        actor=author,
        now=now,
    )


def _same_audio(session: Session, sha256: str, but: int | None = None) -> Jingle | None:
    return session.scalar(
        select(Jingle)
        .where(Jingle.sha256 == sha256, Jingle.state.not_in(GONE), Jingle.id != (but or 0))
        .order_by(Jingle.id)
    )


def _new(session: Session, title: str, original_name: str, author: Person | None, now: datetime) -> Jingle:
    jingle = Jingle(
        title=clean_title(title), original_name=display_name(original_name), created_by=author, created_at=now
    )
    session.add(jingle)
    return jingle
