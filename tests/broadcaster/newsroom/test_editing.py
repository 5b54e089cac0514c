"""Trim, fades and gains make a new version from the original; earlier versions stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.errors import BadInput, NotPossible
from broadcaster.newsroom import editing, originals, service
from broadcaster.newsroom.sound import IngestState
from content_library import Edit, SectionGain
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.test_originals import bring, work_on


@pytest.fixture
def recording(
    session: Session, settings: Settings, clock: FixedClock, sounds: Callable[..., Path]
) -> service.Recording:
    """Four seconds, broadcast-ready."""
    found = bring(session, settings, sounds(440, 4.0).read_bytes(), clock)
    work_on(session, clock)
    return found


def test_saving_an_edit_makes_a_new_version_and_the_old_one_stays(
    session: Session, recording: service.Recording, clock: FixedClock
) -> None:
    """The new one is a draft that must be approved like any other; its texts come along."""
    recording.transcript, before = "Every household.", recording.sha256
    version = editing.edited_version(session, recording, Edit(1000, 3000, 200, 200), None, clock.now)
    session.commit()
    work_on(session, clock)
    assert (version.version, version.state, version.duration_ms) == (2, "draft", 2000)
    assert (recording.version, recording.sha256, recording.duration_ms) == (1, before, 4000)
    assert version.transcript == "Every household."
    assert version.source_sha256 == recording.source_sha256


def test_an_edited_version_is_edited_again_from_the_whole_recording(
    session: Session, recording: service.Recording, clock: FixedClock
) -> None:
    """Nothing is lost by cutting: what was cut off can be brought back."""
    short = editing.edited_version(session, recording, Edit(start_ms=3000), None, clock.now)
    session.commit()
    work_on(session, clock)
    longer = editing.edited_version(session, short, Edit(start_ms=1000), None, clock.now)
    session.commit()
    work_on(session, clock)
    assert (short.duration_ms, longer.duration_ms) == (1000, 3000)
    assert editing.whole_version(longer) is recording


def test_without_its_original_it_is_made_from_the_broadcast_copy(
    session: Session, recording: service.Recording, clock: FixedClock
) -> None:
    """Recordings from before originals were kept can be edited too."""
    originals.forget_original(session, recording, clock.now)
    version = editing.edited_version(session, recording, Edit(end_ms=2500), None, clock.now)
    session.commit()
    work_on(session, clock)
    assert (version.ingest, version.duration_ms) == (IngestState.DONE, 2500)


def test_an_edit_that_changes_nothing_makes_no_version(
    session: Session, recording: service.Recording, clock: FixedClock
) -> None:
    """An end beyond the recording's own is none, and a gain of nothing neither."""
    for nothing in (Edit(), Edit(end_ms=9000), Edit(sections=(SectionGain(0, 500, 0.0),))):
        with pytest.raises(NotPossible, match="nothing was changed"):
            editing.edited_version(session, recording, nothing, None, clock.now)
    with pytest.raises(BadInput, match="after the end"):
        editing.edited_version(session, recording, Edit(start_ms=5000), None, clock.now)
