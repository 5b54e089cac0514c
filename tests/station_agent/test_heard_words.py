"""What the microphone said can be asked for while the agent runs, as words and as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from station_agent.heard_words import KEPT, HeardWord, HeardWords
from station_agent.likeness import Heard
from station_agent.live_state import LiveFile, describe, read_live
from station_agent.status_words import in_words
from tests.station_agent.surroundings import around
from tests.station_agent.village_simulator import Village

AT = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def word(number: int, *, heard: bool = True) -> HeardWord:
    return HeardWord(f"news/{number}", f"News {number}", AT, Heard(heard, 0.91 if heard else 0.1, -31.5, 180))


def test_the_last_words_are_kept_newest_first() -> None:
    """A day's worth at most: the journal has the grade of all of them."""
    words = HeardWords()
    for number in range(KEPT + 5):
        words.keep(word(number))
    kept = [one.item for one in words.newest_first()]
    assert kept == [f"news/{number}" for number in reversed(range(5, KEPT + 5))]


@pytest.mark.parametrize(("heard", "said"), [(True, "heard News 2"), (False, "NOT heard News 2")])
def test_status_tells_grade_and_level_of_each_item(tmp_path: Path, heard: bool, said: str) -> None:
    """In the file that `status` prints, with what it was and when it began."""
    LiveFile(tmp_path).write(describe(Village().state, around((word(2, heard=heard), word(1))), AT), AT)
    live = read_live(tmp_path, AT)
    assert live is not None
    newest, before = json.loads(json.dumps(live))["heard"]
    assert newest == {
        "item": "news/2",
        "title": "News 2",
        "started_at": "2026-11-24T05:00:00.000Z",
        "grade": "heard" if heard else "not_heard",
        "level_db": -31.5,
        "likeness": 0.91 if heard else 0.1,
        "late_ms": 180,
    }
    assert before["item"] == "news/1"
    assert f"  microphone: {said} at -31.5 dB" in in_words(live, AT).splitlines()


@pytest.mark.parametrize("heard", [None, ()])
def test_without_a_microphone_or_a_word_nothing_is_said(heard: tuple[HeardWord, ...] | None) -> None:
    """JSON tells the two apart."""
    live = describe(Village().state, around(heard), AT)
    assert live["heard"] == (None if heard is None else [])
    assert "microphone" not in in_words(live, AT)
