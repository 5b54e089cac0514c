"""A worker that dies costs the step it was at, never the job; what kills workers is set aside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import jobs, workers
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.jobs import Job

ELSEWHERE = "another-machine/12/1700000000.00"

DIES_AT_WORK = """
import os, signal, sys
from pathlib import Path
from broadcaster import clock, jobs, workers
from broadcaster.app import create_app
from broadcaster.config import Settings
from broadcaster.database import db

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

with create_app(Settings(data=Path(sys.argv[1]))).app_context():
    jobs.run_one(db.session, {"work": die}, clock.now(), workers.this_worker())
"""


def _running(session: Session, worker: str | None, clock) -> Job:
    job = jobs.ask(session, "work", clock.now)
    job.state, job.worker, job.claimed_at, job.seen_at = "running", worker, clock.now, clock.now
    session.commit()
    return job


def test_work_of_a_process_that_is_gone_is_taken_up_at_once(app: APIFlask, settings: Settings, clock) -> None:
    """A real worker, killed outright in the middle of a job; the next one does it."""
    with app.app_context():
        job = jobs.ask(db.session, "work", clock.now)
        db.session.commit()
        ended = subprocess.run(
            [sys.executable, "-c", DIES_AT_WORK, str(settings.data)],
            cwd=Path(__file__).parents[2],
            timeout=120,
            check=False,
        )
        assert ended.returncode == -signal.SIGKILL
        db.session.expire_all()
        assert job.state == "running"
        assert workers.take_back(db.session, clock.now) == 1
        done: list[int] = []
        assert jobs.run_one(db.session, {"work": lambda *_: done.append(1)}, clock.now)
        assert (done, job.state, job.crashes) == ([1], "done", 1)


def test_work_of_a_living_process_is_left_alone(session: Session, clock) -> None:
    """However long it takes: three hours of sound are no crash."""
    _running(session, workers.this_worker(), clock)
    assert workers.take_back(session, clock.advance(hours=5)) == 0


def test_another_machines_worker_is_gone_when_it_was_not_seen_for_a_minute(session: Session, clock) -> None:
    """Its processes cannot be looked at from here; its beat can."""
    job = _running(session, ELSEWHERE, clock)
    assert workers.take_back(session, clock.advance(seconds=50)) == 0
    job.seen_at = clock.now
    session.commit()
    assert workers.take_back(session, clock.advance(seconds=50)) == 0
    assert workers.take_back(session, clock.advance(seconds=11)) == 1
    assert job.state == "waiting"


def test_a_process_id_that_is_used_again_is_another_worker(session: Session, clock) -> None:
    """After a reboot the same number belongs to somebody else."""
    machine = workers.this_worker().partition("/")[0]
    _running(session, f"{machine}/{os.getpid()}/1.00", clock)
    assert workers.take_back(session, clock.now) == 1


def test_a_beat_says_of_this_process_alone_that_it_lives(session: Session, clock) -> None:
    """Nobody speaks for others."""
    mine, others = _running(session, workers.this_worker(), clock), _running(session, ELSEWHERE, clock)
    before = clock.now
    workers.beat(session, clock.advance(seconds=10))
    session.expire_all()
    assert (mine.seen_at, others.seen_at) == (clock.now, before)


def test_what_kills_its_worker_three_times_is_set_aside(app: APIFlask, clock) -> None:
    """Who waits for it is told why; it never takes a fourth worker with it."""
    told: list[str] = []
    app.extensions["job_farewells"] = {"work": lambda _s, _p, why, _n: told.append(why)}
    with app.app_context():
        job = jobs.ask(db.session, "work", clock.now)
        for _ in range(3):
            job.state, job.worker = "running", f"{workers.this_worker().partition('/')[0]}/0/1.00"
            db.session.commit()
            workers.take_back(db.session, clock.advance(minutes=1))
        found = db.session.scalar(select(Job).where(Job.id == job.id))
        assert found is not None
        assert (found.state, told) == ("failed", ["the worker died 3 times on it"])
        assert not jobs.run_one(db.session, {"work": lambda *_: told.append("done")}, clock.advance(days=1))
