"""`relay on`, `off` and `status` for every board there is, in every way it may be set, with its options."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hardware import AttachedBoard, Duty
from hardware.guard.limits import Limits
from hardware.virtual_board import KINDS, Fault, VirtualBoard, virtual_board
from tests.hardware.board_ways import Way
from tests.station_agent.by_hand import WAYS, answered, call, relay, which_board
from tests.station_agent.waiting import wait_for


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.kind)
def test_every_board_is_switched_and_read_by_hand(tmp_path: Path, way: Way) -> None:
    """Closed, read back where the board answers, open afterwards."""
    answers = way.answers
    with way.plugged(tmp_path / "board") as board:
        which = which_board(way, board.path)
        last = str(way.channels)
        done = answered("on", last, *which, "--seconds", "1.5", answers=answers)
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        assert (said["on"], said["confirmed"], said["opened"]) == (True, answers, True)
        mine = [change for change in board.changes if change.channel == way.channels]
        assert [change.on for change in mine][-2:] == [True, False]
        status = json.loads(answered("status", last, *which, answers=answers).stdout)
        assert (status["on"], status["confirmed"]) == ((False, True) if answers else (None, False))
        off = json.loads(answered("off", last, *which, answers=answers).stdout)
        assert (off["opened"], off["confirmed"]) == (True, answers)
        assert not any(board.on)


def test_relay_status_tells_every_relay_in_a_line_of_its_own(tmp_path: Path) -> None:
    """The same line for one that was named; a board with a single relay is told no other way."""
    with virtual_board("kmtronic", tmp_path / "board", channels=4) as board:
        board.relays.switch(2, True)
        which = ("--board", "kmtronic", "--port", str(board.path), "--channels", "4")
        every, second = lines_of_status(*which), lines_of_status("2", *which)
    assert every == [
        f"relay {channel} on {board.path}: {'closed' if channel == 2 else 'open'}" for channel in range(1, 5)
    ]
    assert second == every[1:2]
    with virtual_board("line", tmp_path / "line", channels=1) as line:
        only = lines_of_status("--board", "line", "--port", str(line.path), answers=False)
    assert only == [f"relay 1 on {line.path}: unknown: the board does not answer"]


def lines_of_status(*arguments: str, answers: bool = True) -> list[str]:
    """`relay status`; of a board that `answers` until it did so in time: a busy machine delays it."""
    done = relay("status", *arguments)
    for _ in range(4):
        if not answers or done.returncode == 0:
            break
        done = relay("status", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("act", ["on", "status"])
def test_a_relay_beyond_those_told_is_a_wrong_call(tmp_path: Path, act: str) -> None:
    """One line and exit 2; nothing is switched."""
    with virtual_board("lcus", tmp_path / "board", channels=4) as board:
        done = relay(act, "5", "--board", "lcus", "--port", str(board.path), "--channels", "4")
        assert board.changes == ()
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "relay channel 5 does not exist; this board has channels 1 to 4\n"


@pytest.mark.parametrize("named", [kind for kind in KINDS if kind not in ("lcus", "line")])
def test_a_wrong_board_named_ends_in_one_line(tmp_path: Path, named: str) -> None:
    """An LCUS board is there, and the operator took another name from the list."""
    with virtual_board("lcus", tmp_path / "board", channels=4) as board:
        done = relay("status", "--board", named, "--port", str(board.path))
    assert (done.returncode, done.stdout) == (1, "")
    assert re.search(r"did not answer within|is no [a-z-]+ board as set", done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("kind", ["kmtronic", "modbus-rtu"])
def test_a_board_that_must_answer_and_does_not_fails_the_command(tmp_path: Path, kind: str) -> None:
    """Nobody knows whether it switched: exit 1 and why; the relay is commanded open all the same."""
    with virtual_board(kind, tmp_path / "board", channels=8, fault=Fault.SILENT) as board:
        done = relay("on", "--board", kind, "--port", str(board.path), "--seconds", "3")
        wait_for(lambda: not any(board.on))
    assert done.returncode == 1
    assert "it never answered: is it of this kind" in done.stderr


SERVER = '[server]\nurl = "https://province.example"\n'
OPENED_UNSURELY = {
    Fault.DEAF: "{port}: relay 2 reads back closed; look at the board",
    Fault.SILENT: "{port}: the board does not answer; its relays were commanded open, "
    "and nobody saw it: look at the board, or pull its plug",
}
"""What stands in the way, and in which words it is told."""


@pytest.mark.parametrize("fault", OPENED_UNSURELY)
@pytest.mark.parametrize("is_named", [True, False], ids=["one board named", "the station's boards"])
def test_relay_off_names_what_reads_back_closed_and_who_does_not_answer(
    tmp_path: Path, fault: Fault, is_named: bool
) -> None:
    """Nobody may take a loudspeaker for off that is not known to be: exit 1, one line, nothing else."""
    with virtual_board("kmtronic", tmp_path / "board", channels=4) as board:
        board.relays.switch(2, True)
        assert isinstance(board, VirtualBoard)
        board.fault = fault
        port = str(board.path)
        settings = f'{SERVER}[board]\nkind = "kmtronic"\nport = "{port}"\nchannels = 4\n'
        (tmp_path / "station.toml").write_text(settings, encoding="utf-8")
        which = ("--board", "kmtronic", "--port", port, "--channels", "4")
        answers = fault is not Fault.SILENT
        done = off(tmp_path, *(which if is_named else ()), "--json", answers=answers)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr.splitlines() == [OPENED_UNSURELY[fault].format(port=port)]
        assert board.on[1] is (fault is Fault.DEAF)


def test_relay_off_tells_which_boards_were_not_read_back(tmp_path: Path) -> None:
    """A control line answers nothing, and an LCUS board need not: that is said, and is no mistake."""
    with (
        virtual_board("kmtronic", tmp_path / "house", channels=4) as house,
        virtual_board("lcus", tmp_path / "mast", channels=4, fault=Fault.SILENT) as mast,
    ):
        boards = (("house", "kmtronic", house.path), ("mast", "lcus", mast.path))
        (tmp_path / "station.toml").write_text(
            SERVER
            + "".join(
                f'[[boards]]\nname = "{name}"\nkind = "{kind}"\nport = "{path}"\nchannels = 4\n'
                for name, kind, path in boards
            ),
            encoding="utf-8",
        )
        mast.relays.switch(4, True)
        done = off(tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == (
            f"relays 1 to 4 on {house.path} are open; "
            f"relays 1 to 4 on {mast.path} were commanded open (not read back)\n"
        )
        assert not any(house.on + mast.on)
        one = off(tmp_path, "--board", "lcus", "--port", str(mast.path))
        assert one.stdout == f"relays 1 to 8 on {mast.path} were commanded open (not read back)\n"


@pytest.mark.parametrize(("kind", "may_have"), [("lcus", 8), ("numato", 32)])
@pytest.mark.parametrize("is_named", [True, False], ids=["one board named", "the station's boards"])
def test_relay_off_opens_what_a_board_may_have_where_nobody_said_how_many(
    tmp_path: Path, kind: str, may_have: int, is_named: bool
) -> None:
    """A larger board than usual: its last relay is opened too; the answer says which were, and were read."""
    with virtual_board(kind, tmp_path / "board", channels=may_have) as board:
        board.relays.switch(6, True)
        board.relays.switch(may_have, True)
        port = str(board.path)
        settings = f'{SERVER}[board]\nkind = "{kind}"\nport = "{port}"\n'
        (tmp_path / "station.toml").write_text(settings, encoding="utf-8")
        done = off(tmp_path, *(("--board", kind, "--port", port) if is_named else ()))
        wait_for(lambda: not any(board.on))
    assert (done.returncode, done.stderr) == (0, "")
    which = f"relays 1 to {may_have} on {port} were commanded open"
    assert done.stdout in (f"{which} (only 1, 2, 3, 4 read back)\n", f"{which} (not read back)\n")


@pytest.mark.parametrize("is_named", [True, False], ids=["one board named", "the station's boards"])
def test_relay_off_sends_a_modbus_board_of_unknown_size_nothing_beyond_its_usual_relays(
    tmp_path: Path, is_named: bool
) -> None:
    """At an address without a relay a setting of the board may lie: what was not opened is not told open."""
    with virtual_board("modbus-rtu", tmp_path / "board", channels=16) as board:
        board.relays.switch(6, True)
        board.relays.switch(12, True)
        port = str(board.path)
        settings = f'{SERVER}[board]\nkind = "modbus-rtu"\nport = "{port}"\n'
        (tmp_path / "station.toml").write_text(settings, encoding="utf-8")
        done = off(tmp_path, *(("--board", "modbus-rtu", "--port", port) if is_named else ()))
        assert [channel for channel, on in enumerate(board.on, 1) if on] == [12]
    assert (done.returncode, done.stdout) == (0, f"relays 1 to 8 on {port} are open\n")


def test_relay_off_opens_as_many_as_were_told(tmp_path: Path) -> None:
    """Whoever says how many there are is taken at his word, and every one is read back."""
    with virtual_board("kmtronic", tmp_path / "board", channels=4) as board:
        port = str(board.path)
        done = off(tmp_path, "--board", "kmtronic", "--port", port, "--channels", "4")
    assert done.stdout == f"relays 1 to 4 on {port} are open\n"


def test_relay_off_tells_that_a_guard_was_left_over_and_goes_well(tmp_path: Path) -> None:
    """It may have opened boards that are in no settings any more: one line, beside the answer."""
    with virtual_board("lcus", tmp_path / "board", channels=4) as board:
        duty = Duty((AttachedBoard("lcus", str(board.path), 4),), Limits()).as_json()
        words = [sys.executable, "-m", "hardware.guard", "--duty", duty, "--owner", "0:1"]
        with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as guard:
            try:
                wait_for(lambda: board.taken_bytes > 0)
                guard.send_signal(signal.SIGSTOP)
                assert guard.stdin is not None
                guard.stdin.close()
                done = relay("off", "--board", "lcus", "--port", str(board.path))
                assert (done.returncode, len(done.stdout.splitlines())) == (0, 1), done.stderr
                assert f"process {guard.pid}, a relay guard whose owner has gone" in done.stderr
                guard.wait(10)
            finally:
                guard.kill()


def test_the_help_of_relay_off_says_that_every_relay_is_opened() -> None:
    """The relay that may be named chooses none of them."""
    shown = re.sub(r"\x1b\[[0-9;]*m|│", " ", relay("off", "--help").stdout)
    words = " ".join(shown.split())
    assert "Every relay is opened, whichever is named" in words


def off(data: Path, *arguments: str, answers: bool = True) -> subprocess.CompletedProcess[str]:
    """`relay off`; of a board that `answers` until it did so in time: a busy machine delays it, too."""
    command = ("--data", str(data), "relay", "off", *arguments)
    done = call(*command)
    for _ in range(4):
        if not answers or "answer" not in done.stderr:
            break
        done = call(*command)
    return done


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--option", "slave"), "must be NAME=VALUE"),
        (("--option", "slave=300"), "must be a whole number from 1 to 247, not '300'"),
        (("--option", "colour=red"), "have no option 'colour'; its options: slave"),
        (("--channels", "65"), "1 to 64 channels, not 65"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_2(options: tuple[str, ...], said: str) -> None:
    """The call is wrong, not the board."""
    done = relay("on", "--board", "modbus-rtu", "--port", "/dev/no-such-port", *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_half_a_board_named_is_one_line_and_exit_2() -> None:
    """`off` takes both, or neither for the station's own boards."""
    done = relay("off", "--board", "lcus")
    assert done.returncode == 2
    assert "belong together" in done.stderr


def test_a_line_that_closes_without_a_holder_is_warned_of(tmp_path: Path) -> None:
    """Open is what the command can promise only as long as it holds the port."""
    with virtual_board("line", tmp_path / "board", channels=1, manners={"active_high": False}) as board:
        assert board.on == (True,)
        done = relay(
            "on", "--board", "line", "--port", str(board.path), "--option", "active=low", "--seconds", "0.5"
        )
        moves = [change.on for change in board.changes]
    assert done.returncode == 0
    assert "closes whenever no program holds the port" in done.stderr
    assert moves[:4] == [True, False, True, False]
