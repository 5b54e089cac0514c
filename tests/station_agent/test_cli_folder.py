"""What the command line says of a folder without a station, of a bad alert, of a province that is away."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hardware.system_clock import SystemClock
from schedules.envelope import SigningKey, sign
from schedules.wire.alert import Alert
from station_agent.enrolment import enrol
from station_agent.operator_door import OperatorDoor
from station_agent.operator_words import Answer, Request
from tests.station_agent.by_hand import call
from tests.station_agent.documents import alert, broadcast, plan_of
from tests.station_agent.province_simulator import CODE, Province

SETTINGS = '[server]\nurl = "{url}"\n[output]\nkind = "capture"\n'


@pytest.fixture
def data(tmp_path: Path, province: Province) -> Path:
    """The folder of a station that is enrolled; no agent runs."""
    folder = tmp_path / "data"
    enrol(folder, province.url, CODE, SystemClock())
    (folder / "station.toml").write_text(SETTINGS.format(url=province.url))
    return folder


def alert_now(**more: Any) -> Alert:
    return alert(at=datetime.now(UTC), **more)


def signed(folder: Path, province: Province) -> Path:
    path = folder / "flood-1.dsse"
    path.write_bytes(sign(alert_now(), [province.planner]))
    return path


def one_line(said: str) -> str:
    (line,) = said.strip().splitlines()
    return line


@pytest.mark.parametrize(
    "arguments",
    [
        ("alert", "flood-1.dsse"),
        ("operator", "stop"),
        ("operator", "recordings"),
        ("sync",),
        ("run",),
        ("status",),
        ("doctor",),
    ],
)
def test_no_command_takes_a_folder_without_a_station_for_one(
    tmp_path: Path, province: Province, arguments: tuple[str, ...]
) -> None:
    """A `--data` that was forgotten or mistyped is named, with what to do, and nothing is made."""
    path = signed(tmp_path, province)
    missing = tmp_path / "station-data"
    words = (str(path) if one == path.name else one for one in arguments)
    done = call("--data", str(missing), *words)
    said = " ".join(f"{done.stdout} {done.stderr}".split())
    assert done.returncode == (2 if arguments[0] in ("sync", "run") else 1), said
    assert str(missing) in said
    assert "folder with --data" in said
    assert "Traceback" not in said
    assert not missing.exists()


def test_an_alert_is_not_swallowed_by_a_folder_without_a_station(tmp_path: Path, province: Province) -> None:
    """Not even by one that is there: the agent that was meant would never hear of it."""
    path, folder = signed(tmp_path, province), tmp_path / "elsewhere"
    folder.mkdir()
    done = call("--data", str(folder), "alert", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    assert one_line(done.stderr) == (
        f"no station lives in {folder}; give its folder with --data, "
        f"or make this one a station: station-agent --data {folder} enrol --server URL"
    )
    assert list(folder.iterdir()) == []


def test_an_alert_is_kept_where_a_station_lives_and_no_agent_runs(
    tmp_path: Path, province: Province, data: Path
) -> None:
    """Its bytes as they were signed; the agent judges them at its start."""
    path = signed(tmp_path, province)
    done = call("--data", str(data), "alert", str(path))
    assert (done.returncode, done.stdout) == (
        0,
        f"no agent runs on {data}: alert flood-1 no. 1 is kept, and judged when one starts\n",
    ), done.stderr
    assert (data / "alerts" / "new" / "flood-1.dsse").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("content", [b"{}", b"", b"flood", b"\xff\x00", b"[]"])
def test_what_is_no_alert_is_refused_by_its_name(tmp_path: Path, data: Path, content: bytes) -> None:
    """Whether or not an agent runs: which file it was, and what to do; nothing is kept."""
    path = tmp_path / "flood-1.dsse"
    path.write_bytes(content)
    done = call("--data", str(data), "alert", str(path))
    assert (done.returncode, done.stdout) == (1, "")
    line = one_line(done.stderr)
    assert line.startswith(f"{path} is not taken: alert: not a DSSE envelope; give the signed file")
    answer = call("--data", str(data), "alert", str(path), "--json")
    assert answer.returncode == 1
    assert json.loads(answer.stdout) == {"ok": False, "message": line}
    assert not (data / "alerts").exists()


def test_an_alert_nobody_would_believe_is_not_kept(tmp_path: Path, province: Province, data: Path) -> None:
    """Signed by somebody else, or for another station: known before an agent starts. A date is not judged:
    this clock may be wrong."""
    foreign = tmp_path / "foreign.dsse"
    foreign.write_bytes(sign(alert_now(), [SigningKey.generate()]))
    elsewhere = tmp_path / "elsewhere.dsse"
    elsewhere.write_bytes(sign(alert_now(stations=("st-other",)), [province.planner]))
    for path, why in ((foreign, "is not signed by"), (elsewhere, "is not for st-dakcheung")):
        done = call("--data", str(data), "alert", str(path))
        assert done.returncode == 1
        assert one_line(done.stderr).startswith(f"{path} is not taken: ")
        assert why in done.stderr
    assert not (data / "alerts").exists()
    old = tmp_path / "old.dsse"
    old.write_bytes(sign(alert(at=datetime.now(UTC) - timedelta(days=2)), [province.planner]))
    assert call("--data", str(data), "alert", str(old)).returncode == 0


def test_what_a_running_agent_refuses_is_told_by_the_files_name(
    tmp_path: Path, province: Province, data: Path
) -> None:
    """The agent knows no file: it was given bytes."""

    def refuse(_request: Request) -> Answer:
        return Answer(ok=False, message="alert flood-1 no. 1 is older than no. 2, known already")

    path, door = signed(tmp_path, province), OperatorDoor(data, refuse)
    door.start()
    try:
        done = call("--data", str(data), "alert", str(path))
    finally:
        door.close()
    assert done.returncode == 1
    assert one_line(done.stderr) == (
        f"{path} is not taken: alert flood-1 no. 1 is older than no. 2, known already"
    )
    assert not (data / "alerts").exists()


def test_status_tells_a_station_without_an_agent_from_a_folder_without_a_station(
    tmp_path: Path, data: Path
) -> None:
    """And finds the agent's folder within the one that the demonstration names for a village."""
    stopped = call("--data", str(data), "status")
    assert (stopped.returncode, stopped.stdout) == (
        1,
        f"{data}: the agent is not running; start it with: station-agent --data {data} run\n",
    )
    nobody = call("--data", str(tmp_path), "status")
    assert nobody.returncode == 1
    assert nobody.stdout.startswith(f"no station lives in {tmp_path}; give its folder with --data, or make")
    village = tmp_path / "village"
    village.mkdir()
    data.rename(village / "agent")
    near = call("--data", str(village), "status")
    assert near.stdout.startswith(
        f"no station lives in {village}; give its folder with --data {village}/agent,"
    )


def test_who_is_not_tried_again_is_not_told_so(tmp_path: Path, province: Province, data: Path) -> None:
    """`enrol` and `sync` ask once: they say what to do, and that it failed."""
    province.stop()
    fresh = tmp_path / "fresh"
    came_in = call("--data", str(fresh), "enrol", "--server", province.url, said=f"{CODE}\n")
    synced = call("--data", str(data), "sync")
    for done, advice in ((came_in, "enrol again: the same code does"), (synced, "run sync again")):
        assert (done.returncode, done.stdout) == (1, "")
        line = one_line(done.stderr)
        assert line.startswith(f"{province.url} cannot be reached (")
        assert line.endswith(advice)
        assert "it is tried again" not in line


def found(data: Path, check: str) -> tuple[bool, str, str]:
    looked = json.loads(call("--data", str(data), "doctor", "--json").stdout)
    (one,) = [one for one in looked if one["check"] == check]
    return one["ok"], one["message"], one["advice"]


def test_a_province_without_a_plan_for_this_station_is_no_circle(province: Province, data: Path) -> None:
    """`sync` finds none, and `doctor` does not send back to it; where there is one, it does."""
    synced = call("--data", str(data), "sync")
    assert synced.returncode == 0
    assert synced.stdout.startswith(
        "the province has no plan for this station yet: it makes one within a minute"
    )
    ok, message, advice = found(data, "plan")
    assert (ok, message) == (False, "the province has no plan for this station yet")
    assert "within a minute" in advice
    assert "sync" not in advice
    ahead = broadcast("n", datetime.now(UTC) + timedelta(hours=1))
    province.publish(plan_of(ahead, issued=datetime.now(UTC)))
    assert found(data, "plan") == (
        False,
        "no plan here yet",
        f"a running agent fetches it; else run: station-agent --data {data} sync",
    )


def test_settings_that_are_not_there_cannot_be_corrected(tmp_path: Path, data: Path) -> None:
    """How they are made, in a folder without a station and in one that is enrolled already."""
    (data / "station.toml").unlink()
    none = tmp_path / "none"
    for folder, what_to_do in (
        (data, "the station is enrolled already: write [server] and its url into it"),
        (none, f"make it by: station-agent --data {none} enrol --server URL"),
    ):
        ok, message, advice = found(folder, "settings")
        assert (ok, message) == (False, f"{folder}/station.toml is not there")
        assert what_to_do in advice
