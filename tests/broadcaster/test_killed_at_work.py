"""A server or a worker that is killed outright in the middle of its work: the next one ends it, once."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcaster import clock as clocks
from broadcaster import jobs, work, workers
from broadcaster.config import Settings
from broadcaster.fleet import service as fleet
from broadcaster.fleet.models import PublishedPlan, Station
from broadcaster.jobs import Job
from broadcaster.newsroom import service
from broadcaster.newsroom.audio_in import upload_folder
from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.sound import IngestState
from broadcaster.newsroom.uploads import KEPT
from broadcaster.places.models import Place
from tests.broadcaster.village import VILLAGES, announce, daily_slot, make_places

ROOT = Path(__file__).parents[2]
STATIONS = 120
PATIENCE_S = 300.0
WORKS = """
import sys
from pathlib import Path
from broadcaster import clock, jobs, work, workers
from broadcaster.app import create_app
from broadcaster.config import DatabaseSettings, Settings
from broadcaster.database import db

settings = Settings(data=Path(sys.argv[1]), database=DatabaseSettings(url=sys.argv[2]))
with create_app(settings).app_context():
    while jobs.run_one(db.session, work.HANDLERS, clock.now(), workers.this_worker()):
        pass
"""


@contextlib.contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python of its own, killed at the end if nothing else ended it."""
    process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait(60)


def until(holds: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Look often; fail when it does not come to hold, or the process ends before."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < end, "not in time"
        assert process.poll() is None, "the process ended too early"
        time.sleep(0.01)


def kill(process: subprocess.Popen[bytes]) -> None:
    """As the system does when memory ends, or as a power cut."""
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait(60) == -signal.SIGKILL


@pytest.mark.usefixtures("sqlite_only")
def test_a_server_killed_while_it_publishes_goes_on_where_it_was(
    session: Session, settings: Settings
) -> None:
    """Every station has its plan in the end; each serial once, without a gap, the one its plan says."""
    now = datetime.now(UTC)
    make_places(session)
    for number in range(STATIONS):
        village = session.get_one(Place, list(VILLAGES)[number % len(VILLAGES)])
        fleet.create_station(session, village, fleet.DEFAULT_ZONES, now)
    daily_slot(session, announce(session, "Vaccination day", ["lo"], now), now)
    session.commit()

    def plans() -> int:
        session.rollback()
        return session.scalar(select(func.count()).select_from(PublishedPlan)) or 0

    def idle() -> bool:
        session.rollback()
        job = session.scalars(select(Job).where(Job.kind == "publish_plans")).first()
        return plans() >= STATIONS and job is not None and job.state == "done"

    serve = (
        "-c",
        "from broadcaster.cli import main; main()",
        "--data",
        str(settings.data),
        "serve",
        "--port",
        "0",
    )
    with running(*serve) as server:
        until(lambda: plans() > 0, server)
        kill(server)
    there = plans()
    assert 0 < there < STATIONS, "it was killed in the middle"
    with running(*serve) as server:
        until(idle, server)
    session.expire_all()
    for station in session.scalars(select(Station)):
        kept = session.scalars(select(PublishedPlan).where(PublishedPlan.station_id == station.id)).all()
        serials = sorted(one.serial for one in kept)
        assert serials == list(range(1, station.published_serial + 1)), station.id
        assert [fleet.plan_of(one).serial for one in kept] == [one.serial for one in kept]
    interrupted = session.scalars(select(Job).where(Job.kind == "publish_plans")).first()
    assert interrupted is not None
    assert interrupted.crashes == 1


def test_a_worker_killed_while_it_prepares_a_recording_leaves_it_to_the_next(
    app: APIFlask, session: Session, settings: Settings, tmp_path: Path
) -> None:
    """On both databases: prepared once, its bytes stored once, nothing half-made left."""
    source = tmp_path / "speech.wav"
    tone = "sine=frequency=330:duration=300"
    subprocess.run(
        ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", tone, str(source)], check=True, timeout=120
    )
    (upload_folder(settings) / f"{KEPT}one").write_bytes(source.read_bytes())
    now = clocks.now()
    about = service.create_announcement(session, "Land law", "law_orientation", None, now)
    number = service.receive_recording(session, about, "lo", f"{KEPT}one", "voice.wav", None, now).id
    session.commit()

    def at_work() -> bool:
        session.rollback()
        found = session.get_one(Recording, number, populate_existing=True)
        return found.ingest is IngestState.WORKING and found.progress > 0

    with running("-c", WORKS, str(settings.data), settings.database.url) as worker:
        until(at_work, worker)
        kill(worker)
    session.rollback()
    interrupted = session.scalars(select(Job).where(Job.kind == "ingest_recording")).one()
    assert interrupted.state == "running", "it was killed in the middle"
    assert workers.take_back(session, now) == 1
    jobs.run_pending(session, work.HANDLERS, now)
    session.expire_all()
    made = session.get_one(Recording, number)
    assert (made.ingest, made.state, interrupted.state, interrupted.crashes) == (
        IngestState.DONE,
        "draft",
        "done",
        1,
    )
    stored = [file.name for file in Path(settings.audio_store).rglob("*") if file.is_file()]
    assert len(stored) == 1, stored
    app.extensions["audio_store"].verify(made.sha256)
    assert not list(upload_folder(settings).iterdir())
