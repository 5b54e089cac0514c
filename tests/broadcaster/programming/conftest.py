"""The newsroom's sounds and places are this room's too; and what is scheduled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from broadcaster.newsroom import service as newsroom
from content_library import AudioStore
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.conftest import do_jobs, make_places, run, sounds, store, stored
from tests.broadcaster.programming.stations import make_station

__all__ = ["do_jobs", "run", "sounds", "store", "stored"]


@pytest.fixture
def approved(
    session: Session, store: AudioStore, sounds: Callable[..., Path], clock: FixedClock
) -> newsroom.Recording:
    """ "Land law" in Lao, approved; and three villages, the first with a station."""
    make_places(session)
    make_station(session, "V1", clock.now)
    about = newsroom.create_announcement(session, "Land law", "law_orientation", None, clock.now)
    recording = newsroom.add_recording(session, store, about, "lo", sounds(330), "a.wav", None, clock.now)
    newsroom.submit_recording(session, recording, None, clock.now)
    newsroom.approve_recording(session, recording, None, recording.sha256 or "", clock.now)
    session.commit()
    return recording
