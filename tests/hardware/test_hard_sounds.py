"""Files no plan should hold, and files that change while they are heard: each ends in exactly one state, and
the next item begins at its own instant. Real VLC, into a capture.
"""

import os
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hardware import CapturingOutput, Failed, Finished, PlayRequest, Started
from tests.hardware.conftest import Inbox
from tests.standing_still import Witness

NEXT_AFTER = timedelta(seconds=2)
EXACT_S = 0.005
AHEAD = timedelta(seconds=2)
"""Before what begins then was asked for."""


def _cut_to(part: float) -> Callable[[Path, Path], None]:
    def make(speech: Path, target: Path) -> None:
        whole = speech.read_bytes()
        target.write_bytes(whole[: round(len(whole) * part)])

    return make


def _garbled(speech: Path, target: Path) -> None:
    whole = bytearray(speech.read_bytes())
    whole[len(whole) // 2 : len(whole) // 2 + 400] = bytes(range(200)) * 2
    target.write_bytes(whole)


def _without_a_sample(_speech: Path, target: Path) -> None:
    silence = ("-f", "lavfi", "-i", "anullsrc=r=48000:cl=mono", "-t", "0", "-c:a", "libopus")
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *silence, str(target)], check=True, timeout=60)


HARD: dict[str, Callable[[Path, Path], None]] = {
    "of no byte": _cut_to(0),
    "of a header alone": lambda speech, target: target.write_bytes(speech.read_bytes()[:300]),
    "of no sample": _without_a_sample,
    "text": lambda _, target: target.write_bytes(b"The assembly meets at seven.\n" * 200),
    "cut in half": _cut_to(0.5),
    "garbled inside": _garbled,
    "gone": lambda _speech, _target: None,
}


@pytest.fixture
def output(inbox: Inbox) -> Iterator[CapturingOutput]:
    line = CapturingOutput(inbox.put)
    line.warm_up()
    yield line
    line.close()


def _then_the_next(output: CapturingOutput, inbox: Inbox, tone: Path, at: datetime) -> list[Any]:
    """Hand the next one over as playout does; everything told until it has ended."""
    output.play(PlayRequest("next", tone, not_before=at))
    inbox.wait_for(lambda event: isinstance(event, Finished | Failed) and event.key == "next")
    return inbox.drain()


def _ends(told: list[Any], key: str) -> list[Any]:
    return [event for event in told if isinstance(event, Finished | Failed) and event.key == key]


def _begins_in_time(told: list[Any], at: datetime, machine: Witness) -> None:
    (started,) = [event for event in told if isinstance(event, Started) and event.key == "next"]
    exact_s = EXACT_S + machine.stood_still_s(at - AHEAD, started.first_sample_at)
    assert abs((started.first_sample_at - at).total_seconds()) <= exact_s
    (ended,) = _ends(told, "next")
    assert isinstance(ended, Finished)
    assert not ended.cut


@pytest.mark.parametrize("kind", HARD)
def test_a_hard_file_ends_once_and_the_next_item_is_in_time(
    output: CapturingOutput,
    inbox: Inbox,
    speech: Path,
    tone: Path,
    tmp_path: Path,
    machine: Witness,
    kind: str,
) -> None:
    """Though its hash may be right: somebody approved it so."""
    hard = tmp_path / "hard.webm"
    HARD[kind](speech, hard)
    begins = datetime.now(UTC) + timedelta(seconds=0.5)
    output.play(PlayRequest("hard", hard, not_before=begins))
    time.sleep(0.9)
    told = _then_the_next(output, inbox, tone, begins + NEXT_AFTER)
    (ended,) = _ends(told, "hard")
    if kind in ("cut in half", "garbled inside"):
        assert isinstance(ended, Finished)
        assert 0 < ended.played_ms < NEXT_AFTER / timedelta(milliseconds=1) + 10
    else:
        assert isinstance(ended, Failed)
        assert ended.played_ms == 0
        assert "hard.webm" in ended.message
        assert ("not there" in ended.message) == (kind == "gone")
    _begins_in_time(told, begins + NEXT_AFTER, machine)


def _emptied(playing: Path, _other: Path) -> None:
    os.truncate(playing, 0)


def _replaced(playing: Path, other: Path) -> None:
    fresh = playing.with_suffix(".part")
    fresh.write_bytes(other.read_bytes())
    fresh.replace(playing)


def _overwritten(playing: Path, other: Path) -> None:
    playing.write_bytes(other.read_bytes())


@pytest.mark.parametrize("act", [lambda playing, _: playing.unlink(), _replaced, _overwritten, _emptied])
def test_a_file_that_changes_while_it_is_heard_ends_once_and_the_next_item_is_in_time(
    output: CapturingOutput,
    inbox: Inbox,
    speech: Path,
    tone: Path,
    tmp_path: Path,
    machine: Witness,
    act: Callable[[Path, Path], None],
) -> None:
    """Removed, replaced, written over, emptied: what was heard of it is told, and nothing hangs."""
    playing = tmp_path / "playing.webm"
    playing.write_bytes(speech.read_bytes())
    begins = datetime.now(UTC) + timedelta(seconds=0.5)
    output.play(PlayRequest("playing", playing, not_before=begins))
    inbox.wait_for(lambda event: isinstance(event, Started))
    act(playing, tone)
    told = _then_the_next(output, inbox, tone, begins + NEXT_AFTER)
    (ended,) = _ends(told, "playing")
    assert ended.played_ms > 0
    assert ended.played_ms <= NEXT_AFTER / timedelta(milliseconds=1) + 350
    _begins_in_time(told, begins + NEXT_AFTER, machine)
