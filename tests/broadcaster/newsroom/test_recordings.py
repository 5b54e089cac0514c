"""Announcements and recordings, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from broadcaster.errors import BadInput, NotPossible, NotThere
from broadcaster.newsroom import service
from broadcaster.newsroom.matrix import language_lines
from broadcaster.places import service as places
from content_library import AudioStore, SourceError
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.audio import ready_audio
from tests.broadcaster.newsroom.conftest import make_places


def test_a_file_becomes_a_draft_with_its_figures(
    session: Session, store: AudioStore, sounds: Callable[..., Path], clock: FixedClock
) -> None:
    """What is measured is what is stored; the file's own name is only shown."""
    about = service.create_announcement(session, "Rice", "market", None, clock.now)
    recording = service.add_recording(
        session, store, about, "KUF", sounds(440), "../../etc/\u202etalk.wav", None, clock.now
    )
    assert recording.state == "draft"
    assert recording.language == "kuf"
    assert store.exists(recording.sha256 or "")
    assert recording.size_bytes == store.size_bytes(recording.sha256 or "")
    assert abs((recording.duration_ms or 0) - 1000) <= 1
    assert recording.true_peak_dbtp is not None
    assert recording.true_peak_dbtp <= -1.5
    assert len(recording.peaks) > 100
    assert "/" not in recording.original_name
    assert "\u202e" not in recording.original_name


def test_identical_audio_in_one_language_is_told_and_not_added_twice(
    session: Session, clock: FixedClock
) -> None:
    """The same bytes in another language, or after a withdrawal, are another matter."""
    about = service.create_announcement(session, "Rice", "market", None, clock.now)
    service.attach_recording(session, about, "lo", ready_audio("a"), "a.wav", None, clock.now)
    with pytest.raises(NotPossible, match="there already as recording 1"):
        service.attach_recording(session, about, "lo", ready_audio("a"), "b.wav", None, clock.now)
    service.attach_recording(session, about, "tdf", ready_audio("a"), "a.wav", None, clock.now)
    assert len(about.recordings) == 2


def test_a_language_that_does_not_exist_is_refused_before_any_work(
    session: Session, store: AudioStore, tmp_path: Path, clock: FixedClock
) -> None:
    """`kuy` looks like Kuy but is another language, so the table does not have it."""
    about = service.create_announcement(session, "Rice", "market", None, clock.now)
    with pytest.raises(BadInput, match="unknown language 'kuy'") as refused:
        service.add_recording(session, store, about, "kuy", tmp_path / "no.wav", "no.wav", None, clock.now)
    assert refused.value.field == "language"


def test_a_bad_file_leaves_no_recording_and_nothing_in_the_store(
    session: Session,
    store: AudioStore,
    stored: Callable[[], list[str]],
    tmp_path: Path,
    clock: FixedClock,
) -> None:
    """Text that calls itself WAV."""
    about = service.create_announcement(session, "Rice", "market", None, clock.now)
    (tmp_path / "talk.wav").write_text("this is not sound")
    with pytest.raises(SourceError):
        service.add_recording(session, store, about, "lo", tmp_path / "talk.wav", "talk.wav", None, clock.now)
    assert about.recordings == []
    assert stored() == []


def test_languages_that_villages_need_and_nobody_recorded_are_missing(
    session: Session, clock: FixedClock
) -> None:
    """Most needed first, with how many villages and people."""
    make_places(session)
    about = service.create_announcement(session, "Rice", "market", None, clock.now)
    service.attach_recording(session, about, "kuf", ready_audio("a"), "a.wav", None, clock.now)
    needs = service.language_needs(places.villages(session))
    lines = language_lines(about, needs)
    assert [(line.language, line.is_missing) for line in lines] == [("tdf", True), ("kuf", False)]
    assert (lines[0].need.villages, lines[0].need.people) == (2, 800)


def test_announcements_are_found_by_title_kind_and_state(session: Session, clock: FixedClock) -> None:
    """A search takes signs literally: % and _ are no jokers."""
    rice = service.create_announcement(session, "Rice 100% up", "market", None, clock.now)
    land = service.create_announcement(session, "ກົດໝາຍ ທີ່ດິນ", "law_orientation", None, clock.now)
    service.attach_recording(session, land, "lo", ready_audio("a"), "a.wav", None, clock.now)
    assert service.announcements(session) == [land, rice]
    assert service.announcements(session, search="100%") == [rice]
    assert service.announcements(session, search="1_0") == []
    assert service.announcements(session, search="ທີ່ດິນ") == [land]
    assert service.announcements(session, kind="market") == [rice]
    assert service.announcements(session, state="draft") == [land]
    with pytest.raises(NotThere):
        service.announcement(session, 99)


@given(title=st.text(min_size=1, max_size=400))
def test_a_title_is_one_visible_line_or_refused(title: str) -> None:
    """Control and format characters never reach a page, a plan or a log."""
    try:
        words = service.clean_title(title)
    except BadInput:
        return
    assert 1 <= len(words) <= 300
    assert words == words.strip()
    assert words.isprintable()
    assert service.clean_title(words) == words


def test_the_chime_is_made_once(
    session: Session, store: AudioStore, clock: FixedClock, stored: Callable[[], list[str]]
) -> None:
    """Asked for again, the same one is given."""
    chime = service.add_chime(session, store, None, clock.now)
    assert service.add_chime(session, store, None, clock.now) is chime
    assert service.jingles(session) == [chime]
    assert service.jingles(session, on_air_ready=True) == []
    assert stored() == [chime.sha256]
