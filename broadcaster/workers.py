"""Who does a job: a process, named so that others can tell when it is gone.

A worker of this machine is gone when its process is; one of another machine when it has not been seen for
`LOST_AFTER`. Its work is then taken up again at once: a crash or a power cut costs the step, not the job.
"""

from __future__ import annotations

import functools
import socket
import threading
from datetime import datetime, timedelta

import psutil
import structlog
from apiflask import APIFlask
from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from broadcaster import clock
from broadcaster.database import db
from broadcaster.jobs import Job, give_up

BEAT_EVERY_S = 10.0
LOST_AFTER = timedelta(seconds=60)
MOST_CRASHES = 3

log = structlog.get_logger(__name__)


@functools.cache
def this_worker() -> str:
    """This process's name: machine, process id and when it began, since ids are used again."""
    me = psutil.Process()
    return f"{socket.gethostname()[:100]}/{me.pid}/{me.create_time():.2f}"


def is_gone(worker: str, last_seen: datetime, now: datetime) -> bool:
    """Whether a worker will not come back to its job."""
    machine, _, process = worker.rpartition("/")[0].rpartition("/")
    began = worker.rpartition("/")[2]
    if machine != socket.gethostname()[:100]:
        return now - last_seen > LOST_AFTER
    try:
        return f"{psutil.Process(int(process)).create_time():.2f}" != began
    except (psutil.Error, ValueError):
        return True


def beat(session: Session, now: datetime) -> None:
    """Say of the jobs of this process that somebody is at them."""
    session.execute(
        update(Job).where(Job.state == "running", Job.worker == this_worker()).values(seen_at=now)
    )
    session.commit()


def take_back(session: Session, now: datetime) -> int:
    """Put jobs of workers that are gone back in the queue; how many. Commits.

    One whose workers died `MOST_CRASHES` times is set aside: it may be what kills them.
    """
    taken = 0
    for job in session.scalars(select(Job).where(Job.state == "running", Job.worker.is_not(None))).all():
        if not is_gone(job.worker or "", job.seen_at or job.claimed_at or job.asked_at, now):
            continue
        crashed = Job.crashes + 1
        changed = session.execute(
            update(Job)
            .where(Job.id == job.id, Job.state == "running", Job.worker == job.worker)
            .values(state="waiting", worker=None, run_after=now, crashes=crashed)
        )
        if changed.rowcount == 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
            taken += 1
            session.refresh(job)
            log.warning("job_taken_up_again", kind=job.kind, job=job.id, crashes=job.crashes)
            if job.crashes >= MOST_CRASHES:
                give_up(session, job, f"the worker died {job.crashes} times on it", now)
    session.commit()
    return taken


def beat_until(app: APIFlask, stop: threading.Event) -> None:
    """Beat and look after the dead until told to end: a thread of every long-running worker."""
    while True:
        try:
            with app.app_context():
                take_back(db.session, clock.now())
                beat(db.session, clock.now())
        except SQLAlchemyError as error:  # the database is away or busy: it may come back
            log.warning("worker_not_seen", error=" ".join(str(error).split())[:300])
        if stop.wait(BEAT_EVERY_S):
            return
