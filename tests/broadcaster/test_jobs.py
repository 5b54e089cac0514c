"""Background work: one thing at a time, never twice, and a poison job stops nobody."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import jobs, work
from broadcaster.database import db
from broadcaster.jobs import Job


def test_the_same_work_is_asked_for_once(session: Session, clock) -> None:
    """Ten changes before the worker looks make one new plan, not ten."""
    first = jobs.ask(session, "publish", clock.now)
    assert jobs.ask(session, "publish", clock.now) is first
    assert jobs.ask(session, "publish", clock.now, {"station": "a"}) is not first


def test_work_is_done_and_said_to_be_done(session: Session, clock) -> None:
    """The handler gets the payload; the row keeps the outcome."""
    seen: list[dict[str, Any]] = []
    job = jobs.ask(session, "greet", clock.now, {"name": "Som"})
    session.commit()
    assert jobs.run_pending(session, {"greet": lambda _s, payload, _n: seen.append(payload)}, clock.now) == 1
    assert (seen, job.state, job.tries) == ([{"name": "Som"}], "done", 1)


def test_two_workers_never_do_the_same_thing(app: APIFlask, session: Session, clock) -> None:
    """Both look, one gets it: a job is claimed by a conditional update."""
    for number in range(20):
        jobs.ask(session, "count", clock.now, {"number": number})
    session.commit()
    done: list[int] = []
    both_ready = threading.Barrier(2)

    def worker() -> None:
        with app.app_context():
            both_ready.wait()
            handlers = {"count": lambda _s, payload, _n: done.append(payload["number"])}
            for _ in range(60):
                jobs.run_one(db.session, handlers, clock.now)

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(done) == list(range(20))


def test_a_failing_job_waits_longer_each_time_and_is_set_aside(session: Session, clock) -> None:
    """What it changed is rolled back, its error is kept, others go on."""

    def poison(inner: Session, _payload: dict[str, Any], _now: object) -> None:
        inner.add(Job(kind="leftover", payload={}, asked_at=clock.now, run_after=clock.now))
        inner.flush()
        raise ValueError("no such file")

    job = jobs.ask(session, "poison", clock.now)
    session.commit()
    waits = []
    while job.state != "failed":
        before = clock.now
        assert jobs.run_one(session, {"poison": poison}, clock.now)
        waits.append(job.run_after - before)
        clock.now = job.run_after
    assert len(waits) == jobs.MAX_TRIES
    assert waits == sorted(waits)
    assert job.error == "ValueError: no such file"
    assert not jobs.run_one(session, {"poison": poison}, clock.advance(days=1))
    assert session.scalars(select(Job).where(Job.kind == "leftover")).all() == []


def test_chores_are_asked_for_once_a_period(session: Session, clock) -> None:
    """Plans are looked at daily even when nobody changes anything: their horizon moves."""
    work.ask_for_chores(session, clock.now)
    jobs.run_pending(session, {chore.kind: lambda *_: None for chore in work.CHORES}, clock.now)
    work.ask_for_chores(session, clock.advance(hours=23))
    due = {chore.kind for chore in work.CHORES if chore.every <= timedelta(hours=23)}
    asked_again = session.scalars(select(Job.kind).where(Job.state == "waiting")).all()
    assert sorted(asked_again) == sorted(due)
    assert "publish_plans" not in due
    work.ask_for_chores(session, clock.advance(hours=2))
    assert "publish_plans" in session.scalars(select(Job.kind).where(Job.state == "waiting")).all()


def test_old_done_work_is_forgotten_and_failures_are_kept(session: Session, clock) -> None:
    """The table stays small; what went wrong can still be read."""
    for state in ("done", "failed"):
        job = jobs.ask(session, state, clock.now)
        job.state = state
    jobs.forget_done(session, {}, clock.now + jobs.KEPT_FOR + timedelta(seconds=1))
    assert session.scalars(select(Job.kind)).all() == ["failed"]


@pytest.mark.usefixtures("sqlite_only")
def test_every_chore_has_somebody_who_does_it() -> None:
    """A chore without a handler would wait for ever."""
    assert {chore.kind for chore in work.CHORES} <= set(work.HANDLERS)


def test_the_worker_ends_when_told(app: APIFlask) -> None:
    """And does not wait out its pause."""
    stop = threading.Event()
    thread = threading.Thread(target=work.work_until, args=(app, stop))
    thread.start()
    stop.set()
    jobs.rang.set()
    thread.join(60)
    assert not thread.is_alive()
