"""What the operator may choose from, and how he names it."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from schedules.wire.plan import Plan
from station_agent.audio_store import AudioStore
from station_agent.errors import NotNow
from station_agent.operator_choice import playable, recording_named
from tests.station_agent.documents import NOON, broadcast, item, plan_of, sha

LAO, KATU, OLD, COMING = sha("lao-law"), sha("katu-law"), sha("old"), sha("coming")


@pytest.fixture
def plan() -> Plan:
    """One announcement in two languages, twice; one whose time is over, one that has not arrived."""
    over = NOON - timedelta(minutes=1)
    return plan_of(
        *(
            broadcast(
                f"b{day}",
                NOON + timedelta(days=day),
                items=(
                    item(
                        f"b{day}/1",
                        65_400,
                        title="Land law",
                        sha256=LAO,
                        valid_until=over if day == 1 else None,
                    ),
                    item(f"b{day}/2", 61_000, title="Land law", sha256=KATU, language="kuf"),
                    item(f"b{day}/3", title="Of last week", sha256=OLD, valid_until=over),
                    item(f"b{day}/4", title="Coming", sha256=COMING),
                ),
            )
            for day in (1, 2)
        )
    )


@pytest.fixture
def audio(tmp_path: Path) -> AudioStore:
    store = AudioStore(tmp_path / "audio")
    for sha256 in (LAO, KATU, OLD):
        store.path(sha256).write_bytes(b"sound")
    return store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files that can be played; empty, behind a link, a folder, or named by no text: not."""
    made = tmp_path / "operator"
    made.mkdir()
    for name in ("welcome.mp3", "ເພງ.ogg", "my song.mp3"):
        (made / name).write_bytes(b"sound")
    (made / "empty.mp3").touch()
    (made / "link.mp3").symlink_to(made / "welcome.mp3")
    (made / "folder.mp3").mkdir()
    Path(os.fsdecode(os.fsencode(made) + b"/\xff.mp3")).write_bytes(b"sound")
    return made


def test_what_may_be_played_is_listed_once(plan: Plan, folder: Path, audio: AudioStore) -> None:
    """Recordings with language, length and whether they are here; files by their names. Not what is over."""
    found = playable(plan, folder, NOON, audio)
    assert [(one.title, one.language, one.duration_ms, one.here) for one in found] == [
        ("Coming", "lo", 10_000, False),
        ("Land law", "kuf", 61_000, True),
        ("Land law", "lo", 65_400, True),
        ("my song.mp3", None, None, True),
        ("welcome.mp3", None, None, True),
        ("ເພງ.ogg", None, None, True),
    ]
    assert [one.title for one in playable(None, folder, NOON, audio)] == [one.title for one in found[3:]]


def test_what_is_listed_as_here_can_be_named_as_listed(plan: Plan, folder: Path, audio: AudioStore) -> None:
    """By the beginning of the hash, by the whole of it, or by title and language."""
    listed = [one for one in playable(plan, folder, NOON, audio) if one.sha256 and one.here]
    assert len(listed) == 2
    for one in listed:
        for name, language in ((one.name, None), (one.sha256 or "", None), ("land LAW", one.language)):
            assert recording_named(plan, name, language, NOON, audio).sha256 == one.sha256


@pytest.mark.parametrize(
    ("name", "language", "said"),
    [
        ("Land law", None, f"is several recordings: {LAO[:12]} (lo), {KATU[:12]} (kuf)"),
        ("Land law", "tdf", "'Land law' in tdf is no recording of the current plan"),
        ("Land law", "xx", "known languages: lo Lao, kuf Katu (Western)"),
        ("Land", None, "is no recording"),
        (LAO[:7], None, "is no recording"),
        ("Of last week", None, "was valid until"),
        ("Coming", None, "not on this station yet"),
    ],
)
def test_what_is_not_one_recording_that_may_air_is_refused(
    plan: Plan, audio: AudioStore, name: str, language: str | None, said: str
) -> None:
    """Nothing is guessed; the answer tells several apart."""
    with pytest.raises(NotNow) as refused:
        recording_named(plan, name, language, NOON, audio)
    assert said in str(refused.value)


def test_a_withdrawn_recording_is_named_as_such(audio: AudioStore) -> None:
    """Also where its audio is still on the disk; and where there is no plan, there is no recording."""
    gone = plan_of(broadcast("b1", NOON + timedelta(days=1)), withdrawn=(LAO,))
    with pytest.raises(NotNow, match="was withdrawn by the province"):
        recording_named(gone, LAO, None, NOON, audio)
    with pytest.raises(NotNow, match="is no recording"):
        recording_named(None, LAO, None, NOON, audio)
