"""Which room does which background job, and how they are done as they come."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apiflask import APIFlask
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from broadcaster import clock, jobs, mail, workers
from broadcaster.accounts import pauses
from broadcaster.accounts.origin import act_as_server
from broadcaster.database import db
from broadcaster.fleet.service import publish_plans_job
from broadcaster.jobs import Farewell, Handler
from broadcaster.newsroom import (
    attachments,
    expiry_job,
    ingest_job,
    loose_bytes,
    originals,
    search_index,
    taking_in,
    telling,
)

LOOK_EVERY_S = 1.0
AFTER_TROUBLE_S = 5.0

log = structlog.get_logger(__name__)

HANDLERS: dict[str, Handler] = {
    "forget_done_jobs": jobs.forget_done,
    "publish_plans": publish_plans_job,
    "mend_library": search_index.mend_library,
    "ingest_recording": ingest_job.ingest_recording,
    "ingest_jingle": ingest_job.ingest_jingle,
    "take_in_uploads": taking_in.take_in_all,
    "forget_loose_bytes": loose_bytes.forget_loose_bytes,
    "forget_what_was_set_aside": originals.forget_what_was_set_aside,
    "forget_removed_attachments": attachments.forget_removed,
    "tell_people": telling.tell_people,
    "expire_recordings": expiry_job.expire,
    "send_letter": mail.send_letter,
    "forget_letters": mail.forget_letters,
    "forget_sign_ins": pauses.forget_old,
}

FAREWELLS: dict[str, Farewell] = {
    "ingest_recording": ingest_job.give_up_recording,
    "ingest_jingle": ingest_job.give_up_jingle,
    "send_letter": mail.set_aside,
}


@dataclass(frozen=True)
class Chore:
    """A job that is asked for again and again."""

    kind: str
    every: timedelta


CHORES = (
    Chore("publish_plans", timedelta(days=1)),
    Chore("forget_done_jobs", timedelta(days=1)),
    Chore("forget_sign_ins", timedelta(days=1)),
    Chore("mend_library", timedelta(days=1)),
    Chore("forget_what_was_set_aside", timedelta(days=1)),
    Chore("forget_removed_attachments", timedelta(days=1)),
    Chore("forget_loose_bytes", timedelta(hours=1)),
    Chore("take_in_uploads", timedelta(hours=1)),
    Chore("forget_letters", timedelta(days=1)),
    Chore("expire_recordings", timedelta(hours=1)),
    Chore("tell_people", timedelta(hours=1)),
)


def ask_for_chores(session: Session, now: datetime) -> None:
    """Ask for every chore that was not asked for within its period."""
    for chore in CHORES:
        if not jobs.asked_since(session, chore.kind, now - chore.every):
            jobs.ask(session, chore.kind, now)
    session.commit()


SLOW = frozenset({"ingest_recording", "ingest_jingle"})
LANES: tuple[Mapping[str, Handler], ...] = (
    {kind: handler for kind, handler in HANDLERS.items() if kind not in SLOW | jobs.LEFT_TO_THE_WORKER},
    {kind: handler for kind, handler in HANDLERS.items() if kind in SLOW},
    {kind: handler for kind, handler in HANDLERS.items() if kind in jobs.LEFT_TO_THE_WORKER},
)
"""A thread does each: a plan never waits for somebody's three-hour upload, or for a mail server far away."""


def work_until(app: APIFlask, stop: threading.Event, handlers: Mapping[str, Handler] = HANDLERS) -> None:
    """Do jobs as they come, until `stop` is set. What stops one job or one look does not stop the worker."""
    while not stop.is_set():
        pause_s = LOOK_EVERY_S
        try:
            with app.app_context():
                act_as_server()
                now = clock.now()
                ask_for_chores(db.session, now)
                jobs.run_pending(db.session, handlers, now, worker=workers.this_worker())
        except SQLAlchemyError as error:  # the database is away or busy: it may come back
            log.warning("worker_waits", error=" ".join(str(error).split())[:300])
            pause_s = AFTER_TROUBLE_S
        jobs.rang.wait(pause_s)
        jobs.rang.clear()
