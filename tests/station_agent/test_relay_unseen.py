"""Relays by hand on a board that nobody can see: what was not read back is never told as open or closed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hardware.virtual_board import Fault, virtual_board
from tests.station_agent.by_hand import relay
from tests.station_agent.waiting import wait_for

NOT_SEEN = "commanded open, and nobody saw it: look at the board, or pull its plug"


def test_a_board_of_another_kind_that_keeps_its_relays_is_not_told_open(tmp_path: Path) -> None:
    """What opens one board closes another: this one has all its relays closed when the command has ended."""
    with virtual_board("devantech", tmp_path / "board", channels=8) as board:
        which = ("--board", "numato", "--port", str(board.path))
        done = relay("on", "1", *which, "--seconds", "1", "--json")
        wait_for(lambda: all(board.on))
        said = json.loads(done.stdout)
        assert (done.returncode, said["confirmed"], said["opened"]) == (1, False, None)
        assert "is it of this kind" in done.stderr
        assert done.stderr.endswith(f"; {NOT_SEEN}\n")
        off = relay("off", *which)
        assert all(board.on)
    assert (off.returncode, off.stdout) == (1, "")
    assert off.stderr.endswith(f"; its relays were {NOT_SEEN}\n")


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.GARBAGE, Fault.HALF])
def test_a_board_that_must_answer_and_does_not_as_it_should_is_not_told_open(
    tmp_path: Path, fault: Fault
) -> None:
    """Silence, rubbish, or the half of an answer: nobody saw what the board did."""
    with virtual_board("kmtronic", tmp_path / "board", channels=8, fault=fault) as board:
        done = relay("on", "--board", "kmtronic", "--port", str(board.path), "--seconds", "1", "--json")
    assert (done.returncode, json.loads(done.stdout)["opened"]) == (1, None)
    assert done.stderr.endswith(f"; {NOT_SEEN}\n")


def test_a_board_that_need_not_answer_is_told_as_commanded_only(tmp_path: Path) -> None:
    """A KMTronic board that was taken for an LCUS board: nothing closed, and nobody says that it did."""
    with virtual_board("kmtronic", tmp_path / "board", channels=4) as board:
        which = ("--board", "lcus", "--port", str(board.path))
        done = relay("on", "1", *which, "--seconds", "0.5")
        said = json.loads(relay("on", "1", *which, "--seconds", "0.5", "--json").stdout)
        off = json.loads(relay("off", *which, "--json").stdout)
        assert board.changes == ()
    assert (done.returncode, done.stderr) == (0, "")
    words = r"was commanded closed for [0-9.]+ s, then open \(not read back\); the board gave no answer"
    assert re.match(f"relay 1 on {board.path} {words}", done.stdout)
    assert (said["confirmed"], said["opened"]) == (False, None)
    assert (off["confirmed"], off["opened"]) == (False, None)


def test_a_line_is_told_as_commanded(tmp_path: Path) -> None:
    """A wire can't be asked: `opened` is what was commanded, and `confirmed` says so."""
    with virtual_board("line", tmp_path / "line", channels=1) as line:
        which = ("--board", "line", "--port", str(line.path))
        done = relay("on", *which, "--seconds", "0.5")
        off = relay("off", *which, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("s, then open (not read back)\n")
    assert (json.loads(off.stdout)["opened"], json.loads(off.stdout)["confirmed"]) == (True, False)
