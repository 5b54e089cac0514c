"""`broadcaster recording` and `broadcaster jingle`: one answer, or one line and nothing left behind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.broadcaster.newsroom.audio import silent_wav
from tests.broadcaster.newsroom.conftest import Ended


def test_a_recording_is_added_and_approved_in_one_go(
    run: Callable[..., Any], sounds: Callable[..., Path], stored: Callable[[], list[str]]
) -> None:
    """The answer has all that a script goes on with; the trail says it was the command line."""
    facts = run("recording", "add", sounds(440), "--title", "Land law", "--language", "tdf", "--approve")
    assert facts["recording"] == 1
    assert facts["announcement"] == 1
    assert facts["state"] == "approved"
    assert facts["verdict"]
    assert abs(facts["duration_ms"] - 1000) <= 1
    assert facts["true_peak_dbtp"] <= -1.5
    assert isinstance(facts["loudness_lufs"], float)
    assert stored() == [facts["sha256"]]
    second = run("recording", "add", sounds(550), "--announcement", 1, "--language", "lo")
    assert (second["announcement"], second["state"]) == (1, "draft")
    third = run("recording", "add", sounds(660), "--title", "Land law", "--language", "lo")
    assert third["announcement"] == 2
    assert [one["recording"] for one in run("recording", "list")] == [3, 2, 1]
    assert [one["recording"] for one in run("recording", "list", "--state", "approved")] == [1]


def test_a_recording_goes_through_its_steps(run: Callable[..., Any], sounds: Callable[..., Path]) -> None:
    """Submit, approve, withdraw; a step that is not possible says so."""
    run("recording", "add", sounds(440), "--title", "Land law", "--language", "lo")
    assert run("recording", "submit", 1)["state"] == "submitted"
    assert run("recording", "approve", 1)["state"] == "approved"
    with pytest.raises(Ended) as ended:
        run("recording", "submit", 1)
    assert ended.value.status == 1
    assert run("recording", "withdraw", 1, "--reason", "wrong figures")["state"] == "withdrawn"


def test_stored_audio_is_exported_whole_and_overwrites_nothing(
    run: Callable[..., Any], sounds: Callable[..., Path], tmp_path: Path
) -> None:
    """The bytes have the hash they were asked by."""
    sha256 = run("recording", "add", sounds(440), "--title", "Land law", "--language", "lo")["sha256"]
    out = tmp_path / "out.webm"
    run("recording", "export", sha256, out)
    assert hashlib.sha256(out.read_bytes()).hexdigest() == sha256
    with pytest.raises(Ended, match="is there already; use --force") as ended:
        run("recording", "export", sha256, out)
    assert ended.value.status == 1
    out.write_text("something else")
    run("recording", "export", sha256, out, "--force")
    assert hashlib.sha256(out.read_bytes()).hexdigest() == sha256
    for wrong in ("0" * 64, "no-hash"):
        with pytest.raises(Ended) as ended:
            run("recording", "export", wrong, tmp_path / "none.webm")
        assert ended.value.status == 1
        assert not (tmp_path / "none.webm").exists()


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("missing", "no such file"),
        ("folder", "is a folder"),
        ("empty", "empty"),
        ("text", "not a sound file"),
        ("truncated", "breaks off"),
        ("silent", "nothing to hear"),
        ("language", "unknown language"),
        ("kind", "unknown kind"),
        ("announcement", "no announcement 7"),
        ("title", "300 are possible"),
    ],
)
def test_bad_input_is_one_line_and_leaves_nothing(
    run: Callable[..., Any],
    sounds: Callable[..., Path],
    stored: Callable[[], list[str]],
    tmp_path: Path,
    bad: str,
    words: str,
) -> None:
    """Exit status 1, one line on standard error; no row, no file in the store."""
    file = tmp_path / "bring.wav"
    whole = sounds(440, 2.0).read_bytes()
    contents = {"empty": b"", "text": b"just words", "truncated": whole[: len(whole) // 2]}
    if bad == "folder":
        file.mkdir()
    elif bad == "silent":
        file.write_bytes(silent_wav())
    elif bad != "missing":
        file.write_bytes(contents.get(bad, whole))
    title = "x" * 301 if bad == "title" else "Land law"
    about = ["--announcement", "7"] if bad == "announcement" else ["--title", title]
    tag = "kuy" if bad == "language" else "lo"
    kind = "gossip" if bad == "kind" else "health"
    with pytest.raises(Ended) as ended:
        run("recording", "add", file, *about, "--language", tag, "--kind", kind, "--approve")
    assert ended.value.status == 1
    assert words in ended.value.words
    assert ended.value.words.count("\n") == 1
    assert stored() == []
    assert run("recording", "list") == []


def test_wrong_usage_is_exit_status_two(run: Callable[..., Any], sounds: Callable[..., Path]) -> None:
    """Neither a title nor an announcement, or both, is no command."""
    for about in ([], ["--title", "a", "--announcement", "1"]):
        with pytest.raises(Ended) as ended:
            run("recording", "add", sounds(440), *about, "--language", "lo")
        assert ended.value.status == 2


def test_a_hostile_file_name_is_taken_harmlessly(
    run: Callable[..., Any], sounds: Callable[..., Path], tmp_path: Path
) -> None:
    """A file whose name starts like an option, with control characters and many Lao letters."""
    file = tmp_path / ("-rf \u202e\x07" + "ກ" * 70 + ".wav")
    file.write_bytes(sounds(440).read_bytes())
    facts = run("recording", "add", file, "--title", "Land\nlaw\x00", "--language", "lo")
    assert facts["title"] == "Land law"
    assert facts["original_name"].isprintable()
    assert len(facts["original_name"]) <= 80


def test_the_chime_is_a_jingle_ready_to_air(run: Callable[..., Any], sounds: Callable[..., Path]) -> None:
    """Made once, approved; other jingles come from files."""
    chime = run("jingle", "chime")
    assert (chime["title"], chime["state"]) == ("Chime", "approved")
    assert run("jingle", "chime") == chime
    tune = run("jingle", "add", sounds(880), "--title", "Tune")
    assert tune["state"] == "draft"
    assert run("jingle", "approve", tune["jingle"])["state"] == "approved"
    assert [one["title"] for one in run("jingle", "list")] == ["Chime", "Tune"]
    assert run("jingle", "withdraw", tune["jingle"], "--reason", "too loud")["state"] == "withdrawn"
