"""The demonstration's way once, with real processes: upload to heard, in three villages."""

import json
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from broadcaster.demo.processes import own_command
from tests.end_to_end.listening import decode, find
from tests.end_to_end.waiting import PATIENCE_S, wait_until
from tests.standing_still import Witness

WARM_UP = timedelta(milliseconds=1000)
TAIL = timedelta(milliseconds=500)
EXACT = timedelta(milliseconds=30)
"""How exactly the board's log and the output's clock can be compared on a busy machine."""
ARMED_BEFORE = timedelta(seconds=5)
"""From then on a station makes ready what begins."""


def instant(text: str) -> datetime:
    """An instant as the wire writes it."""
    return datetime.fromisoformat(text)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the demonstration keeps its state."""
    return tmp_path_factory.mktemp("first-voice") / "demo"


@pytest.fixture(scope="module")
def summary(folder: Path, machine: Witness) -> dict[str, Any]:
    """One run of the command a newcomer types, on a watched machine; the last line of its output."""
    assert machine.pid
    return demonstrated(folder)


def demonstrated(folder: Path, *more: str) -> dict[str, Any]:
    """The demonstration's summary, of one broadcast."""
    command = [*own_command("broadcaster"), "--data", str(folder), "demo", "--once", "--json", *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def spoken(station: dict[str, Any]) -> list[dict[str, Any]]:
    """The airings that have a language."""
    return [airing for airing in station["airings"] if airing["language"]]


def test_every_planned_item_airs_in_three_villages_with_its_evidence(summary: dict[str, Any]) -> None:
    """LCUS boards read back what they switched, so the relay is confirmed."""
    assert len(summary["stations"]) == 3
    for station in summary["stations"]:
        assert len(station["airings"]) >= 3
        for airing in station["airings"]:
            assert airing["outcome"] == "aired"
            assert airing["evidence"] == "relay_confirmed"


def test_each_village_hears_its_own_languages_in_its_order(summary: dict[str, Any]) -> None:
    """The village's languages first."""
    for station in summary["stations"]:
        assert [airing["language"] for airing in spoken(station)] == station["languages"]
    assert len({station["languages"][0] for station in summary["stations"]}) == 3


def test_the_relay_closes_a_warm_up_before_the_first_sample_and_opens_after_the_tail(
    summary: dict[str, Any], machine: Witness
) -> None:
    """Judged by the board's own log, not by what was commanded."""
    for station in summary["stations"]:
        first = instant(station["airings"][0]["started_at"])
        last = instant(station["airings"][-1]["ended_at"])
        closed = [instant(change["at"]) for change in station["relay"] if change["on"]]
        assert len(closed) == 1
        assert closed[0] <= first - WARM_UP + EXACT
        opened = [instant(change["at"]) for change in station["relay"] if not change["on"]]
        assert opened
        assert opened[-1] >= last - EXACT
        assert machine.took_s(last + TAIL, opened[-1]) <= 0.5


def test_the_first_sample_leaves_within_a_tenth_of_a_second_of_the_planned_instant(
    summary: dict[str, Any], machine: Witness
) -> None:
    """Start error: first sample against planned instant."""
    for station in summary["stations"]:
        first = station["airings"][0]
        planned, started = instant(first["planned_start"]), instant(first["started_at"])
        stood_still_s = machine.stood_still_s(planned - ARMED_BEFORE, started)
        assert abs((started - planned).total_seconds()) <= 0.1 + stood_still_s


def test_what_the_line_carried_is_the_approved_audio_whole_and_in_order(
    summary: dict[str, Any], folder: Path, tmp_path: Path
) -> None:
    """Likeness ≥ 0.95, nothing missing at head or tail, items in the order of the programme."""
    for station in summary["stations"]:
        heard = decode(Path(station["heard_wav"]))
        offsets = []
        for airing in spoken(station):
            approved = decode(export(folder, airing["sha256"], tmp_path))
            found = find(approved, heard)
            assert found.correlation >= 0.95, airing["title"]
            assert found.head >= 0.95
            assert found.tail >= 0.95
            assert found.present >= 0.999
            assert airing["aired_ms"] >= 0.999 * airing["planned_ms"]
            offsets.append(found.offset_ms)
        assert offsets == sorted(offsets)


def test_the_village_hears_different_languages_from_different_files(summary: dict[str, Any]) -> None:
    """Each language has its own approved hash."""
    hashes = {airing["language"]: airing["sha256"] for one in summary["stations"] for airing in spoken(one)}
    assert len(set(hashes.values())) == len(hashes)


def test_coverage_says_that_the_three_villages_were_reached(summary: dict[str, Any]) -> None:
    """From evidence, not from the plan."""
    assert summary["coverage"]["villages"] == 3
    assert summary["coverage"]["reached"] == 3
    assert summary["coverage"]["not_yet"] == 0


def test_nothing_of_the_demonstration_runs_on_after_it_has_ended(
    summary: dict[str, Any], folder: Path
) -> None:
    """Every process it started is gone; what such a process had started itself follows at once."""
    wait_until("the end of every process", lambda: not still_running(folder))


def still_running(folder: Path) -> list[str]:
    """The command lines of the processes that were told of this folder."""
    running = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                words = (entry / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(folder) in words:
                running.append(words)
    return running


def test_a_demonstration_that_is_kept_goes_on_with_its_villages(
    summary: dict[str, Any], folder: Path
) -> None:
    """The same stations, without enrolling again, air anew; what they aired before still counts."""
    before = {one["station"]: one["airings"][-1]["ended_at"] for one in summary["stations"]}
    again = demonstrated(folder, "--keep")
    assert {one["station"] for one in again["stations"]} == set(before)
    for one in again["stations"]:
        assert [airing["outcome"] for airing in one["airings"]] == ["aired"] * len(one["airings"])
        assert instant(one["airings"][0]["started_at"]) > instant(before[one["station"]])
    assert again["coverage"]["reached"] == 3


def export(folder: Path, sha256: str, out: Path) -> Path:
    """The stored bytes of approved audio, through the command line."""
    file = out / f"{sha256}.webm"
    if not file.exists():
        command = [*own_command("broadcaster"), "--data", str(folder / "province"), "recording", "export"]
        subprocess.run([*command, sha256, str(file)], check=True, timeout=PATIENCE_S, capture_output=True)
    return file
