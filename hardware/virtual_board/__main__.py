"""`python -m hardware.virtual_board`: a board as a process, for the demo and for trying things out."""

import argparse
import signal
import sys
from pathlib import Path
from typing import Any

from hardware.boards import BOARDS
from hardware.virtual_board.board import Fault
from hardware.virtual_board.kinds import KINDS, virtual_board
from hardware.virtual_board.lcus import ReadBackForm

UNKNOWN_TO_BOARDS = {"timed_on_ms", "read"}
"""Options of the driver alone: a board does not know of them."""


def main(arguments: list[str] | None = None) -> int:
    """Run until SIGTERM or SIGINT. Prints one line when the port can be opened."""
    parser = argparse.ArgumentParser(prog="python -m hardware.virtual_board", description=__doc__)
    parser.add_argument("--board", choices=KINDS, default="lcus")
    parser.add_argument("--channels", type=int, choices=range(1, 65), metavar="1-64", help="as its kind has")
    parser.add_argument("--link", type=Path, required=True, help="the port's path")
    parser.add_argument("--log", type=Path, help="one JSON line a relay change")
    parser.add_argument("--readback", type=ReadBackForm, choices=list(ReadBackForm), help="lcus only")
    parser.add_argument(
        "--option", action="append", default=[], metavar="NAME=VALUE", help="as in the settings of a board"
    )
    parser.add_argument("--fault", type=Fault, choices=list(Fault))
    chosen = parser.parse_args(arguments)
    channels = chosen.channels or BOARDS[chosen.board].default_channels
    try:
        manners = _manners(chosen)
    except ValueError as problem:
        parser.error(str(problem))
    ending = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    board = virtual_board(
        chosen.board, chosen.link, channels=channels, manners=manners, fault=chosen.fault, log=chosen.log
    )
    with board:
        sys.stdout.write(f"{chosen.board} with {channels} relays on {chosen.link}\n")
        sys.stdout.flush()
        signal.sigwait(ending)
    return 0


def _manners(chosen: argparse.Namespace) -> dict[str, Any]:
    """How this board differs. Raises `ValueError` with what is wrong."""
    manners: dict[str, Any] = {}
    if chosen.readback is not None:
        if chosen.board != "lcus":
            raise ValueError("--readback is for lcus boards only")
        manners["form"] = chosen.readback
    readers = BOARDS[chosen.board].options
    for option in chosen.option:
        name, _, text = option.partition("=")
        if name not in readers:
            raise ValueError(f"{chosen.board} boards have no option {name!r}")
        try:
            value = readers[name](text)
        except ValueError as problem:
            raise ValueError(f"option {name} must be {problem}, not {text!r}") from None
        if name == "active":
            manners["active_high"] = value == "high"
        elif name not in UNKNOWN_TO_BOARDS:
            manners[name] = value
    return manners


if __name__ == "__main__":
    sys.exit(main())
