"""Work that need not be done while somebody waits: one table, claimed race-safely, one thing at a time.

A job is claimed by a conditional update, so several workers never run it twice. One that fails is pushed
back with its error; after `MAX_TRIES` it is set aside, and who asked is told. Handlers live in the rooms and
are named in `work.py`; `workers.py` takes back what a worker that died was at.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import Flask, current_app, has_app_context
from sqlalchemy import JSON, String, Text, delete, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from broadcaster.database import Base, UtcDateTime

MAX_TRIES = 5
KEPT_FOR = timedelta(days=30)

Handler = Callable[[Session, dict[str, Any], datetime], None]
Farewell = Callable[[Session, dict[str, Any], str, datetime], None]
"""Told when a job is set aside for good, with why: what waits for it must not wait for ever."""

log = structlog.get_logger(__name__)
LEFT_TO_THE_WORKER = frozenset({"send_letter"})
"""Kinds that wait for machines elsewhere: a command does not do them on its way."""

rang = threading.Event()
"""Set when a job was added in this process, so that its worker need not wait for the next look."""


def handlers(app: Flask) -> Mapping[str, Handler]:
    """The handlers that `create_app` gave this application, by kind of job."""
    found: Mapping[str, Handler] = app.extensions["job_handlers"]
    return found


def farewells(app: Flask) -> Mapping[str, Farewell]:
    """Who is told when a job is given up, by kind of job."""
    found: Mapping[str, Farewell] = app.extensions.get("job_farewells", {})
    return found


class Job(Base):
    """One thing to do. `state`: waiting, running, done, failed. `worker` names who is at it."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="waiting", index=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str | None] = mapped_column(String(160))
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0, server_default="0")
    error: Mapped[str | None] = mapped_column(Text)


def ask(session: Session, kind: str, now: datetime, payload: dict[str, Any] | None = None) -> Job:
    """Add a job in the caller's transaction. A waiting one of the same kind and payload is not doubled."""
    wanted = payload or {}
    waiting = session.scalars(select(Job).where(Job.kind == kind, Job.state == "waiting")).all()
    for job in waiting:
        if job.payload == wanted:
            return job
    job = Job(kind=kind, payload=wanted, asked_at=now, run_after=now)
    session.add(job)
    session.flush()
    rang.set()
    return job


def run_one(
    session: Session, handlers: Mapping[str, Handler], now: datetime, worker: str | None = None
) -> bool:
    """Claim and do one job; True if there was one, so that the caller asks again.

    `worker` names the process, so that others take the job up again when it dies.
    """
    job = _claim(session, list(handlers), now, worker)
    if job is None:
        return False
    try:
        handlers[job.kind](session, dict(job.payload), now)
        job.state = "done"
        job.error = None
        session.commit()
    except Exception as error:  # noqa: BLE001 - the edge of the runner: a poison job must not stop the others
        session.rollback()
        _push_back(session, job.id, error, now)
    return True


def run_pending(
    session: Session,
    handlers: Mapping[str, Handler],
    now: datetime,
    most: int = 100,
    worker: str | None = None,
) -> int:
    """Do what waits, at most `most` jobs; how many were done."""
    done = 0
    while done < most and run_one(session, handlers, now, worker):
        done += 1
    return done


def asked_since(session: Session, kind: str, since: datetime) -> bool:
    """Whether a job of this kind was asked for after the instant, or still waits."""
    query = select(Job.id).where(Job.kind == kind, or_(Job.asked_at > since, Job.state == "waiting")).limit(1)
    return session.scalar(query) is not None


def forget_done(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """A handler: remove what was done a month ago, so that the table stays small. Failures stay."""
    session.execute(delete(Job).where(Job.state == "done", Job.asked_at < now - KEPT_FOR))


def give_up(session: Session, job: Job, why: str, now: datetime) -> None:
    """Set a job aside for good and tell whom it concerns. In the caller's transaction."""
    job.state = "failed"
    job.error = job.error or why
    log.error("job_given_up", kind=job.kind, job=job.id, why=why)
    farewell = farewells(current_app).get(job.kind) if has_app_context() else None
    if farewell is not None:
        farewell(session, dict(job.payload), why, now)


def _claim(session: Session, kinds: list[str], now: datetime, worker: str | None) -> Job | None:
    candidate = session.scalar(
        select(Job.id)
        .where(Job.state == "waiting", Job.run_after <= now, Job.kind.in_(kinds))
        .order_by(Job.run_after, Job.id)
        .limit(1)
    )
    if candidate is None:
        session.commit()
        return None
    taken = session.execute(
        update(Job)
        .where(Job.id == candidate, Job.state == "waiting")
        .values(state="running", claimed_at=now, seen_at=now, worker=worker, tries=Job.tries + 1)
    )
    session.commit()
    if taken.rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
        return None
    return session.get(Job, candidate, populate_existing=True)


def _push_back(session: Session, job_id: int, error: Exception, now: datetime) -> None:
    job = session.get(Job, job_id, populate_existing=True)
    if job is None:
        return
    job.error = f"{type(error).__name__}: {error}"[:2000]
    job.state = "waiting"
    job.worker = None
    job.run_after = now + timedelta(seconds=10 * 4**job.tries)
    if job.tries >= MAX_TRIES:
        give_up(session, job, f"it failed {job.tries} times", now)
    session.commit()
    log.error("job_failed", kind=job.kind, job=job.id, tries=job.tries, state=job.state, error=job.error)
