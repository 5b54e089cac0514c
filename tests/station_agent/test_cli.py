"""The command line: relays by hand, the doctor, and what it says when something is not there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
import pytest

from hardware.virtual_board import Fault, ReadBackForm, VirtualBoard, lcus_board
from station_agent.live_state import describe
from tests.station_agent.by_hand import ROOT, call, command, relay
from tests.station_agent.surroundings import around
from tests.station_agent.village_simulator import Village
from tests.station_agent.waiting import PATIENCE_S, wait_for


def test_status_and_off_answer_without_switching_anything_on(lcus: VirtualBoard) -> None:
    """What the board reads back; `off` opens all."""
    which = ["2", "--board", "lcus", "--port", str(lcus.path), "--json"]
    status = json.loads(relay("status", *which).stdout)
    assert (status["on"], status["confirmed"]) == (False, True)
    off = json.loads(relay("off", *which).stdout)
    assert (off["on"], off["opened"], off["confirmed"]) == (False, True, True)
    assert lcus.changes == ()


def test_a_board_that_does_not_answer_reads_back_null(tmp_path: Path) -> None:
    """Unknown is not off."""
    link = tmp_path / "silent"
    with lcus_board(link, form=ReadBackForm.NONE):
        status = json.loads(relay("status", "--board", "lcus", "--port", str(link), "--json").stdout)
    assert (status["channel"], status["on"], status["confirmed"]) == (1, None, False)


@pytest.mark.parametrize("kind", ["lcus", "line"])
@pytest.mark.parametrize("act", ["on", "status"])
def test_a_port_that_does_not_exist_is_one_line(act: str, kind: str) -> None:
    """Which port, and what to do; exit 1. Also of a line, whose port is not opened to ask it."""
    done = relay(act, "--board", kind, "--port", "/dev/no-such-port", "--json")
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.strip().splitlines()
    assert "/dev/no-such-port" in line
    assert "plug the board in" in line


def test_a_file_in_a_ports_place_is_no_line_that_does_not_answer(tmp_path: Path) -> None:
    """The name is wrong, not the board."""
    (tmp_path / "port").write_text("")
    done = relay("status", "--board", "line", "--port", str(tmp_path / "port"))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"{tmp_path / 'port'} is not a serial port" in done.stderr


def test_a_board_nobody_knows_is_a_wrong_call() -> None:
    """Exit 2, with the names that are known."""
    done = relay("on", "--board", "lkus", "--port", "/dev/null", "--json")
    assert done.returncode == 2
    assert "known boards: lcus" in done.stderr


def test_status_says_when_no_agent_runs(tmp_path: Path) -> None:
    """Also for a folder that never was a station."""
    done = call("--data", str(tmp_path), "status", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout) == {"running": False}


def test_commands_on_an_empty_folder_say_what_to_do(tmp_path: Path) -> None:
    """One line, and the next step in it."""
    for arguments in (("run",), ("sync", "--json")):
        done = call("--data", str(tmp_path), *arguments)
        assert done.returncode == 2
        assert f"station-agent --data {tmp_path} enrol" in done.stderr
        assert len(done.stderr.strip().splitlines()) == 1


def test_the_doctor_names_what_is_wrong_and_what_to_do(tmp_path: Path) -> None:
    """A folder with settings but no station, a port that is not there, a province that does not answer."""
    (tmp_path / "station.toml").write_text(
        '[server]\nurl = "http://127.0.0.1:9"\n[board]\nkind = "lcus"\nport = "/dev/no-such-port"\n'
        '[output]\nkind = "capture"\n'
    )
    done = call("--data", str(tmp_path), "doctor", "--json")
    assert done.returncode == 1
    found = {check["check"]: check for check in json.loads(done.stdout)}
    assert [found[name]["ok"] for name in ("settings", "identity", "server", "relay", "sound", "disk")] == [
        True,
        False,
        False,
        False,
        True,
        True,
    ]
    assert "/dev/no-such-port" in found["relay"]["message"]
    assert all(check["advice"] for check in found.values() if not check["ok"])


def test_a_province_that_is_not_there_fails_enrolment_in_one_line(tmp_path: Path) -> None:
    """Nothing is left behind that looks like a station."""
    done = call("--data", str(tmp_path / "s"), "enrol", "--server", "http://127.0.0.1:9", said="KATU-2026\n")
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert not (tmp_path / "s" / "station.json").exists()


@pytest.mark.parametrize("code", ["ABCD", "Q" * 41])
def test_a_code_of_the_wrong_length_is_one_line_that_does_not_show_it(tmp_path: Path, code: str) -> None:
    """Told before the province is asked; nothing is left behind."""
    done = call("--data", str(tmp_path / "s"), "enrol", "--server", "http://127.0.0.1:9", said=f"{code}\n")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.strip().splitlines()) == 1
    assert "6 to 40 characters" in done.stderr
    assert code not in done.stderr
    assert not (tmp_path / "s").exists()


def test_a_guard_that_dies_while_a_relay_is_held_is_told(lcus: VirtualBoard) -> None:
    """It ended before its time: exit 1, one line, and nobody claims to know more than is known."""
    which = ["2", "--board", "lcus", "--port", str(lcus.path), "--seconds", "3600", "--json"]
    process = subprocess.Popen(
        command("relay", "on", *which),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        wait_for(lambda: lcus.on[1])
        for guard in psutil.Process(process.pid).children():
            os.kill(guard.pid, signal.SIGKILL)
        output, said = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    assert process.returncode == 1
    assert json.loads(output)["held_s"] < 3600
    assert "relay 2" in said
    assert "and is open" not in said


def test_a_board_that_disagrees_is_told(tmp_path: Path) -> None:
    """It takes commands and switches nothing: exit 1, whatever was sent."""
    link = tmp_path / "deaf"
    with lcus_board(link, fault=Fault.DEAF):
        done = relay("on", "2", "--board", "lcus", "--port", str(link), "--seconds", "0.5", "--json")
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_version_is_told_without_a_station(tmp_path: Path) -> None:
    """The name and number that reports carry; the doctor and a running agent name it too."""
    done = call("--version")
    assert (done.returncode, done.stdout) == (0, f"sekong-broadcaster {version('sekong-broadcaster')}\n")
    looked = json.loads(call("--data", str(tmp_path), "doctor", "--json").stdout)
    assert [one["message"] for one in looked if one["check"] == "software"] == [done.stdout.strip()]
    live = describe(Village().state, around(None), datetime.now(UTC))
    assert live["software"] == done.stdout.strip()
