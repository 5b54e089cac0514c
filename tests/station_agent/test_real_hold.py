"""A relay held by hand, by the clock: for as long as was asked, and open soon after whatever ended it."""

from __future__ import annotations

import json
import signal
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.virtual_board import VirtualBoard
from tests.hardware.board_ways import Way
from tests.standing_still import Witness
from tests.station_agent.by_hand import ROOT, WAYS, answered, command, relay, which_board
from tests.station_agent.waiting import PATIENCE_S, wait_for


def test_a_relay_is_held_for_a_while_and_then_open(lcus: VirtualBoard, machine: Witness) -> None:
    """No data folder, no agent; one JSON object on standard output."""
    asked_at = datetime.now(UTC)
    done = relay("on", "2", *which_board(Way("lcus"), lcus.path), "--seconds", "0.5", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert 0.4 <= answer.pop("held_s") <= 1.0 + machine.stood_still_s(asked_at, datetime.now(UTC))
    assert answer == {
        "board": "lcus",
        "port": str(lcus.path),
        "channel": 2,
        "on": True,
        "confirmed": True,
        "opened": True,
    }
    assert [change.on for change in lcus.changes if change.channel == 2] == [True, False]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_held_relay_opens_whatever_ends_the_command(
    lcus: VirtualBoard, machine: Witness, number: signal.Signals
) -> None:
    """Ctrl-C, SIGTERM, even SIGKILL: the guard sees its owner go."""
    process = subprocess.Popen(
        command("relay", "on", "2", *which_board(Way("lcus"), lcus.path), "--json"),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        wait_for(lambda: lcus.on[1])
        process.send_signal(number)
        ended = datetime.now(UTC)
        output, _ = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
    wait_for(lambda: not lcus.on[1])
    opened = [change.at for change in lcus.changes if change.channel == 2][-1]
    assert machine.took_s(ended, opened) <= 2
    if number is not signal.SIGKILL:
        assert process.returncode == 0
        assert json.loads(output)["opened"] is True


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.kind)
def test_every_board_holds_its_relay_for_the_time_that_was_asked(
    tmp_path: Path, machine: Witness, way: Way
) -> None:
    """By the board's own log, also where its relays fall by themselves."""
    with way.plugged(tmp_path / "board") as board:
        which = which_board(way, board.path)
        done = answered("on", str(way.channels), *which, "--seconds", "0.8", answers=way.answers)
        mine = [change for change in board.changes if change.channel == way.channels]
    assert done.returncode == 0, done.stderr
    assert [change.on for change in mine][-2:] == [True, False]
    closed, opened = mine[-2:]
    assert machine.lasted_s(closed.at, opened.at).overlaps(0.7, 1.4)
