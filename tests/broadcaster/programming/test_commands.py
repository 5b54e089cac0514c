"""`broadcaster slot`: the whole way without a browser."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from apiflask import APIFlask

from broadcaster import cli
from broadcaster.config import Settings
from broadcaster.database import db
from tests.broadcaster.newsroom.conftest import Ended, make_places

ZONE = ZoneInfo("Asia/Vientiane")


@pytest.fixture
def ready(app: APIFlask, run: Callable[..., Any], sounds: Callable[..., Path]) -> None:
    """Three villages, and announcement 1 approved in Lao."""
    with app.app_context():
        make_places(db.session)
    run("recording", "add", sounds(440), "--title", "Land law", "--language", "lo", "--approve")


def test_a_slot_tells_when_it_airs_and_what_is_in_the_way(run: Callable[..., Any], ready: None) -> None:
    """Conflicts are messages; the slot is saved all the same."""
    slot = run("slot", "add", "--announcement", 1, "--at", "05:30", "--at", "17:00", "--places", "V1,V3")
    assert slot["title"] == "Land law"
    assert slot["times"] == ["05:30:00", "17:00:00"]
    assert len(slot["next"]) == 5
    assert all(datetime.fromisoformat(instant).tzinfo is not None for instant in slot["next"])
    assert {one["code"] for one in slot["conflicts"]} == {"missing_language"}
    assert [one["slot"] for one in run("slot", "list")] == [slot["slot"]]


def test_what_was_saved_is_not_told_as_a_question(
    ready: None, settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No "If kept" after it was kept; and where nobody can hear it yet is said."""
    line = ["slot", "add", "--announcement", "1", "--at", "5:30", "--places", "V1"]
    monkeypatch.setattr("sys.argv", ["broadcaster", "--data", str(settings.data), *line])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert not ended.value.code
    said = capsys.readouterr().err
    assert "Kept all the same: it is heard in Lao only." in said
    assert "If kept" not in said
    assert "No station yet, so nobody hears it there: Ban Dakcheung" in said


def test_strict_saves_nothing_that_has_conflicts(run: Callable[..., Any], ready: None) -> None:
    """Exit status 1, and no slot."""
    with pytest.raises(Ended) as ended:
        run("slot", "add", "--announcement", 1, "--at", "05:30", "--places", "V1", "--strict")
    assert ended.value.status == 1
    assert "nothing was saved" in ended.value.words
    assert run("slot", "list") == []


def test_once_to_the_second_with_a_chime(run: Callable[..., Any], ready: None) -> None:
    """What the demonstration does: one airing a little ahead of now."""
    chime = run("jingle", "chime")["jingle"]
    soon = (datetime.now(UTC) + timedelta(days=1)).astimezone(ZONE).replace(microsecond=0)
    slot = run(
        *("slot", "add", "--announcement", 1, "--jingle", chime, "--places", "LA1503"),
        *("--at", f"{soon:%H:%M:%S}", "--once", f"{soon:%Y-%m-%d}", "--missed", "late", "--late-by", 10),
        *("--languages", "first", "--standing", "--title", "Tomorrow"),
    )
    assert [datetime.fromisoformat(instant) for instant in slot["next"]] == [soon]
    assert (slot["title"], slot["missed"], slot["standing"]) == ("Tomorrow", "late", True)


def test_a_slot_is_removed_and_restored(run: Callable[..., Any], ready: None) -> None:
    """Weekly slots name their days."""
    slot = run("slot", "add", "--announcement", 1, "--at", "05:30", "--weekly", "mon,thu", "--places", "V1")
    assert slot["weekdays"] == [0, 3]
    assert run("slot", "remove", slot["slot"])["removed_at"] is not None
    assert run("slot", "list") == []
    assert [one["slot"] for one in run("slot", "list", "--removed")] == [slot["slot"]]
    assert run("slot", "restore", slot["slot"])["removed_at"] is None


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--at", "25:00"], "is not a time"),
        (["--at", "05:30", "--once", "2020-01-01"], "never air"),
        (["--at", "05:30", "--once", "tomorrow"], "is not a day"),
        (["--at", "05:30", "--weekly", "someday"], "no weekdays"),
        (["--at", "05:30", "--announcement", "9"], "no announcement 9"),
        (["--at", "05:30", "--jingle", "9"], "no jingle 9"),
        (["--at", "05:30", "--places", "XX"], "no place XX"),
        (["--at", "05:30", "--class", "loud"], "'loud' is unknown"),
        (["--at", "05:30", "--missed", "never"], "'never' is unknown"),
        (["--at", "05:30", "--ignore-quiet"], "only an emergency"),
        (["--at", "05:30", "--from", "2026-02-01", "--until", "2026-01-01"], "before the first"),
    ],
)
def test_bad_input_is_one_line_and_saves_nothing(
    run: Callable[..., Any], ready: None, arguments: list[str], words: str
) -> None:
    """Exit status 1, one line on standard error."""
    with pytest.raises(Ended) as ended:
        run("slot", "add", "--announcement", 1, "--places", "V1", *arguments)
    assert ended.value.status == 1
    assert words in ended.value.words
    assert ended.value.words.count("\n") == 1
    assert run("slot", "list") == []
