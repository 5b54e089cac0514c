"""What commands do to a real disk: a file that is not the one that was checked is not heard."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from hardware.ports import AudioEvent
from hardware.simulated_output import SimulatedOutput
from hardware.system_clock import SystemClock
from schedules.wire.report import Incident
from station_agent.audio_store import AudioStore
from station_agent.capture import Capture
from station_agent.execution import Execution
from station_agent.journal import Journal
from station_agent.planned import Cue
from station_agent.playout import first_state
from station_agent.playout_values import AudioChecked, AudioUnfit, CheckAudio, Event, Play
from station_agent.surface import Surface
from tests.station_agent.documents import NOON, item

SOUND = b"approved sound" * 1000
SHA = hashlib.sha256(SOUND).hexdigest()


def touch_in_place(path: Path) -> None:
    """The same length, the same inode, and the times put back."""
    before = path.stat()
    with path.open("r+b") as file:
        file.write(b"X")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(SOUND.replace(b"a", b"b"))
    other.replace(path)


def truncate(path: Path) -> None:
    path.write_bytes(SOUND[:-1])


def remove(path: Path) -> None:
    path.unlink()


def link_to(path: Path) -> None:
    """As some programs keep a copy: other times, the same bytes."""
    path.with_name("kept").hardlink_to(path)


@pytest.mark.parametrize("meddle", [touch_in_place, replace, truncate, remove, link_to, None])
def test_a_file_changed_between_the_check_and_the_air_is_not_handed_to_the_output(
    tmp_path: Path, meddle: Callable[[Path], None] | None
) -> None:
    """Whatever was done to it; that is told, and one that has other bytes is dropped and fetched again."""
    audio, journal = AudioStore(tmp_path / "audio"), Journal(tmp_path, NOON)
    audio.path(SHA).write_bytes(SOUND)
    told: list[Event] = []
    heard: list[AudioEvent] = []
    clock = SystemClock()
    output = SimulatedOutput(heard.append, clock, lambda _path: 2000)
    surface = Surface(
        clock=clock,
        journal=journal,
        audio=audio,
        output=output,
        relay=None,
        capture=Capture(output, tmp_path),
        put=told.append,
        arm=lambda _at: None,
        aside=lambda act: act(),
        on_report=lambda: None,
    )
    state = first_state(
        running_since=datetime.now(NOON.tzinfo),
        down_reason="not_running",
        has_board=False,
        zone_channels={},
        final=(),
        begun=(),
        owed=(),
    )
    execution = Execution(state, surface)
    sound = item("a/1", 2000, sha256=SHA)
    execution._execute(CheckAudio("a", frozenset({SHA})))
    assert told == [AudioChecked("a", frozenset({SHA}), frozenset())]
    if meddle is not None:
        meddle(audio.path(SHA))
    execution._execute(Play(Cue(sound, NOON), None, 100))
    if meddle is None:
        assert told[1:] == []
        assert journal.unacknowledged() == ()
    else:
        assert told[1:] == [AudioUnfit("a/1")]
        assert audio.has(SHA) == (meddle is link_to)
        (incident,) = journal.unacknowledged()
        assert isinstance(incident, Incident)
        assert (incident.code, incident.subject) == ("audio_refused", SHA)
    output.close()
